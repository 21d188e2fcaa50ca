"""What decisions are made by: regions, minerals, the working-day calendar and the rule books in force."""

from collections.abc import Mapping
from dataclasses import dataclass

from greenmine.domain.calendar import WorkCalendar
from greenmine.domain.mineral import Minerals
from greenmine.domain.region import Regions
from greenmine.domain.rulebook import RuleBooks
from greenmine.domain.tile_map import TileMap


@dataclass(frozen=True)
class Reference:
    """Reference data as loaded from content/ at start; replaced whole when content changes, never mutated.

    :param tile_maps: schematic maps by province; not every province has one
    """

    regions: Regions
    minerals: Minerals
    calendar: WorkCalendar
    books: RuleBooks
    tile_maps: Mapping[str, TileMap]
