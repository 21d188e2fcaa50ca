"""How long a 公示 must be open before anything may follow from it."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from greenmine.domain.errors import NotFound, RuleBroken
from greenmine.domain.instant import at_legal_time, legal_day
from greenmine.domain.notice import NoticeDraft
from greenmine.domain.notice_kind import OPEN_TO_OBJECTION, NoticeKind
from greenmine.domain.period import Period, PeriodRule, PeriodUnit, count_period
from greenmine.domain.reference import Reference
from greenmine.domain.text import N_

WHOLE_DAY: Final = timedelta(days=1)


def require_long_enough(draft: NoticeDraft, period: Period, *, reference: Reference, at: datetime) -> None:
    """Whoever may object must have the days the rule book gives for this kind of notice in this region.

    Days before the publication give nobody a chance, so the rule is counted from ``at`` or, when it is later, from
    the printed first day; the first day counts, as the issuers who print "5个工作日" count it (rules.md). A rule
    that only asks for printed dates, and a kind without a rule, need one whole day. An unverified rule holds too.

    Raises RuleBroken ``notice.over_already``, ``notice.too_short``, ``notice.no_whole_day``.
    Source: ZJ-11, ZJ-13 (公示无异议后方可归档、入库).
    """
    if draft.enters is None and draft.kind not in OPEN_TO_OBJECTION:
        return
    if period.is_over(at):
        raise RuleBroken(
            "notice.over_already", N_("公示期在发布之前已经结束，无法提出异议，不能发布。"), field="first_day"
        )
    begins = max(period.start, legal_day(at))
    rule = _shortest(reference, draft, day=legal_day(at))
    if rule is None:
        _require_whole_day(period, begins=begins, at=at)
    elif period.ends_at < count_period(rule, start=begins, calendar=reference.calendar).ends_at:
        raise RuleBroken(
            "notice.too_short",
            N_("公示期短于规则册规定的%(days)s个工作日，请延长。")
            if rule.unit is PeriodUnit.WORKDAY
            else N_("公示期短于规则册规定的%(days)s日，请延长。"),
            field="days",
            days=rule.days,
        )


def _shortest(reference: Reference, draft: NoticeDraft, *, day: date) -> PeriodRule | None:
    """The book's rule at its shortest reading; None when it names no number of days.

    The earliest hour an issuer has printed for this kind (山西, 16:00) is the earliest that ends a last day.
    """
    kind = NoticeKind(draft.kind)
    try:
        rule = reference.books.notice_rule(draft.region, kind, day).period
    except NotFound:
        return None
    if rule is None or rule.unit is PeriodUnit.DATES:
        return None
    presets = reference.books.notice_presets(draft.region, day)
    hours = [preset.period.cutoff for preset in presets if preset.kind is kind and preset.period is not None]
    cutoff = min((hour for hour in [rule.cutoff, *hours] if hour is not None), default=None)
    return replace(rule, first_day_counted=True, cutoff=cutoff)


def _require_whole_day(period: Period, *, begins: date, at: datetime) -> None:
    opens = max(at, at_legal_time(begins, time(0)))
    if period.ends_at + timedelta(seconds=1) < opens + WHOLE_DAY:
        raise RuleBroken("notice.no_whole_day", N_("公示期自发布起不足一整日，请延长。"), field="last_day")
