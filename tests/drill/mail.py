"""Kill -9 of two senders at once, before a moody mail server: every letter posted takes effect once, in its order.

Time runs :data:`HASTE` times faster than on the wall, so that what a dead sender held is taken up again in seconds.
"""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import make_url
from tests.mail_servers import Mailbox, Talk, bad_server

from greenmine.cli.smtp import MailDoor, Patience
from greenmine.config import MailSecurity, MailServer
from greenmine.store.case import open_case
from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade
from greenmine.store.outbox import Counts, counts, post
from greenmine.store.sealed import MasterKey
from greenmine.usecases.outbox import Sender, send_at_once, send_due

HASTE = 300
SENDERS = 2
ROOT = Path(__file__).resolve().parents[2]
MASTER = MasterKey(bytes(range(32)))
PER_CASE = 5
SITE = "https://mines.example.gov.cn"
STANDSTILL = 60.0
"""Seconds without a letter sent, once the killing is over, that mean that the rest never goes."""


@dataclass(frozen=True)
class MailToll:
    """What a drill came to; faults raise instead. ``deliveries`` beyond ``letters`` were sent again after a fault."""

    kills: int
    letters: int
    deliveries: int
    moods: Counter[str]


class Lost(AssertionError):
    """A promise of the outbox was broken."""


@dataclass
class Moods:
    """What the server does with a letter: mostly takes it. ``steady`` ends the moods."""

    chance: random.Random
    seen: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    steady: bool = False

    def next(self) -> str:
        with self.lock:
            roll = 1.0 if self.steady else self.chance.random()
            limits = (("dies after DATA", 0.06), ("451", 0.12), ("421", 0.15), ("dies before DATA", 0.18))
            mood = next((name for name, limit in limits if roll < limit), "takes")
            self.seen[mood] += 1
            return mood

    def serve(self, talk: Talk) -> None:
        """One connection."""
        talk.say("220 mail")
        while line := talk.hear():
            verb = line[:4].upper()
            if verb != "DATA":
                talk.say("221 bye" if verb == "QUIT" else "250 OK")
                continue
            mood = self.next()
            if mood == "dies before DATA":
                talk.reset()
                return
            talk.say("354 go on")
            content = b"".join(iter(talk.rfile.readline, b".\r\n"))
            if mood in ("451", "421"):
                talk.say(f"{mood} not now")
                continue
            with self.lock:
                talk.mailbox.put(content)
            time.sleep(0.004)  # between taken and answered: where a kill hurts most
            if mood == "dies after DATA":
                talk.reset()
                return
            talk.say("250 taken")


def drill_mail(folder: Path, *, kills: int, letters: int, seed: int = 1) -> MailToll:
    """Post letters while two senders are killed again and again; then let one finish. Raises Lost."""
    url = f"sqlite:///{folder / 'mail.db'}"
    database = open_database(url)
    upgrade(database)
    chance, mailbox, began = random.Random(seed), Mailbox(), time.time()
    moods, posted = Moods(random.Random(seed)), 0
    with bad_server(mailbox, moods.serve) as port, _Nursery(url, port, began) as nursery:
        for number in range(kills):
            pids = nursery.fork()
            due = letters * (number + 1) // kills
            posted = _post(database, posted, due, at=_hasty(began))
            _wait_for_work(moods)
            time.sleep(chance.uniform(0.0, 0.15))
            nursery.kill(pids)
        moods.steady = True
        pids = nursery.fork()
        _drain(database, began)
        nursery.kill(pids)
    _check(database, mailbox, letters=letters)
    database.close()
    return MailToll(kills, letters, len(mailbox.contents), moods.seen)


def _wait_for_work(moods: Moods) -> None:
    """Until the senders of this round are in the midst of it, or have nothing to do for a while."""
    before, until = moods.seen.total(), time.monotonic() + 1
    while moods.seen.total() < before + 2 and time.monotonic() < until:
        time.sleep(0.002)


def _hasty(began: float) -> datetime:
    return datetime(2026, 3, 2, 2, 0, tzinfo=UTC) + timedelta(seconds=(time.time() - began) * HASTE)


