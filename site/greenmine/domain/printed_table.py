"""A table as authorities print it, and what is table and what is paper around it.

Above the heading stand title lines (附件1 …名单), below the rows stand 合计, 备注, signature and date; long
lists repeat the heading on every page, and some group their rows under lines such as 一、石家庄市(3家).
Nothing is thrown away silently: every row that is not data is named in ``PrintedTable.left_out``.
"""

import itertools
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from greenmine.domain.errors import BadInput
from greenmine.domain.text import N_


class LeftOut(StrEnum):
    """Why a printed row is not a row of data."""

    TITLE = "title"  # 标题行
    HEADING = "heading"  # 表头行
    REPEATED_HEADING = "repeated_heading"  # 重复表头
    TOTAL = "total"  # 合计行
    SECTION = "section"  # 分组行
    NOTE = "note"  # 附注或落款


LEFT_OUT_LABELS: Final = {
    LeftOut.TITLE: N_("标题行"),
    LeftOut.HEADING: N_("表头行"),
    LeftOut.REPEATED_HEADING: N_("重复表头"),
    LeftOut.TOTAL: N_("合计行"),
    LeftOut.SECTION: N_("分组行"),
    LeftOut.NOTE: N_("附注或落款"),
}


@dataclass(frozen=True)
class LeftOutRow:
    """A printed row that is not data: its row number (from 1, as a spreadsheet shows it), why, and its text."""

    number: int
    why: LeftOut
    text: str


@dataclass(frozen=True)
class TableRow:
    """One row of data: row number from 1, one cell per column, and the group line it stands under."""

    number: int
    cells: tuple[str, ...]
    section: str | None


@dataclass(frozen=True)
class PrintedTable:
    """Heading and rows of a printed list. ``origin`` says how it was read (encoding, delimiter, sheet)."""

    heading: tuple[str, ...]
    heading_rows: tuple[int, ...]
    rows: tuple[TableRow, ...]
    left_out: tuple[LeftOutRow, ...]
    origin: str


KnowsHeading = Callable[[str], bool]
"""Whether a cell's text is a column heading that lists are known to print."""

RawRow = Sequence[str]

HEADING_SEPARATOR: Final = "/"
"""Between the lines of a heading that spans several rows: 所在地/市."""

_SECTION: Final = re.compile(r"^(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|第[一二三四五六七八九十]+批)")
_COUNTED_SECTION: Final = re.compile(r"\(?(?:共)?\d+[家个座处]\)?$")
_TOTAL: Final = re.compile(
    r"^(?:合计|总计|小计|共计|本页小计)(?:$|[\d(:,、=.-]|共|[矿山家个座处]*数|矿山\d)|^共\d+[家个座处]"
)
_NOTE: Final = re.compile(
    r"^(?:备注|注|说明|附注|填表说明)\d?[:.、]|^[*※]"
    r"|^(?:(?:制表|填表|填报|审核|联系)(?:人|单位|日期|时间|电话|方式)|公示期|公示时间|抄送)"
)
_DATE: Final = re.compile(
    r"^(?:\d{4}|[一二〇○零三四五六七八九]{4})年[\d一二三四五六七八九十]{1,3}月(?:[\d一二三四五六七八九十]{1,3}日)?$"
)
_SIGNATURE: Final = re.compile(
    r"(?:自然资源|国土资源|人民政府|规划|环境|管理)\S*(?:厅|局|部|委员会|办公室|人民政府)$|人民政府$"
)
_PAGE: Final = re.compile(r"^第?\d+页(?:,?共\d+页)?$|^-\d+-$")


