"""The commitment to a private record, against a vector worked out apart from our code (log-spec.md 6)."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.tlog.commitment import SALT, commit
from greenmine.tlog.entry import Uncanonical

RECORD = {"v": 1, "number": "T48201937565", "matter": {"text": "粉尘", "anonymous": True}, "files": [], "identity": {}}
CANONICAL = (
    '{"files":[],"identity":{},"matter":{"anonymous":true,"text":"粉尘"},"number":"T48201937565","v":1}'
).encode()
VECTOR = "6c8d9a1ebdc06939ce962930e5e120d042bc9f6a823c1a52fa4eccbea91d5ac4"
"""``printf`` of prefix, salt 00 01 … 1f and CANONICAL piped into coreutils' sha256sum."""


def test_a_fixed_vector() -> None:
    assert commit(RECORD, salt=bytes(range(32))).hex() == VECTOR


def test_the_bytes_are_prefix_salt_and_canonical_record() -> None:
    salt = b"\x5a" * SALT
    assert commit(RECORD, salt=salt) == hashlib.sha256(b"gm/complaint/v1\0" + salt + CANONICAL).digest()


@given(st.binary(min_size=SALT, max_size=SALT), st.binary(min_size=SALT, max_size=SALT))
def test_another_salt_gives_another_commitment(one: bytes, two: bytes) -> None:
    assert (commit(RECORD, salt=one) == commit(RECORD, salt=two)) is (one == two)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_another_word_gives_another_commitment(one: str, two: str) -> None:
    salt = bytes(SALT)
    assert (commit({"text": one}, salt=salt) == commit({"text": two}, salt=salt)) is (one == two)


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_salt_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        commit(RECORD, salt=bytes(length))


def test_what_readers_would_read_differently_is_refused() -> None:
    with pytest.raises(Uncanonical):
        commit({"n": 2**53}, salt=bytes(SALT))
