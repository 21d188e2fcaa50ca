"""Queries on the ledger: acts, what they concern, and published documents."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import func, or_, select

from greenmine.domain.act import kinds_where
from greenmine.domain.act.document import files_of, matters_of, staying
from greenmine.domain.document_removal import REMOVAL_GROUND_LABELS
from greenmine.domain.errors import Gone, NotFound
from greenmine.domain.mine_history import Moment
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.tables import (
    act,
    act_head,
    act_subject,
    content_item,
    credit_entry,
    document,
    notice_attachment,
)

_NAMING: Final = frozenset(kinds_where(lambda kind: kind.vanishes_on))
"""Kinds whose body names a subject that law lets vanish: it is shown on the entry's own page, from its row, while it
runs, and in no timeline, feed, search or export (rules.md)."""
_STAYING: Final = kinds_where(lambda kind: kind.stays)
_LISTED: Final = b'"matters":{'
"""In the bytes of an entry whose matters stand in a published list."""
_GROUNDS: Final[Mapping[str, str]] = {
    "credit_ended": N_("失信信息公示期满"),
    **{str(k): v for k, v in REMOVAL_GROUND_LABELS.items()},
}
"""Why law removed a document, in words."""


@dataclass(frozen=True)
class ActRow:
    """An act as it is shown: number, kind, object, when, by whom, and its envelope and body read.

    ``body`` is None where the kind has none, where law removed it, and for a credit entry, whose body names somebody.
    """

    n: int
    kind: str
    object: str
    at: str
    valid_from: str
    by: str
    envelope: dict[str, Any]
    body: dict[str, Any] | None

    def fact(self, name: str) -> Any:
        """A field of the envelope, or None."""
        return self.envelope.get(name)


@dataclass(frozen=True)
class DocumentRow:
    """A published document; ``content`` is None when its bytes stand in the file store."""

    sha256: str
    media_type: str
    size: int
    content: bytes | None


def size(tx: Tx) -> int:
    """How many acts are recorded."""
    return int(tx.execute(select(act_head.c.size)).scalar_one())


def acts_of(tx: Tx, name: str, *, limit: int = 500, moment: Moment | None = None) -> list[ActRow]:
    """Acts that concern an object (``mine/GM-…``), newest first, with bodies; those of a moment, None is now."""
    query = (
        _with_bodies()
        .join(act_subject, act_subject.c.n == act.c.n)
        .where(act_subject.c.object == name)
        .order_by(act.c.n.desc())
        .limit(limit)
    )
    if moment is not None:
        query = query.where(act.c.valid_from <= moment.day.isoformat())
    if moment is not None and moment.acts is not None:
        query = query.where(act.c.n < moment.acts)
    return [act_row(row) for row in tx.execute(query)]


def recorded_since(tx: Tx, n: int, *, kinds: Collection[str]) -> bool:
    """Whether an act of these kinds numbered ``n`` or later is recorded."""
    query = select(act.c.n).where(act.c.n >= n, act.c.kind.in_(sorted(kinds))).limit(1)
    return tx.execute(query).first() is not None


def acts_after(tx: Tx, n: int, *, limit: int) -> list[ActRow]:
    """Acts numbered ``n`` and later, oldest first: what a projection takes next."""
    query = _with_bodies().where(act.c.n >= n).order_by(act.c.n).limit(limit)
    return [act_row(row) for row in tx.execute(query)]


def get_act(tx: Tx, n: int) -> ActRow:
    """One act by number. Raises NotFound."""
    row = tx.execute(_with_bodies().where(act.c.n == n)).first()
    if row is None:
        raise NotFound("act.unknown", N_("没有第 %(n)s 号记录。"), n=n)
    return act_row(row)


class Entered(NamedTuple):
    """What replay takes: an entry, its body (None when it has none or law removed it), and its list of matters."""

    entry: bytes
    body: bytes | None
    matters: bytes | None = None


def entries(tx: Tx, *, start: int = 0) -> Iterator[Entered]:
    """Every entry with its texts, in order."""
    query = (
        select(act.c.entry, document.c.content)
        .select_from(act.outerjoin(document, document.c.sha256 == act.c.body))
        .where(act.c.n >= start)
        .order_by(act.c.n)
    )
    for row in tx.execution_options(stream_results=True).execute(query):
        yield Entered(row.entry, row.content, _matters(tx, row.entry) if _LISTED in bytes(row.entry) else None)


def _matters(tx: Tx, entry: bytes) -> bytes | None:
    query = select(document.c.content).where(document.c.sha256 == matters_of(json.loads(entry)))
    return tx.execute(query).scalar_one_or_none()


def latest_of(tx: Tx, name: str) -> ActRow | None:
    """The newest act of an object's own chain, or None."""
    row = tx.execute(_with_bodies().where(act.c.object == name).order_by(act.c.seq.desc()).limit(1)).first()
    return None if row is None else act_row(row)


def first_of(tx: Tx, name: str) -> ActRow | None:
    """The first act of an object's own chain, or None."""
    row = tx.execute(_with_bodies().where(act.c.object == name, act.c.seq == 0)).first()
    return None if row is None else act_row(row)


def next_number(tx: Tx, noun: str, *, prefix: str) -> int:
    """The next serial number of objects ``<noun>/<prefix>-<number>``; safe inside a write transaction."""
    start = f"{noun}/{prefix}-"
    last = tx.execute(
        select(act.c.object)
        .where(act.c.object.startswith(start, autoescape=True), act.c.seq == 0)
        .order_by(func.length(act.c.object).desc(), act.c.object.desc())  # 10000 comes after 9999
        .limit(1)
    ).scalar()
    return 1 if last is None else int(last.rsplit("-", 1)[1]) + 1


