"""The people of the desk: who may sign in, and from which seats they act. Links open accounts; nobody else ever
learns a password.

``by`` is the administrator who acts, None for the console of the machine (the only way to the first account).
Sources: OWASP ASVS 5.0 6.3.2, 7.4.2, 8.2, 8.3.2, 15.3.3.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from greenmine.domain.body import CASE_DEPARTMENTS
from greenmine.domain.department import Department
from greenmine.domain.errors import BadInput, NotFound, RuleBroken
from greenmine.domain.officer import DEEDS, Deed, Officer, may, may_sit, require_desk
from greenmine.domain.region import Regions
from greenmine.domain.seat import SCOPES, Role, ScopeKind, Seat
from greenmine.domain.sign_in import LINK_LIVES, Purpose
from greenmine.domain.text import N_
from greenmine.domain.unseen import require_seen
from greenmine.store import journal
from greenmine.store.database import Tx
from greenmine.store.staff import StaffRow, active_with_role, add_staff, all_staff, get_staff, put_seats, put_standing
from greenmine.store.staff_session import end_sessions_from, end_sessions_of, issue_link, revoke_links
from greenmine.usecases.sign_in import normal_login

_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
_LONGEST_NAME: Final = 40


def seats_from(
    role: Role, region_codes: Iterable[str], *, regions: Regions, departments: Iterable[Department] = ()
) -> tuple[Seat, ...]:
    """The seats of a role in these regions, as a form or a command names them.

    :param departments: whose cases a region's seat handles, none named: those of every department; for the role of a
        department they name the departments themselves, one seat each
    Raises BadInput (fields ``role``, ``regions``, ``departments``).
    """
    require_desk(role)
    codes, named = tuple(dict.fromkeys(region_codes)), frozenset(departments)
    for code in codes:
        if regions.find(code) is None:
            raise _foreign(code)
    if ScopeKind.DEPARTMENT not in SCOPES[role]:
        return tuple(Seat(role, code, named) for code in codes)
    if not named:
        raise BadInput("staff.department_missing", N_("请勾选是哪个部门的席位。"), field="departments")
    return tuple(Seat(role, f"{code}/{each}") for code in codes for each in sorted(named))


def enter_staff(
    tx: Tx, *, login: str, name: str, seats: Iterable[Seat], regions: Regions, by: Officer | None, at: datetime
) -> tuple[int, str]:
    """Enter a person; returns the id and the token of the link that opens the account (24 hours, once).

    Raises BadInput (fields ``login``, ``name``, ``role``, ``regions``, ``departments``), Conflict (login taken).
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
    chosen = _checked(seats, regions=regions, by=by)
    number = add_staff(tx, login=login, name=shown, seats=chosen, at=at)
    _note(tx, "staff.added", number, by=by, at=at, detail=_seats_text(chosen))
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
    seats: Iterable[Seat],
    regions: Regions,
    by: Officer | None,
    at: datetime,
    seen_version: int | None = None,
) -> None:
    """Let these be the person's seats. Sessions that act from a seat taken away end; the rest goes on, and a change of
    departments holds at once.

    Raises NotFound, BadInput (``role``, ``regions``, ``departments``), RuleBroken (one's own, the last administrator),
    Conflict.
    """
    person = managed(tx, number, regions=regions, by=by)
    chosen = _checked(seats, regions=regions, by=by)
    _refuse_own(person, by)
    if all(seat.role is not Role.ADMINISTRATOR for seat in chosen):
        _keep_one_administrator(tx, person)
    kept = {seat.signature for seat in chosen}
    for held in person.seats:
        if held.seat.signature not in kept:
            end_sessions_from(tx, held.id, at=at)
    put_seats(tx, person, chosen, seen_version=seen_version)
    _note(tx, "staff.assigned", number, by=by, at=at, detail=_seats_text(chosen))


def give_seats(
    tx: Tx,
    number: int,
    *,
    seats: Iterable[Seat],
    regions: Regions,
    by: Officer | None,
    at: datetime,
    seen_version: int | None = None,
) -> None:
    """Give a person further seats; one they hold already takes the departments named now. Raises as :func:`assign`."""
    given = {seat.signature: seat for seat in seats}
    held = {each.seat.signature: each.seat for each in managed(tx, number, regions=regions, by=by).seats}
    if not given:
        raise _none_chosen()
    assign(tx, number, seats={**held, **given}.values(), regions=regions, by=by, at=at, seen_version=seen_version)


def take_seat(
    tx: Tx,
    number: int,
    seat: int,
    *,
    regions: Regions,
    by: Officer | None,
    at: datetime,
    seen_version: int | None = None,
) -> None:
    """Take one of a person's seats away; who acts from it is out at once.

    Raises NotFound (no such seat of this person), RuleBroken (the only one), and as :func:`assign`.
    """
    person = managed(tx, number, regions=regions, by=by)
    if person.seat(seat) is None:
        raise NotFound("staff.seat_unknown", N_("没有这个席位，可能刚被撤销。"))
    left = [held.seat for held in person.seats if held.id != seat]
    if not left:
        raise RuleBroken("staff.only_seat", N_("这是此人唯一的席位。请先增加另一个席位，或者停用账号。"))
    assign(tx, number, seats=left, regions=regions, by=by, at=at, seen_version=seen_version)


