"""Facts about this site: its mode, how its register began, what of content/ could not be read last time."""

from typing import Final

from sqlalchemy import bindparam, delete, insert, inspect, select, update

from greenmine.store.database import Database, Tx
from greenmine.store.tables_private import site_fact

MASTER_KEY: Final = "master_key"
"""Name of the fact that holds the fingerprint of the master key this database belongs to."""

_FACT: Final = select(site_fact.c.value).where(site_fact.c.name == bindparam("name"))
"""Made once: every act asks whose log this is."""


def get_fact(tx: Tx, name: str) -> str | None:
    """The fact, or None while it is not settled."""
    return tx.execute(_FACT, {"name": name}).scalar_one_or_none()


def is_settled(database: Database, name: str) -> bool:
    """Whether the fact is settled, asked before anything is known of the schema."""
    with database.engine.connect() as connection:
        return inspect(connection).has_table(site_fact.name) and get_fact(connection, name) is not None


def settle_fact(tx: Tx, name: str, value: str) -> str:
    """Settle the fact unless it is settled already; returns what holds."""
    known = get_fact(tx, name)
    if known is None:
        tx.execute(insert(site_fact).values(name=name, value=value))
    return value if known is None else known


def change_fact(tx: Tx, name: str, *, before: str, after: str) -> bool:
    """Move a fact on from one value to the next; False when it does not hold ``before``."""
    changed = tx.execute(
        update(site_fact).where(site_fact.c.name == name, site_fact.c.value == before).values(value=after)
    )
    return changed.rowcount == 1


def put_fact(tx: Tx, name: str, value: str) -> None:
    """Write a fact that may change."""
    tx.execute(delete(site_fact).where(site_fact.c.name == name))
    tx.execute(insert(site_fact).values(name=name, value=value))