def get_document(tx: Tx, sha256: str, *, today: date) -> DocumentRow:
    """A published document. Raises NotFound, or Gone with the ground when law removed it.

    What names the subject of a credit entry is gone on the legal day its term ends, also while no job records it.
    """
    row = tx.execute(select(document).where(document.c.sha256 == sha256)).first()
    if row is None:
        raise NotFound("document.unknown", N_("没有这份公开文件。"))
    over = (
        select(act.c.n)
        .join(credit_entry, credit_entry.c.first_act == act.c.n)
        .where(act.c.body == sha256, credit_entry.c.until <= today.isoformat())
    )
    if row.removed_by is None and (ended := tx.execute(over).scalar()) is not None:
        raise Gone("document.term_over", N_("公示期限已满，这份文件已停止公开（见第 %(act)s 号记录）。"), act=ended)
    if row.removed_by is not None:
        raise Gone(
            "document.removed",
            N_("这份文件已依规停止公开：%(ground)s（第 %(act)s 号记录）。校验值仍保留，可核对其曾经存在。"),
            ground=_GROUNDS.get(row.removed_ground, row.removed_ground),
            act=row.removed_by,
        )
    return DocumentRow(row.sha256, row.media_type, row.size, row.content)


@dataclass(frozen=True)
class DocumentUse:
    """What a document is to a reader: the name it was published under, and whether it must vanish one day.

    :param vanishes: it names the subject of a credit entry, so nobody may keep it
    """

    name: str
    vanishes: bool


def document_use(tx: Tx, sha256: str) -> DocumentUse:
    """The name of an attachment, picture or film; ``<object>-<n>`` for the body of an act; empty when none is known."""
    attached = select(notice_attachment.c.name).where(notice_attachment.c.sha256 == sha256).limit(1)
    name = tx.execute(attached).scalar()
    if name is None:
        held = select(content_item.c.media).where(content_item.c.media.contains(sha256, autoescape=True)).limit(1)
        media = json.loads(tx.execute(held).scalar() or "[]")
        name = next((str(item["name"]) for item in media if item["sha256"] == sha256), None)
    body_of = tx.execute(select(act.c.n, act.c.kind, act.c.object).where(act.c.body == sha256).limit(1)).first()
    if name is None and body_of is not None:
        name = f"{body_of.object.replace('/', '-')}-{body_of.n}.json"
    return DocumentUse(name or "", body_of is not None and body_of.kind in _NAMING)


def removed_documents(tx: Tx, hashes: Collection[str]) -> frozenset[str]:
    """Which of these documents law has removed."""
    if not hashes:
        return frozenset()
    query = select(document.c.sha256).where(document.c.sha256.in_(sorted(hashes)), document.c.removed_by.is_not(None))
    return frozenset(tx.execute(query).scalars())


def acts_with_body(tx: Tx, sha256: str) -> list[ActRow]:
    """The acts that this document is the body of, oldest first."""
    return [act_row(row) for row in tx.execute(_with_bodies().where(act.c.body == sha256).order_by(act.c.n))]


def must_stay(tx: Tx, sha256: str) -> bool:
    """Whether the document is a calendar, a rule book or its file, or a list of matters: law removes none of them."""
    first = select(document.c.first_act).where(document.c.sha256 == sha256).scalar_subquery()
    acts = select(act.c.entry).where(or_(act.c.n == first, act.c.kind.in_(_STAYING)))
    return any(sha256 in staying(json.loads(entry)) for entry in tx.execute(acts).scalars())


def files_gone_with(tx: Tx, body: str) -> list[str]:
    """Public files that go when law removes this body: no act names them whose body stands (or that has none)."""
    own = {file for told in acts_with_body(tx, body) for file in files_of(told.envelope)}
    if not own:
        return []
    stands = or_(act.c.body.is_(None), document.c.removed_by.is_(None) & (act.c.body != body))
    acts = select(act.c.entry).select_from(act.outerjoin(document, document.c.sha256 == act.c.body)).where(stands)
    kept = {file for entry in tx.execute(acts).scalars() for file in files_of(json.loads(entry))}
    public = select(document.c.sha256).where(document.c.sha256.in_(sorted(own - kept)), document.c.removed_by.is_(None))
    return list(tx.execute(public.order_by(document.c.sha256)).scalars())


@dataclass(frozen=True)
class Removal:
    """On what ground and by which act law removed a document."""

    ground: str
    act: int


def removals_of(tx: Tx, hashes: Collection[str]) -> dict[str, Removal]:
    """Those of these documents that law has removed."""
    query = select(document.c.sha256, document.c.removed_ground, document.c.removed_by)
    rows = tx.execute(query.where(document.c.sha256.in_(sorted(hashes)), document.c.removed_by.is_not(None)))
    return {row.sha256: Removal(_GROUNDS.get(row.removed_ground, row.removed_ground), row.removed_by) for row in rows}


def public_hashes(tx: Tx) -> Sequence[str]:
    """Hashes of all documents whose bytes must be kept."""
    return tx.execute(select(document.c.sha256).where(document.c.removed_by.is_(None))).scalars().all()


def _with_bodies() -> Any:
    return select(act, document.c.content).select_from(act.outerjoin(document, document.c.sha256 == act.c.body))


def act_row(row: Any) -> ActRow:
    """The act of a row that holds its columns and its body's ``content``."""
    body = json.loads(row.content) if row.content is not None and row.kind not in _NAMING else None
    return ActRow(row.n, row.kind, row.object, row.at, row.valid_from, row.by, json.loads(row.entry), body)
