"""The inbox: one row a case, whoever brought it and through whichever door. Codes and dates only."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, delete, false, func, insert, not_, select, update

from greenmine.domain.body import Body
from greenmine.domain.case import CaseKind, Stage
from greenmine.domain.clock import DueDay
from greenmine.domain.complaint import About
from greenmine.domain.department import Department
from greenmine.domain.errors import Conflict, NotFound
from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.domain.officer import Deed, Officer
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.outbox import drop_letters_of
from greenmine.store.tables_case import (
    case_access,
    case_attachment,
    case_message,
    case_task,
    case_visit,
    complaint,
    error_report,
    objection,
)
from greenmine.store.tables_private import case_part, staff_seat


@dataclass(frozen=True)
class TaskRow:
    """A case as the desk's list knows it.

    :param region: where it happened, or whose record it is about
    :param staff: who has taken it
    :param due: last legal day for the next step, None when nothing is due
    """

    case: str
    kind: CaseKind
    number: str
    region: str
    body: Body
    stage: Stage
    staff: int | None
    due: date | None
    due_provisional: bool
    received_at: datetime
    closed_at: datetime | None
    version: int

    def is_overdue(self, today: date) -> bool:
        """Whether the next step is late on this legal day. An objection never is: no clock runs for its answer."""
        return self.kind is not CaseKind.OBJECTION and self._is_past(today)

    def is_past_period(self, today: date) -> bool:
        """Whether it is an unanswered objection whose notice has ended: owed before the notice is closed."""
        return self.kind is CaseKind.OBJECTION and self._is_past(today)

    def _is_past(self, today: date) -> bool:
        return self.closed_at is None and self.due is not None and today > self.due


def open_task(
    tx: Tx, *, case: str, kind: CaseKind, number: str, region: str, body: Body, due: DueDay | None, at: datetime
) -> None:
    """Put a new case into the inbox of the body."""
    tx.execute(
        insert(case_task).values(
            case_file=case,
            kind=kind,
            number=number,
            region=region,
            body_region=body.region,
            department=body.department,
            stage=Stage.RECEIVED,
            due=due.day.isoformat() if due else None,
            due_provisional=bool(due and due.provisional),
            received_at=utc_text(at),
        )
    )


def get_task(tx: Tx, case: str) -> TaskRow:
    """The case's row. Raises NotFound."""
    row = tx.execute(select(case_task).where(case_task.c.case_file == case)).first()
    if row is None:
        raise _unknown()
    return task_row(row)


def task_of_officer(tx: Tx, number: str, officer: Officer) -> TaskRow:
    """The case with this number if it is the officer's; NotFound for another's as for none (trust.md 13)."""
    row = tx.execute(scope(select(case_task).where(case_task.c.number == number), officer)).first()
    if row is None:
        raise _unknown()
    return task_row(row)


def scope(query: Select[Any], officer: Officer) -> Select[Any]:
    """The one narrowing of every query on cases to what the officer may see: see ``domain.officer.handles``.

    Nobody sees, from whatever seat, a case that accuses the bodies of a region where they sit themselves (信访工作条例
    30): who looks after a city and one of its counties would else hear who complained about the county.
    """
    seat = officer.seat
    if Deed.HANDLE_CASE not in officer.deeds:
        return query.where(false())
    own = and_(case_task.c.body_region == seat.region, not_(_accuses_one_of(officer)))
    if not seat.handled:
        return query.where(own)
    return query.where(and_(own, case_task.c.department.in_(sorted(seat.handled))))


def _accuses_one_of(officer: Officer) -> ColumnElement[bool]:
    """Whether the case is about the bodies of a region where this person holds any seat."""
    regions = select(func.substr(staff_seat.c.scope, 1, 6)).where(staff_seat.c.staff == officer.id)
    told = complaint.alias("told")
    accusing = select(told.c.case_file).where(
        told.c.case_file == case_task.c.case_file, told.c.about == About.AUTHORITY, case_task.c.region.in_(regions)
    )
    return accusing.correlate(case_task).exists()


