"""What every step of working a case shares: whose it is, as it was seen, a message, a line in the journal.

A case of another body is not there for the officer (NotFound), whatever its number (信访工作条例 18; trust.md 13).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from greenmine.domain.case import MessageKind, Step, stage_after
from greenmine.domain.complaint import LONGEST_TEXT
from greenmine.domain.errors import BadInput, Conflict
from greenmine.domain.instant import legal_day
from greenmine.domain.officer import Officer
from greenmine.domain.reference import Reference
from greenmine.domain.text import N_
from greenmine.domain.unseen import require_seen
from greenmine.store import journal
from greenmine.store.case import read_parts
from greenmine.store.case_message import add_message
from greenmine.store.case_task import TaskRow, move_task, task_of_officer
from greenmine.store.database import Tx
from greenmine.store.sealed import MasterKey
from greenmine.usecases.case_mail import Mailer, tell_by_mail
from greenmine.usecases.lodge import IDENTITY, MATTER


@dataclass(frozen=True)
class Desk:
    """Who works, with what, and when: the same for every step.

    :param seen: version of the case's row as the officer saw it
    :param mailer: None where the site sends no mail
    """

    officer: Officer
    reference: Reference
    master: MasterKey
    at: datetime
    seen: int
    mailer: Mailer | None = None

    @property
    def today(self) -> date:
        """The legal day."""
        return legal_day(self.at)


def own_case(tx: Tx, number: str, step: Step, desk: Desk) -> TaskRow:
    """The officer's case, as it was seen, open to this step. Raises NotFound, Conflict, RuleBroken."""
    task = task_of_officer(tx, number, desk.officer)
    if task.version != desk.seen:
        raise Conflict("case.changed_since", N_("此件刚被他人办理，请查看最新情况后再办理。"))
    stage_after(task.kind, step, task.stage)
    return task


def move_case(tx: Tx, task: TaskRow, step: Step, **values: object) -> TaskRow:
    """The row after the step."""
    return move_task(tx, task, stage=stage_after(task.kind, step, task.stage), **values)


def tell_person(tx: Tx, task: TaskRow, kind: MessageKind, text: str, desk: Desk) -> None:
    """A message to whoever brought the case; who left a mail address is told that there is one."""
    add_message(tx, case=task.case, kind=kind, text=text, staff=desk.officer.id, at=desk.at, master=desk.master)
    if desk.mailer is not None:
        identity = identity_of_case(tx, task.case, master=desk.master)
        tell_by_mail(tx, task, recipient=identity.get("mail", ""), mailer=desk.mailer, at=desk.at, master=desk.master)


def note_step(tx: Tx, event: str, task: TaskRow, desk: Desk, *, detail: str = "") -> None:
    """One line in the journal: codes, never words, and from which of the person's seats it was done."""
    told = f"{detail} seat={desk.officer.seat.signature}".lstrip()
    journal.note(tx, event, at=desk.at, staff=desk.officer.id, case=task.case, detail=told)


def required_words(text: str, *, field: str = "text") -> str:
    """What the officer wrote to the person. Raises BadInput when it is empty, too long or holds what cannot be seen."""
    words = text.strip()
    if not words:
        raise BadInput("case.words_missing", N_("请写明要告知对方的内容。"), field=field)
    if len(words) > LONGEST_TEXT:
        raise BadInput("case.words_long", N_("请控制在%(most)s字以内。"), field=field, most=LONGEST_TEXT)
    require_seen(words, field=field)
    return words


def matter_of_case(tx: Tx, case: str, *, master: MasterKey) -> Mapping[str, Any]:
    """What the person wrote, without who the person is."""
    return _words_of(tx, case, MATTER, master)


def identity_of_case(tx: Tx, case: str, *, master: MasterKey) -> Mapping[str, str]:
    """Who brought the case, for the system's own use; empty for an anonymous one. Officers go by ``open_identity``."""
    return _words_of(tx, case, IDENTITY, master)


def _words_of(tx: Tx, case: str, label: str, master: MasterKey) -> Mapping[str, Any]:
    parts = read_parts(tx, case=case, label=label, master=master)
    words: Mapping[str, Any] = json.loads(next(iter(parts.values()))) if parts else {}
    return words
