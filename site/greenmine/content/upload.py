"""Files that officers upload: what may come in, told from the first bytes, and what is kept of it.

Own signature table: the ending of the name and the first bytes must say the same. Pictures are written anew;
PDF, XLSX and CSV are kept as they are and only ever offered as downloads. Everything else is refused.
Source: trust.md 8; OWASP ASVS 5.0 5.2.1–5.2.3, 5.3.2.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from greenmine.content.heic import brands, is_heic
from greenmine.content.picture import HEIC, write_anew
from greenmine.content.sheet import decode
from greenmine.content.sheet_xlsx import measure_workbook
from greenmine.domain.errors import BadInput
from greenmine.domain.text import N_

MAX_BYTES: Final = 10 * 1024 * 1024
"""Largest single file, in bytes (10 MiB)."""

MOST_FILES: Final = 10
"""Most attachments of one notice, or pictures of one news item."""

MAX_NAME: Final = 120

PICTURES: Final = frozenset({"jpg", "jpeg", "png"})
ATTACHMENTS: Final = PICTURES | {"pdf", "xlsx", "csv"}
FILMS: Final = frozenset({"mp4"})
LISTS: Final = frozenset({"xlsx", "csv"})

_JPEG: Final = b"\xff\xd8\xff"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES: Final[Mapping[str, str]] = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
    "xlsx": _XLSX,
    "csv": "text/csv",
    "mp4": "video/mp4",
    "heic": HEIC,
    "heif": HEIC,
}
"""Endings this module knows, and what they stand for."""


_NO_FILM: Final = frozenset({b"mif1", b"mif2", b"msf1", b"avif", b"avis", b"qt  ", b"M4A ", b"crx "})
"""Brands of files of the same build that are no MP4."""


_PLACES: Final = (
    b"\xa9xyz", b"loci", b"com.apple.quicktime.location", b"GPSLatitude", b"GPSCoordinates", b"gpmd", b"GPMF",
)  # fmt: skip
"""What precedes the place in a film's own data: QuickTime, 3GPP, Apple, XMP, tracks of action cameras."""


@dataclass(frozen=True)
class Accepted:
    """A file as it will be kept: its bytes, media type and the name it is offered under.

    :param width: pixels, pictures only; also ``height``
    """

    content: bytes
    media_type: str
    name: str
    width: int = 0
    height: int = 0


def accept(data: bytes, name: str, *, kinds: frozenset[str], most: int = MAX_BYTES) -> Accepted:
    """What is kept of an uploaded file.

    :param kinds: endings that may come in here, of those this module knows
    Raises BadInput ``upload.*``, ``picture.*`` or ``sheet.*``, field ``file``, with the reason in the sentence.
    """
    shown = clean_name(name)
    ending = shown.rpartition(".")[2].lower()
    if ending not in kinds or "." not in shown:
        words = "、".join(sorted(kind.upper() for kind in kinds if kind != "jpeg"))
        raise BadInput(
            "upload.kind", N_("只接收%(kinds)s文件，“%(name)s”不在其中。"), field="file", kinds=words, name=shown
        )
    if not data:
        raise BadInput("upload.empty", N_("文件“%(name)s”是空的。"), field="file", name=shown)
    if len(data) > most:
        raise BadInput(
            "upload.large", N_("文件“%(name)s”超过%(most)s MB。"), field="file", name=shown, most=most // 1024 // 1024
        )
    if not has_signature(data, ending):
        raise BadInput("upload.signature", N_("文件“%(name)s”的内容与后缀名不符。"), field="file", name=shown)
    media_type = MEDIA_TYPES[ending]
    if ending in FILMS and _tells_place(data):
        raise BadInput(
            "upload.place",
            N_("视频“%(name)s”带有拍摄地点，公开后无法收回。请清除位置信息后再上传。"),
            field="file",
            name=shown,
        )
    if ending not in PICTURES:
        return Accepted(data, media_type, shown)
    picture = write_anew(data, media_type)
    return Accepted(picture.content, media_type, shown, picture.width, picture.height)


def _tells_place(film: bytes) -> bool:
    """Whether anything but pictures and sound of an MP4 says where it was filmed (QuickTime ©xyz, 3GPP loci, Apple)."""
    place = 0
    while place + 8 <= len(film):
        # ISO 14496-12, 4.2: bytes 0-3 length, 4-7 type; length 1: eight more bytes hold it; length 0: to the end.
        length, kind = int.from_bytes(film[place : place + 4], "big"), film[place + 4 : place + 8]
        if length == 1:
            length = int.from_bytes(film[place + 8 : place + 16], "big")
        end = place + length if length >= 8 else len(film)
        if kind != b"mdat" and any(mark in film[place:end] for mark in _PLACES):
            return True
        place = end
    return False


def has_signature(data: bytes, ending: str) -> bool:
    """Whether the bytes begin (and end, where that can be told) as a file with this ending of the table does.

    Raises BadInput ``sheet.bomb``, ``sheet.encrypted`` for a workbook that is one, and must not be opened.
    """
    return _SIGNATURES[ending](data)


def clean_name(name: str) -> str:
    """The last part of a path, printable, at most 120 characters with its ending; never used as a path here."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(" " if char.isspace() else char for char in unicodedata.normalize("NFC", last))
    visible = " ".join("".join(char for char in plain if unicodedata.category(char)[0] != "C").split())
    stem, dot, ending = visible.rpartition(".")
    return f"{stem[: MAX_NAME - len(ending) - 1]}{dot}{ending}" if dot and len(ending) <= 5 else visible[:MAX_NAME]


def _is_pdf(data: bytes) -> bool:
    # ISO 32000-1, 7.5.2: the header is the first line; the trailer ends with %%EOF.
    return data.startswith(b"%PDF-") and b"%%EOF" in data[-2048:]


def _is_xlsx(data: bytes) -> bool:
    """An archive with the parts of a workbook and no others, not too large unpacked, not encrypted.

    Raises BadInput ``sheet.bomb``, ``sheet.encrypted`` with the reason; whatever else is wrong is no workbook.
    """
    if not data.startswith(b"PK\x03\x04") or b"vbaProject.bin" in data:
        return False
    try:
        measure_workbook(data)
    except BadInput as error:
        if error.code == "sheet.not_xlsx":
            return False
        error.field = "file"
        raise
    return True


def _is_csv(data: bytes) -> bool:
    """Text in a known encoding, without control characters, that is no markup and no document in disguise."""
    try:
        text, _encoding = decode(data)
    except BadInput:
        return False
    is_plain = all(char in "\n\r\t" or unicodedata.category(char) != "Cc" for char in text)
    return is_plain and text.lstrip("\ufeff \t\r\n")[:1] not in ("<", "%", "{")


def _is_mp4(data: bytes) -> bool:
    # ISO 14496-12: the first box is "ftyp" in every MP4, as it is in still pictures, sound and QuickTime films.
    named = brands(data)
    return bool(named) and not is_heic(data) and named[0] not in _NO_FILM


_SIGNATURES: Final[Mapping[str, Callable[[bytes], bool]]] = {
    "jpg": lambda data: data.startswith(_JPEG),
    "jpeg": lambda data: data.startswith(_JPEG),
    "png": lambda data: data.startswith(_PNG),
    "pdf": _is_pdf,
    "xlsx": _is_xlsx,
    "csv": _is_csv,
    "mp4": _is_mp4,
    "heic": is_heic,
    "heif": is_heic,
}
