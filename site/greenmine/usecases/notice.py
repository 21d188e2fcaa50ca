"""Publishing, correcting, withdrawing, closing and recounting notices."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from greenmine.domain.act import Act, Basis
from greenmine.domain.errors import BadInput, Conflict, NotFound, RuleBroken
from greenmine.domain.identity_number import require_no_identity_number
from greenmine.domain.instant import legal_day, utc_text
from greenmine.domain.notice import (
    NoticeDraft,
    NoticeState,
    check_draft,
    objection_terms,
    require_closable,
    require_outcomes,
)
from greenmine.domain.notice_kind import NoticeKind
from greenmine.domain.notice_term import require_long_enough
from greenmine.domain.objection import require_answered
from greenmine.domain.officer import Deed, Officer, require, require_notice_level
from greenmine.domain.period import Period, PeriodRule, PeriodUnit, count_period
from greenmine.domain.provision import Provision
from greenmine.domain.reference import Reference
from greenmine.domain.text import N_
from greenmine.domain.unseen import require_seen
from greenmine.store.act import next_number
from greenmine.store.database import Tx
from greenmine.store.mine import regions_of
from greenmine.store.notice import NoticeRow, attachments_of, get_notice, items_of, recountable_notices
from greenmine.store.objection import objections_to, redate_objections
from greenmine.usecases.mine import Listing, enlist_mine
from greenmine.usecases.record import author, earlier_basis, paper_fact, record


def publish_notice(
    tx: Tx,
    draft: NoticeDraft,
    *,
    reference: Reference,
    officer: Officer | None,
    at: datetime,
    paper: str | None = None,
) -> str:
    """Publish a notice and return its number; ``officer`` None: an operator imports a printed one.

    :param paper: SHA-256 of the printed list it is imported from; None where it is published here
    Raises BadInput beside the field, NotAllowed (role, level, region; mines outside the issuer's region),
    RuleBroken (a 公示 over already, or open for fewer days than the rule book gives).
    Source: ZJ-11, ZJ-13; rules.md "Notices as they are really written".
    """
    check_draft(draft)
    if officer is not None:
        require(officer, Deed.PUBLISH_NOTICE, region=draft.region, regions=reference.regions)
        require_notice_level(officer, draft.level)
    _require_mines(tx, draft, reference)
    period = counted(draft, reference=reference)
    if officer is not None and period is not None:
        require_long_enough(draft, period, reference=reference, at=at)
    day = legal_day(at)
    number = f"{day.year}-{next_number(tx, 'notice', prefix=str(day.year)):04}"
    act = Act(
        kind="notice.published",
        object=f"notice/{number}",
        by=author(officer),
        valid_from=day,
        facts={**_facts(draft, period), **paper_fact(paper)},
        body=_body(draft),
        basis=rules_of(draft, reference=reference, day=day) if officer is not None else (),
        calendar=reference.calendar.version if draft.period else None,
    )
    record(tx, act, at=at, officer=officer)
    return number


def rules_of(draft: NoticeDraft, *, reference: Reference, day: date) -> tuple[Basis, ...]:
    """The provisions a notice rests on: the rule for its kind, and the objection rule whose terms it prints.

    A kind that no book in force regulates, and terms that the issuer wrote itself, rest on none.
    """
    books, found = reference.books, list[Provision]()
    with suppress(NotFound):
        found.append(books.notice_rule(draft.region, NoticeKind(draft.kind), day))
    with suppress(NotFound):
        rule = books.objection_rule(draft.region, str(draft.objection.get("rule", "")), day)
        found += [rule] if objection_terms(rule) == dict(draft.objection) else []
    return books.basis(*found)


def counted(draft: NoticeDraft, *, reference: Reference) -> Period | None:
    """The period the draft's rule gives, for preview and for the act; None for an announcement."""
    if draft.period is None:
        return None
    if draft.first_day is None:
        raise BadInput("notice.first_day_missing", N_("请填写公示起始日期。"), field="first_day")
    return count_period(draft.period, start=draft.first_day, calendar=reference.calendar, end=draft.last_day)


def _require_mines(tx: Tx, draft: NoticeDraft, reference: Reference) -> None:
    numbers = [item.mine for item in draft.items if item.mine]
    known = regions_of(tx, numbers)
    for number in numbers:
        if number not in known:
            raise BadInput("notice.mine_unknown", N_("没有编号为 %(mine)s 的矿山。"), field="items", mine=number)
        if not reference.regions.contains(draft.region, known[number]):
            raise BadInput(
                "notice.mine_elsewhere",
                N_("矿山 %(mine)s 不在发布机关的辖区内。"),
                field="items",
                mine=number,
            )


def _facts(draft: NoticeDraft, period: Period | None) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "notice_kind": draft.kind,
        "level": str(draft.level),
        "region": draft.region,
        "mines": [item.mine for item in draft.items if item.mine],
        "attachments": [attachment.sha256 for attachment in draft.attachments],
    }
    if draft.enters is not None:
        facts["enters"] = str(draft.enters)
    if draft.period is not None and period is not None:
        facts |= rule_facts(draft.period) | period_facts(period)
    return facts


