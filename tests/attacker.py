"""Whoever has the database itself: SQL behind the app, with the triggers taken down for the moment and put back."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Table

from greenmine.store.database import Database

Execute = Callable[..., Sequence[tuple[Any, ...]]]


@contextmanager
def behind_the_app(database: Database) -> Iterator[Execute]:
    """Statements on either database that nothing refuses; afterwards everything looks as before."""
    if database.is_sqlite:
        with _on_sqlite(Path(str(database.engine.url.database))) as execute:
            yield execute
        return
    with closing(database.engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield lambda sql, *values: _rows(cursor, sql.replace("?", "%s"), values)
        cursor.execute("SET session_replication_role = origin")
        connection.commit()


def _rows(cursor: Any, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    cursor.execute(sql, values)
    return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def _on_sqlite(path: Path) -> Iterator[Execute]:
    with closing(sqlite3.connect(path)) as connection:
        connection.isolation_level = None
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        yield lambda sql, *values: connection.execute(sql, values).fetchall()
        for _, sql in triggers:
            connection.execute(sql)


def other(value: Any) -> Any:
    """Another value that the column would take."""
    if value is None:
        return 7
    if isinstance(value, bool):
        return not value
    if isinstance(value, bytes | memoryview):
        return bytes(value)[:-1] + bytes([bytes(value)[-1] ^ 1]) if value else b"x"
    if isinstance(value, int):
        return value + 1 if value not in (0, 1) else 1 - value
    return value[:-1] + ("a" if value[-1:] != "a" else "b")


def names(table: Table) -> tuple[list[str], list[str]]:
    """All columns, and those of the key; quoted where the name is a word of SQL."""
    return [column.name for column in table.columns], [column.name for column in table.primary_key.columns]


def read(execute: Execute, table: Table) -> list[dict[str, Any]]:
    """All rows in the order of their keys."""
    every, key = names(table)
    quoted = ", ".join(f'"{name}"' for name in every)
    order = ", ".join(f'"{name}"' for name in key)
    return [
        dict(zip(every, row, strict=True)) for row in execute(f'SELECT {quoted} FROM "{table.name}" ORDER BY {order}')
    ]


def change(execute: Execute, table: Table, row: dict[str, Any], **values: Any) -> None:
    """Update one row, found by its key."""
    _, key = names(table)
    sets = ", ".join(f'"{name}" = ?' for name in values)
    where = " AND ".join(f'"{name}" = ?' for name in key)
    execute(f'UPDATE "{table.name}" SET {sets} WHERE {where}', *values.values(), *(row[name] for name in key))


def drop(execute: Execute, table: Table, row: dict[str, Any]) -> None:
    """Delete one row."""
    _, key = names(table)
    where = " AND ".join(f'"{name}" = ?' for name in key)
    execute(f'DELETE FROM "{table.name}" WHERE {where}', *(row[name] for name in key))


def add(execute: Execute, table: Table, row: dict[str, Any]) -> None:
    """Insert one row."""
    quoted = ", ".join(f'"{name}"' for name in row)
    execute(f'INSERT INTO "{table.name}" ({quoted}) VALUES ({", ".join("?" * len(row))})', *row.values())
