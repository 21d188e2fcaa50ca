"""What lies in the officer's own regions: the lists that queues and list pages are made from."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, TypeVar

from flask import request

from greenmine.domain.errors import NotFound
from greenmine.domain.import_preview import KnownMine
from greenmine.domain.mine_name import name_key
from greenmine.domain.notice import NoticeState
from greenmine.domain.officer import Deed, Officer, notice_levels, require
from greenmine.domain.region import Regions
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.mine import known_mines
from greenmine.store.notice import NoticeFilter, NoticeRow, list_notices
from greenmine.store.removal import RemovalFilter, RemovalRow, list_removals
from greenmine.web.paging import PER_PAGE, Pager, paging, read_page_number

MOST: Final = 200
"""Most lines of a queue: what waits longer comes up as the others are done."""

Row = TypeVar("Row")


def require_here(officer: Officer, deed: Deed, *, region: str, regions: Regions) -> None:
    """Let the officer open an object for a deed.

    Raises NotFound outside the seat's reach: the desk tells nobody what lies on another one, published or not
    (trust.md 13, ASVS 8.2.2). Raises NotAllowed inside them, when the role may not do the deed.
    """
    if not officer.seat.within(region, regions):
        raise NotFound("desk.elsewhere", N_("您的辖区内没有这一事项；已公布的内容可在公开页面查看。"))
    require(officer, deed, region=region, regions=regions)


def own_notices(
    tx: Tx, officer: Officer, *, now: datetime, states: tuple[NoticeState, ...] = (), mine_only: bool = False
) -> Sequence[NoticeRow]:
    """Notices issued for the officer's regions, newest first, at most 200.

    :param mine_only: only those of a level the officer may close, correct or withdraw
    """
    levels = tuple(notice_levels(officer)) if mine_only else None
    wanted = NoticeFilter(within=(officer.seat.region,), states=states, levels=levels)
    return list_notices(tx, wanted, now=now, limit=MOST)[0]


def own_removals(tx: Tx, officer: Officer, *, state: str) -> Sequence[RemovalRow]:
    """Removals of mines in the officer's regions, newest first, at most 200."""
    return list_removals(tx, RemovalFilter(state=state, within=(officer.seat.region,)), limit=MOST)[0]


def paged(path: str, read: Callable[[int, int], tuple[Sequence[Row], int]]) -> tuple[Sequence[Row], Pager]:
    """The rows of the page that the address asks for, and where it stands.

    :param read: rows for a limit and an offset, and how many there are in all
    Raises NotFound for a page the list does not have.
    """
    number = read_page_number(request.args.get("page", ""))
    rows, total = read(PER_PAGE, (number - 1) * PER_PAGE)
    return rows, paging(path, total=total, number=number)


def known_in(tx: Tx, region: str, regions: Regions) -> list[KnownMine]:
    """Every registered mine of a region and of those below it, as names are compared."""
    return [
        KnownMine(row.id, row.name, row.holder, row.region, row.name_key or name_key(row.name))
        for row in known_mines(tx)
        if regions.contains(region, row.region)
    ]
