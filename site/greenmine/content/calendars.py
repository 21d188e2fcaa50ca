"""content/calendar/<year>.toml → one working calendar.

Each file is one yearly notice of the State Council's office on days off, with its number and date.
A file that cannot be taken is reported; its year is then not covered and deadlines in it are 暂定.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final

from greenmine.content.files import (
    Loaded,
    Problem,
    SourceFile,
    digest_of,
    list_files,
    read_bytes,
    read_text,
)
from greenmine.domain.calendar import SATURDAY, WorkCalendar
from greenmine.domain.text import N_

FOLDER: Final = "calendar"

LONGEST_BREAK: Final = 15
"""Days; the longest break so far had ten (春节 2020)."""

UNSETTLED_DAYS: Final = 3
"""The notice of a year may change the last days of the year before (2019's made Saturday 2018-12-29 a
working day and Monday 12-31 a day off), so until it is known 29 to 31 December are not settled."""

VERSION_LENGTH: Final = 12

_FILE_NAME: Final = re.compile(r"(20\d\d)\.toml")
_TOML_PLACE: Final = re.compile(r" \(at line (\d+), column \d+\)")


@dataclass(frozen=True)
class Break:
    """One festival's days off, first to last, and the weekend days worked for it."""

    name: str
    first: date
    last: date
    workdays: tuple[date, ...]


@dataclass(frozen=True)
class YearNotice:
    """One yearly notice.

    :param number: 国办发明电 number; None where it is not known for certain
    :param verified: whether number, date and days were read in the notice itself; else 待核实
    :param amended_by: numbers of later notices that changed it; ``breaks`` are as changed
    """

    year: int
    title: str
    number: str | None
    issued: date | None
    verified: bool
    amended_by: tuple[str, ...]
    breaks: tuple[Break, ...]


