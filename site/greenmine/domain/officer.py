"""Who at the desk may do what, and where. A table, not code paths."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from greenmine.domain.body import Body
from greenmine.domain.errors import BadInput, NotAllowed
from greenmine.domain.mine import Level
from greenmine.domain.provision import Actor
from greenmine.domain.region import Region, RegionLevel, Regions
from greenmine.domain.seat import ROLE_LABELS, Role, Seat
from greenmine.domain.text import N_


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
    READ_PROBLEMS = "read_problems"  # 查看内容文件的问题
    MANAGE_STAFF = "manage_staff"  # 管理人员


_CASE: Final = {Deed.HANDLE_CASE, Deed.OPEN_IDENTITY}
_NOTICE: Final = {Deed.PUBLISH_NOTICE, Deed.CLOSE_NOTICE, Deed.CORRECT_NOTICE, Deed.WITHDRAW_NOTICE}
DEEDS: Final[Mapping[Role, frozenset[Deed]]] = {
    Role.EDITOR: frozenset({Deed.EDIT_NEWS, Deed.PUBLISH_NEWS, Deed.READ_PROBLEMS}),
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
    Role.ADMINISTRATOR: frozenset({Deed.MANAGE_STAFF, Deed.READ_PROBLEMS}),
    Role.DEPARTMENT: frozenset(_CASE),
    Role.COUNTY_GOVERNMENT: frozenset(),
    Role.PREFECTURE_GOVERNMENT: frozenset(),
}
"""The roles that have a seat at the desk, and what each may do within the scope of its seat.

An administrator manages people and writes nothing of the record: who keeps the keys does not write it. A government may
be given a seat; nothing the desk offers is its to do yet, so its row is empty.
"""

_ANYWHERE: Final = frozenset(RegionLevel)
SITS_AT: Final[Mapping[Role, frozenset[RegionLevel]]] = {
    Role.EDITOR: _ANYWHERE,
    Role.COUNTY: frozenset({RegionLevel.COUNTY}),
    Role.CITY: frozenset({RegionLevel.PREFECTURE}),
    Role.PROVINCE: frozenset({RegionLevel.PROVINCE}),
    Role.ADMINISTRATOR: _ANYWHERE,
    Role.DEPARTMENT: _ANYWHERE - {RegionLevel.COUNTRY},
    Role.COUNTY_GOVERNMENT: frozenset({RegionLevel.COUNTY}),
    Role.PREFECTURE_GOVERNMENT: frozenset({RegionLevel.PREFECTURE}),
}
"""On regions of which level each role with a seat at the desk sits; see :func:`may_sit`."""


@dataclass(frozen=True)
class ByDocument:
    """An organ that has no seat at the desk: what it decides stands in a document, and a seat that may records that.

    :param recorder: whose deed records it, naming the organ and the document's number; the act is signed by that seat
    :param levels: levels of notice the organ issues
    """

    organ: Actor
    recorder: Role
    deeds: frozenset[Deed]
    levels: frozenset[Level] = frozenset()


BY_DOCUMENT: Final = (
    ByDocument(
        Actor.MINISTRY,
        Role.PROVINCE,
        deeds=frozenset({*_NOTICE, Deed.DECIDE_REMOVAL}),
        levels=frozenset({Level.NATIONAL}),
    ),
    ByDocument(Actor.PROVINCE_GOVERNMENT, Role.PROVINCE, deeds=frozenset({Deed.DECIDE_REMOVAL, Deed.DECIDE_CREDIT})),
)
"""Organs without a seat, and who records their documents. Nobody signs for another organ."""

_OWN_LEVELS: Final[Mapping[Role, frozenset[Level]]] = {
    Role.COUNTY: frozenset({Level.COUNTY}),
    Role.CITY: frozenset({Level.CITY}),
    Role.PROVINCE: frozenset({Level.PROVINCIAL}),
}

NOTICE_LEVELS: Final[Mapping[Role, frozenset[Level]]] = {
    role: own.union(
        *(each.levels for each in BY_DOCUMENT if each.recorder is role and Deed.PUBLISH_NOTICE in each.deeds)
    )
    for role, own in _OWN_LEVELS.items()
}
"""The level of notice each role may publish, its own and that of organs whose documents it records.

Source: ZJ-11 county check, ZJ-13 province list, and 推荐公示 upwards.
"""


@dataclass(frozen=True)
class Officer:
    """A staff member signed in, and the one seat from which they act now."""

    id: int
    seat: Seat

    @property
    def deeds(self) -> frozenset[Deed]:
        """What the seat may do within its scope."""
        return DEEDS.get(self.seat.role, frozenset())


def roles_that_may(deed: Deed) -> frozenset[Role]:
    """The roles that may do this."""
    return frozenset(role for role, own in DEEDS.items() if deed in own)


def may_sit(role: Role, region: Region, *, is_lowest: bool) -> bool:
    """Whether a seat of this role can stand in this region.

    :param is_lowest: the region has none below it: a special area straight under its prefecture or province, whose
        county officers sit there
    """
    at = SITS_AT[role]
    return region.level in at or (is_lowest and RegionLevel.COUNTY in at)


def require_desk(role: Role) -> None:
    """Raise BadInput (field ``role``) for a role that has no desk, saying which have one."""
    if role not in DEEDS:
        raise BadInput(
            "seat.no_desk",
            N_("“%(role)s”还没有工作台席位。目前可以设的岗位：%(offered)s。"),
            field="role",
            role=ROLE_LABELS[role],
            offered="、".join(ROLE_LABELS[each] for each in DEEDS),
        )


def may(officer: Officer, deed: Deed, *, region: str, regions: Regions) -> bool:
    """Whether the role of the officer's seat allows the deed and its scope reaches ``region``."""
    return deed in officer.deeds and officer.seat.within(region, regions)


def require(officer: Officer, deed: Deed, *, region: str, regions: Regions) -> None:
    """Raise NotAllowed unless :func:`may`."""
    if not may(officer, deed, region=region, regions=regions):
        raise NotAllowed("officer.not_allowed", N_("您的岗位或辖区不能办理此事项。"))


def handles(officer: Officer, body: Body) -> bool:
    """Whether the body's cases are the officer's: its very region and department, not those below.

    Nobody sees another county's cases, a superior body sees what came to it (信访工作条例 18; trust.md 13).
    """
    seat = officer.seat
    own_department = not seat.handled or body.department in seat.handled
    return Deed.HANDLE_CASE in officer.deeds and body.region == seat.region and own_department


def notice_levels(officer: Officer) -> frozenset[Level]:
    """The levels of notice the officer's seat publishes, closes, corrects and withdraws."""
    return NOTICE_LEVELS.get(officer.seat.role, frozenset())


def require_notice_level(officer: Officer, level: Level) -> None:
    """Raise NotAllowed unless the officer's role publishes notices of this level."""
    if level not in notice_levels(officer):
        raise NotAllowed("officer.wrong_level", N_("您的岗位不能发布这一级别的公示公告。"))


def require_other_person(first: int | None, second: Officer) -> None:
    """Raise NotAllowed when the officer who decides is the one who proposed (trust.md, ASVS 2.3.5)."""
    if first == second.id:
        raise NotAllowed("officer.same_person", N_("提出人不能作出决定，请由另一名经办人员办理。"))
