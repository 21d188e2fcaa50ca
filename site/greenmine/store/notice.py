"""Queries on notices, their items and attachments."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, func, not_, or_, select

from greenmine.domain.errors import NotFound
from greenmine.domain.instant import from_utc_text, legal_day, utc_text
from greenmine.domain.mine import Level, Library
from greenmine.domain.notice import Attachment, NoticeState, state_at
from greenmine.domain.period import PeriodUnit
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.figure import inside_any
from greenmine.store.tables import document, notice, notice_attachment, notice_item

_ONE: Final = select(notice).where(notice.c.id == bindparam("wanted"))
_ITEMS: Final = select(notice_item).where(notice_item.c.notice == bindparam("wanted")).order_by(notice_item.c.position)


@dataclass(frozen=True)
class NoticeRow:
    """A notice as it stands; instants are aware UTC."""

    id: str
    kind: str
    level: Level
    region: str
    title: str
    number: str
    issuer: str
    text: str
    contact: str
    source: str
    columns: tuple[str, ...]
    objection: Mapping[str, Any]
    published_at: datetime
    published_on: date
    unit: str | None
    days: int | None
    first_day_counted: bool | None
    rolls_over: bool | None
    cutoff: str | None
    first_day: date | None
    last_day: date | None
    ends_at: datetime | None
    provisional: bool
    calendar: str | None
    enters: Library | None
    recorded: str
    closed_at: datetime | None
    result: str
    first_act: int
    last_act: int

    def state(self, now: datetime) -> NoticeState:
        """Where it stands at ``now``."""
        return state_at(recorded=self.recorded, ends_at=self.ends_at, now=now, first_day=self.first_day)


@dataclass(frozen=True)
class ItemRow:
    """A line of a notice's list, and what became of it (pending, listed, dropped)."""

    position: int
    mine: str | None
    name: str
    cells: tuple[str, ...]
    note: str
    outcome: str
    reason: str


@dataclass(frozen=True)
class NoticeFilter:
    """What a list of notices is narrowed by; None means any.

    :param states: any of these; empty means any
    :param within: codes of regions, any of them; so are ``levels``
    :param year: legal year of publication
    :param words: each must stand in the title, the document number, the issuer or the site's number
    """

    state: NoticeState | None = None
    kind: str | None = None
    level: Level | None = None
    region_prefix: str | None = None
    within: tuple[str, ...] | None = None
    mine: str | None = None
    states: tuple[NoticeState, ...] = ()
    year: int | None = None
    words: tuple[str, ...] = ()
    levels: tuple[Level, ...] | None = None


def get_notice(tx: Tx, number: str) -> NoticeRow:
    """The notice with this number. Raises NotFound."""
    row = tx.execute(_ONE, {"wanted": number}).first()
    if row is None:
        raise NotFound("notice.unknown", N_("没有编号为 %(number)s 的公示公告。"), number=number)
    return _row(row)


def list_notices(
    tx: Tx, wanted: NoticeFilter, *, now: datetime, limit: int, offset: int = 0
) -> tuple[Sequence[NoticeRow], int]:
    """Notices that match, newest first, and how many there are in all."""
    where = _where(wanted, now)
    total = tx.execute(select(func.count()).select_from(notice).where(*where)).scalar_one()
    query = select(notice).where(*where).order_by(notice.c.published_at.desc(), notice.c.id.desc())
    return [_row(row) for row in tx.execute(query.limit(limit).offset(offset))], total


def count_by_state(tx: Tx, wanted: NoticeFilter, *, now: datetime) -> Mapping[NoticeState, int]:
    """How many notices that match, whatever their state, stand in each state now."""
    each = {state: replace(wanted, state=state, states=()) for state in NoticeState}
    return {
        state: tx.execute(select(func.count()).select_from(notice).where(*_where(narrowed, now))).scalar_one()
        for state, narrowed in each.items()
    }


def count_notices_by(tx: Tx, column: str, wanted: NoticeFilter, *, now: datetime) -> Mapping[str, int]:
    """How many notices that match fall under each value of ``kind``, ``level``, ``region`` or ``year``."""
    values: dict[str, ColumnElement[Any]] = {
        "kind": notice.c.kind,
        "level": notice.c.level,
        "region": notice.c.region,
        "year": func.substr(notice.c.published_on, 1, 4),
    }
    key = values[column].label("key")
    query = select(key, func.count()).where(*_where(wanted, now)).group_by(key)
    return {str(row[0]): int(row[1]) for row in tx.execute(query)}


def notice_numbers(tx: Tx) -> list[str]:
    """Every notice by number, newest first: what a site map lists."""
    return list(tx.execute(select(notice.c.id).order_by(notice.c.published_at.desc(), notice.c.id.desc())).scalars())


def items_of(tx: Tx, number: str) -> list[ItemRow]:
    """The list as printed."""
    return [
        ItemRow(r.position, r.mine, r.name, tuple(json.loads(r.cells)), r.note, r.outcome, r.reason)
        for r in tx.execute(_ITEMS, {"wanted": number})
    ]


def attachments_of(tx: Tx, number: str) -> list[Attachment]:
    """The attachments with their hashes."""
    query = select(notice_attachment).where(notice_attachment.c.notice == number).order_by(notice_attachment.c.position)
    return [Attachment(r.sha256, r.name, r.media_type, r.size) for r in tx.execute(query)]


