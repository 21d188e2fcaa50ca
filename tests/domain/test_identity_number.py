"""rules.md: identity numbers are never published."""

import pytest

from greenmine.domain.errors import BadInput
from greenmine.domain.identity_number import holds_identity_number, require_no_identity_number


@pytest.mark.parametrize(
    "text",
    ["110101199003071234", "身份证11010119900307123X。", "11010119900307123x", "520101 19900101 1234",
     "520101-19900101-1234", "５２０１０１１９９００１０１１２３４",
     "52010119900101 1234", "号码：110101 199003 071234"],
)  # fmt: skip
def test_rules_an_identity_number_is_found_however_it_is_spaced(text: str) -> None:
    assert holds_identity_number(text)
    with pytest.raises(BadInput) as refused:
        require_no_identity_number(f"张某，{text}", field="reason")
    assert refused.value.field == "reason"


@pytest.mark.parametrize(
    "text",
    ["", "C5200002010011120000001", "91520000123456789X", "915200001234567890", "520101189903071234567", "2026-03-02",
     "110101199013071234", "电话 0851-12345678 13900000000", "A110101199003071234", "110101199003071234B"],
)  # fmt: skip
def test_codes_of_firms_and_permits_are_no_identity_numbers(text: str) -> None:
    assert not holds_identity_number(text)
    require_no_identity_number(text, field="reason")
