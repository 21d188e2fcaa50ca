"""An objection as its tests bring it: a running notice, a person, a desk that answers. Everything invented."""

from datetime import date, time
from typing import Any

from sqlalchemy import select
from tests.announced import publish_notice
from tests.cases import TERMS
from tests.desk import GUIZHOU, PROVINCE_OFFICER, draft
from tests.web.desk_site import DeskSite, Person
from tests.web.strict_client import Answer, words

from greenmine.domain.instant import at_legal_time
from greenmine.domain.objection import ObjectionOutcome
from greenmine.store.case_task import TaskRow, get_task
from greenmine.store.tables_case import case_task
from greenmine.usecases.case_step import Desk
from greenmine.usecases.objection import answer_objection

FIRST = date(2026, 3, 2)
LAST_SECOND = at_legal_time(date(2026, 3, 6), time(23, 59, 59))
WHOLE = {
    "who": "person",
    "name": "暗号甲姓名",
    "phone": "暗号乙电话",
    "about": "暗号丙所指",
    "text": "暗号丁：采场没有复绿。\n第二段。",
}
SECRETS = ("暗号甲", "暗号乙", "暗号丙", "暗号丁")


def publish(site: DeskSite, **values: Any) -> str:
    given = {"objection": TERMS, "region": GUIZHOU, "first_day": FIRST, "contact": "演示路1号", **values}
    with site.services.database.write() as tx:
        return publish_notice(
            tx, draft(**given), reference=site.services.reference, officer=PROVINCE_OFFICER, at=site.hand.now
        )


def fill(person: Person, path: str, *, status: int = 303, **values: str) -> Answer:
    """Type the form and press its button."""
    return person.send(path, {**WHOLE, **values}, status=status, form="who")


def press_send(person: Person, path: str, *, status: int = 303, **values: str) -> Answer:
    """Send from the page that is read over, a minute later."""
    person.site.later(minutes=1)
    return person.send(f"{path}/check", dict(values), status=status, form="form_key")


def lodged(site: DeskSite) -> list[TaskRow]:
    with site.services.database.read() as tx:
        return [get_task(tx, case) for case in tx.execute(select(case_task.c.case_file)).scalars()]


def code_on(page: Answer) -> tuple[str, str]:
    """Number and code as the receipt shows them."""
    number, code = (words(node) for node in page.page.iter("b") if "number" in (node.get("class") or ""))
    return "".join(number.split()), code


def answer(site: DeskSite, number: str, outcome: ObjectionOutcome) -> None:
    with site.services.database.write() as tx:
        version = tx.execute(select(case_task.c.version).where(case_task.c.number == number)).scalar_one()
        reference, master = site.services.reference, site.services.master
        desk = Desk(PROVINCE_OFFICER, reference, master, site.hand.now, seen=version)
        answer_objection(tx, number, outcome=outcome, text="演示答复：经核实。", desk=desk)


def old_form(page: Answer, *, having: str = "who", skip: tuple[str, ...] = ()) -> dict[str, Any]:
    """What a page that is still open in the browser would send."""
    main = next(page.page.iter("main"))
    forms = [node for node in main.iter("form") if node.get("method") == "post"]
    for form in forms:
        names = {str(child.get("name")) for child in form.iter()}
        if having in names and not names & set(skip):
            return {
                str(node.get("name")): node.get("value", "")
                for node in form.iter("input")
                if node.get("name") and node.get("type", "text") not in ("file", "radio", "checkbox", "submit")
            }
    raise AssertionError(f"no form with {having}")
