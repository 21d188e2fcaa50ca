"""A small register with varied histories, made by the real use cases under a clock of its own.

For the tests of pages and of the queries behind them. ``build`` fills a database, ``site`` gives an application
around it. Names are invented; some are hostile on purpose (trust.md 6, 7).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from tests.announced import add_credit, propose_removal, publish_notice
from tests.desk import instant
from tests.migrated import lay_filled
from tests.one_app import app_for, services_for
from tests.reference_data import reference
from tests.seats import seated

from greenmine.config import Settings
from greenmine.domain.credit import CreditDraft, Subject
from greenmine.domain.credit_code import check_character
from greenmine.domain.ground import CreditLevel
from greenmine.domain.mine import Activity, Level, Library, Method, Ownership, Scale
from greenmine.domain.mine_facts import MineFacts
from greenmine.domain.notice import NoticeDraft, NoticeItem
from greenmine.domain.period import PeriodRule, PeriodUnit
from greenmine.domain.region import COUNTRY
from greenmine.domain.seat import Role
from greenmine.projections.runner import catch_up
from greenmine.projections.versions import Versions
from greenmine.services import Services
from greenmine.store.database import Database, Tx
from greenmine.store.mine import get_mine
from greenmine.usecases.mine import Listing, correct_mine, enlist_mine, register_mine
from greenmine.usecases.notice import close_notice, withdraw_notice
from greenmine.usecases.removal import RemovalDecision, RemovalProposal, decide_removal

NOW = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
"""Noon of 18 November 2026 in legal time: the moment the pages are looked at."""
TODAY = date(2026, 11, 18)

FIRST = seated(1, Role.PROVINCE, COUNTRY)
SECOND = seated(2, Role.PROVINCE, COUNTRY)
ORGAN = "示例省自然资源厅"
COLUMNS = ("序号", "矿山名称")
FIVE_WORKDAYS = PeriodRule(unit=PeriodUnit.WORKDAY, days=5, first_day_counted=False, rolls_over=True, cutoff=None)


def credit_code(body: str) -> str:
    """A valid code of a firm that does not exist (region 999999)."""
    return body + check_character(body)


HOLDER = "示例辽东镁业有限公司"
HOLDER_CODE = credit_code("91999999MA0000001")

FACTS: Mapping[str, MineFacts] = {
    "zhijin": MineFacts(
        "示例黔西能源有限公司云岭煤矿", "520524", holder="示例黔西能源有限公司", mineral="煤", mineral_class="energy",
        scale=Scale.LARGE, method=Method.UNDERGROUND, activity=Activity.PRODUCING, ownership=Ownership.STATE,
        capacity="180 万吨/年", permit_no="C5200002010011120000001", credit_code=credit_code("91999999MA0000002"),
        permit_from=date(2010, 1, 5), permit_until=date(2030, 1, 4), place="化起镇", aliases=("云岭矿",),
    ),
    "wengan": MineFacts(
        "青坪磷矿Ⅱ号井", "522725", holder="示例磷业有限责任公司", mineral="磷", mineral_class="nonmetal",
        scale=Scale.MEDIUM, method=Method.OPEN_PIT, activity=Activity.PRODUCING, ownership=Ownership.PRIVATE,
    ),
    "xiuyan": MineFacts(
        "白石岭菱镁矿", "210323", holder=HOLDER, mineral="菱镁矿", mineral_class="nonmetal", scale=Scale.LARGE,
        credit_code=HOLDER_CODE, method=Method.OPEN_PIT, activity=Activity.STOPPED,
    ),
    "xiuyan_two": MineFacts(
        "白石岭二号菱镁矿", "210323", holder=HOLDER, mineral="菱镁矿", mineral_class="nonmetal", scale=Scale.SMALL,
        credit_code=HOLDER_CODE, method=Method.OPEN_PIT, activity=Activity.CLOSED,
    ),
    "changxing": MineFacts(
        "龙岩坞水泥用石灰岩矿", "330522", holder="示例建材（长兴）有限公司", mineral="石灰岩",
        mineral_class="nonmetal", scale=Scale.LARGE, method=Method.OPEN_PIT, activity=Activity.PRODUCING,
    ),
    "deqing": MineFacts(
        "松坞建筑用凝灰岩矿", "330521", mineral="凝灰岩", mineral_class="nonmetal", scale=Scale.SMALL,
        activity=Activity.BUILDING,
    ),
    "shimian": MineFacts("金岩石棉矿", "511824", mineral="石棉", mineral_class="nonmetal", scale=Scale.SMALL),
    "miyi": MineFacts("丹岭钒钛磁铁矿", "510421", mineral="铁", mineral_class="metal", scale=Scale.LARGE),
    "guian": MineFacts("翠湖地热矿", "520090", mineral="地热", mineral_class="energy", method=Method.WELL),
    "hostile": MineFacts('=HYPERLINK("http://evil.example")<b>&矿', "520524", holder="+SUM(1+1)公司"),
    "wildcard": MineFacts("百分之100%_达标矿", "520502", holder="@示例", place="-1+1|cmd", source="\t=1+1"),
    "fuyang": MineFacts(
        "月溪萤石矿", "330111", holder="示例萤石有限公司", mineral="萤石", mineral_class="nonmetal",
        scale=Scale.MEDIUM, method=Method.UNDERGROUND, activity=Activity.PRODUCING,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Register:
    """Public numbers by the names of ``FACTS``, and the numbers of what happened."""

    mines: Mapping[str, str]
    closed_notice: str
    running_notice: str
    withdrawn_notice: str
    adverse: str
    neutral: str
    proposed: str
    credit: str


def build(database: Database) -> Register:
    """Fill an empty database with 12 mines and their histories, in date order, ending before ``NOW``."""
    with database.write() as tx:
        mines = {
            name: register_mine(tx, facts, reference=reference(), officer=None, at=instant(date(2024, 1, 8)))
            for name, facts in FACTS.items()
        }
        _enter(tx, mines["shimian"], Library.CREATION, date(2024, 2, 1))
        _enter(tx, mines["miyi"], Library.PROJECT, date(2024, 2, 1))
        _enter(tx, mines["deqing"], Library.CREATION, date(2024, 2, 1))
        closed = _noticed_and_listed(tx, mines)
        _enter(tx, mines["guian"], Library.CITY, date(2024, 6, 3))
        for name in ("xiuyan", "xiuyan_two", "fuyang"):
            _enter(tx, mines[name], Library.PROVINCIAL, date(2024, 9, 2))
        _enter(tx, mines["zhijin"], Library.NATIONAL, date(2025, 3, 3), batch="2025年度")
        _correct(tx, mines["zhijin"])
        adverse = _remove(tx, mines["xiuyan"], "fraud", date(2026, 4, 7))
        credit = _blame(tx, mines["xiuyan"], adverse)
        neutral = _remove(tx, mines["xiuyan_two"], "mine_closed", date(2026, 8, 3))
        withdrawn = _notice(tx, mines, ("changxing",), date(2026, 10, 12))
        withdraw_notice(tx, withdrawn, reason="名单有误，另行公示。", reference=reference(), officer=FIRST,
                        at=instant(date(2026, 10, 13)))  # fmt: skip
        proposed = _propose(tx, mines["fuyang"], "long_term_stop", date(2026, 11, 2))
        running = _notice(tx, mines, ("changxing", "deqing"), date(2026, 11, 16))
    catch_up(database, [Versions()], reference=reference())
    return Register(mines, closed, running, withdrawn, adverse, neutral, proposed, credit)


def services(settings: Settings, *, clock: Callable[[], datetime] = lambda: NOW) -> tuple[Services, Register]:
    """Services around a new database that holds the register, with a clock that stands still."""
    held = lay_filled(settings, build)
    return replace(services_for(settings, clock=clock), reference=reference()), held


def site(settings: Settings) -> tuple[Flask, Register]:
    """The whole application with the register, and what is in it. Rates do not bite."""
    roomy = replace(settings, rate_pages="100000 per minute", rate_exports="100000 per minute")
    made, register = services(roomy)
    return app_for(made), register


def _enter(tx: Tx, number: str, library: Library, since: date, *, batch: str = "第一批") -> None:
    listing = Listing(library, since, decision_no=f"示例公告〔{since.year}〕1号", organ="示例机关", batch_name=batch)
    enlist_mine(tx, number, listing, officer=FIRST, at=instant(since))


def _notice(tx: Tx, mines: Mapping[str, str], names: tuple[str, ...], day: date, *, region: str = "330000") -> str:
    draft = NoticeDraft(
        kind="province_list", level=Level.PROVINCIAL, region=region, issuer=ORGAN,
        title=f"关于拟纳入{day.year}年度省级绿色矿山名录矿山的公示", text="现予公示。", columns=COLUMNS,
        items=tuple(
            NoticeItem(FACTS[name].name, (str(place), FACTS[name].name), mine=mines[name])
            for place, name in enumerate(names, 1)
        ),
        enters=Library.PROVINCIAL, period=FIVE_WORKDAYS, first_day=day,
    )  # fmt: skip
    return publish_notice(tx, draft, reference=reference(), officer=FIRST, at=instant(day))


def _noticed_and_listed(tx: Tx, mines: Mapping[str, str]) -> str:
    """A notice over three mines of Guizhou; two are listed, the third is dropped with its reason."""
    number = _notice(tx, mines, ("zhijin", "wengan", "wildcard"), date(2024, 4, 8), region="520000")
    listed = frozenset({mines["zhijin"], mines["wengan"]})
    close_notice(
        tx, number, listed=listed, reasons={mines["wildcard"]: "公示期内收到异议，经查属实。"},
        result="公示期满，2座纳入，1座不纳入。", reference=reference(), officer=FIRST, at=instant(date(2024, 5, 6)),
        listing=Listing(Library.PROVINCIAL, date(2024, 5, 6), decision_no="示例公告〔2024〕12号",
                        organ=ORGAN, batch_name="2024年度", notice=number),
    )  # fmt: skip
    return number


def _correct(tx: Tx, number: str) -> None:
    mine = get_mine(tx, number)
    facts = replace(mine.facts, capacity="240 万吨/年", activity=Activity.PRODUCING, permit_until=None)
    correct_mine(
        tx, number, facts, reason="依据新核发的采矿许可证更正。", seen_act=mine.last_act, reference=reference(),
        officer=FIRST, at=instant(date(2025, 6, 9)),
    )  # fmt: skip


def _propose(tx: Tx, number: str, ground: str, day: date) -> str:
    proposal = RemovalProposal(number, Level.PROVINCIAL, ground, reason="经核查属实。", basis="示例文件第三条")
    return propose_removal(tx, proposal, reference=reference(), officer=FIRST, at=instant(day))


def _remove(tx: Tx, number: str, ground: str, day: date) -> str:
    removal = _propose(tx, number, ground, day)
    later = day + timedelta(days=7)
    decision = RemovalDecision(
        True,
        "示例省自然资源厅",
        "事实清楚。",
        "示例文件第三条",
        since=later,
        decision_no=f"示例公告〔{later.year}〕9号",
    )
    decide_removal(tx, removal, decision, reference=reference(), officer=SECOND, at=instant(later))
    return removal


def _blame(tx: Tx, number: str, removal: str) -> str:
    draft = CreditDraft(
        level=CreditLevel.SERIOUS, subject=Subject.FIRM, region="210323", name=HOLDER, credit_code=HOLDER_CODE,
        conduct="申报材料弄虚作假。", basis="示例办法第八条", decision_no="示例决字〔2026〕3号", organ=ORGAN,
        decided=date(2026, 4, 20), until=date(2028, 4, 20), mine=number, removal=removal,
    )  # fmt: skip
    return add_credit(
        tx, draft, proposed_by=FIRST.id, salt="ab" * 32, reference=reference(), officer=SECOND,
        at=instant(date(2026, 4, 21)),
    )  # fmt: skip
