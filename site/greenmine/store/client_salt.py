"""The salt of a legal day: all processes of the site count clients under it, and nobody can once the day is over.

Client marks are HMAC(salt, address): with the salt gone, no count can be traced back to an address, not even by trying
all four thousand million of them. Source: trust.md 1 ("no IP stored"), 4 ("salted daily-rotating hash").
"""

import secrets
from datetime import date, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from greenmine.domain.errors import Unready
from greenmine.store.database import Database, Tx
from greenmine.store.tables_case import client_salt

_BYTES: Final = 32


def salt_of(database: Database, *, day: date) -> bytes | None:
    """The salt of today, made at its first use, and other days' forgotten then; None while the database is away."""
    try:
        with database.read() as tx:
            found = find_salt(tx, day)
        if found is not None:
            return found
        with database.write() as tx:
            forget_salts(tx, today=day)
            return add_salt(tx, day)
    except (SQLAlchemyError, Unready):
        return None


def keep_salts(database: Database, *, today: date) -> int:
    """Forget the salts of days that are over and make tomorrow's, so that midnight waits for no writer.

    Returns how many were forgotten; they are then emptied out of the files too.
    """
    tomorrow = today + timedelta(days=1)
    with database.read() as tx:
        known = set(tx.execute(select(client_salt.c.day)).scalars())
    if known == {today.isoformat(), tomorrow.isoformat()}:
        return 0
    with database.write() as tx:
        forgotten = forget_salts(tx, today=today)
        for day in (today, tomorrow):
            add_salt(tx, day)
    if forgotten:
        database.checkpoint()
    return forgotten


def find_salt(tx: Tx, day: date) -> bytes | None:
    """The salt of a day, or None."""
    found = tx.execute(select(client_salt.c.salt).where(client_salt.c.day == day.isoformat())).scalar_one_or_none()
    return None if found is None else bytes(found)


def add_salt(tx: Tx, day: date) -> bytes:
    """Make the day's salt unless another process was first; returns the one that holds."""
    row = {"day": day.isoformat(), "salt": secrets.token_bytes(_BYTES)}
    dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
    tx.execute(dialect.insert(client_salt).values(row).on_conflict_do_nothing())
    return bytes(tx.execute(select(client_salt.c.salt).where(client_salt.c.day == day.isoformat())).scalar_one())


def forget_salts(tx: Tx, *, today: date) -> int:
    """Delete the salts of all days but today and tomorrow; returns how many."""
    kept = (today.isoformat(), (today + timedelta(days=1)).isoformat())
    return tx.execute(delete(client_salt).where(client_salt.c.day.not_in(kept))).rowcount
