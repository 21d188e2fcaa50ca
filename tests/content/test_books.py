"""Reading rule books: what is wrong is told with file, line and reason, and the rest is served."""

import re
import shutil
from datetime import time
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reference_data import CONTENT
from tests.rule_books import CLAUSES_TOML, NATIONAL_TOML, PROVINCE_TOML, write_content

from greenmine.content.books import load_books
from greenmine.content.clauses import load_clauses
from greenmine.content.files import Loaded
from greenmine.content.load import load_reference
from greenmine.content.toml_table import TomlDocument, parse_toml
from greenmine.domain.rulebook import RuleBook

PROVINCE = "r330000_2018_01_01"
PROVINCE_PATH = "rules/330000/2018-01-01.toml"
OWN_CLAUSES = """
[[document]]
code = "ZZ"
title = "本省办法"
seen = "full"

[[clause]]
code = "ZZ-01"
document = "ZZ"
place = "第二条"
summary = "一。"
contents = "data"

[[clause]]
code = "XX-07"
document = "XX"
place = "第七条"
summary = "二。"
contents = "data"
"""


def load_with(tmp_path: Path, province: str) -> Loaded[RuleBook]:
    return load_books(write_content(tmp_path / "content", **{PROVINCE: province}))


def line_of(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), 1) if words in line)


def test_shipped_books_are_taken_whole_and_carry_the_digest_of_their_bytes() -> None:
    loaded = load_books(CONTENT)
    assert loaded.problems == ()
    assert {book.region for book in loaded.items} == {"000000", "210000", "330000", "510000", "520000"}
    for book in loaded.items:
        assert book.digest == sha256((CONTENT / f"rules/{book.key}.toml").read_bytes()).hexdigest()


def test_a_good_book_is_read_with_every_field_of_its_rule(tmp_path: Path) -> None:
    loaded = load_with(tmp_path, PROVINCE_TOML)
    assert loaded.problems == ()
    book = next(book for book in loaded.items if book.region == "330000")
    period = book.notice_rules[0].period
    assert period is not None
    assert (period.days, period.first_day_counted, period.cutoff) == (7, True, time(16, 0))


def test_a_new_province_is_a_new_file_and_no_code(tmp_path: Path) -> None:
    text = PROVINCE_TOML.replace("330000", "440000").replace("2018-01-01", "2027-03-01").replace("until", "# until")
    loaded = load_books(write_content(tmp_path / "content", r440000_2027_03_01=text))
    assert loaded.problems == ()
    assert {book.key for book in loaded.items} == {"000000/2013-01-01", "440000/2027-03-01"}


@pytest.mark.parametrize(
    ("old", "new", "words_of_line", "reason"),
    [
        ('unit = "workday"', 'unit = "workday', 'unit = "workday', "不是有效的 TOML"),
        ("days = 7", "days = 0", "days = 0", "天数应在1至3650之间"),
        ("days = 7", 'days = "七"', "days =", "应为非负整数"),
        ("days = 7", "days = true", "days =", "应为非负整数"),
        ("days = 7", "dayz = 7", "[[notice]]", "请填写公示天数"),
        ('unit = "workday"', 'unit = "moon"', "unit =", "不接受“moon”"),
        ('unit = "workday"', "", "kind =", "公示应写明期限"),
        ('kind = "province_list"', 'kind = "party"', "kind =", "不接受“party”"),
        ("rolls_over = false", "", "[[notice]]", "字段 rolls_over 应为 true 或 false"),
        ("rolls_over = false", "rolls_over = false\ncolour = 1", "colour", "不认识字段 colour"),
        ('source = ["XX-01"]', 'source = ["XX-99"]', "source =", "没有编号为XX-99的条款"),
        ('source = ["XX-01"]', "source = []", "source =", "字段 source 应为清单"),
        ('source = ["XX-01"]', "", "[[notice]]", "字段 source 应为清单"),
        ("[[notice]]", "[[notise]]", "[[notise]]", "不认识 notise"),
        ("[[notice]]", "[notice]", "[notice]", "应写作 [[notice]]"),
        ("cutoff = 16:00:00", 'cutoff = "16:00"', "cutoff =", "应为时刻"),
        ("until = 2020-12-31", "until = 2017-12-31", "until =", "终止日期早于起始日期"),
        ("until = 2020-12-31", "until = 2020-12-31T00:00:00", "until =", "应为日期"),
        ("from = 2018-01-01", "from = 2018-02-01", "from =", "文件位置与行政区代码、起始日期不一致"),
        ('region = "330000"', 'region = "340000"', "from =", "文件位置与行政区代码、起始日期不一致"),
        ('documents = ["XX"]', 'documents = ["ZZ"]', "documents =", "没有编号为ZZ的来源文件"),
        ('name = "某省"', 'name = " "', "name =", "应填写文字"),
    ],
)
def test_a_malformed_book_is_told_with_line_and_reason_and_the_others_are_served(
    tmp_path: Path, old: str, new: str, words_of_line: str, reason: str
) -> None:
    text = PROVINCE_TOML.replace(old, new)
    assert text != PROVINCE_TOML
    loaded = load_with(tmp_path, text)
    assert [book.region for book in loaded.items] == ["000000"]
    problem = next(problem for problem in loaded.problems if reason in problem.message)
    assert (problem.path, problem.line) == (PROVINCE_PATH, line_of(text, words_of_line))


