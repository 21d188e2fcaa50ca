"""Rows of mines and of their memberships."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam, case, delete, func, insert, select, update

from greenmine.domain.mine import DIRECTORIES, STAGES, Library, Membership, standing
from greenmine.domain.mine_name import name_key
from greenmine.store import tables
from greenmine.store.database import Tx
from greenmine.store.effects.entry import Entry

_CODES: Final = (
    "region", "scale", "method", "ownership", "activity", "production_date", "permit_from", "permit_until",
)  # fmt: skip
_TEXTS: Final = (
    "name", "holder", "credit_code", "mineral", "mineral_class", "capacity", "standard", "permit_no",
    "certificate_no", "place", "source",
)  # fmt: skip

_SETTLED: Final = update(tables.mine).where(tables.mine.c.id == bindparam("which"))
_MEMBERSHIPS: Final = select(tables.membership).where(tables.membership.c.mine == bindparam("which"))
_OPEN_NOTICES: Final = (
    select(func.count())
    .select_from(tables.notice_item.join(tables.notice, tables.notice_item.c.notice == tables.notice.c.id))
    .where(
        tables.notice_item.c.mine == bindparam("which"),
        tables.notice.c.state == "published",
        tables.notice.c.enters.is_not(None),
    )
)


def register(tx: Tx, entry: Entry) -> None:
    """mine.registered: a mine gets its page."""
    codes = {name: entry.fact(name) for name in _CODES}
    texts = {name: entry.text(name) for name in _TEXTS} | {"name": entry.title("name")}
    keys = {"name_key": name_key(texts["name"]), "holder_key": name_key(texts["holder"])}
    acts = {"status": "registered", "first_act": entry.n, "last_act": entry.n}
    tx.execute(insert(tables.mine), {"id": entry.object_id, **codes, **texts, **keys, **acts})
    _write_aliases(tx, entry.object_id, (entry.body or {}).get("aliases", ()))


def change(tx: Tx, entry: Entry) -> None:
    """mine.changed: facts corrected, with the reason in the body."""
    changes = dict((entry.body or {}).get("changes", {}))
    aliases = changes.pop("aliases", None)
    values: dict[str, Any] = {**dict(entry.fact("set") or {}), **changes}
    values.update(dict.fromkeys(entry.fact("cleared") or ()))
    if "name" in values:
        values["name_key"] = name_key(values["name"])
    if "holder" in values:
        values["holder_key"] = name_key(values["holder"])
    tx.execute(update(tables.mine).where(tables.mine.c.id == entry.object_id).values(**values, last_act=entry.n))
    if aliases is not None:
        tx.execute(delete(tables.mine_alias).where(tables.mine_alias.c.mine == entry.object_id))
        _write_aliases(tx, entry.object_id, aliases)


def enlist(tx: Tx, entry: Entry) -> None:
    """directory.listed: the mine enters a library; entering a directory or another stage ends its stage (LN-01)."""
    library = Library(entry.fact("library"))
    if library in STAGES or library in DIRECTORIES:
        end_memberships(tx, entry, entry.object_id, libraries=STAGES, by_removal=False)
    decision = {name: entry.text(name) for name in ("decision_no", "organ")}
    tx.execute(
        insert(tables.membership),
        {
            "act_in": entry.n,
            "mine": entry.object_id,
            "library": library,
            "batch": entry.text("batch_name"),
            **decision,
            "notice": entry.fact("notice"),
            "since": entry.valid_from,
            "ended_by_removal": False,
        },
    )
    settle(tx, entry.object_id, act=entry.n)


def end_memberships(tx: Tx, entry: Entry, mine: str, *, libraries: frozenset[Library], by_removal: bool) -> None:
    """End the mine's current memberships of these libraries on the day the act holds from.

    An old list recorded later than a newer one may say an earlier day: then the membership ends as it began.
    """
    membership = tables.membership
    until = case((membership.c.since > entry.valid_from, membership.c.since), else_=entry.valid_from)
    tx.execute(
        update(membership)
        .where(membership.c.mine == mine, membership.c.until.is_(None), membership.c.library.in_(libraries))
        .values(until=until, act_out=entry.n, ended_by_removal=by_removal)
    )


def settle(tx: Tx, mine: str, *, act: int) -> None:
    """Recompute the mine's status, level and listing day from its memberships and open entry notices."""
    memberships = _memberships(tx, mine)
    status, level = standing(memberships, in_notice=_in_open_notice(tx, mine))
    listed = [m.since for m in memberships if m.until is None and m.library in DIRECTORIES]
    listed_on = min(listed).isoformat() if listed else None
    stands = {"status": status, "level": level, "listed_on": listed_on, "last_act": act}
    tx.execute(_SETTLED, {"which": mine, **stands})


def _memberships(tx: Tx, mine: str) -> list[Membership]:
    rows = tx.execute(_MEMBERSHIPS, {"which": mine})
    return [
        Membership(
            Library(row.library),
            date.fromisoformat(row.since),
            date.fromisoformat(row.until) if row.until else None,
            row.ended_by_removal,
        )
        for row in rows
    ]


def _in_open_notice(tx: Tx, mine: str) -> bool:
    return bool(tx.execute(_OPEN_NOTICES, {"which": mine}).scalar_one())


def _write_aliases(tx: Tx, mine: str, aliases: Any) -> None:
    rows = [
        {"mine": mine, "position": position, "name": name, "name_key": name_key(name)}
        for position, name in enumerate(aliases)
    ]
    if rows:
        tx.execute(insert(tables.mine_alias), rows)


MINE_EFFECTS: Final[Mapping[str, Callable[[Tx, Entry], None]]] = {
    "mine.registered": register,
    "mine.changed": change,
    "directory.listed": enlist,
}
