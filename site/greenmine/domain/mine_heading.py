"""What the columns of a printed list of mines are called, and what each is taken for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from greenmine.domain.errors import BadInput
from greenmine.domain.printed_table import HEADING_SEPARATOR, fold_cell
from greenmine.domain.text import N_


class Column(StrEnum):
    """What a column of a list tells about a mine."""

    ORDINAL = "ordinal"  # 序号
    NAME = "name"  # 矿山名称
    HOLDER = "holder"  # 采矿权人
    NAME_AND_MINERAL = "name_and_mineral"  # 矿山名称(矿种)
    PROVINCE = "province"  # 省份
    PREFECTURE = "prefecture"  # 所在市
    COUNTY = "county"  # 所在县
    PLACE = "place"  # 所在地
    RECOMMENDER = "recommender"  # 推荐单位
    MINERAL = "mineral"  # 矿种
    SCALE = "scale"  # 规模
    CAPACITY = "capacity"  # 生产能力
    METHOD = "method"  # 开采方式
    LEVEL = "level"  # 层级
    PERMIT = "permit"  # 采矿许可证号
    CREDIT_CODE = "credit_code"  # 统一社会信用代码
    NOTE = "note"  # 备注


COLUMN_LABELS: Final[Mapping[Column, str]] = {
    Column.ORDINAL: N_("序号"),
    Column.NAME: N_("矿山名称"),
    Column.HOLDER: N_("采矿权人"),
    Column.NAME_AND_MINERAL: N_("矿山名称（含矿种）"),
    Column.PROVINCE: N_("省份"),
    Column.PREFECTURE: N_("所在市（州）"),
    Column.COUNTY: N_("所在县（市、区）"),
    Column.PLACE: N_("所在地"),
    Column.RECOMMENDER: N_("推荐单位"),
    Column.MINERAL: N_("矿种"),
    Column.SCALE: N_("规模"),
    Column.CAPACITY: N_("生产能力"),
    Column.METHOD: N_("开采方式"),
    Column.LEVEL: N_("级别"),
    Column.PERMIT: N_("采矿许可证号"),
    Column.CREDIT_CODE: N_("统一社会信用代码"),
    Column.NOTE: N_("备注"),
}

_HEADINGS: Final[Mapping[Column, str]] = {
    Column.ORDINAL: "序号 编号 序 顺序号 No No. 排序",
    Column.NAME: (
        "矿山名称 矿山 矿山名 矿名 绿色矿山名称 矿山(企业)名称 企业(矿山)名称 单位(矿山) 单位(矿山)名称 矿山(单位)名称 "
        "单位名称(矿山) 矿山(企业+矿山)名称 采矿权名称 矿业权名称 项目名称 名称 矿山全称"
    ),
    Column.HOLDER: (
        "矿山企业名称 企业名称 采矿权人 采矿权人名称 矿业权人 矿业权人名称 矿山企业 所属企业 企业 公司名称 法人单位 "
        "采矿权人(企业)名称 矿山单位 矿山单位名称 矿企名称 单位名称 申报单位 建设单位 创建单位 所属单位 运营单位"
    ),
    Column.NAME_AND_MINERAL: "矿山名称(矿种) 矿山(矿种) 矿山名称及矿种",
    Column.PROVINCE: "省份 省 所在省 所属省份 省(区、市) 省(自治区、直辖市) 所在省份 所在省(区、市) 省区",
    Column.PREFECTURE: (
        "所在市 市 市州 市(州) 地市 地(州、市) 所在市州 所在市(州) 所在地市 州市 州(市) 设区市 所属市 地级市 盟市 "
        "所在盟市 市别 地州市 所属地市 市(地) 市(州、盟)"
    ),
    Column.COUNTY: (
        "所在县(市、区) 县 县区 县(区) 县(市、区) 市县 县市区 所在县 所在县区 所在县(区) 区县 区(县) 所在区县 "
        "县(市) 旗县 旗县区 县级行政区 所属县区 县(市、区、特区)"
    ),
    Column.PLACE: (
        "所在地 行政区 行政区划 所在行政区 所属行政区 地区 地址 矿山地址 所在地区 地理位置 所在位置 位置 "
        "所在市县 所在市、县 矿山所在地 详细地址 所属地区 区域 所在区域"
    ),
    Column.RECOMMENDER: "推荐单位 推荐部门 申报部门 推荐省份 上报单位",
    Column.MINERAL: "矿种 开采矿种 主要矿种 主矿种 主采矿种 矿产 矿产种类 开采主矿种 主要开采矿种 矿种名称 矿种类型",
    Column.SCALE: "规模 矿山规模 生产规模(大中小) 生产规模类型 规模类型 建设规模(大中小) 矿山规模类型",
    Column.CAPACITY: "生产规模 设计规模 设计生产规模 设计生产能力 生产能力 证载规模 核定生产规模 年产量 建设规模",
    Column.METHOD: "开采方式 采矿方式 开采类型",
    Column.LEVEL: "层级 级别 等级 绿色矿山级别 名录级别 绿色矿山等级",
    Column.PERMIT: "采矿许可证号 许可证号 采矿许可证 采矿证号 采矿许可证编号 采矿许可证证号",
    Column.CREDIT_CODE: "统一社会信用代码 信用代码 社会信用代码 统一信用代码",
    Column.NOTE: "备注 注 说明 备 附注 其他",
}

_PARTED: Final = re.compile(r"\((?:万?吨.*|万?立方米.*|万?m3.*|万?m³.*|.*/年|.*/a|可选|必填|公章|盖章|全称)\)$", re.I)


def _dictionary() -> Mapping[str, Column]:
    known: dict[str, Column] = {}
    for column, printed in _HEADINGS.items():
        for heading in printed.split():
            known[fold_heading(heading)] = column
    return known


def fold_heading(text: str) -> str:
    """A heading without layout, unit and footnote marks: 生产规模（万吨/年） → 生产规模, 备　注 → 备注."""
    folded = fold_cell(text).strip("*:,.、")
    return _PARTED.sub("", folded).replace("【", "(").replace("】", ")").casefold()


_KNOWN: Final = _dictionary()


def column_of(heading: str) -> Column | None:
    """What a heading is taken for; of a heading over several rows the lowest known line counts. None: unknown."""
    for part in reversed(heading.split(HEADING_SEPARATOR)):
        found = _KNOWN.get(fold_heading(part))
        if found is not None:
            return found
    return _KNOWN.get(fold_heading(heading))


def knows_heading(text: str) -> bool:
    """Whether a cell's text is a heading that lists are known to print."""
    return fold_heading(text) in _KNOWN


