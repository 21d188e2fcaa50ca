"""The directory's page and its files: what a reader finds, keeps and takes away (LN-18, features.md)."""

import csv
import io
import json
from pathlib import Path
from typing import cast
from urllib.parse import quote

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine
from tests.reference_data import reference
from tests.statements import statements
from tests.web.register import FACTS, NOW, TODAY, Register, site
from tests.web.strict_client import Answer, StrictClient, words

from greenmine.config import Settings
from greenmine.domain.mine_facts import MineFacts
from greenmine.store.directory import FacetName
from greenmine.usecases.mine import register_mine
from greenmine.web.public.directory_export import FIELDS
from greenmine.web.public.directory_query import read_directory_query
from greenmine.web.table_file import disarmed

HOSTILE = ("=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "\0=1", " =1", "＝1", "＋1", "－1", "＠1", "\ud800=1")


def names(answer: Answer) -> list[str]:
    """Names of the mines in the list."""
    return [words(link) for cell in answer.page.iter("th") if cell.get("scope") == "row" for link in cell.iter("a")]


def test_the_list_shows_every_mine_and_where_it_stands(client: StrictClient) -> None:
    answer = client.get("/mines")
    assert answer.h1 == "绿色矿山名录" and len(names(answer)) == len(FACTS)
    assert "共 12 条" in answer.text and "贵州省毕节市织金县" in answer.text


def test_search_and_filters_work_by_form_alone(client: StrictClient) -> None:
    answer = client.get("/mines?q=菱镁&region=岫岩&status=removed&level=&sort=name")
    assert names(answer) == ["白石岭二号菱镁矿", "白石岭菱镁矿"]
    assert "所在地：辽宁省鞍山市岫岩满族自治县" in answer.text


def test_every_filter_is_a_link_with_the_number_it_leaves(client: StrictClient) -> None:
    page = client.get("/mines?region=520000").page
    groups = {words(each.find("summary")): each for each in page.iter("details") if each.find("ul") is not None}
    assert set(groups) >= {"状态", "级别", "所在地", "矿种", "生产规模", "开采方式", "所在库", "列入年份"}
    checked = 0
    for group in groups.values():
        for line in group.iter("li"):
            link, number = line.find("a"), line.find("span")
            assert link is not None
            if link.get("aria-current") is None:
                assert f"共 {words(number)} 条" in client.get(link.get("href", "")).text
                checked += 1
    assert checked > 10


def test_the_tree_of_regions_opens_step_by_step(client: StrictClient) -> None:
    country = client.get("/mines")
    assert "/mines?region=520000" in country.links() and "/mines?region=520500" not in country.links()
    province = client.get("/mines?region=520000")
    assert {"/mines?region=520500", "/mines?region=520090"} <= set(province.links())
    county = client.get("/mines?region=520524")
    assert county.h1 == "贵州省毕节市织金县矿山名录"
    assert {"/mines?region=520000", "/mines?region=520500"} <= set(county.links())


def test_conditions_are_shown_and_each_can_be_dropped(client: StrictClient) -> None:
    answer = client.get("/mines?region=520000&status=listed&q=矿")
    chips = next(node for node in answer.page.iter("ul") if node.get("class") == "chips")
    dropped = [link.get("href", "") for link in chips.iter("a")]
    assert len(dropped) == 3
    assert all(f"{name}=" not in href for name, href in zip(("q", "status", "region"), dropped, strict=True))


def test_a_special_area_is_a_filter(client: StrictClient) -> None:
    answer = client.get("/mines?area=liaodong")
    assert len(names(answer)) == 2 and "特殊区域：辽东绿色经济区" in answer.text


def test_blanks_around_a_value_change_nothing(client: StrictClient) -> None:
    """What was judged is what is kept: a value is never judged cleaned and then used as it was typed."""
    values = {"area": "liaodong", "status": "listed", "level": "provincial", "region": "210000", "mineral": "煤",
              "mineral_class": "energy", "scale": "large", "method": "open_pit", "activity": "producing",
              "ownership": "state", "library": "provincial", "year": "2025", "sort": "name", "q": "矿"}  # fmt: skip
    assert set(values) >= {str(facet) for facet in FacetName}
    for name, value in values.items():
        plain = client.get(f"/mines?{name}={quote(value)}")
        for padded in (f"%20{quote(value)}", f"{quote(value)}%0B"):
            assert names(client.get(f"/mines?{name}={padded}")) == names(plain), name
        client.get(f"/mines.json?{name}=%20{quote(value)}")


def test_the_files_of_a_padded_value_are_made(client: StrictClient) -> None:
    for kind in ("csv", "json", "xlsx"):
        padded, plain = (client.get(f"/mines.{kind}?area=liaodong{blank}") for blank in ("%0B", ""))
        assert padded.headers["Content-Type"] == plain.headers["Content-Type"]
        assert kind != "csv" or padded.text == plain.text


def test_nothing_found_says_what_to_try(client: StrictClient) -> None:
    answer = client.get("/mines?q=不存在的名字&region=520000")
    assert "没有符合条件的矿山" in answer.text and "去掉“所在地：贵州省”再查" in answer.text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("level=galactic", "“级别”没有“galactic”这一项"),
        ("region=999999", "没有找到名称或代码为“999999”的地方"),
        ("region=鼓楼区", "叫“鼓楼区”的地方不止一处"),
        ("year=20x4", "“列入年份”没有“20x4”这一项"),
        ("sort=colour", "没有“colour”这种排序"),
        ("area=atlantis", "没有“atlantis”这一特殊区域"),
        ("mineral=" + "石" * 41, "“矿种”没有"),
        ("q=" + "矿" * 200, "关键词最多128个字"),
        ("q=" + "+".join("一二三四五六七八九"), "关键词最多8个"),
    ],
)
def test_a_bad_value_is_told_beside_its_field_and_nothing_else_is_lost(
    client: StrictClient, query: str, sentence: str
) -> None:
    answer = client.get(f"/mines?status=removed&{query}", status=400)
    assert sentence in answer.text and answer.title.startswith("错误：")
    assert "状态：已移出" in answer.text
    assert answer.meta("robots") == "noindex"


