"""Signing in and out: password, then code or recovery code; one-time links."""

from typing import Final
from urllib.parse import quote

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue

from greenmine.domain.errors import Gone, GreenmineError, NotAllowed
from greenmine.domain.sign_in import Purpose, Stage
from greenmine.domain.text import N_
from greenmine.usecases.enrol import follow_link, look_at_link
from greenmine.usecases.password_hash import HASHES
from greenmine.usecases.sign_in import enter_code, enter_password, enter_recovery_code, sign_out
from greenmine.web.context import current_services
from greenmine.web.errors import STATUS
from greenmine.web.forms.sheet import said
from greenmine.web.forms.sign_in import CodeForm, RecoveryForm, SignInForm
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Page, render
from greenmine.web.routing import SIGN_IN

from .refusal import shown, shown_refused
from .session import (
    DESK,
    device_token,
    forget,
    go,
    session_token,
    signed_in_officer,
    start_again,
    way_back,
)

STAGE_PATHS: Final = {
    Stage.CODE: "/desk/sign-in/code",
    Stage.ENROL_PASSWORD: "/desk/enrol/password",
    Stage.ENROL_TOTP: "/desk/enrol/totp",
    Stage.ENROL_CODES: "/desk/enrol/recovery-codes",
    Stage.SIGNED_IN: DESK,
}
"""Where the next step of each stage is done."""

LINK_WORDS: Final = {
    Purpose.ENROL: N_("开通工作台账号"),
    Purpose.PASSWORD: N_("重设工作台密码"),
    Purpose.DEMO: N_("以演示账号登录"),
}


def sign_in_page() -> ResponseReturnValue:
    """``/desk/sign-in?back=/desk/…``: login and password; one answer for every reason of refusal."""
    services, form = current_services(), SignInForm()
    page, over = Page(title=_("工作台登录"), noindex=True), "over" in request.args
    if request.method == "GET" and signed_in_officer() is not None:
        return redirect(way_back(), 303)
    if not form.validate_on_submit():
        return shown("desk/sign_in.html", page, form=form, over=over)
    try:
        token = enter_password(
            services.database,
            login=form.login.data,
            password=form.password.data,
            device=device_token(),
            hashes=HASHES,
            at=services.clock(),
        )
    except GreenmineError as error:
        return shown_refused("desk/sign_in.html", page, form=form, error=error, over=False)
    return go(_onward(STAGE_PATHS[Stage.CODE]), token=token)


def code_page() -> ResponseReturnValue:
    """``/desk/sign-in/code``: the code of the authenticator."""
    services, form = current_services(), CodeForm()
    page = Page(title=_("输入动态码"), noindex=True)
    recovery = _onward("/desk/sign-in/recovery")
    if not form.validate_on_submit():
        return shown("desk/code.html", page, form=form, recovery=recovery)
    try:
        entry = enter_code(
            services.database, token=session_token(), code=form.code.data, master=services.master, at=services.clock()
        )
    except NotAllowed:
        return start_again()
    except GreenmineError as error:
        return shown_refused("desk/code.html", page, form=form, error=error, recovery=recovery)
    return go(way_back(), token=entry.session, device=entry.device)


def recovery_page() -> ResponseReturnValue:
    """``/desk/sign-in/recovery``: a recovery code instead."""
    services, form = current_services(), RecoveryForm()
    page = Page(title=_("输入恢复码"), noindex=True)
    code = _onward(STAGE_PATHS[Stage.CODE])
    if not form.validate_on_submit():
        return shown("desk/recovery.html", page, form=form, code=code)
    try:
        entry = enter_recovery_code(services.database, token=session_token(), code=form.code.data, at=services.clock())
    except NotAllowed:
        return start_again()
    except GreenmineError as error:
        return shown_refused("desk/recovery.html", page, form=form, error=error, code=code)
    return go(way_back(), token=entry.session, device=entry.device)


def sign_out_now() -> ResponseReturnValue:
    """``POST /desk/sign-out``: the session ends on the server, whatever its stage."""
    services = current_services()
    with services.database.write() as tx:
        sign_out(tx, token=session_token(), at=services.clock())
    return forget(redirect(SIGN_IN, 303))  # type: ignore[arg-type]


def link_page(token: str) -> ResponseReturnValue:
    """``/desk/link/<token>``: looking (or a preview) uses nothing up; the button does, once."""
    services = current_services()
    is_demo, now = services.settings.is_demo, services.clock()
    try:
        if request.method == "POST":
            with services.database.write() as tx:
                session, stage = follow_link(tx, token=token, is_demo=is_demo, at=now)
            return go(STAGE_PATHS[stage], token=session)
        with services.database.read() as tx:
            link = look_at_link(tx, token=token, is_demo=is_demo, at=now)
    except Gone as over:
        page = Page(title=_("链接已失效"), noindex=True)
        return make_response(render("desk/link_over.html", page, what=said(over)), STATUS[Gone])
    page = Page(title=_(LINK_WORDS[link.purpose]), noindex=True)
    return make_response(render("desk/link.html", page, purpose=link.purpose, expires=link.expires_at))


def _onward(path: str) -> str:
    """``path``, with the way back kept."""
    back = way_back()
    return path if back == DESK else f"{path}?back={quote(back, safe='/')}"
