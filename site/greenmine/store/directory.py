"""The directory: lists, counts and exports of mines under any combination of filters.

One statement per list, one per facet. Texts compare bytewise on both databases, so an address shows
the same page on either. Source: LN-18 (查询服务), ZJ-15; features.md "Public searching the directory".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, false, func, or_, select, true

from greenmine.domain.mine import Activity, Level, Library, Method, MineStatus, Ownership, Scale
from greenmine.domain.mineral import MineralClass
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.figure import region_prefix
from greenmine.store.tables import membership, mine, mine_alias

EXPORT_CHUNK: Final = 500


class Sort(StrEnum):
    """Orders of the list; the public number breaks every tie."""

    NEWEST = "newest"  # 最近列入
    OLDEST = "oldest"  # 最早列入
    NAME = "name"  # 名称
    REGION = "region"  # 所在地
    CHANGED = "changed"  # 最近变动


SORT_LABELS: Final[Mapping[Sort, str]] = {
    Sort.NEWEST: N_("最近列入在前"),
    Sort.OLDEST: N_("最早列入在前"),
    Sort.NAME: N_("按名称"),
    Sort.REGION: N_("按所在地"),
    Sort.CHANGED: N_("最近变动在前"),
}


class FacetName(StrEnum):
    """What the list can be narrowed by and is counted by; the value is the field of the filter."""

    STATUS = "status"  # 状态
    LEVEL = "level"  # 级别
    REGION = "region"  # 所在地
    MINERAL = "mineral"  # 矿种
    MINERAL_CLASS = "mineral_class"  # 矿产大类
    SCALE = "scale"  # 生产规模
    METHOD = "method"  # 开采方式
    ACTIVITY = "activity"  # 生产状况
    OWNERSHIP = "ownership"  # 企业性质
    LIBRARY = "library"  # 所在库
    YEAR = "year"  # 列入年份


@dataclass(frozen=True)
class Word:
    """One word of the search box.

    :param raw: as typed, for numbers and codes
    :param key: folded by ``domain.mine_name.name_key``; empty for mere punctuation
    :param regions: codes of the regions it may name (毕节)
    """

    raw: str
    key: str
    regions: tuple[str, ...] = ()


@dataclass(frozen=True)
class DirectoryFilter:
    """What the directory is narrowed by; empty and None mean any.

    :param words: all must match
    :param region: code; the region and all below it
    :param areas: codes of a special area's members, any of them (辽东绿色经济区)
    :param year: year of the listing day that the mine's page shows
    :param library: in this library now
    """

    words: tuple[Word, ...] = ()
    region: str | None = None
    areas: tuple[str, ...] = ()
    mineral: str | None = None
    mineral_class: MineralClass | None = None
    scale: Scale | None = None
    method: Method | None = None
    level: Level | None = None
    status: MineStatus | None = None
    library: Library | None = None
    year: int | None = None
    ownership: Ownership | None = None
    activity: Activity | None = None


@dataclass(frozen=True)
class DirectoryRow:
    """A line of the list."""

    id: str
    name: str
    holder: str
    region: str
    mineral: str
    scale: Scale | None
    status: MineStatus
    level: Level | None
    listed_on: date | None
    last_act: int


@dataclass(frozen=True)
class ExportRow:
    """A mine with everything an export tells; dates as ISO text, codes as stored.

    :param values: columns of the public table by name
    :param aliases: other names
    :param libraries: (library, batch, since) of its current memberships
    """

    values: Mapping[str, Any]
    aliases: tuple[str, ...]
    libraries: tuple[tuple[Library, str, str], ...]


def count_mines(tx: Tx, wanted: DirectoryFilter) -> int:
    """How many mines match."""
    return int(tx.execute(select(func.count()).select_from(mine).where(*_where(wanted))).scalar_one())


def list_mines(
    tx: Tx, wanted: DirectoryFilter, *, sort: Sort = Sort.NEWEST, limit: int, offset: int = 0
) -> list[DirectoryRow]:
    """One page of the mines that match."""
    columns = [mine.c[name] for name in DirectoryRow.__dataclass_fields__]
    query = select(*columns).where(*_where(wanted)).order_by(*_order(tx, sort)).limit(limit).offset(offset)
    return [_row(row) for row in tx.execute(query)]


def count_by(tx: Tx, facet: FacetName, wanted: DirectoryFilter) -> Mapping[str, int]:
    """How many mines each value of a facet would leave, all *other* filters applied.

    Values are texts as stored (regions: codes as registered, normally counties); unknown ones are absent.
    """
    others = without(wanted, facet)
    if facet is FacetName.LIBRARY:
        return _count_by_library(tx, others)
    value = _FACET_VALUES[facet]
    query = select(value, func.count()).where(*_where(others), value.is_not(None), value != "").group_by(value)
    return {str(row[0]): row[1] for row in tx.execute(query)}


def without(wanted: DirectoryFilter, facet: FacetName) -> DirectoryFilter:
    """The filter with one facet left open; a special area counts as a region."""
    empty: dict[str, Any] = {facet.value: None}
    if facet is FacetName.REGION:
        empty["areas"] = ()
    return replace(wanted, **empty)


def count_facets(tx: Tx, wanted: DirectoryFilter) -> Mapping[FacetName, Mapping[str, int]]:
    """Every facet's counts, one statement each."""
    return {facet: count_by(tx, facet, wanted) for facet in FacetName}


