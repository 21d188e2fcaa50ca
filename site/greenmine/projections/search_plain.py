"""Public texts as plain ones: what a reader sees of an article's Markdown, without its signs."""

import re
from collections.abc import Iterable
from typing import Final

_PICTURE: Final = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_LINE_SIGNS: Final = re.compile(r"(?m)^\s{0,3}(?:#{1,6}\s+|>\s?|[-*+]\s+|\d{1,3}[.)]\s+)")
_RULE: Final = re.compile(r"(?m)^[ |:*_-]{3,}$")
_STRESS: Final = re.compile(r"\*{1,3}|`+|~~|\\(?=[^\w\s])")


def plain(markdown: str) -> str:
    """The words of a Markdown text in one line each block; links and pictures by their words."""
    text = _LINK.sub(r"\1", _PICTURE.sub(r"\1", markdown))
    text = _STRESS.sub("", _LINE_SIGNS.sub("", _RULE.sub("", text)))
    return one_line(text.replace("|", " "))


def one_line(text: str) -> str:
    """Blanks and line ends folded into single blanks."""
    return " ".join(text.split())


def lines(texts: Iterable[str], *, markdown: bool) -> tuple[str, ...]:
    """The texts as plain lines, none empty."""
    read = plain if markdown else one_line
    return tuple(line for line in (read(text) for text in texts) if line)
