"""Parts of a notice's page: how to object, what was corrected or withdrawn, the acts in order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from greenmine.domain.act import KINDS
from greenmine.domain.instant import day_starts, legal_day
from greenmine.domain.notice import Attachment, NoticeState
from greenmine.domain.notice_rule import (
    OBJECTION_FORM_LABELS,
    OBJECTION_PART_LABELS,
    REFUSAL_LABELS,
    ObjectionForm,
    ObjectionPart,
    Refusal,
)
from greenmine.domain.noun import DOCUMENT, MINE, NOTICE, public_address
from greenmine.domain.objection import OBJECTION_OUTCOME_LABELS
from greenmine.domain.region import COUNTRY, Regions
from greenmine.store.act import ActRow, Removal
from greenmine.store.database import Tx
from greenmine.store.notice import ItemRow, NoticeRow
from greenmine.store.objection import ObjectionCount, count_objections
from greenmine.usecases.objection import terms_of_notice
from greenmine.web.act_words import act_moment, act_step, act_title, sentences
from greenmine.web.formats import Tone
from greenmine.web.formats import day as day_words
from greenmine.web.i18n import gettext as _
from greenmine.web.parts import Change, FileShown, Step
from greenmine.web.public.document_words import media_word
from greenmine.web.public.notice_period import PeriodShown

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, kw_only=True)
class ObjectionShown:
    """How to object, in words; lists are empty where the notice does not say.

    :param accepted: False for an announcement that takes none
    :param until: the last second that is in time, empty when there is no period
    :param online: address of the site's own form, empty when this notice takes no objection through it now
    :param as_written: the site's form counts as a written one, because the notice does not name it
    :param told: how many objections came and were answered, empty when none came
    """

    accepted: bool
    is_open: bool
    opens: str
    until: str
    real_name: bool
    forms: tuple[str, ...]
    person: tuple[str, ...]
    unit: tuple[str, ...]
    refused: tuple[str, ...]
    online: str
    as_written: bool
    told: str


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A correction as the original says it."""

    day: date
    reason: str
    changes: tuple[Change, ...]
    act: int


@dataclass(frozen=True)
class TextRemoved:
    """On what ground a text of the notice was taken away, and by which act."""

    ground: str
    act: int


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """When and why a notice was withdrawn."""

    day: date
    reason: str
    act: int


def files_shown(files: Iterable[Attachment], *, removed: Mapping[str, Removal]) -> tuple[FileShown, ...]:
    """The attachments with their hashes, in printed order.

    :param removed: those that law has taken away
    """
    return tuple(
        FileShown(
            name=file.name,
            href=DOCUMENT.page(file.sha256),
            kind=media_word(file.media_type),
            size=file.size,
            sha256=file.sha256,
            removed=_(removed[file.sha256].ground) if file.sha256 in removed else "",
        )
        for file in files
    )


def objection_shown(
    row: NoticeRow,
    *,
    state: NoticeState,
    period: PeriodShown | None,
    count: ObjectionCount | None = None,
    to_yesterday: bool = False,
) -> ObjectionShown:
    """The rules for objections that the notice was published with, in words, and how many objections came.

    :param to_yesterday: ``count`` leaves out those of today
    """
    closed = state is NoticeState.CLOSED
    terms = row.objection
    return ObjectionShown(
        accepted=bool(terms.get("accepted", period is not None)),
        is_open=state is NoticeState.RUNNING,
        opens=day_words(row.first_day) if state is NoticeState.UPCOMING and row.first_day else "",
        until=period.exact if period else "",
        real_name=bool(terms.get("real_name", False)),
        forms=_words(terms, "forms", ObjectionForm, OBJECTION_FORM_LABELS),
        person=_words(terms, "person_parts", ObjectionPart, OBJECTION_PART_LABELS),
        unit=_words(terms, "unit_parts", ObjectionPart, OBJECTION_PART_LABELS),
        refused=_words(terms, "refused", Refusal, REFUSAL_LABELS),
        online=f"{NOTICE.page(row.id)}/objection" if takes_here(row) and state is NoticeState.RUNNING else "",
        as_written=ObjectionForm.ONLINE not in terms.get("forms", ()),
        told=count_words(count, closed=closed, to_yesterday=to_yesterday) if count is not None else "",
    )


def takes_here(row: NoticeRow) -> bool:
    """Whether the notice takes objections through this site while it runs: see ``usecases.objection``."""
    terms = terms_of_notice(row)
    return terms.accepted and terms.takes_this_form and row.region != COUNTRY


def public_counts(tx: Tx, rows: Iterable[NoticeRow], *, now: datetime) -> dict[str, ObjectionCount]:
    """What the public is told of the objections to these notices: until a notice is closed, those up to yesterday.

    A count that grew at once would tell whoever polls the page in which minute somebody objected.
    """
    over: dict[bool, list[str]] = {True: [], False: []}
    for row in rows:
        over[row.state(now) is NoticeState.CLOSED].append(row.id)
    return {
        **count_objections(tx, over[True]),
        **count_objections(tx, over[False], before=day_starts(legal_day(now))),
    }


