"""The schematic map of a province: one tile per unit below it, about where it lies. No borders, so none is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class TileMap:
    """Where the tiles of a province stand.

    :param province: its region code
    :param places: code of every region directly below it → (column, row), both from 0 at the upper left, no two alike
    """

    province: str
    places: Mapping[str, tuple[int, int]]
