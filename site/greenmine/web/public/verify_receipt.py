"""The proof of a receipt: its commitment, the promise, the day's list. Never a word of the record it binds.

What is shown of a receipt is its commitment and the deadline; both mean nothing to whoever does not hold it.
Source: log-spec.md 6; C2SP signed-note.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from greenmine.domain.instant import from_utc_text
from greenmine.domain.noun import ENTRY
from greenmine.tlog.commitment import commit
from greenmine.tlog.entry import Uncanonical, is_hash
from greenmine.tlog.note import Malformed, SignedNote, VerifierKey, is_signed_by, parse_note
from greenmine.usecases.promise import NAME
from greenmine.web.formats import moment
from greenmine.web.i18n import gettext as _
from greenmine.web.public.verify_steps import Outcome, Step, Value

_MOMENT: Final = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")

Find = Callable[[str, datetime | None], int | None]
"""The number of the list that holds a commitment; the deadline says where to look first."""


def receipt_steps(
    fields: Mapping[str, Any], *, origin: str, keys: Sequence[VerifierKey], now: datetime, find: Find
) -> Iterator[Step]:
    """Commitment, promise, list; the proof of the list itself is for the caller to add."""
    commitment = fields.get("commitment")
    if commitment in ("", None):
        yield _uncommitted()
        return
    yield _commitment_step(fields)
    signed, due = _promise(fields, origin=origin, keys=keys)
    yield signed
    yield _list_step(str(commitment), due=due, promised=signed.outcome is Outcome.PASSED, now=now, find=find)


def commitment_of(fields: Mapping[str, Any]) -> str:
    """The commitment, empty when the receipt states none."""
    found = fields.get("commitment")
    return found if is_hash(found) else ""


def _uncommitted() -> Step:
    return Step(
        title=_("回执中的校验值"),
        outcome=Outcome.NOTED,
        checked=_("这类回执不登记校验值，记录库中没有与它对应的内容。"),
        means=_("只有投诉举报的回执登记校验值。异议、纠错的回执请凭编号和查询码在本站查询。"),
    )


def _commitment_step(fields: Mapping[str, Any]) -> Step:
    title, stated = _("回执中的校验值"), commitment_of(fields)
    salt, record = fields.get("salt"), fields.get("record")
    whole = stated and is_hash(salt) and isinstance(record, dict)
    if not whole:
        return Step(
            title=title,
            outcome=Outcome.FAILED,
            checked=_("回执不完整：缺少校验值、盐值或者投诉内容。"),
            means=_("请使用下载时的原文件，不要用截取或者转存的内容。"),
        )
    computed = _recomputed(record, str(salt))
    if computed != stated:
        return Step(
            title=title,
            outcome=Outcome.FAILED,
            checked=_("用回执中的盐值和投诉内容重新计算，得到的校验值与回执所写的不同。"),
            means=_("回执的内容、盐值或者校验值被改动过，不能证明提交过什么。"),
            values=(Value(_("回执所写"), stated), *((Value(_("算得"), computed),) if computed else ())),
        )
    return Step(
        title=title,
        outcome=Outcome.PASSED,
        checked=_("用回执中的盐值（32 个随机字节）和投诉内容计算 SHA-256，与回执所写的校验值相同。"),
        means=_("证明校验值对应的就是这份内容；只凭校验值，别人无从知道内容。内容没有显示，也没有保存。"),
        values=(Value(_("校验值"), stated),),
    )


def _recomputed(record: object, salt: str) -> str:
    """The commitment in hex; empty for a record that JSON readers would not all read alike."""
    try:
        return commit(record, salt=bytes.fromhex(salt)).hex() if isinstance(record, dict) else ""
    except (Uncanonical, RecursionError, ValueError):
        return ""


def _promise(fields: Mapping[str, Any], *, origin: str, keys: Sequence[VerifierKey]) -> tuple[Step, datetime | None]:
    title, due = _("登记承诺"), _moment(fields.get("log_due"))
    stated = fields.get("promise")
    if stated in ("", None):
        return Step(
            title=title,
            outcome=Outcome.NOTED,
            checked=_("回执上没有签名的登记承诺：提交时签名密钥不可用，或者记录库尚未建立。"),
            means=_("仍可核对是否已经登记；没有登记的，单凭这份回执不能证明本站承诺过期限。"),
        ), due
    note = _note(stated)
    names = [replace(key, name=f"{origin}/{NAME}") for key in keys]
    signing = [key for key in names if note is not None and is_signed_by(note, key)]
    if note is None or not signing:
        return _broken_promise(_("登记承诺上没有本站密钥的有效签名。")), due
    if due is None or note.text != f"receipt/v1\n{commitment_of(fields)}\n{fields.get('log_due')}\n":
        return _broken_promise(_("登记承诺签的不是这份回执的校验值和期限。")), due
    return Step(
        title=title,
        outcome=Outcome.PASSED,
        checked=_("本站密钥签名承诺：这个校验值最迟在%(at)s登记到公开记录库。签名有效。", at=moment(due)),
        means=_("本站不能否认收到过这份投诉。逾期不登记，凭这份回执就可以证明。"),
        values=tuple(Value(_("公钥"), key.vkey) for key in signing),
    ), due


def _broken_promise(checked: str) -> Step:
    means = _("承诺或者期限被改动过，或者不是本站的回执。")
    return Step(title=_("登记承诺"), outcome=Outcome.FAILED, checked=checked, means=means)


def _list_step(commitment: str, *, due: datetime | None, promised: bool, now: datetime, find: Find) -> Step:
    title, n = _("当日登记清单"), find(commitment, due)
    if n is not None:
        return Step(
            title=title,
            outcome=Outcome.PASSED,
            checked=_("第 %(n)s 号记录的清单中有这个校验值。", n=n),
            means=_("证明投诉已经登记。清单每天一份，按大小排列并补足随机值，别人看不出是谁、什么时候、投诉了什么。"),
            values=(Value(_("登记清单"), _("第 %(n)s 号记录", n=n), href=ENTRY.page(n)),),
        )
    if due is not None and now <= due:
        return Step(
            title=title,
            outcome=Outcome.WAITING,
            checked=_("还没有登记，期限未到：最迟%(at)s。", at=moment(due)),
            means=_("每天00:10登记前一日收到的投诉。请在期限之后再核对一次，回执请妥善保存。"),
        )
    return _overdue_step(title, due, promised=promised)


def _overdue_step(title: str, due: datetime | None, *, promised: bool) -> Step:
    if promised and due is not None:
        return Step(
            title=title,
            outcome=Outcome.FAILED,
            checked=_("期限（%(at)s）已过，公开记录库中没有这个校验值。", at=moment(due)),
            means=_(
                "这是本站违背签名承诺的失职行为，可以证明。请保存这份回执和 /log/checkpoint，向上级主管部门、"
                "监察机关或者新闻单位反映。"
            ),
        )
    return Step(
        title=title,
        outcome=Outcome.FAILED,
        checked=_("公开记录库中没有这个校验值。"),
        means=_(
            "回执上没有有效的签名承诺，单凭这份回执不能证明本站应当何时登记。请凭编号和查询码查询，或者向上级反映。"
        ),
    )


def _note(stated: object) -> SignedNote | None:
    try:
        return parse_note(stated) if isinstance(stated, str) else None
    except (Malformed, UnicodeError):
        return None


def _moment(text: object) -> datetime | None:
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        return None
    try:
        return from_utc_text(text)
    except ValueError:
        return None
