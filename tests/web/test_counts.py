"""Counts in memory: the same windows as any other storage, no thread, no more kept than still counts."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from limits import parse
from limits.storage import MemoryStorage, Storage
from limits.strategies import STRATEGIES, FixedWindowRateLimiter, MovingWindowRateLimiter
from tests.web.shell_app import shell_app

from greenmine.web import counts
from greenmine.web.counts import COUNTS, SWEEP_SECONDS, MemoryCounts


class Clock:
    """The seconds that ``time.time()`` tells, for our storage and for the one it is compared with."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = 1_000_000.0
        for module in (counts.time, __import__("limits.storage.memory", fromlist=["time"]).time):
            patch.setattr(module, "time", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.mark.parametrize("strategy", ["fixed-window", "moving-window"])
def test_it_takes_and_refuses_as_the_storage_of_the_package_does(clock: Clock, strategy: str) -> None:
    """Hits up to a minute apart: every verdict, count and reset is that of ``limits``' own storage.

    No two are a whole window apart, where that storage counts an entry at the gate that it does not count when asked.
    """
    rate = parse("3 per minute")
    ours, theirs = (STRATEGIES[strategy](storage) for storage in (MemoryCounts(), MemoryStorage()))
    seen: list[bool] = []
    for step in (0, 1, 20, 1, 30, 9.5, 1, 59.9, 0, 0, 0, 58.5, 1.1, 1, 61, 5, 5, 5, 5):
        clock.now += step
        told: list[Any] = [
            (each.test(rate, "a"), each.hit(rate, "a"), each.get_window_stats(rate, "a")) for each in (ours, theirs)
        ]
        assert told[0] == told[1], f"after {step} s"
        seen.append(told[0][1])
    assert True in seen and False in seen


def test_amounts_are_counted_together_and_keys_apart(clock: Clock) -> None:
    storage = MemoryCounts()
    assert [storage.incr("a", 60, amount=5), storage.incr("a", 60, amount=7), storage.incr("b", 60)] == [5, 12, 1]
    assert (storage.get("a"), storage.get("c"), storage.get_expiry("a")) == (12, 0, clock.now + 60)
    storage.clear("a")
    assert (storage.get("a"), storage.get("b")) == (0, 1)
    clock.now += 60
    assert (storage.get("b"), storage.incr("b", 60)) == (0, 1)
    assert not MovingWindowRateLimiter(storage).hit(parse("2 per minute"), "w", cost=3)
    assert storage.reset() == 1 and storage.get("b") == 0


def test_what_is_over_is_forgotten_by_whoever_counts_next(clock: Clock) -> None:
    """Ten thousand strangers in an hour leave no more behind than those of the last minute and a sweep."""
    storage, rate, kept = MemoryCounts(), parse("3 per minute"), 0
    fixed, moving = FixedWindowRateLimiter(storage), MovingWindowRateLimiter(storage)
    for stranger in range(10_000):
        clock.now += 0.36
        assert fixed.hit(rate, str(stranger)) and moving.hit(rate, str(stranger))
        kept = max(kept, len(storage.counted), len(storage.windows))
    assert (60 / 0.36) <= kept <= (60 + SWEEP_SECONDS) / 0.36 + 2
    clock.now += 3600
    storage.incr("last", 60)
    assert (list(storage.counted), list(storage.windows)) == (["last"], [])


def test_a_window_keeps_no_entry_that_counts_no_more(clock: Clock) -> None:
    storage = MemoryCounts()
    for _ in range(1000):
        clock.now += 1
        assert storage.acquire_entry("a", 100, 60)
    assert len(storage.windows["a"].made) <= 61


def test_many_threads_lose_no_count(clock: Clock) -> None:
    storage = MemoryCounts()
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _n: storage.acquire_entry("w", 700, 60), range(1000)))
        list(pool.map(lambda _n: storage.incr("a", 60), range(1000)))
    assert (sum(taken), storage.get("a"), storage.get_moving_window("w", 700, 60)[1]) == (700, 1000, 700)


def test_requests_start_no_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package's own storage started one at nearly every request, and fell over its own (``threading._limbo``)."""
    started: list[str] = []
    monkeypatch.setattr(threading.Thread, "start", lambda thread: started.append(thread.name))
    app = shell_app(tmp_path, shared=False, GREENMINE_RATE_PAGES="50 per minute")
    client = app.test_client()
    answers = [client.get("/gallery", base_url="http://127.0.0.1:8000").status_code for _ in range(60)]
    assert answers == [200] * 50 + [429] * 10
    assert started == [] and isinstance(app.extensions[COUNTS].storage, MemoryCounts)


def test_each_application_counts_for_itself(tmp_path: Path) -> None:
    """Two sites of one process share their pages, not their rates."""
    one, two = (shell_app(tmp_path, GREENMINE_RATE_PAGES="1 per minute") for _ in range(2))
    for app in (one, two):
        client = app.test_client()
        assert [client.get("/gallery", base_url="http://127.0.0.1:8000").status_code for _ in range(2)] == [200, 429]
    storages: list[Storage] = [app.extensions[COUNTS].storage for app in (one, two)]
    assert storages[0] is not storages[1]