def open_and_late(tx: Tx, officer: Officer, *, today: date) -> tuple[int, int]:
    """How many of the officer's cases are open, and how many of those are late."""
    number = scope(select(func.count()).select_from(case_task), officer).where(case_task.c.closed_at.is_(None))
    return int(tx.execute(number).scalar_one()), int(tx.execute(number.where(late_on(today))).scalar_one())


def late_on(day: date) -> ColumnElement[bool]:
    """``TaskRow.is_overdue`` as a condition of a query."""
    return and_(
        case_task.c.closed_at.is_(None),
        case_task.c.kind != CaseKind.OBJECTION,
        case_task.c.due < day.isoformat(),
    )


def move_task(tx: Tx, task: TaskRow, **values: object) -> TaskRow:
    """Change the row as it was seen; Conflict when somebody else has changed it since."""
    seen = and_(case_task.c.case_file == task.case, case_task.c.version == task.version)
    done = tx.execute(update(case_task).where(seen).values(**values, version=task.version + 1))
    if done.rowcount != 1:
        raise Conflict("case.changed_since", N_("此件刚被他人办理，请查看最新情况后再办理。"))
    return get_task(tx, task.case)


def provisional_tasks(tx: Tx, kind: CaseKind) -> tuple[TaskRow, ...]:
    """Open cases of a kind whose deadline lies beyond the calendar it was counted with."""
    query = select(case_task).where(case_task.c.kind == kind, case_task.c.due_provisional, case_task.c.due.is_not(None))
    rows = tx.execute(query.where(case_task.c.closed_at.is_(None)).order_by(case_task.c.number))
    return tuple(task_row(row) for row in rows)


def redate_task(tx: Tx, case: str, due: DueDay) -> None:
    """Put the case under another deadline; nobody at the desk has changed it, so its version stands."""
    tx.execute(update(case_task).where(case_task.c.case_file == case).values(**due_values(due)))


def task_by_number(tx: Tx, number: str) -> TaskRow:
    """The case with this number, whoever handles it: for the console. Raises NotFound."""
    row = tx.execute(select(case_task).where(case_task.c.number == number)).first()
    if row is None:
        raise _unknown()
    return task_row(row)


def closed_before(tx: Tx, moment: datetime, *, limit: int) -> tuple[str, ...]:
    """Cases closed before this moment, oldest first."""
    query = select(case_task.c.case_file).where(case_task.c.closed_at < utc_text(moment))
    return tuple(tx.execute(query.order_by(case_task.c.closed_at).limit(limit)).scalars())


def forget_case(tx: Tx, case: str) -> None:
    """Take an erased case out of every table that points at it; what the log promised of it stays (its commitment).

    An answered objection stays as a number: how many came and how they were answered is public for good.
    """
    for table in _POINTING:
        tx.execute(delete(table).where(table.c.case_file == case))
    tx.execute(delete(objection).where(objection.c.case_file == case, objection.c.outcome.is_(None)))
    drop_letters_of(tx, case)
    blank = {"mine": None, "cluster": "", "kind": "other", "outcome": None}
    tx.execute(update(complaint).where(complaint.c.case_file == case).values(**blank))


_POINTING: Final = (
    case_visit,
    case_access,
    case_message,
    case_attachment,
    case_part,
    error_report,
    case_task,
)


def due_values(due: DueDay | None) -> dict[str, object]:
    """A deadline as column values."""
    return {"due": due.day.isoformat() if due else None, "due_provisional": bool(due and due.provisional)}


def _unknown() -> NotFound:
    return NotFound("case.unknown", N_("没有这个案件，或不属于您办理的范围。"))


def task_row(row: Row[Any]) -> TaskRow:
    """A row of ``case_task`` as the desk knows it."""
    return TaskRow(
        case=row.case_file,
        kind=CaseKind(row.kind),
        number=row.number,
        region=row.region,
        body=Body(row.body_region, Department(row.department)),
        stage=Stage(row.stage),
        staff=row.staff,
        due=date.fromisoformat(row.due) if row.due else None,
        due_provisional=row.due_provisional,
        received_at=from_utc_text(row.received_at),
        closed_at=from_utc_text(row.closed_at) if row.closed_at else None,
        version=row.version,
    )
