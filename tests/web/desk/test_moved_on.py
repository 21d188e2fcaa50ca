"""The first of two officers has moved the thing to another state while the second was typing: the second is told so
and loses nothing. design.md "Drafts"; WCAG 2.2 2.2.5; OWASP ASVS 2.3.4."""

from typing import Any

from tests.desk import CITY_OFFICER, PROVINCE_COLLEAGUE, PROVINCE_OFFICER
from tests.web.desk.test_credit import ENTRY
from tests.web.desk.test_lost_forms import shown_again
from tests.web.desk.test_news import written as news_written
from tests.web.desk.test_notice import published, start, written
from tests.web.desk.test_removal import DECISION, propose
from tests.web.desk_site import DeskSite, Person, sent_by
from tests.web.strict_client import Answer, words

from greenmine.store.draft import get_draft

SECRETS = {"password": "SECRET-1", "code": "SECRET-2", "some_token": "SECRET-3"}
REASON = "撤回的理由，写了很久。"


class Late:
    """A form as the second officer has it open and filled."""

    def __init__(self, person: Person, page: str, typed: dict[str, Any], *, having: str) -> None:
        self.person, self.page = person, page
        form = sent_by(person.get(page), having=having)
        self.action = form.pop("", page)
        self.values = {**form, **typed}

    def send(self, *, status: int = 409) -> Answer:
        """Send it; whatever is answered, no secret of it is repeated."""
        answer = self.person.post(self.action, {**self.values, **SECRETS}, status=status)
        assert "SECRET" not in answer.text and f">\n{self.values['csrf_token']}<" not in answer.text
        return answer


def test_a_draft_that_was_published_meanwhile(site: DeskSite) -> None:
    first, draft = written(site)
    late = Late(site.as_(PROVINCE_COLLEAGUE), draft, {"text": "第二人改写的正文。"}, having="title")
    first.send(f"{draft}/preview", form="version")
    before = site.state()
    answer = late.send()
    assert answer.h1 == "已经发布" and "/notices/2026-0001" in answer.links()
    assert "第二人改写的正文。" in shown_again(answer) and site.state() == before
    assert shown_again(first.get(draft, status=409)) == [], "who only opens the page has typed nothing"


def test_a_news_draft_that_was_published_meanwhile(site: DeskSite) -> None:
    first, draft = news_written(site)
    late = Late(site.as_(PROVINCE_OFFICER), draft, {"markdown": "第二人改写的正文。"}, having="markdown")
    first.send(f"{draft}/preview", form="version")
    assert "第二人改写的正文。" in shown_again(late.send())


def test_a_draft_that_was_thrown_away_meanwhile(site: DeskSite) -> None:
    first, draft = start(site)
    late = Late(site.as_(PROVINCE_COLLEAGUE), draft, {"text": "第二人写的正文。"}, having="title")
    first.send(draft, {"confirmed": "y"}, form="confirmed")
    answer = late.send(status=410)
    assert answer.h1 == "草稿已放弃" and "依法移除" not in words(answer.page)
    assert "第二人写的正文。" in shown_again(answer)
    opened = first.get(draft, status=410)
    assert opened.h1 == "草稿已放弃" and shown_again(opened) == []


def test_a_credit_draft_that_was_handed_over_meanwhile(site: DeskSite) -> None:
    site.later(days=60)
    first, second = site.as_(PROVINCE_OFFICER), site.as_(PROVINCE_COLLEAGUE)
    draft = first.send("/desk/credits/new", {"region": "520000"}).location
    first.send(draft, {**ENTRY, "step": "save"}, form="conduct")
    typed = {"conduct": "第二人补充的事实。", "mine": site.mines["listed"], "step": "save"}
    late = Late(second, draft, typed, having="conduct")
    same = Late(second, draft, {"step": "propose"}, having="conduct")
    first.send(draft, {"step": "propose"}, form="conduct")
    answer = late.send()
    assert "待决定" in words(answer.page) and {"第二人补充的事实。", site.mines["listed"]} <= set(shown_again(answer))
    assert same.send(status=303).location == draft, "nothing is lost of what was handed over word for word"
    with site.services.database.read() as tx:
        assert get_draft(tx, int(draft.rpartition("/")[2])).data["conduct"] == ENTRY["conduct"]


def test_a_notice_that_was_closed_meanwhile(site: DeskSite) -> None:
    first, number = published(site)
    site.later(days=7)
    close, mine = f"/desk/notices/{number}/close", site.mines["baiyun"]
    told = {"result": "公示期满。", "organ": "演示自然资源厅", "since": "2026-03-09", "step": "close"}
    second = site.as_(PROVINCE_COLLEAGUE)
    chosen = second.send(close, {"dropped": mine, "step": "choose"}, status=200)
    typed = {"dropped": mine, f"reason-{mine}": "许可证已过期。", **told}
    first.send(close, {"step": "choose"}, status=200)
    late = Late(second, close, {**sent_by(chosen, having="result"), **typed}, having="csrf_token")
    first.post(close, {**sent_by(first.get(close)), **told})
    before = site.state()
    answer = late.send()
    assert {"许可证已过期。", "公示期满。", "演示自然资源厅", "2026-03-09"} <= set(shown_again(answer))
    assert any(mine in words(label) for label in answer.page.iter("label")), "which mine the reason is about"
    assert f"/desk/notices/{number}" in answer.links() and site.state() == before


def test_a_removal_that_was_decided_meanwhile(site: DeskSite) -> None:
    removal = propose(site, CITY_OFFICER)
    first, second = site.as_(PROVINCE_OFFICER), site.as_(PROVINCE_COLLEAGUE)
    typed = {**DECISION, "reason": "第二人写的理由。", "step": "publish"}
    late = Late(second, f"{removal}/decide", typed, having="reason")
    first.send(f"{removal}/decide", {**DECISION, "outcome": "refused", "rectify_until": "", "step": "publish"})
    before = site.state()
    answer = late.send()
    assert "不予移出" in words(answer.page) and "第二人写的理由。" in shown_again(answer)
    assert site.state() == before
    assert shown_again(second.get(f"{removal}/decide", status=409)) == []


def test_a_notice_that_was_withdrawn_meanwhile(site: DeskSite) -> None:
    first, number = published(site)
    page = f"/desk/notices/{number}/withdraw"
    late = Late(site.as_(PROVINCE_COLLEAGUE), page, {"reason": REASON}, having="reason")
    first.send(page, {"reason": "发布有误。"})
    before = site.state()
    answer = late.send()
    assert "已经办结或撤回" in words(answer.page) and shown_again(answer) == [REASON]
    assert f"/desk/notices/{number}" in answer.links() and site.state() == before


def test_news_that_was_withdrawn_meanwhile(site: DeskSite) -> None:
    first, draft = news_written(site)
    slug = first.send(f"{draft}/preview", form="version").location.rpartition("/")[2]
    page = f"/desk/news/{slug}/withdraw"
    late = Late(site.as_(PROVINCE_OFFICER), page, {"reason": REASON}, having="reason")
    first.send(page, {"reason": "事实有误。"})
    before = site.state()
    answer = late.send()
    assert "已经撤下" in words(answer.page) and shown_again(answer) == [REASON]
    assert "/desk/news" in answer.links() and site.state() == before
