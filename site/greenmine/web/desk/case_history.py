"""The journal of a case in words: what was done, when, by whom. Logins of the own body only, no words of the case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from greenmine.domain.body import HAND_OVER_LABELS, HandOverReason
from greenmine.domain.case import IDENTITY_REASON_LABELS, CaseKind, IdentityReason
from greenmine.domain.complaint import OUTCOME_LABELS
from greenmine.domain.error_report import REPORT_OUTCOME_LABELS
from greenmine.domain.objection import OBJECTION_OUTCOME_LABELS
from greenmine.domain.officer import handles
from greenmine.domain.region import Regions
from greenmine.domain.text import N_
from greenmine.store.case_task import TaskRow
from greenmine.store.database import Tx
from greenmine.store.journal import CaseLine, codes_of, lines_of_case
from greenmine.store.staff import get_staff
from greenmine.web.case_words import body_name, read_body
from greenmine.web.formats import day
from greenmine.web.i18n import gettext as _


@dataclass(frozen=True)
class HistoryLine:
    """One line: ``who`` is a login of the own body, or in words whose it was."""

    at: datetime
    what: str
    detail: str
    who: str


EVENTS: Final[Mapping[str, str]] = {
    "case.received": N_("收到"),
    "case.taken": N_("承办"),
    "case.accepted": N_("受理"),
    "case.declined": N_("不予受理"),
    "case.asked": N_("要求补充"),
    "case.written": N_("来件人补充"),
    "case.handed_over": N_("转办"),
    "case.extended": N_("延长期限"),
    "case.answered": N_("答复"),
    "case.closed": N_("办结"),
    "case.identity_opened": N_("查看身份"),
    "case.openings_read": N_("核查查看身份的记录"),
}
"""A line of another event is shown by its code: nothing that was done to a case is left out."""

_OUTCOMES: Final[Mapping[CaseKind, Mapping[str, str]]] = {
    CaseKind.COMPLAINT: {str(outcome): label for outcome, label in OUTCOME_LABELS.items()},
    CaseKind.OBJECTION: {str(outcome): label for outcome, label in OBJECTION_OUTCOME_LABELS.items()},
    CaseKind.REPORT: {str(outcome): label for outcome, label in REPORT_OUTCOME_LABELS.items()},
}
_BY_PERSON: Final = frozenset({"case.received", "case.written"})


def history_of(tx: Tx, task: TaskRow, regions: Regions) -> tuple[HistoryLine, ...]:
    """Everything done to the case, oldest first."""
    lines = lines_of_case(tx, task.case)
    people = {staff: _who(tx, staff, task) for staff in {line.staff for line in lines if line.staff is not None}}
    return tuple(
        HistoryLine(
            at=line.at,
            what=_(EVENTS.get(line.event, line.event)),
            detail=_detail(line, task.kind, regions),
            who=people[line.staff] if line.staff is not None else _by_nobody(line),
        )
        for line in lines
    )


def _who(tx: Tx, staff: int, task: TaskRow) -> str:
    person = get_staff(tx, staff)
    here = any(handles(officer, task.body) for officer in person.officers)
    return person.login if here else _("其他机关经办人员")


def _by_nobody(line: CaseLine) -> str:
    return _("来件人") if line.event in _BY_PERSON else _("系统")


def _detail(line: CaseLine, kind: CaseKind, regions: Regions) -> str:
    codes = codes_of(line.detail)
    told: list[str] = []
    if line.event == "case.handed_over":
        told.append(_("由%(sender)s转至%(receiver)s", sender=body_name(read_body(codes["from"]), regions),
                      receiver=body_name(read_body(codes["to"]), regions)))  # fmt: skip
        told.append(_(HAND_OVER_LABELS[HandOverReason(codes["reason"])]))
    elif line.event == "case.received":
        told.append(_("分送%(body)s", body=body_name(read_body(codes["to"]), regions)))
    elif line.event == "case.identity_opened":
        told.append(_(IDENTITY_REASON_LABELS[IdentityReason(codes["reason"])]))
    if "due" in codes:
        told.append(_("期限%(day)s", day=day(date.fromisoformat(codes["due"]))))
    if "outcome" in codes:
        told.append(_(_OUTCOMES[kind][codes["outcome"]]))
    if "act" in codes:
        told.append(_("更正见第%(n)s号记录", n=codes["act"]))
    return _("，").join(told)