def fold_cell(text: str) -> str:
    """A cell without its layout: compatibility forms folded (NFKC), all white space gone. 合　计 → 合计."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def read_printed(rows: Sequence[RawRow], *, knows: KnowsHeading, is_key: KnowsHeading, origin: str) -> PrintedTable:
    """Find heading and data in raw rows of cell texts.

    :param knows: whether a text is any known column heading
    :param is_key: whether a text heads the column that every list must have (the mine's name)
    :raises BadInput: no row holds the key heading; the key heading stands twice; a row has more cells than
        the heading (its columns have shifted); no data rows follow
    """
    start = find_heading(rows, knows=knows, is_key=is_key)
    if start is None:
        raise _no_heading(rows)
    end = _heading_end(rows, start, knows=knows)
    heading = _joined_heading([rows[index] for index in range(start, end)])
    reader = _BodyReader(heading, [_folded(rows[index]) for index in range(start, end)])
    titles = [LeftOutRow(index + 1, LeftOut.TITLE, _line(rows[index])) for index in range(start) if any(rows[index])]
    headings = [LeftOutRow(index + 1, LeftOut.HEADING, _line(rows[index])) for index in range(start, end)]
    reader.titles = frozenset(fold_cell(row.text) for row in titles)
    for index in range(end, len(rows)):
        reader.take(index + 1, rows[index])
    if not reader.rows:
        raise BadInput(
            "list.no_rows", N_("第%(row)s行认作表头，但其下没有数据行"), row=start + 1, heading="、".join(heading)
        )
    return PrintedTable(
        heading=heading,
        heading_rows=tuple(range(start + 1, end + 1)),
        rows=tuple(reader.rows),
        left_out=(*titles, *headings, *reader.left_out),
        origin=origin,
    )


def find_heading(rows: Sequence[RawRow], *, knows: KnowsHeading, is_key: KnowsHeading) -> int | None:
    """Index of the first row that is a heading, or None: it holds the key heading and mostly known ones.

    A title merged over the whole width repeats one text in every cell and is no heading unless the table
    really has one column.
    """
    for index, row in enumerate(rows):
        cells = [cell for cell in row if cell]
        if not any(is_key(cell) for cell in cells):
            continue
        if len(cells) > 1 and len(set(cells)) == 1:
            continue
        if sum(knows(cell) for cell in cells) * 2 > len(cells):
            return index
    return None


def _no_heading(rows: Sequence[RawRow]) -> BadInput:
    first = next((row for row in rows if any(row)), ())
    seen = "、".join(cell for cell in first if cell)[:60]
    if not seen:
        return BadInput("list.empty", N_("文件中没有任何内容"))
    return BadInput(
        "list.no_heading",
        N_("没有找到表头：应有一行写明“矿山名称”一类的列名；文件第一行有字处写的是“%(seen)s”"),
        seen=seen,
    )


def _heading_end(rows: Sequence[RawRow], start: int, *, knows: KnowsHeading) -> int:
    """Index after the last heading row: further rows belong to it while all they hold is headings."""
    end = start + 1
    while end < len(rows) and end - start < 3:
        cells = [cell for cell in rows[end] if cell]
        same = _folded(rows[end]) == _folded(rows[start])
        if not cells or same or not all(knows(cell) for cell in cells):
            break
        end += 1
    return end


def _joined_heading(rows: Sequence[RawRow]) -> tuple[str, ...]:
    width = max(len(row) for row in rows)
    lines = [list(row) + [""] * (width - len(row)) for row in rows]
    for above, below in itertools.pairwise(lines):
        for column in range(1, width):
            if not above[column] and below[column]:
                above[column] = above[column - 1]
    joined = []
    for column in range(width):
        parts: list[str] = []
        for line in lines:
            text = fold_cell(line[column])
            if text and text not in parts:
                parts.append(text)
        joined.append(HEADING_SEPARATOR.join(parts))
    while joined and not joined[-1]:
        joined.pop()
    return tuple(joined)


def _folded(row: RawRow) -> tuple[str, ...]:
    cells = [fold_cell(cell) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _line(row: RawRow) -> str:
    """The row's text once: a cell merged over several columns is printed once."""
    seen: list[str] = []
    for cell in row:
        if cell and (not seen or seen[-1] != cell):
            seen.append(cell)
    return " ".join(seen)


class _BodyReader:
    """Takes the rows below the heading one by one; lives only while one table is read."""

    def __init__(self, heading: tuple[str, ...], heading_lines: Sequence[tuple[str, ...]]) -> None:
        self.heading = heading
        self.heading_lines = frozenset(heading_lines)
        self.rows: list[TableRow] = []
        self.left_out: list[LeftOutRow] = []
        self.section: str | None = None
        self.titles: frozenset[str] = frozenset()

    def take(self, number: int, row: RawRow) -> None:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            return
        why = self._why_not_data(cells)
        if why is None:
            self._take_data(number, cells)
            return
        text = _line(cells)
        self.left_out.append(LeftOutRow(number, why, text))
        if why is LeftOut.SECTION:
            self.section = text

    def _take_data(self, number: int, cells: list[str]) -> None:
        width = len(self.heading)
        extra = [index for index in range(width, len(cells)) if cells[index]]
        if extra:
            raise BadInput(
                "list.row_too_wide",
                N_("第%(row)s行第%(column)s列有“%(text)s”，而表头只有%(width)s列，各列可能已经错位"),
                row=number,
                column=extra[0] + 1,
                text=cells[extra[0]][:30],
                width=width,
            )
        padded = (cells + [""] * width)[:width]
        self.rows.append(TableRow(number=number, cells=tuple(padded), section=self.section))

    def _why_not_data(self, cells: list[str]) -> LeftOut | None:
        folded = _folded(cells)
        if folded in self.heading_lines:
            return LeftOut.REPEATED_HEADING
        first = next(cell for cell in folded if cell)
        if _TOTAL.match(first):
            return LeftOut.TOTAL
        if _NOTE.match(first):
            return LeftOut.NOTE
        if len({cell for cell in folded if cell}) == 1:
            return self._why_single(first, folded)
        return None

    def _why_single(self, text: str, folded: tuple[str, ...]) -> LeftOut | None:
        """A row that holds one text only: a group line, a signature, a date, a page number, a title again."""
        if text in self.titles:
            return LeftOut.TITLE
        if _DATE.match(text) or _SIGNATURE.search(text) or _PAGE.match(text):
            return LeftOut.NOTE
        if _SECTION.match(text):
            return LeftOut.SECTION
        wide = len(self.heading) > 1
        if wide and _COUNTED_SECTION.search(text):
            return LeftOut.SECTION
        leads = self.heading[0].endswith("号") and bool(folded[0])
        if wide and leads and not text.isdigit():
            return LeftOut.SECTION
        return None