def _post(database: Database, first: int, end: int, *, at: datetime) -> int:
    """Letters of cases of five each; each with its case's next message, in one transaction."""
    for number in range(first, end):
        case = f"case-{number // PER_CASE}"
        with database.write() as tx:
            if number % PER_CASE == 0:
                open_case(tx, case=case, kind="complaint", region="520524", at=at, master=MASTER)
            post(
                tx, case=case, recipient="zhang.san@example.com", subject="演示", text=f"{case} {number}",
                at=at, master=MASTER,
            )  # fmt: skip
    return end


def _counts(database: Database, began: float) -> Counts:
    with database.read() as tx:
        return counts(tx, now=_hasty(began))


def _drain(database: Database, began: float) -> None:
    """Let what is left go; an operator asks for it now and then, so that long rests cost no time here."""
    sent, moved = -1, time.monotonic()
    while (found := _counts(database, began)).waiting:
        if found.sent > sent:
            sent, moved = found.sent, time.monotonic()
        _require(time.monotonic() < moved + STANDSTILL, f"still waiting: {found}")
        with database.write() as tx:
            send_at_once(tx, now=_hasty(began), given_up=False)
        time.sleep(1)


def _check(database: Database, mailbox: Mailbox, *, letters: int) -> None:
    """All effects, each once, in order within their case; rows and file sound."""
    effects = mailbox.effects
    _require(len(set(effects)) == len(effects), "a letter went out under two Message-IDs")
    numbers = [int(text.split()[1]) for text in effects]
    _require(sorted(numbers) == list(range(letters)), f"lost: {sorted(set(range(letters)) - set(numbers))[:5]}")
    by_case: dict[int, list[int]] = defaultdict(list)
    for number in numbers:
        by_case[number // PER_CASE].append(number)
    _require(all(order == sorted(order) for order in by_case.values()), "letters of a case overtook each other")
    found = _counts(database, time.time())
    _require((found.sent, found.waiting, found.given_up) == (letters, 0, 0), f"rows: {found}")
    with closing(sqlite3.connect(str(make_url(str(database.engine.url)).database))) as connection:
        sound = connection.execute("PRAGMA integrity_check").fetchall()
    _require(sound == [("ok",)], f"integrity_check: {sound[:3]}")


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise Lost(what)


class _Nursery:
    """A process with everything imported that forks senders, so that a kill costs no start of Python. ::

    us → nursery   "\\n"  fork the senders      "\\n" again: wait until they are dead
    nursery → us   "<pid> <pid>\\n"             "end\\n"
    """

    def __init__(self, url: str, port: int, began: float) -> None:
        command = [sys.executable, "-m", "tests.drill.mail", url, str(port), str(began)]
        environment = {"PYTHONPATH": f"{ROOT / 'site'}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def __enter__(self) -> "_Nursery":
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:
            self._process.kill()

    def fork(self) -> list[int]:
        self._say()
        return [int(pid) for pid in self._hear().split()]

    def kill(self, pids: list[int]) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._say()
        _require(self._hear() == "end", "the senders could not be reaped")

    def _say(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        _require(line.endswith("\n"), "the senders could not start at all")
        return line.strip()


def _nursery(url: str, port: int, began: float) -> None:
    """The other end of :class:`_Nursery`; holds no connection itself."""
    while sys.stdin.readline():
        pids = [_fork_sender(url, port, began) for _ in range(SENDERS)]
        os.write(1, (" ".join(map(str, pids)) + "\n").encode())
        sys.stdin.readline()
        for pid in pids:
            os.waitpid(pid, 0)
        os.write(1, b"end\n")


def _fork_sender(url: str, port: int, began: float) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            _send_until_killed(url, port, began)
        finally:
            os._exit(1)
    return pid


def _send_until_killed(url: str, port: int, began: float) -> None:
    """What the worker does every five seconds, in haste; an attempt ends well before its row is free again."""
    door = MailDoor(
        MailServer("127.0.0.1", port, MailSecurity.PLAIN),
        sender="noreply@mines.example.gov.cn", sender_name="演示", hello="mines.example.gov.cn",
        patience=Patience(answer=1, opening=1, letter=1),
    )  # fmt: skip
    sender = Sender(
        open_database(url), connect=door.connect, clock=lambda: _hasty(began), chance=random.Random(1).random,
        master=MASTER, site_url=SITE, host="mines.example.gov.cn",
    )  # fmt: skip
    while True:
        send_due(sender)
        time.sleep(5 / HASTE)


if __name__ == "__main__":
    _nursery(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