def notices_numbered(tx: Tx, numbers: Collection[str]) -> dict[str, NoticeRow]:
    """The notices with these numbers, by number."""
    if not numbers:
        return {}
    return {row.id: _row(row) for row in tx.execute(select(notice).where(notice.c.id.in_(sorted(numbers))))}


def items_numbered(tx: Tx, numbers: Collection[str]) -> dict[str, list[ItemRow]]:
    """The lists of these notices as printed, by the notice's number."""
    found: dict[str, list[ItemRow]] = {number: [] for number in numbers}
    if not numbers:
        return found
    query = select(notice_item).where(notice_item.c.notice.in_(sorted(numbers)))
    for r in tx.execute(query.order_by(notice_item.c.notice, notice_item.c.position)):
        found[r.notice].append(
            ItemRow(r.position, r.mine, r.name, tuple(json.loads(r.cells)), r.note, r.outcome, r.reason)
        )
    return found


def attachments_numbered(tx: Tx, numbers: Collection[str]) -> dict[str, list[Attachment]]:
    """The attachments of these notices that law has not removed, by the notice's number."""
    found: dict[str, list[Attachment]] = {number: [] for number in numbers}
    if not numbers:
        return found
    query = (
        select(notice_attachment)
        .join(document, document.c.sha256 == notice_attachment.c.sha256)
        .where(notice_attachment.c.notice.in_(sorted(numbers)), document.c.removed_by.is_(None))
    )
    for r in tx.execute(query.order_by(notice_attachment.c.notice, notice_attachment.c.position)):
        found[r.notice].append(Attachment(r.sha256, r.name, r.media_type, r.size))
    return found


def recountable_notices(tx: Tx, *, calendar: str, now: datetime) -> list[NoticeRow]:
    """Open notices whose end a calendar may move: provisional ones, and running ones counted with another version.

    Printed dates decide themselves; an end that has come and was not provisional stands.
    """
    running_by_another = and_(notice.c.calendar != calendar, notice.c.ends_at >= utc_text(now))
    query = select(notice).where(
        notice.c.state == "published",
        notice.c.unit.in_([str(PeriodUnit.WORKDAY), str(PeriodUnit.NATURAL_DAY)]),
        or_(notice.c.provisional.is_(True), running_by_another),
    )
    return [_row(row) for row in tx.execute(query.order_by(notice.c.id))]


def _where(wanted: NoticeFilter, now: datetime) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        clauses.append(_in_state(wanted.state, now))
    if wanted.kind is not None:
        clauses.append(notice.c.kind == wanted.kind)
    if wanted.level is not None:
        clauses.append(notice.c.level == wanted.level)
    if wanted.region_prefix:
        clauses.append(notice.c.region.startswith(wanted.region_prefix))
    if wanted.within is not None:
        clauses.append(inside_any(notice.c.region, wanted.within))
    if wanted.levels is not None:
        clauses.append(notice.c.level.in_([str(level) for level in wanted.levels]))
    if wanted.states:
        clauses.append(or_(*(_in_state(state, now) for state in wanted.states)))
    if wanted.year is not None:
        clauses.append(notice.c.published_on.startswith(f"{wanted.year:04}-"))
    for word in wanted.words:
        searched = (notice.c.title, notice.c.number, notice.c.issuer, notice.c.id)
        clauses.append(or_(*(column.icontains(word, autoescape=True) for column in searched)))
    if wanted.mine is not None:
        clauses.append(notice.c.id.in_(select(notice_item.c.notice).where(notice_item.c.mine == wanted.mine)))
    return clauses


def _in_state(state: NoticeState, moment: datetime) -> ColumnElement[bool]:
    """The SQL twin of :func:`greenmine.domain.notice.state_at`; a test holds the two together."""
    published, now = notice.c.state == "published", utc_text(moment)
    begun = or_(notice.c.first_day.is_(None), notice.c.first_day <= legal_day(moment).isoformat())
    match state:
        case NoticeState.STANDING:
            return and_(published, notice.c.ends_at.is_(None))
        case NoticeState.UPCOMING:
            return and_(published, notice.c.ends_at.is_not(None), not_(begun))
        case NoticeState.RUNNING:
            return and_(published, begun, notice.c.ends_at >= now)
        case NoticeState.ENDED:
            return and_(published, begun, notice.c.ends_at < now)
        case NoticeState.CLOSED:
            return notice.c.state == "closed"
        case NoticeState.WITHDRAWN:
            return notice.c.state == "withdrawn"


def _row(row: Any) -> NoticeRow:
    values = dict(row._mapping)
    values["recorded"] = values.pop("state")
    values |= {
        "level": Level(row.level),
        "enters": Library(row.enters) if row.enters else None,
        "columns": tuple(json.loads(row.columns)),
        "objection": json.loads(row.objection),
        "published_on": date.fromisoformat(row.published_on),
        "published_at": from_utc_text(row.published_at),
    }
    for name in ("first_day", "last_day"):
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    for name in ("ends_at", "closed_at"):
        values[name] = from_utc_text(values[name]) if values[name] else None
    return NoticeRow(**values)
