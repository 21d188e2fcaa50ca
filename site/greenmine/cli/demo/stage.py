"""The stage of the demonstration: a queue of deeds in date order, the officers who do them, one clock."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import count
from random import Random

from greenmine.domain.instant import at_legal_time
from greenmine.domain.officer import Officer
from greenmine.domain.reference import Reference
from greenmine.domain.seat import ROLE_LABELS, Role, Seat
from greenmine.store.database import Database, Tx
from greenmine.store.files import FileStore
from greenmine.usecases.staff import enter_staff

Deed = Callable[[Tx, datetime], None]
"""Something done at an instant, in one transaction, through the use cases."""


@dataclass
class Stage:
    """Runs deeds in the order of their instants until ``end``; a deed may schedule later ones."""

    database: Database
    reference: Reference
    files: FileStore
    rng: Random
    start: datetime
    end: datetime
    officers: dict[tuple[Role, str, int], Officer] = field(default_factory=dict)
    _queue: list[tuple[datetime, int, Deed]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)

    def schedule(self, at: datetime, deed: Deed) -> None:
        """Do this at that instant; what lies after the end of the story is never done."""
        if at <= self.end:
            heapq.heappush(self._queue, (at, next(self._order), deed))

    def on(self, day: date, deed: Deed, *, hour: int = 10) -> None:
        """Do this on a legal day, in office hours."""
        self.schedule(at_legal_time(day, time(hour, self.rng.randint(0, 59), self.rng.randint(0, 59))), deed)

    def officer(self, role: Role, region: str, *, seat: int = 0) -> Officer:
        """The officer of a role in a region; ``seat`` tells two colleagues apart. Not to be called within a deed
        unless the officer has been asked for before: entering one takes a transaction of its own."""
        key = (role, region, seat)
        if key not in self.officers:
            self.officers[key] = Officer(self._hire(key), Seat(role, region))
        return self.officers[key]

    def _hire(self, key: tuple[Role, str, int]) -> int:
        """Enter the officer as a staff member who cannot sign in: the link that would open the account is not kept."""
        role, region, seat = key
        with self.database.write() as tx:
            number, _link = enter_staff(
                tx,
                login=f"yanshi-{role}-{region}-{seat}",
                name=f"演示{ROLE_LABELS[role]}{seat + 1}",
                seats=[Seat(role, region)],
                regions=self.reference.regions,
                by=None,
                at=self.start,
            )
        return number

    def run(self, progress: Callable[[datetime], None]) -> int:
        """Do everything, each deed in its own transaction; returns how many deeds were done."""
        done = 0
        while self._queue:
            at, _, deed = heapq.heappop(self._queue)
            with self.database.write() as tx:
                deed(tx, at)
            done += 1
            progress(at)
        return done
