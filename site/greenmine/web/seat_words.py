"""How seats are told: the role, and the place or department it is bound to."""

from dataclasses import dataclass
from typing import Final

from greenmine.domain.body import CASE_DEPARTMENTS
from greenmine.domain.department import DEPARTMENT_LABELS, Department
from greenmine.domain.officer import DEEDS, Deed
from greenmine.domain.region import COUNTRY, Regions
from greenmine.domain.seat import ROLE_LABELS, Role, ScopeKind, Seat, scope_kind
from greenmine.store.staff import HeldSeat
from greenmine.web.i18n import gettext as _
from greenmine.web.places import place_name, place_names

_OF_REGIONS: Final = (ScopeKind.REGION, ScopeKind.DEPARTMENT)


@dataclass(frozen=True)
class SeatShown:
    """A seat somebody holds, in words.

    :param handled: whose cases it handles; empty for a seat that handles none
    """

    id: int
    role: str
    place: str
    handled: str

    @property
    def words(self) -> str:
        """``县级经办（贵州省毕节市织金县）``."""
        return _("%(role)s（%(place)s）", role=self.role, place=self.place)


def author_words(by: str, regions: Regions) -> str:
    """``省级经办（贵州省）`` of ``province@520000``; an act names an office, never a person.

    No schema binds roles or departments: those that another version knows stand by their codes.
    """
    role, _at, scope = by.partition("@")
    if role == Role.SYSTEM:
        return _("系统按规则自动记录")
    region, _slash, department = scope.partition("/")
    found = regions.find(region)
    place = _("全国") if region == COUNTRY else found.name if found else region
    called = _(ROLE_LABELS[Role(role)]) if role in set(Role) else role
    return _("%(role)s（%(place)s）", role=called, place=place + _department(department))


def scope_words(seat: Seat, regions: Regions) -> str:
    """``贵州省毕节市织金县``, with its department when the seat is a department's; a number of our own as it is."""
    if scope_kind(seat.scope) not in _OF_REGIONS:
        return seat.scope
    return place_name(regions, seat.region) + _department(seat.scope.partition("/")[2])


def seat_shown(held: HeldSeat, regions: Regions) -> SeatShown:
    """A seat somebody holds, in words."""
    seat = held.seat
    return SeatShown(held.id, _(ROLE_LABELS[seat.role]), scope_words(seat, regions), _handled(seat))


def brief_words(seat: Seat, regions: Regions) -> str:
    """``县级经办（毕节市织金县）``: without the province, so that what tells two seats apart is seen on a telephone."""
    below = place_names(regions, seat.region)
    place = "".join(below[1:] or below) + _department(seat.scope.partition("/")[2])
    return _("%(role)s（%(place)s）", role=_(ROLE_LABELS[seat.role]), place=place)


def _department(code: str) -> str:
    return _(DEPARTMENT_LABELS[Department(code)]) if code in set(Department) else code


def _handled(seat: Seat) -> str:
    if Deed.HANDLE_CASE not in DEEDS.get(seat.role, ()):
        return ""
    named = [_(DEPARTMENT_LABELS[each]) for each in CASE_DEPARTMENTS if each in seat.handled]
    return _("、").join(named) or _("所有部门")