def test_every_problem_of_a_book_is_told_at_once(tmp_path: Path) -> None:
    text = PROVINCE_TOML.replace("days = 7", "days = -1").replace('name = "某省"', "name = 1")
    assert [problem.line for problem in load_with(tmp_path, text).problems] == [
        line_of(text, "name ="), line_of(text, "days ="),
    ]  # fmt: skip


def test_the_line_is_that_of_the_second_table_when_the_second_is_wrong(tmp_path: Path) -> None:
    second = '\n[[clock]]\ncode = "a"\n[[clock]]\ncode = "B!"\n'
    text = PROVINCE_TOML + second
    problems = load_with(tmp_path, text).problems
    assert line_of(text, 'code = "B!"') in [problem.line for problem in problems]


@pytest.mark.parametrize("code", ["x", "1x", "x" * 65, "x-y"])
def test_a_ground_that_no_act_could_name_is_refused_at_its_line(tmp_path: Path, code: str) -> None:
    """Else the book is taken, and the act that rests on it is not."""
    ground = f"""
[[ground]]
code = "{code}"
name = "某情形"
kind = "adverse"
blacklist = "never"
source = ["XX-01"]
"""
    (problem,) = load_with(tmp_path, PROVINCE_TOML + ground).problems
    assert problem.line == line_of(PROVINCE_TOML + ground, f'code = "{code}"') and "字段 code" in problem.message


def test_the_same_code_twice_is_refused_unless_the_days_differ(tmp_path: Path) -> None:
    ground = """
[[ground]]
code = "xx"
name = "某情形"
kind = "adverse"
blacklist = "never"
source = ["XX-01"]
"""
    doubled = PROVINCE_TOML + ground + ground
    assert "编号重复：xx" in load_with(tmp_path / "a", doubled).problems[0].message
    apart = PROVINCE_TOML + ground + "until = 2018-12-31\n" + ground + "since = 2019-01-01\n"
    assert load_with(tmp_path / "b", apart).problems == ()


def test_a_neutral_ground_with_blacklist_is_refused_at_its_line(tmp_path: Path) -> None:
    text = PROVINCE_TOML + (
        '\n[[ground]]\ncode = "xx"\nname = "某情形"\nkind = "neutral"\nblacklist = "always"\nsource = ["XX-01"]\n'
    )
    (problem,) = load_with(tmp_path, text).problems
    assert (problem.line, problem.message) == (line_of(text, "blacklist"), "中性移出不得列入失信名单")


def test_an_unknown_objection_rule_is_told_and_its_book_left_out(tmp_path: Path) -> None:
    loaded = load_with(tmp_path, PROVINCE_TOML.replace('objection = "real_name"', 'objection = "nowhere"'))
    assert [book.region for book in loaded.items] == ["000000"]
    assert "引用了不存在的异议规则：nowhere" in loaded.problems[0].message


def test_a_broken_national_book_does_not_take_the_provinces_with_it(tmp_path: Path) -> None:
    root = write_content(
        tmp_path / "content", **{PROVINCE: PROVINCE_TOML, "r000000_2013_01_01": NATIONAL_TOML + "\n[[broken\n"}
    )
    loaded = load_books(root)
    assert [book.region for book in loaded.items] == ["330000"]
    assert [problem.path for problem in loaded.problems] == ["rules/000000/2013-01-01.toml"]


def test_a_table_whose_total_is_wrong_is_refused(tmp_path: Path) -> None:
    """As GO-03, were one row mistyped."""
    text = PROVINCE_TOML + (
        '\n[[target_table]]\ncode = "t"\nname = "任务表"\nsource = ["XX-01"]\n'
        'columns = [["mines", "矿山数", "个", 2020, 10]]\nrows = [["330100", "甲市", 4], ["330200", "乙市", 5]]\n'
    )
    (problem,) = load_with(tmp_path, text).problems
    assert (problem.line, problem.message) == (line_of(text, "rows ="), "“矿山数”各行合计为9，与文件所列10不符")


