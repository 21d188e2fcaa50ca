"""Who at the desk may do what, and where. A table, not code paths."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from greenmine.domain.body import Body
from greenmine.domain.department import Department
from greenmine.domain.errors import NotAllowed
from greenmine.domain.mine import Level
from greenmine.domain.region import Regions
from greenmine.domain.text import N_


class Role(StrEnum):
    """Role of a staff member; always bound to regions."""

    EDITOR = "editor"  # 编辑
    COUNTY = "county"  # 县级经办
    CITY = "city"  # 市级经办
    PROVINCE = "province"  # 省级经办
    ADMINISTRATOR = "administrator"  # 管理员


class Deed(StrEnum):
    """What can be done at the desk."""

    PUBLISH_NOTICE = "publish_notice"  # 发布公示公告
    CLOSE_NOTICE = "close_notice"  # 公示办结
    CORRECT_NOTICE = "correct_notice"  # 更正公示
    WITHDRAW_NOTICE = "withdraw_notice"  # 撤回公示
    PROPOSE_REMOVAL = "propose_removal"  # 提出移出
    DECIDE_REMOVAL = "decide_removal"  # 决定移出
    PROPOSE_CREDIT = "propose_credit"  # 提出失信认定
    DECIDE_CREDIT = "decide_credit"  # 决定失信认定
    CORRECT_MINE = "correct_mine"  # 更正矿山信息
    REGISTER_MINE = "register_mine"  # 登记矿山
    EDIT_NEWS = "edit_news"  # 编写新闻
    PUBLISH_NEWS = "publish_news"  # 发布新闻
    HANDLE_CASE = "handle_case"  # 办理投诉、异议和纠错
    OPEN_IDENTITY = "open_identity"  # 查看投诉人身份
    MANAGE_STAFF = "manage_staff"  # 管理人员


ROLE_LABELS: Final[Mapping[Role, str]] = {
    Role.EDITOR: N_("编辑"),
    Role.COUNTY: N_("县级经办"),
    Role.CITY: N_("市级经办"),
    Role.PROVINCE: N_("省级经办"),
    Role.ADMINISTRATOR: N_("管理员"),
}

_CASE: Final = {Deed.HANDLE_CASE, Deed.OPEN_IDENTITY}
_NOTICE: Final = {Deed.PUBLISH_NOTICE, Deed.CLOSE_NOTICE, Deed.CORRECT_NOTICE, Deed.WITHDRAW_NOTICE}
DEEDS: Final[Mapping[Role, frozenset[Deed]]] = {
    Role.EDITOR: frozenset({Deed.EDIT_NEWS, Deed.PUBLISH_NEWS}),
    Role.COUNTY: frozenset({*_NOTICE, *_CASE, Deed.PROPOSE_REMOVAL, Deed.CORRECT_MINE, Deed.REGISTER_MINE}),
    Role.CITY: frozenset(
        {*_NOTICE, *_CASE, Deed.PROPOSE_REMOVAL, Deed.PROPOSE_CREDIT, Deed.CORRECT_MINE, Deed.REGISTER_MINE}
    ),
    Role.PROVINCE: frozenset(
        {
            *_NOTICE,
            *_CASE,
            Deed.PROPOSE_REMOVAL,
            Deed.DECIDE_REMOVAL,
            Deed.PROPOSE_CREDIT,
            Deed.DECIDE_CREDIT,
            Deed.CORRECT_MINE,
            Deed.REGISTER_MINE,
            Deed.EDIT_NEWS,
            Deed.PUBLISH_NEWS,
        }
    ),
    Role.ADMINISTRATOR: frozenset({Deed.MANAGE_STAFF}),
}
"""An administrator manages people and nothing else: who keeps the keys does not write the record."""

NOTICE_LEVELS: Final[Mapping[Role, frozenset[Level]]] = {
    Role.COUNTY: frozenset({Level.COUNTY}),
    Role.CITY: frozenset({Level.CITY}),
    Role.PROVINCE: frozenset({Level.PROVINCIAL, Level.NATIONAL}),
}
"""The level of notice each role may publish: ZJ-11 county check, ZJ-13 province list, and 推荐公示 upwards."""


@dataclass(frozen=True)
class Officer:
    """A staff member signed in, with the role and the regions (codes) it is bound to.

    :param departments: whose cases the seat handles; empty for a seat that handles those of all departments
    """

    id: int
    role: Role
    regions: frozenset[str]
    departments: frozenset[Department] = frozenset()

    @property
    def signature(self) -> str:
        """``<role>@<region>`` as an act names its author: never a person (log-spec.md 1).

        With several regions the first code in order stands for the seat.
        """
        return f"{self.role}@{min(self.regions)}"


def may(officer: Officer, deed: Deed, *, region: str, regions: Regions) -> bool:
    """Whether the officer's role allows the deed and one of its regions contains ``region``."""
    return deed in DEEDS[officer.role] and any(regions.contains(own, region) for own in officer.regions)


def require(officer: Officer, deed: Deed, *, region: str, regions: Regions) -> None:
    """Raise NotAllowed unless :func:`may`."""
    if not may(officer, deed, region=region, regions=regions):
        raise NotAllowed("officer.not_allowed", N_("您的岗位或辖区不能办理此事项。"))


def handles(officer: Officer, body: Body) -> bool:
    """Whether the body's cases are the officer's: its very region and department, not those below.

    Nobody sees another county's cases, a superior body sees what came to it (信访工作条例 18; trust.md 13).
    """
    own_department = not officer.departments or body.department in officer.departments
    return Deed.HANDLE_CASE in DEEDS[officer.role] and body.region in officer.regions and own_department


def require_notice_level(officer: Officer, level: Level) -> None:
    """Raise NotAllowed unless the officer's role publishes notices of this level."""
    if level not in NOTICE_LEVELS.get(officer.role, frozenset()):
        raise NotAllowed("officer.wrong_level", N_("您的岗位不能发布这一级别的公示公告。"))


def require_other_person(first: int | None, second: Officer) -> None:
    """Raise NotAllowed when the officer who decides is the one who proposed (trust.md, ASVS 2.3.5)."""
    if first == second.id:
        raise NotAllowed("officer.same_person", N_("提出人不能作出决定，请由另一名经办人员办理。"))
