"""Permit numbers: a mismatch warns and never refuses (rules.md, Codes)."""

import pytest

from greenmine.domain.permit import looks_like_permit_number, normalise_permit_number, permit_warning

USUAL = "C" + "5205002020117110152345"


def test_usual_number_gives_no_warning() -> None:
    assert len(USUAL) == 23
    assert looks_like_permit_number(USUAL)
    assert permit_warning(USUAL) is None
    assert permit_warning(f" {USUAL.lower()} ") is None


def test_empty_number_gives_no_warning_because_it_is_optional() -> None:
    assert permit_warning("") is None
    assert permit_warning(" \u3000") is None


@pytest.mark.parametrize("text", ["5200000720001", USUAL[:-1], USUAL + "0", USUAL[1:], "C" + "５" * 22 + "x"])
def test_unusual_number_gives_a_sentence(text: str) -> None:
    warning = permit_warning(text)

    assert warning is not None
    assert "22位数字" in warning


def test_full_width_number_is_normalised() -> None:
    assert normalise_permit_number("Ｃ５２０５") == "C5205"
