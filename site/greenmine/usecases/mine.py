"""Registering a mine, correcting its facts, and entering it into a library."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from greenmine.domain.act import Act, Basis
from greenmine.domain.errors import BadInput, Conflict, RuleBroken
from greenmine.domain.instant import legal_day
from greenmine.domain.mine import DIRECTORIES, STAGES, Library
from greenmine.domain.mine_facts import CODES, MineFacts, changed, check_facts, codes_of, texts_of
from greenmine.domain.officer import Deed, Officer, require
from greenmine.domain.reference import Reference
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.mine import get_mine, memberships_of, next_mine_number
from greenmine.usecases.record import author, paper_fact, record


@dataclass(frozen=True)
class Listing:
    """The decision that puts a mine into a library.

    :param paper: SHA-256 of the printed list it was recorded from; None where it was decided here
    """

    library: Library
    since: date
    decision_no: str = ""
    organ: str = ""
    batch_name: str = ""
    notice: str | None = None
    paper: str | None = None


def register_mine(
    tx: Tx,
    facts: MineFacts,
    *,
    reference: Reference,
    officer: Officer | None,
    at: datetime,
    since: date | None = None,
    paper: str | None = None,
) -> str:
    """Register a mine and return its public number. Raises BadInput, NotAllowed.

    :param paper: SHA-256 of the printed list it is registered from; None where it is registered here
    """
    check_facts(facts, reference, today=legal_day(at))
    if officer is not None:
        require(officer, Deed.REGISTER_MINE, region=facts.region, regions=reference.regions)
    number = next_mine_number(tx, facts.region)
    act = Act(
        kind="mine.registered",
        object=f"mine/{number}",
        by=author(officer),
        valid_from=since or legal_day(at),
        facts={**codes_of(facts), **paper_fact(paper)},
        body=texts_of(facts),
    )
    record(tx, act, at=at, officer=officer)
    return number


def correct_mine(
    tx: Tx,
    number: str,
    facts: MineFacts,
    *,
    reason: str,
    seen_act: int,
    reference: Reference,
    officer: Officer,
    at: datetime,
) -> None:
    """Correct a mine's facts as one act with its reason.

    :param seen_act: ``last_act`` of the mine as the officer saw it; Conflict when it has moved on
    Raises BadInput (nothing changed, no reason, bad facts), NotAllowed (old or new region), Conflict.
    """
    mine = get_mine(tx, number)
    require(officer, Deed.CORRECT_MINE, region=mine.facts.region, regions=reference.regions)
    if mine.last_act != seen_act:
        raise Conflict("mine.changed_meanwhile", N_("您打开后，这座矿山的信息已有变化，请核对后再提交。"))
    check_facts(facts, reference, today=legal_day(at))
    require(officer, Deed.CORRECT_MINE, region=facts.region, regions=reference.regions)
    if not reason.strip():
        raise BadInput("mine.reason_missing", N_("请写明更正理由，理由将公开。"), field="reason")
    differences = changed(mine.facts, facts)
    if not differences:
        raise BadInput("mine.nothing_changed", N_("没有任何改动。"))
    record(tx, _correction(number, facts, differences, reason=reason, officer=officer, at=at), at=at, officer=officer)


def _correction(
    number: str,
    facts: MineFacts,
    differences: Mapping[str, tuple[Any, Any]],
    *,
    reason: str,
    officer: Officer,
    at: datetime,
) -> Act:
    codes = {name: value for name, value in codes_of(facts).items() if name in differences}
    cleared = sorted(name for name in differences if name in CODES and getattr(facts, name) is None)
    texts = {
        name: list(after) if isinstance(after, tuple) else after
        for name, (_, after) in differences.items()
        if name not in CODES
    }
    return Act(
        kind="mine.changed",
        object=f"mine/{number}",
        by=author(officer),
        valid_from=legal_day(at),
        facts={name: value for name, value in (("set", codes), ("cleared", cleared)) if value},
        body={"changes": texts, "reason": reason.strip()},
    )


def _require_open(tx: Tx, number: str, library: Library) -> None:
    mine = get_mine(tx, number)
    current = {membership.library for membership in memberships_of(tx, mine.id) if membership.until is None}
    if library in current:
        raise RuleBroken("directory.already_in", N_("矿山 %(mine)s 已在该名录（库）中。"), field="listed", mine=number)
    if library in STAGES and current & DIRECTORIES.keys():
        raise RuleBroken("directory.listed", N_("矿山 %(mine)s 已在名录中，不能再进入创建阶段。"), mine=number)


def enlist_mine(
    tx: Tx,
    number: str,
    listing: Listing,
    *,
    officer: Officer | None,
    at: datetime,
    basis: tuple[Basis, ...] = (),
) -> None:
    """Enter a mine into a library. The right to do so is checked by the use case that decided it, and what it rests on.

    Raises NotFound, RuleBroken: in it already, or back to a stage while it stands in a directory (LN-01).
    """
    _require_open(tx, number, listing.library)
    facts: dict[str, Any] = {"library": str(listing.library)}
    if listing.notice is not None:
        facts["notice"] = listing.notice
    facts |= paper_fact(listing.paper)
    texts = {name: getattr(listing, name) for name in ("decision_no", "organ", "batch_name")}
    act = Act(
        kind="directory.listed",
        object=f"mine/{number}",
        by=author(officer),
        valid_from=listing.since,
        facts=facts,
        body={name: value for name, value in texts.items() if value},
        basis=basis,
    )
    record(tx, act, at=at, officer=officer)
