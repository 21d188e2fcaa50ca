#!/usr/bin/env python3
"""Check a public record of a green-mine site on your own machine, offline. Needs only Python 3.9 or newer.
在自己的电脑上离线核验绿色矿山网站的公开记录。只需要 Python 3.9 或更新版本，不需要安装任何组件，也不联网。

    verify_record.py POLICY PROOF ENTRY                      the record stands in the signed log
    verify_record.py POLICY PROOF ENTRY --document FILE      and it names this document (repeatable)
    verify_record.py POLICY [PROOF ENTRY] --receipt FILE     a complaint's receipt; with the day's batch, that it is in
    verify_record.py POLICY --consistency OLD CONSISTENCY    the log of today begins with the log you kept

    POLICY       https://<site>/log/policy                   whom to believe; keep it from the first day
    PROOF        https://<site>/log/proof/<n>.tlog-proof     record n, proof and signed head
    ENTRY        https://<site>/log/entry/<n>.json           the record itself, byte for byte
    OLD          a /log/checkpoint you kept                  CONSISTENCY  /log/consistency/<size of OLD>.txt

Exit status 退出码: 0 passed 通过, 1 refused 不通过, 2 cannot be run (wrong arguments, a file cannot be read) 无法核验.
Formats 格式: C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof, tlog-policy, tlog-witness; RFC 6962,
RFC 8032, RFC 8785. This file imports nothing of the site; read it before you trust it 请先读后用。
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import struct
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple


class Refused(Exception):
    """What was handed in does not prove what it should."""


# ---- Ed25519 (RFC 8032 section 5.1), verification only, without the cofactor as Go and OpenSSL do it ----

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # extended coordinates (X, Y, Z, T): x = X/Z, y = Y/Z, xy = T/Z


def _add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(scalar: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point, scalar = _add(point, point), scalar >> 1
    return total


def _decode(raw: bytes) -> Point | None:
    number = int.from_bytes(raw, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def _encode(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


_base = _decode(bytes([0x58]) + bytes([0x66]) * 31)
BASE: Point = _base if _base is not None else (0, 1, 1, 0)


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the 64 bytes are the key's Ed25519 signature of the message."""
    key = _decode(public) if len(public) == 32 else None
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or len(signature) != 64 or scalar >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    minus = (P - key[0], key[1], key[2], P - key[3])
    return _encode(_add(_times(scalar, BASE), _times(k, minus))) == signature[:32]


# ---- signed notes, keys, checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature) ----

SIGNS, COSIGNS = 0x01, 0x04
MOST_SIGNATURES = 64


class Key(NamedTuple):
    """A public key: its name, its type, its 32 bytes."""

    name: str
    type: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that tell it from others of its name."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()[:4]


class Note(NamedTuple):
    """A text and the signature lines below it: (name, key ID, signature)."""

    text: str
    signatures: list[tuple[str, bytes, bytes]]


class Head(NamedTuple):
    """What the log says of itself: its name, how many records, the root over them; and who has seen it, when."""

    origin: str
    size: int
    root: bytes
    seen: dict[str, int]


def unbase64(text: str) -> bytes:
    """Base64 in its one proper spelling."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refused("不是规范的 Base64 / not base64") from error
    if base64.b64encode(raw).decode() != text:
        raise Refused("Base64 写法不规范 / base64 with stray bits")
    return raw


def parse_key(text: str, wanted: int) -> Key:
    """A vkey: <name>+<key ID>+<base64 of type and key>."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = unbase64(encoded)
    key = Key(name, raw[0] if raw else 0, raw[1:])
    if not name or len(raw) != 33 or key.id.hex() != key_id:
        raise Refused("公钥与其编号不符 / the key ID does not belong to the key")
    if key.type != wanted:
        raise Refused("公钥类型不符 / a log's key is of type 1, a witness's of type 4")
    return key


def parse_note(data: str) -> Note:
    """Text, an empty line, signature lines."""
    text, blank, below = data.rpartition("\n\n")
    if not blank or not below.endswith("\n"):
        raise Refused("不是签名文本 / not a signed note")
    signatures = []
    if below.count("\n") > MOST_SIGNATURES:
        raise Refused("签名行过多 / too many signature lines")
    for line in below[:-1].split("\n"):
        name, _, encoded = line[2:].partition(" ")
        raw = unbase64(encoded)
        if not line.startswith("— ") or not name or len(raw) < 5:
            raise Refused("签名行格式有误 / a malformed signature line")
        signatures.append((name, raw[:4], raw[4:]))
    return Note(text + "\n", signatures)


