"""A query made ready: what must stand in a text, how well a text answers it, and which terms narrow the candidates."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from greenmine.domain.mine_name import name_key
from greenmine.domain.search_query import Clause, Query
from greenmine.projections.search_fold import Run, distinct, fold, pairs, runs, squeezed, words

SEPARATOR: Final = "\x1f"
BREAK: Final = "\x1f\n\x1f"
NAME_ENDS: Final = "\x1e"
SHORTEST_BEGINNING: Final = 2
"""A number or Latin word of fewer characters is looked for whole; of a longer one its beginning is enough."""


@dataclass(frozen=True)
class Needle:
    """Tokens that must stand together; the last may be the beginning of a longer number or Latin word."""

    run: Run

    @property
    def is_beginning(self) -> bool:
        """Whether the last token may go on."""
        last = self.run[-1]
        return last.isascii() and len(last) >= SHORTEST_BEGINNING

    @cached_property
    def packed(self) -> bytes:
        """As it stands in a packed text."""
        return (SEPARATOR + SEPARATOR.join(self.run) + ("" if self.is_beginning else SEPARATOR)).encode()

    @property
    def terms(self) -> list[str]:
        """Terms of the index that every text with it has; the last one is a beginning when the needle is."""
        return distinct(pairs(self.run)) if len(self.run) > 1 else list(self.run)


Way = tuple[Needle, ...]
"""Needles that must all stand in the text."""


@dataclass(frozen=True)
class Wish:
    """One clause: any of its ways will do; the first way is the clause as typed, in one piece."""

    ways: tuple[Way, ...]

    def is_met(self, text: bytes) -> bool:
        """Whether a packed text answers it."""
        return any(all(needle.packed in text for needle in way) for way in self.ways)

    def is_met_whole(self, text: bytes) -> bool:
        """Whether the clause stands in the text in one piece."""
        return all(needle.packed in text for needle in self.ways[0])


@dataclass(frozen=True)
class Wishes:
    """A query: what is wanted, what is not, and its text squeezed for comparing with whole names."""

    wanted: tuple[Wish, ...]
    unwanted: tuple[Wish, ...]
    name: bytes

    def are_met(self, text: bytes) -> bool:
        """Whether a document with this packed text is found."""
        return all(wish.is_met(text) for wish in self.wanted) and not any(wish.is_met(text) for wish in self.unwanted)

    def rank(self, names: bytes, text: bytes) -> int:
        """How well it answers, 0–4: it is its very name; in one piece in a name; in the names; in one piece; at all."""
        if self.name in names:
            return 4
        if all(wish.is_met_whole(names) for wish in self.wanted):
            return 3
        if all(wish.is_met(names) for wish in self.wanted):
            return 2
        return int(all(wish.is_met_whole(text) for wish in self.wanted))


def wishes_of(query: Query) -> Wishes:
    """The query made ready. What is not wanted is meant in one piece; clauses without a token ask for nothing."""
    wanted = [_wish(clause, in_words=not clause.exact) for clause in query.wanted]
    unwanted = [_wish(clause, in_words=False) for clause in query.unwanted]
    return Wishes(
        wanted=tuple(wish for wish in wanted if wish is not None),
        unwanted=tuple(wish for wish in unwanted if wish is not None),
        name=whole_name(" ".join(clause.text for clause in query.wanted)),
    )


def packed(text: str) -> bytes:
    """The tokens of a text as needles are found in: ``\\x1f`` around each token, a line end between runs."""
    return (SEPARATOR + BREAK.join(SEPARATOR.join(run) for run in runs(text)) + SEPARATOR).encode()


def packed_names(names: Sequence[str]) -> bytes:
    """Names one after the other, each packed and, for comparing it whole, squeezed between ``\\x1e``."""
    return b"".join([*map(packed, names), *map(whole_name, names)])


def whole_name(text: str) -> bytes:
    """A name as it stands among packed names when it is the whole of one."""
    return f"{NAME_ENDS}{squeezed(text)}{NAME_ENDS}".encode()


def _wish(clause: Clause, *, in_words: bool) -> Wish | None:
    whole = _way([clause.text])
    if not whole:
        return None
    others = [_way(words(clause.text)), _way([name_key(fold(clause.text))])] if in_words else []
    return Wish(tuple(distinct([whole, *(way for way in others if way)])))


def _way(parts: Sequence[str]) -> Way:
    return tuple(Needle(run) for part in parts for run in runs(part))
