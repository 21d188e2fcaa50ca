"""The people of the desk: who may sign in, in which role, for which regions. Links open accounts; nobody else
ever learns a password.

``by`` is the administrator who acts, None for the console of the machine (the only way to the first account).
Sources: OWASP ASVS 5.0 6.3.2, 7.4.2, 8.2, 8.3.2, 15.3.3.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from greenmine.domain.department import Department
from greenmine.domain.errors import BadInput, NotFound, RuleBroken
from greenmine.domain.officer import DEEDS, Deed, Officer, Role, may
from greenmine.domain.region import RegionLevel, Regions
from greenmine.domain.sign_in import LINK_LIVES, Purpose
from greenmine.domain.text import N_
from greenmine.domain.unseen import require_seen
from greenmine.store import journal
from greenmine.store.database import Tx
from greenmine.store.staff import (
    StaffRow,
    active_with_role,
    add_staff,
    all_staff,
    change_staff,
    get_staff,
    put_departments,
)
from greenmine.store.staff_session import end_sessions_of, issue_link, revoke_links
from greenmine.usecases.sign_in import normal_login

_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
_LONGEST_NAME: Final = 40
_LEVELS: Final = {
    Role.COUNTY: RegionLevel.COUNTY,
    Role.CITY: RegionLevel.PREFECTURE,
    Role.PROVINCE: RegionLevel.PROVINCE,
}
"""At which level a role sits; editors and administrators sit anywhere."""


def enter_staff(
    tx: Tx,
    *,
    login: str,
    name: str,
    role: Role,
    region_codes: Iterable[str],
    regions: Regions,
    by: Officer | None,
    at: datetime,
    departments: Iterable[Department] = (),
) -> tuple[int, str]:
    """Enter a person; returns the id and the token of the link that opens the account (24 hours, once).

    :param departments: whose cases the person handles; none named: those of every department of the regions
    Raises BadInput (fields ``login``, ``name``, ``regions``, ``departments``), Conflict (login taken), NotFound
    (foreign region).
    """
    login = normal_login(login)
    if not _LOGIN.fullmatch(login):
        raise BadInput(
            "staff.login_malformed",
            N_("登录名须为3至40个字符，用小写字母、数字和 . _ -，以字母或数字开头。"),
            field="login",
        )
    shown = " ".join(name.split())
    if not 0 < len(shown) <= _LONGEST_NAME:
        raise BadInput("staff.name_missing", N_("请填写姓名（不超过%(n)s个字）。"), field="name", n=_LONGEST_NAME)
    require_seen(shown, field="name")
    codes = _seats(region_codes, role=role, regions=regions, by=by)
    handled = _handled(departments, role=role)
    number = add_staff(tx, login=login, name=shown, role=role, regions=codes, at=at)
    if handled:
        put_departments(tx, number, handled)
    _note(tx, "staff.added", number, by=by, at=at, detail=_seat_text(role, codes, handled))
    return number, new_link(tx, number, purpose=Purpose.ENROL, regions=regions, by=by, at=at)


def new_link(tx: Tx, number: int, *, purpose: Purpose, regions: Regions, by: Officer | None, at: datetime) -> str:
    """A one-time link's token for this person; earlier ones stop working.

    Raises NotFound (not in the administrator's regions), RuleBroken (disabled).
    """
    person = managed(tx, number, regions=regions, by=by)
    if not person.active:
        raise RuleBroken("staff.disabled", N_("此账号已停用，请先恢复再发链接。"))
    _note(tx, "staff.link_issued", number, by=by, at=at, detail=f"purpose={purpose}")
    return issue_link(tx, number, purpose=purpose, at=at, lives=LINK_LIVES)


def assign(
    tx: Tx,
    number: int,
    *,
    role: Role,
    region_codes: Iterable[str],
    regions: Regions,
    by: Officer | None,
    at: datetime,
    seen_version: int | None = None,
    departments: Iterable[Department] | None = None,
) -> None:
    """Give a person another role, other regions or departments. A new role ends every session; the rest ends nothing
    and holds at once.

    :param departments: whose cases the person handles, empty for those of every department; None leaves them
    Raises NotFound, BadInput (``regions``, ``departments``), RuleBroken (one's own, the last administrator), Conflict.
    """
    person = managed(tx, number, regions=regions, by=by)
    codes = _seats(region_codes, role=role, regions=regions, by=by)
    kept = person.departments if Deed.HANDLE_CASE in DEEDS[role] else ()
    handled = _handled(kept if departments is None else departments, role=role)
    _refuse_own(person, by)
    if role is not Role.ADMINISTRATOR:
        _keep_one_administrator(tx, person)
    change_staff(tx, number, role=role, regions=codes, active=person.active, seen_version=seen_version)
    if handled != tuple(sorted(person.departments)):
        put_departments(tx, number, handled)
    if role is not person.role:
        end_sessions_of(tx, number, at=at)
    _note(tx, "staff.assigned", number, by=by, at=at, detail=_seat_text(role, codes, handled))


def disable(tx: Tx, number: int, *, regions: Regions, by: Officer | None, at: datetime) -> None:
    """Shut a person out at once: sessions and links end. Raises NotFound, RuleBroken."""
    person = managed(tx, number, regions=regions, by=by)
    _refuse_own(person, by)
    _keep_one_administrator(tx, person)
    change_staff(tx, number, role=person.role, regions=person.regions, active=False)
    ended = end_sessions_of(tx, number, at=at)
    revoke_links(tx, number, at=at)
    _note(tx, "staff.disabled", number, by=by, at=at, detail=f"sessions_ended={ended}")


def enable(tx: Tx, number: int, *, regions: Regions, by: Officer | None, at: datetime) -> None:
    """Let a disabled person in again, with the password and authenticator as they were. Raises NotFound."""
    person = managed(tx, number, regions=regions, by=by)
    change_staff(tx, number, role=person.role, regions=person.regions, active=True)
    _note(tx, "staff.enabled", number, by=by, at=at)


def managed(tx: Tx, number: int, *, regions: Regions, by: Officer | None) -> StaffRow:
    """The person, if the administrator may know and manage them. Raises NotFound for anybody else's people."""
    person = get_staff(tx, number)
    if not _manages(person.regions, regions=regions, by=by):
        raise NotFound("staff.unknown", N_("没有这名工作人员。"))
    return person


def managed_staff(tx: Tx, *, regions: Regions, by: Officer | None) -> tuple[StaffRow, ...]:
    """Everybody the administrator manages, by login."""
    return tuple(person for person in all_staff(tx) if _manages(person.regions, regions=regions, by=by))


def _manages(codes: Iterable[str], *, regions: Regions, by: Officer | None) -> bool:
    """Whether every one of the regions lies within the administrator's own."""
    return by is None or all(may(by, Deed.MANAGE_STAFF, region=code, regions=regions) for code in codes)


def _seats(codes: Iterable[str], *, role: Role, regions: Regions, by: Officer | None) -> tuple[str, ...]:
    chosen = tuple(sorted(set(codes)))
    if not chosen:
        raise BadInput("staff.region_missing", N_("请选择辖区。"), field="regions")
    for code in chosen:
        region = regions.find(code)
        if region is None or not _manages([code], regions=regions, by=by):
            raise BadInput("staff.region_foreign", N_("没有代码为%(region)s的辖区。"), field="regions", region=code)
        wanted = _LEVELS.get(role, region.level)
        if region.level is not wanted and (regions.children(code) or role is not Role.COUNTY):
            raise BadInput(
                "staff.region_level", N_("%(name)s的层级与岗位不符。"), field="regions", name=regions.path_name(code)
            )
    return chosen


def _handled(departments: Iterable[Department], *, role: Role) -> tuple[Department, ...]:
    """The departments in order. Raises BadInput when the role handles no cases at all."""
    chosen = tuple(sorted(set(departments)))
    if chosen and Deed.HANDLE_CASE not in DEEDS[role]:
        raise BadInput("staff.department_role", N_("此岗位不办理来件，不能设置部门。"), field="departments")
    return chosen


def _refuse_own(person: StaffRow, by: Officer | None) -> None:
    if by is not None and by.id == person.id:
        raise RuleBroken("staff.own_account", N_("不能改动自己的岗位、辖区或停用自己，请由另一名管理员办理。"))


def _keep_one_administrator(tx: Tx, person: StaffRow) -> None:
    is_last = person.role is Role.ADMINISTRATOR and person.active and active_with_role(tx, Role.ADMINISTRATOR) == 1
    if is_last:
        raise RuleBroken("staff.last_administrator", N_("这是最后一名管理员，请先设另一名管理员。"))


def _seat_text(role: Role, codes: Iterable[str], departments: Iterable[Department]) -> str:
    seat = f"role={role} regions={','.join(sorted(codes))}"
    named = ",".join(departments)
    return f"{seat} departments={named}" if named else seat


def _note(tx: Tx, event: str, number: int, *, by: Officer | None, at: datetime, detail: str = "") -> None:
    """The journal names who did it; whom it concerns stands in the detail, as an id."""
    text = f"subject={number} {detail}".rstrip()
    journal.note(tx, event, at=at, staff=by.id if by else None, detail=text)
