"""Reading a generation of the index: candidates by terms, then the packed texts themselves decide.

Whoosh's own phrases took 0.3–1.0 s on 10,000 documents with a common word; its terms and columns take 0.04 s.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

from whoosh import index as whoosh_index
from whoosh.reading import IndexReader, TermNotFound

from greenmine.projections.search_document import SCHEMA, unpack_about
from greenmine.projections.search_wish import Needle, Wish, Wishes
from greenmine.store.search import Findable

MOST_BEGINNINGS: Final = 200
"""Numbers and Latin words that are tried for one beginning (trust.md 9)."""
_ENOUGH: Final = 64
"""So few candidates are looked at one by one sooner than narrowed further."""


def ranked(folder: Path, wishes: Wishes) -> list[tuple[int, Findable]]:
    """Everything that matches, with its rank, in no order. Raises what Whoosh raises for what it cannot read."""
    with _reading(folder) as reader:
        return list(_ranked(reader, wishes))


def first(folder: Path, wishes: Wishes) -> list[tuple[int, Findable]]:
    """One thing that matches, if there is any; as :func:`ranked`."""
    with _reading(folder) as reader:
        return list(islice(_ranked(reader, wishes), 1))


@contextmanager
def _reading(folder: Path) -> Iterator[IndexReader]:
    """A fresh reader each time: never refreshed, never shared between threads (libraries.md)."""
    index: Any = whoosh_index.open_dir(str(folder), schema=SCHEMA)
    with closing(index), closing(index.reader()) as reader:
        yield reader


def _ranked(reader: IndexReader, wishes: Wishes) -> Iterator[tuple[int, Findable]]:
    candidates = _candidates(reader, wishes.wanted)
    if not candidates:  # also where nothing is wanted
        return
    texts, names, about = (reader.column_reader(column, translate=False) for column in ("text", "names", "about"))
    for place in sorted(candidates):
        text = texts[place]
        if wishes.are_met(text):
            yield wishes.rank(names[place], text), unpack_about(about[place])


def _candidates(reader: IndexReader, wanted: Iterable[Wish]) -> set[int]:
    """Documents that have the terms of every wish; among them are all that match."""
    found: set[int] | None = None
    for wish in wanted:
        able = set[int]().union(*(_with_all(reader, way) for way in wish.ways))
        found = able if found is None else found & able
        if not found:
            break
    return found or set()


def _with_all(reader: IndexReader, way: Iterable[Needle]) -> set[int]:
    found: set[int] | None = None
    for needle in way:
        for number, term in enumerate(needle.terms, start=1):
            if found is not None and len(found) <= _ENOUGH:
                return found
            goes_on = needle.is_beginning and number == len(needle.terms)
            having = _with_beginning(reader, term) if goes_on else _with(reader, term)
            found = having if found is None else found & having
    return found or set()


def _with(reader: IndexReader, term: str) -> set[int]:
    try:
        postings: Any = reader.postings("terms", term)
    except TermNotFound:
        return set()
    return set(postings.all_ids())


def _with_beginning(reader: IndexReader, term: str) -> set[int]:
    longer = islice(reader.expand_prefix("terms", term), MOST_BEGINNINGS)
    return _with(reader, term).union(*(_with(reader, each.decode()) for each in longer))
