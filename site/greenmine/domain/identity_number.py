"""Citizen identity numbers, never published (rules.md): 18 characters by GB 11643, however they are spaced."""

import re
import unicodedata
from datetime import date
from typing import Final

from greenmine.domain.errors import BadInput
from greenmine.domain.text import N_

_SPACED: Final = re.compile(r"(?<![0-9A-Za-z])(?:[0-9][ -]?){17}[0-9Xx](?![0-9A-Za-z])")
_BIRTH: Final = slice(6, 14)
_EARLIEST: Final = 1850


def holds_identity_number(text: str) -> bool:
    """Whether a text holds one: a region, a day of birth, a serial number and a check character.

    The check character is not computed: a number with a slip of the pen names somebody too. Codes of firms and of
    permits hold no day of birth.
    """
    plain = unicodedata.normalize("NFKC", text)
    return any(_has_birth(found[0]) for found in _SPACED.finditer(plain))


def require_no_identity_number(text: str, *, field: str) -> None:
    """Raise BadInput beside the field when :func:`holds_identity_number`."""
    if holds_identity_number(text):
        raise BadInput("text.identity_number", N_("请删去身份证号码，公民身份号码不予公开。"), field=field)


def _has_birth(number: str) -> bool:
    birth = re.sub(r"[ -]", "", number)[_BIRTH]
    try:
        born = date(int(birth[:4]), int(birth[4:6]), int(birth[6:]))
    except ValueError:
        return False
    return born.year >= _EARLIEST
