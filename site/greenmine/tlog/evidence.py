"""The whole offline evidence that an entry stands in the log: the ``.tlog-proof`` file (C2SP tlog-proof).

::

    c2sp.org/tlog-proof@v1
    [extra <base64>]
    index <n>
    <base64 of each hash of the inclusion proof, the leaf's sibling first>
    <empty line>
    <the signed checkpoint, as it is>
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from greenmine.tlog.merkle import HASH, verify_inclusion
from greenmine.tlog.note import Malformed, SignedNote, parse_note, unbase64
from greenmine.tlog.policy import Judgement, Policy, judge

HEADER: Final = "c2sp.org/tlog-proof@v1"
_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,18})")
_MOST_HASHES: Final = 63


@dataclass(frozen=True)
class Evidence:
    """An index, an inclusion proof and a signed checkpoint; ``extra`` proves nothing by itself."""

    index: int
    proof: Sequence[bytes]
    note: SignedNote
    extra: bytes = b""

    def __str__(self) -> str:
        """As a file."""
        extra = [f"extra {base64.b64encode(self.extra).decode()}"] if self.extra else []
        hashes = [base64.b64encode(item).decode() for item in self.proof]
        return "\n".join([HEADER, *extra, f"index {self.index}", *hashes, "", str(self.note)])


def parse_evidence(text: str) -> Evidence:
    """A ``.tlog-proof`` file. Raises Malformed."""
    head, blank, note = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines[0] != HEADER:
        raise Malformed(f"a proof begins with {HEADER} and holds a checkpoint")
    rest = lines[1:]
    extra = b""
    if rest and rest[0].startswith("extra "):
        extra, rest = unbase64(rest[0][len("extra ") :]), rest[1:]
    index = _INDEX.fullmatch(rest[0]) if rest else None
    if index is None:
        raise Malformed("the index is missing")
    proof = [unbase64(line) for line in rest[1:]]
    if len(proof) > _MOST_HASHES or any(len(item) != HASH for item in proof):
        raise Malformed("a proof holds at most 63 hashes of 32 bytes")
    return Evidence(int(index[1]), proof, parse_note(note), extra)


def check_evidence(evidence: Evidence, *, leaf: bytes, policy: Policy) -> Judgement:
    """What the policy says of the checkpoint, once the leaf is shown to be in it. Raises Malformed with the fault."""
    judgement = judge(evidence.note, policy)
    head = judgement.checkpoint
    if not verify_inclusion(leaf, index=evidence.index, size=head.size, proof=evidence.proof, root=head.root):
        raise Malformed("the proof does not lead from this entry to the root of the checkpoint")
    if not judgement.has_quorum:
        raise Malformed("the witnesses of the quorum have not cosigned the checkpoint")
    return judgement
