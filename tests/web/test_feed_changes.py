"""Feeds when something changes, ends, moves or vanishes: identities stay, words follow the law."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, update
from tests.announced import add_credit
from tests.desk import FIRM_CODE, Desk, article, instant
from tests.feeds import ENDINGS, SECTIONS, Told, names, read, told
from tests.one_app import app_for
from tests.reference_data import reference
from tests.seats import seated
from tests.statements import statements
from tests.web.clock_site import Site, open_site
from tests.web.register import FIRST, ORGAN, SECOND, TODAY
from tests.web.strict_client import StrictClient

from greenmine.domain.article import ArticleMedia
from greenmine.domain.credit import CreditDraft, Subject
from greenmine.domain.ground import CreditLevel
from greenmine.domain.notice import Attachment
from greenmine.domain.seat import Role
from greenmine.projections.feed import settle_authority
from greenmine.store import tables
from greenmine.store.notice import get_notice
from greenmine.usecases.article import publish_article, withdraw_article
from greenmine.usecases.credit import end_due_credits
from greenmine.usecases.notice import correct_notice, withdraw_notice

EDITOR = seated(7, Role.EDITOR, "520000")


def site_with_a_notice(folder: Path) -> Site:
    site = open_site(folder)
    desk = desk_of(site)
    desk.publish(
        desk.register(), first_day=TODAY, attachments=(Attachment("ab" * 32, "附件一.pdf", "application/pdf", 1024),)
    )
    return site


def desk_of(site: Site) -> Desk:
    return Desk(site.services.database, now=site.clock.now)


def notice_of(site: Site) -> Told:
    (item,) = told(site.client, "/feeds/notices.*")
    return item


def test_a_correction_changes_the_item_and_makes_no_second_one(tmp_path: Path) -> None:
    site = site_with_a_notice(tmp_path)
    before = notice_of(site)
    number = names([before])[0].removeprefix("notice/")
    site.clock.now = instant(date(2026, 11, 19))
    with site.services.database.write() as tx:
        row = get_notice(tx, number)
        correct_notice(
            tx, number, title="更正后的标题", text=row.text, contact="0000-1234567", reason="电话有误",
            seen_act=row.last_act, reference=reference(), officer=FIRST, at=site.clock.now,
        )  # fmt: skip
    after = notice_of(site)
    assert (after.id, after.href, after.published) == (before.id, before.href, before.published)
    assert after.title == "更正后的标题" and "电话有误" in after.html and "0000-1234567" in after.html
    assert after.updated == "2026-11-19T04:00:00Z" > before.updated
    with site.services.database.write() as tx:
        withdraw_notice(tx, number, reason="发布有误", reference=reference(), officer=FIRST, at=site.clock.now)
    last = notice_of(site)
    assert last.id == before.id
    assert last.title == "【已撤回】更正后的标题" and "发布有误" in last.html


def test_attachments_are_enclosures_until_law_removes_them(tmp_path: Path) -> None:
    site = site_with_a_notice(tmp_path)
    for ending in ENDINGS:
        (item,) = told(site.client, "/feeds/notices.*", ending)
        assert item.files == ((f"{site.client.site_url}/documents/{'ab' * 32}", "application/pdf", 1024),)
    with site.services.database.write() as tx:
        document = tables.document
        tx.execute(
            update(document).where(document.c.sha256 == "ab" * 32).values(removed_by=1, removed_ground="credit_ended")
        )
    site.clock.now = instant(date(2026, 11, 19))
    assert notice_of(site).files == ()
    assert "ab" * 32 not in notice_of(site).html


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_notice_whose_body_law_removed_keeps_its_identity_and_no_words(tmp_path: Path, ending: str) -> None:
    site = site_with_a_notice(tmp_path)
    before = notice_of(site)
    with site.services.database.write() as tx:
        document = tables.document
        tx.execute(
            update(document)
            .where(document.c.sha256.in_(select(tables.act.c.body).where(tables.act.c.kind == "notice.published")))
            .values(content=None, removed_by=1, removed_ground="credit_ended")
        )
    site.clock.now = instant(date(2026, 11, 19))
    (item,) = told(site.client, "/feeds/notices.*", ending)
    assert item.id == before.id
    assert item.title.endswith("已依规停止公开")
    assert "演示" not in item.html and item.files == ()


def credit_site(folder: Path, *, subject: Subject, until: date = date(2026, 12, 1)) -> Site:
    site = open_site(folder)
    draft = CreditDraft(
        level=CreditLevel.GENERAL, subject=subject, region="210323", name="不能再出现的名字", conduct="演示失信行为",
        basis="示例办法第八条", decision_no="示例决字〔2026〕3号", organ=ORGAN, decided=date(2026, 6, 1), until=until,
        credit_code=FIRM_CODE if subject is Subject.FIRM else "", named_in_decision=subject is Subject.PERSON,
    )  # fmt: skip
    with site.services.database.write() as tx:
        add_credit(
            tx, draft, proposed_by=FIRST.id, salt="ab" * 32, reference=reference(), officer=SECOND,
            at=instant(date(2026, 6, 2)),
        )  # fmt: skip
    return site


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_person_of_a_credit_entry_is_in_no_feed(tmp_path: Path, ending: str) -> None:
    """rules.md: named on the entry's page and the list page only; no search, feed or export."""
    site = credit_site(tmp_path, subject=Subject.PERSON)
    for name in ("all", "credit", "regions/210000"):
        answer = site.client.get(f"/feeds/{name}.{ending}").response.data
        assert read(answer, ending) == []
        assert "不能再出现的名字" not in answer.decode("utf-8")
    site.clock.now = instant(date(2026, 12, 2))
    assert told(site.client, "/feeds/credit.*", ending) == [], "not when it has ended either"


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_subject_of_an_ended_entry_vanishes_by_the_date_alone(tmp_path: Path, ending: str) -> None:
    """The last day is told from the date, whatever the worker did; readers get a nameless item under the old id."""
    site = credit_site(tmp_path, subject=Subject.FIRM)
    running = site.client.get(f"/feeds/credit.{ending}")
    (before,) = read(running.response.data, ending)
    assert before.title.startswith("不能再出现的名字列入") and "演示失信行为" in before.html
    site.clock.now = instant(date(2026, 12, 1))
    validators = {"If-None-Match": running.headers["ETag"], "If-Modified-Since": running.headers["Last-Modified"]}
    for headers in (validators, {"If-Modified-Since": running.headers["Last-Modified"]}):
        answer = site.client.get(f"/feeds/credit.{ending}", headers=headers)
        (after,) = read(answer.response.data, ending)
        assert after.id == before.id and after.updated == "2026-11-30T16:00:00Z"
        for word in ("不能再出现的名字", "演示失信行为", "示例决字", "示例办法"):
            assert word not in answer.text
    with site.services.database.write() as tx:
        end_due_credits(tx, today=date(2026, 12, 1), at=site.clock.now)
    (recorded,) = told(site.client, "/feeds/credit.*", ending)
    assert recorded.id == before.id and recorded.title == after.title and recorded.updated > after.updated