def test_a_scorecard_that_does_not_add_up_is_refused(tmp_path: Path) -> None:
    """As GA-14, were one item mistyped."""
    text = PROVINCE_TOML + (
        '\n[[scorecard]]\ncode = "s"\nname = "考核"\ntotal = 10\nfirst_year = 2018\nlast_year = 2025\n'
        'units = ["330100"]\nheads = [["a", "部署", 10]]\nitems = [[1, "a", "方案", 5, "已印发"], '
        '[2, "a", "会议", 4, "已开"]]\n'
        'source = ["XX-01"]\n'
    )
    (problem,) = load_with(tmp_path, text).problems
    assert (problem.line, problem.message) == (line_of(text, "items ="), "考核指标分值合计与所列总分不符")


def test_tiers_without_a_zone_are_told(tmp_path: Path) -> None:
    tier = '\n[[zone_tier]]\nlevel = "city"\nname = "市级示范区"\ndue = 2020-12-31\nsource = ["XX-01"]\n'
    (problem,) = load_with(tmp_path, PROVINCE_TOML + tier).problems
    assert (problem.line, problem.message) == (
        line_of(PROVINCE_TOML + tier, "[[zone_tier]]"),
        "有 [[zone_tier]] 的规则册应有一个 [[zone]]",
    )


def test_a_row_of_the_wrong_width_is_told_by_its_number(tmp_path: Path) -> None:
    text = PROVINCE_TOML + (
        '\n[[target_table]]\ncode = "t"\nname = "任务表"\nsource = ["XX-01"]\n'
        'columns = [["mines", "矿山数", "个", 2020, ""]]\nrows = [["330100", "甲市", 4], ["330200", 5]]\n'
    )
    assert "第2行应有3格" in load_with(tmp_path, text).problems[0].message


@pytest.mark.parametrize("flag", ["", "verified = true\n"])
def test_an_unread_clause_makes_its_values_unverified_whatever_the_book_says(tmp_path: Path, flag: str) -> None:
    loaded = load_with(tmp_path, PROVINCE_TOML.replace("XX-01", "YY-01") + flag)
    assert loaded.problems == ()
    book = next(book for book in loaded.items if book.region == "330000")
    assert book.notice_rules[0].origin.verified is False


def test_the_digest_changes_with_any_byte_of_any_book_or_of_the_clauses(tmp_path: Path) -> None:
    root = write_content(tmp_path / "content", **{PROVINCE: PROVINCE_TOML})
    digests = {load_books(root).digest}
    for name in (PROVINCE_PATH, "rules/clauses.toml"):
        (root / name).write_text((root / name).read_text(encoding="utf-8") + "# 改动\n", encoding="utf-8")
        digests.add(load_books(root).digest)
    assert len(digests) == 3


def test_missing_clauses_are_told_and_every_book_is_refused_for_its_sources(tmp_path: Path) -> None:
    root = write_content(tmp_path / "content", **{PROVINCE: PROVINCE_TOML})
    (root / "rules/clauses.toml").unlink()
    loaded = load_books(root)
    assert loaded.items == ()
    assert loaded.problems[0].path == "rules/clauses.toml"


def test_a_wrong_clause_is_told_and_the_others_are_served(tmp_path: Path) -> None:
    root = write_content(tmp_path / "content")
    double = '\n[[clause]]\ncode = "XX-01"\ndocument = "QQ"\nplace = "一"\nsummary = "二。"\ncontents = "data"\n'
    bad = '\n[[clause]]\ncode = "XX-02"\ndocument = "XX"\nplace = "一"\ncontents = "data"\n'
    (root / "rules/clauses.toml").write_text(CLAUSES_TOML + bad + double, encoding="utf-8")
    loaded = load_clauses(root)
    messages = [problem.message for problem in loaded.problems]
    assert messages == ["字段 summary 应填写文字", "条款编号重复：XX-01", "没有编号为QQ的来源文件"]
    assert "YY-01" in loaded.items[0]


