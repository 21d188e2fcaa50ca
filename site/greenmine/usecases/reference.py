"""Making rule books and working-day calendars known in the log, so that later acts can name them."""

from datetime import date, datetime

from greenmine.domain.act import Act
from greenmine.domain.calendar import WorkCalendar
from greenmine.domain.instant import legal_day
from greenmine.domain.rulebook import RuleBook
from greenmine.store.act import latest_of
from greenmine.store.database import Tx
from greenmine.usecases.record import author, record


def knows_calendar(tx: Tx, calendar: WorkCalendar) -> bool:
    """Whether the log holds this version of the calendar."""
    return latest_of(tx, f"calendar/{calendar.version}") is not None


def knows_book(tx: Tx, book: RuleBook) -> bool:
    """Whether the log's newest version of this rule book is this one, with every provision that is read in it."""
    latest = latest_of(tx, f"book/{book.key}")
    if latest is None or latest.fact("digest") != book.digest:
        return False
    return set(book.provisions()) <= set((latest.body or {}).get("provisions", ()))


def announce_calendar(tx: Tx, calendar: WorkCalendar, *, at: datetime) -> bool:
    """Record a calendar version that is not known yet; returns whether it was new."""
    if knows_calendar(tx, calendar):
        return False
    act = Act(
        kind="calendar.published",
        object=f"calendar/{calendar.version}",
        by=author(None),
        valid_from=legal_day(at),
        facts={"first": calendar.first.isoformat(), "last": calendar.last.isoformat()},
        body={"holidays": _days(calendar.holidays), "made_up": _days(calendar.workdays_made_up)},
    )
    record(tx, act, at=at, officer=None)
    return True


def announce_book(tx: Tx, book: RuleBook, *, size: int, at: datetime) -> bool:
    """Record a rule book, or a changed one, under the digest of its file; returns whether it was new.

    :param size: bytes of the file, which stands in the file store under ``book.digest``
    """
    if knows_book(tx, book):
        return False
    facts = {"region": book.region, "from": book.since.isoformat(), "digest": book.digest, "size": size}
    if book.until is not None:
        facts["until"] = book.until.isoformat()
    act = Act(
        kind="book.published",
        object=f"book/{book.key}",
        by=author(None),
        valid_from=legal_day(at),
        facts=facts,
        body={"title": book.name, "provisions": list(book.provisions())},
    )
    record(tx, act, at=at, officer=None)
    return True


def _days(days: frozenset[date]) -> list[str]:
    return [day.isoformat() for day in sorted(days)]
