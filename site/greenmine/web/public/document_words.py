"""Kinds of published file in words, and which of them a browser may show in place."""

from collections.abc import Mapping
from typing import Final

from greenmine.domain.text import N_
from greenmine.web.i18n import gettext as _

INLINE: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Pictures without any markup in them. SVG, HTML, XML and PDF are never shown in place (ASVS 3.2.1)."""

JSON: Final = "application/json"

_WORDS: Final[Mapping[str, str]] = {
    "application/pdf": N_("PDF文件"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": N_("XLSX表格"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": N_("DOCX文档"),
    "application/vnd.ms-excel": N_("XLS表格"),
    "application/msword": N_("DOC文档"),
    "application/json": N_("JSON数据"),
    "application/toml": N_("TOML规则文件"),
    "text/csv": N_("CSV表格"),
    "text/plain": N_("纯文本"),
    "image/png": N_("PNG图片"),
    "image/jpeg": N_("JPEG图片"),
    "image/gif": N_("GIF图片"),
    "image/webp": N_("WebP图片"),
    "video/mp4": N_("MP4视频"),
}
_ENDINGS: Final[Mapping[str, str]] = {
    "application/json": ".json",
    "application/toml": ".toml",
    "application/pdf": ".pdf",
    "text/csv": ".csv",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "video/mp4": ".mp4",
}


def media_word(media_type: str) -> str:
    """``PDF文件`` of ``application/pdf``; an unknown type stands for itself."""
    return _(_WORDS[media_type]) if media_type in _WORDS else media_type


def ending_of(media_type: str) -> str:
    """``.json``; empty when the type has none that is known."""
    return _ENDINGS.get(media_type, "")
