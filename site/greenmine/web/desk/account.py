"""The own account: another password, new recovery codes."""

from flask import make_response, request
from flask.typing import ResponseReturnValue

from greenmine.content.passwords import load_common_passwords
from greenmine.domain.errors import GreenmineError
from greenmine.store.staff import recovery_codes_left
from greenmine.usecases.enrol import change_password, renew_recovery_codes
from greenmine.usecases.password_hash import HASHES
from greenmine.usecases.sign_in import change_seat
from greenmine.web.context import current_services
from greenmine.web.forms.sign_in import ChangePasswordForm, NewCodesForm
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.seat_words import seat_shown

from .refusal import shown, shown_refused
from .seen import number_in
from .session import DESK, current_seat, current_staff, go, session_token


def account_page() -> ResponseReturnValue:
    """``/desk/account``: who I am, and what I can change about how I sign in."""
    services, person = current_services(), current_staff()
    with services.database.read() as tx:
        left = recovery_codes_left(tx, person.id)
    seats = [seat_shown(held, services.reference.regions) for held in person.seats]
    page = Page(title=_("我的账号"), noindex=True, crumbs=(_home(),))
    return make_response(render("desk/account.html", page, person=person, seats=seats, left=left))


def change_to() -> ResponseReturnValue:
    """``POST /desk/seat``: act from another of one's seats; forms opened at the one before do not work any more."""
    services, wanted = current_services(), request.form.get("seat", "")
    with services.database.write() as tx:
        token = change_seat(tx, token=session_token(), seat=number_in(wanted), at=services.clock())
    return go(DESK, token=token)


def password_page() -> ResponseReturnValue:
    """``/desk/account/password``: change the password; every other session ends."""
    services, form, person = current_services(), ChangePasswordForm(), current_staff()
    page = _page(_("修改密码"))
    if not form.validate_on_submit():
        return shown("desk/change_password.html", page, form=form)
    try:
        token = change_password(
            services.database,
            staff=person.id,
            seat=current_seat().id,
            current=form.current.data,
            password=form.password.data,
            site_name=services.settings.site_name,
            common=load_common_passwords(services.settings.content_dir),
            hashes=HASHES,
            at=services.clock(),
        )
    except GreenmineError as error:
        return shown_refused("desk/change_password.html", page, form=form, error=error)
    return go("/desk/account", token=token)


def codes_page() -> ResponseReturnValue:
    """``/desk/account/recovery-codes``: new recovery codes, shown once; the old ones stop working."""
    services, form, person = current_services(), NewCodesForm(), current_staff()
    page = _page(_("重新领取恢复码"))
    if not form.validate_on_submit():
        return shown("desk/new_codes.html", page, form=form)
    try:
        codes = renew_recovery_codes(
            services.database, staff=person.id, current=form.current.data, hashes=HASHES, at=services.clock()
        )
    except GreenmineError as error:
        return shown_refused("desk/new_codes.html", page, form=form, error=error)
    return make_response(render("desk/codes.html", _page(_("恢复码")), codes=codes))


def _page(title: str) -> Page:
    return Page(title=title, noindex=True, crumbs=(_home(), Crumb(_("我的账号"), "/desk/account")))


def _home() -> Crumb:
    return Crumb(_("工作台"), "/desk")
