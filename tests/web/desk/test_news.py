"""News at the desk: written, illustrated, previewed, published, corrected, withdrawn."""

import io
from typing import Any

import pytest
from tests.desk import COUNTY_OFFICER, EDITOR, GUIZHOU, PROVINCE_OFFICER
from tests.hostile_files import CANARY, HTML, SVG, jpeg, png, png_header, zip_file
from tests.web.desk_site import DeskSite, Person, sent_by
from tests.web.strict_client import Answer, words

from greenmine.store.draft import get_draft

STORY = {"title": "演示：某矿复垦见成效", "summary": "一句摘要。", "markdown": "第一段。\n\n## 做法\n\n**要点**。",
         "author": "演示记者"}  # fmt: skip


def written(site: DeskSite, *, kind: str = "activity", **values: str) -> tuple[Person, str]:
    editor = site.as_(EDITOR)
    draft = editor.send("/desk/news/new", {"type": kind, "region": GUIZHOU}).location
    editor.send(draft, {**STORY, **values}, form="markdown")
    return editor, draft


def files_of(site: DeskSite, draft: str) -> list[dict[str, Any]]:
    with site.services.database.read() as tx:
        return list(get_draft(tx, int(draft.rpartition("/")[2])).data.get("files", ()))


def test_ln_18_an_editor_writes_illustrates_previews_and_publishes(site: DeskSite) -> None:
    editor, draft = written(site)
    picture = {"file": (io.BytesIO(jpeg()), "现场 1.jpg"), "alt": "复垦后的山坡", "caption": "三月"}
    editor.send(f"{draft}/pictures", picture, form="file")
    (file,) = files_of(site, draft)
    shown = editor.get(f"{draft}/pictures/{file['sha256']}")
    assert shown.response.mimetype == "image/jpeg" and CANARY.encode() not in shown.response.data
    before = site.state()
    preview = editor.get(f"{draft}/preview")
    assert "做法" in words(preview.page) and site.state() == before
    sources = [node.get("src") for node in preview.page.iter("img")]
    assert f"{draft}/pictures/{file['sha256']}" in sources
    address = editor.send(f"{draft}/preview", form="version").location
    assert address == "/news/2026-03-02-1"
    act = site.last_act()
    assert (act.kind, act.by, site.person_of(act.n)) == ("content.published", "editor@520000", EDITOR.id)
    public = site.as_(None).get(address)
    assert "复垦后的山坡" in [node.get("alt") for node in public.page.iter("img")]
    assert site.as_(None).get(f"/documents/{file['sha256']}").status == 200


def test_a_second_click_publishes_nothing(site: DeskSite) -> None:
    editor, draft = written(site)
    editor.send(f"{draft}/preview", form="version")
    before = site.size()
    assert "已经发布" in words(editor.get(f"{draft}/preview", status=409).page)
    assert site.size() == before


def test_a_correction_says_so_on_the_original_and_a_second_sees_the_first(site: DeskSite) -> None:
    editor, draft = written(site)
    address = editor.send(f"{draft}/preview", form="version").location
    moment = words(next(site.as_(None).get(address).page.iter("time")))
    site.later(days=2)
    mine = correct(editor, address).location
    warned = correct(site.as_(PROVINCE_OFFICER), address, status=409)
    assert "已有更正草稿" in warned.h1 and mine in warned.links()
    theirs = correct(site.as_(PROVINCE_OFFICER), address, step="anew").location
    editor.send(mine, {"title": "演示：更正后的标题", "note": ""}, form="markdown")
    assert "请写明更正说明" in words(editor.get(f"{mine}/preview", status=400).page)
    editor.send(mine, {"note": "标题有误"}, form="markdown")
    editor.send(f"{mine}/preview", form="version")
    assert site.last_act().kind == "content.changed"
    public = site.as_(None).get(address)
    assert "标题有误" in words(public.page) and public.h1 == "演示：更正后的标题"
    assert words(next(public.page.iter("time"))) == moment
    second = site.as_(PROVINCE_OFFICER)
    second.send(theirs, {"title": "演示：另一标题", "note": "再改"}, form="markdown")
    assert "已有变化" in words(second.get(f"{theirs}/preview", status=400).page)
    shown = second.get(theirs)
    assert "演示：另一标题" in [node.get("value") for node in shown.page.iter("input")]
    assert "演示：更正后的标题" in words(shown.page) and "保留您填写的：演示：另一标题" in words(shown.page)
    second.send(theirs, {"step": "take", "summary": "另一摘要。"}, form="markdown")
    taken = second.get(theirs)
    assert "另一名经办人员" not in words(taken.page)
    second.send(f"{theirs}/preview", form="version")
    public = site.as_(None).get(address)
    assert public.h1 == "演示：另一标题" and site.person_of(site.last_act().n) == PROVINCE_OFFICER.id


