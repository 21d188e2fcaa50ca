"""content/regions/tiles: the map that a file draws, and files that cannot be taken."""

from pathlib import Path

import pytest
from tests.reference_data import CONTENT, reference, shipped_regions

from greenmine.content.files import Loaded
from greenmine.content.tile_maps import load_tile_maps
from greenmine.domain.tile_map import TileMap

ZHEJIANG = "330000"
WHOLE = ",湖州,嘉兴\n,杭州市,绍兴,330200,舟山\n衢州,金华,台州\n,丽水,温州\n"
PATH = f"regions/tiles/{ZHEJIANG}.csv"


def load(root: Path, text: str | bytes, *, name: str = ZHEJIANG, provinces: tuple[str, ...] = ()) -> Loaded[TileMap]:
    folder = root / "regions" / "tiles"
    folder.mkdir(parents=True)
    (folder / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_tile_maps(root, regions=shipped_regions(), provinces=provinces)


def told(loaded: Loaded[TileMap]) -> list[tuple[str, int | None, str]]:
    return [(problem.path, problem.line, problem.message) for problem in loaded.problems]


def test_every_province_with_rules_is_shipped_with_its_map() -> None:
    provinces = reference().books.provinces()
    loaded = load_tile_maps(CONTENT, regions=shipped_regions(), provinces=provinces)
    assert loaded.problems == ()
    assert {each.province for each in loaded.items} == set(reference().tile_maps) >= set(provinces)
    for each in loaded.items:
        assert set(each.places) == {below.code for below in shipped_regions().children(each.province)}
        assert len(set(each.places.values())) == len(each.places)


def test_a_tile_stands_where_its_cell_stands_by_name_short_name_or_code(tmp_path: Path) -> None:
    (found,) = load(tmp_path, WHOLE).items
    assert found.province == ZHEJIANG and len(found.places) == 11
    assert (found.places["330500"], found.places["330100"], found.places["330200"]) == ((1, 0), (1, 1), (3, 1))


def test_a_gap_may_be_a_whole_line_and_blanks_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    (found,) = load(tmp_path, "\ufeff" + WHOLE.replace("衢州", "\r\n 衢州 ")).items
    assert (found.places["330100"], found.places["330800"]) == ((1, 1), (0, 3))


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (WHOLE.replace("台州", "吴兴区"), 3, "“吴兴区”不是浙江省的下一级地区"),
        (WHOLE.replace("台州", "台洲"), 3, "“台洲”不是浙江省的下一级地区"),
        (WHOLE.replace("台州", "台州,331000"), 3, "“331000”重复"),
        (WHOLE.replace("台州", ""), None, "示意图缺少：台州市"),
        (WHOLE.replace("台州", '"台州'), 4, "不是有效的 CSV：unexpected end of data"),
        (
            "",
            None,
            "示意图缺少：杭州市、宁波市、温州市、嘉兴市、湖州市、绍兴市、金华市、衢州市、舟山市、台州市、丽水市",
        ),
        (WHOLE.encode("gb18030"), 1, "不是 UTF-8 编码"),
    ],
)
def test_a_map_with_anything_wrong_is_told_with_its_line_and_not_drawn(
    tmp_path: Path, text: str | bytes, line: int | None, message: str
) -> None:
    loaded = load(tmp_path, text)
    assert loaded.items == ()
    assert (PATH, line, message) in told(loaded)


@pytest.mark.parametrize("name", ["330100", "000000", "999999", "浙江", "330000-old"])
def test_a_file_that_names_no_province_is_told(tmp_path: Path, name: str) -> None:
    loaded = load(tmp_path, WHOLE, name=name)
    assert loaded.items == ()
    assert told(loaded) == [(f"regions/tiles/{name}.csv", None, f"文件名应为省级行政区代码：{name}")]


def test_a_province_with_rules_and_without_a_map_is_told_and_a_bad_map_is_told_once(tmp_path: Path) -> None:
    loaded = load(tmp_path, WHOLE, provinces=(ZHEJIANG, "360000"))
    assert [(path, line) for path, line, _ in told(loaded)] == [("regions/tiles/360000.csv", None)]
    assert [each.province for each in loaded.items] == [ZHEJIANG]
    bad = load(tmp_path / "bad", WHOLE.replace("台州", ""), provinces=(ZHEJIANG,))
    assert len(bad.problems) == 1
