"""What the witnesses of the log have said, and how long one that fails is left alone.

Cosignatures are rows of ``log_signature``; faults stand in ``site_fact``, so that a worker that was started again goes
on resting, and pages can name a witness that is missing. Source: log-spec.md 9.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select

from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.store.database import Tx
from greenmine.store.log import Head, head_of
from greenmine.store.site_fact import get_fact, put_fact
from greenmine.store.tables_log import log_signature
from greenmine.tlog.note import VerifierKey


@dataclass(frozen=True)
class LastWord:
    """The largest head a witness has cosigned, and when it did so last; ``size`` 0 and no time before the first."""

    size: int
    at: datetime | None


@dataclass(frozen=True)
class FaultRow:
    """A witness fails.

    :param failures: in a row
    :param since: the first of them
    :param until: it is not asked before
    :param code: how the last one ended
    """

    failures: int
    since: datetime
    until: datetime
    code: str


def last_word(tx: Tx, key: VerifierKey) -> LastWord:
    """What this witness has cosigned."""
    mine = log_signature.c.key_id == key.id, log_signature.c.name == key.name
    row = tx.execute(select(func.max(log_signature.c.size), func.max(log_signature.c.time)).where(*mine)).one()
    return LastWord(row[0] or 0, datetime.fromtimestamp(row[1], UTC) if row[1] else None)


def witness_fault(tx: Tx, key: VerifierKey) -> FaultRow | None:
    """Its fault, None while it answers (or was never asked)."""
    value = get_fact(tx, _name(key))
    if not value:
        return None
    failures, since, until, code = value.split(" ", 3)
    return FaultRow(int(failures), from_utc_text(since), from_utc_text(until), code)


def put_fault(tx: Tx, key: VerifierKey, fault: FaultRow | None) -> None:
    """It failed once more, or answers again. Writes nothing when that is known."""
    value = "" if fault is None else f"{fault.failures} {utc_text(fault.since)} {utc_text(fault.until)} {fault.code}"
    if (get_fact(tx, _name(key)) or "") != value:
        put_fact(tx, _name(key), value)


def cosigned_heads(tx: Tx, keys: list[VerifierKey], *, above: int, limit: int) -> list[Head]:
    """The newest heads of more than ``above`` entries that one of these witnesses has cosigned, newest first."""
    query = select(log_signature.c.size).where(
        log_signature.c.key_id.in_([key.id for key in keys]), log_signature.c.size > above
    )
    sizes = tx.execute(query.distinct().order_by(log_signature.c.size.desc()).limit(limit)).scalars().all()
    return [head_of(tx, size) for size in sizes]


def _name(key: VerifierKey) -> str:
    return f"witness_{key.id.hex()}"
