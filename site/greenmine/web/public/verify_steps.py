"""What is checked of a record, in order, as plain steps: computed, compared, told; nothing is read or stored here.

Each step says what was computed or compared, what that proves and what it does not. The first step that fails ends the
proof: what would follow rests on it. The hashing is drawn by :func:`folds` and decided by ``verify_inclusion``.
Sources: RFC 6962 2.1, RFC 9162 2.1.3.2; C2SP tlog-proof, signed-note, tlog-cosignature; log-spec.md 2-6.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from greenmine.tlog.checkpoint import Checkpoint, cosignature_of
from greenmine.tlog.entry import leaf_hash
from greenmine.tlog.merkle import node_hash, verify_consistency, verify_inclusion
from greenmine.tlog.note import Malformed, SignedNote, VerifierKey, is_signed_by
from greenmine.tlog.policy import NONE, Log, Policy, judge
from greenmine.web.formats import moment, number
from greenmine.web.i18n import gettext as _


class Outcome(StrEnum):
    """How a step ended."""

    PASSED = "passed"  # 通过
    FAILED = "failed"  # 不通过
    WAITING = "waiting"  # 尚不能核对
    NOTED = "noted"  # 说明, decides nothing


class Side(StrEnum):
    """On which side of what was computed so far the sibling stands."""

    LEFT = "left"  # 左
    RIGHT = "right"  # 右


@dataclass(frozen=True)
class Value:
    """A line below a step: a hash, a key, a record."""

    label: str
    text: str
    href: str = ""


@dataclass(frozen=True)
class Fold:
    """One pair of hashes on the way to the root: SHA-256(0x01, left, right)."""

    side: Side
    sibling: bytes
    result: bytes


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that was checked.

    :param checked: what was computed or compared, and how it came out
    :param means: what that proves, and what it does not
    """

    title: str
    outcome: Outcome
    checked: str
    means: str = ""
    values: tuple[Value, ...] = ()
    folds: tuple[Fold, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What the site's own tree says of a head that is looked at.

    :param root: the tree's root at the head's size; None when the tree is smaller
    :param at: when the site made a head of that size; None when it made none
    """

    root: bytes | None
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Trust:
    """Whose signatures count: the log's name, every key it ever had, and its witnesses."""

    origin: str
    keys: Sequence[VerifierKey]
    witnesses: Policy


ZERO: Final = datetime(1970, 1, 1, tzinfo=UTC)


def until_fault(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps up to the first one that stops the proof, that one included."""
    done: list[Step] = []
    for step in steps:
        done.append(step)
        if step.outcome in (Outcome.FAILED, Outcome.WAITING):
            break
    return tuple(done)


def verdict(steps: Sequence[Step]) -> Outcome:
    """How it ended as a whole: the worst of its steps; remarks alone are no proof."""
    outcomes = {step.outcome for step in steps}
    ranked = (Outcome.FAILED, Outcome.WAITING, Outcome.PASSED)
    return next((each for each in ranked if each in outcomes), Outcome.NOTED)


def folds(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes]) -> tuple[Fold, ...]:
    """The way from the leaf up (RFC 9162 2.1.3.2), as far as the proof leads."""
    made: list[Fold] = []
    place, last, current = index, size - 1, leaf
    for sibling in proof if 0 <= index < size else ():
        if last == 0:
            break
        is_right = bool(place & 1) or place == last
        current = node_hash(sibling, current) if is_right else node_hash(current, sibling)
        made.append(Fold(Side.LEFT if is_right else Side.RIGHT, sibling, current))
        while is_right and place and not place & 1:
            place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
    return tuple(made)


def leaf_step(n: int, stored: bytes, *, given: bytes | None = None) -> Step:
    """The hash of the record's bytes; of those handed in, compared with those of the log."""
    leaf = leaf_hash(stored)
    title = _("原文的哈希")
    if given is not None and given != stored:
        return Step(
            title=title,
            outcome=Outcome.FAILED,
            checked=_(
                "您提供的内容与记录库中的第 %(n)s 号记录不同，第一处不同在第 %(place)s 个字节。",
                n=n,
                place=number(_first_difference(stored, given) + 1),
            ),
            means=_("您手中的内容不是这条记录的原文：可能在保存或转发时被改动。请与记录原文逐字节比较。"),
            values=(Value(_("您提供的"), leaf_hash(given).hex()), Value(_("记录库的"), leaf.hex())),
        )
    return Step(
        title=title,
        outcome=Outcome.PASSED,
        checked=_(
            "对%(whose)s原文的 %(size)s 个字节计算 SHA-256（前面加一个字节 00），得到叶哈希。",
            whose=_("您提供的") if given is not None else _("记录"),
            size=number(len(stored)),
        ),
        means=_("原文改动任何一个字节，叶哈希都会不同。单有叶哈希还不能说明它在记录库中。"),
        values=(Value(_("叶哈希"), leaf.hex()),),
    )


def path_step(leaf: bytes, *, index: int, proof: Sequence[bytes], head: Checkpoint) -> Step:
    """From the leaf to the root of the head."""
    way = folds(leaf, index=index, size=head.size, proof=proof)
    reached = way[-1].result if way else leaf
    title = _("从叶哈希算到根哈希")
    if not verify_inclusion(leaf, index=index, size=head.size, proof=proof, root=head.root):
        return Step(
            title=title,
            outcome=Outcome.FAILED,
            checked=_("按证据逐层计算，得不到记录头中的根哈希。"),
            means=_("这份证据不能证明第 %(n)s 号记录在这个记录头之下：序号不对，或者证据、记录被改动过。", n=index),
            values=(Value(_("算得"), reached.hex()), Value(_("记录头中的根哈希"), head.root.hex())),
            folds=way,
        )
    return Step(
        title=title,
        outcome=Outcome.PASSED,
        checked=_(
            "与左边或右边的相邻哈希逐层合并，共 %(levels)s 层，每层计算 SHA-256（前面加一个字节 01），"
            "结果与记录头中的根哈希相同。",
            levels=len(way),
        )
        if way
        else _("记录库只有这一条记录，叶哈希就是根哈希，两者相同。"),
        means=_(
            "证明这条记录原样排在第 %(n)s 号，是这 %(size)s 条记录之一；"
            "改动、删除、插入或调换其中任何一条，根哈希都会不同。",
            n=index,
            size=number(head.size),
        ),
        values=(Value(_("根哈希"), head.root.hex()),),
        folds=way,
    )


def origin_step(head: Checkpoint, origin: str) -> Step:
    """Whether the head is of this log."""
    title = _("记录头")
    if head.origin != origin:
        return Step(
            title=title,
            outcome=Outcome.FAILED,
            checked=_("这个记录头属于另一个记录库，不是本站的。"),
            means=_("本站不能核对别的记录库。请到它的网站核对，或用它的核验依据离线核验。"),
            values=(Value(_("写明的名称"), _cut(head.origin)), Value(_("本站的名称"), origin)),
        )
    return Step(
        title=title,
        outcome=Outcome.PASSED,
        checked=_("记录头写明：本站的记录库，共 %(n)s 条记录，根哈希如下。", n=number(head.size)),
        means=_("记录头只有三行：名称、条数、根哈希。是否可信，取决于后面的签名。"),
        values=(
            Value(_("名称"), origin),
            Value(_("条数"), number(head.size)),
            Value(_("根哈希"), head.root.hex()),
        ),
    )


def signature_step(note: SignedNote, trust: Trust, *, kept: Kept) -> Step:
    """Who signed the head, and when the site made it."""
    signing = [key for key in trust.keys if is_signed_by(note, key)]
    title = _("本站的签名")
    if not signing:
        return Step(
            title=title,
            outcome=Outcome.FAILED,
            checked=_("记录头上没有本站密钥的有效签名。"),
            means=_("没有签名的记录头谁都可以编造，不能作为证据。"),
            values=tuple(Value(_("本站公钥"), key.vkey) for key in trust.keys),
        )
    when = _("本站记载的签发时间是%(at)s。", at=moment(kept.at)) if kept.at else ""
    return Step(
        title=title,
        outcome=Outcome.PASSED,
        checked=_("记录头由本站密钥签名（Ed25519），签名有效。%(when)s", when=when),
        means=_("证明这个根哈希出自本站，本站不能否认。签名本身不含时间，时间以见证方的签名或者您留存的日期为准。"),
        values=tuple(Value(_("公钥"), key.vkey) for key in signing),
    )


def tree_step(head: Checkpoint, kept: Kept) -> Step:
    """Whether the log of today still begins with the log of a head that came from outside."""
    title = _("与现在的记录库是否一致")
    if kept.root == head.root:
        return Step(
            title=title,
            outcome=Outcome.PASSED,
            checked=_("现在的记录库中，前 %(n)s 条记录的根哈希与这个记录头相同。", n=number(head.size)),
            means=_("证明从那时起，这些记录没有被改动、删除或插入。"),
        )
    reason = (
        _("现在的记录库比这个记录头所写的 %(n)s 条还少。", n=number(head.size))
        if kept.root is None
        else _("现在的记录库中，前 %(n)s 条记录的根哈希与这个记录头不同。", n=number(head.size))
    )
    return Step(
        title=title,
        outcome=Outcome.FAILED,
        checked=reason,
        means=_(
            "本站签过名的记录头与现在的记录对不上，说明记录被改写过，或者从旧备份恢复后尚未补齐。"
            "请把这份文件和 /log/checkpoint 一并保存，它们就是证据。"
        ),
        values=(
            Value(_("这个记录头的根哈希"), head.root.hex()),
            *((Value(_("现在的根哈希"), kept.root.hex()),) if kept.root is not None else ()),
        ),
    )


def witness_step(note: SignedNote, trust: Trust) -> Step:
    """Who else has seen the head, and when."""
    title = _("见证方")
    policy = replace(trust.witnesses, logs=tuple(Log(key) for key in trust.keys))
    seen: list[Value] = []
    for witness in policy.witnesses:
        try:
            cosignature = cosignature_of(note, witness.key)
        except Malformed:
            return Step(
                title=title,
                outcome=Outcome.FAILED,
                checked=_("以“%(name)s”名义所作的见证签名无效。", name=witness.name),
                means=_("见证签名被改动，或者不是这一见证方所签。"),
            )
        if cosignature is not None:
            seen.append(Value(witness.name, _at(cosignature.time)))
    return _witnessed(title, policy, seen, has_quorum=judge(note, policy).has_quorum)


def _witnessed(title: str, policy: Policy, seen: Sequence[Value], *, has_quorum: bool) -> Step:
    if not has_quorum:
        return Step(
            title=title,
            outcome=Outcome.WAITING,
            checked=_("见证方的人数还不够。"),
            means=_("见证方每小时确认一次记录头，稍后取得的证据会带上他们的签名。"),
            values=tuple(seen),
        )
    if not seen:
        return Step(
            title=title,
            outcome=Outcome.NOTED,
            checked=_("没有独立的见证方确认过这个记录头。")
            if policy.witnesses
            else _("本站还没有设置见证方，这个记录头只有本站自己的签名。"),
            means=_("不能排除本站给不同的人看不同的记录。留存这个记录头，日后与别人留存的比对，就能发现。"),
        )
    return Step(
        title=title,
        outcome=Outcome.PASSED if policy.quorum != NONE else Outcome.NOTED,
        checked=_("下列见证方在所写的时间看到过这个记录头，并确认它与此前看到的一致。"),
        means=_("证明这个记录头不是只给您一个人看的，最迟在所写的时间已经存在。"),
        values=tuple(seen),
    )


def chain_step(entries: Sequence[tuple[int, bytes, str | None]]) -> Step:
    """Whether the records of one object, oldest first as (number, bytes, ``prev`` it names), hang together."""
    title = _("同一事项的记录是否首尾相接")
    before: bytes | None = None
    for place, (n, entry, prev) in enumerate(entries):
        if place and prev != (before or b"").hex():
            return Step(
                title=title,
                outcome=Outcome.FAILED,
                checked=_("第 %(n)s 号记录所写的上一条，不是同一事项的上一条记录。", n=n),
                means=_("这一事项的记录不连续，中间可能被抽去或者替换。"),
            )
        before = leaf_hash(entry)
    return Step(
        title=title,
        outcome=Outcome.PASSED,
        checked=_("每条记录都写有同一事项上一条的叶哈希，已逐条核对，共 %(n)s 条。", n=len(entries)),
        means=_("证明这些记录之间没有被抽去或者替换。"),
    )


def continuity_step(old: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> Step:
    """RFC 9162 2.1.4.2: today's published head continues the one that was kept."""
    title = _("与最新的记录头是否一致")
    continues = verify_consistency(old=old.size, new=new.size, old_root=old.root, new_root=new.root, proof=proof)
    if continues:
        return Step(
            title=title,
            outcome=Outcome.PASSED,
            checked=_(
                "用一致性证据的 %(hashes)s 个哈希，从留存的根哈希算到最新的根哈希，两边都相符。"
                "最新的记录头有 %(n)s 条记录。",
                hashes=len(proof),
                n=number(new.size),
            ),
            means=_("证明您留存之后，前 %(n)s 条记录没有被改动、删除或插入。", n=number(old.size)),
            values=(Value(_("最新的根哈希"), new.root.hex()),),
        )
    return tree_step(old, Kept(root=new.root if old.size == new.size else b""))


def _first_difference(one: bytes, other: bytes) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _at(seconds: int) -> str:
    try:
        return moment(ZERO + timedelta(seconds=seconds))
    except OverflowError:
        return str(seconds)


def _cut(text: str) -> str:
    """What a stranger's file calls itself, short enough for a page."""
    return text if len(text) <= 100 else f"{text[:100]}…"
