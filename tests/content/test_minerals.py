"""content/minerals: the shipped tables, and rows that cannot be taken."""

import shutil
from pathlib import Path

import pytest
from tests.reference_data import CONTENT

from greenmine.content.minerals import load_minerals
from greenmine.domain.mine import Scale
from greenmine.domain.mine_scale import read_capacity

FILES = ("minerals_1994.csv", "mineral_aliases.csv", "mine_scale_2004_208.csv", "mine_scale_names.csv")


@pytest.fixture
def content(tmp_path: Path) -> Path:
    shutil.copytree(CONTENT / "minerals", tmp_path / "minerals")
    return tmp_path


def add(root: Path, name: str, row: str) -> int:
    """Add a row at the end and return its line."""
    path = root / "minerals" / name
    text = path.read_text(encoding="utf-8").rstrip("\n")
    path.write_text(f"{text}\n{row}\n", encoding="utf-8")
    return text.count("\n") + 2


def test_shipped_tables_are_taken_whole() -> None:
    loaded = load_minerals(CONTENT)

    assert loaded.problems == ()
    assert len(loaded.items[0]) == 168
    rows = (CONTENT / "minerals" / "mine_scale_2004_208.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert len(rows) == 27


def test_every_name_of_the_scale_table_is_in_the_catalogue_or_explained() -> None:
    minerals = load_minerals(CONTENT).items[0]
    outside: list[str] = []
    for line in (CONTENT / "minerals" / "mine_scale_names.csv").read_text(encoding="utf-8").splitlines()[1:]:
        names = line.split(",")[1].split("、")
        outside += [name for name in names if minerals.exact(name) is None and minerals.by_use(name) is None]

    assert outside == ["硅石", "建筑石料"]


@pytest.mark.parametrize(
    ("name", "row", "part"),
    [
        ("minerals_1994.csv", "能源,页岩气,", "类别"),
        ("minerals_1994.csv", "能源矿产,煤,", "重复"),
        ("minerals_1994.csv", "能源矿产,,", "缺少名称"),
        ("minerals_1994.csv", "能源矿产", "列数"),
        ("mineral_aliases.csv", "煤炭,煤,,", "重复"),
        ("mineral_aliases.csv", "某煤,媒,,", "没有矿种"),
        ("mineral_aliases.csv", "某灰岩,石灰岩,看的,", "没有用途"),
        ("mine_scale_2004_208.csv", "铁矿,矿石万吨,≥100,100-30,<30", "未说明"),
        ("mine_scale_2004_208.csv", "磷矿,矿石万吨,≥100,90-30,<30", "界限"),
        ("mine_scale_names.csv", "铁矿,,", "缺少"),
    ],
)
def test_bad_row_is_reported_with_its_line_and_the_others_are_served(
    content: Path, name: str, row: str, part: str
) -> None:
    line = add(content, name, row)

    loaded = load_minerals(content)

    assert [(each.path, each.line) for each in loaded.problems] == [(f"minerals/{name}", line)]
    assert part in loaded.problems[0].message
    assert len(loaded.items[0]) == 168


def test_character_of_pattern_language_as_a_name_does_no_harm(content: Path) -> None:
    add(content, "minerals_1994.csv", "能源矿产,],")
    add(content, "minerals_1994.csv", "能源矿产,^,")

    loaded = load_minerals(content)

    assert loaded.problems == ()
    found = loaded.items[0].guess_from_name("某某钨矿")
    assert found is not None and found.name == "钨"


@pytest.mark.parametrize("name", FILES)
def test_missing_or_broken_file_is_a_problem_and_the_rest_answers(content: Path, name: str) -> None:
    (content / "minerals" / name).write_bytes(b"\xff\xfe\n")
    broken = load_minerals(content)
    (content / "minerals" / name).unlink()
    missing = load_minerals(content)

    assert f"minerals/{name}" in {each.path for each in broken.problems}
    assert f"minerals/{name}" in {each.path for each in missing.problems}


def test_without_aliases_the_catalogue_still_knows_its_own_names(content: Path) -> None:
    (content / "minerals" / "mineral_aliases.csv").unlink()

    minerals = load_minerals(content).items[0]

    capacity = read_capacity("100万吨/年")
    assert capacity is not None
    assert minerals.find("石灰石") is None
    assert minerals.scale_of("石灰岩", capacity) is Scale.LARGE


def test_empty_folder_gives_an_empty_catalogue(tmp_path: Path) -> None:
    loaded = load_minerals(tmp_path)

    assert len(loaded.items[0]) == 0
    assert len(loaded.problems) == len(FILES)
