"""rules.md: identity numbers are never published."""

import pytest

from greenmine.domain.credit_code import check_character
from greenmine.domain.errors import BadInput
from greenmine.domain.identity_number import holds_identity_number, require_no_identity_number


@pytest.mark.parametrize(
    "text",
    ["110101199003071234", "身份证11010119900307123X。", "11010119900307123x", "520102 19900101 1234",
     "520102-19900101-1234", "５２０１０２１９９００１０１１２３４", "52010219900101 1234",
     "号码：110101 199003 071234", "ID110101199003071234", "110101199003071234B",
     "110101–19900101–1234", "110101.19900101.1234",
     "110101  19900101\n1234", "11010119900231123X"],
)  # fmt: skip
def test_rules_an_identity_number_is_found_however_it_is_spaced(text: str) -> None:
    assert holds_identity_number(text)
    with pytest.raises(BadInput) as refused:
        require_no_identity_number(f"张某，{text}", field="reason")
    assert refused.value.field == "reason"


@pytest.mark.parametrize(
    "text",
    ["", "C5200002010011120000001", "91520000123456789X", "915200001234567890", "915203223012138592",
     "520101189903071234567", "2026-03-02", "110101199013071234", "电话 0851-12345678 13900000000",
     "520300-20260101-0001", "2026-03-02 2026-03-06 12"],
)  # fmt: skip
def test_codes_of_firms_and_permits_are_no_identity_numbers(text: str) -> None:
    assert not holds_identity_number(text)
    require_no_identity_number(text, field="reason")


def test_the_valid_code_of_an_organisation_is_none_unless_it_is_a_valid_identity_number_too() -> None:
    codes = [f"1252012019900101{number:01}" for number in range(10)]
    organisations = [code + check_character(code) for code in codes]
    assert [holds_identity_number(code) for code in organisations] == [_is_valid(code) for code in organisations]


def _is_valid(number: str) -> bool:
    """GB 11643: the weighted sum of all eighteen, X as ten, leaves one."""
    weights = [2 ** (17 - place) % 11 for place in range(18)]
    values = [10 if char == "X" else int(char) if char.isdigit() else 99 for char in number]
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) % 11 == 1


def test_the_line_of_a_list_is_named() -> None:
    with pytest.raises(BadInput, match="示例一矿"):
        require_no_identity_number("示例一矿｜110101199003071234", field="items", line="示例一矿")
