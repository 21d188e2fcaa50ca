"""Rule books as tables: every provision with its clauses, in the order a reader needs them.

Nothing is written here that does not stand in a rule book; a value whose text was not read is marked 待核实.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from greenmine.domain.clock import CLOCK_UNIT_LABELS
from greenmine.domain.department import DEPARTMENT_LABELS
from greenmine.domain.entitlement import BENEFIT_KIND_LABELS
from greenmine.domain.ground import BLACKLIST_EFFECT_LABELS, CREDIT_LEVEL_LABELS, GROUND_KIND_LABELS
from greenmine.domain.mine import LIBRARY_LABELS, METHOD_LABELS
from greenmine.domain.notice_kind import NOTICE_KIND_LABELS
from greenmine.domain.notice_rule import OBJECTION_FORM_LABELS, OBJECTION_PART_LABELS, REFUSAL_LABELS
from greenmine.domain.procedure import PROCESS_LABELS, Process, Step
from greenmine.domain.provision import ACTOR_LABELS, Origin
from greenmine.domain.rulebook import RuleBook
from greenmine.web.formats import UNKNOWN, day, number
from greenmine.web.i18n import gettext as _
from greenmine.web.public.book_words import listed, period_words, share_words


@dataclass(frozen=True, kw_only=True)
class RowShown:
    """One provision: its cells, its clauses, whether its text was read, and a remark."""

    cells: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, kw_only=True)
class TableShown:
    """A table of provisions of one kind; ``anchor`` names it on its page."""

    anchor: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[RowShown, ...]


def tables_of(book: RuleBook) -> tuple[TableShown, ...]:
    """All tables of a book that have rows, steps first."""
    made = (*_step_tables(book), *(make(book) for make in _MAKERS))
    since = book.since.isoformat()
    return tuple(replace(table, anchor=f"{since}-{table.anchor}") for table in made if table.rows)


def _table(
    anchor: str, title: str, columns: tuple[str, ...], items: Iterable[Any], cells: Callable[[Any], Any]
) -> TableShown:
    rows = tuple(RowShown(cells=tuple(str(c) or UNKNOWN for c in cells(item)), origin=item.origin) for item in items)
    return TableShown(anchor=anchor, title=title, columns=columns, rows=rows)


def _step_tables(book: RuleBook) -> tuple[TableShown, ...]:
    columns = (_("步骤"), _("谁办理"), _("会同"), _("材料"), _("时限或公示"))
    return tuple(
        _table(
            f"steps-{process}", _("程序：%(name)s", name=_(PROCESS_LABELS[process])), columns,
            sorted((s for s in book.steps if s.process is process), key=lambda step: step.order),
            lambda step: _step_cells(step, book),
        )
        for process in Process
    )  # fmt: skip


def _step_cells(step: Step, book: RuleBook) -> tuple[str, ...]:
    clocks = {clock.code: clock for clock in book.clocks}
    windows = {window.code: window for window in book.windows}
    limits = [
        clocks[step.clock].name if step.clock in clocks else "",
        windows[step.window].name if step.window in windows else "",
        _(NOTICE_KIND_LABELS[step.notice]) if step.notice else "",
    ]
    return (
        _("%(n)s. %(name)s", n=step.order, name=step.name),
        listed(_(ACTOR_LABELS[actor]) for actor in step.actors),
        listed(_(DEPARTMENT_LABELS[each]) for each in step.departments),
        listed(step.documents),
        listed(filter(None, limits)),
    )


def _libraries(book: RuleBook) -> TableShown:
    return _table(
        "libraries", _("名录和分库"), (_("名称"), _("类别"), _("进入条件"), _("退出情形")), book.libraries,
        lambda it: (it.name, _(LIBRARY_LABELS[it.library]), listed(it.entry), listed(it.leaving)),
    )  # fmt: skip


def _clocks(book: RuleBook) -> TableShown:
    return _table(
        "clocks", _("办理时限"), (_("事项"), _("时限"), _("起算"), _("责任方"), _("逾期后果")), book.clocks,
        lambda it: (
            it.name,
            _("%(n)s%(unit)s", n=it.amount, unit=_(CLOCK_UNIT_LABELS[it.unit]))
            + (_("，可延长%(n)s", n=it.extension) + _(CLOCK_UNIT_LABELS[it.unit]) if it.extension else ""),
            it.starts, _(ACTOR_LABELS[it.owner]), it.consequence,
        ),
    )  # fmt: skip


def _windows(book: RuleBook) -> TableShown:
    return _table(
        "windows", _("报送时间"), (_("事项"), _("谁报送"), _("报送给"), _("内容"), _("最迟")), book.windows,
        lambda it: (
            it.name, _(ACTOR_LABELS[it.sender]), it.receiver, it.contents,
            (_("%(year)s年", year=it.year) if it.year else _("次年") if it.years_after else _("每年"))
            + _("%(month)s月%(day)s日", month=it.month, day=it.day),
        ),
    )  # fmt: skip


def _notice_rules(book: RuleBook) -> TableShown:
    names = {rule.code: rule.name for rule in book.objection_rules}
    return _table(
        "notices", _("公示公告规则"),
        (_("类别"), _("发布"), _("平台"), _("期限"), _("异议规则"), _("期满前不得")),
        book.notice_rules,
        lambda it: (
            _(NOTICE_KIND_LABELS[it.kind]), _(ACTOR_LABELS[it.publisher]), it.place,
            period_words(it.period), names.get(it.objection, it.objection), it.waits,
        ),
    )  # fmt: skip


def _objections(book: RuleBook) -> TableShown:
    return _table(
        "objections", _("异议规则"), (_("名称"), _("方式"), _("个人须写明"), _("单位须写明"), _("不予受理")),
        book.objection_rules,
        lambda it: (
            it.name, listed(_(OBJECTION_FORM_LABELS[each]) for each in it.forms) if it.accepted else _("不征集异议"),
            listed(_(OBJECTION_PART_LABELS[each]) for each in it.person_parts),
            listed(_(OBJECTION_PART_LABELS[each]) for each in it.unit_parts),
            listed(_(REFUSAL_LABELS[each]) for each in it.refused),
        ),
    )  # fmt: skip


def _grounds(book: RuleBook) -> TableShown:
    return _table(
        "grounds", _("移出情形"), (_("情形"), _("性质"), _("失信影响"), _("移出前")), book.grounds,
        lambda it: (
            it.name, _(GROUND_KIND_LABELS[it.kind]), _(BLACKLIST_EFFECT_LABELS[it.blacklist]),
            (_("限期%(n)s个月整改", n=it.rectify_months) if it.rectify_months else _("先限期整改"))
            if it.rectify_first or it.rectify_months else "",
        ),
    )  # fmt: skip


def _credit_terms(book: RuleBook) -> TableShown:
    return _table(
        "credit-terms", _("失信信息公示期限"), (_("程度"), _("最短"), _("最长"), _("起算"), _("提前修复")),
        book.credit_terms,
        lambda it: (
            _(CREDIT_LEVEL_LABELS[it.level]) + ("" if it.published else _("（不公示）")),
            _("%(n)s个月", n=it.minimum_months) if it.minimum_months else "",
            _("%(n)s个月", n=it.maximum_months), it.counted_from, listed(it.repair),
        ),
    )  # fmt: skip


def _spot_checks(book: RuleBook) -> TableShown:
    return _table(
        "spot-checks", _("随机抽查"), (_("名称"), _("范围"), _("最低比例"), _("检查组"), _("会同")),
        book.spot_checks,
        lambda it: (
            it.name, it.population, share_words(it.minimum_share),
            _("%(least)s至%(most)s人", least=it.team_minimum, most=it.team_maximum)
            if it.team_minimum and it.team_maximum else "",
            listed(_(DEPARTMENT_LABELS[each]) for each in it.departments),
        ),
    )  # fmt: skip


def _gates(book: RuleBook) -> TableShown:
    return _table(
        "gates", _("前置要求"), (_("名称"), _("适用"), _("要求"), _("须达到100%的"), _("后果")), book.gates,
        lambda it: (
            it.name,
            it.applies_to + (_("（%(day)s起）", day=day(it.applies_from)) if it.applies_from else ""),
            listed(it.requirements), listed(it.full_shares), it.consequence,
        ),
    )  # fmt: skip


def _exemptions(book: RuleBook) -> TableShown:
    return _table(
        "exemptions", _("可不建的矿山"), (_("情形"), _("剩余年限"), _("开采方式"), _("机制砂石设备")),
        book.exemptions,
        lambda it: (
            it.name, _("%(n)s年以内", n=number(it.remaining_years)), _(METHOD_LABELS[it.method]),
            _("有") if it.sand_plant else _("没有"),
        ),
    )  # fmt: skip


def _quotas(book: RuleBook) -> TableShown:
    return _table(
        "quotas", _("遴选限额"), (_("名称"), _("上限"), _("基数")), book.quotas,
        lambda it: (it.name, f"{number(it.maximum)}{it.unit}", it.whole),
    )  # fmt: skip


def _benefits(book: RuleBook) -> TableShown:
    return _table(
        "benefits", _("支持政策"), (_("政策"), _("类别"), _("谁可以享受"), _("条件"), _("失去称号后")),
        book.benefits,
        lambda it: (
            it.name + (_("（%(rate)s）", rate=share_words(it.rate)) if it.rate is not None else ""),
            _(BENEFIT_KIND_LABELS[it.kind]), it.beneficiaries, it.eligibility,
            _("停止") if it.needs_title else _("不受影响"),
        ),
    )  # fmt: skip


def _duties(book: RuleBook) -> TableShown:
    return _table(
        "duties", _("部门职责"), (_("部门"), _("层级"), _("职责"), _("任务")), book.duties,
        lambda it: (_(DEPARTMENT_LABELS[it.department]), _(ACTOR_LABELS[it.level]), it.name, listed(it.tasks)),
    )  # fmt: skip


def _budgets(book: RuleBook) -> TableShown:
    return _table(
        "budgets", _("经费"), (_("出资方"), _("用途"), _("金额")), book.budget_lines,
        lambda it: (
            it.payer, listed(it.purposes), _("%(n)s亿元", n=number(it.amount)) if it.amount is not None else ""
        ),
    )  # fmt: skip


def _named_lists(book: RuleBook) -> TableShown:
    return _table(
        "lists", _("清单"), (_("名称"), _("内容"), _("文件所写项数")), book.lists,
        lambda it: (it.name, listed(it.items), "" if it.stated_count is None else str(it.stated_count)),
    )  # fmt: skip


_MAKERS: Final = (
    _libraries, _clocks, _windows, _notice_rules, _objections, _grounds, _credit_terms, _spot_checks, _gates,
    _exemptions, _quotas, _benefits, _duties, _budgets, _named_lists,
)  # fmt: skip
