"""The complaint form over HTTP: one question a page, nothing typed is ever lost, sent once (ui.md 5; trust.md 20)."""

import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.web.complaint_site import (
    ANONYMOUS,
    CANARIES,
    NAMED,
    NEW,
    PLACE,
    RECEIPT,
    STORY,
    TRACK,
    WHEN,
    ComplaintSite,
    complaint_site,
    main_words,
    photo,
)
from tests.web.desk_site import sent_by
from tests.web.strict_client import words

from greenmine.config import Settings
from greenmine.domain.complaint import LONGEST_LINE, LONGEST_TEXT


@pytest.fixture
def site(settings: Settings) -> Iterator[ComplaintSite]:
    with complaint_site(settings) as made:
        yield made


def test_the_notice_says_who_why_what_how_long_and_the_rights_before_anything_is_asked(site: ComplaintSite) -> None:
    """个人信息保护法 17, 31; anonymous complaints are taken (矿产资源法 61)."""
    text = main_words(site.person().get(NEW))
    for told in ("谁处理", "为什么", "要填什么", "谁能看到", "办结后2年", "您的权利", "未满14周岁", "匿名"):
        assert told in text, told
    for number in ("110", "119", "120", "12345"):
        assert number in text
    assert "姓名、联系方式、原文、照片、提交时间和编号，都不提供给被投诉的企业" in text
    assert site.count()["form_draft"] == 0


def test_a_mines_page_leads_to_a_form_that_knows_the_mine(site: ComplaintSite) -> None:
    mine, person = site.register.mines["zhijin"], site.person()
    assert f"{NEW}?mine={mine}" in person.get(f"/mines/{mine}").links()
    assert person.begin(mine=mine).location == f"{NEW}/target"
    page = person.get(f"{NEW}/target")
    assert "云岭煤矿" in main_words(page) and sent_by(page, having="mine")["mine"] == mine
    assert "没有这个编号的矿山" in main_words(site.person().get(f"{NEW}?mine=GM-999999-9999"))


def test_a_page_out_of_order_leads_to_the_first_unanswered(site: ComplaintSite) -> None:
    person = site.person()
    person.begin()
    for step in ("kind", "story", "contact", "check"):
        assert person.get(f"{NEW}/{step}", status=303).location == f"{NEW}/target"
    person.get(f"{NEW}/nothing", status=404)
    assert person.get(f"{NEW}/continue", status=303).location == f"{NEW}/target"


@pytest.mark.parametrize(
    ("step", "typed", "sentence", "anchor"),
    [
        ("kind", {"about": "mine"}, "请选择投诉的具体问题。", "#matter-0"),
        ("kind", {"matter": "environment:fraud", "about": "mine"}, "请从列表中选择。", "#matter-0"),
        ("story", {"text": " \n "}, "请写明发生了什么。", "#text"),
        ("story", {"text": "字" * (LONGEST_TEXT + 1)}, f"请控制在{LONGEST_TEXT}字以内。", "#text"),
        ("place", {"place": "字" * (LONGEST_LINE + 1)}, f"请控制在{LONGEST_LINE}字以内。", "#place"),
        ("contact", {"complainant": "resident"}, "请选择匿名或者实名。", "#named-0"),
        ("contact", {**NAMED, "name": " "}, "实名投诉请填写姓名；不愿留名可选择匿名。", "#name"),
        ("contact", {**NAMED, "phone": ""}, "请至少填写一种联系方式。", "#phone"),
    ],
)
def test_what_must_be_mended_is_told_in_the_same_words_twice_and_stays_typed(
    site: ComplaintSite, step: str, typed: dict[str, str], sentence: str, anchor: str
) -> None:
    """ui.md 5: error summary above the h1 with the same words as at the field, and a link to it."""
    person = site.person()
    person.to_check(mine=site.register.mines["zhijin"], until=step)
    refused = person.answer(step, typed, status=400)
    links = {node.get("href"): words(node) for node in refused.page.iter("a")}
    assert links[anchor] == sentence and main_words(refused).count(sentence) == 2
    assert refused.title.startswith("错误：")
    html = refused.text
    assert html.index('class="notice bad summary"') < html.index("<h1")
    kept = sent_by(person.get(f"{NEW}/{step}"), having="seen")
    for name, value in typed.items():
        assert kept.get(name, "") == value or name == "matter", name


