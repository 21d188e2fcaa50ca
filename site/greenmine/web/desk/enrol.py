"""Opening an account after a one-time link: password, authenticator, recovery codes."""

import re
from dataclasses import dataclass

import segno
from flask import make_response
from flask.typing import ResponseReturnValue

from greenmine.content.passwords import load_common_passwords
from greenmine.domain.errors import GreenmineError, NotAllowed
from greenmine.domain.sign_in import Stage
from greenmine.usecases.enrol import (
    confirm_authenticator,
    proposed_authenticator,
    set_first_password,
    take_recovery_codes,
)
from greenmine.usecases.password_hash import HASHES
from greenmine.usecases.sign_in import session_at
from greenmine.web.context import current_services
from greenmine.web.forms.sheet import Sheet
from greenmine.web.forms.sign_in import CodeForm, PasswordForm
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Page, render

from .refusal import shown, shown_refused
from .session import go, keep, session_token, start_again
from .sign_in import STAGE_PATHS


@dataclass(frozen=True)
class Pattern:
    """A QR code as an SVG path: one square of side 1 for each dark module, ``size`` modules wide with its margin."""

    size: int
    path: str


def password_page() -> ResponseReturnValue:
    """``/desk/enrol/password``: set the password that a link allows to set."""
    services, form = current_services(), PasswordForm()
    page = Page(title=_("设置密码"), noindex=True)
    if not _is_at(Stage.ENROL_PASSWORD):
        return start_again()
    if not form.validate_on_submit():
        return shown("desk/enrol_password.html", page, form=form)
    try:
        token, stage = set_first_password(
            services.database,
            token=session_token(),
            password=form.password.data,
            site_name=services.settings.site_name,
            common=load_common_passwords(services.settings.content_dir),
            hashes=HASHES,
            master=services.master,
            at=services.clock(),
        )
    except GreenmineError as error:
        return shown_refused("desk/enrol_password.html", page, form=form, error=error)
    return go(STAGE_PATHS[stage], token=token)


def totp_page() -> ResponseReturnValue:
    """``/desk/enrol/totp``: the authenticator's secret as a picture and as text; its code binds it."""
    services, form = current_services(), CodeForm()
    page = Page(title=_("绑定身份验证器"), noindex=True)
    if not _is_at(Stage.ENROL_TOTP):
        return start_again()
    with services.database.read() as tx:
        authenticator = proposed_authenticator(
            tx,
            token=session_token(),
            site_name=services.settings.site_name,
            master=services.master,
            at=services.clock(),
        )
    shows = {
        "authenticator": authenticator,
        "secret": " ".join(re.findall(".{4}", authenticator.secret)),
        "pattern": pattern_of(authenticator.address),
    }
    if not form.validate_on_submit():
        return shown("desk/enrol_totp.html", page, form=form, **shows)
    try:
        with services.database.write() as tx:
            token = confirm_authenticator(
                tx, token=session_token(), code=form.code.data, master=services.master, at=services.clock()
            )
    except GreenmineError as error:
        return shown_refused("desk/enrol_totp.html", page, form=form, error=error, **shows)
    return go(STAGE_PATHS[Stage.ENROL_CODES], token=token)


def recovery_codes_page() -> ResponseReturnValue:
    """``/desk/enrol/recovery-codes``: the button makes the codes and shows them once; the account is then open."""
    services, form = current_services(), Sheet()
    page = Page(title=_("领取恢复码"), noindex=True)
    if not _is_at(Stage.ENROL_CODES):
        return start_again()
    if not form.validate_on_submit():
        return shown("desk/enrol_codes.html", page, form=form)
    try:
        with services.database.write() as tx:
            token, codes = take_recovery_codes(tx, token=session_token(), at=services.clock())
    except NotAllowed:
        return start_again()
    return keep(
        make_response(render("desk/codes.html", Page(title=_("恢复码"), noindex=True), codes=codes)), token=token
    )


def pattern_of(text: str) -> Pattern:
    """The QR code of a text, with the margin of four modules that readers need."""
    margin = 4
    rows = list(segno.make(text, error="m", micro=False).matrix)
    squares = [
        f"M{x + margin} {y + margin}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    ]
    return Pattern(len(rows) + 2 * margin, "".join(squares))


def _is_at(stage: Stage) -> bool:
    services = current_services()
    try:
        with services.database.read() as tx:
            session_at(tx, token=session_token(), stage=stage, at=services.clock())
    except NotAllowed:
        return False
    return True
