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
from greenmine.domain.mine_history import Moment
from greenmine.domain.mineral import MineralClass
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.figure import region_prefix
from greenmine.store.mine_version import Register, register_at
from greenmine.store.tables import mine

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
    :param library: in this library at the moment
    :param moment: as it was at this moment, None is now (design.md "Versions and time")
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
    moment: Moment | None = None


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
    register = register_at(wanted.moment)
    query = select(func.count()).select_from(register.mine).where(*_where(wanted, register))
    return int(tx.execute(query).scalar_one())


def list_mines(
    tx: Tx, wanted: DirectoryFilter, *, sort: Sort = Sort.NEWEST, limit: int, offset: int = 0
) -> list[DirectoryRow]:
    """One page of the mines that match."""
    register = register_at(wanted.moment)
    columns = [register.mine.c[name] for name in DirectoryRow.__dataclass_fields__]
    query = select(*columns).where(*_where(wanted, register)).order_by(*_order(tx, sort, register))
    query = query.limit(limit).offset(offset)
    return [_row(row) for row in tx.execute(query)]


def count_by(tx: Tx, facet: FacetName, wanted: DirectoryFilter) -> Mapping[str, int]:
    """How many mines each value of a facet would leave, all *other* filters applied.

    Values are texts as stored (regions: codes as registered, normally counties); unknown ones are absent.
    """
    others = without(wanted, facet)
    register = register_at(wanted.moment)
    if facet is FacetName.LIBRARY:
        return _count_by_library(tx, others, register)
    value = _facet_value(facet, register)
    query = select(value, func.count()).where(*_where(others, register), value.is_not(None), value != "")
    query = query.group_by(value)
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
        .where(_inside(mine.c.region, region))
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
    register = register_at(wanted.moment)
    matching = select(register.mine).where(*_where(wanted, register)).order_by(*_order(tx, sort, register))
    for start in range(0, limit, EXPORT_CHUNK):
        size = min(EXPORT_CHUNK, limit - start)
        rows = tx.execute(matching.limit(size).offset(start)).all()
        numbers = [row.id for row in rows]
        aliases, libraries = _aliases(tx, numbers, register), _libraries(tx, numbers, register)
        for row in rows:
            yield ExportRow(dict(row._mapping), aliases.get(row.id, ()), libraries.get(row.id, ()))
        if len(rows) < size:
            return


def escaped(text: str) -> str:
    """The text with the wildcards of LIKE taken literally; the escape character is a backslash."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _where(wanted: DirectoryFilter, register: Register) -> list[ColumnElement[bool]]:
    own = register.mine.c
    clauses = [_matches(word, register) for word in wanted.words]
    clauses += [own[name] == getattr(wanted, name) for name in _EQUALS if getattr(wanted, name) is not None]
    if wanted.region is not None:
        clauses.append(_inside(own.region, wanted.region))
    if wanted.areas:
        clauses.append(or_(*(_inside(own.region, code) for code in wanted.areas)))
    if wanted.year is not None:
        clauses.append(own.listed_on.startswith(f"{wanted.year:04}-"))
    if wanted.library is not None:
        stays = register.membership.c
        clauses.append(own.id.in_(select(stays.mine).where(stays.library == wanted.library, stays.until.is_(None))))
    return clauses


def _matches(word: Word, register: Register) -> ColumnElement[bool]:
    """The word in the name, another name, the holder, the mineral, or a number; or the region it names."""
    own = register.mine.c
    ways = [_inside(own.region, code) for code in word.regions]
    if word.key:
        key = f"%{escaped(word.key)}%"
        alias = select(register.alias.c.mine).where(register.alias.c.name_key.like(key, escape="\\"))
        ways += [column.like(key, escape="\\") for column in (own.name_key, own.holder_key)]
        ways.append(own.id.in_(alias))
        printed = f"%{escaped(word.raw)}%"
        ways += [column.like(printed, escape="\\") for column in (own.name, own.holder, own.mineral)]
        code = f"%{escaped(word.raw.upper())}%"
        ways += [own[name].like(code, escape="\\") for name in _CODES]
    return or_(*ways) if ways else false()


def _inside(column: ColumnElement[Any], region: str) -> ColumnElement[bool]:
    prefix = region_prefix(region)
    return column.startswith(prefix) if prefix else true()


def _order(tx: Tx, sort: Sort, register: Register) -> Sequence[ColumnElement[Any]]:
    own = register.mine.c
    number, name = _bytewise(tx, own.id), _bytewise(tx, own.name_key)
    match sort:
        case Sort.NEWEST:
            return (own.listed_on.is_(None), own.listed_on.desc(), number)
        case Sort.OLDEST:
            return (own.listed_on.is_(None), own.listed_on, number)
        case Sort.NAME:
            return (name, number)
        case Sort.REGION:
            return (own.region, name, number)
        case Sort.CHANGED:
            return (own.last_act.desc(), number)


def _bytewise(tx: Tx, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """PostgreSQL sorts by the language of the machine unless told otherwise; SQLite sorts by bytes."""
    return column.collate("C") if tx.dialect.name == "postgresql" else column


def _facet_value(facet: FacetName, register: Register) -> ColumnElement[Any]:
    own = register.mine.c
    return func.substr(own.listed_on, 1, 4) if facet is FacetName.YEAR else own[facet.value]


def _count_by_library(tx: Tx, others: DirectoryFilter, register: Register) -> Mapping[str, int]:
    own, stays = register.mine, register.membership
    query = (
        select(stays.c.library, func.count(own.c.id.distinct()))
        .select_from(stays.join(own, stays.c.mine == own.c.id))
        .where(stays.c.until.is_(None), *_where(others, register))
        .group_by(stays.c.library)
    )
    return {row[0]: row[1] for row in tx.execute(query)}


def _aliases(tx: Tx, numbers: Sequence[str], register: Register) -> Mapping[str, tuple[str, ...]]:
    names = register.alias.c
    query = select(names.mine, names.name).where(names.mine.in_(numbers)).order_by(names.mine, names.position)
    return _grouped((row.mine, row.name) for row in tx.execute(query))


def _libraries(
    tx: Tx, numbers: Sequence[str], register: Register
) -> Mapping[str, tuple[tuple[Library, str, str], ...]]:
    stays = register.membership.c
    query = (
        select(stays.mine, stays.library, stays.batch, stays.since)
        .where(stays.mine.in_(numbers), stays.until.is_(None))
        .order_by(stays.act_in)
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


_EQUALS: Final = ("mineral", "mineral_class", "scale", "method", "level", "status", "ownership", "activity")
_CODES: Final = ("id", "credit_code", "permit_no", "certificate_no")
