"""Notices of the demonstration: written from the rule books in force, closed after their end."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from greenmine.cli.demo.stage import Stage
from greenmine.cli.demo.words import DEMO, DROPPED, NOTICE_TEXTS, NOTICE_TITLES
from greenmine.domain.instant import legal_day
from greenmine.domain.mine import Level, Library
from greenmine.domain.notice import Attachment, NoticeDraft, NoticeItem, objection_terms
from greenmine.domain.notice_kind import NoticeKind
from greenmine.domain.officer import Officer
from greenmine.domain.period import PeriodRule, PeriodUnit
from greenmine.domain.region import RegionLevel
from greenmine.store.database import Tx
from greenmine.store.mine import get_mine
from greenmine.store.notice import get_notice, items_of
from greenmine.usecases.mine import Listing
from greenmine.usecases.notice import close_notice, correct_notice, publish_notice, withdraw_notice

LEVELS: Final = {
    NoticeKind.COUNTY_CHECK: Level.COUNTY,
    NoticeKind.CITY_LIST: Level.CITY,
    NoticeKind.NATIONAL_RECOMMENDATION: Level.NATIONAL,
}
COLUMNS: Final = ("序号", "矿山名称", "所在县（市、区）", "矿种", "备注")
CONTACT: Final = "电话：0000-0000000（演示号码）；邮箱：yanshi@example.invalid"

AfterClosing = Callable[[frozenset[str], date], None]


@dataclass(frozen=True)
class Noticing:
    """Publishes and closes notices on a stage."""

    stage: Stage

    def publish(
        self,
        tx: Tx,
        kind: NoticeKind,
        *,
        region: str,
        mines: Sequence[str],
        officer: Officer,
        at: datetime,
        enters: Library | None = None,
        rule: PeriodRule | None = None,
    ) -> str:
        """Publish a notice of this kind under the rule book in force that day; returns its number."""
        draft = self._draft(tx, kind, region=region, mines=mines, at=at, enters=enters, rule=rule)
        return publish_notice(tx, draft, reference=self.stage.reference, officer=officer, at=at)

    def close_later(self, tx: Tx, number: str, *, officer: Officer, then: AfterClosing | None = None) -> None:
        """Close the notice some days after its end: most mines are taken, now and then one is not.

        One whose end is 暂定 stays open: the calendar of that year is not published.
        """
        notice = get_notice(tx, number)
        if notice.ends_at is None or notice.provisional:
            return
        day = legal_day(notice.ends_at) + timedelta(days=self.stage.rng.randint(3, 9))
        self.stage.on(day, lambda later, at: self._close(later, number, officer=officer, at=at, then=then))

    def _close(self, tx: Tx, number: str, *, officer: Officer, at: datetime, then: AfterClosing | None) -> None:
        notice = get_notice(tx, number)
        mines = self._mines_of(tx, number)
        dropped = {mine: self.stage.rng.choice(DROPPED) for mine in mines if self.stage.rng.random() < 0.04}
        listed = frozenset(mines) - dropped.keys()
        day = legal_day(at)
        listing = None
        if notice.enters is not None:
            listing = Listing(
                library=notice.enters,
                since=day,
                decision_no=f"演示矿管〔{day.year}〕{self.stage.rng.randint(1, 200)}号",
                organ=notice.issuer,
                batch_name=f"{day.year}年度",
                notice=number,
            )
        close_notice(
            tx,
            number,
            listed=listed,
            reasons=dropped,
            result=f"公示期满，共{len(mines)}座矿山，其中{len(listed)}座无异议。",
            listing=listing,
            reference=self.stage.reference,
            officer=officer,
            at=at,
        )
        if then is not None:
            then(listed, day)

    def correct(self, tx: Tx, number: str, *, officer: Officer, at: datetime) -> None:
        """Correct the contact of a notice."""
        notice = get_notice(tx, number)
        correct_notice(
            tx,
            number,
            title=notice.title,
            text=notice.text,
            contact=notice.contact + "；传真：0000-0000001（演示号码）",
            reason="补充传真号码。",
            seen_act=notice.last_act,
            reference=self.stage.reference,
            officer=officer,
            at=at,
        )

    def withdraw(self, tx: Tx, number: str, *, officer: Officer, at: datetime) -> None:
        """Withdraw a notice."""
        reason = "名单有误，核对后重新公示。"
        withdraw_notice(tx, number, reason=reason, reference=self.stage.reference, officer=officer, at=at)

    @staticmethod
    def _mines_of(tx: Tx, number: str) -> list[str]:
        return [item.mine for item in items_of(tx, number) if item.mine]

    def _draft(
        self,
        tx: Tx,
        kind: NoticeKind,
        *,
        region: str,
        mines: Sequence[str],
        at: datetime,
        enters: Library | None,
        rule: PeriodRule | None,
    ) -> NoticeDraft:
        books, day = self.stage.reference.books, legal_day(at)
        written = books.notice_rule(region, kind, day)
        period = rule or written.period
        dates_only = period is not None and period.unit is PeriodUnit.DATES
        place = self._place(region)
        items = self._items(tx, mines)
        half = "上半年" if day.month <= 6 else "下半年"
        return NoticeDraft(
            kind=kind,
            level=LEVELS.get(kind, Level.PROVINCIAL),
            region=region,
            title=NOTICE_TITLES[kind].format(place=place, year=day.year, half=half) + DEMO,
            issuer=f"{place}自然资源主管部门（演示）",
            number=f"演示公示〔{day.year}〕{self.stage.rng.randint(1, 400)}号",
            text=NOTICE_TEXTS[kind],
            contact=CONTACT,
            source="演示数据",
            columns=COLUMNS,
            items=items,
            attachments=self._attachments(items) if kind is NoticeKind.PROVINCE_LIST else (),
            enters=enters,
            period=period,
            first_day=day if period else None,
            last_day=day + timedelta(days=9) if dates_only else None,
            objection=objection_terms(books.objection_rule(region, written.objection, day)),
        )

    def _items(self, tx: Tx, mines: Sequence[str]) -> tuple[NoticeItem, ...]:
        items: list[NoticeItem] = []
        for position, number in enumerate(mines, start=1):
            facts = get_mine(tx, number).facts
            county = self.stage.reference.regions.get(facts.region).name
            cells = (str(position), facts.name, county, facts.mineral, "")
            items.append(NoticeItem(name=facts.name, cells=cells, mine=number))
        return tuple(items)

    def _attachments(self, items: Sequence[NoticeItem]) -> tuple[Attachment, ...]:
        """The list once more as a CSV file, as provinces attach it."""
        out = io.StringIO(newline="")
        csv.writer(out).writerows([COLUMNS, *(item.cells for item in items)])
        content = out.getvalue().encode("utf-8-sig")
        return (Attachment(self.stage.files.put(content), "附件：拟纳入名单.csv", "text/csv", len(content)),)

    def _place(self, region: str) -> str:
        found = self.stage.reference.regions.get(region)
        if found.level is RegionLevel.PROVINCE:
            return found.name
        above = self.stage.reference.regions.ancestors(region)[1:]
        return "".join(part.name for part in above[-1:]) + found.name