def test_an_article_is_told_whole_and_withdrawn_without_its_words(tmp_path: Path) -> None:
    site = open_site(tmp_path)
    picture = ArticleMedia("cd" * 32, "image/png", "图.png", 5, alt="矿区复绿", caption="复绿以后")
    text = "## 小标题\n\n见[名录](/mines)和<script>alert(1)</script>。\n\n![图](/media/图.png)"
    with site.services.database.write() as tx:
        publish_article(
            tx, article("first", markdown=text, media=(picture,)), reference=reference(), officer=EDITOR,
            at=instant(date(2026, 11, 2)),
        )  # fmt: skip
    (item,) = told(site.client, "/feeds/news.*", "json")
    assert f'<a href="{site.client.site_url}/mines" rel="noopener">名录</a>' in item.html
    assert "<script" not in item.html and "&lt;script&gt;" in item.html
    assert f'src="{site.client.site_url}/documents/{"cd" * 32}"' in item.html
    assert item.files == ((f"{site.client.site_url}/documents/{'cd' * 32}", "image/png", 5),)
    with site.services.database.write() as tx:
        withdraw_article(
            tx, "news", "first", reason="内容有误", reference=reference(), officer=EDITOR,
            at=instant(date(2026, 11, 3)),
        )  # fmt: skip
    (after,) = told(site.client, "/feeds/news.*", "json")
    assert (after.id, after.title, after.files) == (item.id, "本文已撤下", ())
    assert "内容有误" in after.html and "小标题" not in after.html


