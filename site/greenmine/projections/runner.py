"""Catching up: a projection takes the acts after its cursor; taking one twice changes nothing."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from greenmine.domain.reference import Reference
from greenmine.store.act import ActRow, acts_after, size
from greenmine.store.cursor import forget_cursor, move_cursor, read_cursor
from greenmine.store.database import Database, Tx

BATCH = 500


class Projection(Protocol):
    """What is derived from acts. A new version number makes it begin anew."""

    @property
    def name(self) -> str:
        """Name of its cursor."""

    @property
    def version(self) -> int:
        """Version of what it derives."""

    def reset(self, tx: Tx) -> None:
        """Forget everything derived."""

    def take(self, tx: Tx, acts: Sequence[ActRow], *, reference: Reference) -> None:
        """Take these acts, in order; idempotent."""


def catch_up(database: Database, projections: Iterable[Projection], *, reference: Reference) -> int:
    """Let every projection take all acts there are; returns how many were taken."""
    return sum(_catch_up_one(database, projection, reference) for projection in projections)


def rebuild(database: Database, projections: Iterable[Projection], *, reference: Reference) -> int:
    """Derive everything anew from the first act."""
    kept = tuple(projections)
    for projection in kept:
        with database.write() as tx:
            forget_cursor(tx, projection.name)
    return catch_up(database, kept, reference=reference)


def _catch_up_one(database: Database, projection: Projection, reference: Reference) -> int:
    taken = 0
    while number := _take_batch(database, projection, reference):
        taken += number
    return taken


def _take_batch(database: Database, projection: Projection, reference: Reference) -> int:
    """Rows and cursor move in one transaction: a kill in between loses nothing and doubles nothing."""
    with database.read() as tx:
        if read_cursor(tx, projection.name, version=projection.version) == size(tx):
            return 0
    with database.write() as tx:
        start = read_cursor(tx, projection.name, version=projection.version, lock=True)
        if start is None:
            projection.reset(tx)
        acts = acts_after(tx, start or 0, limit=BATCH)
        if acts:
            projection.take(tx, acts, reference=reference)
        if acts or start is None:
            move_cursor(tx, projection.name, version=projection.version, n=(start or 0) + len(acts))
        return len(acts)
