"""The demonstration's officers, one per role with a desk, and links that sign straight in: in demo mode only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from greenmine.domain.department import Department
from greenmine.domain.errors import NotAllowed
from greenmine.domain.officer import Officer
from greenmine.domain.region import COUNTRY
from greenmine.domain.seat import Role, Seat
from greenmine.domain.sign_in import LINK_LIVES, Purpose
from greenmine.domain.text import N_
from greenmine.store import journal
from greenmine.store.database import Tx
from greenmine.store.staff import add_staff, find_staff_by_login
from greenmine.store.staff_session import issue_link

SEATS: Final = (
    (Seat(Role.EDITOR, "520000"), "演示编辑"),
    (Seat(Role.COUNTY, "520524"), "演示县级经办"),
    (Seat(Role.CITY, "520500"), "演示市级经办"),
    (Seat(Role.PROVINCE, "520000"), "演示省级经办"),
    (Seat(Role.ADMINISTRATOR, COUNTRY), "演示管理员"),
    (Seat(Role.DEPARTMENT, f"520524/{Department.ECOLOGY}"), "演示会同部门"),
    (Seat(Role.COUNTY_GOVERNMENT, "520524"), "演示县级人民政府"),
    (Seat(Role.PREFECTURE_GOVERNMENT, "520500"), "演示市级人民政府"),
)
"""Where the demonstration's officers sit, and their names: Guizhou, Bijie, Zhijin; the administrator over all."""


@dataclass(frozen=True)
class DemoLink:
    """A link's token for one seat, for 24 hours and one use."""

    seat: Seat
    token: str


def demo_officer(tx: Tx, seat: Seat, *, name: str, at: datetime) -> Officer:
    """The demonstration's officer of this seat, entered when there is none yet. Without password or codes."""
    login = f"demo-{seat.role}"
    found = find_staff_by_login(tx, login)
    if found is None:
        number = add_staff(tx, login=login, name=name, seats=[seat], at=at)
        journal.note(tx, "staff.added", at=at, detail=f"subject={number} seats={seat.signature} demo")
        return Officer(number, seat)
    return found.officers[0]


def demo_links(tx: Tx, *, is_demo: bool, at: datetime) -> tuple[DemoLink, ...]:
    """A fresh one-time link per role; those made before stop working. Raises NotAllowed outside demo mode."""
    if not is_demo:
        raise NotAllowed("demo.production", N_("演示登录链接只在演示模式下使用。"))
    return tuple(_link(tx, seat, name, at=at) for seat, name in SEATS)


def _link(tx: Tx, seat: Seat, name: str, *, at: datetime) -> DemoLink:
    officer = demo_officer(tx, seat, name=name, at=at)
    token = issue_link(tx, officer.id, purpose=Purpose.DEMO, at=at, lives=LINK_LIVES)
    journal.note(tx, "staff.link_issued", at=at, detail=f"subject={officer.id} purpose={Purpose.DEMO}")
    return DemoLink(seat, token)
