"""The tree grown again from the entries, and every stored node held against it. Source: log-spec.md 2, 11.

Nodes are read level by level as streams while the entries come, so that memory holds one node a level.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import or_, select

from greenmine.store.audit_fault import Fault, as_stored, stream
from greenmine.store.database import Tx
from greenmine.store.tables_log import log_checkpoint, log_node
from greenmine.tlog.merkle import EMPTY_ROOT, HASH, Node, node_hash

_EXTRA: Final = "多出的行，记录中没有这个节点"
_MISSING: Final = "缺少这一行"
_OTHER: Final = "与由记录重新计算的结果不符"


@dataclass
class Leaf:
    """What is known of one entry's leaf hash.

    :param entry: computed from the entry's bytes; None when there are none
    :param column: as the act's row says
    :param node: as the tree's node says; None when there is none
    """

    entry: bytes | None
    column: bytes | None
    node: bytes | None


@dataclass
class TreeAudit:
    """The right edge of the tree as computed, and the stored nodes it is compared with."""

    tx: Tx
    size: int = 0
    _edge: list[tuple[int, bytes]] = field(default_factory=list)
    _stored: dict[int, "_Level"] = field(default_factory=dict)

    def take(self, leaf: Leaf) -> tuple[bytes, bool]:
        """Which hash to go on with, and whether the act's row (not the node) is the one that was changed.

        Two that agree outvote the third; a whole row that disagrees with its node is judged by the node's neighbours.
        """
        if leaf.node is None or leaf.node in (leaf.entry, leaf.column):
            believed = leaf.node or leaf.entry or leaf.column or bytes(HASH)
            return believed, leaf.entry != believed or leaf.column != believed
        if leaf.entry is not None and leaf.entry == leaf.column and not self._fits(leaf.node):
            return leaf.entry, False
        return leaf.node, True

    def stored_leaf(self) -> bytes | None:
        """The node of the next entry, as stored."""
        return self._level(0).peek(self.size)

    def append(self, leaf: bytes) -> Iterator[Fault]:
        """Grow the tree by one entry; yields the stored nodes that are missing, changed or too many."""
        place, level, current = self.size, 0, leaf
        yield from self._level(0).compare(place, current)
        while self._edge and self._edge[-1][0] == level:
            current = node_hash(self._edge.pop()[1], current)
            level, place = level + 1, place >> 1
            yield from self._level(level).compare(place, current)
        self._edge.append((level, current))
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root over the entries so far."""
        if not self._edge:
            return EMPTY_ROOT
        current = self._edge[-1][1]
        for _, left in reversed(self._edge[:-1]):
            current = node_hash(left, current)
        return current

    def finish(self) -> Iterator[Fault]:
        """Nodes that no entry has completed."""
        for number in range(max(self._stored, default=-1) + 1):
            yield from self._level(number).rest()
        top = max(self._stored, default=-1)
        beyond = select(*as_stored([log_node.c.level, log_node.c.place]))
        for row in stream(self.tx, beyond.where(or_(log_node.c.level > top, log_node.c.level < 0))):
            yield Fault("log_node", f"{row.level}/{row.place}", "", _EXTRA)

    def _level(self, number: int) -> "_Level":
        if number not in self._stored:
            self._stored[number] = _Level(self.tx, number)
        return self._stored[number]

    def _fits(self, node: bytes) -> bool:
        """Whether the stored node of the next entry goes together with its stored neighbours or the stored head."""
        sibling, parent = _node(self.tx, Node(0, self.size ^ 1)), _node(self.tx, Node(1, self.size >> 1))
        if parent is not None and sibling is not None:
            pair = (sibling, node) if self.size & 1 else (node, sibling)
            return node_hash(*pair) == parent
        roots = select(*as_stored([log_checkpoint.c.root])).where(log_checkpoint.c.size == self.size + 1)
        current = node
        for _, left in reversed(self._edge):
            current = node_hash(left, current)
        return current == self.tx.execute(roots).scalar()


def _node(tx: Tx, node: Node) -> bytes | None:
    query = select(*as_stored([log_node.c.hash])).where(log_node.c.level == node.level, log_node.c.place == node.place)
    value = tx.execute(query).scalar()
    return bytes(value) if isinstance(value, bytes | memoryview) else None


class _Level:
    """The stored nodes of one level, in order."""

    def __init__(self, tx: Tx, number: int) -> None:
        columns = as_stored([log_node.c.place, log_node.c.hash])
        self._number = number
        self._rows = stream(tx, select(*columns).where(log_node.c.level == number).order_by(log_node.c.place))
        self._next: Any = next(self._rows, None)
        self._extra: list[Fault] = []

    def peek(self, place: int) -> bytes | None:
        """The stored hash at this place."""
        while self._next is not None and not (isinstance(self._next.place, int) and self._next.place >= place):
            self._extra.append(Fault("log_node", f"{self._number}/{self._next.place}", "", _EXTRA))
            self._next = next(self._rows, None)
        if self._next is None or self._next.place != place:
            return None
        value = self._next.hash
        return bytes(value) if isinstance(value, bytes | memoryview) else b""

    def compare(self, place: int, wanted: bytes) -> Iterator[Fault]:
        """Hold the stored node at this place against the computed one."""
        stored = self.peek(place)
        yield from self._extra
        self._extra = []
        if stored is None:
            yield Fault("log_node", f"{self._number}/{place}", "", _MISSING)
            return
        self._next = next(self._rows, None)
        if stored != wanted:
            yield Fault("log_node", f"{self._number}/{place}", "hash", _OTHER)

    def rest(self) -> Iterator[Fault]:
        """What is left when the entries are over."""
        yield from self._extra
        while self._next is not None:
            yield Fault("log_node", f"{self._number}/{self._next.place}", "", _EXTRA)
            self._next = next(self._rows, None)
