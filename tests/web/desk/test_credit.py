"""A credit entry at the desk: drafted, proposed, decided or given back by another officer."""

import pytest
from tests.desk import BIJIE, CITY_OFFICER, FIRM_CODE, GUIZHOU, PROVINCE_COLLEAGUE, PROVINCE_OFFICER
from tests.web.desk_site import DeskSite, Person, sent_by
from tests.web.strict_client import words

from greenmine.domain.officer import Officer
from greenmine.store.draft import DraftState, get_draft

ENTRY = {"subject": "firm", "name": "演示失信矿业有限公司", "credit_code": FIRM_CODE, "level": "serious",
         "conduct": "申报材料弄虚作假。", "basis": "演示法第八条", "decision_no": "演示〔2026〕6号",
         "organ": "演示自然资源厅", "decided": "2026-04-20", "until": "2028-04-20"}  # fmt: skip


@pytest.fixture(autouse=True)
def _spring(site: DeskSite) -> None:
    """The rules on terms are in force from 1 April 2026."""
    site.later(days=60)


def proposed(site: DeskSite, officer: Officer = PROVINCE_OFFICER, **values: str) -> tuple[Person, str]:
    """A draft handed over for decision."""
    person = site.as_(officer)
    region = officer.seat.region
    draft = person.send("/desk/credits/new", {"region": region}).location
    person.send(draft, {**ENTRY, **values, "step": "propose"}, form="conduct")
    return person, draft


def state_of(site: DeskSite, draft: str) -> DraftState:
    with site.services.database.read() as tx:
        return get_draft(tx, int(draft.rpartition("/")[2])).state


def test_ln_13_one_officer_proposes_another_publishes(site: DeskSite) -> None:
    person, draft = proposed(site)
    assert site.size() == len(site.acts()) and "待决定" in words(person.get(draft).page)
    before = site.state()
    person.get(f"{draft}/decide", status=403)
    assert site.state() == before
    second = site.as_(PROVINCE_COLLEAGUE)
    preview = second.get(f"{draft}/decide")
    assert "预览" in words(preview.page) and "演示失信矿业有限公司" in words(preview.page)
    assert site.state() == before
    answer = second.send(f"{draft}/decide", form="version")
    act = site.last_act()
    assert (act.kind, site.person_of(act.n)) == ("credit.added", PROVINCE_COLLEAGUE.id)
    assert "演示失信矿业有限公司" in words(site.as_(None).get(answer.location).page)
    again = second.get(f"{draft}/decide", status=409)
    assert "已经发布" in words(again.page)


def test_ln_13_asvs_2_3_5_nobody_who_wrote_in_an_entry_decides_it(site: DeskSite) -> None:
    """One officer opens the draft and hands it over, another writes every word: neither of them decides."""
    opener, writer, third = site.as_(CITY_OFFICER), site.as_(PROVINCE_OFFICER), site.as_(PROVINCE_COLLEAGUE)
    draft = opener.send("/desk/credits/new", {"region": BIJIE}).location
    writer.send(draft, {**ENTRY, "step": "save"}, form="conduct")
    opener.send(draft, {"step": "propose"}, form="conduct")
    stale = sent_by(third.get(f"{draft}/decide"), having="version")
    before = site.state()
    refused = writer.get(f"{draft}/decide", status=403)
    assert "您参与了起草或提出，不能作出决定" in words(refused.page) and f"{draft}/return" not in refused.links()
    assert "由您起草或提出" in words(writer.get("/desk").page)
    assert "由您起草或提出" in words(writer.get("/desk/credits").page)
    writer.post(stale.pop(""), {**stale, **token(writer)}, status=403)
    assert site.state() == before
    third.send(f"{draft}/decide", form="version")
    assert site.person_of(site.last_act().n) == PROVINCE_COLLEAGUE.id


def token(person: Person) -> dict[str, str]:
    """A forgery token of this browser."""
    return {"csrf_token": sent_by(person.get("/desk/credits/new"), having="csrf_token")["csrf_token"]}


def test_design_a_name_that_must_vanish_stays_in_no_draft(site: DeskSite) -> None:
    """design.md "Private data": of a draft that was published neither words nor title are kept."""
    _person, draft = proposed(site)
    second = site.as_(PROVINCE_COLLEAGUE)
    second.get(f"{draft}/decide")
    with site.services.database.read() as tx:
        assert "演示失信矿业有限公司" in get_draft(tx, int(draft.rpartition("/")[2])).title
    second.send(f"{draft}/decide", form="version")
    with site.services.database.read() as tx:
        used = get_draft(tx, int(draft.rpartition("/")[2]))
    assert (used.title, dict(used.data)) == ("", {})


def test_the_salt_is_new_each_time(site: DeskSite) -> None:
    _person, draft = proposed(site)
    second = site.as_(PROVINCE_COLLEAGUE)
    second.get(f"{draft}/decide")
    second.send(f"{draft}/decide", form="version")
    first_body = site.last_act().envelope["body"]
    _person, draft = proposed(site)
    second.send(f"{draft}/decide", form="version")
    assert site.last_act().envelope["body"] != first_body


