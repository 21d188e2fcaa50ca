"""The worker's lease: one row that says who works and until when, and when it was last seen alive."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.store.database import Tx
from greenmine.store.tables_private import lease


@dataclass(frozen=True)
class LeaseRow:
    """Who holds a lease, until when, and its last sign of life."""

    holder: str
    until: datetime
    beat_at: datetime


def take_lease(tx: Tx, name: str, *, holder: str, now: datetime, term: timedelta) -> bool:
    """Take or renew the lease; False while another holder's has not run out. Needs a write transaction."""
    row = tx.execute(select(lease).where(lease.c.name == name).with_for_update()).first()
    values = {"holder": holder, "until": utc_text(now + term), "beat_at": utc_text(now)}
    if row is None:
        tx.execute(insert(lease).values(name=name, **values))
        return True
    if row.holder != holder and row.until > utc_text(now):
        return False
    tx.execute(update(lease).where(lease.c.name == name).values(**values))
    return True


def give_back(tx: Tx, name: str, *, holder: str) -> None:
    """End our own lease so that the next worker need not wait."""
    tx.execute(delete(lease).where(lease.c.name == name, lease.c.holder == holder))


def get_lease(tx: Tx, name: str) -> LeaseRow | None:
    """The lease as it stands, or None when nobody ever took it."""
    row = tx.execute(select(lease).where(lease.c.name == name)).first()
    return None if row is None else LeaseRow(row.holder, from_utc_text(row.until), from_utc_text(row.beat_at))
