"""Registering, correcting and listing mines (LN-01, ZJ-15)."""

from datetime import date
from typing import Any

import pytest
from tests.desk import (
    ADMINISTRATOR,
    ANJI,
    CITY_OFFICER,
    COUNTY_OFFICER,
    EDITOR,
    NAYONG,
    NEIGHBOUR,
    NOON,
    PROVINCE_OFFICER,
    Desk,
)

from greenmine.domain.errors import BadInput, Conflict, NotAllowed, NotFound, RuleBroken
from greenmine.domain.mine import DIRECTORIES, STAGES, Library, MineStatus, Scale
from greenmine.domain.officer import Officer


def test_a_registered_mine_gets_the_next_number_of_its_county(desk: Desk) -> None:
    assert [desk.register(), desk.register("演示二矿")] == ["GM-520524-0001", "GM-520524-0002"]
    assert desk.register(region=NAYONG, officer=PROVINCE_OFFICER) == "GM-520525-0001"


def test_registration_is_one_act_by_role_and_region_and_the_person_stands_in_the_journal(desk: Desk) -> None:
    """ZJ-15 全过程留痕; log-spec.md 1: never a person in an act."""
    desk.register(scale=Scale.SMALL, permit_from=date(2020, 5, 1))
    (act,) = desk.acts()
    assert (act.kind, act.by, act.valid_from) == ("mine.registered", "county@520524", "2025-03-03")
    assert act.envelope["scale"] == "small"
    assert act.envelope["permit_from"] == "2020-05-01"
    assert (act.body or {})["name"] == "演示织金县青山磷矿"
    assert desk.person_of(act.n) == COUNTY_OFFICER.id


