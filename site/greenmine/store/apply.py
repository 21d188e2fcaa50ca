"""``apply(tx, act)``: the only writer of public rows, called by use cases and by replay.

One act in one transaction: the head is locked, the envelope gets its sequence and its chain, the body is
stored under its SHA-256, the rows follow, the tree grows, the head moves. Invariants: acts are numbered 0,1,2…
without a gap; ``at`` never goes back; whoever is answered after commit finds the act and its rows, or neither.
Source: ZJ-15 全过程留痕; log-spec.md 1, 7.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from greenmine.domain.act import Act, Basis, subjects
from greenmine.domain.act.document import matters_of
from greenmine.domain.act.envelope import matters_list
from greenmine.domain.errors import BadInput, Conflict, GreenmineError, RuleBroken, Unready
from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.domain.text import N_
from greenmine.store import tables
from greenmine.store.act_basis import unheld
from greenmine.store.act_schema import ActMalformed, matters_fit, require_schema
from greenmine.store.database import Tx
from greenmine.store.effects.entry import Entry
from greenmine.store.effects.log import LOG_EFFECTS
from greenmine.store.effects.reference import REFERENCE_EFFECTS
from greenmine.store.effects.rows import ROW_EFFECTS
from greenmine.store.log import append_leaf
from greenmine.tlog.entry import MAX_ENTRY, EntryTooLarge, Uncanonical, canonical, entry_bytes, leaf_hash

Effect = Callable[[Tx, Entry], None]

EFFECTS: Final[Mapping[str, Effect]] = {**ROW_EFFECTS, **REFERENCE_EFFECTS, **LOG_EFFECTS}
_HEAD: Final = select(tables.act_head.c.size, tables.act_head.c.last_at).with_for_update()
_PREVIOUS: Final = (
    select(tables.act.c.seq, tables.act.c.leaf)
    .where(tables.act.c.object == bindparam("name"))
    .order_by(tables.act.c.seq.desc())
    .limit(1)
)
_KNOWN_BODY: Final = select(tables.document.c.content, tables.document.c.removed_by).where(
    tables.document.c.sha256 == bindparam("wanted")
)
"""What every act asks, built once: building a statement costs several times what running it does."""
_UNPRINTABLE: Final = re.compile(rb"\\u00[01][0-9a-f]|\\[bf]|\xef\xbf[\xbe\xbf]")
"""In canonical bytes: control characters but tab and line ends, and U+FFFE, U+FFFF. PostgreSQL keeps no NUL, and
one of the others makes a feed unreadable as a whole (trust.md 16)."""
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far the clock may stand behind the last act before acts are refused (trust.md 21)."""


@dataclass(frozen=True)
class Recorded:
    """An act as it stands in the log: its number, its bytes and when."""

    n: int
    object: str
    at: datetime
    entry: bytes


class ReplayBroken(Conflict):
    """An entry to be replayed that does not follow from what stands here already."""


@dataclass(frozen=True)
class Written:
    """An act as bytes: its entry, its body, and the list of its matters where the entry cannot hold them."""

    entry: bytes
    body: bytes | None
    matters: bytes | None = None


def apply(tx: Tx, act: Act, *, at: datetime) -> Recorded:
    """Append the act and write its rows; commit belongs to the caller's transaction.

    :param at: now, aware; recorded as whole seconds, never earlier than the last act
    Raises Unready when the clock stands more than five minutes behind the record or a rule book it was decided under is
    not published yet, BadInput when the act concerns too many things for one entry or a text holds characters that
    cannot be kept, ActMalformed.
    """
    size, last_at = lock_head(tx)
    written = _written(tx, act, at=_not_before(last_at, at))
    _require_schema(written)
    return _append(tx, n=size, written=written, lacking=_not_published)


def require_fit(tx: Tx, act: Act, *, at: datetime) -> None:
    """Raise what :func:`apply` would refuse these words and codes for; writes nothing."""
    _require_schema(_written(tx, act, at=at))


def _require_schema(written: Written) -> None:
    envelope = json.loads(written.entry)
    require_schema(written.entry, envelope, _parsed(written.body))
    if matters_of(envelope) is not None and not matters_fit(envelope, written.matters):
        raise ActMalformed("act.matters", N_("记录“%(kind)s”的事项清单不合格式。"), kind=str(envelope["kind"]))


