"""Signed notes, checkpoints, cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature)."""

import struct
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.tlog.checkpoint import (
    Checkpoint,
    checkpoint_of,
    cosign,
    cosignature_of,
    parse_checkpoint,
    sign_checkpoint,
)
from greenmine.tlog.note import (
    COSIGNATURE,
    ED25519,
    Malformed,
    Signature,
    SignedNote,
    SignerKey,
    is_signed_by,
    parse_note,
    parse_vkey,
    sign_note,
)

VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
"""Key and note of the Go implementation's documentation (golang.org/x/mod/sumdb/note)."""

LOG = SignerKey("demo.greenmine.invalid/log", ED25519, bytes(range(32)))
WITNESS = SignerKey("witness.example/w1", COSIGNATURE, bytes(range(1, 33)))
HEAD = Checkpoint(LOG.name, 20852163, bytes(range(32)))


def test_a_note_of_another_implementation_is_believed() -> None:
    note = parse_note(NOTE)
    assert is_signed_by(note, parse_vkey(VKEY))
    assert str(note) == NOTE


def test_a_changed_text_is_not_believed() -> None:
    note = parse_note(NOTE.replace("answer", "cause"))
    assert not is_signed_by(note, parse_vkey(VKEY))


def test_a_vkey_is_written_as_it_was_read() -> None:
    assert parse_vkey(VKEY).vkey == VKEY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        VKEY.replace("c74f20a3", "c74f20a4"),
        VKEY.replace("Peter", "Paul"),
        VKEY[:-1],
        VKEY.replace("+ARpc", "+ZZZZ"),
        VKEY.replace("PeterNeumann", "Peter Neumann"),
    ],
)
def test_a_key_that_does_not_fit_its_id_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parse_vkey(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\nno dash\n",
        "text\n\n— name\n",
        "text\n\n— name AAAA\n",
        "text\n\n— na+me AAAAAAAAAAA=\n",
        "te\x07xt\n\n— name AAAAAAAAAAA=\n",
        "text\r\n\n— name AAAAAAAAAAA=\n",
        "text\n\n— name AAAAAAAAAAA=",
        "text\n\n" + "— name AAAAAAAAAAA=\n" * 65,
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parse_note(text)


def test_signatures_of_unknown_keys_are_passed_over() -> None:
    """signed-note: verifiers MUST ignore them, also when they share name or ID with a known key."""
    note = sign_note("text\n", [LOG])
    strangers = (
        Signature(LOG.name, b"\0\0\0\0", b"x" * 64),
        Signature("other", LOG.verifier.id, b"x" * 64),
    )
    assert is_signed_by(replace(note, signatures=(*strangers, *note.signatures)), LOG.verifier)
    assert not is_signed_by(SignedNote(note.text, strangers), LOG.verifier)


def test_a_second_false_signature_of_a_known_key_spoils_the_note() -> None:
    note = sign_note("text\n", [LOG])
    forged = Signature(LOG.name, LOG.verifier.id, b"x" * 64)
    assert not is_signed_by(replace(note, signatures=(*note.signatures, forged)), LOG.verifier)


def test_a_private_key_does_not_show_itself() -> None:
    assert LOG.seed.hex() not in repr(LOG)
    assert str(LOG.seed) not in repr(LOG)


def test_a_checkpoint_is_three_lines() -> None:
    """tlog-checkpoint, "Note text"."""
    assert HEAD.text == f"{LOG.name}\n20852163\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    assert checkpoint_of(parse_note(str(sign_checkpoint(HEAD, [LOG]))), LOG.verifier) == HEAD


@pytest.mark.parametrize(
    "text",
    [
        "o\n1\n",
        "\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "o\n01\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "o\n1０\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "o\n-1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "o\n1\nAAEC\n",
        "o\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
        "o\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "o\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parse_checkpoint(text)


def test_extension_lines_are_passed_over() -> None:
    assert parse_checkpoint(HEAD.text + "extension\n") == HEAD


def test_a_checkpoint_of_another_origin_is_not_the_logs() -> None:
    note = sign_checkpoint(replace(HEAD, origin="elsewhere.example/log"), [LOG])
    with pytest.raises(Malformed, match="another log"):
        checkpoint_of(note, LOG.verifier)


def test_a_cosignature_binds_the_time_and_the_whole_text() -> None:
    """tlog-cosignature, "Ed25519 signed message"."""
    note = sign_checkpoint(HEAD, [LOG])
    signature = cosign(note.text, WITNESS, time=1679315147)
    assert signature.raw[:8] == struct.pack(">Q", 1679315147)
    assert WITNESS.verifier.accepts(b"cosignature/v1\ntime 1679315147\n" + HEAD.text.encode(), signature.raw[8:]), (
        "the message the specification prints"
    )
    seen = replace(note, signatures=(*note.signatures, signature))
    found = cosignature_of(seen, WITNESS.verifier)
    assert found is not None
    assert found.time == 1679315147
    moved = replace(signature, raw=struct.pack(">Q", 1679315148) + signature.raw[8:])
    with pytest.raises(Malformed):
        cosignature_of(replace(note, signatures=(moved,)), WITNESS.verifier)
    with pytest.raises(Malformed):
        cosignature_of(replace(note, signatures=(replace(signature, raw=signature.raw[8:]),)), WITNESS.verifier)
    assert cosignature_of(note, WITNESS.verifier) is None


def test_a_logs_signature_and_a_cosignature_of_the_same_key_have_different_ids() -> None:
    assert replace(LOG, type=COSIGNATURE).verifier.id != LOG.verifier.id


@given(st.text(max_size=300))
def test_no_text_breaks_the_parsers(text: str) -> None:
    for parse in (parse_note, parse_checkpoint, parse_vkey):
        try:
            parse(text)
        except Malformed as refused:
            assert str(refused)
