"""Officers, reference data and small acts, as the tests of store and use cases need them. Everything invented."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any, Final

from tests.announced import propose_removal, publish_notice
from tests.reference_data import reference
from tests.seats import seated

from greenmine.domain.act import Act
from greenmine.domain.article import Article
from greenmine.domain.department import Department
from greenmine.domain.instant import at_legal_time, legal_day
from greenmine.domain.mine import Level, Library, Scale
from greenmine.domain.mine_facts import MineFacts
from greenmine.domain.notice import NoticeDraft, NoticeItem
from greenmine.domain.officer import Officer
from greenmine.domain.period import PeriodRule, PeriodUnit
from greenmine.domain.reference import Reference
from greenmine.domain.seat import Role
from greenmine.store.act import ActRow, acts_after
from greenmine.store.database import Database
from greenmine.store.journal import person_of_act
from greenmine.store.mine import MembershipRow, MineRow, get_mine, memberships_of
from greenmine.usecases.mine import Listing, correct_mine, enlist_mine, register_mine
from greenmine.usecases.notice import close_notice
from greenmine.usecases.removal import RemovalDecision, RemovalProposal, decide_removal

NOON: Final = datetime(2025, 3, 3, 4, 0, tzinfo=UTC)
"""Monday 3 March 2025, noon in Shanghai."""

ZHIJIN: Final = "520524"
NAYONG: Final = "520525"
BIJIE: Final = "520500"
GUIZHOU: Final = "520000"
ANJI: Final = "330523"

COUNTY_OFFICER: Final = seated(11, Role.COUNTY, ZHIJIN)
NEIGHBOUR: Final = seated(12, Role.COUNTY, NAYONG)
CITY_OFFICER: Final = seated(21, Role.CITY, BIJIE)
PROVINCE_OFFICER: Final = seated(31, Role.PROVINCE, GUIZHOU)
PROVINCE_COLLEAGUE: Final = seated(32, Role.PROVINCE, GUIZHOU)
EDITOR: Final = seated(41, Role.EDITOR, GUIZHOU)
ADMINISTRATOR: Final = seated(51, Role.ADMINISTRATOR, "000000")

ZHIJIN_DEPARTMENT: Final = seated(81, Role.DEPARTMENT, f"{ZHIJIN}/{Department.ECOLOGY}")
ZHIJIN_GOVERNMENT: Final = seated(82, Role.COUNTY_GOVERNMENT, ZHIJIN)
BIJIE_GOVERNMENT: Final = seated(83, Role.PREFECTURE_GOVERNMENT, BIJIE)

FIVE_WORKDAYS: Final = PeriodRule(
    unit=PeriodUnit.WORKDAY, days=5, first_day_counted=True, rolls_over=False, cutoff=None
)
MINE_NAME: Final = "演示织金县青山磷矿"
FIRM_CODE: Final = "91520000MA6DPG6X0W"


def known_until(last: date) -> Reference:
    """The same reference data while the State Council has published working days up to ``last`` only."""
    whole = reference().calendar
    days = {name: frozenset(day for day in getattr(whole, name) if day <= last) for name in DAY_LISTS}
    return replace(reference(), calendar=replace(whole, last=last, version="0123456789ab", **days))


DAY_LISTS: Final = ("holidays", "workdays_made_up")


def instant(day: date, clock: time = time(12, 0)) -> datetime:
    """A UTC instant at that Shanghai time of the legal day."""
    return at_legal_time(day, clock)


def facts(name: str = MINE_NAME, **values: Any) -> MineFacts:
    """Facts of an invented mine."""
    return replace(
        MineFacts(name=name, region=ZHIJIN, holder="演示青山矿业有限公司", mineral="磷矿", scale=Scale.LARGE), **values
    )


def mine_act(number: int = 1, *, name: str | None = None, **values: Any) -> Act:
    """An act that registers mine ``GM-520524-<number>``."""
    return replace(
        Act(
            kind="mine.registered",
            object=f"mine/GM-{ZHIJIN}-{number:04}",
            by="county@520524",
            valid_from=date(2025, 3, 3),
            facts={"region": ZHIJIN},
            body={"name": name or f"演示第{number}号矿"},
        ),
        **values,
    )


def withdrawal_act(number: str) -> Act:
    """An act on a notice, with a body that any two such acts share."""
    return Act(
        kind="notice.withdrawn",
        object=f"notice/{number}",
        by="county@520524",
        valid_from=date(2025, 3, 3),
        facts={"mines": []},
        body={"reason": "发布有误"},
    )


def credit_act(number: int = 1, *, salt: str = "5a" * 32, until: str = "2026-01-10") -> Act:
    """An act that enters an invented firm in the credit register."""
    return Act(
        kind="credit.added",
        object=f"credit/2025-{number:04}",
        by="province@520000",
        valid_from=date(2025, 3, 3),
        facts={
            "register": "general", "subject": "firm", "region": GUIZHOU, "from": "2025-03-03", "until": until,
        },
        body={
            "salt": salt, "name": "演示失信企业甲", "credit_code": FIRM_CODE, "conduct": "提供虚假材料",
            "basis": "LN-13", "decision_no": "演示〔2025〕1号", "organ": "演示自然资源厅",
        },
    )  # fmt: skip


def credit_end(number: int, *, removes: str) -> Act:
    """The end of that entry by its term."""
    return Act(
        kind="credit.ended",
        object=f"credit/2025-{number:04}",
        by="system@000000",
        valid_from=date(2026, 1, 10),
        facts={"reason": "term", "removes": [removes]},
    )


def draft(*mines: str, **values: Any) -> NoticeDraft:
    """A province's list notice (ZJ-13) over five working days for these mines."""
    return replace(
        NoticeDraft(
            kind="province_list",
            level=Level.PROVINCIAL,
            region=GUIZHOU,
            title="演示省级绿色矿山名单公示",
            issuer="演示自然资源厅",
            text="现将名单予以公示。",
            columns=("序号", "矿山名称"),
            items=tuple(NoticeItem(f"演示矿{n}", (str(n), f"演示矿{n}"), mine=m) for n, m in enumerate(mines, 1)),
            enters=Library.PROVINCIAL,
            period=FIVE_WORKDAYS,
            first_day=date(2025, 3, 3),
        ),
        **values,
    )


