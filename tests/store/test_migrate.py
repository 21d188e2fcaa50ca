"""Migrations: up, down, refused where they would lose what must not be lost, whole or not at all."""

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import event, inspect, text
from tests.desk import NOON, ZHIJIN, mine_act
from tests.forks import FORKS

from greenmine.domain.errors import Conflict
from greenmine.store.apply import apply
from greenmine.store.case import open_case
from greenmine.store.cursor import move_cursor, read_cursor
from greenmine.store.database import Database, open_database
from greenmine.store.migrate import downgrade, head, revision, upgrade
from greenmine.store.sealed import MasterKey
from greenmine.store.tables import act
from greenmine.store.tables_case import outbox
from greenmine.tlog.entry import leaf_hash


def structure(database: Database) -> dict[str, Any]:
    """Every table with its columns, keys and indexes, as the database itself tells them."""
    with database.read() as tx:
        told = inspect(tx)
        return {
            name: (
                [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in told.get_columns(name)],
                told.get_pk_constraint(name),
                sorted(map(str, told.get_foreign_keys(name))),
                sorted(map(str, told.get_indexes(name))),
                sorted(map(str, told.get_unique_constraints(name))),
            )
            for name in told.get_table_names()
            if name != "alembic_version"
        }


def usable(database: Database) -> bool:
    """Whether an act can be recorded."""
    with database.write() as tx:
        return apply(tx, mine_act(), at=NOON).n == 0


def test_up_down_and_up_again_gives_the_same_database(database: Database) -> None:
    first = structure(database)
    downgrade(database, to="base")
    assert structure(database) == {}
    assert revision(database) is None
    upgrade(database)
    assert structure(database) == first
    assert revision(database) == head()
    assert usable(database)


def test_nothing_but_tables_is_left_behind_on_the_way_down(database: Database) -> None:
    downgrade(database, to="base")
    query = (
        "SELECT name FROM sqlite_master WHERE name NOT LIKE '%alembic_version%'"
        if database.is_sqlite
        else "SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'"
    )
    with database.read() as tx:
        assert tx.execute(text(query)).scalars().all() == []


def test_tables_of_the_code_are_those_of_the_migrations(database: Database) -> None:
    options = {
        "compare_type": True,
        "compare_server_default": not database.is_sqlite,
    }  # Alembic takes '' there for none
    with database.read() as tx:
        context = MigrationContext.configure(tx, opts=options)
        assert compare_metadata(context, outbox.metadata) == []


def test_a_second_upgrade_changes_nothing(database: Database) -> None:
    usable(database)
    upgrade(database)
    assert revision(database) == head()
    with database.read() as tx:
        assert tx.execute(text("SELECT count(*) FROM act")).scalar_one() == 1


def _an_act(database: Database) -> None:
    usable(database)


def _a_case(database: Database) -> None:
    with database.write() as tx:
        open_case(tx, case="c1", kind="complaint", region=ZHIJIN, at=NOON, master=MasterKey(bytes(32)))


@pytest.mark.parametrize("fill", [_an_act, _a_case])
def test_a_way_down_that_would_lose_acts_or_cases_is_refused(
    database: Database, fill: Callable[[Database], None]
) -> None:
    fill(database)
    before = structure(database)
    with pytest.raises(Conflict, match="已拒绝"):
        downgrade(database, to="base")
    assert structure(database) == before
    assert revision(database) == head()
    with database.read() as tx:
        kept = tx.execute(text("SELECT (SELECT count(*) FROM act) + (SELECT count(*) FROM case_file)")).scalar_one()
    assert kept == 1


def test_every_revision_refuses_to_lose_the_ledgers_it_made() -> None:
    """Who adds a ledger must refuse its loss: the refusal stands in the way down of the same revision."""
    for path in Path(str(files("greenmine.store") / "migrations" / "versions")).glob("0*.py"):
        source = path.read_text(encoding="utf-8")
        if "triggers.create(" in source or '"case_' in source:
            assert "refuse_to_lose(" in source.partition("def downgrade")[2], path.name


