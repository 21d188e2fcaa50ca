"""What differs between the kinds of cases at the desk: what they say, why their deadline is what it is, the answer.

``PARTS`` is the one place where a kind is plugged in; everything else of the inbox is alike for all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from greenmine.domain.body import RISK_LABELS, RiskClass
from greenmine.domain.case import CaseKind, Stage
from greenmine.domain.complaint import (
    ABOUT_LABELS,
    ACCEPTANCE,
    COMPLAINANT_LABELS,
    COMPLAINT_KIND_LABELS,
    DECISION,
    About,
    Complainant,
    ComplaintKind,
    Outcome,
)
from greenmine.domain.error_report import CLOCK, ReportOutcome
from greenmine.domain.instant import legal_day
from greenmine.domain.notice_rule import OBJECTION_PART_LABELS, ObjectionPart
from greenmine.domain.noun import MINE, NOTICE, desk_address, public_address
from greenmine.domain.objection import ObjectionOutcome
from greenmine.services import Services
from greenmine.store.act import ActRow
from greenmine.store.case_task import TaskRow
from greenmine.store.complaint import get_complaint
from greenmine.store.database import Tx
from greenmine.store.error_report import RecordRow, find_record, get_report
from greenmine.store.mine import names_of
from greenmine.store.notice import get_notice
from greenmine.usecases.case_desk import answer_complaint
from greenmine.usecases.case_step import Desk
from greenmine.usecases.objection import answer_objection
from greenmine.usecases.report import answer_report, corrections_since
from greenmine.web.act_words import act_step
from greenmine.web.formats import day
from greenmine.web.forms.case import AnswerSheet, ObjectionAnswerSheet, ReportAnswerSheet
from greenmine.web.i18n import gettext as _
from greenmine.web.places import place_name


@dataclass(frozen=True)
class Told:
    """One thing a case says: a short value, perhaps with the page it is about."""

    label: str
    text: str
    href: str = ""


@dataclass(frozen=True)
class Matter:
    """What a case says, without who says it.

    :param words: free texts as they were written
    """

    sort: str
    facts: tuple[Told, ...]
    words: tuple[Told, ...]


@dataclass(frozen=True)
class Why:
    """Why a deadline is what it is; ``clauses``: ids of the clauses it rests on."""

    text: str
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True)
class CasePart:
    """What a kind of case adds to the inbox.

    :param matter: what it says, from its sealed words
    :param why: why the date stands as due
    :param sheet: the form of its answer; ``answer``: takes that form's values
    :param offer: puts what can be chosen for this very case into the form
    """

    matter: Callable[[Tx, TaskRow, Mapping[str, Any], Services], Matter]
    why: Callable[[Tx, TaskRow, Services], Why]
    sheet: type[AnswerSheet]
    answer: Callable[[Tx, str, AnswerSheet, Desk], None]
    offer: Callable[[Tx, TaskRow, AnswerSheet, Services], None] = lambda _tx, _task, _form, _services: None


def _complaint(tx: Tx, task: TaskRow, said: Mapping[str, Any], services: Services) -> Matter:
    mine = str(said["mine"])
    name = names_of(tx, [mine]).get(mine, mine) if mine else ""
    return Matter(
        sort=_("%(risk)s：%(kind)s", risk=_(RISK_LABELS[RiskClass(said["risk"])]),
               kind=_(COMPLAINT_KIND_LABELS[ComplaintKind(said["kind"])])),
        facts=(
            Told(_("地区"), place_name(services.reference.regions, task.region)),
            Told(_("矿山"), name or _("未指明"), MINE.page(mine) if mine else ""),
            Told(_("地点"), str(said["place"])),
            Told(_("时间"), str(said["when"])),
            Told(_("投诉对象"), _(ABOUT_LABELS[About(said["about"])])),
            Told(_("来件人身份"), _(COMPLAINANT_LABELS[Complainant(said["complainant"])])),
        ),
        words=(Told(_("反映的情况"), str(said["text"])),),
    )  # fmt: skip


def _why_complaint(tx: Tx, task: TaskRow, services: Services) -> Why:
    books = services.reference.books
    row = get_complaint(tx, task.case)
    if task.stage is Stage.RECEIVED:
        start = legal_day(task.received_at)
        clock = books.clock(task.region, ACCEPTANCE, start)
        text = _("%(day)s收到，从次日起算%(n)s日内书面告知是否受理。", day=day(start), n=clock.amount)
        return Why(text, clock.origin.sources)
    if row.accepted_at is None:
        return Why("")
    start = legal_day(row.accepted_at)
    clock = books.clock(task.region, DECISION, start)
    text = _("%(day)s受理，从次日起算%(n)s日内办结并答复。", day=day(start), n=clock.amount)
    if row.extended:
        text += _("已告知理由，延长%(n)s日。", n=clock.extension)
    return Why(text, clock.origin.sources)


def _answer_complaint(tx: Tx, number: str, form: AnswerSheet, desk: Desk) -> None:
    answer_complaint(tx, number, outcome=Outcome(form.outcome.data), text=form.text.data, desk=desk)


def _objection(tx: Tx, task: TaskRow, said: Mapping[str, Any], services: Services) -> Matter:
    notice = str(said["notice"])
    paper = _("、").join(_(OBJECTION_PART_LABELS[ObjectionPart(part)]) for part in said.get("paper", ()))
    return Matter(
        sort=_("单位异议") if said["by_unit"] else _("个人异议"),
        facts=(
            Told(_("地区"), place_name(services.reference.regions, task.region)),
            Told(_("公示"), get_notice(tx, notice).title, NOTICE.desk_page(notice)),
            Told(_("所指内容"), str(said["about"]) or _("整件公示")),
            Told(_("须另行寄送的书面材料"), paper or _("无")),
        ),
        words=(Told(_("异议的事实和理由"), str(said["text"])),),
    )


def _why_objection(_tx: Tx, _task: TaskRow, _services: Services) -> Why:
    return Why(_("公示期的最后一日。异议须在公示办结之前答复。"), ("ZJ-11", "ZJ-13"))


def _answer_objection(tx: Tx, number: str, form: AnswerSheet, desk: Desk) -> None:
    answer_objection(tx, number, outcome=ObjectionOutcome(form.outcome.data), text=form.text.data, desk=desk)


def _report(tx: Tx, task: TaskRow, said: Mapping[str, Any], services: Services) -> Matter:
    record = find_record(tx, str(said["record"]))
    words = (
        Told(_("错在哪里"), str(said["wrong"])),
        Told(_("应当是什么"), str(said["right"])),
        Told(_("依据"), str(said["source"])),
    )
    return Matter(
        sort=_("公开记录有误"),
        facts=(
            Told(_("地区"), place_name(services.reference.regions, task.region)),
            Told(_("记录"), record.title, _where(record)),
        ),
        words=tuple(each for each in words if each.text),
    )


def _why_report(_tx: Tx, task: TaskRow, services: Services) -> Why:
    start = legal_day(task.received_at)
    clock = services.reference.books.clock(task.body.region, CLOCK, start)
    text = _("%(day)s收到，从次日起算%(n)s个工作日内核实并答复。", day=day(start), n=clock.amount)
    return Why(text, clock.origin.sources)


def _where(record: RecordRow) -> str:
    """Where the officer can mend the record; its public page where the desk has none."""
    return desk_address(record.name) or public_address(record.name)


def _answer_report(tx: Tx, number: str, form: AnswerSheet, desk: Desk) -> None:
    act = form.corrected_by() if isinstance(form, ReportAnswerSheet) else None
    answer_report(tx, number, outcome=ReportOutcome(form.outcome.data), act=act, text=form.text.data, desk=desk)


def _offer_corrections(tx: Tx, task: TaskRow, form: AnswerSheet, services: Services) -> None:
    if isinstance(form, ReportAnswerSheet):
        acts = corrections_since(tx, get_report(tx, task.case).record, since=task.received_at)
        form.offer((act.n, _correction(act, services)) for act in acts)


def _correction(act: ActRow, services: Services) -> str:
    step = act_step(act, services.reference.regions, text="")
    return _("第%(n)s号：%(what)s，%(day)s", n=act.n, what=step.title, day=day(step.day))


PARTS: Final[Mapping[CaseKind, CasePart]] = {
    CaseKind.COMPLAINT: CasePart(_complaint, _why_complaint, AnswerSheet, _answer_complaint),
    CaseKind.OBJECTION: CasePart(_objection, _why_objection, ObjectionAnswerSheet, _answer_objection),
    CaseKind.REPORT: CasePart(_report, _why_report, ReportAnswerSheet, _answer_report, _offer_corrections),
}