def test_facts_are_read_back_as_they_were_registered(desk: Desk) -> None:
    number = desk.register("演示三矿", aliases=("旧名一", "旧名二"), place="演示镇", production_date=date(2019, 1, 1))
    facts = desk.mine(number).facts
    assert (facts.name, facts.aliases, facts.place) == ("演示三矿", ("旧名一", "旧名二"), "演示镇")
    assert (facts.scale, facts.production_date, facts.method) == (Scale.LARGE, date(2019, 1, 1), None)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "name"),
        ({"region": "529999"}, "region"),
        ({"credit_code": "91520000MA6DPG6X00"}, "credit_code"),
        ({"production_date": date(1899, 12, 31)}, "production_date"),
        ({"permit_from": date(202, 5, 1)}, "permit_from"),
        ({"permit_until": date(2086, 1, 1)}, "permit_until"),
        ({"permit_from": date(2021, 1, 2), "permit_until": date(2021, 1, 1)}, "permit_until"),
        ({"holder": "长" * 2001}, "holder"),
    ],
)
def test_facts_that_cannot_stand_are_refused_beside_their_field(desk: Desk, values: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        desk.register(officer=None, **values)
    assert refusal.value.field == field
    assert desk.acts() == []


@pytest.mark.parametrize("officer", [NEIGHBOUR, EDITOR, ADMINISTRATOR])
def test_other_counties_and_other_posts_do_not_register(desk: Desk, officer: Officer) -> None:
    with pytest.raises(NotAllowed):
        desk.register(officer=officer)
    assert desk.acts() == []


@pytest.mark.parametrize("officer", [COUNTY_OFFICER, CITY_OFFICER, PROVINCE_OFFICER])
def test_whose_region_contains_the_county_may_correct(desk: Desk, mine: str, officer: Officer) -> None:
    desk.correct(mine, place="演示路1号", officer=officer)
    assert desk.mine(mine).facts.place == "演示路1号"
    assert desk.acts()[-1].by == officer.seat.signature


def test_a_correction_says_what_changed_and_why_and_nothing_else(desk: Desk, mine: str) -> None:
    desk.correct(mine, reason=" 名称有误 ", name="演示新名", scale=None, production_date=date(2020, 2, 2))
    act = desk.acts()[-1]
    assert (act.kind, act.envelope["set"], act.envelope["cleared"]) == (
        "mine.changed", {"production_date": "2020-02-02"}, ["scale"],
    )  # fmt: skip
    assert act.body == {"changes": {"name": "演示新名"}, "reason": "名称有误"}
    facts = desk.mine(mine).facts
    assert (facts.name, facts.scale, facts.mineral) == ("演示新名", None, "磷矿")


def test_a_correction_needs_a_reason_and_a_change(desk: Desk, mine: str) -> None:
    with pytest.raises(BadInput, match="理由"):
        desk.correct(mine, reason=" ", place="演示路1号")
    with pytest.raises(BadInput, match="没有任何改动"):
        desk.correct(mine)


def test_the_second_officer_is_told_that_the_mine_has_changed(desk: Desk, mine: str) -> None:
    """trust.md 20: two officers edit, nothing is lost silently."""
    seen = desk.mine(mine).last_act
    desk.correct(mine, place="甲路", seen=seen)
    with pytest.raises(Conflict, match="已有变化"):
        desk.correct(mine, place="乙路", seen=seen)
    assert desk.mine(mine).facts.place == "甲路"


@pytest.mark.parametrize("region", [NAYONG, ANJI])
def test_a_mine_is_not_moved_into_somebody_elses_region(desk: Desk, mine: str, region: str) -> None:
    with pytest.raises(NotAllowed):
        desk.correct(mine, region=region)


def test_a_mine_is_not_corrected_from_another_county(desk: Desk, mine: str) -> None:
    with pytest.raises(NotAllowed):
        desk.correct(mine, place="演示路", officer=NEIGHBOUR)


def test_unknown_mines_are_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.correct("GM-520524-0099", place="x")
    with pytest.raises(NotFound):
        desk.enlist("GM-520524-0099", Library.CREATION)


def current(desk: Desk, number: str) -> set[Library]:
    return {membership.library for membership in desk.memberships(number) if membership.until is None}


def test_a_mine_is_in_one_stage_at_any_date(desk: Desk, mine: str) -> None:
    """LN-01: a mine is in one of the libraries at any date."""
    days = [date(2025, 1, 10), date(2025, 2, 10), date(2025, 3, 1)]
    for library, since in zip([Library.CREATION, Library.PROJECT, Library.RESERVE], days, strict=True):
        desk.enlist(mine, library, since=since)
    assert current(desk, mine) == {Library.RESERVE}
    for day in (date(2025, 1, 9), *days, date(2025, 12, 31)):
        held = [m for m in desk.memberships(mine) if m.since <= day and (m.until is None or day < m.until)]
        assert len(held) == (0 if day < days[0] else 1)
    assert desk.mine(mine).status is MineStatus.IN_LIBRARY


@pytest.mark.parametrize("directory", sorted(DIRECTORIES))
def test_entering_a_directory_ends_the_stage(desk: Desk, mine: str, directory: Library) -> None:
    """LN-01: 创建库, 项目库 and 名录 exclude each other."""
    desk.enlist(mine, Library.PROJECT, since=date(2025, 1, 10))
    desk.enlist(mine, directory, since=date(2025, 3, 1))
    assert current(desk, mine) == {directory}
    row = desk.mine(mine)
    assert (row.status, row.level, row.listed_on) == (MineStatus.LISTED, DIRECTORIES[directory], date(2025, 3, 1))


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_a_listed_mine_does_not_go_back_to_a_stage(desk: Desk, listed_mine: str, stage: Library) -> None:
    with pytest.raises(RuleBroken, match="已在名录中"):
        desk.enlist(listed_mine, stage)
    assert current(desk, listed_mine) == {Library.PROVINCIAL}


def test_a_mine_is_not_entered_twice(desk: Desk, listed_mine: str) -> None:
    with pytest.raises(RuleBroken, match="已在该名录"):
        desk.enlist(listed_mine, Library.PROVINCIAL)
    assert len(desk.memberships(listed_mine)) == 1


def test_an_old_list_recorded_late_ends_no_membership_before_it_began(desk: Desk, mine: str) -> None:
    desk.enlist(mine, Library.CREATION, since=date(2025, 1, 10))
    desk.enlist(mine, Library.PROVINCIAL, since=date(2020, 1, 1))
    assert all(m.until is None or m.until >= m.since for m in desk.memberships(mine))
    assert desk.mine(mine).listed_on == date(2020, 1, 1)


def test_a_national_mine_is_still_a_provincial_one(desk: Desk, listed_mine: str) -> None:
    """LN-01: 84 listed = 54 national + 30 provincial; rules.md: national ones are chosen from provincial lists."""
    desk.enlist(listed_mine, Library.NATIONAL, since=date(2025, 3, 1))
    desk.enlist(listed_mine, Library.EXEMPLAR, since=date(2025, 3, 2))
    assert current(desk, listed_mine) == {Library.PROVINCIAL, Library.NATIONAL, Library.EXEMPLAR}
    row = desk.mine(listed_mine)
    assert (row.level, row.listed_on) == ("national", date(2025, 1, 2))


def test_an_import_by_the_operator_is_an_act_of_the_system(desk: Desk) -> None:
    desk.register(officer=None)
    (act,) = desk.acts()
    assert act.by == "system@000000"
    assert desk.person_of(act.n) is None
    assert act.at == NOON.strftime("%Y-%m-%dT%H:%M:%SZ")
