"""The log in the database: nodes, roots, proofs and signed heads.

A head is written in the transaction of the acts it covers (``Database.write``); whoever is answered finds act, nodes
and head, or none of them. Source: log-spec.md 4, 5, 7.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, and_, bindparam, func, insert, or_, select

from greenmine.domain.errors import NotFound
from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.site_fact import get_fact
from greenmine.store.tables import act, act_head
from greenmine.store.tables_log import log_checkpoint, log_node, log_signature
from greenmine.tlog.checkpoint import Checkpoint
from greenmine.tlog.merkle import Node, completed, edge, root
from greenmine.tlog.note import Signature, SignedNote
from greenmine.tlog.tile import Tile

ORIGIN: Final = "log_origin"
"""Name of the site fact that settles whose log this is; it never changes."""

_APPENDED: Final = "greenmine_log_appended"
_EDGE: Final = "greenmine_log_edge"
"""Notes of a write transaction on its connection; ``Database.write`` begins without any."""

# Every act runs these: a statement made once costs a fifth of one that is put together anew (tests/bench/log.py).
_ADD_NODES: Final = insert(log_node)
_ADD_HEAD: Final = insert(log_checkpoint)
_ADD_SIGNATURE: Final = insert(log_signature)
_SAME: Final = ("size", "name", "key_id", "time")
_SAME_SIGNATURE: Final = select(log_signature.c.size).where(
    *(log_signature.c[name] == bindparam(name) for name in _SAME)
)


@dataclass(frozen=True)
class Head:
    """A head of the log as kept: unsigned when no key was there."""

    checkpoint: Checkpoint
    signatures: tuple[Signature, ...]
    at: datetime

    @property
    def note(self) -> SignedNote:
        """As a signed note, cosignatures included."""
        return SignedNote(self.checkpoint.text, self.signatures)


def append_leaf(tx: Tx, n: int, leaf: bytes, *, at: str) -> None:
    """Keep the nodes that entry ``n`` completes, and remember that the transaction needs a head.

    :param at: when the act was recorded, as its entry says it
    """
    known = _edge_at(tx, n)
    nodes = completed(n, leaf, lambda wanted: [known[node] for node in wanted])
    rows = [{"level": node.level, "place": node.place, "hash": value} for node, value in nodes]
    tx.execute(_ADD_NODES, rows)
    known.update(nodes)
    tx.info[_EDGE] = (n + 1, {node: known[node] for node in edge(n + 1)})
    tx.info[_APPENDED] = (n + 1, at)


def root_of_appended(tx: Tx, size: int) -> bytes:
    """The root at the size the transaction has brought the log to; without a second reading when it appended."""
    known = _edge_at(tx, size)
    return root(size, lambda wanted: [known[node] for node in wanted])


def _edge_at(tx: Tx, size: int) -> dict[Node, bytes]:
    """The tree's right edge, as the transaction left it itself or as it is stored."""
    noted, known = tx.info.get(_EDGE, (None, {}))
    if noted == size:
        return dict(known)
    wanted = edge(size)
    return dict(zip(wanted, read_nodes(tx, wanted), strict=True))


def ask_for_head(tx: Tx, *, at: datetime) -> None:
    """Let the transaction end with a head although it appends nothing: the first one, over the acts of before."""
    row = tx.execute(select(act_head.c.size, act_head.c.last_at)).one()
    tx.info[_APPENDED] = (row.size, row.last_at or utc_text(at))


def take_appended(tx: Tx) -> tuple[int, str] | None:
    """Size and time of the log's last act, when the transaction appended one or asked for a head; else None."""
    noted: tuple[int, str] | None = tx.info.pop(_APPENDED, None)
    return noted


def read_nodes(tx: Tx, wanted: Sequence[Node]) -> list[bytes]:
    """The hashes of these nodes, in this order, in one statement. Raises NotFound for one that is not complete."""
    if not wanted:
        return []
    asked = {f"{name}{n}": value for n, node in enumerate(wanted) for name, value in node._asdict().items()}
    found = {(level, place): bytes(value) for level, place, value in tx.execute(_nodes(len(wanted)), asked)}
    try:
        return [found[node] for node in wanted]
    except KeyError as error:
        raise NotFound("log.node_unknown", N_("记录库中没有这个节点。")) from error


@functools.cache
def _nodes(count: int) -> Select[int, int, bytes]:
    """The statement that reads so many nodes; SQLite looks each up by its key, where pairs ``IN`` are a full scan."""
    own = (
        and_(log_node.c.level == bindparam(f"level{n}"), log_node.c.place == bindparam(f"place{n}"))
        for n in range(count)
    )
    return select(log_node.c.level, log_node.c.place, log_node.c.hash).where(or_(*own))


def read_tile(tx: Tx, tile: Tile) -> bytes:
    """The hashes of a tile one after the other. Raises NotFound when the log does not hold all of it."""
    nodes = tile.nodes
    query = select(log_node.c.hash).where(
        log_node.c.level == nodes[0].level, log_node.c.place.between(nodes[0].place, nodes[-1].place)
    )
    hashes = [bytes(value) for value in tx.execute(query.order_by(log_node.c.place)).scalars()]
    if len(hashes) != tile.width:
        raise NotFound("log.tile_unknown", N_("记录库中没有这一块。"))
    return b"".join(hashes)


