"""Heads, signatures and keys of the log against the tree as computed, and the head kept outside the database.

A head that the key was missing for is signed once the key is back; so every head below the newest signed one bears
the signatures of the keys that stood then. Source: log-spec.md 4, 8, 10, 11.
"""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select

from greenmine.domain.errors import Unready
from greenmine.domain.instant import from_utc_text
from greenmine.store.audit_fault import Fault, as_stored, stored_rows, stream
from greenmine.store.audit_tree import TreeAudit
from greenmine.store.database import Tx
from greenmine.store.log import ORIGIN, log_origin
from greenmine.store.log_key import BOTH_SIGN
from greenmine.store.log_seal import read_head
from greenmine.store.tables import act
from greenmine.store.tables_log import log_checkpoint, log_key, log_signature
from greenmine.tlog.checkpoint import Checkpoint, cosignature_of, parse_checkpoint
from greenmine.tlog.note import ED25519, Malformed, Signature, SignedNote, VerifierKey, is_signed_by, parse_vkey

_ORPHAN: Final = "多出的行，没有这个规模的记录头"


@dataclass(frozen=True)
class KeySpan:
    """A key and the heads it signs: from ``first`` entries on, and until so long after the next key came in."""

    key: VerifierKey
    first: int
    until: datetime | None

    def signs(self, size: int, at: datetime) -> bool:
        """Whether a head of this size and time bears its signature."""
        return size >= self.first and (self.until is None or at < self.until)


