"""The list of a notice as an officer types, pastes or uploads it: one line a mine, cells divided by ``｜`` or tabs.

The typed text is what a draft keeps; items are read from it. A line may begin with the public number of a
registered mine: ``GM-520524-0001｜1｜青山磷矿｜织金县``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from greenmine.content.sheet import read_table
from greenmine.domain.errors import BadInput
from greenmine.domain.import_preview import KnownMine, preview_list
from greenmine.domain.mine_heading import Column, column_of, knows_heading, names_mines
from greenmine.domain.mine_list import read_list
from greenmine.domain.mine_name import name_key
from greenmine.domain.notice import NoticeItem
from greenmine.domain.noun import MINE
from greenmine.domain.reference import Reference
from greenmine.domain.region import Regions
from greenmine.domain.text import N_
from greenmine.store.mine import MineRow

BAR: Final = "｜"
MOST_LINES: Final = 2500
"""What the envelope of one act can hold; larger lists are published as several notices."""

LONGEST_CELL: Final = 1000
"""As the schema of acts bounds a cell of a list (domain/act/terms.py, texts())."""

_CELL_ENDS: Final = re.compile(r"[\t｜|]")
_NUMBER: Final = re.compile(MINE.pattern)
_NAMES: Final = (Column.NAME, Column.NAME_AND_MINERAL, Column.HOLDER)


def read_columns(text: str) -> tuple[str, ...]:
    """Headings; empty ones at the end are left out."""
    return _cells(text) if text.strip() else ()


def read_lines(columns: Sequence[str], text: str) -> tuple[NoticeItem, ...]:
    """Items of the list. Raises BadInput, field ``lines`` or ``columns``, naming the line."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if len(lines) > MOST_LINES:
        raise BadInput("lines.many", N_("名单超过%(most)s行，请分成几件公示发布。"), field="lines", most=MOST_LINES)
    if lines and not columns:
        raise BadInput("lines.no_columns", N_("请填写名单的栏目。"), field="columns")
    return tuple(_item(columns, number, line) for number, line in lines)


def write_lines(items: Iterable[NoticeItem]) -> str:
    """Items as the text they are read from."""
    return "\n".join(BAR.join([*([item.mine] if item.mine else []), *map(_plain, item.cells)]) for item in items)


def numbered(items: Iterable[NoticeItem], names: Mapping[str, frozenset[str]]) -> tuple[NoticeItem, ...]:
    """Items whose name fits exactly one registered mine, with its number.

    :param names: key of a name → numbers of the mines that go by it (mine_check.names_by_key)
    """
    listed = tuple(items)
    taken = {item.mine for item in listed}
    found: list[NoticeItem] = []
    for item in listed:
        same = names.get(name_key(item.name), frozenset()) if not item.mine else frozenset()
        number = next(iter(same)) if len(same) == 1 and not same & taken else item.mine
        taken.add(number)
        found.append(NoticeItem(item.name, item.cells, number, item.note))
    return tuple(found)


def from_file(
    data: bytes, *, region: str, known: Sequence[KnownMine], reference: Reference
) -> tuple[tuple[str, ...], tuple[NoticeItem, ...]]:
    """Columns and items of an uploaded CSV or XLSX, as printed, with the numbers of the mines it surely names.

    Raises BadInput with what was not understood.
    """
    table = read_table(data, knows=knows_heading, is_key=names_mines)
    listed = read_list(table, regions=reference.regions, minerals=reference.minerals, within=region)
    preview = preview_list(listed, known=known, regions=reference.regions)
    names = {mine.row: mine.name for mine in listed.mines}
    items = tuple(
        NoticeItem(names[row.number], tuple(map(_plain, row.cells)), preview.identified.get(row.number))
        for row in table.rows
        if row.number in names
    )
    return tuple(map(_plain, table.heading)), items


def line_of(mine: MineRow, columns: Sequence[str], *, ordinal: int, regions: Regions) -> NoticeItem:
    """A registered mine as a line under these headings; columns that are not understood stay empty."""
    values = _values(mine, ordinal=ordinal, regions=regions)
    kinds = [column_of(column) for column in columns]
    cells = tuple(values.get(kind, "") if kind else "" for kind in kinds)
    return NoticeItem(mine.facts.name, cells, mine.id)


def _values(mine: MineRow, *, ordinal: int, regions: Regions) -> Mapping[Any, str]:
    path = [*regions.ancestors(mine.facts.region), regions.get(mine.facts.region)]
    place = [region.name for region in path if region.parent is not None]
    return {
        Column.ORDINAL: str(ordinal),
        Column.NAME: mine.facts.name,
        Column.NAME_AND_MINERAL: f"{mine.facts.name}（{mine.facts.mineral}）"
        if mine.facts.mineral
        else mine.facts.name,
        Column.HOLDER: mine.facts.holder,
        Column.PROVINCE: place[0] if place else "",
        Column.PREFECTURE: place[1] if len(place) > 1 else "",
        Column.COUNTY: place[2] if len(place) > 2 else "",
        Column.PLACE: "".join(place[1:]) or "".join(place),
        Column.MINERAL: mine.facts.mineral,
        Column.CAPACITY: mine.facts.capacity,
        Column.PERMIT: mine.facts.permit_no,
        Column.CREDIT_CODE: mine.facts.credit_code,
    }


def _item(columns: Sequence[str], number: int, line: str) -> NoticeItem:
    cells = list(_cells(line))
    mine = cells.pop(0) if _NUMBER.fullmatch(cells[0]) else None
    if len(cells) > len(columns):
        raise BadInput(
            "lines.cells",
            N_("名单第%(line)s行有%(count)s栏，多于栏目的%(columns)s栏。"),
            field="lines",
            line=number,
            count=len(cells),
            columns=len(columns),
        )
    cells += [""] * (len(columns) - len(cells))
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise BadInput(
            "lines.long",
            N_("名单第%(line)s行有一栏超过%(most)s个字，请缩短，或改用附件。"),
            field="lines",
            line=number,
            most=LONGEST_CELL,
        )
    name = cells[_name_at(columns)]
    if not name:
        raise BadInput("lines.name", N_("名单第%(line)s行没有矿山名称。"), field="lines", line=number)
    return NoticeItem(name, tuple(cells), mine)


def _name_at(columns: Sequence[str]) -> int:
    """Which column names the mine: the heading that says so, else the second of several, else the first."""
    kinds = [column_of(column) for column in columns]
    for wanted in _NAMES:
        if wanted in kinds:
            return kinds.index(wanted)
    return 1 if len(columns) > 1 else 0


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in _CELL_ENDS.split(line.strip("\n")))


def _plain(cell: str) -> str:
    """A cell without what would end it."""
    return " ".join(_CELL_ENDS.sub("/", cell).split())