def test_pages_are_stable_and_a_page_beyond_helps(settings: Settings) -> None:
    app, _register = many(settings, 60)
    client = StrictClient(app)
    seen = [name for page in (1, 2, 3) for name in names(client.get(f"/mines?page={page}&sort=name"))]
    assert len(seen) == len(set(seen)) == 60 + len(FACTS)
    for beyond in ("4", "1000000000", "-1", "0", "x", "９"):
        answer = client.get(f"/mines?sort=name&page={quote(beyond)}", status=404)
        assert "/mines?page=3&sort=name" in answer.links() and "共有 72 座矿山、3 页" in answer.text


def test_one_list_has_one_address(client: StrictClient) -> None:
    answer = client.get("/mines?status=listed&junk=1&region=520000&q=&level=")
    canonical = next(node.get("href", "") for node in answer.page.iter("link") if node.get("rel") == "canonical")
    assert canonical.endswith("/mines?region=520000&status=listed")
    assert answer.meta("robots") == "noindex"
    assert client.get("/mines?region=520000").meta("robots") is None


def test_many_minerals_are_folded_and_can_be_unfolded(settings: Settings) -> None:
    app, _register = many(settings, 20)
    client = StrictClient(app)
    folded, unfolded = client.get("/mines?status=listed&q=岭"), client.get("/mines?minerals=all&page=2")
    assert "展开全部矿种" not in folded.text and "展开全部矿种" not in unfolded.text
    first = client.get("/mines?page=2")
    assert "展开全部矿种" in first.text and "/mines?minerals=all" in first.links()
    assert all(f"矿种第{n}号" in unfolded.text for n in range(20))
    assert not all(f"矿种第{n}号" in first.text for n in range(20))


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "A" * 10_000,
        "q=%01%01",
        "q=%25_%5C",
        "q='%20OR%20'1'='1",
        "q=%F0%9F%98%80%ED%A0%80",
        "q=" + "+".join("%" * 50),
        "region=%01",
        "mineral='%22%3Cscript%3E",
        "mineral=%01%E7%85%A4",
        "year=%EF%BC%92%EF%BC%90%EF%BC%92%EF%BC%94",
        "year=0000",
        "sort[]=name&sort=name&sort=newest",
        "page=99999999999999999999999999",
        "status=listed&status=removed",
        "q=" + quote("<img src=x onerror=alert(1)>\"'&"),
        "&&&==&;",
    ],
)
def test_whatever_strangers_send_is_answered_in_the_house_way(client: StrictClient, query: str) -> None:
    """trust.md 5, 6, 10: never a 500, never live markup (the strict client looks)."""
    for path in ("/mines", "/mines.csv", "/mines.json"):
        assert client.get(f"{path}?{query}", status=None).status in (200, 400, 404)