def article(slug: str = "first", **values: Any) -> Article:
    """A news item written at the desk."""
    return replace(
        Article(
            section="news",
            slug=slug,
            origin="desk",
            title="演示动态",
            summary="",
            markdown="演示正文。",
            published=date(2025, 3, 3),
            region=GUIZHOU,
            type="activity",
        ),
        **values,
    )


@dataclass
class Desk:
    """Use cases as officers call them, each in a transaction of its own, at ``now``."""

    database: Database
    now: datetime

    def at(self, day: date, clock: time = time(12, 0)) -> "Desk":
        """The same desk at another time."""
        return Desk(self.database, now=instant(day, clock))

    def register(
        self, name: str = "演示织金县青山磷矿", *, officer: Officer | None = COUNTY_OFFICER, **values: Any
    ) -> str:
        with self.database.write() as tx:
            return register_mine(tx, facts(name, **values), reference=reference(), officer=officer, at=self.now)

    def correct(
        self,
        number: str,
        *,
        reason: str = "演示更正",
        seen: int | None = None,
        officer: Officer = COUNTY_OFFICER,
        **changes: Any,
    ) -> None:
        with self.database.write() as tx:
            row = get_mine(tx, number)
            correct_mine(
                tx, number, replace(row.facts, **changes), reason=reason, reference=reference(), officer=officer,
                seen_act=row.last_act if seen is None else seen, at=self.now,
            )  # fmt: skip

    def enlist(self, number: str, library: Library, *, since: date | None = None) -> None:
        with self.database.write() as tx:
            enlist_mine(tx, number, Listing(library, since or legal_day(self.now)), officer=None, at=self.now)

    def publish(self, *mines: str, officer: Officer | None = PROVINCE_OFFICER, **values: Any) -> str:
        with self.database.write() as tx:
            return publish_notice(tx, draft(*mines, **values), reference=reference(), officer=officer, at=self.now)

    def close(
        self,
        number: str,
        *listed: str,
        reasons: dict[str, str] | None = None,
        result: str = "公示期满。",
        listing: Listing | None = None,
        decided: bool = True,
        officer: Officer = PROVINCE_OFFICER,
    ) -> None:
        if listing is None and decided:
            listing = Listing(Library.PROVINCIAL, legal_day(self.now), organ="演示自然资源厅")
        with self.database.write() as tx:
            close_notice(
                tx, number, listed=frozenset(listed), reasons=reasons or {}, result=result, listing=listing,
                reference=reference(), officer=officer, at=self.now,
            )  # fmt: skip

    def propose(
        self,
        mine: str,
        ground: str = "fraud",
        *,
        level: Level = Level.PROVINCIAL,
        reason: str = "查实弄虚作假",
        officer: Officer = COUNTY_OFFICER,
    ) -> str:
        proposal = RemovalProposal(mine, level, ground, reason=reason, basis="LN-12")
        with self.database.write() as tx:
            return propose_removal(tx, proposal, reference=reference(), officer=officer, at=self.now)

    def decide(self, number: str, *, removed: bool = True, officer: Officer = PROVINCE_OFFICER, **values: Any) -> None:
        decision = RemovalDecision(
            removed=removed, organ="演示自然资源厅", reason="事实清楚", basis="LN-12", since=legal_day(self.now)
        )
        with self.database.write() as tx:
            decide_removal(tx, number, replace(decision, **values), reference=reference(), officer=officer, at=self.now)

    def mine(self, number: str) -> MineRow:
        with self.database.read() as tx:
            return get_mine(tx, number)

    def memberships(self, number: str) -> list[MembershipRow]:
        with self.database.read() as tx:
            return memberships_of(tx, number)

    def acts(self) -> list[ActRow]:
        """What was done at the desk; that rule books became known is not."""
        with self.database.read() as tx:
            return [act for act in acts_after(tx, 0, limit=1000) if act.kind != "book.published"]

    def person_of(self, act: int) -> int | None:
        with self.database.read() as tx:
            return person_of_act(tx, act)