def test_a_draft_comes_back_with_a_note_and_goes_again(site: DeskSite) -> None:
    person, draft = proposed(site, CITY_OFFICER)
    second = site.as_(PROVINCE_OFFICER)
    second.send(f"{draft}/return", {"reason": "请补充决定书附件号。"})
    assert state_of(site, draft) is DraftState.OPEN
    assert "请补充决定书附件号。" in words(person.get(draft).page)
    assert "请补充决定书附件号。" in words(person.get("/desk").page)
    person.send(draft, {"decision_no": "演示〔2026〕6号附1", "step": "propose"}, form="conduct")
    assert state_of(site, draft) is DraftState.PROPOSED
    second.send(f"{draft}/decide", form="version")
    assert site.last_act().kind == "credit.added"


def test_an_entry_whose_term_ran_out_undecided_is_given_back_and_its_name_forgotten(site: DeskSite) -> None:
    """design.md "Private data": what can no longer be published does not stay at the desk for ever."""
    person, draft = proposed(site, until="2027-04-20")
    second = site.as_(PROVINCE_COLLEAGUE)
    page = second.get(f"{draft}/decide")
    stale = sent_by(page, having="version")
    stale.pop("")
    site.later(days=400)
    before = site.size()
    for answer in (second.get(f"{draft}/decide", status=409), second.post(f"{draft}/decide", stale, status=409)):
        told = words(answer.page)
        assert "公示期限已过" in told and "演示失信矿业有限公司" in told
        assert f"{draft}/return" in answer.links() and f"{draft}/decide" not in answer.links()
    assert site.size() == before
    waiting = second.get(draft)
    assert {f"{draft}/return", f"{draft}/decide"} <= set(waiting.links())
    second.send(f"{draft}/return", {"reason": "公示期限已过。"})
    assert state_of(site, draft) is DraftState.OPEN
    person.send(draft, {"confirmed": "y"}, form="confirmed")
    with site.services.database.read() as tx:
        gone = get_draft(tx, int(draft.rpartition("/")[2]))
    assert (gone.state, gone.title, dict(gone.data)) == (DraftState.DISCARDED, "", {})


def test_who_proposed_an_entry_is_not_offered_to_give_it_back(site: DeskSite) -> None:
    person, draft = proposed(site)
    assert f"{draft}/return" not in person.get(draft).links()


def test_bounds_of_the_term_are_shown_and_kept(site: DeskSite) -> None:
    person = site.as_(PROVINCE_OFFICER)
    draft = person.send("/desk/credits/new", {"region": GUIZHOU}).location
    person.send(draft, {**ENTRY, "step": "save", "until": "2027-04-20"}, form="conduct")
    assert "2029年4月20日" in words(person.get(draft).page)
    answer = person.send(draft, {**ENTRY, "until": "2031-01-01", "step": "propose"}, form="conduct", status=400)
    assert "公示截止日应在" in words(answer.page)
    assert state_of(site, draft) is DraftState.OPEN


def test_persons_are_named_only_if_the_decision_does_and_never_by_number(site: DeskSite) -> None:
    person = site.as_(PROVINCE_OFFICER)
    draft = person.send("/desk/credits/new", {"region": GUIZHOU}).location
    told = {**ENTRY, "subject": "person", "name": "演示某人", "credit_code": "", "step": "propose"}
    assert "未载明姓名" in words(person.send(draft, told, form="conduct", status=400).page)
    number = {**told, "named_in_decision": "y", "conduct": "身份证号11010519491231002X。"}
    assert "身份证号码" in words(person.send(draft, number, form="conduct", status=400).page)
    assert state_of(site, draft) is DraftState.OPEN


def test_a_firm_needs_a_valid_code_and_typed_values_stay(site: DeskSite) -> None:
    person = site.as_(PROVINCE_OFFICER)
    draft = person.send("/desk/credits/new", {"region": GUIZHOU}).location
    answer = person.send(draft, {**ENTRY, "credit_code": "123", "step": "propose"}, form="conduct", status=400)
    values = {node.get("name"): node.get("value") for node in answer.page.iter("input")}
    assert values["credit_code"] == "123" and values["organ"] == "演示自然资源厅"


@pytest.mark.parametrize("day", ["9999-12-31", "9990-01-01", "0001-01-01", "1799-12-31", "2200-01-01"])
def test_a_day_no_term_can_be_counted_from_is_told_beside_its_field(site: DeskSite, day: str) -> None:
    person = site.as_(PROVINCE_OFFICER)
    draft = person.send("/desk/credits/new", {"region": GUIZHOU}).location
    person.send(draft, {**ENTRY, "decided": day, "until": day, "step": "save"}, form="conduct")
    person.get(draft)
    answer = person.send(draft, {**ENTRY, "decided": day, "step": "propose"}, form="conduct", status=400)
    field = next(node for node in answer.page.iter("input") if node.get("name") == "decided")
    assert field.get("aria-invalid") == "true" and "年份应在1800至2199之间。" in words(answer.page)
    assert state_of(site, draft) is DraftState.OPEN
