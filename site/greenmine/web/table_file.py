"""Tables as files: CSV, XLSX and JSON of any number of rows in bounded memory.

The file is written before anything is answered, so the transaction behind ``rows`` is closed while a slow reader
downloads. Source: trust.md 7; ASVS 1.2.10; RFC 4180.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final, cast

import xlsxwriter

IN_MEMORY: Final = 1 << 20
"""Bytes kept in memory; a larger file goes to the disk."""

_LIVE: Final = re.compile(r"^[\s\x00-\x20]*[=+\-@＝＋－＠\t\r\n\0]")
"""How a cell begins that a spreadsheet program may compute; blanks before it do not disarm it."""
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Field:
    """A column: its name for programs, its title for people, and what it holds."""

    name: str
    title: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class About:
    """What a file says of itself: title, when it was made, what was asked for, how it may be used."""

    title: str
    made_at: datetime
    conditions: Sequence[tuple[str, str]]
    address: str
    licence: str


Row = Sequence[str | None]


def disarmed(text: str) -> str:
    """The text behind an apostrophe when a spreadsheet program would take it for a formula."""
    shown = _UNPRINTABLE.sub("", text)
    return f"'{shown}" if _LIVE.match(text) or _LIVE.match(shown) else shown


def csv_table(titles: Sequence[str], rows: Iterable[Row]) -> IO[bytes]:
    """UTF-8 with byte order mark (Excel needs it), CRLF, titles in the first line.

    Titles are disarmed like cells: those of a notice's list are as its office typed them.
    """
    file = _open()
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([disarmed(title) for title in titles])
    writer.writerows([disarmed(cell or "") for cell in row] for row in rows)
    text.detach()
    return _rewound(file)


def json_table(fields: Sequence[Field], rows: Iterable[Row], about: About) -> IO[bytes]:
    """One object: what it is, its fields, and ``items`` with unknown values as null."""
    file = _open()
    head: dict[str, Any] = {
        "title": about.title,
        "made_at": about.made_at.isoformat(),
        "address": about.address,
        "licence": about.licence,
        "conditions": dict(about.conditions),
        "fields": [{"name": field.name, "title": field.title, "note": field.note} for field in fields],
    }
    file.write(_json(head)[:-1].encode() + b',"items":[')
    count = 0
    for row in rows:
        item = {field.name: cell or None for field, cell in zip(fields, row, strict=True)}
        file.write((b",\n" if count else b"\n") + _json(item).encode())
        count += 1
    file.write(b'\n],"total":' + str(count).encode() + b"}\n")
    return _rewound(file)


def xlsx_table(fields: Sequence[Field], rows: Iterable[Row], about: About, notes: Mapping[str, str]) -> IO[bytes]:
    """A workbook: the table, and a second sheet that says what it is. Every cell is text, none a formula.

    :param notes: titles of the second sheet: ``sheet``, ``about``, ``made_at``, ``address``, ``licence``
    """
    file = _open()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}  # fmt: skip
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"title": about.title, "created": about.made_at.replace(tzinfo=None)})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(notes["sheet"])
    sheet.freeze_panes(1, 0)
    for column, field in enumerate(fields):
        sheet.write_string(0, column, field.title, bold)
    for place, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if cell:
                sheet.write_string(place, column, disarmed(cell))
    _write_about(book.add_worksheet(notes["about"]), fields, about, notes)
    book.close()
    return _rewound(file)


def _write_about(sheet: Any, fields: Sequence[Field], about: About, notes: Mapping[str, str]) -> None:
    lines = [
        (about.title, ""),
        (notes["made_at"], about.made_at.isoformat()),
        (notes["address"], about.address),
        (notes["licence"], about.licence),
        *about.conditions,
        *((field.title, field.note) for field in fields),
    ]
    for place, line in enumerate(lines):
        for column, cell in enumerate(line):
            sheet.write_string(place, column, disarmed(cell))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _open() -> IO[bytes]:
    return cast(IO[bytes], SpooledTemporaryFile(max_size=IN_MEMORY))


def _rewound(file: IO[bytes]) -> IO[bytes]:
    file.seek(0)
    return file
