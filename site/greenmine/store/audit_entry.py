"""Every act's row against its own entry: bytes, columns, leaf, chain, time, number. Source: log-spec.md 1, 2, 11."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import func, select

from greenmine.domain.errors import GreenmineError
from greenmine.store.act_schema import require_schema
from greenmine.store.audit_basis import BasisAudit
from greenmine.store.audit_fault import Fault, as_stored, stored_rows
from greenmine.store.audit_head import HeadAudit
from greenmine.store.audit_tree import Leaf, TreeAudit
from greenmine.store.database import Tx
from greenmine.store.tables import act, act_head
from greenmine.store.tables_log import log_node
from greenmine.tlog.entry import Uncanonical, canonical, is_hash, leaf_hash
from greenmine.tlog.merkle import HASH

_COLUMNS: Final = ("kind", "object", "seq", "at", "valid_from", "by", "body")
_BATCH: Final = "complaint.batch"


@dataclass
class EntryAudit:
    """Reads the ledger once, oldest act first.

    ``unreadable`` tells afterwards from which number on the entries cannot be replayed; ``commitments`` what the daily
    lists hold; ``last_at`` the time of the last act. Memory: 100 bytes for each object and each commitment.
    """

    tx: Tx
    tree: TreeAudit
    heads: HeadAudit
    last_at: str = ""
    unreadable: int | None = None
    commitments: set[bytes] = field(default_factory=set)
    basis: BasisAudit = field(init=False)
    _chains: dict[bytes, tuple[int, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.basis = BasisAudit(self.tx)

    def faults(self) -> Iterator[Fault]:
        """All deviations of the ledger, its tree and its heads."""
        size = self._head_size()
        yield from self.heads.at(self.tree, at="")
        for row in stored_rows(self.tx, act):
            if not isinstance(row.n, int) or row.n < self.tree.size:
                yield Fault("act", str(row.n), "", "多出的行，序号不在记录之内")
                self._spoilt(self.tree.size)
                continue
            yield from self._gap(row.n if row.n < max(size, 1) or row.n == self.tree.size else self.tree.size)
            if row.n != self.tree.size or (row.n >= size and self.tree.stored_leaf() is None):
                yield Fault("act", str(row.n), "", "多出的行，记录头只数到此前")
                self._spoilt(row.n)
                continue
            yield from self._row(row)
        yield from self._gap(size)
        yield from self.tree.finish()
        yield from self.heads.finish(self.tree)
        yield from self._head_row()

    def _row(self, row: Any) -> Iterator[Fault]:
        key = str(row.n)
        entry = bytes(row.entry) if isinstance(row.entry, bytes | memoryview) else None
        column = bytes(row.leaf) if isinstance(row.leaf, bytes | memoryview) else None
        envelope = _envelope(entry)
        leaf = Leaf(leaf_hash(entry) if entry is not None else None, column, self.tree.stored_leaf())
        believed, row_differs = self.tree.take(leaf)
        if row_differs and leaf.entry != believed:
            yield Fault("act", key, "entry", "记录的字节已被改动，与记录树不符")
            self._spoilt(row.n)
        if row_differs and column != believed:
            yield Fault("act", key, "leaf", "叶子哈希与记录树不符")
        if envelope is None:
            yield Fault("act", key, "entry", "记录不是规范的JSON")
            self._spoilt(row.n)
        else:
            yield from self._fields(row, envelope)
            yield from self._form(row.n, entry or b"", envelope)
            if leaf.entry == believed:
                yield from self._order(row, envelope, believed)
                yield from self.basis.faults(row.n, envelope, whole=self.unreadable is None)
                self._note(envelope)
        yield from self.tree.append(believed)
        yield from self.heads.at(self.tree, at=self.last_at)

    def _fields(self, row: Any, envelope: Mapping[str, Any]) -> Iterator[Fault]:
        for name in _COLUMNS:
            if getattr(row, name) != envelope.get(name):
                yield Fault("act", str(row.n), name, "与记录的内容不符")

    def _form(self, n: int, entry: bytes, envelope: Mapping[str, Any]) -> Iterator[Fault]:
        """What fits no schema is not replayed, so it must be told here."""
        try:
            require_schema(entry, envelope, None)
        except GreenmineError as error:
            yield Fault("act", str(n), "entry", str(error))
            self._spoilt(n)

    def _order(self, row: Any, envelope: Mapping[str, Any], leaf: bytes) -> Iterator[Fault]:
        """Chain of the object and order of time. After a spoilt entry a break is that one's, named already."""
        whole = self.unreadable is None
        name = blake2b(str(envelope.get("object")).encode(), digest_size=16).digest()
        seq, prev = self._chains.get(name, (-1, ""))
        if whole and (envelope.get("seq") != seq + 1 or envelope.get("prev", "") != prev):
            yield Fault("act", str(row.n), "entry", "与同一事项的上一条记录不衔接")
            self._spoilt(row.n)
        stands = envelope.get("seq")
        self._chains[name] = (stands if isinstance(stands, int) else seq + 1, leaf.hex())
        at = str(envelope.get("at", ""))
        if whole and at < self.last_at:
            yield Fault("act", str(row.n), "entry", "时间早于前一条记录")
        self.last_at = max(at, self.last_at)

    def _note(self, envelope: Mapping[str, Any]) -> None:
        if envelope.get("kind") == _BATCH and isinstance(envelope.get("commitments"), list):
            self.commitments.update(map(bytes.fromhex, filter(is_hash, envelope["commitments"])))

    def _gap(self, until: int) -> Iterator[Fault]:
        """Acts that are not there: told once for a stretch; the tree goes on with its own nodes."""
        first = self.tree.size
        if until <= first:
            return
        last = until - 1
        yield Fault("act", str(first) if first == last else f"{first}–{last}", "", "缺少这一行")
        self._spoilt(first)
        while self.tree.size < until:
            yield from self.tree.append(self.tree.stored_leaf() or bytes(HASH))
            yield from self.heads.at(self.tree, at="")

    def _spoilt(self, n: int) -> None:
        self.unreadable = n if self.unreadable is None else min(self.unreadable, n)

    def _head_size(self) -> int:
        """How many acts there should be: as the newest checkpoint says, or else the head row.

        Never more than there are rows of acts or leaves: a size written by a stranger must not keep us busy for ever.
        """
        told = self.tx.execute(select(*as_stored([act_head.c.size])).limit(1)).scalar()
        newest = self.heads.newest_size
        size = newest if newest is not None else told if isinstance(told, int) else 0
        acts = self.tx.execute(select(func.count()).select_from(act)).scalar_one()
        leaves = self.tx.execute(select(func.count()).where(log_node.c.level == 0)).scalar_one()
        return min(size, max(acts, leaves))

    def _head_row(self) -> Iterator[Fault]:
        rows = list(stored_rows(self.tx, act_head))
        if len(rows) != 1:
            yield Fault("act_head", "", "", f"应有一行，现有{len(rows)}行")
            return
        (row,) = rows
        if row.id != 1:
            yield Fault("act_head", str(row.id), "id", "与建库时不符")
        if row.size != self.tree.size:
            yield Fault("act_head", str(row.id), "size", "与记录的条数不符")
        if (row.last_at or "") != self.last_at:
            yield Fault("act_head", str(row.id), "last_at", "与最近一条记录的时间不符")


def _envelope(entry: bytes | None) -> dict[str, Any] | None:
    """The envelope, if the bytes are the one proper spelling of a JSON object."""
    try:
        envelope = json.loads(entry or b"")
        return envelope if isinstance(envelope, dict) and canonical(envelope) == entry else None
    except (ValueError, Uncanonical, RecursionError):
        return None
