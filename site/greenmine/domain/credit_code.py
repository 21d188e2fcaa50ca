"""Unified social credit codes (统一社会信用代码). Source: GB 32100-2015.

Eighteen characters: registering department, kind of body, six digits of region, nine of the organisation
code, one check character. The letters I, O, S, V, Z are not used.
"""

import unicodedata
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH: Final = 18
_MODULUS: Final = 31
_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS: Final = tuple(pow(3, place, _MODULUS) for place in range(LENGTH - 1))


def normalise_credit_code(text: str) -> str:
    """As it is compared and stored: half-width capitals without spaces and hyphens; nothing is checked."""
    half_width = unicodedata.normalize("NFKC", text)
    return "".join(half_width.split()).replace("-", "").upper()


def check_character(body: str) -> str | None:
    """The eighteenth character for the first seventeen; None when they cannot be part of a code."""
    if len(body) != LENGTH - 1 or any(character not in _VALUES for character in body):
        return None
    total = sum(_VALUES[character] * weight for character, weight in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[-total % _MODULUS]


def is_valid_credit_code(text: str) -> bool:
    """Whether ``text``, exactly as given, is a code whose check character is right.

    Says nothing about whether it was ever issued. Typed text goes through
    :func:`normalise_credit_code` first.
    """
    return len(text) == LENGTH and check_character(text[:-1]) == text[-1]
