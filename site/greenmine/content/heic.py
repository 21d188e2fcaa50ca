"""HEIC photographs (ISO/IEC 23008-12), as phones take them: told by their brand, their size read from the boxes.

::

    box  = length(4) type(4) [length(8) if length is 1] payload          length 0: to the end of its container
    file = ftyp( major(4) version(4) compatible(4)* )  meta( version+flags(4) … iprp( ipco( ispe … ) ) )  mdat
    ispe = version+flags(4) width(4) height(4)         one per image: the photograph, its tiles, its thumbnail

Nothing is decoded here; a decoder sees the bytes only in the limited child (picture.py).
"""

from collections.abc import Iterator
from typing import Final

_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis"})
_NEUTRAL: Final = frozenset({b"mif1", b"mif2", b"msf1"})
_MOST_BOXES: Final = 4096
"""Boxes looked at in one container; a photograph has some dozens."""


def brands(data: bytes) -> tuple[bytes, ...]:
    """The brands an ISO base media file says it follows, the major one first; empty when it is no such file."""
    length = int.from_bytes(data[:4], "big")
    if data[4:8] != b"ftyp" or not 16 <= length <= min(len(data), 1024):
        return ()
    return (data[8:12], *(data[at : at + 4] for at in range(16, length - 3, 4)))


def is_heic(data: bytes) -> bool:
    """Whether the first box calls the file a still picture coded by HEVC; AVIF and films are none."""
    named = brands(data)
    return bool(named) and (named[0] in _BRANDS or (named[0] in _NEUTRAL and not _BRANDS.isdisjoint(named[1:])))


def heic_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of the largest image any ``ispe`` box names; None when there is no such box."""
    sizes = [
        (int.from_bytes(data[start + 4 : start + 8], "big"), int.from_bytes(data[start + 8 : start + 12], "big"))
        for start, end in _inside(data, (b"meta", b"iprp", b"ipco", b"ispe"))
        if end - start >= 12
    ]
    return max(sizes, key=lambda size: size[0] * size[1], default=None)


def _inside(data: bytes, path: tuple[bytes, ...]) -> Iterator[tuple[int, int]]:
    """Payloads of the boxes at a path."""
    places = [(0, len(data))]
    for wanted in path:
        skipped = 4 if wanted == b"meta" else 0  # a full box: version and flags come first
        places = [
            (start + skipped, end) for place in places for kind, start, end in _boxes(data, *place) if kind == wanted
        ][:_MOST_BOXES]
    yield from places


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Type and payload of the boxes in a container; stops at the first that does not fit into it."""
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return
        length, kind, head = int.from_bytes(data[start : start + 4], "big"), data[start + 4 : start + 8], 8
        if length == 1:
            length, head = int.from_bytes(data[start + 8 : start + 16], "big"), 16
        stop = start + length if length else end
        if stop > end or stop - start < head:
            return
        yield kind, start + head, stop
        start = stop
