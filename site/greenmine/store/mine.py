"""Queries on one mine: its facts, memberships and numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam, func, select

from greenmine.domain.errors import NotFound
from greenmine.domain.mine import Activity, Level, Library, Method, MineStatus, Ownership, Scale
from greenmine.domain.mine_facts import MineFacts
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.tables import membership, mine, mine_alias
from greenmine.store.tables_private import figure

_ONE: Final = select(mine).where(mine.c.id == bindparam("wanted"))
_ALIASES: Final = (
    select(mine_alias.c.name).where(mine_alias.c.mine == bindparam("wanted")).order_by(mine_alias.c.position)
)
_MEMBERSHIPS: Final = (
    select(membership).where(membership.c.mine == bindparam("wanted")).order_by(membership.c.act_in.desc())
)


@dataclass(frozen=True)
class MineRow:
    """A mine as it stands: its facts, standing and the numbers of its first and last act."""

    id: str
    facts: MineFacts
    status: MineStatus
    level: Level | None
    listed_on: date | None
    first_act: int
    last_act: int


@dataclass(frozen=True)
class MembershipRow:
    """A mine in a library, with the decision that put it there and the acts in and out."""

    library: Library
    batch: str
    decision_no: str
    organ: str
    notice: str | None
    since: date
    until: date | None
    ended_by_removal: bool
    act_in: int
    act_out: int | None


def get_mine(tx: Tx, number: str) -> MineRow:
    """The mine with this public number. Raises NotFound."""
    row = tx.execute(_ONE, {"wanted": number}).first()
    if row is None:
        raise NotFound("mine.unknown", N_("没有编号为 %(number)s 的矿山。"), number=number)
    return _row(row, aliases_of(tx, number))


def aliases_of(tx: Tx, number: str) -> tuple[str, ...]:
    """Other names of the mine, in their order."""
    return tuple(tx.execute(_ALIASES, {"wanted": number}).scalars())


def known_aliases(tx: Tx) -> Mapping[str, tuple[str, ...]]:
    """Other names of every mine that has any, by public number, in their order."""
    found: dict[str, tuple[str, ...]] = {}
    for row in tx.execute(select(mine_alias).order_by(mine_alias.c.mine, mine_alias.c.position)):
        found[row.mine] = (*found.get(row.mine, ()), row.name)
    return found


def memberships_of(tx: Tx, number: str) -> list[MembershipRow]:
    """All memberships, newest first."""
    return [
        MembershipRow(
            library=Library(row.library),
            batch=row.batch,
            decision_no=row.decision_no,
            organ=row.organ,
            notice=row.notice,
            since=date.fromisoformat(row.since),
            until=_day(row.until),
            ended_by_removal=row.ended_by_removal,
            act_in=row.act_in,
            act_out=row.act_out,
        )
        for row in tx.execute(_MEMBERSHIPS, {"wanted": number})
    ]


def names_of(tx: Tx, numbers: Iterable[str]) -> Mapping[str, str]:
    """Names by public number, for the numbers that exist."""
    wanted = sorted(set(numbers))
    if not wanted:
        return {}
    return {row.id: row.name for row in tx.execute(select(mine.c.id, mine.c.name).where(mine.c.id.in_(wanted)))}


def regions_of(tx: Tx, numbers: Iterable[str]) -> Mapping[str, str]:
    """Region codes by public number, for the numbers that exist."""
    wanted = sorted(set(numbers))
    if not wanted:
        return {}
    return {row.id: row.region for row in tx.execute(select(mine.c.id, mine.c.region).where(mine.c.id.in_(wanted)))}


def known_mines(tx: Tx) -> list[Any]:
    """Number, name, holder, region and keys of every mine: what an import compares with."""
    columns = (mine.c.id, mine.c.name, mine.c.holder, mine.c.region, mine.c.name_key)
    return list(tx.execute(select(*columns).order_by(mine.c.id)))


def next_mine_number(tx: Tx, region: str) -> str:
    """The next public number of a region, ``GM-520524-0007``; call inside a write transaction."""
    prefix = f"GM-{region}-"
    last = tx.execute(_NEWEST_OF, {"prefix": prefix, "first": f"{prefix}0", "last": f"{prefix}Z"}).scalar()
    serial = 1 if last is None else int(last.rsplit("-", 1)[1]) + 1
    return f"{prefix}{serial:04}"


_NEWEST_OF: Final = (
    select(mine.c.id)
    .where(mine.c.id.between(bindparam("first"), bindparam("last")), mine.c.id.startswith(bindparam("prefix")))
    .order_by(func.length(mine.c.id).desc(), mine.c.id.desc())  # 10000 comes after 9999
    .limit(1)
)
"""The range holds in every collation (digits stand before letters) and lets the key find what else is a full scan."""


def _row(row: Any, aliases: tuple[str, ...]) -> MineRow:
    facts = MineFacts(
        name=row.name,
        region=row.region,
        aliases=aliases,
        scale=Scale(row.scale) if row.scale else None,
        method=Method(row.method) if row.method else None,
        ownership=Ownership(row.ownership) if row.ownership else None,
        activity=Activity(row.activity) if row.activity else None,
        production_date=_day(row.production_date),
        permit_from=_day(row.permit_from),
        permit_until=_day(row.permit_until),
        **{name: getattr(row, name) for name in _TEXTS},
    )
    return MineRow(
        id=row.id,
        facts=facts,
        status=MineStatus(row.status),
        level=Level(row.level) if row.level else None,
        listed_on=_day(row.listed_on),
        first_act=row.first_act,
        last_act=row.last_act,
    )


_TEXTS = (
    "holder",
    "credit_code",
    "mineral",
    "mineral_class",
    "capacity",
    "standard",
    "permit_no",
    "certificate_no",
    "place",
    "source",
)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def known_regions(tx: Tx) -> set[str]:
    """Region codes for which figures are kept or mines are registered."""
    return set(tx.execute(select(mine.c.region).distinct()).scalars()) | set(
        tx.execute(select(figure.c.region).distinct()).scalars()
    )
