"""Photos and papers of a complaint: one by one, refused with the reason, nothing typed lost (trust.md 8; ASVS 5.2)."""

import io
from collections.abc import Iterator

import pytest
from tests.web.complaint_site import NEW, STORY, ComplaintSite, complaint_site, main_words, photo
from tests.web.desk_site import sent_by

from greenmine.config import Settings
from greenmine.content.evidence import MOST_FILES


@pytest.fixture
def site(settings: Settings) -> Iterator[ComplaintSite]:
    with complaint_site(settings, request_bytes=200_000, form_bytes=100_000) as made:
        yield made


def test_photos_are_added_one_by_one_and_removed_again(site: ComplaintSite) -> None:
    person = site.person()
    person.to_check(mine=site.register.mines["zhijin"], until="files")
    for name in ("一.jpg", "二.JPG"):
        added = person.answer("files", {"do": "add", "file": (io.BytesIO(photo()), name)})
        assert added.location == f"{NEW}/files"
    page = person.get(f"{NEW}/files")
    assert "已添加2个文件" in main_words(page) and "一.jpg" in main_words(page)
    files = [node.get("value") for node in page.page.iter("button") if node.get("name") == "remove"]
    person.answer("files", {"remove": files[0]})
    page = person.get(f"{NEW}/files")
    assert "已添加1个文件" in main_words(page) and "一.jpg" not in main_words(page)
    assert site.sealed() == 1
    assert person.answer("files", {"do": "continue"}).location == f"{NEW}/place"


def test_a_refused_file_is_told_why_and_takes_nothing_along(site: ComplaintSite) -> None:
    person = site.person()
    person.to_check(mine=site.register.mines["zhijin"], until="files")
    for data, name, why in (
        (b"PK\x03\x04....", "合同.docx", "办公文件会夹带作者姓名"),
        (b"", "空.jpg", "是空的"),
        (b"GIF89a", "图.jpg", "图片格式不能查验"),
    ):
        refused = person.answer("files", {"do": "add", "file": (io.BytesIO(data), name)}, status=400)
        assert main_words(refused).count(why) == 2 and refused.title.startswith("错误：")
    assert "请选择文件。" in main_words(person.answer("files", {"do": "add"}, status=400))
    assert sent_by(person.get(f"{NEW}/story"), having="seen")["text"] == STORY
    assert site.sealed() == 0


def test_no_more_than_the_limit(site: ComplaintSite) -> None:
    person = site.person()
    person.to_check(mine=site.register.mines["zhijin"], until="files")
    for n in range(MOST_FILES):
        person.answer("files", {"do": "add", "file": (io.BytesIO(photo()), f"{n}.jpg")})
    page = person.get(f"{NEW}/files")
    assert "已达到数量上限" in main_words(page)
    assert not [node for node in page.page.iter("input") if node.get("type") == "file"]


def test_too_large_an_upload_gets_a_page_and_the_draft_stays(site: ComplaintSite) -> None:
    """ASVS 5.2.1: 413 early, nothing of it parsed."""
    person = site.person()
    person.to_check(mine=site.register.mines["zhijin"], until="files")
    data = {"do": "add", "file": (io.BytesIO(b"\xff\xd8\xff" + bytes(300_000)), "大.jpg")}
    refused = person.answer("files", data, status=413)
    assert "此前填写的内容都在" in main_words(refused) and f"{NEW}/files" in refused.links()
    assert sent_by(person.get(f"{NEW}/story"), having="seen")["text"] == STORY


def test_while_the_disk_is_nearly_full_nothing_is_taken_and_what_was_typed_stays(settings: Settings) -> None:
    """trust.md "disk full": refused with a clear page before it is accepted."""
    with complaint_site(settings) as roomy:
        person = roomy.person()
        person.at_check()
        object.__setattr__(roomy.app.extensions["greenmine.settings"], "low_water_bytes", 2**60)
        refused = person.send(status=503)
        assert "网站存储空间不足" in main_words(refused) and STORY in main_words(refused)
        assert roomy.count()["complaint"] == 0
        object.__setattr__(roomy.app.extensions["greenmine.settings"], "low_water_bytes", 0)
        assert person.send().status == 303
