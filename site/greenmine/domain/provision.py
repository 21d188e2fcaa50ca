"""Where a value of a rule book comes from, since when it holds, and whether its text was read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Protocol

from greenmine.domain.text import N_


class Actor(StrEnum):
    """Who takes a step or bears a duty."""

    OPERATOR = "operator"  # 矿山企业
    AGENCY = "agency"  # 第三方评估机构
    PUBLIC = "public"  # 公众
    COUNTY = "county"  # 县级自然资源主管部门
    CITY = "city"  # 市级自然资源主管部门
    PROVINCE = "province"  # 省级自然资源主管部门
    MINISTRY = "ministry"  # 自然资源部
    COUNTY_GOVERNMENT = "county_government"  # 县级人民政府
    CITY_GOVERNMENT = "city_government"  # 市级人民政府
    PROVINCE_GOVERNMENT = "province_government"  # 省级人民政府
    ANY_AUTHORITY = "any_authority"  # 受理机关


ACTOR_LABELS: Final[Mapping[Actor, str]] = {
    Actor.OPERATOR: N_("矿山企业"),
    Actor.AGENCY: N_("第三方评估机构"),
    Actor.PUBLIC: N_("公众"),
    Actor.COUNTY: N_("县级自然资源主管部门"),
    Actor.CITY: N_("市级自然资源主管部门"),
    Actor.PROVINCE: N_("省级自然资源主管部门"),
    Actor.MINISTRY: N_("自然资源部"),
    Actor.COUNTY_GOVERNMENT: N_("县级人民政府"),
    Actor.CITY_GOVERNMENT: N_("市级人民政府"),
    Actor.PROVINCE_GOVERNMENT: N_("省级人民政府"),
    Actor.ANY_AUTHORITY: N_("受理机关"),
}


@dataclass(frozen=True)
class Origin:
    """Where a value stands written.

    :param sources: clause ids (``ZJ-09``), never empty
    :param verified: the passage was read; False is shown to the public as 待核实
    :param note: how the text was read, or where its own figures disagree
    :param since: first day it holds, None: as long as its book
    :param until: last day it holds, None: as long as its book
    """

    sources: tuple[str, ...]
    verified: bool
    note: str = ""
    since: date | None = None
    until: date | None = None

    def in_force(self, day: date) -> bool:
        """Whether the value itself holds on the legal day (its book must hold too)."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Provision(Protocol):
    """Anything a rule book holds: found by its code, with its origin."""

    @property
    def code(self) -> str:
        """Stable name within its kind."""

    @property
    def origin(self) -> Origin:
        """Where it is written."""