class _MalformedError(Exception):
    """Inside this module: what is wrong with one file, and where. Never leaves it."""

    def __init__(self, line: int | None, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def load_notices(root: Path) -> Loaded[YearNotice]:
    """The yearly notices under ``root/calendar``, by year; bad files are problems."""
    notices, problems, taken = _read_all(root)
    return Loaded(notices, problems, digest_of(taken))


def load_calendar(root: Path) -> Loaded[WorkCalendar]:
    """One working calendar from ``root/calendar``: always exactly one item, perhaps covering nothing.

    Its version is the first twelve hex digits of the digest of the files that were taken.
    """
    notices, problems, taken = _read_all(root)
    digest = digest_of(taken)
    return Loaded((join_notices(notices, version=digest[:VERSION_LENGTH]),), problems, digest)


def join_notices(notices: Sequence[YearNotice], *, version: str) -> WorkCalendar:
    """One calendar that covers the unbroken run of years up to the newest.

    Days of years before a gap are still known, but not covered.
    """
    years = {notice.year for notice in notices}
    breaks = [item for notice in notices for item in notice.breaks]
    names = {day: item.name for item in breaks for day in _days(item.first, item.last)}
    first, last = _coverage(years)
    return WorkCalendar(
        version=version,
        first=first,
        last=last,
        holidays=frozenset(names),
        workdays_made_up=frozenset(day for item in breaks for day in item.workdays),
        names=MappingProxyType(names),
    )


def _coverage(years: set[int]) -> tuple[date, date]:
    if not years:
        return date.max, date.min
    newest = oldest = max(years)
    while oldest - 1 in years:
        oldest -= 1
    return date(oldest, 1, 1), date(newest, 12, 31) - timedelta(days=UNSETTLED_DAYS)


def _read_all(root: Path) -> tuple[tuple[YearNotice, ...], tuple[Problem, ...], tuple[SourceFile, ...]]:
    notices: list[YearNotice] = []
    problems: list[Problem] = []
    taken: list[SourceFile] = []
    for path in list_files(root, folder=FOLDER, suffix=".toml"):
        source = read_bytes(root, path)
        found = source if isinstance(source, Problem) else _read_notice(source, name=path.name)
        if isinstance(found, YearNotice) and isinstance(source, SourceFile):
            notices.append(found)
            taken.append(source)
        elif isinstance(found, Problem):
            problems.append(found)
    return tuple(notices), tuple(problems), tuple(taken)


def _read_notice(source: SourceFile, *, name: str) -> YearNotice | Problem:
    text = read_text(source)
    if isinstance(text, Problem):
        return text
    try:
        return _parse_notice(text, name=name)
    except _MalformedError as error:
        return Problem(source.path, error.line, error.message)


def _parse_notice(text: str, *, name: str) -> YearNotice:
    named = _FILE_NAME.fullmatch(name)
    if named is None:
        raise _MalformedError(None, N_("文件名应为四位年份，如 2026.toml"))
    table = _parse_toml(text)
    year = int(named[1])
    if table.get("year") != year:
        raise _MalformedError(_line_of(text, "year"), N_("year 与文件名的年份不一致"))
    notice = YearNotice(
        year=year,
        title=_text(table, "title", line=_line_of(text, "title")),
        number=_text(table, "number", line=_line_of(text, "number")) if "number" in table else None,
        issued=_day(table, "issued", line=_line_of(text, "issued")) if "issued" in table else None,
        verified=table.get("verified") is True,
        amended_by=tuple(_text(item, "number", line=line) for line, item in _tables(table, "amended", text=text)),
        breaks=tuple(_parse_break(item, year=year, line=line) for line, item in _tables(table, "holiday", text=text)),
    )
    _check_days(notice.breaks, _lines_of(text, "[[holiday]]"))
    return notice


def _parse_toml(text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        reason = "嵌套过深" if isinstance(error, RecursionError) else str(error)
        place = _TOML_PLACE.search(reason)
        line = int(place[1]) if place else (text.count("\n") + 1 if "end of document" in reason else None)
        raise _MalformedError(
            line, N_("不是有效的 TOML：%(reason)s") % {"reason": _TOML_PLACE.sub("", reason)}
        ) from error


def _parse_break(item: Mapping[str, object], *, year: int, line: int | None) -> Break:
    found = Break(
        name=_text(item, "name", line=line),
        first=_day(item, "first", line=line),
        last=_day(item, "last", line=line),
        workdays=_day_list(item, "workdays", line=line),
    )
    if not 0 <= (found.last - found.first).days < LONGEST_BREAK:
        raise _MalformedError(line, N_("%(name)s的起止日期有误") % {"name": found.name})
    for day in (found.first, found.last, *found.workdays):
        if not date(year - 1, 12, 1) <= day <= date(year, 12, 31):
            raise _MalformedError(line, N_("%(day)s不在本年度内") % {"day": day.isoformat()})
    for day in found.workdays:
        if day.weekday() < SATURDAY:
            raise _MalformedError(line, N_("调休上班日%(day)s不是周六或周日") % {"day": day.isoformat()})
    return found


def _check_days(breaks: Sequence[Break], lines: Sequence[int]) -> None:
    """A year without any day off is a torn file; a day can be named once only."""
    if not breaks:
        raise _MalformedError(None, N_("没有任何放假安排"))
    seen: set[date] = set()
    for item, line in zip(breaks, lines, strict=False):
        for day in (*_days(item.first, item.last), *item.workdays):
            if day in seen:
                raise _MalformedError(line, N_("日期%(day)s重复") % {"day": day.isoformat()})
            seen.add(day)


def _tables(table: Mapping[str, object], key: str, *, text: str) -> Iterable[tuple[int | None, Mapping[str, object]]]:
    """The ``[[key]]`` tables with the line each begins on."""
    items = table.get(key, [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise _MalformedError(_line_of(text, key), N_("%(key)s 应写作 [[%(key)s]]") % {"key": key})
    lines: list[int | None] = [*_lines_of(text, f"[[{key}]]")]
    lines += [None] * (len(items) - len(lines))
    return zip(lines, items, strict=False)


def _text(table: Mapping[str, object], key: str, *, line: int | None) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _MalformedError(line, N_("缺少 %(key)s，或不是文字") % {"key": key})
    return value.strip()


def _day(table: Mapping[str, object], key: str, *, line: int | None) -> date:
    value = table.get(key)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _MalformedError(line, N_("缺少 %(key)s，或不是日期（如 2026-01-01）") % {"key": key})
    return value


def _day_list(table: Mapping[str, object], key: str, *, line: int | None) -> tuple[date, ...]:
    values = table.get(key, [])
    if not isinstance(values, list):
        raise _MalformedError(line, N_("%(key)s 应为日期的列表") % {"key": key})
    return tuple(_day({key: value}, key, line=line) for value in values)


def _lines_of(text: str, start: str) -> list[int]:
    return [number for number, line in enumerate(text.split("\n"), 1) if line.strip().startswith(start)]


def _line_of(text: str, key: str) -> int | None:
    """Line of the first ``key =``, for problems of the head of the file."""
    return next(
        (n for n, line in enumerate(text.split("\n"), 1) if re.match(rf"\s*{key}\s*=", line)),
        None,
    )


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))
