"""``/complaints/track``: number and code open a case for thirty minutes; unknown and wrong are answered alike.

Both are taken by POST only and stand in no address, log or cache; guesses are slowed by a question, never locked.
Source: trust.md 14, 15; ASVS 14.2.1, 2.4.1.
"""

from typing import Final

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from greenmine.config import Settings
from greenmine.domain.case_number import read_code, read_number
from greenmine.domain.errors import GreenmineError
from greenmine.store.case_access import VISIT, end_visit, start_visit
from greenmine.usecases.case_code import find_case_by_code, is_slowed
from greenmine.web.abuse import Guarded, check_form, form_marks
from greenmine.web.context import current_services, current_settings
from greenmine.web.forms.complaint import TrackSheet
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Page, render
from greenmine.web.public.complaint_draft import PATH, TRACK_PATH, TypedText, home
from greenmine.web.routing import GET_POST, POST, Limit, Route

CASE_PATH: Final = f"{TRACK_PATH}/case"
_TITLE: Final = "查询办理进度"


def track_page() -> ResponseReturnValue:
    """The way in."""
    form = TrackSheet()
    if request.method != "POST":
        return login(TrackSheet(formdata=None))
    number, code = _typed(form)
    verdict = check_form(Guarded.LOOKUP, asked=bool(number) and _is_slowed(number))
    if verdict.challenge is not None:
        return verdict.challenge
    if form.errors:
        return login(form)
    services = current_services()
    case = find_case_by_code(services.database, number=number, code=code, at=services.clock(), master=services.master)
    if case is None:
        form.code.errors = [_("编号或查询码不正确，请对照回执核对后重新输入。")]
        return login(form)
    with services.database.write() as tx:
        token = start_visit(tx, case, at=services.clock())
    return _with_visit(make_response(redirect(CASE_PATH, 303)), token)


def leave_page() -> ResponseReturnValue:
    """``POST /complaints/track/leave``: the visit is over at once."""
    token = visit_token()
    if token:
        with current_services().database.write() as tx:
            end_visit(tx, token)
    return without_visit(make_response(redirect(f"{TRACK_PATH}/left", 303)))


def left_page() -> ResponseReturnValue:
    """``/complaints/track/left``."""
    page = Page(title=_("已退出查询"), section=PATH, noindex=True, crumbs=(home(),))
    return render("complaint/left.html", page, track=TRACK_PATH)


def login(form: TrackSheet, *, sentence: str = "", status: int = 0, fields: tuple[TypedText, ...] = ()) -> Response:
    """The page of number and code.

    :param sentence: why it is shown instead of the case; :param fields: what was typed there, to be copied
    """
    form.code.data = ""  # not sent back; the page of a question alone carries it on, or the holder typed it for ever
    body = render(
        "complaint/track.html",
        Page(
            title=_(_TITLE), section=PATH, canonical=TRACK_PATH, crumbs=(home(),),
            description=_("凭编号和查询码查看投诉、异议、纠错的办理进度"),
        ),
        form=form,
        sentence=sentence,
        fields=fields,
        marks=form_marks(Guarded.LOOKUP),
        action=TRACK_PATH,
    )  # fmt: skip
    return make_response(body, status or (400 if form.errors else 200))


def visit_token() -> str:
    """What the visitor's cookie holds; empty without one."""
    return request.cookies.get(_cookie(current_settings()), "")[:100]


def without_visit(response: Response) -> Response:
    """Take the visit's cookie away."""
    settings = current_settings()
    response.delete_cookie(_cookie(settings), path="/", secure=settings.cookie_secure, httponly=True, samesite="Lax")
    return response


def _with_visit(response: Response, token: str) -> Response:
    settings = current_settings()
    response.set_cookie(
        _cookie(settings), token, max_age=int(VISIT.total_seconds()), secure=settings.cookie_secure, httponly=True,
        samesite="Lax", path="/",
    )  # fmt: skip
    return response


def _typed(form: TrackSheet) -> tuple[str, str]:
    """Number and code as the store knows them; what cannot be one is told beside its field."""
    if not form.validate():
        return "", ""
    number = code = ""
    try:
        number = read_number(form.number.data)
    except GreenmineError as error:
        form.refuse(error)
    try:
        code = read_code(form.code.data)
    except GreenmineError as error:
        form.refuse(error)
    return number, code


def _is_slowed(number: str) -> bool:
    services = current_services()
    with services.database.read() as tx:
        return bool(is_slowed(tx, number, at=services.clock(), master=services.master))


def _cookie(settings: Settings) -> str:
    return "__Host-gm-visit" if settings.cookie_secure else "gm-visit"


TRACK_ROUTES: Final = (
    Route(TRACK_PATH, "case.track", track_page, methods=GET_POST, personal=True, limit=Limit.GUARDED),
    Route(f"{TRACK_PATH}/leave", "case.leave", leave_page, methods=POST, personal=True, limit=Limit.GUARDED),
    Route(f"{TRACK_PATH}/left", "case.left", left_page),
)
