"""Comparing a list with itself and with what is registered: right, and fast enough for a whole country."""

import time
from itertools import product

from tests.reference_data import shipped_minerals, shipped_regions

from greenmine.domain.import_preview import KnownMine, Preview, preview_list
from greenmine.domain.import_report import write_report
from greenmine.domain.mine_heading import knows_heading, names_mines
from greenmine.domain.mine_likeness import Alike
from greenmine.domain.mine_list import read_list
from greenmine.domain.mine_name import name_key
from greenmine.domain.printed_table import read_printed


def known(number: int, name: str, *, holder: str = "", region: str = "360430") -> KnownMine:
    return KnownMine(f"GM-{region}-{number:04d}", name, holder, region, name_key(name))


def preview(*rows: str, existing: tuple[KnownMine, ...] = ()) -> Preview:
    cells = [row.split("|") for row in rows]
    table = read_printed(cells, knows=knows_heading, is_key=names_mines, origin="test")
    mines = read_list(table, regions=shipped_regions(), minerals=shipped_minerals())
    return preview_list(mines, known=existing, regions=shipped_regions())


def test_rows_of_one_file_that_may_be_one_mine_are_paired() -> None:
    found = preview(
        "矿山名称|所在县",
        "某甲矿业有限公司东岭铜矿|彭泽县",
        "东岭铜矿|彭泽县",
        "东岭铜矿Ⅱ矿|彭泽县",
        "东岭铜矿1矿|彭泽县",
        "东岭铜矿Ⅰ矿|彭泽县",
    )
    assert [(pair.row, pair.earlier, pair.why) for pair in found.likely_rows] == [
        (3, 2, Alike.HOLDER_AND_MINE),
    ]
    assert dict(found.repeats) == {6: 5}
    assert [mine.row for mine in found.new_mines] == [2, 3, 4, 5]


def test_a_row_is_identified_only_with_exactly_one_mine() -> None:
    rows = ("矿山名称|所在县", "东岭1号铜矿|彭泽县")
    one = preview(*rows, existing=(known(1, "东岭一号铜矿"), known(2, "东岭二号铜矿")))
    assert dict(one.identified) == {2: "GM-360430-0001"}
    two = preview(*rows, existing=(known(1, "东岭一号铜矿"), known(3, "东岭1#铜矿")))
    assert not two.identified
    assert [one.mine.id for one in two.likely_known] == ["GM-360430-0001", "GM-360430-0003"]


def test_a_mine_without_a_known_region_is_never_identified() -> None:
    found = preview("矿山名称", "东岭铜矿", existing=(known(1, "东岭铜矿"),))
    assert not found.identified
    assert [one.why for one in found.likely_known] == [Alike.SAME_KEY]


def test_common_names_of_different_firms_are_different_mines() -> None:
    rows = ("采矿权人|矿山名称|所在县", "某甲金业有限公司|金矿|彭泽县")
    assert not preview(*rows, existing=(known(1, "金矿", holder="某乙金业有限公司"),)).likely_known
    same = preview(*rows, existing=(known(1, "金矿", holder="某甲金业有限公司"),))
    assert dict(same.identified) == {2: "GM-360430-0001"}


def test_a_report_cannot_be_broken_by_what_a_cell_holds() -> None:
    found = preview("矿山名称|所在县|备注", "甲铁矿|彭泽县|<script>x</script>`\\|")
    report = write_report(found, title="名单.csv", regions=shipped_regions())
    assert "<script" not in report
    lines = [line for line in report.splitlines() if "甲铁矿" in line]
    assert len(lines) == 1


def test_ten_thousand_known_mines_are_compared_in_seconds() -> None:
    firsts = "东西大小高长龙凤金银青黄白黑红石松竹梅柳"
    names = [
        f"{a}{b}{c}建筑石料用灰岩矿"
        for a, b, c in product(
            firsts,
            "家坪山岭沟湾坡洞河桥庄堡寨冲岗",
            "东南北口头尾子上下中庙堂井关场集铺营屯窝林泉谷潭塘滩坝渡湖海洲岛门城坊园田原",
        )
    ]
    existing = tuple(known(n, name) for n, name in enumerate(names[:10_000], start=1))
    assert len(existing) == 10_000
    rows = [f"{name}|彭泽县" for name in names[5_000:6_000]]
    started = time.perf_counter()
    found = preview("矿山名称|所在县", *rows, existing=existing)
    assert time.perf_counter() - started < 30
    assert len(found.identified) == 1_000
