"""A varied history made by the real use cases, deterministic for its seed: what tests of replay live on."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from tests.desk import (
    CITY_OFFICER,
    COUNTY_OFFICER,
    EDITOR,
    FIRM_CODE,
    GUIZHOU,
    PROVINCE_COLLEAGUE,
    PROVINCE_OFFICER,
    ZHIJIN,
    article,
    draft,
    facts,
    instant,
    known_until,
)
from tests.reference_data import reference

from greenmine.domain.article import ArticleMedia
from greenmine.domain.credit import CreditDraft, Subject
from greenmine.domain.errors import GreenmineError
from greenmine.domain.ground import CreditLevel
from greenmine.domain.instant import legal_day
from greenmine.domain.mine import Activity, Level, Library, Scale
from greenmine.domain.notice import Attachment, NoticeItem
from greenmine.domain.period import PeriodRule, PeriodUnit
from greenmine.store.article import get_article
from greenmine.store.database import Database, Tx
from greenmine.store.mine import get_mine
from greenmine.store.notice import get_notice, items_of
from greenmine.usecases.article import change_article, publish_article, sync_articles, withdraw_article
from greenmine.usecases.credit import add_credit, end_due_credits
from greenmine.usecases.mine import Listing, correct_mine, enlist_mine, register_mine
from greenmine.usecases.notice import (
    close_notice,
    correct_notice,
    publish_notice,
    recount_notices,
    withdraw_notice,
)
from greenmine.usecases.reference import announce_book, announce_calendar
from greenmine.usecases.removal import RemovalDecision, RemovalProposal, decide_removal, propose_removal

BEGIN = date(2026, 4, 20)
SHORT_SIGHT = date(2026, 6, 30)
"""How far the calendar reaches that the story begins with: later ends are 暂定 until the full one is announced."""


@dataclass
class Story:
    """What has come to be so far; every deed is one transaction at its own instant."""

    database: Database
    seed: int
    now: datetime = field(default_factory=lambda: instant(BEGIN))
    mines: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    removals: list[str] = field(default_factory=list)
    slugs: list[str] = field(default_factory=list)
    refused: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.full = reference()
        self.near = known_until(SHORT_SIGHT)

    @property
    def today(self) -> date:
        return legal_day(self.now)

    def live(self, deeds: int) -> "Story":
        """So many random deeds, those that the rules refuse included (they must leave no trace)."""
        self.begin()
        choices: tuple[Callable[[Tx], Any], ...] = (
            self.register, self.register, self.correct, self.enlist, self.publish, self.publish, self.close,
            self.close, self.correct_notice, self.withdraw, self.propose, self.propose, self.decide, self.decide,
            self.blacklist, self.write, self.rewrite, self.unwrite, self.sync,
        )  # fmt: skip
        for number in range(deeds):
            self.now += timedelta(hours=self.chance.randint(1, 60))
            self.do(choices[number] if number < len(choices) else self.chance.choice(choices))
            self.do(lambda tx: end_due_credits(tx, today=self.today, at=self.now))
        return self.end()

    def begin(self) -> None:
        for book in self.full.books.all():
            self.do(lambda tx, book=book: announce_book(tx, book, size=1, at=self.now))
        self.do(lambda tx: announce_calendar(tx, self.near.calendar, at=self.now))

    def end(self) -> "Story":
        """The full calendar comes, provisional ends are counted again; in the end every credit entry has ended."""
        self.do(lambda tx: announce_calendar(tx, self.full.calendar, at=self.now))
        self.do(lambda tx: recount_notices(tx, reference=self.full, at=self.now))
        self.now += timedelta(days=500)
        self.do(lambda tx: end_due_credits(tx, today=self.today, at=self.now))
        return self

    def do(self, deed: Callable[[Tx], Any]) -> Any:
        """The deed in a transaction of its own; None when the rules refuse it."""
        try:
            with self.database.write() as tx:
                return deed(tx)
        except GreenmineError:
            self.refused += 1
            return None

    def pick(self, known: list[str]) -> str:
        return self.chance.choice(known) if known else "GM-000000-0000"

    def register(self, tx: Tx) -> None:
        values: dict[str, Any] = {
            "scale": self.chance.choice([None, *Scale]),
            "activity": self.chance.choice([None, *Activity]),
            "aliases": tuple(f"演示别名{n}" for n in range(self.chance.randint(0, 2))),
            "permit_from": self.chance.choice([None, date(2020, 5, 1)]),
            "region": self.chance.choice([ZHIJIN, ZHIJIN, "520525"]),
        }
        officer = None if self.chance.random() < 0.3 else COUNTY_OFFICER
        name = f"演示第{len(self.mines)}号矿（Ⅱ）"
        self.mines.append(register_mine(tx, facts(name, **values), reference=self.near, officer=officer, at=self.now))

    def correct(self, tx: Tx) -> None:
        mine = get_mine(tx, self.pick(self.mines))
        changes: dict[str, Any] = self.chance.choice(
            [{"scale": None}, {"name": mine.facts.name + "改"}, {"aliases": ("演示旧名",)}, {"place": "演示路1号"},
             {"activity": Activity.STOPPED, "holder": "演示新持有人"}, {"region": "520525"}]
        )  # fmt: skip
        correct_mine(
            tx, mine.id, replace(mine.facts, **changes), reason="演示更正", seen_act=mine.last_act,
            reference=self.near, officer=PROVINCE_OFFICER, at=self.now,
        )  # fmt: skip

    def enlist(self, tx: Tx) -> None:
        library = self.chance.choice([Library.CREATION, Library.PROJECT, Library.CITY, Library.EXEMPLAR])
        since = self.today - timedelta(days=self.chance.randint(0, 400))
        enlist_mine(
            tx, self.pick(self.mines), Listing(library, since, organ="演示厅", batch_name="第一批"), officer=None,
            at=self.now,
        )  # fmt: skip

    def publish(self, tx: Tx) -> None:
        mines = self.chance.sample(self.mines, min(len(self.mines), self.chance.randint(0, 4)))
        items = [NoticeItem("演示未登记矿", ("1", "演示未登记矿"), note="补录")]
        items += [NoticeItem(f"演示{mine}", (mine,), mine=mine) for mine in mines]
        rule = self.chance.choice(
            [
                PeriodRule(PeriodUnit.WORKDAY, 7, first_day_counted=False, rolls_over=True, cutoff=None),
                PeriodRule(PeriodUnit.NATURAL_DAY, 20, first_day_counted=True, rolls_over=False, cutoff=None),
            ]
        )
        file = Attachment(f"{self.chance.randrange(4):064x}", "附件.pdf", "application/pdf", 10)
        enters = self.chance.choice([None, Library.PROVINCIAL])
        wanted = draft(
            items=tuple(items), period=rule, first_day=self.today, enters=enters,
            attachments=(file,) if self.chance.random() < 0.5 else (), objection={"real_name": True},
        )  # fmt: skip
        self.notices.append(publish_notice(tx, wanted, reference=self.near, officer=PROVINCE_OFFICER, at=self.now))

    def close(self, tx: Tx) -> None:
        notice = get_notice(tx, self.pick(self.notices))
        if notice.ends_at is not None and notice.ends_at >= self.now:
            self.now = notice.ends_at + timedelta(seconds=1)
        mines = [item.mine for item in items_of(tx, notice.id) if item.mine]
        listed = frozenset(mine for mine in mines if self.chance.random() < 0.8)
        close_notice(
            tx, notice.id, listed=listed, reasons=dict.fromkeys(mines, "经核实不符合条件"), result="公示期满。",
            listing=Listing(Library.PROVINCIAL, self.today, organ="演示厅"), reference=self.near,
            officer=PROVINCE_OFFICER, at=self.now,
        )  # fmt: skip

    def correct_notice(self, tx: Tx) -> None:
        notice = get_notice(tx, self.pick(self.notices))
        correct_notice(
            tx, notice.id, title=notice.title + "（更正）", text=notice.text, contact="演示电话", reason="电话有误",
            seen_act=notice.last_act, reference=self.near, officer=PROVINCE_OFFICER, at=self.now,
        )  # fmt: skip

    def withdraw(self, tx: Tx) -> None:
        if self.chance.random() < 0.5:
            number = self.pick(self.notices)
            withdraw_notice(tx, number, reason="发布有误", reference=self.near, officer=PROVINCE_OFFICER, at=self.now)

    def propose(self, tx: Tx) -> None:
        ground = self.chance.choice(["fraud", "mine_closed", "voluntary_exit", "standard_not_met"])
        proposal = RemovalProposal(
            self.pick(self.mines), self.chance.choice([Level.PROVINCIAL, Level.CITY]), ground, reason="演示", basis=""
        )
        officer = self.chance.choice([COUNTY_OFFICER, CITY_OFFICER, PROVINCE_OFFICER])
        self.removals.append(propose_removal(tx, proposal, reference=self.near, officer=officer, at=self.now))

    def decide(self, tx: Tx) -> None:
        decision = RemovalDecision(
            removed=self.chance.random() < 0.7, organ="演示厅", reason="演示", basis="LN-12", since=self.today,
            decision_no="演示决〔2026〕1号", rectify_until=self.chance.choice([None, self.today + timedelta(days=180)]),
        )  # fmt: skip
        number = self.removals[-1] if self.removals else "2026-0000"
        decide_removal(tx, number, decision, reference=self.near, officer=PROVINCE_COLLEAGUE, at=self.now)

    def blacklist(self, tx: Tx) -> None:
        wanted = CreditDraft(
            level=self.chance.choice([CreditLevel.GENERAL, CreditLevel.SERIOUS]), subject=Subject.FIRM,
            region=GUIZHOU, name=f"演示失信企业{self.chance.randrange(99)}", conduct="演示行为", basis="LN-13",
            decision_no="演示〔2026〕2号", organ="演示厅", decided=self.today - timedelta(days=5),
            until=self.today + timedelta(days=self.chance.choice([100, 360, 400])), credit_code=FIRM_CODE,
            mine=self.pick(self.mines) if self.mines and self.chance.random() < 0.5 else None,
        )  # fmt: skip
        add_credit(
            tx, wanted, proposed_by=PROVINCE_OFFICER.id, salt=f"{self.chance.getrandbits(256):064x}",
            reference=self.near, officer=PROVINCE_COLLEAGUE, at=self.now,
        )  # fmt: skip

    def write(self, tx: Tx) -> None:
        slug = f"story-{len(self.slugs)}"
        picture = ArticleMedia("ab" * 32, "image/png", "图.png", 5, alt="演示图")
        wanted = article(slug, media=(picture,) if self.chance.random() < 0.5 else (), meta={"时长": 3})
        publish_article(tx, wanted, reference=self.near, officer=EDITOR, at=self.now)
        self.slugs.append(slug)

    def rewrite(self, tx: Tx) -> None:
        row = get_article(tx, "news", self.pick(self.slugs))
        change_article(
            tx, replace(row.article, markdown=row.article.markdown + "补充。", note="补充"), seen_act=row.last_act,
            reference=self.near, officer=EDITOR, at=self.now,
        )  # fmt: skip

    def unwrite(self, tx: Tx) -> None:
        if self.chance.random() < 0.4:
            withdraw_article(
                tx, "news", self.pick(self.slugs), reason="演示", reference=self.near, officer=EDITOR, at=self.now
            )

    def sync(self, tx: Tx) -> None:
        files = [
            article(f"file-{n}", origin="file", section="policies", type=None, markdown=self.chance.choice("甲乙"))
            for n in range(4)
            if self.chance.random() < 0.7
        ]
        sync_articles(tx, files, at=self.now)