def _written(tx: Tx, act: Act, *, at: datetime) -> Written:
    """The act as an entry that follows its object's last one, and its body."""
    body = _body_bytes(act.body) if act.body is not None else None
    _require_not_removed(tx, _sha256(body))
    seq, prev = _chain(tx, act.object)
    envelope = act.envelope(seq=seq, prev=prev, at=utc_text(at), body_sha256=_sha256(body))
    if len(act.matters) > 1 and len(canonical(envelope)) > MAX_ENTRY:
        listed = canonical(matters_list(act))
        envelope |= {"matters": {"sha256": _sha256(listed), "count": len(set(act.matters))}}
        return Written(_entry_bytes(envelope), body, listed)
    return Written(_entry_bytes(envelope), body)


def replay(tx: Tx, entry: bytes, body: bytes | None, matters: bytes | None = None, *, checked: bool = True) -> Recorded:
    """Append an entry that was recorded elsewhere, byte for byte, with its body (None when removed by law).

    :param matters: the published list of its matters, where the entry names one; law removes none
    :param checked: entry and body must fit their schema, texts hash to what the entry names, and books hold what it was
        decided under; an audit, which has named what does not, goes on with what stands
    Raises ActMalformed, and ReplayBroken when sequence, chain, order of time, a hash, the basis or what stands here
    does not fit.
    """
    size, last_at = lock_head(tx)
    envelope = _readable(entry, n=size)
    if checked:
        require_schema(entry, envelope, _body(body, n=size))
    seq, prev = _chain(tx, envelope["object"])
    if envelope["seq"] != seq or envelope.get("prev") != prev:
        raise ReplayBroken("replay.chain", N_("第 %(n)s 号记录与前文不衔接。"), n=size)
    if last_at is not None and envelope["at"] < last_at:
        raise ReplayBroken("replay.time", N_("第 %(n)s 号记录的时间早于前一号。"), n=size)
    if checked:
        _require_texts(envelope, body, matters, n=size)
    try:
        return _append(tx, n=size, written=Written(entry, body, matters), lacking=_not_held(size) if checked else None)
    except IntegrityError as error:
        raise ReplayBroken(
            "replay.subject", N_("第 %(n)s 号记录涉及此前没有登记的事项，或重复登记。"), n=size
        ) from error


def _require_texts(envelope: Mapping[str, Any], body: bytes | None, matters: bytes | None, *, n: int) -> None:
    """Law may have removed the body; a list of matters holds numbers only and always stands."""
    if body is not None and _sha256(body) != envelope.get("body"):
        raise ReplayBroken("replay.body", N_("第 %(n)s 号记录的正文与其哈希不符。"), n=n)
    told = matters_of(envelope)
    if (told is None and matters is not None) or (told is not None and not matters_fit(envelope, matters)):
        raise ReplayBroken("replay.matters", N_("第 %(n)s 号记录的事项清单缺失，或与记录所述不符。"), n=n)


def _not_published(missing: Basis) -> GreenmineError:
    return Unready(
        "act.basis",
        N_("所依据的规则集 %(book)s 尚未公布，或其中没有 %(provision)s，暂不能记录。请稍后再试。"),
        book=missing.book,
        provision=missing.provision,
    )


def _not_held(n: int) -> Callable[[Basis], GreenmineError]:
    return lambda missing: ReplayBroken(
        "replay.basis",
        N_("第 %(n)s 号记录所依据的规则集 %(book)s 未在此前公布，或其中没有 %(provision)s。"),
        n=n,
        book=missing.book,
        provision=missing.provision,
    )


def _readable(entry: bytes, *, n: int) -> dict[str, Any]:
    """The envelope, in its one proper spelling; whatever else the bytes are is refused as a sentence."""
    try:
        envelope = json.loads(entry)
        spelt = canonical(envelope)
    except (ValueError, RecursionError):
        envelope, spelt = None, b""
    if not isinstance(envelope, dict) or not {"object", "seq", "at", "kind"} <= envelope.keys() or spelt != entry:
        raise ReplayBroken("replay.unreadable", N_("第 %(n)s 号记录无法读出。"), n=n)
    return envelope


def _body(body: bytes | None, *, n: int) -> Any:
    try:
        return _parsed(body)
    except (ValueError, RecursionError) as error:
        raise ReplayBroken("replay.body", N_("第 %(n)s 号记录的正文与其哈希不符。"), n=n) from error


def lock_head(tx: Tx) -> tuple[int, str | None]:
    """Size of the log and time of its last act, locked until the transaction ends (one sequencer)."""
    head = tx.execute(_HEAD).one()
    return head.size, head.last_at or None


def require_clock(tx: Tx, *, at: datetime) -> None:
    """Raise Unready when the clock stands behind the record: no deadline is told from it (trust.md 21)."""
    last_at = tx.execute(select(tables.act_head.c.last_at)).scalar_one()
    _not_before(last_at or None, at)


