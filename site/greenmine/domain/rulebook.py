"""Rule books: a province's written rules as data, and which of them hold on a legal day.

A book is a file ``content/rules/<region>/<from>.toml``. A province may have several at once; the one
that began last is asked first, then older ones still in force, then the national book (000000), from
which every province inherits what it lacks.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from greenmine.domain.act import Basis
from greenmine.domain.book_text import BOOK_TABLES
from greenmine.domain.clock import Clock, ReportingWindow
from greenmine.domain.entitlement import Benefit, BudgetLine, Duty, NamedList
from greenmine.domain.errors import NotFound
from greenmine.domain.ground import CreditLevel, CreditTerm, Ground
from greenmine.domain.mine import Library
from greenmine.domain.notice_kind import NOTICE_KIND_LABELS, NoticeKind
from greenmine.domain.notice_rule import NoticePreset, NoticeRule, ObjectionRule
from greenmine.domain.procedure import Exemption, Gate, LibraryRule, Process, Quota, SpotCheck, Step
from greenmine.domain.provision import Origin, Provision
from greenmine.domain.scorecard import Scorecard
from greenmine.domain.target import Indicator, Statistic, TargetTable
from greenmine.domain.text import N_
from greenmine.domain.zone_rule import ZoneRule, ZoneTier

NATIONAL: Final = "000000"

P = TypeVar("P", bound=Provision)


def province_of(region: str) -> str:
    """The province a region code belongs to: ``330523`` → ``330000``; the country is its own."""
    return region if region == NATIONAL else region[:2] + "0000"


@dataclass(frozen=True)
class RuleBook:
    """One rule book.

    :param since: first legal day in force
    :param until: last legal day in force, None while it holds
    :param period_verified: whether both days stand in the text
    :param documents: codes of the source documents
    :param digest: SHA-256 of the file's bytes, hex; an act records it
    """

    region: str
    name: str
    since: date
    until: date | None
    period_verified: bool
    period_note: str
    documents: tuple[str, ...]
    digest: str
    libraries: tuple[LibraryRule, ...] = ()
    steps: tuple[Step, ...] = ()
    clocks: tuple[Clock, ...] = ()
    windows: tuple[ReportingWindow, ...] = ()
    notice_rules: tuple[NoticeRule, ...] = ()
    notice_presets: tuple[NoticePreset, ...] = ()
    objection_rules: tuple[ObjectionRule, ...] = ()
    grounds: tuple[Ground, ...] = ()
    credit_terms: tuple[CreditTerm, ...] = ()
    spot_checks: tuple[SpotCheck, ...] = ()
    gates: tuple[Gate, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    quotas: tuple[Quota, ...] = ()
    scorecards: tuple[Scorecard, ...] = ()
    target_tables: tuple[TargetTable, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    statistics: tuple[Statistic, ...] = ()
    zone_rules: tuple[ZoneRule, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    duties: tuple[Duty, ...] = ()
    budget_lines: tuple[BudgetLine, ...] = ()
    lists: tuple[NamedList, ...] = ()

    @property
    def key(self) -> str:
        """Readable name of this version: ``330000/2018-01-01``."""
        return f"{self.region}/{self.since.isoformat()}"

    @property
    def stamp(self) -> str:
        """How an act names this version: ``330000/2018-01-01#`` and the first 12 hex digits of the digest."""
        return f"{self.key}#{self.digest[:12]}"

    def in_force(self, day: date) -> bool:
        """Whether the book holds on a legal day; its last day is included."""
        return self.since <= day and (self.until is None or day <= self.until)

    @property
    def zone_tiers(self) -> tuple[ZoneTier, ...]:
        """The tiers of its demonstration zones."""
        return tuple(tier for zone in self.zone_rules for tier in zone.tiers)

    def tables(self) -> Mapping[str, tuple[Provision, ...]]:
        """Its provisions by the table of the file they stand in."""
        return {name: getattr(self, table.attribute) for name, table in BOOK_TABLES.items()}

    def provisions(self) -> tuple[str, ...]:
        """What it holds, as an act names it: ``<table>/<code>``, sorted, each once."""
        return tuple(sorted({f"{table}/{item.code}" for table, items in self.tables().items() for item in items}))

    def named(self, provision: str) -> str:
        """What the book calls a provision (``ground/fraud``); empty for one that has no name of its own, or is none."""
        table, _, code = provision.partition("/")
        held = next((each for each in self.tables().get(table, ()) if each.code == code), None)
        return str(getattr(held, "name", ""))

    def origins(self) -> tuple[Origin, ...]:
        """The origin of every provision, tiers of zones included."""
        return tuple(item.origin for items in self.tables().values() for item in items)


