"""What a feed tells, newest first: threads of the ledger, each one item.

A notice, a removal, a credit entry and an article are one thread with all their acts: a correction changes the item
and makes no second one. Of a mine every act is a thread of its own. Each page of a feed is read by keyset on the
numbers of acts, so its cost does not grow with the register. Source: features.md "Journalists"; RFC 5005.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, null, or_, select, union_all

from greenmine.domain.act import KINDS, kinds_where
from greenmine.domain.act import Thread as ThreadOf
from greenmine.domain.instant import utc_text
from greenmine.store.act import ActRow, act_row, size
from greenmine.store.credit import CreditFilter, running_credits
from greenmine.store.database import Tx
from greenmine.store.figure import region_prefix
from greenmine.store.tables import act, act_subject, content_item, credit_entry, document, mine, notice, removal

CHUNK: Final = 100


class FeedSection(StrEnum):
    """The sections that have a feed of their own; the value is part of its address."""

    NOTICES = "notices"  # 公示公告
    REMOVALS = "removals"  # 移出
    CREDIT = "credit"  # 失信信息
    MINES = "mines"  # 名录变动
    NEWS = "news"  # 新闻动态
    POLICIES = "policies"  # 政策法规


FEED_KINDS: Final = kinds_where(lambda kind: kind.thread)
"""Calendars and rule books have no page that an item could lead to; the log tells them."""
_FIRST: Final = frozenset(kinds_where(lambda kind: kind.thread is ThreadOf.ACT or (kind.thread and kind.opens)))
_WHOLE: Final = kinds_where(lambda kind: kind.thread is ThreadOf.OBJECT)
_BULKY: Final = kinds_where(lambda kind: kind.told_by_rows)
"""Bodies that say what stands in the rows already; they are not read again."""


def _told_of(noun: str) -> tuple[str, ...]:
    return tuple(kind for kind in FEED_KINDS if KINDS[kind].noun == noun)


@dataclass(frozen=True)
class FeedScope:
    """Which acts a feed tells; all conditions hold together.

    :param start: what their objects begin with (``content/news/``)
    :param region: code; what lies in the region and all below it
    :param about: acts that concern any of these objects, in whatever role (a notice that lists the mine)
    :param objects: acts of these objects' own chains
    """

    kinds: tuple[str, ...] = FEED_KINDS
    start: str = ""
    region: str | None = None
    about: tuple[str, ...] | None = None
    objects: tuple[str, ...] | None = None


SECTION_SCOPES: Final = {
    FeedSection.NOTICES: FeedScope(_told_of("notice")),
    FeedSection.REMOVALS: FeedScope(_told_of("removal")),
    FeedSection.CREDIT: FeedScope(_told_of("credit")),
    FeedSection.MINES: FeedScope(_told_of("mine")),
    FeedSection.NEWS: FeedScope(_told_of("content"), start="content/news/"),
    FeedSection.POLICIES: FeedScope(_told_of("content"), start="content/policies/"),
}


@dataclass(frozen=True)
class Thread:
    """One item of a feed.

    :param seq: which act of the mine's chain it is; None for an object that is one item with all its acts
    :param n: number of the act it was found by
    """

    object: str
    seq: int | None
    n: int

    @property
    def name(self) -> str:
        """What its identity is made of: never changes, whatever is corrected (``notice/2026-0142``)."""
        return self.object if self.seq is None else f"{self.object}/{self.seq}"


@dataclass(frozen=True)
class ToldAct:
    """An act with what an item needs of it.

    :param removed: law removed its body; nothing of its words may be told any more
    """

    act: ActRow
    removed: bool


def scope_of_mine(tx: Tx, number: str, *, today: date) -> FeedScope:
    """All that concerns a mine. A credit entry names its mine in its body only, so its row is asked, while it runs."""
    credits, _total = running_credits(tx, CreditFilter(mine=number), today=today, limit=CHUNK)
    return FeedScope(about=(f"mine/{number}",), objects=tuple(f"credit/{row.id}" for row in credits))


def newest_threads(tx: Tx, scope: FeedScope, *, limit: int) -> list[Thread]:
    """The threads that changed last, newest change first."""
    found: dict[str, Thread] = {}
    before: int | None = None
    while True:
        rows = tx.execute(_page(scope, before=before)).all()
        for row in rows:
            thread = _thread(row)
            found.setdefault(thread.name, thread)
            if len(found) == limit:
                return list(found.values())
        if len(rows) < CHUNK:
            return list(found.values())
        before = rows[-1].n


def acts_told(tx: Tx, threads: Sequence[Thread]) -> dict[str, list[ToldAct]]:
    """The acts of each thread, oldest first, by the thread's name; bulky bodies are left out."""
    whole = [thread.object for thread in threads if thread.seq is None]
    single = [thread.n for thread in threads if thread.seq is not None]
    body = case((act.c.kind.in_(_BULKY), null()), else_=document.c.content).label("content")
    query = select(act, body, document.c.removed_by).select_from(
        act.outerjoin(document, document.c.sha256 == act.c.body)
    )
    found: dict[str, list[ToldAct]] = {thread.name: [] for thread in threads}
    chosen = [act.c.object.in_(whole)] if whole else []
    chosen += [act.c.n.in_(single)] if single else []
    for clause in chosen:
        for row in tx.execute(query.where(clause).order_by(act.c.n)):
            found[_thread(row).name].append(ToldAct(act_row(row), row.removed_by is not None))
    return found


def numbers_between(tx: Tx, since: datetime, until: datetime) -> range:
    """Numbers of the acts recorded from one instant to before another; acts are numbered in order of time."""
    return range(_first_from(tx, utc_text(since)), _first_from(tx, utc_text(until)))


