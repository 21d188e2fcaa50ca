"""The same form sent twenty times at once to a running site makes one case (trust.md 20; issue 3 "done when").

Two processes of the real web server with four threads each take the posts; each comes on a connection of its own.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select
from tests.cases import TERMS
from tests.desk import Desk
from tests.desk_people import StaffDesk
from tests.drill.complaining import ANSWERS, CASE, NEW, RECEIPT, follow
from tests.drill.complaint_kill import UNHURRIED, services_of
from tests.drill.flood import running_site
from tests.journeys.canary_story import Browser, Case, Officer, form_having
from tests.made_once import empty_site
from tests.web.strict_client import words

from greenmine.domain.instant import legal_day
from greenmine.domain.seat import Role
from greenmine.services import Services
from greenmine.store.tables_case import case_message, case_task, outbox, sent_form

pytestmark = pytest.mark.slow

AT_ONCE = 20
COUNTY = "520524"


@dataclass(frozen=True)
class Running:
    """A running site, and its data from within."""

    port: int
    services: Services
    mine: str
    notice: str

    def rows(self) -> Counter[str]:
        """Cases by kind, and forms that were taken."""
        with self.services.database.read() as tx:
            counted = Counter(tx.execute(select(case_task.c.kind)).scalars())
            counted["forms"] = tx.execute(select(func.count()).select_from(sent_form)).scalar_one()
        return counted


@pytest.fixture(scope="module")
def site(processes: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = empty_site(tmp_path_factory, tmp_path_factory.mktemp("at-once"))
    roomy = {**UNHURRIED, "GREENMINE_RATE_DESK": "100000 per minute", "GREENMINE_BUDGET_LOOKUPS": "100000 per minute"}
    with running_site(folder, **roomy) as running:
        services, now = services_of(folder, running.port), datetime.now(UTC)
        with closing(services.database):
            desk = Desk(services.database, now)
            mine = desk.register(officer=None)
            notice = desk.publish(mine, officer=None, first_day=legal_day(now), objection=TERMS, region="520000")
            yield Running(running.port, services, mine, notice)


def press(person: Browser, target: str, values: dict[str, str]) -> Counter[tuple[int, str]]:
    """The same form twenty times, all let go at the same moment; status and where each answer leads."""
    body, ready = urlencode(values).encode(), threading.Barrier(AT_ONCE)

    def send(_: int) -> tuple[int, str]:
        twin = Browser(person.port, person.address, cookies=dict(person.cookies))
        ready.wait(timeout=60)
        got = twin.exchange("POST", target, body, "application/x-www-form-urlencoded")
        return got.status, next((value for name, value in got.headers if name.lower() == "location"), "")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(send, range(AT_ONCE)))


def filled_in(site: Running, address: str) -> tuple[Browser, str, dict[str, str]]:
    """A complaint up to its last page, and what its button sends."""
    person = Browser(site.port, address)
    page = person.send(person.get(NEW), {})
    for step, values in ANSWERS.items():
        page = person.send(page, values, action=f"{NEW}/{step}")
    target, hidden = form_having(page, "declared")
    return person, target, {**hidden, "declared": "y"}


def lodged(site: Running, address: str) -> Case:
    """A complaint with its number and code."""
    person, target, values = filled_in(site, address)
    page = person.post(target, values)
    number, code = (words(node) for node in page.document.iter("b") if "number" in (node.get("class") or ""))
    return Case("".join(number.split()), code)


def test_one_complaint(site: Running) -> None:
    before, (person, target, values) = site.rows(), filled_in(site, "127.0.0.41")
    assert press(person, target, values) == {(303, RECEIPT): AT_ONCE}, "everybody is led to the one receipt"
    assert site.rows() - before == {"complaint": 1, "forms": 1}
    page = person.get(RECEIPT)
    assert page.status == 200 and press(person, target, values) == {(303, RECEIPT): AT_ONCE}
    assert person.get(RECEIPT).text.count("查询码") and site.rows() - before == {"complaint": 1, "forms": 1}


def test_one_objection(site: Running) -> None:
    before, person, path = site.rows(), Browser(site.port, "127.0.0.42"), f"/notices/{site.notice}/objection"
    typed = {"who": "person", "name": "演示张某", "phone": "00000000000", "about": "", "text": "演示：采场没有复绿。"}
    target, hidden = form_having(person.fill(person.get(path), typed, having="who"), "form_key")
    assert press(person, target, hidden) == {(303, "/objections/receipt"): AT_ONCE}
    assert site.rows() - before == {"objection": 1, "forms": 1}


def test_one_report(site: Running) -> None:
    before, person = site.rows(), Browser(site.port, "127.0.0.43")
    page = person.get(f"/corrections/new?record=mine/{site.mine}")
    target, hidden = form_having(person.fill(page, {"wrong": "矿种", "right": "磷矿"}, having="wrong"), "form_key")
    assert press(person, target, hidden) == {(303, "/corrections/receipt"): AT_ONCE}
    assert site.rows() - before == {"report": 1, "forms": 1}


def test_one_step_of_the_desk(site: Running) -> None:
    """ASVS 2.3.4: twenty identical decisions: one is taken, nineteen are told that somebody was first."""
    case = lodged(site, "127.0.0.44")
    desk = StaffDesk(site.services.database, master=site.services.master, now=datetime.now(UTC))
    officer = Officer(site.port, "127.0.0.45")
    officer.cookies["gm-desk"] = desk.enrol(desk.add("at-once", role=Role.COUNTY, region=COUNTY)[1]).session
    page = officer.get(f"/desk/cases/{case.number}/accept")
    target, hidden = form_having(page, "seen_version")
    answers = press(officer, target, {**hidden, "text": "演示：现予受理。", "step": "send"})
    assert answers == {(303, f"/desk/cases/{case.number}?done=accept"): 1, (409, ""): AT_ONCE - 1}
    with site.services.database.read() as tx:
        file = tx.execute(select(case_task.c.case_file).where(case_task.c.number == case.number)).scalar_one()
        told = tx.execute(select(func.count()).select_from(case_message).where(case_message.c.case_file == file))
        assert told.scalar_one() == 1 and tx.execute(select(func.count()).select_from(outbox)).scalar_one() == 0
    person = Browser(site.port, "127.0.0.44")
    page = follow(person, case.number, case.code)
    assert page.path == CASE and page.text.count("演示：现予受理。") == 1
