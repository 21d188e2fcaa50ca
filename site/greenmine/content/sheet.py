"""A CSV or XLSX file as an authority publishes it, as rows of cell texts; hostile files are refused, never guessed at.

What a file is, its first bytes say, not its name: ZIP is XLSX, ``<`` is HTML under a false name, the OLE mark
is the old ``.xls``, anything else must decode strictly as UTF-8 (with or without mark) or else as GB18030.
"""

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from greenmine.content.sheet_xlsx import read_workbook
from greenmine.domain.errors import BadInput
from greenmine.domain.printed_table import KnowsHeading, PrintedTable, find_heading, read_printed
from greenmine.domain.text import N_

MAX_BYTES: Final = 5 * 1024 * 1024
"""Largest file taken, in bytes (5 MiB)."""

MAX_ROWS: Final = 20_000
"""Most rows of one sheet, title and notes included."""

MAX_COLUMNS: Final = 60
"""Most columns of one sheet."""

MAX_CELL: Final = 2_000
"""Longest text of one cell, in characters."""

DELIMITERS: Final = {",": N_("逗号"), ";": N_("分号"), "\t": N_("制表符")}

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WIDE_MARKS: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Sheet:
    """Raw rows of one sheet: cell texts without layout at their ends; row 1 of the file is ``rows[0]``.

    ``origin`` says in Chinese how it was read: encoding and delimiter, or the sheet's name.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    origin: str


def read_table(data: bytes, *, knows: KnowsHeading, is_key: KnowsHeading, sheet: str | None = None) -> PrintedTable:
    """Read a file's bytes and find the table in it.

    :param knows: whether a text is a known column heading
    :param is_key: whether a text heads the column that must be there
    :param sheet: name of the sheet to take, where a workbook holds several lists
    :raises BadInput: the file is too large, no table, not understood; the sentence says what and where
    """
    sheets = read_sheets(data, knows=knows, is_key=is_key)
    chosen = choose_sheet(sheets, knows=knows, is_key=is_key, wanted=sheet)
    return read_printed(chosen.rows, knows=knows, is_key=is_key, origin=chosen.origin)


def read_sheets(data: bytes, *, knows: KnowsHeading, is_key: KnowsHeading) -> tuple[Sheet, ...]:
    """All sheets of the file (a CSV has one), each within the limits.

    :raises BadInput: see :func:`read_table`
    """
    _refuse_size(data)
    if data.startswith(b"PK"):
        found = read_workbook(data, max_rows=MAX_ROWS, max_columns=MAX_COLUMNS)
        sheets = tuple(Sheet(name, rows, f"XLSX，工作表“{name}”") for name, rows in found)
    else:
        sheets = (_read_text(data, knows=knows, is_key=is_key),)
    for sheet in sheets:
        _refuse_limits(sheet.rows)
    return sheets


def choose_sheet(sheets: Sequence[Sheet], *, knows: KnowsHeading, is_key: KnowsHeading, wanted: str | None) -> Sheet:
    """The sheet asked for, or the only one that holds a heading.

    :raises BadInput: ``sheet.unknown``, ``sheet.several``
    """
    names = "、".join(f"“{sheet.name}”" for sheet in sheets)
    if wanted is not None:
        for sheet in sheets:
            if sheet.name == wanted:
                return sheet
        raise BadInput(
            "sheet.unknown", N_("没有名为“%(wanted)s”的工作表；文件中有%(names)s"), wanted=wanted, names=names
        )
    holding = [s for s in sheets if find_heading(s.rows, knows=knows, is_key=is_key) is not None]
    if len(holding) > 1:
        raise BadInput(
            "sheet.several",
            N_("有%(count)s张工作表都有名单：%(names)s。请用 --sheet 指明其中一张"),
            count=len(holding),
            names="、".join(f"“{sheet.name}”" for sheet in holding),
        )
    if holding:
        return holding[0]
    return next((sheet for sheet in sheets if any(any(row) for row in sheet.rows)), sheets[0])


def _refuse_size(data: bytes) -> None:
    if not data.strip():
        raise BadInput("sheet.empty", N_("文件是空的"))
    if len(data) > MAX_BYTES:
        raise BadInput(
            "sheet.too_large",
            N_("文件有%(size)s MiB，超过%(limit)s MiB的上限"),
            size=f"{len(data) / 1024 / 1024:.1f}",
            limit=MAX_BYTES // 1024 // 1024,
        )


def _refuse_limits(rows: Sequence[Sequence[str]]) -> None:
    if len(rows) > MAX_ROWS:
        raise BadInput("sheet.too_many_rows", N_("表格超过%(limit)s行的上限"), limit=MAX_ROWS)
    for number, row in enumerate(rows, start=1):
        if len(row) > MAX_COLUMNS and any(row[MAX_COLUMNS:]):
            raise BadInput(
                "sheet.too_many_columns",
                N_("第%(row)s行有%(count)s列，超过%(limit)s列的上限"),
                row=number,
                count=len(row),
                limit=MAX_COLUMNS,
            )
        for column, cell in enumerate(row, start=1):
            _refuse_cell(cell, row=number, column=column)


def _refuse_cell(cell: str, *, row: int, column: int) -> None:
    if len(cell) > MAX_CELL:
        raise BadInput(
            "sheet.cell_too_long",
            N_("第%(row)s行第%(column)s列有%(length)s个字，超过%(limit)s字的上限；引号可能没有成对"),
            row=row,
            column=column,
            length=len(cell),
            limit=MAX_CELL,
        )
    odd = next((char for char in cell if ord(char) < 32 and char not in "\n\r\t"), None)
    if odd is not None or "\ufffd" in cell:
        raise BadInput(
            "sheet.control_character",
            N_("第%(row)s行第%(column)s列有不能显示的字符，文件可能已损坏或编码不对"),
            row=row,
            column=column,
        )


def _read_text(data: bytes, *, knows: KnowsHeading, is_key: KnowsHeading) -> Sheet:
    _refuse_other_formats(data)
    text, encoding = decode(data)
    if text.lstrip()[:1] == "<":
        raise BadInput("sheet.html", N_("文件内容是网页（HTML），不是表格；请在表格软件中打开后另存为 .xlsx 或 .csv"))
    rows, delimiter = _split(text, knows=knows, is_key=is_key)
    return Sheet(name="CSV", rows=rows, origin=f"CSV，编码 {encoding}，{DELIMITERS[delimiter]}分隔")


def _refuse_other_formats(data: bytes) -> None:
    if data.startswith(_OLE):
        raise BadInput("sheet.old_xls", N_("这是旧版 .xls 文件或加密的工作簿；请在表格软件中另存为不加密的 .xlsx"))
    if data.startswith(b"%PDF"):
        raise BadInput("sheet.pdf", N_("这是 PDF 文件，不是表格；请提供 .xlsx 或 .csv"))
    if data.startswith(_WIDE_MARKS):
        raise BadInput("sheet.utf16", N_("文件是 UTF-16 或 UTF-32 编码；请另存为 UTF-8 编码的 .csv"))


def decode(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding: UTF-8 where the bytes are valid UTF-8, else GB18030, else refused.

    :raises BadInput: ``sheet.encoding``, with the first byte that fits neither
    """
    if data.startswith(codecs.BOM_UTF8):
        return _strict(data[3:], "utf-8", shown="UTF-8（带标记）", offset=3), "UTF-8（带标记）"
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _strict(data, "gb18030", shown="UTF-8 或 GB18030", offset=0), "GB18030"


