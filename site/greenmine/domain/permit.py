"""Numbers of mining permits (采矿许可证). Source: rules.md, Codes: ``C`` and 22 digits since 2020.

Older permits, and the certificates of the right that exist apart from them since 2025-07-01, look
otherwise: so a mismatch is a warning beside the field and never stops anybody.
"""

import re
import unicodedata
from typing import Final

from greenmine.domain.text import N_

_PERMIT: Final = re.compile(r"C\d{22}", re.ASCII)


def normalise_permit_number(text: str) -> str:
    """Half-width capitals without spaces; nothing is checked."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def looks_like_permit_number(text: str) -> bool:
    """Whether ``text``, exactly as given, is C and 22 digits."""
    return _PERMIT.fullmatch(text) is not None


def permit_warning(text: str) -> str | None:
    """The sentence to show beside an unusual number; None when it is usual or left empty."""
    number = normalise_permit_number(text)
    if not number or looks_like_permit_number(number):
        return None
    return N_("采矿许可证号通常为字母C加22位数字，请核对；确认无误可直接提交")