def root_at(tx: Tx, size: int) -> bytes:
    """The root at a size that the log has reached."""
    return root(size, lambda wanted: read_nodes(tx, wanted))


def log_origin(tx: Tx) -> str | None:
    """Whose log this is; None before ``greenmine log init``."""
    return get_fact(tx, ORIGIN)


def add_head(tx: Tx, checkpoint: Checkpoint, *, at: str, signatures: Sequence[Signature] = ()) -> None:
    """Keep a head; its size is the compare-and-swap: a second one of the same size is refused by the database.

    :param signatures: the log's own, made with it
    """
    tx.execute(_ADD_HEAD, {"size": checkpoint.size, "root": checkpoint.root, "at": at})
    if signatures:
        tx.execute(_ADD_SIGNATURE, [_line(checkpoint.size, each, at=at, time=0) for each in signatures])


def add_signature(tx: Tx, size: int, signature: Signature, *, at: datetime, time: int = 0) -> None:
    """Keep a signature of a head; the same one twice is kept once.

    :param time: the POSIX second a witness names, 0 for the log's own
    """
    line = _line(size, signature, at=utc_text(at), time=time)
    if tx.execute(_SAME_SIGNATURE, {name: line[name] for name in _SAME}).first() is None:
        tx.execute(_ADD_SIGNATURE, line)


def _line(size: int, signature: Signature, *, at: str, time: int) -> dict[str, Any]:
    own = {"name": signature.name, "key_id": signature.id, "raw": signature.raw}
    return {"size": size, **own, "time": time, "at": at}


def newest_head(tx: Tx) -> Head | None:
    """The newest head, None while there is none."""
    return _head(tx, select(log_checkpoint).order_by(log_checkpoint.c.size.desc()).limit(1))


def first_head_at(tx: Tx) -> datetime | None:
    """The time of the first head, which is that of the last act before the log was begun; None without a log."""
    at = tx.execute(select(func.min(log_checkpoint.c.at))).scalar_one()
    return None if at is None else from_utc_text(at)


def newest_signed_head(tx: Tx, key_ids: Sequence[bytes]) -> Head | None:
    """The newest head that one of the log's keys has signed: what is published as the checkpoint."""
    signed = select(func.max(log_signature.c.size)).where(log_signature.c.key_id.in_(list(key_ids)))
    size = tx.execute(signed).scalar_one()
    return None if size is None else head_of(tx, size)


def head_of(tx: Tx, size: int) -> Head:
    """The head of this size. Raises NotFound when none was made."""
    head = _head(tx, select(log_checkpoint).where(log_checkpoint.c.size == size))
    if head is None:
        raise NotFound("log.head_unknown", N_("没有这个规模的记录库签名。"))
    return head


def heads_after(tx: Tx, size: int, *, before: datetime | None = None) -> list[Head]:
    """The heads of larger sizes, oldest first; those made before a time only, when one is given."""
    query = select(log_checkpoint.c.size).where(log_checkpoint.c.size > size).order_by(log_checkpoint.c.size)
    if before is not None:
        is_before = log_checkpoint.c.at < utc_text(before)
        newest_first = (log_checkpoint.c.at.desc(), log_checkpoint.c.size.desc())
        latest = select(log_checkpoint.c.size).where(is_before).order_by(*newest_first)
        query = query.where(is_before, log_checkpoint.c.size <= latest.limit(1).scalar_subquery())  # asked every second
    return [head_of(tx, found) for found in tx.execute(query).scalars().all()]


def head_covering(tx: Tx, n: int) -> int | None:
    """Size of the first head that holds entry ``n``: the one of its own transaction."""
    query = select(func.min(log_checkpoint.c.size)).where(log_checkpoint.c.size > n)
    size: int | None = tx.execute(query).scalar_one()
    return size


def leaves_after(tx: Tx, start: int, *, limit: int) -> list[bytes]:
    """Leaf hashes of the acts from ``start`` on, in order."""
    query = select(act.c.leaf).where(act.c.n >= start).order_by(act.c.n).limit(limit)
    return [bytes(leaf) for leaf in tx.execute(query).scalars()]


def _head(tx: Tx, query: Any) -> Head | None:
    row: Row[Any] | None = tx.execute(query).first()
    if row is None:
        return None
    lines = tx.execute(
        select(log_signature).where(log_signature.c.size == row.size).order_by(log_signature.c.at, log_signature.c.time)
    )
    newest = {(line.name, bytes(line.key_id)): bytes(line.raw) for line in lines}  # a witness's last word on the head
    signatures = tuple(Signature(name, key_id, raw) for (name, key_id), raw in newest.items())
    checkpoint = Checkpoint(log_origin(tx) or "", row.size, bytes(row.root))
    return Head(checkpoint, signatures, from_utc_text(row.at))
