"""Counting the days of a notice: real notices, an exhaustive oracle, 民法典 201/203, day boundaries, 暂定."""

import csv
import time as system_time
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reference_data import TEST_DATA, shipped_calendar

from greenmine.domain.errors import BadInput
from greenmine.domain.instant import from_utc_text, legal_day, utc_text
from greenmine.domain.period import (
    DAY_REASON_LABELS,
    PERIOD_UNIT_LABELS,
    DayReason,
    PeriodRule,
    PeriodUnit,
    count_period,
    workdays_between,
)

ORACLE_FIRST, ORACLE_LAST = date(2018, 1, 1), date(2026, 12, 31)
ONE_DAY = timedelta(days=1)


def workdays(days: int, *, first_day_counted: bool, cutoff: time | None = None) -> PeriodRule:
    return PeriodRule(PeriodUnit.WORKDAY, days, first_day_counted, rolls_over=False, cutoff=cutoff)


def natural(days: int, *, first_day_counted: bool, rolls_over: bool) -> PeriodRule:
    return PeriodRule(PeriodUnit.NATURAL_DAY, days, first_day_counted, rolls_over)


DATES_ONLY = PeriodRule(PeriodUnit.DATES, None, first_day_counted=True, rolls_over=False)


def golden_rows() -> list[dict[str, str]]:
    with (TEST_DATA / "workday_golden.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", golden_rows(), ids=lambda row: row["case"])
def test_real_notice_counts_its_workdays_with_the_publication_day_as_day_one(row: dict[str, str]) -> None:
    calendar = shipped_calendar()
    start, end = date.fromisoformat(row["start"]), date.fromisoformat(row["end"])
    number = int(row["workdays_counting_first_day"])

    forward = count_period(workdays(number, first_day_counted=True), start=start, calendar=calendar, end=end)
    printed = count_period(DATES_ONLY, start=start, calendar=calendar, end=end)

    assert forward.last_day == end
    assert workdays_between(start, end, calendar) == number
    assert printed.counted_days == number
    assert row["stated_workdays"] in ("", str(number))
    assert forward.provisional == (start.year < 2018)


def test_golden_file_is_whole() -> None:
    assert len(golden_rows()) == 7


def oracle_ends(days: int) -> dict[date, date]:
    """Day on which ``days`` working days counted from each day on are full, by chinesecalendar alone."""
    span = (ORACLE_LAST - ORACLE_FIRST).days + 1
    working = [
        day for day in (ORACLE_FIRST + ONE_DAY * offset for offset in range(span)) if chinese_calendar.is_workday(day)
    ]
    ends: dict[date, date] = {}
    index = 0
    for day in (ORACLE_FIRST + ONE_DAY * offset for offset in range(span)):
        while index < len(working) and working[index] < day:
            index += 1
        if index + days - 1 < len(working):
            ends[day] = working[index + days - 1]
    return ends


@pytest.mark.parametrize("first_day_counted", [True, False])
@pytest.mark.parametrize("days", [1, 5, 7, 15])
def test_every_start_2018_to_2026_ends_where_chinesecalendar_says(days: int, first_day_counted: bool) -> None:
    calendar = shipped_calendar()
    rule = workdays(days, first_day_counted=first_day_counted)
    wrong = []
    ends = oracle_ends(days)
    for counted_from, end in ends.items():
        start = counted_from if first_day_counted else counted_from - ONE_DAY
        period = count_period(rule, start=start, calendar=calendar)
        if period.last_day != end or period.counted_days != days or period.provisional != (end > calendar.last):
            wrong.append((start, period.last_day, end))

    assert len(ends) > 3200
    assert wrong == []


@given(
    start=st.dates(date(2018, 1, 1), date(2026, 6, 30)),
    days=st.integers(1, 90),
    first_day_counted=st.booleans(),
)
def test_listed_days_are_unbroken_and_numbered_and_the_last_one_counts(
    start: date, days: int, first_day_counted: bool
) -> None:
    calendar = shipped_calendar()

    period = count_period(workdays(days, first_day_counted=first_day_counted), start=start, calendar=calendar)

    listed = [day.day for day in period.days]
    assert listed == [start + ONE_DAY * offset for offset in range(len(listed))]
    assert [day.number for day in period.days if day.counted] == list(range(1, days + 1))
    assert period.days[-1].counted
    assert all(day.counted == calendar.is_workday(day.day) for day in period.days[1:])
    first_in_count = start if first_day_counted else start + ONE_DAY
    assert workdays_between(first_in_count, period.last_day, calendar) == days


