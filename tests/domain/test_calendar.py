"""Working days against two independent libraries, and what the calendar says of days it does not know."""

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest
from tests.reference_data import shipped_calendar

from greenmine.domain.calendar import DAY_KIND_LABELS, DayKind, WorkCalendar

FIRST, LAST = date(2018, 1, 1), date(2026, 12, 31)
EVERY_DAY = [FIRST + timedelta(days=offset) for offset in range((LAST - FIRST).days + 1)]


def test_every_day_2018_to_2026_agrees_with_chinesecalendar() -> None:
    calendar = shipped_calendar()

    wrong = [day for day in EVERY_DAY if calendar.is_workday(day) != chinese_calendar.is_workday(day)]

    assert len(EVERY_DAY) == 3287
    assert wrong == []


def test_every_day_2018_to_2026_agrees_with_holidays_as_second_opinion() -> None:
    calendar = shipped_calendar()
    opinion = holidays.country_holidays("CN", years=range(2018, 2027))

    wrong = [day for day in EVERY_DAY if calendar.is_workday(day) != opinion.is_working_day(day)]

    assert wrong == []


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        (date(2025, 1, 26), DayKind.MADE_UP, None),  # 辽宁's last day: a Sunday worked for 春节
        (date(2018, 12, 29), DayKind.MADE_UP, None),  # set by the notice for 2019
        (date(2018, 12, 31), DayKind.HOLIDAY, "元旦"),
        (date(2020, 2, 1), DayKind.HOLIDAY, "春节"),  # 国办发明电〔2020〕1号 lengthened the break
        (date(2020, 2, 3), DayKind.WORKDAY, None),
        (date(2019, 5, 2), DayKind.HOLIDAY, "劳动节"),  # 国办发明电〔2019〕3号
        (date(2025, 10, 4), DayKind.HOLIDAY, "国庆节、中秋节"),  # a Saturday inside the break
        (date(2025, 11, 8), DayKind.WEEKEND, None),
        (date(2024, 2, 9), DayKind.WORKDAY, None),  # 除夕 2024 was only recommended
    ],
)
def test_kind_of_days_that_a_monday_to_friday_counter_gets_wrong(day: date, kind: DayKind, name: str | None) -> None:
    calendar = shipped_calendar()

    assert calendar.kind(day) is kind
    assert calendar.holiday_name(day) == name


def test_beyond_its_coverage_the_calendar_counts_monday_to_friday_and_says_so() -> None:
    calendar = shipped_calendar()

    assert not calendar.covers(date(2027, 10, 1))
    assert calendar.is_workday(date(2027, 10, 1))  # a Friday; certainly a day off, but no notice says so yet
    assert not calendar.is_workday(date(2027, 10, 2))
    assert not calendar.covers(date(2017, 12, 31))
    assert calendar.covers(date(2018, 1, 1))


def test_last_days_of_the_newest_year_are_not_settled_before_the_next_notice() -> None:
    calendar = shipped_calendar()

    assert calendar.covers(date(2026, 12, 28))
    assert not calendar.covers(date(2026, 12, 29))
    assert calendar.covers(date(2025, 12, 31))


def test_a_calendar_of_nothing_covers_nothing_and_does_not_crash() -> None:
    calendar = WorkCalendar("empty", date.max, date.min, frozenset(), frozenset())

    assert not any(calendar.covers(day) for day in (date.min, date(2026, 1, 1), date.max))
    assert calendar.is_workday(date(2026, 1, 1))
    assert calendar.kind(date(2026, 1, 3)) is DayKind.WEEKEND


def test_every_kind_of_day_has_a_chinese_label() -> None:
    assert set(DAY_KIND_LABELS) == set(DayKind)
