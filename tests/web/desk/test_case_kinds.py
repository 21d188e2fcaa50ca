"""Objections and reported errors in the same inbox: each with its own facts, deadline and answer (ZJ-11, ZJ-13)."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from tests.announced import publish_notice
from tests.cases import TERMS, new_case, objection_to, report_on
from tests.complaints import journal, task_of
from tests.desk import COUNTY_OFFICER, NEIGHBOUR, ZHIJIN, draft
from tests.web.desk.test_case import WORDS, handler, lodge, step
from tests.web.desk_site import DeskSite
from tests.web.strict_client import words

from greenmine.domain.body import RiskClass
from greenmine.domain.case import CaseKind, Stage
from greenmine.domain.complaint import ComplaintKind
from greenmine.domain.mine import Level
from greenmine.store.mine import get_mine
from greenmine.store.tables_case import error_report, objection
from greenmine.usecases.mine import correct_mine
from greenmine.usecases.objection import lodge_objection
from greenmine.usecases.report import lodge_report
from greenmine.web.desk.case_kind import PARTS


@pytest.fixture
def report(site: DeskSite) -> str:
    """A wrong mineral of 青山磷矿, reported now."""
    told = report_on(f"mine/{site.mines['qingshan']}")
    with site.services.database.write() as tx:
        return lodge_report(
            tx, told, new=new_case(CaseKind.REPORT), reference=site.services.reference, at=site.hand.now,
            master=site.services.master,
        ).number  # fmt: skip


@pytest.fixture
def objected(site: DeskSite) -> str:
    """An objection to a check notice of 织金县 that runs from today on."""
    wanted = draft(
        site.mines["qingshan"], kind="county_check", level=Level.COUNTY, region=ZHIJIN, enters=None,
        objection=TERMS, first_day=date(2026, 3, 2), title="演示现场核查意见公示",
    )  # fmt: skip
    with site.services.database.write() as tx:
        notice = publish_notice(tx, wanted, reference=site.services.reference, officer=COUNTY_OFFICER, at=site.hand.now)
    with site.services.database.write() as tx:
        return lodge_objection(
            tx, objection_to(notice), new=new_case(CaseKind.OBJECTION), at=site.hand.now, master=site.services.master
        ).number


def test_every_kind_of_case_has_its_part() -> None:
    assert set(PARTS) == set(CaseKind)


def test_all_kinds_stand_in_one_list_and_are_told_apart(site: DeskSite, report: str, objected: str) -> None:
    complaint = lodge(site, risk=RiskClass.SAFETY, kind=ComplaintKind.SLOPE)
    page = handler(site).get("/desk/cases")
    rows = [words(row) for row in page.page.iter("tr")][1:]
    for number, kind in ((complaint, "投诉"), (report, "纠错"), (objected, "公示异议")):
        row = next(row for row in rows if number in row)
        assert kind in row
    assert "演示织金县青山磷矿" in next(row for row in rows if report in row)
    only = handler(site).get("/desk/cases?kind=report").text
    assert report in only and complaint not in only and objected not in only


def test_a_report_is_answered_with_the_act_that_mended_the_record(site: DeskSite, report: str) -> None:
    person, path = handler(site), f"/desk/cases/{report}/answer"
    page = person.get(f"/desk/cases/{report}")
    assert "矿种写成煤。" in page.text and f"/desk/mines/{site.mines['qingshan']}" in page.links()
    assert "3个工作日内核实并答复" in page.text and "2026年3月5日" in page.text
    unmended = person.send(
        path, {"outcome": "corrected", "text": WORDS, "step": "send"}, status=400, form="seen_version"
    )
    assert "已更正的，请填写更正这条记录的留痕编号。" in unmended.text
    with site.services.database.write() as tx:
        row = get_mine(tx, site.mines["qingshan"])
        correct_mine(
            tx, row.id, replace(row.facts, place="示例村"), reason="更正", reference=site.services.reference,
            officer=COUNTY_OFFICER, seen_act=row.last_act, at=site.hand.now,
        )  # fmt: skip
    act = site.last_act().n
    offered = [node.get("value") for node in person.get(path).page.iter("option")]
    assert offered == ["", str(act)]
    step(person, report, "answer", outcome="corrected", act=str(act))
    with site.services.database.read() as tx:
        assert tx.execute(select(error_report.c.act, error_report.c.outcome)).one() == (act, "corrected")
    assert f"更正见第{act}号记录" in person.get(f"/desk/cases/{report}").text
    assert task_of(site.services.database, report).stage is Stage.ANSWERED


def test_an_act_that_was_not_offered_is_not_taken(site: DeskSite, report: str) -> None:
    refused = handler(site).send(
        f"/desk/cases/{report}/answer", {"outcome": "corrected", "act": "1", "text": WORDS, "step": "send"},
        status=400, form="seen_version",
    )  # fmt: skip
    assert "请从列表中选择。" in refused.text
    assert task_of(site.services.database, report).stage is Stage.RECEIVED


def test_an_objection_shows_its_notice_and_what_must_follow_on_paper_and_is_answered(
    site: DeskSite, objected: str
) -> None:
    person = handler(site)
    page = person.get(f"/desk/cases/{objected}")
    for part in (
        "演示现场核查意见公示",
        "第1项",
        "演示：采场没有复绿。",
        "公示期的最后一日。异议须在公示办结之前答复。",
    ):
        assert part in page.text, part
    assert "演示张某" not in page.text and not any(link.endswith("/hand-over") for link in page.links())
    filled = person.get(f"/desk/cases/{objected}/answer?reply=upheld")
    chosen = [node.get("value") for node in filled.page.iter("input") if node.get("checked") is not None]
    assert "upheld" in chosen  # the wording brings its outcome along
    step(person, objected, "answer", outcome="not_upheld")
    with site.services.database.read() as tx:
        assert tx.execute(select(objection.c.outcome)).scalar_one() == "not_upheld"
    assert "异议不成立" in person.get(f"/desk/cases/{objected}").text


def test_trust_13_other_kinds_are_hidden_from_strangers_too(site: DeskSite, report: str, objected: str) -> None:
    before = journal(site.services.database)
    for number in (report, objected):
        for last in ("", "/answer", "/ask", "/identity"):
            site.as_(NEIGHBOUR).get(f"/desk/cases/{number}{last}", status=404)
    assert journal(site.services.database) == before


def test_trust_4_alike_complaints_are_listed_together(site: DeskSite) -> None:
    one, two = lodge(site), lodge(site)
    other = lodge(site, text="另一件事")
    page = handler(site).get(f"/desk/cases?alike={one}")
    assert one in page.text and two in page.text and other not in page.text
    assert f"/desk/cases?alike={two}" in handler(site).get("/desk/cases").links()
    handler(site).get("/desk/cases?alike=T00000000000", status=404)
    site.as_(NEIGHBOUR).get(f"/desk/cases?alike={one}", status=404)
