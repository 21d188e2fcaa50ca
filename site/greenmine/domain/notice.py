"""A notice (公示, 公告): what an officer writes, what must be in it, and where it stands at an instant."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from greenmine.domain.errors import BadInput, RuleBroken
from greenmine.domain.identity_number import require_no_identity_number
from greenmine.domain.instant import legal_day
from greenmine.domain.mine import DIRECTORIES, Level, Library
from greenmine.domain.notice_kind import OPEN_TO_OBJECTION, NoticeKind
from greenmine.domain.notice_rule import ObjectionRule
from greenmine.domain.period import PeriodRule
from greenmine.domain.text import N_
from greenmine.domain.unseen import require_seen


class NoticeState(StrEnum):
    """Where a notice stands, told from its dates: never from a job that may not have run."""

    STANDING = "standing"  # 公告（无期限）
    UPCOMING = "upcoming"  # 未开始
    RUNNING = "running"  # 进行中
    ENDED = "ended"  # 已结束，待办结
    CLOSED = "closed"  # 已办结
    WITHDRAWN = "withdrawn"  # 已撤回


STATE_LABELS: Final[Mapping[NoticeState, str]] = {
    NoticeState.STANDING: N_("已公布"),
    NoticeState.UPCOMING: N_("未开始"),
    NoticeState.RUNNING: N_("进行中"),
    NoticeState.ENDED: N_("已结束"),
    NoticeState.CLOSED: N_("已办结"),
    NoticeState.WITHDRAWN: N_("已撤回"),
}


@dataclass(frozen=True)
class NoticeItem:
    """One line of the list as printed; ``mine`` is the public number when the mine is registered here."""

    name: str
    cells: tuple[str, ...]
    mine: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Attachment:
    """A published file: bytes under their SHA-256, the name it is offered under, size in bytes."""

    sha256: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class NoticeDraft:
    """Everything a notice says before it is published.

    :param kind: code of a notice kind of the rule books
    :param enters: library its mines enter when it is closed without objection, None for announcements
    :param period: counting rule, None for an announcement without a period
    :param first_day: legal day the period starts, normally the day of publication
    :param last_day: only for notices that print both dates (``PeriodUnit.DATES``)
    :param objection: what an objection must hold, as the notice prints it
    """

    kind: str
    level: Level
    region: str
    title: str
    issuer: str
    text: str = ""
    number: str = ""
    contact: str = ""
    source: str = ""
    columns: tuple[str, ...] = ()
    items: tuple[NoticeItem, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    enters: Library | None = None
    period: PeriodRule | None = None
    first_day: date | None = None
    last_day: date | None = None
    objection: Mapping[str, Any] = field(default_factory=dict)


_GRANTED_BY: Final[Mapping[Library, frozenset[Level]]] = {
    **{library: frozenset({level}) for library, level in DIRECTORIES.items()},
    Library.EXEMPLAR: frozenset({Level.PROVINCIAL, Level.NATIONAL}),
}
"""Which level's notice leads into a directory: a county cannot announce what only the province grants (ZJ-13)."""

_ISSUED_AT: Final[Mapping[str, frozenset[Level]]] = {
    NoticeKind.COUNTY_CHECK: frozenset({Level.COUNTY}),
    NoticeKind.CITY_LIST: frozenset({Level.CITY}),
    NoticeKind.PROVINCE_LIST: frozenset({Level.PROVINCIAL}),
    NoticeKind.NATIONAL_LIST: frozenset({Level.NATIONAL}),
    NoticeKind.NATIONAL_RECOMMENDATION: frozenset({Level.PROVINCIAL, Level.NATIONAL}),
}
"""The levels at which a kind is issued; kinds not named here are issued at any (ZJ-11, ZJ-13)."""


