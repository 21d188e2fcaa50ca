"""What is done to a published notice: it is closed, corrected, withdrawn. Each is an act with its words in public."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue

from greenmine.domain.act import KINDS
from greenmine.domain.errors import Conflict, GreenmineError, RuleBroken
from greenmine.domain.mine import LIBRARY_LABELS
from greenmine.domain.notice import NoticeState, require_closable
from greenmine.domain.noun import NOTICE
from greenmine.domain.officer import Deed, Officer, may, notice_levels, require_notice_level
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.act import acts_of
from greenmine.store.database import Tx
from greenmine.store.notice import ItemRow, NoticeRow, get_notice, items_of
from greenmine.store.objection import objections_to, waiting_numbers
from greenmine.usecases.mine import Listing
from greenmine.usecases.notice import close_notice, correct_notice, withdraw_notice
from greenmine.web.context import current_officer, current_services
from greenmine.web.forms.fields import formdata, typed
from greenmine.web.forms.notice import NoticeCorrectSheet, NoticeDecisionSheet, ReasonSheet, close_sheet
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.parts import Change
from greenmine.web.public.notice import notice_shown
from greenmine.web.public.notice_page import count_words

from .frame import home
from .mine_check import registered
from .notice import PATH
from .own import require_here
from .refusal import shown, shown_refused
from .seen import seen_act

CLOSE: Final = "desk/notice_close.html"
CORRECT: Final = "desk/notice_correct.html"
CHANGED: Final = N_("您打开后，这件公示公告已有变化，请核对后再提交。")
WORDS: Final = ("title", "text", "contact")


@dataclass(frozen=True)
class Waiting:
    """Objections without an answer: a notice is not closed while there are any (ZJ-13).

    :param numbers: case numbers of those that are the officer's to answer
    """

    count: int
    numbers: tuple[str, ...]


def notice_page(number: str) -> ResponseReturnValue:
    """``/desk/notices/<number>``: the notice as the public sees it, and what this officer may do with it now."""
    services, officer = current_services(), current_officer()
    now = services.clock()
    with services.database.read() as tx:
        row = _seen_notice(get_notice(tx, number), officer, services)
        public, values = notice_shown(tx, number, services=services, wanted=request.args.get("list", ""))
        waiting = _waiting(tx, number, officer)
    page = Page(title=public.title, noindex=True, crumbs=(home(), Crumb(_("公示公告"), PATH)))
    deeds, done = _deeds(row, officer, services, now), request.args.get("done")
    return render("desk/notice.html", page, **values, deeds=deeds, done=done, waiting=waiting)


def close_page(number: str) -> ResponseReturnValue:
    """``/desk/notices/<number>/close``: first who is left out, then why, and the decision that lists the others."""
    services, officer = current_services(), current_officer()
    with services.database.read() as tx:
        row, items = _own(get_notice(tx, number), Deed.CLOSE_NOTICE, officer, services), items_of(tx, number)
    require_closable(row.state(services.clock()), provisional=row.provisional)
    mines = {item.mine: item for item in items if item.mine}
    dropped = [mine for mine in dict.fromkeys(request.form.getlist("dropped")) if mine in mines]
    step = request.form.get("step", "")
    lists = row.enters is not None
    form = close_sheet(
        ((mine, mines[mine].name) for mine in dropped), lists=lists, decides=lists and len(dropped) < len(mines)
    )
    if request.method == "GET" or (step == "choose" and mines):
        return _close_shown(row, mines, dropped, form, choosing=bool(mines) and not step)
    if not form.validate():
        return _close_shown(row, mines, dropped, form, choosing=False)
    try:
        _close(row, mines, dropped, form, services=services, officer=officer)
    except GreenmineError as error:
        return shown_refused(CLOSE, _page(row, _("办结")), form=form, error=error,
                             **_close_values(row, mines, dropped, choosing=False))  # fmt: skip
    return redirect(NOTICE.desk_page(number), 303)


def _close(
    row: NoticeRow, mines: Mapping[str, ItemRow], dropped: list[str], form: Any, *, services: Services, officer: Officer
) -> None:
    listed = frozenset(mines) - frozenset(dropped)
    listing = None
    if row.enters is not None and isinstance(form, NoticeDecisionSheet):
        listing = Listing(
            row.enters,
            form.since.data,
            decision_no=(form.decision_no.data or "").strip(),
            organ=form.organ.data.strip(),
            batch_name=(form.batch_name.data or "").strip(),
            notice=row.id,
        )
    with services.database.write() as tx:
        close_notice(
            tx, row.id, listed=listed, reasons={mine: form[f"reason-{mine}"].data.strip() for mine in dropped},
            result=form.result.data, listing=listing, reference=services.reference, officer=officer,
            at=services.clock(),
        )  # fmt: skip


def _close_shown(
    row: NoticeRow, mines: Mapping[str, ItemRow], dropped: list[str], form: Any, *, choosing: bool
) -> ResponseReturnValue:
    values = _close_values(row, mines, dropped, choosing=choosing)
    body = render(CLOSE, _page(row, _("办结")), form=form, **values)
    return make_response(body, 400 if form.errors else 200)


def _close_values(
    row: NoticeRow, mines: Mapping[str, ItemRow], dropped: list[str], *, choosing: bool
) -> dict[str, Any]:
    with current_services().database.read() as tx:
        names = registered(tx, mines.values())
        waiting = _waiting(tx, row.id, current_officer())
        told = count_words(objections_to(tx, row.id), closed=True)
    return {
        "notice": row,
        "mines": list(mines.values()),
        "names": names,
        "waiting": waiting,
        "objections": told,
        "dropped": dropped,
        "listed_count": len(mines) - len(dropped),
        "choosing": choosing,
        "out": _("不纳入") if row.enters is not None else _("未通过"),
        "enters": _(LIBRARY_LABELS[row.enters]) if row.enters else "",
    }


def correct_page(number: str) -> ResponseReturnValue:
    """``/desk/notices/<number>/correct``: preview of what changes, then the correction; the original says so."""
    services, officer = current_services(), current_officer()
    with services.database.read() as tx:
        row = _own(get_notice(tx, number), Deed.CORRECT_NOTICE, officer, services)
    now_said = {name: getattr(row, name) for name in WORDS}
    page = _page(row, _("更正"))
    if request.method == "GET":
        form = NoticeCorrectSheet(formdata(now_said))
        return shown(CORRECT, page, form=form, notice=row, differences=(), meanwhile=())
    form = NoticeCorrectSheet()
    differences = _differences(now_said, typed(form), form)
    if seen_act() != row.last_act:
        form.refuse(Conflict("notice.changed_meanwhile", CHANGED))
        told = _meanwhile(number, services)
        return make_response(render(CORRECT, page, form=form, notice=row, differences=differences, meanwhile=told), 409)
    if not form.validate() or request.form.get("step") != "publish":
        return shown(CORRECT, page, form=form, notice=row, differences=differences, meanwhile=())
    try:
        with services.database.write() as tx:
            correct_notice(
                tx, number, title=form.title.data.strip(), text=typed(form)["text"].strip(),
                contact=(form.contact.data or "").strip(), reason=form.reason.data, seen_act=seen_act(),
                reference=services.reference, officer=officer, at=services.clock(),
            )  # fmt: skip
    except GreenmineError as error:
        return shown_refused(CORRECT, page, form=form, error=error, notice=row, differences=differences, meanwhile=())
    return redirect(NOTICE.desk_page(number), 303)


def _differences(before: Mapping[str, str], after: Mapping[str, Any], form: NoticeCorrectSheet) -> tuple[Change, ...]:
    return tuple(
        Change(label=str(form[name].label.text), before=before[name], after=str(after[name]).strip())
        for name in WORDS
        if before[name] != str(after[name]).strip()
    )


def _meanwhile(number: str, services: Services) -> tuple[Change, ...]:
    """What another officer's corrections have changed since the form was opened: then and now."""
    labels = {"title": _("标题"), "text": _("正文"), "contact": _("联系方式")}
    since = seen_act()
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    with services.database.read() as tx:
        acts = sorted(acts_of(tx, NOTICE.object(number)), key=lambda act: act.n)
    for act in acts:
        if KINDS[act.kind].tells_text:
            said = {name: str((act.body or {}).get(name) or "") for name in WORDS}
            before, after = (said, said) if act.n <= since else (before, said)
    return tuple(
        Change(label=label, before=before.get(name, ""), after=after.get(name, ""))
        for name, label in labels.items()
        if before.get(name, "") != after.get(name, "")
    )


