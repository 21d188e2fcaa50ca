"""The database: one engine, a write transaction and a read transaction.

SQLite: WAL set once at creation, BEGIN IMMEDIATE for writers, synchronous=FULL, busy timeout
(design.md "Processes and databases": plain BEGIN lost 420 of 480 concurrent writes, NORMAL answered before
the disk had the row). PostgreSQL: the row lock on ``act_head`` makes one sequencer.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url

_WRITES: Final = "greenmine_writes"
_BUSY_MS: Final = 60_000

Tx = Connection
"""A transaction: what use cases and queries are handed."""


@dataclass(frozen=True)
class Database:
    """The engine and the two ways into it. Thread-safe; one per process."""

    engine: Engine

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded default."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """One write transaction; commits on leaving, rolls back on any error. Answer only after it has closed."""
        with self.engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """One read transaction with a stable view."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Give the connections back to the operating system."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open the database at a SQLAlchemy URL; a SQLite file is made with WAL on when it does not exist yet."""
    if make_url(url).get_backend_name() == "sqlite":
        return Database(_open_sqlite(url))
    engine = create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20, isolation_level="READ COMMITTED")
    event.listen(engine, "begin", _begin_postgresql)
    return Database(engine)


def _open_sqlite(url: str) -> Engine:
    path = make_url(url).database
    created = path is not None and path != ":memory:" and not Path(path).exists()
    engine = create_engine(url, connect_args={"timeout": _BUSY_MS / 1000, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    if created:
        Path(str(path)).parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(str(path))) as connection:
            connection.execute("PRAGMA journal_mode=WAL")  # not possible inside the engine's transactions
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # sqlite3 begins nothing by itself; _begin_sqlite does
    for pragma in (
        "foreign_keys=ON",
        "synchronous=FULL",
        f"busy_timeout={_BUSY_MS}",
        "recursive_triggers=ON",
        "secure_delete=ON",
        "cache_size=-32000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if not connection.get_execution_options().get(_WRITES):
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
