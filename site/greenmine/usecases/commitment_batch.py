"""``complaint.batch``: once a day the commitments of the day's complaints enter the log (log-spec.md 6)."""

import secrets
from datetime import date, datetime, timedelta

from greenmine.domain.act import Act
from greenmine.domain.commitment_batch import batch_of, days_to_list
from greenmine.domain.instant import at_legal_time, day_starts, legal_day
from greenmine.domain.receipt import BATCH_TIME
from greenmine.domain.seat import SYSTEM
from greenmine.store.act import acts_of
from greenmine.store.complaint import commitments_between
from greenmine.store.database import Tx
from greenmine.store.log_batch import first_batch_day, last_batch_day, listed_since
from greenmine.usecases.record import record

LOOK_BACK = timedelta(days=8)
"""A complaint whose transaction outlasted its day is listed with the next; none waits longer than this."""


def due_days(tx: Tx, *, at: datetime) -> tuple[date, ...]:
    """The days whose list is due at this instant; none before the log has begun or before ten past midnight."""
    begun = first_batch_day(tx)
    if begun is None:
        return ()
    today = legal_day(at)
    if at < at_legal_time(today, BATCH_TIME):
        today -= timedelta(days=1)
    return days_to_list(last_listed=last_batch_day(tx), begun=begun, today=today)


def list_commitments(tx: Tx, *, at: datetime) -> int:
    """Record the lists that are due, an empty day's too; returns how many."""
    days = due_days(tx, at=at)
    for day in days:
        _list_day(tx, day, at=at)
    return len(days)


def _list_day(tx: Tx, day: date, *, at: datetime) -> None:
    name = f"batch/{day.isoformat()}"
    if acts_of(tx, name, limit=1):
        return
    end = day_starts(day + timedelta(days=1))
    waiting = commitments_between(tx, end - LOOK_BACK, end)
    known = listed_since(tx, day - LOOK_BACK) if waiting else frozenset()
    values = batch_of((value for value in waiting if value.hex() not in known), random=secrets.token_bytes)
    act = Act(
        kind="complaint.batch",
        object=name,
        by=SYSTEM,
        valid_from=day,
        facts={"day": day.isoformat(), "commitments": list(values)},
    )
    record(tx, act, at=at, officer=None)