def test_taking_over_a_newer_version_keeps_what_i_changed_and_takes_the_rest(site: DeskSite) -> None:
    editor, draft = written(site)
    address = editor.send(f"{draft}/preview", form="version").location
    mine = correct(editor, address).location
    second = site.as_(PROVINCE_OFFICER)
    theirs = correct(second, address, step="anew").location
    editor.send(mine, {"title": "演示：更正后的标题", "author": "演示甲", "note": "标题有误"}, form="markdown")
    editor.send(f"{mine}/preview", form="version")
    second.send(theirs, {"author": "演示乙", "note": "作者有误", "step": "take"}, form="markdown")
    values = {node.get("name"): node.get("value") for node in second.get(theirs).page.iter("input")}
    assert (values["title"], values["author"]) == ("演示：更正后的标题", "演示乙")
    second.send(f"{theirs}/preview", form="version")
    assert site.as_(None).get(address).h1 == "演示：更正后的标题"


def test_a_correction_previewed_before_another_was_published_leads_back_to_the_draft(site: DeskSite) -> None:
    editor, draft = written(site)
    address = editor.send(f"{draft}/preview", form="version").location
    second = site.as_(PROVINCE_OFFICER)
    mine, theirs = correct(editor, address).location, correct(second, address, step="anew").location
    editor.send(mine, {"summary": "甲的摘要。", "note": "摘要有误"}, form="markdown")
    second.send(theirs, {"summary": "乙的摘要。", "note": "摘要不全"}, form="markdown")
    stale = sent_by(second.get(f"{theirs}/preview"), having="version")
    editor.send(f"{mine}/preview", form="version")
    before = site.state()
    told = second.post(stale.pop(""), stale, status=409)
    assert "这篇文章已有变化" in words(told.page) and theirs in told.links() and site.state() == before
    shown = words(second.get(theirs).page)
    assert "甲的摘要。" in shown and "保留您填写的：乙的摘要。" in shown


def test_an_address_taken_after_the_preview_leads_back_to_its_field(site: DeskSite) -> None:
    editor, draft = written(site)
    _editor, other = written(site, slug="2026-03-02-1")
    stale = sent_by(editor.get(f"{other}/preview"), having="version")
    editor.send(f"{draft}/preview", form="version")
    told = editor.post(stale.pop(""), stale, status=409)
    assert "地址名已用过" in words(told.page)
    assert f"{other}#slug" in {node.get("href") for node in told.page.iter("a")}


def correct(person: Person, address: str, *, step: str = "", status: int = 303) -> Answer:
    """Open a correction from the list of news."""
    slug = address.rpartition("/")[2]
    token = next(
        n.get("value", "") for n in person.get("/desk/news").page.iter("input") if n.get("name") == "csrf_token"
    )
    return person.post(f"/desk/news/{slug}/correct", {"csrf_token": token, "step": step}, status=status)


def test_a_withdrawn_item_keeps_its_address_and_says_why(site: DeskSite) -> None:
    editor, draft = written(site)
    address = editor.send(f"{draft}/preview", form="version").location
    editor.send(f"/desk/news/{address.rpartition('/')[2]}/withdraw", {"reason": "事实有误。"})
    assert site.last_act().kind == "content.withdrawn"
    public = site.as_(None).get(address)
    assert "事实有误。" in words(public.page) and "2026年3月2日" in words(public.page)
    assert public.h1 == "本文已撤下" and public.meta("robots") == "noindex"
    assert not any(hidden in public.text for hidden in (STORY["title"], STORY["summary"], "第一段。", "要点"))
    act = next(act for act in site.acts() if act.kind == "content.published")
    body = act.envelope["body"]
    assert "第一段" in site.as_(None).get(f"/documents/{body}").text


