"""Versions of mines: written by the projection of that name, read by lists of the past."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, FromClause, String, and_, cast, delete, insert, null, or_, select, update

from greenmine.domain.mine_history import Moment, Version, versions
from greenmine.domain.mine_name import name_key
from greenmine.store.database import Tx
from greenmine.store.mine_past import events_of
from greenmine.store.tables import membership, mine, mine_alias
from greenmine.store.tables_past import mine_version, mine_version_alias, mine_version_library

_TEXTS = frozenset(column.name for column in mine.c if column.server_default is not None)


@dataclass(frozen=True)
class Register:
    """What a list of mines is asked of, now or at a past moment: the columns are the same.

    :param mine: one row a mine, columns of ``mine``
    :param alias: columns of ``mine_alias``
    :param membership: columns ``act_in``, ``mine``, ``library``, ``batch``, ``since`` and ``until`` of ``membership``
    """

    mine: FromClause
    alias: FromClause
    membership: FromClause


def register_at(moment: Moment | None) -> Register:
    """The register at a moment; None is now."""
    if moment is None:
        return Register(mine, mine_alias, membership)
    held = _held(moment)
    own = select(*(mine_version.c[column.name] for column in mine.c)).where(held).subquery("mine_then")
    names, libraries = mine_version_alias.c, mine_version_library.c
    alias = (
        select(names.mine, names.position, names.name, names.name_key)
        .join(mine_version, _belongs(mine_version_alias))
        .where(held)
        .subquery("alias_then")
    )
    stays = (
        select(
            libraries.entered.label("act_in"),
            libraries.mine,
            libraries.library,
            libraries.batch,
            libraries.entered_on.label("since"),
            cast(null(), String).label("until"),
        )
        .join(mine_version, _belongs(mine_version_library))
        .where(held)
        .subquery("membership_then")
    )
    return Register(own, alias, stays)


def keep_versions(tx: Tx, numbers: Iterable[str], *, first: int) -> None:
    """Derive anew what acts numbered ``first`` and later make of these mines; twice changes nothing."""
    wanted = sorted(set(numbers))
    if not wanted:
        return
    _forget(tx, wanted, first)
    rows: dict[Any, list[Mapping[str, Any]]] = {mine_version: [], mine_version_alias: [], mine_version_library: []}
    for number, events in events_of(tx, wanted).items():
        ended, made = versions(events, first=first)
        for since, act_out in ended.items():
            open_one = (mine_version.c.id == number, mine_version.c.since == since.isoformat())
            tx.execute(update(mine_version).where(*open_one, mine_version.c.act_out.is_(None)).values(act_out=act_out))
        for version in made:
            rows[mine_version].append(_version(number, version))
            rows[mine_version_alias] += _aliases(number, version)
            rows[mine_version_library] += _libraries(number, version)
    for table, lines in rows.items():
        if lines:
            tx.execute(insert(table), lines)


def forget_versions(tx: Tx, numbers: Sequence[str] | None = None) -> None:
    """Forget the versions of these mines, of all when None: law has taken words away, or all is derived anew."""
    tx.execute(delete(mine_version).where(*(() if numbers is None else (mine_version.c.id.in_(numbers),))))


def _forget(tx: Tx, numbers: Sequence[str], first: int) -> None:
    own = mine_version.c.id.in_(numbers)
    tx.execute(delete(mine_version).where(own, mine_version.c.act_in >= first))
    tx.execute(update(mine_version).where(own, mine_version.c.act_out >= first).values(act_out=None))


def _held(moment: Moment) -> ColumnElement[bool]:
    day, columns = moment.day.isoformat(), mine_version.c
    holds = and_(columns.since <= day, or_(columns.until.is_(None), columns.until > day))
    if moment.acts is None:
        return and_(holds, columns.act_out.is_(None))
    known = or_(columns.act_out.is_(None), columns.act_out >= moment.acts)
    return and_(holds, columns.act_in < moment.acts, known)


def _belongs(table: Any) -> ColumnElement[bool]:
    return and_(
        table.c.mine == mine_version.c.id,
        table.c.act_in == mine_version.c.act_in,
        table.c.since == mine_version.c.since,
    )


def _version(number: str, version: Version) -> Mapping[str, Any]:
    state = version.state
    told = {column.name: state.values.get(column.name) for column in mine.c}
    texts = {name: told[name] or "" for name in _TEXTS}
    return {
        **told,
        **texts,
        "id": number,
        "name_key": name_key(state.values["name"]),
        "holder_key": name_key(texts["holder"]),
        "status": state.status,
        "level": state.level,
        "listed_on": _text(state.listed_on),
        "first_act": state.first_act,
        "last_act": state.last_act,
        "act_in": version.act_in,
        "since": version.since.isoformat(),
        "until": _text(version.until),
        "act_out": version.act_out,
    }


def _aliases(number: str, version: Version) -> list[Mapping[str, Any]]:
    names = version.state.values.get("aliases") or ()
    return [
        {**_key(number, version), "position": position, "name": name, "name_key": name_key(name)}
        for position, name in enumerate(names)
    ]


def _libraries(number: str, version: Version) -> list[Mapping[str, Any]]:
    return [
        {
            **_key(number, version),
            "entered": stay.act_in,
            "library": stay.library,
            "batch": stay.batch,
            "entered_on": stay.since.isoformat(),
        }
        for stay in version.state.current
    ]


def _key(number: str, version: Version) -> Mapping[str, Any]:
    return {"mine": number, "act_in": version.act_in, "since": version.since.isoformat()}


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
