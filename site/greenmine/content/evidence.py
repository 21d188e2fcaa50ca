"""What strangers may send with a form: photographs are written anew, PDF and MP4 are kept sealed as they are.

Nothing sent here is ever published. Of a photograph only the pixels stay (no place, time, device, comment, second
format); PDF and MP4 are never opened by the site, and reach the handling officer as downloads. All else is refused
with the reason. Source: trust.md 8; OWASP ASVS 5.0 5.2.1–5.2.3, 5.2.6, 5.3.2, 14.2.8.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from greenmine.content.picture import Anew, write_anew
from greenmine.content.slots import Slots
from greenmine.content.upload import MEDIA_TYPES, PICTURES, clean_name, has_signature
from greenmine.domain.errors import BadInput
from greenmine.domain.text import N_

MIB: Final = 1024 * 1024
MOST_FILES: Final = 6
"""Most files of one case as it is sent; each later message of it may bring as many, within the limits of the case."""

MOST_BYTES: Final = 60 * MIB
"""Most bytes of all files of one case, as kept."""

MOST_CASE_FILES: Final = 60
"""Most files of one case, those of its later messages included."""


class EvidenceKind(StrEnum):
    """What a file is to the officer who handles the case."""

    PHOTO = "photo"  # 照片
    DOCUMENT = "document"  # PDF文件
    FILM = "film"  # 视频


LIMITS: Final[Mapping[EvidenceKind, int]] = {
    EvidenceKind.PHOTO: 20 * MIB,
    EvidenceKind.DOCUMENT: 20 * MIB,
    EvidenceKind.FILM: 30 * MIB,
}
"""Largest single file, in bytes; the largest stays below GREENMINE_REQUEST_BYTES (32 MiB) with its form around it."""

PHOTO_PIXELS: Final = 16_000_000
"""Pixels of a photograph as kept: a phone's 12 million pixels stay as they are, long screenshots stay readable."""

ACCEPT: Final = ".jpg,.jpeg,.png,.heic,.heif,.pdf,.mp4"
"""For the ``accept`` attribute of the file field."""

_KINDS: Final[Mapping[str, EvidenceKind]] = {
    **dict.fromkeys((*PICTURES, "heic", "heif"), EvidenceKind.PHOTO),
    "pdf": EvidenceKind.DOCUMENT,
    "mp4": EvidenceKind.FILM,
}
_PHOTO: Final = Anew(longest=16_000, most_pixels=PHOTO_PIXELS, quality=88, most_bytes=10 * MIB)


@dataclass(frozen=True)
class Evidence:
    """A file as it will be sealed.

    :param name: what the person called it, made harmless; tells much, and is sealed like the content
    """

    content: bytes = field(repr=False)
    media_type: str
    name: str = field(repr=False)
    kind: EvidenceKind


def accept_evidence(data: bytes, name: str, *, slots: Slots) -> Evidence:
    """What is kept of a file that came with a complaint, an objection or a report.

    :param slots: places for files in the making, shared by the machine
    Raises BadInput ``evidence.*`` or ``picture.*`` with the reason in the sentence, TooMany (no place came free), all
    with field ``file``.
    """
    with slots.taken():
        return judge_evidence(data, name)


def judge_evidence(data: bytes, name: str) -> Evidence:
    """The same for whoever holds a place already, and so read the file only when there was memory for it."""
    shown = clean_name(name)
    ending = shown.rpartition(".")[2].lower() if "." in shown else ""
    kind = _KINDS.get(ending)
    if kind is None:
        raise _refused(ending, data, shown)
    if not data:
        raise BadInput("evidence.empty", N_("文件“%(name)s”是空的，请重新选择。"), field="file", name=shown)
    if len(data) > LIMITS[kind]:
        raise _too_large(kind, shown)
    if kind is EvidenceKind.PHOTO:
        return _photo(data, shown)
    if not has_signature(data, ending):
        raise _disguised(data, shown)
    return Evidence(data, MEDIA_TYPES[ending], shown, kind)


