"""Public rows from acts: replay into an empty database, and the comparison of two databases row by row."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Table, select

from greenmine.store.act import Entered
from greenmine.store.apply import replay
from greenmine.store.database import Database, Tx
from greenmine.store.tables import PUBLIC_TABLES

_BATCH = 200


def replay_all(target: Database, entries: Iterable[Entered], *, checked: bool = True) -> Iterator[int]:
    """Replay entries into ``target`` in transactions of 200 acts; yields the size reached after each.

    :param checked: bodies must hash to what their entries name; an audit names those that do not by itself
    """
    batch: list[Entered] = []
    done = 0
    for each in entries:
        batch.append(each)
        if len(batch) == _BATCH:
            done += _replay_batch(target, batch, checked=checked)
            batch = []
            yield done
    if batch:
        yield done + _replay_batch(target, batch, checked=checked)


def _replay_batch(target: Database, batch: list[Entered], *, checked: bool) -> int:
    with target.write() as tx:
        for each in batch:
            replay(tx, *each, checked=checked)
    return len(batch)


def rows_of(tx: Tx, table: Table) -> list[tuple[Any, ...]]:
    """All rows of a table in the order of its key (by code points: databases sort text each in its own way)."""
    rows = [tuple(row) for row in tx.execute(select(*table.primary_key.columns, table))]
    width = len(table.primary_key.columns)
    return [row[width:] for row in sorted(rows, key=lambda row: row[:width])]


def differences(one: Tx, other: Tx) -> list[str]:
    """Names of the public tables whose rows differ between two databases; empty when they are the same."""
    return [table.name for table in PUBLIC_TABLES if rows_of(one, table) != rows_of(other, table)]