@given(
    start=st.dates(date(2018, 1, 1), date(2026, 9, 1)),
    days=st.integers(1, 60),
    first_day_counted=st.booleans(),
    rolls_over=st.booleans(),
)
def test_natural_days_end_on_the_nth_day_or_roll_to_the_next_day_worked(
    start: date, days: int, first_day_counted: bool, rolls_over: bool
) -> None:
    rule = natural(days, first_day_counted=first_day_counted, rolls_over=rolls_over)
    nominal = start + ONE_DAY * (days - first_day_counted)
    expected = nominal
    while rolls_over and not chinese_calendar.is_workday(expected):
        expected += ONE_DAY

    period = count_period(rule, start=start, calendar=shipped_calendar())

    assert period.last_day == expected
    assert period.counted_days == days
    rolled = [day.day for day in period.days if day.reason is DayReason.ROLLED_OVER]
    assert len(rolled) == (expected - nominal).days


def test_civil_code_start_day_is_left_out_and_a_last_day_off_rolls_over() -> None:
    """民法典 201, 203: 15 days from 2025-09-19 end on 10-04, inside 国庆节, and so on Thursday 10-09."""
    rule = natural(15, first_day_counted=False, rolls_over=True)

    period = count_period(rule, start=date(2025, 9, 19), calendar=shipped_calendar())

    assert period.days[0].reason is DayReason.START_NOT_COUNTED
    assert [day.day for day in period.days if day.number == 15] == [date(2025, 10, 4)]
    assert period.last_day == date(2025, 10, 9)
    assert period.days[-1].reason is DayReason.ROLLED_OVER


def test_natural_last_day_on_a_made_up_sunday_does_not_roll_over() -> None:
    rule = natural(5, first_day_counted=True, rolls_over=True)

    period = count_period(rule, start=date(2025, 1, 22), calendar=shipped_calendar())

    assert period.last_day == date(2025, 1, 26)


def test_liaoning_five_workdays_end_on_a_made_up_sunday_and_say_why() -> None:
    period = count_period(workdays(5, first_day_counted=True), start=date(2025, 1, 21), calendar=shipped_calendar())

    assert [(day.day.day, day.number, day.reason) for day in period.days] == [
        (21, 1, DayReason.COUNTED),
        (22, 2, DayReason.COUNTED),
        (23, 3, DayReason.COUNTED),
        (24, 4, DayReason.COUNTED),
        (25, None, DayReason.WEEKEND),
        (26, 5, DayReason.MADE_UP_COUNTED),
    ]
    assert period.ends_at == datetime(2025, 1, 26, 15, 59, 59, tzinfo=UTC)


def test_shanxi_cutoff_hour_ends_the_notice_at_four_in_the_afternoon() -> None:
    rule = workdays(5, first_day_counted=True, cutoff=time(16, 0))

    period = count_period(rule, start=date(2020, 10, 14), calendar=shipped_calendar())

    assert period.ends_at == from_utc_text("2020-10-20T08:00:00Z")
    assert not period.is_over(from_utc_text("2020-10-20T08:00:00Z"))
    assert period.is_over(from_utc_text("2020-10-20T08:00:01Z"))


def test_last_second_of_the_legal_day_is_in_time() -> None:
    period = count_period(DATES_ONLY, start=date(2023, 11, 7), end=date(2023, 11, 15), calendar=shipped_calendar())

    assert not period.is_over(datetime(2023, 11, 15, 15, 59, 59, 999999, tzinfo=UTC))
    assert period.is_over(from_utc_text("2023-11-15T16:00:00Z"))


def test_notice_published_on_a_day_off_begins_to_count_on_the_next_workday() -> None:
    period = count_period(workdays(1, first_day_counted=True), start=date(2025, 10, 1), calendar=shipped_calendar())

    assert period.last_day == date(2025, 10, 9)
    assert period.days[0].reason is DayReason.HOLIDAY


@pytest.fixture(params=["Asia/Shanghai", "America/New_York", "UTC"])
def server_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    system_time.tzset()
    yield request.param
    monkeypatch.undo()
    system_time.tzset()


@pytest.mark.usefixtures("server_zone")
def test_threat_22_day_one_is_the_day_in_shanghai_wherever_the_server_stands() -> None:
    rule = workdays(5, first_day_counted=True)
    calendar = shipped_calendar()

    before = count_period(rule, start=legal_day(from_utc_text("2025-09-30T15:59:59Z")), calendar=calendar)
    after = count_period(rule, start=legal_day(from_utc_text("2025-09-30T16:00:00Z")), calendar=calendar)

    assert [day.day for day in before.days if day.number == 1] == [date(2025, 9, 30)]
    assert [day.day for day in after.days if day.number == 1] == [date(2025, 10, 9)]
    assert before.ends_at == from_utc_text("2025-10-13T15:59:59Z")
    assert after.ends_at == from_utc_text("2025-10-14T15:59:59Z")


