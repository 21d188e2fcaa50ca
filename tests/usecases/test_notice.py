"""Publishing, counting, closing, correcting and withdrawing notices (ZJ-11, ZJ-13, GO-16; rules.md)."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from tests.announced import publish_notice
from tests.desk import (
    ADMINISTRATOR,
    ANJI,
    CITY_OFFICER,
    COUNTY_OFFICER,
    EDITOR,
    FIVE_WORKDAYS,
    NAYONG,
    NEIGHBOUR,
    PROVINCE_OFFICER,
    ZHIJIN,
    Desk,
    draft,
    instant,
    known_until,
)
from tests.reference_data import reference

from greenmine.domain.errors import BadInput, NotAllowed, RuleBroken
from greenmine.domain.mine import Level, Library, MineStatus
from greenmine.domain.notice import Attachment, NoticeState
from greenmine.domain.officer import Officer
from greenmine.domain.period import PeriodRule, PeriodUnit
from greenmine.store.notice import NoticeFilter, NoticeRow, attachments_of, get_notice, items_of, list_notices
from greenmine.usecases.mine import Listing
from greenmine.usecases.notice import correct_notice, recount_notices, rule_of, withdraw_notice

LAST_DAY = date(2025, 3, 7)
"""Five working days from Monday 3 March 2025, the first one counted: Friday."""


def notice(desk: Desk, number: str) -> NoticeRow:
    with desk.database.read() as tx:
        return get_notice(tx, number)


def correct(desk: Desk, number: str, *, officer: Officer = PROVINCE_OFFICER, **values: Any) -> None:
    row = notice(desk, number)
    words = {
        "title": row.title,
        "text": row.text,
        "contact": row.contact,
        "reason": "电话有误",
        "seen_act": row.last_act,
    }
    with desk.database.write() as tx:
        correct_notice(tx, number, **{**words, **values}, reference=reference(), officer=officer, at=desk.now)


def withdraw(desk: Desk, number: str, *, reason: str = "发布有误", officer: Officer = PROVINCE_OFFICER) -> None:
    with desk.database.write() as tx:
        withdraw_notice(tx, number, reason=reason, reference=reference(), officer=officer, at=desk.now)


def test_a_notice_is_counted_to_its_exact_end(desk: Desk, mine: str) -> None:
    row = notice(desk, desk.publish(mine))
    assert (row.first_day, row.last_day) == (date(2025, 3, 3), LAST_DAY)
    assert row.ends_at == datetime(2025, 3, 7, 15, 59, 59, tzinfo=UTC)
    assert (row.unit, row.days, row.first_day_counted, row.provisional) == ("workday", 5, True, False)
    assert row.calendar == reference().calendar.version
    assert rule_of(row) == FIVE_WORKDAYS


def test_a_cut_off_hour_is_kept(desk: Desk) -> None:
    """山西 2020-10-14: 5 working days, to 16:00 of the last one."""
    row = notice(desk, desk.publish(period=replace(FIVE_WORKDAYS, cutoff=time(16, 0))))
    assert row.ends_at == datetime(2025, 3, 7, 8, 0, tzinfo=UTC)
    assert rule_of(row).cutoff == time(16, 0)


def test_a_notice_names_no_mine_in_words_in_its_envelope(desk: Desk, mine: str) -> None:
    desk.publish(mine)
    act = desk.acts()[-1]
    assert act.envelope["mines"] == [mine]
    assert "演示" not in str(act.envelope)
    assert (act.body or {})["items"][0]["name"] == "演示矿1"


def test_list_and_attachments_stand_as_printed(desk: Desk, mine: str) -> None:
    file = Attachment("ab" * 32, "名单.pdf", "application/pdf", 12)
    number = desk.publish(mine, attachments=(file,))
    with desk.database.read() as tx:
        assert attachments_of(tx, number) == [file]
        (item,) = items_of(tx, number)
    assert (item.mine, item.cells, item.outcome) == (mine, ("1", "演示矿1"), "pending")


def test_a_noticed_mine_is_under_notice_until_it_is_decided(desk: Desk, mine: str) -> None:
    number = desk.publish(mine)
    assert desk.mine(mine).status is MineStatus.NOTICED
    desk.at(date(2025, 3, 10)).close(number, mine)
    assert desk.mine(mine).status is MineStatus.LISTED


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"issuer": ""}, "issuer"),
        ({"text": " ", "items": ()}, "text"),
        ({"kind": "gossip"}, "kind"),
        ({"period": None}, "unit"),
        ({"period": None, "enters": None}, "unit"),
        ({"first_day": None}, "first_day"),
        ({"enters": Library.NATIONAL}, "enters"),
        ({"enters": Library.CITY}, "enters"),
    ],
)
def test_what_a_notice_cannot_be_published_without(desk: Desk, values: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        desk.publish(**values)
    assert refusal.value.field == field
    assert desk.acts() == []


def test_an_announcement_needs_no_period(desk: Desk) -> None:
    """公告 makes a decision known; 公示 invites objections before one."""
    number = desk.publish(kind="listing", period=None, first_day=None, enters=None)
    row = notice(desk, number)
    assert (row.ends_at, row.calendar, row.state(desk.now)) == (None, None, NoticeState.STANDING)


@pytest.mark.parametrize(
    ("officer", "values"),
    [
        (COUNTY_OFFICER, {}),
        (CITY_OFFICER, {}),
        (EDITOR, {}),
        (ADMINISTRATOR, {}),
        (PROVINCE_OFFICER, {"kind": "county_check", "level": Level.COUNTY, "enters": None}),
        (NEIGHBOUR, {"kind": "county_check", "level": Level.COUNTY, "region": ZHIJIN, "enters": None}),
        (PROVINCE_OFFICER, {"region": ANJI}),
        (PROVINCE_OFFICER, {"region": "000000"}),
    ],
)
def test_each_post_publishes_its_own_level_in_its_own_region(
    desk: Desk, officer: Officer, values: dict[str, Any]
) -> None:
    """ZJ-11 county checks, ZJ-13 province lists."""
    with pytest.raises(NotAllowed):
        desk.publish(officer=officer, **values)
    assert desk.acts() == []


@pytest.mark.parametrize("library", [Library.CITY, Library.PROVINCIAL, Library.NATIONAL, Library.EXEMPLAR])
def test_a_county_cannot_enter_mines_into_a_directory(desk: Desk, mine: str, library: Library) -> None:
    """ZJ-11, ZJ-13: the county checks, the province lists."""
    with pytest.raises(BadInput, match="不能纳入"):
        desk.publish(
            mine, officer=COUNTY_OFFICER, level=Level.COUNTY, region=ZHIJIN, kind="county_check", enters=library
        )


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        ("county_check", Level.PROVINCIAL),
        ("city_list", Level.COUNTY),
        ("province_list", Level.COUNTY),
        ("province_list", Level.NATIONAL),
        ("national_list", Level.COUNTY),
        ("national_list", Level.PROVINCIAL),
        ("national_recommendation", Level.CITY),
    ],
)
def test_a_kind_is_issued_at_its_own_level_only(desk: Desk, kind: str, level: Level) -> None:
    """ZJ-11, ZJ-13: no county publishes 国家级名单公示（县级）, nor an operator for one."""
    for officer in (COUNTY_OFFICER, PROVINCE_OFFICER, None):
        with pytest.raises(BadInput) as refusal:
            desk.publish(officer=officer, kind=kind, level=level, enters=None)
        assert refusal.value.field == "level"
    assert desk.acts() == []


def test_a_notice_begins_at_midnight_of_its_first_day(desk: Desk, mine: str) -> None:
    """ZJ-11, ZJ-13: until then it is 未开始, not 进行中, and cannot be closed; lists say the same as pages."""
    number = desk.publish(mine, first_day=date(2025, 3, 5))
    first = instant(date(2025, 3, 5), time(0))
    for now, state in ((first - timedelta(seconds=1), NoticeState.UPCOMING), (first, NoticeState.RUNNING)):
        assert notice(desk, number).state(now) is state
        with desk.database.read() as tx:
            found, count = list_notices(tx, NoticeFilter(state=state), now=now, limit=5)
        assert ([row.id for row in found], count) == ([number], 1)
    with pytest.raises(RuleBroken, match="公示期未满"):
        desk.close(number, mine)


def test_a_county_publishes_its_check(desk: Desk, mine: str) -> None:
    """ZJ-11: 县级门户公示核查意见."""
    number = desk.publish(
        mine, officer=COUNTY_OFFICER, level=Level.COUNTY, region=ZHIJIN, kind="county_check", enters=None
    )
    assert notice(desk, number).level is Level.COUNTY
    assert desk.mine(mine).status is MineStatus.REGISTERED


def test_mines_of_the_list_are_known_own_and_named_once(desk: Desk, mine: str) -> None:
    foreign = desk.register("演示纳雍矿", region=NAYONG, officer=None)
    with pytest.raises(BadInput, match="GM-520524-0099"):
        desk.publish(mine, "GM-520524-0099")
    with pytest.raises(BadInput, match="辖区"):
        desk.publish(
            foreign, officer=COUNTY_OFFICER, kind="county_check", level=Level.COUNTY, region=ZHIJIN, enters=None
        )
    with pytest.raises(BadInput, match="出现两次"):
        desk.publish(mine, mine)


def test_a_period_that_is_over_when_it_is_published_is_refused(desk: Desk, mine: str) -> None:
    """ZJ-13: nobody could have objected. A printed notice of old may still be recorded by an operator."""
    for enters in (Library.PROVINCIAL, None):
        with pytest.raises(RuleBroken, match="结束"):
            desk.publish(mine, first_day=date(2025, 2, 10), enters=enters)
    number = desk.publish(mine, first_day=date(2025, 2, 10), officer=None)
    assert notice(desk, number).state(desk.now) is NoticeState.ENDED


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=-2), timedelta(days=-4, hours=-3)])
def test_a_running_notice_is_not_closed(desk: Desk, mine: str, late: timedelta) -> None:
    """ZJ-13 公示无异议后方可入库; the last second still belongs to the period."""
    number = desk.publish(mine)
    last = datetime(2025, 3, 7, 15, 59, 59, tzinfo=UTC)
    with pytest.raises(RuleBroken, match="公示期未满"):
        Desk(desk.database, now=last + late).close(number, mine)
    assert desk.memberships(mine) == []


def test_the_second_after_the_end_it_can_be_closed(desk: Desk, mine: str) -> None:
    number = desk.publish(mine)
    after = Desk(desk.database, now=datetime(2025, 3, 7, 16, 0, tzinfo=UTC))
    after.close(number, mine)
    assert notice(desk, number).state(after.now) is NoticeState.CLOSED


def test_302_noticed_301_listed(desk: Desk) -> None:
    """rules.md: 302 mines were noticed in 2020, 301 announced; the one dropped keeps its reason in public."""
    mines = [desk.register(f"演示{n}号矿", officer=None) for n in range(302)]
    number = desk.publish(*mines)
    dropped, listed = mines[100], [mine for mine in mines if mine != mines[100]]
    later = desk.at(date(2025, 3, 10))
    later.close(number, *listed, reasons={dropped: "异议成立"})
    closed = next(act for act in desk.acts() if act.kind == "notice.closed")
    assert (len(closed.envelope["listed"]), closed.envelope["dropped"]) == (301, [dropped])
    assert sum(act.kind == "directory.listed" for act in desk.acts()) == 301
    assert desk.memberships(dropped) == []
    assert desk.mine(dropped).status is MineStatus.REGISTERED
    with desk.database.read() as tx:
        outcomes = {item.mine: (item.outcome, item.reason) for item in items_of(tx, number)}
    assert outcomes[dropped] == ("dropped", "异议成立")
    assert outcomes[listed[0]] == ("listed", "")


def test_a_listed_mine_points_to_the_notice_that_listed_it(desk: Desk, mine: str) -> None:
    number = desk.publish(mine)
    elsewhere = Listing(Library.PROVINCIAL, date(2025, 3, 10), organ="演示厅", notice="2024-0001")
    desk.at(date(2025, 3, 10)).close(number, mine, listing=elsewhere)
    (membership,) = desk.memberships(mine)
    assert (membership.notice, membership.library, membership.since) == (number, Library.PROVINCIAL, date(2025, 3, 10))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reasons": {}}, "reason-GM-520524-0002"),
        ({"reasons": {"GM-520524-0002": " "}}, "reason-GM-520524-0002"),
        ({"result": " "}, "result"),
        ({"decided": False}, "organ"),
        ({"listing": Listing(Library.NATIONAL, date(2025, 3, 10))}, "organ"),
        ({"listing": Listing(Library.PROVINCIAL, date(2025, 3, 6))}, "since"),
        ({"listing": Listing(Library.PROVINCIAL, date(2025, 3, 11))}, "since"),
        ({"listing": Listing(Library.PROVINCIAL, date(2025, 3, 10), organ=" ")}, "organ"),
        ({"result": "异议人522501198001010011已答复"}, "result"),
        ({"reasons": {"GM-520524-0002": "522501 19800101 001X"}}, "reason-GM-520524-0002"),
    ],
)
def test_closing_needs_reasons_a_result_and_a_decision_of_its_time(
    desk: Desk, values: dict[str, Any], field: str
) -> None:
    one, other = desk.register("演示一矿"), desk.register("演示二矿")
    number = desk.publish(one, other)
    count = len(desk.acts())
    with pytest.raises(BadInput) as refusal:
        desk.at(date(2025, 3, 10)).close(number, one, **{"reasons": {other: "异议成立"}, **values})
    assert refusal.value.field == field
    assert len(desk.acts()) == count


def test_only_mines_of_the_notice_are_listed_by_it(desk: Desk, mine: str) -> None:
    number, stranger = desk.publish(mine), desk.register("演示二矿")
    with pytest.raises(BadInput, match="不在这件公示的名单"):
        desk.at(date(2025, 3, 10)).close(number, mine, stranger)


def test_a_notice_is_closed_once(desk: Desk, mine: str) -> None:
    """A double click, or the second officer: trust.md 20."""
    number, later = desk.publish(mine), desk.at(date(2025, 3, 10))
    later.close(number, mine)
    count = len(desk.acts())
    with pytest.raises(RuleBroken, match="已经办结"):
        later.close(number, mine)
    assert len(desk.acts()) == count


def test_a_mine_that_is_listed_already_must_be_dropped_with_its_reason(desk: Desk, listed_mine: str, mine: str) -> None:
    """LN-01: all or nothing, so no half-closed notice is left behind."""
    number, later = desk.publish(listed_mine, mine), desk.at(date(2025, 3, 10))
    count = len(desk.acts())
    with pytest.raises(RuleBroken, match=listed_mine):
        later.close(number, listed_mine, mine)
    assert len(desk.acts()) == count
    later.close(number, mine, reasons={listed_mine: "已在名录中"})
    assert desk.mine(mine).status is MineStatus.LISTED


@pytest.mark.parametrize("officer", [COUNTY_OFFICER, CITY_OFFICER, EDITOR])
def test_another_level_neither_closes_nor_corrects_nor_withdraws(desk: Desk, mine: str, officer: Officer) -> None:
    number, later = desk.publish(mine), desk.at(date(2025, 3, 10))
    for call in (
        lambda: later.close(number, mine, officer=officer),
        lambda: correct(later, number, contact="电话", officer=officer),
        lambda: withdraw(later, number, officer=officer),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_an_end_beyond_the_calendar_is_provisional_until_it_is_counted_again(desk: Desk, mine: str) -> None:
    """rules.md: beyond coverage a deadline is 暂定 and recomputed by an act when the calendar is published."""
    near = known_until(date(2025, 4, 30))
    from_day = date(2025, 4, 28)  # five working days cross 1 May, whose holiday the short calendar does not know
    later = desk.at(from_day)
    with desk.database.write() as tx:
        wanted = draft(mine, first_day=from_day)
        number = publish_notice(tx, wanted, reference=near, officer=PROVINCE_OFFICER, at=later.now)
    before = notice(desk, number)
    assert before.provisional
    with pytest.raises(RuleBroken, match="截止时间为暂定"):
        desk.at(date(2025, 5, 6)).close(number, mine)
    with desk.database.write() as tx:
        assert recount_notices(tx, reference=near, at=later.now) == 0
        assert recount_notices(tx, reference=reference(), at=later.now) == 1
    with desk.database.write() as tx:
        assert recount_notices(tx, reference=reference(), at=later.now) == 0
    after = notice(desk, number)
    assert (after.provisional, after.calendar) == (False, reference().calendar.version)
    assert after.last_day is not None
    assert before.last_day is not None
    assert (before.last_day, after.last_day) == (date(2025, 5, 2), date(2025, 5, 7))
    assert desk.acts()[-1].by == "system@000000"


def test_a_notice_that_prints_both_dates_keeps_them(desk: Desk) -> None:
    """景德镇 2023, 新疆 2025: dates only."""
    dates = PeriodRule(PeriodUnit.DATES, None, first_day_counted=True, rolls_over=False, cutoff=None)
    row = notice(desk, desk.publish(period=dates, last_day=date(2025, 3, 9)))
    assert (row.first_day, row.last_day, row.unit) == (date(2025, 3, 3), date(2025, 3, 9), "dates")


@pytest.mark.parametrize("state", list(NoticeState))
def test_lists_by_state_agree_with_each_notice(desk: Desk, mine: str, state: NoticeState) -> None:
    """The SQL of a list and the arithmetic of a page say the same at every instant around the end."""
    numbers = [desk.publish(mine), desk.publish(), desk.publish(kind="listing", period=None, enters=None)]
    desk.publish(first_day=date(2025, 3, 5))
    desk.publish(first_day=date(2025, 3, 10))
    withdraw(desk, numbers[1])
    ends = notice(desk, numbers[0]).ends_at
    assert ends is not None
    for second in (-1, 0, 0.5, 1, 2, 2 * 86400 - 1, 2 * 86400, 2 * 86400 + 1):
        now = ends + timedelta(seconds=second)
        with desk.database.read() as tx:
            every, total = list_notices(tx, NoticeFilter(), now=now, limit=50)
            found, count = list_notices(tx, NoticeFilter(state=state), now=now, limit=50)
        assert total == 5
        assert {row.id for row in found} == {row.id for row in every if row.state(now) is state}
        assert count == len(found)


def test_the_person_who_published_stands_in_the_journal(desk: Desk) -> None:
    desk.publish()
    act = desk.acts()[-1]
    assert (act.by, desk.person_of(act.n)) == ("province@520000", PROVINCE_OFFICER.id)