def rule_facts(rule: PeriodRule) -> dict[str, Any]:
    """A counting rule as envelope fields."""
    facts: dict[str, Any] = {
        "unit": str(rule.unit),
        "first_day_counted": rule.first_day_counted,
        "rolls_over": rule.rolls_over,
    }
    if rule.days is not None:
        facts["days"] = rule.days
    if rule.cutoff is not None:
        facts["cutoff"] = rule.cutoff.strftime("%H:%M")
    return facts


def period_facts(period: Period) -> dict[str, Any]:
    """A counted period as envelope fields."""
    return {
        "first_day": period.start.isoformat(),
        "last_day": period.last_day.isoformat(),
        "ends_at": utc_text(period.ends_at),
        "provisional": period.provisional,
    }


def _body(draft: NoticeDraft) -> dict[str, Any]:
    items = [
        {
            "name": item.name,
            "cells": list(item.cells),
            **({"mine": item.mine} if item.mine else {}),
            **({"note": item.note} if item.note else {}),
        }
        for item in draft.items
    ]
    files = [
        {"sha256": a.sha256, "name": a.name, "media_type": a.media_type, "size": a.size} for a in draft.attachments
    ]
    texts = {name: getattr(draft, name) for name in ("title", "number", "issuer", "text", "contact", "source")}
    return {
        **texts,
        "columns": list(draft.columns),
        "items": items,
        "attachments": files,
        "objection": dict(draft.objection),
    }


def close_notice(
    tx: Tx,
    number: str,
    *,
    listed: frozenset[str],
    reasons: Mapping[str, str],
    result: str,
    listing: Listing | None,
    reference: Reference,
    officer: Officer,
    at: datetime,
) -> None:
    """Close a notice after its end; the listed mines enter the library it was for, in the same transaction.

    :param listed: numbers of the mines that are taken
    :param reasons: for each mine that is not, why (public)
    :param listing: decision that lists them; required when the notice enters a library and mines are listed
    Raises RuleBroken (still running, closed before, objections unanswered), BadInput, NotAllowed.
    Source: ZJ-11, ZJ-13, GO-16.
    """
    notice = _own_notice(tx, number, Deed.CLOSE_NOTICE, reference, officer)
    require_closable(notice.state(at), provisional=notice.provisional)
    require_answered(objections_to(tx, number).waiting)
    mines = frozenset(item.mine for item in items_of(tx, number) if item.mine)
    require_outcomes(mines=mines, listed=listed, reasons=reasons)
    _check_result(result, reasons)
    act = Act(
        kind="notice.closed",
        object=f"notice/{number}",
        by=author(officer),
        valid_from=legal_day(at),
        facts={"listed": sorted(listed), "dropped": sorted(mines - listed)},
        body={"result": result.strip(), "reasons": {m: reasons[m] for m in sorted(mines - listed)}},
        basis=earlier_basis(tx, f"notice/{number}"),
    )
    record(tx, act, at=at, officer=officer)
    if notice.enters is not None:
        _enlist(tx, notice, listed=listed, listing=listing, officer=officer, at=at)