def test_inputs_say_what_belongs_in_them_and_stop_where_the_server_does(site: ComplaintSite) -> None:
    """WCAG 1.3.5; maxlength as domain/complaint.py."""
    person = site.person()
    person.at_check()
    inputs = {n.get("name"): n for n in person.get(f"{NEW}/contact").page.iter("input")}
    assert [inputs[name].get("autocomplete") for name in ("name", "phone", "address")] == [
        "name", "tel", "street-address",
    ]  # fmt: skip
    assert inputs["phone"].get("inputmode") == "tel" and inputs["name"].get("maxlength") == str(LONGEST_LINE)
    story = next(person.get(f"{NEW}/story").page.iter("textarea"))
    assert story.get("maxlength") == str(LONGEST_TEXT)
    assert "mail" not in inputs, "no mail is offered by a site that sends none"


def test_the_longest_story_of_a_browser_is_taken_with_its_line_ends(site: ComplaintSite) -> None:
    """A browser counts a line end once and sends two characters."""
    person = site.person()
    person.at_check()
    story = "字\r\n" * (LONGEST_TEXT // 2)
    assert person.answer("story", {"text": story}).location == f"{NEW}/files"


def test_marks_that_nobody_sees_are_dropped_and_no_riddle(site: ComplaintSite) -> None:
    person = site.person()
    person.to_check({**NAMED, "phone": "\u202d13900000000\u202c"}, mine=site.register.mines["zhijin"])
    assert sent_by(person.get(f"{NEW}/contact"), having="seen")["phone"] == "13900000000"


def test_the_last_page_shows_every_answer_who_answers_and_by_when(site: ComplaintSite) -> None:
    """信访工作条例 22 (15 days), 34 (60 days); GO-18."""
    person = site.person()
    person.to_check(NAMED, mine=site.register.mines["zhijin"])
    page = person.get(f"{NEW}/check")
    text = main_words(page)
    for told in ("云岭煤矿", "安全：爆破", STORY, PLACE, WHEN, "当地居民", "暗号翠鸟，13900000000"):
        assert told in text, told
    assert "由贵州省毕节市织金县应急管理部门办理。" in text
    assert "最迟2026年12月3日（星期四）告知是否受理" in text and "2027年2月1日（星期一）" in text
    for step in ("target", "kind", "story", "files", "place", "contact"):
        assert f"{NEW}/{step}?from=check" in page.links()


def test_a_changed_answer_leads_back_to_the_last_page(site: ComplaintSite) -> None:
    person = site.person()
    person.at_check()
    assert person.fill(f"{NEW}/story?from=check", {"text": "改过"}, having="seen").location == f"{NEW}/check"
    assert "改过" in main_words(person.get(f"{NEW}/check"))


def test_a_complaint_about_the_authority_goes_a_level_up(site: ComplaintSite) -> None:
    """信访工作条例 18, 30: never to the accused."""
    person = site.person()
    person.at_check()
    person.fill(f"{NEW}/kind?from=check", {"matter": "environment:dust", "about": "authority"}, having="seen")
    assert "由贵州省毕节市生态环境主管部门办理。" in main_words(person.get(f"{NEW}/check"))


def test_it_is_sent_only_with_the_declaration(site: ComplaintSite) -> None:
    person = site.person()
    person.at_check()
    site.later(seconds=30)
    refused = person.fill(f"{NEW}/check", {}, status=400, having="form_key")
    assert "请确认所写属实后再提交。" in main_words(refused)
    assert site.count()["complaint"] == 0


@pytest.mark.parametrize("contact", [ANONYMOUS, NAMED], ids=["anonymous", "named"])
def test_sent_once_it_leads_to_the_receipt_and_stands_sealed(site: ComplaintSite, contact: dict[str, str]) -> None:
    person = site.person()
    person.lodge(contact, mine=site.register.mines["zhijin"])
    assert site.count() == {"complaint": 1, "case_task": 1, "sent_form": 1, "form_draft": 1}
    raw = b"".join(path.read_bytes() for path in site.services.settings.data_dir.glob("greenmine.sqlite*"))
    for canary in CANARIES:
        assert canary.encode() not in raw, canary


def test_an_anonymous_sender_who_typed_a_name_sends_none(site: ComplaintSite) -> None:
    person = site.person()
    person.to_check({**NAMED, "named": "anonymous"}, mine=site.register.mines["zhijin"])
    assert "匿名，不提交姓名和联系方式" in main_words(person.get(f"{NEW}/check"))
    person.send()
    told = json.loads(person.get(f"{RECEIPT}/file").text)
    assert told["record"]["identity"] == {} and told["record"]["matter"]["anonymous"] is True


def test_twenty_identical_posts_at_once_make_one_case(site: ComplaintSite) -> None:
    """trust.md 20; issue 3 "done when"."""
    person = site.person()
    person.at_check()
    shown = sent_by(person.get(f"{NEW}/check"), having="declared")
    site.later(seconds=30)
    cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in person.cookies().items())

    def post(_n: int) -> tuple[int, str]:
        client = site.app.test_client(use_cookies=False)
        answer = client.post(
            f"{NEW}/check", data={**shown, "declared": "y"}, headers={"Cookie": cookies}, base_url=person.site_url
        )
        return answer.status_code, answer.headers.get("Location", "")

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(post, range(20)))
    assert answers == {(303, RECEIPT)}
    assert site.count()["complaint"] == site.count()["case_task"] == site.count()["sent_form"] == 1


