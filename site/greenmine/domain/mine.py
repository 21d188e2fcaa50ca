"""The mine and its place in the libraries: the words everybody uses, and how its status follows from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from greenmine.domain.text import N_


class Scale(StrEnum):
    """Production scale by 国土资发〔2004〕208号."""

    LARGE = "large"  # 大型
    MEDIUM = "medium"  # 中型
    SMALL = "small"  # 小型


class Method(StrEnum):
    """How the mineral is won."""

    OPEN_PIT = "open_pit"  # 露天开采
    UNDERGROUND = "underground"  # 地下开采
    BOTH = "both"  # 露天与地下开采
    WELL = "well"  # 钻井开采


class Ownership(StrEnum):
    """Nature of the enterprise (LN-03)."""

    STATE = "state"  # 国有
    PRIVATE = "private"  # 民营
    FOREIGN = "foreign"  # 外资及港澳台资
    OTHER = "other"  # 其他


class Activity(StrEnum):
    """What the mine does now, apart from any title it holds."""

    BUILDING = "building"  # 筹建
    PRODUCING = "producing"  # 生产
    STOPPED = "stopped"  # 停产
    CLOSED = "closed"  # 关闭


class Level(StrEnum):
    """Level of a directory or of a notice."""

    NATIONAL = "national"  # 国家级
    PROVINCIAL = "provincial"  # 省级
    CITY = "city"  # 市级
    COUNTY = "county"  # 县级


class Library(StrEnum):
    """The lists a mine can stand in (LN-01, rules.md)."""

    CREATION = "creation"  # 创建库
    PROJECT = "project"  # 项目库
    RESERVE = "reserve"  # 达标储备
    CITY = "city"  # 市级名录
    PROVINCIAL = "provincial"  # 省级名录
    NATIONAL = "national"  # 国家级名录
    EXEMPLAR = "exemplar"  # 示范企业


class MineStatus(StrEnum):
    """Where the mine stands towards the title "green mine"."""

    REGISTERED = "registered"  # 未入库
    IN_LIBRARY = "in_library"  # 创建中
    NOTICED = "noticed"  # 公示阶段
    LISTED = "listed"  # 在册
    REMOVED = "removed"  # 已移出


SCALE_LABELS: Final[Mapping[Scale, str]] = {
    Scale.LARGE: N_("大型"),
    Scale.MEDIUM: N_("中型"),
    Scale.SMALL: N_("小型"),
}
METHOD_LABELS: Final[Mapping[Method, str]] = {
    Method.OPEN_PIT: N_("露天开采"),
    Method.UNDERGROUND: N_("地下开采"),
    Method.BOTH: N_("露天与地下开采"),
    Method.WELL: N_("钻井开采"),
}
OWNERSHIP_LABELS: Final[Mapping[Ownership, str]] = {
    Ownership.STATE: N_("国有"),
    Ownership.PRIVATE: N_("民营"),
    Ownership.FOREIGN: N_("外资及港澳台资"),
    Ownership.OTHER: N_("其他"),
}
ACTIVITY_LABELS: Final[Mapping[Activity, str]] = {
    Activity.BUILDING: N_("筹建"),
    Activity.PRODUCING: N_("生产"),
    Activity.STOPPED: N_("停产"),
    Activity.CLOSED: N_("关闭"),
}
LEVEL_LABELS: Final[Mapping[Level, str]] = {
    Level.NATIONAL: N_("国家级"),
    Level.PROVINCIAL: N_("省级"),
    Level.CITY: N_("市级"),
    Level.COUNTY: N_("县级"),
}
LIBRARY_LABELS: Final[Mapping[Library, str]] = {
    Library.CREATION: N_("创建库"),
    Library.PROJECT: N_("项目库"),
    Library.RESERVE: N_("达标储备"),
    Library.CITY: N_("市级名录"),
    Library.PROVINCIAL: N_("省级名录"),
    Library.NATIONAL: N_("国家级名录"),
    Library.EXEMPLAR: N_("示范企业"),
}
STATUS_LABELS: Final[Mapping[MineStatus, str]] = {
    MineStatus.REGISTERED: N_("未入库"),
    MineStatus.IN_LIBRARY: N_("创建中"),
    MineStatus.NOTICED: N_("公示阶段"),
    MineStatus.LISTED: N_("在册"),
    MineStatus.REMOVED: N_("已移出"),
}

STAGES: Final = frozenset({Library.CREATION, Library.PROJECT, Library.RESERVE})
"""Stages before the title: a mine is in one of them at any date (LN-01), and leaves it when it is listed."""

DIRECTORIES: Final[Mapping[Library, Level]] = {
    Library.CITY: Level.CITY,
    Library.PROVINCIAL: Level.PROVINCIAL,
    Library.NATIONAL: Level.NATIONAL,
}
"""The directories that carry the title, and the level each gives. 示范企业 is an honour on top of one."""

_HEIGHT: Final = {Level.COUNTY: 0, Level.CITY: 1, Level.PROVINCIAL: 2, Level.NATIONAL: 3}


@dataclass(frozen=True)
class Membership:
    """A mine in a library from a date to a date (``until`` is the first day it is no longer in it)."""

    library: Library
    since: date
    until: date | None
    ended_by_removal: bool


def highest(levels: Iterable[Level]) -> Level | None:
    """The highest of the levels, or None when there is none."""
    return max(levels, key=lambda level: _HEIGHT[level], default=None)


def standing(memberships: Iterable[Membership], *, in_notice: bool) -> tuple[MineStatus, Level | None]:
    """Status and level that follow from a mine's memberships and from an open entry notice that names it.

    A current directory membership wins; then a running notice; then a stage; a mine whose last directory
    membership was ended by a removal is 已移出 until one of those comes again.
    """
    known = tuple(memberships)
    current = [membership for membership in known if membership.until is None]
    level = highest(DIRECTORIES[m.library] for m in current if m.library in DIRECTORIES)
    if level is not None:
        return MineStatus.LISTED, level
    if in_notice:
        return MineStatus.NOTICED, None
    if any(membership.library in STAGES for membership in current):
        return MineStatus.IN_LIBRARY, None
    if any(m.ended_by_removal for m in known if m.library in DIRECTORIES):
        return MineStatus.REMOVED, None
    return MineStatus.REGISTERED, None


def lost_with(level: Level) -> frozenset[Library]:
    """The libraries a mine loses with the directory of a level.

    National mines are chosen from provincial lists, so what falls below takes what stands above with it.
    """
    lost = {library for library, its in DIRECTORIES.items() if _HEIGHT[its] >= _HEIGHT[level]}
    return frozenset(lost | {Library.EXEMPLAR})
