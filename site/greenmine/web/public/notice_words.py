"""The words a notice is told with: kinds, groups of states, days left."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from greenmine.domain.notice import NoticeState
from greenmine.domain.notice_kind import NOTICE_KIND_LABELS, NoticeKind
from greenmine.domain.text import N_
from greenmine.store.notice import NoticeRow
from greenmine.web.formats import Tone, days_left
from greenmine.web.formats import day as day_words
from greenmine.web.i18n import gettext as _


class StateGroup(StrEnum):
    """The states as a reader sorts them."""

    RUNNING = "running"  # 进行中
    UPCOMING = "upcoming"  # 未开始
    ENDED = "ended"  # 已结束
    STANDING = "standing"  # 公告
    WITHDRAWN = "withdrawn"  # 已撤回

    @property
    def states(self) -> tuple[NoticeState, ...]:
        """已结束 holds what waits for its result and what has one."""
        return (NoticeState.ENDED, NoticeState.CLOSED) if self is StateGroup.ENDED else (NoticeState(self.value),)


STATE_GROUP_LABELS: Final[Mapping[StateGroup, str]] = {
    StateGroup.RUNNING: N_("进行中"),
    StateGroup.UPCOMING: N_("未开始"),
    StateGroup.ENDED: N_("已结束"),
    StateGroup.STANDING: N_("公告"),
    StateGroup.WITHDRAWN: N_("已撤回"),
}
_TONES: Final[Mapping[NoticeState, Tone]] = {
    NoticeState.STANDING: Tone.PLAIN,
    NoticeState.UPCOMING: Tone.PLAIN,
    NoticeState.RUNNING: Tone.OPEN,
    NoticeState.ENDED: Tone.PLAIN,
    NoticeState.CLOSED: Tone.OK,
    NoticeState.WITHDRAWN: Tone.BAD,
}


def group_word(group: StateGroup) -> str:
    """进行中, 已结束, 公告, 已撤回."""
    return _(STATE_GROUP_LABELS[group])


def notice_tone(state: NoticeState) -> Tone:
    """Shape and colour of a notice's state."""
    return _TONES[state]


def kind_word(code: str) -> str:
    """The Chinese word of a kind; a code that no kind has stands for itself."""
    return _(NOTICE_KIND_LABELS[NoticeKind(code)]) if code in tuple(NoticeKind) else code


def left_words(row: NoticeRow, state: NoticeState, *, today: date) -> str:
    """``11月20日起`` before it begins, ``还剩3天`` while it runs, ``等待办结`` after its end, empty otherwise."""
    if state is NoticeState.RUNNING and row.last_day is not None:
        return days_left(row.last_day, today)
    if state is NoticeState.UPCOMING and row.first_day is not None:
        return _("%(day)s起", day=day_words(row.first_day))
    return _("等待办结") if state is NoticeState.ENDED else ""
