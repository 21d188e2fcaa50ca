"""The tree: RFC 6962's own vectors, and properties against the definition written down naively."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tlog_keys import StoredLog

from greenmine.tlog.entry import leaf_hash
from greenmine.tlog.merkle import (
    EMPTY_ROOT,
    Node,
    completed,
    consistency_proof,
    inclusion_proof,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

RFC_LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
RFC_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""Roots over the first 1 … 8 leaves, as the reference implementation of Certificate Transparency tests them."""


def stored_log(leaves: Sequence[bytes]) -> StoredLog:
    stored = StoredLog()
    for leaf in leaves:
        stored.append(leaf)
    return stored


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """MTH as RFC 6962 section 2.1 writes it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return node_hash(naive_root(leaves[:middle]), naive_root(leaves[middle:]))


def naive_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH as RFC 6962 section 2.1.1 writes it."""
    if len(leaves) == 1:
        return []
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    if index < middle:
        return [*naive_path(index, leaves[:middle]), naive_root(leaves[middle:])]
    return [*naive_path(index - middle, leaves[middle:]), naive_root(leaves[:middle])]


def some_leaves(size: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(size)]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference_vectors(size: int) -> None:
    stored = stored_log([leaf_hash(entry) for entry in RFC_LEAVES])
    assert root(size, stored.read).hex() == RFC_ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    """RFC 6962 section 2.1."""
    assert root(0, stored_log([]).read) == EMPTY_ROOT == hashlib.sha256(b"").digest()


def test_an_inclusion_proof_is_that_of_the_reference_vectors() -> None:
    stored = stored_log([leaf_hash(entry) for entry in RFC_LEAVES])
    assert [item.hex() for item in inclusion_proof(0, 8, stored.read)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]


def test_a_consistency_proof_is_that_of_the_reference_vectors() -> None:
    stored = stored_log([leaf_hash(entry) for entry in RFC_LEAVES])
    assert [item.hex() for item in consistency_proof(6, 8, stored.read)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@given(st.integers(1, 300), st.data())
def test_every_entry_is_proved_and_nothing_else_is(size: int, data: st.DataObject) -> None:
    """RFC 6962 section 2.1.1 against the definition; another leaf, place, size or hash is refused."""
    leaves = some_leaves(size)
    stored, head = stored_log(leaves), naive_root(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, stored.read)
    assert proof == naive_path(index, leaves)
    assert root(size, stored.read) == head
    assert verify_inclusion(leaves[index], index=index, size=size, proof=proof, root=head)
    other = data.draw(st.integers(0, size + 2))
    assert verify_inclusion(leaves[index], index=other, size=size, proof=proof, root=head) == (other == index)
    assert not verify_inclusion(leaf_hash(b"another"), index=index, size=size, proof=proof, root=head)
    assert not verify_inclusion(leaves[index], index=index, size=size, proof=[*proof, head], root=head)
    if proof:
        assert not verify_inclusion(leaves[index], index=index, size=size, proof=proof[:-1], root=head)


@given(st.integers(1, 300), st.data())
def test_every_earlier_head_is_shown_to_be_a_beginning(new: int, data: st.DataObject) -> None:
    """RFC 6962 section 2.1.2; a changed beginning, a shortened or padded proof is refused."""
    leaves = some_leaves(new)
    stored = stored_log(leaves)
    old = data.draw(st.integers(1, new))
    old_root, new_root = naive_root(leaves[:old]), naive_root(leaves)
    proof = consistency_proof(old, new, stored.read)
    assert verify_consistency(old=old, new=new, old_root=old_root, new_root=new_root, proof=proof)
    forked = naive_root([leaf_hash(b"forged"), *leaves[1:old]])
    assert not verify_consistency(old=old, new=new, old_root=forked, new_root=new_root, proof=proof)
    assert not verify_consistency(old=old, new=new, old_root=old_root, new_root=old_root[::-1], proof=proof)
    assert not verify_consistency(old=old, new=new, old_root=old_root, new_root=new_root, proof=[*proof, new_root])
    if proof:
        assert not verify_consistency(old=old, new=new, old_root=old_root, new_root=new_root, proof=proof[:-1])


def test_the_empty_tree_is_the_beginning_of_every_tree() -> None:
    stored = stored_log(some_leaves(5))
    head = root(5, stored.read)
    assert consistency_proof(0, 5, stored.read) == []
    assert verify_consistency(old=0, new=5, old_root=EMPTY_ROOT, new_root=head, proof=[])
    assert not verify_consistency(old=0, new=5, old_root=head, new_root=head, proof=[])
    assert not verify_consistency(old=0, new=0, old_root=EMPTY_ROOT, new_root=head, proof=[])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5), (9, 5)])
def test_there_is_no_proof_of_what_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no entry"):
        inclusion_proof(index, size, stored_log(some_leaves(5)).read)
    assert not verify_inclusion(b"", index=index, size=size, proof=[], root=EMPTY_ROOT)


def test_no_proof_leads_backwards() -> None:
    with pytest.raises(ValueError, match="no proof"):
        consistency_proof(5, 4, stored_log(some_leaves(5)).read)
    assert not verify_consistency(old=5, new=4, old_root=b"", new_root=b"", proof=[])


@given(st.integers(0, 3000))
def test_an_append_asks_only_for_the_right_edge(index: int) -> None:
    """As many neighbours as the index ends in ones: never more than the tree is high."""
    asked: list[Node] = []

    def read(wanted: Sequence[Node]) -> list[bytes]:
        asked.extend(wanted)
        return [b"\0" * 32 for _ in wanted]

    nodes = completed(index, b"\1" * 32, read)
    assert len(asked) == len(nodes) - 1 <= index.bit_length()
    assert [node.level for node, _ in nodes] == list(range(len(nodes)))
