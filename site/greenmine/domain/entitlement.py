"""What the title brings, who is responsible for what, what it costs, and plain lists of a document."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from greenmine.domain.department import Department
from greenmine.domain.provision import Actor, Origin
from greenmine.domain.text import N_


class BenefitKind(StrEnum):
    """Field of a supporting policy (GO-15)."""

    RESOURCE = "resource"  # 矿产资源
    LAND = "land"  # 用地
    TAX = "tax"  # 财税
    FINANCE = "finance"  # 金融
    HONOUR = "honour"  # 表彰奖励


BENEFIT_KIND_LABELS: Final[Mapping[BenefitKind, str]] = {
    BenefitKind.RESOURCE: N_("矿产资源支持"),
    BenefitKind.LAND: N_("用地支持"),
    BenefitKind.TAX: N_("财税支持"),
    BenefitKind.FINANCE: N_("金融支持"),
    BenefitKind.HONOUR: N_("表彰奖励"),
}


@dataclass(frozen=True)
class Benefit:
    """A supporting policy.

    :param beneficiaries: who may have it, in words
    :param eligibility: what must be so, in words; empty when the title is enough
    :param rate: a rate the text names, percent; None where it names none
    :param needs_title: ends with the title (GO-17, GO-20)
    """

    code: str
    name: str
    kind: BenefitKind
    beneficiaries: str
    eligibility: str
    rate: Decimal | None
    needs_title: bool
    origin: Origin


@dataclass(frozen=True)
class Duty:
    """A row of a responsibility matrix."""

    code: str
    department: Department
    level: Actor
    name: str
    tasks: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True)
class BudgetLine:
    """Who pays for what; ``amount`` in 亿元, None where the text names no sum."""

    code: str
    payer: str
    purposes: tuple[str, ...]
    amount: Decimal | None
    origin: Origin


@dataclass(frozen=True)
class NamedList:
    """A list of a document that is no table of its own kind.

    :param stated_count: how many items the document says it has; more than ``items`` when its text
        was not seen
    """

    code: str
    name: str
    items: tuple[str, ...]
    stated_count: int | None
    origin: Origin
