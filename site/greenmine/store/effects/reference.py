"""Calendars and rule books: what was in force when is told by the acts themselves; later acts name them."""

from collections.abc import Callable, Mapping
from typing import Final

from greenmine.store.database import Tx
from greenmine.store.effects.entry import Entry
from greenmine.store.effects.file import keep_files


def announce_calendar(tx: Tx, entry: Entry) -> None:
    """calendar.published: the act and its body hold every day off and every made-up working day."""


def announce_book(tx: Tx, entry: Entry) -> None:
    """book.published: the file itself is a public document under its digest."""
    file = {"sha256": entry.fact("digest"), "media_type": "application/toml", "size": entry.fact("size")}
    keep_files(tx, entry, [file])


REFERENCE_EFFECTS: Final[Mapping[str, Callable[[Tx, Entry], None]]] = {
    "calendar.published": announce_calendar,
    "book.published": announce_book,
}
