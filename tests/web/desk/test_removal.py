"""A removal at the desk: proposed by one officer, decided by another, never twice."""

from tests.desk import CITY_OFFICER, COUNTY_OFFICER, NEIGHBOUR, PROVINCE_COLLEAGUE, PROVINCE_OFFICER
from tests.web.desk_site import DeskSite
from tests.web.strict_client import words

from greenmine.domain.officer import Officer
from greenmine.store.mine import get_mine

DECISION = {
    "outcome": "removed", "organ": "演示自然资源厅", "basis": "演示办法第八条", "reason": "事实清楚，证据充分。",
    "decision_no": "演示〔2026〕5号", "since": "2026-03-02", "rectify_until": "2026-09-02",
}  # fmt: skip


def propose(site: DeskSite, officer: Officer = PROVINCE_OFFICER, *, ground: str = "fraud") -> str:
    """Walk through the proposal; the address of the removal at the desk."""
    person = site.as_(officer)
    address = f"/desk/removals/new?mine={site.mines['listed']}"
    told = {"level": "provincial", "ground": ground, "reason": "申报材料不实，经核查属实。", "basis": "演示办法第八条"}
    before = site.size()
    preview = person.send(address, {**told, "step": "preview"}, status=200)
    assert "预览" in words(preview.page) and "拟移出" in words(preview.page) and site.size() == before
    return person.send(address, {**told, "step": "publish"}).location


def test_ln_12_a_county_proposes_and_the_province_decides(site: DeskSite) -> None:
    removal = propose(site, COUNTY_OFFICER)
    assert (site.last_act().kind, site.last_act().by) == ("removal.proposed", "county@520524")
    assert site.person_of(site.last_act().n) == COUNTY_OFFICER.id
    province = site.as_(PROVINCE_OFFICER)
    preview = province.send(f"{removal}/decide", {**DECISION, "step": "preview"}, status=200)
    assert "移出意味着什么" in words(preview.page) and site.last_act().kind == "removal.proposed"
    province.send(f"{removal}/decide", {**DECISION, "step": "publish"})
    assert (site.last_act().kind, site.person_of(site.last_act().n)) == ("removal.decided", PROVINCE_OFFICER.id)
    with site.services.database.read() as tx:
        assert get_mine(tx, site.mines["listed"]).status == "removed"


def test_asvs_2_3_5_who_proposed_does_not_decide(site: DeskSite) -> None:
    removal = propose(site)
    person = site.as_(PROVINCE_OFFICER)
    shown = person.get(f"{removal}/decide", status=403)
    assert "提出人不能作出决定" in words(shown.page)
    assert "由您提出" in words(person.get("/desk").page)
    before = site.state()
    values = site.as_(PROVINCE_COLLEAGUE).get(f"{removal}/decide")
    assert values.status == 200
    person.send("/desk/removals/new?mine=" + site.mines["listed"], {"level": "provincial", "ground": "fraud",
                "reason": "再提一次", "step": "publish"}, status=409)  # fmt: skip
    assert site.state() == before


def test_asvs_2_3_4_a_second_decision_sees_the_first(site: DeskSite) -> None:
    removal = propose(site, CITY_OFFICER)
    first, second = site.as_(PROVINCE_OFFICER), site.as_(PROVINCE_COLLEAGUE)
    first.send(f"{removal}/decide", {**DECISION, "step": "preview"}, status=200)
    second.send(f"{removal}/decide", {**DECISION, "outcome": "refused", "rectify_until": "", "step": "publish"})
    before = site.size()
    answer = first.get(f"{removal}/decide", status=409)
    assert "不予移出" in words(answer.page) and "演示〔2026〕5号" in words(answer.page)
    assert site.size() == before


def test_grounds_say_whether_they_speak_against_the_mine(site: DeskSite) -> None:
    shown = words(site.as_(COUNTY_OFFICER).get(f"/desk/removals/new?mine={site.mines['listed']}").page)
    assert "不利移出" in shown and "中性移出，不列入失信名单" in shown


def test_a_mine_is_found_for_its_removal_and_only_a_listed_one_can_go(site: DeskSite) -> None:
    county = site.as_(COUNTY_OFFICER)
    assert site.mines["listed"] in words(county.get("/desk/removals/new?q=大坪").page)
    shown = county.get(f"/desk/removals/new?mine={site.mines['qingshan']}")
    assert "不在任何名录中" in words(shown.page)


def test_another_county_sees_and_changes_nothing(site: DeskSite) -> None:
    removal = propose(site)
    before = site.state()
    neighbour = site.as_(NEIGHBOUR)
    neighbour.get(removal, status=404)
    neighbour.get(f"/desk/removals/new?mine={site.mines['listed']}", status=404)
    assert site.mines["listed"] not in words(neighbour.get("/desk/removals/new?q=大坪").page)
    assert site.state() == before


def test_bad_input_keeps_what_was_typed(site: DeskSite) -> None:
    removal = propose(site, COUNTY_OFFICER)
    typed = {**DECISION, "since": "2026-03-05", "notice": "2026-9999", "step": "publish"}
    answer = site.as_(PROVINCE_OFFICER).send(f"{removal}/decide", typed, status=400)
    assert "没有编号为 2026-9999" in words(answer.page) and "事实清楚，证据充分。" in words(answer.page)
    later = site.as_(PROVINCE_OFFICER).send(f"{removal}/decide", {**typed, "notice": ""}, status=400)
    assert "不能晚于今天" in words(later.page)
