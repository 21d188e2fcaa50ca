"""How the days of a notice are counted: from the day it is published to the exact second it ends.

Real notices differ (rules.md, "Notices as they are really written"): both that print "5个工作日"
count the day of publication as day 1; 民法典 201 leaves it out. So the rule belongs to the notice,
and the answer lists every day with the reason it was or was not counted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from greenmine.domain.calendar import DayKind, WorkCalendar
from greenmine.domain.errors import BadInput
from greenmine.domain.instant import at_legal_time, day_ends
from greenmine.domain.text import N_

LONGEST_DAYS = 3650
"""No clock of the programme is longer than a few years.

The limit keeps a slip of the pen from hanging the site."""

EARLIEST_DAY = date(1949, 10, 1)
"""No notice of the programme is older than the authorities that issue them."""

ONE_DAY = timedelta(days=1)


class PeriodUnit(StrEnum):
    """What a period is counted in."""

    WORKDAY = "workday"  # 工作日
    NATURAL_DAY = "natural_day"  # 自然日
    DATES = "dates"  # 只写起止日期


class DayReason(StrEnum):
    """Why a day was or was not counted."""

    COUNTED = "counted"  # 计入
    MADE_UP_COUNTED = "made_up_counted"  # 调休上班日，计入
    WEEKEND = "weekend"  # 周末，不计
    HOLIDAY = "holiday"  # 法定节假日，不计
    START_NOT_COUNTED = "start_not_counted"  # 起始日不计
    ROLLED_OVER = "rolled_over"  # 末日逢休息日，顺延


PERIOD_UNIT_LABELS: Mapping[PeriodUnit, str] = MappingProxyType(
    {
        PeriodUnit.WORKDAY: N_("工作日"),
        PeriodUnit.NATURAL_DAY: N_("自然日"),
        PeriodUnit.DATES: N_("起止日期"),
    }
)

DAY_REASON_LABELS: Mapping[DayReason, str] = MappingProxyType(
    {
        DayReason.COUNTED: N_("计入"),
        DayReason.MADE_UP_COUNTED: N_("调休上班，计入"),
        DayReason.WEEKEND: N_("周末，不计"),
        DayReason.HOLIDAY: N_("法定节假日，不计"),
        DayReason.START_NOT_COUNTED: N_("起始日，不计"),
        DayReason.ROLLED_OVER: N_("末日逢休息日，顺延"),
    }
)

_REASON_BY_KIND: Mapping[DayKind, DayReason] = MappingProxyType(
    {
        DayKind.WORKDAY: DayReason.COUNTED,
        DayKind.MADE_UP: DayReason.MADE_UP_COUNTED,
        DayKind.WEEKEND: DayReason.WEEKEND,
        DayKind.HOLIDAY: DayReason.HOLIDAY,
    }
)


@dataclass(frozen=True)
class PeriodRule:
    """The counting rule of one notice.

    :param unit: what is counted
    :param days: how many, 1 to 3650; None for dates only
    :param first_day_counted: whether the day of publication can be day 1
    :param rolls_over: whether a natural-day period whose last day is off ends on the next working day
        (Source: 民法典 203); no effect on the other units
    :param cutoff: hour of the last day (Asia/Shanghai) up to and including which an objection is in time,
        as 山西's 16:00; None is the end of the day, 23:59:59
    :raises BadInput: ``period.days_missing``, ``period.days_range``, ``period.days_with_dates``,
        ``period.cutoff_zone``
    """

    unit: PeriodUnit
    days: int | None
    first_day_counted: bool
    rolls_over: bool
    cutoff: time | None = None

    def __post_init__(self) -> None:
        if self.cutoff is not None and self.cutoff.tzinfo is not None:
            raise BadInput("period.cutoff_zone", N_("截止时刻按北京时间填写，不带时区"), field="cutoff")
        if self.unit is PeriodUnit.DATES:
            if self.days is not None:
                raise BadInput("period.days_with_dates", N_("只写起止日期的公示不填天数"), field="days")
            return
        if self.days is None:
            raise BadInput("period.days_missing", N_("请填写公示天数"), field="days")
        if not 1 <= self.days <= LONGEST_DAYS:
            raise BadInput("period.days_range", N_("天数应在1至%(most)s之间"), field="days", most=LONGEST_DAYS)


@dataclass(frozen=True)
class CountedDay:
    """One day of a period: whether it counts, as which number, and why."""

    day: date
    counted: bool
    number: int | None
    reason: DayReason


@dataclass(frozen=True)
class Period:
    """A counted period.

    :param start: legal day of publication
    :param last_day: legal day on which it ends
    :param ends_at: last instant at which something is in time, UTC
    :param provisional: 暂定: a day that decided the end lies beyond the published calendar
    :param days: every day from ``start`` to ``last_day``, in order
    """

    start: date
    last_day: date
    ends_at: datetime
    provisional: bool
    days: tuple[CountedDay, ...]

    @property
    def counted_days(self) -> int:
        """How many days were counted (工作日 for dates only)."""
        return sum(day.counted for day in self.days)

    def is_over(self, now: datetime) -> bool:
        """Whether ``now`` (aware) is too late; the very instant ``ends_at`` is still in time."""
        return now >= self.ends_at + timedelta(seconds=1)


def count_period(rule: PeriodRule, *, start: date, calendar: WorkCalendar, end: date | None = None) -> Period:
    """Count a notice's period from the legal day it is published.

    :param end: the printed last day: required for dates only; for the other units it is checked
        against the count when given
    :raises BadInput: ``period.end_missing``, ``period.ends_before_start``, ``period.end_differs``
        (the printed end is not what the rule gives), ``period.days_range`` (dates too far apart or
        out of the calendar of this world), ``period.too_early``
    """
    _check_span(rule, start, end)
    if rule.unit is PeriodUnit.DATES:
        days = tuple(_printed_days(start, end or start, calendar))
    elif rule.unit is PeriodUnit.WORKDAY:
        days = tuple(_working_days(rule, start, calendar))
    else:
        days = tuple(_natural_days(rule, start, calendar))
    last_day = days[-1].day
    if end is not None and end != last_day:
        raise BadInput(
            "period.end_differs",
            N_("写明的截止日%(printed)s与按规则计算的%(computed)s不一致"),
            field="end",
            printed=end.isoformat(),
            computed=last_day.isoformat(),
        )
    return Period(
        start=start,
        last_day=last_day,
        ends_at=day_ends(last_day) if rule.cutoff is None else at_legal_time(last_day, rule.cutoff),
        provisional=_rests_on_guess(rule, days, calendar),
        days=days,
    )


def workdays_between(first: date, last: date, calendar: WorkCalendar) -> int:
    """How many working days lie from ``first`` to ``last``, both included; 0 when ``last`` is earlier."""
    return sum(calendar.is_workday(day) for day in _span(first, last))


def _check_span(rule: PeriodRule, start: date, end: date | None) -> None:
    if start < EARLIEST_DAY:
        raise BadInput("period.too_early", N_("公示起始日期不能早于1949年10月1日"), field="first_day")
    if rule.unit is PeriodUnit.DATES and end is None:
        raise BadInput("period.end_missing", N_("请填写截止日期"), field="end")
    if end is not None and end < start:
        raise BadInput("period.ends_before_start", N_("截止日期不能早于起始日期"), field="end")
    too_long = end is not None and (end - start).days > LONGEST_DAYS
    # Working days and the longest break fit well into three natural days for each day asked for.
    reach = 3 * (rule.days or 0) + 60
    if too_long or (date.max - start).days < reach:
        raise BadInput("period.days_range", N_("天数应在1至%(most)s之间"), field="days", most=LONGEST_DAYS)


def _span(first: date, last: date) -> Iterator[date]:
    return (first + ONE_DAY * offset for offset in range((last - first).days + 1))


def _printed_days(start: date, end: date, calendar: WorkCalendar) -> Iterator[CountedDay]:
    """Both printed dates belong to the notice; its working days are numbered for the reader."""
    number = 0
    for day in _span(start, end):
        counted = calendar.is_workday(day)
        number += counted
        yield CountedDay(day, counted, number if counted else None, _REASON_BY_KIND[calendar.kind(day)])


def _working_days(rule: PeriodRule, start: date, calendar: WorkCalendar) -> Iterator[CountedDay]:
    number, day = 0, start
    if not rule.first_day_counted:
        yield CountedDay(start, False, None, DayReason.START_NOT_COUNTED)
        day += ONE_DAY
    while number < (rule.days or 0):
        counted = calendar.is_workday(day)
        number += counted
        yield CountedDay(day, counted, number if counted else None, _REASON_BY_KIND[calendar.kind(day)])
        day += ONE_DAY


def _natural_days(rule: PeriodRule, start: date, calendar: WorkCalendar) -> Iterator[CountedDay]:
    day = start
    if not rule.first_day_counted:
        yield CountedDay(start, False, None, DayReason.START_NOT_COUNTED)
        day += ONE_DAY
    for number in range(1, (rule.days or 0) + 1):
        yield CountedDay(day, True, number, DayReason.COUNTED)
        day += ONE_DAY
    if not rule.rolls_over:
        return
    while not calendar.is_workday(day - ONE_DAY):
        yield CountedDay(day, False, None, DayReason.ROLLED_OVER)
        day += ONE_DAY


def _rests_on_guess(rule: PeriodRule, days: tuple[CountedDay, ...], calendar: WorkCalendar) -> bool:
    """Whether a day that decided the end is not settled.

    Printed dates decide themselves; natural days ask the calendar from the last numbered one on.
    """
    if rule.unit is PeriodUnit.WORKDAY:
        asked = [day for day in days if day.reason is not DayReason.START_NOT_COUNTED]
    elif rule.unit is PeriodUnit.NATURAL_DAY and rule.rolls_over:
        asked = [day for day in days if day.number == rule.days or day.reason is DayReason.ROLLED_OVER]
    else:
        asked = []
    return not all(calendar.covers(day.day) for day in asked)
