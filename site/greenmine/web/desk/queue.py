"""``/desk``: what must be done, by whom, by when; each role sees only what it may do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask.typing import ResponseReturnValue

from greenmine.domain.instant import legal_day
from greenmine.domain.notice import NoticeState
from greenmine.domain.noun import noun_named, public_address
from greenmine.domain.officer import Deed, Officer, may, notice_levels
from greenmine.services import Services
from greenmine.store.act import ActRow, acts_after, acts_of, size
from greenmine.store.case_task import open_and_late
from greenmine.store.content_problem import content_problems
from greenmine.store.database import Tx
from greenmine.store.draft import DraftKind, DraftState, list_drafts
from greenmine.store.mine import names_of
from greenmine.store.outbox import stuck, undelivered
from greenmine.usecases.case_unstaffed import unstaffed_bodies
from greenmine.usecases.draft import DEED_OF
from greenmine.web.act_words import act_step
from greenmine.web.case_words import body_name
from greenmine.web.context import current_officer, current_services
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Page, render
from greenmine.web.seat_words import SeatShown, seat_shown

from . import credit, removal
from .frame import home
from .notice import notice_entry
from .own import own_notices, own_removals
from .session import other_seats

LATEST: Final = 10
LOOKED_THROUGH: Final = 2000
"""How many of the newest acts are searched for those of the officer's regions."""


def queue_page() -> ResponseReturnValue:
    """The desk's first page."""
    services, officer = current_services(), current_officer()
    now = services.clock()
    deeds = officer.deeds
    with services.database.read() as tx:
        values: dict[str, Any] = {
            "drafts": _drafts(tx, officer),
            "steps": _latest(tx, officer, services),
            "elsewhere": _elsewhere(tx, officer, services),
            "letters": stuck(tx, now=now),
            "undelivered": undelivered(tx, now=now),
            **(_cases(tx, officer, now) if Deed.HANDLE_CASE in deeds else {}),
            **(_notices(tx, officer, now) if Deed.CLOSE_NOTICE in deeds else {}),
            **(_removals(tx, officer, services) if Deed.PROPOSE_REMOVAL in deeds else {}),
            **(_credits(tx, officer, services) if Deed.PROPOSE_CREDIT in deeds else {}),
        }
        if Deed.READ_PROBLEMS in deeds:
            values["problems"] = len(content_problems(tx))
        if Deed.MANAGE_STAFF in deeds:
            values["unstaffed"] = _unstaffed(tx, officer, services)
    return render("desk/queue.html", Page(title=_("待办"), noindex=True), deeds={str(deed) for deed in deeds},
                  **{**_NOTHING, **values})  # fmt: skip


def _elsewhere(tx: Tx, officer: Officer, services: Services) -> list[tuple[SeatShown, int, int]]:
    """The person's other seats where cases wait: how many are open, and how many of them late."""
    regions, today = services.reference.regions, legal_day(services.clock())
    counted = [
        (seat_shown(held, regions), *open_and_late(tx, Officer(officer.id, held.seat), today=today))
        for held in other_seats()
    ]
    return [line for line in counted if line[1]]


_NOTHING: Final[Mapping[str, Any]] = {
    "cases": None, "unstaffed": (), "ended": None, "running": None, "removals": None, "credits": None, "problems": None,
}  # fmt: skip
"""None: not this role's business, so not shown at all."""


def problems_page() -> ResponseReturnValue:
    """``/desk/problems``: files of content/ that could not be read whole at the last sync, with line and reason."""
    services = current_services()
    page = Page(title=_("内容文件"), noindex=True, crumbs=(home(),))
    with services.database.read() as tx:
        problems = content_problems(tx)
    return render("desk/problems.html", page, problems=problems)


def _unstaffed(tx: Tx, officer: Officer, services: Services) -> list[dict[str, Any]]:
    """Bodies of the administrator's regions where cases wait and nobody sits: counts, nothing of the cases."""
    regions = services.reference.regions
    return [
        {"body": body_name(count.body, regions), "waiting": count.waiting, "late": count.late}
        for count in unstaffed_bodies(tx, today=legal_day(services.clock()))
        if may(officer, Deed.MANAGE_STAFF, region=count.body.region, regions=regions)
    ]


