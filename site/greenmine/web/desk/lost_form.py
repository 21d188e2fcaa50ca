"""A form of the desk that could not be taken: signed out, token no longer good, or the thing has moved on meanwhile.

What was typed is shown again to be copied, never passwords, codes, tokens or files; nothing of it is kept. The
session is asked before the token, so that a person who is signed out is told so and not that a page is stale.
Sources: OWASP ASVS 5.0 7.4 (ended sessions), 3.5.1 (forgery), WCAG 2.2 2.2.5 (no data lost when signed out).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from flask import Flask, Response, current_app, g, make_response, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from greenmine.domain.errors import Conflict, Gone, GreenmineError, RuleBroken, Unready
from greenmine.domain.officer import Officer
from greenmine.web.client import client_mark
from greenmine.web.context import find_officer
from greenmine.web.errors import HELP, STALE_FORM, answer_refusal, error_page, status_of, with_wait
from greenmine.web.forms.sheet import Sheet, said
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Page, render
from greenmine.web.parts import Way
from greenmine.web.public.form_again import again
from greenmine.web.routing import SIGN_IN, Door, Route, current_route

from .session import SEAT, start_again

DESK: Final = "/desk"
LONG_FORM_PARTS: Final = 6000
"""Most fields of a form of somebody signed in: closing a long list sends two for each mine left out."""

_UNTYPED: Final = frozenset({"csrf_token", "version", "step", "confirmed", "same_mines", "known", "dropped"})
_SEEN: Final = "seen_"
_REASON: Final = "reason-"
_SECRET_WORDS: Final = ("password", "token", "secret")
_SECRETS: Final = frozenset({"current", "again", "code", "totp"})
_SECRET_DOORS: Final = ("account", "sign_in", "enrol")


@dataclass(frozen=True)
class Lost:
    """One typed field: its label (its name, when no form of ours says one) and the text."""

    label: str
    text: str
    rows: int


@dataclass(frozen=True)
class Typed:
    """What this request brought that is kept nowhere; empty unless a form of the desk was sent from this site."""

    fields: tuple[Lost, ...] = ()
    with_files: bool = False


def init_lost_forms(app: Flask) -> None:
    """Ask who is there before anything of a form of the desk is read; give back what was typed where no form does."""
    app.before_request(_knock)
    app.register_error_handler(CSRFError, _answer_stale)
    app.register_error_handler(Unready, _answer_unready)
    for kind in (Conflict, Gone, RuleBroken):
        app.register_error_handler(kind, _answer_moved_on)
    app.jinja_env.globals.update(typed_here=typed_here)


def _knock() -> None:
    if _desk_post() is not None:
        g.at_desk = find_officer()
        if g.at_desk is not None:
            request.max_form_parts = LONG_FORM_PARTS


def answer_signed_out() -> ResponseReturnValue | None:
    """The page of a form that nobody signed in has sent; None lets the request go on. Runs before the token."""
    route = _desk_post()
    if route is None or g.get("at_desk") is not None:
        return None
    if request.path == SEAT:
        return start_again()  # a second click on the change of the seat: by now the browser may hold the new session
    return _lost(
        title=_("您已退出登录"),
        what=_("您已退出登录，刚才的内容没有保存。"),
        then=_("登录后会回到刚才的表单，请重新填写或粘贴后再保存。"),
        way=Way(label=_("登录，回到刚才的表单"), href=f"{SIGN_IN}?back={quote(form_address(request.path), safe='/')}"),
        status=403,
    )


def sender() -> str:
    """Whose forms of the desk are counted together: the officer's, wherever they sit."""
    officer = g.get("at_desk")
    return f"officer-{officer.id}" if isinstance(officer, Officer) else f"client-{client_mark()}"


def form_address(path: str) -> str:
    """The page of the desk whose form was sent: this address, or the nearest above it that can be opened."""
    adapter = current_app.url_map.bind("localhost")
    while path.startswith(f"{DESK}/"):
        try:
            adapter.match(path, method="GET")
            return path
        except HTTPException:
            path = path.rpartition("/")[0]
    return DESK


