"""Beginning the log, changing its key, signing what was left unsigned. Source: log-spec.md 4, 10."""

import re
from datetime import datetime
from typing import Final

from greenmine.domain.act import Act
from greenmine.domain.errors import BadInput, Conflict, RuleBroken
from greenmine.domain.instant import legal_day
from greenmine.domain.seat import SYSTEM
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.log import (
    ORIGIN,
    Head,
    add_signature,
    ask_for_head,
    heads_after,
    log_origin,
    newest_signed_head,
)
from greenmine.store.log_key import BOTH_SIGN, LogKeys, add_key, log_keys, signing_keys
from greenmine.store.site_fact import settle_fact
from greenmine.tlog.checkpoint import sign_checkpoint
from greenmine.tlog.note import SignerKey, VerifierKey
from greenmine.usecases.record import record

_ORIGIN: Final = re.compile(r"[a-z0-9][a-z0-9.:-]{0,200}(?:/[A-Za-z0-9._~-]{1,60}){0,4}")


def begin_log(tx: Tx, *, origin: str, keys: LogKeys, at: datetime) -> VerifierKey:
    """Settle whose log this is, make its key and sign the first head over the acts there are.

    :param origin: the log's address without scheme, ``greenmine.example.gov.cn/log``; it can never change
    Raises Conflict when the log was begun before, BadInput for an origin that is no address.
    """
    if log_origin(tx) is not None:
        raise Conflict("log.begun_before", N_("这个数据库的记录库已经建立，不能重新建立。"))
    if not _ORIGIN.fullmatch(origin):
        raise BadInput(
            "log.origin_malformed",
            N_("记录库名称须为不带协议的网址，如 greenmine.example.gov.cn/log。"),
            field="origin",
        )
    settle_fact(tx, ORIGIN, origin)
    key = keys.make(origin).verifier
    add_key(tx, key, act=None, at=at)
    ask_for_head(tx, at=at)
    return key


def rotate_key(tx: Tx, *, keys: LogKeys, at: datetime) -> VerifierKey:
    """Bring in a new key by an act that the old key signs too; both sign for 30 days (log-spec.md 10).

    Raises RuleBroken while the log has not begun, while the old key is not here to sign, or while two keys sign.
    """
    standing = signing_keys(tx, at=at)
    origin = log_origin(tx)
    if origin is None or not standing:
        raise RuleBroken("log.not_begun", N_("记录库尚未建立，请先运行 greenmine log init。"))
    if len(standing) > 1:
        raise RuleBroken("log.rotating", N_("上次更换的密钥仍在并行期（30日），期满后才能再次更换。"))
    if keys.find(standing[0]) is None:
        raise RuleBroken("log.key_missing", N_("没有找到现用的签名密钥，无法用它签署更换记录。请先恢复密钥文件。"))
    new = keys.make(origin).verifier
    facts = {"old": standing[0].id.hex(), "new": new.id.hex(), "public": new.public.hex()}
    act = Act(kind="key.rotated", object="log/key", by=SYSTEM, valid_from=legal_day(at), facts=facts)
    record(tx, act, at=at, officer=None)
    return new


def sign_newest(tx: Tx, *, keys: LogKeys, at: datetime) -> int:
    """Sign the heads that were made while their keys were not there; returns how many signatures were added.

    All of them, not the newest only: below a key's newest signature no head that it signs stays without it, so one
    that does was changed behind the app (store/audit_head.py).
    """
    waiting = unsigned_heads(tx, keys=keys)
    for head, key in waiting:
        (signature,) = sign_checkpoint(head.checkpoint, [key]).signatures
        add_signature(tx, head.checkpoint.size, signature, at=at)
    return len(waiting)


def unsigned_heads(tx: Tx, *, keys: LogKeys) -> list[tuple[Head, SignerKey]]:
    """The heads above the newest one that a key has signed, with that key, if it is here; reads only.

    The key before the newest owes its signature to the heads of the 30 days in which both sign, however late its seed
    comes back.
    """
    found: list[tuple[Head, SignerKey]] = []
    rows = log_keys(tx)[-2:]
    for row in rows:
        key = keys.find(row.key)
        if key is not None:
            signed = newest_signed_head(tx, [row.key.id])
            after = max(signed.checkpoint.size if signed is not None else -1, -1 if row.act is None else row.act)
            until = None if row is rows[-1] else rows[-1].since + BOTH_SIGN
            found += [(head, key) for head in heads_after(tx, after, before=until)]
    return found
