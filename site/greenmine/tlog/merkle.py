"""The Merkle tree of the log: hashes, roots and proofs from the nodes of complete subtrees (RFC 6962 section 2.1).

::

    leaf = SHA-256( 0x00 || entry )          node = SHA-256( 0x01 || left || right )       empty root = SHA-256( "" )

    level 2          (2,0)                   node (level, index) is the root of the complete subtree over
    level 1     (1,0)     (1,1)              the entries [index * 2**level, (index + 1) * 2**level); it is
    level 0   (0,0)(0,1)(0,2)(0,3)(0,4)      stored once, when its last entry comes, and never changes

Everything else, the root at any size and every proof, is put together from such nodes. Each function says first which
nodes it needs and asks for them in one reading.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

HASH: Final = 32
"""Bytes of a hash."""

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


class Node(NamedTuple):
    """A complete subtree: its height above the entries, and its place among those of that height."""

    level: int
    place: int


Reader = Callable[[Sequence[Node]], Sequence[bytes]]
"""Gives the hashes of stored nodes, in the order asked for."""


class Range(NamedTuple):
    """The entries from ``start`` up to, not including, ``end``; ``start`` is a multiple of the largest part's width."""

    start: int
    end: int


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 section 2.1: the hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def completed(index: int, leaf: bytes, read: Reader) -> list[tuple[Node, bytes]]:
    """The nodes that entry ``index`` completes, its own leaf first: what is stored when it is appended.

    Asks for the left neighbours along the right edge: as many as ``index`` ends in ones in binary.
    """
    height = _trailing_ones(index)
    neighbours = read([Node(level, (index >> level) - 1) for level in range(height)])
    nodes, current = [(Node(0, index), leaf)], leaf
    for level, left in enumerate(neighbours):
        current = node_hash(left, current)
        nodes.append((Node(level + 1, index >> (level + 1)), current))
    return nodes


def edge(size: int) -> list[Node]:
    """The complete subtrees a tree of this size consists of, left to right: all that growth and root are made from."""
    return _parts(Range(0, size))


def root(size: int, read: Reader) -> bytes:
    """RFC 6962 section 2.1: MTH(D[0:size])."""
    return EMPTY_ROOT if size == 0 else _hashes([Range(0, size)], read)[0]


def inclusion_proof(index: int, size: int, read: Reader) -> list[bytes]:
    """RFC 6962 section 2.1.1: PATH(index, D[0:size]), from the leaf's sibling up to the root's child.

    Raises ValueError when the tree of that size has no such entry.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} entries has no entry {index}")
    return _hashes(list(_path(index, Range(0, size))), read)


def consistency_proof(old: int, new: int, read: Reader) -> list[bytes]:
    """RFC 6962 section 2.1.2: PROOF(old, D[0:new]); empty from the empty tree and between equal sizes.

    Raises ValueError when ``old`` is larger than ``new``.
    """
    if not 0 <= old <= new:
        raise ValueError(f"no proof leads from {old} entries to {new}")
    if old in (0, new):
        return []
    return _hashes(list(_subproof(old, Range(0, new), whole=True)), read)


def verify_inclusion(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162 section 2.1.3.2: whether the leaf stands at ``index`` in the tree with this root."""
    if not 0 <= index < size:
        return False
    place, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            current = node_hash(sibling, current)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and current == root


def verify_consistency(*, old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162 section 2.1.4.2: whether the tree of ``new`` entries begins with the one of ``old``."""
    if not 0 <= old <= new:
        return False
    if old == 0:
        return not proof and old_root == EMPTY_ROOT and (new > 0 or new_root == EMPTY_ROOT)
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _path(index: int, span: Range) -> Iterator[Range]:
    """The ranges whose hashes are PATH, lowest first."""
    if span.end - span.start == 1:
        return
    left, right = _halves(span)
    inside, beside = (left, right) if index < left.end else (right, left)
    yield from _path(index, inside)
    yield beside


def _subproof(old: int, span: Range, *, whole: bool) -> Iterator[Range]:
    """The ranges whose hashes are SUBPROOF(m, D, b): ``old`` is the absolute end of the old tree."""
    if old == span.end:
        if not whole:
            yield span
        return
    left, right = _halves(span)
    if old <= left.end:
        yield from _subproof(old, left, whole=whole)
        yield right
    else:
        yield from _subproof(old, right, whole=False)
        yield left


def _halves(span: Range) -> tuple[Range, Range]:
    """Split at the largest power of two below the width (RFC 6962 section 2.1)."""
    middle = span.start + (1 << ((span.end - span.start - 1).bit_length() - 1))
    return Range(span.start, middle), Range(middle, span.end)


def _parts(span: Range) -> list[Node]:
    """The complete subtrees a range consists of, left to right, each as large as can be."""
    parts, start = [], span.start
    while start < span.end:
        level = (span.end - start).bit_length() - 1
        parts.append(Node(level, start >> level))
        start += 1 << level
    return parts


def _hashes(spans: Sequence[Range], read: Reader) -> list[bytes]:
    """MTH of each range, from one reading."""
    parts = [_parts(span) for span in spans]
    found = iter(read([node for nodes in parts for node in nodes]))
    return [_joined([next(found) for _ in nodes]) for nodes in parts]


def _joined(hashes: Sequence[bytes]) -> bytes:
    """Neighbouring subtrees of falling size made one, from the right."""
    current = hashes[-1]
    for left in reversed(hashes[:-1]):
        current = node_hash(left, current)
    return current


def _trailing_ones(number: int) -> int:
    return ((number + 1) & -(number + 1)).bit_length() - 1
