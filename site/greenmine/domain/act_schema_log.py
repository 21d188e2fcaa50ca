"""Kinds of acts by which the log tells of itself: keys, commitments, what law removed (log-spec.md 1, 6, 8, 10)."""

from typing import Final

from greenmine.domain.act_schema_kind import Kind
from greenmine.domain.act_schema_terms import COUNT, DATE, SHA256, choice, listing, pattern
from greenmine.domain.document_removal import RemovalGround
from greenmine.domain.text import N_

_KEY_ID: Final = pattern(r"^[0-9a-f]{8}$")
_PUBLIC_KEY: Final = pattern(r"^[0-9a-f]{64}$")

LOG_KINDS: Final[tuple[Kind, ...]] = (
    Kind(
        "complaint.batch",
        1,
        N_("登记当日投诉的校验值"),
        r"^batch/[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        {"day": DATE, "commitments": listing(SHA256)},
        ("day", "commitments"),
    ),
    Kind(
        "document.removed",
        1,
        N_("依法停止公开文件"),
        r"^document/[0-9a-f]{64}$",
        {"document": SHA256, "ground": choice(RemovalGround)},
        ("document", "ground"),
    ),
    Kind(
        "record.erased",
        1,
        N_("依法删除个人信息"),
        r"^erased/[0-9a-f]{64}$",
        {"commitment": SHA256},
        ("commitment",),
    ),
    Kind(
        "key.rotated",
        1,
        N_("更换记录库签名密钥"),
        r"^log/key$",
        {"old": _KEY_ID, "new": _KEY_ID, "public": _PUBLIC_KEY},
        ("old", "new", "public"),
    ),
    Kind(
        "checkpoint.recovered",
        1,
        N_("记录库恢复后继续"),
        r"^log/recovery$",
        {"size": COUNT, "root": SHA256},
        ("size", "root"),
    ),
)
