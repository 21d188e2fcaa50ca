"""The worker's lease: one row that says who works and until when, and when it was last seen alive.

A clock that leaps ahead must end nothing by itself (trust.md 21): a sign of life more than a week after the one
before is kept as ``jumped_from``, and the clocks of the site wait until an operator has confirmed the time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import insert, select, update

from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.store.database import Tx
from greenmine.store.tables_private import lease

JUMP: Final = timedelta(days=7)
"""A longer silence is either a long rest or a wrong clock; only a person can tell."""

NOBODY: Final = ""


@dataclass(frozen=True)
class LeaseRow:
    """Who holds a lease, until when, and its last sign of life."""

    holder: str
    until: datetime
    beat_at: datetime

    def runs(self, now: datetime, *, term: timedelta) -> bool:
        """Whether it still binds others: not run out, and not given by a clock that stood far ahead."""
        return now < self.until <= now + 2 * term


def take_lease(tx: Tx, name: str, *, holder: str, now: datetime, term: timedelta) -> bool:
    """Take or renew the lease; False while another holder's has not run out. Needs a write transaction."""
    values = {"holder": holder, "until": utc_text(now + term), "beat_at": utc_text(now)}
    row = tx.execute(select(lease).where(lease.c.name == name).with_for_update()).first()
    if row is None:
        tx.execute(insert(lease).values(name=name, **values))
        return True
    standing = LeaseRow(row.holder, from_utc_text(row.until), from_utc_text(row.beat_at))
    if standing.holder not in (holder, NOBODY) and standing.runs(now, term=term):
        return False
    jumped_from = row.jumped_from or (row.beat_at if now > standing.beat_at + JUMP else None)
    tx.execute(update(lease).where(lease.c.name == name).values(**values, jumped_from=jumped_from))
    return True


def give_back(tx: Tx, name: str, *, holder: str) -> None:
    """End our own lease so that the next worker need not wait; the last sign of life stays."""
    tx.execute(update(lease).where(lease.c.name == name, lease.c.holder == holder).values(holder=NOBODY))


def get_lease(tx: Tx, name: str) -> LeaseRow | None:
    """The lease as it stands, or None when nobody holds it."""
    row = tx.execute(select(lease).where(lease.c.name == name, lease.c.holder != NOBODY)).first()
    return None if row is None else LeaseRow(row.holder, from_utc_text(row.until), from_utc_text(row.beat_at))


def jumped_from(tx: Tx, name: str) -> datetime | None:
    """The sign of life after which the clock leapt ahead, while nobody has confirmed the time; else None."""
    found = tx.execute(select(lease.c.jumped_from).where(lease.c.name == name)).scalar_one_or_none()
    return None if found is None else from_utc_text(found)


def confirm_clock(tx: Tx, name: str, *, now: datetime) -> None:
    """An operator says that the clock is right: the clocks of the site go on from now."""
    values = {"jumped_from": None, "beat_at": utc_text(now)}
    tx.execute(update(lease).where(lease.c.name == name).values(**values))
