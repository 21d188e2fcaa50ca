"""Objections: codes beside the inbox row, and the counts that the public sees. Who objects is sealed in the case."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from greenmine.domain.errors import NotFound
from greenmine.domain.instant import utc_text
from greenmine.domain.objection import ObjectionOutcome
from greenmine.domain.officer import Officer
from greenmine.domain.text import N_
from greenmine.store.case_task import scope
from greenmine.store.database import Tx
from greenmine.store.tables_case import case_task, objection
from greenmine.store.tables_private import case_file


@dataclass(frozen=True)
class ObjectionRow:
    """An objection's codes; ``outcome`` is None until it is answered."""

    case: str
    notice: str
    by_unit: bool
    outcome: ObjectionOutcome | None


@dataclass(frozen=True)
class ObjectionCount:
    """How many objections a notice received, and how they were answered: all that the public is told."""

    received: int = 0
    outcomes: Mapping[ObjectionOutcome, int] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        """How many have their answer."""
        return sum(self.outcomes.values())

    @property
    def waiting(self) -> int:
        """How many wait for it."""
        return self.received - self.answered


def add_objection(tx: Tx, row: ObjectionRow) -> None:
    """Enter an objection as received."""
    tx.execute(insert(objection).values(case_file=row.case, notice=row.notice, by_unit=row.by_unit))


def get_objection(tx: Tx, case: str) -> ObjectionRow:
    """The objection. Raises NotFound."""
    row = tx.execute(select(objection).where(objection.c.case_file == case)).first()
    if row is None:
        raise NotFound("case.unknown", N_("没有这个案件。"))
    return _row(row)


def mark_objection(tx: Tx, case: str, outcome: ObjectionOutcome) -> None:
    """Answered; a later answer may change the outcome."""
    tx.execute(update(objection).where(objection.c.case_file == case).values(outcome=outcome))


def objections_to(tx: Tx, notice: str) -> ObjectionCount:
    """The counts of one notice as they stand: for the desk and the rules, not for the public."""
    return count_objections(tx, [notice]).get(notice, ObjectionCount())


def count_objections(tx: Tx, notices: Collection[str], *, before: datetime | None = None) -> dict[str, ObjectionCount]:
    """The counts of these notices, by number, in one query; notices without an objection are absent.

    :param before: only objections received before this instant; also one whose case was erased keeps its instant
    """
    if not notices:
        return {}
    columns = (objection.c.notice, objection.c.outcome)
    query = select(*columns, func.count().label("number")).where(objection.c.notice.in_(sorted(notices)))
    if before is not None:
        query = query.join(case_file, case_file.c.id == objection.c.case_file)
        query = query.where(case_file.c.opened_at < utc_text(before))
    received: dict[str, int] = {}
    outcomes: dict[str, dict[ObjectionOutcome, int]] = {}
    for row in tx.execute(query.group_by(*columns)):
        received[row.notice] = received.get(row.notice, 0) + row.number
        if row.outcome:
            outcomes.setdefault(row.notice, {})[ObjectionOutcome(row.outcome)] = row.number
    return {notice: ObjectionCount(total, outcomes.get(notice, {})) for notice, total in received.items()}


def redate_objections(tx: Tx, notice: str, *, last_day: date, provisional: bool) -> None:
    """The notice ends on another day: its unanswered objections stand under that day at the desk."""
    waiting = select(objection.c.case_file).where(objection.c.notice == notice, objection.c.outcome.is_(None))
    tx.execute(
        update(case_task)
        .where(case_task.c.case_file.in_(waiting), case_task.c.closed_at.is_(None))
        .values(due=last_day.isoformat(), due_provisional=provisional)
    )


def waiting_numbers(tx: Tx, notice: str, officer: Officer) -> tuple[str, ...]:
    """Case numbers of the notice's unanswered objections that this officer handles, oldest first."""
    query = (
        select(case_task.c.number)
        .join(objection, objection.c.case_file == case_task.c.case_file)
        .where(objection.c.notice == notice, objection.c.outcome.is_(None))
        .order_by(case_task.c.received_at, case_task.c.number)
    )
    return tuple(tx.execute(scope(query, officer)).scalars())


def _row(row: Row[Any]) -> ObjectionRow:
    outcome = ObjectionOutcome(row.outcome) if row.outcome else None
    return ObjectionRow(case=row.case_file, notice=row.notice, by_unit=row.by_unit, outcome=outcome)
