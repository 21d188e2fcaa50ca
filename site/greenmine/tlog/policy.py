"""Whom to believe: the log's keys, the witnesses and how many of them (C2SP tlog-policy).

::

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <name>…
    quorum <name>|none
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from greenmine.tlog.checkpoint import Checkpoint, Cosignature, checkpoint_of, cosignature_of
from greenmine.tlog.note import COSIGNATURE, ED25519, Malformed, SignedNote, VerifierKey, is_signed_by, parse_vkey

NONE: Final = "none"
_WORDS: Final = re.compile(r"[^ \t]+")
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_THRESHOLD: Final = re.compile(r"[1-9][0-9]{0,5}")


@dataclass(frozen=True)
class Log:
    """A log that is believed."""

    key: VerifierKey
    url: str = ""


@dataclass(frozen=True)
class Witness:
    """A witness by its name in the policy."""

    name: str
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True)
class Group:
    """At least ``threshold`` of the members must have witnessed."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """Logs, witnesses, groups and the quorum. ``quorum`` is a witness, a group, or ``none``."""

    logs: tuple[Log, ...]
    witnesses: tuple[Witness, ...]
    groups: tuple[Group, ...]
    quorum: str

    def __str__(self) -> str:
        """As a policy file."""
        lines = [" ".join(filter(None, ("log", log.key.vkey, log.url))) for log in self.logs]
        lines += [" ".join(filter(None, ("witness", w.name, w.key.vkey, w.url))) for w in self.witnesses]
        lines += [f"group {group.name} {group.threshold} {' '.join(group.members)}" for group in self.groups]
        return "\n".join([*lines, f"quorum {self.quorum}"]) + "\n"


@dataclass(frozen=True)
class Judgement:
    """What a policy says of a checkpoint.

    :param cosignatures: the valid ones of known witnesses
    """

    checkpoint: Checkpoint
    cosignatures: tuple[Cosignature, ...]
    has_quorum: bool


def judge(note: SignedNote, policy: Policy) -> Judgement:
    """The checkpoint of the note and whether the quorum has seen it. Raises Malformed when no known log signed it."""
    signing = [log.key for log in policy.logs if is_signed_by(note, log.key)]
    if not signing:
        raise Malformed("the checkpoint is not signed by a log of the policy")
    found = {witness.name: cosignature_of(note, witness.key) for witness in policy.witnesses}
    seen = {name for name, cosignature in found.items() if cosignature is not None}
    for group in policy.groups:
        if sum(member in seen for member in group.members) >= group.threshold:
            seen.add(group.name)
    return Judgement(
        checkpoint_of(note, signing[0]),
        tuple(cosignature for cosignature in found.values() if cosignature is not None),
        policy.quorum == NONE or policy.quorum in seen,
    )


def parse_policy(text: str) -> Policy:
    """A policy file. Raises Malformed with the number of the line."""
    if _FORBIDDEN.search(text):
        raise Malformed("a policy holds no control characters but tab and newline")
    draft = _Draft()
    for number, line in enumerate(text.split("\n"), start=1):
        words = _WORDS.findall(line)
        if words and not words[0].startswith("#"):
            try:
                draft.take(words)
            except Malformed as error:
                raise Malformed(f"line {number}: {error}") from error
    if draft.quorum is None:
        raise Malformed("a policy has one quorum line")
    return Policy(tuple(draft.logs), tuple(draft.witnesses), tuple(draft.groups), draft.quorum)


class _Draft:
    """A policy while its lines are read."""

    def __init__(self) -> None:
        self.logs: list[Log] = []
        self.witnesses: list[Witness] = []
        self.groups: list[Group] = []
        self.quorum: str | None = None
        self._grouped: set[str] = set()

    def take(self, words: Sequence[str]) -> None:
        """One line, as words."""
        takers: Mapping[str, object] = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._quorum,
        }
        taker = takers.get(words[0])
        if taker is None:
            raise Malformed(f"unknown keyword {words[0]}")
        taker(words[1:])  # type: ignore[operator]

    def _log(self, words: Sequence[str]) -> None:
        if not 1 <= len(words) <= 2:
            raise Malformed("log <vkey> [<url>]")
        key = _typed(words[0], ED25519)
        if key.public in {log.key.public for log in self.logs}:
            raise Malformed("the same log twice")
        self.logs.append(Log(key, *words[1:]))

    def _witness(self, words: Sequence[str]) -> None:
        if not 2 <= len(words) <= 3:
            raise Malformed("witness <name> <vkey> [<url>]")
        key = _typed(words[1], COSIGNATURE)
        self._require_new(words[0])
        if key.public in {witness.key.public for witness in self.witnesses}:
            raise Malformed("the same witness twice")
        self.witnesses.append(Witness(words[0], key, *words[2:]))

    def _group(self, words: Sequence[str]) -> None:
        if len(words) < 3:
            raise Malformed("group <name> all|any|<k> <name>…")
        name, threshold, members = words[0], words[1], tuple(words[2:])
        self._require_new(name)
        known = self._names()
        if not set(members) <= known or len(set(members)) != len(members) or self._grouped & set(members):
            raise Malformed("members are defined before, and stand in one group once")
        number = {"all": len(members), "any": 1}.get(threshold) or (
            int(threshold) if _THRESHOLD.fullmatch(threshold) else 0
        )
        if not 1 <= number <= len(members):
            raise Malformed("the threshold is at least 1 and at most the number of members")
        self._grouped |= set(members)
        self.groups.append(Group(name, number, members))

    def _quorum(self, words: Sequence[str]) -> None:
        if len(words) != 1 or self.quorum is not None or (words[0] != NONE and words[0] not in self._names()):
            raise Malformed("one quorum, of a name defined before")
        self.quorum = words[0]

    def _names(self) -> set[str]:
        items: Iterable[Witness | Group] = (*self.witnesses, *self.groups)
        return {item.name for item in items}

    def _require_new(self, name: str) -> None:
        if name == NONE or name in self._names():
            raise Malformed(f"the name {name} is taken")


def _typed(text: str, wanted: int) -> VerifierKey:
    key = parse_vkey(text)
    if key.type != wanted:
        raise Malformed("a log's key is of type 0x01, a witness's of type 0x04")
    return key
