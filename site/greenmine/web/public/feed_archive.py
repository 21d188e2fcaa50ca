"""Archives of a feed (RFC 5005, 4): years, cut into parts of fifty items in the order in which they began.

A part is archived once it is full or its year is over; from then on no item enters or leaves it, since acts are
numbered in order of time. What is not archived yet stands in the subscription document, so a reader that follows
the links from there has every item there ever was.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from greenmine.domain.errors import NotFound
from greenmine.domain.instant import day_starts, from_utc_text, legal_day
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.feed import (
    FeedScope,
    Thread,
    count_begun,
    newest_begun,
    numbers_between,
    oldest_begun,
    recorded_at,
    threads_begun,
)

PART: Final = 50
FIRST_YEAR: Final = 2000
"""No site of this kind is older."""


@dataclass(frozen=True)
class Part:
    """One archive: the legal year and its number in it, from 1."""

    year: int
    number: int


@dataclass(frozen=True)
class Shelf:
    """What stands around a document: the archive before it, the one after it, and what it lists itself."""

    threads: tuple[Thread, ...]
    before: Part | None
    after: Part | None


def open_shelf(tx: Tx, scope: FeedScope, *, today: date) -> Shelf:
    """What began this year and is not archived yet, newest first, and the newest archive."""
    numbers = _year(tx, today.year)
    full = count_begun(tx, scope, numbers) // PART
    waiting = threads_begun(tx, scope, numbers, limit=PART, offset=full * PART)
    before = Part(today.year, full) if full else _last_before(tx, scope, numbers.start)
    return Shelf(tuple(waiting[::-1]), before, None)


def archived_shelf(tx: Tx, scope: FeedScope, part: Part, *, today: date) -> Shelf:
    """An archive, newest first, and those beside it. Raises NotFound for one that does not exist (yet)."""
    if not FIRST_YEAR <= part.year <= today.year or part.number < 1:
        raise NotFound("feed.archive", _NONE)
    numbers = _year(tx, part.year)
    parts = _closed(count_begun(tx, scope, numbers), part.year, today)
    if part.number > parts:
        raise NotFound("feed.archive", _NONE)
    threads = threads_begun(tx, scope, numbers, limit=PART, offset=(part.number - 1) * PART)
    before = Part(part.year, part.number - 1) if part.number > 1 else _last_before(tx, scope, numbers.start)
    after = Part(part.year, part.number + 1) if part.number < parts else _first_after(tx, scope, numbers.stop, today)
    return Shelf(tuple(threads[::-1]), before, after)


def newest_parts(tx: Tx, scope: FeedScope, *, today: date) -> list[Part]:
    """The last archive of every year that has one, newest year first: each leads to all before it."""
    found: list[Part] = []
    part = open_shelf(tx, scope, today=today).before
    while part is not None:
        found.append(part)
        part = _last_before(tx, scope, _year(tx, part.year).start)
    return found


_NONE: Final = N_("没有这一份存档。当年的内容满五十条，或者该年结束后，才编为存档。")


def _year(tx: Tx, year: int) -> range:
    return numbers_between(tx, day_starts(date(year, 1, 1)), day_starts(date(year + 1, 1, 1)))


def _closed(count: int, year: int, today: date) -> int:
    """How many parts of a year are archived."""
    return count // PART if year == today.year else -(-count // PART)


def _last_before(tx: Tx, scope: FeedScope, n: int) -> Part | None:
    year = _year_of(tx, newest_begun(tx, scope, before=n))
    return None if year is None else Part(year, -(-count_begun(tx, scope, _year(tx, year)) // PART))


def _first_after(tx: Tx, scope: FeedScope, n: int, today: date) -> Part | None:
    year = _year_of(tx, oldest_begun(tx, scope, since=n))
    if year is None or not _closed(count_begun(tx, scope, _year(tx, year)), year, today):
        return None
    return Part(year, 1)


def _year_of(tx: Tx, n: int | None) -> int | None:
    at = None if n is None else recorded_at(tx, n)
    return None if at is None else legal_day(from_utc_text(at)).year
