"""A 公示 is open for the days the rule book gives (ZJ-11, ZJ-13: 公示无异议后方可归档、入库)."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from tests.announced import publish_notice
from tests.desk import ANJI, FIVE_WORKDAYS, Desk, draft
from tests.reference_data import reference
from tests.seats import seated

from greenmine.domain.errors import RuleBroken
from greenmine.domain.mine import Level, Library
from greenmine.domain.officer import Officer
from greenmine.domain.period import PeriodRule, PeriodUnit
from greenmine.domain.seat import Role
from greenmine.store.notice import get_notice

DATES = PeriodRule(PeriodUnit.DATES, None, first_day_counted=True, rolls_over=False, cutoff=None)
MONDAY = date(2025, 3, 3)
IN_2020 = date(2020, 6, 1)
"""A Monday while the book of Zhejiang held."""
ANJI_OFFICER = seated(61, Role.COUNTY, ANJI)
ZHEJIANG_OFFICER = seated(62, Role.PROVINCE, "330000")


@pytest.mark.parametrize(
    "values",
    [
        {"period": DATES, "last_day": MONDAY},
        {"period": replace(DATES, cutoff=time(12, 2)), "last_day": MONDAY},
        {"period": DATES, "last_day": date(2025, 3, 6)},
        {"period": replace(FIVE_WORKDAYS, days=4)},
        {"period": replace(FIVE_WORKDAYS, cutoff=time(0, 1))},
        {"period": PeriodRule(PeriodUnit.NATURAL_DAY, 4, first_day_counted=True, rolls_over=False, cutoff=None)},
        {"first_day": date(2025, 2, 26)},
    ],
)
@pytest.mark.parametrize("enters", [Library.PROVINCIAL, None])
def test_a_notice_shorter_than_the_book_is_refused_beside_its_days(
    desk: Desk, mine: str, enters: Library | None, values: dict[str, Any]
) -> None:
    """ZJ-13: a two-minute 公示 gave two mines the title. Days before the publication do not count."""
    count = len(desk.acts())
    with pytest.raises(RuleBroken, match="规则册规定的5个工作日") as refusal:
        desk.publish(mine, enters=enters, **values)
    assert (refusal.value.field, refusal.value.params["days"]) == ("days", 5)
    assert len(desk.acts()) == count


def test_an_operator_may_record_a_printed_notice_that_was_shorter(desk: Desk, mine: str) -> None:
    """rules.md: what was printed is recorded as it was printed."""
    assert desk.publish(mine, period=DATES, last_day=MONDAY, officer=None)


def test_zhejiang_gives_seven_working_days(desk: Desk) -> None:
    """ZJ-13, N-NT-N02: 7个工作日, although the book says that this is not verified; the first day may count."""
    desk = desk.at(IN_2020)
    wanted = draft(region="330000", period=FIVE_WORKDAYS, first_day=IN_2020)
    for days in (5, 6, 7):
        rule = replace(FIVE_WORKDAYS, days=days)
        with desk.database.write() as tx:
            if days < 7:
                with pytest.raises(RuleBroken) as refusal:
                    _publish(tx, replace(wanted, period=rule), ZHEJIANG_OFFICER, desk)
                assert refusal.value.params["days"] == 7
            else:
                number = _publish(tx, replace(wanted, period=rule), ZHEJIANG_OFFICER, desk)
                assert get_notice(tx, number).last_day == date(2020, 6, 9)


@pytest.mark.parametrize(("last", "cutoff", "taken"), [
    (IN_2020, None, False),
    (date(2020, 6, 2), time(11, 0), False),
    (date(2020, 6, 2), time(12, 0), True),
    (date(2020, 6, 2), None, True),
])  # fmt: skip
def test_a_county_check_that_prints_its_dates_is_open_a_whole_day(
    desk: Desk, last: date, cutoff: time | None, *, taken: bool
) -> None:
    """ZJ-11 writes no number of days; published at noon, it is open until noon of the next day at least."""
    desk = desk.at(IN_2020)
    wanted = draft(
        kind="county_check", level=Level.COUNTY, region=ANJI, enters=None, first_day=IN_2020, last_day=last,
        period=replace(DATES, cutoff=cutoff),
    )  # fmt: skip
    with desk.database.write() as tx:
        if taken:
            assert _publish(tx, wanted, ANJI_OFFICER, desk)
            return
        with pytest.raises(RuleBroken, match="一整日") as refusal:
            _publish(tx, wanted, ANJI_OFFICER, desk)
        assert refusal.value.field == "last_day"


def test_a_notice_that_begins_later_is_counted_from_its_first_day(desk: Desk, mine: str) -> None:
    """ZJ-13: the rule is counted from the day objections can begin."""
    begins = MONDAY + timedelta(days=7)
    assert desk.publish(mine, first_day=begins)
    with pytest.raises(RuleBroken):
        desk.publish(mine, first_day=begins, period=DATES, last_day=begins + timedelta(days=3))


def _publish(tx: Any, wanted: Any, officer: Officer, desk: Desk) -> str:
    return publish_notice(tx, wanted, reference=reference(), officer=officer, at=desk.now)
