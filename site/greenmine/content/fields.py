"""Typed reading of front matter: each wrong, missing or unknown field becomes a problem with its line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final, TypeVar

from greenmine.content.files import FrontMatter, Problem, has_unfit_character
from greenmine.domain.instant import at_legal_time
from greenmine.domain.text import N_

E = TypeVar("E", bound=StrEnum)

MAX_TEXT: Final = 20_000
"""Longest single text in a front matter, in characters (a video's transcript is the longest in use)."""

_PARTIAL_DATE: Final = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?", re.ASCII)
_DATE_TIME: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}):(\d{2})", re.ASCII)


@dataclass(frozen=True)
class PartialDate:
    """A date as far as the document prints it: a year, a month or a day."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def first_day(self) -> date:
        """The earliest day it can mean; for sorting."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def chinese(self) -> str:
        """``2023年3月``, without leading zeros, as official documents print it."""
        month = "" if self.month is None else f"{self.month}月"
        day = "" if self.day is None else f"{self.day}日"
        return f"{self.year}年{month}{day}"


def _partial_date(text: str) -> PartialDate | None:
    found = _PARTIAL_DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = (None if part is None else int(part) for part in found.groups())
    try:
        date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    return PartialDate(year or 0, month, day)


@dataclass
class Fields:
    """One mapping of a front matter while it is read.

    A getter never raises: what is wrong is noted in ``problems`` and a stand-in is answered, so that all
    that is wrong with a file is told at once. A caller builds nothing from a file that has problems.
    """

    path: str
    values: Mapping[str, object]
    lines: Mapping[tuple[str | int, ...], int]
    way: tuple[str | int, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, front: FrontMatter, *, path: str) -> "Fields":
        """The whole front matter of the file ``path``."""
        return cls(path, front.values, front.lines)

    def line_of(self, name: str) -> int | None:
        """Line of the field, or of the mapping it should stand in."""
        return self.lines.get((*self.way, name), self.lines.get(self.way))

    def report(self, name: str, message: str) -> None:
        """Note that the field ``name`` is wrong, and why."""
        self.problems.append(Problem(self.path, self.line_of(name), message % {"name": name}))

    def take(self, name: str, *, required: bool) -> object:
        """The raw value, None when it is absent or empty."""
        self.asked.add(name)
        value = self.values.get(name)
        if value is None and required:
            self.report(name, N_("缺少字段 %(name)s"))
        return value

    def text(self, name: str, *, required: bool = True, pattern: str | None = None) -> str:
        """A text of at least one visible character, trimmed; ``""`` when absent. A number is taken too."""
        value = self.take(name, required=required)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.report(name, N_("字段 %(name)s 应为文字"))
            return ""
        text = str(value).strip()
        if required and not text:
            self.report(name, N_("字段 %(name)s 为空"))
        elif len(text) > MAX_TEXT:
            self.report(name, N_("字段 %(name)s 过长"))
        elif has_unfit_character(text):
            self.report(name, N_("字段 %(name)s 含有不可见的控制字符"))
        elif text and pattern is not None and re.fullmatch(pattern, text) is None:
            self.report(name, N_("字段 %(name)s 的写法不对"))
        return text

    def texts(self, name: str, *, required: bool = True) -> tuple[str, ...]:
        """A list of texts, none of them empty; at least one when required."""
        value = self.take(name, required=required)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.report(name, N_("字段 %(name)s 应为文字列表"))
            return ()
        if required and not value:
            self.report(name, N_("字段 %(name)s 为空"))
        if any(has_unfit_character(item) or len(item) > MAX_TEXT for item in value):
            self.report(name, N_("字段 %(name)s 含有不可见的控制字符或过长"))
        return tuple(item.strip() for item in value)

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """``true`` or ``false``; required when there is no default."""
        value = self.take(name, required=default is None)
        if value is not None and not isinstance(value, bool):
            self.report(name, N_("字段 %(name)s 应为 true 或 false"))
        return value if isinstance(value, bool) else bool(default)

    def whole(self, name: str, *, default: int) -> int:
        """A whole number."""
        value = self.take(name, required=False)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            self.report(name, N_("字段 %(name)s 应为整数"))
            return default
        return value

    def choice(self, name: str, kinds: type[E]) -> E:
        """One of the words of ``kinds``; its first member stands in when it is none of them."""
        words = {member.value: member for member in kinds}
        value = self.take(name, required=True)
        if value is not None and (not isinstance(value, str) or value not in words):
            allowed = "、".join(words)
            self.report(name, N_("字段 %(name)s 应为下列之一：") + allowed.replace("%", "%%"))
        return words[value] if isinstance(value, str) and value in words else next(iter(kinds))

    def day(self, name: str, *, required: bool = True) -> date | None:
        """A day as ``2026-03-05``."""
        value = self.take(name, required=required)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        self.report(name, N_("字段 %(name)s 应为日期，如 2026-03-05"))
        return None

    def partial_date(self, name: str) -> PartialDate | None:
        """A year, month or day (``2018``, ``2023-03``, ``2017-10-27``); None when absent."""
        value = self.take(name, required=False)
        if value is None:
            return None
        result = None if isinstance(value, bool | datetime) else _partial_date(str(value))
        if result is None:
            self.report(name, N_("字段 %(name)s 应为年、年月或日期，如 2018、2023-03、2017-10-27"))
        return result

    def instant(self, name: str) -> datetime | None:
        """A minute of legal time (``2026-03-05 09:30``, Asia/Shanghai) as aware UTC."""
        value = self.take(name, required=True)
        if value is None:
            return None
        found = _DATE_TIME.fullmatch(value) if isinstance(value, str) else None
        if found is not None:
            try:
                clock = time(int(found[2]), int(found[3]))
                return at_legal_time(date.fromisoformat(found[1]), clock)
            except (ValueError, OverflowError):
                pass
        self.report(name, N_("字段 %(name)s 应为时间，如 2026-03-05 09:30"))
        return None

    def record(self, name: str, *, required: bool = True) -> "Fields | None":
        """A mapping inside this one; its problems are noted here."""
        value = self.take(name, required=required)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.report(name, N_("字段 %(name)s 应由“字段: 值”组成"))
            return None
        return Fields(self.path, value, self.lines, (*self.way, name), self.problems)

    def records(self, name: str, *, required: bool = True) -> tuple["Fields", ...]:
        """A list of mappings inside this one; their problems are noted here."""
        value = self.take(name, required=required)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.report(name, N_("字段 %(name)s 应为列表，每项由“字段: 值”组成"))
            return ()
        return tuple(
            Fields(self.path, item, self.lines, (*self.way, name, number), self.problems)
            for number, item in enumerate(value)
        )

    def refuse_unknown(self) -> None:
        """Report every field nobody asked for: most often a misspelt name, whose value would be lost."""
        for name in self.values:
            if name not in self.asked:
                self.report(str(name), N_("不认识的字段 %(name)s"))