def record_of_before(database: Database) -> None:
    """An entry as the version before wrote it: one book for all, and no basis."""
    entry = (
        b'{"at":"2025-03-03T04:00:00Z","book":"000000/2013-01-01#0123456789ab","by":"county@520524",'
        b'"kind":"mine.registered","object":"mine/GM-520524-0001","region":"520524","seq":0,"v":1,'
        b'"valid_from":"2025-03-03"}'
    )
    row = {
        "n": 0, "kind": "mine.registered", "object": "mine/GM-520524-0001", "seq": 0, "at": "2025-03-03T04:00:00Z",
        "valid_from": "2025-03-03", "by": "county@520524", "entry": entry, "leaf": leaf_hash(entry),
    }  # fmt: skip
    with database.write() as tx:
        tx.execute(act.insert(), row)


def test_a_record_in_the_format_of_before_is_refused_and_left_as_it_was(database: Database) -> None:
    """The format of acts was broken once, before anything was released."""
    downgrade(database, to="0006")
    record_of_before(database)
    before = structure(database)
    with pytest.raises(Conflict, match="旧版程序建立的") as refused:
        upgrade(database)
    assert refused.value.code == "data.older_format"
    assert structure(database) == before and revision(database) == "0006"


def test_a_record_of_today_passes_the_revision_that_refuses_older_ones(database: Database) -> None:
    _an_act(database)
    downgrade(database, to="0007")
    with database.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '0006'"))
    upgrade(database)
    assert revision(database) == head()


class Stopped(Exception):
    """The fault that is injected."""


