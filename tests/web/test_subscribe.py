"""``/subscribe``, ``/opml.xml`` and ``/calendar.ics``: finding feeds, and the deadlines of notices."""

from datetime import UTC, date, datetime
from pathlib import Path

import icalendar
import pytest
from flask import Flask
from lxml import etree
from tests.announced import publish_notice
from tests.desk import Desk, draft, instant, known_until
from tests.feeds import SECTIONS, read
from tests.reference_data import reference
from tests.web.clock_site import open_site
from tests.web.register import FACTS, FIRST, Register
from tests.web.strict_client import Answer, StrictClient, words

from greenmine.domain.period import PeriodRule, PeriodUnit
from greenmine.store.notice import get_notice
from greenmine.usecases.notice import recount_notices, withdraw_notice


def codes(answer: Answer) -> list[str]:
    """Addresses to copy."""
    return [words(node) for node in next(answer.page.iter("main")).iter("code")]


def test_every_feed_stands_there_with_an_address_to_copy(client: StrictClient) -> None:
    page = client.get("/subscribe")
    shown = codes(page)
    for name in SECTIONS:
        assert f"{client.site_url}/feeds/{name}.atom" in shown
    assert f"{client.site_url}/calendar.ics" in shown and f"{client.site_url}/opml.xml" in shown
    main = next(page.page.iter("main"))
    for link in {node.get("href", "").split("#")[0] for node in main.iter("a")}:
        assert client.get(link).status == 200, link


def test_a_region_is_found_by_its_name_or_code(client: StrictClient) -> None:
    for text in ("毕节", "520500"):
        shown = codes(client.get("/subscribe", query_string={"region": text}))
        assert f"{client.site_url}/feeds/regions/520500.atom" in shown
        assert f"{client.site_url}/calendar/520500.ics" in shown


@pytest.mark.parametrize(("name", "text"), [("region", "火星"), ("mine", "没有这样的矿"), ("region", "<script>")])
def test_what_is_not_found_is_said_beside_the_field(client: StrictClient, name: str, text: str) -> None:
    page = client.get("/subscribe", query_string={name: text}, status=400)
    assert page.title.startswith("错误：")
    field = next(node for node in page.page.iter("input") if node.get("name") == name and node.get("aria-invalid"))
    assert field.get("value") == text and f"filter-{name}-fault" in (field.get("aria-describedby") or "")


def test_a_mine_is_found_by_a_part_of_its_name(client: StrictClient, register: Register) -> None:
    page = client.get("/subscribe", query_string={"mine": "云岭"})
    number = register.mines["zhijin"]
    assert f"{client.site_url}/feeds/mines/{number}.atom" in codes(page)
    assert FACTS["zhijin"].name in words(next(page.page.iter("main")))


def test_a_reader_finds_the_feed_of_every_page_by_itself(client: StrictClient, register: Register) -> None:
    """Autodiscovery: the page's own feed first, that of the whole site everywhere, none at the desk."""
    mine = register.mines["zhijin"]
    expected = {
        "/": "/feeds/all.atom", "/notices": "/feeds/notices.atom", "/removals": "/feeds/removals.atom",
        "/blacklist": "/feeds/credit.atom", "/news": "/feeds/news.atom", "/policies": "/feeds/policies.atom",
        "/mines": "/feeds/directory.atom", "/mines?region=520000&status=listed&page=1":
        "/feeds/directory.atom?region=520000&status=listed", f"/mines/{mine}": f"/feeds/mines/{mine}.atom",
        "/regions/520500": "/feeds/regions/520500.atom", "/regions": "/feeds/regions/000000.atom",
        "/about": "/feeds/all.atom", f"/notices/{register.closed_notice}": "/feeds/all.atom",
    }  # fmt: skip
    for path, feed in expected.items():
        answer = client.get(path, status=None)
        offered = [node.get("href", "") for node in answer.page.iter("link") if node.get("rel") == "alternate"]
        assert offered[0] == feed, path
        assert "/feeds/all.atom" in offered and len(offered) == len(set(offered)), path
        for href in offered:
            ending = href.split("?")[0].rpartition(".")[2]
            read(client.get(href).response.data, ending)
    desk = client.get("/desk/sign-in")
    assert not [node for node in desk.page.iter("link") if node.get("rel") == "alternate"]


@pytest.mark.parametrize("path", ["/notices", "/removals", "/blacklist", "/news", "/policies", "/mines", "/regions"])
def test_a_list_shows_how_to_subscribe_to_it(client: StrictClient, path: str) -> None:
    main = next(client.get(path).page.iter("main"))
    shown = [node.get("href", "") for node in main.iter("a")]
    assert len([href for href in shown if href.startswith("/feeds/")]) == 3
    assert "/subscribe" in shown