def is_signed(note: Note, key: Key) -> bool:
    """Whether the note bears the key's signature; a wrong one under its name and ID counts against it."""
    own = [raw for name, key_id, raw in note.signatures if (name, key_id) == (key.name, key.id)]
    return bool(own) and all(ed25519_verify(key.public, note.text.encode(), raw) for raw in own)


def cosigned_at(note: Note, key: Key) -> int | None:
    """When the witness has seen it last (POSIX seconds), None when it has not."""
    times = []
    for name, key_id, raw in note.signatures:
        if (name, key_id) == (key.name, key.id):
            time = struct.unpack(">Q", raw[:8])[0] if len(raw) == 72 else 1 << 63
            message = f"cosignature/v1\ntime {time}\n{note.text}".encode()
            if time >= 1 << 63 or not ed25519_verify(key.public, message, raw[8:]):
                raise Refused(f"见证方 {key.name} 的签名无效 / an invalid cosignature")
            times.append(time)
    return max(times) if times else None


# ---- whom to believe (C2SP tlog-policy) ----


class Policy:
    """Logs, witnesses, groups and the quorum of a policy file."""

    def __init__(self, text: str) -> None:
        self.logs: list[Key] = []
        self.witnesses: dict[str, Key] = {}
        self.groups: list[tuple[str, int, list[str]]] = []
        self.quorum = ""
        for line in text.split("\n"):
            words = re.findall(r"[^ \t]+", line)
            if words and not words[0].startswith("#"):
                self._take(words[0], words[1:])
        if not self.logs or self.quorum not in ["none", *self._names()]:
            raise Refused("核验依据文件不完整 / the policy lacks a log or a quorum")

    def _names(self) -> list[str]:
        return [*self.witnesses, *(name for name, _, _ in self.groups)]

    def _take(self, word: str, rest: list[str]) -> None:
        if word == "log" and 1 <= len(rest) <= 2:
            self.logs.append(parse_key(rest[0], SIGNS))
        elif word == "witness" and 2 <= len(rest) <= 3 and rest[0] not in ["none", *self._names()]:
            self.witnesses[rest[0]] = parse_key(rest[1], COSIGNS)
        elif word == "group" and len(rest) >= 3 and rest[0] not in ["none", *self._names()]:
            members, k = rest[2:], {"all": str(len(rest) - 2), "any": "1"}.get(rest[1], rest[1])
            known = set(members) <= set(self._names()) and len(set(members)) == len(members)
            if not known or not re.fullmatch("[1-9][0-9]{0,5}", k) or int(k) > len(members):
                raise Refused("核验依据文件中的分组有误 / a malformed group")
            self.groups.append((rest[0], int(k), members))
        elif word == "quorum" and len(rest) == 1 and not self.quorum:
            self.quorum = rest[0]
        else:
            raise Refused(f"核验依据文件中有不认识的行 / an unknown line of the policy: {word}")

    def judge(self, note: Note, *, is_kept: bool = False) -> Head:
        """The head of a note, once a log of the policy has signed it and the quorum has seen it.

        One that you kept yourself needs no witnesses: you are one.
        """
        signing = [key for key in self.logs if is_signed(note, key)]
        if not signing:
            raise Refused("记录头没有可信的签名 / the head is not signed by a log of the policy")
        seen = {name: time for name, key in self.witnesses.items() if (time := cosigned_at(note, key)) is not None}
        names = set(seen)
        for name, k, members in self.groups:
            names |= {name} if sum(member in names for member in members) >= k else set()
        if not is_kept and self.quorum != "none" and self.quorum not in names:
            raise Refused("见证方人数不足 / the witnesses of the quorum have not cosigned the head")
        lines = note.text.split("\n")
        if len(lines) < 4 or not all(lines[:-1]) or not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]):
            raise Refused("记录头格式有误 / a malformed head")
        root = unbase64(lines[2])
        if lines[0] != signing[0].name or len(root) != 32:
            raise Refused("记录头属于另一个记录库 / the head of another log")
        return Head(lines[0], int(lines[1]), root, seen)


# ---- the tree (RFC 6962 section 2.1, RFC 9162 sections 2.1.3.2 and 2.1.4.2) ----


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256 of 0x00 and the record."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def is_included(leaf: bytes, index: int, head: Head, proof: Sequence[bytes]) -> bool:
    """Whether the proof leads from the leaf at ``index`` to the root of the head."""
    place, last, current = index, head.size - 1, leaf
    if not 0 <= index < head.size:
        return False
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            current = node_hash(sibling, current)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and current == head.root


