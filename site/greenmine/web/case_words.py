"""How cases are told to whoever brought them: bodies in words, days with their weekday."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from greenmine.domain.body import Body
from greenmine.domain.case import CaseKind
from greenmine.domain.clock import DueDay
from greenmine.domain.department import DEPARTMENT_LABELS, Department
from greenmine.domain.region import Regions
from greenmine.domain.text import N_
from greenmine.web.formats import day
from greenmine.web.i18n import gettext as _
from greenmine.web.places import place_name

WEEKDAYS: Final = (N_("星期一"), N_("星期二"), N_("星期三"), N_("星期四"), N_("星期五"), N_("星期六"), N_("星期日"))

NOUNS: Final[Mapping[CaseKind, str]] = {
    CaseKind.COMPLAINT: N_("投诉"),
    CaseKind.OBJECTION: N_("异议"),
    CaseKind.REPORT: N_("纠错"),
}


@dataclass(frozen=True)
class DueShown:
    """A last day as it is told: the date, its weekday, and whether it is 暂定."""

    day: date
    provisional: bool

    @property
    def words(self) -> str:
        """``2026年12月6日（星期日）``."""
        words = _("%(day)s（%(weekday)s）", day=day(self.day), weekday=_(WEEKDAYS[self.day.weekday()]))
        return _("%(words)s，暂定", words=words) if self.provisional else words


def due_shown(due: DueDay) -> DueShown:
    """A last day of the domain."""
    return DueShown(due.day, due.provisional)


def body_name(body: Body, regions: Regions) -> str:
    """``贵州省毕节市织金县生态环境主管部门``."""
    return place_name(regions, body.region) + _(DEPARTMENT_LABELS[body.department])


def read_body(code: str) -> Body:
    """The body of a code as receipts write it (``520524/ecology``)."""
    region, _slash, department = code.partition("/")
    return Body(region, Department(department))


def read_due(values: Mapping[str, Any], name: str) -> DueShown | None:
    """A last day as a draft keeps it: ISO day under ``name``, with the mark beside it."""
    told = values.get(name)
    return DueShown(date.fromisoformat(told), bool(values.get(f"{name}_provisional"))) if told else None
