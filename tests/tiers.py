"""What a test starts decides when it runs: `make test` starts nothing, `make test-all` everything but the drills.

A test *starts* when it asks for one of the fixtures :data:`STARTING`, itself or by another fixture, or runs on
PostgreSQL. Nobody keeps a list of names: whatever starts a process without asking fails where it does, in every tier
(:class:`Starts`), and a module that asks and starts nothing fails too, so that no test is left out for nothing.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

import pytest

STARTING: Final = {"browser": "browser", "postgres_server": "postgres", "processes": "processes"}
"""Fixtures of tests that start something, and the mark each gives; all of them get the mark ``starts``."""

EVENTS: Final = frozenset({"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system"})
"""How Python tells that a process is started (PEP 578); ``multiprocessing`` does not, and is asked by itself."""

SHORT: Final = ("picture_child.py", "'git', 'ls-files'")
"""Started in every tier, over in milliseconds: the child in which the site opens a picture, and git's list of files."""


CALLED: Final = pytest.StashKey[bool]()
"""Whether a test went through to its end."""


class StartedUnasked(RuntimeError):
    """A test started a process and did not ask for it."""


@dataclass(eq=False)
class Starts:
    """Watches what the tests of this process start.

    :param item: the test that runs now
    :param unasked: what it started without asking
    :param started: modules whose tests have started something
    """

    pid: int = field(default_factory=os.getpid)
    item: pytest.Item | None = None
    unasked: list[str] = field(default_factory=list)
    started: set[Path] = field(default_factory=set)

    def tell(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note a start; raise StartedUnasked in the middle of it, when the test has not asked for it."""
        if event not in EVENTS or self.item is None or os.getpid() != self.pid or _is_short(arguments):
            return
        self.started.add(self.item.path)
        if self.item.get_closest_marker("starts") is None:
            self.unasked.append(f"{event} {arguments[:2]}"[:300])
            raise StartedUnasked(_advice(self.item, self.unasked[-1]))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Between tests nobody is watched, nor when one ends: what was started by others may end with it."""
        self.item, self.unasked = item, []
        try:
            return (yield)
        finally:
            self.item = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """A test that skips in the middle is not known to start nothing."""
        yield
        item.stash[CALLED] = True

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
        """A start that the code under test swallowed is told here; so is a module that asks for nothing."""
        self.item = None
        yield
        self.require_asked(item)
        if nextitem is None or nextitem.path != item.path:
            self.require_start(item)

    def require_asked(self, item: pytest.Item) -> None:
        """Fail when the test has started something without asking."""
        if self.unasked:
            pytest.fail(_advice(item, self.unasked[0]), pytrace=False)

    def require_start(self, last: pytest.Item) -> None:
        """Fail when tests of a module asked, all went through, and nothing was started."""
        asking = [each for each in last.session.items if each.path == last.path and "processes" in each.fixturenames]
        if asking and all(each.stash.get(CALLED, False) for each in asking) and last.path not in self.started:
            pytest.fail(f"{last.path.name}: asks for `processes`, but nothing was started: `make test` can run it")


def mark_starts(items: list[pytest.Item]) -> None:
    """Give the marks that follow from what a test asks for."""
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in STARTING:
                item.add_marker(STARTING[fixture])
        if any(item.get_closest_marker(mark) for mark in STARTING.values()):
            item.add_marker("starts")


def watch_starts(config: pytest.Config) -> None:
    """From now on, in this process."""
    starts = Starts()
    config.pluginmanager.register(starts, "starts")
    sys.addaudithook(starts.tell)
    begin = BaseProcess.start

    def start(process: BaseProcess) -> None:
        starts.tell("os.fork", ("multiprocessing", process.name))
        begin(process)

    BaseProcess.start = start  # type: ignore[method-assign]


def _is_short(arguments: tuple[Any, ...]) -> bool:
    return any(each in str(arguments[:2]) for each in SHORT)


def _advice(item: pytest.Item, what: str) -> str:
    return (
        f"{item.nodeid} starts a process ({what}) and does not ask: `make test` starts none. Let it ask for "
        "the fixture `processes`, and it runs in `make test-all` (docs/decisions/0020)."
    )