def standing_by_region(tx: Tx, region: str) -> list[tuple[str, MineStatus, Level | None, int]]:
    """(region as registered, status, level, how many) of the mines in a region: one statement for its whole page."""
    query = (
        select(mine.c.region, mine.c.status, mine.c.level, func.count())
        .where(*_where(DirectoryFilter(region=region)))
        .group_by(mine.c.region, mine.c.status, mine.c.level)
    )
    return [(row[0], MineStatus(row[1]), Level(row[2]) if row[2] else None, row[3]) for row in tx.execute(query)]


def siblings_of(tx: Tx, number: str, holder_key: str, *, limit: int) -> tuple[list[DirectoryRow], int]:
    """Other mines of the same holder, by number, and how many there are in all; none without a holder."""
    if not holder_key:
        return [], 0
    where = (mine.c.holder_key == holder_key, mine.c.id != number)
    columns = [mine.c[name] for name in DirectoryRow.__dataclass_fields__]
    rows = tx.execute(select(*columns, func.count().over()).where(*where).order_by(mine.c.id).limit(limit)).all()
    return [_row(row) for row in rows], rows[0][-1] if rows else 0


def export_mines(tx: Tx, wanted: DirectoryFilter, *, sort: Sort = Sort.NEWEST, limit: int) -> Iterator[ExportRow]:
    """Every mine that matches, in the order of the list, read in chunks of 500 (three statements each).

    Call inside one read transaction: its stable view is what makes the chunks one list.
    """
    for start in range(0, limit, EXPORT_CHUNK):
        size = min(EXPORT_CHUNK, limit - start)
        query = select(mine).where(*_where(wanted)).order_by(*_order(tx, sort)).limit(size).offset(start)
        rows = tx.execute(query).all()
        numbers = [row.id for row in rows]
        aliases, libraries = _aliases(tx, numbers), _libraries(tx, numbers)
        for row in rows:
            yield ExportRow(dict(row._mapping), aliases.get(row.id, ()), libraries.get(row.id, ()))
        if len(rows) < size:
            return


