"""SQL behind the app: whatever row of whatever logged table is changed, deleted, inserted or swapped is named.

Source: issue C "Done when"; trust.md threat 2; log-spec.md 11.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Boolean, Integer, LargeBinary, Table
from tests.attacker import Execute, add, behind_the_app, change, drop, names, other, read
from tests.story import Story

from greenmine.store.audit import Audit
from greenmine.store.audit_fault import Fault, told
from greenmine.store.database import Database, open_database
from greenmine.store.log_key import LogKeys
from greenmine.store.log_seal import LogSeal
from greenmine.store.migrate import upgrade
from greenmine.store.tables import PUBLIC_TABLES, act, act_head, act_subject, document, mine
from greenmine.store.tables_log import LOG_TABLES, log_key
from greenmine.usecases.log import begin_log, rotate_key

ORIGIN: Final = "demo.greenmine.invalid/log"
LEDGERS: Final = (act, *LOG_TABLES)
DERIVED: Final = tuple(table for table in PUBLIC_TABLES if table is not act)
SEED: Final = 34
NOW: Final = datetime(2028, 1, 1, tzinfo=UTC)


def tell(database: Database, folder: Path, *, deeds: int) -> None:
    """A history in a log that began with it and has changed its key."""
    keys = LogKeys(folder / "keys")
    sealed = replace(database, seal=LogSeal(keys, folder / "log-head").seal)
    story = Story(sealed, seed=SEED)
    with sealed.write() as tx:
        begin_log(tx, origin=ORIGIN, keys=keys, at=story.now)
    story.live(deeds)
    with sealed.write() as tx:
        rotate_key(tx, keys=keys, at=story.now)
    story.do(story.register)


@pytest.fixture(scope="module")
def told_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The history in a file, to be copied."""
    folder = tmp_path_factory.mktemp("told")
    database = open_database(f"sqlite:///{folder / 'one.db'}")
    upgrade(database)
    tell(database, folder, deeds=60)
    database.checkpoint()
    database.close()
    return folder / "one.db"


@pytest.fixture
def record(told_once: Path, tmp_path: Path) -> Iterator[Database]:
    shutil.copy(told_once, tmp_path / "copy.db")
    database = open_database(f"sqlite:///{tmp_path / 'copy.db'}")
    yield database
    database.close()


def audit(database: Database, folder: Path) -> list[Fault]:
    return list(Audit(database, None, folder / "log-head", folder / "scratch", NOW).faults())


def is_named(found: list[Fault], table: Table, key: tuple[Any, ...], column: str = "") -> bool:
    return any(
        fault.table == table.name and fault.key == told(key) and (fault.column in ("", column) or not column)
        for fault in found
    )


def key(table: Table, row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in names(table)[1])


def fitting(table: Table, column: str, value: Any) -> Any:
    """Another value of the column's own type, as PostgreSQL insists."""
    if value is not None:
        return other(bool(value) if isinstance(table.c[column].type, Boolean) else value)
    kinds = ((Integer, 7), (Boolean, True), (LargeBinary, b"7"))
    return next((each for kind, each in kinds if isinstance(table.c[column].type, kind)), "7")


def drilled(value: object) -> Any:
    """A case for ``make drill``: each costs a replay, and the ones beside it stay in ``make test``."""
    return pytest.param(value, marks=pytest.mark.drill)


SAMPLED: Final = [
    pytest.param(table, id=str(table.name), marks=() if place % 3 == 0 else pytest.mark.drill)
    for place, table in enumerate((*LEDGERS, *DERIVED))
]
"""Every table in the drill, every third one in ``make test``."""


def test_a_record_as_it_was_written_has_no_fault(record: Database, tmp_path: Path) -> None:
    assert audit(record, tmp_path) == []
    assert list((tmp_path / "scratch").iterdir()) == [], "the scratch database is gone"


@pytest.mark.parametrize("table", DERIVED, ids=lambda table: str(table.name))
def test_every_column_of_every_public_row_is_held_against_its_acts(
    record: Database, tmp_path: Path, table: Table
) -> None:
    """Columns in turn over the rows of the table, all at once: each is named with its key."""
    every, keys = names(table)
    wanted: list[tuple[tuple[Any, ...], str]] = []
    with behind_the_app(record) as execute:
        rows = read(execute, table)
        assert rows
        for place, column in enumerate(name for name in every if name not in keys):
            row = rows[place % len(rows)]
            change(execute, table, row, **{column: fitting(table, column, row[column])})
            wanted.append((key(table, row), column))
    found = audit(record, tmp_path)
    assert [place for place in wanted if not is_named(found, table, *place)] == []


@pytest.mark.drill
@pytest.mark.parametrize(
    ("table", "column"),
    [(table, column.name) for table in DERIVED for column in table.primary_key.columns],
    ids=lambda part: str(getattr(part, "name", part)),
)
def test_a_public_row_under_another_key_is_named(record: Database, tmp_path: Path, table: Table, column: str) -> None:
    with behind_the_app(record) as execute:
        rows = read(execute, table)
        moved = {**rows[-1], column: _free(table, column, rows)}
        change(execute, table, rows[-1], **{column: moved[column]})
    found = audit(record, tmp_path)
    assert is_named(found, table, key(table, moved)) or is_named(found, table, key(table, rows[-1]))


