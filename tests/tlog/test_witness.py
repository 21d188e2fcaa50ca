"""The wire of tlog-witness, and what a witness must refuse (C2SP tlog-witness, add-checkpoint)."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tlog_keys import LOG, log_of

from greenmine.tlog.checkpoint import Checkpoint, sign_checkpoint
from greenmine.tlog.merkle import consistency_proof, root
from greenmine.tlog.note import ED25519, Malformed, SignedNote, SignerKey
from greenmine.tlog.witness import (
    AddCheckpoint,
    Refused,
    Seen,
    monitoring_path,
    parse_add_checkpoint,
    parse_cosignatures,
    parse_size,
    require_continues,
    require_signed,
)

EXAMPLE = """old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""  # noqa: E501  (the specification's own example)
ENTRIES = [f"entry {n}".encode() for n in range(40)]
STORED = log_of(ENTRIES)
OTHER = log_of([b"another story", *ENTRIES[1:]])


def head(size: int, *, forked: bool = False, key: SignerKey = LOG) -> SignedNote:
    made = root(size, (OTHER if forked else STORED).read)
    return sign_checkpoint(Checkpoint(key.name, size, made), [key])


def request(old: int, new: int, *, forked: bool = False) -> AddCheckpoint:
    proof = consistency_proof(old, new, (OTHER if forked else STORED).read)
    return AddCheckpoint(old, tuple(proof), head(new, forked=forked))


def seen(size: int) -> Seen:
    return Seen(size, root(size, STORED.read))


def asked(made: AddCheckpoint, before: Seen) -> int:
    try:
        checkpoint = require_signed(made, [LOG.verifier])
        require_continues(made, checkpoint, before)
    except Refused as refused:
        return refused.status
    return 200


def test_the_specifications_example_is_read_and_written_back() -> None:
    made = parse_add_checkpoint(EXAMPLE.encode())
    assert (made.old, len(made.proof), len(made.note.signatures)) == (20852014, 4, 1)
    assert str(made) == EXAMPLE


@given(st.integers(0, 40), st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_every_honest_step_is_cosigned(one: int, two: int) -> None:
    old, new = sorted((one, two))
    made = parse_add_checkpoint(str(request(old, new)).encode())
    assert asked(made, seen(old)) == 200


@given(st.integers(1, 40), st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_no_step_of_a_forked_log_is_cosigned(one: int, two: int) -> None:
    old, new = sorted((one, two))
    assert asked(request(old, new, forked=True), seen(old)) == (409 if old == new else 422)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 1\n",
        b"old 01\n\n" + str(head(1)).encode(),
        b"old -1\n\n" + str(head(1)).encode(),
        b"old 1 \n\n" + str(head(1)).encode(),
        "old 1０\n\n".encode() + str(head(10)).encode(),
        b"new 1\n\n" + str(head(1)).encode(),
        b"old 99999999999999999999\n\n" + str(head(1)).encode(),
        b"old 1\nnot base64\n\n" + str(head(2)).encode(),
        b"old 1\nAAAA\n\n" + str(head(2)).encode(),
        ("old 1\n" + "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n" * 64 + "\n" + str(head(2))).encode(),
        b"old 0\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\n" + str(head(1)).encode(),
        b"old 0\r\n\r\n" + str(head(1)).encode(),
        b"old 0\n\n\xff\xfe",
        b"old 0\n\nno checkpoint at all",
        "old 0\n\n一行\n\n— x AAAAAAA=\n".encode(),
    ],
)
def test_what_is_no_request_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        require_signed(parse_add_checkpoint(body), [LOG.verifier])


def test_an_unknown_origin_is_404_and_a_stranger_who_signs_for_a_known_one_403() -> None:
    stranger = SignerKey("elsewhere.example/log", ED25519, b"\x07" * 32)
    forger = SignerKey(LOG.name, ED25519, b"\x07" * 32)
    assert asked(AddCheckpoint(0, (), head(3, key=stranger)), Seen()) == 404
    assert asked(AddCheckpoint(0, (), head(3, key=forger)), Seen()) == 403


def test_signatures_of_unknown_keys_beside_the_logs_are_ignored() -> None:
    own, other = head(3), head(3, key=SignerKey(LOG.name, ED25519, b"\x07" * 32))
    both = SignedNote(own.text, (*other.signatures, *own.signatures))
    assert asked(AddCheckpoint(0, (), both), Seen()) == 200


def test_sizes_that_do_not_meet_are_told_with_the_size_cosigned_last() -> None:
    assert asked(request(5, 9), seen(7)) == 409
    assert asked(AddCheckpoint(9, (), head(5)), seen(9)) == 400  # old > size
    with pytest.raises(Refused) as refused:
        require_continues(request(0, 9), Checkpoint(LOG.name, 9, root(9, STORED.read)), seen(7))
    assert refused.value.size == 7


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 7))
@settings(max_examples=60, deadline=None)
def test_a_bent_proof_is_refused(one: int, two: int, place: int) -> None:
    old, new = sorted((one, two))
    honest = request(old, new)
    bent: Sequence[bytes] = [*honest.proof, b"\x00" * 32]
    if honest.proof:
        index = place % len(honest.proof)
        bent = [*honest.proof[:index], b"\x11" * 32, *honest.proof[index + 1 :]]
    assert asked(AddCheckpoint(old, tuple(bent), honest.note), seen(old)) == 422


def test_answers_are_read_strictly() -> None:
    assert parse_size(b"17\n") == 17
    for body in (b"", b"17", b"017\n", b"-1\n", b"17\n17\n", b"\xff\n", b"9" * 30 + b"\n"):
        with pytest.raises(Malformed):
            parse_size(body)
    for body in (b"", b"17\n", "— name\n".encode(), b"\xff\n"):
        with pytest.raises(Malformed):
            parse_cosignatures(body)


def test_the_monitoring_address_is_the_origins_hash() -> None:
    # printf %s demo.greenmine.invalid/log | sha256sum
    expected = "91978076b3e5da3a3e345693c5f7e43fdb47c440793fbf34c5b92aeaede93215"
    assert monitoring_path("demo.greenmine.invalid/log") == f"{expected}/checkpoint"
