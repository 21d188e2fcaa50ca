"""What a staff password may be: long, not everybody's, and otherwise free.

Source: OWASP ASVS 5.0 6.2.1–6.2.9: at least 12 characters, at least 128 accepted, any characters, no rule of
composition, no change before it is verified, none of the passwords that too many people use.
"""

import re
from collections.abc import Set
from typing import Final
from unicodedata import category

from greenmine.domain.errors import BadInput
from greenmine.domain.text import N_

SHORTEST: Final = 12
LONGEST: Final = 128
NAME_LENGTH: Final = 4
"""A login or a site name of fewer characters may stand inside a password by chance."""

_UNTYPABLE: Final = frozenset({"Cc", "Cs"})  # control characters and lone surrogates: no keyboard types them again
_EDGES: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def check_password(password: str, *, login: str, site_name: str, common: Set[str]) -> None:
    """Raise BadInput (field ``password``) when the password may not be set.

    :param password: exactly as typed; it is never trimmed, folded or cut before it is hashed
    :param common: case-folded passwords that too many people use
    """
    if len(password) < SHORTEST:
        raise _refusal("password.too_short", N_("密码至少%(n)s个字符，可以是一句话，可以用汉字和空格。"), n=SHORTEST)
    if len(password) > LONGEST:
        raise _refusal("password.too_long", N_("密码最多%(n)s个字符。"), n=LONGEST)
    if any(category(character) in _UNTYPABLE for character in password):
        raise _refusal("password.unprintable", N_("密码里有无法输入的控制字符，请改用能够重新输入的字符。"))
    if is_common(password, common=common):
        raise _refusal("password.common", N_("这个密码过于常见，容易被猜到，请换一个。"))
    if _holds(password, login) or _holds(password, site_name):
        raise _refusal("password.names", N_("密码里不能有登录名或网站名称，请换一个。"))


def is_common(password: str, *, common: Set[str]) -> bool:
    """Whether it is one of ``common``, one of them with digits or signs around it, or a short piece said again.

    ``password1234!`` and ``qwertyqwerty`` are as easily guessed as what they are made of.
    """
    folded = password.casefold()
    core = _EDGES.sub("", folded)
    piece = _repeated_piece(folded)
    return folded in common or core in common or piece in common or 0 < len(piece) <= NAME_LENGTH


def _repeated_piece(text: str) -> str:
    """The piece that ``text`` repeats from end to end (``abcabc`` → ``abc``), else the empty text."""
    period = (text + text).find(text, 1)
    return text[:period] if 0 < period < len(text) else ""


def _holds(password: str, name: str) -> bool:
    folded = name.casefold()
    return len(folded) >= NAME_LENGTH and folded in password.casefold()


def _refusal(code: str, message: str, **params: object) -> BadInput:
    return BadInput(code, message, field="password", **params)
