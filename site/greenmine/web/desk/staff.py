"""The administrator's pages: who may sign in, in which role, for which regions. Links are shown once."""

import re
from collections.abc import Iterable

from flask import make_response, redirect
from flask.typing import ResponseReturnValue

from greenmine.domain.body import CASE_DEPARTMENTS
from greenmine.domain.department import DEPARTMENT_LABELS
from greenmine.domain.errors import BadInput, GreenmineError
from greenmine.domain.noun import STAFF
from greenmine.domain.officer import DEEDS, Deed, Role
from greenmine.domain.region import Regions
from greenmine.domain.sign_in import Purpose
from greenmine.domain.text import N_
from greenmine.store.staff import StaffRow
from greenmine.usecases.staff import assign, disable, enable, enter_staff, managed, managed_staff, new_link
from greenmine.web.context import current_officer, current_services
from greenmine.web.forms.staff import NewStaffForm, SeatForm
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render

from .refusal import shown, shown_refused


def list_page() -> ResponseReturnValue:
    """``/desk/staff``: everybody in the administrator's regions."""
    services = current_services()
    with services.database.read() as tx:
        people = managed_staff(tx, regions=services.reference.regions, by=current_officer())
    page = Page(title=_("人员"), noindex=True, crumbs=(Crumb(_("工作台"), "/desk"),))
    rows = [(person, _places(person), _handled(person)) for person in people]
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
                tx,
                login=form.login.data,
                name=form.name.data,
                role=Role(form.role.data),
                region_codes=codes_in(form.regions.data, regions),
                regions=regions,
                by=current_officer(),
                at=services.clock(),
                departments=form.handled(),
            )
    except GreenmineError as error:
        return shown_refused("desk/staff_new.html", page, form=form, error=error)
    return _link_shown(token, form.name.data)


def person_page(number: int) -> ResponseReturnValue:
    """``/desk/staff/<id>``: role and regions; further buttons post to their own addresses."""
    services, officer = current_services(), current_officer()
    regions = services.reference.regions
    with services.database.read() as tx:
        person = managed(tx, number, regions=regions, by=officer)
    seats = "、".join(_places(person))
    ticked = sorted(str(each) for each in person.departments)
    form = SeatForm(role=str(person.role), regions=seats, departments=ticked, version=str(person.version))
    page = _page(person.name)
    shows = {"person": person, "places": seats, "own": person.id == officer.id, "handled": _handled(person)}
    if not form.validate_on_submit():
        return shown("desk/staff_person.html", page, form=form, **shows)
    try:
        with services.database.write() as tx:
            assign(
                tx,
                number,
                role=Role(form.role.data),
                region_codes=codes_in(form.regions.data, regions),
                regions=regions,
                by=officer,
                at=services.clock(),
                seen_version=_seen_version(form.version.data or ""),
                departments=form.handled(),
            )
    except GreenmineError as error:
        return shown_refused("desk/staff_person.html", page, form=form, error=error, **shows)
    return redirect(STAFF.desk_list, 303)


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


def _seen_version(text: str) -> int:
    """The version the form was made from; -1, which no account has, when it does not say."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


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


def _places(person: StaffRow) -> tuple[str, ...]:
    regions = current_services().reference.regions
    return _sorted(regions.path_name(code) for code in person.regions)


def _handled(person: StaffRow) -> str:
    """Whose cases the person handles, in words; empty for a role that handles none."""
    if Deed.HANDLE_CASE not in DEEDS[person.role]:
        return ""
    named = [_(DEPARTMENT_LABELS[each]) for each in CASE_DEPARTMENTS if each in person.departments]
    return _("、").join(named) or _("所有部门")


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


def _page(title: str) -> Page:
    return Page(title=title, noindex=True, crumbs=(Crumb(_("工作台"), "/desk"), Crumb(_("人员"), STAFF.desk_list)))
