"""Characters nobody sees: they turn a name round, or make a name of nothing, on a page that must not deceive."""

import unicodedata
from typing import Final

from greenmine.domain.errors import BadInput
from greenmine.domain.text import N_

_DIRECTIONS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks, embeddings, overrides and isolates of writing direction (Unicode UAX 9, 2)."""

_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Hangul fillers and the empty braille cell: letters and signs by their category, drawn as nothing."""

_LINE_ENDS: Final = frozenset("\t\n\r")


def has_unseen(text: str) -> bool:
    """Whether a name or title holds control or direction characters, or nothing at all that can be seen.

    Empty and blank texts hold nothing unseen: that a name is missing is told in other words. Joiners (ZWJ, ZWNJ)
    and variation selectors may stand between what is seen. Source: UTS 39; trust.md 6.
    """
    distinct = set(text)
    if any(_is_hidden(char) for char in distinct):
        return True
    return bool(text.strip()) and not any(_is_seen(char) for char in distinct)


def without_hidden(text: str) -> str:
    """The text without control and direction characters, in a time that a megabyte of them does not stretch."""
    hidden = {ord(char): None for char in set(text) if _is_hidden(char)}
    return text.translate(hidden) if hidden else text


def require_seen(text: str, *, field: str) -> None:
    """Raise BadInput beside the field when :func:`has_unseen`."""
    if has_unseen(text):
        raise BadInput(
            "text.unseen", N_("内容中有看不见的字符（如控制符、文字方向符），请删去后重新填写。"), field=field
        )


def _is_hidden(char: str) -> bool:
    return char in _DIRECTIONS or _is_control(char)


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") and char not in _LINE_ENDS


def _is_seen(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNPS" and char not in _BLANK_LETTERS
