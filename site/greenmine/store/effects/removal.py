"""Rows of removals (移出)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import insert, update

from greenmine.domain.mine import Level, lost_with
from greenmine.store import tables
from greenmine.store.database import Tx
from greenmine.store.effects.entry import Entry
from greenmine.store.effects.mine import end_memberships, settle


def propose(tx: Tx, entry: Entry) -> None:
    """removal.proposed: the mine stays listed until another officer decides."""
    tx.execute(
        insert(tables.removal).values(
            id=entry.object_id,
            **{name: entry.fact(name) for name in ("mine", "level", "ground", "adverse")},
            reason=entry.text("reason"),
            basis=entry.text("basis"),
            state="proposed",
            proposed_on=entry.valid_from,
            first_act=entry.n,
            last_act=entry.n,
        )
    )
    settle(tx, entry.fact("mine"), act=entry.n)


def decide(tx: Tx, entry: Entry) -> None:
    """removal.decided: removed from the directory of that level and from those above it, or refused."""
    values: dict[str, Any] = {name: entry.fact(name) for name in ("ground", "adverse", "rectify_until", "notice")}
    values |= {name: entry.text(name) for name in ("decision_no", "organ")}
    values |= {f"decision_{name}": entry.text(name) for name in ("basis", "reason")}
    tx.execute(
        update(tables.removal)
        .where(tables.removal.c.id == entry.object_id)
        .values(**values, state=entry.fact("outcome"), decided_on=entry.valid_from, last_act=entry.n)
    )
    if entry.fact("outcome") == "removed":
        end_memberships(tx, entry, entry.fact("mine"), libraries=lost_with(Level(entry.fact("level"))), by_removal=True)
    settle(tx, entry.fact("mine"), act=entry.n)


REMOVAL_EFFECTS: Final[Mapping[str, Callable[[Tx, Entry], None]]] = {
    "removal.proposed": propose,
    "removal.decided": decide,
}
