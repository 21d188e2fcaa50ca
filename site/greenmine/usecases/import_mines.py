"""Importing a printed list: every mine and every act of it in one transaction, or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from greenmine.domain.act import Act
from greenmine.domain.errors import BadInput, Conflict, RuleBroken
from greenmine.domain.import_preview import KnownMine, Preview, preview_list
from greenmine.domain.instant import legal_day
from greenmine.domain.mine import DIRECTORIES, Level, Library
from greenmine.domain.mine_facts import MineFacts
from greenmine.domain.mine_list import ListedMine, MineList
from greenmine.domain.notice import NoticeDraft, NoticeItem
from greenmine.domain.notice_kind import NoticeKind
from greenmine.domain.period import PeriodRule, PeriodUnit
from greenmine.domain.reference import Reference
from greenmine.domain.region import COUNTRY
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.mine import known_mines, memberships_of
from greenmine.store.removal import open_proposal
from greenmine.usecases.mine import Listing, enlist_mine, register_mine
from greenmine.usecases.notice import publish_notice
from greenmine.usecases.record import author, paper_fact, record
from greenmine.usecases.removal import ground_for, next_removal, removal_facts


class ListAct(StrEnum):
    """What a printed list does to the mines it names."""

    LISTED = "listed"  # 纳入
    NOTICED = "noticed"  # 公示
    PILOT = "pilot"  # 试点公示: nothing is entered when it ends
    REMOVED = "removed"  # 移出


LIST_ACT_LABELS: Final[Mapping[ListAct, str]] = {
    ListAct.LISTED: N_("纳入"),
    ListAct.NOTICED: N_("公示"),
    ListAct.PILOT: N_("试点公示"),
    ListAct.REMOVED: N_("移出"),
}

_NOTICES: Final = frozenset({ListAct.NOTICED, ListAct.PILOT})
_NOTICE_KINDS: Final = {
    Level.COUNTY: NoticeKind.COUNTY_CHECK,
    Level.CITY: NoticeKind.CITY_LIST,
    Level.PROVINCIAL: NoticeKind.PROVINCE_LIST,
    Level.NATIONAL: NoticeKind.NATIONAL_LIST,
}
_LIBRARIES: Final = {level: library for library, level in DIRECTORIES.items()}

Progress = Callable[[int], None]
"""Called with the number of rows done so far."""


@dataclass(frozen=True)
class PrintedDecision:
    """What the paper around the list says.

    :param paper: SHA-256 of the file's bytes: the acts name what they were recorded from, as no rule book decided them
    :param day: legal day of the decision or of the notice
    :param region: code of the authority's region; 000000 for a national list
    :param ground: code of the removal ground (移出 only); the lists themselves rarely print it
    :param first_day, last_day: the printed period (公示 and 试点公示)
    :param allow_unplaced: register mines whose region is not known under 000000, to be corrected later
    """

    act: ListAct
    name: str
    level: Level
    day: date
    region: str
    organ: str
    paper: str
    number: str = ""
    ground: str = ""
    first_day: date | None = None
    last_day: date | None = None
    allow_unplaced: bool = False


@dataclass(frozen=True)
class ImportResult:
    """What was recorded. Numbers are public numbers of mines, in the order of the rows.

    :param already: mines that stood in the library before; nothing was recorded for them
    """

    registered: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    already: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    notice: str | None = None
    numbers: Mapping[int, str] = field(default_factory=dict)


def known_for_import(tx: Tx) -> tuple[KnownMine, ...]:
    """Every registered mine, as an import compares with it."""
    return tuple(KnownMine(r.id, r.name, r.holder, r.region, r.name_key) for r in known_mines(tx))


def import_mines(
    tx: Tx,
    mines: MineList,
    decision: PrintedDecision,
    *,
    expected: Mapping[int, str],
    reference: Reference,
    at: datetime,
    progress: Progress | None = None,
) -> ImportResult:
    """Register what is new and record what the list decided, as acts of the system.

    :param expected: ``Preview.identified`` as the person saw it; Conflict when the register has moved on since
    Raises BadInput (missing region, level, ground or period), RuleBroken (removal of a mine not listed), Conflict.
    """
    _check_decision(mines, decision, reference=reference, at=at)
    preview = preview_list(mines, known=known_for_import(tx), regions=reference.regions)
    if dict(preview.identified) != dict(expected):
        raise Conflict("import.moved_on", N_("预览之后名录已有变化，请重新预览再导入。"))
    _check_rows(preview, decision)
    numbers = _register_rows(tx, preview, decision, reference=reference, at=at, progress=progress)
    registered = tuple(numbers[mine.row] for mine in preview.new_mines)
    matched = tuple(dict.fromkeys(preview.identified.values()))
    done = _record_act(tx, preview, decision, numbers, reference=reference, at=at)
    return ImportResult(registered=registered, matched=matched, numbers=numbers, **done)


def _check_decision(mines: MineList, decision: PrintedDecision, *, reference: Reference, at: datetime) -> None:
    if not decision.name.strip() or not decision.organ.strip():
        raise BadInput("import.paper_missing", N_("请写明名单名称和发布机关。"), field="name")
    if reference.regions.find(decision.region) is None:
        raise BadInput("import.region_unknown", N_("没有代码为%(region)s的行政区。"), region=decision.region)
    if decision.day > legal_day(at):
        raise BadInput("import.day_ahead", N_("名单日期晚于今天。"), field="day")
    if decision.act is ListAct.LISTED and decision.level not in _LIBRARIES:
        raise BadInput("import.no_directory", N_("县级没有绿色矿山名录。"), field="level")
    if decision.act in _NOTICES and (decision.first_day is None or decision.last_day is None):
        raise BadInput("import.period_missing", N_("导入公示名单须写明公示的起止日期。"), field="first_day")
    other = next((mine for mine in mines.mines if mine.level not in {None, decision.level}), None)
    if other is not None:
        raise BadInput("import.level_differs", N_("第%(row)s行写明的级别与所选级别不同。"), row=other.row)


def _check_rows(preview: Preview, decision: PrintedDecision) -> None:
    unplaced = [mine for mine in preview.new_mines if mine.region is None]
    if unplaced and not decision.allow_unplaced:
        raise BadInput(
            "import.no_region",
            N_("第%(rows)s行没有找到所在地区，请在文件中补上地区，或说明暂缺。"),
            rows="、".join(str(mine.row) for mine in unplaced),
        )
    if decision.act is ListAct.REMOVED and preview.new_mines:
        first = preview.new_mines[0]
        raise RuleBroken(
            "import.removal_unknown",
            N_("第%(row)s行“%(name)s”没有登记，不能移出；请先导入纳入它的名单。"),
            row=first.row,
            name=first.name,
        )


def _register_rows(
    tx: Tx,
    preview: Preview,
    decision: PrintedDecision,
    *,
    reference: Reference,
    at: datetime,
    progress: Progress | None,
) -> dict[int, str]:
    """Row number → public number, registering what is new; a repeat has the number of the row it repeats."""
    numbers: dict[int, str] = dict(preview.identified)
    for done, mine in enumerate(preview.list.mines, start=1):
        if mine.row in preview.repeats:
            numbers[mine.row] = numbers[preview.repeats[mine.row]]
        elif mine.row not in numbers:
            facts = _facts_of(mine, source=decision.name)
            numbers[mine.row] = register_mine(
                tx, facts, reference=reference, officer=None, at=at, since=decision.day, paper=decision.paper
            )
        if progress is not None:
            progress(done)
    return numbers


def _facts_of(mine: ListedMine, *, source: str) -> MineFacts:
    return MineFacts(
        name=mine.name,
        region=mine.region or COUNTRY,
        holder=mine.holder,
        credit_code=mine.credit_code,
        mineral=mine.mineral,
        mineral_class=mine.mineral_class,
        capacity=mine.capacity,
        permit_no=mine.permit_no,
        scale=mine.scale,
        method=mine.method,
        source=source,
    )


def _record_act(
    tx: Tx,
    preview: Preview,
    decision: PrintedDecision,
    numbers: Mapping[int, str],
    *,
    reference: Reference,
    at: datetime,
) -> dict[str, Any]:
    wanted = tuple(dict.fromkeys(numbers[mine.row] for mine in preview.list.mines))
    if decision.act in _NOTICES:
        draft = _draft(preview, decision, numbers)
        paper = decision.paper
        return {"notice": publish_notice(tx, draft, reference=reference, officer=None, at=at, paper=paper)}
    if decision.act is ListAct.LISTED:
        return _enlist(tx, wanted, decision, at=at)
    for mine in wanted:
        _remove(tx, mine, decision, reference=reference, at=at)
    return {"removed": wanted}


def _enlist(tx: Tx, mines: tuple[str, ...], decision: PrintedDecision, *, at: datetime) -> dict[str, Any]:
    library = _LIBRARIES[decision.level]
    listing = Listing(
        library=library,
        since=decision.day,
        decision_no=decision.number,
        organ=decision.organ,
        batch_name=decision.name,
        paper=decision.paper,
    )
    already = tuple(mine for mine in mines if _stands_in(tx, mine, library))
    listed = tuple(mine for mine in mines if mine not in set(already))
    for mine in listed:
        enlist_mine(tx, mine, listing, officer=None, at=at)
    return {"listed": listed, "already": already}


def _stands_in(tx: Tx, mine: str, library: Library) -> bool:
    return any(m.library is library and m.until is None for m in memberships_of(tx, mine))


def _draft(preview: Preview, decision: PrintedDecision, numbers: Mapping[int, str]) -> NoticeDraft:
    rows = {row.number: row.cells for row in preview.list.table.rows}
    items = tuple(
        NoticeItem(
            name=mine.name,
            cells=rows[mine.row],
            mine=None if mine.row in preview.repeats else numbers[mine.row],
            note=mine.note,
        )
        for mine in preview.list.mines
    )
    is_pilot = decision.act is ListAct.PILOT
    return NoticeDraft(
        kind=NoticeKind.PILOT if is_pilot else _NOTICE_KINDS[decision.level],
        level=decision.level,
        region=decision.region,
        title=decision.name,
        issuer=decision.organ,
        number=decision.number,
        columns=preview.list.table.heading,
        items=items,
        enters=None if is_pilot else _LIBRARIES.get(decision.level),
        period=PeriodRule(unit=PeriodUnit.DATES, days=None, first_day_counted=True, rolls_over=False, cutoff=None),
        first_day=decision.first_day,
        last_day=decision.last_day,
    )


def _remove(tx: Tx, mine: str, decision: PrintedDecision, *, reference: Reference, at: datetime) -> None:
    """A removal decided elsewhere: proposal and decision as two acts, so that its page reads as any other.

    The mine must stand in a directory of that level. Source: ZJ-14, LN-12; 移出工作要求 (2025-01-06).
    """
    library = _LIBRARIES.get(decision.level)
    if library is None or not _stands_in(tx, mine, library):
        raise RuleBroken("removal.not_listed", N_("矿山%(mine)s不在该级名录中，不能移出。"), mine=mine)
    if (open_number := open_proposal(tx, mine)) is not None:
        raise Conflict(
            "removal.open", N_("矿山%(mine)s有移出事项%(number)s待决定，请先作出决定。"), mine=mine, number=open_number
        )
    ground = ground_for(reference, decision.region, decision.ground, decision.day)
    number, facts = next_removal(tx, at), removal_facts(mine, decision.level, ground) | paper_fact(decision.paper)
    words = {"reason": decision.name, "basis": decision.number or ground.name}
    steps: tuple[tuple[str, Mapping[str, Any], Mapping[str, str]], ...] = (
        ("removal.proposed", facts, words),
        (
            "removal.decided",
            {**facts, "outcome": "removed"},
            {**words, "organ": decision.organ, "decision_no": decision.number},
        ),
    )
    for kind, step_facts, body in steps:
        act = Act(
            kind=kind,
            object=f"removal/{number}",
            by=author(None),
            valid_from=decision.day,
            facts=step_facts,
            body=body,
        )
        record(tx, act, at=at, officer=None)
