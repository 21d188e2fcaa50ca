"""The person's side of a case after number and code were shown: what became of it, and writing more.

Source: 信访工作条例 22, 34 (told in writing); features.md "two-way thread with an anonymous reporter".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from greenmine.domain.case import MessageKind, Step, stage_after
from greenmine.domain.errors import NotAllowed
from greenmine.domain.text import N_
from greenmine.store import journal
from greenmine.store.case_access import case_of_visit
from greenmine.store.case_attachment import Attachment, attach, attachments_of
from greenmine.store.case_message import Message, add_message, messages_of
from greenmine.store.case_task import TaskRow, get_task, move_task
from greenmine.store.database import Tx
from greenmine.store.sealed import MasterKey
from greenmine.usecases.case_step import matter_of_case, required_words
from greenmine.usecases.lodge import KeptFile


@dataclass(frozen=True)
class CaseStory:
    """A case as its own person may see it: no names of staff, no other cases."""

    task: TaskRow
    matter: Mapping[str, Any]
    messages: tuple[Message, ...]
    files: tuple[Attachment, ...]

    @property
    def is_asked(self) -> bool:
        """Whether the last word is a question to the person."""
        return bool(self.messages) and self.messages[-1].kind is MessageKind.QUESTION


def visited_case(tx: Tx, token: str, *, at: datetime) -> str:
    """The case this visit is to. Raises NotAllowed when number and code must be shown again."""
    case = case_of_visit(tx, token, at=at) if token else None
    if case is None:
        raise NotAllowed("case.visit_over", N_("查询已超时，请重新输入编号和查询码。"))
    return case


def read_story(tx: Tx, case: str, *, master: MasterKey) -> CaseStory:
    """All the person may see of the case. Raises Gone when it was erased."""
    return CaseStory(
        task=get_task(tx, case),
        matter=matter_of_case(tx, case, master=master),
        messages=messages_of(tx, case, master=master),
        files=attachments_of(tx, case, master=master),
    )


def write_more(tx: Tx, case: str, *, text: str, files: Sequence[KeptFile], at: datetime, master: MasterKey) -> None:
    """Add words and files to the case. Raises BadInput, RuleBroken when it is over."""
    task = get_task(tx, case)
    stage_after(task.kind, Step.WRITE, task.stage)
    words, kept = required_words(text), len(attachments_of(tx, case, master=master))
    position = add_message(tx, case=case, kind=MessageKind.FROM_PERSON, text=words, staff=None, at=at, master=master)
    for n, file in enumerate(files, start=kept + 1):
        attach(
            tx,
            case=case,
            n=n,
            sealed=file.sealed,
            name=file.name,
            media_type=file.media_type,
            message=position,
            at=at,
            master=master,
        )
    move_task(tx, task)
    journal.note(tx, "case.written", at=at, case=case)