class HeadAudit:
    """Holds each stored head against the tree when the tree has grown to its size.

    :param witnesses: keys whose cosignatures are checked; those of others are counted in ``unchecked``
    """

    def __init__(self, tx: Tx, *, witnesses: Collection[VerifierKey] = ()) -> None:
        self._tx, self._witnesses = tx, tuple(witnesses)
        self.origin = log_origin(tx)
        self.unchecked = 0
        self._early: list[Fault] = []
        self._keys = tuple(self._read_keys())
        self._keys_broken = bool(self._early)
        rows = (log_checkpoint, log_signature)
        self._heads, self._lines = (_Ahead(stored_rows(tx, table), column="size") for table in rows)
        self.newest_size = _whole(tx.execute(select(func.max(log_checkpoint.c.size))).scalar())
        own = log_signature.c.name == (self.origin or "")
        self.newest_signed = _whole(tx.execute(select(func.max(log_signature.c.size)).where(own)).scalar())

    def at(self, tree: TreeAudit, *, at: str) -> Iterator[Fault]:
        """The stored head of the tree's size, if there is one.

        :param at: time of the last act, empty when it is not known
        """
        yield from self._early
        self._early = []
        for row in self._heads.until(tree.size):
            if row.size != tree.size:
                yield Fault("log_checkpoint", str(row.size), "", "多出的行，规模不合")
                continue
            yield from self._head(row, tree, at=at)
        yield from self._orphans(tree)

    def finish(self, tree: TreeAudit) -> Iterator[Fault]:
        """Heads ahead of the data, and the newest one that must be there."""
        for row in self._heads.rest():
            yield Fault("log_checkpoint", str(row.size), "", "记录头超出了记录的条数")
        for row in self._lines.rest():
            yield Fault("log_signature", _line_key(row), "", _ORPHAN)
        if self.origin is not None and self.newest_size != tree.size:
            yield Fault("log_checkpoint", str(tree.size), "", "缺少最新的记录头")

    def _head(self, row: Any, tree: TreeAudit, *, at: str) -> Iterator[Fault]:
        key = str(row.size)
        if row.root != tree.root:
            yield Fault("log_checkpoint", key, "root", "与由记录重新计算的根不符")
        if (at and row.at != at) or not _is_instant(row.at):
            yield Fault("log_checkpoint", key, "at", "与最后一条记录的时间不符")
        text = Checkpoint(self.origin or "", row.size, tree.root).text
        moment = from_utc_text(at or row.at) if _is_instant(at or row.at) else None
        signed = set()
        for line in self._lines.until(row.size):
            if line.size != row.size:
                yield Fault("log_signature", _line_key(line), "", _ORPHAN)
                continue
            wrong = self._line(line, text)
            if wrong:
                yield Fault("log_signature", _line_key(line), wrong[0], wrong[1])
            else:
                signed.add((line.name, bytes(line.key_id)))
            if not _is_instant(line.at) or (moment is not None and from_utc_text(line.at) < moment):
                yield Fault("log_signature", _line_key(line), "at", "早于它所签的记录头")
        if self._keys_broken:  # named already; what the lost key has signed cannot be told
            return
        if moment is not None and self.newest_signed is not None and row.size <= self.newest_signed:
            for span in self._keys:
                if span.signs(row.size, moment) and (span.key.name, span.key.id) not in signed:
                    yield Fault("log_signature", f"{key}/{span.key.name}/{span.key.id.hex()}/0", "", "缺少这一行")

    def _line(self, row: Any, text: str) -> tuple[str, str] | None:
        """The column of a signature that is wrong, and why; None for one that verifies."""
        if not (isinstance(row.key_id, bytes) and isinstance(row.raw, bytes) and isinstance(row.name, str)):
            return "raw", "无法读出"
        note = SignedNote(text, (Signature(row.name, row.key_id, row.raw),))
        for span in self._keys:
            if note.signatures[0].is_of(span.key):
                if row.time != 0:
                    return "time", "本记录库的签名不带时间"
                return None if is_signed_by(note, span.key) else ("raw", "签名无法通过验证")
        if self._keys_broken and row.name == self.origin:
            return None
        return self._by_others(note, row)

    def _by_others(self, note: SignedNote, row: Any) -> tuple[str, str] | None:
        for witness in self._witnesses:
            if note.signatures[0].is_of(witness):
                return _cosigned(note, witness, row.time)
        if row.name != self.origin and isinstance(row.time, int) and row.time > 0:
            self.unchecked += 1
            return None
        return "name", "不是本记录库或已知见证人的签名"

    def _orphans(self, tree: TreeAudit) -> Iterator[Fault]:
        """Signatures without a head: one that verifies tells that the head was there."""
        text = Checkpoint(self.origin or "", tree.size, tree.root).text
        for line in self._lines.until(tree.size):
            if line.size == tree.size and self._line(line, text) is None:
                yield Fault("log_checkpoint", str(line.size), "", "缺少这一行：它的签名仍在")
            else:
                yield Fault("log_signature", _line_key(line), "", _ORPHAN)

    def _read_keys(self) -> Iterator[KeySpan]:
        """The keys as their acts tell them; faults are kept for the first yield."""
        rows = list(stored_rows(self._tx, log_key))
        rotations = {row.n: row for row in self._rotations()}
        found: list[tuple[VerifierKey, int, datetime]] = []
        for place, row in enumerate(rows):
            key = self._key(row, place, rotations)
            if key is not None:
                found.append(key)
        told = {row.act for row in rows}
        self._early += [Fault("log_key", "", "", f"缺少第{n}号记录换入的密钥") for n in rotations if n not in told]
        if self.origin is not None and not rows:
            self._early.append(Fault("log_key", "0", "", "缺少这一行"))
        if self.origin is None and rows:
            self._early.append(Fault("site_fact", ORIGIN, "", "缺少这一行：记录库的名称"))
        for place, (public, first, _) in enumerate(found):
            until = found[place + 1][2] + BOTH_SIGN if place + 1 < len(found) else None
            yield KeySpan(public, first, until)

    def _key(self, row: Any, place: int, rotations: dict[int, Any]) -> tuple[VerifierKey, int, datetime] | None:
        key = str(row.n)
        if row.n != place:
            self._early.append(Fault("log_key", key, "n", "序号不连续，有行被改动、增加或删除"))
        try:
            public = parse_vkey(row.vkey if isinstance(row.vkey, str) else "")
        except Malformed:
            self._early.append(Fault("log_key", key, "vkey", "不是公开密钥"))
            return None
        if public.name != self.origin or public.type != ED25519:
            self._early.append(Fault("log_key", key, "vkey", "不是这个记录库的密钥"))
        if place == 0 and row.act is not None:
            self._early.append(Fault("log_key", key, "act", "首个密钥不由记录换入"))
            return None
        if row.act is None and place == 0:
            since = self._begun(row)
            return (public, 0, since) if since else None
        told = rotations.get(row.act)
        if told is None:
            self._early.append(Fault("log_key", key, "act", "没有换入这个密钥的记录"))
            return None
        if told.envelope.get("public") != public.public.hex():
            self._early.append(Fault("log_key", key, "vkey", "与换入它的记录不符"))
        if told.envelope.get("at") != row.at:
            self._early.append(Fault("log_key", key, "at", "与换入它的记录不符"))
        return public, int(row.act) + 1, from_utc_text(told.envelope["at"])

    def _begun(self, row: Any) -> datetime | None:
        """The first key came with the first head: at its time, or later when acts stood there before the log."""
        first = self._tx.execute(
            select(*as_stored([log_checkpoint.c.size, log_checkpoint.c.at])).order_by(log_checkpoint.c.size).limit(1)
        ).first()
        if not _is_instant(row.at):
            self._early.append(Fault("log_key", str(row.n), "at", "不是时间"))
            return None
        if first is not None and (row.at < str(first.at) or (first.size == 0 and row.at != first.at)):
            self._early.append(Fault("log_key", str(row.n), "at", "与记录库建立的时间不符"))
        return from_utc_text(row.at)

    def _rotations(self) -> Iterator["_Rotation"]:
        query = select(*as_stored([act.c.n, act.c.entry])).where(act.c.object == "log/key").order_by(act.c.n)
        for row in stream(self._tx, query):
            try:
                envelope = json.loads(row.entry)
            except (ValueError, TypeError):
                continue
            if isinstance(envelope, dict) and envelope.get("kind") == "key.rotated" and _is_instant(envelope.get("at")):
                yield _Rotation(row.n, envelope)


