"""The use cases that rule books decide, on a record where these books were made known before, as at a start."""

from datetime import datetime
from typing import Any

from greenmine.domain.reference import Reference
from greenmine.store.database import Tx
from greenmine.usecases import credit, notice, removal
from greenmine.usecases.reference import announce_book, knows_book


def announce_books(tx: Tx, reference: Reference, *, at: datetime) -> None:
    """Every rule book that the record does not know yet; their files are not kept."""
    books = reference.books.all()
    if not knows_book(tx, books[-1]):
        for book in books:
            announce_book(tx, book, size=1, at=at)


def publish_notice(tx: Tx, *given: Any, reference: Reference, at: datetime, **more: Any) -> str:
    announce_books(tx, reference, at=at)
    return notice.publish_notice(tx, *given, reference=reference, at=at, **more)


def propose_removal(tx: Tx, *given: Any, reference: Reference, at: datetime, **more: Any) -> str:
    announce_books(tx, reference, at=at)
    return removal.propose_removal(tx, *given, reference=reference, at=at, **more)


def add_credit(tx: Tx, *given: Any, reference: Reference, at: datetime, **more: Any) -> str:
    announce_books(tx, reference, at=at)
    return credit.add_credit(tx, *given, reference=reference, at=at, **more)
