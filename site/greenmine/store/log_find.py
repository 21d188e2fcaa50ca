"""Where in the log a thing stands: an object's chain, the act that names a document, the list that holds a value."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, select

from greenmine.store.database import Tx
from greenmine.store.log import root_at
from greenmine.store.log_batch import batch_listing
from greenmine.store.tables import act, act_subject, document
from greenmine.store.tables_log import log_checkpoint, log_node

_LARGEST: Final = 2**31 - 1
"""Numbers as the databases keep them."""


@dataclass(frozen=True)
class Link:
    """A record in the chain of its object: number and bytes."""

    n: int
    entry: bytes


def chain_of(tx: Tx, name: str, *, limit: int) -> list[Link]:
    """The last records of an object's own chain, oldest first."""
    query = select(act.c.n, act.c.entry).where(act.c.object == name).order_by(act.c.seq.desc()).limit(limit)
    return [Link(row.n, bytes(row.entry)) for row in tx.execute(query)][::-1]


def entry_number(tx: Tx, name: str, seq: int) -> int | None:
    """The number of an object's record by its place in the chain; None when there is none."""
    n: int | None = tx.execute(select(act.c.n).where(act.c.object == name, act.c.seq == seq)).scalar()
    return n


def concerns(tx: Tx, name: str, n: int) -> bool:
    """Whether record ``n`` concerns the object."""
    query = select(act_subject.c.n).where(act_subject.c.object == name, act_subject.c.n == n)
    return tx.execute(query).first() is not None


def later_ones(tx: Tx, name: str, n: int) -> int:
    """How many later records concern the object."""
    query = select(func.count()).select_from(act_subject).where(act_subject.c.object == name, act_subject.c.n > n)
    return int(tx.execute(query).scalar_one())


def first_naming(tx: Tx, sha256: str) -> int | None:
    """The act that published a document first, also when law has removed it since; None for one never published."""
    n: int | None = tx.execute(select(document.c.first_act).where(document.c.sha256 == sha256)).scalar()
    return n


def listing_of(tx: Tx, commitment: str, *, since: date) -> int | None:
    """The daily list that holds a commitment: looked for from a day on first, then in all of them."""
    found = batch_listing(tx, commitment, after=since)
    return found if found is not None else batch_listing(tx, commitment, after=date.min)


def root_then(tx: Tx, size: int) -> bytes | None:
    """The root of the log's first ``size`` entries; None when it holds fewer."""
    last = tx.execute(select(func.max(log_node.c.place)).where(log_node.c.level == 0)).scalar()
    return root_at(tx, size) if size <= (-1 if last is None else last) + 1 else None


def head_made_at(tx: Tx, size: int) -> str | None:
    """When a head of this size was made, as UTC text; None when none was."""
    if size > _LARGEST:
        return None
    at: str | None = tx.execute(select(log_checkpoint.c.at).where(log_checkpoint.c.size == size)).scalar()
    return at