def typed_here() -> Typed:
    """What was typed in the form that this answers, to be copied; nothing on a page that was only opened."""
    route = _desk_post()
    if route is None:
        return Typed()
    fields = tuple(_typed(route)) if _is_own() else ()
    return Typed(fields, any(storage.filename for storage in request.files.values()))


def _desk_post() -> Route | None:
    route = current_route()
    return route if route is not None and route.access.door is Door.DESK and request.method == "POST" else None


def _answer_stale(error: CSRFError) -> Response:
    route = _desk_post()
    if route is None:
        return (again(_(STALE_FORM)) if _is_own() else None) or error_page(400, sentence=_(STALE_FORM))
    return _again(title=_("请重新提交"), what=_(STALE_FORM), status=error.code or 400)


def _answer_unready(error: Unready) -> ResponseReturnValue:
    """The site cannot take it now (log behind its head, clock, database): what was typed is shown to be copied."""
    route = _desk_post()
    if route is None or g.get("at_desk") is None:
        return answer_refusal(error)
    return with_wait(_again(title=_("暂时不能办理"), what=said(error), status=503), error)


def _answer_moved_on(error: GreenmineError) -> ResponseReturnValue:
    """Another officer acted first and no form shows the refusal: what was typed is shown to be copied."""
    typed = typed_here()
    if not (typed.fields or typed.with_files):
        return answer_refusal(error)
    status = status_of(error)
    answer = _lost(
        title=_(HELP[status].title),
        what=said(error),
        then=_("您刚才的操作没有生效。"),
        way=Way(label=_("查看现在的情况"), href=form_address(request.path.rpartition("/")[0])),
        status=status,
    )
    return with_wait(answer, error)


def _again(*, title: str, what: str, status: int) -> Response:
    return _lost(
        title=title,
        what=what,
        then=_("刚才的内容没有保存。请重新打开表单，核对后重新提交。"),
        way=Way(label=_("重新打开表单"), href=form_address(request.path)),
        status=status,
    )


def _lost(*, title: str, what: str, then: str, way: Way, status: int) -> Response:
    """What happened, what to do now and where; what was typed stands below."""
    page = Page(title=title, noindex=True)
    return make_response(render("desk/lost_form.html", page, what=what, then=then, way=way), status)


def _is_own() -> bool:
    """Whether a page of this site sent the form: words that another site sends are not shown as the officer's."""
    origin = request.headers.get("Origin", request.host_url)
    return (
        request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        and urlsplit(origin).netloc == urlsplit(request.host_url).netloc
    )


def _typed(route: Route) -> Iterator[Lost]:
    """What was typed, in the order of the page, under the labels of our forms."""
    if route.endpoint.startswith(_SECRET_DOORS):
        return
    labels = _labels(route)
    for name, text in request.form.items(multi=True):
        is_secret = name in _SECRETS or any(word in name.lower() for word in _SECRET_WORDS)
        if text.strip() and name not in _UNTYPED and not name.startswith(_SEEN) and not is_secret:
            yield Lost(_label(name, labels), text, min(16, max(1, text.count("\n") + 1 + len(text) // 60)))


def _label(name: str, labels: dict[str, str]) -> str:
    """The field's label; a reason of a closing names the mine it is about."""
    if name.startswith(_REASON):
        return _("矿山%(mine)s的理由", mine=name.removeprefix(_REASON))
    return labels.get(name, name)


def _labels(route: Route) -> dict[str, str]:
    """Names to labels over all our forms; those of the module that serves this page come first."""
    page = route.view.__module__.rpartition(".")[2]
    found: dict[str, str] = {}
    for sheet in sorted(_sheets(Sheet), key=lambda each: not page.startswith(each.__module__.rpartition(".")[2])):
        for name in dir(sheet):
            field = getattr(sheet, name)
            if hasattr(field, "field_class") and field.args:
                found.setdefault(name, str(field.args[0]))
    return found


def _sheets(sheet: type[Sheet]) -> Iterator[type[Sheet]]:
    for each in sheet.__subclasses__():
        yield each
        yield from _sheets(each)
