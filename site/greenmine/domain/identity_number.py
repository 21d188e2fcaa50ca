"""Citizen identity numbers, never published (rules.md): 18 characters by GB 11643, however they are spaced."""

import re
import unicodedata
from typing import Final

from greenmine.domain.credit_code import is_valid_credit_code
from greenmine.domain.errors import BadInput
from greenmine.domain.text import N_

_GAP: Final = r"[\s.·‐-―-]{0,2}"
_SPACED: Final = re.compile(rf"(?<![0-9])(?:[0-9]{_GAP}){{17}}[0-9Xx](?![0-9])")
_GAPS: Final = re.compile(_GAP)
_SHAPE: Final = re.compile(
    r"[1-8][0-9]{3}(?!00)[0-9]{2}(?:18[5-9]|19[0-9]|20[0-9])[0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
)
"""A county, a year, a month and a day of birth."""

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"


def holds_identity_number(text: str) -> bool:
    """Whether a text holds one: a county, a day of birth, a serial number and a check character.

    A number whose check character is wrong names somebody too, unless it is the valid code of an organisation.
    """
    plain = unicodedata.normalize("NFKC", text)
    return any(_is_identity_number(_GAPS.sub("", found[0]).upper()) for found in _SPACED.finditer(plain))


def require_no_identity_number(text: str, *, field: str, line: str = "") -> None:
    """Raise BadInput beside the field when :func:`holds_identity_number`.

    :param line: of a list, what the line is about
    """
    if not holds_identity_number(text):
        return
    if line:
        raise BadInput(
            "text.identity_number",
            N_("名单“%(line)s”一行有身份证号码或形似的号码，请删去：公民身份号码不予公开。"),
            field=field,
            line=line,
        )
    raise BadInput("text.identity_number", N_("请删去身份证号码或形似的号码，公民身份号码不予公开。"), field=field)


def _is_identity_number(number: str) -> bool:
    if _SHAPE.match(number) is None:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == number[17] or not is_valid_credit_code(number)
