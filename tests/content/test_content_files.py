"""A malformed file is reported with its line and reason, and never raises (trust.md, faults; threat 17)."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenmine.content.files import (
    MAX_BYTES,
    FrontMatter,
    Problem,
    SourceFile,
    digest_of,
    list_files,
    read_bytes,
    read_front_matter,
    read_text,
)


def source(data: bytes) -> SourceFile:
    return SourceFile("news/a.md", data, "0" * 64)


def front(text: str) -> FrontMatter:
    read = read_front_matter(text, path="news/a.md")
    assert isinstance(read, FrontMatter), read
    return read


def problem(text: str) -> Problem:
    read = read_front_matter(text, path="news/a.md")
    assert isinstance(read, Problem), read
    return read


def refused(root: Path, path: Path) -> str:
    read = read_bytes(root, path)
    assert isinstance(read, Problem)
    return read.message


def test_a_regular_file_is_read_with_its_digest(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"abc")
    read = read_bytes(tmp_path, tmp_path / "a.md")
    assert read == SourceFile("a.md", b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")


def test_a_file_of_just_one_mebibyte_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    (tmp_path / "fits.md").write_bytes(b"x" * MAX_BYTES)
    (tmp_path / "over.md").write_bytes(b"x" * (MAX_BYTES + 1))
    assert isinstance(read_bytes(tmp_path, tmp_path / "fits.md"), SourceFile)
    assert "超过" in refused(tmp_path, tmp_path / "over.md")


def test_symbolic_links_are_refused_wherever_they_stand(tmp_path: Path) -> None:
    root = tmp_path / "content"
    (root / "real").mkdir(parents=True)
    (root / "real" / "a.md").write_text("x")
    (root / "link.md").symlink_to(root / "real" / "a.md")
    (root / "folder").symlink_to(root / "real")
    assert "符号链接" in refused(root, root / "link.md")
    assert "符号链接" in refused(root, root / "folder" / "a.md")


def test_paths_out_of_the_content_folder_are_refused(tmp_path: Path) -> None:
    root = tmp_path / "content"
    root.mkdir()
    (tmp_path / "secret.md").write_text("x")
    for path in (tmp_path / "secret.md", root / ".." / "secret.md", Path("/etc/passwd")):
        assert "超出" in refused(root, path)


def test_folders_pipes_and_vanished_files_are_refused_without_waiting(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    os.mkfifo(tmp_path / "pipe.md")
    for name in ("folder.md", "pipe.md", "gone.md", "nul\0.md"):
        assert refused(tmp_path, tmp_path / name)


def test_files_are_listed_by_name_without_drafts_and_a_missing_folder_holds_none(tmp_path: Path) -> None:
    (tmp_path / "news" / "deep").mkdir(parents=True)
    for name in ("b.md", "a.md", "_draft.md", ".swap.md", "c.txt", "deep/d.md"):
        (tmp_path / "news" / name).write_text("x")
    assert [path.name for path in list_files(tmp_path, folder="news", suffix=".md")] == ["a.md", "b.md"]
    assert len(list_files(tmp_path, folder="news", suffix=".md", deep=True)) == 3
    assert list_files(tmp_path, folder="none", suffix=".md") == ()


def test_a_byte_order_mark_and_foreign_line_ends_are_tolerated() -> None:
    assert read_text(source(b"\xef\xbb\xbfa\r\nb\rc")) == "a\nb\nc"


def test_bytes_that_are_not_utf8_are_refused_with_their_line() -> None:
    read = read_text(source("一\n二\n".encode() + "三".encode("gb18030")))
    assert read == Problem("news/a.md", 3, "不是 UTF-8 编码")


@pytest.mark.parametrize("code", [0x0, 0x8, 0xB, 0x1B, 0x7F, 0xFFFE])
def test_a_character_no_feed_can_carry_is_refused_with_its_line(code: int) -> None:
    read = read_text(source(f"一\n二{chr(code)}".encode()))
    assert isinstance(read, Problem)
    assert read.line == 2
    assert f"U+{code:04X}" in read.message


def test_front_matter_is_read_with_the_line_of_every_value() -> None:
    read = front("---\ntitle: 题\nlist:\n  - {unit: 个}\n  - unit: 家\n---\n\n正文\n")
    assert read.values == {"title": "题", "list": [{"unit": "个"}, {"unit": "家"}]}
    assert read.lines[("title",)] == 2
    assert read.lines[("list", 1, "unit")] == 5
    assert read.body == "正文\n"
    assert read.body_line == 7


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "第一行"),
        ("题\n---\n", 1, "第一行"),
        ("---\ntitle: 题\n", 1, "第二个"),
        ("---\n---\n正文", 2, "字段"),
        ("---\n- a\n---\n", 2, "字段"),
        ("---\ntitle: 题\nlist: [1, 2\n---\n", 4, "YAML"),
        ("---\na: 1\nb: 2\na: 3\n---\n", 4, "重复"),
        ("---\na: &x [1]\nb: *x\n---\n", 3, "别名"),
        ("---\na: 1\nb: !!python/object/apply:os.system [id]\n---\n", 3, "YAML"),
        ("---\na: 1\nd: 2024-02-30\n---\n", 3, "YAML"),
        ("---\na: " + "[" * 5000 + "\n---\n", 1, "YAML"),
        ("---\na: " + "x" * 70_000 + "\n---\n", 1, "过长"),
        ("---\n? [1, 2]\n: 3\n---\n", 2, "YAML"),
    ],
)
def test_broken_front_matter_is_reported_with_line_and_reason(text: str, line: int, words: str) -> None:
    found = problem(text)
    assert (found.path, found.line) == ("news/a.md", line)
    assert words in found.message


YAML_PIECES = (
    *"-{}[]'\"#\t\n",
    "---\n",
    "a: 1\n",
    "- ",
    ": ",
    "&x ",
    "*x",
    "!!int ",
    "? ",
    "|\n",
    "%TAG\n",
    "<<: ",
    "2024-13-45",
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(YAML_PIECES), max_size=20).map("".join))
def test_no_front_matter_makes_the_reader_raise(text: str) -> None:
    assert isinstance(read_front_matter(text, path="p"), FrontMatter | Problem)
    assert isinstance(read_front_matter(f"---\n{text}\n---\n", path="p"), FrontMatter | Problem)


@given(st.binary(max_size=60))
def test_no_bytes_make_the_reader_raise(data: bytes) -> None:
    text = read_text(source(data))
    assert isinstance(text if isinstance(text, Problem) else read_front_matter(text, path="p"), FrontMatter | Problem)


def test_the_digest_depends_on_names_and_bytes_and_not_on_order() -> None:
    one, two = SourceFile("a", b"", "1" * 64), SourceFile("b", b"", "2" * 64)
    assert digest_of([one, two]) == digest_of([two, one])
    assert digest_of([one, two]) != digest_of([one, SourceFile("c", b"", "2" * 64)])
    assert digest_of([one, two]) != digest_of([one, SourceFile("b", b"", "3" * 64)])


def test_a_problem_prints_as_place_and_reason() -> None:
    assert str(Problem("news/a.md", 3, "为空")) == "news/a.md:3 为空"
    assert str(Problem("news/a.md", None, "为空")) == "news/a.md 为空"
