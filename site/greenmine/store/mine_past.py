"""A mine as it was on a past day: valid then, as known now (design.md "Versions and time").

Facts are folded from the mine's own acts, standing from its memberships and the notices that named it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import func, or_, select

from greenmine.domain.instant import day_ends, utc_text
from greenmine.domain.mine import (
    DIRECTORIES,
    Activity,
    Level,
    Membership,
    Method,
    MineStatus,
    Ownership,
    Scale,
    standing,
)
from greenmine.domain.mine_facts import CODES, MineFacts
from greenmine.store.act import ActRow, acts_of
from greenmine.store.database import Tx
from greenmine.store.mine import MembershipRow
from greenmine.store.tables import notice, notice_item

MOST_ACTS: Final = 10_000
"""More acts than any mine will ever have; the fold needs all of them."""


@dataclass(frozen=True)
class PastMine:
    """Facts and standing at the end of a legal day; ``memberships`` are those that had begun, open ones without end."""

    day: date
    facts: MineFacts
    status: MineStatus
    level: Level | None
    listed_on: date | None
    memberships: tuple[MembershipRow, ...]


def mine_on(tx: Tx, number: str, memberships: Iterable[MembershipRow], *, day: date) -> PastMine | None:
    """The mine at the end of ``day``; None while it was not registered yet (or does not exist)."""
    values = _folded(reversed(acts_of(tx, f"mine/{number}", limit=MOST_ACTS)), number, day.isoformat())
    if values is None:
        return None
    known = tuple(_as_of(each, day) for each in memberships if each.since <= day)
    current = [each for each in known if each.until is None]
    status, level = standing((_plain(each) for each in known), in_notice=_in_notice(tx, number, day))
    listed = [each.since for each in current if each.library in DIRECTORIES]
    return PastMine(day, _facts(values), status, level, min(listed, default=None), known)


def facts_as_seen(tx: Tx, number: str, *, act: int) -> MineFacts | None:
    """The mine's facts after the act with this number: what an officer saw who opened a form then."""
    acts = [each for each in acts_of(tx, f"mine/{number}", limit=MOST_ACTS) if each.n <= act]
    values = _folded(reversed(acts), number, date.max.isoformat())
    return None if values is None else _facts(values)


def _folded(acts: Iterable[ActRow], number: str, day: str) -> Mapping[str, Any] | None:
    """The mine's facts by name, as acts valid by ``day`` say them, oldest first."""
    values: dict[str, Any] | None = None
    for act in acts:
        if act.object != f"mine/{number}" or act.valid_from > day:
            continue
        body = act.body or {}
        if act.kind == "mine.registered":
            values = {name: act.fact(name) for name in CODES} | body
        elif act.kind == "mine.changed" and values is not None:
            values |= {**(act.fact("set") or {}), **body.get("changes", {})}
            values |= dict.fromkeys(act.fact("cleared") or ())
    return values


def _facts(values: Mapping[str, Any]) -> MineFacts:
    shaped = {name: value for name, value in values.items() if value is not None}
    for name, kind in _SHAPES.items():
        if name in shaped:
            shaped[name] = kind(shaped[name])
    return MineFacts(**{"name": "", **shaped})


def _as_of(row: MembershipRow, day: date) -> MembershipRow:
    """The membership as it stood then: an end that came later had not come."""
    if row.until is None or row.until <= day:
        return row
    return replace(row, until=None, act_out=None, ended_by_removal=False)


def _plain(row: MembershipRow) -> Membership:
    return Membership(row.library, row.since, row.until, row.ended_by_removal)


def _in_notice(tx: Tx, number: str, day: date) -> bool:
    """Whether an entry notice that names the mine was open at the end of the day."""
    still_open = or_(notice.c.closed_at.is_(None), notice.c.closed_at > utc_text(day_ends(day)))
    query = (
        select(func.count())
        .select_from(notice_item.join(notice, notice_item.c.notice == notice.c.id))
        .where(
            notice_item.c.mine == number,
            notice.c.enters.is_not(None),
            notice.c.published_on <= day.isoformat(),
            still_open,
        )
    )
    return bool(tx.execute(query).scalar_one())


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
