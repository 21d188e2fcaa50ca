"""Credit entries: proposed at the desk, decided by another officer, ended by their own term."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from greenmine.domain.act import Act
from greenmine.domain.credit import CreditDraft, Subject, check_credit
from greenmine.domain.errors import BadInput, NotFound, RuleBroken
from greenmine.domain.ground import CreditTerm
from greenmine.domain.instant import legal_day
from greenmine.domain.officer import Deed, Officer, require, require_other_person
from greenmine.domain.reference import Reference
from greenmine.domain.text import N_
from greenmine.store.act import next_number
from greenmine.store.credit import overdue_credits
from greenmine.store.database import Tx
from greenmine.store.mine import get_mine
from greenmine.store.removal import get_removal
from greenmine.usecases.record import author, earlier_basis, record

T = TypeVar("T")


def check_credit_draft(
    tx: Tx, draft: CreditDraft, *, deed: Deed, reference: Reference, officer: Officer, at: datetime
) -> None:
    """What must hold of an entry both when it is proposed and when it is decided.

    Raises BadInput, NotAllowed, RuleBroken: a neutral removal never leads to an entry (rules.md).
    """
    require(officer, deed, region=draft.region, regions=reference.regions)
    check_credit(draft, term_of(reference, draft), today=legal_day(at))
    if draft.mine is not None:
        mine = _known(partial(get_mine, tx, draft.mine), field="mine", sentence=N_("没有这个编号的矿山。"))
        if not reference.regions.contains(draft.region, mine.facts.region):
            raise BadInput("credit.mine_elsewhere", N_("这座矿山不在该行政区内。"), field="mine")
    if draft.removal is not None:
        _require_adverse(tx, draft, reference)


def term_of(reference: Reference, draft: CreditDraft) -> CreditTerm:
    """The term that the rules in force on the day of the decision give; BadInput when they give none."""
    try:
        return reference.books.credit_term(draft.region, draft.level, draft.decided)
    except NotFound as missing:
        raise BadInput(
            "credit.no_term", N_("决定之日施行的规则中没有这一等级的公示期限，不能公示。"), field="decided"
        ) from missing


def _known(read: Callable[[], T], *, field: str, sentence: str) -> T:
    """What ``read`` finds; that there is no such thing is told beside the field."""
    try:
        return read()
    except NotFound as unknown:
        raise BadInput(f"credit.{field}_unknown", sentence, field=field) from unknown


def _require_adverse(tx: Tx, draft: CreditDraft, reference: Reference) -> None:
    number = str(draft.removal)
    removal = _known(partial(get_removal, tx, number), field="removal", sentence=N_("没有这个编号的移出事项。"))
    if not reference.regions.contains(draft.region, removal.region):
        raise BadInput("credit.removal_elsewhere", N_("所依据的移出事项不在该行政区内。"), field="removal")
    if removal.state != "removed":
        raise RuleBroken("credit.removal_open", N_("所依据的移出事项尚未作出移出决定。"), field="removal")
    if draft.mine is not None and removal.mine != draft.mine:
        raise BadInput("credit.removal_other", N_("所依据的移出事项不是这座矿山的。"), field="removal")
    if not removal.adverse:
        raise RuleBroken(
            "credit.neutral", N_("闭坑、资源枯竭、自愿退出等中性移出，不得列入失信信息。"), field="removal"
        )


def add_credit(
    tx: Tx,
    draft: CreditDraft,
    *,
    proposed_by: int,
    salt: str,
    reference: Reference,
    officer: Officer,
    at: datetime,
) -> str:
    """Decide and publish an entry; returns its number. Only the salted body names anyone.

    :param proposed_by: staff id of the officer who proposed it
    :param salt: 64 random hex digits, so that nobody finds the subject by hashing guesses once the body is gone
    Source: LN-13, ZJ-14; trust.md ASVS 2.3.5 (two different officers).
    """
    check_credit_draft(tx, draft, deed=Deed.DECIDE_CREDIT, reference=reference, officer=officer, at=at)
    require_other_person(proposed_by, officer)
    year = legal_day(at).year
    number = f"{year}-{next_number(tx, 'credit', prefix=str(year)):04}"
    act = Act(
        kind="credit.added",
        object=f"credit/{number}",
        by=author(officer),
        valid_from=legal_day(at),
        facts={
            "register": str(draft.level),
            "subject": str(draft.subject),
            "region": draft.region,
            "from": legal_day(at).isoformat(),
            "until": draft.until.isoformat(),
        },
        body=_body(draft, salt=salt),
        basis=reference.books.basis(term_of(reference, draft)),
    )
    record(tx, act, at=at, officer=officer)
    return number


def _body(draft: CreditDraft, *, salt: str) -> dict[str, str]:
    """Everything that names or leads to the subject; removed when the entry ends."""
    texts = {name: getattr(draft, name).strip() for name in ("name", "conduct", "basis", "decision_no", "organ")}
    return {
        "salt": salt,
        **texts,
        "decided": draft.decided.isoformat(),
        **({"credit_code": draft.credit_code} if draft.subject is Subject.FIRM else {}),
        **({"mine": draft.mine} if draft.mine else {}),
        **({"removal": draft.removal} if draft.removal else {}),
    }


def end_due_credits(tx: Tx, *, today: date, at: datetime) -> int:
    """Record the end of every entry past its term and remove what named its subject; returns how many.

    Source: 信用修复管理办法 (publication stops by itself at the maximum); design.md "Versions and time".
    """
    due = overdue_credits(tx, today=today)
    for number, body in due:
        act = Act(
            kind="credit.ended",
            object=f"credit/{number}",
            by=author(None),
            valid_from=today,
            facts={"reason": "term", "removes": [body]},
            basis=earlier_basis(tx, f"credit/{number}"),  # the term the entry was decided with is the one that ends it
        )
        record(tx, act, at=at, officer=None)
    return len(due)