def _check_result(result: str, reasons: Mapping[str, str]) -> None:
    if not result.strip():
        raise BadInput("notice.result_missing", N_("请填写公示结果。"), field="result")
    for field, text in {"result": result, **{f"reason-{mine}": said for mine, said in reasons.items()}}.items():
        require_no_identity_number(text, field=field)


def _enlist(
    tx: Tx, notice: NoticeRow, *, listed: frozenset[str], listing: Listing | None, officer: Officer, at: datetime
) -> None:
    if listed and (listing is None or listing.library is not notice.enters):
        raise BadInput("notice.decision_missing", N_("请填写纳入名录的决定机关和日期。"), field="organ")
    if listing is None:
        return
    if notice.last_day is not None and listing.since < notice.last_day:
        raise BadInput("notice.decision_early", N_("纳入日期不能早于公示期最后一日。"), field="since")
    if listing.since > legal_day(at):
        raise BadInput("notice.decision_later", N_("纳入日期不能晚于今天。"), field="since")
    for field in ("organ", "decision_no", "batch_name"):
        require_no_identity_number(getattr(listing, field), field=field)
    if listed and not listing.organ.strip():
        raise BadInput("notice.organ_missing", N_("请填写决定机关。"), field="organ")
    basis, decided = earlier_basis(tx, f"notice/{notice.id}"), replace(listing, notice=notice.id)
    for mine in sorted(listed):
        enlist_mine(tx, mine, decided, basis=basis, officer=officer, at=at)


def correct_notice(
    tx: Tx,
    number: str,
    *,
    title: str,
    text: str,
    contact: str,
    reason: str,
    seen_act: int,
    reference: Reference,
    officer: Officer,
    at: datetime,
) -> None:
    """Correct the words of a notice; its list, period and attachments stay as published.

    Raises Conflict when the notice has changed since ``seen_act``, BadInput, NotAllowed, RuleBroken (withdrawn).
    """
    notice = _own_notice(tx, number, Deed.CORRECT_NOTICE, reference, officer)
    if notice.recorded == "withdrawn":
        raise RuleBroken("notice.withdrawn", N_("已撤回的公示公告不能更正。"))
    if notice.last_act != seen_act:
        raise Conflict("notice.changed_meanwhile", N_("您打开后，这件公示公告已有变化，请核对后再提交。"))
    if not title.strip():
        raise BadInput("notice.title_missing", N_("请填写标题。"), field="title")
    require_seen(title, field="title")
    require_seen(contact, field="contact")
    for name, words in (("title", title), ("text", text), ("contact", contact), ("reason", reason)):
        require_no_identity_number(words, field=name)
    if not (text.strip() or items_of(tx, number) or attachments_of(tx, number)):
        raise BadInput("notice.empty", N_("请填写正文、名单或附件中的至少一项。"), field="text")
    if not reason.strip():
        raise BadInput("notice.reason_missing", N_("请写明更正理由，理由将公开。"), field="reason")
    if (title, text, contact) == (notice.title, notice.text, notice.contact):
        raise BadInput("notice.nothing_changed", N_("没有任何改动。"))
    body = {"title": title, "text": text, "contact": contact, "reason": reason.strip()}
    act = _about(tx, number, "notice.corrected", officer=officer, at=at, body=body)
    record(tx, act, at=at, officer=officer)