def test_a_page_takes_as_many_statements_as_it_has_questions(settings: Settings) -> None:
    """No N+1: twelve mines or seventy, the page costs the same."""
    app, _register = many(settings, 60)
    client = StrictClient(app)
    client.get("/status")  # the first request of all also looks up the salt of the day
    with statements(engine(app)) as full:
        assert len(names(client.get("/mines"))) == 25
    with statements(engine(app)) as single:
        assert len(names(client.get("/mines?q=云岭"))) == 1
    assert len(full) == len(single) == 2 + len(FacetName)


def test_the_csv_is_the_whole_result_as_excel_and_rfc_4180_want_it(client: StrictClient, register: Register) -> None:
    answer = client.get("/mines.csv?region=520000&sort=name")
    raw = answer.response.get_data()
    assert raw.startswith(b"\xef\xbb\xbf") and raw.count(b"\r\n") == 6
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    shown = names(client.get("/mines?region=520000&sort=name"))
    assert [row["矿山名称"].removeprefix("'") for row in rows] == shown
    first = next(row for row in rows if row["名录编号"] == register.mines["zhijin"])
    assert first["页面网址"].endswith(f"/mines/{register.mines['zhijin']}")
    assert first["记录号"] == "30"
    assert first["所在的库"] == "省级名录 2024年度 2024-05-06；国家级名录 2025年度 2025-03-03"


def test_the_file_has_a_name_with_its_date(client: StrictClient) -> None:
    disposition = client.get("/mines.csv").headers["Content-Disposition"]
    assert disposition.startswith("attachment") and f"-{TODAY.isoformat()}.csv" in disposition
    assert quote("绿色矿山名录") in disposition


def test_the_json_says_what_it_is(client: StrictClient, register: Register) -> None:
    answer = client.get("/mines.json?status=noticed")
    data = json.loads(answer.text)
    assert data["total"] == len(data["items"]) == 2
    assert data["conditions"]["状态"] == "公示阶段" and data["made_at"] == "2026-11-18T12:00:00+08:00"
    assert [field["name"] for field in data["fields"]] == [name for name, _title, _note in FIELDS]
    assert all(item["level"] is None for item in data["items"])
    assert {item["id"] for item in data["items"]} == {register.mines["changxing"], register.mines["deqing"]}


def test_the_workbook_opens_and_tells_the_same(client: StrictClient, tmp_path: Path) -> None:
    path = tmp_path / "mines.xlsx"
    path.write_bytes(client.get("/mines.xlsx?sort=region").response.get_data())
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == ["名录", "说明"]
    table = book.get_sheet_by_name("名录").to_python()
    assert table[0] == [title for _name, title, _note in FIELDS]
    assert [row[1].removeprefix("'") for row in table[1:]] == names(client.get("/mines?sort=region"))
    about = dict(row[:2] for row in book.get_sheet_by_name("说明").to_python())
    assert about["生成时间"] == "2026-11-18T12:00:00+08:00" and about["名录编号"].startswith("本站唯一编号")


@pytest.mark.parametrize("payload", HOSTILE)
def test_no_cell_is_a_formula(payload: str) -> None:
    """trust.md 7; ASVS 1.2.10."""
    assert disarmed(payload).startswith("'")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_of_a_download_is_a_formula(client: StrictClient, tmp_path: Path, kind: str) -> None:
    """Every column of every row, hostile names included."""
    raw = client.get(f"/mines.{kind}").response.get_data()
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    else:
        (tmp_path / "mines.xlsx").write_bytes(raw)
        rows = CalamineWorkbook.from_path(str(tmp_path / "mines.xlsx")).get_sheet_by_index(0).to_python()
    cells = [str(cell) for row in rows for cell in row]
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)


def test_a_file_of_a_bad_address_is_refused(client: StrictClient) -> None:
    assert "没有“galactic”这一项" in client.get("/mines.csv?level=galactic", status=400).text


def test_reading_an_address_raises_nothing() -> None:
    read = read_directory_query({"q": "\ud800", "region": "\0", "year": "²⁰²⁴"}, reference().regions)
    assert [fault.name for fault in read.faults] == ["year"] and not read.kept


def many(settings: Settings, number: int) -> tuple[Flask, Register]:
    """The register and ``number`` further mines, each with a mineral of its own."""
    app, register = site(settings)
    with app.extensions["greenmine"].database.write() as tx:
        for n in range(number):
            facts = MineFacts(f"叠岭{n}矿", "520524", mineral=f"矿种第{n}号")
            register_mine(tx, facts, reference=reference(), officer=None, at=NOW)
    return app, register


def engine(app: Flask) -> Engine:
    return cast(Engine, app.extensions["greenmine"].database.engine)
