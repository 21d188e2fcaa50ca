"""Working a case at the desk: take, accept, ask, hand over, extend, answer, close, open an identity.

Each step is one transaction. Source: 信访工作条例 18, 22, 23, 34.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from greenmine.domain.body import Body, HandOverReason, require_hand_over
from greenmine.domain.case import CaseKind, IdentityReason, MessageKind, Step
from greenmine.domain.complaint import About, Outcome, decide_due
from greenmine.domain.errors import BadInput, RuleBroken
from greenmine.domain.instant import legal_day, utc_text
from greenmine.domain.text import N_
from greenmine.store.case import add_part
from greenmine.store.case_task import TaskRow, due_values, task_of_officer
from greenmine.store.complaint import ComplaintRow, get_complaint, mark_accepted, mark_answered, mark_extended
from greenmine.store.database import Tx
from greenmine.store.sealed import MasterKey
from greenmine.usecases.case_step import (
    Desk,
    identity_of_case,
    move_case,
    note_step,
    own_case,
    required_words,
    tell_person,
)

OPENING: Final = "opening"
SHORTEST_REASON: Final = 4
"""Letters and digits of a reason: fewer say nothing."""


def take_case(tx: Tx, number: str, *, desk: Desk) -> None:
    """Make the case mine; a colleague of the same body may take it over."""
    task = own_case(tx, number, Step.TAKE, desk)
    move_case(tx, task, Step.TAKE, staff=desk.officer.id)
    note_step(tx, "case.taken", task, desk)


def accept_case(tx: Tx, number: str, *, text: str, desk: Desk) -> None:
    """Take the complaint on: the clock of 60 days runs, the person is told (信访工作条例 22, 34)."""
    task = own_case(tx, number, Step.ACCEPT, desk)
    words = required_words(text)
    due = decide_due(desk.reference, region=task.region, accepted=desk.today)
    move_case(tx, task, Step.ACCEPT, **due_values(due))
    mark_accepted(tx, task.case, at=desk.at, decide_due=due.day)
    tell_person(tx, task, MessageKind.NOTICE, words, desk)
    note_step(tx, "case.accepted", task, desk, detail=f"due={due.day.isoformat()}")


def decline_case(tx: Tx, number: str, *, text: str, desk: Desk) -> None:
    """Say in writing that the complaint is not taken on, and why; it is over with that."""
    task = own_case(tx, number, Step.DECLINE, desk)
    words = required_words(text)
    move_case(tx, task, Step.DECLINE, closed_at=utc_text(desk.at), **due_values(None))
    tell_person(tx, task, MessageKind.NOTICE, words, desk)
    note_step(tx, "case.declined", task, desk)


def ask_person(tx: Tx, number: str, *, text: str, desk: Desk) -> None:
    """Ask the person for more; the clock goes on."""
    task = own_case(tx, number, Step.ASK, desk)
    words = required_words(text)
    move_case(tx, task, Step.ASK)
    tell_person(tx, task, MessageKind.QUESTION, words, desk)
    note_step(tx, "case.asked", task, desk)


def hand_over(tx: Tx, number: str, *, to: Body, reason: HandOverReason, text: str, desk: Desk) -> None:
    """Pass the case to the body that is competent, with the reason; it leaves the officer's sight.

    Source: 信访工作条例 22, 23. The clock goes on: a hand-over gives nobody more time.
    """
    task = own_case(tx, number, Step.HAND_OVER, desk)
    require_hand_over(task.body, to, regions=desk.reference.regions, accused=_accused(tx, task))
    words = required_words(text)
    move_case(tx, task, Step.HAND_OVER, body_region=to.region, department=to.department, staff=None)
    tell_person(tx, task, MessageKind.NOTICE, words, desk)
    note_step(tx, "case.handed_over", task, desk, detail=f"from={task.body.code} to={to.code} reason={reason}")


def extend_case(tx: Tx, number: str, *, text: str, desk: Desk) -> None:
    """Extend the decision once by 30 days, with the reason in writing (信访工作条例 34).

    Raises RuleBroken the second time, and when it is late already.
    """
    task = own_case(tx, number, Step.EXTEND, desk)
    row = get_complaint(tx, task.case)
    accepted = require_extensible(task, row, today=desk.today)
    words = required_words(text)
    due = decide_due(desk.reference, region=task.region, accepted=accepted, extended=True)
    move_case(tx, task, Step.EXTEND, **due_values(due))
    mark_extended(tx, task.case, decide_due=due.day)
    tell_person(tx, task, MessageKind.NOTICE, words, desk)
    note_step(tx, "case.extended", task, desk, detail=f"due={due.day.isoformat()}")


def require_extensible(task: TaskRow, row: ComplaintRow, *, today: date) -> date:
    """The legal day of acceptance, from which the extended period runs (信访工作条例 34).

    Raises RuleBroken when the deadline was extended before, or when it is over.
    """
    if row.extended or row.accepted_at is None:
        raise RuleBroken("case.extended_before", N_("办理期限只能延长一次。"))
    if task.is_overdue(today):
        raise RuleBroken("case.extended_late", N_("已经超过办理期限，不能再延长。"))
    return legal_day(row.accepted_at)


def answer_complaint(tx: Tx, number: str, *, outcome: Outcome, text: str, desk: Desk) -> None:
    """Answer; in this order the answer reaches the complainant only. Nothing is due after the first answer."""
    task = own_case(tx, number, Step.ANSWER, desk)
    if task.kind is not CaseKind.COMPLAINT:
        raise RuleBroken("case.step_refused", N_("案件当前的阶段不能办理这一步，请刷新后核对。"))
    words = required_words(text)
    move_case(tx, task, Step.ANSWER, **due_values(None))
    mark_answered(tx, task.case, at=desk.at, outcome=outcome)
    tell_person(tx, task, MessageKind.ANSWER, words, desk)
    note_step(tx, "case.answered", task, desk, detail=f"outcome={outcome}")


def close_case(tx: Tx, number: str, *, desk: Desk) -> None:
    """办结: the file is closed. Whether the matter is solved is for the person to say (order E)."""
    task = own_case(tx, number, Step.CLOSE, desk)
    move_case(tx, task, Step.CLOSE, closed_at=utc_text(desk.at), **due_values(None))
    note_step(tx, "case.closed", task, desk)


def open_identity(tx: Tx, number: str, *, reason: IdentityReason, words: str, desk: Desk) -> Mapping[str, str]:
    """Who brought the case; the journal keeps that it was opened, by whom and why, the words are sealed.

    Source: 信访工作条例 18. Empty for an anonymous case. Raises BadInput beside ``words`` when they say nothing.
    """
    task = task_of_officer(tx, number, desk.officer)
    if sum(map(str.isalnum, words)) < SHORTEST_REASON:
        raise BadInput("case.reason_missing", N_("请写明查看身份的理由。"), field="words")
    said = required_words(words, field="words")
    add_part(tx, case=task.case, label=OPENING, plain=said.encode(), at=desk.at, master=desk.master)
    note_step(tx, "case.identity_opened", task, desk, detail=f"reason={reason}")
    return identity_of_case(tx, task.case, master=desk.master)


def has_identity(tx: Tx, case: str, *, master: MasterKey) -> bool:
    """Whether anything of who brought the case is sealed in it, whatever its matter said when it came in."""
    return bool(identity_of_case(tx, case, master=master))


def _accused(tx: Tx, task: TaskRow) -> str | None:
    """The county whose own bodies the complaint is about, None when it is about a mine."""
    is_accusing = task.kind is CaseKind.COMPLAINT and get_complaint(tx, task.case).about is About.AUTHORITY
    return task.region if is_accusing else None
