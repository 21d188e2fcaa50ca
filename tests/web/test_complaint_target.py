"""The first page of a complaint: which mine, or which place (ui.md 5)."""

from collections.abc import Iterator

import pytest
from tests.web.complaint_site import (
    NEW,
    STORY,
    WHEN,
    ComplaintSite,
    complaint_site,
    main_words,
)
from tests.web.strict_client import Answer

from greenmine.config import Settings
from greenmine.domain.mine_facts import MineFacts
from greenmine.usecases.mine import register_mine


@pytest.fixture
def site(settings: Settings) -> Iterator[ComplaintSite]:
    with complaint_site(settings) as made:
        yield made


def test_a_mine_is_found_by_words_without_a_script_and_nothing_typed_stands_in_an_address(site: ComplaintSite) -> None:
    person, mine = site.person(), site.register.mines["zhijin"]
    person.begin()
    found = person.answer("target", {"do": "find", "query": "云岭"})
    assert found.location == f"{NEW}/target"
    page = person.get(f"{NEW}/target")
    assert "云岭煤矿" in main_words(page)
    assert "请选择被投诉的矿山。" in main_words(person.answer("target", {"do": "continue"}, status=400, having="mine"))
    assert person.answer("target", {"do": "continue", "mine": mine}, having="mine").location == f"{NEW}/kind"
    assert "没有找到" in main_words(site_search(site, "不存在的矿"))
    assert "请输入矿山名称再查找。" in main_words(site_search(site, "  ", status=400))


def site_search(site: ComplaintSite, query: str, *, status: int = 303) -> Answer:
    person = site.person()
    person.begin()
    answer = person.answer("target", {"do": "find", "query": query}, status=status)
    return person.get(f"{NEW}/target") if status == 303 else answer


def test_a_county_is_chosen_by_name_or_from_the_province_down(site: ComplaintSite) -> None:
    person = site.person()
    person.begin()
    person.answer("target", {"do": "place"})
    person.answer("target", {"do": "find", "county": "毕节"})
    assert "纳雍县" in main_words(person.get(f"{NEW}/target"))
    person.answer("target", {"do": "list", "province": "520000"}, having="province")
    person.answer("target", {"do": "list", "province": "520000", "prefecture": "520500"}, having="province")
    page = person.get(f"{NEW}/target")
    assert "织金县" in main_words(page) and page.h1 == "事情发生在哪个县"
    refused = person.answer("target", {"do": "continue", "region": "520500"}, status=400, having="region")
    assert "请选择事情发生的县（市、区）。" in main_words(refused)
    assert person.answer("target", {"do": "continue", "region": "520524"}, having="region").location == f"{NEW}/kind"
    person.answer("kind", {"matter": "environment:dust", "about": "mine"})
    person.answer("story", {"text": STORY})
    person.answer("files", {"do": "continue"})
    missing = person.answer("place", {"place": "  ", "when": WHEN}, status=400)
    assert "请写明事情发生的地点。" in main_words(missing)


def test_a_mine_whose_record_names_no_county_is_complained_of_by_its_place(site: ComplaintSite) -> None:
    """Imported lists name a prefecture at times: no body of a county could be made to answer."""
    with site.services.database.write() as tx:
        wide = register_mine(
            tx,
            MineFacts("演示毕节某某煤矿", "520500"),
            reference=site.services.reference,
            officer=None,
            at=site.hand.now,
        )
    person = site.person()
    person.begin(mine=wide)
    refused = person.answer("target", {"do": "continue"}, status=400, having="mine")
    assert main_words(refused).count("这座矿山登记的所在地没有写到县") == 2
    person.answer("target", {"do": "place"}, having="query")
    assert person.get(f"{NEW}/target").h1 == "事情发生在哪个县"


def test_a_place_under_a_municipality_has_no_prefecture_between(site: ComplaintSite) -> None:
    person = site.person()
    person.begin()
    person.answer("target", {"do": "place"})
    person.answer("target", {"do": "list", "province": "110000"}, having="province")
    assert person.answer("target", {"do": "continue", "region": "110109"}, having="region").location == f"{NEW}/kind"
