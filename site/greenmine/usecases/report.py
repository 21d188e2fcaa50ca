"""Reported errors in public records: taken in with a date, answered with the act that mended it or with the reason."""

from datetime import datetime

from greenmine.domain.act import KINDS, subjects
from greenmine.domain.case import CaseKind, MessageKind, Step
from greenmine.domain.clock import DueDay
from greenmine.domain.error_report import (
    ErrorReport,
    ReportOutcome,
    answer_due,
    answering_body,
    check_report,
    identity_of,
    matter_of,
)
from greenmine.domain.errors import BadInput, NotFound
from greenmine.domain.instant import from_utc_text, legal_day, whole_second
from greenmine.domain.receipt import Receipt
from greenmine.domain.reference import Reference
from greenmine.domain.text import N_
from greenmine.store.act import ActRow, acts_of, get_act
from greenmine.store.case_task import TaskRow, due_values, provisional_tasks, redate_task
from greenmine.store.database import Tx
from greenmine.store.error_report import ReportRow, add_report, find_record, get_report, mark_report
from greenmine.store.sealed import MasterKey
from greenmine.usecases.case_step import Desk, move_case, note_step, own_case, required_words, tell_person
from greenmine.usecases.lodge import NewCase, keep_words, open_file
from greenmine.usecases.receipt_record import record_of


def lodge_report(
    tx: Tx, report: ErrorReport, *, new: NewCase, reference: Reference, at: datetime, master: MasterKey
) -> Receipt:
    """Take a report in; it becomes a task due in 3 working days.

    Raises NotFound (no such record), BadInput beside the field, Conflict (sent before).
    """
    check_report(report)
    record = find_record(tx, report.record)
    regions = reference.regions
    body = answering_body(record.kind, region=record.region, province=report.province, regions=regions)
    received = whole_second(at)
    due = answer_due(reference, region=body.region, received=legal_day(received))
    case = open_file(tx, new, region=body.region, body=body, due=due, at=received, master=master)
    matter, identity = matter_of(report), identity_of(report)
    keep_words(tx, case, matter=matter, identity=identity, at=received, master=master)
    add_report(tx, ReportRow(case=case, record=record.name))
    return Receipt(
        kind=CaseKind.REPORT,
        number=new.access.number,
        received_at=received,
        body=body,
        accept_due=due,
        decide_due=None,
        record=record_of(new, received_at=received, matter=matter, identity=identity),
    )


def answer_report(tx: Tx, number: str, *, outcome: ReportOutcome, act: int | None, text: str, desk: Desk) -> None:
    """Answer a report: corrected by an act, or no error and why.

    The correction itself is made on the record's own pages of the desk; here it is only named.
    :param act: number of the act; needed exactly when it was corrected
    Raises NotFound (another body's, or no report), Conflict, RuleBroken, BadInput (``act``, ``text``).
    """
    task = own_case(tx, number, Step.ANSWER, desk)
    if task.kind is not CaseKind.REPORT:
        raise NotFound("case.unknown", N_("没有这个案件，或不属于您办理的范围。"))
    row = get_report(tx, task.case)
    words = required_words(text)
    if outcome is ReportOutcome.CORRECTED:
        _require_correcting(tx, act, row=row, task=task)
    elif act is not None:
        raise BadInput("report.act_foreign", N_("经核实无误的，不填写更正记录。"), field="act")
    move_case(tx, task, Step.ANSWER, **due_values(None))
    mark_report(tx, task.case, outcome=outcome, act=act)
    tell_person(tx, task, MessageKind.ANSWER, words, desk)
    detail = f"outcome={outcome}" if act is None else f"outcome={outcome} act={act}"
    note_step(tx, "case.answered", task, desk, detail=detail)


def corrections_since(tx: Tx, record: str, *, since: datetime) -> tuple[ActRow, ...]:
    """The acts that may have mended the record after it was reported, newest first: what the desk offers to name."""
    return tuple(act for act in acts_of(tx, record) if _mends(act, record, since=since))


def due_report_recounts(tx: Tx, *, reference: Reference) -> list[tuple[TaskRow, DueDay]]:
    """Unanswered reports whose provisional deadline the calendar of today puts elsewhere, or settles; reads only.

    What was settled stands: it was promised on the receipt. Source: trust.md 23.
    """
    found = []
    for task in provisional_tasks(tx, CaseKind.REPORT):
        due = answer_due(reference, region=task.body.region, received=legal_day(task.received_at))
        if (due.day, due.provisional) != (task.due, task.due_provisional):
            found.append((task, due))
    return found


def recount_reports(tx: Tx, *, reference: Reference) -> int:
    """Move every deadline that :func:`due_report_recounts` finds elsewhere; returns how many."""
    recounts = due_report_recounts(tx, reference=reference)
    for task, due in recounts:
        redate_task(tx, task.case, due)
    return len(recounts)


def _require_correcting(tx: Tx, n: int | None, *, row: ReportRow, task: TaskRow) -> None:
    if n is None:
        raise BadInput("report.act_missing", N_("已更正的，请填写更正这条记录的留痕编号。"), field="act")
    try:
        act = get_act(tx, n)
    except NotFound as error:
        raise BadInput("report.act_unknown", N_("没有第%(n)s号记录。"), field="act", n=n) from error
    if not _mends(act, row.record, since=task.received_at):
        raise BadInput(
            "report.act_foreign",
            N_("第%(n)s号记录不是在收到纠错之后对这条公开记录的更正。"),
            field="act",
            n=n,
        )


def _mends(act: ActRow, record: str, *, since: datetime) -> bool:
    """Of a correcting kind, about this record, and not recorded before the report."""
    corrects = KINDS[act.kind].corrects and record in subjects(act.envelope)
    return corrects and from_utc_text(act.at) >= since
