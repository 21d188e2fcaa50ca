"""One table of a rule book → one object of the domain: targets, scorecards, zones, benefits, duties, lists."""

from greenmine.content.book_parts import PartReader
from greenmine.content.toml_table import Line, Table, as_choice, as_number, as_text
from greenmine.domain.department import Department
from greenmine.domain.entitlement import Benefit, BenefitKind, BudgetLine, Duty, NamedList
from greenmine.domain.errors import BadInput
from greenmine.domain.mine import Level
from greenmine.domain.provision import Actor
from greenmine.domain.scorecard import Scorecard, ScoreHead, ScoreItem
from greenmine.domain.target import (
    Dimension,
    Figure,
    Indicator,
    Statistic,
    TargetColumn,
    TargetNature,
    TargetRow,
    TargetTable,
)
from greenmine.domain.text import N_
from greenmine.domain.zone_rule import OutlineSection, ZoneRule, ZoneTier


class FigureReader(PartReader):
    """Builders of the tables that hold figures."""

    def target_table(self, table: Table) -> TargetTable:
        """``[[target_table]]``: a table whose stated totals are wrong is refused."""
        columns = tuple(_column(line) for line in table.lines("columns", width=5))
        target = TargetTable(
            code=table.code(),
            name=table.text("name"),
            columns=columns,
            rows=tuple(_row(line) for line in table.lines("rows", width=2 + len(columns))),
            origin=self.origin(table),
        )
        for column in target.wrong_totals():
            raise BadInput(
                "content.total_wrong",
                N_("“%(column)s”各行合计为%(sum)s，与文件所列%(stated)s不符"),
                field="rows",
                column=column.name,
                sum=target.column_sum(column.code),
                stated=column.stated_total,
            )
        return target

    def indicator(self, table: Table) -> Indicator:
        """``[[indicator]]``."""
        return Indicator(
            code=table.code(),
            name=table.text("name"),
            unit=table.text("unit"),
            due=table.day("due"),
            minimum=table.maybe_number("minimum"),
            maximum=table.maybe_number("maximum"),
            numerator=table.text("numerator", ""),
            denominator=table.text("denominator", ""),
            nature=table.maybe_choice("nature", TargetNature) or TargetNature.UNSTATED,
            scope=table.text("scope", ""),
            origin=self.origin(table),
        )

    def statistic(self, table: Table) -> Statistic:
        """``[[statistic]]``."""
        figures = table.lines("figures", width=4) if table.take("figures") is not None else ()
        return Statistic(
            code=table.code(),
            name=table.text("name"),
            unit=table.text("unit"),
            as_of=table.day("as_of"),
            total=table.maybe_number("total"),
            figures=tuple(_figure(line) for line in figures),
            origin=self.origin(table),
        )

    def scorecard(self, table: Table) -> Scorecard:
        """``[[scorecard]]``: one that does not add up is refused."""
        items = tuple(_item(line) for line in table.lines("items", width=5))
        heads = tuple(_head(line, items) for line in table.lines("heads", width=3))
        card = Scorecard(
            code=table.code(),
            name=table.text("name"),
            total=table.whole("total"),
            first_year=table.whole("first_year"),
            last_year=table.whole("last_year"),
            units=table.texts("units", required=True),
            heads=heads,
            origin=self.origin(table),
        )
        if len(card.items) != len(items) or not card.adds_up():
            raise BadInput("content.score_wrong", N_("考核指标分值合计与所列总分不符"), field="items")
        return card

    def zone_tier(self, table: Table) -> ZoneTier:
        """``[[zone_tier]]``."""
        return ZoneTier(
            level=table.choice("level", Level),
            name=table.text("name"),
            minimum=table.maybe_whole("minimum"),
            maximum=table.maybe_whole("maximum"),
            due=table.day("due"),
            consents=table.maybe_choice("consents", Actor),
            publisher=table.maybe_choice("publisher", Actor),
            place=table.text("place", ""),
            evaluator=table.maybe_choice("evaluator", Actor),
            evaluation=table.text("evaluation", ""),
            origin=self.origin(table),
        )

    def zone_rule(self, table: Table, tiers: tuple[ZoneTier, ...]) -> ZoneRule:
        """``[[zone]]``, with every ``[[zone_tier]]`` of the book."""
        outline = table.lines("outline", width=2) if table.take("outline") is not None else ()
        return ZoneRule(
            code=table.code(),
            name=table.text("name"),
            unit=table.text("unit"),
            conditions=table.texts("conditions"),
            plan_contents=table.texts("plan_contents"),
            tasks=table.texts("tasks"),
            outline=tuple(OutlineSection(_text(line, 0, "outline"), _text(line, 1, "outline")) for line in outline),
            author=table.choice("author", Actor),
            reviewer=table.choice("reviewer", Actor),
            review_departments=table.choices("review_departments", Department),
            candidates=table.texts("candidates"),
            candidates_due=table.maybe_date("candidates_due"),
            tiers=tiers,
            origin=self.origin(table),
        )

    def benefit(self, table: Table) -> Benefit:
        """``[[benefit]]``."""
        return Benefit(
            code=table.code(),
            name=table.text("name"),
            kind=table.choice("kind", BenefitKind),
            beneficiaries=table.text("beneficiaries"),
            eligibility=table.text("eligibility", ""),
            rate=table.maybe_number("rate"),
            needs_title=table.flag("needs_title"),
            origin=self.origin(table),
        )

    def duty(self, table: Table) -> Duty:
        """``[[duty]]``."""
        return Duty(
            code=table.code(),
            department=table.choice("department", Department),
            level=table.choice("level", Actor),
            name=table.text("name"),
            tasks=table.texts("tasks", required=True),
            origin=self.origin(table),
        )

    def budget_line(self, table: Table) -> BudgetLine:
        """``[[budget]]``; amounts in 亿元."""
        return BudgetLine(
            code=table.code(),
            payer=table.text("payer"),
            purposes=table.texts("purposes", required=True),
            amount=table.maybe_number("amount"),
            origin=self.origin(table),
        )

    def named_list(self, table: Table) -> NamedList:
        """``[[list]]``: the items must be as many as the document says, unless its text was not read."""
        origin = self.origin(table)
        items = table.texts("items")
        stated = table.maybe_whole("stated_count")
        if origin.verified and (not items or stated not in (None, len(items))):
            raise BadInput("content.list_count", N_("清单项数与文件所列不符"), field="items")
        return NamedList(table.code(), table.text("name"), items, stated, origin)


