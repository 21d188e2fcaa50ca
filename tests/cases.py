"""Small cases for tests: access, an objection, a report, and a desk that answers. Everything invented."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from typing import Any, Final

from sqlalchemy import select
from tests.announced import publish_notice
from tests.desk import COUNTY_OFFICER, EDITOR, GUIZHOU, NEIGHBOUR, PROVINCE_COLLEAGUE, PROVINCE_OFFICER, draft
from tests.reference_data import reference
from tests.seats import give_accounts

from greenmine.domain.case import CaseKind
from greenmine.domain.case_number import make_number
from greenmine.domain.error_report import ErrorReport, ReportOutcome
from greenmine.domain.objection import Objection, ObjectionOutcome
from greenmine.domain.officer import Officer
from greenmine.domain.receipt import Receipt
from greenmine.domain.reference import Reference
from greenmine.store.case_access import Access
from greenmine.store.case_task import TaskRow, task_of_officer
from greenmine.store.database import Database, Tx
from greenmine.store.sealed import MasterKey
from greenmine.store.tables_private import staff
from greenmine.usecases.case_step import Desk
from greenmine.usecases.lodge import NewCase
from greenmine.usecases.objection import answer_objection, lodge_objection
from greenmine.usecases.report import answer_report, lodge_report

MASTER: Final = MasterKey(bytes(range(32)))
TERMS: Final = {
    "accepted": True,
    "real_name": True,
    "forms": ["written", "online"],
    "person_parts": ["facts", "real_name", "contact"],
    "unit_parts": ["facts", "real_name", "contact", "seal"],
    "refused": ["anonymous", "late"],
}
"""As the general rule of the national book says it."""

PEOPLE: Final = (COUNTY_OFFICER, NEIGHBOUR, PROVINCE_OFFICER, PROVINCE_COLLEAGUE, EDITOR)
_SERIALS = count(1)


def new_case(kind: CaseKind, *, form_key: str = "") -> NewCase:
    """A case that begins now, with a number of its own."""
    serial = next(_SERIALS)
    access = Access(number=make_number(kind, serial), salt=b"s" * 16, code_hash=b"h" * 32)
    return NewCase(kind=kind, access=access, form_key=form_key or f"form-{serial}", files=())


def objection_to(notice: str, **values: Any) -> Objection:
    """A whole objection of a person."""
    return replace(
        Objection(
            notice=notice,
            by_unit=False,
            about="第1项",
            text="演示：采场没有复绿。",
            name="演示张某",
            phone="13800000000",
        ),
        **values,
    )


def report_on(record: str, **values: Any) -> ErrorReport:
    """A report of a wrong mineral."""
    return replace(ErrorReport(record=record, wrong="矿种写成煤。", right="应为磷矿。", source="采矿许可证"), **values)


@dataclass
class CaseDesk:
    """Objections and reports as people and officers make them, each in a transaction of its own, at ``now``."""

    database: Database
    now: datetime

    def __post_init__(self) -> None:
        with self.database.write() as tx:
            if tx.execute(select(staff.c.id).limit(1)).first() is None:
                give_accounts(tx, *PEOPLE)

    def publish(self, *mines: str, first_day: date, officer: Officer | None = PROVINCE_OFFICER, **values: Any) -> str:
        given = {"objection": TERMS, "region": GUIZHOU, "first_day": first_day, **values}
        with self.database.write() as tx:
            return publish_notice(tx, draft(*mines, **given), reference=reference(), officer=officer, at=self.now)

    def object(self, notice: str, *, form_key: str = "", **values: Any) -> Receipt:
        new = new_case(CaseKind.OBJECTION, form_key=form_key)
        with self.database.write() as tx:
            return lodge_objection(tx, objection_to(notice, **values), new=new, at=self.now, master=MASTER)

    def report(self, record: str, *, form_key: str = "", known: Reference | None = None, **values: Any) -> Receipt:
        new = new_case(CaseKind.REPORT, form_key=form_key)
        with self.database.write() as tx:
            return lodge_report(
                tx, report_on(record, **values), new=new, reference=known or reference(), at=self.now, master=MASTER
            )

    def answer_objection(
        self, number: str, outcome: ObjectionOutcome, *, officer: Officer = PROVINCE_OFFICER, text: str = "经核实。"
    ) -> None:
        with self.database.write() as tx:
            desk = self.desk(tx, number, officer)
            answer_objection(tx, number, outcome=outcome, text=text, desk=desk)

    def answer_report(
        self, number: str, outcome: ReportOutcome, *, officer: Officer, act: int | None = None, text: str = "经核实。"
    ) -> None:
        with self.database.write() as tx:
            answer_report(tx, number, outcome=outcome, act=act, text=text, desk=self.desk(tx, number, officer))

    def desk(self, tx: Tx, number: str, officer: Officer) -> Desk:
        seen = task_of_officer(tx, number, officer).version
        return Desk(officer=officer, reference=reference(), master=MASTER, at=self.now, seen=seen)

    def task(self, number: str, officer: Officer) -> TaskRow:
        with self.database.read() as tx:
            return task_of_officer(tx, number, officer)
