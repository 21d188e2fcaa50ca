"""Rows made anew from the acts that concern them, after law has taken a body away.

The acts are applied again, without that body, in a database in memory; then the rows of the objects concerned are
put in place of the old ones. So nobody has to know which column held which word. Invariant: what stands afterwards is
what a replay makes that never had the body (log-spec.md 6; tests/store/test_document_removal.py).
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any, Final

from sqlalchemy import Table, create_engine, delete, insert, select, update

from greenmine.store import tables
from greenmine.store.database import Tx
from greenmine.store.effects.entry import Entry
from greenmine.store.effects.rows import ROW_EFFECTS
from greenmine.store.mine_version import forget_versions

OWN: Final[Mapping[str, Table]] = {
    "mine": tables.mine,
    "notice": tables.notice,
    "removal": tables.removal,
    "credit": tables.credit_entry,
    "content": tables.content_item,
}
"""The row an object is."""

_PARTS: Final[Mapping[str, tuple[tuple[Table, str], ...]]] = {
    "mine": ((tables.mine_alias, "mine"), (tables.membership, "mine")),
    "notice": ((tables.notice_item, "notice"), (tables.notice_attachment, "notice")),
}
"""The rows that belong to it, and the column that says so."""


def refold(tx: Tx, acts: Sequence[int]) -> None:
    """Make the rows of everything these acts concern anew from all acts and the bodies that are left."""
    subject = tables.act_subject
    names = tx.execute(select(subject.c.object).where(subject.c.n.in_(acts)).distinct()).scalars().all()
    concerned = [name for name in names if name.partition("/")[0] in OWN]
    if not concerned:
        return
    engine = create_engine("sqlite://")
    with closing(engine.raw_connection()), engine.connect() as scratch:
        tables.metadata.create_all(scratch, tables=list(tables.PUBLIC_TABLES))
        _tell(tx, scratch, concerned)
        for name in concerned:
            _put(tx, scratch, name)
    engine.dispose()
    _forget_past(tx, concerned)


def _forget_past(tx: Tx, names: Sequence[str]) -> None:
    """What was derived from the words goes with them at once; the projection makes it anew from what is left."""
    mines = [own for noun, _, own in (name.partition("/") for name in names) if noun == "mine"]
    forget_versions(tx, mines)


def _tell(tx: Tx, scratch: Tx, names: Sequence[str]) -> None:
    """Apply every act that concerns one of the objects, oldest first."""
    act, document, subject = tables.act, tables.document, tables.act_subject
    about = select(subject.c.n).where(subject.c.object.in_(names))
    query = (
        select(act.c.n, act.c.entry, document.c.content)
        .select_from(act.outerjoin(document, document.c.sha256 == act.c.body))
        .where(act.c.n.in_(about), act.c.kind.in_(ROW_EFFECTS))
        .order_by(act.c.n)
    )
    for row in tx.execute(query):
        envelope = json.loads(row.entry)
        body = json.loads(row.content) if row.content is not None else None
        ROW_EFFECTS[envelope["kind"]](scratch, Entry(row.n, envelope, body))


def _put(tx: Tx, scratch: Tx, name: str) -> None:
    noun, _, own_id = name.partition("/")
    table = OWN[noun]
    key = dict(zip((column.name for column in table.primary_key.columns), own_id.split("/", 1), strict=False))
    found = scratch.execute(_where(select(table), table, key)).first()
    if found is not None:
        tx.execute(_where(update(table), table, key).values(**found._mapping))
    for part, column in _PARTS.get(noun, ()):
        tx.execute(delete(part).where(part.c[column] == own_id))
        rows = [dict(row._mapping) for row in scratch.execute(select(part).where(part.c[column] == own_id))]
        if rows:
            tx.execute(insert(part), rows)


def _where(statement: Any, table: Table, key: Mapping[str, str]) -> Any:
    return statement.where(*(table.c[column] == value for column, value in key.items()))
