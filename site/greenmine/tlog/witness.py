"""What a log and a witness say to each other (C2SP tlog-witness, ``add-checkpoint``), and the witness's decision.

::

    POST <submission prefix>/add-checkpoint          200  — <witness> <cosignature>      one line or more
    old <size of the head cosigned last>             400  malformed, or old > size
    <base64 of each hash of the consistency proof>   403  no trusted key has signed      404  unknown origin
    <empty line>                                     409  <size cosigned last>\\n         text/x.tlog.size
    <the signed checkpoint, as it is>                422  the proof does not verify
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from greenmine.tlog.checkpoint import Checkpoint, parse_checkpoint
from greenmine.tlog.merkle import EMPTY_ROOT, HASH, verify_consistency
from greenmine.tlog.note import (
    Malformed,
    Signature,
    SignedNote,
    VerifierKey,
    is_signed_by,
    parse_note,
    parse_signature,
    unbase64,
)

SIZE_TYPE: Final = "text/x.tlog.size"
MOST_HASHES: Final = 63
LONGEST_REQUEST: Final = 65_536
"""Bytes: 63 hashes and a checkpoint with 64 signatures take less than half of it."""

_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,18})")
_SIZE_LINE: Final = re.compile(r"(0|[1-9][0-9]{0,18})\n")


@dataclass(frozen=True)
class AddCheckpoint:
    """A head for the witness, with the proof that it continues the one of ``old`` entries."""

    old: int
    proof: tuple[bytes, ...]
    note: SignedNote

    def __str__(self) -> str:
        """As the body of the request."""
        hashes = (base64.b64encode(item).decode() for item in self.proof)
        return "\n".join([f"old {self.old}", *hashes, "", str(self.note)])


@dataclass(frozen=True)
class Seen:
    """The head a witness cosigned last for an origin."""

    size: int = 0
    root: bytes = EMPTY_ROOT


class Refused(Exception):
    """The witness does not cosign; ``status`` is what HTTP answers, ``size`` the size cosigned last, with 409."""

    def __init__(self, status: int, reason: str, *, size: int | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.size = size


def parse_add_checkpoint(body: bytes) -> AddCheckpoint:
    """The request. Raises Malformed."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Malformed("a request is valid UTF-8") from error
    head, blank, note = text.partition("\n\n")
    lines = head.split("\n")
    old = _OLD.fullmatch(lines[0])
    if not blank or old is None:
        raise Malformed("a request begins with the old size and holds a checkpoint")
    proof = tuple(unbase64(line) for line in lines[1:])
    if len(proof) > MOST_HASHES or any(len(item) != HASH for item in proof):
        raise Malformed("a proof holds at most 63 hashes of 32 bytes")
    if proof and old[1] == "0":
        raise Malformed("from nothing no proof is needed")
    return AddCheckpoint(int(old[1]), proof, parse_note(note))


def require_signed(request: AddCheckpoint, trusted: Iterable[VerifierKey]) -> Checkpoint:
    """The checkpoint, once a trusted key of its origin is shown to have signed it. Raises Malformed, Refused."""
    checkpoint = parse_checkpoint(request.note.text)
    keys = [key for key in trusted if key.name == checkpoint.origin]
    if not keys:
        raise Refused(404, "the log is not known here")
    if not any(is_signed_by(request.note, key) for key in keys):
        raise Refused(403, "no key of this log that is trusted here has signed")
    return checkpoint


def require_continues(request: AddCheckpoint, head: Checkpoint, seen: Seen) -> None:
    """Raise Refused unless the head continues what was cosigned last. Ask and remember in one transaction."""
    if request.old > head.size:
        raise Refused(400, "the old size is larger than the checkpoint's")
    if request.old != seen.size:
        raise Refused(409, "the old size is not the one cosigned last", size=seen.size)
    if request.old == head.size and not request.proof and head.root != seen.root:
        raise Refused(409, "another root was cosigned at this size", size=seen.size)
    proved = verify_consistency(
        old=seen.size, new=head.size, old_root=seen.root, new_root=head.root, proof=request.proof
    )
    if not proved:
        raise Refused(422, "the proof does not lead from the head cosigned last to this one")


def parse_size(body: bytes) -> int:
    """The size of a 409 answer. Raises Malformed."""
    found = _SIZE_LINE.fullmatch(body.decode("ascii", errors="replace"))
    if found is None:
        raise Malformed("the size is a decimal number and a newline")
    return int(found[1])


def parse_cosignatures(body: bytes) -> list[Signature]:
    """The lines of a 200 answer, not yet believed. Raises Malformed."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Malformed("signature lines are valid UTF-8") from error
    if not text.endswith("\n"):
        raise Malformed("each signature line ends in a newline")
    return [parse_signature(line) for line in text[:-1].split("\n")]


def monitoring_path(origin: str) -> str:
    """Where a witness shows the head it cosigned last, below its monitoring prefix."""
    return f"{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint"
