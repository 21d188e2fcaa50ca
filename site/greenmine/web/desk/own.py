"""What lies in the officer's own regions: the lists that queues and list pages are made from."""

from datetime import datetime
from typing import Final

from greenmine.domain.errors import NotFound
from greenmine.domain.import_preview import KnownMine
from greenmine.domain.mine_name import name_key
from greenmine.domain.notice import NoticeState
from greenmine.domain.officer import NOTICE_LEVELS, Deed, Officer, require
from greenmine.domain.region import Regions
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.figure import region_prefix
from greenmine.store.mine import known_mines
from greenmine.store.notice import NoticeFilter, NoticeRow, list_notices
from greenmine.store.removal import RemovalFilter, RemovalRow, list_removals

MOST: Final = 200


def require_here(officer: Officer, deed: Deed, *, region: str, regions: Regions) -> None:
    """Let the officer open an object for a deed.

    Raises NotFound outside the officer's regions: the desk tells nobody what lies on another one, published or not
    (trust.md 13, ASVS 8.2.2). Raises NotAllowed inside them, when the role may not do the deed.
    """
    if not any(regions.contains(own, region) for own in officer.regions):
        raise NotFound("desk.elsewhere", N_("您的辖区内没有这一事项；已公布的内容可在公开页面查看。"))
    require(officer, deed, region=region, regions=regions)


def own_notices(
    tx: Tx, officer: Officer, *, now: datetime, states: tuple[NoticeState, ...] = (), mine_only: bool = False
) -> list[NoticeRow]:
    """Notices issued for the officer's regions, newest first, at most 200.

    :param mine_only: only those of a level the officer may close, correct or withdraw
    """
    found: dict[str, NoticeRow] = {}
    for code in sorted(officer.regions):
        wanted = NoticeFilter(region_prefix=region_prefix(code), states=states)
        rows, _total = list_notices(tx, wanted, now=now, limit=MOST)
        found |= {row.id: row for row in rows}
    levels = NOTICE_LEVELS.get(officer.role, frozenset())
    kept = [row for row in found.values() if not mine_only or row.level in levels]
    return sorted(kept, key=lambda row: (row.published_at, row.id), reverse=True)[:MOST]


def own_removals(tx: Tx, officer: Officer, *, state: str | None) -> list[RemovalRow]:
    """Removals of mines in the officer's regions, newest first, at most 200."""
    found: dict[str, RemovalRow] = {}
    for code in sorted(officer.regions):
        wanted = RemovalFilter(state=state, region_prefix=region_prefix(code))
        rows, _total = list_removals(tx, wanted, limit=MOST)
        found |= {row.id: row for row in rows}
    return sorted(found.values(), key=lambda row: row.last_act, reverse=True)[:MOST]


def known_in(tx: Tx, region: str, regions: Regions) -> list[KnownMine]:
    """Every registered mine of a region and of those below it, as names are compared."""
    return [
        KnownMine(row.id, row.name, row.holder, row.region, row.name_key or name_key(row.name))
        for row in known_mines(tx)
        if regions.contains(region, row.region)
    ]
