"""Facts about this site that are settled once: its mode, when it was made, how it began."""

from sqlalchemy import insert, select

from greenmine.store.database import Tx
from greenmine.store.tables_private import site_fact


def get_fact(tx: Tx, name: str) -> str | None:
    """The fact, or None while it is not settled."""
    return tx.execute(select(site_fact.c.value).where(site_fact.c.name == name)).scalar_one_or_none()


def settle_fact(tx: Tx, name: str, value: str) -> str:
    """Settle the fact unless it is settled already; returns what holds."""
    known = get_fact(tx, name)
    if known is None:
        tx.execute(insert(site_fact).values(name=name, value=value))
    return value if known is None else known
