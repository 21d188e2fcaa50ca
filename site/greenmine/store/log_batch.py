"""Queries on the daily lists of commitments."""

import json
from datetime import date

from sqlalchemy import func, select

from greenmine.domain.instant import legal_day
from greenmine.store.database import Tx
from greenmine.store.log import first_head_at, log_origin
from greenmine.store.tables import act

_KIND = "complaint.batch"


def first_batch_day(tx: Tx) -> date | None:
    """The first day whose complaints are listed: the one on which the log began; None before that."""
    begun = first_head_at(tx)
    return None if log_origin(tx) is None or begun is None else legal_day(begun)


def last_batch_day(tx: Tx) -> date | None:
    """The newest day that has its list."""
    newest = tx.execute(select(func.max(act.c.object)).where(act.c.kind == _KIND)).scalar_one()
    return None if newest is None else date.fromisoformat(newest.partition("/")[2])


def listed_since(tx: Tx, day: date) -> frozenset[str]:
    """Every value, in hex, of the lists from this day on."""
    query = select(act.c.entry).where(act.c.kind == _KIND, act.c.object >= f"batch/{day.isoformat()}")
    return frozenset(value for entry in tx.execute(query).scalars() for value in json.loads(entry)["commitments"])


def batch_listing(tx: Tx, commitment: str, *, after: date) -> int | None:
    """Number of the act whose list holds the commitment (hex), None while none does."""
    query = select(act.c.n, act.c.entry).where(act.c.kind == _KIND, act.c.object >= f"batch/{after.isoformat()}")
    for row in tx.execute(query.order_by(act.c.n)):
        if commitment in json.loads(row.entry)["commitments"]:
            return int(row.n)
    return None
