"""Removing a mine: two officers, a ground of the rule book, the right directory (LN-12, ZJ-14, GO-20)."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, text, update
from tests.desk import (
    ADMINISTRATOR,
    CITY_OFFICER,
    COUNTY_OFFICER,
    EDITOR,
    NEIGHBOUR,
    PROVINCE_COLLEAGUE,
    PROVINCE_OFFICER,
    Desk,
)
from tests.reference_data import reference
from tests.seats import seated

from greenmine.domain.errors import BadInput, Conflict, NotAllowed, NotFound, RuleBroken
from greenmine.domain.ground import GroundKind
from greenmine.domain.mine import Level, Library, MineStatus
from greenmine.domain.officer import Officer
from greenmine.domain.seat import Role
from greenmine.store.database import Database
from greenmine.store.removal import RemovalFilter, RemovalRow, get_removal, list_removals, open_proposal
from greenmine.store.staff import add_staff
from greenmine.store.tables import membership
from greenmine.store.tables_private import journal

TODAY = date(2025, 3, 3)


def removal(desk: Desk, number: str) -> RemovalRow:
    with desk.database.read() as tx:
        return get_removal(tx, number)


def test_a_proposal_leaves_the_mine_listed_until_it_is_decided(desk: Desk, listed_mine: str) -> None:
    """ZJ-14: removal follows a decision, not a suspicion."""
    number = desk.propose(listed_mine)
    row = removal(desk, number)
    assert (number, row.state, row.ground, row.adverse, row.proposed_on) == (
        "2025-0001", "proposed", "fraud", True, TODAY,
    )  # fmt: skip
    assert desk.mine(listed_mine).status is MineStatus.LISTED
    assert desk.acts()[-1].by == "county@520524"


def test_a_decided_removal_ends_the_membership_that_day(desk: Desk, listed_mine: str) -> None:
    """LN-12 除名并公开发布."""
    number = desk.propose(listed_mine)
    desk.at(date(2025, 3, 20)).decide(number, decision_no="演示决〔2025〕3号", rectify_until=date(2025, 9, 20))
    (membership,) = desk.memberships(listed_mine)
    assert (membership.until, membership.ended_by_removal) == (date(2025, 3, 20), True)
    row, mine = removal(desk, number), desk.mine(listed_mine)
    assert (row.state, row.decided_on, row.decision_no, row.rectify_until) == (
        "removed", date(2025, 3, 20), "演示决〔2025〕3号", date(2025, 9, 20),
    )  # fmt: skip
    assert (mine.status, mine.level, mine.listed_on) == (MineStatus.REMOVED, None, None)


def test_a_refused_removal_leaves_everything_as_it_was(desk: Desk, listed_mine: str) -> None:
    number = desk.propose(listed_mine)
    desk.decide(number, removed=False)
    assert removal(desk, number).state == "refused"
    assert desk.mine(listed_mine).status is MineStatus.LISTED
    assert desk.propose(listed_mine, reason="新的事实") == "2025-0002"


def test_who_proposed_does_not_decide(desk: Desk, listed_mine: str) -> None:
    """trust.md ASVS 2.3.5: two different officers; the journal knows the person, not the act."""
    number = desk.propose(listed_mine, officer=PROVINCE_OFFICER)
    with pytest.raises(NotAllowed, match="提出人不能作出决定"):
        desk.decide(number, officer=PROVINCE_OFFICER)
    same_person_elsewhere = seated(PROVINCE_OFFICER.id, Role.PROVINCE, "000000")
    with pytest.raises(NotAllowed):
        desk.decide(number, officer=same_person_elsewhere)
    desk.decide(number, officer=PROVINCE_COLLEAGUE)
    decided = desk.acts()[-1]
    assert decided.by == desk.acts()[-2].by == "province@520000"
    assert desk.person_of(decided.n) == PROVINCE_COLLEAGUE.id


def test_after_a_replay_that_lost_the_journal_nobody_decides_an_own_removal(desk: Desk, listed_mine: str) -> None:
    """trust.md ASVS 2.3.5: who proposed is not known, so the same body may only refuse, and propose anew."""
    number = desk.propose(listed_mine, officer=PROVINCE_OFFICER)
    proposal = removal(desk, number).first_act
    forget_journal(desk.database, proposal)
    for officer in (PROVINCE_OFFICER, PROVINCE_COLLEAGUE):
        with pytest.raises(NotAllowed, match="内部记录已随旧备份丢失"):
            desk.decide(number, officer=officer)
    desk.decide(number, removed=False, officer=PROVINCE_COLLEAGUE)
    again = desk.propose(listed_mine, officer=COUNTY_OFFICER, reason="事实清楚")
    forget_journal(desk.database, removal(desk, again).first_act)
    desk.decide(again)
    assert desk.mine(listed_mine).status is MineStatus.REMOVED


def test_after_such_a_replay_another_seat_of_the_same_person_does_not_decide_either(
    desk: Desk, listed_mine: str
) -> None:
    proposer = seated(PROVINCE_OFFICER.id, Role.CITY, "520500")
    number = desk.propose(listed_mine, officer=proposer)
    forget_journal(desk.database, removal(desk, number).first_act)
    with desk.database.write() as tx:
        number_ = add_staff(tx, login="both", name="演示", seats=[proposer.seat, PROVINCE_OFFICER.seat], at=desk.now)
    with pytest.raises(NotAllowed, match="内部记录已随旧备份丢失"):
        desk.decide(number, officer=seated(number_, Role.PROVINCE, "520000"))
    desk.decide(number, officer=PROVINCE_OFFICER)


def forget_journal(database: Database, act: int) -> None:
    """As after ``log replay``: the act is there, who did it is not."""
    with database.write() as tx:
        for trigger in ("journal_no_delete", "journal_no_update"):
            tx.execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
        tx.execute(delete(journal).where(journal.c.act == act))


def test_what_left_the_directory_meanwhile_is_not_removed_from_it(desk: Desk, listed_mine: str) -> None:
    """ZJ-14: a removal ends a membership; where none is left there is nothing to decide but a refusal."""
    number = desk.propose(listed_mine)
    with desk.database.write() as tx:
        tx.execute(update(membership).where(membership.c.mine == listed_mine).values(until="2025-03-03"))
    with pytest.raises(RuleBroken, match="不在该级名录中"):
        desk.decide(number)
    desk.decide(number, removed=False)


@pytest.mark.parametrize("officer", [COUNTY_OFFICER, CITY_OFFICER, NEIGHBOUR, EDITOR, ADMINISTRATOR])
def test_the_province_decides_and_nobody_below_it(desk: Desk, listed_mine: str, officer: Officer) -> None:
    number = desk.propose(listed_mine, officer=PROVINCE_OFFICER)
    with pytest.raises(NotAllowed):
        desk.decide(number, officer=officer)
    assert removal(desk, number).state == "proposed"


@pytest.mark.parametrize("officer", [NEIGHBOUR, EDITOR, ADMINISTRATOR, seated(99, Role.PROVINCE, "330000")])
def test_the_wrong_county_or_province_proposes_nothing(desk: Desk, listed_mine: str, officer: Officer) -> None:
    with pytest.raises(NotAllowed):
        desk.propose(listed_mine, officer=officer)


def test_only_what_stands_in_a_directory_is_removed_from_it(desk: Desk, mine: str, listed_mine: str) -> None:
    with pytest.raises(RuleBroken, match="不在该级名录"):
        desk.propose(mine)
    with pytest.raises(RuleBroken):
        desk.propose(listed_mine, level=Level.NATIONAL)
    with pytest.raises(NotFound):
        desk.propose("GM-520524-0099")


def test_one_proposal_is_open_at_a_time(desk: Desk, listed_mine: str) -> None:
    """A double click proposes once."""
    number = desk.propose(listed_mine)
    with pytest.raises(Conflict, match="已有一件"):
        desk.propose(listed_mine)
    with desk.database.read() as tx:
        assert open_proposal(tx, listed_mine) == number


def test_a_removal_is_decided_once(desk: Desk, listed_mine: str) -> None:
    number = desk.propose(listed_mine)
    desk.decide(number)
    count = len(desk.acts())
    with pytest.raises(Conflict, match="已经作出决定"):
        desk.decide(number, removed=False, officer=PROVINCE_COLLEAGUE)
    assert len(desk.acts()) == count


def test_the_ground_is_one_of_the_rule_book_in_force(desk: Desk, listed_mine: str) -> None:
    """LN-12 五种退出情形, and the later ones, as data."""
    with pytest.raises(BadInput, match="移出情形") as refusal:
        desk.propose(listed_mine, "bad_mood")
    assert refusal.value.field == "ground"
    with pytest.raises(BadInput, match="理由"):
        desk.propose(listed_mine, reason=" ")


@pytest.mark.parametrize("code", ["mine_closed", "reserves_exhausted", "voluntary_exit"])
def test_neutral_grounds_are_told_as_neutral(desk: Desk, listed_mine: str, code: str) -> None:
    """rules.md: closing, exhaustion and voluntary exit do not speak against the mine."""
    number = desk.propose(listed_mine, code)
    desk.decide(number)
    assert removal(desk, number).adverse is False
    assert all(act.envelope["adverse"] is False for act in desk.acts() if act.kind.startswith("removal."))


def test_every_ground_keeps_its_kind(desk: Desk) -> None:
    for number, ground in enumerate(reference().books.grounds("520524", TODAY)):
        mine = desk.register(f"演示{number}号矿")
        desk.enlist(mine, Library.PROVINCIAL)
        row = removal(desk, desk.propose(mine, ground.code))
        assert row.adverse is (ground.kind is GroundKind.ADVERSE)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"organ": " "}, "organ"),
        ({"reason": ""}, "reason"),
        ({"basis": ""}, "basis"),
        ({"since": date(2025, 3, 2)}, "since"),
        ({"since": date(2025, 3, 4)}, "since"),
        ({"rectify_until": TODAY}, "rectify_until"),
    ],
)
def test_what_a_decision_must_say(desk: Desk, listed_mine: str, values: dict[str, Any], field: str) -> None:
    number = desk.propose(listed_mine)
    with pytest.raises(BadInput) as refusal:
        desk.decide(number, **values)
    assert refusal.value.field == field
    assert removal(desk, number).state == "proposed"


def test_a_decision_stands_beside_what_was_proposed(desk: Desk, listed_mine: str) -> None:
    """ZJ-15 全过程留痕: reason and basis of the proposal are not written over by those of the decision."""
    number = desk.propose(listed_mine, reason="查实弄虚作假")
    desk.decide(number, removed=False, reason="经复核不属实", basis="复核意见")
    row = removal(desk, number)
    assert (row.reason, row.basis) == ("查实弄虚作假", "LN-12")
    assert (row.decision_reason, row.decision_basis) == ("经复核不属实", "复核意见")


def test_a_refused_removal_sets_no_term_to_rectify(desk: Desk, listed_mine: str) -> None:
    """GO-20: 整改 follows a removal; whoever stays has nothing to rectify by this decision."""
    number = desk.propose(listed_mine)
    with pytest.raises(BadInput) as refusal:
        desk.decide(number, removed=False, rectify_until=date(2025, 9, 20))
    assert refusal.value.field == "rectify_until"
    assert removal(desk, number).state == "proposed"


@pytest.mark.parametrize(
    ("level", "left"),
    [
        (Level.NATIONAL, {Library.PROVINCIAL, Library.CITY}),
        (Level.PROVINCIAL, {Library.CITY}),
        (Level.CITY, set()),
    ],
)
def test_what_falls_below_takes_what_stands_above_with_it(desk: Desk, level: Level, left: set[Library]) -> None:
    """rules.md: national mines are chosen from provincial lists: who leaves the lower leaves the higher."""
    mine = desk.register()
    for library in (Library.CITY, Library.PROVINCIAL, Library.NATIONAL, Library.EXEMPLAR):
        desk.enlist(mine, library, since=date(2025, 1, 2))
    desk.decide(desk.propose(mine, level=level))
    assert {m.library for m in desk.memberships(mine) if m.until is None} == left
    assert desk.mine(mine).status is (MineStatus.LISTED if left else MineStatus.REMOVED)


def test_a_removed_mine_can_come_back_after_a_new_evaluation(desk: Desk, listed_mine: str) -> None:
    """江西 2021: removed, six months to rectify, re-entry after a new evaluation."""
    desk.decide(desk.propose(listed_mine))
    later = desk.at(date(2025, 10, 1))
    later.enlist(listed_mine, Library.PROVINCIAL)
    row = later.mine(listed_mine)
    assert (row.status, row.listed_on) == (MineStatus.LISTED, date(2025, 10, 1))
    assert [m.ended_by_removal for m in later.memberships(listed_mine)] == [False, True]


@pytest.mark.parametrize("ground", sorted(each.code for each in reference().books.grounds("520524", TODAY)))
def test_acts_name_the_ground_and_the_book_that_holds_it(desk: Desk, listed_mine: str, ground: str) -> None:
    """A step uses the book in force on its legal day; a removal that began under it ends under it. An inherited ground
    stands in the national book, whatever books the province has."""
    number = desk.propose(listed_mine, ground)
    desk.at(date(2026, 4, 1)).decide(number)
    held = reference().books.basis(reference().books.ground("520524", ground, TODAY))
    told = [act.envelope["basis"] for act in desk.acts() if act.kind.startswith("removal.")]
    assert told == [[{"book": held[0].book, "provision": f"ground/{ground}"}]] * 2
    book = reference().books.of_stamp(held[0].book)
    assert book is not None and f"ground/{ground}" in book.provisions()


def test_public_list_shows_decided_removals(desk: Desk, listed_mine: str) -> None:
    other = desk.register("演示二矿")
    desk.enlist(other, Library.PROVINCIAL)
    removed, neutral = desk.propose(listed_mine), desk.propose(other, "voluntary_exit")
    with desk.database.read() as tx:
        assert list_removals(tx, RemovalFilter(), limit=10) == ([], 0)
    desk.decide(removed)
    desk.decide(neutral)
    with desk.database.read() as tx:
        assert [row.id for row in list_removals(tx, RemovalFilter(), limit=10)[0]] == [neutral, removed]
        assert [row.id for row in list_removals(tx, RemovalFilter(adverse=True), limit=10)[0]] == [removed]
        assert [row.id for row in list_removals(tx, RemovalFilter(mine=other), limit=10)[0]] == [neutral]
        assert list_removals(tx, RemovalFilter(year=2024), limit=10)[1] == 0
        assert list_removals(tx, RemovalFilter(region_prefix="5205"), limit=1, offset=1)[1] == 2


def test_a_decision_points_only_to_a_notice_that_stands_and_names_the_mine(
    desk: Desk, listed_mine: str, mine: str
) -> None:
    """ZJ-14: the removal and its 公告 are about one mine."""
    other = desk.publish(mine)
    number = desk.propose(listed_mine)
    for linked in ("2026-9999", other):
        with pytest.raises(BadInput) as refusal:
            desk.decide(number, notice=linked)
        assert refusal.value.field == "notice"
    assert removal(desk, number).state == "proposed"
    own = desk.publish(listed_mine)
    desk.decide(number, notice=own)
    assert removal(desk, number).notice == own
