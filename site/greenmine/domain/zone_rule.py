"""Demonstration zones of green mining: tiers, plan, review, and where the plan is published.

Source: SC-01..07, 川国资发〔2017〕101号.
"""

from dataclasses import dataclass
from datetime import date

from greenmine.domain.department import Department
from greenmine.domain.errors import NotFound
from greenmine.domain.mine import Level
from greenmine.domain.provision import Actor, Origin
from greenmine.domain.text import N_


@dataclass(frozen=True)
class ZoneTier:
    """A tier of zones: how many, who consents to publication, and on which site.

    :param minimum, maximum: wanted number; None where open
    :param evaluator: who evaluates zones of this tier beside the city
    """

    level: Level
    name: str
    minimum: int | None
    maximum: int | None
    due: date
    consents: Actor | None
    publisher: Actor | None
    place: str
    evaluator: Actor | None
    evaluation: str
    origin: Origin

    @property
    def code(self) -> str:
        """The level names the tier."""
        return self.level.value


@dataclass(frozen=True)
class OutlineSection:
    """A section the plan must have."""

    title: str
    contents: str


@dataclass(frozen=True)
class ZoneRule:
    """How a zone comes about: conditions, plan, review, publication.

    :param outline: sections in order; a plan without one of them is not complete
    """

    code: str
    name: str
    unit: str
    conditions: tuple[str, ...]
    plan_contents: tuple[str, ...]
    tasks: tuple[str, ...]
    outline: tuple[OutlineSection, ...]
    author: Actor
    reviewer: Actor
    review_departments: tuple[Department, ...]
    candidates: tuple[str, ...]
    candidates_due: date | None
    tiers: tuple[ZoneTier, ...]
    origin: Origin

    def tier(self, level: Level) -> ZoneTier:
        """The tier of a level. Raises NotFound for a level this province has no zones of."""
        for tier in self.tiers:
            if tier.level is level:
                return tier
        raise NotFound("zone.tier_unknown", N_("本省没有这一级的绿色矿业发展示范区"))

    def missing_sections(self, titles: frozenset[str]) -> tuple[str, ...]:
        """Sections of the outline that a plan with these titles lacks."""
        return tuple(section.title for section in self.outline if section.title not in titles)