def _cases(tx: Tx, officer: Officer, now: datetime) -> dict[str, Any]:
    """How many cases are open at the officer's own bodies, and how many of them are late."""
    waiting, late = open_and_late(tx, officer, today=legal_day(now))
    return {"cases": {"open": waiting, "late": late}}


def _notices(tx: Tx, officer: Officer, now: datetime) -> dict[str, Any]:
    """Over and not closed: the longest overdue first; running: the next to end first."""
    ended = own_notices(tx, officer, now=now, states=(NoticeState.ENDED,), mine_only=True)
    running = own_notices(tx, officer, now=now, states=(NoticeState.RUNNING,))
    return {
        "ended": [(row, notice_entry(row, now=now)) for row in sorted(ended, key=lambda row: str(row.ends_at))],
        "running": [notice_entry(row, now=now) for row in sorted(running, key=lambda row: str(row.ends_at))],
        "levels": [str(level) for level in notice_levels(officer)],
    }


def _removals(tx: Tx, officer: Officer, services: Services) -> dict[str, Any]:
    rows = own_removals(tx, officer, state="proposed")
    oldest_first = sorted(rows, key=lambda row: row.first_act)
    return {"removals": [removal.waiting_line(tx, row, officer, services.reference) for row in oldest_first]}


def _credits(tx: Tx, officer: Officer, services: Services) -> dict[str, Any]:
    drafts = [draft for draft in credit.own_drafts(tx, officer) if draft.state is DraftState.PROPOSED]
    oldest_first = sorted(drafts, key=lambda draft: draft.updated_at)
    return {"credits": [credit.waiting_line(draft, officer, services.reference) for draft in oldest_first]}


def _drafts(tx: Tx, officer: Officer) -> list[dict[str, Any]]:
    kinds = [kind for kind in DraftKind if DEED_OF[kind] in officer.deeds]
    if not kinds:
        return []
    found = list_drafts(tx, regions=[officer.seat.region], kinds=kinds, states=[DraftState.OPEN], limit=30)
    return [
        {
            "title": draft.title,
            "href": noun_named(f"draft/{draft.kind}").desk_page(draft.id),
            "kind": _(noun_named(f"draft/{draft.kind}").word),
            "at": draft.updated_at,
            "note": draft.data.get("note", ""),
        }
        for draft in found
    ]


def _latest(tx: Tx, officer: Officer, services: Services) -> list[Any]:
    """The newest acts signed in the officer's regions or about what lies there."""
    regions = services.reference.regions
    acts = acts_after(tx, max(0, size(tx) - LOOKED_THROUGH), limit=LOOKED_THROUGH)
    own = [act for act in reversed(acts) if officer.seat.within(_place(act), regions)]
    return [act_step(act, regions, text=_about(tx, act), href=public_address(act.object)) for act in own[:LATEST]]


def _place(act: ActRow) -> str:
    """Where an act belongs: the region it names, that of its mine's number, else its author's seat."""
    if (region := act.fact("region")) is not None:
        return str(region)
    mine = str(act.fact("mine") or act.object)
    number = mine.rpartition("/")[2]
    return number[3:9] if number.startswith("GM-") else act.by.partition("@")[2]


def _about(tx: Tx, act: ActRow) -> str:
    """What an act is about in words: its own, those of its mine, or those of the act that began the matter."""
    if told := _named(act):
        return told
    noun, _slash, number = act.object.partition("/")
    mine = str(act.fact("mine") or (number if noun == "mine" else ""))
    if name := names_of(tx, [mine]).get(mine) if mine else None:
        return name
    return next((told for each in acts_of(tx, act.object) if (told := _named(each))), number)


def _named(act: ActRow) -> str:
    body = act.body or {}
    return str(body.get("title") or body.get("name") or "")
