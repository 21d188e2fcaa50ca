"""The parts of ``verify_record.py``: RFC 8032, RFC 8785 and RFC 6962 done once more, against other code and vectors."""

import ast
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tlog_keys import log_of

from greenmine.tlog.entry import canonical, leaf_hash
from greenmine.tlog.merkle import inclusion_proof, root
from greenmine.tlog.note import ED25519, SignerKey
from greenmine.web.download import verify_record as script

SCRIPT = Path(script.__file__)


@pytest.mark.parametrize(
    ("public", "message", "signature"),
    [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a",
        ),
    ],
    ids=["TEST 1", "TEST 2", "TEST 3"],
)  # fmt: skip
def test_the_vectors_of_rfc_8032(public: str, message: str, signature: str) -> None:
    """RFC 8032 section 7.1, and what they become when bent."""
    key, text, signed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    check = script.ed25519_verify
    assert check(key, text, signed)
    order = 2**252 + 27742317777372353535851937790883648493
    again = (int.from_bytes(signed[32:], "little") + order).to_bytes(32, "little")
    assert not check(key, text, signed[:32] + again), (
        "S must be below the order: else a second signature is made of one"
    )
    assert not check(key, text + b"\0", signed)
    assert (
        not check(key, text, signed[:-1]) and not check(key, text, signed + b"\0") and not check(key[:-1], text, signed)
    )
    for place in range(0, 64, 7):
        assert not check(key, text, signed[:place] + bytes([signed[place] ^ 8]) + signed[place + 1 :])
    assert not check(b"\xff" * 32, text, signed) and not check(key, text, b"\xff" * 32 + signed[32:])


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_it_accepts_what_another_library_signs(seed: bytes, message: bytes) -> None:
    key = SignerKey("a", ED25519, seed)
    signed = key.sign(message)
    assert script.ed25519_verify(key.verifier.public, message, signed)
    assert not script.ed25519_verify(key.verifier.public, message + b"x", signed)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), _JSON, max_size=5))
def test_it_writes_json_as_rfc_8785_does(value: dict[str, object]) -> None:
    assert script.canonical(value).encode() == canonical(value)


@given(st.integers(0, 40).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, max(0, size - 1)))))
def test_its_tree_is_that_of_rfc_6962(pair: tuple[int, int]) -> None:
    size, index = pair
    log = log_of([b"%d" % n for n in range(size)])
    head = script.Head("x", size, root(size, log.read), {})
    if size:
        proof = inclusion_proof(index, size, log.read)
        assert script.is_included(leaf_hash(b"%d" % index), index, head, proof)
        assert not script.is_included(leaf_hash(b"x"), index, head, proof)
        assert not script.is_included(leaf_hash(b"%d" % index), index + 1, head, proof)


def test_it_needs_the_standard_library_of_python_3_9_only() -> None:
    tree = ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 9))
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    assert {str(name).split(".")[0] for name in imported} <= sys.stdlib_module_names
    assert not imported & {"socket", "urllib", "http", "ssl", "os", "subprocess"}, "it reads files and prints"
