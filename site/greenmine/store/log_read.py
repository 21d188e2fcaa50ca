"""What outsiders read of the log: the published head, tiles of signed sizes, entries as they were written.

Nothing is handed out that no signed head covers, but an entry itself: an act is public when it is recorded.
Source: C2SP tlog-tiles, tlog-checkpoint; log-spec.md 3, 5.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from greenmine.domain.errors import NotFound, Unready
from greenmine.domain.instant import day_starts, from_utc_text, legal_day, utc_text
from greenmine.domain.text import N_
from greenmine.store.act import ActRow, act_row
from greenmine.store.database import Tx
from greenmine.store.log import Head, head_of, log_origin, newest_signed_head, read_nodes, read_tile
from greenmine.store.log_key import log_keys
from greenmine.store.log_witness import cosigned_heads
from greenmine.store.tables import act, document
from greenmine.store.tables_log import log_checkpoint, log_signature
from greenmine.tlog.evidence import Evidence
from greenmine.tlog.merkle import consistency_proof, inclusion_proof
from greenmine.tlog.note import Malformed
from greenmine.tlog.policy import NONE, Log, Policy, judge
from greenmine.tlog.tile import HEIGHT, WIDTH, Tile, bundle

WAIT: Final = 60
"""Seconds until a head that awaits its signature is worth asking for again: the worker signs every minute."""

_LOOKED_AT: Final = 8
"""Cosigned heads among which one with the quorum is looked for."""


@dataclass(frozen=True)
class EntryRow:
    """An entry of the log: its bytes, its leaf hash, and the act as it is told."""

    entry: bytes
    leaf: bytes
    act: ActRow


def published_head(tx: Tx) -> Head:
    """The newest signed head. Raises NotFound before the log has begun, Unready while no head of it is signed."""
    if log_origin(tx) is None:
        raise NotFound("log.not_begun_yet", N_("本站的记录库尚未建立。"))
    head = newest_signed(tx)
    if head is None:
        raise Unready("log.unsigned", N_("记录库正在等待签名，暂时没有可以核验的记录头。"), retry_after=WAIT)
    return head


def newest_signed(tx: Tx) -> Head | None:
    """The newest head that one of the log's own keys has signed; None while there is none."""
    return newest_signed_head(tx, _own_ids(tx))


def published_tile(tx: Tx, tile: Tile) -> bytes:
    """The bytes of a tile or bundle. Raises NotFound when no signed head has such a tile."""
    if not _is_published(tx, tile):
        raise NotFound("log.tile_unknown", N_("记录库中没有这一块。"))
    if tile.level is not None:
        return read_tile(tx, tile)
    query = select(act.c.entry).where(act.c.n.between(tile.first, tile.first + tile.width - 1)).order_by(act.c.n)
    return bundle(bytes(entry) for entry in tx.execute(query).scalars())


def entry_row(tx: Tx, n: int) -> EntryRow:
    """An entry by its index. Raises NotFound."""
    query = select(act, document.c.content).select_from(act.outerjoin(document, document.c.sha256 == act.c.body))
    row = tx.execute(query.where(act.c.n == n)).first()
    if row is None:
        raise NotFound("act.unknown", N_("没有第 %(n)s 号记录。"), n=n)
    return EntryRow(bytes(row.entry), bytes(row.leaf), act_row(row))


def entries_before(tx: Tx, n: int, *, limit: int) -> list[ActRow]:
    """Entries with a lower index, newest first: a page of the list."""
    query = select(act, document.c.content).select_from(act.outerjoin(document, document.c.sha256 == act.c.body))
    return [act_row(row) for row in tx.execute(query.where(act.c.n < n).order_by(act.c.n.desc()).limit(limit))]


def neighbours(tx: Tx, entry: ActRow) -> tuple[int | None, int | None]:
    """Indexes of the entries before and after it in the chain of its object."""

    def at(seq: int) -> int | None:
        found: int | None = tx.execute(select(act.c.n).where(act.c.object == entry.object, act.c.seq == seq)).scalar()
        return found

    seq = int(entry.fact("seq"))
    return at(seq - 1) if seq else None, at(seq + 1)


