"""The yearly assessment of prefectures: heads, items, points.

Source: GA-05, GA-14, 贵州省全面推进绿色矿山建设工作考核办法(暂行) 附件.
"""

from dataclasses import dataclass

from greenmine.domain.provision import Origin


@dataclass(frozen=True)
class ScoreItem:
    """One item: full points and what is looked at. Criteria for part points are set each year (GA-12)."""

    number: int
    head: str
    name: str
    points: int
    standard: str


@dataclass(frozen=True)
class ScoreHead:
    """One of the heads with the points the document prints for it."""

    code: str
    name: str
    points: int
    items: tuple[ScoreItem, ...]

    @property
    def item_points(self) -> int:
        """Sum of its items, which must equal ``points``."""
        return sum(item.points for item in self.items)


@dataclass(frozen=True)
class Scorecard:
    """A scorecard template.

    :param total: full marks the document prints
    :param first_year, last_year: years that are assessed, both included
    :param units: codes of the assessed regions
    """

    code: str
    name: str
    total: int
    first_year: int
    last_year: int
    units: tuple[str, ...]
    heads: tuple[ScoreHead, ...]
    origin: Origin

    @property
    def items(self) -> tuple[ScoreItem, ...]:
        """All items in printed order."""
        return tuple(item for head in self.heads for item in head.items)

    @property
    def item_points(self) -> int:
        """Sum of all items."""
        return sum(head.item_points for head in self.heads)

    def adds_up(self) -> bool:
        """Whether items give their head's points and heads give the total."""
        return self.item_points == self.total and all(head.item_points == head.points for head in self.heads)