XSS = (
    "<img src=x onerror=alert(1)>", "</p></description><script>alert(1)</script>", "]]><script>alert(1)</script>",
    "javascript:alert(1)", "&lt;script&gt;alert(1)&lt;/script&gt;", '"><svg/onload=alert(1)>',
)  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_payload_becomes_markup(tmp_path: Path, ending: str) -> None:
    """trust.md 6, in every field that a notice and a mine have."""
    site = open_site(tmp_path)
    desk = desk_of(site)
    for payload in XSS:
        mine = desk.register(f"演示矿{payload}", holder=payload, place=payload)
        desk.publish(mine, title=payload, text=payload, issuer=payload, contact=payload, number=payload,
                     columns=(payload, payload), first_day=TODAY)  # fmt: skip
    for name in ("all", "notices", "mines"):
        for item in told(site.client, f"/feeds/{name}.*", ending):
            for live in ("<script", "<img", "<svg", 'href="javascript'):
                assert live not in item.html.lower(), item.html
            assert "<" not in item.title


def test_a_site_moved_to_another_address_keeps_every_identity(tmp_path: Path) -> None:
    site = site_with_a_notice(tmp_path)
    with site.services.database.write() as tx:
        settle_authority(tx, site_url="https://old.example.gov.cn", today=date(2026, 11, 21))
    settings = replace(site.services.settings, site_url="https://new.example.cn")
    moved = StrictClient(app_for(replace(site.services, settings=settings)))
    for ending in ENDINGS:
        before = told(site.client, "/feeds/all.*", ending)
        after = told(moved, "/feeds/all.*", ending)
        assert [item.id for item in before] == [item.id for item in after]
        assert all(item.id.startswith("tag:old.example.gov.cn,2026-11-18:") for item in after)
        assert all(item.href.startswith("https://new.example.cn/") for item in after)


def test_an_empty_site_has_empty_feeds(tmp_path: Path) -> None:
    site = open_site(tmp_path)
    for name in SECTIONS:
        for ending in ENDINGS:
            assert told(site.client, f"/feeds/{name}.*", ending) == []


def test_an_act_elsewhere_does_not_send_a_feed_again(tmp_path: Path) -> None:
    site = site_with_a_notice(tmp_path)
    tag = site.client.get("/feeds/notices.atom").headers["ETag"]
    desk_of(site).register("演示别处的矿")
    again = site.client.get("/feeds/notices.atom", status=304, headers={"If-None-Match": tag})
    assert again.headers["ETag"] == tag
    assert site.client.get("/feeds/mines.atom", headers={"If-None-Match": tag}).status == 200


def test_the_number_of_statements_does_not_grow_with_the_items(tmp_path: Path) -> None:
    site = site_with_a_notice(tmp_path)
    desk = desk_of(site)
    client = site.client

    def count(path: str) -> int:
        with statements(site.services.database.engine) as sent:
            client.get(path)
        return len(sent)

    before = {path: count(path) for path in ("/feeds/regions/520000.atom", "/feeds/notices.rss")}
    for number in range(30):
        desk.publish(desk.register(f"演示第{number}矿"), first_day=TODAY)
    after = {path: count(path) for path in before}
    assert after["/feeds/regions/520000.atom"] <= max(before["/feeds/regions/520000.atom"], 14)
    assert after["/feeds/notices.rss"] <= before["/feeds/notices.rss"] + 14, "archives: a search by halves in the log"
