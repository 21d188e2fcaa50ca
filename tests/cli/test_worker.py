"""The worker: one at a time, replaced when it dies, no job twice, silent when idle (trust.md, faults)."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select
from tests.both_databases import BOTH, opened
from tests.desk import credit_act
from tests.made_once import empty_site
from tests.one_app import services_for
from tests.site_process import environment, members, running, until

from greenmine.cli.prepare import prepare
from greenmine.cli.serve import WORKER_GRACE
from greenmine.cli.upkeep import record_due
from greenmine.cli.worker import JOBS, LEASE, RETRY, TERM, THREAD_GRACE, Holding, Job, Turn, _do, work
from greenmine.config import Settings
from greenmine.services import Services
from greenmine.store.act import acts_after, size
from greenmine.store.apply import apply
from greenmine.store.database import open_database
from greenmine.store.lease import LeaseRow, get_lease
from greenmine.store.tables import credit_entry

NOW = datetime(2026, 1, 9, 2, 0, tzinfo=UTC)
DUE = NOW + timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass
class Watch:
    """A clock that moves when it is told to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def services(settings: Settings, watch: Watch) -> Iterator[Services]:
    """An empty prepared site, in demonstration mode, with everything taken that there is to take."""
    built = services_for(settings, clock=watch)
    prepare(built, empty=True)
    yield built
    built.database.close()


def lease_of(services: Services) -> LeaseRow | None:
    with services.database.read() as tx:
        return get_lease(tx, LEASE)


def spend(services: Services, watch: Watch, *jobs: Job, seconds: int) -> None:
    """Let a worker run through so many seconds of the watch, one look a second."""
    stop, until_then = threading.Event(), watch.now + seconds * SECOND

    def tick(_: Services) -> None:
        watch.now += SECOND
        if watch.now >= until_then:
            stop.set()

    work(services, stop=stop, jobs=[*jobs, Job("tick", timedelta(0), tick)], pause=0)


def test_a_second_worker_waits_until_the_first_is_silent_for_a_term(services: Services, watch: Watch) -> None:
    first, second = Holding(services, TERM), Holding(services, TERM)
    assert first.keep()
    for _ in range(120):
        watch.now += SECOND
        assert first.keep()
        assert not second.keep()
    killed_at = lease_of(services)
    assert killed_at is not None
    watch.now = killed_at.until - SECOND
    assert not second.keep()
    watch.now += SECOND
    assert second.keep()
    assert not first.keep(), "the first was only asleep: it must not go on"


def test_a_lease_given_back_is_free_at_once(services: Services) -> None:
    first, second = Holding(services, TERM), Holding(services, TERM)
    assert first.keep()
    second.give_back()
    assert not second.keep(), "nobody gives back what another holds"
    first.give_back()
    assert second.keep()


def test_a_holder_renews_every_third_of_the_term(services: Services, watch: Watch) -> None:
    holding = Holding(services, TERM)
    beats = set()
    for _ in range(60):
        assert holding.keep()
        row = lease_of(services)
        assert row is not None
        beats.add(row.beat_at)
        assert row.until - watch.now >= TERM * 2 / 3
        watch.now += SECOND
    assert len(beats) == 6


def test_jobs_run_at_their_turn(services: Services, watch: Watch) -> None:
    runs: dict[str, list[int]] = {"often": [], "seldom": []}
    jobs = [
        Job(name, timedelta(seconds=every), lambda _, name=name: runs[name].append((watch.now - NOW).seconds))
        for name, every in (("often", 10), ("seldom", 25))
    ]
    spend(services, watch, *jobs, seconds=60)
    assert runs == {"often": [0, 10, 20, 30, 40, 50], "seldom": [0, 25, 50]}


def test_a_clock_put_back_silences_no_job_and_no_lease(watch: Watch, services: Services) -> None:
    """trust.md 21: yesterday's clock would otherwise stop the worker for a day."""
    turn = Turn()
    turn.take(NOW, rest=timedelta(minutes=1))
    assert not turn.is_due(NOW + 59 * SECOND)
    assert turn.is_due(NOW + 60 * SECOND)
    assert turn.is_due(NOW - timedelta(days=1))
    holding = Holding(services, TERM)
    assert holding.keep()
    watch.now -= timedelta(days=1)
    assert holding.keep()
    row = lease_of(services)
    assert row is not None
    assert row.until == watch.now + TERM


