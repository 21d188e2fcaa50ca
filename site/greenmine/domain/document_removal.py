"""On what ground law takes a published document away; the log keeps its hash (个人信息保护法 47; log-spec.md 6)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from greenmine.domain.text import N_


class RemovalGround(StrEnum):
    """Why a document is no longer public."""

    PERSONAL = "personal"  # 含有个人信息
    COURT = "court"  # 生效裁判
    SECRET = "secret"  # 依法不予公开
    MISTAKE = "mistake"  # 误公开


REMOVAL_GROUND_LABELS: Final[Mapping[RemovalGround, str]] = {
    RemovalGround.PERSONAL: N_("含有个人信息"),
    RemovalGround.COURT: N_("生效裁判要求"),
    RemovalGround.SECRET: N_("依法不予公开"),
    RemovalGround.MISTAKE: N_("误公开"),
}
