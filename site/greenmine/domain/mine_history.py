"""A mine in two times: what held on a day, as known after an act (design.md "Versions and time").

Everything is folded from the mine's own events in the order in which they were recorded. An event holds from its
``day``, which may lie before or after those recorded earlier (old lists are imported late).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from greenmine.domain.mine import DIRECTORIES, STAGES, Level, Library, Membership, MineStatus, standing


@dataclass(frozen=True)
class Moment:
    """A point of both times.

    :param day: what held at the end of this legal day
    :param acts: as known when this many acts were recorded; None is now
    """

    day: date
    acts: int | None = None


@dataclass(frozen=True)
class Event:
    """An act that concerns the mine without moving it (a removal proposed or refused); the others say what it did.

    :param n: number of the act
    :param day: legal day from which it holds
    """

    n: int
    day: date


@dataclass(frozen=True)
class Told(Event):
    """Facts told of the mine, by name; the first one registers it."""

    values: Mapping[str, Any]


@dataclass(frozen=True)
class Enlisted(Event):
    """Taken into a library; a directory or another stage ends the stage before it (LN-01)."""

    library: Library
    batch: str


@dataclass(frozen=True)
class Struck(Event):
    """Removed from these libraries."""

    libraries: frozenset[Library]


@dataclass(frozen=True)
class NoticeOpened(Event):
    """Named by an entry notice."""

    notice: str


@dataclass(frozen=True)
class NoticeShut(Event):
    """That notice was closed or withdrawn."""

    notice: str


@dataclass(frozen=True)
class Stay:
    """A membership and the acts that began and ended it; ``until`` is the first day it no longer held."""

    library: Library
    batch: str
    since: date
    act_in: int
    until: date | None = None
    act_out: int | None = None
    by_removal: bool = False

    def on(self, day: date) -> "Stay":
        """As it stood then: an end that came later had not come."""
        if self.until is None or self.until <= day:
            return self
        return replace(self, until=None, act_out=None, by_removal=False)


@dataclass(frozen=True)
class MineState:
    """What held of a mine: facts by name, standing, memberships that had begun (oldest act first).

    :param listed_on: earliest day of its current directories
    :param first_act: the act that registered it
    :param last_act: the latest act that holds
    """

    values: Mapping[str, Any]
    status: MineStatus
    level: Level | None
    listed_on: date | None
    stays: tuple[Stay, ...]
    first_act: int
    last_act: int

    @property
    def current(self) -> tuple[Stay, ...]:
        """The memberships that had not ended."""
        return tuple(stay for stay in self.stays if stay.until is None)


@dataclass(frozen=True)
class Version:
    """A state that held from ``since`` until before ``until``, and was known from ``act_in`` until before ``act_out``.

    None is without end: it holds, it is known now.
    """

    since: date
    until: date | None
    act_in: int
    act_out: int | None
    state: MineState


_EARLIER: Final = -1
"""Stands for the act of a version that was known before those asked for."""


def state_on(events: Sequence[Event], day: date) -> MineState | None:
    """What held at the end of ``day``; None while nothing did.

    An old list may say that the mine stood in a directory before the day from which its facts were told: then those
    told first stand for it.

    :param events: of one mine, in the order of their numbers
    """
    return _state(events, _stays(events), day)


def versions(events: Sequence[Event], *, first: int = 0) -> tuple[Mapping[date, int], list[Version]]:
    """How acts numbered ``first`` and later change what is known.

    :param events: of one mine, in the order of their numbers
    :returns: of the versions known before ``first`` and no longer, the first day and the act that replaced them; and
        the versions known since
    """
    known = {span: (_EARLIER, state) for span, state in _spans([each for each in events if each.n < first]).items()}
    made: list[Version] = []
    for number in sorted({event.n for event in events if event.n >= first}):
        now = _spans([event for event in events if event.n <= number])
        kept = {span: known[span] for span, state in now.items() if span in known and known[span][1] == state}
        made += (Version(*span, act_in, number, state) for span, (act_in, state) in known.items() if span not in kept)
        known = {span: kept.get(span, (number, state)) for span, state in now.items()}
    made += (Version(*span, act_in, None, state) for span, (act_in, state) in known.items())
    ended = {each.since: each.act_out for each in made if each.act_in == _EARLIER and each.act_out is not None}
    return ended, [each for each in made if each.act_in != _EARLIER]


def _spans(events: Sequence[Event]) -> dict[tuple[date, date | None], MineState]:
    """Days from which and before which each state holds, as these events say it; equal neighbours are one."""
    stays = _stays(events)
    found: list[tuple[date, MineState]] = []
    for day in sorted({event.day for event in events}):
        state = _state(events, stays, day)
        if state is not None and (not found or found[-1][1] != state):
            found.append((day, state))
    ends: list[date | None] = [*(since for since, _state in found), None]
    return {(since, until): state for (since, state), until in zip(found, ends[1:], strict=True)}


def _state(events: Sequence[Event], stays: Iterable[Stay], day: date) -> MineState | None:
    held = [event for event in events if event.day <= day]
    told = [event for event in events if isinstance(event, Told)]
    if not told or not held:
        return None
    begun = tuple(stay.on(day) for stay in stays if stay.since <= day)
    status, level = standing(map(_plain, begun), in_notice=_in_notice(held))
    listed = [stay.since for stay in begun if stay.until is None and stay.library in DIRECTORIES]
    values = dict(told[0].values)
    for event in told[1:]:
        values |= event.values if event.day <= day else {}
    return MineState(values, status, level, min(listed, default=None), begun, told[0].n, held[-1].n)


def _in_notice(held: Iterable[Event]) -> bool:
    shut = {event.notice for event in held if isinstance(event, NoticeShut)}
    return any(event.notice not in shut for event in held if isinstance(event, NoticeOpened))


def _plain(stay: Stay) -> Membership:
    return Membership(stay.library, stay.since, stay.until, stay.by_removal)


def _stays(events: Iterable[Event]) -> tuple[Stay, ...]:
    """Every membership with its end, as these events say it."""
    stays: list[Stay] = []
    for event in events:
        match event:
            case Enlisted(library=library):
                if library in STAGES or library in DIRECTORIES:
                    stays = list(_ended(stays, event, STAGES, by_removal=False))
                stays.append(Stay(library, event.batch, event.day, event.n))
            case Struck(libraries=libraries):
                stays = list(_ended(stays, event, libraries, by_removal=True))
    return tuple(stays)


def _ended(stays: Iterable[Stay], event: Event, libraries: frozenset[Library], *, by_removal: bool) -> Iterator[Stay]:
    """An old list recorded later than a newer one may say an earlier day: then the membership ends as it began."""
    for stay in stays:
        if stay.until is None and stay.library in libraries:
            yield replace(stay, until=max(stay.since, event.day), act_out=event.n, by_removal=by_removal)
        else:
            yield stay
