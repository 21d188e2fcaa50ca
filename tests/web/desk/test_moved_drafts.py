"""Two officers on one draft: whoever comes second is told what the first changed, wherever the second clicks."""

import io
from typing import Any

import pytest
from tests.desk import EDITOR, PROVINCE_COLLEAGUE, PROVINCE_OFFICER
from tests.hostile_files import png
from tests.web.desk.test_credit import proposed
from tests.web.desk.test_news import written as news_written
from tests.web.desk.test_notice import written
from tests.web.desk_site import DeskSite, sent_by
from tests.web.strict_client import words

from greenmine.store.draft import get_draft


def data_of(site: DeskSite, draft: str) -> dict[str, Any]:
    with site.services.database.read() as tx:
        return dict(get_draft(tx, int(draft.rpartition("/")[2])).data)


@pytest.mark.parametrize(
    ("page", "field"), [("preview", "version"), ("list?q=白云", "mine")], ids=["publish", "add a mine"]
)
def test_a_stale_click_on_a_notice_is_told_what_changed_and_leads_back(site: DeskSite, page: str, field: str) -> None:
    first, draft = written(site)
    if field == "mine":
        first.send(f"{draft}/list", {"lines": "", "step": "stay"}, form="lines")
    second = site.as_(PROVINCE_COLLEAGUE)
    stale = sent_by(second.get(f"{draft}/{page}"), having=field)
    first.send(draft, {"contact": "甲处 0851-0000000"}, form="title")
    before = site.state()
    answer = second.post(stale.pop(""), stale, status=409)
    assert "联系方式" in words(answer.page) and "甲处 0851-0000000" in words(answer.page)
    assert "文号" not in words(next(answer.page.iter("main"))), "only what changed"
    assert draft in answer.links() and site.state() == before


def test_a_stale_upload_or_drop_is_told_and_takes_nothing(site: DeskSite) -> None:
    first, draft = written(site)
    second = site.as_(PROVINCE_COLLEAGUE)
    first.send(f"{draft}/files", {"file": (io.BytesIO(png()), "甲.png")}, form="file")
    page = second.get(f"{draft}/files")
    upload, drop = sent_by(page, having="file"), sent_by(page, having="version")
    first.send(draft, {"contact": "甲处"}, form="title")
    sent = {**upload, "file": (io.BytesIO(png((9, 9))), "乙.png")}
    answer = second.post(f"{draft}/files", sent, status=409)
    assert "另一名经办人员" in words(answer.page) and "甲.png" in words(answer.page)
    second.post(drop.pop(""), drop, status=409)
    assert len(data_of(site, draft)["files"]) == 1


def test_a_stale_click_on_news_is_told_and_keeps_the_words_of_the_picture(site: DeskSite) -> None:
    first, draft = news_written(site)
    second = site.as_(PROVINCE_OFFICER)
    publish = sent_by(second.get(f"{draft}/preview"), having="version")
    upload = sent_by(second.get(f"{draft}/pictures"), having="file")
    first.send(draft, {"summary": "换了摘要。"}, form="markdown")
    told = second.post(publish.pop(""), publish, status=409)
    assert "换了摘要。" in words(told.page) and draft in told.links()
    sent = {**upload, "file": (io.BytesIO(png()), "a.png"), "alt": "山坡上的新林"}
    answer = second.post(f"{draft}/pictures", sent, status=409)
    assert "另一名经办人员" in words(answer.page)
    assert "山坡上的新林" in [node.get("value") for node in answer.page.iter("input")]
    first.send(f"{draft}/pictures", {"file": (io.BytesIO(png()), "a.png"), "alt": "图"}, form="file")
    drop = sent_by(second.get(f"{draft}/pictures"), having="version")
    first.send(draft, {"summary": "又换。"}, form="markdown")
    second.post(drop.pop(""), drop, status=409)


def test_a_credit_entry_given_back_and_proposed_anew_is_not_decided_from_the_old_page(site: DeskSite) -> None:
    site.later(days=60)
    first, draft = proposed(site)
    second = site.as_(PROVINCE_COLLEAGUE)
    stale = sent_by(second.get(f"{draft}/decide"), having="version")
    second.send(f"{draft}/return", {"reason": "请补充"})
    first.send(draft, {"conduct": "补充了事实。", "step": "propose"}, form="conduct")
    before = site.size()
    answer = second.post(f"{draft}/decide", {**stale, "": ""}, status=409)
    assert "补充了事实。" in words(answer.page) and draft in answer.links() and site.size() == before


def test_the_way_back_to_a_published_draft_leads_to_what_it_became(site: DeskSite) -> None:
    person, draft = written(site)
    person.send(f"{draft}/preview", form="version")
    for part in ("", "/list", "/files", "/preview"):
        page = person.get(f"{draft}{part}", status=409)
        assert page.h1 == "已经发布" and "/notices/2026-0001" in page.links()
    editor, news = news_written(site)
    editor.send(f"{news}/preview", form="version")
    assert "/news/2026-03-02-1" in site.as_(EDITOR).get(news, status=409).links()
