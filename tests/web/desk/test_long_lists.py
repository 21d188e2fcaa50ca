"""Lists at the desk have pages: nothing an officer answers for is out of reach (issue 2, item 8)."""

from datetime import date

import pytest
from tests.desk import CITY_OFFICER, EDITOR, NAYONG, PROVINCE_OFFICER, ZHIJIN, Desk, article
from tests.reference_data import reference
from tests.web.desk_site import DeskSite, Person
from tests.web.strict_client import words

from greenmine.domain.mine import Level
from greenmine.usecases.article import publish_article

COUNT = 30


def titles(person: Person, path: str) -> list[str]:
    """Texts of the links of the page's main part."""
    return [words(node) for node in next(person.get(path).page.iter("main")).iter("a")]


@pytest.fixture
def desk(site: DeskSite) -> Desk:
    return Desk(site.services.database, site.hand.now)


def test_every_notice_is_reached_and_what_waits_stands_first(site: DeskSite, desk: Desk) -> None:
    for number in range(COUNT):
        desk.publish(title=f"演示公示{number}", first_day=date(2026, 3, 2))
    person = site.as_(PROVINCE_OFFICER)
    assert "演示公示0" not in titles(person, "/desk/notices") and "演示公示29" in titles(person, "/desk/notices")
    assert "演示公示0" in titles(person, "/desk/notices?page=2") and "共 30 条" in person.get("/desk/notices").text
    assert "没有这一页" in person.get("/desk/notices?page=3", status=404).text
    site.later(days=60)
    assert titles(person, "/desk/notices").count("演示公示29") == 2, "among those that wait, and in the list"


def test_a_list_shows_what_lies_in_the_region_of_the_seat_and_below(site: DeskSite, desk: Desk) -> None:
    for region in (ZHIJIN, NAYONG, "520000", "330500"):
        county = {"level": Level.COUNTY, "kind": "county_check", "enters": None, "region": region}
        desk.publish(title=f"演示{region}公示", officer=None, first_day=date(2026, 3, 2), **county)
    shown = {title for title in titles(site.as_(CITY_OFFICER), "/desk/notices") if title.startswith("演示5")}
    assert shown == {f"演示{ZHIJIN}公示", f"演示{NAYONG}公示"}


def test_every_decided_removal_is_reached(site: DeskSite, desk: Desk) -> None:
    for number in range(COUNT):
        desk.decide(desk.propose(site.mines["listed"], reason=f"演示理由{number}"), removed=False)
    person = site.as_(PROVINCE_OFFICER)
    assert "共 30 条" in person.get("/desk/removals").text
    assert (
        len([title for title in titles(person, "/desk/removals?page=2") if title == "演示织金县大坪磷矿"]) == COUNT - 25
    )


def test_every_news_item_is_reached_by_who_may_correct_it(site: DeskSite, desk: Desk) -> None:
    for number in range(COUNT):
        with site.services.database.write() as tx:
            item = article(f"news-{number}", title=f"演示动态{number}", published=date(2026, 1, 1))
            publish_article(tx, item, reference=reference(), officer=EDITOR, at=desk.now)
    person = site.as_(EDITOR)
    both = [*titles(person, "/desk/news"), *titles(person, "/desk/news?page=2")]
    assert {f"演示动态{number}" for number in range(COUNT)} <= set(both)
