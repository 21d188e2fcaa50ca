"""Figures per region: a derived table, written by the projection of that name only."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, delete, false, func, insert, or_, select, true

from greenmine.domain.mine import DIRECTORIES, Library
from greenmine.domain.region import COUNTRY
from greenmine.store.database import Tx
from greenmine.store.tables import membership, mine
from greenmine.store.tables_private import figure


def figures_of(tx: Tx, region: str) -> Mapping[str, int]:
    """Measures of a region: ``mines``, ``status.<status>``, ``level.<level>``; absent means none."""
    query = select(figure.c.measure, figure.c.value).where(figure.c.region == region)
    return {row.measure: row.value for row in tx.execute(query)}


def figures_of_children(tx: Tx, regions: Iterable[str], *, measure: str) -> Mapping[str, int]:
    """One measure for several regions."""
    query = select(figure.c.region, figure.c.value).where(
        figure.c.region.in_(list(regions)), figure.c.measure == measure
    )
    return {row.region: row.value for row in tx.execute(query)}


def region_prefix(region: str) -> str:
    """What the codes of all regions inside begin with: ``52`` for 520000, ``5203`` for 520300, all six of a county."""
    if region == COUNTRY:
        return ""
    return region[:2] if region.endswith("0000") else region[:4] if region.endswith("00") else region


def inside_any(column: ColumnElement[Any], regions: Iterable[str]) -> ColumnElement[bool]:
    """Whether a code lies in one of these regions, themselves included."""
    prefixes = [region_prefix(region) for region in regions]
    return or_(false(), *(column.startswith(prefix) if prefix else true() for prefix in prefixes))


def recount_figures(tx: Tx, regions: Iterable[str]) -> None:
    """Count these regions anew from the public rows."""
    for region in sorted(set(regions)):
        measures = _counted(tx, region_prefix(region))
        tx.execute(delete(figure).where(figure.c.region == region))
        rows = [{"region": region, "measure": name, "value": value} for name, value in sorted(measures.items())]
        if rows:
            tx.execute(insert(figure), rows)


def clear_figures(tx: Tx) -> None:
    """Forget every figure."""
    tx.execute(delete(figure))


def listed_by_region(tx: Tx, *, on: str, prefix: str) -> Mapping[str, int]:
    """How many mines stood in a directory at the end of the legal day ``on``, by county, below a code prefix."""
    held = (
        select(membership.c.mine)
        .where(
            membership.c.library.in_([str(library) for library in DIRECTORIES]),
            membership.c.since <= on,
            (membership.c.until.is_(None)) | (membership.c.until > on),
        )
        .distinct()
        .subquery()
    )
    query = (
        select(mine.c.region, func.count())
        .select_from(mine.join(held, held.c.mine == mine.c.id))
        .where(mine.c.region.startswith(prefix))
        .group_by(mine.c.region)
    )
    return {row[0]: row[1] for row in tx.execute(query)}


def national_by_region(tx: Tx, *, prefix: str) -> Mapping[str, int]:
    """How many mines stand in the national directory now, by county, below a code prefix."""
    query = (
        select(mine.c.region, func.count())
        .select_from(mine.join(membership, membership.c.mine == mine.c.id))
        .where(membership.c.library == Library.NATIONAL, membership.c.until.is_(None), mine.c.region.startswith(prefix))
        .group_by(mine.c.region)
    )
    return {row[0]: row[1] for row in tx.execute(query)}


def _counted(tx: Tx, prefix: str) -> dict[str, int]:
    query: Any = (
        select(mine.c.status, mine.c.level, func.count())
        .where(mine.c.region.startswith(prefix))
        .group_by(mine.c.status, mine.c.level)
    )
    measures: dict[str, int] = {}
    for status, level, number in tx.execute(query):
        for name in ("mines", f"status.{status}", *([f"level.{level}"] if level else [])):
            measures[name] = measures.get(name, 0) + int(number)
    return measures
