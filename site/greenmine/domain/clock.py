"""Clocks of the programme: by when something must be done, and yearly dates."""

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import StrEnum
from typing import Final

from greenmine.domain.calendar import WorkCalendar
from greenmine.domain.errors import BadInput
from greenmine.domain.period import PeriodRule, PeriodUnit, count_period
from greenmine.domain.provision import Actor, Origin
from greenmine.domain.text import N_


class ClockUnit(StrEnum):
    """What a clock is counted in."""

    WORKDAY = "workday"  # 工作日
    DAY = "day"  # 日
    MONTH = "month"  # 月
    YEAR = "year"  # 年


CLOCK_UNIT_LABELS: Final[Mapping[ClockUnit, str]] = {
    ClockUnit.WORKDAY: N_("个工作日"),
    ClockUnit.DAY: N_("日"),
    ClockUnit.MONTH: N_("个月"),
    ClockUnit.YEAR: N_("年"),
}


def add_months(day: date, amount: int) -> date:
    """The same day some months later; the month's last day where it has none (民法典 202).

    Raises BadInput for a day that no calendar of ours has.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + amount, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise BadInput("clock.day_range", N_("日期太早或太晚，无法计算期限。"))
    last = months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


@dataclass(frozen=True)
class DueDay:
    """When a clock runs out.

    :param provisional: 暂定: the answer rests on days beyond the published calendar
    """

    day: date
    provisional: bool


@dataclass(frozen=True)
class Clock:
    """A time limit that starts with an event; the day of the event is not counted (民法典 201).

    :param amount: how many units, at least 1
    :param extension: units by which it may be extended once, 0 for none
    :param starts: the event, in words
    :param owner: who must act in time
    :param consequence: what follows when it runs out, in words
    """

    code: str
    name: str
    unit: ClockUnit
    amount: int
    extension: int
    starts: str
    owner: Actor
    consequence: str
    origin: Origin

    def __post_init__(self) -> None:
        if self.amount < 1 or self.extension < 0:
            raise BadInput("clock.amount", N_("时限应为正数"), field="amount")

    def due(self, start: date, *, calendar: WorkCalendar, extended: bool = False) -> DueDay:
        """Last legal day in time, counted from the legal day of the event."""
        amount = self.amount + (self.extension if extended else 0)
        if self.unit is ClockUnit.WORKDAY:
            rule = PeriodRule(PeriodUnit.WORKDAY, amount, first_day_counted=False, rolls_over=False)
            period = count_period(rule, start=start, calendar=calendar)
            return DueDay(period.last_day, period.provisional)
        if self.unit is ClockUnit.DAY:
            return DueDay(start + timedelta(days=amount), False)
        return DueDay(add_months(start, amount * (12 if self.unit is ClockUnit.YEAR else 1)), False)


@dataclass(frozen=True)
class ReportingWindow:
    """A date by which something is handed in, every year or once.

    :param month, day: last day in time; a day beyond the month's end means its last day
    :param year: the year of a date that comes only once, None for every year
    :param years_after: 1 when it falls in the year after the one it reports on
    """

    code: str
    name: str
    sender: Actor
    receiver: str
    contents: str
    month: int
    day: int
    year: int | None
    years_after: int
    origin: Origin

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 1 <= self.day <= 31):
            raise BadInput("window.date", N_("报送日期不存在"), field="day")

    def due(self, reported_year: int) -> date:
        """Last legal day in time for the year it reports on."""
        year = self.year or reported_year + self.years_after
        return date(year, self.month, min(self.day, months.monthrange(year, self.month)[1]))
