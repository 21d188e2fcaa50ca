"""Reporting an error in a public record over HTTP: from the record to the receipt, answered with the act that mends."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, text
from tests.announced import propose_removal, publish_notice
from tests.cases import TERMS
from tests.desk import COUNTY_OFFICER, EDITOR, GUIZHOU, NEIGHBOUR, PROVINCE_OFFICER, article, draft
from tests.web.desk_site import DeskSite, Person, desk_site
from tests.web.strict_client import Answer, words

from greenmine.config import Settings
from greenmine.store.case_task import TaskRow, get_task
from greenmine.store.error_report import get_report
from greenmine.store.tables_case import case_task, form_draft
from greenmine.usecases.article import publish_article, sync_articles
from greenmine.usecases.case_step import identity_of_case, matter_of_case
from greenmine.usecases.removal import RemovalProposal

WHOLE = {
    "wrong": "暗号甲：矿种写成煤。",
    "right": "暗号乙：应为磷矿。",
    "source": "暗号丙",
    "name": "",
    "phone": "",
    "mail": "",
}
SECRETS = ("暗号甲", "暗号乙", "暗号丙", "暗号丁")


@pytest.fixture
def site(settings: Settings) -> DeskSite:
    return desk_site(settings)


def address(record: str, page: str = "new") -> str:
    return f"/corrections/{page}?record={record}"


def fill(person: Person, record: str, *, status: int = 303, **values: str) -> Answer:
    return person.send(address(record), {**WHOLE, **values}, status=status, form="wrong")


def press_send(person: Person, record: str, *, status: int = 303) -> Answer:
    person.site.later(minutes=1)
    return person.send(address(record, "check"), {}, status=status, form="form_key")


def lodged(site: DeskSite) -> list[TaskRow]:
    with site.services.database.read() as tx:
        return [get_task(tx, case) for case in tx.execute(select(case_task.c.case_file)).scalars()]


def records(site: DeskSite) -> dict[str, str]:
    """Public page of a record of each kind → the record's name."""
    services, now = site.services, site.hand.now
    mine = site.mines["listed"]
    with services.database.write() as tx:
        notice = publish_notice(
            tx, draft(objection=TERMS, region=GUIZHOU, first_day=date(2026, 3, 2)), reference=services.reference,
            officer=PROVINCE_OFFICER, at=now,
        )  # fmt: skip
        publish_article(tx, article(), reference=services.reference, officer=EDITOR, at=now)
        proposal = RemovalProposal(mine, draft().level, "fraud", reason="查实弄虚作假", basis="LN-12")
        removal = propose_removal(tx, proposal, reference=services.reference, officer=COUNTY_OFFICER, at=now)
    return {
        f"/mines/{mine}": f"mine/{mine}",
        f"/notices/{notice}": f"notice/{notice}",
        f"/removals/{removal}": f"removal/{removal}",
        "/news/first": "content/news/first",
    }


def test_every_record_leads_to_its_form(site: DeskSite) -> None:
    person = site.as_(None)
    found = records(site)
    for page, record in found.items():
        shown = person.get(page)
        assert address(record) in {node.get("href") for node in shown.page.iter("a")}, page
        assert "报告错误" in person.get(address(record)).h1
    officer = site.as_(PROVINCE_OFFICER)
    notice = next(page for page in found if page.startswith("/notices/"))
    assert "/corrections/new" not in officer.get(f"/desk{notice}").text


@pytest.mark.parametrize(
    "record",
    ["", "mine/GM-520524-9999", "complaint/T1", "content/pages/about", "../x", "notice/%00", "mine/" + "9" * 500],
)
def test_what_is_no_public_record_is_404(site: DeskSite, record: str) -> None:
    status = 400 if "%00" in record else 404
    site.as_(None).get(address(record), status=status)
    site.as_(None).get(address(record, "check"), status=status)


