"""What each entry says it was decided under: a version of a book that the log had published, and that holds it.

Source: ZJ-15 全过程留痕; log-spec.md 1, 11.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from greenmine.domain.act.document import removed_by, staying
from greenmine.domain.book_text import provisions_in
from greenmine.domain.errors import NotFound
from greenmine.store.act_basis import basis_of, provisions_told
from greenmine.store.audit_fault import Fault, as_stored, stream
from greenmine.store.database import Tx
from greenmine.store.files import FileStore
from greenmine.store.tables import act, document


@dataclass
class BasisAudit:
    """Hears the entries in order; of each book it keeps what the log says it holds."""

    tx: Tx
    _books: dict[str, frozenset[str]] = field(default_factory=dict)
    _staying: set[str] = field(default_factory=set)

    def faults(self, n: int, envelope: Mapping[str, Any], *, whole: bool) -> Iterator[Fault]:
        """The provisions of this entry that no book published before it holds; a published book is noted.

        :param whole: every entry before it is there; else one of those lost, which are named, may have told of the book
        """
        for named in basis_of(envelope):
            if named.book not in self._books and not whole:
                continue
            if named.book not in self._books:
                yield Fault("act", str(n), "entry", f"所依据的规则集 {named.book} 未在此前公布")
            elif named.provision not in self._books[named.book]:
                yield Fault("act", str(n), "entry", f"所依据的规则集 {named.book} 中没有 {named.provision}")
        if envelope.get("kind") == "book.published":
            self._publish(envelope)
        if not self._staying.isdisjoint(removed_by(envelope)):
            yield Fault("act", str(n), "entry", "停止公开了不得停止公开的日历、规则集或事项清单")
        self._staying.update(staying(envelope))

    def _publish(self, envelope: Mapping[str, Any]) -> None:
        """A body that cannot be read holds nothing: its own fault is named with the documents."""
        key = str(envelope.get("object")).removeprefix("book/")
        query = select(*as_stored([document.c.content])).where(document.c.sha256 == str(envelope.get("body")))
        book = f"{key}#{str(envelope.get('digest'))[:12]}"
        told = provisions_told(self.tx.execute(query).scalar())
        self._books[book] = self._books.get(book, frozenset()) | told


def book_faults(tx: Tx, files: FileStore | None) -> Iterator[Fault]:
    """Published books whose act claims more than their file holds.

    :param files: where the files lie; None: nothing can be said of them
    """
    if files is None:
        return
    query = select(*as_stored([act.c.n, act.c.entry, document.c.content]))
    joined = query.join(document, document.c.sha256 == act.c.body).where(act.c.kind == "book.published")
    for row in stream(tx, joined.order_by(act.c.n)):
        told = provisions_told(row.content)
        try:
            held = provisions_in(files.get(str(json.loads(row.entry).get("digest"))))
        except (NotFound, OSError, ValueError, TypeError, AttributeError, RecursionError):
            continue  # the file, or the entry, is named by those who look at files and entries
        if not told <= frozenset(held):  # fewer: a program of before read less out of the same file
            yield Fault("act", str(row.n), "body", "所列规定与规则集文件不符")
