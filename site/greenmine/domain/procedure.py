"""Libraries, steps, gates and checks: how a mine comes into the directory and is watched there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from greenmine.domain.department import Department
from greenmine.domain.mine import Library, Method
from greenmine.domain.notice_kind import NoticeKind
from greenmine.domain.provision import Actor, Origin
from greenmine.domain.text import N_


class Process(StrEnum):
    """A chain of steps."""

    BUILDING = "building"  # 建设
    LISTING = "listing"  # 入库
    SELECTION = "selection"  # 国家级遴选
    SUPERVISION = "supervision"  # 监督与移出
    AGENCY = "agency"  # 评估机构管理
    ZONE = "zone"  # 示范区
    ASSESSMENT = "assessment"  # 年度考核


PROCESS_LABELS: Final[Mapping[Process, str]] = {
    Process.BUILDING: N_("绿色矿山建设"),
    Process.LISTING: N_("评估入库"),
    Process.SELECTION: N_("国家级遴选"),
    Process.SUPERVISION: N_("监督与移出"),
    Process.AGENCY: N_("评估机构管理"),
    Process.ZONE: N_("示范区创建"),
    Process.ASSESSMENT: N_("年度考核"),
}


@dataclass(frozen=True)
class LibraryRule:
    """Who enters a library and who leaves it, in words."""

    library: Library
    name: str
    entry: tuple[str, ...]
    leaving: tuple[str, ...]
    origin: Origin

    @property
    def code(self) -> str:
        """The library names the rule."""
        return self.library.value


@dataclass(frozen=True)
class Step:
    """One step of a chain: who takes it, with whom, and the documents it needs.

    :param order: place in its chain, from 1
    :param clock: code of the clock that limits it, empty for none
    :param window: code of the reporting window it falls into, empty for none
    :param notice: kind of notice it publishes, None for none
    """

    code: str
    name: str
    process: Process
    order: int
    actors: tuple[Actor, ...]
    departments: tuple[Department, ...]
    documents: tuple[str, ...]
    clock: str
    window: str
    notice: NoticeKind | None
    origin: Origin


@dataclass(frozen=True)
class SpotCheck:
    """Random checks (双随机、一公开).

    :param minimum_share: least percentage of the population a year, None where no text sets one
    :param team_minimum, team_maximum: inspectors in a team, None where no text sets it
    """

    code: str
    name: str
    population: str
    minimum_share: Decimal | None
    team_minimum: int | None
    team_maximum: int | None
    departments: tuple[Department, ...]
    origin: Origin


@dataclass(frozen=True)
class Gate:
    """Something that must be so before a right is granted or renewed.

    :param applies_from: first legal day, None where the text names none
    :param full_shares: things of which 100 % is asked
    """

    code: str
    name: str
    applies_to: str
    applies_from: date | None
    requirements: tuple[str, ...]
    full_shares: tuple[str, ...]
    consequence: str
    origin: Origin


@dataclass(frozen=True)
class Exemption:
    """Which mines need not become green mines; all conditions together.

    :param remaining_years: remaining term of the right, at most
    :param method: only this method
    :param sand_plant: only with (True) or without (False) a machine-made-sand plant
    """

    code: str
    name: str
    remaining_years: Decimal
    method: Method
    sand_plant: bool
    origin: Origin

    def covers(self, *, remaining_years: Decimal, method: Method, sand_plant: bool) -> bool:
        """Whether a mine is exempt. Source: ZJ-01, 浙土资发〔2018〕10号 二."""
        return remaining_years <= self.remaining_years and method is self.method and sand_plant is self.sand_plant


@dataclass(frozen=True)
class Quota:
    """An upper limit of a selection, in pieces or as a share of a whole."""

    code: str
    name: str
    maximum: Decimal
    unit: str
    whole: str
    origin: Origin
