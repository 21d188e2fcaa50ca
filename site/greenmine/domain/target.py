"""What was to be reached: target tables, indicators with their formula, and the figures of a base year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from greenmine.domain.errors import NotFound
from greenmine.domain.provision import Origin
from greenmine.domain.text import N_


class TargetNature(StrEnum):
    """Whether a target binds."""

    EXPECTED = "expected"  # 预期性
    BINDING = "binding"  # 约束性
    UNSTATED = "unstated"  # 未注明


class Dimension(StrEnum):
    """What a statistic is broken down by (LN-03)."""

    OWNERSHIP = "ownership"  # 企业性质
    SCALE = "scale"  # 矿山规模
    METHOD = "method"  # 开采方式
    MINERAL = "mineral"  # 矿种
    REGION = "region"  # 地区
    INDUSTRY = "industry"  # 行业
    LEVEL = "level"  # 级别
    BATCH = "batch"  # 批次


TARGET_NATURE_LABELS: Final[Mapping[TargetNature, str]] = {
    TargetNature.EXPECTED: N_("预期性"),
    TargetNature.BINDING: N_("约束性"),
    TargetNature.UNSTATED: N_("未注明"),
}
DIMENSION_LABELS: Final[Mapping[Dimension, str]] = {
    Dimension.OWNERSHIP: N_("企业性质"),
    Dimension.SCALE: N_("矿山规模"),
    Dimension.METHOD: N_("开采方式"),
    Dimension.MINERAL: N_("矿种"),
    Dimension.REGION: N_("地区"),
    Dimension.INDUSTRY: N_("行业"),
    Dimension.LEVEL: N_("级别"),
    Dimension.BATCH: N_("批次"),
}


@dataclass(frozen=True)
class TargetColumn:
    """A column of a target table; ``stated_total`` is the total the document prints, if it prints one."""

    code: str
    name: str
    unit: str
    year: int
    stated_total: Decimal | None


@dataclass(frozen=True)
class TargetRow:
    """One region's figures, in the order of the columns."""

    region: str
    name: str
    values: tuple[Decimal, ...]


@dataclass(frozen=True)
class TargetTable:
    """A table that splits a target among regions. The loader refuses one whose stated totals are wrong."""

    code: str
    name: str
    columns: tuple[TargetColumn, ...]
    rows: tuple[TargetRow, ...]
    origin: Origin

    def column_sum(self, column: str) -> Decimal:
        """Sum of one column over all regions. Raises NotFound for a column it does not have."""
        place = self._place(column)
        return sum((row.values[place] for row in self.rows), Decimal(0))

    def value(self, region: str, column: str) -> Decimal | None:
        """One region's figure, None for a region that is not in the table."""
        place = self._place(column)
        return next((row.values[place] for row in self.rows if row.region == region), None)

    def wrong_totals(self) -> tuple[TargetColumn, ...]:
        """Columns whose printed total is not the sum of their rows."""
        return tuple(
            column
            for column in self.columns
            if column.stated_total is not None and column.stated_total != self.column_sum(column.code)
        )

    def _place(self, column: str) -> int:
        for place, known in enumerate(self.columns):
            if known.code == column:
                return place
        raise NotFound("target.column_unknown", N_("任务表没有“%(column)s”这一列"), column=column)


@dataclass(frozen=True)
class Indicator:
    """A target figure and how it is reckoned.

    :param due: last day of its period
    :param minimum, maximum: bounds, both included; None where open
    :param numerator, denominator: what is counted, in words; both empty for a plain number
    """

    code: str
    name: str
    unit: str
    due: date
    minimum: Decimal | None
    maximum: Decimal | None
    numerator: str
    denominator: str
    nature: TargetNature
    scope: str
    origin: Origin

    def met_by(self, value: Decimal) -> bool:
        """Whether an observed value reaches the target."""
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)


def share_of(part: Decimal, whole: Decimal, *, places: int = 1) -> Decimal:
    """Percentage as documents print it, rounded half up. ``share_of(32, 54)`` is 59.3."""
    return (part * 100 / whole).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@dataclass(frozen=True)
class Figure:
    """One figure of a breakdown; ``count`` or ``share`` (percent) may be unprinted."""

    dimension: Dimension
    label: str
    count: Decimal | None
    share: Decimal | None


@dataclass(frozen=True)
class Statistic:
    """A printed count of a day, with its breakdowns.

    :param total: the whole, None where only shares are printed
    """

    code: str
    name: str
    unit: str
    as_of: date
    total: Decimal | None
    figures: tuple[Figure, ...]
    origin: Origin

    def breakdown(self, dimension: Dimension) -> tuple[Figure, ...]:
        """The figures of one dimension, in printed order."""
        return tuple(figure for figure in self.figures if figure.dimension is dimension)