@pytest.mark.parametrize(
    ("rule", "start", "provisional"),
    [
        (workdays(5, first_day_counted=True), date(2026, 12, 21), False),
        (workdays(7, first_day_counted=True), date(2026, 12, 21), True),  # reaches 12-29, not settled yet
        (workdays(15, first_day_counted=True), date(2026, 12, 21), True),
        (workdays(5, first_day_counted=True), date(2027, 3, 1), True),
        (workdays(1, first_day_counted=False), date(2017, 12, 31), False),  # only 2018-01-01.. is asked
        (natural(30, first_day_counted=True, rolls_over=False), date(2026, 12, 21), False),
        (natural(30, first_day_counted=True, rolls_over=True), date(2026, 12, 21), True),
        (natural(10, first_day_counted=False, rolls_over=True), date(2017, 12, 25), False),
    ],
)
def test_period_is_provisional_only_when_an_unsettled_day_decides_its_end(
    rule: PeriodRule, start: date, provisional: bool
) -> None:
    assert count_period(rule, start=start, calendar=shipped_calendar()).provisional is provisional


def test_printed_dates_are_never_provisional() -> None:
    period = count_period(DATES_ONLY, start=date(2028, 2, 28), end=date(2028, 3, 3), calendar=shipped_calendar())

    assert not period.provisional
    assert [day.day.day for day in period.days] == [28, 29, 1, 2, 3]  # a leap day


@given(start=st.dates(), days=st.integers(-5, 5000), unit=st.sampled_from(PeriodUnit), rolls=st.booleans())
def test_no_date_and_no_length_ever_crashes_the_count(start: date, days: int, unit: PeriodUnit, rolls: bool) -> None:
    try:
        rule = PeriodRule(unit, days % 400 if days > 500 else days, rolls, rolls)
        period = count_period(rule, start=start, calendar=shipped_calendar(), end=None)
    except BadInput as refusal:
        assert refusal.code.startswith("period.")
    else:
        assert period.days[0].day == start


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("period.days_missing", {"unit": PeriodUnit.WORKDAY, "days": None}),
        ("period.days_range", {"unit": PeriodUnit.WORKDAY, "days": 0}),
        ("period.days_range", {"unit": PeriodUnit.NATURAL_DAY, "days": 3651}),
        ("period.days_with_dates", {"unit": PeriodUnit.DATES, "days": 5}),
        ("period.cutoff_zone", {"unit": PeriodUnit.WORKDAY, "days": 5, "cutoff": time(16, tzinfo=UTC)}),
    ],
)
def test_rule_that_makes_no_sense_is_refused(code: str, fields: dict[str, object]) -> None:
    with pytest.raises(BadInput) as refusal:
        PeriodRule(first_day_counted=True, rolls_over=False, **fields)  # type: ignore[arg-type]

    assert refusal.value.code == code
    assert str(refusal.value)


@pytest.mark.parametrize(
    ("code", "rule", "end"),
    [
        ("period.end_missing", DATES_ONLY, None),
        ("period.ends_before_start", DATES_ONLY, date(2025, 1, 20)),
        ("period.ends_before_start", workdays(5, first_day_counted=True), date(2025, 1, 20)),
        ("period.days_range", DATES_ONLY, date(2125, 1, 20)),
        ("period.end_differs", workdays(5, first_day_counted=True), date(2025, 1, 27)),
    ],
)
def test_printed_end_that_cannot_be_is_refused(code: str, rule: PeriodRule, end: date | None) -> None:
    with pytest.raises(BadInput) as refusal:
        count_period(rule, start=date(2025, 1, 21), calendar=shipped_calendar(), end=end)

    assert refusal.value.code == code


def test_printed_end_that_differs_is_refused_with_the_computed_day() -> None:
    with pytest.raises(BadInput, match=r"2025-01-27.*2025-01-26"):
        count_period(
            workdays(5, first_day_counted=True),
            start=date(2025, 1, 21),
            calendar=shipped_calendar(),
            end=date(2025, 1, 27),
        )


def test_workdays_between_is_zero_when_the_last_day_comes_first() -> None:
    assert workdays_between(date(2025, 1, 3), date(2025, 1, 2), shipped_calendar()) == 0


def test_every_unit_and_reason_has_a_chinese_label() -> None:
    assert set(PERIOD_UNIT_LABELS) == set(PeriodUnit)
    assert set(DAY_REASON_LABELS) == set(DayReason)


@pytest.mark.parametrize("rule", [DATES_ONLY, workdays(5, first_day_counted=True)], ids=lambda rule: rule.unit)
@pytest.mark.parametrize("start", [date.min, date(1949, 9, 30)])
def test_a_notice_older_than_its_authorities_is_refused(rule: PeriodRule, start: date) -> None:
    with pytest.raises(BadInput) as refusal:
        count_period(rule, start=start, calendar=shipped_calendar(), end=start if rule is DATES_ONLY else None)
    assert (refusal.value.code, refusal.value.field) == ("period.too_early", "first_day")
    assert count_period(DATES_ONLY, start=date(1949, 10, 1), calendar=shipped_calendar(), end=date(1949, 10, 1)).days


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_instant_is_written_with_four_digits_of_the_year_and_read_back(instant: datetime) -> None:
    text = utc_text(instant)
    assert len(text) == len("2026-11-21T04:00:00Z")
    assert from_utc_text(text) == instant.replace(microsecond=0)
