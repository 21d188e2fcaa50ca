"""Every real list is read and its report compared, line by line, with the one that was checked by eye.

The lists are copied from the authorities' pages (tests/data/lists/SOURCES.csv).
"""

import csv
import io
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from greenmine.content.minerals import load_minerals
from greenmine.content.regions import load_regions
from greenmine.content.sheet import read_table
from greenmine.domain.import_preview import KnownMine, Preview, preview_list
from greenmine.domain.import_report import write_report
from greenmine.domain.mine_heading import knows_heading, names_mines
from greenmine.domain.mine_likeness import Alike
from greenmine.domain.mine_list import read_list
from greenmine.domain.mine_name import name_key
from greenmine.domain.mineral import Minerals
from greenmine.domain.region import Regions

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "tests" / "data"
WITHIN = {
    "2020-guangdong-notice.csv": "440000",
    "2020-jiangxi.csv": "360000",
    "2021-yunnan.csv": "530000",
    "2022-jiangsu.csv": "320000",
    "2023-jingdezhen-notice.csv": "360200",
    "2025-xinjiang-notice.csv": "650000",
}
"""The region whose authority published the list; national lists have none."""


@cache
def regions() -> Regions:
    return Regions(load_regions(ROOT / "content").items)


@cache
def minerals() -> Minerals:
    return load_minerals(ROOT / "content").items[0]


def sources() -> list[dict[str, str]]:
    with (DATA / "lists" / "SOURCES.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def preview(data: bytes, *, within: str | None = None, known: tuple[KnownMine, ...] = ()) -> Preview:
    table = read_table(data, knows=knows_heading, is_key=names_mines)
    mines = read_list(table, regions=regions(), minerals=minerals(), within=within)
    return preview_list(mines, known=known, regions=regions())


def list_bytes(name: str) -> bytes:
    return (DATA / "lists" / name).read_bytes()


@pytest.mark.parametrize("source", sources(), ids=lambda source: source["file"])
def test_report_of_a_real_list_is_the_one_checked_by_eye(source: dict[str, str]) -> None:
    found = preview(list_bytes(source["file"]), within=WITHIN.get(source["file"]))
    report = write_report(found, title=source["file"], regions=regions())
    assert report == (DATA / "reports" / f"{source['file']}.md").read_text(encoding="utf-8")
    assert len(found.list.mines) == int(source["rows"])
    assert not found.list.layout.left_aside


def test_every_list_has_a_source_and_a_report() -> None:
    files = {path.name for path in (DATA / "lists").glob("20*.csv")}
    assert files == {source["file"] for source in sources()}
    assert files == {path.name.removesuffix(".md") for path in (DATA / "reports").iterdir()}


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_list_reads_the_same_in_every_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    original = list_bytes("2023-jingdezhen-notice.csv")
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(csv.reader(io.StringIO(original.decode("utf-8-sig"))))
    assert preview(out.getvalue().encode(encoding)).list.mines == preview(original).list.mines


def as_printed_workbook(rows: list[list[str]]) -> bytes:
    """The list as an office prints it: title and number above, heading merged, notes and signature below."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    width = len(rows[0])
    sheet.append(["附件"])
    sheet.append(["2020年度绿色矿山名单（共36家）"])
    sheet.merge_cells(start_row=2, start_column=1, end_row=2, end_column=width)
    for number, row in enumerate(rows):
        if number in {12, 24}:
            sheet.append(rows[0])
        sheet.append([int(cell) if cell.isdigit() else cell for cell in row])
    sheet.append([])
    sheet.append(["合计", "36家"])
    sheet.append(["备注：按省份排列。"])
    sheet.append(["", "", "某某省自然资源厅"])
    sheet.append(["", "", "2021年1月11日"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_with_title_repeated_heading_and_signature_gives_the_same_mines() -> None:
    original = list_bytes("2020-national.csv")
    rows = list(csv.reader(io.StringIO(original.decode("utf-8-sig"))))
    found = preview(as_printed_workbook(rows)).list
    expected = preview(original).list
    assert [(m.ordinal, m.name, m.region, m.mineral) for m in found.mines] == [
        (m.ordinal, m.name, m.region, m.mineral) for m in expected.mines
    ]
    why = [row.why.value for row in found.table.left_out]
    assert why == ["title"] * 2 + ["heading"] + ["repeated_heading"] * 2 + ["total"] + ["note"] * 3


@pytest.mark.parametrize(
    ("first", "is_total"),
    [("合计", True), ("合计36家", True), ("合计共2家", True), ("合计矿山2座", True), ("总计家数", True),
     ("合计数", True), ("总计（座）", True), ("小计：", True), ("合计山石灰岩矿", False),
     ("小计沟煤矿", False), ("总计坪磷矿", False)],
)  # fmt: skip
def test_a_mine_whose_name_begins_like_a_total_is_a_mine(first: str, is_total: bool) -> None:
    text = f"矿山名称,所在县\n示例一矿,贵州省毕节市织金县\n{first},贵州省毕节市织金县\n"
    found = preview(text.encode()).list
    assert [mine.name for mine in found.mines] == ["示例一矿", *([] if is_total else [first])]


def test_a_notice_and_the_later_list_are_joined_mine_by_mine() -> None:
    """The same mines stand in a notice and in the list that follows (rules.md: noticed ≠ listed)."""
    noticed = preview(list_bytes("2025-xinjiang-notice.csv"), within="650000")
    known = tuple(
        KnownMine(f"GM-{mine.region}-{n:04d}", mine.name, mine.holder, mine.region or "", name_key(mine.name))
        for n, mine in enumerate(noticed.list.mines, start=1)
    )
    changed = list_bytes("2025-xinjiang-notice.csv").decode("utf-8-sig")
    changed = changed.replace("北3号(水泥用)", "北三号（水泥用）").replace("永新矿业有限责任公司", "永新矿业有限公司")
    found = preview(changed.encode(), within="650000", known=known)
    assert dict(found.identified) == {row: mine.id for row, mine in enumerate(known, start=2)}
    assert found.likely_known == ()
    assert found.new_mines == ()


def test_weaker_likeness_is_shown_and_decides_nothing() -> None:
    known = (
        KnownMine("GM-320722-0001", "东海县桃林镇白岭村南矿区", "", "320722", name_key("东海县桃林镇白岭村南矿区")),
        KnownMine("GM-320722-0002", "东海县桃林镇白岭村北矿区", "", "320722", name_key("东海县桃林镇白岭村北矿区")),
    )
    found = preview(list_bytes("2022-jiangsu.csv"), within="320000", known=known)
    assert [(one.row, one.mine.id, one.why) for one in found.likely_known] == [(8, "GM-320722-0001", Alike.BRACKETS)]
    assert not found.identified


def test_equal_names_in_different_regions_are_different_mines() -> None:
    known = (KnownMine("GM-360430-0001", "牛孜石铜矿", "", "450000", name_key("牛孜石铜矿")),)
    found = preview(list_bytes("2020-jiangxi.csv"), within="360000", known=known)
    assert not found.identified
    assert found.likely_known == ()
