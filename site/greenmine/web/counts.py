"""Where rates and budgets are counted: in the memory of this process, or in a Redis that many nodes share.

The storage in memory that comes with ``limits`` starts a thread at nearly every request, to forget what is over; twenty
requests at once made such threads trip over each other (KeyError in ``threading._limbo``). Here whoever counts next
forgets it, at most every ``SWEEP_SECONDS``: what is kept never outgrows what was counted within the longest window.
"""

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Final, cast

from flask import Flask, current_app
from flask_limiter import Limiter
from limits.storage import MovingWindowSupport, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter, RateLimiter

COUNTS: Final = "greenmine.counts"
IN_MEMORY: Final = "greenmine-memory://"
SWEEP_SECONDS: Final = 10.0


@dataclass
class Window:
    """When entries of one key were made, oldest first, in seconds of ``time.time()``; each counts ``seconds`` long."""

    seconds: float
    made: deque[float] = field(default_factory=deque)

    def forget(self, now: float) -> None:
        """Drop what counts no more."""
        while self.made and self.made[0] <= now - self.seconds:
            self.made.popleft()


class MemoryCounts(Storage, MovingWindowSupport):
    """Counts of this process, safe for its threads; starts none."""

    STORAGE_SCHEME = [IN_MEMORY.removesuffix("://")]  # noqa: RUF012 - ``limits`` declares it so

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self.counted: dict[str, tuple[int, float]] = {}
        """How much, and until when (seconds of ``time.time()``)."""
        self.windows: dict[str, Window] = {}
        self._turn = threading.Lock()
        self._sweep_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count an amount; what the key has come to since its first one, ``expiry`` seconds long."""
        with self._turn:
            now = self._swept()
            known, until = self.counted.get(key, (0, now))
            if until <= now:
                known, until = 0, now + expiry
            self.counted[key] = known + amount, until
            return known + amount

    def get(self, key: str) -> int:
        """What the key has come to; 0 when that is over."""
        amount, until = self.counted.get(key, (0, 0.0))
        return amount if until > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """Until when the key counts; now, when it does not."""
        return self.counted.get(key, (0, time.time()))[1]

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Make so many entries at once, unless the last ``expiry`` seconds would hold more than ``limit``."""
        with self._turn:
            now = self._swept()
            window = self.windows.get(key) or Window(expiry)
            window.forget(now)
            if len(window.made) + amount > limit:
                return False
            window.made.extend([now] * amount)
            self.windows[key] = window
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest entry that counts was made (now, when there is none), and how many count."""
        with self._turn:
            now = time.time()
            window = self.windows.get(key)
            counting = [made for made in window.made if made > now - expiry] if window else []
            return (counting[0], len(counting)) if counting else (now, 0)

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def reset(self) -> int:
        """Forget everything; how many keys that were."""
        with self._turn:
            keys = len(self.counted) + len(self.windows)
            self.counted.clear()
            self.windows.clear()
            return keys

    def clear(self, key: str) -> None:
        """Forget one key."""
        with self._turn:
            self.counted.pop(key, None)
            self.windows.pop(key, None)

    def _swept(self) -> float:
        """Now; every few seconds everything that is over is forgotten on the way. Holds the turn."""
        now = time.time()
        if now >= self._sweep_at:
            self._sweep_at = now + SWEEP_SECONDS
            self.counted = {key: counted for key, counted in self.counted.items() if counted[1] > now}
            for window in self.windows.values():
                window.forget(now)
            self.windows = {key: window for key, window in self.windows.items() if window.made}
        return now


class SiteLimiter(Limiter):
    """Counts in the storage of the application that answers, so that the same pages can be furnished again."""

    @property
    def storage(self) -> Storage:
        return self.limiter.storage

    @property
    def limiter(self) -> RateLimiter:
        return cast(RateLimiter, current_app.extensions[COUNTS])


def init_counts(app: Flask, uri: str) -> Storage:
    """Give the application a storage of its own: ``memory://`` or ``redis://…``."""
    storage = storage_from_string(IN_MEMORY if uri == "memory://" else uri)
    app.extensions[COUNTS] = FixedWindowRateLimiter(storage)
    return cast(Storage, storage)
