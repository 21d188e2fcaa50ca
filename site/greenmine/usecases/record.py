"""Recording: the act in public, the person in the journal, in one transaction."""

from datetime import datetime

from greenmine.domain.act import SYSTEM, Act
from greenmine.domain.officer import Officer
from greenmine.store import journal
from greenmine.store.apply import Recorded, apply
from greenmine.store.database import Tx


def record(tx: Tx, act: Act, *, at: datetime, officer: Officer | None) -> Recorded:
    """Apply the act and note which staff member did it; ``officer`` None means the system."""
    recorded = apply(tx, act, at=at)
    journal.note(tx, "act", at=recorded.at, staff=officer.id if officer else None, act=recorded.n)
    return recorded


def author(officer: Officer | None) -> str:
    """Who an act names: ``<role>@<region>``, or the system."""
    return officer.signature if officer else SYSTEM
