"""Seats: who speaks in an act, and for what. A role never says where, a scope never says who.

An act names its author as ``<role>@<scope>``, never a person (``county@330523``, ``department@330523/ecology``,
``enterprise@firm-000123``). The log binds only the shape; which roles there are, and on which scopes each may sit, is
said here and checked where acts are built, so that a new role changes no schema of an act.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from greenmine.domain.department import Department
from greenmine.domain.errors import BadInput, NotAllowed, RuleBroken
from greenmine.domain.region import Regions
from greenmine.domain.text import N_


class Role(StrEnum):
    """What somebody is in a procedure, whether or not there is a desk for it yet."""

    SYSTEM = "system"  # 系统
    EDITOR = "editor"  # 编辑
    ADMINISTRATOR = "administrator"  # 管理员
    COUNTY = "county"  # 县级经办
    CITY = "city"  # 市级经办
    PROVINCE = "province"  # 省级经办
    DEPARTMENT = "department"  # 会同部门
    COUNTY_GOVERNMENT = "county_government"  # 县级人民政府
    PREFECTURE_GOVERNMENT = "prefecture_government"  # 市级人民政府
    PROVINCE_GOVERNMENT = "province_government"  # 省级人民政府
    ENTERPRISE = "enterprise"  # 矿山企业
    AGENCY = "agency"  # 第三方评估机构
    EXPERT = "expert"  # 专家
    INSPECTOR = "inspector"  # 检查人员
    ASSESSOR = "assessor"  # 考核人员


ROLE_LABELS: Final[Mapping[Role, str]] = {
    Role.SYSTEM: N_("系统"),
    Role.EDITOR: N_("编辑"),
    Role.ADMINISTRATOR: N_("管理员"),
    Role.COUNTY: N_("县级经办"),
    Role.CITY: N_("市级经办"),
    Role.PROVINCE: N_("省级经办"),
    Role.DEPARTMENT: N_("会同部门"),
    Role.COUNTY_GOVERNMENT: N_("县级人民政府"),
    Role.PREFECTURE_GOVERNMENT: N_("市级人民政府"),
    Role.PROVINCE_GOVERNMENT: N_("省级人民政府"),
    Role.ENTERPRISE: N_("矿山企业"),
    Role.AGENCY: N_("第三方评估机构"),
    Role.EXPERT: N_("专家"),
    Role.INSPECTOR: N_("检查人员"),
    Role.ASSESSOR: N_("考核人员"),
}


class ScopeKind(StrEnum):
    """What a seat is bound to."""

    REGION = "region"  # 行政区代码 330523
    DEPARTMENT = "department"  # 行政区的一个部门 330523/ecology
    FIRM = "firm"  # 本站企业编号 firm-000123, never a credit code
    AGENCY = "agency"  # 本站机构编号 agency-0007
    DRAW = "draw"  # 本站抽查编号 draw-2026-01


_SHAPES: Final[Mapping[ScopeKind, re.Pattern[str]]] = {
    ScopeKind.REGION: re.compile(r"[0-9]{6}"),
    ScopeKind.DEPARTMENT: re.compile(r"[0-9]{6}/[a-z][a-z_]{1,39}"),
    ScopeKind.FIRM: re.compile(r"firm-[0-9]{6}"),
    ScopeKind.AGENCY: re.compile(r"agency-[0-9]{4,6}"),
    ScopeKind.DRAW: re.compile(r"draw-[0-9]{4}-[0-9]{2,6}"),
}

BY: Final = r"^[a-z][a-z_]{1,39}@([0-9]{6}(/[a-z][a-z_]{1,39})?|[a-z]{2,20}(-[0-9]{1,12}){1,3})$"
"""The shape of an author in the log: it names no role. Our own numbers hold digits, so no name fits."""

SCOPES: Final[Mapping[Role, frozenset[ScopeKind]]] = {
    Role.SYSTEM: frozenset({ScopeKind.REGION}),
    Role.EDITOR: frozenset({ScopeKind.REGION}),
    Role.ADMINISTRATOR: frozenset({ScopeKind.REGION}),
    Role.COUNTY: frozenset({ScopeKind.REGION}),
    Role.CITY: frozenset({ScopeKind.REGION}),
    Role.PROVINCE: frozenset({ScopeKind.REGION}),
    Role.DEPARTMENT: frozenset({ScopeKind.DEPARTMENT}),
    Role.COUNTY_GOVERNMENT: frozenset({ScopeKind.REGION}),
    Role.PREFECTURE_GOVERNMENT: frozenset({ScopeKind.REGION}),
    Role.PROVINCE_GOVERNMENT: frozenset({ScopeKind.REGION}),
    Role.ENTERPRISE: frozenset({ScopeKind.FIRM}),
    Role.AGENCY: frozenset({ScopeKind.AGENCY}),
    Role.EXPERT: frozenset({ScopeKind.REGION, ScopeKind.DRAW}),
    Role.INSPECTOR: frozenset({ScopeKind.DEPARTMENT, ScopeKind.DRAW}),
    Role.ASSESSOR: frozenset({ScopeKind.REGION, ScopeKind.DEPARTMENT}),
}
"""On which scopes each role may sit."""

SYSTEM: Final = f"{Role.SYSTEM}@000000"
"""Author of acts that no person decides: content sync, ends of term."""


def scope_kind(scope: str) -> ScopeKind | None:
    """What a scope is, None when it has none of our shapes."""
    return next((kind for kind, shape in _SHAPES.items() if shape.fullmatch(scope)), None)


def require_author(by: str) -> None:
    """Raise RuleBroken ``seat.author`` unless ``by`` is ``<role>@<scope>`` with a role that may sit on that scope."""
    role, _, scope = by.partition("@")
    if role not in set(Role) or scope_kind(scope) not in SCOPES[Role(role)]:
        raise RuleBroken("seat.author", N_("没有“%(by)s”这样的署名席位，不能记录。"), by=by)


@dataclass(frozen=True)
class Seat:
    """From where somebody acts: one role on one scope. Raises RuleBroken ``seat.author`` for one that cannot be.

    :param departments: whose cases a seat of a region handles; empty for those of every department
    """

    role: Role
    scope: str
    departments: frozenset[Department] = frozenset()

    def __post_init__(self) -> None:
        require_author(self.signature)
        named = self.scope.partition("/")[2]
        if named and named not in set(Department):
            raise RuleBroken("seat.author", N_("没有“%(by)s”这样的署名席位，不能记录。"), by=self.signature)

    @property
    def signature(self) -> str:
        """``<role>@<scope>`` as an act names its author: never a person."""
        return f"{self.role}@{self.scope}"

    @property
    def region(self) -> str:
        """Code of the region in which the seat stands.

        Raises NotAllowed ``seat.no_region`` for a seat bound to a number of our own: it reaches no region, and an empty
        code would reach all of them.
        """
        if not self.scope[0].isdigit():
            raise NotAllowed("seat.no_region", N_("此席位不对应行政区，不能办理此事项。"))
        return self.scope.partition("/")[0]

    @property
    def handled(self) -> frozenset[Department]:
        """Whose cases the seat could handle: its own department's, those named, or, when empty, everybody's."""
        own = self.scope.partition("/")[2]
        return frozenset({Department(own)}) if own else self.departments

    def within(self, region: str, regions: Regions) -> bool:
        """Whether what lies in ``region`` is within the seat's reach.

        A region's seat reaches its region and all below, a department's its very region, one bound to a number of
        our own (a firm, an agency, a draw) no region at all.
        """
        match scope_kind(self.scope):
            case ScopeKind.REGION:
                return regions.contains(self.scope, region)
            case ScopeKind.DEPARTMENT:
                return region == self.region
        return False


def read_seat(text: str) -> Seat:
    """The seat of ``<role>@<scope>``. Raises BadInput (field ``seat``) for text that names none."""
    role, _, scope = text.strip().partition("@")
    try:
        return Seat(Role(role), scope)
    except (ValueError, RuleBroken):
        raise BadInput(
            "seat.unreadable", N_("没有“%(seat)s”这样的席位，请写成“岗位@辖区代码”。"), field="seat", seat=text
        ) from None
