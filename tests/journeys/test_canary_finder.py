"""The finder of the canaries finds: without that, finding nothing would say nothing (trust.md 1)."""

import pytest
from tests.canaries import MARKS, dressed, find, marked_jpeg, marked_pdf, marked_png


@pytest.mark.parametrize("mark", MARKS)
def test_the_finder_finds_a_mark_in_every_dress(mark: str) -> None:
    """The check can fail: what is found nowhere would be found if it stood there."""
    assert [dress for dress, content in dressed(mark).items() if not find(content)] == []
    assert not find("暗号：鹮与鸻，qx heron，1390731694".encode())


def test_what_is_planted_in_files_is_really_there() -> None:
    for content, names in (
        (marked_jpeg(), ("artist", "description", "comment", "gps-area", "jpeg-comment", "拍摄者")),
        (marked_png(), ("png-author", "图片说明", "png-artist", "拍摄者")),
        (marked_pdf(), ("pdf-content", "pdf-author")),
    ):
        assert find(content) and all(name.encode() in content for name in names)
