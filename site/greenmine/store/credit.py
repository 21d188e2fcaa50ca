"""Queries on credit entries. A subject is shown only while its entry runs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from greenmine.domain.errors import NotFound
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.figure import inside_any
from greenmine.store.tables import act, credit_entry


@dataclass(frozen=True)
class CreditRow:
    """A credit entry as readers may see it today: once it is over, everything that names anyone is None."""

    id: str
    register: str
    subject: str
    region: str
    name: str | None
    credit_code: str | None
    mine: str | None
    conduct: str | None
    basis: str | None
    decision_no: str | None
    organ: str | None
    decided: date | None
    removal: str | None
    since: date
    until: date
    ended_on: date | None
    end_reason: str | None
    first_act: int
    last_act: int

    @property
    def running(self) -> bool:
        """Whether the entry is still shown with its subject."""
        return self.name is not None


@dataclass(frozen=True)
class CreditFilter:
    """What a list is narrowed by; None means any."""

    register: str | None = None
    subject: str | None = None
    region_prefix: str | None = None
    within: tuple[str, ...] | None = None
    mine: str | None = None


def get_credit(tx: Tx, number: str, *, today: date) -> CreditRow:
    """The entry with this number, without its subject once ``today`` is past its term. Raises NotFound."""
    row = tx.execute(select(credit_entry).where(credit_entry.c.id == number)).first()
    if row is None:
        raise NotFound("credit.unknown", N_("没有编号为 %(number)s 的失信信息。"), number=number)
    return _row(row, today)


def credits_numbered(tx: Tx, numbers: Collection[str], *, today: date) -> dict[str, CreditRow]:
    """The entries with these numbers, by number, each without its subject once ``today`` is past its term."""
    if not numbers:
        return {}
    query = select(credit_entry).where(credit_entry.c.id.in_(sorted(numbers)))
    return {row.id: _row(row, today) for row in tx.execute(query)}


def running_credits(
    tx: Tx, wanted: CreditFilter, *, today: date, limit: int, offset: int = 0
) -> tuple[Sequence[CreditRow], int]:
    """Entries shown on ``today``, newest first, and how many there are: told from dates, not from a job."""
    where = [_is_running(today), *_where(wanted)]
    total = tx.execute(select(func.count()).select_from(credit_entry).where(*where)).scalar_one()
    query = select(credit_entry).where(*where).order_by(credit_entry.c.since.desc(), credit_entry.c.id.desc())
    return [_row(row, today) for row in tx.execute(query.limit(limit).offset(offset))], total


def count_ended(tx: Tx, *, today: date) -> int:
    """How many entries have ended: a number, nobody's name."""
    query = select(func.count()).select_from(credit_entry).where(~_is_running(today))
    return int(tx.execute(query).scalar_one())


def overdue_credits(tx: Tx, *, today: date) -> list[tuple[str, str]]:
    """Entries past their term whose end is not recorded yet: (number, SHA-256 of the body that names them)."""
    query = (
        select(credit_entry.c.id, act.c.body)
        .select_from(credit_entry.join(act, act.c.n == credit_entry.c.first_act))
        .where(credit_entry.c.ended_on.is_(None), credit_entry.c.until <= today.isoformat())
        .order_by(credit_entry.c.id)
    )
    return [(row.id, row.body) for row in tx.execute(query)]


def _is_running(today: date) -> ColumnElement[bool]:
    return and_(credit_entry.c.ended_on.is_(None), credit_entry.c.until > today.isoformat())


def _where(wanted: CreditFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    for column in ("register", "subject", "mine"):
        if getattr(wanted, column) is not None:
            clauses.append(credit_entry.c[column] == getattr(wanted, column))
    if wanted.region_prefix:
        clauses.append(credit_entry.c.region.startswith(wanted.region_prefix))
    if wanted.within is not None:
        clauses.append(inside_any(credit_entry.c.region, wanted.within))
    return clauses


_NAMING = ("name", "credit_code", "mine", "conduct", "basis", "decision_no", "organ", "decided", "removal")


def _row(row: Any, today: date) -> CreditRow:
    values = dict(row._mapping)
    over = row.ended_on is not None or row.until <= today.isoformat()
    if over:
        values |= dict.fromkeys(_NAMING)
    for name in ("since", "until", "ended_on", "decided"):
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    return CreditRow(**values)