def test_the_list_of_feeds_for_readers_names_them_all(client: StrictClient) -> None:
    answer = client.get("/opml.xml")
    assert answer.headers["Content-Type"] == "text/x-opml; charset=utf-8"
    root = etree.fromstring(answer.response.data)
    assert root.get("version") == "2.0"
    feeds = [node.get("xmlUrl", "") for node in root.iter("outline") if node.get("type") == "rss"]
    assert feeds[: len(SECTIONS)] == [f"{client.site_url}/feeds/{name}.atom" for name in SECTIONS]
    assert f"{client.site_url}/feeds/regions/520000.atom" in feeds
    for feed in feeds:
        read(client.get(feed.removeprefix(client.site_url)).response.data, "atom")
    assert client.get("/opml.xml", status=304, headers={"If-None-Match": answer.headers["ETag"]}).text == ""


SEVEN = PeriodRule(PeriodUnit.WORKDAY, 7, first_day_counted=False, rolls_over=True, cutoff=None)


def events(client: StrictClient, path: str = "/calendar.ics") -> dict[str, icalendar.Event]:
    answer = client.get(path)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = icalendar.Calendar.from_ical(answer.text)
    assert calendar["version"] == "2.0" and calendar["prodid"]
    found = {str(event["url"]).rpartition("/")[2]: event for event in calendar.walk("VEVENT")}
    assert all({"uid", "dtstamp", "dtstart", "summary", "sequence"} <= {key.lower() for key in event}
               for event in found.values())  # fmt: skip
    assert len({str(event["uid"]) for event in found.values()}) == len(found)
    return found


def test_a_calendar_holds_the_deadlines_of_a_year_back_and_all_to_come(
    client: StrictClient, register: Register, whole: tuple[Flask, Register]
) -> None:
    found = events(client)
    assert register.running_notice in found
    assert register.closed_notice not in found, "ended in 2024"
    with whole[0].extensions["greenmine"].database.read() as tx:
        row = get_notice(tx, register.running_notice)
    event = found[register.running_notice]
    assert event["dtstart"].dt == row.ends_at
    assert row.title in event["summary"]
    assert "（北京时间，含这一秒）" in event["description"]
    inside = events(client, "/calendar/330000.ics")
    assert register.running_notice in inside and set(inside) <= set(found)
    assert register.running_notice not in events(client, "/calendar/520000.ics")
    assert client.get("/calendar/999999.ics", status=404).status == 404


def test_a_recount_moves_the_deadline_under_its_old_name(tmp_path: Path) -> None:
    """rules.md: beyond the published calendar an end is 暂定 and counted again by an act; readers must replace it."""
    site = open_site(tmp_path)
    near, start = known_until(date(2026, 9, 25)), date(2026, 9, 21)
    with site.services.database.write() as tx:
        wanted = draft(period=SEVEN, first_day=start)
        number = publish_notice(tx, wanted, reference=near, officer=FIRST, at=instant(start))
    site.clock.now = instant(start)
    before = events(site.client)[number]
    assert before["summary"].startswith("【暂定】") and before["status"] == "TENTATIVE" and before["sequence"] == 0
    site.clock.now = instant(date(2026, 9, 24))
    with site.services.database.write() as tx:
        assert recount_notices(tx, reference=reference(), at=site.clock.now)
    after = events(site.client)[number]
    assert after["uid"] == before["uid"]
    assert after["sequence"] == 1 and after["dtstamp"].dt == datetime(2026, 9, 24, 4, 0, tzinfo=UTC)
    assert "暂定" not in after["summary"] and after["status"] == "CONFIRMED"
    assert after["dtstart"].dt > before["dtstart"].dt
    with site.services.database.write() as tx:
        withdraw_notice(tx, number, reason="发布有误", reference=reference(), officer=FIRST, at=site.clock.now)
    last = events(site.client)[number]
    assert (last["uid"], last["sequence"], last["status"]) == (before["uid"], 2, "CANCELLED")


def test_an_unchanged_calendar_is_not_sent_again(client: StrictClient) -> None:
    tag = client.get("/calendar.ics").headers["ETag"]
    assert client.get("/calendar.ics", status=304, headers={"If-None-Match": tag}).text == ""


def test_a_calendar_of_nothing_is_a_calendar(tmp_path: Path) -> None:
    assert events(open_site(tmp_path).client) == {}


def test_a_hostile_title_adds_no_line_to_a_calendar(tmp_path: Path) -> None:
    site = open_site(tmp_path)
    desk = Desk(site.services.database, now=site.clock.now)
    desk.publish(desk.register(), title="标题\r\nATTACH:http://evil.example/x\n;,:", first_day=date(2026, 11, 18))
    (event,) = events(site.client).values()
    assert "attach" not in {key.lower() for key in event}
    assert "http://evil.example/x" in event["summary"]
