"""Deadlines of notices, for the calendar that people subscribe to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal, select

from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.store.database import Tx
from greenmine.store.figure import region_prefix
from greenmine.store.tables import act, notice


@dataclass(frozen=True)
class DeadlineRow:
    """When a notice ends, as it stands.

    :param changes: how many acts followed its publication: grows with each recount, correction, end and withdrawal
    :param changed_at: when the last of them was recorded
    """

    number: str
    title: str
    issuer: str
    region: str
    ends_at: datetime
    provisional: bool
    withdrawn: bool
    published_at: datetime
    changes: int
    changed_at: datetime


def deadlines(tx: Tx, *, since: datetime, region: str | None = None, limit: int) -> Sequence[DeadlineRow]:
    """Notices that end at ``since`` or later, the latest first: those to come are never the ones left out."""
    prefix = region_prefix(region) if region else ""
    wanted = (
        select(notice)
        .where(notice.c.ends_at >= utc_text(since), *([notice.c.region.startswith(prefix)] if prefix else []))
        .order_by(notice.c.ends_at.desc(), notice.c.id.desc())
        .limit(limit)
        .subquery()
    )
    last = (
        select(act.c.object, func.max(act.c.seq).label("changes"), func.max(act.c.at).label("changed_at"))
        .where(act.c.object.in_(select(literal("notice/") + wanted.c.id)))
        .group_by(act.c.object)
        .subquery()
    )
    query = select(wanted, last.c.changes, last.c.changed_at).join(
        last, last.c.object == literal("notice/") + wanted.c.id
    )
    return [
        DeadlineRow(
            number=row.id,
            title=row.title,
            issuer=row.issuer,
            region=row.region,
            ends_at=from_utc_text(row.ends_at),
            provisional=row.provisional,
            withdrawn=row.state == "withdrawn",
            published_at=from_utc_text(row.published_at),
            changes=row.changes,
            changed_at=from_utc_text(row.changed_at),
        )
        for row in tx.execute(query.order_by(wanted.c.ends_at.desc(), wanted.c.id.desc()))
    ]
