"""Officers at their seats, and accounts for them in a database: the one place where tests build either."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import insert

from greenmine.domain.department import Department
from greenmine.domain.officer import DEEDS, SITS_AT, Officer
from greenmine.domain.region import RegionLevel
from greenmine.domain.seat import SCOPES, Role, ScopeKind, Seat
from greenmine.store.database import Tx
from greenmine.store.tables_private import staff, staff_seat

DESK_ROLES: Final = tuple(DEEDS)
"""Every role that has a desk."""

_ENTERED: Final = datetime(2025, 1, 1, tzinfo=UTC)


def seated(number: int, role: Role, scope: str, *departments: Department) -> Officer:
    """The person of this number at this seat."""
    return Officer(number, Seat(role, scope, frozenset(departments)))


def seat_in(role: Role, region: str, department: Department = Department.ECOLOGY) -> Seat:
    """The seat that a desk's role has in a region: a department's seat is that of ``department``."""
    return Seat(role, f"{region}/{department}" if ScopeKind.DEPARTMENT in SCOPES[role] else region)


PLACES: Final = {
    RegionLevel.COUNTY: "520524",
    RegionLevel.PREFECTURE: "520500",
    RegionLevel.PROVINCE: "520000",
    RegionLevel.COUNTRY: "000000",
}
"""织金县, 毕节市, 贵州省: where the mines of the tests lie."""


def home_of(role: Role) -> Seat:
    """A seat that the role may have among those: at its own level, at the lowest if it sits at several."""
    return seat_in(role, next(PLACES[level] for level in PLACES if level in SITS_AT[role]))


def give_accounts(tx: Tx, *officers: Officer) -> None:
    """Enter the officers under their own numbers as ``p<number>``, so that rows may name them; nobody can sign in."""
    at = _ENTERED.strftime("%Y-%m-%dT%H:%M:%SZ")
    for each in officers:
        tx.execute(insert(staff).values(id=each.id, login=f"p{each.id}", name=f"演示{each.id}", created_at=at))
        named = ",".join(sorted(each.seat.departments))
        values = {"staff": each.id, "role": each.seat.role, "scope": each.seat.scope, "departments": named}
        tx.execute(insert(staff_seat).values(values))
