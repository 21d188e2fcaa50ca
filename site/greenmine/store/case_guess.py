"""Wrong codes by case number, whether there is such a case or not: by a keyed hash, so that rows name no case.

What is counted slows the next guess (domain/guess.py); it never refuses the right code.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from greenmine.domain.guess import FORGOTTEN_AFTER, wait_after
from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.store.database import Tx
from greenmine.store.keyed_hash import keyed_hash
from greenmine.store.sealed import MasterKey
from greenmine.store.tables_case import case_guess

_PURPOSE: Final = "case guess"


def count_wrong_guess(tx: Tx, number: str, *, at: datetime, master: MasterKey) -> None:
    """Count one wrong code; what was counted more than a day ago is forgotten, for every number."""
    tx.execute(delete(case_guess).where(case_guess.c.last_at < utc_text(at - FORGOTTEN_AFTER)))
    row = {"number_hash": _hash(number, master), "failures": 1, "last_at": utc_text(at)}
    more = {"failures": case_guess.c.failures + 1, "last_at": utc_text(at)}
    if tx.dialect.name == "postgresql":
        tx.execute(
            postgresql.insert(case_guess)
            .values(row)
            .on_conflict_do_update(index_elements=[case_guess.c.number_hash], set_=more)
        )
    else:
        tx.execute(
            sqlite.insert(case_guess)
            .values(row)
            .on_conflict_do_update(index_elements=[case_guess.c.number_hash], set_=more)
        )


def forget_guesses(tx: Tx, number: str, *, master: MasterKey) -> None:
    """The right code was shown: earlier slips no longer count."""
    tx.execute(delete(case_guess).where(case_guess.c.number_hash == _hash(number, master)))


def slowed_for(tx: Tx, number: str, *, at: datetime, master: MasterKey) -> timedelta:
    """How long guesses at this number are still slowed; nothing when they are not."""
    query = select(case_guess.c.failures, case_guess.c.last_at).where(case_guess.c.number_hash == _hash(number, master))
    row = tx.execute(query).first()
    if row is None:
        return timedelta()
    until = from_utc_text(row.last_at) + wait_after(row.failures)
    return max(timedelta(), until - at)


def has_guesses(tx: Tx, number: str, *, master: MasterKey) -> bool:
    """Whether any wrong code is counted for this number."""
    query = select(case_guess.c.failures).where(case_guess.c.number_hash == _hash(number, master))
    return tx.execute(query).first() is not None


def _hash(number: str, master: MasterKey) -> str:
    return keyed_hash(master, number.encode(), purpose=_PURPOSE).hex()