def _not_before(last_at: str | None, at: datetime) -> datetime:
    if last_at is None:
        return at
    last = from_utc_text(last_at)
    if at < last - CLOCK_TOLERANCE:
        raise Unready(
            "clock.behind",
            N_("服务器时钟早于最近一条记录（%(last)s），暂不能记录新的事项，请联系管理员校时。"),
            last=last_at,
        )
    return max(at, last)


def _chain(tx: Tx, name: str) -> tuple[int, str | None]:
    previous = tx.execute(_PREVIOUS, {"name": name}).first()
    return (0, None) if previous is None else (previous.seq + 1, previous.leaf.hex())


def _body_bytes(body: Mapping[str, Any]) -> bytes:
    try:
        written = canonical(body)
    except Uncanonical as error:
        raise BadInput("act.characters", _CHARACTERS) from error
    if _UNPRINTABLE.search(re.sub(rb"\\\\", b"", written)):
        raise BadInput("act.characters", _CHARACTERS)
    return written


def _entry_bytes(envelope: Mapping[str, Any]) -> bytes:
    try:
        return entry_bytes(envelope)
    except EntryTooLarge as error:
        raise BadInput(
            "act.too_large", N_("一件事项涉及的矿山或附件过多，超出单条记录的容量，请分成几件办理。")
        ) from error
    except Uncanonical as error:
        raise ActMalformed("act.uncanonical", N_("记录的编码字段无法写成规范形式。")) from error


_CHARACTERS: Final = N_("文字中有无法保存的字符（控制字符或残缺的字符），请删去后重新提交。")


def _sha256(body: bytes | None) -> str | None:
    return None if body is None else hashlib.sha256(body).hexdigest()


def _parsed(text: bytes | None) -> Any:
    return None if text is None else json.loads(text)


def _append(tx: Tx, *, n: int, written: Written, lacking: Callable[[Basis], GreenmineError] | None) -> Recorded:
    """:param lacking: what to raise for a provision that no published book holds; None: an audit has named it"""
    entry, envelope, parsed = written.entry, json.loads(written.entry), _parsed(written.body)
    if lacking is not None and (missing := unheld(tx, envelope)) is not None:
        raise lacking(missing)
    if n == 0 and tx.execute(select(func.count()).select_from(tables.act)).scalar_one():
        raise Unready("log.head_lost", N_("记录序号与记录不一致，请先运行核验。"))
    leaf = leaf_hash(entry)
    _insert_act(tx, n=n, written=written, leaf=leaf)
    append_leaf(tx, n, leaf, at=envelope["at"])
    if (listed := matters_of(envelope)) is not None:
        _keep_text(tx, n=n, sha256=listed, text=written.matters)
    if "body" in envelope and not _keep_text(tx, n=n, sha256=envelope["body"], text=written.body):
        parsed = None  # law removed these very words before: they do not come back with a later act
    EFFECTS[envelope["kind"]](tx, Entry(n, envelope, parsed))
    tx.execute(update(tables.act_head), {"size": n + 1, "last_at": envelope["at"]})
    return Recorded(n, envelope["object"], from_utc_text(envelope["at"]), entry)


def _insert_act(tx: Tx, *, n: int, written: Written, leaf: bytes) -> None:
    envelope, listed = json.loads(written.entry), _parsed(written.matters) or {}
    told = {name: envelope[name] for name in ("kind", "object", "seq", "at", "valid_from", "by")}
    row = {**told, "n": n, "body": envelope.get("body"), "entry": written.entry, "leaf": leaf}
    tx.execute(insert(tables.act), row)
    named = sorted(subjects(envelope, matters=listed.get("matters", ())))
    tx.execute(insert(tables.act_subject), [{"object": name, "n": n} for name in named])


def _require_not_removed(tx: Tx, sha256: str | None) -> None:
    known = tx.execute(_KNOWN_BODY, {"wanted": sha256}).first()
    if known is not None and known.removed_by is not None:
        raise RuleBroken(
            "act.removed_words", N_("同样的文字已依法停止公开（见第%(n)s号记录），不能再次发布。"), n=known.removed_by
        )


def _keep_text(tx: Tx, *, n: int, sha256: str, text: bytes | None) -> bool:
    """Keep a body or a list as a document; False when law has removed it. Replayed after that it has no content."""
    document = tables.document
    known = tx.execute(_KNOWN_BODY, {"wanted": sha256}).first()
    if known is not None and known.content is None and known.removed_by is None and text is not None:
        # published before as a file, whose bytes stand outside: replay needs them here
        tx.execute(update(document).where(document.c.sha256 == sha256).values(content=text))
    if known is None:
        kept = {"sha256": sha256, "media_type": "application/json", "size": len(text or b"")}
        tx.execute(insert(document), {**kept, "content": text, "first_act": n})
    return known is None or known.removed_by is None
