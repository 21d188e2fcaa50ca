"""Notices and removals as lines of a list: what the home page and the pages of regions show of them."""

from datetime import datetime

from greenmine.domain.ground import GROUND_KIND_LABELS, GroundKind
from greenmine.domain.instant import legal_day
from greenmine.domain.mine import LEVEL_LABELS
from greenmine.domain.notice import STATE_LABELS
from greenmine.domain.noun import NOTICE, REMOVAL
from greenmine.store.notice import NoticeRow
from greenmine.store.removal import RemovalRow
from greenmine.web.formats import Tone
from greenmine.web.i18n import gettext as _
from greenmine.web.parts import Entry
from greenmine.web.public.notice_words import left_words, notice_tone


def notice_entry(row: NoticeRow, now: datetime) -> Entry:
    """A notice as a line of a list: state, or the days left while it runs."""
    state = row.state(now)
    tag = left_words(row, state, today=legal_day(now)) or _(STATE_LABELS[state])
    return Entry(title=row.title, href=NOTICE.page(row.id), day=row.published_on, tag=tag, tone=notice_tone(state))


def removal_entry(row: RemovalRow) -> Entry:
    """A decided removal as a line of a list: the mine, and whether it speaks against it."""
    kind = GroundKind.ADVERSE if row.adverse else GroundKind.NEUTRAL
    title = _("%(mine)s移出%(level)s名录", mine=row.mine_name, level=_(LEVEL_LABELS[row.level]))
    return Entry(
        title=title,
        href=REMOVAL.page(row.id),
        day=row.decided_on or row.proposed_on,
        tag=_(GROUND_KIND_LABELS[kind]),
        tone=Tone.BAD if row.adverse else Tone.PLAIN,
    )
