"""Tiles: the tree cut into files of at most 256 hashes (C2SP tlog-tiles).

::

    /tile/<L>/<N>[.p/<W>]        W hashes (256 without .p), nodes (8 * L, N * 256 + 0 … W - 1) one after the other
    /tile/entries/<N>[.p/<W>]    W times: length as big-endian uint16, entry
    N = 1234067                  x001/x234/067
"""

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from greenmine.tlog.entry import MAX_ENTRY
from greenmine.tlog.merkle import Node

WIDTH: Final = 256
HEIGHT: Final = 8
"""Levels of the tree in one tile."""

_MOST_LEVELS: Final = 63
_NUMBER: Final = re.compile(r"(?:x\d{3}/)*\d{3}")
_WIDTH: Final = re.compile(r"[1-9]\d{0,2}")


@dataclass(frozen=True)
class Tile:
    """Which tile: its level (None for entries), its place at the level, its width."""

    level: int | None
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Its address below the log's prefix, as tlog-tiles writes it."""
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{number_path(self.number)}{partial}"

    @property
    def first(self) -> int:
        """Index, at its own level of the tree, of its first hash or entry."""
        return self.number * WIDTH

    @property
    def nodes(self) -> list[Node]:
        """The nodes it consists of; of the leaves for a bundle of entries."""
        level = HEIGHT * (self.level or 0)
        return [Node(level, self.first + place) for place in range(self.width)]

    def stands_in(self, size: int) -> bool:
        """Whether a tree of this size holds all of it."""
        return self.first + self.width <= size >> (HEIGHT * (self.level or 0))


def number_path(number: int) -> str:
    """A tile's number as path elements of three digits, all but the last begun with an x."""
    digits = f"{number:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def parse_tile(path: str) -> Tile | None:
    """The tile at ``<L>/<N>[.p/<W>]`` or ``entries/<N>[.p/<W>]``; None for anything but its one proper spelling."""
    level_text, _, rest = path.partition("/")
    number_text, dot, width_text = rest.partition(".p/")
    if not _NUMBER.fullmatch(number_text) or (dot and not _WIDTH.fullmatch(width_text)):
        return None
    if level_text != "entries" and not re.fullmatch(r"\d{1,2}", level_text):
        return None
    level = None if level_text == "entries" else int(level_text)
    tile = Tile(level, int(number_text.replace("x", "").replace("/", "")), int(width_text) if dot else WIDTH)
    proper = (level or 0) <= _MOST_LEVELS and tile.width <= WIDTH and tile.path == f"tile/{path}"
    return tile if proper else None


def tiles_of(size: int) -> Iterable[Tile]:
    """Every tile of hashes that a tree of this size has, full and partial, lowest level first."""
    level = 0
    while (nodes := size >> (HEIGHT * level)) > 0:
        for number in range(nodes // WIDTH):
            yield Tile(level, number)
        if nodes % WIDTH:
            yield Tile(level, nodes // WIDTH, nodes % WIDTH)
        level += 1


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries as an entry bundle."""
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)


def unbundle(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises ValueError when it is cut short or an entry is empty."""
    entries, place = [], 0
    while place < len(data):
        length = int.from_bytes(data[place : place + 2], "big")
        entry = data[place + 2 : place + 2 + length]
        if not 1 <= length <= MAX_ENTRY or len(entry) != length:
            raise ValueError(f"the bundle breaks off at byte {place}")
        entries.append(entry)
        place += 2 + length
    return entries
