"""The ledgers are append-only in the database itself, on both databases (design.md "Processes and databases")."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.desk import NOON, mine_act
from tests.tlog_keys import LOG

from greenmine.domain.instant import utc_text
from greenmine.store import journal, triggers
from greenmine.store.apply import apply
from greenmine.store.database import Database, Tx, open_database
from greenmine.store.log import add_head, add_signature, root_at
from greenmine.store.log_key import add_key
from greenmine.store.migrate import downgrade, revision, upgrade
from greenmine.store.tables_private import APPEND_ONLY
from greenmine.tlog.checkpoint import Checkpoint, sign_checkpoint

MIGRATIONS = str(files("greenmine.store") / "migrations")
LEDGERS = [table.name for table in APPEND_ONLY]
TRIGGERS_BY_REVISION = {
    None: {"sqlite": set(), "postgresql": set()},
    "0001": {
        "sqlite": {
            "act_no_update", "act_no_delete", "act_no_replace", "act_no_gap",
            "act_subject_no_update", "act_subject_no_delete", "act_subject_no_replace",
        },
        "postgresql": {
            "act_append_only", "act_no_truncate", "act_subject_append_only", "act_subject_no_truncate",
        },
    },
    "0002": {
        "sqlite": {
            "act_no_update", "act_no_delete", "act_no_replace", "act_no_gap",
            "act_subject_no_update", "act_subject_no_delete", "act_subject_no_replace",
            "journal_no_update", "journal_no_delete", "journal_no_replace",
        },
        "postgresql": {
            "act_append_only", "act_no_truncate", "act_subject_append_only", "act_subject_no_truncate",
            "journal_append_only", "journal_no_truncate",
        },
    },
    "0003": {
        "sqlite": {
            "act_no_update", "act_no_delete", "act_no_replace", "act_no_gap",
            "act_subject_no_update", "act_subject_no_delete", "act_subject_no_replace",
            "journal_no_update", "journal_no_delete", "journal_no_replace",
        },
        "postgresql": {
            "act_append_only", "act_no_truncate", "act_subject_append_only", "act_subject_no_truncate",
            "journal_append_only", "journal_no_truncate",
        },
    },
    "0004": {
        "sqlite": {
            "act_no_update", "act_no_delete", "act_no_replace", "act_no_gap",
            "act_subject_no_update", "act_subject_no_delete", "act_subject_no_replace",
            "journal_no_update", "journal_no_delete", "journal_no_replace",
            "log_node_no_update", "log_node_no_delete", "log_node_no_replace",
            "log_checkpoint_no_update", "log_checkpoint_no_delete", "log_checkpoint_no_replace",
            "log_signature_no_update", "log_signature_no_delete", "log_signature_no_replace",
            "log_key_no_update", "log_key_no_delete", "log_key_no_replace",
        },
        "postgresql": {
            "act_append_only", "act_no_truncate",
            "act_subject_append_only", "act_subject_no_truncate",
            "journal_append_only", "journal_no_truncate",
            "log_node_append_only", "log_node_no_truncate",
            "log_checkpoint_append_only", "log_checkpoint_no_truncate",
            "log_signature_append_only", "log_signature_no_truncate",
            "log_key_append_only", "log_key_no_truncate",
        },
    },
}  # fmt: skip
"""What stands after every revision. A new revision must be entered here: it may have lost a trigger on its way."""
TRIGGERS_BY_REVISION["0005"] = TRIGGERS_BY_REVISION["0004"]
for later in ("0006", "0007", "0008"):
    TRIGGERS_BY_REVISION[later] = TRIGGERS_BY_REVISION["0005"]


@pytest.fixture
def filled(database: Database) -> Database:
    """One act, one line of the journal, one signed head, one key."""
    with database.write() as tx:
        recorded = apply(tx, mine_act(), at=NOON)
        journal.note(tx, "act", at=NOON, staff=7, act=recorded.n)
        sign_head(tx, 1)
        add_key(tx, LOG.verifier, act=None, at=NOON)
    return database


def sign_head(tx: Tx, size: int) -> None:
    head = Checkpoint(LOG.name, size, root_at(tx, size))
    add_head(tx, head, at=utc_text(NOON))
    add_signature(tx, size, sign_checkpoint(head, [LOG]).signatures[0], at=NOON)


def rows(database: Database, table: str) -> list[tuple[object, ...]]:
    with database.read() as tx:
        return [tuple(row) for row in tx.execute(text(f"SELECT * FROM {table}"))]


COLUMNS = {
    "act": "kind", "act_subject": "object", "journal": "event", "log_node": "hash", "log_checkpoint": "at",
    "log_signature": "at", "log_key": "vkey",
}  # fmt: skip
"""A column of each that somebody might want to change."""

KEYS = {"act_subject": "object, n", "log_node": "level, place", "log_checkpoint": "size",
        "log_signature": "size, name, key_id, time"}  # fmt: skip


def changes(table: str, *, sqlite: bool) -> Iterator[str]:
    """Every way in which SQL changes or takes away a row that stands."""
    column = COLUMNS[table]
    other = "'other'" if column != "hash" else "NULL"
    yield f"UPDATE {table} SET {column} = {other}"
    yield f"UPDATE {table} SET {column} = {column}"
    yield f"DELETE FROM {table}"
    yield f"DELETE FROM {table} WHERE {column} IS NOT NULL"
    key = KEYS.get(table, "n")
    yield f"INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT ({key}) DO UPDATE SET {column} = {other}"
    if sqlite:
        yield f"REPLACE INTO {table} SELECT * FROM {table}"
        yield f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
        yield f"UPDATE OR REPLACE {table} SET {column} = {other}"
    else:
        yield f"TRUNCATE {table} CASCADE"
        yield f"WITH gone AS (DELETE FROM {table} RETURNING *) SELECT * FROM gone"


@pytest.mark.parametrize("table", LEDGERS)
def test_a_ledger_row_can_be_neither_changed_nor_taken_away(filled: Database, table: str) -> None:
    before = rows(filled, table)
    assert len(before) == 1
    for statement in changes(table, sqlite=filled.is_sqlite):
        with pytest.raises(DBAPIError, match=f"{table} is append-only"), filled.write() as tx:
            tx.execute(text(statement))
        assert rows(filled, table) == before, statement


def test_the_ledgers_are_all_that_must_never_change() -> None:
    assert LEDGERS == ["act", "act_subject", "journal", "log_node", "log_checkpoint", "log_signature", "log_key"]


def test_a_ledger_grows(filled: Database) -> None:
    with filled.write() as tx:
        recorded = apply(tx, mine_act(2), at=NOON)
        journal.note(tx, "act", at=NOON, staff=8, act=recorded.n)
        sign_head(tx, 2)
        add_key(tx, replace(LOG, seed=b"2" * 32).verifier, act=recorded.n, at=NOON)
    assert {table: len(rows(filled, table)) for table in LEDGERS} == {**dict.fromkeys(LEDGERS, 2), "log_node": 3}


def standing(database: Database) -> frozenset[str]:
    with database.read() as tx:
        return triggers.names(tx)


def test_triggers_after_every_revision_up_and_down(database: Database) -> None:
    """A batch migration rebuilds a table without its triggers: this list is how that would be seen."""
    dialect = "sqlite" if database.is_sqlite else "postgresql"
    downgrade(database, to="base")
    scripts = list(ScriptDirectory(MIGRATIONS).walk_revisions())
    steps = [script.revision for script in reversed(scripts)]
    assert set(TRIGGERS_BY_REVISION) == {None, *steps}
    assert standing(database) == TRIGGERS_BY_REVISION[None][dialect]
    for step in steps:
        upgrade(database, to=step)
        assert (revision(database), standing(database)) == (step, TRIGGERS_BY_REVISION[step][dialect])
    for step in reversed(steps[:-1]):
        downgrade(database, to=step)
        assert (revision(database), standing(database)) == (step, TRIGGERS_BY_REVISION[step][dialect])
    downgrade(database, to="base")
    assert standing(database) == TRIGGERS_BY_REVISION[None][dialect]


PRAGMAS = {
    "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "recursive_triggers": 1,
    "busy_timeout": 60_000,
}  # fmt: skip


def test_every_sqlite_connection_keeps_the_house_rules(tmp_path: Path) -> None:
    """FULL: NORMAL answered before the disk had the row; recursive_triggers: without it REPLACE passes a trigger."""
    database = open_database(f"sqlite:///{tmp_path / 'x.db'}")
    with ExitStack() as stack:
        connections = [stack.enter_context(database.read()) for _ in range(6)]
        for connection in connections:
            found = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in PRAGMAS}
            assert found == PRAGMAS
    database.close()


def test_sqlite_file_is_for_its_owner_only(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'folder' / 'x.db'}")
    upgrade(database)
    with database.write() as tx:
        apply(tx, mine_act(), at=NOON)
        modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "folder").iterdir()}
    database.close()
    assert modes == {"x.db": 0o600, "x.db-wal": 0o600, "x.db-shm": 0o600}


def test_an_empty_file_left_by_a_kill_becomes_a_database_with_a_write_ahead_log(tmp_path: Path) -> None:
    (tmp_path / "x.db").touch()
    open_database(f"sqlite:///{tmp_path / 'x.db'}").close()
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.postgres
def test_readers_cannot_write_on_postgresql(postgres_url: str) -> None:
    database = open_database(postgres_url)
    upgrade(database)
    with pytest.raises(DBAPIError, match="read-only"), database.read() as tx:
        tx.execute(text("UPDATE act_head SET size = 5"))
    database.close()


def test_a_reader_sees_one_state_throughout(filled: Database) -> None:
    with filled.read() as reader:
        first = reader.execute(text("SELECT count(*) FROM act")).scalar_one()
        with filled.write() as tx:
            apply(tx, mine_act(2), at=NOON)
        assert reader.execute(text("SELECT count(*) FROM act")).scalar_one() == first == 1
        assert reader.execute(text("SELECT size FROM act_head")).scalar_one() == 1
    assert len(rows(filled, "act")) == 2


def test_an_ordinary_shell_cannot_replace_a_row_or_leave_a_gap(tmp_path: Path) -> None:
    """REPLACE fires DELETE triggers only where the connection asked for it, as no other tool does (trust.md 2)."""
    database = open_database(f"sqlite:///{tmp_path / 'shell.db'}")
    upgrade(database)
    with database.write() as tx:
        recorded = apply(tx, mine_act(), at=NOON)
        journal.note(tx, "act", at=NOON, staff=7, act=recorded.n)
    database.close()
    columns = "kind, object, seq, at, valid_from, by, body, entry, leaf"
    with closing(sqlite3.connect(tmp_path / "shell.db")) as shell:
        before = list(shell.iterdump())
        for statement in (
            f"INSERT OR REPLACE INTO act SELECT n, {columns} FROM act",
            f"INSERT OR REPLACE INTO act SELECT 1, {columns} FROM act",
            f"INSERT OR REPLACE INTO act SELECT 99999, {columns.replace('object', repr('mine/x'))} FROM act",
            "INSERT OR REPLACE INTO act_subject SELECT object, n FROM act_subject",
            "INSERT OR REPLACE INTO journal SELECT n, at, 'other', staff, act, case_file, detail FROM journal",
        ):
            with pytest.raises(sqlite3.DatabaseError, match="append-only"):
                shell.execute(statement)
        assert list(shell.iterdump()) == before