def is_continued(old: Head, new: Head, proof: Sequence[bytes]) -> bool:
    """Whether the log of the new head begins with the log of the old one."""
    if old.size == 0 or old.size >= new.size:
        empty = old.size > 0 or old.root == hashlib.sha256(b"").digest()
        return not proof and empty and (old.size < new.size or (old.size, old.root) == (new.size, new.root))
    path = [old.root, *proof] if old.size & (old.size - 1) == 0 else list(proof)
    place, last = old.size - 1, new.size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    if not path:
        return False
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and (first, second) == (old.root, new.root)


# ---- what is checked ----


def parse_proof(data: str, begins: str) -> tuple[int, list[bytes], Note]:
    """Number, hashes and signed head of a tlog-proof file (``index n``) or a tlog-witness request (``old n``)."""
    above, blank, note = data.partition("\n\n")
    lines = above.split("\n")
    if begins == "index" and (not blank or lines.pop(0) != "c2sp.org/tlog-proof@v1"):
        raise Refused("不是核验证据文件 / not a tlog-proof file")
    if begins == "index" and lines and lines[0].startswith("extra "):
        unbase64(lines.pop(0)[len("extra ") :])
    number = re.fullmatch(begins + " (0|[1-9][0-9]{0,18})", lines[0]) if lines else None
    hashes = [unbase64(line) for line in lines[1:]]
    if number is None or len(hashes) > 63 or any(len(each) != 32 for each in hashes):
        raise Refused("核验证据格式有误 / a malformed proof")
    return int(number[1]), hashes, parse_note(note)


def check_entry(policy: Policy, proof: str, entry: bytes) -> Iterator[str]:
    """The record stands in the signed log."""
    index, hashes, note = parse_proof(proof, "index")
    head = policy.judge(note)
    yield f"记录头签名有效 / head signed: {head.origin}, {head.size} 条 entries"
    for name, time in head.seen.items():
        yield f"见证方签名有效 / cosigned: {name}, {moment(time)}"
    if not is_included(leaf_hash(entry), index, head, hashes):
        raise Refused("这条记录不在这个记录头之下，或已被改动 / the record is not below this head, or was changed")
    told = envelope_of(entry)
    yield f"第 {index} 号记录在记录库中，未被改动 / entry {index} is in the log, unchanged"
    yield f"  {told.get('kind')} {told.get('object')}，记录时间 recorded {told.get('at')}"


def check_document(entry: bytes, document: bytes) -> Iterator[str]:
    """The record names this document by its SHA-256."""
    digest = hashlib.sha256(document).hexdigest()
    if digest not in set(texts_of(envelope_of(entry))):
        raise Refused(f"记录中没有这份文件的校验值 / the record does not name this document: {digest}")
    yield f"文件与记录中的校验值一致 / the document is the one the record names: {digest}"


def check_receipt(policy: Policy, receipt: Any, entry: bytes | None) -> Iterator[str]:
    """The receipt's commitment binds its record; the batch holds it; the promise was signed by the log."""
    fields = receipt if isinstance(receipt, dict) else {}
    if not all(isinstance(fields.get(name), str) and fields[name] for name in ("commitment", "salt")):
        raise Refused("回执中没有登记校验值 / the receipt holds no commitment")
    if not re.fullmatch("[0-9a-f]{64}", fields["salt"]) or not isinstance(fields.get("record"), dict):
        raise Refused("回执不完整 / the receipt is not whole")
    salted = b"gm/complaint/v1\0" + bytes.fromhex(fields["salt"]) + canonical(fields["record"]).encode()
    if hashlib.sha256(salted).hexdigest() != fields["commitment"]:
        raise Refused("回执内容与校验值不符 / the receipt's record was changed")
    yield f"回执内容与校验值一致 / the receipt's record matches its commitment: {fields['commitment']}"
    if fields.get("promise"):
        yield from check_promise(policy, fields)
    elif entry is None:
        raise Refused("回执上没有登记承诺，也未提供当日批次，不能证明什么 / neither a promise nor a batch: no proof")
    listed = None if entry is None else envelope_of(entry).get("commitments")
    if entry is None:
        yield f"未提供当日批次，未核验是否已登记；最迟登记时间 / not looked for in the log; due {fields.get('log_due')}"
    elif not isinstance(listed, list) or fields["commitment"] not in listed:
        raise Refused("这一批次中没有这份回执的校验值 / the batch does not hold this receipt")
    else:
        yield "回执已登记在这一批次 / the receipt is in this batch"


