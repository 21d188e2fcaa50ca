"""Messages of a case, both ways: the words sealed, in the clear only which way, when and by whom of the staff."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from greenmine.domain.case import MessageKind
from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.store.case import add_part, read_parts
from greenmine.store.database import Tx
from greenmine.store.sealed import MasterKey
from greenmine.store.tables_case import case_message

LABEL = "message"


@dataclass(frozen=True)
class Message:
    """One message, opened.

    :param staff: who of the desk wrote it, None for the person
    """

    position: int
    kind: MessageKind
    at: datetime
    staff: int | None
    text: str


def add_message(
    tx: Tx, *, case: str, kind: MessageKind, text: str, staff: int | None, at: datetime, master: MasterKey
) -> int:
    """Seal a message into the case; returns its position."""
    position = add_part(tx, case=case, label=LABEL, plain=text.encode(), at=at, master=master)
    values = {"case_file": case, "position": position, "kind": kind, "at": utc_text(at), "staff": staff}
    tx.execute(insert(case_message).values(values))
    return position


def messages_of(tx: Tx, case: str, *, master: MasterKey) -> tuple[Message, ...]:
    """The messages, oldest first."""
    texts = read_parts(tx, case=case, label=LABEL, master=master)
    rows = tx.execute(select(case_message).where(case_message.c.case_file == case).order_by(case_message.c.position))
    return tuple(
        Message(row.position, MessageKind(row.kind), from_utc_text(row.at), row.staff, texts[row.position].decode())
        for row in rows
    )


def number_of_messages(tx: Tx, case: str, *, kind: MessageKind) -> int:
    """How many messages of this kind there are."""
    query = select(func.count()).where(case_message.c.case_file == case, case_message.c.kind == kind)
    return int(tx.execute(query).scalar_one())
