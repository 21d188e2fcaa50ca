"""Sealed cases: the private side's rows, unreadable without the master key, erased by forgetting a key."""

from datetime import datetime

from sqlalchemy import func, insert, select, update

from greenmine.domain.errors import Gone, NotFound
from greenmine.domain.instant import utc_text
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.sealed import MasterKey, new_case_key, open_part, seal_part
from greenmine.store.tables_private import case_file, case_part


def open_case(tx: Tx, *, case: str, kind: str, region: str, at: datetime, master: MasterKey) -> None:
    """Start a case with a fresh random key, wrapped by the master key."""
    wrapped = master.wrap(new_case_key(), case=case)
    tx.execute(insert(case_file).values(id=case, kind=kind, region=region, opened_at=utc_text(at), wrapped_key=wrapped))


def add_part(tx: Tx, *, case: str, label: str, plain: bytes, at: datetime, master: MasterKey) -> int:
    """Seal a part (text, contact, message, file name …) into the case; returns its position."""
    key = master.unwrap(_wrapped_key(tx, case), case=case)
    position: int = tx.execute(
        select(func.coalesce(func.max(case_part.c.position), -1) + 1).where(case_part.c.case_file == case)
    ).scalar_one()
    sealed = seal_part(key, plain, case=case, label=label, position=position)
    tx.execute(insert(case_part).values(case_file=case, position=position, label=label, sealed=sealed, at=utc_text(at)))
    return position


def read_part(tx: Tx, *, case: str, position: int, master: MasterKey) -> bytes:
    """Open one part. Raises NotFound, Gone (erased), Unready (key or bytes do not fit)."""
    key = master.unwrap(_wrapped_key(tx, case), case=case)
    row = tx.execute(
        select(case_part.c.label, case_part.c.sealed).where(
            case_part.c.case_file == case, case_part.c.position == position
        )
    ).first()
    if row is None:
        raise NotFound("case.part_unknown", N_("没有这份材料。"))
    return open_part(key, row.sealed, case=case, label=row.label, position=position)


def read_parts(tx: Tx, *, case: str, master: MasterKey, label: str | None = None) -> dict[int, bytes]:
    """Open all parts, or those with the label, by position. Raises NotFound, Gone (erased), Unready."""
    key = master.unwrap(_wrapped_key(tx, case), case=case)
    query = select(case_part).where(case_part.c.case_file == case).order_by(case_part.c.position)
    rows = tx.execute(query if label is None else query.where(case_part.c.label == label))
    return {row.position: open_part(key, row.sealed, case=case, label=row.label, position=row.position) for row in rows}


def erase(tx: Tx, *, case: str, at: datetime) -> None:
    """Destroy the case's key (个人信息保护法 47): nothing sealed with it can be read again. Raises NotFound, Gone.

    The key leaves the write-ahead log with the next ``Database.checkpoint()``; a backup made before the erasure
    still holds it, wrapped by the master key.
    """
    if _wrapped_key(tx, case) is None:
        raise Gone("case.erased", N_("此件已依法删除。"))
    tx.execute(update(case_file).where(case_file.c.id == case).values(wrapped_key=None, erased_at=utc_text(at)))


def key_of(tx: Tx, case: str, *, master: MasterKey) -> bytes:
    """The case's own key, for what is sealed with it outside its parts. Raises NotFound, Gone, Unready."""
    return master.unwrap(_wrapped_key(tx, case), case=case)


def _wrapped_key(tx: Tx, case: str) -> bytes | None:
    row = tx.execute(select(case_file.c.wrapped_key).where(case_file.c.id == case)).first()
    if row is None:
        raise NotFound("case.unknown", N_("没有这个案件。"))
    return bytes(row.wrapped_key) if row.wrapped_key is not None else None