def escaped(text: str) -> str:
    """The text with the wildcards of LIKE taken literally; the escape character is a backslash."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _where(wanted: DirectoryFilter) -> list[ColumnElement[bool]]:
    clauses = [_matches(word) for word in wanted.words]
    clauses += [column == getattr(wanted, name) for name, column in _EQUALS if getattr(wanted, name) is not None]
    if wanted.region is not None:
        clauses.append(_inside(wanted.region))
    if wanted.areas:
        clauses.append(or_(*(_inside(code) for code in wanted.areas)))
    if wanted.year is not None:
        clauses.append(mine.c.listed_on.startswith(f"{wanted.year:04}-"))
    if wanted.library is not None:
        clauses.append(
            mine.c.id.in_(
                select(membership.c.mine).where(membership.c.library == wanted.library, membership.c.until.is_(None))
            )
        )
    return clauses


def _matches(word: Word) -> ColumnElement[bool]:
    """The word in the name, another name, the holder, the mineral, or a number; or the region it names."""
    ways = [_inside(code) for code in word.regions]
    if word.key:
        key = f"%{escaped(word.key)}%"
        alias = select(mine_alias.c.mine).where(mine_alias.c.name_key.like(key, escape="\\"))
        ways += [column.like(key, escape="\\") for column in (mine.c.name_key, mine.c.holder_key)]
        ways.append(mine.c.id.in_(alias))
        printed = f"%{escaped(word.raw)}%"
        ways += [column.like(printed, escape="\\") for column in (mine.c.name, mine.c.holder, mine.c.mineral)]
        code = f"%{escaped(word.raw.upper())}%"
        ways += [column.like(code, escape="\\") for column in _CODES]
    return or_(*ways) if ways else false()


def _inside(region: str) -> ColumnElement[bool]:
    prefix = region_prefix(region)
    return mine.c.region.startswith(prefix) if prefix else true()


def _order(tx: Tx, sort: Sort) -> Sequence[ColumnElement[Any]]:
    number = _bytewise(tx, mine.c.id)
    match sort:
        case Sort.NEWEST:
            return (mine.c.listed_on.is_(None), mine.c.listed_on.desc(), number)
        case Sort.OLDEST:
            return (mine.c.listed_on.is_(None), mine.c.listed_on, number)
        case Sort.NAME:
            return (_bytewise(tx, mine.c.name_key), number)
        case Sort.REGION:
            return (mine.c.region, _bytewise(tx, mine.c.name_key), number)
        case Sort.CHANGED:
            return (mine.c.last_act.desc(), number)


def _bytewise(tx: Tx, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """PostgreSQL sorts by the language of the machine unless told otherwise; SQLite sorts by bytes."""
    return column.collate("C") if tx.dialect.name == "postgresql" else column


def _count_by_library(tx: Tx, others: DirectoryFilter) -> Mapping[str, int]:
    query = (
        select(membership.c.library, func.count(mine.c.id.distinct()))
        .select_from(membership.join(mine, membership.c.mine == mine.c.id))
        .where(membership.c.until.is_(None), *_where(others))
        .group_by(membership.c.library)
    )
    return {row[0]: row[1] for row in tx.execute(query)}


def _aliases(tx: Tx, numbers: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    query = select(mine_alias.c.mine, mine_alias.c.name).where(mine_alias.c.mine.in_(numbers))
    return _grouped(
        (row.mine, row.name) for row in tx.execute(query.order_by(mine_alias.c.mine, mine_alias.c.position))
    )


def _libraries(tx: Tx, numbers: Sequence[str]) -> Mapping[str, tuple[tuple[Library, str, str], ...]]:
    query = (
        select(membership.c.mine, membership.c.library, membership.c.batch, membership.c.since)
        .where(membership.c.mine.in_(numbers), membership.c.until.is_(None))
        .order_by(membership.c.act_in)
    )
    return _grouped((row.mine, (Library(row.library), row.batch, row.since)) for row in tx.execute(query))


def _grouped(pairs: Iterator[tuple[str, Any]]) -> Mapping[str, tuple[Any, ...]]:
    groups: dict[str, tuple[Any, ...]] = {}
    for number, value in pairs:
        groups[number] = (*groups.get(number, ()), value)
    return groups


def _row(row: Any) -> DirectoryRow:
    return DirectoryRow(
        id=row.id,
        name=row.name,
        holder=row.holder,
        region=row.region,
        mineral=row.mineral,
        scale=Scale(row.scale) if row.scale else None,
        status=MineStatus(row.status),
        level=Level(row.level) if row.level else None,
        listed_on=date.fromisoformat(row.listed_on) if row.listed_on else None,
        last_act=row.last_act,
    )


_EQUALS: Final = tuple(
    (name, mine.c[name])
    for name in ("mineral", "mineral_class", "scale", "method", "level", "status", "ownership", "activity")
)
_CODES: Final = (mine.c.id, mine.c.credit_code, mine.c.permit_no, mine.c.certificate_no)
_FACET_VALUES: Final[Mapping[FacetName, ColumnElement[Any]]] = {
    **{FacetName(name): column for name, column in (*_EQUALS, ("region", mine.c.region))},
    FacetName.YEAR: func.substr(mine.c.listed_on, 1, 4),
}