def withdraw_page(number: str) -> ResponseReturnValue:
    """``/desk/notices/<number>/withdraw``: the page stays and says that it was withdrawn, and why."""
    services, officer, form = current_services(), current_officer(), ReasonSheet()
    with services.database.read() as tx:
        row = _own(get_notice(tx, number), Deed.WITHDRAW_NOTICE, officer, services)
    if row.state(services.clock()) in (NoticeState.CLOSED, NoticeState.WITHDRAWN):
        raise RuleBroken("notice.not_open", N_("这件公示公告已经办结或撤回。"))
    page = _page(row, _("撤回"))
    if not form.validate_on_submit():
        return shown("desk/notice_withdraw.html", page, form=form, notice=row)
    try:
        with services.database.write() as tx:
            withdraw_notice(
                tx, number, reason=form.reason.data, reference=services.reference, officer=officer,
                at=services.clock(),
            )  # fmt: skip
    except GreenmineError as error:
        return shown_refused("desk/notice_withdraw.html", page, form=form, error=error, notice=row)
    return redirect(NOTICE.desk_page(number), 303)


def _waiting(tx: Tx, number: str, officer: Officer) -> Waiting:
    """The notice's objections that have no answer yet, those this officer handles with their numbers."""
    return Waiting(objections_to(tx, number).waiting, waiting_numbers(tx, number, officer))


