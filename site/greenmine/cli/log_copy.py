"""A log read from elsewhere and shown to be whole: head signed, entries leading to its root, keys followed.

Used by the mirror, by ``greenmine log replay`` and by ``greenmine replay URL``.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from greenmine.cli.log_source import Source, bundle_at, text_at
from greenmine.domain.act.document import body_of, files_of, removed_by, texts_of, vanishes_after
from greenmine.domain.errors import BadInput, Conflict
from greenmine.domain.text import N_
from greenmine.tlog.checkpoint import Checkpoint
from greenmine.tlog.entry import is_hash, leaf_hash
from greenmine.tlog.merkle import Node, completed, root
from greenmine.tlog.note import ED25519, Malformed, SignedNote, VerifierKey, is_signed_by, parse_note, parse_vkey
from greenmine.tlog.policy import NONE, Log, Policy, judge, parse_policy
from greenmine.tlog.tile import WIDTH, Tile


@dataclass
class Tree:
    """A growing tree in memory."""

    nodes: dict[Node, bytes] = field(default_factory=dict)
    size: int = 0

    def append(self, entry: bytes) -> None:
        """One more entry."""
        self.nodes.update(completed(self.size, leaf_hash(entry), self.read))
        self.size += 1

    def read(self, wanted: Sequence[Node]) -> list[bytes]:
        """Hashes of nodes."""
        return [self.nodes[node] for node in wanted]

    def root(self, size: int) -> bytes:
        """The root at a size it has passed."""
        return root(size, self.read)


@dataclass(frozen=True)
class Signed:
    """A head that was believed."""

    note: SignedNote
    checkpoint: Checkpoint


@dataclass(frozen=True)
class Documents:
    """What the entries say of published documents.

    :param first: each document and the entry that first names it; ``removed``: ground and entry of those taken away
    :param fading: the day from which a document is gone without an entry
    """

    bodies: frozenset[str]
    first: Mapping[str, int]
    removed: Mapping[str, tuple[str, int]]
    fading: Mapping[str, str]

    def ground(self, sha256: str, *, today: date) -> tuple[str, int] | None:
        """Why the document may be missing, and the entry that says so; None: it must be there."""
        if sha256 in self.removed:
            return self.removed[sha256]
        if sha256 in self.fading and self.fading[sha256] <= today.isoformat():
            return "credit_term_over", self.first[sha256]
        return None


def trust(key: str | None, policy: Path | None) -> Policy | None:
    """The policy of the command's options; None when neither was given. Raises BadInput."""
    try:
        if policy is not None:
            return parse_policy(policy.read_text("utf-8"))
        if key is not None:
            return Policy((Log(parse_vkey(key)),), (), (), NONE)
    except (Malformed, UnicodeDecodeError) as error:
        raise BadInput("mirror.trust", N_("公钥或核验依据无效：%(reason)s。"), reason=str(error)) from error
    return None


def believed_head(text: str, policy: Policy, *, place: str) -> Signed:
    """The head of a checkpoint file, signed by a log of the policy and cosigned by its quorum. Raises Conflict."""
    try:
        note = parse_note(text)
        judged = judge(note, policy)
    except Malformed as error:
        raise Conflict(
            "mirror.unbelieved", N_("%(place)s 的记录头没有可信的签名：%(reason)s。"), place=place, reason=str(error)
        ) from error
    if not judged.has_quorum:
        raise Conflict("mirror.no_quorum", N_("%(place)s 的记录头尚无足够的见证方签名，请稍后再试。"), place=place)
    return Signed(note, judged.checkpoint)


def read_head_at(source: Source, policy: Policy) -> Signed:
    """The newest head there."""
    return believed_head(text_at(source, "log/checkpoint"), policy, place=source.name)


def bundles_at(source: Source, size: int, *, start: int = 0) -> Iterator[tuple[Tile, list[bytes]]]:
    """The bundles of a log of this size, from the one that holds entry ``start`` on."""
    for number in range(start // WIDTH, -(-size // WIDTH)):
        tile = Tile(None, number, min(WIDTH, size - number * WIDTH))
        yield tile, bundle_at(source, tile)


def envelope_of(entry: bytes, *, n: int) -> dict[str, Any]:
    """The envelope of an entry. Raises Conflict when it is none."""
    try:
        envelope = json.loads(entry)
    except (ValueError, RecursionError):
        envelope = None
    if not isinstance(envelope, dict):
        raise Conflict("mirror.no_envelope", N_("第 %(n)s 号记录无法读出。"), n=n)
    return envelope


def documents_named(entries: Sequence[bytes]) -> Documents:
    """Every document of the log."""
    bodies, first, removed, fading = dict[str, set[str]](), dict[str, int](), dict[str, tuple[str, int]](), {}
    named_by = defaultdict[str, set[str | None]](set)
    for n, entry in enumerate(entries):
        envelope = envelope_of(entry, n=n)
        body, files = body_of(envelope), files_of(envelope)
        for sha256 in (*texts_of(envelope), *files):
            if not is_hash(sha256):
                raise Conflict("mirror.no_hash", N_("第 %(n)s 号记录中的校验值不合格式。"), n=n)
            first.setdefault(sha256, n)
        for file in files:
            named_by[file].add(body)
        if body:
            bodies.setdefault(body, set()).update(files)
        if body and (until := vanishes_after(envelope)):
            fading[body] = until
        for sha256, ground in removed_by(envelope).items():
            if is_hash(sha256):
                removed[sha256] = (ground, n)
                alone = (file for file in bodies.get(sha256, ()) if named_by[file] <= removed.keys())
                removed |= {file: (ground, n) for file in alone if file not in removed}
    return Documents(frozenset(bodies), first, removed, fading)


def with_rotated(policy: Policy, entries: Sequence[bytes], note: SignedNote) -> Policy:
    """The policy for the next time: keys that signed this head, and those that the log itself has brought in.

    A new key is believed because an entry below a believed head names it and the key before it (log-spec.md 10).
    """
    keys = {log.key.id.hex(): log for log in policy.logs}
    for n, entry in enumerate(entries):
        if b'"key.rotated"' not in entry:
            continue
        envelope = envelope_of(entry, n=n)
        public = envelope.get("public")
        if envelope.get("kind") == "key.rotated" and str(envelope.get("old")) in keys and is_hash(public):
            new = VerifierKey(policy.logs[0].key.name, ED25519, bytes.fromhex(public))
            keys.setdefault(new.id.hex(), Log(new, policy.logs[0].url))
    newest = next(reversed(keys.values()))
    return replace(policy, logs=tuple(log for log in keys.values() if log == newest or is_signed_by(note, log.key)))
