"""What the rule books demand of a region, beside what this register holds: formula, both numbers, source, day.

The register counts what is registered here; it passes no verdict. Sources: GO-03, ZJ-03, LN-04, SC-01.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from greenmine.domain.mine import Activity, MineStatus, Scale
from greenmine.domain.noun import MINE
from greenmine.domain.reference import Reference
from greenmine.domain.region import Regions
from greenmine.domain.rulebook import RuleBook, province_of
from greenmine.domain.target import TARGET_NATURE_LABELS, Indicator, TargetColumn, TargetNature, TargetRow, TargetTable
from greenmine.store.database import Tx
from greenmine.store.directory import DirectoryFilter, count_mines
from greenmine.store.figure import listed_by_region, region_prefix
from greenmine.web.formats import percent
from greenmine.web.i18n import gettext as _
from greenmine.web.paging import address
from greenmine.web.public.directory_facets import rolled_up

COUNTED: Final = re.compile("mines|listed_[0-9]{4}")
"""Codes of columns of target tables that count listed mines at the end of their year (docs/rule-books.md)."""
SHARES: Final = re.compile("share_[0-9]{4}")
"""Codes of columns that demand a share of the mines in the column ``BASE``."""
BASE: Final = "producing"
"""Code of the column that counts the mines a share is taken of."""
DUE_COUNTS: Final = re.compile("green_mines_[0-9]{4}|listed_[0-9]{4}|built_count")
"""Codes of indicators that count listed mines on their last day."""

Narrowing = Callable[[Regions], Mapping[str, object]]
SHARES_OF: Final[Mapping[str, Narrowing]] = {
    "built_share|listed_share_[0-9]{4}|all_mines_[0-9]{4}": lambda _regions: {"activity": Activity.PRODUCING},
    "magnesite_2025": lambda _regions: {"activity": Activity.PRODUCING, "mineral": "菱镁矿"},
    "east_zone_2025": lambda regions: {
        "activity": Activity.PRODUCING,
        "areas": tuple(each.code for each in regions.in_group("liaodong")),
    },
    "large_mines_[0-9]{4}": lambda _regions: {"activity": Activity.PRODUCING, "scale": Scale.LARGE},
    "medium_mines_[0-9]{4}": lambda _regions: {"activity": Activity.PRODUCING, "scale": Scale.MEDIUM},
}
"""Codes of indicators that are a share of registered mines → what both numerator and denominator are narrowed by."""


@dataclass(frozen=True)
class Observed:
    """What this register holds on a day: ``part`` of ``whole``, and the lists that prove both (may be empty)."""

    part: int
    whole: int
    as_of: date
    part_href: str = ""
    whole_href: str = ""

    @property
    def width(self) -> int:
        """Width of the bar in hundredths, at most 100."""
        return min(100, self.part * 100 // self.whole) if self.whole else 0

    @property
    def share(self) -> str:
        """The part in percent; — of nothing."""
        return percent(self.part, self.whole)


@dataclass(frozen=True)
class IndicatorShown:
    """An indicator with its bounds in words and what is observed; None where the register holds nothing of the kind."""

    name: str
    demand: str
    due: date
    ended: bool
    formula: str
    scope: str
    nature: str
    sources: tuple[str, ...]
    verified: bool
    note: str
    observed: Observed | None
    is_share: bool


@dataclass(frozen=True)
class LineShown:
    """One region's line of a task: what was demanded, in its unit, and what is observed."""

    code: str
    name: str
    demand: str
    observed: Observed


@dataclass(frozen=True)
class TaskShown:
    """One column of a target table."""

    title: str
    table: str
    ended: bool
    as_of: date
    formula: str
    sources: tuple[str, ...]
    verified: bool
    lines: tuple[LineShown, ...]
    total: LineShown | None


def indicators_of(tx: Tx, region: str, reference: Reference, *, today: date) -> tuple[IndicatorShown, ...]:
    """The indicators of a province (or the country), running ones first; none for a lower region."""
    if province_of(region) != region:
        return ()
    found = [indicator for book in reference.books.of_region(region) for indicator in book.indicators]
    shown = (_indicator(tx, each, region, reference.regions, today) for each in found)
    return tuple(sorted(shown, key=lambda each: (each.ended, each.due)))


def tasks_of(tx: Tx, region: str, reference: Reference, *, today: date) -> tuple[TaskShown, ...]:
    """The columns of the province's target tables that concern the region: all lines, or its own."""
    books = reference.books.of_region(region)
    tables = [table for book in books for table in book.target_tables]
    shown = (
        _task(tx, table, column, region=region, regions=reference.regions, today=today)
        for table in tables
        for column in table.columns
        if COUNTED.fullmatch(column.code) or SHARES.fullmatch(column.code)
    )
    return tuple(each for each in shown if each.lines)