def _own(row: NoticeRow, deed: Deed, officer: Officer, services: Services) -> NoticeRow:
    """The notice, for an officer who may do this to it. Raises NotAllowed before anything of the desk is shown."""
    require_here(officer, deed, region=row.region, regions=services.reference.regions)
    require_notice_level(officer, row.level)
    return row


def _seen_notice(row: NoticeRow, officer: Officer, services: Services) -> NoticeRow:
    """The notice, for officers of its region whatever its level."""
    require_here(officer, Deed.PUBLISH_NOTICE, region=row.region, regions=services.reference.regions)
    return row


def _deeds(row: NoticeRow, officer: Officer, services: Services, now: datetime) -> frozenset[str]:
    """Which of close, correct and withdraw this officer may do to the notice as it stands."""
    state = row.state(now)
    if row.level not in notice_levels(officer):
        return frozenset()
    possible = {
        "close": (Deed.CLOSE_NOTICE, state is NoticeState.ENDED),
        "correct": (Deed.CORRECT_NOTICE, state is not NoticeState.WITHDRAWN),
        "withdraw": (Deed.WITHDRAW_NOTICE, state not in (NoticeState.CLOSED, NoticeState.WITHDRAWN)),
    }
    regions = services.reference.regions
    return frozenset(
        name
        for name, (deed, fits) in possible.items()
        if fits and may(officer, deed, region=row.region, regions=regions)
    )


def _page(row: NoticeRow, deed: str) -> Page:
    title = _("%(deed)s：%(title)s", deed=deed, title=row.title)
    crumbs = (home(), Crumb(_("公示公告"), PATH), Crumb(row.id, NOTICE.desk_page(row.id)))
    return Page(title=title, noindex=True, crumbs=crumbs)
