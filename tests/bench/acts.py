"""Acts per second beside a bare durable insert: the same disk, the same guarantees, one transaction each."""

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.rounds import Round, print_table, take_turns
from tests.reference_data import reference

from greenmine.domain.mine_facts import MineFacts
from greenmine.domain.reference import Reference
from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade
from greenmine.usecases.mine import register_mine

PAYLOAD = b"x" * 900
"""About the bytes of an act's entry and body together."""


def bench_acts(folder: Path, *, rounds: int, acts: int) -> None:
    """Print acts per second through a use case beside bare inserts with the same durability (SQLite)."""
    database = open_database(f"sqlite:///{folder / 'acts.sqlite'}")
    upgrade(database)
    decided_by = reference()
    bare = _bare_database(folder / "bare.sqlite")
    candidates = {
        "bare durable insert": lambda: _inserts(bare, acts),
        "act through a use case": lambda: _acts(database, decided_by, acts),
    }
    results = take_turns(candidates, rounds=rounds)
    print_table(
        "Acts, one durable transaction each (SQLite, WAL, synchronous=FULL)", results, against="bare durable insert"
    )
    bare.close()
    database.close()


def _bare_database(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE row (n INTEGER PRIMARY KEY, content BLOB NOT NULL)")
    return connection


def _inserts(connection: sqlite3.Connection, number: int) -> Round:
    latencies = []
    with closing(connection.cursor()) as cursor:
        for _ in range(number):
            start = time.perf_counter()
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("INSERT INTO row (content) VALUES (?)", (PAYLOAD,))
            cursor.execute("COMMIT")
            latencies.append((time.perf_counter() - start) * 1000)
    return Round(number / (sum(latencies) / 1000), latencies)


def _acts(database: Database, decided_by: Reference, number: int) -> Round:
    latencies = []
    for index in range(number):
        facts = MineFacts(name=f"演示矿山{index}", region="520524", holder="示例矿业有限公司", mineral="煤")
        start = time.perf_counter()
        with database.write() as tx:
            register_mine(tx, facts, reference=decided_by, officer=None, at=datetime.now(UTC))
        latencies.append((time.perf_counter() - start) * 1000)
    return Round(number / (sum(latencies) / 1000), latencies)
