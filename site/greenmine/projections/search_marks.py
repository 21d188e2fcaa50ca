"""The words a reader looked for, marked in titles and in a piece of the text around them. Plain text only."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from greenmine.domain.search_query import Query
from greenmine.projections.search_fold import Run, fold, fold_each, runs, words
from greenmine.projections.search_wish import SHORTEST_BEGINNING

SNIPPET: Final = 120
"""Characters of the text that are shown."""
_BEFORE: Final = 30
_BETWEEN: Final = r"[\W_]{0,3}"
_NOTHING: Final = re.compile(r"(?!)")


@dataclass(frozen=True)
class Piece:
    """Some characters, marked or not. Templates escape them as any text."""

    text: str
    marked: bool = False


Pieces = tuple[Piece, ...]


def marker(query: Query) -> re.Pattern[str]:
    """What of a folded text is to be marked: the words and phrases looked for, the longest first."""
    ways = set()
    for clause in query.wanted:
        for part in [clause.text, *([] if clause.exact else words(clause.text))]:
            ways |= {_way(run) for run in runs(part)}
    longest = sorted(ways, key=lambda way: (-len(way), way))
    return re.compile("|".join(longest)) if longest else _NOTHING


def _way(run: Run) -> str:
    """The tokens of a run with at most three signs between them; Latin words and numbers begin where they begin."""
    first, last = run[0], run[-1]
    before = "(?<![0-9a-z])" if first.isascii() else ""
    after = "(?![0-9a-z])" if last.isascii() and len(last) < SHORTEST_BEGINNING else ""
    return before + _BETWEEN.join(map(re.escape, run)) + after


def marked(text: str, pattern: re.Pattern[str]) -> Pieces:
    """The whole text with its marks."""
    return tuple(_pieces(text, list(_places(text, pattern))))


def snippet(texts: Sequence[str], pattern: re.Pattern[str]) -> Pieces:
    """About 120 characters around the first mark of the first text that has one; else the beginning of the first."""
    for text in texts:
        for match in pattern.finditer(fold(text)):  # cheaper than the places: most texts hold none
            if match.group():
                return _window(text, pattern)
    return (Piece(_shortened(texts[0], 0)),) if texts else ()


def _window(text: str, pattern: re.Pattern[str]) -> Pieces:
    places = list(_places(text, pattern))
    start = max(0, places[0][0] - _BEFORE) if places else 0
    start = 0 if start < 10 else start
    shown = text[start : start + SNIPPET]
    inside = [(max(0, a - start), min(b - start, len(shown))) for a, b in places if a - start < len(shown)]
    pieces = list(_pieces(shown, inside))
    head = [Piece("…")] if start else []
    tail = [Piece("…")] if start + SNIPPET < len(text) else []
    return (*head, *pieces, *tail)


def _shortened(text: str, start: int) -> str:
    return text[start : start + SNIPPET] + ("…" if len(text) > start + SNIPPET else "")


def _places(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Where the marks are, in characters of the text itself."""
    folded, origins = fold_each(text)
    for match in pattern.finditer(folded):
        if match.group():
            yield origins[match.start()], origins[match.end() - 1] + 1


def _pieces(text: str, places: Iterable[tuple[int, int]]) -> Iterator[Piece]:
    reached = 0
    for start, end in places:
        first = max(start, reached)
        if first >= end:
            continue
        if first > reached:
            yield Piece(text[reached:first])
        yield Piece(text[first:end], marked=True)
        reached = end
    if reached < len(text):
        yield Piece(text[reached:])
