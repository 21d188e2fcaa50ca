"""Schematic tile grids: one tile per prefecture, about where it lies. No borders are drawn, so none can be wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from greenmine.domain.region import Regions

WIDTH: Final = 92
HEIGHT: Final = 68
STEP_X: Final = 96
STEP_Y: Final = 72
_INSET: Final = 8

TILES: Final[Mapping[str, Mapping[str, tuple[int, int]]]] = {
    "520000": {
        "520500": (0, 0), "520300": (1, 0), "520600": (2, 0), "520100": (1, 1), "522600": (2, 1), "520200": (0, 2),
        "520400": (1, 2), "522700": (2, 2), "522300": (0, 3), "520090": (1, 3),
    },
    "210000": {
        "210900": (1, 0), "211200": (3, 0), "211300": (0, 1), "210700": (1, 1), "210100": (2, 1), "210400": (3, 1),
        "211400": (0, 2), "211100": (1, 2), "211000": (2, 2), "210500": (3, 2), "210800": (1, 3), "210300": (2, 3),
        "210600": (3, 3), "210200": (1, 4),
    },
    "330000": {
        "330500": (1, 0), "330400": (2, 0), "330100": (1, 1), "330600": (2, 1), "330200": (3, 1), "330900": (4, 1),
        "330800": (0, 2), "330700": (1, 2), "331000": (2, 2), "331100": (1, 3), "330300": (2, 3),
    },
    "510000": {
        "513200": (1, 0), "510700": (2, 0), "510800": (3, 0), "511900": (4, 0), "511700": (5, 0), "513300": (0, 1),
        "510100": (1, 1), "510600": (2, 1), "510900": (3, 1), "511300": (4, 1), "511600": (5, 1), "511800": (0, 2),
        "511400": (1, 2), "512000": (2, 2), "511000": (3, 2), "513400": (0, 3), "511100": (1, 3), "510300": (2, 3),
        "510500": (3, 3), "510400": (0, 4), "511500": (2, 4),
    },
}  # fmt: skip
"""Province → prefecture → (column, row)."""


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


def tile_grid(province: str, values: Mapping[str, int], wholes: Mapping[str, int], regions: Regions) -> TileGrid | None:
    """The grid with a value per prefecture and the whole it is a part of; None for a province that has none."""
    places = TILES.get(province)
    if places is None:
        return None
    tiles = tuple(_tile(code, place, values, wholes, regions) for code, place in places.items())
    columns, rows = (max(place[axis] for place in places.values()) + 1 for axis in (0, 1))
    return TileGrid(tiles, columns * STEP_X - (STEP_X - WIDTH), rows * STEP_Y - (STEP_Y - HEIGHT))


def _tile(
    code: str, place: tuple[int, int], values: Mapping[str, int], wholes: Mapping[str, int], regions: Regions
) -> Tile:
    value, whole = values.get(code, 0), wholes.get(code, 0)
    room = WIDTH - 2 * _INSET
    bar = min(room, room * value // whole) if whole else 0
    return Tile(code, regions.get(code).short, value, whole, place[0] * STEP_X, place[1] * STEP_Y, bar)
