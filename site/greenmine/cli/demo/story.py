"""The story of the demonstration: which mines are registered, checked, noticed and listed, and when."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from greenmine.cli.demo.invent import TRADES, Inventor
from greenmine.cli.demo.notices import Noticing
from greenmine.cli.demo.stage import Stage
from greenmine.domain.instant import legal_day
from greenmine.domain.mine import Library
from greenmine.domain.mine_facts import MineFacts
from greenmine.domain.notice_kind import NoticeKind
from greenmine.domain.officer import Officer
from greenmine.domain.period import PeriodRule, PeriodUnit
from greenmine.domain.region import Region
from greenmine.domain.seat import Role
from greenmine.store.database import Tx
from greenmine.usecases.mine import Listing, enlist_mine, register_mine

FIRST_YEAR: Final = 2018
MINES_PER_PROVINCE: Final = 75
LATE: Final = 18
"""Of each province's mines, how many are kept for the notices that run on the day of the demonstration."""

CHECKED: Final = 0.16
"""Fate from which a mine asks to be checked."""

ROUND: Final = timedelta(days=130)
"""From the first check of a round until its last notice is closed."""

CONSULTATION: Final = PeriodRule(PeriodUnit.WORKDAY, 40, first_day_counted=False, rolls_over=False)
"""Long enough that its end lies beyond the published calendar late in the year: 暂定."""


CITY_SEATS: Final = frozenset({"520500"})
"""Where the demonstration's city officer sits."""


@dataclass
class Province:
    """What has become of a province's mines so far, by public number.

    :param waiting: by county, mines that the next half-yearly check takes
    :param late: by county, mines that no round takes: they are kept for the notices of the day of the demonstration
    """

    code: str
    counties: list[Region]
    waiting: dict[str, list[str]] = field(default_factory=dict)
    late: dict[str, list[str]] = field(default_factory=dict)
    checked: list[str] = field(default_factory=list)
    listed: list[tuple[str, date]] = field(default_factory=list)
    removed: list[tuple[str, str, str]] = field(default_factory=list)
    marked: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)

    def unchecked(self, county: str) -> list[str]:
        """Take every mine of the county that no check has taken."""
        return [*self.waiting.pop(county, ()), *self.late.pop(county, ())]


