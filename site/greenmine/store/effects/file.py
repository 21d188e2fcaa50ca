"""Rows of published files; their bytes stand in the file store before the act is applied."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import insert, select

from greenmine.store import tables
from greenmine.store.database import Tx
from greenmine.store.effects.entry import Entry


def keep_files(tx: Tx, entry: Entry, files: Iterable[Mapping[str, Any]]) -> None:
    """Make the files of an act public documents under their SHA-256; a file published before stays as it is."""
    document = tables.document
    for file in files:
        if tx.execute(select(document.c.sha256).where(document.c.sha256 == file["sha256"])).first() is None:
            tx.execute(
                insert(document).values(
                    sha256=file["sha256"],
                    media_type=file["media_type"],
                    size=file.get("size", 0),
                    first_act=entry.n,
                )
            )
