"""The administrator's pages: who may sign in, and from which seats they act. Links are shown once."""

import re

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue

from greenmine.domain.errors import BadInput, GreenmineError
from greenmine.domain.noun import STAFF
from greenmine.domain.region import Regions
from greenmine.domain.seat import Seat
from greenmine.domain.sign_in import Purpose
from greenmine.domain.text import N_
from greenmine.store.staff import StaffRow
from greenmine.usecases.staff import (
    disable,
    enable,
    enter_staff,
    give_seats,
    managed,
    managed_staff,
    new_link,
    seats_from,
    take_seat,
)
from greenmine.web.context import current_officer, current_services
from greenmine.web.forms.staff import NewStaffForm, SeatForm
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.seat_words import SeatShown, seat_shown

from .refusal import shown, shown_refused
from .seen import number_in


def list_page() -> ResponseReturnValue:
    """``/desk/staff``: everybody in the administrator's regions."""
    services = current_services()
    with services.database.read() as tx:
        people = managed_staff(tx, regions=services.reference.regions, by=current_officer())
    page = Page(title=_("人员"), noindex=True, crumbs=(Crumb(_("工作台"), "/desk"),))
    rows = [(person, _seats(person)) for person in people]
    return make_response(render("desk/staff.html", page, rows=rows))


def new_page() -> ResponseReturnValue:
    """``/desk/staff/new``: enter a person; the link that opens the account is shown once."""
    services, form, page = current_services(), NewStaffForm(), _page(_("登记人员"))
    regions = services.reference.regions
    if not form.validate_on_submit():
        return shown("desk/staff_new.html", page, form=form)
    try:
        with services.database.write() as tx:
            _number, token = enter_staff(
                tx, login=form.login.data, name=form.name.data, seats=_seats_in(form, regions), regions=regions,
                by=current_officer(), at=services.clock(),
            )  # fmt: skip
    except GreenmineError as error:
        return shown_refused("desk/staff_new.html", page, form=form, error=error)
    return _link_shown(token, form.name.data)


def person_page(number: int) -> ResponseReturnValue:
    """``/desk/staff/<id>``: the seats and a form that gives further ones; other buttons post to their own addresses."""
    services, officer = current_services(), current_officer()
    regions = services.reference.regions
    with services.database.read() as tx:
        person = managed(tx, number, regions=regions, by=officer)
    form, page = SeatForm(version=str(person.version)), _page(person.name)
    shows = {"person": person, "seats": _seats(person), "own": person.id == officer.id}
    if not form.validate_on_submit():
        return shown("desk/staff_person.html", page, form=form, **shows)
    try:
        with services.database.write() as tx:
            give_seats(
                tx, number, seats=_seats_in(form, regions), regions=regions, by=officer, at=services.clock(),
                seen_version=number_in(form.version.data or ""),
            )  # fmt: skip
    except GreenmineError as error:
        return shown_refused("desk/staff_person.html", page, form=form, error=error, **shows)
    return redirect(STAFF.desk_page(number), 303)


def remove_seat(number: int, seat: int) -> ResponseReturnValue:
    """``POST /desk/staff/<id>/seats/<seat>/remove``: take a seat away; who acts from it is out at once."""
    services = current_services()
    with services.database.write() as tx:
        take_seat(
            tx, number, seat, regions=services.reference.regions, by=current_officer(), at=services.clock(),
            seen_version=number_in(request.form.get("version", "")),
        )  # fmt: skip
    return redirect(STAFF.desk_page(number), 303)


def disable_person(number: int) -> ResponseReturnValue:
    """``POST /desk/staff/<id>/disable``: shut the person out at once."""
    services = current_services()
    with services.database.write() as tx:
        disable(tx, number, regions=services.reference.regions, by=current_officer(), at=services.clock())
    return redirect(STAFF.desk_page(number), 303)


def enable_person(number: int) -> ResponseReturnValue:
    """``POST /desk/staff/<id>/enable``: let the person in again."""
    services = current_services()
    with services.database.write() as tx:
        enable(tx, number, regions=services.reference.regions, by=current_officer(), at=services.clock())
    return redirect(STAFF.desk_page(number), 303)


def enrol_link(number: int) -> ResponseReturnValue:
    """``POST /desk/staff/<id>/link``: a new link that opens the account anew, shown once."""
    return _issue(number, Purpose.ENROL)


def password_link(number: int) -> ResponseReturnValue:
    """``POST /desk/staff/<id>/password-link``: a link to set another password, shown once."""
    return _issue(number, Purpose.PASSWORD)


def codes_in(text: str, regions: Regions) -> tuple[str, ...]:
    """Region codes of what was typed: names or codes, separated by 、 ， ； or spaces. Raises BadInput."""
    return tuple(_code_of(word, regions) for word in re.split(r"[、，,；;\s]+", text.strip()) if word)


def _code_of(word: str, regions: Regions) -> str:
    found = regions.find(word) or regions.by_name(word)
    if found is None:
        raise BadInput(
            "staff.region_unknown",
            N_("没有找到辖区“%(word)s”，或有重名，请写全称或6位代码。"),
            field="regions",
            word=word,
        )
    return found.code


def _issue(number: int, purpose: Purpose) -> ResponseReturnValue:
    services, officer = current_services(), current_officer()
    regions = services.reference.regions
    with services.database.write() as tx:
        token = new_link(tx, number, purpose=purpose, regions=regions, by=officer, at=services.clock())
        name = managed(tx, number, regions=regions, by=officer).name
    return _link_shown(token, name)


def _link_shown(token: str, name: str) -> ResponseReturnValue:
    address = f"{current_services().settings.site_url}/desk/link/{token}"
    return make_response(render("desk/staff_link.html", _page(_("一次性链接")), address=address, name=name))


def _seats(person: StaffRow) -> tuple[SeatShown, ...]:
    regions = current_services().reference.regions
    return tuple(seat_shown(held, regions) for held in person.seats)


def _seats_in(form: SeatForm, regions: Regions) -> tuple[Seat, ...]:
    """The seats that the form names. Raises BadInput beside its field."""
    return seats_from(form.chosen(), codes_in(form.regions.data, regions), regions=regions, departments=form.handled())


def _page(title: str) -> Page:
    return Page(title=title, noindex=True, crumbs=(Crumb(_("工作台"), "/desk"), Crumb(_("人员"), STAFF.desk_list)))