def _text(line: Line, place: int, key: str) -> str:
    return as_text(line[place], key=key)


def _whole(line: Line, place: int, key: str) -> int:
    number = as_number(line[place], key=key)
    if number != number.to_integral_value():
        raise BadInput("content.field", N_("字段 %(key)s 应为非负整数"), field=key, key=key)
    return int(number)


def _column(line: Line) -> TargetColumn:
    """``[code, name, unit, year, stated total or ""]``."""
    stated = None if line[4] == "" else as_number(line[4], key="columns")
    code, name, unit = (_text(line, place, "columns") for place in range(3))
    return TargetColumn(code, name, unit, _whole(line, 3, "columns"), stated)


def _row(line: Line) -> TargetRow:
    """``[region code, region name, figure, …]``."""
    values = tuple(as_number(value, key="rows") for value in line[2:])
    return TargetRow(_text(line, 0, "rows"), _text(line, 1, "rows"), values)


def _figure(line: Line) -> Figure:
    """``[dimension, label, count or "", share or ""]``."""
    count, share = (None if value == "" else as_number(value, key="figures") for value in line[2:])
    return Figure(as_choice(line[0], Dimension, key="figures"), _text(line, 1, "figures"), count, share)


def _item(line: Line) -> ScoreItem:
    """``[number, head code, name, points, standard]``."""
    return ScoreItem(
        number=_whole(line, 0, "items"),
        head=_text(line, 1, "items"),
        name=_text(line, 2, "items"),
        points=_whole(line, 3, "items"),
        standard=_text(line, 4, "items"),
    )


def _head(line: Line, items: tuple[ScoreItem, ...]) -> ScoreHead:
    """``[code, name, points]``."""
    code = _text(line, 0, "heads")
    own = tuple(item for item in items if item.head == code)
    return ScoreHead(code, _text(line, 1, "heads"), _whole(line, 2, "heads"), own)