def test_sent_again_by_the_back_button_it_leads_to_the_receipt_then_says_it_was_sent(site: ComplaintSite) -> None:
    person = site.person()
    person.at_check()
    shown = sent_by(person.get(f"{NEW}/check"), having="declared")
    person.send()
    assert person.post(f"{NEW}/check", {**shown, "declared": "y"}).location == RECEIPT
    _number, code = person.receipt()
    person.fill(RECEIPT, {"code": code}, having="code")
    again = person.post(f"{NEW}/check", {**shown, "declared": "y"}, status=409)
    assert "已提交，没有重复登记。编号和查询码只在回执页显示。" in main_words(again) and TRACK in again.links()
    assert site.count()["complaint"] == 1


def test_two_windows_keep_what_each_has_typed(site: ComplaintSite) -> None:
    person = site.person()
    person.at_check()
    old = sent_by(person.get(f"{NEW}/story"), having="seen")
    person.answer("story", {"text": "另一个窗口写的"})
    moved = person.post(f"{NEW}/story", {**old, "text": "这个窗口写的"}, status=409)
    assert "另一个窗口写的" in main_words(moved)
    still = sent_by(moved, having="seen")
    assert still["text"] == "这个窗口写的"
    assert person.post(f"{NEW}/story", still).location == f"{NEW}/files"
    assert sent_by(person.get(f"{NEW}/story"), having="seen")["text"] == "这个窗口写的"


def test_windows_on_different_pages_are_no_conflict(site: ComplaintSite) -> None:
    person = site.person()
    person.at_check()
    old = sent_by(person.get(f"{NEW}/place"), having="seen")
    person.answer("story", {"text": "另一页"})
    assert person.post(f"{NEW}/place", {**old, "place": "新地点"}).status == 303


def test_what_was_changed_in_another_window_is_read_over_before_it_is_sent(site: ComplaintSite) -> None:
    person = site.person()
    person.at_check()
    shown = sent_by(person.get(f"{NEW}/check"), having="declared")
    person.answer("story", {"text": "后来改的"})
    site.later(seconds=30)
    again = person.post(f"{NEW}/check", {**shown, "declared": "y"}, status=409)
    assert "后来改的" in main_words(again) and "请重新核对后再提交" in main_words(again)
    assert site.count()["complaint"] == 0


def test_cleared_means_gone_with_its_files(site: ComplaintSite) -> None:
    person = site.person()
    person.at_check()
    person.answer("files", {"do": "add", "file": (io.BytesIO(photo()), "a.jpg")})
    assert site.sealed() == 1
    shown = sent_by(person.get(f"{NEW}/story"), having="csrf_token")
    cleared = person.post(f"{NEW}/clear", {"csrf_token": shown["csrf_token"]})
    assert cleared.location == f"{NEW}/cleared" and "清除" in main_words(person.get(cleared.location))
    assert site.count()["form_draft"] == 0 and site.sealed() == 0
    assert "没有找到您填写的内容" in person.get(f"{NEW}/story", status=410).h1


