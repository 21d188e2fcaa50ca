"""Typed reading of TOML tables: everything wrong in a file is told at once, each with its line.

A builder asks a :class:`Table` for its keys and makes one object. What it cannot take is raised as
BadInput naming the key, caught by :meth:`TomlDocument.each`, and becomes a Problem at that key's line.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

from greenmine.content.files import Problem
from greenmine.domain.errors import BadInput, GreenmineError
from greenmine.domain.text import N_

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

Line = tuple[object, ...]

_PLACE: Final = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)")
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_]{0,63}")
_ACT_CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,63}")


def parse_toml(text: str, *, path: str) -> "TomlDocument | Problem":
    """Parse the text of a file; numbers with a point become Decimal. A syntax error keeps its line."""
    try:
        return TomlDocument(path, text, tomllib.loads(text, parse_float=Decimal))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _PLACE.search(str(error))
        line = int(found.group(1)) if found and found.group(1) else None
        reason = _PLACE.sub("", str(error))
        return Problem(path, line, N_("不是有效的 TOML：%(reason)s") % {"reason": reason})


def _wrong(key: str, message: str, **params: object) -> BadInput:
    return BadInput("content.field", message, field=key, key=key, **params)


@dataclass
class Table:
    """One table of a file; remembers which keys were asked for, so that a misspelt one is noticed."""

    values: Mapping[str, object]
    asked: set[str] = field(default_factory=set)

    def take(self, key: str) -> object | None:
        """The raw value, None when absent."""
        self.asked.add(key)
        return self.values.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty; ``default`` when absent."""
        value = self.take(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value.strip():
            raise _wrong(key, N_("字段 %(key)s 应填写文字"))
        return value

    def code(self, key: str = "code") -> str:
        """A stable name: small letters, digits and ``_``, at most 64 of them, as acts name a provision."""
        value = self.text(key)
        if not _CODE.fullmatch(value):
            raise _wrong(key, N_("字段 %(key)s 只能用小写字母、数字和下划线，最多64个"))
        return value

    def act_code(self, key: str = "code") -> str:
        """A stable name that acts hold by itself: begins with a letter, two signs or more."""
        value = self.code(key)
        if not _ACT_CODE.fullmatch(value):
            raise _wrong(key, N_("字段 %(key)s 应以小写字母开头，至少两个字符"))
        return value

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts; empty when absent and not required."""
        value = self.take(key)
        if value is None and not required:
            return ()
        if not isinstance(value, list) or (required and not value):
            raise _wrong(key, N_("字段 %(key)s 应为清单"))
        if not all(isinstance(item, str) and item.strip() for item in value):
            raise _wrong(key, N_("清单 %(key)s 的每一项都应填写文字"))
        return tuple(str(item) for item in value)

    def whole(self, key: str, default: int | None = None) -> int:
        """A whole number, not negative."""
        value = self.maybe_whole(key)
        if value is None:
            value = default
        if value is None:
            raise _wrong(key, N_("缺少字段 %(key)s"))
        return value

    def maybe_whole(self, key: str) -> int | None:
        """A whole number, not negative; None when absent."""
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise _wrong(key, N_("字段 %(key)s 应为非负整数"))
        return value

    def maybe_number(self, key: str) -> Decimal | None:
        """A number; None when absent."""
        value = self.take(key)
        return None if value is None else as_number(value, key=key)

    def number(self, key: str) -> Decimal:
        """A number."""
        return as_number(self.take(key), key=key)

    def flag(self, key: str, default: bool | None = None) -> bool:
        """True or false."""
        value = self.take(key)
        if value is None:
            value = default
        if not isinstance(value, bool):
            raise _wrong(key, N_("字段 %(key)s 应为 true 或 false"))
        return value

    def maybe_date(self, key: str) -> date | None:
        """A TOML date; None when absent."""
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            raise _wrong(key, N_("字段 %(key)s 应为日期，如 2018-12-31"))
        return value

    def day(self, key: str) -> date:
        """A TOML date."""
        value = self.maybe_date(key)
        if value is None:
            raise _wrong(key, N_("缺少字段 %(key)s"))
        return value

    def maybe_time(self, key: str) -> time | None:
        """A TOML time; None when absent."""
        value = self.take(key)
        if value is not None and not isinstance(value, time):
            raise _wrong(key, N_("字段 %(key)s 应为时刻，如 16:00:00"))
        return value

    def choice(self, key: str, kind: type[E]) -> E:
        """A member of an enum, by its value."""
        return as_choice(self.text(key), kind, key=key)

    def maybe_choice(self, key: str, kind: type[E]) -> E | None:
        """A member of an enum; None when absent."""
        return None if self.take(key) is None else self.choice(key, kind)

    def choices(self, key: str, kind: type[E], *, required: bool = False) -> tuple[E, ...]:
        """Members of an enum."""
        return tuple(as_choice(text, kind, key=key) for text in self.texts(key, required=required))

    def lines(self, key: str, *, width: int) -> tuple[Line, ...]:
        """A list of rows of ``width`` cells each."""
        value = self.take(key)
        if not isinstance(value, list) or not value:
            raise _wrong(key, N_("字段 %(key)s 应为表格"))
        for number, row in enumerate(value, 1):
            if not isinstance(row, list) or len(row) != width:
                raise _wrong(key, N_("表格 %(key)s 第%(number)s行应有%(width)s格"), number=number, width=width)
        return tuple(tuple(row) for row in value)

    def refuse_unasked(self) -> None:
        """Refuse a key nobody asked for: it is misspelt or does not belong here."""
        for key in self.values:
            if key not in self.asked:
                raise _wrong(key, N_("不认识字段 %(key)s"))


def as_number(value: object, *, key: str) -> Decimal:
    """A TOML number as Decimal. Raises BadInput."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise _wrong(key, N_("字段 %(key)s 应为数字"))
    number = Decimal(value)
    if not number.is_finite():
        raise _wrong(key, N_("字段 %(key)s 应为数字"))
    return number


def as_text(value: object, *, key: str) -> str:
    """A TOML text. Raises BadInput."""
    if not isinstance(value, str):
        raise _wrong(key, N_("表格 %(key)s 的这一格应填写文字"))
    return value


def as_choice(value: object, kind: type[E], *, key: str) -> E:
    """A member of an enum by its value. Raises BadInput."""
    try:
        return kind(str(value))
    except ValueError:
        raise _wrong(key, N_("字段 %(key)s 不接受“%(value)s”"), value=value) from None


@dataclass
class TomlDocument:
    """A parsed file and the problems found in it so far."""

    path: str
    text: str
    data: Mapping[str, object]
    problems: list[Problem] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    def each(self, name: str, build: Callable[[Table], T]) -> tuple[T, ...]:
        """Build one object from each ``[[name]]``; those that fail become problems."""
        self.asked.add(name)
        tables = self.data.get(name, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            self.report(name, N_("应写作 [[%(name)s]]") % {"name": name})
            return ()
        built = (self._build(name, index, Table(table), build) for index, table in enumerate(tables))
        return tuple(item for item in built if item is not None)

    def one(self, name: str, build: Callable[[Table], T]) -> T | None:
        """Build one object from ``[name]``; None (and a problem) when it is missing or fails."""
        self.asked.add(name)
        table = self.data.get(name)
        if not isinstance(table, dict):
            self.report(name, N_("缺少 [%(name)s]") % {"name": name})
            return None
        return self._build(name, 0, Table(table), build)

    def report(self, name: str, message: str, *, index: int = 0, key: str = "") -> None:
        """Note a problem of the ``index``-th table ``name``, at the line of ``key`` when it is there."""
        self.problems.append(Problem(self.path, self.line_of(name, index=index, key=key), message))

    def report_unasked(self) -> None:
        """Note every table nobody asked for."""
        for name in self.data:
            if name not in self.asked:
                self.report(name, N_("不认识 %(name)s") % {"name": name})

    def line_of(self, name: str, *, index: int = 0, key: str = "") -> int | None:
        """Line of a key of the ``index``-th ``[[name]]`` or ``[name]``, else of its heading, else None."""
        heading = re.compile(r"\s*(?:\[\[\s*%s\s*\]\]|\[\s*%s\s*\])" % ((re.escape(name),) * 2))
        lines = self.text.split("\n")
        heads = [number for number, line in enumerate(lines) if heading.match(line)]
        if index >= len(heads):
            plain = (n for n, line in enumerate(lines, 1) if re.match(rf"\s*{re.escape(name)}\s*=", line))
            return next(plain, None)
        return _key_line(lines, heads[index], key) + 1

    def _build(self, name: str, index: int, table: Table, build: Callable[[Table], T]) -> T | None:
        try:
            item = build(table)
            table.refuse_unasked()
        except GreenmineError as error:
            self.report(name, str(error), index=index, key=error.field or "")
            return None
        return item


def _key_line(lines: Sequence[str], head: int, key: str) -> int:
    """Index of the line that sets ``key`` in the table whose heading is at ``head``, else ``head``."""
    if not key:
        return head
    wanted = re.compile(rf"\s*{re.escape(key)}\s*=")
    for number in range(head + 1, len(lines)):
        if re.match(r"\s*\[\[?\s*[A-Za-z_]", lines[number]):
            break
        if wanted.match(lines[number]):
            return number
    return head
