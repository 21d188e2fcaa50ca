"""How texts and queries are made comparable: one form of every character, tokens, pairs of tokens, words.

A token is one Chinese character or one run of Latin letters and digits. Brackets, hyphens and the like stand between
tokens unseen (浙土资发〔2018〕10号 = 浙土资发[2018]10号); a comma, a full stop, a blank part what stands beside them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import Final, TypeVar

import rjieba
from opencc import OpenCC

Each = TypeVar("Each")

Run = tuple[str, ...]
"""Tokens that stand together."""

_TOKEN: Final = re.compile(
    r"(?P<word>[0-9a-z]+|[^\W_])|(?P<through>[\[\](){}<>〔〕【】《》〈〉〖〗\"'’‘“”·•・.:_/\\#&+~\-‐‑–—−]+)"
)
_BLANK: Final = re.compile(r"(?<=[0-9a-z]) (?=[0-9a-z])")
_ORDINAL: Final = re.compile(r"(?<=[\[\](){}〔〕【】])第(?=[0-9]{1,6}号)|(?<=[0-9]{4})年第?(?=[0-9]{1,6}号)")
_NUMBERED: Final = re.compile(r"[\[({〔【]?[0-9]{4}[\])}〕】]?年?第?[0-9]{1,6}号")
_BRACKETS: Final = re.compile(r"[\s\[\](){}〔〕【】]+")
_IDLE: Final = frozenset("的了和与及在是有之或为等就都也")
"""Single characters that carry no wish of the reader's."""


def fold(text: str) -> str:
    """NFKC, small letters, simplified characters."""
    return str(_simplifier().convert(unicodedata.normalize("NFKC", text).casefold()))


def fold_each(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters where in ``text`` it came from."""
    pieces = [unicodedata.normalize("NFKC", char).casefold() for char in text]
    origins = [place for place, piece in enumerate(pieces) for _ in piece]
    joined = "".join(pieces)
    simple = str(_simplifier().convert(joined))
    if len(simple) != len(joined):  # no dictionary of OpenCC does this today; the places must hold whatever comes
        simple = joined
    return simple, origins


def runs(text: str) -> list[Run]:
    """The tokens of a text, run by run."""
    return list(_runs(_ORDINAL.sub("-", fold(text))))


def tokens(text: str) -> Iterator[str]:
    """All tokens of a text."""
    return (token for run in runs(text) for token in run)


def pairs(run: Run) -> list[str]:
    """Neighbouring tokens, two by two, to find what stands together; the blank before tells them from tokens."""
    return [f" {one} {two}" for one, two in pairwise(run)]


def squeezed(text: str) -> str:
    """The text as one run, for comparing whole names and numbers."""
    return "".join(tokens(text))


def words(text: str) -> list[str]:
    """The words a reader means by a run of characters typed without blanks (贵州煤矿公示 → 贵州, 煤矿, 公示).

    Document numbers, codes and what is one word stay whole; a number keeps the sign after it (10号).
    """
    folded = fold(text)
    if _NUMBERED.search(folded) or folded.isascii():
        return [text]
    cut: list[str] = []
    for word in rjieba.cut(folded):
        after_number = bool(cut) and cut[-1].isascii() and cut[-1].isalnum()
        if after_number and not word.isascii() and (len(word) == 1 or word.startswith("号")):
            cut[-1] += word
        elif any(char.isalnum() for char in word):
            cut.append(word)
    return [word for word in cut if word not in _IDLE] or [text]


def printed_parts(text: str) -> list[str]:
    """The words of a query as a plain look through names wants them: numbers without their brackets."""
    return [part for word in words(text) for part in _BRACKETS.split(fold(word)) if any(map(str.isalnum, part))]


def _runs(text: str) -> Iterator[Run]:
    run: list[str] = []
    reached = 0
    text = _BLANK.sub(".", text)
    for match in _TOKEN.finditer(text):
        if match.start() != reached and run:
            yield tuple(run)
            run = []
        reached = match.end()
        if match["word"] is not None:
            run.append(match["word"])
    if run:
        yield tuple(run)


def distinct(values: Iterable[Each]) -> list[Each]:
    """The values in their order, each once."""
    return list(dict.fromkeys(values))


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")
