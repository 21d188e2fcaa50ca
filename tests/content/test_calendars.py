"""content/calendar: the shipped years, and what becomes of a year that cannot be read."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from tests.reference_data import CONTENT

from greenmine.content.calendars import join_notices, load_calendar, load_notices

YEARS = range(2018, 2027)

GOOD = """year = 2026
title = "演示"
[[holiday]]
name = "元旦"
first = 2026-01-01
last = 2026-01-03
workdays = [2026-01-04]
"""


@pytest.fixture
def content(tmp_path: Path) -> Path:
    shutil.copytree(CONTENT / "calendar", tmp_path / "calendar")
    return tmp_path


def test_shipped_years_are_whole_and_name_their_notice() -> None:
    loaded = load_notices(CONTENT)

    assert loaded.problems == ()
    assert [notice.year for notice in loaded.items] == list(YEARS)
    for notice in loaded.items:
        assert notice.verified
        assert notice.number is not None
        assert notice.number.startswith(f"国办发明电〔{notice.year - 1}〕")
        assert notice.issued is not None
        assert notice.issued.year == notice.year - 1
        assert sum(len(item.name.split("、")) for item in notice.breaks) == 7
    amended = {notice.year: notice.amended_by for notice in loaded.items if notice.amended_by}
    assert amended == {2019: ("国办发明电〔2019〕3号",), 2020: ("国办发明电〔2020〕1号",)}


def test_version_follows_the_bytes_of_the_files(content: Path) -> None:
    before = load_calendar(content)
    again = load_calendar(content)
    with (content / "calendar" / "2026.toml").open("a", encoding="utf-8") as file:
        file.write("# 复核\n")
    after = load_calendar(content)

    assert before.items[0].version == again.items[0].version
    assert len(before.items[0].version) == 12
    assert after.items[0].version != before.items[0].version
    assert after.digest.startswith(after.items[0].version)


def test_malformed_year_is_reported_and_coverage_shrinks_to_the_years_after_it(content: Path) -> None:
    (content / "calendar" / "2021.toml").write_text("year = 2021\ntitle = \n", encoding="utf-8")

    loaded = load_calendar(content)

    assert [(problem.path, problem.line) for problem in loaded.problems] == [("calendar/2021.toml", 2)]
    calendar = loaded.items[0]
    assert (calendar.first, calendar.last) == (date(2022, 1, 1), date(2026, 12, 28))
    assert not calendar.is_workday(date(2020, 10, 1))  # still known, no longer covered


def test_malformed_newest_year_shortens_the_coverage(content: Path) -> None:
    (content / "calendar" / "2026.toml").write_bytes(b"year = 2026\n\xff\xfe")

    loaded = load_calendar(content)

    assert loaded.problems[0].path == "calendar/2026.toml"
    assert loaded.problems[0].line == 2
    assert loaded.items[0].last == date(2025, 12, 28)


def test_missing_folder_gives_an_empty_calendar(tmp_path: Path) -> None:
    loaded = load_calendar(tmp_path)

    assert loaded.problems == ()
    assert not loaded.items[0].covers(date(2026, 1, 1))


def test_symbolic_link_is_not_followed(content: Path) -> None:
    target = content / "elsewhere.toml"
    (content / "calendar" / "2026.toml").rename(target)
    (content / "calendar" / "2026.toml").symlink_to(target)

    loaded = load_calendar(content)

    assert [problem.path for problem in loaded.problems] == ["calendar/2026.toml"]
    assert loaded.items[0].last == date(2025, 12, 28)


def test_one_good_file_is_taken_without_number_and_marked_unverified(tmp_path: Path) -> None:
    write(tmp_path, GOOD)

    loaded = load_notices(tmp_path)

    assert loaded.problems == ()
    assert loaded.items[0].number is None
    assert not loaded.items[0].verified


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        (GOOD.replace("2026\n", "2025\n", 1), 1, "年份"),
        (GOOD.replace('title = "演示"\n', ""), None, "title"),
        (GOOD.replace("last = 2026-01-03", "last = 2025-12-31"), 3, "起止日期"),
        (GOOD.replace("last = 2026-01-03", "last = 2026-02-03"), 3, "起止日期"),
        (GOOD.replace("last = 2026-01-03", 'last = "1月3日"'), 3, "last"),
        (GOOD.replace("last = 2026-01-03", "last = 2026-01-03T00:00:00"), 3, "last"),
        (GOOD.replace("[2026-01-04]", "[2026-01-05]"), 3, "不是周六或周日"),
        (GOOD.replace("[2026-01-04]", "[2026-01-03]"), 3, "重复"),
        (GOOD.replace("[2026-01-04]", "2026-01-04"), 3, "列表"),
        (GOOD.replace("[2026-01-04]", "[2027-01-03]"), 3, "不在本年度"),
        (GOOD + GOOD[GOOD.index("[[") :], 8, "重复"),
        ("year = 2026\ntitle = '演示'\n", None, "没有任何放假安排"),
        ("year = 2026\ntitle = '演示'\nholiday = 3\n", 3, "[[holiday]]"),
        ("year = 2026\nyear = 2026\n", 2, "TOML"),
        ("x = " + "[" * 5000, None, "TOML"),
        ("", None, "年份"),
    ],
)
def test_each_fault_is_named_with_its_line(tmp_path: Path, text: str, line: int | None, part: str) -> None:
    write(tmp_path, text)

    problems = load_calendar(tmp_path).problems

    assert [(problem.path, problem.line) for problem in problems] == [("calendar/2026.toml", line)]
    assert part in problems[0].message


def test_file_name_must_be_a_year(tmp_path: Path) -> None:
    write(tmp_path, GOOD, name="2026-copy.toml")

    assert load_calendar(tmp_path).problems[0].path == "calendar/2026-copy.toml"


def test_no_years_join_to_a_calendar_that_covers_nothing() -> None:
    calendar = join_notices([], version="none")

    assert calendar.first > calendar.last


def write(root: Path, text: str, *, name: str = "2026.toml") -> None:
    (root / "calendar").mkdir()
    (root / "calendar" / name).write_text(text, encoding="utf-8")
