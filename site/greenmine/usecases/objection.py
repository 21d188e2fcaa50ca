"""Objections: taken in while the notice runs, answered at the desk of the body that published it."""

from datetime import datetime
from typing import Final

from greenmine.domain.body import Body
from greenmine.domain.case import CaseKind, MessageKind, Step
from greenmine.domain.clock import DueDay
from greenmine.domain.department import Department
from greenmine.domain.errors import NotFound, RuleBroken
from greenmine.domain.instant import legal_day, whole_second
from greenmine.domain.notice_rule import OBJECTION_PART_LABELS
from greenmine.domain.objection import (
    Objection,
    ObjectionOutcome,
    ObjectionTerms,
    check_objection,
    identity_of,
    matter_of,
    require_open,
    terms_of,
)
from greenmine.domain.receipt import Receipt
from greenmine.domain.region import COUNTRY
from greenmine.domain.text import N_
from greenmine.store.case_message import add_message
from greenmine.store.case_task import TaskRow, due_values
from greenmine.store.database import Tx
from greenmine.store.notice import NoticeRow, get_notice
from greenmine.store.objection import ObjectionRow, add_objection, mark_objection
from greenmine.store.sealed import MasterKey
from greenmine.usecases.case_step import Desk, move_case, note_step, own_case, required_words, tell_person
from greenmine.usecases.lodge import NewCase, keep_words, open_file
from greenmine.usecases.receipt_record import record_of

_PAPER: Final = N_(
    "异议已登记，纸质材料待补：%(parts)s。请以纸质送交%(where)s，并写明受理编号。"
    "网上登记的时间即为提出异议的时间；未送交的，机关可以按公示写明的要求不予受理。"
)


def terms_of_notice(notice: NoticeRow) -> ObjectionTerms:
    """The rules the notice was published with."""
    return terms_of(notice.objection, has_period=notice.ends_at is not None)


def require_taken_here(notice: NoticeRow, *, at: datetime) -> ObjectionTerms:
    """The terms, when the notice takes an objection through this site at this instant. Raises RuleBroken.

    A notice of the whole country has no desk here that could answer.
    """
    terms = terms_of_notice(notice)
    require_open(terms, notice.state(at))
    if notice.region == COUNTRY:
        raise RuleBroken("objection.no_desk", N_("本件由国家机关发布，请按公示写明的方式直接向发布机关提出异议。"))
    return terms


def lodge_objection(tx: Tx, objection: Objection, *, new: NewCase, at: datetime, master: MasterKey) -> Receipt:
    """Take an objection in; it goes to the body that published the notice.

    :param at: the instant at which the whole form reached the site: waiting for the database makes nobody late
    No written rule gives a number of days for the answer. It is owed before the notice is closed, so the desk lists
    the objection under the period's last day (docs/decisions/0012).
    Raises NotFound, RuleBroken (not begun, late, none taken), BadInput beside the field, Conflict (sent before).
    Source: ZJ-11, ZJ-13.
    """
    notice = get_notice(tx, objection.notice)
    terms = require_taken_here(notice, at=at)
    check_objection(objection, terms)
    received = whole_second(at)
    body = Body(notice.region, Department.NATURAL_RESOURCES)
    due = DueDay(notice.last_day or legal_day(at), notice.provisional)
    case = open_file(tx, new, region=notice.region, body=body, due=due, at=received, master=master)
    matter, identity = matter_of(objection, terms), identity_of(objection)
    keep_words(tx, case, matter=matter, identity=identity, at=received, master=master)
    if words := paper_words(objection, terms, notice):
        add_message(tx, case=case, kind=MessageKind.NOTICE, text=words, staff=None, at=received, master=master)
    add_objection(tx, ObjectionRow(case=case, notice=notice.id, by_unit=objection.by_unit, outcome=None))
    return Receipt(
        kind=CaseKind.OBJECTION,
        number=new.access.number,
        received_at=received,
        body=body,
        accept_due=due,
        decide_due=None,
        record=record_of(new, received_at=received, matter=matter, identity=identity),
    )


def paper_words(objection: Objection, terms: ObjectionTerms, notice: NoticeRow) -> str:
    """What the person is told in the case itself of the parts that must follow on paper; empty when there are none."""
    paper = terms.paper(by_unit=objection.by_unit)
    if not paper:
        return ""
    parts = "、".join(OBJECTION_PART_LABELS[part] for part in paper)
    return _PAPER % {"parts": parts, "where": notice.contact or notice.issuer}


def answer_objection(tx: Tx, number: str, *, outcome: ObjectionOutcome, text: str, desk: Desk) -> None:
    """Answer an objection with its outcome and the reason; the notice can then be closed as far as it goes.

    Raises NotFound (another body's, or no objection), Conflict, RuleBroken, BadInput (no reason).
    """
    task = own_objection(tx, number, desk)
    words = required_words(text)
    move_case(tx, task, Step.ANSWER, **due_values(None))
    mark_objection(tx, task.case, outcome)
    tell_person(tx, task, MessageKind.ANSWER, words, desk)
    note_step(tx, "case.answered", task, desk, detail=f"outcome={outcome}")


def own_objection(tx: Tx, number: str, desk: Desk) -> TaskRow:
    """The officer's objection, open to an answer."""
    task = own_case(tx, number, Step.ANSWER, desk)
    if task.kind is not CaseKind.OBJECTION:
        raise NotFound("case.unknown", N_("没有这个案件，或不属于您办理的范围。"))
    return task
