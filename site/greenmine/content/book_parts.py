"""One table of a rule book → one object of the domain: libraries, steps, clocks, notices, grounds, checks."""

from greenmine.content.toml_table import Table
from greenmine.domain.clause import Clauses
from greenmine.domain.clock import Clock, ClockUnit, ReportingWindow
from greenmine.domain.department import Department
from greenmine.domain.errors import BadInput
from greenmine.domain.ground import BlacklistEffect, CreditLevel, CreditTerm, Ground, GroundKind
from greenmine.domain.mine import Level, Library, Method
from greenmine.domain.notice_kind import OPEN_TO_OBJECTION, NoticeKind
from greenmine.domain.notice_rule import (
    NoticePreset,
    NoticeRule,
    ObjectionForm,
    ObjectionPart,
    ObjectionRule,
    Refusal,
)
from greenmine.domain.period import PeriodRule, PeriodUnit
from greenmine.domain.procedure import Exemption, Gate, LibraryRule, Process, Quota, SpotCheck, Step
from greenmine.domain.provision import Actor, Origin
from greenmine.domain.text import N_


class PartReader:
    """Builders that know the clauses: an unknown source is refused, an unread one makes a value unverified."""

    def __init__(self, clauses: Clauses) -> None:
        self._clauses = clauses

    def origin(self, table: Table) -> Origin:
        """``source``, ``verified``, ``note``, ``since``, ``until`` of a table.

        ``verified = false`` doubts a value whose clauses were read; nothing makes an unread one verified.
        """
        sources = table.texts("source", required=True)
        for code in sources:
            if code not in self._clauses:
                raise BadInput("content.source_unknown", N_("没有编号为%(wanted)s的条款"), field="source", wanted=code)
        return Origin(
            sources=sources,
            verified=table.flag("verified", True) and self._clauses.verified(sources),
            note=table.text("note", ""),
            since=table.maybe_date("since"),
            until=table.maybe_date("until"),
        )

    def library(self, table: Table) -> LibraryRule:
        """``[[library]]``."""
        return LibraryRule(
            library=table.choice("library", Library),
            name=table.text("name"),
            entry=table.texts("entry"),
            leaving=table.texts("leaving"),
            origin=self.origin(table),
        )

    def step(self, table: Table) -> Step:
        """``[[step]]``."""
        return Step(
            code=table.act_code(),
            name=table.text("name"),
            process=table.choice("process", Process),
            order=table.whole("order"),
            actors=table.choices("actors", Actor, required=True),
            departments=table.choices("departments", Department),
            documents=table.texts("documents"),
            clock=table.text("clock", ""),
            window=table.text("window", ""),
            notice=table.maybe_choice("notice", NoticeKind),
            origin=self.origin(table),
        )

    def clock(self, table: Table) -> Clock:
        """``[[clock]]``."""
        return Clock(
            code=table.code(),
            name=table.text("name"),
            unit=table.choice("unit", ClockUnit),
            amount=table.whole("amount"),
            extension=table.whole("extension", 0),
            starts=table.text("starts"),
            owner=table.choice("owner", Actor),
            consequence=table.text("consequence", ""),
            origin=self.origin(table),
        )

    def window(self, table: Table) -> ReportingWindow:
        """``[[window]]``."""
        return ReportingWindow(
            code=table.code(),
            name=table.text("name"),
            sender=table.choice("sender", Actor),
            receiver=table.text("receiver"),
            contents=table.text("contents"),
            month=table.whole("month"),
            day=table.whole("day"),
            year=table.maybe_whole("year"),
            years_after=table.whole("years_after", 0),
            origin=self.origin(table),
        )

    def notice_rule(self, table: Table) -> NoticeRule:
        """``[[notice]]``; a 公示 must have a period."""
        kind = table.choice("kind", NoticeKind)
        period = period_rule(table)
        if period is None and kind in OPEN_TO_OBJECTION:
            raise BadInput("content.period_missing", N_("公示应写明期限的计算方式"), field="kind")
        return NoticeRule(
            kind=kind,
            publisher=table.choice("publisher", Actor),
            place=table.text("place", ""),
            period=period,
            objection=table.code("objection"),
            waits=table.text("waits", ""),
            origin=self.origin(table),
        )

    def notice_preset(self, table: Table) -> NoticePreset:
        """``[[notice_preset]]``."""
        return NoticePreset(
            code=table.code(),
            name=table.text("name"),
            issuer=table.text("issuer"),
            region=table.text("region"),
            level=table.choice("level", Level),
            kind=table.choice("kind", NoticeKind),
            period=period_rule(table),
            objection=table.code("objection"),
            columns=table.texts("columns"),
            examples=table.texts("examples"),
            origin=self.origin(table),
        )

    def objection_rule(self, table: Table) -> ObjectionRule:
        """``[[objection]]``."""
        return ObjectionRule(
            code=table.code(),
            name=table.text("name"),
            accepted=table.flag("accepted"),
            real_name=table.flag("real_name"),
            forms=table.choices("forms", ObjectionForm),
            person_parts=table.choices("person_parts", ObjectionPart),
            unit_parts=table.choices("unit_parts", ObjectionPart),
            refused=table.choices("refused", Refusal),
            origin=self.origin(table),
        )

    def ground(self, table: Table) -> Ground:
        """``[[ground]]``."""
        return Ground(
            code=table.act_code(),
            name=table.text("name"),
            kind=table.choice("kind", GroundKind),
            blacklist=table.choice("blacklist", BlacklistEffect),
            rectify_first=table.flag("rectify_first", False),
            rectify_months=table.maybe_whole("rectify_months"),
            cites_complaint=table.flag("cites_complaint", False),
            origin=self.origin(table),
        )

    def credit_term(self, table: Table) -> CreditTerm:
        """``[[credit]]``."""
        return CreditTerm(
            level=table.choice("level", CreditLevel),
            name=table.text("name"),
            minimum_months=table.maybe_whole("minimum_months"),
            maximum_months=table.whole("maximum_months"),
            published=table.flag("published"),
            counted_from=table.text("counted_from"),
            repair=table.texts("repair", required=True),
            repair_verified=table.flag("repair_verified"),
            origin=self.origin(table),
        )

    def spot_check(self, table: Table) -> SpotCheck:
        """``[[spot_check]]``."""
        return SpotCheck(
            code=table.code(),
            name=table.text("name"),
            population=table.text("population"),
            minimum_share=table.maybe_number("minimum_share"),
            team_minimum=table.maybe_whole("team_minimum"),
            team_maximum=table.maybe_whole("team_maximum"),
            departments=table.choices("departments", Department),
            origin=self.origin(table),
        )

    def gate(self, table: Table) -> Gate:
        """``[[gate]]``."""
        return Gate(
            code=table.code(),
            name=table.text("name"),
            applies_to=table.text("applies_to"),
            applies_from=table.maybe_date("applies_from"),
            requirements=table.texts("requirements", required=True),
            full_shares=table.texts("full_shares"),
            consequence=table.text("consequence", ""),
            origin=self.origin(table),
        )

    def exemption(self, table: Table) -> Exemption:
        """``[[exemption]]``."""
        return Exemption(
            code=table.code(),
            name=table.text("name"),
            remaining_years=table.number("remaining_years"),
            method=table.choice("method", Method),
            sand_plant=table.flag("sand_plant"),
            origin=self.origin(table),
        )

    def quota(self, table: Table) -> Quota:
        """``[[quota]]``."""
        return Quota(
            code=table.code(),
            name=table.text("name"),
            maximum=table.number("maximum"),
            unit=table.text("unit"),
            whole=table.text("whole", ""),
            origin=self.origin(table),
        )


def period_rule(table: Table) -> PeriodRule | None:
    """The counting rule of a notice; None when no ``unit`` is given (an announcement)."""
    unit = table.maybe_choice("unit", PeriodUnit)
    if unit is None:
        return None
    printed = unit is PeriodUnit.DATES
    return PeriodRule(
        unit=unit,
        days=table.maybe_whole("days"),
        first_day_counted=table.flag("first_day_counted", True if printed else None),
        rolls_over=table.flag("rolls_over", False if printed else None),
        cutoff=table.maybe_time("cutoff"),
    )
