"""Schematic tile grids: how the map of a province (domain/tile_map.py) is drawn, with its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from greenmine.domain.region import Regions
from greenmine.domain.tile_map import TileMap

WIDTH: Final = 92
HEIGHT: Final = 68
STEP_X: Final = 96
STEP_Y: Final = 72
_INSET: Final = 8


@dataclass(frozen=True)
class Tile:
    """One prefecture: where it is drawn, its number, and how much of ``whole`` that is (bar width in units)."""

    code: str
    name: str
    value: int
    whole: int
    x: int
    y: int
    bar: int


@dataclass(frozen=True)
class TileGrid:
    """The grid of a province."""

    tiles: tuple[Tile, ...]
    width: int
    height: int


def tile_grid(placed: TileMap, values: Mapping[str, int], wholes: Mapping[str, int], regions: Regions) -> TileGrid:
    """The map with a value per unit and the whole it is a part of."""
    tiles = tuple(_tile(code, place, values, wholes, regions) for code, place in placed.places.items())
    columns, rows = (max(place[axis] for place in placed.places.values()) + 1 for axis in (0, 1))
    return TileGrid(tiles, columns * STEP_X - (STEP_X - WIDTH), rows * STEP_Y - (STEP_Y - HEIGHT))


def _tile(
    code: str, place: tuple[int, int], values: Mapping[str, int], wholes: Mapping[str, int], regions: Regions
) -> Tile:
    value, whole = values.get(code, 0), wholes.get(code, 0)
    room = WIDTH - 2 * _INSET
    bar = min(room, room * value // whole) if whole else 0
    return Tile(code, regions.get(code).short, value, whole, place[0] * STEP_X, place[1] * STEP_Y, bar)
