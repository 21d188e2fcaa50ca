"""A draft is thrown away only on purpose, and only as it was seen."""

from tests.desk import PROVINCE_COLLEAGUE
from tests.web.desk.test_notice import published, start, token, written
from tests.web.desk_site import DeskSite, sent_by
from tests.web.strict_client import words


def test_a_draft_is_not_thrown_away_by_one_click(site: DeskSite) -> None:
    person, draft = start(site)
    form = sent_by(person.get(draft), having="confirmed")
    assert "confirmed" not in form and form.pop("") == f"{draft}/discard"
    refused = person.post(f"{draft}/discard", form, status=400)
    assert "草稿没有放弃" in words(refused.page)
    person.get(draft)
    person.post(f"{draft}/discard", {**form, "confirmed": "y"})
    person.get(draft, status=410)


def test_a_draft_that_a_colleague_saved_meanwhile_is_not_thrown_away(site: DeskSite) -> None:
    person, draft = start(site)
    form = sent_by(person.get(draft), having="confirmed")
    form.pop("")
    site.as_(PROVINCE_COLLEAGUE).send(draft, {"title": "演示新标题", "issuer": "演示厅"}, form="title", status=None)
    person.post(f"{draft}/discard", {**form, "confirmed": "y"}, status=409)
    assert "演示新标题" in person.get(draft).text


def test_no_field_that_is_refused_when_empty_is_called_optional(site: DeskSite) -> None:
    person, draft = written(site)
    labels = [words(node) for node in person.get(draft).page.iter("label")]
    assert "期限（公示必填，公告可不填）" in labels
    number = person.send(f"{draft}/preview", form="version").location.partition("?")[0].rpartition("/")[2]
    site.later(days=8)
    chosen = person.post(f"/desk/notices/{number}/close", token(person, "") | {"step": "choose"}, status=200)
    labels = [words(node) for node in chosen.page.iter("label")]
    for label in ("决定机关", "纳入日期"):
        assert f"{label}（必填）" in labels


def test_publishing_is_confirmed_once_and_leaves_nothing_in_cookies(site: DeskSite) -> None:
    person, draft = written(site)
    sent = person.send(f"{draft}/preview", form="version")
    assert sent.location.endswith("?done=published") and "flash" not in str(sent.headers)
    shown = person.get(sent.location)
    assert "已发布" in [words(node) for node in shown.page.iter("p")]
    assert "公众现在可以看到" not in person.get(sent.location.partition("?")[0]).text


def test_the_withdraw_form_of_a_withdrawn_notice_is_refused_when_opened(site: DeskSite) -> None:
    person, number = published(site)
    person.send(f"/desk/notices/{number}/withdraw", {"reason": "发布有误。"})
    assert "已经办结或撤回" in words(person.get(f"/desk/notices/{number}/withdraw", status=409).page)


def test_the_site_offers_its_own_way_to_object(site: DeskSite) -> None:
    _person, number = published(site)
    assert f"/notices/{number}/objection" in site.as_(None).get(f"/notices/{number}").links()
    assert "公示阶段的矿山" in words(site.as_(None).get("/regions/520000").page)
