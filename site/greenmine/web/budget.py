"""Budgets of public forms: how often a client may send something before a question is asked.

Counted beside the rates of the routes (security.py), in the same storage; unlike a rate, a budget that is used up
refuses nobody (abuse.py).
"""

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast

from flask import Flask, current_app
from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import MovingWindowRateLimiter

from greenmine.web.context import current_settings

BUDGETS: Final = "greenmine.budgets"


@dataclass(frozen=True)
class Budgets:
    """Counts in a moving window: so many in any ten minutes, not so many until the clock strikes."""

    windows: MovingWindowRateLimiter

    def take(self, rate: str, *names: str) -> bool:
        """Count one, unless the budget of these names is used up."""
        return self.windows.hit(_item(rate), *names)

    def wait(self, rate: str, *names: str) -> int:
        """Seconds (1 or more) until the next one is free."""
        return max(1, round(self.windows.get_window_stats(_item(rate), *names).reset_time - time.time() + 0.5))

    def add(self, amount: int, *names: str, seconds: int) -> int:
        """Count an amount; returns what these names have come to in so many seconds."""
        return int(self.windows.storage.incr("/".join(("GREENMINE-SUM", *names)), seconds, amount=amount))

    def is_first(self, *names: str, seconds: int) -> bool:
        """Tell these names; whether they are told for the first time in so many seconds."""
        return self.windows.storage.incr(_once(names), seconds) == 1

    def is_told(self, *names: str) -> bool:
        """Whether these names were told and not yet forgotten."""
        return self.windows.storage.get(_once(names)) > 0


def init_budgets(app: Flask, storage: Storage) -> None:
    """Hang the budgets on the application, in the storage of its rates."""
    app.extensions[BUDGETS] = Budgets(MovingWindowRateLimiter(storage))


def current_budgets() -> Budgets:
    """The budgets of this application."""
    return cast(Budgets, current_app.extensions[BUDGETS])


def budget_rate(name: str) -> str:
    """The rate that the settings give a budget: ``budget_sent`` is ``10 per hour``."""
    return cast(str, getattr(current_settings(), name))


def _once(names: tuple[str, ...]) -> str:
    return "/".join(("GREENMINE-ONCE", *names))


@lru_cache
def _item(rate: str) -> RateLimitItem:
    return parse(rate)
