"""What happens to listed mines later: removals, credit entries, corrections; and the news of the desk."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from greenmine.cli.demo.notices import Noticing
from greenmine.cli.demo.stage import Stage
from greenmine.cli.demo.story import FIRST_YEAR, Province
from greenmine.cli.demo.words import CORRECTIONS, REMOVAL_REASONS, STORIES
from greenmine.domain.article import Article
from greenmine.domain.clock import add_months
from greenmine.domain.credit import CreditDraft, Subject
from greenmine.domain.errors import NotFound
from greenmine.domain.ground import CreditLevel
from greenmine.domain.instant import legal_day
from greenmine.domain.mine import Level, MineStatus
from greenmine.domain.notice_kind import NoticeKind
from greenmine.domain.officer import Officer
from greenmine.domain.seat import Role
from greenmine.store.article import get_article
from greenmine.store.database import Tx
from greenmine.store.mine import get_mine
from greenmine.usecases.article import change_article, publish_article, withdraw_article
from greenmine.usecases.credit import add_credit, end_due_credits
from greenmine.usecases.mine import correct_mine
from greenmine.usecases.removal import RemovalDecision, RemovalProposal, decide_removal, propose_removal

GROUNDS: Final = tuple(REMOVAL_REASONS)
ORGAN: Final = "省级自然资源主管部门（演示）"

Do = Callable[[Tx, datetime], None]


@dataclass(frozen=True)
class Aftermath:
    """Schedules what follows once mines are listed."""

    stage: Stage
    noticing: Noticing
    today: date

    def tell(self, provinces: tuple[Province, ...]) -> None:
        """Schedule the yearly removals, corrections, entries and the ends of their terms, and the news."""
        for index, province in enumerate(provinces):
            for year in range(FIRST_YEAR + 3, self.today.year + 1):
                self._on_some_day(year, self._removal(province, GROUNDS[(index * 3 + year) % len(GROUNDS)]))
                self._on_some_day(year, self._correction(province))
            self.stage.on(self.today - timedelta(days=5), self._open_proposal(province))
            self._credits(province, index)
        for days in range(2, (self.today - date(FIRST_YEAR, 3, 1)).days, 30):
            self.stage.on(self.today - timedelta(days=days), self._end_credits, hour=1)
        self._news(provinces)

    def _on_some_day(self, year: int, deed: Do) -> None:
        first = date(year, 1, 10)
        self.stage.on(first + timedelta(days=self.stage.rng.randint(0, 330)), deed)

    def _pick(self, tx: Tx, province: Province) -> str | None:
        """A mine that stands in the provincial directory and in nothing that is undecided."""
        candidates = [mine for mine, _ in province.listed if mine not in province.marked]
        self.stage.rng.shuffle(candidates)
        for mine in candidates:
            if get_mine(tx, mine).status is MineStatus.LISTED:
                province.marked.add(mine)
                return mine
        return None

    def _removal(self, province: Province, ground: str) -> Do:
        def deed(tx: Tx, at: datetime) -> None:
            mine = self._pick(tx, province)
            if mine is None:
                return
            number = self._propose(tx, mine, ground, at)
            later = legal_day(at) + timedelta(days=self.stage.rng.randint(15, 40))
            removed = self.stage.rng.random() > 0.12
            self.stage.on(later, self._decision(province, number, mine, ground, removed=removed))

        return deed

    def _propose(self, tx: Tx, mine: str, ground: str, at: datetime) -> str:
        county = get_mine(tx, mine).facts.region
        proposal = RemovalProposal(
            mine=mine,
            level=Level.PROVINCIAL,
            ground=ground,
            reason=REMOVAL_REASONS[ground],
            basis="名录管理要求（演示）",
        )
        officer = self.stage.officer(Role.COUNTY, county)
        return propose_removal(tx, proposal, reference=self.stage.reference, officer=officer, at=at)

    def _decision(self, province: Province, number: str, mine: str, ground: str, *, removed: bool) -> Do:
        officer = self.stage.officer(Role.PROVINCE, province.code)

        def deed(tx: Tx, at: datetime) -> None:
            day = legal_day(at)
            notice = None
            if removed:
                notice = self.noticing.publish(
                    tx, NoticeKind.REMOVAL, region=province.code, mines=[mine], officer=officer, at=at
                )
            rectifies = removed and ground in ("standard_not_met", "rectification_failed")
            decision = RemovalDecision(
                removed=removed,
                organ=ORGAN,
                reason=REMOVAL_REASONS[ground] if removed else "补充核查后认定问题已经整改到位，不予移出。",
                basis="名录管理要求（演示）",
                since=day,
                decision_no=f"演示矿决〔{day.year}〕{self.stage.rng.randint(1, 90)}号",
                rectify_until=add_months(day, 6) if rectifies else None,
                notice=notice,
            )
            decide_removal(tx, number, decision, reference=self.stage.reference, officer=officer, at=at)
            if removed:
                province.removed.append((mine, number, ground))

        return deed

    def _open_proposal(self, province: Province) -> Do:
        def deed(tx: Tx, at: datetime) -> None:
            mine = self._pick(tx, province)
            if mine is not None:
                self._propose(tx, mine, "standard_not_met", at)

        return deed

    def _correction(self, province: Province) -> Do:
        def deed(tx: Tx, at: datetime) -> None:
            mine = self._pick(tx, province)
            if mine is None:
                return
            row = get_mine(tx, mine)
            province.marked.discard(mine)
            until = add_months(row.facts.permit_until or legal_day(at), 60)
            correct_mine(
                tx,
                mine,
                replace(row.facts, permit_until=until),
                reason=self.stage.rng.choice(CORRECTIONS),
                seen_act=row.last_act,
                reference=self.stage.reference,
                officer=self.stage.officer(Role.COUNTY, row.facts.region),
                at=at,
            )

        return deed

    def _credits(self, province: Province, index: int) -> None:
        """A short entry that has ended by now, a running one, a serious one, and one that names a person."""
        for months, level, subject in (
            (7, CreditLevel.GENERAL, Subject.FIRM),
            (2, CreditLevel.GENERAL, Subject.FIRM),
            (4, CreditLevel.SERIOUS, Subject.FIRM),
            *(((3, CreditLevel.SERIOUS, Subject.PERSON),) if index == 0 else ()),
        ):
            day = add_months(self.today, -months)
            self.stage.on(day, self._credit(province, level, subject, short=months == 7))

    def _credit(self, province: Province, level: CreditLevel, subject: Subject, *, short: bool) -> Do:
        proposer = self.stage.officer(Role.PROVINCE, province.code, seat=1)
        decider = self.stage.officer(Role.PROVINCE, province.code)

        def deed(tx: Tx, at: datetime) -> None:
            draft = self._credit_draft(tx, province, level, subject, day=legal_day(at), short=short)
            if draft is not None:
                add_credit(
                    tx,
                    draft,
                    proposed_by=proposer.id,
                    salt=self.stage.rng.randbytes(32).hex(),
                    reference=self.stage.reference,
                    officer=decider,
                    at=at,
                )

        return deed

    def _credit_draft(
        self, tx: Tx, province: Province, level: CreditLevel, subject: Subject, *, day: date, short: bool
    ) -> CreditDraft | None:
        """An entry that follows an adverse removal; None when there is none left, or no term was in force that day."""
        adverse = [item for item in province.removed if item[2] in GROUNDS[:7] and item[0] not in province.named]
        try:
            term = self.stage.reference.books.credit_term(province.code, level, day)
        except NotFound:
            return None
        if not adverse:
            return None
        mine, removal, ground = adverse[0]
        is_firm = subject is Subject.FIRM
        if is_firm:
            province.named.add(mine)
        facts = get_mine(tx, mine).facts
        return CreditDraft(
            level=level,
            subject=subject,
            region=facts.region,
            name=facts.holder if is_firm else "示例人员甲",
            credit_code=facts.credit_code if is_firm else "",
            mine=mine,
            removal=removal,
            conduct=REMOVAL_REASONS[ground],
            basis="失信信息管理规定（演示）",
            decision_no=f"演示罚决〔{day.year}〕{self.stage.rng.randint(1, 90)}号",
            organ=ORGAN,
            decided=day,
            until=term.earliest_repair(day) if short else term.publication_ends(day),
            named_in_decision=not is_firm,
        )

    @staticmethod
    def _end_credits(tx: Tx, at: datetime) -> None:
        end_due_credits(tx, today=legal_day(at), at=at)

    def _news(self, provinces: tuple[Province, ...]) -> None:
        for index, told in enumerate(STORIES):
            province = provinces[index % len(provinces)]
            editor = self.stage.officer(Role.EDITOR, province.code)
            article = Article(
                section="news",
                slug=told.slug,
                origin="desk",
                title=told.title,
                summary=told.summary,
                markdown=told.markdown,
                published=self.today - timedelta(days=200 - index * 30),
                region=province.code,
                type=told.type,
                disclosure="proactive",
                meta={"author": "演示编辑", "source": "演示来源", "demo": True, "keywords": ["演示数据"]},
            )
            self.stage.on(article.published, self._publication(article, editor))
        first = STORIES[0].slug
        self.stage.on(self.today - timedelta(days=180), self._change(first, provinces[0]))
        self.stage.on(self.today - timedelta(days=20), self._withdrawal(provinces[5 % len(provinces)]))

    def _publication(self, article: Article, editor: Officer) -> Do:
        def deed(tx: Tx, at: datetime) -> None:
            publish_article(tx, article, reference=self.stage.reference, officer=editor, at=at)

        return deed

    def _change(self, slug: str, province: Province) -> Do:
        def deed(tx: Tx, at: datetime) -> None:
            row = get_article(tx, "news", slug)
            text = row.article.markdown + "\n\n巡查电话另行公布。"
            article = replace(row.article, markdown=text, note="补充联系方式的说明。")
            change_article(
                tx,
                article,
                seen_act=row.last_act,
                reference=self.stage.reference,
                officer=self.stage.officer(Role.EDITOR, province.code),
                at=at,
            )

        return deed

    def _withdrawal(self, province: Province) -> Do:
        def deed(tx: Tx, at: datetime) -> None:
            withdraw_article(
                tx,
                "news",
                STORIES[-1].slug,
                reason="培训班延期，通知撤下。",
                reference=self.stage.reference,
                officer=self.stage.officer(Role.EDITOR, province.code),
                at=at,
            )

        return deed