def _strict(data: bytes, encoding: str, *, shown: str, offset: int) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInput(
            "sheet.encoding",
            N_("文件不是 %(encoding)s 编码的文本：第%(line)s行（第%(byte)s字节）不能解读"),
            encoding=shown,
            line=data.count(b"\n", 0, error.start) + 1,
            byte=error.start + offset + 1,
        ) from error


def _split(text: str, *, knows: KnowsHeading, is_key: KnowsHeading) -> tuple[tuple[tuple[str, ...], ...], str]:
    """Rows by the delimiter under which the heading has the most columns; a comma where none divides it."""
    best = ","
    most = 0
    for delimiter in DELIMITERS:
        head = _parse(text, delimiter, limit=60, lenient=True)
        start = find_heading(head, knows=knows, is_key=is_key)
        width = 0 if start is None else sum(1 for cell in head[start] if cell)
        if width > most:
            best, most = delimiter, width
    return tuple(_parse(text, best, limit=MAX_ROWS + 1, lenient=False)), best


def _parse(text: str, delimiter: str, *, limit: int, lenient: bool) -> list[tuple[str, ...]]:
    """At most ``limit`` rows. ``lenient`` while trying delimiters: there a broken row ends the trial quietly."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[str, ...]] = []
    try:
        for row in reader:
            rows.append(tuple(cell.strip() for cell in row))
            if len(rows) >= limit:
                break
    except csv.Error as error:
        if lenient:
            return rows
        raise BadInput(
            "sheet.broken_csv", N_("第%(row)s行附近不是完整的 CSV：引号没有成对或引号后有多余的字"), row=len(rows) + 1
        ) from error
    return rows
