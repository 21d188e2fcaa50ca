"""content/regions/regions.csv: the shipped file, and rows that cannot be taken."""

from pathlib import Path

import pytest
from tests.reference_data import CONTENT

from greenmine.content.regions import COLUMNS, load_regions
from greenmine.domain.region import Regions

HEAD = ",".join(COLUMNS)
COUNTRY = "000000,全国,全国,country,,,000000,,,"
PROVINCE = "520000,贵州省,贵州,province,000000,,520000,,,"
CITY = "520500,毕节市,毕节,prefecture,520000,,520500,,,"
COUNTY = "520526,威宁彝族回族苗族自治县,威宁县/威宁自治县,county,520500,,520500,,,"


def load(root: Path, *rows: str) -> tuple[list[str], list[tuple[int | None, str]]]:
    (root / "regions").mkdir()
    (root / "regions" / "regions.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    loaded = load_regions(root)
    Regions(loaded.items)  # whatever is served holds together
    return [item.code for item in loaded.items], [(each.line, each.message) for each in loaded.problems]


def test_shipped_file_is_taken_whole_with_source_and_date_in_every_row() -> None:
    loaded = load_regions(CONTENT)

    assert loaded.problems == ()
    assert len(loaded.items) == 3219
    lines = (CONTENT / "regions" / "regions.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert all(line.rsplit(",", 2)[1] and line.rsplit(",", 2)[2] for line in lines)


def test_good_rows_in_any_order_make_a_tree(tmp_path: Path) -> None:
    codes, problems = load(tmp_path, HEAD, COUNTY, CITY, "", PROVINCE, COUNTRY)

    assert codes == ["000000", "520000", "520500", "520526"]
    assert problems == []
    assert load_regions(tmp_path).items[3].aliases == ("威宁自治县",)


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ("52050,毕节市,毕节,prefecture,520000,,520500,,,", "6位数字"),
        ("５２０５００,毕节市,毕节,prefecture,520000,,520500,,,", "6位数字"),
        ("520500,,毕节,prefecture,520000,,520500,,,", "缺少名称"),
        ("520500,毕节市,毕节,city,520000,,520500,,,", "级别不认识"),
        ("520500,毕节市,毕节,prefecture,,,520500,,,", "没有上级"),
        ("520500,毕节市,毕节,country,000000,,520500,,,", "级别与代码"),
        ("520500,毕节市,毕节,prefecture,520000,x,520500,,,", "special"),
        ("520500,毕节市,毕节,prefecture,520000,,毕节,,,", "考核单元"),
        ("520500,毕节市,毕节,prefecture,520000,,520599,,,", "考核单元520599不存在"),
        ("520500,毕节市,毕节,prefecture,530000,,520500,,,", "上级530000"),
        ("520500,毕节市,毕节,prefecture,000000,,520500,,,", "上级000000"),
        ("520500,毕节市", "应有 10 列，实有 2 列"),
    ],
)
def test_bad_row_is_reported_with_its_line_and_the_others_are_served(tmp_path: Path, row: str, part: str) -> None:
    codes, problems = load(tmp_path, HEAD, COUNTRY, PROVINCE, row)

    assert codes == ["000000", "520000"]
    assert [line for line, _ in problems] == [4]
    assert part in problems[0][1]


def test_whoever_hangs_on_a_bad_row_is_reported_too(tmp_path: Path) -> None:
    codes, problems = load(tmp_path, HEAD, COUNTRY, PROVINCE, CITY.replace(",520500,,,", ",520599,,,"), COUNTY)

    assert codes == ["000000", "520000"]
    assert [line for line, _ in problems] == [4, 5]


def test_second_row_of_a_code_is_reported_and_the_first_is_served(tmp_path: Path) -> None:
    codes, problems = load(tmp_path, HEAD, COUNTRY, PROVINCE, PROVINCE)

    assert codes == ["000000", "520000"]
    assert problems == [(4, "代码520000重复")]


@pytest.mark.parametrize("head", ["code,name", ""])
def test_wrong_head_takes_nothing(tmp_path: Path, head: str) -> None:
    codes, problems = load(tmp_path, head, COUNTRY)

    assert codes == []
    assert [line for line, _ in problems] == [1]


def test_broken_quotes_keep_the_rows_before_them(tmp_path: Path) -> None:
    codes, problems = load(tmp_path, HEAD, COUNTRY, '520000,"贵州"省,贵州,province,000000,,520000,,,')

    assert codes == ["000000"]
    assert problems[0][0] == 3


def test_missing_and_undecodable_files_are_problems(tmp_path: Path) -> None:
    assert load_regions(tmp_path).items == ()
    assert load_regions(tmp_path).problems[0].path == "regions/regions.csv"
    (tmp_path / "regions").mkdir()
    (tmp_path / "regions" / "regions.csv").write_bytes(f"{HEAD}\n".encode() + b"\xff\xfe")

    assert load_regions(tmp_path).problems[0].line == 2