def targets_by_region(books: Sequence[RuleBook]) -> Mapping[str, int]:
    """The first counted column of the first table: region → number demanded."""
    for book in books:
        for table in book.target_tables:
            column = next((each.code for each in table.columns if COUNTED.fullmatch(each.code)), None)
            if column is not None:
                return {row.region: int(table.value(row.region, column) or 0) for row in table.rows}
    return {}


def _indicator(tx: Tx, each: Indicator, region: str, regions: Regions, today: date) -> IndicatorShown:
    is_share = bool(each.denominator)
    return IndicatorShown(
        name=each.name,
        demand=_demand(each),
        due=each.due,
        ended=each.due < today,
        formula=_("%(numerator)s ÷ %(denominator)s", numerator=each.numerator, denominator=each.denominator)
        if is_share
        else "",
        scope=each.scope,
        nature="" if each.nature is TargetNature.UNSTATED else _(TARGET_NATURE_LABELS[each.nature]),
        sources=each.origin.sources,
        verified=each.origin.verified,
        note=each.origin.note,
        observed=_observed(tx, each, region, regions, today),
        is_share=is_share,
    )


def _demand(each: Indicator) -> str:
    low, high = (_plain(value) if value is not None else "" for value in (each.minimum, each.maximum))
    if low and high:
        return _("%(low)s—%(high)s%(unit)s", low=low, high=high, unit=each.unit)
    return _("不低于%(low)s%(unit)s", low=low, unit=each.unit) if low else _("不高于%(high)s%(unit)s", high=high,
                                                                              unit=each.unit)  # fmt: skip


def _observed(tx: Tx, each: Indicator, region: str, regions: Regions, today: date) -> Observed | None:
    if DUE_COUNTS.fullmatch(each.code) and each.minimum is not None:
        day = min(each.due, today)
        part = sum(listed_by_region(tx, on=day.isoformat(), prefix=region_prefix(region)).values())
        return Observed(part, int(each.minimum), day)
    narrowing = next((found for code, found in SHARES_OF.items() if re.fullmatch(code, each.code)), None)
    if narrowing is None:
        return None
    narrowed = narrowing(regions)
    whole = DirectoryFilter(region=region, **narrowed)  # type: ignore[arg-type]
    part_of = DirectoryFilter(region=region, status=MineStatus.LISTED, **narrowed)  # type: ignore[arg-type]
    values = {name: str(value) for name, value in narrowed.items() if name != "areas"}
    values |= {"region": region if region[:2] != "00" else "", "area": "liaodong" if "areas" in narrowed else ""}
    return Observed(
        count_mines(tx, part_of),
        count_mines(tx, whole),
        today,
        address(MINE.list, {**values, "status": MineStatus.LISTED}),
        address(MINE.list, values),
    )


def _task(tx: Tx, table: TargetTable, column: TargetColumn, *, region: str, regions: Regions, today: date) -> TaskShown:
    province = province_of(region)
    day = min(date(column.year, 12, 31), today)
    held = rolled_up(listed_by_region(tx, on=day.isoformat(), prefix=region_prefix(province)), regions)
    lines = [_line(row, table, column, held, day) for row in table.rows if region in (province, row.region)]
    is_share = SHARES.fullmatch(column.code) is not None
    return TaskShown(
        title=column.name,
        table=table.name,
        ended=date(column.year, 12, 31) < today,
        as_of=day,
        formula=_formula(table, is_share=is_share),
        sources=table.origin.sources,
        verified=table.origin.verified,
        lines=tuple(lines),
        total=_total(lines, column) if region == province and not is_share else None,
    )


def _base(table: TargetTable) -> TargetColumn | None:
    """The column that shares are taken of; None where the document prints none."""
    return next((column for column in table.columns if column.code == BASE), None)


def _formula(table: TargetTable, *, is_share: bool) -> str:
    base = _base(table)
    if not is_share:
        return _("当日在册矿山")
    if base is None:
        return _("当日在册矿山 ÷ 应建矿山（文件没有列出应建矿山数）")
    return _("当日在册矿山 ÷ 表中%(base)s（文件未写明“应建矿山”的口径）", base=base.name)


def _due_mines(row: TargetRow, table: TargetTable) -> Decimal:
    """How many mines of a region a share is taken of; 0 where the document prints no number."""
    base = _base(table)
    return Decimal(0) if base is None else table.value(row.region, base.code) or Decimal(0)


def _line(row: TargetRow, table: TargetTable, column: TargetColumn, held: Mapping[str, int], day: date) -> LineShown:
    demand = table.value(row.region, column.code) or Decimal(0)
    whole = _due_mines(row, table) if SHARES.fullmatch(column.code) else demand
    observed = Observed(held.get(row.region, 0), int(whole), day)
    return LineShown(row.region, row.name, f"{_plain(demand)}{column.unit}", observed)


def _total(lines: Sequence[LineShown], column: TargetColumn) -> LineShown:
    part, whole = (sum(getattr(line.observed, name) for line in lines) for name in ("part", "whole"))
    return LineShown("", _("合计"), f"{whole}{column.unit}", Observed(part, whole, lines[0].observed.as_of))


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
