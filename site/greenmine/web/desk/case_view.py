"""A case as its handling officer sees it: read whole in one transaction, by number, inside the officer's own bodies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from greenmine.domain.case import OVER, STEPS, CaseKind, Stage, Step, may_step
from greenmine.domain.errors import NotFound, RuleBroken
from greenmine.domain.instant import legal_day
from greenmine.domain.letter import LABELS, LetterState
from greenmine.domain.noun import CASE
from greenmine.domain.officer import Officer
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.case_attachment import Attachment, attachments_of
from greenmine.store.case_inbox import cluster_sizes
from greenmine.store.case_message import Message, messages_of
from greenmine.store.case_task import TaskRow, task_of_officer
from greenmine.store.complaint import ComplaintRow, get_complaint
from greenmine.store.database import Tx
from greenmine.store.outbox import letters_of
from greenmine.store.staff import get_staff
from greenmine.usecases.case_desk import has_identity, require_extensible
from greenmine.usecases.case_step import matter_of_case
from greenmine.web.case_words import body_name
from greenmine.web.formats import Tone
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page

from .case_history import HistoryLine, history_of
from .case_kind import PARTS, Matter, Why
from .frame import home

PATH: Final = CASE.desk_list
SHOWN_PICTURES: Final = frozenset({"image/jpeg", "image/png"})
"""Pictures are kept only as we wrote them anew (content/evidence.py); everything else is a download."""

STEP_PATHS: Final[Mapping[Step, tuple[str, str]]] = {
    Step.ACCEPT: ("accept", N_("受理")),
    Step.DECLINE: ("decline", N_("不予受理")),
    Step.ASK: ("ask", N_("要求补充")),
    Step.ANSWER: ("answer", N_("答复")),
    Step.EXTEND: ("extend", N_("延长期限")),
    Step.HAND_OVER: ("hand-over", N_("转办")),
    Step.CLOSE: ("close", N_("办结")),
}
"""Steps with a page of their own, in the order they are offered: last part of the address, and the word."""


@dataclass(frozen=True)
class DueWords:
    """A deadline as a list tells it."""

    text: str
    tone: Tone


_LETTER_TONES: Final[Mapping[LetterState, Tone]] = {
    LetterState.WAITING: Tone.OPEN,
    LetterState.SENT: Tone.OK,
    LetterState.GIVEN_UP: Tone.BAD,
}


@dataclass(frozen=True)
class LetterLine:
    """How a notice by mail stands, in words: never to whom, never what.

    :param at: when it was written; ``sent_at``: None until the mail server has it
    """

    at: datetime
    text: str
    tone: Tone
    sent_at: datetime | None


@dataclass(frozen=True)
class CaseView:
    """Everything an officer sees of a case but who brought it.

    :param login: of who has taken it, empty for nobody; ``is_mine``: the officer has
    :param may_extend: whether the deadline can still be extended: once, and not when it is over
    :param anonymous: nobody's name is sealed in it
    :param alike: how many of the officer's own open complaints say the same, this one included; 0 for other kinds
    """

    task: TaskRow
    matter: Matter
    why: Why
    due: DueWords | None
    messages: tuple[Message, ...]
    files: tuple[Attachment, ...]
    history: tuple[HistoryLine, ...]
    letters: tuple[LetterLine, ...]
    body: str
    login: str
    is_mine: bool
    may_extend: bool
    anonymous: bool
    alike: int

    @property
    def href(self) -> str:
        """The case's page."""
        return CASE.desk_page(self.task.number)

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """Steps open to it now: address and word."""
        kind, stage = self.task.kind, self.task.stage
        return tuple(
            (f"{self.href}/{path}", _(word))
            for step, (path, word) in STEP_PATHS.items()
            if may_step(kind, step, stage)
            and not (step is Step.ANSWER and stage is Stage.ANSWERED)
            and (step is not Step.EXTEND or self.may_extend)
        )

    @property
    def may_take(self) -> bool:
        """Whether the officer can take it, from nobody or from a colleague."""
        return may_step(self.task.kind, Step.TAKE, self.task.stage) and not self.is_mine

    @property
    def may_mend_answer(self) -> bool:
        """Whether an answer given may be followed by another."""
        return self.task.stage is Stage.ANSWERED and Step.ANSWER in STEPS[self.task.kind]


def read_case(tx: Tx, number: str, *, officer: Officer, services: Services) -> CaseView:
    """The officer's case. Raises NotFound for another body's as for none; Gone when it was erased."""
    task = task_of_officer(tx, number, officer)
    part, said = PARTS[task.kind], matter_of_case(tx, task.case, master=services.master)
    today = legal_day(services.clock())
    row = get_complaint(tx, task.case) if task.kind is CaseKind.COMPLAINT else None
    return CaseView(
        task=task,
        matter=part.matter(tx, task, said, services),
        why=part.why(tx, task, services),
        due=due_words(task, today),
        messages=messages_of(tx, task.case, master=services.master),
        files=attachments_of(tx, task.case, master=services.master),
        history=history_of(tx, task, services.reference.regions),
        letters=letter_lines(tx, task.case),
        body=body_name(task.body, services.reference.regions),
        login=login_of(tx, task),
        is_mine=task.staff == officer.id,
        may_extend=row is not None and _is_extensible(task, row, today),
        anonymous=not has_identity(tx, task.case, master=services.master),
        alike=cluster_sizes(tx, officer, [row.cluster]).get(row.cluster, 0) if row is not None else 0,
    )


def _is_extensible(task: TaskRow, row: ComplaintRow, today: date) -> bool:
    try:
        require_extensible(task, row, today=today)
    except RuleBroken:
        return False
    return True


def read_own(number: str, *, officer: Officer, services: Services) -> CaseView:
    """The same in a transaction of its own."""
    with services.database.read() as tx:
        return read_case(tx, number, officer=officer, services=services)


def file_of(view: CaseView, n: int) -> Attachment:
    """The case's attachment with this number. Raises NotFound."""
    found = next((file for file in view.files if file.n == n), None)
    if found is None:
        raise NotFound("case.file_unknown", N_("案件中没有这份文件。"))
    return found


def letter_lines(tx: Tx, case: str) -> tuple[LetterLine, ...]:
    """The notices by mail of a case, oldest first."""
    return tuple(
        LetterLine(row.created_at, _(LABELS[row.state]), _LETTER_TONES[row.state], row.sent_at)
        for row in letters_of(tx, case)
    )


def due_words(task: TaskRow, today: date) -> DueWords | None:
    """``还剩3天``, ``今天到期``, ``已超期2天``; None when nothing is due."""
    if task.due is None or task.stage in OVER:
        return None
    if task.is_past_period(today):
        return DueWords(_("公示已期满，办结前答复"), Tone.OPEN)
    left = (task.due - today).days
    if left < 0:
        return DueWords(_("已超期%(n)s天", n=-left), Tone.BAD)
    if left == 0:
        return DueWords(_("今天到期"), Tone.OPEN)
    return DueWords(_("还剩%(n)s天", n=left), Tone.OPEN if left <= _SOON else Tone.PLAIN)


def case_page(view: CaseView, title: str) -> Page:
    """The frame of a page below a case."""
    crumbs = (home(), Crumb(_("来件"), PATH), Crumb(view.task.number, view.href))
    return Page(title=title, noindex=True, crumbs=crumbs)


def login_of(tx: Tx, task: TaskRow) -> str:
    """Login of who has taken the case, empty for nobody."""
    return "" if task.staff is None else get_staff(tx, task.staff).login


_SOON: Final = 3