def withdraw_notice(tx: Tx, number: str, *, reason: str, reference: Reference, officer: Officer, at: datetime) -> None:
    """Withdraw a notice; the page stays and says so. Raises RuleBroken once it is closed or withdrawn."""
    notice = _own_notice(tx, number, Deed.WITHDRAW_NOTICE, reference, officer)
    if notice.state(at) in (NoticeState.CLOSED, NoticeState.WITHDRAWN):
        raise RuleBroken("notice.not_open", N_("这件公示公告已经办结或撤回。"))
    if not reason.strip():
        raise BadInput("notice.reason_missing", N_("请写明撤回理由，理由将公开。"), field="reason")
    require_no_identity_number(reason, field="reason")
    body = {"reason": reason.strip()}
    act = _about(tx, number, "notice.withdrawn", officer=officer, at=at, body=body)
    record(tx, act, at=at, officer=officer)


def due_recounts(tx: Tx, *, reference: Reference, at: datetime) -> list[tuple[NoticeRow, Period]]:
    """Notices whose end the calendar of today puts elsewhere than the one they were counted with; reads only.

    Provisional ends, and the ends of notices still running when a year's calendar is amended after they were
    published (春节 2020: 国办发明电〔2020〕1号). What was settled never becomes provisional again, and an end
    that readers were promised is not moved into the past. Source: trust.md 23.
    """
    found = []
    for notice in recountable_notices(tx, calendar=reference.calendar.version, now=at):
        start = notice.first_day or notice.published_on
        period = count_period(rule_of(notice), start=start, calendar=reference.calendar)
        if _moves(notice, period, at=at):
            found.append((notice, period))
    return found


def _moves(notice: NoticeRow, period: Period, *, at: datetime) -> bool:
    if (period.last_day, period.ends_at, period.provisional) == (notice.last_day, notice.ends_at, notice.provisional):
        return False
    return notice.provisional or not (period.provisional or period.is_over(at))


def recount_notices(tx: Tx, *, reference: Reference, at: datetime) -> int:
    """Record every end that :func:`due_recounts` finds elsewhere; returns how many."""
    due = due_recounts(tx, reference=reference, at=at)
    for notice, period in due:
        facts = period_facts(period)
        facts.pop("first_day")
        act = Act(
            kind="notice.recounted",
            object=f"notice/{notice.id}",
            by=author(None),
            valid_from=legal_day(at),
            facts=facts,
            basis=earlier_basis(tx, f"notice/{notice.id}"),
            calendar=reference.calendar.version,
        )
        record(tx, act, at=at, officer=None)
        redate_objections(tx, notice.id, last_day=period.last_day, provisional=period.provisional)
    return len(due)


def rule_of(notice: NoticeRow) -> PeriodRule:
    """The counting rule a notice was published with."""
    cutoff = datetime.strptime(notice.cutoff, "%H:%M").time() if notice.cutoff else None  # noqa: DTZ007 - an hour
    return PeriodRule(
        unit=PeriodUnit(notice.unit or "dates"),
        days=notice.days,
        first_day_counted=bool(notice.first_day_counted),
        rolls_over=bool(notice.rolls_over),
        cutoff=cutoff,
    )


def _own_notice(tx: Tx, number: str, deed: Deed, reference: Reference, officer: Officer) -> NoticeRow:
    notice = get_notice(tx, number)
    require(officer, deed, region=notice.region, regions=reference.regions)
    require_notice_level(officer, notice.level)
    return notice


def _about(tx: Tx, number: str, kind: str, *, officer: Officer, at: datetime, body: Mapping[str, Any]) -> Act:
    """An act on a notice; it names the mines of the list, so that it stands on their timelines too (ZJ-15)."""
    mines = [item.mine for item in items_of(tx, number) if item.mine]
    return Act(
        kind=kind,
        object=f"notice/{number}",
        by=author(officer),
        valid_from=legal_day(at),
        facts={"mines": mines},
        body=body,
    )
