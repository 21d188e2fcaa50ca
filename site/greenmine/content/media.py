"""Pictures and films that news items name: in the media folder, small enough, and what their name says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from greenmine.content.files import Problem, read_bytes
from greenmine.domain.text import N_

MEDIA_FOLDER: Final = "news/media"
MAX_PICTURE_BYTES: Final = 5 * 1024 * 1024
MAX_FILM_BYTES: Final = 50 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000

_PICTURE_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]*\.(?P<kind>png|jpg)")
_FILM_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]*\.mp4")
_MEDIA_TYPES: Final[Mapping[str, str]] = {".png": "image/png", ".jpg": "image/jpeg", ".mp4": "video/mp4"}
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_JPEG_SIZES: Final = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
"""Markers of a JPEG frame header, which holds the size."""


def look_at_picture(root: Path, name: str) -> tuple[int, int] | str:
    """Width and height in pixels of ``content/news/media/<name>``, or the sentence that refuses it.

    Only the header is read, nothing is decoded: a picture of a few kilobytes can unfold to gigabytes.
    """
    form = _PICTURE_NAME.fullmatch(name)
    if form is None:
        return N_("图片文件名只能用小写字母、数字和连字符，以 .png 或 .jpg 结尾")
    source = read_bytes(root, root / MEDIA_FOLDER / name, limit=MAX_PICTURE_BYTES)
    if isinstance(source, Problem):
        return N_("图片不可用：") + source.message.replace("%", "%%")
    size = picture_size(source.data, _MEDIA_TYPES[f".{form['kind']}"])
    if size is None or not 0 < size[0] * size[1] <= MAX_PIXELS:
        return N_("图片内容与文件名不符，或尺寸过大")
    return size


def picture_size(data: bytes, media_type: str) -> tuple[int, int] | None:
    """Width and height in pixels as the header of a PNG or JPEG says; None when there is no such header."""
    return _png_size(data) if media_type == "image/png" else _jpeg_size(data)


def look_at_film(root: Path, name: str) -> str | None:
    """The sentence that refuses the film ``content/news/media/<name>``; None when it is an MP4 of fair size."""
    if _FILM_NAME.fullmatch(name) is None:
        return N_("视频文件名只能用小写字母、数字和连字符，以 .mp4 结尾")
    source = read_bytes(root, root / MEDIA_FOLDER / name, limit=MAX_FILM_BYTES)
    if isinstance(source, Problem):
        return N_("视频不可用：") + source.message.replace("%", "%%")
    # ISO 14496-12: bytes 0-3 length of the first box, bytes 4-7 its type, which is "ftyp" in every MP4.
    return None if source.data[4:8] == b"ftyp" else N_("视频内容不是 MP4")


def _png_size(data: bytes) -> tuple[int, int] | None:
    # Signature (8 bytes), length (4), "IHDR", width (4), height (4).
    if not data.startswith(_PNG) or data[12:16] != b"IHDR" or len(data) < 24:
        return None
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    # FFD8, then segments: FF, marker (1), length (2, counts itself), payload; a frame header's payload
    # is precision (1), height (2), width (2).
    if not data.startswith(_JPEG):
        return None
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        if data[place + 1] in _JPEG_SIZES:
            height, width = data[place + 5 : place + 7], data[place + 7 : place + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        place += 2 + max(2, int.from_bytes(data[place + 2 : place + 4], "big"))
    return None


@dataclass(frozen=True)
class MediaFile:
    """A file that may be served as it is, and its media type."""

    path: Path
    media_type: str


def find_media(root: Path, name: str) -> MediaFile | None:
    """The file behind ``/media/<name>``; None when there is none, or its name or place is not as it must be."""
    form = _PICTURE_NAME.fullmatch(name) or _FILM_NAME.fullmatch(name)
    path = root / MEDIA_FOLDER / name
    if form is None or path.is_symlink() or not path.is_file():
        return None
    return MediaFile(path, _MEDIA_TYPES[path.suffix])
