"""Checkpoints: the head of the log, signed, and cosigned by witnesses (C2SP tlog-checkpoint, tlog-cosignature).

::

    <origin>                       cosigned message (type 0x04):
    <size, decimal>                    cosignature/v1
    <base64 of the root>               time <POSIX seconds>
                                       <the three lines on the left>
    — <origin> <signature>         signature = timestamp as big-endian uint64 || Ed25519 (64)
    — <witness> <cosignature>
"""

import base64
import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from greenmine.tlog.merkle import HASH
from greenmine.tlog.note import (
    Malformed,
    Signature,
    SignedNote,
    SignerKey,
    VerifierKey,
    is_signed_by,
    sign_note,
    unbase64,
)

_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_STAMPED: Final = 8 + 64
_LAST_TIME: Final = 2**63 - 1


@dataclass(frozen=True)
class Checkpoint:
    """What the log says of itself at one size."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The note text: three lines, no extension lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True)
class Cosignature:
    """A witness's word: at ``time`` (POSIX seconds) this was the largest consistent head it had seen."""

    name: str
    time: int


def sign_checkpoint(checkpoint: Checkpoint, keys: Iterable[SignerKey]) -> SignedNote:
    """The checkpoint signed by the log's keys; the first is the log's own, others stand beside it in a rotation."""
    return sign_note(checkpoint.text, keys)


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint of a note's text; extension lines are passed over. Raises Malformed."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise Malformed("a checkpoint has at least three lines, none of them empty")
    if not _SIZE.fullmatch(lines[1]):
        raise Malformed("the second line is the size, in decimal")
    root = unbase64(lines[2])
    if len(root) != HASH:
        raise Malformed("the third line is the root, 32 bytes in base64")
    return Checkpoint(lines[0], int(lines[1]), root)


def checkpoint_of(note: SignedNote, key: VerifierKey) -> Checkpoint:
    """The checkpoint of a note signed by the log. Raises Malformed when signature or origin are not the key's."""
    if not is_signed_by(note, key):
        raise Malformed("the note is not signed by the log's key")
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != key.name:
        raise Malformed("the checkpoint is of another log")
    return checkpoint


def cosign(note_text: str, key: SignerKey, *, time: int) -> Signature:
    """A witness's cosignature of a checkpoint's text (type 0x04)."""
    return Signature(key.name, key.verifier.id, struct.pack(">Q", time) + key.sign(_cosigned(note_text, time)))


def cosignature_of(note: SignedNote, key: VerifierKey) -> Cosignature | None:
    """The witness's newest valid cosignature on the note, or None. Raises Malformed for one that does not verify."""
    times = [_time(note.text, signature, key) for signature in note.signatures if signature.is_of(key)]
    return Cosignature(key.name, max(times)) if times else None


def _time(text: str, signature: Signature, key: VerifierKey) -> int:
    if len(signature.raw) != _STAMPED:
        raise Malformed("a cosignature is a timestamp and an Ed25519 signature")
    (time,) = struct.unpack(">Q", signature.raw[:8])
    if time > _LAST_TIME or not key.accepts(_cosigned(text, time), signature.raw[8:]):
        raise Malformed(f"the cosignature of {key.name} does not verify")
    return int(time)


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()
