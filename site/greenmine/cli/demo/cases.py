"""Cases of the demonstration: invented, sealed like real ones, at different stages, one of them late.

Nobody real is meant: who complains is called 示例…, addresses end in ``.invalid``. One case's number and code are
known to everybody (``DEMO_NUMBER``, ``DEMO_CODE``), so that a visitor can follow it; they exist in demo mode only,
because this register is made nowhere else.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from greenmine.cli.demo.stage import Stage
from greenmine.domain.body import Body, HandOverReason, RiskClass
from greenmine.domain.case import CaseKind
from greenmine.domain.case_number import NUMBER_DIGITS, make_number, show_code, show_number
from greenmine.domain.complaint import About, Complainant, Complaint, ComplaintKind, Contact, Outcome
from greenmine.domain.department import Department
from greenmine.domain.error_report import ErrorReport
from greenmine.domain.instant import at_legal_time
from greenmine.domain.officer import Officer
from greenmine.domain.region import RegionLevel
from greenmine.domain.seat import Role
from greenmine.store.case_access import find_access
from greenmine.store.case_task import task_of_officer
from greenmine.store.cluster import cluster_of
from greenmine.store.database import Tx
from greenmine.store.mine import known_mines
from greenmine.store.sealed import MasterKey
from greenmine.usecases.case_code import new_access, new_code
from greenmine.usecases.case_desk import (
    accept_case,
    answer_complaint,
    ask_person,
    close_case,
    decline_case,
    extend_case,
    hand_over,
    take_case,
)
from greenmine.usecases.case_step import Desk
from greenmine.usecases.case_visit import write_more
from greenmine.usecases.lodge import NewCase, lodge_complaint
from greenmine.usecases.report import lodge_report

COUNTY: Final = "520524"
CITY: Final = "520500"
PROVINCE: Final = "520000"
DEMO_NUMBER: Final = make_number(CaseKind.COMPLAINT, 1234567890)
DEMO_CODE: Final = "1234567890123456"
"""Told to every visitor of the demonstration; a real case's code is random."""

_CONTACT: Final = Contact(name="示例居民甲", mail="shili-jumin@mail.invalid", address="示例村1组")
_DUST: Final = Complaint(
    region=COUNTY,
    mine=None,
    place="示例村三组路口",
    risk=RiskClass.ENVIRONMENT,
    kind=ComplaintKind.DUST,
    about=About.MINE,
    text="运矿车没有遮盖，路面不洒水，晴天扬尘很大，路边的菜地落了一层灰。（演示数据）",
    when="近一个月，多在上午",
    complainant=Complainant.RESIDENT,
    contact=None,
)
_WATER: Final = replace(
    _DUST,
    kind=ComplaintKind.WATER,
    place="示例河沟下游",
    text="雨后河沟里的水变黄，有沉淀，牲口不肯喝。请查一查上游矿山的沉淀池。（演示数据）",
    when="上次下雨之后",
    contact=_CONTACT,
)
_LAND: Final = replace(
    _DUST,
    risk=RiskClass.SOCIAL,
    kind=ComplaintKind.COMPENSATION,
    place="示例村二组",
    text="临时用地到期半年了，没有复垦，也没有续签补偿协议。（演示数据）",
    when="到期至今",
    contact=replace(_CONTACT, name="示例居民乙"),
)
_SLOPE: Final = replace(
    _DUST,
    risk=RiskClass.SAFETY,
    kind=ComplaintKind.SLOPE,
    place="示例采场北侧便道",
    text="采场北侧边坡有裂缝，雨天有小石块滚到便道上。（演示数据）",
    when="发现三天",
)
_SLOW: Final = replace(
    _DUST,
    about=About.AUTHORITY,
    text="几个月前反映过噪声问题，当地主管部门一直没有答复。（演示数据）",
    kind=ComplaintKind.NOISE,
    place="示例村",
)


