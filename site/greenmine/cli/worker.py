"""``greenmine worker``: one plain loop under a lease; a second worker waits until the first is gone."""

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from greenmine.cli.upkeep import run_clocks, run_projections, sync_content
from greenmine.services import Services
from greenmine.store.lease import give_back, take_lease

log = logging.getLogger(__name__)

LEASE: Final = "worker"
TERM: Final = timedelta(seconds=30)
"""A worker that was killed is replaced within this time; health is red after five minutes without one."""


@dataclass(frozen=True)
class Job:
    """Something done again and again."""

    name: str
    every: timedelta
    run: Callable[[Services], object]


JOBS: Final = (
    Job("projections", timedelta(seconds=1), run_projections),
    Job("clocks", timedelta(minutes=1), run_clocks),
    Job("content", timedelta(seconds=30), sync_content),
)


def work(services: Services, *, stop: threading.Event, pause: float = 1.0) -> None:
    """Run the jobs until ``stop`` is set. A job that fails is logged and tried again at its next turn."""
    holder = secrets.token_hex(16)
    due = {job.name: services.clock() for job in JOBS}
    renewed = services.clock() - TERM
    while not stop.is_set():
        now = services.clock()
        if now - renewed >= TERM / 3:
            if not _take(services, holder):
                stop.wait(TERM.total_seconds() / 3)
                continue
            renewed = now
        for job in JOBS:
            if due[job.name] <= now:
                due[job.name] = now + job.every
                _run(job, services)
        stop.wait(pause)
    with services.database.write() as tx:
        give_back(tx, LEASE, holder=holder)


def _take(services: Services, holder: str) -> bool:
    with services.database.write() as tx:
        return take_lease(tx, LEASE, holder=holder, now=services.clock(), term=TERM)


def _run(job: Job, services: Services) -> None:
    try:
        job.run(services)
    except Exception:  # the loop must outlive any one job; the fault is in the server log with its trace
        log.exception("job %s failed", job.name)
