"""Recording: the act in public, the person in the journal, in one transaction."""

from datetime import datetime

from greenmine.domain.act import Act, Basis
from greenmine.domain.officer import Officer
from greenmine.domain.seat import SYSTEM
from greenmine.store import journal
from greenmine.store.act import first_of
from greenmine.store.act_basis import basis_of
from greenmine.store.apply import Recorded, apply
from greenmine.store.database import Tx


def record(tx: Tx, act: Act, *, at: datetime, officer: Officer | None) -> Recorded:
    """Apply the act and note which staff member did it; ``officer`` None means the system."""
    recorded = apply(tx, act, at=at)
    journal.note(tx, "act", at=recorded.at, staff=officer.id if officer else None, act=recorded.n)
    return recorded


def earlier_basis(tx: Tx, name: str) -> tuple[Basis, ...]:
    """The provisions that the first act of an object was decided under: what they began, they also end."""
    first = first_of(tx, name)
    return () if first is None else tuple(basis_of(first.envelope))


def paper_fact(paper: str | None) -> dict[str, str]:
    """The envelope field that names the paper an act was recorded from, by its SHA-256; none where it was done here."""
    return {} if paper is None else {"source": paper}


def author(officer: Officer | None) -> str:
    """Who an act names: ``<role>@<scope>``, or the system."""
    return officer.seat.signature if officer else SYSTEM
