"""``/calendar.ics`` and ``/calendar/<code>.ics``: the deadlines of notices, for calendars that people carry."""

from datetime import timedelta
from typing import Final

from flask import Response

from greenmine.domain.errors import NotFound
from greenmine.domain.instant import day_starts, legal_day
from greenmine.domain.noun import NOTICE
from greenmine.domain.region import COUNTRY
from greenmine.domain.text import N_
from greenmine.projections.feed import authority_of
from greenmine.projections.feed_calendar import MEDIA_TYPE, Deadline, write_calendar
from greenmine.services import Services
from greenmine.store.database import Tx
from greenmine.store.deadline import DeadlineRow, deadlines
from greenmine.web.context import current_services
from greenmine.web.demo_mark import marked
from greenmine.web.i18n import gettext as _
from greenmine.web.i18n import language
from greenmine.web.places import place_name
from greenmine.web.public.feed_answer import Document, answer_document
from greenmine.web.public.notice_period import exact_moment
from greenmine.web.routing import Route

PAST: Final = timedelta(days=366)
"""How long a deadline stays in the calendar once it has passed."""
MOST: Final = 1000


def calendar() -> Response:
    """``/calendar.ics``: every notice."""
    return _answer(COUNTRY)


def region_calendar(code: str) -> Response:
    """``/calendar/<code>.ics``: of a region and all below it. Raises NotFound."""
    if current_services().reference.regions.find(code) is None:
        raise NotFound("region.unknown", N_("没有这个行政区划代码。"))
    return _answer(code)


def _answer(code: str) -> Response:
    def build(tx: Tx, services: Services) -> Document:
        settings, today = services.settings, legal_day(services.clock())
        rows = deadlines(tx, since=day_starts(today - PAST), region=None if code == COUNTRY else code, limit=MOST)
        place = "" if code == COUNTRY else place_name(services.reference.regions, code)
        content = write_calendar(
            marked(_("%(place)s绿色矿山公示截止日", place=place)),
            [_deadline(row, services) for row in rows],
            authority=authority_of(tx, site_url=settings.site_url, today=today),
            home=f"{settings.site_url}{NOTICE.list}",
            language=language(),
        )
        return Document(content, MEDIA_TYPE, max((row.changed_at for row in rows), default=None))

    return answer_document(build)


def _deadline(row: DeadlineRow, services: Services) -> Deadline:
    mark = _("【已撤回】") if row.withdrawn else _("【暂定】") if row.provisional else ""
    lines = [
        _("截止时刻：%(exact)s（北京时间，含这一秒）", exact=exact_moment(row.ends_at)),
        _("截止时刻为暂定，公布放假安排后重新计算。") if row.provisional else "",
        _("发布机关：%(issuer)s", issuer=row.issuer),
        _("行政区：%(place)s", place=place_name(services.reference.regions, row.region)),
    ]
    return Deadline(
        name=f"notice-{row.number}",
        summary=_("%(mark)s公示截止：%(title)s", mark=mark, title=row.title),
        description="\n".join(line for line in lines if line),
        href=f"{services.settings.site_url}{NOTICE.page(row.number)}",
        at=row.ends_at,
        created=row.published_at,
        changed=row.changed_at,
        sequence=row.changes,
        tentative=row.provisional,
        cancelled=row.withdrawn,
    )


CALENDAR_ROUTES: Final = (
    Route("/calendar.ics", "calendar.all", calendar),
    Route("/calendar/<code>.ics", "calendar.region", region_calendar),
)
