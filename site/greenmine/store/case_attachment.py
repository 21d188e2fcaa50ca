"""Attachments of cases: which sealed files belong to a case, their names and keys sealed as parts of it."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select, union

from greenmine.store.case import add_part, read_part
from greenmine.store.database import Tx
from greenmine.store.sealed import MasterKey
from greenmine.store.sealed_files import SealedFile
from greenmine.store.tables_case import case_attachment, form_draft_file
from greenmine.store.tables_private import case_file

LABEL: Final = "file"
"""Label of the sealed part that holds a file's name and key."""


@dataclass(frozen=True)
class Attachment:
    """A file of a case, as the handling officer gets it.

    :param n: its number in the case, from 1: the one to be shown in addresses
    :param size: bytes of the plain content
    :param message: position of the message it came with; None when it came with the case itself
    """

    file: str
    n: int
    media_type: str
    size: int
    name: str = field(repr=False)
    key: bytes = field(repr=False)
    message: int | None


def attach(
    tx: Tx,
    *,
    case: str,
    n: int,
    sealed: SealedFile,
    name: str,
    media_type: str,
    message: int | None = None,
    at: datetime,
    master: MasterKey,
) -> None:
    """Make a sealed file, which stands on the disk, an attachment of the case. Raises NotFound, Gone (erased)."""
    plain = json.dumps({"name": name, "key": sealed.key.hex()}).encode()
    position = add_part(tx, case=case, label=LABEL, plain=plain, at=at, master=master)
    tx.execute(
        insert(case_attachment).values(
            file=sealed.file,
            case_file=case,
            n=n,
            media_type=media_type,
            size=sealed.size,
            position=position,
            message=message,
        )
    )


def attachments_of(tx: Tx, case: str, *, master: MasterKey) -> tuple[Attachment, ...]:
    """The attachments by number, opened. Raises Gone when the case was erased, Unready when they do not open."""
    rows = tx.execute(
        select(case_attachment).where(case_attachment.c.case_file == case).order_by(case_attachment.c.n)
    ).all()
    found = []
    for row in rows:
        told = json.loads(read_part(tx, case=case, position=row.position, master=master))
        key = bytes.fromhex(told["key"])
        found.append(Attachment(row.file, row.n, row.media_type, row.size, told["name"], key, row.message))
    return tuple(found)


def next_n(tx: Tx, case: str) -> int:
    """The number of the next attachment of a case."""
    numbers = tx.execute(select(case_attachment.c.n).where(case_attachment.c.case_file == case)).scalars()
    return max(numbers, default=0) + 1


def held_by(tx: Tx, case: str) -> tuple[int, int]:
    """How many files a case holds so far, and their bytes."""
    sizes = tx.execute(select(case_attachment.c.size).where(case_attachment.c.case_file == case)).scalars().all()
    return len(sizes), sum(sizes)


def files_in_use(tx: Tx) -> frozenset[str]:
    """Sealed files that a row names and a key opens: those of cases not erased, and of drafts."""
    living = (
        select(case_attachment.c.file)
        .join(case_file, case_file.c.id == case_attachment.c.case_file)
        .where(case_file.c.wrapped_key.is_not(None))
    )
    return frozenset(tx.execute(union(living, select(form_draft_file.c.file))).scalars())


def remove_files_of(tx: Tx, case: str) -> tuple[str, ...]:
    """Take the rows of an erased case's files away; returns the files, to be removed after the commit.

    A kill in between loses nothing: what no row names goes with the next sweep.
    """
    files = tx.execute(select(case_attachment.c.file).where(case_attachment.c.case_file == case)).scalars().all()
    tx.execute(delete(case_attachment).where(case_attachment.c.case_file == case))
    return tuple(files)