@pytest.mark.parametrize(
    ("table", "column"),
    [(table, column.name) for table in LEDGERS for column in table.columns],
    ids=lambda part: str(getattr(part, "name", part)),
)
@pytest.mark.parametrize("place", [drilled(0), drilled(0.5), -1])
def test_every_column_of_the_ledgers_is_held_against_the_entries(
    record: Database, tmp_path: Path, table: Table, column: str, place: float
) -> None:
    """The first row, one in the middle and the last one."""
    with behind_the_app(record) as execute:
        rows = read(execute, table)
        row = rows[len(rows) // 2 if place == 0.5 else int(place)]
        is_free = column in names(table)[1] or column == "seq"  # (object, seq) is unique
        value = _free(table, column, rows) if is_free else fitting(table, column, row[column])
        change(execute, table, row, **{column: value})
    found = audit(record, tmp_path)
    assert is_named(found, table, key(table, row), column) or is_named(found, table, key(table, {**row, column: value}))
    assert len(found) < 12, [str(fault) for fault in found]


@pytest.mark.parametrize("table", SAMPLED)
@pytest.mark.parametrize("place", [drilled(0), drilled(0.5), -1])
def test_a_row_that_is_gone_is_named(record: Database, tmp_path: Path, table: Table, place: float) -> None:
    with behind_the_app(record) as execute:
        rows = read(execute, table)
        row = rows[len(rows) // 2 if place == 0.5 else int(place)]
        drop(execute, table, row)
    found = audit(record, tmp_path)
    assert is_named(found, table, key(table, row)) or (table in (act_head, log_key) and _of(found, table)), found


@pytest.mark.parametrize("table", SAMPLED)
def test_a_row_that_was_put_in_is_named(record: Database, tmp_path: Path, table: Table) -> None:
    with behind_the_app(record) as execute:
        rows = read(execute, table)
        row = {**rows[0], **{column: _free(table, column, rows) for column in names(table)[1][-1:]}}
        if table is act:
            row["seq"] = 1000
        add(execute, table, row)
    found = audit(record, tmp_path)
    assert is_named(found, table, key(table, row)) or (table is act_head and _of(found, table)), found


@pytest.mark.parametrize("table", [case for case in SAMPLED if case.id != "act_head"])
@pytest.mark.parametrize("places", [drilled((0, 1)), (0, -1)])
def test_two_rows_that_changed_places_are_named(
    record: Database, tmp_path: Path, table: Table, places: tuple[int, int]
) -> None:
    """Each takes the other's key; of a table that is nothing but keys, the other's last part."""
    with behind_the_app(record) as execute:
        rows = read(execute, table)
        one, two = (rows[place] for place in places)
        parts = names(table)[1] if table is not act_subject else ["n"]
        if one == two or {name: one[name] for name in parts} == {name: two[name] for name in parts}:
            two = next(row for row in rows if key(table, row) != key(table, one) and row["n"] != one["n"])
        _swap(execute, table, one, two, parts)
    found = audit(record, tmp_path)
    assert is_named(found, table, key(table, one)) and is_named(found, table, key(table, two)), found


def test_a_trigger_taken_down_is_told(record: Database, tmp_path: Path) -> None:
    with record.write() as tx:
        tx.exec_driver_sql("DROP TRIGGER act_no_update")
    assert [str(fault) for fault in audit(record, tmp_path)] == ["act：只增不改的触发器 act_no_update 已被删除或停用"]


def _of(found: list[Fault], table: Table) -> bool:
    return any(fault.table == table.name for fault in found)


def _free(table: Table, column: str, rows: list[dict[str, Any]]) -> Any:
    """A value of a key's column that no row has."""
    values = [row[column] for row in rows]
    if isinstance(values[0], int):
        return max(values) + 1
    return values[0][:-1] + (b"\x00" if isinstance(values[0], bytes) else "~")


def _swap(execute: Execute, table: Table, one: dict[str, Any], two: dict[str, Any], parts: list[str]) -> None:
    drop(execute, table, one)
    drop(execute, table, two)
    add(execute, table, {**one, **{name: two[name] for name in parts}})
    add(execute, table, {**two, **{name: one[name] for name in parts}})


@pytest.mark.postgres
def test_on_postgresql_a_row_changed_by_its_owner_is_named_too(postgres_url: str, tmp_path: Path) -> None:
    """Some tables after each other, each put back; the owner of the database can still the triggers."""
    database = open_database(postgres_url)
    upgrade(database)
    tell(database, tmp_path, deeds=12)
    assert audit(database, tmp_path) == []
    for table in (act, act_head, document, mine, *LOG_TABLES):
        every, keys = names(table)
        with behind_the_app(database) as execute:
            rows = read(execute, table)
        column = next((name for name in reversed(every) if name not in keys), None)
        if not rows or column is None:
            continue
        row = rows[len(rows) // 2]
        with behind_the_app(database) as execute:
            change(execute, table, row, **{column: fitting(table, column, row[column])})
        found = audit(database, tmp_path)
        assert is_named(found, table, key(table, row), column), f"{table.name}.{column}: {found}"
        with behind_the_app(database) as execute:
            change(execute, table, row, **{column: row[column]})
    row = rows[0]
    with behind_the_app(database) as execute:
        drop(execute, table, row)
    assert _of(audit(database, tmp_path), table)
    database.close()
