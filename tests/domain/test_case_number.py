"""Numbers and codes of cases: made, shown, typed with slips (trust.md 14)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.domain.case import CaseKind
from greenmine.domain.case_number import (
    LETTERS,
    check_digit,
    make_number,
    read_code,
    read_number,
    show_code,
    show_number,
)
from greenmine.domain.errors import BadInput

SERIALS = st.integers(0, 10**10 - 1)
KINDS = st.sampled_from(CaseKind)
BREAKS = st.sampled_from(["", " ", "-", "－", "\u3000", "—", "\u00a0", "\u200b"])


def test_every_kind_has_a_letter_of_its_own() -> None:
    assert set(LETTERS) == set(CaseKind)
    assert len(set(LETTERS.values())) == len(CaseKind)


def test_the_check_digit_is_that_of_iso_7064_mod_11_10() -> None:
    """The standard's own example: 0794 has the check digit 5."""
    assert check_digit("0794") == "5"


@given(KINDS, SERIALS, st.data())
def test_a_number_is_read_however_it_is_typed(kind: CaseKind, serial: int, data: st.DataObject) -> None:
    number = make_number(kind, serial)
    typed = "".join(f"{character}{data.draw(BREAKS)}" for character in number)
    wide = "".join(chr(ord(character) + 0xFEE0) for character in number)
    for each in (number, typed, typed.lower(), wide, show_number(number), f"  {number}\r\n"):
        assert read_number(each) == number


@given(KINDS, SERIALS, st.integers(1, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(kind: CaseKind, serial: int, place: int, by: int) -> None:
    number = make_number(kind, serial)
    slipped = f"{number[:place]}{(int(number[place]) + by) % 10}{number[place + 1 :]}"
    with pytest.raises(BadInput) as refused:
        read_number(slipped)
    assert refused.value.field == "number"


def test_nearly_every_change_of_neighbours_is_noticed() -> None:
    missed = changed = 0
    for serial in range(0, 10**10, 10**10 // 499):
        number = make_number(CaseKind.COMPLAINT, serial)
        for place in range(1, 11):
            if number[place] != number[place + 1]:
                changed += 1
                turned = f"{number[:place]}{number[place + 1]}{number[place]}{number[place + 2 :]}"
                missed += _is_number(turned)
    assert missed / changed < 0.05


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_refused_beside_its_field(typed: str) -> None:
    assert _is_number(typed) in (True, False)


@given(st.integers(0, 10**16 - 1), st.data())
def test_a_code_is_read_however_it_is_typed(value: int, data: st.DataObject) -> None:
    code = f"{value:016}"
    assert show_code(code).split(" ") == [code[0:4], code[4:8], code[8:12], code[12:16]]
    typed = "".join(f"{character}{data.draw(BREAKS)}" for character in code)
    wide = "".join(chr(ord(character) + 0xFEE0) for character in code)
    for each in (code, show_code(code), typed, wide):
        assert read_code(each) == code


@pytest.mark.parametrize("typed", ["", "1" * 15, "1" * 17, "一二三四五六七八九十一二三四五六", "1" * 300, "x" * 16])
def test_what_is_no_code_is_refused_beside_its_field(typed: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_code(typed)
    assert refused.value.field == "code"


@pytest.mark.parametrize("typed", ["", "T", "A00000000000", "T0000000000", "T" + "0" * 300])
def test_what_is_no_number_is_refused(typed: str) -> None:
    assert not _is_number(typed)


def _is_number(typed: str) -> bool:
    try:
        read_number(typed)
    except BadInput:
        return False
    return True
