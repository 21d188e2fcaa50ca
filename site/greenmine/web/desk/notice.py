"""Notices at the desk: the list of the region's, and the start of a new one."""

from datetime import datetime
from typing import Final

from flask import redirect
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from greenmine.domain.errors import GreenmineError
from greenmine.domain.instant import legal_day
from greenmine.domain.mine import LEVEL_LABELS, Level
from greenmine.domain.notice import STATE_LABELS, NoticeState
from greenmine.domain.notice_kind import NOTICE_KIND_LABELS, NoticeKind
from greenmine.domain.noun import NOTICE, NOTICE_DRAFT
from greenmine.domain.officer import Officer, notice_levels
from greenmine.domain.reference import Reference
from greenmine.store.draft import DraftKind, DraftState, list_drafts
from greenmine.store.notice import NoticeFilter, NoticeRow, list_notices
from greenmine.usecases.draft import start_draft
from greenmine.web.context import current_officer, current_services
from greenmine.web.forms.notice import NoticeStartSheet, choices
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.parts import Entry
from greenmine.web.places import place_name
from greenmine.web.public.notice_words import kind_word, left_words, notice_tone

from .frame import home
from .notice_values import first_values
from .own import own_notices, paged
from .refusal import shown, shown_refused

PATH: Final = NOTICE.desk_list
LEVEL_ORDER: Final = (Level.COUNTY, Level.CITY, Level.PROVINCIAL, Level.NATIONAL)


def list_page() -> ResponseReturnValue:
    """``/desk/notices``: drafts, what waits to be closed, then every notice of the officer's regions, newest first."""
    services, officer = current_services(), current_officer()
    now = services.clock()
    with services.database.read() as tx:
        drafts = list_drafts(tx, regions=[officer.seat.region], kinds=[DraftKind.NOTICE], states=[DraftState.OPEN])
        ended = own_notices(tx, officer, now=now, states=(NoticeState.ENDED,))
        wanted = NoticeFilter(within=(officer.seat.region,))
        rows, pager = paged(PATH, lambda most, start: list_notices(tx, wanted, now=now, limit=most, offset=start))
    return render(
        "desk/notices.html",
        Page(title=_("公示公告"), noindex=True, crumbs=(home(),)),
        drafts=drafts,
        ended=[notice_entry(row, now=now) for row in ended],
        rows=[notice_entry(row, now=now) for row in rows],
        pager=pager,
    )


def notice_entry(row: NoticeRow, *, now: datetime) -> Entry:
    """A notice as a line of a list at the desk."""
    state = row.state(now)
    left = left_words(row, state, today=legal_day(now))
    word = _("%(state)s · %(left)s", state=_(STATE_LABELS[state]), left=left) if left else _(STATE_LABELS[state])
    return Entry(
        title=row.title, href=NOTICE.desk_page(row.id), day=row.published_on, tag=word, tone=notice_tone(state)
    )


def new_page() -> ResponseReturnValue:
    """``/desk/notices/new``: kind, level, and how it is usually counted; then a draft is open."""
    services, officer = current_services(), current_officer()
    reference, now = services.reference, services.clock()
    form = _start_form(officer, reference, now)
    page = Page(title=_("起草公示公告"), noindex=True, crumbs=(home(), Crumb(_("公示公告"), PATH)))
    region = officer.seat.region
    place = place_name(reference.regions, region)
    if not form.validate_on_submit():
        return shown("desk/notice_new.html", page, form=form, place=place)
    kind, level = NoticeKind(form.kind.data), Level(form.level.data)
    try:
        values = first_values(
            kind=kind,
            level=level,
            region=region,
            preset=form.preset.data,
            reference=reference,
            today=legal_day(now),
        )
        with services.database.write() as tx:
            number = start_draft(
                tx, DraftKind.NOTICE, region=region, title=kind_word(kind), data=values,
                reference=reference, officer=officer, at=now,
            )  # fmt: skip
    except GreenmineError as error:
        return shown_refused("desk/notice_new.html", page, form=form, error=error, place=place)
    return redirect(NOTICE_DRAFT.desk_page(number), 303)


def _start_form(officer: Officer, reference: Reference, now: datetime) -> NoticeStartSheet:
    form = NoticeStartSheet()
    levels = [level for level in LEVEL_ORDER if level in notice_levels(officer)]
    presets = reference.books.notice_presets(officer.seat.region, legal_day(now))
    form.kind.choices = choices(NOTICE_KIND_LABELS)
    form.level.choices = choices(LEVEL_LABELS, levels)
    form.preset.choices = [
        SelectChoice("", _("按本地现行规则")),
        *(SelectChoice(preset.code, preset.name) for preset in presets),
    ]
    if form.level.data is None and levels:
        form.level.data = str(levels[0])
    return form