def _stop_after(database: Database, statements: int, *, fault: Callable[[], None]) -> Callable[[], None]:
    """Let the fault happen instead of the statement of that number; returns how to take it out again."""
    seen = 0

    def count(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen > statements:
            fault()

    event.listen(database.engine, "before_cursor_execute", count)
    return lambda: event.remove(database.engine, "before_cursor_execute", count)


def _raise() -> None:
    raise Stopped


def _statements_of_an_upgrade(database: Database) -> int:
    downgrade(database, to="base")
    total = 0

    def count(*_: Any) -> None:
        nonlocal total
        total += 1

    event.listen(database.engine, "before_cursor_execute", count)
    upgrade(database)
    event.remove(database.engine, "before_cursor_execute", count)
    downgrade(database, to="base")
    return total


def test_a_fault_at_any_statement_leaves_the_old_database(database: Database) -> None:
    """trust.md, migration interrupted: one run per statement; then the ordinary way up works."""
    total = _statements_of_an_upgrade(database)
    assert total > 40
    for statements in range(0, total, 1 if database.is_sqlite else 4):
        remove = _stop_after(database, statements, fault=_raise)
        with pytest.raises(Stopped):
            upgrade(database)
        remove()
        assert structure(database) == {}, statements
    upgrade(database)
    assert usable(database)


def _killed_while_migrating(url: str, statements: int) -> None:
    database = open_database(url)
    _stop_after(database, statements, fault=lambda: os.kill(os.getpid(), signal.SIGKILL))
    upgrade(database)


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize("statements", [5, 30])
def test_a_kill_in_the_middle_leaves_a_database_that_can_be_migrated(tmp_path: Path, statements: int) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    child = FORKS.Process(target=_killed_while_migrating, args=(url, statements))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    database = open_database(url)
    upgrade(database)
    assert usable(database)
    database.close()


def _migrate(url: str, start: Any) -> None:
    start.wait(30)
    database = open_database(url)
    upgrade(database)
    database.close()


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_processes_that_migrate_at_once_agree(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    """Two web processes started together on an empty folder."""
    url = f"sqlite:///{tmp_path / 'x.db'}" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    start = FORKS.Barrier(3)
    children = [FORKS.Process(target=_migrate, args=(url, start)) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0, 0, 0]
    database = open_database(url)
    assert revision(database) == head()
    assert usable(database)
    database.close()


def test_versions_are_derived_anew_after_a_way_down(database: Database) -> None:
    """The tables come back empty: a cursor that stayed behind would say that everything was taken."""
    with database.write() as tx:
        move_cursor(tx, "versions", version=1, n=7)
        move_cursor(tx, "figures", version=1, n=7)
    downgrade(database, to="0005")
    upgrade(database)
    with database.read() as tx:
        assert read_cursor(tx, "versions", version=1) is None
        assert read_cursor(tx, "figures", version=1) == 7


OLD_PEOPLE = (
    "INSERT INTO staff (id, login, name, role, created_at) VALUES (1, 'a', '甲', 'county', '2026-01-01T00:00:00Z')",
    "INSERT INTO staff (id, login, name, role, created_at) VALUES (2, 'b', '乙', 'editor', '2026-01-01T00:00:00Z')",
    "INSERT INTO staff_region (staff, region) VALUES (1, '520524'), (1, '520525'), (2, '520000')",
    "INSERT INTO staff_department (staff, department) VALUES (1, 'health'), (1, 'ecology')",
    "INSERT INTO staff_session (token_hash, staff, stage, started_at, seen_at, expires_at)"
    " VALUES ('s', 1, 'signed_in', '2026', '2026', '2027'), ('c', 1, 'code', '2026', '2026', '2027')",
)


def _rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.read() as tx:
        return [tuple(row) for row in tx.execute(text(query))]


def _run(database: Database, *statements: str) -> None:
    with database.write() as tx:
        for statement in statements:
            tx.execute(text(statement))


def test_regions_and_departments_become_seats_and_back(database: Database) -> None:
    """0008: one seat a region, with the departments; whoever is signed in acts from the first."""
    downgrade(database, to="0007")
    _run(database, *OLD_PEOPLE)
    upgrade(database)
    assert _rows(database, "SELECT staff, role, scope, departments FROM staff_seat ORDER BY id") == [
        (1, "county", "520524", "ecology,health"),
        (1, "county", "520525", "ecology,health"),
        (2, "editor", "520000", ""),
    ]
    first = _rows(database, "SELECT min(id) FROM staff_seat")[0][0]
    assert _rows(database, "SELECT token_hash, seat FROM staff_session ORDER BY 1") == [("c", None), ("s", first)]
    downgrade(database, to="0007")
    assert _rows(database, "SELECT id, role FROM staff ORDER BY id") == [(1, "county"), (2, "editor")]
    assert _rows(database, "SELECT * FROM staff_region ORDER BY 1, 2") == [
        (1, "520524"), (1, "520525"), (2, "520000"),
    ]  # fmt: skip
    assert _rows(database, "SELECT * FROM staff_department ORDER BY 1, 2") == [(1, "ecology"), (1, "health")]


@pytest.mark.parametrize(
    "seats",
    [
        "(1, 'county', '520524', ''), (1, 'city', '520500', '')",
        "(1, 'county', '520524', ''), (1, 'county', '520525', 'health')",
        "(1, 'county_government', '520524', '')",
    ],
)
def test_seats_that_one_role_with_regions_cannot_say_are_not_lost_on_the_way_down(
    database: Database, seats: str
) -> None:
    _run(
        database,
        "INSERT INTO staff (id, login, name, created_at) VALUES (1, 'a', '甲', '2026-01-01T00:00:00Z')",
        f"INSERT INTO staff_seat (staff, role, scope, departments) VALUES {seats}",
    )
    with pytest.raises(Conflict, match="已拒绝"):
        downgrade(database, to="0007")
    assert revision(database) == head()
    assert len(_rows(database, "SELECT id FROM staff_seat")) == seats.count("(")
