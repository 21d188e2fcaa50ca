"""``/complaints/new``: what becomes of what a person writes, told before anything is asked; the start and the end.

Source: GO-18; 个人信息保护法 17 (who, why, what, how long, rights), 31 (under-14s); 矿产资源法 61.
"""

from typing import Final

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from greenmine.domain.case import CaseKind
from greenmine.domain.instant import utc_text
from greenmine.store.form_draft import load, save, start
from greenmine.web.abuse import Guarded, check_form, form_marks, new_key
from greenmine.web.context import current_services, current_settings
from greenmine.web.forms.evidence import require_disk, throw_away
from greenmine.web.forms.public_draft import current_draft, forget, keep
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Page, render
from greenmine.web.public.case_receipt import RECEIPT_ROUTES
from greenmine.web.public.case_story import STORY_ROUTES
from greenmine.web.public.case_track import TRACK_ROUTES
from greenmine.web.public.complaint_answers import (
    ANSWERS,
    BEGUN,
    BY_MINE,
    FORM_KEY,
    RECEIPT,
    FormStep,
    answers_of,
    first_open,
)
from greenmine.web.public.complaint_draft import PATH, RECEIPT_PATH, lost_page
from greenmine.web.public.complaint_steps import step_page
from greenmine.web.public.complaint_target import mine_words
from greenmine.web.routing import GET_POST, POST, Limit, Route


def start_page() -> ResponseReturnValue:
    """``/complaints/new[?mine=GM-…]``: the notice, then a draft begins; or the one that waits is gone on with."""
    if request.method == "POST":
        verdict = check_form(Guarded.STEP)
        return verdict.challenge or _begin()
    services, held = current_services(), current_draft(CaseKind.COMPLAINT)
    mine = request.args.get("mine", "")[:40]
    words = mine_words(services, mine) if mine else None
    body = render(
        "complaint/start.html",
        Page(
            title=_("投诉举报"),
            section=PATH,
            canonical=PATH,
            description=_("投诉矿山或主管部门，可以匿名，不需要注册"),
        ),
        mine=mine if words else "",
        mine_words=words or "",
        mine_unknown=bool(mine) and words is None,
        waiting=held is not None,
        sent=held is not None and RECEIPT in held.draft.data,
        receipt=RECEIPT_PATH,
        marks=form_marks(Guarded.STEP),
        path=PATH,
    )
    return make_response(body)


def clear_page() -> ResponseReturnValue:
    """``POST /complaints/new/clear``: forget the draft and its files; a receipt, from an old window, stays."""
    held = current_draft(CaseKind.COMPLAINT)
    if held is not None and not throw_away(held, unless=RECEIPT):
        return keep(make_response(redirect(RECEIPT_PATH, 303)), held.key)
    return forget(make_response(redirect(f"{PATH}/cleared", 303)), CaseKind.COMPLAINT)


def cleared_page() -> ResponseReturnValue:
    """``/complaints/new/cleared``."""
    return render("complaint/cleared.html", Page(title=_("已清空"), noindex=True), start=PATH)


def continue_page() -> ResponseReturnValue:
    """``/complaints/new/continue``: to the first page that is not answered."""
    held = current_draft(CaseKind.COMPLAINT)
    if held is None:
        return lost_page()
    if RECEIPT in held.draft.data:
        return redirect(RECEIPT_PATH, 303)
    return redirect(f"{PATH}/{first_open(answers_of(held.draft), settings=current_settings())}", 303)


def _begin() -> Response:
    """Begin a draft, or go on with the one there is; the mine a page led from is put in."""
    require_disk()
    services, held = current_services(), current_draft(CaseKind.COMPLAINT)
    mine = request.form.get("mine", "")[:40]
    target = {"by": BY_MINE, "mine": mine} if mine and mine_words(services, mine) else None
    now = services.clock()
    if held is None:
        pages = {FormStep.TARGET.value: target} if target else {}
        data = {FORM_KEY: new_key(), BEGUN: utc_text(now), ANSWERS: pages}
        with services.database.write() as tx:
            key = start(tx, kind=CaseKind.COMPLAINT, at=now, data=data)
        return keep(make_response(redirect(f"{PATH}/{FormStep.TARGET}", 303)), key)
    if target and RECEIPT not in held.draft.data:
        with services.database.write() as tx:
            stored = load(tx, held.key, at=now)
            if stored is not None and RECEIPT not in stored.data:
                pages = {**stored.data[ANSWERS], FormStep.TARGET.value: target}
                save(tx, held.key, {**stored.data, ANSWERS: pages}, version=stored.version, at=now)
    return make_response(redirect(f"{PATH}/continue", 303))


COMPLAINT_ROUTES: Final = (
    Route(PATH, "complaint.start", start_page, methods=GET_POST, personal=True, limit=Limit.GUARDED),
    Route(f"{PATH}/continue", "complaint.continue", continue_page, personal=True),
    Route(f"{PATH}/clear", "complaint.clear", clear_page, methods=POST, personal=True, limit=Limit.GUARDED),
    Route(f"{PATH}/cleared", "complaint.cleared", cleared_page),
    Route(f"{PATH}/<step>", "complaint.step", step_page, methods=GET_POST, personal=True, limit=Limit.GUARDED),
    *RECEIPT_ROUTES,
    *TRACK_ROUTES,
    *STORY_ROUTES,
)
