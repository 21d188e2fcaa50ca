"""Region pages: numbers that their lists prove, targets as the documents print them, nothing by colour alone."""

import re
from urllib.parse import quote

import pytest
from flask import Flask
from tests.reference_data import CONTENT, reference
from tests.statements import statements
from tests.web.register import Register
from tests.web.strict_client import StrictClient, words

from greenmine.web.public.region_targets import COUNTED, DUE_COUNTS, SHARES, SHARES_OF, targets_by_region
from greenmine.web.public.region_tiles import HEIGHT, STEP_X, STEP_Y, WIDTH, tile_grid


def main(client: StrictClient, path: str) -> str:
    """All words of a page's main part, without blanks."""
    return words(client.get(path).page.find(".//main")).replace(" ", "")


def test_every_number_is_the_length_of_its_list(client: StrictClient) -> None:
    checked = 0
    for path in ("/regions", "/regions/520000", "/regions/330500", "/regions/210323", "/regions/520090"):
        for figure in client.get(path).page.iter("ul"):
            if figure.get("class") == "figures":
                for link in figure.iter("a"):
                    assert f"共 {words(link.find('b'))} 条" in client.get(link.get("href", "")).text
                    checked += 1
    assert checked == 25


def test_the_country_lists_the_provinces_that_hold_mines(client: StrictClient) -> None:
    answer = client.get("/regions")
    assert {"/regions/520000", "/regions/210000", "/regions/330000", "/regions/510000"} <= set(answer.links())
    assert "/regions/110000" not in answer.links() and "持证在产大型矿山达标率" in answer.text


def test_guizhou_shows_its_ten_units_and_800(client: StrictClient) -> None:
    """GO-03: 10 rows = 800; GA-03: 贵安新区 beside the prefectures."""
    text = main(client, "/regions/520000")
    for name, demand in (("贵阳市", 53), ("毕节市", 185), ("黔东南州", 59), ("贵安新区", 5)):
        assert f"{name}{demand}个" in text
    assert "合计：任务800个，本站登记0座（0%）" in text and "期限已满" in text and "GO-03" in text
    assert "截至2020年12月31日" in text


def test_a_prefecture_shows_its_own_line(client: StrictClient) -> None:
    text = main(client, "/regions/520500")
    assert "毕节市185个" in text and "贵阳市53个" not in text and "合计" not in text


def test_zhejiang_shows_its_tasks_and_how_a_share_is_reckoned(client: StrictClient) -> None:
    """ZJ-03: 11 rows, 180 in 2018, 85 % in 2019, 100 % in 2020."""
    text = main(client, "/regions/330000")
    assert "合计：任务180个" in text and "台州市85%" in text and "台州市100%" in text
    assert "表中2017年生产矿山数" in text and "ZJ-03" in text


def test_liaoning_shows_formula_numerator_and_denominator(client: StrictClient) -> None:
    """LN-04: 420 ÷ 75 % = 560, while the text counts 596: the formula is shown, not only the claim."""
    text = main(client, "/regions/210000")
    assert "建成数量÷生产矿山数量" in text and "420÷75%＝560" in text and "596" in text
    assert "目标420" in text and "不低于75%（全省，预期性）" in text
    assert "辽东绿色经济区" in text and "待核实" in text and "岫岩满族自治县" in text


def test_a_share_links_the_lists_of_both_numbers(client: StrictClient) -> None:
    answer = client.get("/regions/330000")
    part, below = "/mines?activity=producing&region=330000&status=listed", "/mines?activity=producing&region=330000"
    assert {part, below} <= set(answer.links())
    assert "共 1 条" in client.get(part).text and "共 2 条" in client.get(below).text
    assert "在册1座÷同口径共2座＝50%" in main(client, "/regions/330000")


def test_sichuan_shows_its_zones_as_not_yet_counted(client: StrictClient) -> None:
    """SC-01: 2, 10, 50."""
    text = main(client, "/regions/510000")
    for demand in ("不低于2个", "不低于10个", "不低于50个"):
        assert demand in text
    assert "本站尚无这一项的数据" in text


def test_the_tiles_are_links_with_words_and_a_table_stands_beside(client: StrictClient) -> None:
    page = client.get("/regions/520000").page
    drawing = next(node for node in page.iter() if node.get("class") == "tiles")
    links = [node for node in drawing.iter() if str(node.tag).endswith("}a")]
    assert len(links) == 10 and all(node.get("aria-label") for node in links)
    assert drawing.get("role") == "group" and words(links[0]) == "毕节1/185"


