"""Complaints: what stands beside the inbox row. Every word of the person is sealed in the case."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from greenmine.domain.body import RiskClass
from greenmine.domain.case import OVER
from greenmine.domain.complaint import About, ComplaintKind, Outcome
from greenmine.domain.errors import NotFound
from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.tables_case import case_task, complaint
from greenmine.store.tables_private import case_file


@dataclass(frozen=True)
class ComplaintRow:
    """A complaint's codes and dates.

    :param cluster: alike texts share it (a keyed hash, see domain/cluster.py)
    :param commitment: SHA-256 that the log will hold (log-spec.md 6)
    :param log_due: by when the log must hold it
    """

    case: str
    mine: str | None
    risk: RiskClass
    kind: ComplaintKind
    about: About
    anonymous: bool
    cluster: str
    accept_due: date
    accepted_at: datetime | None
    decide_due: date | None
    extended: bool
    answered_at: datetime | None
    outcome: Outcome | None
    commitment: bytes
    log_due: datetime


def add_complaint(tx: Tx, row: ComplaintRow) -> None:
    """Enter a complaint as received."""
    tx.execute(
        insert(complaint).values(
            case_file=row.case,
            mine=row.mine,
            risk=row.risk,
            kind=row.kind,
            about=row.about,
            anonymous=row.anonymous,
            cluster=row.cluster,
            accept_due=row.accept_due.isoformat(),
            commitment=row.commitment,
            log_due=utc_text(row.log_due),
        )
    )


def get_complaint(tx: Tx, case: str) -> ComplaintRow:
    """The complaint. Raises NotFound."""
    row = tx.execute(select(complaint).where(complaint.c.case_file == case)).first()
    if row is None:
        raise NotFound("case.unknown", N_("没有这个案件。"))
    return _row(row)


def mark_accepted(tx: Tx, case: str, *, at: datetime, decide_due: date) -> None:
    """Accepted: the clock of the decision runs."""
    _change(tx, case, accepted_at=utc_text(at), decide_due=decide_due.isoformat())


def mark_extended(tx: Tx, case: str, *, decide_due: date) -> None:
    """Extended once."""
    _change(tx, case, extended=True, decide_due=decide_due.isoformat())


def mark_answered(tx: Tx, case: str, *, at: datetime, outcome: Outcome) -> None:
    """Answered; the first answer stops the clock, a later one may change the outcome."""
    first = tx.execute(select(complaint.c.answered_at).where(complaint.c.case_file == case)).scalar_one()
    _change(tx, case, answered_at=first or utc_text(at), outcome=outcome)


def find_commitment(tx: Tx, case: str) -> bytes | None:
    """What the log holds, or will hold, of the case; None for a case of another kind."""
    value = tx.execute(select(complaint.c.commitment).where(complaint.c.case_file == case)).scalar_one_or_none()
    return None if value is None else bytes(value)


def case_committed(tx: Tx, commitment: bytes) -> str | None:
    """The case of a commitment while its key is here; None once it was erased, and for one that is unknown."""
    query = (
        select(case_file.c.id)
        .join(complaint, complaint.c.case_file == case_file.c.id)
        .where(complaint.c.commitment == commitment, case_file.c.wrapped_key.is_not(None))
    )
    return tx.execute(query).scalar_one_or_none()


def commitments_between(tx: Tx, start: datetime, end: datetime) -> list[bytes]:
    """Commitments of the complaints received from ``start`` up to, not including, ``end``, erased ones too."""
    query = (
        select(complaint.c.commitment)
        .join(case_file, case_file.c.id == complaint.c.case_file)
        .where(case_file.c.opened_at >= utc_text(start), case_file.c.opened_at < utc_text(end))
    )
    return [bytes(value) for value in tx.execute(query).scalars()]


def open_in_cluster(tx: Tx, cluster: str) -> int:
    """How many complaints that are not over share the text."""
    query = (
        select(func.count())
        .select_from(complaint.join(case_task, case_task.c.case_file == complaint.c.case_file))
        .where(complaint.c.cluster == cluster, case_task.c.stage.not_in(sorted(OVER)))
    )
    return int(tx.execute(query).scalar_one())


def _change(tx: Tx, case: str, **values: object) -> None:
    tx.execute(update(complaint).where(complaint.c.case_file == case).values(**values))


def _row(row: Row[Any]) -> ComplaintRow:
    return ComplaintRow(
        case=row.case_file,
        mine=row.mine,
        risk=RiskClass(row.risk),
        kind=ComplaintKind(row.kind),
        about=About(row.about),
        anonymous=row.anonymous,
        cluster=row.cluster,
        accept_due=date.fromisoformat(row.accept_due),
        accepted_at=from_utc_text(row.accepted_at) if row.accepted_at else None,
        decide_due=date.fromisoformat(row.decide_due) if row.decide_due else None,
        extended=row.extended,
        answered_at=from_utc_text(row.answered_at) if row.answered_at else None,
        outcome=Outcome(row.outcome) if row.outcome else None,
        commitment=bytes(row.commitment),
        log_due=from_utc_text(row.log_due),
    )
