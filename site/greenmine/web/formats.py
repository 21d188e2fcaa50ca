"""How values are written for a reader: dates, numbers, sizes, places. Also the Jinja filters of these names."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, Final

from flask import Flask

from greenmine.domain.instant import SHANGHAI, legal_day
from greenmine.domain.mine import (
    ACTIVITY_LABELS,
    LEVEL_LABELS,
    LIBRARY_LABELS,
    METHOD_LABELS,
    OWNERSHIP_LABELS,
    SCALE_LABELS,
    STATUS_LABELS,
    MineStatus,
)
from greenmine.domain.seat import ROLE_LABELS

from .i18n import gettext as _
from .i18n import ngettext

UNKNOWN: Final = "—"
"""Shown where a value is not known; never an invented one."""

LABELS: Final[tuple[Mapping[Any, str], ...]] = (
    ACTIVITY_LABELS,
    LEVEL_LABELS,
    LIBRARY_LABELS,
    METHOD_LABELS,
    OWNERSHIP_LABELS,
    SCALE_LABELS,
    STATUS_LABELS,
    ROLE_LABELS,
)
"""The words of the domain for its own members; a page names a member with the filter ``label``."""


class Tone(StrEnum):
    """What a tag says besides its words, by shape and colour."""

    OK = "ok"  # 正常
    OPEN = "open"  # 进行中
    BAD = "bad"  # 不利
    PLAIN = "plain"  # 中性


TONES: Final[Mapping[MineStatus, Tone]] = {
    MineStatus.REGISTERED: Tone.PLAIN,
    MineStatus.IN_LIBRARY: Tone.OPEN,
    MineStatus.NOTICED: Tone.OPEN,
    MineStatus.LISTED: Tone.OK,
    MineStatus.REMOVED: Tone.PLAIN,
}


def label(member: StrEnum | None) -> str:
    """The Chinese word of a domain enum member; raises KeyError for one without a word."""
    if member is None:
        return UNKNOWN
    for words in LABELS:
        for known, word in words.items():
            if known is member:  # StrEnum members of two kinds may be equal as text
                return _(word)
    raise KeyError(member)


def tone(status: MineStatus) -> Tone:
    """Shape and colour of a mine's status."""
    return TONES[status]


def day(value: date | datetime | None) -> str:
    """``2025年11月4日``; of an instant (aware) the legal day."""
    if value is None:
        return UNKNOWN
    shown = legal_day(value) if isinstance(value, datetime) else value
    return _("%(year)d年%(month)d月%(day)d日", year=shown.year, month=shown.month, day=shown.day)


def iso_day(value: date | datetime) -> str:
    """``2025-11-04`` for ``<time datetime>`` and tables; of an instant the legal day."""
    return (legal_day(value) if isinstance(value, datetime) else value).isoformat()


def moment(value: datetime | None) -> str:
    """``2025年11月4日 16:00`` in legal time; seconds are shown when they are not zero."""
    if value is None:
        return UNKNOWN
    local = value.astimezone(SHANGHAI)
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return _("%(day)s %(clock)s", day=day(value), clock=clock)


def utc_stamp(value: datetime) -> str:
    """``2025-11-04T08:00:00Z`` for ``<time datetime>``."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def pub_date(value: datetime) -> str:
    """``2025-11-04 16:00``, legal time: the form of the PubDate meta tag of government sites."""
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def number(value: int | float | Decimal | None) -> str:
    """``1,204``; a fraction keeps its digits (``12.5``)."""
    return UNKNOWN if value is None else f"{value:,}"


def percent(part: int | Decimal, whole: int | Decimal) -> str:
    """``96.4%``, half up; a part of nothing is unknown."""
    if not whole:
        return UNKNOWN
    share = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{share.normalize():f}%"


def file_size(octets: int) -> str:
    """``823 字节``, ``12 KB``, ``1.4 MB`` (1 KB = 1024 bytes, rounded up: never smaller than it is)."""
    if octets < 1024:
        return _("%(n)s 字节", n=number(octets))
    if octets < 1024 * 1024:
        return f"{-(-octets // 1024)} KB"
    return f"{-(-octets * 10 // (1024 * 1024)) / 10:g} MB"


def days_left(last_day: date, today: date) -> str:
    """``还剩3天``, ``今天截止``, ``已截止``: natural days between two legal days."""
    left = (last_day - today).days
    if left < 0:
        return _("已截止")
    return _("今天截止") if left == 0 else ngettext("还剩%(num)d天", "还剩%(num)d天", left)


def region_path(names: Sequence[str]) -> str:
    """``贵州省 · 毕节市 · 织金县`` from names of the highest region down."""
    return " · ".join(names) or UNKNOWN


def short_digest(sha256: str) -> str:
    """The first 12 of 64 hexadecimal digits; the page gives the whole beside it."""
    return f"{sha256[:12]}…"


FILTERS: Final = (
    label,
    tone,
    day,
    iso_day,
    moment,
    utc_stamp,
    pub_date,
    number,
    file_size,
    region_path,
    short_digest,
)


def init_formats(app: Flask) -> None:
    """Give the templates these functions as filters, and those of two values as globals."""
    for function in FILTERS:
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals.update(days_left=days_left, percent=percent)
