"""What an audit finds: a row, by table and key, that is not what was recorded; and how its rows are read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Select, String, Table, Text, select, type_coerce
from sqlalchemy.types import NullType

from greenmine.store.database import Tx

PAGE: Final = 200
"""Rows held at once: the record is read as a stream."""


@dataclass(frozen=True)
class Fault:
    """One deviation.

    :param table: the table, or the file beside the database (``log-head``, ``documents``)
    :param key: the row's primary key, parts joined by a slash
    :param column: the column, empty for a whole row
    :param what: what is wrong, in Chinese; no value of a private row
    """

    table: str
    key: str
    column: str
    what: str

    def __str__(self) -> str:
        place = f"{self.table} {self.key}".strip()
        return f"{place}，列 {self.column}：{self.what}" if self.column else f"{place}：{self.what}"


def stream(tx: Tx, query: Select[Any], *, page: int = PAGE) -> Iterator[Any]:
    """The rows of a query, a page at a time."""
    yield from tx.execute(query, execution_options={"yield_per": page})


def as_stored(columns: Sequence[Column[Any]]) -> list[Any]:
    """Columns as the database holds them: whoever writes behind the app may leave a type that no reading expects."""
    return [type_coerce(column, NullType()).label(column.name) for column in columns]


def stored_rows(tx: Tx, table: Table, *, page: int = PAGE) -> Iterator[Any]:
    """All rows of a table as stored, in the order of :func:`place_of` their keys on both databases."""
    query = select(*as_stored(table.columns.values())).order_by(*in_order(tx, table))
    return stream(tx, query, page=page)


def in_order(tx: Tx, table: Table) -> list[Any]:
    """The key's columns, text by code points: databases sort it each in its own way."""
    by_bytes = tx.dialect.name == "postgresql"
    return [
        column.collate("C") if by_bytes and isinstance(column.type, String | Text) else column
        for column in table.primary_key.columns
    ]


def key_of(row: Any, table: Table) -> tuple[Any, ...]:
    """The primary key of a stored row."""
    return tuple(getattr(row, column.name) for column in table.primary_key.columns)


def place_of(key: Sequence[Any]) -> tuple[tuple[int, Any], ...]:
    """What keys are compared by, in SQLite's order of types: nothing, numbers, text, bytes."""
    return tuple(_ranked(value) for value in key)


def told(key: Sequence[Any]) -> str:
    """A key as printed."""
    return "/".join(part.hex() if isinstance(part, bytes) else str(part) for part in key)


def _ranked(value: Any) -> tuple[int, Any]:
    if value is None:
        return 0, 0
    if isinstance(value, bytes | memoryview):
        return 3, bytes(value)
    return (2, value) if isinstance(value, str) else (1, value)