def evidence_of(tx: Tx, n: int, *, witnesses: Policy | None = None) -> Evidence:
    """All that is needed to check an entry offline, against the newest signed head.

    :param witnesses: where their quorum has not cosigned that head yet, the newest of the last heads that it has
        cosigned and that holds the entry is taken, so that a proof is good also in the seconds after an act
    Raises NotFound for an index the log does not have, Unready while no signed head covers it.
    """
    head = published_head(tx)
    size = head.checkpoint.size
    if n >= size:
        entry_row(tx, n)
        raise Unready("log.entry_unsigned", N_("第 %(n)s 号记录正在等待签名，请稍后再取。"), n=n, retry_after=WAIT)
    if witnesses is not None and witnesses.quorum != NONE:
        head = _witnessed(tx, n, head, witnesses)
        size = head.checkpoint.size
    return Evidence(n, inclusion_proof(n, size, lambda wanted: read_nodes(tx, wanted)), head.note)


def continuity_of(tx: Tx, old: int, *, witnesses: Policy | None = None) -> tuple[list[bytes], Head]:
    """The proof that the newest signed head continues the log of ``old`` entries, and that head.

    :param witnesses: a head that their quorum has cosigned is preferred, as in :func:`evidence_of`
    Raises NotFound for a size that no signed head has reached.
    """
    head = published_head(tx)
    if old > head.checkpoint.size:
        raise NotFound("log.size_unknown", N_("已签名的记录还没有 %(n)s 条。"), n=old)
    if witnesses is not None and witnesses.quorum != NONE:
        head = _witnessed(tx, old - 1, head, witnesses)
    size = head.checkpoint.size
    return consistency_proof(old, size, lambda wanted: read_nodes(tx, wanted)), head


def last_heads(tx: Tx, *, before: datetime, days: int) -> list[Head]:
    """The last signed head of each legal day that has one, newest first.

    :param before: heads of this instant and later are passed over
    :param days: how many days at most
    """
    own = log_signature.c.key_id.in_(_own_ids(tx))
    signed = select(log_signature.c.size).where(log_signature.c.size == log_checkpoint.c.size, own).exists()
    found: list[Head] = []
    bound = before
    while len(found) < days:
        newest = select(log_checkpoint.c.size).where(log_checkpoint.c.at < utc_text(bound), signed)
        size = tx.execute(newest.order_by(log_checkpoint.c.at.desc(), log_checkpoint.c.size.desc()).limit(1)).scalar()
        if size is None:
            break
        found.append(head_of(tx, size))
        bound = day_starts(legal_day(found[-1].at))
    return found


def newest_cosignature(tx: Tx, key_ids: Collection[bytes]) -> datetime | None:
    """The latest time that one of these witnesses has named, whichever head it saw; None when none has."""
    query = select(func.max(log_signature.c.time)).where(log_signature.c.key_id.in_(sorted(key_ids)))
    seconds = tx.execute(query).scalar_one()
    return None if not seconds else from_utc_text("1970-01-01T00:00:00Z") + timedelta(seconds=seconds)


def _witnessed(tx: Tx, n: int, newest: Head, witnesses: Policy) -> Head:
    policy = replace(witnesses, logs=tuple(Log(row.key) for row in log_keys(tx)))
    keys = [witness.key for witness in witnesses.witnesses]
    heads = (newest, *cosigned_heads(tx, keys, above=n, limit=_LOOKED_AT))
    return next((head for head in heads if _has_quorum(head, policy)), newest)


def _has_quorum(head: Head, policy: Policy) -> bool:
    try:
        return judge(head.note, policy).has_quorum
    except Malformed:
        return False


def _own_ids(tx: Tx) -> list[bytes]:
    return [row.key.id for row in log_keys(tx)]


def _is_published(tx: Tx, tile: Tile) -> bool:
    """Whether a signed head has it: a full one since some size on, a partial one at few sizes only (tlog-tiles)."""
    unit = 1 << (HEIGHT * (tile.level or 0))
    first = (tile.first + tile.width) * unit
    own = log_signature.c.key_id.in_(_own_ids(tx))
    newest = tx.execute(select(func.max(log_signature.c.size)).where(own)).scalar_one()
    if newest is None or first > newest:
        return False
    if tile.width == WIDTH:
        return True
    query = select(log_signature.c.size).where(own, log_signature.c.size.between(first, min(first + unit - 1, newest)))
    return tx.execute(query.limit(1)).first() is not None
