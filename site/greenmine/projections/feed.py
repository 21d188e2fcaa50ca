"""Feeds: what one is, whatever it is written as, and the identities of its items.

An identity is a ``tag:`` URI (RFC 4151) under a naming authority that is settled once, when the site is made, and is
never asked of the settings again: a site that moves to another address keeps the identity of every item, in all
formats (docs/decisions/0011). Source: libraries.md "feeds"; trust.md 16, 18.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from greenmine.domain.instant import from_utc_text, legal_day
from greenmine.store.database import Tx
from greenmine.store.feed import recorded_at
from greenmine.store.site_fact import get_fact, settle_fact

AUTHORITY: Final = "feed_authority"
DEMO_HOST: Final = "demo.greenmine.invalid"
"""A site on a loopback or numeric address has no name to build identities on; it takes the demonstration's."""
_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold: control characters, U+FFFE and U+FFFF, lone surrogates (trust.md 16)."""
_FOLDED: Final = str.maketrans({"<": "＜", ">": "＞"})


class Format(StrEnum):
    """How a feed is written; the value ends its address."""

    RSS = "rss"  # RSS 2.0
    ATOM = "atom"  # Atom 1.0
    JSON = "json"  # JSON Feed 1.1


MEDIA_TYPES: Final[Mapping[Format, str]] = {
    Format.RSS: "application/rss+xml",
    Format.ATOM: "application/atom+xml",
    Format.JSON: "application/feed+json",
}
NAMES: Final[Mapping[Format, str]] = {Format.RSS: "RSS 2.0", Format.ATOM: "Atom", Format.JSON: "JSON Feed"}


@dataclass(frozen=True, kw_only=True)
class Enclosure:
    """A published file: absolute address, media type, bytes, name."""

    href: str
    media_type: str
    size: int
    title: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item. Instants are aware; ``html`` is safe HTML with absolute links; ``author`` is an organ, never a person.

    :param id: a tag URI, the same in every format and for good
    :param href: absolute address of the page
    """

    id: str
    href: str
    title: str
    html: str
    summary: str
    published: datetime
    updated: datetime
    author: str
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Paging:
    """A feed's place among its archives (RFC 5005, 4): addresses without their ending, empty where there is none.

    :param is_archive: this document is an archive: what it lists is settled
    """

    current: str = ""
    previous: str = ""
    following: str = ""
    is_archive: bool = False


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A feed. ``address`` and those of ``paging`` are absolute, without the ending of a format.

    :param query: the query of its address, with ``?``, when it has one
    :param home: absolute address of the page that it tells the news of
    :param updated: instant of the newest change; for an empty feed when the site began
    """

    id: str
    title: str
    subtitle: str
    home: str
    address: str
    author: str
    updated: datetime
    items: tuple[Item, ...]
    query: str = ""
    paging: Paging = Paging()
    language: str = "zh-CN"

    def at(self, form: Format, address: str = "") -> str:
        """Its address in a format, or that of one of its archives."""
        return f"{address}.{form}" if address else f"{self.address}.{form}{self.query}"


def printable(text: str) -> str:
    """The text without what XML cannot hold."""
    return _ILLEGAL.sub("", text)


def plain_title(text: str) -> str:
    """A title on one line. RSS does not say whether it is text or HTML, so no ``<`` is left to be taken for a tag."""
    return " ".join(printable(text).split()).translate(_FOLDED)


def settle_authority(tx: Tx, *, site_url: str, today: date) -> str:
    """Settle the naming authority when the site is made; a later call with another address changes nothing."""
    return settle_fact(tx, AUTHORITY, authority_of(tx, site_url=site_url, today=today))


def authority_of(tx: Tx, *, site_url: str, today: date) -> str:
    """``host,date``: what was settled, else what would be: this host, on the day of the first act."""
    settled = get_fact(tx, AUTHORITY)
    if settled is not None:
        return settled
    first = recorded_at(tx, 0)
    begun = legal_day(from_utc_text(first)) if first else today
    return f"{_host(site_url)},{begun.isoformat()}"


def identity(authority: str, name: str) -> str:
    """``tag:mines.example.gov.cn,2026-11-21:notice/2026-0142``."""
    return f"tag:{authority}:{name}"


def _host(site_url: str) -> str:
    host = (urlsplit(site_url).hostname or "").lower()
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host if host and host != "localhost" else DEMO_HOST
    return DEMO_HOST
