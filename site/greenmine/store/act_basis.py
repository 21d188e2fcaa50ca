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
    return next((digest for digest, _held in _published(tx, book)), None)


def provisions_told(content: Any) -> frozenset[str]:
    """What the body of a published book says it holds; nothing for one that is gone or cannot be read."""
    try:
        listed = json.loads(bytes(content) if isinstance(content, memoryview) else content)["provisions"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return frozenset()
    return frozenset(each for each in listed if isinstance(each, str)) if isinstance(listed, list) else frozenset()


def basis_of(envelope: Mapping[str, Any]) -> Iterator[Basis]:
    """The provisions an entry names; what is none is passed over, its schema is checked elsewhere."""
    told = envelope.get("basis")
    for each in told if isinstance(told, list) else ():
        if isinstance(each, Mapping):
            yield Basis(str(each.get("book")), str(each.get("provision")))


def _provisions(tx: Tx, book: str) -> frozenset[str]:
    """What the log says this version of a book holds; nothing for a version that was never published.

    Told again where a newer program reads more out of the same file.
    """
    return frozenset[str]().union(*(held for _digest, held in _published(tx, book)))


def _published(tx: Tx, book: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Digest and provisions from each act that published this version of a book."""
    key, _, digest = book.partition("#")
    query = select(act.c.entry, document.c.content).join(document, document.c.sha256 == act.c.body)
    for row in tx.execute(query.where(act.c.object == f"book/{key}", act.c.kind == "book.published")):
        told = str(json.loads(row.entry)["digest"])
        if told.startswith(digest):
            yield told, provisions_told(row.content)
