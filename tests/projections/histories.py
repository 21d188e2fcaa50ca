"""Random histories by the real use cases, for projections that must say the same however the acts came."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final

from tests.desk import (
    NAYONG,
    NOON,
    PROVINCE_COLLEAGUE,
    PROVINCE_OFFICER,
    ZHIJIN,
    Desk,
    instant,
)
from tests.reference_data import reference
from tests.seats import seated

from greenmine.domain.errors import GreenmineError
from greenmine.domain.mine import Library
from greenmine.domain.reference import Reference
from greenmine.domain.region import COUNTRY
from greenmine.domain.seat import Role
from greenmine.projections.runner import Projection
from greenmine.store.act import ActRow
from greenmine.store.database import Tx
from greenmine.usecases.notice import withdraw_notice

EVERYWHERE: Final = seated(61, Role.PROVINCE, "000000")
GUIAN: Final = "520090"
PLACES: Final = (ZHIJIN, NAYONG, "520502", GUIAN, "520100", "520000", "330523", COUNTRY)
"""Counties, 贵安新区 (in none of the usual lists), a prefecture, a province, and a mine without a place."""
VERBS: Final = ("register", "enlist", "late", "move", "publish", "close", "withdraw", "remove", "remove", "aside")


class Killed(Exception):
    """The process died here."""


@dataclass(frozen=True)
class Dying:
    """A projection whose process dies between rows and cursor."""

    inner: Projection

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def version(self) -> int:
        return self.inner.version

    def reset(self, tx: Tx) -> None:
        self.inner.reset(tx)

    def take(self, tx: Tx, acts: Sequence[ActRow], *, reference: Reference) -> None:
        self.inner.take(tx, acts, reference=reference)
        raise Killed


def play(desk: Desk, rng: Random, *, steps: int, aside: Callable[[Desk, Random], None]) -> None:
    """What the rules refuse changes nothing.

    :param aside: done now and then between the acts; it may end in ``Killed``
    """
    mines: list[str] = []
    notices: list[tuple[str, str]] = []
    for step in range(steps):
        at = Desk(desk.database, now=instant(NOON.date() + timedelta(days=4 * step)))
        verb, pick, place = rng.choice(VERBS), rng.randrange(7), rng.choice(PLACES)
        with suppress(GreenmineError, Killed):
            if verb == "register" or not mines:
                mines.append(at.register(f"演示第{step}矿", region=place, officer=None))
            elif verb == "aside":
                aside(at, rng)
            elif verb in ("close", "withdraw") and notices:
                _end(at, verb, pick, *notices[pick % len(notices)])
            else:
                _on_mine(at, verb, pick, place, mines[pick % len(mines)], notices)


def _end(at: Desk, verb: str, pick: int, notice: str, number: str) -> None:
    if verb == "close":
        at.close(notice, *([number] if pick % 2 else []), reasons={} if pick % 2 else {number: "未达标"})
    else:
        with at.database.write() as tx:
            withdraw_notice(tx, notice, reason="误", reference=reference(), officer=PROVINCE_OFFICER, at=at.now)


def _on_mine(at: Desk, verb: str, pick: int, place: str, number: str, notices: list[tuple[str, str]]) -> None:
    if verb == "enlist":
        at.enlist(number, list(Library)[pick])
    elif verb == "late":
        at.enlist(number, list(Library)[pick], since=at.now.date() - timedelta(days=40 * pick))
    elif verb == "move":
        at.correct(number, region=place, officer=EVERYWHERE)
    elif verb == "publish":
        notices.append((at.publish(number, first_day=at.now.date()), number))
    elif verb == "remove":
        at.decide(at.propose(number, officer=PROVINCE_COLLEAGUE))
