"""Mines at the desk: found, registered once, corrected; two officers on one mine."""

from typing import Any

from tests.desk import COUNTY_OFFICER, NEIGHBOUR, PROVINCE_OFFICER, ZHIJIN
from tests.web.desk_site import DeskSite, sent_by
from tests.web.strict_client import words

from greenmine.store.mine import get_mine


def test_a_county_registers_a_mine_after_a_look_at_namesakes(site: DeskSite) -> None:
    county = site.as_(COUNTY_OFFICER)
    told = {"name": "演示织金县黑山煤矿", "region": ZHIJIN, "mineral": "煤", "capacity": "30 万吨/年",
            "aliases": "黑山矿\n黑山井"}  # fmt: skip
    preview = county.send("/desk/mines/new", {**told, "step": "preview"}, status=200)
    assert "能源矿产" in words(preview.page)
    before = site.size()
    number = county.send("/desk/mines/new", {**told, "step": "publish"}).location.rpartition("/")[2]
    assert site.size() == before + 1 and site.person_of(site.last_act().n) == COUNTY_OFFICER.id
    with site.services.database.read() as tx:
        mine = get_mine(tx, number)
    assert (mine.facts.mineral_class, mine.facts.aliases) == ("energy", ("黑山矿", "黑山井"))


def test_asvs_2_3_4_a_second_click_meets_the_mine_of_the_first(site: DeskSite) -> None:
    county = site.as_(COUNTY_OFFICER)
    told = sent_by(county.get("/desk/mines/new"))
    told |= {"name": "演示织金县黑山煤矿", "region": ZHIJIN, "step": "publish"}
    address = told.pop("", "/desk/mines/new")
    county.post(address, told)
    before = site.size()
    answer = county.post(address, told, status=409)
    assert "已有相似的矿山" in words(answer.page) and site.size() == before
    knowingly = sent_by(answer)
    county.post(address, {**knowingly, "step": "publish"})
    assert site.size() == before + 1


def test_a_correction_is_previewed_then_recorded_with_its_reason(site: DeskSite) -> None:
    county, address = site.as_(COUNTY_OFFICER), f"/desk/mines/{site.mines['qingshan']}"
    told = {"holder": "演示新青山矿业有限公司", "permit_no": "C520", "reason": "依据变更登记。"}
    preview = words(county.send(address, {**told, "step": "preview"}, status=200, form="reason").page)
    assert "演示青山矿业有限公司演示新青山矿业有限公司" in preview.replace(" ", "") and "字母C加22位数字" in preview
    county.send(address, {**told, "step": "publish"}, form="reason")
    act = site.last_act()
    assert (act.kind, act.by, site.person_of(act.n)) == ("mine.changed", "county@520524", COUNTY_OFFICER.id)
    assert "依据变更登记。" in words(site.as_(None).get(f"/mines/{site.mines['qingshan']}").page)


def test_the_second_of_two_officers_sees_what_changed_field_by_field_and_loses_nothing(site: DeskSite) -> None:
    address = f"/desk/mines/{site.mines['qingshan']}"
    second = site.as_(PROVINCE_OFFICER)
    opened = sent_by(second.get(address), having="reason")
    site.as_(COUNTY_OFFICER).send(
        address, {"capacity": "50 万吨/年", "place": "化起镇", "reason": "核查", "step": "publish"}, form="reason"
    )
    typed: dict[str, Any] = {**opened, "place": "猫场镇", "standard": "DZ/T 0316-2018", "reason": "补充标准",
                             "step": "publish"}  # fmt: skip
    before = site.state()
    answer = second.post(address, typed, status=409)
    assert site.state() == before
    text = words(answer.page)
    assert "50 万吨/年" in text and "已采用对方的内容" in text and "保留您填写的：猫场镇" in text
    anew = sent_by(answer, having="reason")
    assert (anew["capacity"], anew["place"], anew["standard"]) == ("50 万吨/年", "猫场镇", "DZ/T 0316-2018")
    second.post(address, {**anew, "step": "publish"})
    with site.services.database.read() as tx:
        facts = get_mine(tx, site.mines["qingshan"]).facts
    assert (facts.capacity, facts.place, facts.standard) == ("50 万吨/年", "猫场镇", "DZ/T 0316-2018")


def test_bad_input_stands_beside_its_field_and_keeps_what_was_typed(site: DeskSite) -> None:
    address = f"/desk/mines/{site.mines['qingshan']}"
    answer = site.as_(COUNTY_OFFICER).send(
        address,
        {"credit_code": "X", "permit_from": "2026-02-30", "reason": "改", "step": "publish"},
        status=400,
        form="reason",
    )
    assert "日期请按" in words(answer.page)
    assert sent_by(answer, having="reason")["permit_from"] == "2026-02-30"


def test_asvs_8_2_2_another_county_can_neither_open_nor_change_nor_move_a_mine(site: DeskSite) -> None:
    address = f"/desk/mines/{site.mines['qingshan']}"
    mine = sent_by(site.as_(COUNTY_OFFICER).get(address), having="reason")
    before = site.state()
    neighbour = site.as_(NEIGHBOUR)
    neighbour.get(address, status=404)
    own = sent_by(neighbour.get(f"/desk/mines/{site.mines['nayong']}"), having="reason")
    neighbour.post(address, {**mine, "csrf_token": own["csrf_token"], "name": "夺", "reason": "夺", "step": "publish"},
                   status=404)  # fmt: skip
    neighbour.post(f"/desk/mines/{site.mines['nayong']}", {**own, "region": ZHIJIN, "reason": "移", "step": "publish"},
                   status=400)  # fmt: skip
    assert site.state() == before


def test_asvs_15_3_3_foreign_fields_change_nothing(site: DeskSite) -> None:
    address = f"/desk/mines/{site.mines['qingshan']}"
    extra = {"status": "listed", "level": "national", "first_act": "0", "last_act": "0", "id": "GM-000000-0001",
             "role": "administrator", "created_at": "1999-01-01", "listed_on": "1999-01-01"}  # fmt: skip
    site.as_(COUNTY_OFFICER).send(
        address, {**extra, "place": "猫场镇", "reason": "补", "step": "publish"}, form="reason"
    )
    act = site.last_act()
    assert act.body is not None and set(act.body["changes"]) == {"place", "mineral_class"} and act.fact("set") is None
    with site.services.database.read() as tx:
        mine = get_mine(tx, site.mines["qingshan"])
    assert (mine.status, mine.level) == ("registered", None)


def test_a_name_turned_round_is_told_beside_its_field(site: DeskSite) -> None:
    county, before = site.as_(COUNTY_OFFICER), site.size()
    told = {"name": "演示\u202e矿煤山黑", "region": ZHIJIN, "step": "publish"}
    answer = county.send("/desk/mines/new", told, status=400)
    field = next(node for node in answer.page.iter("input") if node.get("name") == "name")
    assert field.get("aria-invalid") == "true" and "看不见的字符" in words(answer.page)
    assert site.size() == before
