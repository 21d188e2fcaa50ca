"""What decided: each entry names provisions, and the version of the book it names must have been published before
and must hold them. Source: ZJ-15 全过程留痕; log-spec.md 1."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from greenmine.domain.act import Basis
from greenmine.store.database import Tx
from greenmine.store.tables import act, document


def unheld(tx: Tx, envelope: Mapping[str, Any]) -> Basis | None:
    """The first provision of the entry that no published version of its book holds; None when all are held."""
    held: dict[str, frozenset[str]] = {}
    for named in basis_of(envelope):
        if named.book not in held:
            held[named.book] = _provisions(tx, named.book)
        if named.provision not in held[named.book]:
            return named
    return None


def book_file(tx: Tx, book: str) -> str | None:
    """SHA-256 of the published file of a version of a book; None for a version that was never published."""
    told = _published(tx, book)
    return None if told is None else str(told[0]["digest"])


def basis_of(envelope: Mapping[str, Any]) -> Iterator[Basis]:
    """The provisions an entry names; what is none is passed over, its schema is checked elsewhere."""
    told = envelope.get("basis")
    for each in told if isinstance(told, list) else ():
        if isinstance(each, Mapping):
            yield Basis(str(each.get("book")), str(each.get("provision")))


def _provisions(tx: Tx, book: str) -> frozenset[str]:
    """What the log says this version of a book holds; nothing for a version that was never published."""
    told = _published(tx, book)
    return frozenset() if told is None else frozenset(told[1]["provisions"])


def _published(tx: Tx, book: str) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """Envelope and body of the act that published this version of a book."""
    key, _, digest = book.partition("#")
    query = select(act.c.entry, document.c.content).join(document, document.c.sha256 == act.c.body)
    for row in tx.execute(query.where(act.c.object == f"book/{key}", act.c.kind == "book.published")):
        envelope = json.loads(row.entry)
        if str(envelope["digest"]).startswith(digest) and row.content is not None:
            return envelope, json.loads(row.content)
    return None
