"""Two databases row by row: what acts make of an empty database, and what stands in the one that is served.

Both are read in the order of their keys and merged, a page at a time. Source: log-spec.md 11.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table

from greenmine.store.audit_fault import Fault, key_of, place_of, stored_rows, told
from greenmine.store.database import Tx
from greenmine.store.tables import PUBLIC_TABLES, document


def row_faults(one: Tx, other: Tx) -> Iterator[Fault]:
    """Rows and columns of the public tables in ``one`` that are not as ``other`` has them."""
    for table in PUBLIC_TABLES:
        yield from _table(table, one, other)


def _table(table: Table, one: Tx, other: Tx) -> Iterator[Fault]:
    page = 20 if table is document else 200
    here, there = (stored_rows(tx, table, page=page) for tx in (one, other))
    mine, its = next(here, None), next(there, None)
    while mine is not None or its is not None:
        left, right = (None if row is None else place_of(key_of(row, table)) for row in (mine, its))
        if right is None or (left is not None and left < right):
            yield Fault(table.name, told(key_of(mine, table)), "", "多出的行，没有产生它的记录")
            mine = next(here, None)
        elif left is None or right < left:
            yield Fault(table.name, told(key_of(its, table)), "", "缺少这一行")
            its = next(there, None)
        else:
            yield from _columns(table, mine, its)
            mine, its = next(here, None), next(there, None)


def _columns(table: Table, mine: Any, its: Any) -> Iterator[Fault]:
    for column in table.columns:
        if not _same(getattr(mine, column.name), getattr(its, column.name)):
            yield Fault(table.name, told(key_of(mine, table)), column.name, "与公开记录重放的结果不符")


def _same(one: Any, other: Any) -> bool:
    """Alike in kind too: a number where a text was is another value, true and 1 are what two databases keep of one."""
    return one == other and isinstance(one, str | bytes) == isinstance(other, str | bytes)
