"""Sending what waits in the outbox: take, send with no transaction open, mark.

What fails is tried again later and later, with jitter; faults of the line (nobody listens, no TLS, sign-in refused)
are told from faults of one letter, so that neither makes the other wait.
Source: trust.md, fault "SMTP down 6 h, slow, 4xx/5xx, dies after DATA".
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from greenmine.domain.letter import Letter, links_elsewhere
from greenmine.store.database import Database, Tx
from greenmine.store.mail_line import LineFault, line_fault, note_fault, note_works
from greenmine.store.outbox import UNREADABLE, Taken, give_up, has_due, mark_sent, mark_waiting, retry, take
from greenmine.store.sealed import MasterKey

BATCH: Final = 50
BUDGET: Final = timedelta(seconds=15)
"""No further letter is begun after this time in one batch: the worker has other things to do."""

MOST_ATTEMPTS: Final = 64
"""About five days with the rests below, then a letter is given up. Source: RFC 5321, 4.5.4.1 (at least 4–5 days)."""

LETTER_RESTS: Final = (timedelta(minutes=1), timedelta(hours=2))
"""After the first failure of a letter, and at most."""

LINE_RESTS: Final = (timedelta(seconds=30), timedelta(minutes=15))
"""After the first failure of the line, and at most."""

UNREADABLE_RESTS: Final = timedelta(hours=1)
LINK: Final = "link"
TIMEOUT: Final = "timeout"
"""A server this slow is left alone for a while: waiting for it again would keep the worker from its other jobs."""


class Verdict(StrEnum):
    """What a failure means."""

    LINE = "line"  # 线路或账号不通：与这封邮件无关
    LATER = "later"  # 稍后再发
    NEVER = "never"  # 永远送不到


class Undelivered(Exception):
    """An attempt failed. ``result`` is a short code (``451``, ``timeout``), never words of the server."""

    def __init__(self, result: str, verdict: Verdict) -> None:
        super().__init__(result, verdict)
        self.result = result
        self.verdict = verdict


class Line(Protocol):
    """An open line to the mail server."""

    @property
    def is_open(self) -> bool:
        """Whether another letter can be handed in."""

    def send(self, letter: Letter) -> str:
        """Hand one letter in; returns the code of the answer. Raises Undelivered."""


@dataclass(frozen=True)
class Sender:
    """What sending needs.

    :param connect: opens a line; raises Undelivered with Verdict.LINE
    :param chance: a number from 0 to 1, anew at each call: spreads the attempts
    :param host: of the site, for Message-IDs
    :param goes_on: asked before each letter: whether the next is still ours to send; the one in hand is ended
    """

    database: Database
    connect: Callable[[], AbstractContextManager[Line]]
    clock: Callable[[], datetime]
    chance: Callable[[], float]
    master: MasterKey
    site_url: str
    host: str
    goes_on: Callable[[], bool] = lambda: True


def send_due(sender: Sender) -> int:
    """Send what is due over one connection; returns how many letters the server took. Idle, it writes nothing."""
    now = sender.clock()
    with sender.database.read() as tx:
        fault = line_fault(tx)
        if (fault is not None and fault.rests(now)) or not has_due(tx, now=now):
            return 0
    sent = 0
    try:
        with sender.connect() as line:
            end = sender.clock() + BUDGET  # from here on: a server that is slow to greet still gets a letter
            for _ in range(BATCH):
                may_take = line.is_open and sender.clock() < end and sender.goes_on()
                taken = _take(sender) if may_take else None
                if taken is None:
                    break
                sent += _deliver(sender, line, taken)
    except Undelivered as failed:
        with sender.database.write() as tx:
            _rest_line(tx, sender, failed.result)
    return sent


def send_at_once(tx: Tx, *, now: datetime, given_up: bool) -> int:
    """What an operator does once the fault is mended: try the line and all that waits now; returns how many wait."""
    note_works(tx)
    return retry(tx, now=now, given_up=given_up)


def _take(sender: Sender) -> Taken | None:
    with sender.database.write() as tx:
        return take(tx, now=sender.clock(), host=sender.host, master=sender.master)


def _deliver(sender: Sender, line: Line, taken: Taken) -> bool:
    """One attempt at one letter, and its mark: whether the server took it.

    Raises Undelivered when the line must rest.
    """
    try:
        result = _hand_in(sender, line, taken)
    except Undelivered as failed:
        with sender.database.write() as tx:
            _mark_failed(tx, sender, taken, failed)
            if failed.verdict is not Verdict.LINE and failed.result.isdigit():
                note_works(tx)  # a verdict on the letter was spoken over it
        if failed.verdict is Verdict.LINE or failed.result == TIMEOUT:
            raise
        return False
    with sender.database.write() as tx:
        mark_sent(tx, taken.id, at=sender.clock(), result=result)
        note_works(tx)
    return True


def _hand_in(sender: Sender, line: Line, taken: Taken) -> str:
    if taken.letter is None:
        raise Undelivered(UNREADABLE, Verdict.LATER)
    if links_elsewhere(taken.letter.text, site_url=sender.site_url):
        raise Undelivered(LINK, Verdict.NEVER)
    return line.send(taken.letter)


def _mark_failed(tx: Tx, sender: Sender, taken: Taken, failed: Undelivered) -> None:
    """What the line spoiled, or a missing key, is not counted against the letter."""
    now, result = sender.clock(), failed.result
    if failed.verdict is Verdict.LINE:
        mark_waiting(tx, taken.id, next_at=now, result=result, attempts=taken.attempts - 1)
    elif result == UNREADABLE:
        mark_waiting(tx, taken.id, next_at=now + UNREADABLE_RESTS, result=result, attempts=taken.attempts - 1)
    elif failed.verdict is Verdict.NEVER or taken.attempts >= MOST_ATTEMPTS:
        give_up(tx, taken.id, result=result)
    else:
        rest = rest_after(taken.attempts, bounds=LETTER_RESTS, chance=sender.chance())
        mark_waiting(tx, taken.id, next_at=now + rest, result=result, attempts=taken.attempts)


def _rest_line(tx: Tx, sender: Sender, result: str) -> None:
    now, before = sender.clock(), line_fault(tx)
    failures = before.failures + 1 if before else 1
    rest = rest_after(failures, bounds=LINE_RESTS, chance=sender.chance())
    note_fault(tx, LineFault(failures, before.since if before else now, now + rest, result))


def rest_after(failures: int, *, bounds: tuple[timedelta, timedelta], chance: float) -> timedelta:
    """How long to rest after so many failures: doubled each time up to a bound, a fifth more or less by chance."""
    first, longest = bounds
    doubled: timedelta = first * 2 ** min(failures - 1, 20)
    return min(doubled, longest) * (0.8 + 0.4 * chance)