def test_a_failing_job_is_logged_and_the_others_go_on(
    services: Services, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    runs: list[str] = []

    def fail(_: Services) -> None:
        runs.append("failing")
        raise RuntimeError("the disk is full")

    jobs = [Job("failing", SECOND, fail), Job("steady", SECOND, lambda _: runs.append("steady"))]
    with caplog.at_level(logging.ERROR):
        spend(services, watch, *jobs, seconds=20)
    assert runs.count("steady") == 20
    assert runs.count("failing") == 20 * SECOND / RETRY
    assert [record.message for record in caplog.records] == ["failing failed"] * 2
    assert "the disk is full" in caplog.text


class AfterOneLook(threading.Event):
    """Stops a worker at its first pause."""

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return super().wait(timeout)


def test_a_worker_asked_to_stop_begins_no_other_job(services: Services) -> None:
    """It is killed after four seconds: what is due next is done by the next worker."""
    runs: list[str] = []
    stop = threading.Event()
    jobs = [Job("first", SECOND, lambda _: stop.set()), Job("next", SECOND, lambda _: runs.append("next"))]
    work(services, stop=stop, jobs=jobs)
    assert runs == []
    assert lease_of(services) is None, "given back"


def test_a_job_that_took_longer_than_the_term_costs_the_lease(services: Services, watch: Watch) -> None:
    """Another worker has taken over meanwhile: what is due next is its business."""
    runs: list[str] = []
    other = Holding(services, TERM)

    def slow(_: Services) -> None:
        watch.now += 2 * TERM
        assert other.keep()

    jobs = [Job("slow", SECOND, slow), Job("next", SECOND, lambda _: runs.append("next"))]
    work(services, stop=AfterOneLook(), jobs=jobs)
    assert runs == []
    row = lease_of(services)
    assert row is not None
    assert row.holder == other.holder


@pytest.mark.parametrize("how", ["lease lost", "asked to stop"])
def test_a_job_beside_the_others_learns_that_it_must_end(services: Services, watch: Watch, how: str) -> None:
    heard: list[bool] = []
    begun, over, ended, stop = threading.Event(), threading.Event(), threading.Event(), AfterOneLook()

    def beside(_: Services, *, goes_on: Callable[[], bool]) -> None:
        heard.append(goes_on())
        begun.set()
        over.wait(10)
        heard.append(goes_on())
        ended.set()

    def ends_it(_: Services) -> None:
        assert begun.wait(10)
        if how == "lease lost":
            watch.now += 2 * TERM
            assert Holding(services, TERM).keep()
        else:
            stop.set()
        over.set()
        assert ended.wait(10), "asked before the worker ends"

    work(services, stop=stop, jobs=[Job("beside", SECOND, beside, beside=True, asks=True), Job("end", SECOND, ends_it)])
    assert heard == [True, False]


def test_a_failing_job_beside_the_others_rests_too() -> None:
    turn = Turn()

    def fail() -> None:
        raise RuntimeError("the disk is full")

    _do(Job("beside", SECOND, fail, beside=True), turn, NOW, fail)
    assert not turn.is_due(NOW + RETRY - SECOND)
    assert turn.is_due(NOW + RETRY)


def test_jobs_that_hang_beside_the_others_are_waited_for_once(services: Services) -> None:
    """Together: the supervisor kills after four seconds, and the lease would not be given back."""
    hang = threading.Event()
    jobs = [Job(f"hangs {n}", SECOND, lambda _: hang.wait(30), beside=True) for n in range(3)]
    begun = time.monotonic()
    work(services, stop=AfterOneLook(), jobs=jobs)
    took = time.monotonic() - begun
    hang.set()
    assert THREAD_GRACE <= took < WORKER_GRACE.total_seconds()
    assert lease_of(services) is None, "given back"


def test_a_database_that_is_away_ends_no_worker(
    services: Services, watch: Watch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    away = replace(services, database=open_database(f"sqlite:///{tmp_path / 'bare.db'}"))  # no table in it
    stop, looks = threading.Event(), []

    def clock() -> datetime:
        looks.append(1)
        if len(looks) > 5:
            stop.set()
        return watch.now

    with caplog.at_level(logging.ERROR):
        work(replace(away, clock=clock), stop=stop, jobs=[Job("idle", SECOND, lambda _: None)], pause=0)
    assert "taking the lease failed" in caplog.text
    away.database.close()


def test_an_idle_worker_opens_no_write_transaction_but_for_its_lease(services: Services, watch: Watch) -> None:
    """Two minutes with nothing to do: 13 renewals (every ten seconds, and the giving back), no act."""
    spend(services, watch, *JOBS, seconds=2)
    begun: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("BEGIN IMMEDIATE"):
            begun.append(statement)

    with services.database.read() as tx:
        before = size(tx)
    event.listen(services.database.engine, "before_cursor_execute", note)
    spend(services, watch, *JOBS, seconds=120)
    event.remove(services.database.engine, "before_cursor_execute", note)
    with services.database.read() as tx:
        assert size(tx) == before
    assert len(begun) == 13


@pytest.mark.parametrize("kind", BOTH)
def test_three_workers_record_each_due_end_exactly_once(
    request: pytest.FixtureRequest, tmp_path: Path, settings: Settings, kind: str
) -> None:
    """trust.md faults, two schedulers: also without a lease, each in a thread and with connections of its own."""
    for database in opened(request, tmp_path, kind=kind):
        with database.write() as tx:
            for number in range(1, 101):
                apply(tx, credit_act(number, salt=f"{number:064x}", until="2026-01-10"), at=NOW)
        url = database.engine.url.render_as_string(hide_password=False)
        workers = [services_for(replace(settings, database_url=url), clock=lambda: DUE) for _ in range(3)]
        gate = threading.Barrier(3)
        recorded: list[int] = []

        def run(services: Services, gate: threading.Barrier = gate, recorded: list[int] = recorded) -> None:
            gate.wait()
            for _ in range(3):
                recorded.append(record_due(services))

        threads = [threading.Thread(target=run, args=(services,)) for services in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for services in workers:
            services.database.close()
        with database.read() as tx:
            ends = [act.object for act in acts_after(tx, 0, limit=1000) if act.kind == "credit.ended"]
            left = tx.execute(select(credit_entry.c.name).where(credit_entry.c.name.is_not(None))).all()
        assert sorted(ends) == [f"credit/2025-{number:04}" for number in range(1, 101)]
        assert sum(recorded) == 100
        assert left == []


WORKER = ("-m", "greenmine", "worker")
SHORT = """
import sys, threading
from datetime import timedelta
from greenmine.app import build_services
from greenmine.cli.worker import work
from greenmine.config import read_settings
work(build_services(read_settings()), stop=threading.Event(), term=timedelta(seconds=3), pause=0.1)
"""


@pytest.fixture
def folder(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose data are prepared: empty, in demonstration mode."""
    return empty_site(tmp_path_factory, tmp_path)


def look(folder: Path) -> tuple[LeaseRow | None, int]:
    """The lease and the number of acts."""
    database = open_database(f"sqlite:///{folder / 'data' / 'greenmine.sqlite'}")
    with database.read() as tx:
        seen = get_lease(tx, LEASE), size(tx)
    database.close()
    return seen


def holder(folder: Path) -> str:
    row, _ = look(folder)
    return row.holder if row else ""


@pytest.mark.usefixtures("processes")
def test_a_worker_process_is_silent_when_idle_and_ends_cleanly_on_sigterm(folder: Path) -> None:
    log, wal = folder / "log", folder / "data" / "greenmine.sqlite-wal"
    with running(WORKER, env=environment(folder), log=log) as process:
        until(lambda: holder(folder) != "", seconds=60, log=log)
        time.sleep(1.5)  # the first round of its jobs
        before, acts = wal.stat().st_size, look(folder)[1]
        time.sleep(3)
        assert (wal.stat().st_size, look(folder)[1]) == (before, acts)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert holder(folder) == "", "the lease is given back"
    assert "Traceback" not in log.read_text("utf-8")


@pytest.mark.usefixtures("processes")
def test_a_second_process_takes_over_from_one_that_was_killed(folder: Path) -> None:
    log = folder / "log"
    with running(("-c", SHORT), env=environment(folder), log=log) as first:
        until(lambda: holder(folder) != "", seconds=60, log=log)
        held_by = holder(folder)
        with running(("-c", SHORT), env=environment(folder), log=log):
            time.sleep(4)  # longer than the term
            assert holder(folder) == held_by, "the second waits while the first lives"
            first.kill()
            took = until(lambda: holder(folder) not in ("", held_by), seconds=30, log=log)
    assert took < 8


@pytest.mark.usefixtures("processes")
def test_a_supervised_worker_ends_with_the_process_that_started_it(folder: Path) -> None:
    """kill -9 of the supervisor, in the midst of work."""
    log = folder / "log"
    parent = (
        "import os, subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, *{WORKER!r}, '--supervisor', str(os.getpid())])\n"
        "time.sleep(600)\n"
    )
    with running(("-c", parent), env=environment(folder), log=log) as process:
        until(lambda: holder(folder) != "", seconds=60, log=log)
        os.kill(process.pid, signal.SIGKILL)
        until(lambda: members(process.pid) == [], seconds=8, log=log)
    assert holder(folder) == "", "it ended cleanly"


@pytest.mark.usefixtures("processes")
def test_a_worker_whose_supervisor_died_while_it_started_ends_at_once(folder: Path) -> None:
    """It never was the child of that process by the time it looked."""
    log = folder / "log"
    with running((*WORKER, "--supervisor", "1"), env=environment(folder), log=log) as process:
        assert process.wait(timeout=60) == 0