def recorded_at(tx: Tx, n: int) -> str | None:
    """When an act was recorded; None when there is none with this number."""
    return tx.execute(select(act.c.at).where(act.c.n == n)).scalar_one_or_none()


def count_begun(tx: Tx, scope: FeedScope, numbers: range) -> int:
    """How many threads began with acts of these numbers. What began never changes, so archives are cut by it."""
    query = select(func.count()).select_from(act).where(*_began(scope, numbers))
    return int(tx.execute(query).scalar_one())


def threads_begun(tx: Tx, scope: FeedScope, numbers: range, *, limit: int, offset: int = 0) -> list[Thread]:
    """Threads that began with acts of these numbers, oldest first."""
    query = select(act.c.n, act.c.object, act.c.seq, act.c.kind).where(*_began(scope, numbers))
    return [_thread(row) for row in tx.execute(query.order_by(act.c.n).limit(limit).offset(offset))]


def newest_begun(tx: Tx, scope: FeedScope, *, before: int) -> int | None:
    """Number of the last act before this one with which a thread began, or None."""
    return tx.execute(select(func.max(act.c.n)).where(*_began(scope, range(before)))).scalar()


def oldest_begun(tx: Tx, scope: FeedScope, *, since: int) -> int | None:
    """Number of the first act from this one on with which a thread began, or None."""
    return tx.execute(select(func.min(act.c.n)).where(*_began(scope, range(since, 2**31 - 1)))).scalar()


def _page(scope: FeedScope, *, before: int | None) -> Any:
    """One page of acts. Each kind is asked by itself: then the index gives its newest at once, however rare it is."""
    parts = [
        select(part.order_by(act.c.n.desc()).limit(CHUNK).subquery())
        for part in _parts(scope, [] if before is None else [act.c.n < before])
    ]
    told = union_all(*parts).subquery()
    return select(told).order_by(told.c.n.desc()).limit(CHUNK)


def _parts(scope: FeedScope, more: list[ColumnElement[bool]]) -> list[Select[Any]]:
    query = select(act.c.n, act.c.object, act.c.seq, act.c.kind).where(*more)
    parts = []
    if scope.about:
        concerning = select(act_subject.c.n).where(act_subject.c.object.in_(scope.about))
        parts.append(query.where(act.c.n.in_(concerning), act.c.kind.in_(scope.kinds)))
    if scope.objects:
        parts.append(query.where(act.c.object.in_(scope.objects), act.c.kind.in_(scope.kinds)))
    if scope.about is not None or scope.objects is not None:
        return parts or [query.where(act.c.n < 0)]
    return [query.where(act.c.kind == kind, *_narrowed(scope, kind)) for kind in scope.kinds]


def _narrowed(scope: FeedScope, kind: str) -> list[ColumnElement[bool]]:
    clauses = [act.c.object.startswith(scope.start, autoescape=True)] if scope.start else []
    prefix = region_prefix(scope.region) if scope.region else ""
    return [*clauses, act.c.object.in_(_objects_inside(kind, prefix))] if prefix else clauses


def _objects_inside(kind: str, prefix: str) -> Select[Any]:
    """Names of the objects that acts of this kind can be of and that lie in a region."""

    def inside(column: ColumnElement[str]) -> ColumnElement[bool]:
        return column.between(prefix.ljust(6, "0"), prefix.ljust(6, "9"))

    match KINDS[kind].noun:
        case "notice":
            return select(literal("notice/") + notice.c.id).where(inside(notice.c.region))
        case "removal":
            held = removal.join(mine, removal.c.mine == mine.c.id)
            return select(literal("removal/") + removal.c.id).select_from(held).where(inside(mine.c.region))
        case "credit":
            return select(literal("credit/") + credit_entry.c.id).where(inside(credit_entry.c.region))
        case "mine":
            return select(literal("mine/") + mine.c.id).where(inside(mine.c.region))
        case "content":
            name = literal("content/") + content_item.c.section + literal("/") + content_item.c.slug
            return select(name).where(inside(content_item.c.region))
    raise KeyError(kind)  # a noun in feeds that nobody taught where it lies; a test walks them all


def _began(scope: FeedScope, numbers: range) -> list[ColumnElement[bool]]:
    kinds = [kind for kind in scope.kinds if kind in _FIRST]
    clauses: list[ColumnElement[bool]] = [act.c.kind.in_(kinds), act.c.n >= numbers.start, act.c.n < numbers.stop]
    # an object that comes back (an article after its withdrawal) is the same thread
    clauses.append(or_(act.c.kind.not_in(_WHOLE), act.c.seq == 0))
    if scope.start:
        clauses.append(and_(act.c.object.startswith(scope.start, autoescape=True)))
    return clauses


def _first_from(tx: Tx, at: str) -> int:
    """The number of the first act recorded at or after a moment; the size of the log when there is none."""
    low, high = 0, size(tx)
    while low < high:
        middle = (low + high) // 2
        if (recorded_at(tx, middle) or "") >= at:
            high = middle
        else:
            low = middle + 1
    return low


def _thread(row: Any) -> Thread:
    return Thread(row.object, row.seq if KINDS[row.kind].thread is ThreadOf.ACT else None, row.n)


def mine_names(tx: Tx, numbers: Collection[str]) -> dict[str, tuple[str, str]]:
    """Name and region of these mines as they stand, by number."""
    if not numbers:
        return {}
    query = select(mine.c.id, mine.c.name, mine.c.region).where(mine.c.id.in_(sorted(numbers)))
    return {row.id: (row.name, row.region) for row in tx.execute(query)}
