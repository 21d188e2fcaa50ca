"""Reading our feeds as strangers do: strictly as XML or JSON, and as a feed reader's parser."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import feedparser
from lxml import etree
from tests.web.strict_client import StrictClient

ENDINGS = ("rss", "atom", "json")
SECTIONS = ("all", "notices", "removals", "credit", "mines", "news", "policies")
MEDIA_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"


@dataclass(frozen=True)
class Told:
    """An item as any format tells it."""

    id: str
    title: str
    href: str
    html: str
    author: str
    published: str
    updated: str
    files: tuple[tuple[str, str, int], ...]


def read(content: bytes, ending: str) -> list[Told]:
    """The items; fails on anything that a strict reader would complain of."""
    if ending == "json":
        return [_json_item(item) for item in _json(content)["items"]]
    etree.fromstring(content, etree.XMLParser(recover=False, resolve_entities=False))
    parsed = feedparser.parse(content, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == {"rss": "rss20", "atom": "atom10"}[ending]
    return [_item(entry) for entry in parsed.entries]


def links(content: bytes, ending: str) -> dict[str, list[str]]:
    """Addresses of the feed itself by relation."""
    if ending == "json":
        told = _json(content)
        return {"self": [told["feed_url"]], "prev-archive": [told["next_url"]] if "next_url" in told else []}
    root = etree.fromstring(content)
    parent = root if ending == "atom" else root[0]
    found: dict[str, list[str]] = {}
    for node in parent.findall(f"{ATOM}link"):
        found.setdefault(node.get("rel", ""), []).append(node.get("href", ""))
    return found


def is_archive(content: bytes) -> bool:
    """Whether the document says that it is an archive (RFC 5005)."""
    return etree.fromstring(content).find(f".//{HISTORY}archive") is not None


def _json(content: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(content.decode("utf-8"))
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert told["title"] and told["home_page_url"] and told["feed_url"] and told["language"] == "zh-CN"
    return told


def _json_item(item: dict[str, Any]) -> Told:
    files = [(each["url"], each["mime_type"], each["size_in_bytes"]) for each in item.get("attachments", ())]
    return Told(
        item["id"], item["title"], item["url"], item["content_html"], item["authors"][0]["name"],
        item["date_published"], item["date_modified"], tuple(files),
    )  # fmt: skip


def _item(entry: Any) -> Told:
    return Told(
        id=entry.id,
        title=entry.title,
        href=entry.link,
        html=entry.content[0].value,
        author=entry.author,
        published=_stamp(entry.published_parsed),
        updated=_stamp(entry.updated_parsed),
        files=tuple((each.href, each.type, int(each.length)) for each in entry.get("enclosures", ())),
    )


def _stamp(parsed: Any) -> str:
    return f"{parsed[0]:04}-{parsed[1]:02}-{parsed[2]:02}T{parsed[3]:02}:{parsed[4]:02}:{parsed[5]:02}Z"


def told(client: StrictClient, path: str, ending: str = "atom") -> list[Told]:
    """The items of a feed of a site; ``*`` in the path stands for the ending."""
    return read(client.get(path.replace("*", ending)).response.data, ending)


def names(items: Iterable[Told]) -> list[str]:
    """What the identities of the items say they are (``notice/2026-0142``)."""
    return [item.id.rpartition(":")[2] for item in items]
