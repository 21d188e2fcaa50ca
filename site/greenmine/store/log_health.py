"""How the log stands, told to everyone: does it take acts, is it signed, is the head kept. Source: log-spec.md 8, 10.

Asked at every start and by ``/status``; the same checks refuse acts one by one (log_seal.py).
"""

from dataclasses import dataclass
from pathlib import Path

from greenmine.domain.errors import GreenmineError, Unready
from greenmine.domain.text import N_
from greenmine.store.act import size as acts_recorded
from greenmine.store.database import Tx
from greenmine.store.log import log_origin, newest_head, newest_signed_head, root_at
from greenmine.store.log_key import LogKeys, log_keys, signing_keys
from greenmine.store.log_seal import LogSeal, read_head
from greenmine.tlog.checkpoint import parse_checkpoint
from greenmine.tlog.note import is_signed_by


@dataclass(frozen=True)
class LogHealth:
    """The state of the log.

    :param origin: whose log it is, empty before it was begun
    :param signed: acts covered by the newest signed head; None while there is none
    :param kept: acts covered by the head kept outside the database; None while there is none
    :param refusal: why no acts are recorded; None while they are
    :param unsigned: why new heads stay unsigned; None while they are signed
    """

    origin: str
    size: int
    signed: int | None
    kept: int | None
    refusal: GreenmineError | None
    unsigned: GreenmineError | None

    @property
    def is_red(self) -> bool:
        """Whether somebody must do something."""
        return self.refusal is not None or self.unsigned is not None


def log_health(tx: Tx, *, keys: LogKeys, head_file: Path) -> LogHealth:
    """How the log stands now."""
    size, origin = acts_recorded(tx), log_origin(tx)
    if origin is None:
        return LogHealth("", size, None, None, None, Unready("log.not_begun", _NOT_BEGUN))
    signed = newest_signed_head(tx, [row.key.id for row in log_keys(tx)])
    refusal = _refusal(tx, size=size, keys=keys, head_file=head_file)
    return LogHealth(
        origin,
        size,
        signed.checkpoint.size if signed is not None else None,
        _kept(head_file),
        refusal,
        _unsigned(tx, keys=keys),
    )


def _refusal(tx: Tx, *, size: int, keys: LogKeys, head_file: Path) -> GreenmineError | None:
    """What the next act would be refused with: head kept outside, right edge, signature, keys."""
    try:
        LogSeal(keys, head_file).require_continues(tx, before=size + 1)
        _require_right_edge(tx, size=size)
        for row in log_keys(tx)[-2:]:
            keys.find(row.key)
    except GreenmineError as refused:
        return refused
    return None


def _require_right_edge(tx: Tx, *, size: int) -> None:
    """The newest head covers all acts, with the root that the nodes give; what signs it is a key of this log."""
    head = newest_head(tx)
    if head is None or head.checkpoint.size != size or root_at(tx, size) != head.checkpoint.root:
        raise Unready("log.edge_broken", _BROKEN)
    own = [row.key for row in log_keys(tx)]
    lines = [line for line in head.signatures if line.name == head.checkpoint.origin]
    if lines and not any(is_signed_by(head.note, key) for key in own):
        raise Unready("log.foreign_signature", _BROKEN)


def _unsigned(tx: Tx, *, keys: LogKeys) -> GreenmineError | None:
    head = newest_head(tx)
    standing = signing_keys(tx, at=head.at) if head is not None else ()
    try:
        missing = [key for key in standing if keys.find(key) is None]
    except Unready as refused:
        return refused
    if not missing:
        return None
    return Unready("log.key_missing", _MISSING, id=missing[0].id.hex(), folder=keys.folder)


def _kept(head_file: Path) -> int | None:
    try:
        note = read_head(head_file)
    except Unready:
        return None
    return None if note is None else parse_checkpoint(note.text).size


_BROKEN = N_("记录与最新的签名不一致，暂停记录新的事项，投诉照常受理。请运行 greenmine verify 核查。")
_NOT_BEGUN = N_("记录库尚未建立：事项照常记录，但没有签名，不能独立核验。请运行 greenmine log init。")
_MISSING = N_(
    "没有找到记录库签名密钥 %(id)s：事项照常记录，但等待签名。请把密钥文件放回 %(folder)s；切勿自行重新生成。"
)