@dataclass(frozen=True)
class Story:
    """Schedules everything; what happens follows from the seed and the day alone."""

    stage: Stage
    inventor: Inventor
    noticing: Noticing
    today: date

    def tell(self) -> tuple[Province, ...]:
        """Schedule the registrations and the half-yearly rounds of every province."""
        provinces = tuple(Province(code, self.inventor.counties(code)) for code in TRADES)
        for province in provinces:
            self._staff(province)
            self._register(province)
            for year in range(FIRST_YEAR + 1, self.today.year + 1):
                for month in (3, 9):
                    self._round(province, date(year, month, 5))
            self._now(province)
        return provinces

    def _staff(self, province: Province) -> None:
        """Two officers and an editor of the province, one of each city and each county."""
        for role, seat in ((Role.PROVINCE, 0), (Role.PROVINCE, 1), (Role.EDITOR, 0)):
            self.stage.officer(role, province.code, seat=seat)
        for county in province.counties:
            self.stage.officer(Role.COUNTY, county.code)
            self.stage.officer(Role.CITY, f"{county.code[:4]}00")

    def _register(self, province: Province) -> None:
        rng = self.stage.rng
        days = (self.today - date(FIRST_YEAR, 2, 1)).days - 200
        for index in range(MINES_PER_PROVINCE):
            county = self._county(province, index)
            day = date(FIRST_YEAR, 2, 1) + timedelta(days=rng.randint(0, days) if index >= LATE else days - index)
            facts = self.inventor.facts(county, province.code, year=day.year - rng.randint(0, 4))
            fate = rng.random() if index >= LATE else rng.uniform(CHECKED, 1)
            queue = province.late if index < LATE else province.waiting
            self.stage.on(day, self._registration(province, county, facts, fate, queue))

    def _county(self, province: Province, index: int) -> Region:
        """The late mines go half to the counties whose checks are open now, half to the others."""
        if index >= LATE:
            return self.stage.rng.choice(province.counties)
        return province.counties[index % 3] if index % 2 else self.stage.rng.choice(province.counties[3:])

    def _registration(
        self, province: Province, county: Region, facts: MineFacts, fate: float, queue: dict[str, list[str]]
    ) -> Callable[[Tx, datetime], None]:
        officer = self.stage.officer(Role.COUNTY, county.code)

        def deed(tx: Tx, at: datetime) -> None:
            number = register_mine(tx, facts, reference=self.stage.reference, officer=officer, at=at)
            if fate < 0.06:
                return  # stays 未入库
            if fate < 0.55:
                self._to_stage(province, number, at)
            if fate >= CHECKED:
                queue.setdefault(county.code, []).append(number)

        return deed

    def _to_stage(self, province: Province, number: str, at: datetime) -> None:
        """The mine enters 创建库 after some weeks (LN-01); in one of two cases it moves on to 项目库."""
        rng = self.stage.rng
        officer = self.stage.officer(Role.PROVINCE, province.code)

        def enter(library: Library) -> Callable[[Tx, datetime], None]:
            def deed(tx: Tx, at: datetime) -> None:
                listed = {mine for mine, _ in province.listed}
                if number not in listed:
                    listing = Listing(
                        library, legal_day(at), organ="省级自然资源主管部门（演示）", batch_name="演示批次"
                    )
                    enlist_mine(tx, number, listing, officer=officer, at=at)

            return deed

        first = legal_day(at) + timedelta(days=rng.randint(20, 80))
        self.stage.on(first, enter(Library.CREATION))
        if rng.random() < 0.5:
            self.stage.on(first + timedelta(days=rng.randint(60, 120)), enter(Library.PROJECT))

    def _round(self, province: Province, start: date) -> None:
        """ZJ-12: counties check in spring and autumn, the city hands over, the province publishes its list.

        A round is told when it is over before the notices of today are gathered, and when its ends are certain: a
        period beyond the published calendar is 暂定 and cannot be closed.
        """
        over = start + ROUND
        if over < self.today and self.stage.reference.calendar.covers(over):
            for county in province.counties:
                day = start + timedelta(days=self.stage.rng.randint(0, 20))
                self.stage.on(day, self._county_check(province, county, before=day))
            self.stage.on(start + timedelta(days=62), self._province_list(province))
            self.stage.on(start + timedelta(days=95), self._recommend(province), hour=15)

    def _county_check(self, province: Province, county: Region, *, before: date) -> Callable[[Tx, datetime], None]:
        officer = self.stage.officer(Role.COUNTY, county.code)

        def deed(tx: Tx, at: datetime) -> None:
            mines = province.waiting.get(county.code, [])
            if not mines:
                return
            province.waiting[county.code] = []
            number = self.noticing.publish(
                tx, NoticeKind.COUNTY_CHECK, region=county.code, mines=mines, officer=officer, at=at
            )
            self.noticing.close_later(
                tx, number, officer=officer, then=lambda passed, _: province.checked.extend(sorted(passed))
            )

        return deed

    def _province_list(self, province: Province) -> Callable[[Tx, datetime], None]:
        officer = self.stage.officer(Role.PROVINCE, province.code)

        def deed(tx: Tx, at: datetime) -> None:
            mines, province.checked = sorted(province.checked), []
            if not mines:
                return
            number = self.noticing.publish(
                tx,
                NoticeKind.PROVINCE_LIST,
                region=province.code,
                mines=mines,
                officer=officer,
                at=at,
                enters=Library.PROVINCIAL,
            )
            self.noticing.close_later(
                tx,
                number,
                officer=officer,
                then=lambda listed, day: province.listed.extend((mine, day) for mine in sorted(listed)),
            )

        return deed

    def _recommend(self, province: Province) -> Callable[[Tx, datetime], None]:
        """Each year's second round recommends a quarter of the newly listed mines for the national directory."""
        officer = self.stage.officer(Role.PROVINCE, province.code, seat=1)

        def deed(tx: Tx, at: datetime) -> None:
            recent = [mine for mine, day in province.listed if (legal_day(at) - day).days < 60]
            mines = sorted(self.stage.rng.sample(recent, len(recent) // 4))
            if mines:
                number = self.noticing.publish(
                    tx,
                    NoticeKind.NATIONAL_RECOMMENDATION,
                    region=province.code,
                    mines=mines,
                    officer=officer,
                    at=at,
                    enters=Library.NATIONAL,
                )
                self.noticing.close_later(tx, number, officer=officer)

        return deed

    def _now(self, province: Province) -> None:
        """What runs on the day of the demonstration: a county check, a province list, a consultation, one over."""
        for county in province.counties[:3]:
            self.stage.on(self.today - timedelta(days=30), self._open_check(province, county, keep=2))
            self.stage.on(self.today - timedelta(days=1), self._open_check(province, county, keep=0))
        self.stage.on(self.today - timedelta(days=40), self._gather(province), hour=9)
        self.stage.on(self.today - timedelta(days=3), self._open_list(province, part=0), hour=11)
        self.stage.on(self.today - timedelta(days=24), self._open_list(province, part=1), hour=11)
        self.stage.on(self.today - timedelta(days=6), self._consult(province), hour=14)
        self.stage.on(self.today - timedelta(days=70), self._mistaken(province))

    def _mistaken(self, province: Province) -> Callable[[Tx, datetime], None]:
        """A notice that is corrected the next day, and one that is withdrawn: the originals say so."""
        officer = self.stage.officer(Role.PROVINCE, province.code)

        def deed(tx: Tx, at: datetime) -> None:
            mines = [mine for mine, _ in province.listed][-2:]
            kind, later = NoticeKind.NATIONAL_RECOMMENDATION, at + timedelta(days=1)
            for number, mend in (
                (self.noticing.publish(tx, kind, region=province.code, mines=mines, officer=officer, at=at), True),
                (self.noticing.publish(tx, kind, region=province.code, mines=mines, officer=officer, at=at), False),
            ):
                self.stage.schedule(later, self._mending(number, mend=mend, officer=officer))
                if mend:
                    self.noticing.close_later(tx, number, officer=officer)

        return deed

    def _mending(self, number: str, *, mend: bool, officer: Officer) -> Callable[[Tx, datetime], None]:
        def deed(tx: Tx, at: datetime) -> None:
            act = self.noticing.correct if mend else self.noticing.withdraw
            act(tx, number, officer=officer, at=at)

        return deed

    def _gather(self, province: Province) -> Callable[[Tx, datetime], None]:
        """Take the latest mines out of the waiting for the notices that are open now."""

        def deed(_tx: Tx, _at: datetime) -> None:
            for county in province.counties[3:]:
                province.checked.extend(province.unchecked(county.code))

        return deed

    def _open_check(self, province: Province, county: Region, *, keep: int) -> Callable[[Tx, datetime], None]:
        """A county check that nobody has closed; ``keep`` mines wait for the next one."""
        officer = self.stage.officer(Role.COUNTY, county.code)

        def deed(tx: Tx, at: datetime) -> None:
            waiting = province.unchecked(county.code)
            mines = waiting[: len(waiting) - keep] if keep else waiting
            province.late[county.code] = waiting[len(mines) :]
            if mines:
                self.noticing.publish(
                    tx, NoticeKind.COUNTY_CHECK, region=county.code, mines=mines, officer=officer, at=at
                )

        return deed

    def _open_list(self, province: Province, *, part: int) -> Callable[[Tx, datetime], None]:
        """Halves of what was gathered: a list that runs, and one that is over and waits to be closed."""
        officer = self.stage.officer(Role.PROVINCE, province.code)

        def deed(tx: Tx, at: datetime) -> None:
            mines = sorted(province.checked)[part::2]
            if mines:
                self.noticing.publish(
                    tx,
                    NoticeKind.PROVINCE_LIST,
                    region=province.code,
                    mines=mines,
                    officer=officer,
                    at=at,
                    enters=Library.PROVINCIAL,
                )

        return deed

    def _consult(self, province: Province) -> Callable[[Tx, datetime], None]:
        """A city asks for forty working days about its own listed mines."""

        def deed(tx: Tx, at: datetime) -> None:
            mines = sorted(mine for mine, _ in province.listed)
            cities = sorted({mine[3:7] + "00" for mine in mines}, key=lambda code: (code not in CITY_SEATS, code))
            own = [mine for mine in mines if mine.startswith(f"GM-{cities[0][:4]}")][:5]
            officer = self.stage.officer(Role.CITY, cities[0])
            self.noticing.publish(
                tx, NoticeKind.CITY_LIST, region=cities[0], mines=own, officer=officer, at=at, rule=CONSULTATION
            )

        return deed