class RuleBooks:
    """All rule books of the site. Immutable; made anew when content changes."""

    def __init__(self, items: Iterable[RuleBook]) -> None:
        self._books = tuple(sorted(items, key=lambda book: (book.region, book.since)))

    def all(self) -> tuple[RuleBook, ...]:
        """Every book, by region and first day, ended ones included."""
        return self._books

    def of_region(self, region: str) -> tuple[RuleBook, ...]:
        """The books of a region's province, ended ones included, oldest first (for history and targets)."""
        province = province_of(region)
        return tuple(book for book in self._books if book.region == province)

    def of_stamp(self, stamp: str) -> RuleBook | None:
        """The book an act was decided under; None when that version is no longer on file (it stays published)."""
        return next((book for book in self._books if book.stamp == stamp), None)

    def regions(self) -> tuple[str, ...]:
        """Whose rules the site holds, by code, the country first; ended books count."""
        return tuple(sorted({book.region for book in self._books}))

    def provinces(self) -> tuple[str, ...]:
        """The same without the country. Whatever lists provinces names these: a new file is a new province."""
        return tuple(code for code in self.regions() if code != NATIONAL)

    def chain(self, region: str, day: date) -> tuple[RuleBook, ...]:
        """The books asked for a region on a legal day, in order: own newest first, then national."""
        provinces = dict.fromkeys((province_of(region), NATIONAL))
        return tuple(
            book
            for province in provinces
            for book in reversed(self._books)
            if book.region == province and book.in_force(day)
        )

    def in_force(self, region: str, day: date) -> RuleBook:
        """The first book that holds for a region on a legal day.

        Raises NotFound ``rulebook.none_in_force`` when not even the national book holds.
        """
        chain = self.chain(region, day)
        if not chain:
            raise NotFound(
                "rulebook.none_in_force",
                N_("%(day)s没有施行中的规则册（行政区代码%(region)s）"),
                day=day.isoformat(),
                region=region,
            )
        return chain[0]

    def basis(self, *provisions: Provision) -> tuple[Basis, ...]:
        """How an act names the rules that decided it: each with the book it stands in, an inherited one the national.

        Raises NotFound for a rule that came from another set of books.
        """
        return tuple(self._basis(provision) for provision in provisions)

    def _basis(self, provision: Provision) -> Basis:
        for book in self._books:
            for table, items in book.tables().items():
                if any(item is provision for item in items):
                    return Basis(book.stamp, f"{table}/{provision.code}")
        raise NotFound("rulebook.rule_unknown", N_("这条规则不在现有的规则册中"))

    def notice_rule(self, region: str, kind: NoticeKind, day: date) -> NoticeRule:
        """How a kind of notice is published there on that day; own rule first, else the national one."""
        return self._find(region, day, lambda book: book.notice_rules, kind.value, what=NOTICE_KIND_LABELS[kind])

    def notice_presets(self, region: str, day: date) -> tuple[NoticePreset, ...]:
        """Issuers' practices on file: those of the region's province first, then the others."""
        presets = self._merged(region, day, lambda book: book.notice_presets)
        province = province_of(region)
        return tuple(sorted(presets, key=lambda preset: province_of(preset.region) != province))

    def notice_preset(self, region: str, code: str, day: date) -> NoticePreset:
        """A preset by its code, as it is offered to the region: of its province's own book or the national one."""
        return self._find(region, day, lambda book: book.notice_presets, code, what=N_("公示样式"))

    def objection_rule(self, region: str, code: str, day: date) -> ObjectionRule:
        """A set of rules for objections by its code."""
        return self._find(region, day, lambda book: book.objection_rules, code, what=N_("异议规则"))

    def objection_rule_of(self, region: str, kind: NoticeKind, day: date) -> ObjectionRule:
        """The rules for objections to a kind of notice."""
        return self.objection_rule(region, self.notice_rule(region, kind, day).objection, day)

    def ground(self, region: str, code: str, day: date) -> Ground:
        """A removal ground by its code."""
        return self._find(region, day, lambda book: book.grounds, code, what=N_("移出情形"))

    def grounds(self, region: str, day: date) -> tuple[Ground, ...]:
        """Every ground that may be given there on that day, own ones first."""
        return self._merged(region, day, lambda book: book.grounds)

    def credit_term(self, region: str, level: CreditLevel, day: date) -> CreditTerm:
        """How long an entry decided on that day is published."""
        return self._find(region, day, lambda book: book.credit_terms, level.value, what=N_("公示期限"))

    def clock(self, region: str, code: str, day: date) -> Clock:
        """A clock by its code."""
        return self._find(region, day, lambda book: book.clocks, code, what=N_("办理时限"))

    def clocks(self, region: str, day: date) -> tuple[Clock, ...]:
        """Every clock that runs there, own ones first."""
        return self._merged(region, day, lambda book: book.clocks)

    def windows(self, region: str, day: date) -> tuple[ReportingWindow, ...]:
        """Every reporting window, own ones first."""
        return self._merged(region, day, lambda book: book.windows)

    def library(self, region: str, library: Library, day: date) -> LibraryRule:
        """Who enters and leaves a library."""
        return self._find(region, day, lambda book: book.libraries, library.value, what=N_("分库规则"))

    def steps(self, region: str, process: Process, day: date) -> tuple[Step, ...]:
        """The steps of a chain in order, all from the first book that describes the chain.

        Chains of two books are never mixed: half of each would be nobody's procedure.
        """
        for book in self.chain(region, day):
            steps = [s for s in book.steps if s.process is process and s.origin.in_force(day)]
            if steps:
                return tuple(sorted(steps, key=lambda step: step.order))
        return ()

    def spot_checks(self, region: str, day: date) -> tuple[SpotCheck, ...]:
        """Rules for random checks, own ones first."""
        return self._merged(region, day, lambda book: book.spot_checks)

    def gates(self, region: str, day: date) -> tuple[Gate, ...]:
        """What must be so before a right is granted or renewed."""
        return self._merged(region, day, lambda book: book.gates)

    def exemptions(self, region: str, day: date) -> tuple[Exemption, ...]:
        """Which mines need not become green mines."""
        return self._merged(region, day, lambda book: book.exemptions)

    def benefits(self, region: str, day: date) -> tuple[Benefit, ...]:
        """Supporting policies, own ones first."""
        return self._merged(region, day, lambda book: book.benefits)

    def scorecard(self, region: str, day: date) -> Scorecard:
        """The assessment in force. Raises NotFound where none is written."""
        cards = self._merged(region, day, lambda book: book.scorecards)
        if not cards:
            raise _missing(N_("考核指标"), region, day)
        return cards[0]

    def zone_rule(self, region: str, day: date) -> ZoneRule:
        """How demonstration zones come about. Raises NotFound where none is written."""
        rules = self._merged(region, day, lambda book: book.zone_rules)
        if not rules:
            raise _missing(N_("示范区规则"), region, day)
        return rules[0]

    def named_list(self, region: str, code: str, day: date) -> NamedList:
        """A plain list by its code."""
        return self._find(region, day, lambda book: book.lists, code, what=N_("清单"))

    def _find(self, region: str, day: date, pick: Callable[[RuleBook], tuple[P, ...]], code: str, *, what: str) -> P:
        for provision in self._merged(region, day, pick):
            if provision.code == code:
                return provision
        raise _missing(what, region, day)

    def _merged(self, region: str, day: date, pick: Callable[[RuleBook], tuple[P, ...]]) -> tuple[P, ...]:
        """What holds on the day, each code once: a province's own wording hides the national one."""
        found: dict[str, P] = {}
        for book in self.chain(region, day):
            for provision in pick(book):
                if provision.origin.in_force(day):
                    found.setdefault(provision.code, provision)
        return tuple(found.values())


def _missing(what: str, region: str, day: date) -> NotFound:
    return NotFound(
        "rulebook.rule_missing",
        N_("%(day)s施行的规则册中没有这一项：%(what)s（行政区代码%(region)s）"),
        day=day.isoformat(),
        what=what,
        region=region,
    )
