"""Removing a mine from the directory: one officer proposes, another decides."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from greenmine.domain.act import Act
from greenmine.domain.errors import BadInput, Conflict, NotAllowed, NotFound, RuleBroken
from greenmine.domain.ground import Ground, GroundKind
from greenmine.domain.identity_number import require_no_identity_number
from greenmine.domain.instant import legal_day
from greenmine.domain.mine import DIRECTORIES, Level
from greenmine.domain.officer import Deed, Officer, require, require_other_person
from greenmine.domain.reference import Reference
from greenmine.domain.text import N_
from greenmine.store import journal
from greenmine.store.act import get_act, next_number
from greenmine.store.database import Tx
from greenmine.store.mine import MineRow, get_mine, memberships_of
from greenmine.store.notice import get_notice, items_of
from greenmine.store.removal import RemovalRow, get_removal, open_proposal
from greenmine.store.staff import signatures_of
from greenmine.usecases.record import author, record


@dataclass(frozen=True)
class RemovalProposal:
    """Who is to be removed, from the directory of which level, on what ground."""

    mine: str
    level: Level
    ground: str
    reason: str
    basis: str


@dataclass(frozen=True)
class RemovalDecision:
    """The decision: ``removed`` True or False, with organ, number, basis and reason.

    :param since: legal day from which it holds
    :param rectify_until: until when the mine may rectify and come back after a new evaluation (江西 2021)
    """

    removed: bool
    organ: str
    reason: str
    basis: str
    since: date
    decision_no: str = ""
    rectify_until: date | None = None
    notice: str | None = None


def propose_removal(tx: Tx, proposal: RemovalProposal, *, reference: Reference, officer: Officer, at: datetime) -> str:
    """Propose a removal and return its number.

    Raises BadInput, NotAllowed, RuleBroken (not listed at that level), Conflict (one is open already).
    Source: LN-12, ZJ-14, GO-20.
    """
    mine = get_mine(tx, proposal.mine)
    require(officer, Deed.PROPOSE_REMOVAL, region=mine.facts.region, regions=reference.regions)
    _require_listed(tx, mine, proposal.level)
    if open_proposal(tx, mine.id) is not None:
        raise Conflict("removal.open", N_("这座矿山已有一件移出事项待决定。"))
    if not proposal.reason.strip():
        raise BadInput("removal.reason_missing", N_("请写明移出的事实和理由。"), field="reason")
    require_no_identity_number(proposal.reason, field="reason")
    require_no_identity_number(proposal.basis, field="basis")
    ground = ground_for(reference, mine.facts.region, proposal.ground, legal_day(at))
    number = next_removal(tx, at)
    act = Act(
        kind="removal.proposed",
        object=f"removal/{number}",
        by=author(officer),
        valid_from=legal_day(at),
        facts=removal_facts(mine.id, proposal.level, ground),
        body={"reason": proposal.reason.strip(), "basis": proposal.basis.strip() or ground.name},
        basis=reference.books.basis(ground),
    )
    record(tx, act, at=at, officer=officer)
    return number


def decide_removal(
    tx: Tx, number: str, decision: RemovalDecision, *, reference: Reference, officer: Officer, at: datetime
) -> None:
    """Decide a proposed removal; never by the officer who proposed it.

    Raises Conflict (decided before), NotAllowed (same person, role, region), BadInput.
    Source: ZJ-14; 国家级绿色矿山名录移出管理工作要求 (2025-01-06); trust.md ASVS 2.3.5.
    """
    removal = get_removal(tx, number)
    require(officer, Deed.DECIDE_REMOVAL, region=removal.region, regions=reference.regions)
    if removal.state != "proposed":
        raise Conflict("removal.decided", N_("这件移出事项已经作出决定。"))
    _require_second(tx, removal, decision, officer)
    if decision.removed:
        _require_listed(tx, get_mine(tx, removal.mine), removal.level)
    if decision.notice is not None:
        _require_linked_notice(tx, decision.notice, removal)
    _check_decision(decision, removal, today=legal_day(at))
    ground = ground_for(reference, removal.region, removal.ground, removal.proposed_on)
    facts: dict[str, Any] = {
        **removal_facts(removal.mine, removal.level, ground),
        "outcome": "removed" if decision.removed else "refused",
    }
    if decision.rectify_until is not None:
        facts["rectify_until"] = decision.rectify_until.isoformat()
    if decision.notice is not None:
        facts["notice"] = decision.notice
    texts = {name: getattr(decision, name).strip() for name in ("organ", "reason", "basis", "decision_no")}
    act = Act(
        kind="removal.decided",
        object=f"removal/{number}",
        by=author(officer),
        valid_from=decision.since,
        facts=facts,
        body=texts,
        basis=reference.books.basis(ground),
    )
    record(tx, act, at=at, officer=officer)


def _require_second(tx: Tx, removal: RemovalRow, decision: RemovalDecision, officer: Officer) -> None:
    """Another person than the one who proposed.

    After ``log replay`` no journal says who that was: a removal then needs somebody none of whose seats signed
    the proposal, while a refusal, after which it can be proposed anew, harms nobody.
    """
    proposer = journal.person_of_act(tx, removal.first_act)
    require_other_person(proposer, officer)
    own = {author(officer), *signatures_of(tx, officer.id)}
    if proposer is None and decision.removed and get_act(tx, removal.first_act).by in own:
        raise NotAllowed(
            "removal.proposer_unknown",
            N_("提出人的内部记录已随旧备份丢失，同一机关不能直接决定移出。请先作不予移出，再重新提出。"),
        )


def ground_for(reference: Reference, region: str, code: str, day: date) -> Ground:
    """The ground as the rule book in force names it; BadInput when there is none of that code."""
    if code not in {ground.code for ground in reference.books.grounds(region, day)}:
        raise BadInput("removal.ground_unknown", N_("请选择移出情形。"), field="ground")
    return reference.books.ground(region, code, day)


def _require_linked_notice(tx: Tx, number: str, removal: RemovalRow) -> None:
    """The notice a decision points to exists, stands, and names this mine."""
    try:
        notice = get_notice(tx, number)
    except NotFound as unknown:
        raise BadInput(
            "removal.notice", N_("没有编号为 %(number)s 的公示公告。"), field="notice", number=number
        ) from unknown
    names_it = any(item.mine == removal.mine for item in items_of(tx, number))
    if notice.recorded == "withdrawn" or not names_it:
        raise BadInput(
            "removal.notice_other",
            N_("公告 %(number)s 已撤回，或名单中没有这座矿山。"),
            field="notice",
            number=number,
        )


def _require_listed(tx: Tx, mine: MineRow, level: Level) -> None:
    held = {DIRECTORIES[m.library] for m in memberships_of(tx, mine.id) if m.until is None and m.library in DIRECTORIES}
    if level not in held:
        raise RuleBroken("removal.not_listed", N_("这座矿山不在该级名录中，不能移出。"), field="level")


def _check_decision(decision: RemovalDecision, removal: RemovalRow, *, today: date) -> None:
    for name, sentence in (
        ("organ", N_("请填写决定机关。")),
        ("reason", N_("请写明决定理由，理由将公开。")),
        ("basis", N_("请写明决定依据。")),
    ):
        if not getattr(decision, name).strip():
            raise BadInput(f"removal.{name}_missing", sentence, field=name)
        require_no_identity_number(getattr(decision, name), field=name)
    require_no_identity_number(decision.decision_no, field="decision_no")
    if decision.since < removal.proposed_on:
        raise BadInput("removal.too_early", N_("决定日期不能早于提出日期。"), field="since")
    if decision.since > today:
        raise BadInput("removal.later", N_("决定日期不能晚于今天。"), field="since")
    if decision.rectify_until is not None and not decision.removed:
        raise BadInput("removal.rectify_refused", N_("不予移出的，不设整改期限，请删去。"), field="rectify_until")
    if decision.rectify_until is not None and decision.rectify_until <= decision.since:
        raise BadInput("removal.rectify_early", N_("整改期限须晚于决定日期。"), field="rectify_until")


def removal_facts(mine: str, level: Level, ground: Ground) -> dict[str, Any]:
    """What proposal and decision of one removal both state."""
    return {
        "mine": mine,
        "level": str(level),
        "ground": ground.code,
        "adverse": ground.kind is GroundKind.ADVERSE,
    }


def next_removal(tx: Tx, at: datetime) -> str:
    """The number of the next removal of this legal year, ``2026-0001``."""
    year = legal_day(at).year
    return f"{year}-{next_number(tx, 'removal', prefix=str(year)):04}"
