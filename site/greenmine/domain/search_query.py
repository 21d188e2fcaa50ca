"""What a reader types into the search box, as words: ``word``, ``"exact phrase"``, ``-not this``.

Any text whatever parses (trust.md 9): there are no wildcards, no fields, no nesting and nothing to get wrong. ::

    query  = { clause } ;
    clause = [ "-" ] ( word | '"' phrase '"' ) ;   (an unclosed quotation runs to the end)

Printing a query and parsing it again gives the same query.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from greenmine.domain.noun import MINE, NOTICE, REMOVAL
from greenmine.domain.text import N_

LONGEST: Final = 128
"""Characters of a query that are looked at, as printed."""
MOST_CLAUSES: Final = 16
_LONGEST_RAW: Final = 1024
_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟〝〞「」『』«»", '"'))
_MINUS: Final = "-‐‑‒–—−"
_BLANK: Final = frozenset({"Cc", "Cs", "Co", "Cn"})
_CLAUSE: Final = re.compile(
    rf'(?P<minus>[{re.escape(_MINUS)}]*)(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))|(?P<other>\s+)'
)


class SearchKind(StrEnum):
    """What can be found; the value stands in addresses (``type=notice``)."""

    MINE = "mine"  # 矿山
    NOTICE = "notice"  # 公示公告
    REMOVAL = "removal"  # 移出
    NEWS = "news"  # 新闻动态
    POLICY = "policy"  # 政策法规
    RESPONSE = "response"  # 投诉答复


SEARCH_KIND_LABELS: Final[Mapping[SearchKind, str]] = {
    SearchKind.MINE: MINE.word,
    SearchKind.NOTICE: NOTICE.word,
    SearchKind.REMOVAL: REMOVAL.word,
    SearchKind.NEWS: N_("新闻动态"),
    SearchKind.POLICY: N_("政策法规"),
    SearchKind.RESPONSE: N_("投诉答复"),
}


@dataclass(frozen=True)
class Clause:
    """One word or phrase.

    :param text: as typed, in NFKC; never blank
    :param exact: quoted: its characters stand together, in this order
    :param excluded: what holds it is not wanted
    """

    text: str
    exact: bool = False
    excluded: bool = False

    def __str__(self) -> str:
        return f"{'-' if self.excluded else ''}{f'{chr(34)}{self.text}{chr(34)}' if self.exact else self.text}"


@dataclass(frozen=True)
class Query:
    """A parsed query.

    :param clauses: in the order typed, none twice; all that are not excluded must be found
    :param cut: more was typed than is looked at: the reader is told
    """

    clauses: tuple[Clause, ...] = ()
    cut: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        return " ".join(str(clause) for clause in self.clauses)

    @property
    def wanted(self) -> tuple[Clause, ...]:
        """What must be found; nothing is found for a query without any."""
        return tuple(clause for clause in self.clauses if not clause.excluded)

    @property
    def unwanted(self) -> tuple[Clause, ...]:
        """What must not stand in what is found."""
        return tuple(clause for clause in self.clauses if clause.excluded)

    @property
    def only_excludes(self) -> bool:
        """Something was typed, yet nothing to look for."""
        return bool(self.clauses) and not self.wanted


def parse_query(text: str) -> Query:
    """The query of any text; never raises. At most 128 characters as printed, and 16 clauses."""
    whole = _tidied(text[:_LONGEST_RAW])
    kept: list[Clause] = []
    cut = len(text) > _LONGEST_RAW
    left = LONGEST
    for clause in _clauses(whole):
        if clause in kept:
            continue
        fitting = _fitting(clause, left) if len(kept) < MOST_CLAUSES else None
        cut = cut or fitting != clause
        if fitting is None:
            break
        if fitting not in kept:
            kept.append(fitting)
            left -= len(str(fitting)) + 1
        if fitting != clause:
            break
    return Query(tuple(kept), cut=cut)


def _tidied(text: str) -> str:
    """NFKC without what cannot be seen; every kind of quotation mark is the same."""
    visible = (char for char in text if unicodedata.category(char) != "Cf")  # zero-width characters join what they part
    seen = "".join(" " if unicodedata.category(char) in _BLANK else char for char in visible)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen)).translate(_QUOTES)


def _clauses(text: str) -> Iterator[Clause]:
    for match in _CLAUSE.finditer(text):
        if match["other"] is not None:
            continue
        exact = match["phrase"] is not None
        clause = _clause(match["phrase"] if exact else match["word"], exact=exact, excluded=bool(match["minus"]))
        if clause is not None:
            yield clause


def _clause(text: str, *, exact: bool, excluded: bool) -> Clause | None:
    """A clause of text with something to look for in it; mere punctuation is none."""
    words = " ".join(text.split())
    return Clause(words, exact, excluded) if any(char.isalnum() for char in words) else None


def _fitting(clause: Clause, room: int) -> Clause | None:
    """The clause, or as much of it as there is room for."""
    over = len(str(clause)) - room
    if over <= 0:
        return clause
    return _clause(clause.text[: max(0, len(clause.text) - over)], exact=clause.exact, excluded=clause.excluded)
