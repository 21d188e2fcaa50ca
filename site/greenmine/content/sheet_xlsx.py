"""XLSX workbooks: measured before they are opened, then read by python-calamine.

The order is the safety: sizes named in the ZIP directory → the bytes themselves, never more than named, into
a fresh archive (so what was measured is what the reader sees) → cell addresses of every sheet by a streaming
XML parser (a lone cell at XFD1048576 would make the reader allocate 17 thousand million cells) → the reader.
"""

import datetime
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final
from xml.parsers import expat

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from greenmine.domain.errors import BadInput
from greenmine.domain.text import N_

MAX_UNPACKED: Final = 64 * 1024 * 1024
"""Most bytes of all XML parts together once unpacked."""

MAX_PARTS: Final = 500
"""Most parts (files) inside the workbook."""

MAX_CELLS: Final = 500_000
"""Most cells of all sheets together: 20,000 rows of 25 columns. Cells may repeat an address, so they are counted."""

MAX_ELEMENTS: Final = 4 * MAX_CELLS
"""Most XML elements of all sheets together: a cell is hardly ever more than three (``c``, ``is``, ``t``)."""

_ADDRESS: Final = re.compile(r"^\$?([A-Z]{1,3})\$?(\d{1,7})$")
_ZIP_ENCRYPTED: Final = 0x1
_FOREIGN: Final = ("vbaproject.bin", ".exe", ".dll", ".js", ".vbs", ".bat", ".cmd", ".ps1", ".htm", ".html", ".zip")

RawRows = tuple[tuple[str, ...], ...]
Cell = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta


def read_workbook(data: bytes, *, max_rows: int, max_columns: int) -> list[tuple[str, RawRows]]:
    """Name and rows of every worksheet, merged cells filled down and to the right as they are printed.

    Formula cells give the value the workbook stored; one without a stored value is refused.

    :raises BadInput: ``sheet.not_xlsx``, ``sheet.bomb``, ``sheet.too_many_rows``, ``sheet.too_many_columns``,
        ``sheet.too_many_cells``, ``sheet.formula``, ``sheet.xml``
    """
    parts = _unpack(data)
    unstored: dict[str, str] = {}
    tally = _Tally()
    for name, xml in parts.items():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            _Survey(name, max_rows=max_rows, max_columns=max_columns, unstored=unstored, tally=tally).read(xml)
    if unstored:
        raise BadInput(
            "sheet.formula",
            N_("单元格%(cell)s是公式而没有保存结果；请在表格软件中打开、保存后再导入，或改为数值"),
            cell=next(iter(unstored.values())),
        )
    try:
        with CalamineWorkbook.from_object(_repacked(parts)) as workbook:
            return [
                (meta.name, _rows(workbook.get_sheet_by_name(meta.name)))
                for meta in workbook.sheets_metadata
                if meta.typ == SheetTypeEnum.WorkSheet
            ]
    except (CalamineError, ValueError) as error:
        raise _not_xlsx() from error


def measure_workbook(data: bytes) -> None:
    """Refuse what is no workbook that may be kept, by the measures of :func:`read_workbook`, without reading a cell.

    :raises BadInput: ``sheet.not_xlsx``, ``sheet.bomb``, ``sheet.encrypted``
    """
    parts = _unpack(data)
    if "[Content_Types].xml" not in parts:
        raise _not_xlsx()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if any(not _is_member(name) for name in archive.namelist()):
            raise _not_xlsx()


def _is_member(name: str) -> bool:
    """Whether a workbook has parts of this name: within its own folders, no macros, no programs."""
    plain = not name.startswith("/") and ".." not in name.split("/") and "\\" not in name
    known = name == "[Content_Types].xml" or name.startswith(("_rels/", "docProps/", "xl/", "customXml/"))
    return plain and known and not name.lower().endswith(_FOREIGN)


def _not_xlsx() -> BadInput:
    return BadInput("sheet.not_xlsx", N_("文件不是能打开的 .xlsx 工作簿，可能已损坏或是别的压缩文件"))


_UNREADABLE: Final = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, OSError, EOFError, ValueError, RuntimeError,
)  # fmt: skip
"""What reading a damaged archive raises."""