def check_promise(policy: Policy, fields: dict[str, Any]) -> Iterator[str]:
    """The signed promise ``receipt/v1``, commitment, deadline; its key is the log's under ``<origin>/receipt``."""
    note = parse_note(str(fields["promise"]))
    keys = [Key(f"{log.name}/receipt", SIGNS, log.public) for log in policy.logs]
    if not any(is_signed(note, key) for key in keys):
        raise Refused("登记承诺没有可信的签名 / the promise is not signed by the log")
    if note.text != f"receipt/v1\n{fields['commitment']}\n{fields.get('log_due')}\n":
        raise Refused("登记承诺与回执不符 / the promise is not of this receipt")
    yield f"登记承诺签名有效 / the promise is signed: 最迟 due {fields.get('log_due')}"


def check_consistency(policy: Policy, old_text: str, data: str) -> Iterator[str]:
    """The log of the newer head begins with the log of the one that was kept."""
    old = policy.judge(parse_note(old_text), is_kept=True)
    start, hashes, note = parse_proof(data, "old")
    new = policy.judge(note)
    if (start, old.origin) != (old.size, new.origin):
        raise Refused("一致性证据不是从这个记录头开始的 / the proof does not begin at the head you kept")
    if not is_continued(old, new, hashes):
        raise Refused("两个记录头不一致，请把两份文件都保存为证据 / the log was rewritten: keep both files as evidence")
    yield f"前 {old.size} 条记录未被改动，现有 {new.size} 条 / the first {old.size} of {new.size} entries are unchanged"


def envelope_of(entry: bytes) -> dict[str, Any]:
    """The fields of a record."""
    try:
        read = json.loads(entry)
    except ValueError as error:
        raise Refused("记录无法读出 / the record is not JSON") from error
    return read if isinstance(read, dict) else {}


def texts_of(value: Any) -> Iterator[str]:
    """Every text of a JSON value."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts_of(part)


def canonical(value: Any) -> str:
    """RFC 8785 of texts, integers, true, false, null, lists and objects; other numbers stand in no record."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float) or (isinstance(value, int) and abs(value) >= 2**53):
        raise Refused("回执中有不能规范写出的数 / a number that is written in more than one way")
    return json.dumps(value, ensure_ascii=False)


def moment(seconds: int) -> str:
    """POSIX seconds in Beijing time."""
    start = datetime(1970, 1, 1, tzinfo=timezone.utc)
    try:
        return (start + timedelta(seconds=seconds)).astimezone(timezone(timedelta(hours=8))).isoformat()
    except OverflowError:
        return str(seconds)


# ---- the command ----


def main() -> int:
    """Read the files, check, tell; the exit status."""
    chosen = _arguments()
    try:
        for line in _checks(chosen):
            print(f"通过 OK    {line}")
    except (Refused, ValueError) as error:  # not UTF-8, no JSON
        print(f"不通过 FAIL {error}")
        return 1
    except RecursionError:
        print("不通过 FAIL 文件嵌套过深 / the file is nested too deeply")
        return 1
    except OSError as error:
        print(f"无法核验 ERROR {error}", file=sys.stderr)
        return 2
    print("核验通过。/ Verified.")
    return 0


def _arguments() -> argparse.Namespace:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a terminal without Chinese
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("policy", type=Path)
    parser.add_argument("proof", type=Path, nargs="?")
    parser.add_argument("entry", type=Path, nargs="?")
    parser.add_argument("--document", type=Path, action="append", default=[], metavar="FILE")
    parser.add_argument("--receipt", type=Path, metavar="FILE")
    parser.add_argument("--consistency", type=Path, nargs=2, metavar=("OLD", "CONSISTENCY"))
    chosen = parser.parse_args()
    if (chosen.proof is None) != (chosen.entry is None) or (chosen.document and chosen.entry is None):
        parser.error("PROOF 和 ENTRY 须同时提供 / PROOF and ENTRY go together, and --document needs them")
    if chosen.entry is None and not chosen.receipt and not chosen.consistency:
        parser.error("没有要核验的内容 / nothing to check")
    return chosen


def _checks(chosen: argparse.Namespace) -> Iterator[str]:
    policy = Policy(_text(chosen.policy))
    entry = None
    if chosen.entry is not None:
        entry = chosen.entry.read_bytes()
        yield from check_entry(policy, _text(chosen.proof), entry)
        for document in chosen.document:
            yield from check_document(entry, document.read_bytes())
    if chosen.receipt:
        yield from check_receipt(policy, json.loads(chosen.receipt.read_bytes().decode("utf-8-sig")), entry)
    if chosen.consistency:
        yield from check_consistency(policy, *map(_text, chosen.consistency))


def _text(path: Path) -> str:
    text = path.read_bytes().decode("utf-8")
    if "\r" in text or text.startswith("\ufeff"):
        raise Refused(f"文件存成了 Windows 格式，请重新下载 / line ends or a byte order mark were added: {path}")
    return text


if __name__ == "__main__":
    sys.exit(main())
