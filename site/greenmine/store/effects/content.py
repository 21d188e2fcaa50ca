"""Rows of policies, news and pages, from files and from the desk alike."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import insert, update

from greenmine.store import tables
from greenmine.store.database import Tx
from greenmine.store.effects.entry import Entry
from greenmine.store.effects.file import keep_files, named_files


def publish(tx: Tx, entry: Entry) -> None:
    """content.published: first publication gives the article its time and identity for good.

    An article withdrawn before comes back under its old address.
    """
    section, slug = entry.object_id.split("/", 1)
    if entry.envelope["seq"] > 0:
        change(tx, entry)
        return
    tx.execute(
        insert(tables.content_item).values(
            section=section,
            slug=slug,
            **_values(tx, entry),
            published_at=entry.at,
            first_act=entry.n,
        )
    )


def change(tx: Tx, entry: Entry) -> None:
    """content.changed: the new text, when, and why; the address and the first time stay."""
    _update(tx, entry, **_values(tx, entry), changed_at=entry.at, change_note=entry.text("note"))


def withdraw(tx: Tx, entry: Entry) -> None:
    """content.withdrawn: the page says that it was withdrawn and why."""
    _update(
        tx,
        entry,
        state="withdrawn",
        withdrawn_reason=entry.text("reason"),
        changed_at=entry.at,
        last_act=entry.n,
    )


def _values(tx: Tx, entry: Entry) -> dict[str, Any]:
    keep_files(tx, entry, named_files(entry, "media"))
    return {
        "type": entry.fact("type"),
        "region": entry.fact("region"),
        "origin": entry.fact("origin"),
        "title": entry.title("title"),
        "summary": entry.text("summary"),
        "markdown": entry.text("markdown"),
        "meta": entry.json("meta", empty={}),
        "media": entry.json("media", empty=[]),
        "disclosure": entry.fact("disclosure"),
        "published_on": entry.fact("published"),
        "state": "published",
        "withdrawn_reason": "",
        "last_act": entry.n,
    }


def _update(tx: Tx, entry: Entry, **values: Any) -> None:
    section, slug = entry.object_id.split("/", 1)
    item = tables.content_item
    tx.execute(update(item).where(item.c.section == section, item.c.slug == slug).values(**values))


CONTENT_EFFECTS: Final[Mapping[str, Callable[[Tx, Entry], None]]] = {
    "content.published": publish,
    "content.changed": change,
    "content.withdrawn": withdraw,
}
