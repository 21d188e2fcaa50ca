"""Complaints for tests: lodged through the real use case, worked as officers work them. Everything invented.

Each word a person would write is a canary: no test may find one of ``CANARIES`` outside the sealed case.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Final

from sqlalchemy import select, text
from tests.desk import COUNTY_OFFICER, NOON, ZHIJIN
from tests.reference_data import reference
from tests.seats import give_accounts, seated

from greenmine.domain.body import RiskClass
from greenmine.domain.case import CaseKind
from greenmine.domain.case_number import NUMBER_DIGITS, make_number
from greenmine.domain.complaint import About, Complainant, Complaint, ComplaintKind, Contact
from greenmine.domain.department import Department
from greenmine.domain.instant import at_legal_time
from greenmine.domain.officer import Officer
from greenmine.domain.receipt import Receipt
from greenmine.domain.seat import Role
from greenmine.store.case_access import Access
from greenmine.store.case_task import TaskRow, get_task
from greenmine.store.cluster import cluster_of
from greenmine.store.database import Database
from greenmine.store.sealed import MasterKey
from greenmine.store.tables_case import case_task
from greenmine.usecases.case_step import Desk
from greenmine.usecases.lodge import KeptFile, NewCase, lodge_complaint

MASTER: Final = MasterKey(b"m" * 32)
TEXT: Final = "夜间粉尘飘进屋里，晾的衣服全是灰，这是暗号白鹭"
PLACE: Final = "暗号苍鹭村口"
WHEN: Final = "暗号那天傍晚"
CONTACT: Final = Contact(
    name="暗号翠鸟", phone="13900000000", mail="canary-kingfisher@mail.invalid", address="暗号池鹭巷1号"
)
FILE_NAME: Final = "暗号夜鹭.jpg"
WORDS: Final = "经核查，情况如下：暗号答复牛背鹭"
CANARIES: Final = (
    "白鹭", "苍鹭", "暗号那天", "翠鸟", "13900000000", "kingfisher", "池鹭", "夜鹭", "牛背鹭",
)  # fmt: skip

ZHIJIN_ECOLOGY: Final = seated(61, Role.COUNTY, ZHIJIN, Department.ECOLOGY)
ZHIJIN_HEALTH: Final = seated(62, Role.COUNTY, ZHIJIN, Department.HEALTH)


def complaint(**values: Any) -> Complaint:
    """Dust in 织金县, told by name."""
    told = Complaint(
        region=ZHIJIN,
        mine=None,
        place=PLACE,
        risk=RiskClass.ENVIRONMENT,
        kind=ComplaintKind.DUST,
        about=About.MINE,
        text=TEXT,
        when=WHEN,
        complainant=Complainant.RESIDENT,
        contact=CONTACT,
    )
    return replace(told, **values)


def new_case(
    kind: CaseKind = CaseKind.COMPLAINT, *, files: Sequence[KeptFile] = (), number: str = "", form_key: str = ""
) -> NewCase:
    """Number and way in without the cost of a scrypt: nobody opens these by their code."""
    access = Access(
        number=number or make_number(kind, secrets.randbelow(10**NUMBER_DIGITS)),
        salt=b"s" * 16,
        code_hash=secrets.token_bytes(32),
    )
    return NewCase(kind=kind, access=access, form_key=form_key or secrets.token_hex(8), files=files)


def lodge(
    database: Database,
    *,
    at: datetime = NOON,
    files: Sequence[KeptFile] = (),
    form_key: str = "",
    master: MasterKey = MASTER,
    **values: Any,
) -> Receipt:
    """A complaint lodged; its receipt."""
    told = complaint(**values)
    with database.write() as tx:
        return lodge_complaint(
            tx,
            told,
            new=new_case(files=files, form_key=form_key),
            cluster=cluster_of(told.text, master=master),
            reference=reference(),
            at=at,
            master=master,
        )


def task_of(database: Database, number: str) -> TaskRow:
    """The inbox row, whoever asks."""
    with database.read() as tx:
        case = tx.execute(select(case_task.c.case_file).where(case_task.c.number == number)).scalar_one()
        return get_task(tx, case)


def working(
    database: Database, number: str, *, officer: Officer = COUNTY_OFFICER, at: datetime = NOON, seen: int | None = None
) -> Desk:
    """Who works, as the case stands now."""
    version = task_of(database, number).version if seen is None else seen
    return Desk(officer=officer, reference=reference(), master=MASTER, at=at, seen=version)


def on(day: date) -> datetime:
    """Noon of a legal day."""
    return at_legal_time(day, time(12, 0))


def seat(database: Database, *officers: Officer) -> None:
    """Give the officers accounts, so that rows may name them."""
    with database.write() as tx:
        give_accounts(tx, *officers)


@dataclass(frozen=True)
class JournalLine:
    """One line of the private journal."""

    event: str
    staff: int | None
    case: str | None
    detail: str


def journal(database: Database) -> list[JournalLine]:
    """All lines, oldest first."""
    with database.read() as tx:
        rows = tx.execute(text("SELECT event, staff, case_file, detail FROM journal ORDER BY n"))
        return [JournalLine(*row) for row in rows]
