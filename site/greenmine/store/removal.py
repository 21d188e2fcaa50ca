"""Queries on removals."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from greenmine.domain.errors import NotFound
from greenmine.domain.mine import Level
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.figure import inside_any
from greenmine.store.tables import mine, removal


@dataclass(frozen=True)
class RemovalRow:
    """A removal with the name and region of its mine; ``state`` is proposed, removed or refused.

    ``reason`` and ``basis`` are the proposal's; the decision has its own.
    """

    id: str
    mine: str
    mine_name: str
    region: str
    level: Level
    ground: str
    adverse: bool
    state: str
    reason: str
    basis: str
    decision_no: str
    organ: str
    decision_reason: str
    decision_basis: str
    proposed_on: date
    decided_on: date | None
    rectify_until: date | None
    notice: str | None
    first_act: int
    last_act: int


@dataclass(frozen=True)
class RemovalFilter:
    """What a list of removals is narrowed by; None means any.

    :param decided: only those with a decision, whatever it is
    :param within: codes of regions, any of them
    """

    state: str | None = "removed"
    adverse: bool | None = None
    ground: str | None = None
    region_prefix: str | None = None
    within: tuple[str, ...] | None = None
    year: int | None = None
    mine: str | None = None
    decided: bool = False


def get_removal(tx: Tx, number: str) -> RemovalRow:
    """The removal with this number. Raises NotFound."""
    row = tx.execute(_joined().where(removal.c.id == number)).first()
    if row is None:
        raise NotFound("removal.unknown", N_("没有编号为 %(number)s 的移出事项。"), number=number)
    return _row(row)


def removals_numbered(tx: Tx, numbers: Collection[str]) -> dict[str, RemovalRow]:
    """The removals with these numbers, by number."""
    if not numbers:
        return {}
    return {row.id: _row(row) for row in tx.execute(_joined().where(removal.c.id.in_(sorted(numbers))))}


def list_removals(tx: Tx, wanted: RemovalFilter, *, limit: int, offset: int = 0) -> tuple[Sequence[RemovalRow], int]:
    """Removals that match, newest first, and how many there are in all."""
    where = _where(wanted)
    counted = select(func.count()).select_from(removal.join(mine, removal.c.mine == mine.c.id)).where(*where)
    newest = func.coalesce(removal.c.decided_on, removal.c.proposed_on).desc()
    query = _joined().where(*where).order_by(newest, removal.c.last_act.desc()).limit(limit).offset(offset)
    return [_row(row) for row in tx.execute(query)], tx.execute(counted).scalar_one()


def count_removals_by(tx: Tx, column: str, wanted: RemovalFilter) -> Mapping[str, int]:
    """How many removals that match fall under each value of ``ground``, ``adverse``, ``region`` or ``year``.

    ``adverse`` counts under ``yes`` and ``no``; a year is that of the decision.
    """
    values: dict[str, ColumnElement[Any]] = {
        "ground": removal.c.ground,
        "adverse": case((removal.c.adverse.is_(True), "yes"), else_="no"),
        "region": mine.c.region,
        "year": func.substr(removal.c.decided_on, 1, 4),
    }
    key = values[column].label("key")
    joined = removal.join(mine, removal.c.mine == mine.c.id)
    query = select(key, func.count()).select_from(joined).where(*_where(wanted)).group_by(key)
    return {str(row[0]): int(row[1]) for row in tx.execute(query)}


def removal_numbers(tx: Tx) -> list[str]:
    """Every removal by number, newest first: what a site map lists."""
    return list(tx.execute(select(removal.c.id).order_by(removal.c.first_act.desc())).scalars())


def open_proposal(tx: Tx, number: str) -> str | None:
    """The removal of this mine that still awaits a decision, or None."""
    query = select(removal.c.id).where(removal.c.mine == number, removal.c.state == "proposed")
    return tx.execute(query).scalars().first()


def _joined() -> Any:
    return select(removal, mine.c.name.label("mine_name"), mine.c.region).select_from(
        removal.join(mine, removal.c.mine == mine.c.id)
    )


def _where(wanted: RemovalFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        clauses.append(removal.c.state == wanted.state)
    if wanted.decided:
        clauses.append(removal.c.state != "proposed")
    if wanted.adverse is not None:
        clauses.append(removal.c.adverse.is_(wanted.adverse))
    if wanted.ground is not None:
        clauses.append(removal.c.ground == wanted.ground)
    if wanted.region_prefix:
        clauses.append(mine.c.region.startswith(wanted.region_prefix))
    if wanted.within is not None:
        clauses.append(inside_any(mine.c.region, wanted.within))
    if wanted.year is not None:
        clauses.append(removal.c.decided_on.startswith(f"{wanted.year:04}-"))
    if wanted.mine is not None:
        clauses.append(removal.c.mine == wanted.mine)
    return clauses


def _row(row: Any) -> RemovalRow:
    values = dict(row._mapping)
    for name in ("proposed_on", "decided_on", "rectify_until"):
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    return RemovalRow(**{**values, "level": Level(row.level)})