def disable(tx: Tx, number: int, *, regions: Regions, by: Officer | None, at: datetime) -> None:
    """Shut a person out at once: sessions and links end. Raises NotFound, RuleBroken."""
    person = managed(tx, number, regions=regions, by=by)
    _refuse_own(person, by)
    _keep_one_administrator(tx, person)
    put_standing(tx, number, active=False)
    ended = end_sessions_of(tx, number, at=at)
    revoke_links(tx, number, at=at)
    _note(tx, "staff.disabled", number, by=by, at=at, detail=f"sessions_ended={ended}")


def enable(tx: Tx, number: int, *, regions: Regions, by: Officer | None, at: datetime) -> None:
    """Let a disabled person in again, with the password and authenticator as they were. Raises NotFound."""
    managed(tx, number, regions=regions, by=by)
    put_standing(tx, number, active=True)
    _note(tx, "staff.enabled", number, by=by, at=at)


def managed(tx: Tx, number: int, *, regions: Regions, by: Officer | None) -> StaffRow:
    """The person, if the administrator may know and manage them. Raises NotFound for anybody else's people."""
    person = get_staff(tx, number)
    if not _manages(person, regions=regions, by=by):
        raise NotFound("staff.unknown", N_("没有这名工作人员。"))
    return person


def managed_staff(tx: Tx, *, regions: Regions, by: Officer | None) -> tuple[StaffRow, ...]:
    """Everybody the administrator manages, by login."""
    return tuple(person for person in all_staff(tx) if _manages(person, regions=regions, by=by))


def _manages(person: StaffRow, *, regions: Regions, by: Officer | None) -> bool:
    """Whether every seat of the person lies within the administrator's own reach."""
    return all(_may_give(held.seat, regions=regions, by=by) for held in person.seats)


def _may_give(seat: Seat, *, regions: Regions, by: Officer | None) -> bool:
    return by is None or may(by, Deed.MANAGE_STAFF, region=seat.region, regions=regions)


def _checked(seats: Iterable[Seat], *, regions: Regions, by: Officer | None) -> tuple[Seat, ...]:
    """The seats, each once, as somebody may hold them together."""
    chosen = tuple({seat.signature: seat for seat in seats}.values())
    if not chosen:
        raise _none_chosen()
    for seat in chosen:
        require_desk(seat.role)
        _require_place(seat, regions=regions, by=by)
        _require_departments(seat)
    roles = {seat.role for seat in chosen}
    if Role.ADMINISTRATOR in roles and len(roles) > 1:
        raise BadInput("staff.administrator_alone", N_("管理员不能兼任其他岗位。"), field="role")
    return chosen


def _require_place(seat: Seat, *, regions: Regions, by: Officer | None) -> None:
    region = regions.find(seat.region)
    if region is None or not _may_give(seat, regions=regions, by=by):
        raise _foreign(seat.region)
    if not may_sit(seat.role, region, is_lowest=not regions.children(region.code)):
        name = regions.path_name(region.code)
        raise BadInput("staff.region_level", N_("%(name)s的层级与岗位不符。"), field="regions", name=name)


def _require_departments(seat: Seat) -> None:
    if seat.handled and Deed.HANDLE_CASE not in DEEDS[seat.role]:
        raise BadInput("staff.department_role", N_("此岗位不办理来件，不能设置部门。"), field="departments")
    if not seat.handled <= set(CASE_DEPARTMENTS):
        raise BadInput("staff.department_idle", N_("这个部门在本站不办理来件，还不能设席位。"), field="departments")


def _none_chosen() -> BadInput:
    return BadInput("staff.region_missing", N_("请选择辖区。"), field="regions")


def _foreign(code: str) -> BadInput:
    return BadInput("staff.region_foreign", N_("没有代码为%(region)s的辖区。"), field="regions", region=code)


def _refuse_own(person: StaffRow, by: Officer | None) -> None:
    if by is not None and by.id == person.id:
        raise RuleBroken("staff.own_account", N_("不能改动自己的席位或停用自己，请由另一名管理员办理。"))


def _keep_one_administrator(tx: Tx, person: StaffRow) -> None:
    is_one = person.active and any(held.seat.role is Role.ADMINISTRATOR for held in person.seats)
    if is_one and active_with_role(tx, Role.ADMINISTRATOR) == 1:
        raise RuleBroken("staff.last_administrator", N_("这是最后一名管理员，请先设另一名管理员。"))


def _seats_text(seats: Iterable[Seat]) -> str:
    """``seats=county@520523;county@520524[ecology,health]``."""
    told = (
        f"{seat.signature}[{','.join(sorted(seat.departments))}]" if seat.departments else seat.signature
        for seat in seats
    )  # fmt: skip
    return f"seats={';'.join(told)}"


def _note(tx: Tx, event: str, number: int, *, by: Officer | None, at: datetime, detail: str = "") -> None:
    """The journal names who did it; whom it concerns stands in the detail, as an id."""
    text = f"subject={number} {detail}".rstrip()
    journal.note(tx, event, at=at, staff=by.id if by else None, detail=text)