@dataclass(frozen=True)
class _Rotation:
    n: int
    envelope: dict[str, Any]


class _Ahead:
    """A stream of rows that is read as far as a number in one of their columns."""

    def __init__(self, rows: Iterator[Any], *, column: str) -> None:
        self._rows, self._column = rows, column
        self._next = next(rows, None)

    def until(self, limit: int) -> Iterator[Any]:
        """Rows up to and including ``limit``."""
        while self._next is not None and not self._is_beyond(limit):
            row, self._next = self._next, next(self._rows, None)
            yield row

    def rest(self) -> Iterator[Any]:
        """All that are left."""
        while self._next is not None:
            row, self._next = self._next, next(self._rows, None)
            yield row

    def _is_beyond(self, limit: int) -> bool:
        value = getattr(self._next, self._column)
        return not isinstance(value, int) or value > limit


def kept_head_faults(tx: Tx, path: Path, *, root_at: Callable[[int], bytes], size: int) -> Iterator[Fault]:
    """The head kept outside the database: of this log, signed by it, not ahead of it, and with the same beginning."""
    try:
        note = read_head(path)
    except Unready as error:
        yield Fault(path.name, "", "", str(error))
        return
    if note is None:
        return
    kept, keys = parse_checkpoint(note.text), _public_keys(tx)
    if kept.origin != log_origin(tx):
        yield Fault(path.name, "", "", "库外保存的是另一个记录库的记录头")
    elif not any(is_signed_by(note, key) for key in keys):
        yield Fault(path.name, "", "", "库外保存的记录头没有本记录库的签名")
    elif kept.size > size:
        yield Fault(path.name, "", "", f"已签名至第{kept.size}条，数据库只有{size}条：数据库落后")
    elif root_at(kept.size) != kept.root:
        yield Fault(path.name, "", "", f"已签名的前{kept.size}条与数据库不一致")
    elif not _has_signature(tx, kept):
        yield Fault("log_signature", f"{kept.size}/{kept.origin}", "", "缺少这一行：库外保存的记录头有签名")


def _has_signature(tx: Tx, kept: Checkpoint) -> bool:
    query = select(log_signature.c.size).where(log_signature.c.size == kept.size, log_signature.c.name == kept.origin)
    return tx.execute(query.limit(1)).first() is not None


def _public_keys(tx: Tx) -> Sequence[VerifierKey]:
    keys = []
    for text in tx.execute(select(*as_stored([log_key.c.vkey]))).scalars():
        try:
            keys.append(parse_vkey(str(text)))
        except Malformed:
            continue
    return keys


def _cosigned(note: SignedNote, witness: VerifierKey, time: Any) -> tuple[str, str] | None:
    try:
        found = cosignature_of(note, witness)
    except Malformed:
        return "raw", "见证人的签名无法通过验证"
    return ("time", "与签名中的时间不符") if found is None or found.time != time else None


def _line_key(row: Any) -> str:
    key_id = row.key_id.hex() if isinstance(row.key_id, bytes) else row.key_id
    return f"{row.size}/{row.name}/{key_id}/{row.time}"


def _is_instant(value: Any) -> bool:
    try:
        from_utc_text(value)
    except (TypeError, ValueError, AttributeError):
        return False
    return True


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) else None