def test_a_video_needs_a_film_or_address_and_its_transcript(site: DeskSite) -> None:
    editor, draft = written(site, kind="video", type="video")
    assert "请上传视频文件或填写视频网址" in words(editor.get(f"{draft}/preview", status=400).page)
    editor.send(draft, {"link": "https://video.example/v/1"}, form="markdown")
    assert "请填写视频文字稿" in words(editor.get(f"{draft}/preview", status=400).page)
    editor.send(draft, {"link": "javascript:alert(1)"}, form="markdown", status=400)
    editor.send(draft, {"link": "https://video.example/v/1", "transcript": "解说：山青了。"}, form="markdown")
    assert "解说：山青了。" in words(editor.get(f"{draft}/preview").page)


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (SVG, "a.svg", "只接收"),
        (SVG, "a.png", "与后缀名不符"),
        (HTML, "a.png", "与后缀名不符"),
        (zip_file(), "a.png", "与后缀名不符"),
        (zip_file(), "a.zip", "只接收"),
        (b"", "a.png", "是空的"),
        (png_header(2**31 - 1, 2**31 - 1), "a.png", "图片尺寸无法识别或超过"),
        (png()[:70], "a.png", "已损坏"),
        (b"x", "", "请选择文件"),
    ],
)
def test_asvs_5_2_2_hostile_uploads_are_refused_and_the_draft_keeps_its_files(
    site: DeskSite, data: bytes, name: str, sentence: str
) -> None:
    editor, draft = written(site)
    editor.send(f"{draft}/pictures", {"file": (io.BytesIO(png()), "a.png"), "alt": "好图"}, form="file")
    sent = {"file": (io.BytesIO(data), name), "alt": "这是说明"}
    answer = editor.send(f"{draft}/pictures", sent, form="file", status=400)
    assert sentence in words(answer.page)
    assert "这是说明" in [node.get("value") for node in answer.page.iter("input")]
    assert [file["alt"] for file in files_of(site, draft)] == ["好图"]


def test_a_picture_with_a_second_format_inside_comes_out_bare(site: DeskSite) -> None:
    editor, draft = written(site)
    editor.send(f"{draft}/pictures", {"file": (io.BytesIO(png() + HTML), "a.png"), "alt": "图"}, form="file")
    content = site.services.files.get(files_of(site, draft)[0]["sha256"])
    assert b"<script>" not in content and CANARY.encode() not in content


def test_a_picture_needs_its_description(site: DeskSite) -> None:
    editor, draft = written(site)
    sent = {"file": (io.BytesIO(png()), "a.png"), "alt": " "}
    assert "请填写图片文字说明" in words(editor.send(f"{draft}/pictures", sent, form="file", status=400).page)


def test_no_more_than_ten_files(site: DeskSite) -> None:
    editor, draft = written(site)
    for number in range(10):
        picture = {"file": (io.BytesIO(png((10 + number, 5))), "a.png"), "alt": f"图{number}"}
        editor.send(f"{draft}/pictures", picture, form="file")
    one_more = {"file": (io.BytesIO(png()), "a.png"), "alt": "多一张"}
    assert "最多还能添加0个" in words(editor.send(f"{draft}/pictures", one_more, form="file", status=400).page)
    assert len({file["name"] for file in files_of(site, draft)}) == 10


def test_asvs_5_2_1_what_is_larger_than_a_request_may_be_is_413(site: DeskSite) -> None:
    editor, draft = written(site)
    huge = b"--x\r\n" + b"\0" * 34_000_000
    editor.post(f"{draft}/pictures", huge, content_type="multipart/form-data; boundary=x", status=413)
    assert files_of(site, draft) == []


def test_trust_6_hostile_words_stay_words(site: DeskSite) -> None:
    hostile = "<img src=x onerror=alert(1)>\"'&"
    editor, draft = written(site, title=hostile, markdown=f"{hostile}\n\n[x](javascript:alert(1))", summary=hostile)
    address = editor.send(f"{draft}/preview", form="version").location
    for page in (site.as_(None).get(address), editor.get("/desk"), editor.get("/desk/news")):
        assert not [node for node in page.page.iter() if node.get("onerror")]
        assert not [node for node in page.page.iter("a") if "javascript" in (node.get("href") or "")]


def test_a_county_has_no_news_desk(site: DeskSite) -> None:
    assert site.as_(COUNTY_OFFICER).get("/desk/news", status=403).status == 403