def _unpack(data: bytes) -> Mapping[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_bomb(archive.infolist())
            wanted = [i for i in archive.infolist() if i.filename.endswith((".xml", ".rels"))]
            parts = {info.filename: archive.read(info) for info in wanted}
    except _UNREADABLE as error:
        raise _not_xlsx() from error
    if "xl/workbook.xml" not in parts:
        raise _not_xlsx()
    return parts


def _refuse_bomb(infos: list[zipfile.ZipInfo]) -> None:
    total = sum(info.file_size for info in infos)
    if len(infos) > MAX_PARTS or total > MAX_UNPACKED:
        raise BadInput(
            "sheet.bomb",
            N_("工作簿展开后有%(parts)s个部件、%(size)s MiB，超过上限，不予打开"),
            parts=len(infos),
            size=total // 1024 // 1024,
        )
    if any(info.flag_bits & _ZIP_ENCRYPTED for info in infos):
        raise BadInput("sheet.encrypted", N_("工作簿已加密；请另存为不加密的 .xlsx"))


def _repacked(parts: Mapping[str, bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    out.seek(0)
    return out


class _Tally:
    """How much the sheets surveyed so far hold together."""

    def __init__(self) -> None:
        self.cells = 0
        self.elements = 0

    def count(self, tag: str) -> None:
        """Count an element. Raises BadInput as soon as there are too many, however few places they name."""
        self.elements += 1
        self.cells += tag == "c"
        if self.cells > MAX_CELLS or self.elements > MAX_ELEMENTS:
            raise BadInput("sheet.too_many_cells", N_("工作簿的单元格超过%(limit)s个的上限"), limit=MAX_CELLS)


class _Survey:
    """One pass over a sheet's XML: how far its cells reach, how many there are, formulas without a stored value."""

    def __init__(self, part: str, *, max_rows: int, max_columns: int, unstored: dict[str, str], tally: _Tally) -> None:
        self.part = part
        self.max_rows = max_rows
        self.max_columns = max_columns
        self.unstored = unstored
        self.tally = tally
        self.rows = 0
        self.address = ""
        self.row = 0
        self.column = 0
        self.formula = False
        self.valued = False
        self.in_value = False
        self.text_result = False

    def read(self, xml: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        try:
            parser.Parse(xml, True)
        except expat.ExpatError as error:
            raise BadInput("sheet.xml", N_("工作簿的部件%(part)s不是正确的 XML"), part=self.part) from error

    def _doctype(self, *_: object) -> None:
        raise BadInput("sheet.xml", N_("工作簿的部件%(part)s不是正确的 XML"), part=self.part)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        self.tally.count(tag)
        if tag == "row":
            self._count_row()
            self.row = _number(attributes.get("r"), default=self.row + 1)
            self.column = 0
        elif tag == "c":
            self._cell(attributes.get("r"))
            self.text_result = attributes.get("t") == "str"
        elif tag == "f":
            self.formula = True
        elif tag == "v":
            self.in_value = True
            self.valued = self.text_result
        elif tag in {"mergeCell", "dimension"}:
            for corner in attributes.get("ref", "").split(":"):
                if corner and tag == "mergeCell":
                    self._refuse_far(corner)

    def _end(self, name: str) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "v":
            self.in_value = False
        elif tag == "c" and self.formula and not self.valued:
            self.unstored.setdefault(self.part, self.address)

    def _text(self, text: str) -> None:
        """A stored value has characters, or is the empty result of a text formula."""
        self.valued = self.valued or (self.in_value and bool(text.strip()))

    def _count_row(self) -> None:
        """Rows may repeat a number too."""
        self.rows += 1
        if self.rows > self.max_rows:
            raise BadInput("sheet.too_many_rows", N_("表格超过%(limit)s行的上限"), limit=self.max_rows)

    def _cell(self, address: str | None) -> None:
        self.column += 1
        self.formula = self.valued = False
        if address is None:
            address = f"{_letters(self.column)}{self.row}"
        self.address = address
        self.row, self.column = self._refuse_far(address)

    def _refuse_far(self, address: str) -> tuple[int, int]:
        match = _ADDRESS.match(address)
        if match is None:
            raise BadInput("sheet.xml", N_("工作簿的部件%(part)s不是正确的 XML"), part=self.part)
        column, row = _column_number(match.group(1)), int(match.group(2))
        if row > self.max_rows:
            raise BadInput(
                "sheet.too_many_rows", N_("单元格%(cell)s超出%(limit)s行的上限"), cell=address, limit=self.max_rows
            )
        if column > self.max_columns:
            raise BadInput(
                "sheet.too_many_columns",
                N_("单元格%(cell)s超出%(limit)s列的上限"),
                cell=address,
                limit=self.max_columns,
            )
        return row, column


def _number(text: str | None, *, default: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) <= 7 else default


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _rows(sheet: CalamineSheet) -> RawRows:
    grid = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        _fill(grid, top=top, left=left, bottom=bottom, right=right)
    return tuple(tuple(row) for row in grid)


def _fill(grid: list[list[str]], *, top: int, left: int, bottom: int, right: int) -> None:
    if top >= len(grid) or left >= len(grid[top]):
        return
    text = grid[top][left]
    for row in grid[top : bottom + 1]:
        for column in range(left, min(right + 1, len(row))):
            row[column] = text


def _text(cell: Cell) -> str:
    """A cell as a reader would see it: whole numbers without a point, dates as 2024-05-01."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time.min:
        return cell.date().isoformat()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell).strip()