def check_draft(draft: NoticeDraft) -> None:
    """Raise BadInput, beside its field, for what a notice cannot be published without."""
    if not draft.title.strip():
        raise BadInput("notice.title_missing", N_("请填写标题。"), field="title")
    if not draft.issuer.strip():
        raise BadInput("notice.issuer_missing", N_("请填写发布机关。"), field="issuer")
    for name in ("title", "issuer", "number", "contact", "source"):
        require_seen(getattr(draft, name), field=name)
    for name in ("title", "issuer", "number", "text", "contact", "source"):
        require_no_identity_number(getattr(draft, name), field=name)
    for item in draft.items:
        require_seen(item.name, field="items")
        require_seen("".join(item.cells), field="items")
        require_no_identity_number("｜".join((item.name, *item.cells, item.note)), field="items", line=item.name)
    require_seen("".join(draft.columns), field="columns")
    if not (draft.text.strip() or draft.items or draft.attachments):
        raise BadInput("notice.empty", N_("请填写正文、名单或附件中的至少一项。"), field="text")
    if draft.kind not in set(NoticeKind):
        raise BadInput("notice.kind", N_("请选择公示公告的种类。"), field="kind")
    if draft.level not in _ISSUED_AT.get(draft.kind, frozenset(Level)):
        raise BadInput("notice.kind_level", N_("这一级机关不发布这一种类的公示公告。"), field="level")
    if draft.period is None and (draft.enters is not None or draft.kind in OPEN_TO_OBJECTION):
        raise BadInput("notice.period_missing", N_("征求异议的公示须有公示期。"), field="unit")
    if draft.enters is not None and draft.level not in _GRANTED_BY.get(draft.enters, frozenset(Level)):
        raise BadInput("notice.enters_level", N_("这一级公示不能纳入该名录。"), field="enters")
    numbers = Counter(item.mine for item in draft.items if item.mine)
    doubled = next((mine for mine, times in numbers.items() if times > 1), None)
    if doubled is not None:
        raise BadInput(
            "notice.mine_twice", N_("名单中矿山 %(mine)s 出现两次，请删去一处。"), field="items", mine=doubled
        )


def state_at(*, recorded: str, ends_at: datetime | None, now: datetime, first_day: date | None = None) -> NoticeState:
    """Where the notice stands: ``recorded`` is what acts say (published, closed, withdrawn), the rest is arithmetic.

    It begins at midnight (Asia/Shanghai) of its first day. The end second itself still belongs to the period
    (as ``Period.is_over``); the next one does not.
    """
    if recorded == "closed":
        return NoticeState.CLOSED
    if recorded == "withdrawn":
        return NoticeState.WITHDRAWN
    if ends_at is None:
        return NoticeState.STANDING
    if first_day is not None and legal_day(now) < first_day:
        return NoticeState.UPCOMING
    return NoticeState.RUNNING if now < ends_at + timedelta(seconds=1) else NoticeState.ENDED


def days_left(*, ends_at: datetime, now: datetime) -> int:
    """Legal days until the last one, 0 on the last day itself, never negative."""
    return max(0, (legal_day(ends_at) - legal_day(now)).days)


def objection_terms(rule: ObjectionRule) -> dict[str, Any]:
    """An objection rule as a notice publishes it with itself: codes only, so that later rules change nothing."""
    return {
        "rule": rule.code,
        "accepted": rule.accepted,
        "real_name": rule.real_name,
        "forms": [str(form) for form in rule.forms],
        "person_parts": [str(part) for part in rule.person_parts],
        "unit_parts": [str(part) for part in rule.unit_parts],
        "refused": [str(refusal) for refusal in rule.refused],
    }


def require_closable(state: NoticeState, *, provisional: bool) -> None:
    """A notice is closed once, and not before its period is over for certain.

    :param provisional: the end lies beyond the calendar and may still move (暂定)

    Source: ZJ-11, ZJ-13 (公示无异议后方可归档、入库); trust.md ASVS 2.3.1.
    """
    if state in (NoticeState.UPCOMING, NoticeState.RUNNING):
        raise RuleBroken("notice.still_running", N_("公示期未满，不能办结。"))
    if state is not NoticeState.ENDED:
        raise RuleBroken("notice.not_open", N_("这件公示已经办结、撤回或没有公示期。"))
    if provisional:
        raise RuleBroken("notice.provisional", N_("截止时间为暂定，公布放假安排并重新计算后才能办结。"))


def require_outcomes(*, mines: frozenset[str], listed: frozenset[str], reasons: Mapping[str, str]) -> None:
    """Every mine of the list is listed, or dropped with a reason (302 noticed, 301 listed: rules.md)."""
    if not listed <= mines:
        raise BadInput("notice.foreign_mine", N_("所选矿山不在这件公示的名单中。"), field="listed")
    silent = next((mine for mine in sorted(mines - listed) if not reasons.get(mine, "").strip()), None)
    if silent is not None:
        raise BadInput(
            "notice.reason_missing",
            N_("矿山 %(mine)s 未纳入，请写明理由。"),
            field=f"reason-{silent}",
            mine=silent,
        )