def test_a_draft_that_ran_out_is_told_with_what_was_typed_just_now(site: ComplaintSite) -> None:
    person = site.person()
    person.at_check()
    shown = sent_by(person.get(f"{NEW}/story"), having="seen")
    person.post(f"{NEW}/clear", {"csrf_token": shown["csrf_token"]})
    lost = person.post(f"{NEW}/story", {**shown, "text": "最后写的话"}, status=410)
    assert "最后写的话" in main_words(lost)
    person.to_check(mine=site.register.mines["zhijin"], until="place")
    site.later(hours=73)
    assert "没有找到您填写的内容" in person.get(f"{NEW}/place", status=410).h1


def test_a_stale_token_loses_nothing_typed(site: ComplaintSite) -> None:
    """A phone that ended the browser forgets the session's cookie, not the draft's."""
    person = site.person()
    person.at_check()
    shown = sent_by(person.get(f"{NEW}/story"), having="seen")
    stale = person.post(f"{NEW}/story", {**shown, "csrf_token": "x", "text": "没有丢"}, status=400)
    assert sent_by(stale, having="seen")["text"] == "没有丢" and stale.title.startswith("错误：")
    assert sent_by(person.get(f"{NEW}/story"), having="seen")["text"] == STORY, "and nothing forged is kept"


def test_all_cookies_lost_leave_what_was_typed_just_now_to_be_copied(site: ComplaintSite) -> None:
    person = site.person()
    person.at_check()
    shown = sent_by(person.get(f"{NEW}/story"), having="seen")
    for cookie in person.cookies().values():
        person.browser.delete_cookie(cookie.key, domain=cookie.domain, path=cookie.path)
    lost = person.post(f"{NEW}/story", {**shown, "text": "最后写的话"}, status=410)
    assert "最后写的话" in main_words(lost) and STORY not in lost.text


def test_the_pages_are_kept_by_no_cache_and_the_key_by_no_script(site: ComplaintSite) -> None:
    """ASVS 14.2.2, 3.3."""
    person = site.person()
    person.at_check()
    for step in ("target", "kind", "story", "files", "place", "contact", "check"):
        answer = person.get(f"{NEW}/{step}")
        assert answer.headers["Cache-Control"] == "no-store" and "Cookie" in answer.headers["Vary"]
        cookie = answer.response.headers["Set-Cookie"]
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert person.get(NEW).headers["Cache-Control"] == "no-store"


def test_a_draft_that_waits_is_gone_on_with_and_never_overwritten(site: ComplaintSite) -> None:
    person, other = site.person(), site.register.mines["wengan"]
    person.at_check()
    page = person.get(f"{NEW}?mine={other}")
    assert "没有提交的投诉" in main_words(page) and f"{NEW}/continue" in page.links()
    person.fill(f"{NEW}?mine={other}", having="mine")
    text = main_words(person.get(f"{NEW}/check"))
    assert "青坪磷矿" in text and STORY in text
    assert site.count()["form_draft"] == 1


def test_unknown_fields_change_nothing(site: ComplaintSite) -> None:
    """ASVS 15.3.3."""
    person = site.person()
    person.at_check()
    person.answer("story", {"text": STORY, "receipt": "x", "status": "closed", "name": "外来"})
    assert sent_by(person.get(f"{NEW}/contact"), having="seen")["name"] == ""
    assert person.send().location == RECEIPT


def test_a_mail_address_is_asked_for_only_where_letters_are_sent(settings: Settings) -> None:
    from dataclasses import replace as changed  # noqa: PLC0415

    from greenmine.config.mail import parse_mail_server  # noqa: PLC0415

    mailing = changed(settings, mail_server=parse_mail_server("smtp://127.0.0.1"), mail_from="site@example.com")
    with complaint_site(mailing) as site:
        person = site.person()
        person.to_check({**NAMED, "mail": "a@example.com"}, mine=site.register.mines["zhijin"])
        assert "a@example.com" in main_words(person.get(f"{NEW}/check"))
        refused = person.answer("contact", {**NAMED, "mail": "nonsense"}, status=400)
        assert "电子邮箱的格式不对" in main_words(refused)
