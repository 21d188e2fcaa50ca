"""``greenmine worker``: one plain loop under a lease; a second worker waits until the first is gone."""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from greenmine.cli.client_salts import keep_client_salts
from greenmine.cli.log import erase_over, keep_log, list_day
from greenmine.cli.outbox import send_mail
from greenmine.cli.sweep import run_sweep
from greenmine.cli.upkeep import LEASE, check_search, keep_search, run_clocks, run_projections, sync_content
from greenmine.cli.verify import verify_nightly
from greenmine.cli.witness_line import ask_witnesses
from greenmine.domain.errors import Unready
from greenmine.services import Services
from greenmine.store.lease import get_lease, give_back, take_lease

log = logging.getLogger(__name__)

TERM: Final = timedelta(seconds=30)
"""A worker that was killed is replaced within this time; health is red after five minutes without one."""

THREAD_GRACE: Final = 2.0
"""Seconds that the jobs beside the others are waited for, together, when the worker stops; cut short, they are done
again. The supervisor kills after four."""

RETRY: Final = timedelta(seconds=10)
"""A job that failed is tried again no sooner, so that its traces do not fill the disk."""


@dataclass(frozen=True)
class Job:
    """Something done again and again.

    :param beside: it may take minutes: it runs in a thread, and the others go on
    :param asks: ``run`` also takes ``goes_on``: whether the lease is still ours and nobody has asked us to stop
    """

    name: str
    every: timedelta
    run: Callable[..., object]
    beside: bool = False
    asks: bool = False


JOBS: Final = (
    Job("projections", timedelta(seconds=1), run_projections),
    Job("log", timedelta(seconds=1), keep_log),
    Job("witnesses", timedelta(seconds=1), ask_witnesses),
    Job("commitments", timedelta(minutes=1), list_day),
    Job("retention", timedelta(hours=1), erase_over),
    Job("search", timedelta(seconds=1), keep_search),
    Job("search check", timedelta(minutes=5), check_search),
    Job("clocks", timedelta(minutes=1), run_clocks),
    Job("client salts", timedelta(minutes=5), keep_client_salts),
    Job("content", timedelta(seconds=30), sync_content),
    Job("sweep", timedelta(hours=1), run_sweep),
    Job("outbox", timedelta(seconds=5), send_mail, beside=True, asks=True),
    Job("verify", timedelta(minutes=10), verify_nightly, beside=True),
)


@dataclass
class Turn:
    """When something was done last, and how long it rests. A clock put back makes it due, never silent."""

    last: datetime | None = None
    rest: timedelta = timedelta(0)
    thread: threading.Thread | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether it is to be done now."""
        if self.thread is not None and self.thread.is_alive():
            return False
        return self.last is None or not self.last <= now < self.last + self.rest

    def take(self, now: datetime, *, rest: timedelta) -> None:
        """It is done now."""
        self.last, self.rest = now, rest


@dataclass
class Holding:
    """Our hold on the lease. It lasts ``term`` from the last renewal; a third of that passes between renewals."""

    services: Services
    term: timedelta
    holder: str = field(default_factory=lambda: secrets.token_hex(16))
    renewal: Turn = field(default_factory=Turn)

    def keep(self) -> bool:
        """Take or renew the lease where that is due; whether it is ours. Reads only while another's has not run out."""
        now = self.services.clock()
        if not self.renewal.is_due(now):
            return True
        self.renewal = Turn()
        with self.services.database.read() as tx:
            row = get_lease(tx, LEASE)
        if row is not None and row.holder != self.holder and row.runs(now, term=self.term):
            return False
        with self.services.database.write() as tx:
            ours = take_lease(tx, LEASE, holder=self.holder, now=now, term=self.term)
        if ours:
            self.renewal.take(now, rest=self.term / 3)
        return ours

    def stands(self) -> bool:
        """Whether the lease is ours now, by the database; renews nothing, so any thread may ask."""
        with self.services.database.read() as tx:
            row = get_lease(tx, LEASE)
        return row is not None and row.holder == self.holder and row.runs(self.services.clock(), term=self.term)

    def give_back(self) -> None:
        """Let the next worker begin at once."""
        with self.services.database.write() as tx:
            give_back(tx, LEASE, holder=self.holder)


def work(
    services: Services,
    *,
    stop: threading.Event,
    jobs: Sequence[Job] = JOBS,
    term: timedelta = TERM,
    pause: float = 1.0,
) -> None:
    """Run the jobs until ``stop`` is set. A job that fails is logged and tried again; the others go on.

    :param term: after how long without a sign of life another worker takes over
    :param pause: seconds between two looks at what is due
    """
    holding = Holding(services, term)
    turns = {job.name: Turn() for job in jobs}
    while not stop.is_set():
        _look(services, holding, jobs, turns, stop=stop)
        stop.wait(pause)
    end = time.monotonic() + THREAD_GRACE
    for turn in turns.values():
        if turn.thread is not None:
            turn.thread.join(max(0.0, end - time.monotonic()))
    _succeeds("giving the lease back", holding.give_back)


def _look(
    services: Services, holding: Holding, jobs: Sequence[Job], turns: Mapping[str, Turn], *, stop: threading.Event
) -> None:
    """Run what is due. The lease is looked at before each job: one that took long may have cost it."""
    for job in jobs:
        if stop.is_set() or not _holds(holding):
            return
        now, turn = services.clock(), turns[job.name]
        if not turn.is_due(now):
            continue
        told = {"goes_on": lambda: not stop.is_set() and holding.stands()} if job.asks else {}
        act = partial(_do, job, turn, now, partial(job.run, services, **told))
        if job.beside:
            turn.thread = threading.Thread(target=act, name=job.name, daemon=True)
            turn.thread.start()
        else:
            act()


def _do(job: Job, turn: Turn, now: datetime, act: Callable[[], object]) -> None:
    """Do a job that was due; while its thread lives nobody else reads its turn."""
    done = _succeeds(job.name, act)
    turn.take(now, rest=job.every if done else max(job.every, RETRY))


def _holds(holding: Holding) -> bool:
    try:
        return holding.keep()
    except Exception:  # the database is away: the next look asks again
        log.exception("taking the lease failed")
        return False


def _succeeds(name: str, act: Callable[[], object]) -> bool:
    """The loop must outlive any one fault; it is in the server's log with its trace."""
    try:
        act()
    except Unready as refused:  # it says itself what is to be done; a trace a minute would hide it
        log.warning("%s waits: %s", name, refused)
        return False
    except Exception:
        log.exception("%s failed", name)
        return False
    return True