def test_a_report_becomes_the_countys_task_and_its_correction_is_named(site: DeskSite) -> None:
    mine = site.mines["qingshan"]
    record, person = f"mine/{mine}", site.as_(None)
    fill(person, record, name="暗号丁", mail="ding@example.cn")
    read = words(next(person.get(address(record, "check")).page.iter("main")))
    assert "贵州省毕节市织金县自然资源主管部门" in read and "2026年3月5日（星期四）" in read
    assert press_send(person, record).location == "/corrections/receipt"
    assert "2026年3月5日" in person.get("/corrections/receipt").text
    (task,) = lodged(site)
    assert task.due == date(2026, 3, 5) and task.body.code == "520524/natural_resources"
    with site.services.database.read() as tx:
        assert matter_of_case(tx, task.case, master=site.services.master)["right"] == WHOLE["right"]
        assert identity_of_case(tx, task.case, master=site.services.master)["name"] == "暗号丁"
    desk = f"/desk/cases/{task.number}"
    site.as_(NEIGHBOUR).get(desk, status=404)
    officer = site.as_(COUNTY_OFFICER)
    assert "暗号甲" in officer.get(desk).text and "暗号丁" not in officer.get(desk).text
    site.later(hours=1)
    place = {"place": "演示新路", "reason": "来件指出有误"}
    officer.send(f"/desk/mines/{mine}", {**place, "step": "publish"}, status=None, form="place")
    act = site.last_act()
    assert act.kind == "mine.changed"
    values = {"outcome": "corrected", "act": str(act.n), "text": "已更正。", "step": "send"}
    assert "留痕编号" in officer.send(f"{desk}/answer", {**values, "act": ""}, status=400, form="outcome").text
    officer.send(f"{desk}/answer", values, form="outcome")
    with site.services.database.read() as tx:
        assert get_report(tx, task.case).act == act.n


def test_all_faults_at_once_and_nothing_typed_is_lost(site: DeskSite) -> None:
    record, person = f"mine/{site.mines['qingshan']}", site.as_(None)
    page = fill(person, record, status=400, wrong="", right="", mail="nobody@")
    summary = next(node for node in page.page.iter("div") if "summary" in (node.get("class") or ""))
    assert [node.get("href") for node in summary.iter("a")] == ["#wrong", "#right", "#mail"]
    assert "暗号丙" in person.get(address(record)).text


def test_a_policy_of_the_whole_country_asks_who_should_answer(site: DeskSite) -> None:
    national = article("national", section="policies", origin="file", region=None, type=None)
    with site.services.database.write() as tx:
        sync_articles(tx, [national], at=site.hand.now)
    record, person = "content/policies/national", site.as_(None)
    page = fill(person, record, status=400)
    assert "请选择由哪个省的主管部门核实" in page.text
    fill(person, record, province="520000")
    press_send(person, record)
    (task,) = lodged(site)
    assert task.body.code == "520000/natural_resources"


def test_nothing_of_it_stands_in_public_or_in_the_clear(site: DeskSite) -> None:
    """trust.md 1."""
    record, person = f"mine/{site.mines['qingshan']}", site.as_(None)
    fill(person, record, name="暗号丁")
    press_send(person, record)
    reader = site.as_(None)
    for page in (f"/mines/{site.mines['qingshan']}", "/", "/mines", "/sitemap"):
        assert not any(secret in reader.get(page).text for secret in SECRETS)
    with site.services.database.read() as tx:
        tables = list(tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars())
        everything = "".join(repr(tx.execute(text(f"SELECT * FROM {table}")).all()) for table in tables)
    assert not any(secret in everything for secret in SECRETS)


def test_pages_are_personal_and_clearing_forgets(site: DeskSite) -> None:
    record, person = f"mine/{site.mines['qingshan']}", site.as_(None)
    assert person.get(address(record)).headers["Cache-Control"] == "no-store"
    fill(person, record)
    values: dict[str, Any] = {"do": "clear"}
    token = next(node for node in person.get(address(record)).page.iter("input") if node.get("name") == "csrf_token")
    person.post(address(record), {**values, "csrf_token": token.get("value"), **_marks(person, record)})
    with site.services.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(form_draft)).scalar_one() == 0


def _marks(person: Person, record: str) -> dict[str, str]:
    page = person.get(address(record)).page
    return {"marks": next(str(node.get("value")) for node in page.iter("input") if node.get("name") == "marks")}
