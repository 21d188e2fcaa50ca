"""A flood of forms, and an honest person in the middle of it (trust.md 4).

From one address, or from two hundred, forms come at 5,000 a minute. Meanwhile one person at an address of their own
fills in the same form again and again and must get a receipt each time, no answer taking five seconds. The data folder
may grow by no more than the cap.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.drill.visitor import Visitor
from tests.site_process import environment, free_port, running, until

HONEST = "127.0.0.9"
PER_MINUTE = 5_000
READING = 3.1
"""Seconds after which a form no longer looks filled in by a program."""
PATIENCE = 5.0
"""Seconds within which every answer to the honest person must come."""

Opened = tuple[str, dict[str, str]]
"""Where a form is sent, and its hidden values."""

Opening = Callable[[Visitor, int], Opened]
"""How an address of a flood comes by its form; the number is the address's place in the flood."""

Typing = Callable[[random.Random], dict[str, str]]
"""What is typed into a form of the flood: other words each time."""

Journey = Callable[[Visitor], str]
"""Fills in a form from its first page to the receipt; returns what stands on the receipt."""


@dataclass(frozen=True)
class Toll:
    """What a flood came to."""

    sent: int
    per_minute: float
    answers: dict[int, int]
    receipts: int
    slowest: float
    questions: int
    grown: int

    def __str__(self) -> str:
        told = ", ".join(f"{count} × {status}" for status, count in sorted(self.answers.items()))
        return (
            f"{self.sent} forms at {self.per_minute:.0f}/min ({told}); honest: {self.receipts} receipts, "
            f"slowest answer {self.slowest:.2f} s, {self.questions} questions; data grew by {self.grown / 1e6:.1f} MB"
        )


@dataclass(frozen=True)
class Site:
    """A running site."""

    port: int
    data: Path
    log: Path

    def size(self) -> int:
        """Bytes of everything below the data folder."""
        return sum(path.stat().st_size for path in self.data.rglob("*") if path.is_file())


@contextmanager
def running_site(folder: Path, *arguments: str, **settings: str) -> Iterator[Site]:
    """``python wsgi.py`` (or these arguments) on the folder, once it answers."""
    port, log = free_port(), folder / "log"
    env = environment(folder, GREENMINE_PORT=str(port), **settings)
    with running(arguments or ("wsgi.py",), env=env, log=log):
        site = Site(port, folder / "data", log)
        until(lambda: _answers(site), seconds=90, log=log)
        yield site


@dataclass
class Flood:
    """Threads that send the same forms over and over from many addresses, at a steady pace all together."""

    site: Site
    addresses: tuple[str, ...]
    opening: Opening
    typing: Typing = lambda chance: {"text": "垃圾" * 500 + str(chance.random())}
    per_minute: int = PER_MINUTE
    threads: int = 16
    answers: Counter[int] = field(default_factory=Counter)
    _stop: threading.Event = field(default_factory=threading.Event)
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _forms: dict[str, tuple[Visitor, str, dict[str, str]]] = field(default_factory=dict)
    _sent: int = 0
    _began: float = 0.0

    @contextmanager
    def running(self) -> Iterator["Flood"]:
        """Open a form at each address, let the seconds of a person pass, then send until the block is left."""
        for place, address in enumerate(self.addresses):
            visitor = Visitor(self.site.port, address)
            self._forms[address] = (visitor, *self.opening(visitor, place))
        time.sleep(READING)
        self._began = time.monotonic()
        workers = [threading.Thread(target=self._send, args=(number,)) for number in range(self.threads)]
        for worker in workers:
            worker.start()
        try:
            yield self
        finally:
            self._stop.set()
            for worker in workers:
                worker.join()

    @property
    def rate(self) -> float:
        """Forms a minute so far."""
        return sum(self.answers.values()) / (time.monotonic() - self._began) * 60

    def _send(self, number: int) -> None:
        chance = random.Random(number)
        while not self._stop.wait(self._pause()):
            visitor, target, values = self._forms[chance.choice(self.addresses)]
            try:
                seen = visitor.post_once(target, {**values, **self.typing(chance)})
            except OSError:
                self.answers[0] += 1
            else:
                self.answers[seen.status] += 1

    def _pause(self) -> float:
        """Seconds until the next form of all threads together is due."""
        with self._turn:
            self._sent += 1
            due = self._began + self._sent * 60 / self.per_minute
        return max(0.0, due - time.monotonic())


def addresses(number: int) -> tuple[str, ...]:
    """So many addresses of loopback, none of them the honest person's."""
    return tuple(f"127.0.{1 + place // 250}.{1 + place % 250}" for place in range(number))


def drill(
    site: Site,
    journey: Journey,
    *,
    opening: Opening,
    number: int,
    seconds: float,
    every: float,
    at_least: int = 0,
    patience: float = PATIENCE,
) -> Toll:
    """Flood for so long; the honest person begins a form every so many seconds. Raises AssertionError.

    :param at_least: so many forms must have been sent, and two receipts received, however slow the machine
    """
    before, receipts, person = site.size(), [], Visitor(site.port, HONEST)
    flood = Flood(site, addresses(number), opening)
    with flood.running():
        end = time.monotonic() + seconds
        while time.monotonic() < end or sum(flood.answers.values()) < at_least or len(receipts) < 2:
            began = time.monotonic()
            person.cookies.clear()
            receipts.append(journey(person))
            time.sleep(max(0.0, min(end, began + every) - time.monotonic()))
        rate = flood.rate
    assert len(set(receipts)) == len(receipts) and all(receipts), "a receipt each time"
    assert person.slowest < patience, f"the honest person waited {person.slowest:.1f} s"
    assert not {status for status in flood.answers if status == 0 or status >= 500}, flood.answers
    sent = sum(flood.answers.values())
    grown = site.size() - before
    return Toll(sent, rate, dict(flood.answers), len(receipts), person.slowest, person.asked, grown)


def _answers(site: Site) -> bool:
    try:
        return Visitor(site.port, HONEST).ask("GET", "/static/gm.css").status == 200
    except OSError:
        return False
