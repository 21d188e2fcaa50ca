"""GB 32100 check characters: codes in public use, and the promise of the check against slips of the pen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.domain.credit_code import (
    ALPHABET,
    check_character,
    is_valid_credit_code,
    normalise_credit_code,
)

bodies = st.text(ALPHABET, min_size=17, max_size=17)


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y43",  # the example that explanations of the standard print
        "91110000710926094P",  # listed and state companies, as registered in public
        "91110000100010433L",
        "914403001922038216",
        "9144030071526726XG",
        "9111000071093123XX",
    ],
)
def test_codes_in_public_use_are_valid(code: str) -> None:
    assert is_valid_credit_code(code)


def test_check_is_the_formula_of_the_standard() -> None:
    """Source: rules.md, Codes: weight 3^i mod 31; check = (31 - sum mod 31) mod 31."""
    body = "91350100M000100Y4"
    total = sum(ALPHABET.index(each) * pow(3, place) for place, each in enumerate(body))

    assert check_character(body) == ALPHABET[(31 - total % 31) % 31] == "3"


@given(bodies)
def test_completed_code_is_valid_and_no_other_last_character_is(body: str) -> None:
    right = check_character(body)

    assert right is not None
    assert [last for last in ALPHABET if is_valid_credit_code(body + last)] == [right]


@given(bodies, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(body: str, place: int, other: str) -> None:
    code = body + (check_character(body) or "")
    slip = code[:place] + other + code[place + 1 :]

    assert is_valid_credit_code(slip) == (slip == code)


@given(bodies, st.integers(0, 15))
def test_two_neighbours_exchanged_are_always_noticed(body: str, place: int) -> None:
    code = body + (check_character(body) or "")
    slip = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert is_valid_credit_code(slip) == (slip == code)


@given(st.text(max_size=40))
def test_any_text_is_answered_without_a_crash(text: str) -> None:
    assert is_valid_credit_code(text) in (True, False)
    assert check_character(normalise_credit_code(text)) is None or len(normalise_credit_code(text)) == 17


@pytest.mark.parametrize(
    "text",
    [
        "",
        "91350100M000100Y4",
        "91350100M000100Y433",
        "91350100m000100y43",
        "91350100M000100Y44",
        "9135O100M000100Y43",
        "９１350100M000100Y43",
        " 91350100M000100Y4",
    ],
)
def test_what_is_not_exactly_a_code_is_refused(text: str) -> None:
    assert not is_valid_credit_code(text)


def test_typed_code_is_normalised_before_it_is_checked() -> None:
    assert normalise_credit_code(" ９１350100-m000100y43\u3000") == "91350100M000100Y43"
