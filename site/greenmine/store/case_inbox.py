"""The desk's list of cases: what an officer sees at a glance, how many there are of each sort, who waits for nobody.

Every query goes through ``store.case_task.scope``: also a count tells nothing of another body's cases (trust.md 13).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, case, func, select, true

from greenmine.domain.body import Body, RiskClass
from greenmine.domain.case import OVER, CaseKind, MessageKind
from greenmine.domain.complaint import About, ComplaintKind
from greenmine.domain.department import Department
from greenmine.domain.instant import utc_text
from greenmine.domain.officer import Officer
from greenmine.store.case_task import TaskRow, late_on, scope, task_row
from greenmine.store.database import Tx
from greenmine.store.tables_case import case_message, case_task, complaint, error_report, objection
from greenmine.store.tables_private import staff


@dataclass(frozen=True)
class InboxFilter:
    """Which of the officer's cases.

    :param staff: only those this person has taken
    :param late_on: only those late on this legal day
    :param cluster: only complaints of this wording
    """

    is_open: bool = True
    kind: CaseKind | None = None
    staff: int | None = None
    late_on: date | None = None
    cluster: str = ""


@dataclass(frozen=True)
class InboxLine:
    """A case in the list.

    :param login: of who has taken it, empty for nobody
    :param record: what it is about: a mine's public number, ``notice/<number>`` or the reported object; or empty
    :param cluster: mark of a complaint's wording, empty for other kinds
    :param is_written: the last word in it is the person's, who has written more and waits
    """

    task: TaskRow
    login: str
    risk: RiskClass | None
    problem: ComplaintKind | None
    record: str
    cluster: str
    is_written: bool


@dataclass(frozen=True)
class InboxCounts:
    """How many cases each choice would leave, the other choices kept."""

    is_open: Mapping[bool, int]
    kinds: Mapping[CaseKind, int]
    mine: int
    late: int


@dataclass(frozen=True)
class BodyCount:
    """The open cases of a body, and how many of those are late.

    :param accused: region whose own bodies they are about; empty: about no body
    """

    body: Body
    waiting: int
    late: int
    accused: str = ""


def inbox_lines(
    tx: Tx, officer: Officer, wanted: InboxFilter, *, limit: int, offset: int = 0
) -> tuple[tuple[InboxLine, ...], int]:
    """The officer's cases, by deadline (those over: latest first), and how many there are in all."""
    number = int(tx.execute(select(func.count()).select_from(_own(officer, wanted).subquery())).scalar_one())
    query = _narrowed(scope(_LINES, officer), wanted)
    if wanted.is_open:
        query = query.order_by(case_task.c.due.is_(None), case_task.c.due, case_task.c.received_at, case_task.c.number)
    else:
        query = query.order_by(case_task.c.closed_at.desc(), case_task.c.number)
    return tuple(_line(row) for row in tx.execute(query.limit(limit).offset(offset))), number


def inbox_counts(tx: Tx, officer: Officer, wanted: InboxFilter, *, today: date) -> InboxCounts:
    """How many each choice of the list would leave."""
    over = case((case_task.c.closed_at.is_(None), 1), else_=0)
    standing = _grouped(tx, officer, wanted, over.label("sort"), is_open=None)
    kinds = _grouped(tx, officer, replace(wanted, kind=None), case_task.c.kind.label("sort"), is_open=wanted.is_open)
    free = replace(wanted, staff=None, late_on=None)
    mine = _narrowed(_own(officer, replace(free, staff=officer.id)), free)
    late = _own(officer, replace(free, late_on=today))
    return InboxCounts(
        is_open={is_open: standing.get(int(is_open), 0) for is_open in (True, False)},
        kinds={CaseKind(kind): number for kind, number in sorted(kinds.items())},
        mine=_size(tx, mine),
        late=_size(tx, late),
    )


