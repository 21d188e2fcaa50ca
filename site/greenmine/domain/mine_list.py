"""A printed list of mines, row by row, as far as it is understood; what is doubtful is said beside its row.

Pure: takes the table, the regions and the minerals. Nothing doubtful stops an import by itself; a layout that
is not understood, or a row without a name, does.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from greenmine.domain.credit_code import is_valid_credit_code, normalise_credit_code
from greenmine.domain.errors import BadInput
from greenmine.domain.mine import SCALE_LABELS, Level, Method, Scale
from greenmine.domain.mine_heading import Column, Layout, understand_layout
from greenmine.domain.mine_name import NameParts, name_key, split_name, tidy
from greenmine.domain.mine_place import CERTAIN, Place, PlaceFinder, PlaceSource
from greenmine.domain.mine_scale import read_capacity
from greenmine.domain.mineral import MineralMatch, Minerals
from greenmine.domain.permit import looks_like_permit_number, normalise_permit_number
from greenmine.domain.printed_table import PrintedTable, TableRow, fold_cell
from greenmine.domain.region import RegionLevel, Regions
from greenmine.domain.text import N_


class Doubt(StrEnum):
    """What a person should look at before a row is imported."""

    NO_REGION = "no_region"  # 未找到地区
    REGION_WIDE = "region_wide"  # 只到省级
    REGION_GUESSED = "region_guessed"  # 由简称推断
    REGION_AMBIGUOUS = "region_ambiguous"  # 地区有多解
    REGION_UNFIT = "region_unfit"  # 地区互相矛盾
    HOLDER_GUESSED = "holder_guessed"  # 企业名由简称推断
    MINERAL_UNKNOWN = "mineral_unknown"  # 矿种不在目录
    MINERAL_NOT_TOLD = "mineral_not_told"  # 没有矿种
    SCALE_UNKNOWN = "scale_unknown"  # 规模不认识
    SCALE_CONTRADICTS = "scale_contradicts"  # 规模与产能不符
    METHOD_UNKNOWN = "method_unknown"  # 开采方式不认识
    LEVEL_UNKNOWN = "level_unknown"  # 级别不认识
    PERMIT_ODD = "permit_odd"  # 许可证号异常
    CREDIT_CODE_WRONG = "credit_code_wrong"  # 信用代码校验不符
    ORDINAL_ODD = "ordinal_odd"  # 序号不连续
    DUPLICATE_ROW = "duplicate_row"  # 行重复


DOUBT_SENTENCES: Final[Mapping[Doubt, str]] = {
    Doubt.NO_REGION: N_("没有找到所在地区"),
    Doubt.REGION_WIDE: N_("所在地区只到省级：%(detail)s"),
    Doubt.REGION_GUESSED: N_("所在地区由名称中的简称推断：%(detail)s"),
    Doubt.REGION_AMBIGUOUS: N_("所在地区有多种可能：%(detail)s"),
    Doubt.REGION_UNFIT: N_("“%(detail)s”与其他地区信息不符或不在区划表中，未采用"),
    Doubt.HOLDER_GUESSED: N_("企业名由简称推断：%(detail)s"),
    Doubt.MINERAL_UNKNOWN: N_("矿种“%(detail)s”不在矿产目录中"),
    Doubt.MINERAL_NOT_TOLD: N_("没有矿种，名称中也看不出"),
    Doubt.SCALE_UNKNOWN: N_("规模“%(detail)s”不认识，未采用"),
    Doubt.SCALE_CONTRADICTS: N_("规模与生产能力不符：%(detail)s"),
    Doubt.METHOD_UNKNOWN: N_("开采方式“%(detail)s”不认识，未采用"),
    Doubt.LEVEL_UNKNOWN: N_("级别“%(detail)s”不认识，未采用"),
    Doubt.PERMIT_ODD: N_("采矿许可证号“%(detail)s”不是C加22位数字"),
    Doubt.CREDIT_CODE_WRONG: N_("统一社会信用代码“%(detail)s”校验不符，未采用"),
    Doubt.ORDINAL_ODD: N_("序号“%(detail)s”与上一行不连续"),
    Doubt.DUPLICATE_ROW: N_("与第%(detail)s行重复"),
}


@dataclass(frozen=True)
class RowWarning:
    """A doubt about one row: its number in the file (from 1), the doubt, and what it is about."""

    row: int
    doubt: Doubt
    detail: str = ""

    @property
    def sentence(self) -> str:
        """The doubt as a Chinese sentence."""
        sentence = DOUBT_SENTENCES[self.doubt]
        return sentence % {"detail": self.detail} if self.detail else sentence


@dataclass(frozen=True)
class ListedMine:
    """One mine of a list. Empty text and None: the list does not tell.

    :param row: row number in the file, from 1
    :param name: as printed, without layout blanks; it may hold holder and mine in one
    :param key: :func:`greenmine.domain.mine_name.name_key` of ``name``
    :param holder: the firm, from its column or from the name
    :param place: where the region comes from, and what stayed open
    :param mineral: name in the catalogue, or the printed word where the catalogue has none
    :param mineral_use: use the catalogue lists (建筑石料用灰岩)
    :param mineral_guessed: whether the mineral is read from the name
    :param capacity: as printed, with its unit
    """

    row: int
    ordinal: str
    name: str
    key: str
    parts: NameParts
    holder: str
    place: Place
    mineral: str = ""
    mineral_class: str = ""
    mineral_use: str = ""
    mineral_guessed: bool = False
    scale: Scale | None = None
    capacity: str = ""
    method: Method | None = None
    level: Level | None = None
    permit_no: str = ""
    credit_code: str = ""
    recommender: str = ""
    note: str = ""

    @property
    def region(self) -> str | None:
        """Code of the region found, or None."""
        return self.place.region


@dataclass(frozen=True)
class MineList:
    """A whole list: what its columns were taken for, its mines, the doubts by row, and the printed table."""

    table: PrintedTable
    layout: Layout
    mines: tuple[ListedMine, ...]
    warnings: tuple[RowWarning, ...]


_SCALES: Final = {"大": Scale.LARGE, "中": Scale.MEDIUM, "小": Scale.SMALL}
_LEVELS: Final = {
    "国家": Level.NATIONAL,
    "省": Level.PROVINCIAL,
    "自治区": Level.PROVINCIAL,
    "市": Level.CITY,
    "州": Level.CITY,
    "县": Level.COUNTY,
    "区": Level.COUNTY,
}
_LEVEL: Final = re.compile(rf"({'|'.join(_LEVELS)})级?(?:绿色矿山|名录)?")
_HEADING_UNIT: Final = re.compile(r"\(((?:万?吨|万?立方米|万?m3|万?t|万?克拉)(?:/年|/a)?)\)", re.I)
_BARE_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_REGION_COLUMNS: Final = (Column.PROVINCE, Column.PREFECTURE, Column.COUNTY, Column.PLACE)


def read_list(table: PrintedTable, *, regions: Regions, minerals: Minerals, within: str | None = None) -> MineList:
    """Understand a printed table as a list of mines.

    :param within: code of the region the whole list belongs to (a province's own list rarely prints it)
    :raises BadInput: ``list.no_name_column``, ``list.column_twice``, ``list.row_without_name``
    """
    layout = understand_layout(table.heading)
    reader = _RowReader(layout, regions=regions, minerals=minerals, within=within)
    mines = tuple(reader.read(row) for row in table.rows)
    warnings = (*reader.warnings, *_ordinal_doubts(mines), *_repeated_rows(mines))
    ordered = tuple(sorted(warnings, key=lambda warning: warning.row))
    return MineList(table=table, layout=layout, mines=mines, warnings=ordered)


def _ordinal_doubts(mines: Sequence[ListedMine]) -> Iterable[RowWarning]:
    """序号 that do not follow each other; a new count from 1 (a new group) is in order."""
    before: int | None = None
    for mine in mines:
        number = int(mine.ordinal) if mine.ordinal.isdecimal() and len(mine.ordinal) < 7 else None
        if mine.ordinal and (number is None or (before is not None and number not in {before + 1, 1})):
            yield RowWarning(mine.row, Doubt.ORDINAL_ODD, mine.ordinal)
        before = number if number is not None else before


def _repeated_rows(mines: Sequence[ListedMine]) -> Iterable[RowWarning]:
    seen: dict[tuple[str, str, str | None], int] = {}
    for mine in mines:
        first = seen.setdefault((mine.key, name_key(mine.holder), mine.region), mine.row)
        if first != mine.row:
            yield RowWarning(mine.row, Doubt.DUPLICATE_ROW, str(first))


class _RowReader:
    """Reads rows of one layout and gathers the doubts; lives only while one list is read."""

    def __init__(self, layout: Layout, *, regions: Regions, minerals: Minerals, within: str | None) -> None:
        self.regions = regions
        self.minerals = minerals
        self.finder = PlaceFinder(regions, within=within)
        self.warnings: list[RowWarning] = []
        self.index: dict[Column, list[int]] = {}
        for taken in layout.columns:
            if taken.column is not None:
                self.index.setdefault(taken.column, []).append(taken.number - 1)
        self.unit = _unit_of(layout)
        self.row = TableRow(number=0, cells=(), section=None)

    def read(self, row: TableRow) -> ListedMine:
        self.row = row
        name = tidy(self._cell(Column.NAME) or self._cell(Column.NAME_AND_MINERAL))
        if not name:
            raise BadInput("list.row_without_name", N_("第%(row)s行有内容，但没有矿山名称"), row=row.number)
        parts = split_name(name)
        holder = tidy(self._cell(Column.HOLDER)) or self._holder_of(parts)
        mineral, guessed, printed = self._mineral(parts)
        scale, capacity, method = self._production(mineral, printed)
        return ListedMine(
            row=row.number,
            ordinal=fold_cell(self._cell(Column.ORDINAL)).rstrip(".、"),
            name=name,
            key=name_key(name),
            parts=parts,
            holder=holder,
            place=self._place(parts, holder),
            mineral=mineral.mineral.name if mineral else printed,
            mineral_class=mineral.mineral.mineral_class.value if mineral else "",
            mineral_use=(mineral.use or "") if mineral else "",
            mineral_guessed=guessed,
            scale=scale,
            capacity=capacity,
            method=method,
            level=self._level(),
            permit_no=self._permit(),
            credit_code=self._credit_code(),
            recommender=tidy(self._cell(Column.RECOMMENDER)),
            note=tidy(self._cell(Column.NOTE)),
        )

    def _cell(self, column: Column) -> str:
        """The column's text; several 备注 columns are joined."""
        cells = (self.row.cells[index] for index in self.index.get(column, ()))
        return "；".join(cell for cell in cells if cell)

    def _doubt(self, doubt: Doubt, detail: str = "") -> None:
        self.warnings.append(RowWarning(self.row.number, doubt, detail))

    def _holder_of(self, parts: NameParts) -> str:
        if not parts.certain:
            self._doubt(Doubt.HOLDER_GUESSED, parts.holder)
        return parts.holder

    def _place(self, parts: NameParts, holder: str) -> Place:
        columns = [self._cell(column) for column in _REGION_COLUMNS]
        place = self.finder.find(columns=columns, section=self.row.section, name=parts, holder=holder)
        if place.unfit:
            self._doubt(Doubt.REGION_UNFIT, "、".join(place.unfit))
        if place.ambiguous:
            self._doubt(Doubt.REGION_AMBIGUOUS, "、".join(map(self.regions.path_name, place.ambiguous)))
        elif place.region is None:
            self._doubt(Doubt.NO_REGION)
        elif place.source not in CERTAIN and place.source is not PlaceSource.LIST:
            self._doubt(Doubt.REGION_GUESSED, self.regions.path_name(place.region))
        elif self.regions.get(place.region).level is RegionLevel.PROVINCE:
            self._doubt(Doubt.REGION_WIDE, self.regions.path_name(place.region))
        return place

    def _mineral(self, parts: NameParts) -> tuple[MineralMatch | None, bool, str]:
        """What was recognised, whether from the name, and the printed word where the column's is not known."""
        printed = tidy(self._cell(Column.MINERAL))
        if printed:
            found = self.minerals.find(printed) or self.minerals.match_name(f"{printed}矿")
            if found is None:
                self._doubt(Doubt.MINERAL_UNKNOWN, printed)
            return found, False, printed
        told = self.minerals.find(parts.bracket) if parts.bracket else None
        if told is not None:
            return told, not self.index.get(Column.NAME_AND_MINERAL), ""
        found = self.minerals.match_name(parts.mine if parts.names_mine else parts.whole)
        if found is None:
            self._doubt(Doubt.MINERAL_NOT_TOLD)
        return found, found is not None, ""

    def _production(self, mineral: MineralMatch | None, printed: str) -> tuple[Scale | None, str, Method | None]:
        method = self._method()
        scale_text, capacity = tidy(self._cell(Column.SCALE)), tidy(self._cell(Column.CAPACITY))
        if not scale_text and _scale(capacity) is not None:
            scale_text, capacity = capacity, ""
        if not capacity and _BARE_NUMBER.match(fold_cell(scale_text)):
            scale_text, capacity = "", scale_text
        if self.unit and _BARE_NUMBER.fullmatch(capacity):
            capacity = f"{capacity}{self.unit}"
        scale = _scale(scale_text)
        if scale_text and scale is None:
            self._doubt(Doubt.SCALE_UNKNOWN, scale_text)
        self._compare_scale(scale, capacity, method, known_as=mineral.mineral.name if mineral else printed)
        return scale, capacity, method

    def _compare_scale(self, scale: Scale | None, capacity: str, method: Method | None, *, known_as: str) -> None:
        """Source: 国土资发〔2004〕208号."""
        amount = read_capacity(capacity) if capacity else None
        if scale is None or amount is None:
            return
        counted = self.minerals.scale_of(known_as, amount, method=method)
        if counted is not None and counted is not scale:
            detail = f"{SCALE_LABELS[scale]}，{capacity}按国土资发〔2004〕208号为{SCALE_LABELS[counted]}"
            self._doubt(Doubt.SCALE_CONTRADICTS, detail)

    def _method(self) -> Method | None:
        text = fold_cell(self._cell(Column.METHOD))
        method = _method(text)
        if text and method is None:
            self._doubt(Doubt.METHOD_UNKNOWN, text)
        return method

    def _level(self) -> Level | None:
        text = fold_cell(self._cell(Column.LEVEL))
        if not text:
            return None
        match = _LEVEL.fullmatch(text)
        if match is None:
            self._doubt(Doubt.LEVEL_UNKNOWN, text)
            return None
        return _LEVELS[match.group(1)]

    def _permit(self) -> str:
        number = normalise_permit_number(self._cell(Column.PERMIT))
        if number and not looks_like_permit_number(number):
            self._doubt(Doubt.PERMIT_ODD, number)
        return number

    def _credit_code(self) -> str:
        """A code that fails its check is not imported: the register holds none that cannot be right."""
        code = normalise_credit_code(self._cell(Column.CREDIT_CODE))
        if code and not is_valid_credit_code(code):
            self._doubt(Doubt.CREDIT_CODE_WRONG, code)
            return ""
        return code


def _scale(text: str) -> Scale | None:
    folded = fold_cell(text)
    return _SCALES.get(folded[0]) if folded[:1] and folded[1:] in {"", "型", "型矿山", "型矿"} else None


def _method(text: str) -> Method | None:
    """露天+地下 before either alone; 井采 and 井工 of coal are underground, 钻井 and 管道 are wells."""
    open_pit = "露天" in text
    underground = any(word in text for word in ("地下", "井工", "坑采", "硐采", "井下", "平硐", "竖井", "斜井"))
    if open_pit and underground:
        return Method.BOTH
    if open_pit:
        return Method.OPEN_PIT
    if underground:
        return Method.UNDERGROUND
    return Method.WELL if any(word in text for word in ("钻井", "管道", "抽采", "水溶", "自流", "井采")) else None


def _unit_of(layout: Layout) -> str:
    """The unit a capacity column prints in its heading: 生产规模(万吨/年)."""
    for taken in layout.columns:
        if taken.column in {Column.CAPACITY, Column.SCALE}:
            match = _HEADING_UNIT.search(fold_cell(taken.heading))
            if match is not None:
                return match.group(1)
    return ""