def count_words(count: ObjectionCount, *, closed: bool, to_yesterday: bool = False) -> str:
    """``收到异议3件，已答复2件``; once the notice is closed, also with which outcomes. Never who, what or when.

    :param to_yesterday: ``count`` leaves out those of today, and the words say so; a closed notice has none
    """
    if not count.received:
        return ""
    told = _("收到异议%(received)s件，已答复%(answered)s件", received=count.received, answered=count.answered)
    if not closed:
        return _("截至昨日，%(told)s。", told=told) if to_yesterday else _("%(told)s。", told=told)
    each = [
        _("%(outcome)s%(n)s件", outcome=_(label), n=count.outcomes[outcome])
        for outcome, label in OBJECTION_OUTCOME_LABELS.items()
        if count.outcomes.get(outcome)
    ]
    return _("%(told)s：%(each)s。", told=told, each=_("、").join(each)) if each else _("%(told)s。", told=told)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a plain text."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def corrections_of(acts: Sequence[ActRow]) -> list[Correction]:
    """Every correction, newest first, each with what stood before."""
    told: list[Correction] = []
    before: Mapping[str, Any] = {}
    for act in sorted(acts, key=lambda each: each.n):
        body = act.body or {}
        if act.kind == "notice.published":
            before = body
        if act.kind == "notice.corrected":
            changes = tuple(_changes(before, body))
            told.append(Correction(day=_day(act), reason=str(body.get("reason", "")), changes=changes, act=act.n))
            before = {**before, **body}
    return told[::-1]


def texts_removed(acts: Iterable[ActRow], removed: Mapping[str, Removal]) -> list[TextRemoved]:
    """Texts of the notice, as published or corrected, that law has taken away."""
    texts = [act for act in acts if KINDS[act.kind].tells_text]
    gone = {removed[body] for act in texts if (body := str(act.fact("body"))) in removed}
    return [TextRemoved(_(each.ground), each.act) for each in sorted(gone, key=lambda each: each.act)]


def withdrawal_of(acts: Iterable[ActRow]) -> Withdrawal | None:
    """The withdrawal, or None."""
    for act in acts:
        if act.kind == "notice.withdrawn":
            return Withdrawal(day=_day(act), reason=str((act.body or {}).get("reason", "")), act=act.n)
    return None


def notice_steps(
    acts: Sequence[ActRow], row: NoticeRow, *, items: Iterable[ItemRow], regions: Regions, now: datetime
) -> list[Step]:
    """The acts, newest first, above them the end that is still to come; each mine that was listed by its name."""
    names = {MINE.object(item.mine): item.name for item in items if item.mine}
    steps = [_step(act, regions, name=names.get(act.object, "")) for act in acts]
    if row.state(now) in (NoticeState.UPCOMING, NoticeState.RUNNING) and row.last_day is not None:
        steps.insert(0, Step(day=row.last_day, title=_("公示期满"), due=True))
    return steps


def _step(act: ActRow, regions: Regions, *, name: str) -> Step:
    if not name:
        return act_step(act, regions, text=_act_text(act), tone=_tone(act))
    title = _("%(deed)s：%(mine)s", deed=act_title(act.kind), mine=name)
    return act_step(act, regions, title=title, text=_act_text(act), tone=_tone(act), href=public_address(act.object))


def _words(
    terms: Mapping[str, Any],
    name: str,
    kind: type[Word],
    labels: Mapping[Word, str],
) -> tuple[str, ...]:
    known = [kind(code) for code in terms.get(name, ()) if code in tuple(kind)]
    return tuple(_(labels[each]) for each in known)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[Change]:
    for name, label in (("title", _("标题")), ("text", _("正文")), ("contact", _("联系方式"))):
        old, new = str(before.get(name) or ""), str(after.get(name) or "")
        if old != new:
            yield Change(label=label, before=old, after=new)


def _act_text(act: ActRow) -> str:
    body = act.body or {}
    if act.kind == "notice.closed":
        listed, dropped = len(act.fact("listed") or ()), len(act.fact("dropped") or ())
        outcome = (
            _("通过%(listed)s座，未通过%(dropped)s座", listed=listed, dropped=dropped) if listed or dropped else ""
        )
        return sentences(str(body.get("result") or ""), outcome)
    if act.kind == "notice.recounted":
        return _("截止日重新计算为%(day)s。", day=day_words(date.fromisoformat(act.fact("last_day"))))
    return str(body.get("reason", ""))


def _tone(act: ActRow) -> Tone:
    return Tone.BAD if act.kind == "notice.withdrawn" else Tone.PLAIN


def _day(act: ActRow) -> date:
    return legal_day(act_moment(act))