def test_the_tiles_stand_where_the_map_says() -> None:
    """The file's first line is ``毕节,遵义,铜仁``, its second begins with a gap before 贵阳."""
    grid = tile_grid(reference().tile_maps["520000"], {"520100": 3}, {"520100": 6}, reference().regions)
    drawn = {tile.name: (tile.x, tile.y) for tile in grid.tiles}
    assert drawn["毕节"] == (0, 0) and drawn["铜仁"] == (2 * STEP_X, 0) and drawn["贵阳"] == (STEP_X, STEP_Y)
    assert (grid.width, grid.height) == (2 * STEP_X + WIDTH, 3 * STEP_Y + HEIGHT)
    guiyang = next(tile for tile in grid.tiles if tile.code == "520100")
    assert (guiyang.value, guiyang.whole, guiyang.bar * 2) == (3, 6, WIDTH - 16)


def test_a_province_without_a_map_shows_its_table_alone_and_counts_nobody_twice(client: StrictClient) -> None:
    answer = client.get("/regions/420000")
    assert not [node for node in answer.page.iter() if node.get("class") == "tiles"]
    assert "/regions/420100" in answer.links() and "没有登记的矿山" not in answer.text
    assert "另有30个地区没有登记的矿山" in main(client, "/regions")


def test_targets_are_those_of_the_books() -> None:
    assert sum(targets_by_region(reference().books.of_region("520000")).values()) == 800
    assert sum(targets_by_region(reference().books.of_region("330000")).values()) == 180
    tables = [table for book in reference().books.all() for table in book.target_tables]
    columns = {column.code for table in tables for column in table.columns}
    assert {code for code in columns if COUNTED.fullmatch(code)} == {"mines", "listed_2018"}
    assert {code for code in columns if SHARES.fullmatch(code)} == {"share_2019", "share_2020"}


def test_the_codes_that_the_manual_gives_a_meaning_are_counted_in_any_year() -> None:
    manual = (CONTENT.parent / "docs" / "rule-books.md").read_text("utf-8").partition("**Codes with a meaning.**")[2]
    rows = [row.split("|")[1:3] for row in manual.splitlines() if row.startswith("| `")]
    known = {"column": (COUNTED, SHARES), "indicator": (DUE_COUNTS, *map(re.compile, SHARES_OF))}
    told = [(code.replace("<year>", "2031"), kinds) for codes, kinds in rows for code in re.findall("`([^`]+)`", codes)]
    assert len(told) == 10
    for code, kinds in told:
        patterns = [pattern for kind in known if kind in kinds for pattern in known[kind]]
        assert any(pattern.fullmatch(code) for pattern in patterns), code


def test_notices_and_removals_of_the_region_are_its_own(client: StrictClient, whole: tuple[Flask, Register]) -> None:
    liaoning, guizhou = client.get("/regions/210000"), client.get("/regions/520000")
    assert f"/removals/{whole[1].adverse}" in liaoning.links()
    assert f"/removals/{whole[1].adverse}" not in guizhou.links()
    assert f"/notices/{whole[1].closed_notice}" in guizhou.links()


@pytest.mark.parametrize("code", ["999999", "52", "520000%01", quote("贵州"), "0" * 5000, "..%2f"])
def test_an_unknown_region_is_not_found(client: StrictClient, code: str) -> None:
    assert "没有" in client.get(f"/regions/{code}", status=404).h1


def test_every_region_has_a_page(client: StrictClient) -> None:
    for code in ("000000", "110000", "110101", "420000", "710000", "520090"):
        assert client.get(f"/regions/{code}").h1


def test_a_page_costs_the_same_with_one_mine_or_many(client: StrictClient, whole: tuple[Flask, Register]) -> None:
    client.get("/regions/420000")  # the first request of all also looks up the salt of the day
    counted = []
    for path in ("/regions/520500", "/regions/522700"):
        with statements(whole[0].extensions["greenmine"].database.engine) as sent:
            client.get(path)
        counted.append(len(sent))
    assert counted[0] == counted[1] <= 8
    with statements(whole[0].extensions["greenmine"].database.engine) as sent:
        client.get("/regions")
    assert len(sent) <= 16
