"""Rows of a list as they are understood, and the doubts said beside them."""

import pytest
from tests.reference_data import shipped_minerals, shipped_regions

from greenmine.domain.errors import BadInput
from greenmine.domain.mine import Level, Method, Scale
from greenmine.domain.mine_heading import Column, column_of, knows_heading, names_mines, understand_layout
from greenmine.domain.mine_list import Doubt, MineList, read_list
from greenmine.domain.mine_place import PlaceSource
from greenmine.domain.printed_table import read_printed


def understood(*rows: str, within: str | None = None) -> MineList:
    """A list written as lines of cells divided by ``|``."""
    cells = [row.split("|") for row in rows]
    table = read_printed(cells, knows=knows_heading, is_key=names_mines, origin="test")
    return read_list(table, regions=shipped_regions(), minerals=shipped_minerals(), within=within)


def doubts(found: MineList) -> list[tuple[int, Doubt]]:
    return [(warning.row, warning.doubt) for warning in found.warnings]


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("序　号", Column.ORDINAL),
        ("矿山名称", Column.NAME),
        ("单位（矿山）", Column.NAME),
        ("矿山名称（矿种）", Column.NAME_AND_MINERAL),
        ("企业名称", Column.HOLDER),
        ("省 份", Column.PROVINCE),
        ("地（州、市）", Column.PREFECTURE),
        ("所在县（市、区）", Column.COUNTY),
        ("所在地", Column.PLACE),
        ("推荐单位", Column.RECOMMENDER),
        ("开采矿种", Column.MINERAL),
        ("生产规模（万吨/年）", Column.CAPACITY),
        ("矿山规模", Column.SCALE),
        ("开采方式", Column.METHOD),
        ("层级", Column.LEVEL),
        ("采矿许可证号", Column.PERMIT),
        ("统一社会信用代码", Column.CREDIT_CODE),
        ("注", Column.NOTE),
        ("备　注：", Column.NOTE),
        ("联系电话", None),
    ],
)
def test_headings_are_known_with_blanks_and_brackets_of_any_width(heading: str, column: Column | None) -> None:
    assert column_of(heading) is column


def test_an_unknown_column_is_left_aside_and_named() -> None:
    found = understood("序号|矿山名称|负责人电话", "1|甲石场|12345")
    assert [(one.number, one.heading) for one in found.layout.left_aside] == [(3, "负责人电话")]


def test_a_list_of_firms_names_its_mines_by_them() -> None:
    layout = understand_layout(("序号", "企业名称"))
    assert layout.index(Column.NAME) == 1
    both = understand_layout(("序号", "企业名称", "矿山名称"))
    assert (both.index(Column.HOLDER), both.index(Column.NAME)) == (1, 2)


