"""A form sent after the session ended loses no text in silence, and officers behind one address do not crowd
each other out. WCAG 2.2 2.2.5; OWASP ASVS 5.0 7.4, 3.5.1."""

import io

import pytest
from tests.desk import COUNTY_OFFICER, PROVINCE_OFFICER
from tests.web.desk.test_notice import TITLE, published, start, token
from tests.web.desk_site import DeskSite, desk_site
from tests.web.strict_client import Answer, words

from greenmine.config import Settings

TYPED = {"title": TITLE, "issuer": "演示自然资源厅", "text": "第一段。\n第二段<b>。", "version": "1"}


def shown_again(answer: Answer) -> list[str]:
    areas = [node for node in answer.page.iter("textarea") if node.get("readonly") is not None]
    return [(node.text or "").removeprefix("\n") for node in areas]


def test_who_was_signed_out_meanwhile_is_told_so_and_can_copy_what_was_typed(site: DeskSite) -> None:
    person, draft = start(site)
    before = site.state()
    for sent in (TYPED, TYPED | token(person, "")):
        answer = site.as_(None).post(draft, sent, status=403)
        assert "您已退出登录，刚才的内容没有保存" in words(answer.page)
        assert shown_again(answer) == [TITLE, "演示自然资源厅", "第一段。\n第二段<b>。"]
        assert {"标题", "发布机关", "正文"} <= {words(node) for node in answer.page.iter("label")}
        assert f"/desk/sign-in?back={draft}" in answer.links()
        assert answer.headers["Cache-Control"] == "no-store"
    assert site.state() == before


def test_a_stale_token_with_a_live_session_shows_the_same_and_asks_to_send_again(site: DeskSite) -> None:
    person, draft = start(site)
    answer = person.post(draft, TYPED | {"csrf_token": "stale"}, status=400)
    assert "请重新提交" in answer.h1 and TITLE in shown_again(answer)
    assert draft in answer.links() and not any("sign-in" in link for link in answer.links())


def test_a_form_without_a_page_of_its_own_leads_to_the_page_it_stands_on(site: DeskSite) -> None:
    _person, draft = start(site)
    answer = site.as_(None).post(f"{draft}/list/add", {"mine": "GM-1"}, status=403)
    assert f"/desk/sign-in?back={draft}/list" in answer.links()
    answer = site.as_(None).post(f"{draft}/discard", {}, status=403)
    assert f"/desk/sign-in?back={draft}" in answer.links()


def test_passwords_codes_tokens_and_files_are_never_shown_again(site: DeskSite) -> None:
    _person, draft = start(site)
    secrets = {"password": "SECRET-1", "current": "SECRET-2", "code": "SECRET-3", "csrf_token": "SECRET-4"}
    files = {"file": (io.BytesIO(b"SECRET-5"), "a.pdf")}
    answer = site.as_(None).post(f"{draft}/files", {**secrets, **files}, status=403)
    assert "SECRET" not in answer.text and "选择的文件也没有上传" in words(answer.page)
    answer = site.as_(None).post("/desk/account/password", {"again": "SECRET-6", "x": "SECRET-7"}, status=403)
    assert "SECRET" not in answer.text


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_words_that_another_site_sends_are_not_shown_as_typed_here(site: DeskSite, headers: dict[str, str]) -> None:
    _person, draft = start(site)
    answer = site.as_(None).post(draft, TYPED, status=403, headers=headers)
    assert TITLE not in answer.text


def test_forms_of_the_desk_are_counted_by_officer_and_not_by_address(settings: Settings) -> None:
    site = desk_site(settings, rate_desk="30 per minute", rate_forms="1 per minute")
    _person, number = published(site)
    path = f"/desk/notices/{number}/withdraw"
    one = site.as_(PROVINCE_OFFICER)
    values = token(one, "")
    answers = [one.post(path, values, status=None).status for _each in range(31)]
    assert 429 in answers
    other = site.as_(COUNTY_OFFICER)
    assert other.post(path, token(other, ""), status=None).status in (403, 404)


def test_a_form_of_the_desk_may_be_as_long_as_a_list(site: DeskSite) -> None:
    person, draft = start(site)
    many: dict[str, object] = {f"reason-{n}": "理由" for n in range(900)}
    many |= token(person, "") | {"file": (io.BytesIO(b""), ""), "version": "1"}
    assert person.post(f"{draft}/files", many, status=400).status == 400
    many["file"] = (io.BytesIO(b""), "")
    assert site.as_(None).post(f"{draft}/files", many, status=413).status == 413
