"""Letters waiting to be sent: sealed rows, written in the transaction of what they tell about.

::

    sealed = seal( case key, {"recipient", "subject", "text"} as JSON, aad = "<case>|mail|<token>|0" )
    message_id = "<token>" when posted, "<token>@<host of the site>" from before the first attempt, never changed then

A row is taken (its next attempt set ahead, in a short transaction), sent with no transaction open, and marked. Who is
killed in between leaves a row that is taken again later: at least once, with the same Message-ID.
Source: design.md "Private data"; trust.md, fault "SMTP down 6 h, slow, 4xx/5xx, dies after DATA".
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, exists, func, insert, or_, select, update

from greenmine.domain.errors import Gone, Unready
from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.domain.letter import Letter, LetterState, one_line, sendable
from greenmine.domain.mail_address import require_mail_address
from greenmine.store.case import key_of
from greenmine.store.database import Tx
from greenmine.store.sealed import MasterKey, open_part, seal_part
from greenmine.store.tables_case import outbox

TAKEN_FOR: Final = timedelta(minutes=10)
"""How long a row in hand is left alone: longer than any attempt, which is ended from our side well before."""

STUCK_AFTER: Final = timedelta(hours=24)
"""A letter older than this that still waits is told to people (trust.md, faults)."""

TOLD_FOR: Final = timedelta(days=7)
"""How long a letter that was given up is told to people, counted from its last attempt."""

FARTHEST: Final = timedelta(hours=6)
"""No attempt is ever set farther ahead: one that stands beyond was set by a clock that had leapt."""

TAKEN: Final = "taken"
ERASED: Final = "erased"
UNREADABLE: Final = "unreadable"

_OWN_FAULT: Final = (ERASED, "550", "551", "553")
"""Results that are no sign of a broken line: 55x is what a server says of a mailbox it does not have."""

_earlier = outbox.alias("earlier")


@dataclass(frozen=True)
class Taken:
    """A row in hand. ``letter`` is None when it cannot be opened now (another master key, bytes changed).

    :param attempts: this one included
    """

    id: int
    attempts: int
    letter: Letter | None


@dataclass(frozen=True)
class Counts:
    """The outbox in numbers; ``results``: how the last attempt of the waiting and given up ended, to how many."""

    waiting: int
    sent: int
    given_up: int
    stuck: int
    oldest: datetime | None
    results: Mapping[str, int]


@dataclass(frozen=True)
class LetterRow:
    """What may be told of a letter to those who handle its case: never to whom, never what."""

    state: LetterState
    created_at: datetime
    attempts: int
    last_result: str
    sent_at: datetime | None


def post(tx: Tx, *, case: str, recipient: str, subject: str, text: str, at: datetime, master: MasterKey) -> None:
    """Put a letter into the outbox, in the transaction of the caller: both are kept, or neither.

    ``subject`` and ``text`` hold no code and only links to plain pages of the site (others are not sent). Letters of
    one case go out in the order they were posted. Raises BadInput (no address), NotFound, Gone (case erased), Unready.
    """
    token = secrets.token_hex(16)
    words = {
        "recipient": require_mail_address(recipient, field="recipient"),
        "subject": one_line(subject),
        "text": sendable(text),
    }
    sealed = seal_part(
        key_of(tx, case, master=master), json.dumps(words).encode(), case=case, label=_label(token), position=0
    )
    tx.execute(
        insert(outbox).values(
            message_id=token,
            case_file=case,
            sealed=sealed,
            state=LetterState.WAITING,
            created_at=utc_text(at),
            next_at=utc_text(at),
        )
    )


def take(tx: Tx, *, now: datetime, host: str, master: MasterKey) -> Taken | None:
    """Take the row that is due, the least tried first; None when none is. Needs a write transaction.

    Letters of erased cases are given up on the way: nobody can open them any more.

    :param host: of the site; completes the Message-ID of a letter that was never tried
    """
    due = select(outbox).where(_is_due(now)).order_by(outbox.c.attempts, outbox.c.id).limit(1).with_for_update()
    while (row := tx.execute(due).first()) is not None:
        token, _at, known_host = row.message_id.partition("@")
        message_id = f"{token}@{known_host or host}"
        try:
            words = _words(tx, row, token=token, master=master)
        except Gone:
            give_up(tx, row.id, result=ERASED)
            continue
        hold = {"next_at": utc_text(now + TAKEN_FOR), "attempts": row.attempts + 1, "last_result": TAKEN}
        tx.execute(update(outbox).where(outbox.c.id == row.id).values(message_id=message_id, **hold))
        letter = None if words is None else Letter(message_id, written_at=from_utc_text(row.created_at), **words)
        return Taken(row.id, row.attempts + 1, letter)
    return None


def _words(tx: Tx, row: Row[Any], *, token: str, master: MasterKey) -> dict[str, str] | None:
    """What was sealed at posting; None when it cannot be opened now. Raises Gone when the case was erased."""
    try:
        key = key_of(tx, row.case_file, master=master)
        plain = open_part(key, bytes(row.sealed), case=row.case_file, label=_label(token), position=0)
    except Unready:
        return None
    words: dict[str, str] = json.loads(plain)
    return words


def has_due(tx: Tx, *, now: datetime) -> bool:
    """Whether any row is due: read before a write transaction is opened, so that an idle site writes nothing."""
    return tx.execute(select(outbox.c.id).where(_is_due(now)).limit(1)).first() is not None


def mark_sent(tx: Tx, number: int, *, at: datetime, result: str) -> None:
    """The server has it. What it held is no longer kept."""
    _mark(tx, number, state=LetterState.SENT, last_result=result, sent_at=utc_text(at), sealed=b"")


def mark_waiting(tx: Tx, number: int, *, next_at: datetime, result: str, attempts: int) -> None:
    """To be tried again; ``attempts`` as they count now (an attempt that the line spoiled does not)."""
    _mark(tx, number, next_at=utc_text(next_at), last_result=result, attempts=attempts)


def give_up(tx: Tx, number: int, *, result: str) -> None:
    """Not to be tried again, unless an operator says so; the letters of the case behind it go on."""
    gone = {"sealed": b""} if result == ERASED else {}
    _mark(tx, number, state=LetterState.GIVEN_UP, last_result=result, **gone)


def drop_letters_of(tx: Tx, case: str) -> None:
    """The case is erased: its letters hold nothing any more, and those not sent yet never go out."""
    own = outbox.c.case_file == case
    tx.execute(update(outbox).where(own).values(sealed=b""))
    unsent = and_(own, outbox.c.state != LetterState.SENT)
    tx.execute(update(outbox).where(unsent).values(state=LetterState.GIVEN_UP, last_result=ERASED))


def _mark(tx: Tx, number: int, **values: object) -> None:
    """A row that was marked as sent meanwhile, by whomever, stays sent."""
    tx.execute(update(outbox).where(outbox.c.id == number, outbox.c.state == LetterState.WAITING).values(**values))


def retry(tx: Tx, *, now: datetime, given_up: bool = False) -> int:
    """Make all that waits due now, but for what is in hand; with ``given_up`` also what can still be opened of that."""
    rows = and_(outbox.c.state == LetterState.WAITING, outbox.c.last_result != TAKEN)
    if given_up:
        rows = or_(rows, and_(outbox.c.state == LetterState.GIVEN_UP, outbox.c.last_result != ERASED))
    values = {"state": LetterState.WAITING, "next_at": utc_text(now), "attempts": 0}
    return int(tx.execute(update(outbox).where(rows).values(**values)).rowcount)


def counts(tx: Tx, *, now: datetime) -> Counts:
    """The outbox in numbers."""
    rows = tx.execute(
        select(outbox.c.state, outbox.c.last_result, func.count(), func.min(outbox.c.created_at)).group_by(
            outbox.c.state, outbox.c.last_result
        )
    ).all()
    by_state = {state: sum(number for found, _, number, _ in rows if found == state) for state in LetterState}
    oldest = min((first for state, _, _, first in rows if state == LetterState.WAITING), default=None)
    results = {
        result: sum(number for state, found, number, _ in rows if found == result and state != LetterState.SENT)
        for result in sorted({found for state, found, _, _ in rows if found and state != LetterState.SENT})
    }
    return Counts(
        waiting=by_state[LetterState.WAITING],
        sent=by_state[LetterState.SENT],
        given_up=by_state[LetterState.GIVEN_UP],
        stuck=stuck(tx, now=now),
        oldest=None if oldest is None else from_utc_text(oldest),
        results=results,
    )


def stuck(tx: Tx, *, now: datetime) -> int:
    """How many letters have waited longer than a day."""
    since = utc_text(now - STUCK_AFTER)
    waits = and_(outbox.c.state == LetterState.WAITING, outbox.c.created_at <= since)
    return int(tx.execute(select(func.count()).select_from(outbox).where(waits)).scalar_one())


def undelivered(tx: Tx, *, now: datetime) -> int:
    """How many letters were given up within a week for a reason that is not the reader's.

    Those of erased cases were meant to go nowhere; a mailbox that does not exist is told on the case's own page.
    What is given up keeps the end of its last hold as its next attempt: that tells when it was tried.
    """
    since = utc_text(now - TOLD_FOR + TAKEN_FOR)
    lost = and_(
        outbox.c.state == LetterState.GIVEN_UP, outbox.c.last_result.not_in(_OWN_FAULT), outbox.c.next_at > since
    )
    return int(tx.execute(select(func.count()).select_from(outbox).where(lost)).scalar_one())


def letters_of(tx: Tx, case: str) -> tuple[LetterRow, ...]:
    """The letters of a case in the order they were posted, for those who handle it."""
    rows = tx.execute(select(outbox).where(outbox.c.case_file == case).order_by(outbox.c.id))
    return tuple(
        LetterRow(
            LetterState(row.state),
            from_utc_text(row.created_at),
            row.attempts,
            row.last_result,
            None if row.sent_at is None else from_utc_text(row.sent_at),
        )
        for row in rows
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Waiting, its time has come, and no earlier letter of its case waits."""
    ahead = exists().where(
        _earlier.c.case_file == outbox.c.case_file,
        _earlier.c.id < outbox.c.id,
        _earlier.c.state == LetterState.WAITING,
    )
    come = or_(outbox.c.next_at <= utc_text(now), outbox.c.next_at > utc_text(now + FARTHEST))
    return and_(outbox.c.state == LetterState.WAITING, come, ~ahead)


def _label(token: str) -> str:
    return f"mail|{token}"
