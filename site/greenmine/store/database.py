"""The database: one engine, a write transaction and a read transaction.

SQLite: WAL set once at creation, BEGIN IMMEDIATE for writers, synchronous=FULL, busy timeout
(design.md "Processes and databases": plain BEGIN lost 420 of 480 concurrent writes, NORMAL answered before
the disk had the row). PostgreSQL: an advisory lock taken first makes one writer at a time, so that what a use
case read before it decided still holds when its act is numbered (READ COMMITTED alone would let two officers
decide the same removal).
"""

import sqlite3
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, ExceptionContext, RootTransaction, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError

from greenmine.domain.errors import Unready
from greenmine.domain.text import N_

_WRITES: Final = "greenmine_writes"
_BUSY_MS: Final = 60_000
_WRITER_LOCK: Final = int.from_bytes(b"greenmin", "big")

Tx = Connection
"""A transaction: what use cases and queries are handed."""


@dataclass(frozen=True)
class Database:
    """The engine and the two ways into it. Thread-safe; one per process.

    :param seal: what is done last in every write transaction, before it commits; see log_seal.py
    """

    engine: Engine
    seal: Callable[[Tx], None] | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded default."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """One write transaction; commits on leaving, rolls back on any error. Answer only after it has closed.

        Writers take turns. Raises Unready when the turn does not come within a minute; nothing was changed then.
        """
        with self.engine.connect().execution_options(**{_WRITES: True}) as connection, _begun(connection):
            connection.info.clear()  # it comes from the pool with the notes of who had it before
            yield connection
            if self.seal is not None:
                self.seal(connection)

    @contextmanager
    def rehearse(self) -> Iterator[Tx]:
        """One write transaction that leaves nothing behind: what a preview is shown from, by the very same code."""
        with self.engine.connect().execution_options(**{_WRITES: True}) as connection:
            begun = _begun(connection)
            connection.info.clear()
            try:
                yield connection
            finally:
                begun.rollback()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """One read transaction with a stable view."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    def require_reachable(self) -> None:
        """Raise Unready when the database does not answer, or its file is no database: for starts, not for requests."""
        try:
            with self.read() as tx:
                tx.execute(text("SELECT 1 FROM sqlite_master" if self.is_sqlite else "SELECT 1"))
        except DatabaseError as error:
            raise Unready(
                "database.unreachable",
                N_("数据库无法使用：%(reason)s。请检查 GREENMINE_DATABASE_URL 和数据目录，必要时从备份恢复。"),
                reason=str(error.orig or error).strip().splitlines()[0],
            ) from error

    def checkpoint(self) -> bool:
        """Move the write-ahead log into the database and empty it, so that no erased page lives on in it.

        Returns False when a reader or writer kept it from finishing: try again. PostgreSQL: nothing to do here.
        """
        if not self.is_sqlite:
            return True
        with closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (busy, _, _) = cursor.fetchone() or (1, 0, 0)
            cursor.close()
        return bool(busy == 0)

    def close(self) -> None:
        """Give the connections back to the operating system."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open the database at a SQLAlchemy URL; a SQLite file is made with WAL on when it does not exist yet."""
    if make_url(url).get_backend_name() == "sqlite":
        return Database(_open_sqlite(url))
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=20,
        isolation_level="READ COMMITTED",
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin_postgresql)
    weakref.finalize(engine, engine.pool.dispose)  # who drops an engine drops its connections too
    return Database(engine)


def _open_sqlite(url: str) -> Engine:
    path = make_url(url).database
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": _BUSY_MS / 1000, "check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "handle_error", _let_go_of_readonly)
    if path is not None and path != ":memory:":
        _make_file(Path(path))
    weakref.finalize(engine, engine.pool.dispose)  # who drops an engine drops its files too (Python 3.13 warns else)
    return engine


def _make_file(path: Path) -> None:
    """Make the file, readable by its owner only, with WAL on: also one that a kill left empty."""
    if path.exists() and path.stat().st_size:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    with closing(sqlite3.connect(path, timeout=_BUSY_MS / 1000)) as connection:
        _turn_wal_on(connection)


def _turn_wal_on(connection: sqlite3.Connection) -> None:
    """Not possible inside the engine's transactions; beside others that do it too it is busy at once: tried again."""
    end = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def begin_file_anew(database: Database) -> bool:
    """Remove a SQLite database file with everything in it and make an empty one; False where there is no file."""
    path = database.engine.url.database
    if not database.is_sqlite or path in (None, ":memory:"):
        return False
    database.close()
    for ending in ("", "-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    _make_file(Path(str(path)))
    return True


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


def _let_go_of_readonly(context: ExceptionContext) -> None:
    """SQLite opens a file that the disk would not let it write for reading only, and that connection stays so.

    It leaves the pool with the first write that fails, so that the site writes again once the disk does.
    """
    code = getattr(context.original_exception, "sqlite_errorcode", 0)
    if code & 0xFF == sqlite3.SQLITE_READONLY:
        context.is_disconnect = True
        if context.execution_context is not None:
            context.execution_context.cursor.close()  # else the file stays open until the fault is forgotten


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if not connection.get_execution_options().get(_WRITES):
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        return
    connection.execute(text(f"SET LOCAL lock_timeout = {_BUSY_MS}"))
    connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})"))


def _begun(connection: Connection) -> RootTransaction:
    try:
        return connection.begin()
    except OperationalError as error:
        raise Unready("database.busy", N_("数据库暂时无法写入，您的操作没有保存，请稍后再试。")) from error