@pytest.mark.parametrize("data", [b"\xff\xfe", b"", b"[book]\n" * 3, b"= 1", b"book = 3", b"a = [" * 3000])
def test_any_bytes_are_told_and_never_raise(tmp_path: Path, data: bytes) -> None:
    root = write_content(tmp_path / "content", **{PROVINCE: PROVINCE_TOML})
    (root / PROVINCE_PATH).write_bytes(data)
    loaded = load_books(root)
    assert [book.region for book in loaded.items] == ["000000"]
    assert {problem.path for problem in loaded.problems} == {PROVINCE_PATH}


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    root = write_content(tmp_path / "content")
    outside = tmp_path / "outside.toml"
    outside.write_text(PROVINCE_TOML, encoding="utf-8")
    (root / "rules/330000").mkdir()
    (root / PROVINCE_PATH).symlink_to(outside)
    loaded = load_books(root)
    assert [(problem.path, problem.message) for problem in loaded.problems] == [(PROVINCE_PATH, "不接受符号链接")]


@given(st.text(max_size=200))
def test_parsing_any_text_gives_a_document_or_a_problem(text: str) -> None:
    parsed = parse_toml(text, path="rules/x.toml")
    if not isinstance(parsed, TomlDocument):
        assert parsed.message.startswith("不是有效的 TOML")


def test_every_table_a_book_may_hold_is_documented(checkout: Path) -> None:
    reader = (checkout / "site/greenmine/content/books.py").read_text(encoding="utf-8")
    told = (checkout / "docs/rule-books.md").read_text(encoding="utf-8")
    tables = set(re.findall(r'document\.(?:each|one)\("(\w+)"', reader))
    assert len(tables) >= 20
    assert tables == set(re.findall(r"^\| `\[{1,2}(\w+)\]{1,2}`", told, re.MULTILINE))


def test_the_clauses_of_a_province_may_stand_beside_its_books_in_a_document_of_its_own_or_a_common_one(
    tmp_path: Path,
) -> None:
    book = PROVINCE_TOML.replace('documents = ["XX"]', 'documents = ["ZZ"]').replace("XX-01", "ZZ-01")
    root = write_content(tmp_path / "content", **{PROVINCE: book})
    (root / "rules/330000/clauses.toml").write_text(OWN_CLAUSES, encoding="utf-8")
    loaded = load_books(root)
    assert loaded.problems == () and [each.region for each in loaded.items] == ["000000", "330000"]
    clauses = load_clauses(root).items[0]
    assert [clause.code for clause in clauses.of_document("ZZ")] == ["ZZ-01"]
    assert "XX-07" in clauses and clauses.documents[0].code == "XX"
    before = loaded.digest
    (root / "rules/330000/clauses.toml").write_text(OWN_CLAUSES + "# 改动\n", encoding="utf-8")
    assert load_books(root).digest != before


def test_a_code_of_another_file_is_refused_at_its_line_and_the_first_one_holds(tmp_path: Path) -> None:
    root = write_content(tmp_path / "content", **{PROVINCE: PROVINCE_TOML})
    own = OWN_CLAUSES.replace('code = "ZZ"', 'code = "XX"').replace("ZZ-01", "XX-01").replace('"ZZ"', '"XX"')
    (root / "rules/330000/clauses.toml").write_text(own, encoding="utf-8")
    loaded = load_clauses(root)
    assert [(each.path, each.line, each.message) for each in loaded.problems] == [
        ("rules/330000/clauses.toml", 3, "来源文件编号重复：XX"),
        ("rules/330000/clauses.toml", 8, "条款编号重复：XX-01"),
    ]
    assert loaded.items[0].get("XX-01").place == "第一条"
    assert loaded.items[0].document("XX").title == "某省绿色矿山建设办法"


def test_bad_clauses_of_one_province_refuse_its_books_alone(tmp_path: Path) -> None:
    book = PROVINCE_TOML.replace('documents = ["XX"]', 'documents = ["ZZ"]')
    root = write_content(tmp_path / "content", **{PROVINCE: book})
    (root / "rules/330000/clauses.toml").write_text("= 1", encoding="utf-8")
    loaded = load_books(root)
    assert [each.region for each in loaded.items] == ["000000"]
    assert {each.path for each in loaded.problems} == {"rules/330000/clauses.toml", PROVINCE_PATH}


@pytest.mark.parametrize("code", ["990000", "330100"])
def test_a_book_of_no_province_is_told_and_not_served(tmp_path: Path, code: str) -> None:
    """No page could name its place; the home page would be lost over it."""
    book = {f"r{code}_2018_01_01": PROVINCE_TOML.replace("330000", code)}
    root = write_content(tmp_path / "content", **book)
    shutil.copytree(CONTENT / "regions", root / "regions")
    loaded = load_reference(root)
    assert loaded.reference.books.regions() == ("000000",) and loaded.reference.books.provinces() == ()
    message = f"{code}不是省级行政区代码，这一规则册未予采用"
    assert (f"rules/{code}/2018-01-01.toml", None, message) in [(p.path, p.line, p.message) for p in loaded.problems]