@pytest.mark.parametrize(
    ("heading", "code", "said"),
    [
        (("序号", "电话"), "list.no_name_column", "序号、电话"),
        (("矿山名称", "矿种", "开采矿种"), "list.column_twice", "第2列“矿种”和第3列“开采矿种”"),
    ],
)
def test_a_layout_that_is_not_understood_is_refused(heading: tuple[str, ...], code: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        understand_layout(heading)
    assert caught.value.code == code
    assert said in str(caught.value)


def test_a_full_row_is_read_whole() -> None:
    found = understood(
        "序号|采矿权人|矿山名称|所在市|所在县|矿种|规模|生产规模（万吨/年）|开采方式|级别|采矿许可证号|统一社会信用代码|备注|备注",
        "1|某甲矿业有限公司|东山水泥用灰岩矿|九江市|彭泽县|水泥用石灰岩|大型|150|露天开采|省级|"
        "C3600002020017100000001|91350100M000100Y43|新建|延续",
    )
    mine = found.mines[0]
    assert (mine.holder, mine.name, mine.region) == ("某甲矿业有限公司", "东山水泥用灰岩矿", "360430")
    assert (mine.mineral, mine.mineral_use, mine.mineral_guessed) == ("石灰岩", "水泥用灰岩", False)
    assert (mine.scale, mine.capacity) == (Scale.LARGE, "150万吨/年")
    assert (mine.method, mine.level) == (Method.OPEN_PIT, Level.PROVINCIAL)
    assert (mine.permit_no, mine.credit_code) == ("C3600002020017100000001", "91350100M000100Y43")
    assert mine.note == "新建；延续"
    assert found.warnings == ()


def test_each_doubt_stands_beside_its_row() -> None:
    found = understood(
        "序号|矿山名称|所在县|矿种|规模|生产规模|开采方式|级别|采矿许可证号|统一社会信用代码",
        "1|甲山矿|彭泽县|石灰岩|大型|30万吨/年|露天|省级|3600|91350100M000100Y44",
        "3|乙山矿|火星县|仙石|巨型||飞采|村级||",
        "4|甲山矿|彭泽县|石灰岩||||||",
    )
    assert doubts(found) == [
        (2, Doubt.SCALE_CONTRADICTS),
        (2, Doubt.PERMIT_ODD),
        (2, Doubt.CREDIT_CODE_WRONG),
        (3, Doubt.MINERAL_UNKNOWN),
        (3, Doubt.METHOD_UNKNOWN),
        (3, Doubt.SCALE_UNKNOWN),
        (3, Doubt.REGION_UNFIT),
        (3, Doubt.NO_REGION),
        (3, Doubt.LEVEL_UNKNOWN),
        (3, Doubt.ORDINAL_ODD),
        (4, Doubt.DUPLICATE_ROW),
    ]
    assert found.mines[0].credit_code == ""
    assert "30万吨/年按国土资发〔2004〕208号为小型" in found.warnings[0].sentence
    assert found.warnings[-1].sentence == "与第2行重复"
    assert all("%(" not in warning.sentence for warning in found.warnings)


def test_a_row_without_a_name_refuses_the_whole_list() -> None:
    with pytest.raises(BadInput, match="第3行有内容，但没有矿山名称"):
        understood("序号|矿山名称|备注", "1|甲石场|", "2||某备注")


def test_a_new_group_may_count_from_one_again() -> None:
    found = understood("序号|矿山名称|所在县", "1|甲铁矿|彭泽县", "2|乙铁矿|彭泽县", "1|丙铁矿|彭泽县")
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("columns", "cells", "code", "source"),
    [
        ("省份|所在市|所在县", "江西省|九江市|彭泽县", "360430", PlaceSource.COLUMN),
        ("地（州、市）", "博州", "652700", PlaceSource.COLUMN),
        ("所在地", "九江市彭泽县龙城镇某村", "360430", PlaceSource.COLUMN),
        ("所在市|所在县", "北京市|朝阳区", "110105", PlaceSource.COLUMN),
        ("所在县", "繁昌县", "340212", PlaceSource.COLUMN),
    ],
)
def test_region_from_its_columns(columns: str, cells: str, code: str, source: PlaceSource) -> None:
    place = understood(f"矿山名称|{columns}", f"甲铁矿|{cells}").mines[0].place
    assert (place.region, place.source) == (code, source)


@pytest.mark.parametrize(
    ("name", "within", "code", "source"),
    [
        ("彭泽县丰岭矿区建筑石料用灰岩矿", None, "360430", PlaceSource.NAME),
        ("龙陵海螺水泥有限责任公司白石头坡水泥用石灰岩矿", None, "530523", PlaceSource.NAME_SHORT),
        ("荡坪钨业九龙脑矿区", None, None, PlaceSource.NONE),
        ("荡坪钨业九龙脑矿区", "360000", "360000", PlaceSource.LIST),
        ("崇义章源钨业股份有限公司新安子钨锡矿", None, "360725", PlaceSource.NAME_SHORT),
        ("东海县桃林镇白岭村南矿区", None, "320722", PlaceSource.NAME),
        ("云南省安宁市县街磷矿区云龙山磷矿二采区", None, "530181", PlaceSource.NAME),
    ],
)
def test_region_from_the_name_with_less_certainty(
    name: str, within: str | None, code: str | None, source: PlaceSource
) -> None:
    place = understood("矿山名称", name, within=within).mines[0].place
    assert (place.region, place.source) == (code, source)


def test_an_ambiguous_county_is_not_guessed() -> None:
    found = understood("矿山名称|所在县", "甲铁矿|朝阳区")
    assert found.mines[0].region is None
    assert set(found.mines[0].place.ambiguous) >= {"110105", "220104"}
    assert Doubt.REGION_AMBIGUOUS in {warning.doubt for warning in found.warnings}
    assert understood("矿山名称|所在县", "甲铁矿|朝阳区", within="220000").mines[0].region == "220104"


def test_a_name_that_contradicts_the_column_changes_nothing() -> None:
    found = understood("矿山名称|所在县", "彭泽县甲铁矿|宜良县")
    assert found.mines[0].region == "530125"
    assert (2, Doubt.REGION_UNFIT) in doubts(found)


def test_the_group_line_gives_the_region() -> None:
    found = understood("序号|矿山名称", "一、惠州市（1家）|", "1|甲铁矿")
    assert (found.mines[0].region, found.mines[0].place.source) == ("441300", PlaceSource.SECTION)
