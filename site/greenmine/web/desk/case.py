"""``/desk/cases``: the inbox by deadline; a case with all that is known of it and the steps that are open."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

from flask import redirect, request
from flask.typing import ResponseReturnValue

from greenmine.domain.body import RISK_LABELS
from greenmine.domain.case import CASE_KIND_LABELS, MESSAGE_LABELS, OVER, STAGE_LABELS, CaseKind, Stage
from greenmine.domain.complaint import COMPLAINT_KIND_LABELS
from greenmine.domain.error_report import split_record
from greenmine.domain.instant import legal_day
from greenmine.domain.noun import CASE
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.case_inbox import InboxCounts, InboxFilter, InboxLine, cluster_sizes, inbox_counts, inbox_lines
from greenmine.store.case_task import task_of_officer
from greenmine.store.complaint import get_complaint
from greenmine.store.database import Tx
from greenmine.store.mine import names_of
from greenmine.usecases.case_desk import take_case
from greenmine.web.context import current_officer, current_services
from greenmine.web.formats import Tone
from greenmine.web.forms.case import SeenSheet
from greenmine.web.i18n import gettext as _
from greenmine.web.narrowing import facet, read_choice
from greenmine.web.page import Page, render
from greenmine.web.paging import PER_PAGE, address, paging, read_page_number
from greenmine.web.parts import Facet
from greenmine.web.places import place_name

from .case_desk import desk_of
from .case_view import PATH, SHOWN_PICTURES, case_page, due_words, read_own
from .frame import home

DONE: Final[Mapping[str, str]] = {
    "take": N_("已由您承办。"),
    "accept": N_("已受理，并已告知来件人。"),
    "decline": N_("已作不予受理处理，并已告知来件人。"),
    "ask": N_("补充要求已发出。"),
    "extend": N_("期限已延长，并已告知来件人。"),
    "answer": N_("答复已发出。"),
    "close": N_("已办结。"),
    "hand-over": N_("已转办，并已告知来件人。此件已不在您的来件中。"),
}
TONES: Final[Mapping[Stage, Tone]] = {
    Stage.RECEIVED: Tone.OPEN,
    Stage.ACCEPTED: Tone.OPEN,
    Stage.DECLINED: Tone.PLAIN,
    Stage.ANSWERED: Tone.OK,
    Stage.CLOSED: Tone.OK,
}


class Standing(StrEnum):
    """Whether a case is still worked on."""

    OPEN = "open"  # 办理中
    CLOSED = "closed"  # 已结


class Only(StrEnum):
    """A narrower view of the open ones."""

    MINE = "mine"  # 我承办的
    LATE = "overdue"  # 已超期


_STANDING: Final = {Standing.OPEN: N_("办理中"), Standing.CLOSED: N_("已结")}
_ONLY: Final = {Only.MINE: N_("我承办的"), Only.LATE: N_("已超期")}


def list_page() -> ResponseReturnValue:
    """``/desk/cases``: the officer's own bodies' cases, the nearest deadline first."""
    services, officer = current_services(), current_officer()
    today = legal_day(services.clock())
    standing = read_choice("standing", Standing) or Standing.OPEN
    kind, only, number = read_choice("kind", CaseKind), read_choice("only", Only), read_page_number(_page_asked())
    wanted = InboxFilter(
        is_open=standing is Standing.OPEN,
        kind=kind,
        staff=officer.id if only is Only.MINE else None,
        late_on=today if only is Only.LATE else None,
    )
    alike = request.args.get("alike", "")[:20]
    with services.database.read() as tx:
        if alike:
            wanted = replace(wanted, cluster=get_complaint(tx, task_of_officer(tx, alike, officer).case).cluster)
        lines, total = inbox_lines(tx, officer, wanted, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
        counts = inbox_counts(tx, officer, wanted, today=today)
        rows = _rows(tx, lines, services)
    kept = {
        "standing": "" if standing is Standing.OPEN else str(standing),
        "kind": kind or "",
        "only": only or "",
        "alike": alike,
    }
    return render(
        "desk/cases.html",
        Page(title=_("来件"), noindex=True, crumbs=(home(),)),
        rows=rows,
        facets=_facets(counts, standing, kept),
        pager=paging(PATH, total=total, number=number, kept=tuple(kept.items())),
        is_open=standing is Standing.OPEN,
        narrowed=any(kept.values()),
        alike=alike,
        done=_(DONE["hand-over"]) if request.args.get("done") == "hand-over" else "",
        path=PATH,
    )


def case_whole(number: str) -> ResponseReturnValue:
    """``/desk/cases/<number>``: what it says, what was written, what was done, what can be done now."""
    services, officer = current_services(), current_officer()
    view = read_own(number, officer=officer, services=services)
    title = _("%(kind)s %(number)s", kind=_(CASE_KIND_LABELS[view.task.kind]), number=view.task.number)
    return render(
        "desk/case.html",
        Page(title=title, noindex=True, crumbs=case_page(view, "").crumbs[:-1]),
        case=view,
        stage=_(STAGE_LABELS[view.task.stage]),
        tone=TONES[view.task.stage],
        message_words={kind: _(word) for kind, word in MESSAGE_LABELS.items()},
        shown_pictures=SHOWN_PICTURES,
        done=_(DONE.get(request.args.get("done", ""), "")) if request.args.get("done") in DONE else "",
        alike_href=address(PATH, {"alike": number}),
    )


def take(number: str) -> ResponseReturnValue:
    """``POST /desk/cases/<number>/take``: make it mine, as it was seen."""
    services = current_services()
    with services.database.write() as tx:
        take_case(tx, number, desk=desk_of(services, current_officer(), seen=SeenSheet().seen()))
    return redirect(f"{CASE.desk_page(number)}?done=take", 303)


def _page_asked() -> str:
    return request.args.get("page", "")


def _facets(counts: InboxCounts, standing: Standing, kept: Mapping[str, str]) -> tuple[Facet, ...]:
    """The choices with their counts; the standing that is not chosen leads to the other list."""
    told = {**kept, "standing": str(standing)}
    by_standing = {str(each): counts.is_open[each is Standing.OPEN] for each in Standing}
    by_kind = {str(kind): number for kind, number in counts.kinds.items()}
    by_only = {str(Only.MINE): counts.mine} | ({str(Only.LATE): counts.late} if standing is Standing.OPEN else {})
    return (
        facet(_("只看"), "only", by_only, path=PATH, kept=kept, word=lambda key: _(_ONLY[Only(key)])),
        facet(
            _("办理情况"), "standing", by_standing, path=PATH, kept=told, word=lambda key: _(_STANDING[Standing(key)])
        ),
        facet(_("类别"), "kind", by_kind, path=PATH, kept=kept, word=lambda key: _(CASE_KIND_LABELS[CaseKind(key)])),
    )


def _rows(tx: Tx, lines: tuple[InboxLine, ...], services: Services) -> list[dict[str, Any]]:
    today, regions = legal_day(services.clock()), services.reference.regions
    mines = names_of(tx, {number for line in lines if (number := _mine_of(line.record))})
    sizes = cluster_sizes(tx, current_officer(), {line.cluster for line in lines if line.cluster})
    return [
        {
            "task": line.task,
            "href": CASE.desk_page(line.task.number),
            "kind": _(CASE_KIND_LABELS[line.task.kind]),
            "sort": _sort(line),
            "place": place_name(regions, line.task.region),
            "about": mines.get(_mine_of(line.record), _record_words(line.record)),
            "stage": _(STAGE_LABELS[line.task.stage]),
            "tone": TONES[line.task.stage],
            "is_written": line.is_written and line.task.stage not in OVER,
            "due": due_words(line.task, today),
            "login": line.login,
            "alike": sizes.get(line.cluster, 0),
        }
        for line in lines
    ]


def _sort(line: InboxLine) -> str:
    if line.risk is None or line.problem is None:
        return ""
    return _("%(risk)s：%(kind)s", risk=_(RISK_LABELS[line.risk]), kind=_(COMPLAINT_KIND_LABELS[line.problem]))


def _mine_of(record: str) -> str:
    """The public number of the mine a case is about, empty when it is about none."""
    number = record.removeprefix("mine/")
    return number if number.startswith("GM-") else ""


def _record_words(record: str) -> str:
    """A record that is no mine: its number."""
    return split_record(record)[1] if "/" in record else record
