"""Why a mine leaves the directory, and how long a breach of trust is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from greenmine.domain.clock import add_months
from greenmine.domain.errors import BadInput
from greenmine.domain.provision import Origin
from greenmine.domain.text import N_


class GroundKind(StrEnum):
    """Whether a removal speaks against the mine."""

    ADVERSE = "adverse"  # 不利
    NEUTRAL = "neutral"  # 中性


class BlacklistEffect(StrEnum):
    """Whether a removal on this ground may be followed by a blacklist entry."""

    NEVER = "never"  # 不得列入
    IF_DISHONEST = "if_dishonest"  # 存在失信行为的列入
    ALWAYS = "always"  # 同时列入


class CreditLevel(StrEnum):
    """Weight of a breach of trust (信用修复管理办法)."""

    MINOR = "minor"  # 轻微
    GENERAL = "general"  # 一般
    SERIOUS = "serious"  # 严重


GROUND_KIND_LABELS: Final[Mapping[GroundKind, str]] = {
    GroundKind.ADVERSE: N_("不利移出"),
    GroundKind.NEUTRAL: N_("中性移出"),
}
BLACKLIST_EFFECT_LABELS: Final[Mapping[BlacklistEffect, str]] = {
    BlacklistEffect.NEVER: N_("不列入失信名单"),
    BlacklistEffect.IF_DISHONEST: N_("存在失信行为的列入失信名单"),
    BlacklistEffect.ALWAYS: N_("同时列入失信名单"),
}
CREDIT_LEVEL_LABELS: Final[Mapping[CreditLevel, str]] = {
    CreditLevel.MINOR: N_("轻微失信"),
    CreditLevel.GENERAL: N_("一般失信"),
    CreditLevel.SERIOUS: N_("严重失信"),
}


@dataclass(frozen=True)
class Ground:
    """A removal ground.

    :param rectify_first: removal only after an order to rectify has run out without success
    :param rectify_months: length of that order where the text names it
    :param cites_complaint: the removal may cite the complaint or report that proved it
    :raises BadInput: ``ground.neutral_blacklisted`` for a neutral ground with a blacklist effect
    """

    code: str
    name: str
    kind: GroundKind
    blacklist: BlacklistEffect
    rectify_first: bool
    rectify_months: int | None
    cites_complaint: bool
    origin: Origin

    def __post_init__(self) -> None:
        if self.kind is GroundKind.NEUTRAL and self.blacklist is not BlacklistEffect.NEVER:
            raise BadInput("ground.neutral_blacklisted", N_("中性移出不得列入失信名单"), field="blacklist")


@dataclass(frozen=True)
class CreditTerm:
    """How long an entry of one level is published, counted from the deciding document.

    :param minimum_months: repair may be asked for only after this; None when none is set
    :param maximum_months: publication stops by itself at the end of it
    :param published: whether such entries are published as a rule
    :param repair: what repair needs, in words
    :param repair_verified: the passage on repair was read (``origin.verified`` speaks of the months)
    """

    level: CreditLevel
    name: str
    minimum_months: int | None
    maximum_months: int
    published: bool
    counted_from: str
    repair: tuple[str, ...]
    repair_verified: bool
    origin: Origin

    @property
    def code(self) -> str:
        """The level names the term."""
        return self.level.value

    def earliest_repair(self, decided: date) -> date:
        """First legal day on which repair may be asked for."""
        return add_months(decided, self.minimum_months or 0)

    def publication_ends(self, decided: date) -> date:
        """Legal day on which the entry is no longer shown."""
        return add_months(decided, self.maximum_months)
