"""Collecting the words of witnesses: whom to ask now, what of an answer is believed, what is told of who is missing.

A witness is asked for each new head, and every hour for the same one. One that fails is left alone for a while, longer
each time; no act ever waits for it. Source: log-spec.md 9; C2SP tlog-witness, tlog-cosignature; trust.md "witness slow,
down, lying, forked".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.log import add_signature
from greenmine.store.log_witness import FaultRow, LastWord, last_word, put_fault, witness_fault
from greenmine.tlog.checkpoint import cosignature_of
from greenmine.tlog.note import Malformed, Signature, SignedNote, VerifierKey
from greenmine.tlog.policy import Policy, Witness

AGAIN: Final = timedelta(hours=1)
"""The newest head is cosigned anew so often, also when nothing was appended."""
STALE: Final = timedelta(hours=24)
"""A witness not heard of for so long is missing (log-spec.md 5)."""
FIRST_REST: Final = timedelta(seconds=30)
LONGEST_REST: Final = timedelta(hours=1)
TOLERANCE: Final = timedelta(minutes=5)
"""How far a witness's clock may differ from ours."""


class WitnessFault(StrEnum):
    """How asking a witness ended badly."""

    DOWN = "down"  # 无法连接
    SLOW = "slow"  # 超时
    REFUSED = "refused"  # 拒绝
    GARBLED = "garbled"  # 回复不合规范
    TOO_LARGE = "too_large"  # 回复过大
    LOOPING = "looping"  # 自相矛盾
    AHEAD = "ahead"  # 称见过更多记录
    FORKED = "forked"  # 见过另一份记录
    UNSIGNED = "unsigned"  # 未给出签名
    FALSE = "false"  # 签名无效
    STALE = "stale"  # 签名时间过早
    FUTURE = "future"  # 签名时间在未来


WITNESS_FAULT_LABELS: Final = {
    WitnessFault.DOWN: N_("无法连接"),
    WitnessFault.SLOW: N_("超时没有回复"),
    WitnessFault.REFUSED: N_("拒绝作证"),
    WitnessFault.GARBLED: N_("回复不合规范"),
    WitnessFault.TOO_LARGE: N_("回复过大"),
    WitnessFault.LOOPING: N_("回复自相矛盾"),
    WitnessFault.AHEAD: N_("称见过更多的记录"),
    WitnessFault.FORKED: N_("称见过另一份记录"),
    WitnessFault.UNSIGNED: N_("没有给出签名"),
    WitnessFault.FALSE: N_("签名无效，未采用"),
    WitnessFault.STALE: N_("签名时间过早，未采用"),
    WitnessFault.FUTURE: N_("签名时间在未来，未采用"),
}


class NoWord(Exception):
    """A witness gave no word that can be kept."""

    def __init__(self, fault: WitnessFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class Word:
    """A cosignature that was checked, and the POSIX second it names."""

    signature: Signature
    time: int


@dataclass(frozen=True)
class Errand:
    """A witness to be asked, and the size it is thought to stand at."""

    witness: Witness
    old: int


@dataclass(frozen=True)
class WitnessStanding:
    """How a witness stands.

    :param seen: when it cosigned last; ``size``: the largest head it cosigned
    :param fault: what is wrong with it now, and since when
    """

    name: str
    size: int
    seen: datetime | None
    fault: WitnessFault | None
    since: datetime | None
    now: datetime

    @property
    def is_missing(self) -> bool:
        """Whether it has not been heard of for a day."""
        return self.seen is None or self.now - self.seen > STALE


def due_errands(tx: Tx, policy: Policy, *, size: int, at: datetime) -> list[Errand]:
    """Who is to be asked now to cosign the head of this size."""
    return [
        Errand(witness, min(word.size, size))
        for witness in policy.witnesses
        if _is_due(word := last_word(tx, witness.key), witness_fault(tx, witness.key), size=size, at=at)
    ]


def believed_word(text: str, lines: Sequence[Signature], key: VerifierKey, *, at: datetime) -> Word:
    """The witness's own cosignature among the lines of an answer; lines of other keys are ignored.

    Raises NoWord when there is none, when it does not verify, or when its time is not now.
    """
    own = tuple(line for line in lines if line.is_of(key))
    if not own:
        raise NoWord(WitnessFault.UNSIGNED)
    try:
        found = cosignature_of(SignedNote(text, own), key)
    except Malformed as error:
        raise NoWord(WitnessFault.FALSE) from error
    if found is None:
        raise NoWord(WitnessFault.UNSIGNED)
    now = int(at.timestamp())
    if found.time > now + TOLERANCE.total_seconds():
        raise NoWord(WitnessFault.FUTURE)
    if found.time < now - TOLERANCE.total_seconds():
        raise NoWord(WitnessFault.STALE)
    newest = max(own, key=lambda line: line.raw[:8])
    return Word(newest, found.time)


def keep_word(tx: Tx, witness: Witness, word: Word, *, size: int, at: datetime) -> None:
    """Keep a cosignature as a row of its own; the witness answers."""
    add_signature(tx, size, word.signature, at=at, time=word.time)
    put_fault(tx, witness.key, None)


def note_no_word(tx: Tx, witness: Witness, fault: WitnessFault, *, at: datetime) -> None:
    """The witness failed: it rests for half a minute, twice as long each further time, an hour at most."""
    before = witness_fault(tx, witness.key)
    failures = before.failures + 1 if before else 1
    rest = min(FIRST_REST * 2 ** min(failures - 1, 10), LONGEST_REST)
    row = FaultRow(failures, before.since if before else at, at + rest, fault.value)
    put_fault(tx, witness.key, row)


def witness_standings(tx: Tx, policy: Policy, *, now: datetime) -> tuple[WitnessStanding, ...]:
    """How every witness of the policy stands."""
    return tuple(_standing(tx, witness, now=now) for witness in policy.witnesses)


def _standing(tx: Tx, witness: Witness, *, now: datetime) -> WitnessStanding:
    word, fault = last_word(tx, witness.key), witness_fault(tx, witness.key)
    return WitnessStanding(
        name=witness.name,
        size=word.size,
        seen=word.at,
        fault=WitnessFault(fault.code) if fault else None,
        since=fault.since if fault else None,
        now=now.astimezone(UTC),
    )


def _is_due(word: LastWord, fault: FaultRow | None, *, size: int, at: datetime) -> bool:
    if fault is not None and at < fault.until <= at + LONGEST_REST:
        return False  # a rest set by a clock that had leapt ahead binds nobody
    return word.size != size or word.at is None or not timedelta(0) <= at - word.at + TOLERANCE < AGAIN + TOLERANCE
