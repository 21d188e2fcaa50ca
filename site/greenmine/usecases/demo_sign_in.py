"""The demonstration's officers, one per role, and links that sign straight in. Refused outside demo mode."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from greenmine.domain.errors import NotAllowed
from greenmine.domain.officer import Officer, Role
from greenmine.domain.region import COUNTRY
from greenmine.domain.sign_in import LINK_LIVES, Purpose
from greenmine.domain.text import N_
from greenmine.store import journal
from greenmine.store.database import Tx
from greenmine.store.staff import add_staff, find_staff_by_login
from greenmine.store.staff_session import issue_link

SEATS: Final[Mapping[Role, str]] = {
    Role.EDITOR: "520000",
    Role.COUNTY: "520524",
    Role.CITY: "520500",
    Role.PROVINCE: "520000",
    Role.ADMINISTRATOR: COUNTRY,
}
"""Where the demonstration's officers sit: Guizhou, Bijie, Zhijin; the administrator over all."""

NAMES: Final[Mapping[Role, str]] = {
    Role.EDITOR: "演示编辑",
    Role.COUNTY: "演示县级经办",
    Role.CITY: "演示市级经办",
    Role.PROVINCE: "演示省级经办",
    Role.ADMINISTRATOR: "演示管理员",
}


@dataclass(frozen=True)
class DemoLink:
    """A link's token for one role, for 24 hours and one use."""

    role: Role
    region: str
    token: str


def demo_officer(tx: Tx, role: Role, *, at: datetime) -> Officer:
    """The demonstration's officer of this role, entered when there is none yet. Without password or codes."""
    login = f"demo-{role}"
    found = find_staff_by_login(tx, login)
    if found is not None:
        return found.officer
    number = add_staff(tx, login=login, name=NAMES[role], role=role, regions=[SEATS[role]], at=at)
    journal.note(tx, "staff.added", at=at, detail=f"subject={number} role={role} regions={SEATS[role]} demo")
    return Officer(number, role, frozenset({SEATS[role]}))


def demo_links(tx: Tx, *, is_demo: bool, at: datetime) -> tuple[DemoLink, ...]:
    """A fresh one-time link per role; those made before stop working. Raises NotAllowed outside demo mode."""
    if not is_demo:
        raise NotAllowed("demo.production", N_("演示登录链接只在演示模式下使用。"))
    return tuple(_link(tx, role, at=at) for role in SEATS)


def _link(tx: Tx, role: Role, *, at: datetime) -> DemoLink:
    officer = demo_officer(tx, role, at=at)
    token = issue_link(tx, officer.id, purpose=Purpose.DEMO, at=at, lives=LINK_LIVES)
    journal.note(tx, "staff.link_issued", at=at, detail=f"subject={officer.id} purpose={Purpose.DEMO}")
    return DemoLink(role, SEATS[role], token)