def names_mines(text: str) -> bool:
    """Whether a cell's text heads the column that holds the mines' names."""
    return _KNOWN.get(fold_heading(text)) in {Column.NAME, Column.NAME_AND_MINERAL, Column.HOLDER}


@dataclass(frozen=True)
class ColumnTaken:
    """One printed column: its number from 1, its heading as printed, what it is taken for (None: left aside)."""

    number: int
    heading: str
    column: Column | None


@dataclass(frozen=True)
class Layout:
    """What every column of a table was taken for."""

    columns: tuple[ColumnTaken, ...]

    def index(self, column: Column) -> int | None:
        """Zero-based index of the column that tells this, or None when the list has none."""
        return next((taken.number - 1 for taken in self.columns if taken.column is column), None)

    @property
    def left_aside(self) -> tuple[ColumnTaken, ...]:
        """Columns whose heading is not understood; their cells are not imported."""
        return tuple(taken for taken in self.columns if taken.column is None)


def understand_layout(heading: Sequence[str]) -> Layout:
    """Take every column of a heading for what it tells.

    A list that names only the enterprise (企业名称) names its mines by it. Two columns of one meaning cannot
    both be right.

    :raises BadInput: ``list.no_name_column``, ``list.column_twice``
    """
    taken = [ColumnTaken(n, text, column_of(text)) for n, text in enumerate(heading, start=1)]
    if not any(one.column in {Column.NAME, Column.NAME_AND_MINERAL} for one in taken):
        taken = [_holder_as_name(one) for one in taken]
    if not any(one.column in {Column.NAME, Column.NAME_AND_MINERAL} for one in taken):
        raise BadInput(
            "list.no_name_column",
            N_("表头“%(heading)s”里没有认出矿山名称一列"),
            heading="、".join(heading),
        )
    _refuse_twice(taken)
    return Layout(tuple(taken))


def _holder_as_name(taken: ColumnTaken) -> ColumnTaken:
    if taken.column is Column.HOLDER:
        return ColumnTaken(taken.number, taken.heading, Column.NAME)
    return taken


def _refuse_twice(taken: Sequence[ColumnTaken]) -> None:
    seen: dict[Column, ColumnTaken] = {}
    for one in taken:
        if one.column is None or one.column is Column.NOTE:
            continue
        meaning = Column.NAME if one.column is Column.NAME_AND_MINERAL else one.column
        before = seen.setdefault(meaning, one)
        if before is not one:
            raise BadInput(
                "list.column_twice",
                N_("第%(first)s列“%(one)s”和第%(second)s列“%(two)s”都像是%(meaning)s，无法判断以哪一列为准"),
                first=before.number,
                one=before.heading,
                second=one.number,
                two=one.heading,
                meaning=COLUMN_LABELS[meaning],
            )
