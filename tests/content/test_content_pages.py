"""Policies, news and pages are typed; what is wrong in one file is told with its line and spoils no other."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PIL import Image

from greenmine.content.documents import NewsType, PolicyStatus, Section
from greenmine.content.fields import PartialDate
from greenmine.content.files import MAX_BYTES, Problem
from greenmine.content.pages import load_news, load_pages, load_policies

POLICY = """---
title: 关于某事的通知
number: 某发〔2020〕1号
issuers: [某厅]
issued: 2020-03
region: "520000"
effective_from: 2020-03-01
effective_until: 2025-12-31
status: in_force
disclosure: proactive
disclosure_basis: 依据
key_figures:
  - {label: 期限, value: 15, unit: 日, clause: 第一条}
citizen: [您可以查询。]
source: 文本
verified: true
---
正文。
"""
NEWS = """---
title: 一条动态
type: activity
published: 2026-03-05 09:30
author: 编辑部
source: 某厅
region: "520000"
---
正文第一句。

第二段。
"""
PAGE = "---\ntitle: 关于\nupdated: 2026-01-02\norder: 1\n---\n正文\n"
VIDEO = "video:\n  link: https://v.example.cn/a\n  transcript: 文字稿\n"


def put(root: Path, name: str, text: str | bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def only_problem(problems: tuple[Problem, ...]) -> Problem:
    assert len(problems) == 1, problems
    return problems[0]


def test_a_policy_is_read_into_typed_fields(tmp_path: Path) -> None:
    put(tmp_path, "policies/some-notice.md", POLICY)
    loaded = load_policies(tmp_path)
    assert loaded.problems == ()
    policy = loaded.items[0]
    assert (policy.section, policy.slug, policy.path) == (Section.POLICY, "some-notice", "policies/some-notice.md")
    assert policy.meta.issued == PartialDate(2020, 3)
    assert policy.meta.issued.chinese == "2020年3月"
    assert policy.meta.key_figures[0].value == "15"
    assert policy.meta.summary == "正文。"
    assert policy.body_markdown == "正文。\n"


def test_a_policy_expires_by_the_calendar_on_the_day_after_its_last(tmp_path: Path) -> None:
    put(tmp_path, "policies/some-notice.md", POLICY)
    meta = load_policies(tmp_path).items[0].meta
    assert meta.status_on(date(2025, 12, 31)) is PolicyStatus.IN_FORCE
    assert meta.status_on(date(2026, 1, 1)) is PolicyStatus.EXPIRED


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("status: in_force", "status: valid", 9, "下列之一"),
        ("issuers: [某厅]\n", "", 2, "缺少字段 issuers"),
        ("issued: 2020-03", "issued: 2020-13", 5, "年、年月或日期"),
        ("issued: 2020-03", "issued: 2020-02-31", 5, "YAML"),
        ('region: "520000"', "region: 贵州", 6, "写法不对"),
        ("effective_until: 2025-12-31", "effective_until: 2019-12-31", 8, "早于生效日期"),
        ("effective_until: 2025-12-31", "effective_until: 年底", 8, "应为日期"),
        ("verified: true", "verified: 是", 16, "true 或 false"),
        ("verified: true", "verified: false", 16, "待核实"),
        ("verified: true", "verified: true\nto_verify: [文号]", 17, "待核实"),
        ("verified: true", "verified: true\nrepealed_by: 新办法", 9, "expired"),
        ("verified: true", "verifed: true\nverified: true", 16, "不认识的字段 verifed"),
        ("clause: 第一条", "clausse: 第一条", 13, "clause"),
        ("  - {label: 期限, value: 15, unit: 日, clause: 第一条}", "  - 十五日", 12, "每项"),
        ("citizen: [您可以查询。]", "citizen: []", 14, "citizen 为空"),
        ("title: 关于某事的通知", "title: ''", 2, "为空"),
        ("title: 关于某事的通知", 'title: "a\\u000bb"', 2, "控制字符"),
        ("title: 关于某事的通知", "title: [a]", 2, "应为文字"),
        ("source: 文本", "source: 文本\nslug: 大写 A", 16, "地址名"),
        ("正文。\n", "\n", 18, "正文为空"),
    ],
)
def test_a_wrong_field_is_reported_with_its_line_and_the_other_file_is_served(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in POLICY
    put(tmp_path, "policies/bad.md", POLICY.replace(old, new))
    put(tmp_path, "policies/good.md", POLICY)
    loaded = load_policies(tmp_path)
    assert [item.slug for item in loaded.items] == ["good"]
    assert any(problem.line == line and words in problem.message for problem in loaded.problems), loaded.problems
    assert {problem.path for problem in loaded.problems} == {"policies/bad.md"}


def test_all_that_is_wrong_with_a_file_is_told_at_once(tmp_path: Path) -> None:
    put(tmp_path, "policies/bad.md", POLICY.replace("status: in_force", "status: x").replace("source: 文本\n", ""))
    assert len(load_policies(tmp_path).problems) == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"x" * (MAX_BYTES + 1), "超过"),
        (b"", "第一行"),
        (POLICY.encode("gb18030"), "UTF-8"),
        (b"---\n" + b"a: [" * 20_000, "没有结束"),
    ],
)
def test_a_file_that_cannot_be_read_hides_no_other(tmp_path: Path, data: bytes, words: str) -> None:
    put(tmp_path, "policies/bad.md", data)
    put(tmp_path, "policies/good.md", b"\xef\xbb\xbf" + POLICY.replace("\n", "\r\n").encode())
    loaded = load_policies(tmp_path)
    assert [item.slug for item in loaded.items] == ["good"]
    assert words in only_problem(loaded.problems).message


def test_a_symbolic_link_in_the_folder_is_reported_and_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "secret/a.md", POLICY)
    root = tmp_path / "content"
    (root / "policies").mkdir(parents=True)
    (root / "policies" / "a.md").symlink_to(tmp_path / "secret" / "a.md")
    loaded = load_policies(root)
    assert loaded.items == ()
    assert "符号链接" in only_problem(loaded.problems).message


def test_of_two_files_with_one_slug_the_first_is_served_and_the_second_reported(tmp_path: Path) -> None:
    put(tmp_path, "policies/a.md", POLICY)
    put(tmp_path, "policies/b.md", POLICY.replace("source:", "slug: a\nsource:"))
    loaded = load_policies(tmp_path)
    assert [item.path for item in loaded.items] == ["policies/a.md"]
    problem = only_problem(loaded.problems)
    assert problem.path == "policies/b.md"
    assert "policies/a.md" in problem.message


def test_an_empty_content_folder_gives_nothing_and_no_problem(tmp_path: Path) -> None:
    for load in (load_policies, load_news, load_pages):
        assert load(tmp_path).items == ()
        assert load(tmp_path).problems == ()


def test_the_digest_of_a_section_changes_with_a_byte_of_a_bad_file_too(tmp_path: Path) -> None:
    put(tmp_path, "policies/a.md", POLICY)
    before = load_policies(tmp_path).digest
    put(tmp_path, "policies/bad.md", "x")
    after = load_policies(tmp_path).digest
    put(tmp_path, "policies/bad.md", "y")
    assert len({before, after, load_policies(tmp_path).digest}) == 3


def test_news_time_is_legal_time_kept_as_utc(tmp_path: Path) -> None:
    put(tmp_path, "news/a.md", NEWS.replace("09:30", "00:30"))
    meta = load_news(tmp_path).items[0].meta
    assert meta.published == datetime(2026, 3, 4, 16, 30, tzinfo=UTC)
    assert meta.published_day == date(2026, 3, 5)
    assert meta.type is NewsType.ACTIVITY
    assert meta.summary == "正文第一句。 第二段。"
    assert not meta.demo


def test_news_come_newest_first(tmp_path: Path) -> None:
    put(tmp_path, "news/a.md", NEWS)
    put(tmp_path, "news/b.md", NEWS.replace("2026-03-05", "2026-03-06"))
    assert [item.slug for item in load_news(tmp_path).items] == ["b", "a"]


@pytest.mark.parametrize("time", ["2026-03-05", "2026-03-05 25:00", "2026-02-30 09:00", "昨天", "0001-01-01 00:00"])
def test_a_time_that_is_none_is_reported(tmp_path: Path, time: str) -> None:
    put(tmp_path, "news/a.md", NEWS.replace("2026-03-05 09:30", time))
    assert load_news(tmp_path).items == ()
    assert load_news(tmp_path).problems


def test_a_picture_needs_words_for_those_who_cannot_see_it(tmp_path: Path) -> None:
    (tmp_path / "news" / "media").mkdir(parents=True)
    Image.new("RGB", (30, 20)).save(tmp_path / "news" / "media" / "pit.jpg")
    text = NEWS.replace("source:", "pictures:\n  - {file: pit.jpg, alt: 采场}\nsource:")
    put(tmp_path, "news/a.md", text)
    put(tmp_path, "news/b.md", text.replace(", alt: 采场", ""))
    loaded = load_news(tmp_path)
    picture = loaded.items[0].meta.pictures[0]
    assert (picture.address, picture.alt, picture.width, picture.height) == ("/media/pit.jpg", "采场", 30, 20)
    assert only_problem(loaded.problems) == Problem("news/b.md", 7, "缺少字段 alt")


@pytest.mark.parametrize("name", ["gone.png", "../secret.png", "fake.png", "flood.png", "link.png", "a.svg", "A.PNG"])
def test_a_picture_that_is_not_what_it_says_is_refused(tmp_path: Path, name: str) -> None:
    media = tmp_path / "news" / "media"
    media.mkdir(parents=True)
    Image.new("RGB", (3, 2)).save(tmp_path / "news" / "secret.png")
    (media / "link.png").symlink_to(tmp_path / "news" / "secret.png")
    (media / "fake.png").write_bytes(b"<svg onload=x>")
    real = (tmp_path / "news" / "secret.png").read_bytes()
    (media / "flood.png").write_bytes(real[:16] + (2**31 - 1).to_bytes(4, "big") * 2 + real[24:])
    put(tmp_path, "news/a.md", NEWS.replace("source:", f"pictures:\n  - {{file: {name}, alt: 图}}\nsource:"))
    loaded = load_news(tmp_path)
    assert loaded.items == ()
    assert only_problem(loaded.problems).line == 7


def test_a_video_needs_a_transcript_and_exactly_one_place(tmp_path: Path) -> None:
    text = NEWS.replace("type: activity", "type: video")
    good = text.replace("source:", VIDEO + "source:")
    put(tmp_path, "news/good.md", good)
    put(tmp_path, "news/none.md", text)
    put(tmp_path, "news/silent.md", good.replace("  transcript: 文字稿\n", ""))
    put(tmp_path, "news/both.md", good.replace("  link:", "  file: a.mp4\n  link:"))
    put(tmp_path, "news/plain.md", good.replace("https:", "http:"))
    loaded = load_news(tmp_path)
    assert [item.slug for item in loaded.items] == ["good"]
    video = loaded.items[0].meta.video
    assert video is not None
    assert video.address == "https://v.example.cn/a"
    assert {problem.path for problem in loaded.problems} == {
        f"news/{name}.md" for name in ("none", "silent", "both", "plain")
    }


def test_pages_come_in_their_own_order(tmp_path: Path) -> None:
    put(tmp_path, "pages/a.md", PAGE.replace("order: 1", "order: 2"))
    put(tmp_path, "pages/b.md", PAGE)
    loaded = load_pages(tmp_path)
    assert [page.slug for page in loaded.items] == ["b", "a"]
    assert loaded.items[0].meta.updated == date(2026, 1, 2)


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        (f"{'a' * 81}.md", PAGE, 2, "不超过 80 个字符"),
        ("a.md", PAGE.replace("order: 1", f"order: 1\nsummary: {'字' * 2_001}"), 5, "不超过 2000 字"),
        ("a.md", PAGE + "x" * 500_000, 6, "正文不超过 50 万字"),
    ],
)
def test_what_no_act_can_hold_is_reported_with_its_line(
    tmp_path: Path, name: str, text: str, line: int, words: str
) -> None:
    put(tmp_path, f"pages/{name}", text)
    put(tmp_path, "pages/whole.md", PAGE)
    loaded = load_pages(tmp_path)
    found = only_problem(loaded.problems)
    assert (found.line, words in found.message) == (line, True), found
    assert [item.slug for item in loaded.items] == ["whole"]