def require_room(sizes: list[int], *, added: int) -> None:
    """Whether a file of ``added`` bytes fits beside those of these sizes. Raises BadInput with the limit."""
    if len(sizes) >= MOST_FILES:
        raise BadInput("evidence.many", N_("每次最多提交%(most)s个文件。"), field="file", most=MOST_FILES)
    if sum(sizes) + added > MOST_BYTES:
        raise BadInput("evidence.total", N_("文件合计不能超过%(most)s MB。"), field="file", most=MOST_BYTES // MIB)


def require_case_room(files: int, size: int, *, new: int, added: int) -> None:
    """Whether ``new`` files of ``added`` bytes fit into a case that holds ``files`` of ``size``. Raises BadInput."""
    if files + new > MOST_CASE_FILES:
        sentence = N_("这件事项的附件合计最多%(most)s个，已有%(held)s个，这次的没有收下。可以写信说明。")
        raise BadInput("evidence.case_many", sentence, field="file", most=MOST_CASE_FILES, held=files)
    if size + added > MOST_BYTES:
        sentence = N_(
            "这件事项的附件合计不能超过%(most)s MB，还可收%(left)s MB，这次的没有收下。可以压缩后再传，或者写信说明。"
        )
        left = max(0, MOST_BYTES - size) // MIB
        raise BadInput("evidence.case_total", sentence, field="file", most=MOST_BYTES // MIB, left=left)


def _photo(data: bytes, shown: str) -> Evidence:
    """Phones and chats rename pictures: a HEIC called .jpg is still a photograph, and comes out as what it is."""
    ending = next((each for each in ("jpg", "png", "heic") if has_signature(data, each)), None)
    if ending is None:
        raise _disguised(data, shown)
    picture = write_anew(data, MEDIA_TYPES[ending], anew=_PHOTO)
    stem = shown.rpartition(".")[0]
    written = "png" if picture.media_type == "image/png" else "jpg"
    return Evidence(picture.content, picture.media_type, f"{stem}.{written}", EvidenceKind.PHOTO)


def _too_large(kind: EvidenceKind, shown: str) -> BadInput:
    sentence = (
        N_("视频“%(name)s”超过%(most)s MB，请截取关键片段或压缩后再上传。")
        if kind is EvidenceKind.FILM
        else N_("文件“%(name)s”超过%(most)s MB，请压缩后再上传。")
    )
    return BadInput("evidence.large", sentence, field="file", name=shown, most=LIMITS[kind] // MIB)


class _Family(StrEnum):
    """Why a file is not taken."""

    OFFICE = "office"  # 办公文件
    ARCHIVE = "archive"  # 压缩包
    MARKUP = "markup"  # 网页、矢量图
    TEXT = "text"  # 文本
    PICTURE = "picture"  # 其他格式的图片
    FILM = "film"  # 其他格式的视频
    SOUND = "sound"  # 录音
    OTHER = "other"  # 其他


_REASONS: Final[Mapping[_Family, str]] = {
    _Family.OFFICE: N_("“%(name)s”未收下：办公文件会夹带作者姓名、修改痕迹等隐藏信息。请另存为PDF后再上传。"),
    _Family.ARCHIVE: N_("“%(name)s”未收下：压缩包里的内容无法查验。请解压后逐个上传照片、PDF或MP4视频。"),
    _Family.MARKUP: N_("“%(name)s”未收下：网页和矢量图里可能有程序。请截图后上传图片。"),
    _Family.TEXT: N_("“%(name)s”未收下：请把文字直接填写在情况说明里。"),
    _Family.PICTURE: N_("“%(name)s”未收下：这种图片格式不能查验。请转存为JPEG或PNG后再上传。"),
    _Family.FILM: N_("“%(name)s”未收下：这种视频格式不能接收。请转存为MP4后再上传。"),
    _Family.SOUND: N_("“%(name)s”未收下：目前不能接收录音。请在情况说明里写明内容，并保留原件备查。"),
    _Family.OTHER: N_("“%(name)s”未收下：只接收照片（JPEG、PNG、HEIC）、PDF和MP4视频。"),
}
_ENDINGS: Final[Mapping[_Family, str]] = {
    _Family.OFFICE: "doc docx docm dot xls xlsx xlsm csv ppt pptx wps et dps odt ods odp rtf",
    _Family.ARCHIVE: "zip rar 7z gz tgz tar bz2 xz jar apk",
    _Family.MARKUP: "svg svgz htm html xhtml mht xml js",
    _Family.TEXT: "txt md log json eml",
    _Family.PICTURE: "gif webp bmp tif tiff avif ico psd raw dng jp2 jxl",
    _Family.FILM: "mov avi wmv flv mkv 3gp mpg mpeg m4v webm ts",
    _Family.SOUND: "mp3 m4a wav amr aac ogg flac wma",
}
_BEGINNINGS: Final[tuple[tuple[bytes, _Family], ...]] = (
    (b"PK\x03\x04", _Family.ARCHIVE),
    (b"Rar!", _Family.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _Family.ARCHIVE),
    (b"\x1f\x8b", _Family.ARCHIVE),
    (b"\xd0\xcf\x11\xe0", _Family.OFFICE),
    (b"{\\rtf", _Family.OFFICE),
    (b"<", _Family.MARKUP),
    (b"GIF8", _Family.PICTURE),
    (b"BM", _Family.PICTURE),
    (b"II*\0", _Family.PICTURE),
    (b"MM\0*", _Family.PICTURE),
)


def _refused(ending: str, data: bytes, shown: str) -> BadInput:
    told = next((family for family, endings in _ENDINGS.items() if ending in endings.split()), None)
    family = told or _told_by_beginning(data) or _Family.OTHER
    return BadInput("evidence.kind", _REASONS[family], field="file", name=shown)


def _disguised(data: bytes, shown: str) -> BadInput:
    """The name says one thing, the first bytes another."""
    family = _told_by_beginning(data)
    sentence = _REASONS[family] if family else N_("“%(name)s”未收下：文件内容与后缀名不符，可能已损坏。")
    return BadInput("evidence.signature", sentence, field="file", name=shown)


def _told_by_beginning(data: bytes) -> _Family | None:
    start = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return next((family for beginning, family in _BEGINNINGS if start.startswith(beginning)), None)
