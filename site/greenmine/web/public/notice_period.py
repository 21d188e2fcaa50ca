"""A notice's period as its page tells it: the exact end, how it was counted, every day with its reason.

The recorded end governs; the days are counted again from the notice's own rule for display only.
Source: rules.md "Notices as they are really written"; trust.md 22, 23.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from greenmine.domain.calendar import WorkCalendar
from greenmine.domain.instant import SHANGHAI, legal_day
from greenmine.domain.notice import NoticeState
from greenmine.domain.noun import CALENDAR
from greenmine.domain.period import (
    DAY_REASON_LABELS,
    CountedDay,
    DayReason,
    Period,
    PeriodRule,
    PeriodUnit,
    count_period,
)
from greenmine.domain.text import N_
from greenmine.store.act import latest_of
from greenmine.store.database import Tx
from greenmine.store.notice import NoticeRow
from greenmine.usecases.notice import rule_of
from greenmine.web.formats import day, days_left
from greenmine.web.i18n import gettext as _

WEEKDAYS: Final = (N_("星期一"), N_("星期二"), N_("星期三"), N_("星期四"), N_("星期五"), N_("星期六"), N_("星期日"))
_DATES_REASONS: Final[Mapping[DayReason, str]] = {
    DayReason.COUNTED: N_("工作日"),
    DayReason.MADE_UP_COUNTED: N_("调休上班日"),
    DayReason.WEEKEND: N_("周末，仍在公示期内"),
    DayReason.HOLIDAY: N_("法定节假日，仍在公示期内"),
}
FOLDED_FROM: Final = 32
"""Longer tables of days are folded."""


@dataclass(frozen=True, kw_only=True)
class DayShown:
    """One day of the period."""

    day: date
    weekday: str
    number: int | None
    reason: str
    made_up: bool


@dataclass(frozen=True, kw_only=True)
class PeriodShown:
    """Everything the page says about the period.

    :param exact: the last second that is in time, Beijing time
    :param left: ``还剩3天``, empty when the notice does not run
    :param counting: how it was counted: label and words, in order
    :param made_up: weekend days worked in exchange that were counted
    :param recount: a sentence when today's calendar gives another end than the recorded one, else empty
    :param calendar_act: act that published the calendar version it was counted with, and that act's body
    """

    first_day: date
    last_day: date
    ends_at: datetime
    exact: str
    left: str
    counting: tuple[tuple[str, str], ...]
    days: tuple[DayShown, ...]
    made_up: tuple[str, ...]
    provisional: bool
    recount: str
    calendar: str
    calendar_act: int | None
    calendar_body: str

    @property
    def is_long(self) -> bool:
        """Whether the table of days is folded."""
        return len(self.days) >= FOLDED_FROM


def exact_moment(instant: datetime) -> str:
    """``2020年10月20日 16:00:00`` in legal time, always to the second."""
    return _("%(day)s %(clock)s", day=day(instant), clock=f"{instant.astimezone(SHANGHAI):%H:%M:%S}")


def period_shown(tx: Tx, row: NoticeRow, *, calendar: WorkCalendar, now: datetime) -> PeriodShown | None:
    """The period of a notice, None for an announcement without one."""
    if row.ends_at is None or row.first_day is None or row.last_day is None:
        return None
    rule = rule_of(row)
    printed = row.last_day if rule.unit is PeriodUnit.DATES else None
    counted = count_period(rule, start=row.first_day, calendar=calendar, end=printed)
    days = tuple(_day_shown(each, rule.unit, calendar) for each in counted.days)
    act = latest_of(tx, CALENDAR.object(row.calendar)) if row.calendar else None
    running = row.state(now) is NoticeState.RUNNING
    return PeriodShown(
        first_day=row.first_day,
        last_day=row.last_day,
        ends_at=row.ends_at,
        exact=exact_moment(row.ends_at),
        left=days_left(row.last_day, legal_day(now)) if running else "",
        counting=_counting(rule, counted),
        days=days,
        made_up=tuple(day(each.day) for each in days if each.made_up),
        provisional=row.provisional,
        recount=_recount(counted, row),
        calendar=row.calendar or "",
        calendar_act=act.n if act else None,
        calendar_body=str(act.fact("body")) if act else "",
    )


def _counting(rule: PeriodRule, counted: Period) -> tuple[tuple[str, str], ...]:
    """The rule in words, line by line."""
    workdays = counted.counted_days
    if rule.unit is PeriodUnit.DATES:
        lines = [
            (_("计算单位"), _("只写起止日期：两日及其间每一天都在公示期内（其中工作日%(n)s个）", n=workdays)),
            (_("起始日"), _("%(day)s，在公示期内", day=day(counted.start))),
        ]
    else:
        unit = _("%(n)s个工作日") if rule.unit is PeriodUnit.WORKDAY else _("%(n)s日（自然日）")
        lines = [(_("计算单位"), unit % {"n": rule.days}), (_("起始日"), _start_words(rule, counted))]
    if rule.unit is PeriodUnit.WORKDAY:
        lines.append((_("休息日"), _("周末和法定节假日不计，调休上班日计入")))
    if rule.unit is PeriodUnit.NATURAL_DAY:
        rolled = _("末日逢休息日的，顺延至其后第一个工作日") if rule.rolls_over else _("末日逢休息日的，不顺延")
        lines.append((_("末日"), rolled))
    cutoff = (
        _("末日%(clock)s（北京时间）", clock=rule.cutoff.strftime("%H:%M"))
        if rule.cutoff is not None
        else _("未写明钟点，至末日24时前（23:59:59，北京时间）")
    )
    return (*lines, (_("截止钟点"), cutoff))


def _start_words(rule: PeriodRule, counted: Period) -> str:
    start = day(counted.start)
    if not rule.first_day_counted:
        return _("%(day)s，当日不计，次日起算", day=start)
    if counted.days[0].counted:
        return _("%(day)s，当日计为第1日", day=start)
    return _("%(day)s，逢休息日不计，自其后第一个工作日计为第1日", day=start)


def _day_shown(each: CountedDay, unit: PeriodUnit, calendar: WorkCalendar) -> DayShown:
    words = _DATES_REASONS if unit is PeriodUnit.DATES else DAY_REASON_LABELS
    reason = _(words[each.reason])
    festival = calendar.holiday_name(each.day) if each.reason is DayReason.HOLIDAY else None
    if festival:
        reason = _("%(reason)s（%(festival)s）", reason=reason, festival=festival)
    if unit is not PeriodUnit.NATURAL_DAY and not calendar.covers(each.day):
        reason = _("%(reason)s（本站日历未收录该日放假安排，按周一至周五推算）", reason=reason)
    return DayShown(
        day=each.day,
        weekday=_(WEEKDAYS[each.day.weekday()]),
        number=each.number,
        reason=reason,
        made_up=each.reason is DayReason.MADE_UP_COUNTED,
    )


def _recount(counted: Period, row: NoticeRow) -> str:
    if counted.ends_at == row.ends_at:
        return ""
    return _(
        "按现有放假安排重新计算，截止时刻应为%(exact)s；在重新计算的记录公布之前，以上方已公布的截止时刻为准。",
        exact=exact_moment(counted.ends_at),
    )
