"""Kinds of acts by which the log tells of itself: keys, commitments, what law removed (log-spec.md 1, 6, 8, 10)."""

from typing import Final

from greenmine.domain import noun
from greenmine.domain.act.kind import Field, Kind, Takes
from greenmine.domain.act.terms import COUNT, DATE, HASHES, SHA256, choice, pattern
from greenmine.domain.document_removal import RemovalGround
from greenmine.domain.noun import object_pattern
from greenmine.domain.text import N_

_KEY_ID: Final = pattern(r"^[0-9a-f]{8}$")
_PUBLIC_KEY: Final = pattern(r"^[0-9a-f]{64}$")

LOG_KINDS: Final[tuple[Kind, ...]] = (
    Kind(
        name="complaint.batch",
        title=N_("登记当日投诉的校验值"),
        object=object_pattern(noun.BATCH),
        facts=(
            Field("day", DATE, "legal day of the complaints", needed=True),
            Field("commitments", HASHES, "commitments sorted by value, padded to a multiple of 16", needed=True),
        ),
        opens=True,
        of_the_log=True,
    ),
    Kind(
        name="document.removed",
        title=N_("依法停止公开文件"),
        object=object_pattern(noun.DOCUMENT),
        facts=(
            Field("document", SHA256, "SHA-256 of the document", needed=True),
            Field("ground", choice(RemovalGround), "on what ground", needed=True),
        ),
        opens=True,
        takes=Takes("document", ground="ground"),
        of_the_log=True,
    ),
    Kind(
        name="record.erased",
        title=N_("依法删除个人信息"),
        object=object_pattern(noun.ERASED),
        facts=(Field("commitment", SHA256, "commitment of the complaint that was erased", needed=True),),
        opens=True,
        of_the_log=True,
    ),
    Kind(
        name="key.rotated",
        title=N_("更换记录库签名密钥"),
        object=object_pattern(noun.LOG_KEY),
        facts=(
            Field("old", _KEY_ID, "id of the key before", needed=True),
            Field("new", _KEY_ID, "id of the key from now on", needed=True),
            Field("public", _PUBLIC_KEY, "its Ed25519 public key", needed=True),
        ),
        opens=True,
        of_the_log=True,
    ),
    Kind(
        name="checkpoint.recovered",
        title=N_("记录库恢复后继续"),
        object=object_pattern(noun.LOG_RECOVERY),
        facts=(
            Field("size", COUNT, "size of the head the log goes on from", needed=True),
            Field("root", SHA256, "its root", needed=True),
        ),
        opens=True,
        of_the_log=True,
    ),
)
