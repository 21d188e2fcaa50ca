"""After a restored backup: the entries that the log has and the database has not, taken back byte for byte.

All of them and the act that tells of it (``checkpoint.recovered``) are one transaction, which is sealed only when the
database then goes on from the head kept outside it (store/log_seal.py). Source: log-spec.md 8.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from greenmine.domain.act import Act
from greenmine.domain.act.document import body_of, matters_of
from greenmine.domain.errors import Conflict, RuleBroken
from greenmine.domain.instant import legal_day, utc_text
from greenmine.domain.seat import SYSTEM
from greenmine.domain.text import N_
from greenmine.store.act import size
from greenmine.store.apply import Recorded, replay
from greenmine.store.database import Tx
from greenmine.store.log import add_head, add_signature, log_origin, root_at
from greenmine.store.log_key import log_keys
from greenmine.tlog.checkpoint import Checkpoint, parse_checkpoint
from greenmine.tlog.note import SignedNote, is_signed_by
from greenmine.usecases.record import record


@dataclass(frozen=True)
class Missed:
    """What the database has not.

    :param start: index of the first of the entries
    :param texts: bodies and lists of matters by SHA-256; None for one that law removed
    :param note: the signed head that covers them
    """

    start: int
    entries: Sequence[bytes]
    texts: Mapping[str, bytes | None]
    envelopes: Sequence[Mapping[str, object]]
    note: SignedNote


def take_back(tx: Tx, missed: Missed, *, kept: SignedNote | None, at: datetime) -> int:
    """Replay the entries, keep their head, record that the log goes on; returns the number of entries taken back.

    :param kept: the head kept outside the database
    Raises Conflict, and changes nothing, when the entries do not lead to the signed heads; RuleBroken before the log
    has begun.
    """
    head = parse_checkpoint(missed.note.text)
    if log_origin(tx) is None:
        raise RuleBroken("log.not_begun", N_("记录库尚未建立，请先运行 greenmine log init。"))
    if size(tx) != missed.start:
        raise Conflict("log.moved_on", N_("数据库在此期间有了新的记录，请重新运行。"))
    last = _replay_each(tx, missed)
    _require_leads_to(tx, head, signed=_signed_by_us(tx, missed.note))
    if kept is not None:
        _require_leads_to(tx, parse_checkpoint(kept.text), signed=True)
    moment = last.at if last else at
    add_head(tx, head, at=utc_text(moment))
    for line in missed.note.signatures:
        if any(line.is_of(row.key) for row in log_keys(tx)):
            add_signature(tx, head.size, line, at=at)
    facts = {"size": head.size, "root": head.root.hex()}
    act = Act(kind="checkpoint.recovered", object="log/recovery", by=SYSTEM, valid_from=legal_day(at), facts=facts)
    record(tx, act, at=at, officer=None)
    return len(missed.entries)


def _replay_each(tx: Tx, missed: Missed) -> Recorded | None:
    last = None
    for entry, envelope in zip(missed.entries, missed.envelopes, strict=True):
        texts = (missed.texts.get(text or "") for text in (body_of(envelope), matters_of(envelope)))
        last = replay(tx, entry, *texts)
    return last


def _signed_by_us(tx: Tx, note: SignedNote) -> bool:
    """Also by a key that the entries just taken back have brought in."""
    return any(is_signed_by(note, row.key) for row in log_keys(tx))


def _require_leads_to(tx: Tx, head: Checkpoint, *, signed: bool) -> None:
    if not signed or head.origin != log_origin(tx):
        raise Conflict("log.replay_unsigned", N_("给出的记录头不是本记录库签名的，未作改动。"))
    if head.size > size(tx) or root_at(tx, head.size) != head.root:
        raise Conflict("log.replay_differs", N_("补回的记录与已签名的%(size)s条记录不一致，未作改动。"), size=head.size)
