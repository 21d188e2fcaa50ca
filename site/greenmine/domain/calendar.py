"""Working days of China: weekends, statutory days off and the weekends worked in exchange (调休).

The days come from the yearly notice of the State Council's office. A calendar knows how far it
reaches; beyond that it counts Monday to Friday, and whoever uses the answer marks it 暂定.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from greenmine.domain.text import N_

SATURDAY = 5


class DayKind(StrEnum):
    """What a day is in the working calendar."""

    WORKDAY = "workday"  # 工作日
    MADE_UP = "made_up"  # 调休上班日
    WEEKEND = "weekend"  # 周末
    HOLIDAY = "holiday"  # 法定节假日


DAY_KIND_LABELS: Mapping[DayKind, str] = MappingProxyType(
    {
        DayKind.WORKDAY: N_("工作日"),
        DayKind.MADE_UP: N_("调休上班日"),
        DayKind.WEEKEND: N_("周末"),
        DayKind.HOLIDAY: N_("法定节假日"),
    }
)


@dataclass(frozen=True)
class WorkCalendar:
    """The working days that are known, as of one version of the published notices.

    Days outside ``first``..``last`` are answered too, from what is known (a notice reaches a few
    days into the year before) and else as Monday to Friday: ask :meth:`covers` whether to trust it.

    :param version: names the notices it was made from; recorded with every deadline
    :param first: first legal day that is settled
    :param last: last legal day that is settled; before ``first`` when nothing is
    :param holidays: statutory days off, with the weekend days that belong to the same break
    :param workdays_made_up: Saturdays and Sundays worked in exchange
    :param names: name of the festival (国庆节) by day off, where known
    """

    version: str
    first: date
    last: date
    holidays: frozenset[date]
    workdays_made_up: frozenset[date]
    names: Mapping[date, str] = field(default_factory=dict, compare=False, repr=False)

    def covers(self, day: date) -> bool:
        """Whether a published notice settles what ``day`` is."""
        return self.first <= day <= self.last

    def kind(self, day: date) -> DayKind:
        """What ``day`` is; Monday to Friday are working days where nothing else is known."""
        if day in self.workdays_made_up:
            return DayKind.MADE_UP
        if day in self.holidays:
            return DayKind.HOLIDAY
        return DayKind.WEEKEND if day.weekday() >= SATURDAY else DayKind.WORKDAY

    def is_workday(self, day: date) -> bool:
        """Whether offices work on ``day``."""
        return self.kind(day) in (DayKind.WORKDAY, DayKind.MADE_UP)

    def holiday_name(self, day: date) -> str | None:
        """The festival that ``day`` is off for (国庆节), or None."""
        return self.names.get(day)
