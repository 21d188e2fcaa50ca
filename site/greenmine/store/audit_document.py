"""Published documents against their names: every one hashes to its SHA-256, every removal has its act.

Source: log-spec.md 6, 11.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from greenmine.domain.act.document import files_of, removed_by
from greenmine.domain.errors import NotFound
from greenmine.store.audit_fault import Fault, as_stored, stored_rows
from greenmine.store.database import Tx
from greenmine.store.files import FileStore
from greenmine.store.tables import act, document

_PAGE = 20
"""Bodies held at once: one may be half a megabyte."""


def document_faults(tx: Tx, files: FileStore | None) -> Iterator[Fault]:
    """Deviations of the documents.

    :param files: where the bytes of attachments and pictures lie; None: only what the database holds is read
    """
    for row in stored_rows(tx, document, page=_PAGE):
        if row.removed_by is None:
            yield from _standing(row, files)
        else:
            yield from _removed(tx, row)


def _standing(row: Any, files: FileStore | None) -> Iterator[Fault]:
    content, key = row.content, str(row.sha256)
    if row.removed_ground is not None:
        yield Fault("document", key, "removed_ground", "没有停止公开的记录，却写有依据")
    if content is None and files is not None:
        try:
            content = files.get(key)
        except (NotFound, OSError):
            yield Fault("documents", key, "", "文件缺失或无法读取")
            return
        if hashlib.sha256(content).hexdigest() != key:
            yield Fault("documents", key, "", "文件内容与其校验值不符")
    elif content is not None and (
        not isinstance(content, bytes | memoryview) or hashlib.sha256(content).hexdigest() != key
    ):
        yield Fault("document", key, "content", "内容与其校验值不符")


def _removed(tx: Tx, row: Any) -> Iterator[Fault]:
    key = str(row.sha256)
    if row.content is not None:
        yield Fault("document", key, "content", "已停止公开，内容却仍在")
    query = select(*as_stored([act.c.kind, act.c.entry])).where(act.c.n == row.removed_by)
    told = tx.execute(query).first() if isinstance(row.removed_by, int) else None
    try:
        envelope = json.loads(told.entry) if told is not None else {}
    except (ValueError, TypeError):
        envelope = {}
    if key not in removed_by(envelope) and not _goes_with(tx, key, envelope):
        yield Fault("document", key, "removed_by", "没有停止公开这份文件的记录")


def _goes_with(tx: Tx, key: str, envelope: Any) -> bool:
    """Whether it is a file of the body that the act removed."""
    bodies = select(act.c.entry).where(act.c.body == str(envelope.get("document", "")))
    for entry in tx.execute(bodies).scalars():
        told = json.loads(entry)
        if key in files_of(told):
            return True
    return False
