"""Correcting and withdrawing notices: said on the original and on every mine it names (ZJ-13, rules.md)."""

from dataclasses import replace
from datetime import date

import pytest
from tests.announced import publish_notice
from tests.desk import PROVINCE_OFFICER, Desk, draft
from tests.reference_data import reference
from tests.usecases.test_notice import correct, notice, withdraw

from greenmine.domain.errors import BadInput, Conflict, NotFound, RuleBroken
from greenmine.domain.mine import MineStatus
from greenmine.domain.notice import NoticeState
from greenmine.store.act import acts_of


def test_a_correction_mends_words_and_leaves_list_and_period(desk: Desk, mine: str) -> None:
    number = desk.publish(mine)
    before = notice(desk, number)
    correct(desk, number, contact="0851-0000000（演示）")
    after = notice(desk, number)
    assert after == replace(before, contact="0851-0000000（演示）", last_act=before.last_act + 1)
    assert desk.acts()[-1].body == {
        "title": before.title, "text": before.text, "contact": "0851-0000000（演示）", "reason": "电话有误",
    }  # fmt: skip


def test_a_correction_by_the_second_officer_is_not_lost_but_asked_again(desk: Desk, mine: str) -> None:
    number = desk.publish(mine)
    seen = notice(desk, number).last_act
    correct(desk, number, contact="甲", seen_act=seen)
    with pytest.raises(Conflict):
        correct(desk, number, contact="乙", seen_act=seen)
    assert notice(desk, number).contact == "甲"


def test_a_correction_needs_title_reason_and_change(desk: Desk, mine: str) -> None:
    number = desk.publish(mine)
    for values in ({"title": " "}, {"reason": "", "contact": "x"}, {}):
        with pytest.raises(BadInput):
            correct(desk, number, **values)


def test_a_correction_leaves_no_empty_notice_and_names_no_identity_number(desk: Desk, mine: str) -> None:
    with desk.database.write() as tx:
        words = draft(kind="zone", enters=None, items=(), columns=(), period=None, first_day=None)
        bare = publish_notice(tx, words, reference=reference(), officer=PROVINCE_OFFICER, at=desk.now)
    correct(desk, desk.publish(mine), text=" ")
    for values in ({"text": " "}, {"text": "联系人522501198001010011"}):
        with pytest.raises(BadInput) as refused:
            correct(desk, bare, **values)
        assert refused.value.field == "text"


def test_a_withdrawn_notice_says_so_and_lets_its_mines_go(desk: Desk, mine: str) -> None:
    number = desk.publish(mine)
    withdraw(desk, number)
    row = notice(desk, number)
    assert (row.state(desk.now), row.result) == (NoticeState.WITHDRAWN, "发布有误")
    assert desk.mine(mine).status is MineStatus.REGISTERED
    with pytest.raises(RuleBroken):
        withdraw(desk, number)
    with pytest.raises(RuleBroken):
        correct(desk, number, contact="x")
    with pytest.raises(RuleBroken):
        desk.at(date(2025, 3, 10)).close(number, mine)


def test_correction_and_withdrawal_stand_on_the_timelines_of_their_mines(desk: Desk, mine: str) -> None:
    """ZJ-15 全过程留痕: whoever reads a mine learns what became of the notice it stood in."""
    number = desk.publish(mine)
    correct(desk, number, contact="0851-0000000（演示）")
    withdraw(desk, number)
    with desk.database.read() as tx:
        told = sorted(acts_of(tx, f"mine/{mine}"), key=lambda act: act.n)
    assert [act.kind for act in told] == [
        "mine.registered", "notice.published", "notice.corrected", "notice.withdrawn",
    ]  # fmt: skip


def test_a_withdrawal_needs_a_reason_and_a_notice_that_is_open(desk: Desk, mine: str) -> None:
    number, later = desk.publish(mine), desk.at(date(2025, 3, 10))
    with pytest.raises(BadInput, match="理由"):
        withdraw(desk, number, reason=" ")
    later.close(number, mine)
    with pytest.raises(RuleBroken):
        withdraw(later, number)
    with pytest.raises(NotFound):
        withdraw(later, "2025-0099")
