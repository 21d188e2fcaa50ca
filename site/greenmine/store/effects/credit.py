"""Rows of the credit registers (异常名录, 严重失信): names vanish when an entry ends."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import insert, update

from greenmine.store import tables
from greenmine.store.database import Tx
from greenmine.store.effects.entry import Entry

_NAMED: Final = ("name", "credit_code", "mine", "conduct", "basis", "decision_no", "organ", "decided", "removal")


def add(tx: Tx, entry: Entry) -> None:
    """credit.added: subject, conduct, basis, decision, organ, from and until (rules.md)."""
    body = entry.body or {}
    tx.execute(
        insert(tables.credit_entry).values(
            id=entry.object_id,
            **{name: entry.fact(name) for name in ("register", "subject", "region", "until")},
            **{name: body.get(name) for name in _NAMED},
            since=entry.fact("from"),
            first_act=entry.n,
            last_act=entry.n,
        )
    )


def end(tx: Tx, entry: Entry) -> None:
    """credit.ended: no view names the subject any more; the documents that named it answer 410."""
    credit = tables.credit_entry
    tx.execute(
        update(credit)
        .where(credit.c.id == entry.object_id)
        .values(
            **dict[str, Any].fromkeys(_NAMED),
            ended_on=entry.valid_from,
            end_reason=entry.fact("reason"),
            last_act=entry.n,
        )
    )
    document = tables.document
    tx.execute(
        update(document)
        .where(document.c.sha256.in_(entry.fact("removes")))
        .values(content=None, size=0, removed_by=entry.n, removed_ground="credit_ended")
    )


CREDIT_EFFECTS: Final[Mapping[str, Callable[[Tx, Entry], None]]] = {"credit.added": add, "credit.ended": end}