def cluster_sizes(tx: Tx, officer: Officer, clusters: Collection[str]) -> Mapping[str, int]:
    """How many of the officer's own open complaints share each of these wordings."""
    if not clusters:
        return {}
    query = (
        select(complaint.c.cluster, func.count().label("number"))
        .select_from(complaint.join(case_task, case_task.c.case_file == complaint.c.case_file))
        .where(complaint.c.cluster.in_(sorted(clusters)), case_task.c.stage.not_in(sorted(OVER)))
        .group_by(complaint.c.cluster)
    )
    return {row.cluster: row.number for row in tx.execute(scope(query, officer))}


def open_by_body(tx: Tx, *, today: date, before: datetime | None = None) -> tuple[BodyCount, ...]:
    """The open cases of every body, those that accuse a region's bodies apart, counts only: for telling where nobody
    sits who may see them, never shown to officers.

    :param before: only cases received before this instant
    """
    received = true() if before is None else case_task.c.received_at < utc_text(before)
    late = func.sum(case((late_on(today), 1), else_=0))
    accused = case((complaint.c.about == About.AUTHORITY, case_task.c.region), else_="").label("accused")
    columns = (case_task.c.body_region, case_task.c.department, accused)
    query = (
        select(*columns, func.count().label("waiting"), late.label("late"))
        .select_from(case_task.outerjoin(complaint, complaint.c.case_file == case_task.c.case_file))
        .where(case_task.c.closed_at.is_(None), received)
        .group_by(*columns)
        .order_by(*columns)
    )
    return tuple(
        BodyCount(Body(row.body_region, Department(row.department)), row.waiting, int(row.late), row.accused)
        for row in tx.execute(query)
    )


_LAST_MESSAGE = (
    select(case_message.c.kind)
    .where(case_message.c.case_file == case_task.c.case_file)
    .order_by(case_message.c.position.desc())
    .limit(1)
    .correlate(case_task)
    .scalar_subquery()
)
_LINES: Select[Any] = select(
    case_task,
    staff.c.login,
    complaint.c.risk,
    complaint.c.kind.label("problem"),
    complaint.c.mine,
    complaint.c.cluster,
    objection.c.notice,
    error_report.c.object,
    _LAST_MESSAGE.label("last_message"),
).select_from(
    case_task.outerjoin(staff, staff.c.id == case_task.c.staff)
    .outerjoin(complaint, complaint.c.case_file == case_task.c.case_file)
    .outerjoin(objection, objection.c.case_file == case_task.c.case_file)
    .outerjoin(error_report, error_report.c.case_file == case_task.c.case_file)
)


def _own(officer: Officer, wanted: InboxFilter) -> Select[Any]:
    return _narrowed(scope(select(case_task.c.case_file), officer), wanted)


def _narrowed(query: Select[Any], wanted: InboxFilter, *, standing: bool = True) -> Select[Any]:
    if standing:
        over = case_task.c.closed_at.is_not(None)
        query = query.where(~over if wanted.is_open else over)
    if wanted.kind is not None:
        query = query.where(case_task.c.kind == wanted.kind)
    if wanted.staff is not None:
        query = query.where(case_task.c.staff == wanted.staff)
    if wanted.cluster:
        alike = select(complaint.c.case_file).where(complaint.c.cluster == wanted.cluster)
        query = query.where(case_task.c.case_file.in_(alike))
    if wanted.late_on is not None:
        query = query.where(late_on(wanted.late_on))
    return query


def _grouped(tx: Tx, officer: Officer, wanted: InboxFilter, sort: Any, *, is_open: bool | None) -> dict[Any, int]:
    query = scope(select(sort, func.count().label("number")).select_from(case_task), officer)
    query = _narrowed(query, wanted, standing=is_open is not None).group_by(sort)
    return {row.sort: row.number for row in tx.execute(query)}


def _size(tx: Tx, query: Select[Any]) -> int:
    return int(tx.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def _line(row: Row[Any]) -> InboxLine:
    record = row.mine or (f"notice/{row.notice}" if row.notice else "") or row.object or ""
    return InboxLine(
        task=task_row(row),
        login=row.login or "",
        risk=RiskClass(row.risk) if row.risk else None,
        problem=ComplaintKind(row.problem) if row.problem else None,
        record=record,
        cluster=row.cluster or "",
        is_written=row.last_message == MessageKind.FROM_PERSON,
    )
