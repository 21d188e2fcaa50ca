"""Calendars and rule books: what was in force when is told by the acts themselves; no rows besides them."""

from collections.abc import Callable, Mapping
from typing import Final

from greenmine.store.database import Tx
from greenmine.store.effects.entry import Entry


def announce(tx: Tx, entry: Entry) -> None:
    """calendar.published, book.published: the act and its body say it all; later acts name them by digest."""


REFERENCE_EFFECTS: Final[Mapping[str, Callable[[Tx, Entry], None]]] = {
    "calendar.published": announce,
    "book.published": announce,
}
