"""``/log`` and ``/log/entries``: what the log is, how it stands, how to check it, and its list of entries.

Source: log-spec.md 5, 9; ZJ-15 全过程留痕.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import request
from flask.typing import ResponseReturnValue

from greenmine.domain.errors import NotFound
from greenmine.domain.noun import ENTRY, public_address
from greenmine.domain.text import N_
from greenmine.projections.feed import MEDIA_TYPES, Format
from greenmine.store.act import ActRow
from greenmine.store.act import size as log_size
from greenmine.store.database import Tx
from greenmine.store.log import Head, log_origin, newest_head
from greenmine.store.log_key import KeyRow, log_keys, signing_keys
from greenmine.store.log_read import entries_before, newest_cosignature, newest_signed
from greenmine.tlog.policy import Policy
from greenmine.usecases.log_witness import WITNESS_FAULT_LABELS, WitnessStanding, witness_standings
from greenmine.web.act_words import act_moment, act_title
from greenmine.web.context import current_services
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Alternate, Crumb, Page, render
from greenmine.web.paging import PER_PAGE
from greenmine.web.public.log_feed import PATH as FEED
from greenmine.web.routing import Route

NEWEST: Final = 10
"""Entries shown on the page of the log itself."""
STALE: Final = timedelta(hours=24)
"""Witnesses confirm the head every hour; a day without any is told in red (log-spec.md 5)."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How the log stands.

    :param signed: the newest signed head, None while none is
    :param unsigned: how many entries no signed head covers
    :param witnesses: names of the witnesses; ``seen``: the latest time one of them has named
    :param watch: how each of them stands
    """

    origin: str
    entries: int
    head: Head | None
    signed: Head | None
    keys: tuple[KeyRow, ...]
    signing: frozenset[bytes]
    witnesses: tuple[str, ...]
    seen: datetime | None
    watch: tuple[WitnessStanding, ...]
    now: datetime

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the witnesses that have not confirmed a head within a day."""
        return tuple(each.name for each in self.watch if each.is_missing)

    @property
    def unsigned(self) -> int:
        """Entries that no signed head covers."""
        return self.entries - (self.signed.checkpoint.size if self.signed else 0)

    @property
    def awaits_signature(self) -> bool:
        """Whether the newest head bears no signature of the log."""
        return self.signed is None or self.unsigned > 0

    @property
    def witnesses_stale(self) -> bool:
        """Whether no witness has confirmed a head within a day; never while none is configured."""
        return bool(self.witnesses) and (self.seen is None or self.now - self.seen > STALE)

    @property
    def root(self) -> str:
        """The root of the newest signed head in base64, as its second line of a checkpoint writes it."""
        return self.signed.checkpoint.text.split("\n")[2] if self.signed else ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """An entry in a list."""

    n: int
    at: datetime
    title: str
    object: str
    href: str


def log() -> ResponseReturnValue:
    """``/log``."""
    services = current_services()
    with services.database.read() as tx:
        standing = standing_of(tx, now=services.clock(), witnesses=services.witnesses)
        newest = lines_of(entries_before(tx, log_size(tx), limit=NEWEST))
    heads = Alternate(title=_("每日记录头"), href=f"{FEED}.atom", kind=MEDIA_TYPES[Format.ATOM])
    page = Page(
        title=_("公开记录库"),
        section="/about",
        crumbs=(Crumb(_("关于本站"), "/about"),),
        canonical="/log",
        description=_("本站每一件公开事项都按顺序记录，可以独立核验，不必相信本站。"),
        feeds=(heads,) if standing else (),
    )
    site_url = services.settings.site_url
    return render(
        "log/log.html",
        page,
        standing=standing,
        faults=WITNESS_FAULT_LABELS,
        newest=newest,
        site_url=site_url,
        feed=FEED,
    )


def entries() -> ResponseReturnValue:
    """``/log/entries``: newest first; ``?before=<n>`` goes on, so that a page stays the same while the log grows."""
    asked = request.args.get("before", "")
    if asked and not re.fullmatch(r"[1-9][0-9]{0,8}", asked):
        raise NotFound("page.number", N_("没有这一页。"))
    with current_services().database.read() as tx:
        size = log_size(tx)
        before = int(asked) if asked else size
        if before > size:
            raise NotFound("page.number", N_("没有这一页。"))
        found = lines_of(entries_before(tx, before, limit=PER_PAGE))
    page = Page(
        title=_("全部记录"),
        section="/about",
        crumbs=(Crumb(_("关于本站"), "/about"), Crumb(_("公开记录库"), "/log")),
        noindex=bool(asked),
    )
    older = found[-1].n if found and found[-1].n > 0 else None
    newer = min(before + PER_PAGE, size) if before < size else None
    return render("log/entries.html", page, lines=found, size=size, older=older, newer=newer)


def standing_of(tx: Tx, *, now: datetime, witnesses: Policy) -> Standing | None:
    """How the log stands; None before it has begun."""
    origin = log_origin(tx)
    if origin is None:
        return None
    return Standing(
        origin=origin,
        entries=log_size(tx),
        head=newest_head(tx),
        signed=newest_signed(tx),
        keys=log_keys(tx),
        signing=frozenset(key.id for key in signing_keys(tx, at=now)),
        witnesses=tuple(each.name for each in witnesses.witnesses),
        seen=newest_cosignature(tx, [each.key.id for each in witnesses.witnesses]),
        watch=witness_standings(tx, witnesses, now=now),
        now=now,
    )


def lines_of(rows: Iterable[ActRow]) -> list[Line]:
    """Entries as lines of a list: the kind of act and what it concerns, never its words."""
    return [
        Line(n=row.n, at=act_moment(row), title=act_title(row.kind), object=row.object, href=public_address(row.object))
        for row in rows
    ]


LOG_ROUTES: Final = (
    Route("/log", "log.page", log),
    Route(ENTRY.list, "log.entries", entries),
)
