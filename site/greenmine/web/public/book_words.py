"""Values of rule books in words."""

from collections.abc import Iterable
from decimal import Decimal

from greenmine.domain.period import PeriodRule, PeriodUnit
from greenmine.domain.rulebook import RuleBook
from greenmine.web.formats import day, number
from greenmine.web.i18n import gettext as _


def listed(words: Iterable[str]) -> str:
    """``甲；乙；丙``; empty for none."""
    return _("；").join(words)


def share_words(share: Decimal | None) -> str:
    """``20%``; empty for none."""
    return "" if share is None else f"{number(share)}%"


def plain(value: Decimal) -> str:
    """A figure of a document without an empty fraction."""
    return number(value.to_integral_value() if value == value.to_integral_value() else value.normalize())


def period_words(rule: PeriodRule | None) -> str:
    """``5个工作日，当日计为第1日，末日16:00截止``."""
    if rule is None:
        return _("无公示期")
    if rule.unit is PeriodUnit.DATES:
        words = [_("按公告所写起止日期")]
    else:
        unit = _("%(n)s个工作日") if rule.unit is PeriodUnit.WORKDAY else _("%(n)s日")
        first = _("当日计为第1日") if rule.first_day_counted else _("当日不计")
        words = [unit % {"n": rule.days}, first]
        words += [_("末日逢休息日顺延")] if rule.rolls_over else []
    words += [_("末日%(clock)s截止", clock=rule.cutoff.strftime("%H:%M"))] if rule.cutoff else []
    return _("，").join(words)


def in_force_words(book: RuleBook) -> str:
    """From when to when a book holds."""
    since = day(book.since)
    if book.until is None:
        return _("自%(since)s起施行", since=since)
    return _("%(since)s至%(until)s", since=since, until=day(book.until))
