"""The line to the mail server: when it failed, how often in a row, and until when it is left alone.

Kept in the database, so that a worker that was started again goes on resting: an outage of hours costs an attempt
every quarter of an hour, whatever waits and whoever restarts.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.store.database import Tx
from greenmine.store.outbox import FARTHEST
from greenmine.store.site_fact import get_fact, put_fact

_FACT: Final = "mail_line"
_WORKS: Final = ""


@dataclass(frozen=True)
class LineFault:
    """The line fails.

    :param failures: in a row
    :param since: the first of them
    :param until: no attempt before
    :param result: how the last one ended, a short code
    """

    failures: int
    since: datetime
    until: datetime
    result: str

    def rests(self, now: datetime) -> bool:
        """Whether it is to be left alone; a rest set by a clock that had leapt ahead binds nobody."""
        return now < self.until <= now + FARTHEST


def line_fault(tx: Tx) -> LineFault | None:
    """The fault of the line, or None while it works (or was never tried)."""
    value = get_fact(tx, _FACT)
    if not value:
        return None
    failures, since, until, result = value.split(" ", 3)
    return LineFault(int(failures), from_utc_text(since), from_utc_text(until), result)


def note_fault(tx: Tx, fault: LineFault) -> None:
    """The line failed once more."""
    put_fact(tx, _FACT, f"{fault.failures} {utc_text(fault.since)} {utc_text(fault.until)} {fault.result}")


def note_works(tx: Tx) -> None:
    """A letter went through, or an operator wants it tried at once. Writes nothing when that is known."""
    if get_fact(tx, _FACT):
        put_fact(tx, _FACT, _WORKS)