def demo_case_line(tx: Tx) -> str:
    """Number and code of the case that everybody may follow; empty where this register has none."""
    if find_access(tx, DEMO_NUMBER) is None:
        return ""
    return f"演示投诉（可在“查询进度”中查看）：编号 {show_number(DEMO_NUMBER)}，查询码 {show_code(DEMO_CODE)}"


@dataclass(frozen=True)
class Cases:
    """Schedules the cases; their words are the same every day, their dates follow the day."""

    stage: Stage
    master: MasterKey
    today: date
    rng: Random

    def tell(self) -> None:
        """Cases for the demonstration's county, city and province, and one where nobody sits."""
        county = self.stage.officer(Role.COUNTY, COUNTY)
        self._come(3, _DUST)
        self._come(2, replace(_DUST, place="示例村五组"))
        self._come(21, _LAND)
        self._followed(county)
        self._answered(county)
        self._elsewhere(county)
        self._empty_seat()
        self._misprint()

    def _followed(self, county: Officer) -> None:
        """Accepted, asked, answered by the person, extended: the one everybody can follow."""
        self._come(40, _WATER, number=DEMO_NUMBER, code=DEMO_CODE)
        self._on(38, self._step(DEMO_NUMBER, county, self._take))
        self._on(35, self._step(DEMO_NUMBER, county, self._accept))
        self._on(30, self._step(DEMO_NUMBER, county, self._ask))
        self._on(29, self._written(DEMO_NUMBER, county))

    def _answered(self, county: Officer) -> None:
        """One answered, one closed, one not taken on, one extended."""
        answered, closed = self._come(75, _SLOPE), self._come(150, replace(_WATER, contact=None))
        declined, extended = (
            self._come(30, replace(_LAND, contact=None)),
            self._come(70, replace(_LAND, place="示例坝")),
        )
        for number, days in ((answered, 70), (closed, 145), (extended, 58)):
            self._on(days, self._step(number, county, self._accept))
        self._on(20, self._step(extended, county, self._extend))
        for number, days in ((answered, 12), (closed, 100)):
            self._on(days, self._step(number, county, self._answer))
        self._on(95, self._step(closed, county, self._close))
        self._on(27, self._step(declined, county, self._decline))

    def _elsewhere(self, county: Officer) -> None:
        """Passed on inside the county, brought before the city, brought before the province."""
        moved = self._come(9, replace(_SLOPE, text="爆破震动大，墙体开裂。（演示数据）", kind=ComplaintKind.BLASTING))
        self._on(7, self._step(moved, county, _pass_on(Body(COUNTY, Department.NATURAL_RESOURCES))))
        self._come(6, _SLOW)
        upwards = self._come(12, replace(_SLOW, text="市里转来转去，没有结果。（演示数据）"))
        city = self.stage.officer(Role.CITY, CITY)
        self._on(10, self._step(upwards, city, _pass_on(Body(PROVINCE, Department.ECOLOGY))))

    def _empty_seat(self) -> None:
        """A county without any officer: the administrator is told, by counts."""
        seated = {region for role, region, _seat in self.stage.officers if role is Role.COUNTY}
        counties = self.stage.reference.regions.within(CITY, level=RegionLevel.COUNTY)
        empty = next((region.code for region in counties if region.code not in seated), None)
        if empty is not None:
            self._come(18, replace(_DUST, region=empty))

    def _misprint(self) -> None:
        """An error somebody found in the record of a mine of the county."""

        def deed(tx: Tx, at: datetime) -> None:
            mine = min(row.id for row in known_mines(tx) if row.region == COUNTY)
            found = ErrorReport(
                record=f"mine/{mine}",
                wrong="生产规模与采矿许可证不一致。（演示数据）",
                right="以采矿许可证为准。",
                source="采矿许可证副本",
            )
            new = self._new(CaseKind.REPORT, self._number(CaseKind.REPORT), new_code())
            lodge_report(tx, found, new=new, reference=self.stage.reference, at=at, master=self.master)

        self._on(1, deed)

    def _come(self, days: int, complaint: Complaint, *, number: str = "", code: str = "") -> str:
        """Schedule a complaint for so many days ago; returns its number."""
        number = number or self._number(CaseKind.COMPLAINT)
        new = self._new(CaseKind.COMPLAINT, number, code or new_code())

        def deed(tx: Tx, at: datetime) -> None:
            cluster = cluster_of(complaint.text, master=self.master)
            lodge_complaint(
                tx, complaint, new=new, cluster=cluster, reference=self.stage.reference, at=at, master=self.master
            )

        self._on(days, deed, hour=9)
        return number

    def _new(self, kind: CaseKind, number: str, code: str) -> NewCase:
        return NewCase(kind=kind, access=new_access(number, code), form_key=f"demo {number}", files=())

    def _number(self, kind: CaseKind) -> str:
        return make_number(kind, self.rng.randrange(10**NUMBER_DIGITS))

    def _on(self, days: int, deed: Callable[[Tx, datetime], None], *, hour: int = 15) -> None:
        self.stage.schedule(at_legal_time(self.today - timedelta(days=days), time(hour, 20)), deed)

    def _step(
        self, number: str, officer: Officer, do: Callable[[Tx, str, Desk], None]
    ) -> Callable[[Tx, datetime], None]:
        def deed(tx: Tx, at: datetime) -> None:
            seen = task_of_officer(tx, number, officer).version
            desk = Desk(officer=officer, reference=self.stage.reference, master=self.master, at=at, seen=seen)
            do(tx, number, desk)

        return deed

    def _written(self, number: str, officer: Officer) -> Callable[[Tx, datetime], None]:
        def deed(tx: Tx, at: datetime) -> None:
            case = task_of_officer(tx, number, officer).case
            write_more(
                tx, case, text="在示例桥往下约200米处，最近一次是周日早上。", files=(), at=at, master=self.master
            )

        return deed

    @staticmethod
    def _take(tx: Tx, number: str, desk: Desk) -> None:
        take_case(tx, number, desk=desk)

    @staticmethod
    def _accept(tx: Tx, number: str, desk: Desk) -> None:
        accept_case(tx, number, text="您反映的事项已经受理，我们将到现场核查并在期限内答复。（演示数据）", desk=desk)

    @staticmethod
    def _ask(tx: Tx, number: str, desk: Desk) -> None:
        ask_person(tx, number, text="请补充发现水变黄的具体位置和时间，没有的可以不答。（演示数据）", desk=desk)

    @staticmethod
    def _extend(tx: Tx, number: str, desk: Desk) -> None:
        extend_case(tx, number, text="因需要测绘界线，办理期限延长30日。（演示数据）", desk=desk)

    @staticmethod
    def _decline(tx: Tx, number: str, desk: Desk) -> None:
        decline_case(tx, number, text="此事已由人民法院受理，本机关不再受理。（演示数据）", desk=desk)

    @staticmethod
    def _answer(tx: Tx, number: str, desk: Desk) -> None:
        text = "经现场核查，您反映的情况属实，已责令限期整改，我们将跟踪复查。（演示数据）"
        answer_complaint(tx, number, outcome=Outcome.CONFIRMED, text=text, desk=desk)

    @staticmethod
    def _close(tx: Tx, number: str, desk: Desk) -> None:
        close_case(tx, number, desk=desk)


def _pass_on(to: Body) -> Callable[[Tx, str, Desk], None]:
    reason = HandOverReason.HIGHER_LEVEL if to.region == PROVINCE else HandOverReason.OTHER_DUTY

    def do(tx: Tx, number: str, desk: Desk) -> None:
        hand_over(tx, number, to=to, reason=reason, text="此件已转交有权办理的机关，期限不变。（演示数据）", desk=desk)

    return do
