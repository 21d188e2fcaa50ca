"""A mine as it was: valid on a day, as known now or then (design.md "Versions and time"), folded from its acts."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import case, select

from greenmine.domain.act import kinds_where
from greenmine.domain.instant import day_ends, from_utc_text, legal_day, utc_text
from greenmine.domain.mine import Activity, Level, Library, Method, MineStatus, Ownership, Scale, lost_with
from greenmine.domain.mine_facts import CODES, MineFacts
from greenmine.domain.mine_history import (
    Enlisted,
    Event,
    MineState,
    Moment,
    NoticeOpened,
    NoticeShut,
    Struck,
    Told,
    state_on,
)
from greenmine.store.act import size
from greenmine.store.database import Tx
from greenmine.store.effects.entry import Entry
from greenmine.store.mine import MembershipRow
from greenmine.store.tables import act, act_subject, document

_TOLD: Final = kinds_where(lambda kind: kind.tells_mine)
MOVING: Final = kinds_where(lambda kind: kind.moves_mine)


@dataclass(frozen=True)
class PastMine:
    """Facts and standing at a moment; ``memberships`` are those that had begun, newest first, open ones without end."""

    moment: Moment
    facts: MineFacts
    status: MineStatus
    level: Level | None
    listed_on: date | None
    memberships: tuple[MembershipRow, ...]


def known_by(tx: Tx, day: date) -> int:
    """How many acts were recorded by the end of a legal day."""
    last, low, high = utc_text(day_ends(day)), 0, size(tx)
    while low < high:  # acts stand in the order of their instants
        middle = (low + high) // 2
        at = tx.execute(select(act.c.at).where(act.c.n == middle)).scalar_one()
        low, high = (middle + 1, high) if at <= last else (low, middle)
    return low


def mine_on(tx: Tx, number: str, memberships: Iterable[MembershipRow], *, moment: Moment) -> PastMine | None:
    """The mine at a moment; None while it was not registered, or not known."""
    events = events_of(tx, [number])[number]
    state = state_on([event for event in events if moment.acts is None or event.n < moment.acts], moment.day)
    if state is None:
        return None
    facts = facts_of(state.values)
    return PastMine(moment, facts, state.status, state.level, state.listed_on, tuple(_stood(memberships, state)))


def facts_as_seen(tx: Tx, number: str, *, act: int) -> MineFacts | None:
    """The mine's facts after the act with this number: what an officer saw who opened a form then."""
    state = state_on([event for event in events_of(tx, [number])[number] if event.n <= act], date.max)
    return None if state is None else facts_of(state.values)


def events_of(tx: Tx, numbers: Iterable[str]) -> Mapping[str, Sequence[Event]]:
    """What happened to each of these mines, in the order of the acts."""
    found: dict[str, list[Event]] = {number: [] for number in sorted(set(numbers))}
    for number, entry, kind in _entries(tx, found):
        found[number] += _events(entry, kind)
    return {number: sorted(events, key=lambda event: event.n) for number, events in found.items()}


def facts_of(values: Mapping[str, Any]) -> MineFacts:
    """Facts by name, as acts hold them, in their shapes."""
    shaped = {name: value for name, value in values.items() if value is not None}
    return MineFacts(**{name: _SHAPES[name](value) if name in _SHAPES else value for name, value in shaped.items()})


def _entries(tx: Tx, numbers: Iterable[str]) -> Iterator[tuple[str, Entry, str]]:
    """Mine, act and its kind; words only where they are the mine's own. No body: law took it away."""
    names = {f"mine/{number}": number for number in numbers}
    words = case((act.c.kind.in_(_TOLD), document.c.content)).label("words")
    query = (
        select(act_subject.c.object, act.c.n, act.c.kind, act.c.entry, words, document.c.removed_by)
        .select_from(act_subject)
        .join(act, act.c.n == act_subject.c.n)
        .outerjoin(document, document.c.sha256 == act.c.body)
        .where(act_subject.c.object.in_(names), act.c.kind.in_(MOVING))
    )
    for row in tx.execute(query):
        told = json.loads(row.words) if row.words is not None else {}
        body = told if row.removed_by is None else None
        yield names[row.object], Entry(row.n, json.loads(row.entry), body), row.kind


def _events(entry: Entry, kind: str) -> Iterator[Event]:
    n, day, body = entry.n, date.fromisoformat(entry.valid_from), entry.body or {}
    match kind:
        case "mine.registered":
            yield Told(n, day, {**{name: entry.fact(name) for name in CODES}, **body, "name": entry.title("name")})
        case "mine.changed":
            values = {**(entry.fact("set") or {}), **body.get("changes", {})}
            yield Told(n, day, values | dict.fromkeys(entry.fact("cleared") or ()))
        case "directory.listed":
            yield Enlisted(n, day, Library(entry.fact("library")), entry.text("batch_name"))
        case "removal.decided" if entry.fact("outcome") == "removed":
            yield Struck(n, day, lost_with(Level(entry.fact("level"))))
        case "notice.published" if entry.fact("enters") and entry.body is not None:  # its list went with its words
            yield NoticeOpened(n, day, entry.object_id)
        case "notice.closed" | "notice.withdrawn":
            yield NoticeShut(n, legal_day(from_utc_text(entry.at)), entry.object_id)
        case _:
            yield Event(n, day)


def _stood(memberships: Iterable[MembershipRow], state: MineState) -> Iterator[MembershipRow]:
    stays = {stay.act_in: stay for stay in state.stays}
    for row in memberships:
        if (stay := stays.get(row.act_in)) is not None:
            yield replace(row, until=stay.until, act_out=stay.act_out, ended_by_removal=stay.by_removal)


_SHAPES: Final[Mapping[str, Any]] = {
    "aliases": tuple,
    "scale": Scale,
    "method": Method,
    "ownership": Ownership,
    "activity": Activity,
    "production_date": date.fromisoformat,
    "permit_from": date.fromisoformat,
    "permit_until": date.fromisoformat,
}
