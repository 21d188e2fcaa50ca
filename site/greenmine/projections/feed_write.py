"""Feeds as bytes: RSS 2.0 and Atom 1.0 by feedgen, repaired by a small extension, and JSON Feed 1.1 by hand.

What feedgen 1.0 does wrong and is mended here: of a feed's links the last one becomes the channel's, it takes no link
of RFC 5005, of an item's links relation, type and length can be lost, RSS knows one enclosure and no change, and one
text that XML cannot hold (or one naive date) fails the whole feed. Every item is tried by itself: one that cannot be
written is left out and told to the log of the server by its identity, without its words.
Source: libraries.md "feeds"; trust.md 16.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from greenmine.domain.instant import utc_text
from greenmine.projections.feed import MEDIA_TYPES, Enclosure, Feed, Format, Item, plain_title, printable

LOG: Final = logging.getLogger("greenmine.feed")
ATOM: Final = "http://www.w3.org/2005/Atom"
HISTORY: Final = "http://purl.org/syndication/history/1.0"
CREATOR: Final = "http://purl.org/dc/elements/1.1/"
JSON_FEED: Final = "https://jsonfeed.org/version/1.1"
MENDED: Final = "mended"


class FeedMended(BaseExtension):  # type: ignore[misc]
    """The parts of a feed that feedgen leaves out or gets wrong."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        """Prefixes of the names below."""
        return {"fh": HISTORY, "dc": CREATOR}

    def extend_atom(self, root: Any) -> Any:
        """Links with relation and type, and the place among the archives."""
        for relation, href, kind in _links(self.feed, Format.ATOM):
            xml_elem("link", root, rel=relation, href=href, type=kind)
        self._mark(root)
        return root

    def extend_rss(self, root: Any) -> Any:
        """The Atom links beside the channel's own, and the place among the archives."""
        channel = root[0]
        for relation, href, kind in _links(self.feed, Format.RSS):
            xml_elem(f"{{{ATOM}}}link", channel, rel=relation, href=href, type=kind)
        self._mark(channel)
        return root

    def _mark(self, parent: Any) -> None:
        if self.feed.paging.is_archive:
            xml_elem(f"{{{HISTORY}}}archive", parent)


class ItemMended(BaseEntryExtension):  # type: ignore[misc]
    """The parts of an item that feedgen leaves out or gets wrong."""

    item: Item

    def extend_atom(self, entry: Any) -> Any:
        """The page and every file, each with its type; files with their length and name."""
        xml_elem("link", entry, rel="alternate", type="text/html", href=self.item.href)
        for file in self.item.enclosures:
            _enclosure("link", entry, file)
        return entry

    def extend_rss(self, entry: Any) -> Any:
        """Author and change, which RSS itself has no fit words for, and every file after the first."""
        xml_elem(f"{{{CREATOR}}}creator", entry).text = self.item.author
        xml_elem(f"{{{ATOM}}}updated", entry).text = utc_text(self.item.updated)
        for place, file in enumerate(self.item.enclosures):
            if place == 0:
                xml_elem("enclosure", entry, url=file.href, length=str(file.size), type=file.media_type)
            else:
                _enclosure(f"{{{ATOM}}}link", entry, file)
        return entry


def write_feed(feed: Feed, form: Format) -> bytes:
    """The feed in a format, UTF-8."""
    whole = replace(
        feed, title=plain_title(feed.title), subtitle=printable(feed.subtitle), author=printable(feed.author)
    )
    return _write_json(whole) if form is Format.JSON else _write_xml(whole, form)


def _write_xml(feed: Feed, form: Format) -> bytes:
    made = FeedGenerator()
    made.register_extension(MENDED, FeedMended, ItemMended)
    made.mended.feed = feed
    made.id(feed.id)
    made.title(feed.title)
    made.subtitle(feed.subtitle or feed.title)
    made.author(name=feed.author)
    made.language(feed.language)
    made.updated(feed.updated)
    made.generator("greenmine")
    made.link(href=printable(feed.home), rel="alternate", type="text/html")
    for entry in _tried(feed.items, lambda item: _entry(item, form)):
        made.add_entry(entry, order="append")
    written: bytes = made.atom_str() if form is Format.ATOM else made.rss_str()
    return written


def _entry(item: Item, form: Format) -> Any:
    entry = FeedEntry()
    entry.register_extension(MENDED, ItemMended)
    entry.mended.item = item
    entry.id(item.id)
    entry.title(item.title)
    entry.published(item.published)
    entry.updated(item.updated)
    entry.content(item.html, type="html")
    entry.description(item.summary or item.title, isSummary=True)
    entry.category([{"term": tag, "label": tag} for tag in item.tags])
    if form is Format.ATOM:
        entry.author(name=item.author)
        entry.atom_entry()  # what cannot be written fails here, alone
    else:
        entry.link(href=item.href)
        entry.rss_entry()
    return entry


def _write_json(feed: Feed) -> bytes:
    told: dict[str, Any] = {
        "version": JSON_FEED,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.at(Format.JSON),
        "description": feed.subtitle,
        "language": feed.language,
        "authors": [{"name": feed.author}],
    }
    if feed.paging.previous:
        told["next_url"] = feed.at(Format.JSON, feed.paging.previous)
    items = list(_tried(feed.items, _json_item))
    return json.dumps({**told, "items": items}, ensure_ascii=False, indent=1).encode("utf-8")


def _json_item(item: Item) -> Mapping[str, Any]:
    told: dict[str, Any] = {
        "id": item.id,
        "url": item.href,
        "title": item.title,
        "content_html": item.html,
        "summary": item.summary,
        "date_published": utc_text(_aware(item.published)),
        "date_modified": utc_text(_aware(item.updated)),
        "authors": [{"name": item.author}],
    }
    if item.tags:
        told["tags"] = list(item.tags)
    if item.enclosures:
        told["attachments"] = [
            {"url": file.href, "mime_type": file.media_type, "title": file.title, "size_in_bytes": file.size}
            for file in item.enclosures
        ]
    json.dumps(told, ensure_ascii=False).encode("utf-8")  # what cannot be written fails here, alone
    return told


def _tried(items: Iterable[Item], write: Callable[[Item], Any]) -> Iterable[Any]:
    for item in items:
        try:
            yield write(_cleaned(item))
        except Exception as error:  # whatever is wrong with one item, the others are told
            LOG.error("feed item %r left out: %s", item.id, type(error).__name__)


def _cleaned(item: Item) -> Item:
    return replace(
        item,
        href=printable(item.href),
        title=plain_title(item.title) or item.id,
        html=printable(item.html),
        summary=printable(item.summary),
        author=printable(item.author),
        tags=tuple(printable(tag) for tag in item.tags),
        enclosures=tuple(replace(file, title=printable(file.title)) for file in item.enclosures),
    )


def _links(feed: Feed, form: Format) -> list[tuple[str, str, str]]:
    """Relation, address and media type: this document, its other formats, and the archives around it."""
    kind, paging = MEDIA_TYPES[form], feed.paging
    links = [("self", feed.at(form), kind)]
    links += [("alternate", feed.at(other), MEDIA_TYPES[other]) for other in Format if other is not form]
    around = (("current", paging.current), ("prev-archive", paging.previous), ("next-archive", paging.following))
    links += [(relation, feed.at(form, address), kind) for relation, address in around if address]
    return [(relation, printable(href), media) for relation, href, media in links]


def _enclosure(tag: str, parent: Any, file: Enclosure) -> None:
    xml_elem(
        tag, parent, rel="enclosure", type=file.media_type, length=str(file.size), href=file.href, title=file.title
    )


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("a naive instant")
    return instant
