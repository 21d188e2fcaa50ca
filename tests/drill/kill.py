"""Kill -9 under load: what was answered is there, once, in order, with its rows (trust.md "Faults").

Four clients register mines; each tells, on a pipe, what was committed before it goes on. They (or, on
PostgreSQL, the whole server) are killed at a random moment; then the database is read.
"""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.engine import make_url
from tests.postgres import PostgresServer, running_server

from greenmine.domain.act import Act
from greenmine.store import journal, tables
from greenmine.store.apply import apply
from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade
from greenmine.store.tables_private import journal as journal_table

CLIENTS = 4
ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2025, 3, 3, 4, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Toll:
    """What the rounds came to: kills, and acts that were acknowledged. Faults raise instead."""

    kills: int
    acknowledged: int


class Lost(AssertionError):
    """A promise of the record was broken."""


def drill_sqlite(folder: Path, *, rounds: int, seed: int = 1) -> Toll:
    """Kill the clients of one SQLite database again and again. Raises Lost."""
    url = f"sqlite:///{folder / 'drill.db'}"
    database = open_database(url)
    upgrade(database)
    acknowledged: list[str] = []
    chance = random.Random(seed)
    with Nursery(url) as nursery:
        for number in range(rounds):
            acknowledged += nursery.round(number, wait=chance.uniform(0.0, 0.25), server=None)
            check(database, acknowledged)
    database.close()
    return Toll(rounds, len(acknowledged))


def drill_postgresql(*, rounds: int, seed: int = 1) -> Toll:
    """The same with a durable PostgreSQL of its own, whose server is killed every other time. Raises Lost."""
    acknowledged: list[str] = []
    chance = random.Random(seed)
    with running_server(durable=True) as server:
        url = server.create_database()
        database = open_database(url)
        upgrade(database)
        with Nursery(url) as nursery:
            for number in range(rounds):
                killed = server if number % 2 else None
                acknowledged += nursery.round(number, wait=chance.uniform(0.0, 0.25), server=killed)
                check(database, acknowledged)
        database.close()
    return Toll(rounds, len(acknowledged))


def check(database: Database, acknowledged: Iterable[str]) -> None:
    """Every acknowledged act is there once; numbers have no gap; acts, rows and journal agree; the file is sound."""
    with database.read() as tx:
        acts = list(tx.execute(select(tables.act.c.n, tables.act.c.object).order_by(tables.act.c.n)))
        mines = {f"mine/{mine}" for mine in tx.execute(select(tables.mine.c.id)).scalars()}
        noted = sorted(tx.execute(select(journal_table.c.act)).scalars())
        size = tx.execute(select(tables.act_head.c.size)).scalar_one()
    objects = [row.object for row in acts]
    _require([row.n for row in acts] == list(range(size)), "numbers are not 0, 1, 2 …")
    _require(len(set(objects)) == len(objects), "an act stands twice")
    _require(set(acknowledged) <= set(objects), f"lost: {sorted(set(acknowledged) - set(objects))[:3]}")
    _require(set(objects) == mines, "acts and rows differ")
    _require(noted == list(range(size)), "acts and journal differ")
    if database.is_sqlite:
        with closing(sqlite3.connect(str(make_url(str(database.engine.url)).database))) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchall()
        _require(found == [("ok",)], f"integrity_check: {found[:3]}")


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise Lost(what)


class Nursery:
    """A process that has everything imported and forks writers on demand, so that a round costs no start of Python.

    All writers share its pipe; a line is one write below PIPE_BUF, so it is there whole or not at all. ::

        us → nursery   "<round>\\n" fork four writers           "\\n" wait until they are dead
        nursery → us   "pid <n>\\n" each; "<object>\\n" after each commit; "end\\n" when all are dead
    """

    def __init__(self, url: str) -> None:
        command = [sys.executable, "-m", "tests.drill.kill", url]
        environment = {"PYTHONPATH": f"{ROOT / 'site'}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:
            self._process.kill()

    def round(self, number: int, *, wait: float, server: PostgresServer | None) -> list[str]:
        """Let four writers work, kill them (or the server, then them); what they said was committed."""
        self._say(f"{number}")
        pids, said = [], []
        while len(pids) < CLIENTS or len(said) < CLIENTS:
            line = self._hear()
            if line.startswith("pid "):
                pids.append(int(line[4:]))
            else:
                said.append(line)
        time.sleep(wait)
        if server is not None:
            server.kill()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._say("")
        said += iter(self._hear, "end")
        if server is not None:
            server.restart()
        return said

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        _require(line.endswith("\n"), "the writers could not write at all")
        return line.strip()


def _nursery(url: str) -> None:
    """The other end of :class:`Nursery`; holds no connection itself."""
    for line in sys.stdin:
        pids = [_fork_writer(url, f"{int(line) * CLIENTS + place + 100_000}") for place in range(CLIENTS)]
        os.write(1, "".join(f"pid {pid}\n" for pid in pids).encode())
        sys.stdin.readline()
        for pid in pids:
            os.waitpid(pid, 0)
        os.write(1, b"end\n")


def _fork_writer(url: str, region: str) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            _write_until_killed(url, region)
        finally:
            os._exit(1)
    return pid


def _write_until_killed(url: str, region: str) -> None:
    """Register mine after mine, each in a transaction of its own; say each after its commit."""
    database = open_database(url)
    for number in range(10_000):
        name = f"mine/GM-{region}-{number:04}"
        body = {"name": f"演示{number}"}
        act = Act("mine.registered", name, "county@520524", date(2025, 3, 3), {"region": "520524"}, body)
        with database.write() as tx:
            recorded = apply(tx, act, at=AT)
            journal.note(tx, "act", at=AT, staff=1, act=recorded.n)
        os.write(1, f"{name}\n".encode())


if __name__ == "__main__":
    _nursery(sys.argv[1])
