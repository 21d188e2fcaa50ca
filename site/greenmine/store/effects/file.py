"""Rows of published files; their bytes stand in the file store before the act is applied."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import insert, select

from greenmine.store import tables
from greenmine.store.database import Tx
from greenmine.store.effects.entry import Entry

UNKNOWN: Final = "application/octet-stream"
"""Kind of a file whose kind stood only in a body that law removed."""


def named_files(entry: Entry, fact: str) -> list[Mapping[str, Any]]:
    """The files of an act: as its body tells them, or their hashes alone once the body is gone.

    :param fact: field of the envelope and of the body
    """
    if entry.body is not None:
        return list(entry.body.get(fact, ()))
    return [{"sha256": sha256, "media_type": UNKNOWN} for sha256 in entry.fact(fact) or ()]


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
