"""Removals and credit entries: what they say, and that names vanish by date whatever the worker did (LN-13, ZJ-14)."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from tests.announced import add_credit
from tests.desk import instant
from tests.migrated import fill
from tests.seats import seated
from tests.web.clock_site import Site, open_site, text_of
from tests.web.register import FACTS, FIRST, HOLDER, HOLDER_CODE, SECOND, Register, build
from tests.web.strict_client import words

from greenmine.domain.credit import CreditDraft, Subject
from greenmine.domain.ground import CreditLevel
from greenmine.domain.seat import Role
from greenmine.store.act import acts_of
from greenmine.store.credit import get_credit
from greenmine.store.removal import get_removal
from greenmine.usecases.credit import end_due_credits
from greenmine.usecases.removal import RemovalDecision, decide_removal

LAST_DAY = date(2028, 4, 19)
OVER = date(2028, 4, 20)


@dataclass
class Filled:
    """A site with the small register."""

    site: Site
    register: Register

    def at(self, day: date) -> None:
        self.site.clock.now = instant(day)


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Filled]:
    site = open_site(tmp_path / "data")
    yield Filled(site, fill(site.services.database, build))
    site.services.database.close()


def body_of_entry(filled: Filled) -> str:
    """SHA-256 of the body that names the subject."""
    with filled.site.services.database.read() as tx:
        acts = acts_of(tx, f"credit/{filled.register.credit}")
    return str(next(act.envelope["body"] for act in acts if act.kind == "credit.added"))


def test_an_adverse_removal_tells_ground_basis_decision_and_organ(filled: Filled) -> None:
    text = text_of(filled.site, f"/removals/{filled.register.adverse}")
    for word in (
        "弄虚作假",
        "不利移出",
        "示例文件第三条",
        "示例公告〔2026〕9号",
        "示例省自然资源厅",
        "2026年4月14日",
        "省级",
    ):
        assert word in text
    assert "决定移出" in text
    assert "提出移出" in text


def test_a_refused_removal_is_not_told_as_guilt(filled: Filled) -> None:
    """ZJ-14, ZJ-15: what was alleged and what was decided stand under their own labels, without a verdict."""
    number = filled.register.proposed
    with filled.site.services.database.write() as tx:
        row = get_removal(tx, number)
        decision = RemovalDecision(
            removed=False, organ="示例省自然资源厅", reason="复核后不属实。", basis="复核意见书",
            since=row.proposed_on,
        )  # fmt: skip
        officer = seated(902, Role.PROVINCE, row.region[:2] + "0000")
        at = filled.site.clock()
        decide_removal(tx, number, decision, reference=filled.site.services.reference, officer=officer, at=at)
    page = text_of(filled.site, f"/removals/{number}")
    assert "不利移出" not in page
    assert "整改期限" not in page
    for word in (
        "提出的情形",
        "提出的事实和理由",
        "经核查属实",
        "决定理由",
        "复核后不属实",
        "复核意见书",
        "决定不予移出",
    ):
        assert word in page
    told = text_of(filled.site, f"/mines/{row.mine}")
    assert "决定不移出" in told
    assert told.count("不利移出") == 1  # the proposal's own line, of its own day


def test_a_neutral_removal_says_that_it_is_no_verdict(filled: Filled) -> None:
    text = text_of(filled.site, f"/removals/{filled.register.neutral}")
    assert "中性移出" in text
    assert "不得据此列入失信信息" in text
    assert "不利移出" not in text


def test_a_proposal_stands_apart_and_is_marked_undecided(filled: Filled) -> None:
    text = text_of(filled.site, "/removals")
    assert text.index("拟移出，尚未决定") < text.index(FACTS["fuyang"].name) < text.index("已决定的移出")
    page = filled.site.client.get(f"/removals/{filled.register.proposed}")
    assert page.h1.startswith("拟将") and page.h1.endswith("拟移出，尚未决定")
    assert page.meta("ArticleTitle") is None


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("adverse=yes", "xiuyan", "xiuyan_two"),
        ("adverse=no", "xiuyan_two", "xiuyan"),
        ("ground=fraud", "xiuyan", "xiuyan_two"),
        ("region=210323", "xiuyan", "fuyang"),
        ("year=2026", "xiuyan_two", ""),
    ],
)
def test_filters_of_removals(filled: Filled, query: str, shown: str, hidden: str) -> None:
    text = text_of(filled.site, f"/removals?{query}")
    decided = text[text.index("共 ") :]
    assert FACTS[shown].name in decided
    assert not hidden or FACTS[hidden].name not in decided


def test_no_removal_in_a_year_says_so(filled: Filled) -> None:
    assert "没有符合条件的移出事项" in text_of(filled.site, "/removals?year=2019")
    filled.site.client.get("/removals?ground=nothing", status=404)
    filled.site.client.get("/removals/2026-9999", status=404)


@pytest.mark.parametrize(
    ("address", "list_address"),
    [
        ("/removals?adverse=yes&page=99", "/removals?adverse=yes"),
        ("/blacklist?serious=99", "/blacklist"),
        ("/blacklist?general=99", "/blacklist"),
    ],
)
def test_a_page_beyond_the_last_leads_back_to_the_list(filled: Filled, address: str, list_address: str) -> None:
    answer = filled.site.client.get(address, status=404)
    assert answer.h1 == "没有这一页"
    main = next(answer.page.iter("main"))
    assert {link.get("href", "").split("#")[0] for link in main.iter("a")} == {list_address}


def rows_of(site: Site, path: str) -> list[list[str]]:
    """The lines of a CSV, its headings first."""
    answer = site.client.get(path)
    assert answer.response.data.startswith("\ufeff".encode()) and answer.response.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))


@pytest.mark.parametrize("query", ["", "?adverse=yes", "?ground=mine_closed", "?region=210323", "?region=330000"])
def test_the_file_of_removals_holds_exactly_the_decided_ones_of_the_list(filled: Filled, query: str) -> None:
    page = filled.site.client.get(f"/removals{query}").page
    tables = [node for node in page.iter("table") if words(node.find("caption")) == "已决定的移出"]
    listed = [link.get("href", "") for table in tables for link in table.iter("a")]
    heading, *rows = rows_of(filled.site, f"/removals.csv{query}")
    assert heading[:3] == ["编号", "矿山编号", "矿山名称"]
    assert [f"/removals/{row[0]}" for row in rows] == listed
    assert bool(rows) is (query != "?region=330000")
    assert filled.register.proposed not in {row[0] for row in rows}


def test_a_line_of_the_file_of_removals_says_what_its_page_says(filled: Filled) -> None:
    register = filled.register
    heading, row = rows_of(filled.site, "/removals.csv?ground=fraud")
    line = dict(zip(heading, row, strict=True))
    assert int(line.pop("记录号")) > 0
    assert line == {
        "编号": register.adverse, "矿山编号": register.mines["xiuyan"], "矿山名称": FACTS["xiuyan"].name,
        "行政区": "辽宁省鞍山市岫岩满族自治县", "级别": "省级", "情形": "弄虚作假", "性质": "不利移出",
        "决定机关": "示例省自然资源厅", "决定文号": "示例公告〔2026〕9号", "移出日期": "2026-04-14",
        "网址": f"{filled.site.client.site_url}/removals/{register.adverse}",
    }  # fmt: skip
    assert "/removals.csv?ground=fraud" in filled.site.client.get("/removals?ground=fraud").links()
    filled.site.client.get("/removals.csv?ground=nothing", status=404)


def enter(site: Site, subject: Subject, name: str, *, organ: str = "示例机关") -> str:
    """A general entry that runs from 18 November to the end of 30 November 2026."""
    draft = CreditDraft(
        level=CreditLevel.GENERAL, subject=subject, region="210323", name=name, conduct="演示行为",
        basis="示例办法第八条", decision_no="示例决字〔2026〕5号", organ=organ, decided=date(2026, 8, 1),
        until=date(2026, 12, 1), credit_code=HOLDER_CODE if subject is Subject.FIRM else "",
        named_in_decision=subject is Subject.PERSON,
    )  # fmt: skip
    with site.services.database.write() as tx:
        return add_credit(
            tx, draft, proposed_by=FIRST.id, salt="ab" * 32, reference=site.services.reference, officer=SECOND,
            at=site.clock.now,
        )  # fmt: skip


def test_the_file_of_credit_entries_names_the_firms_of_both_registers(filled: Filled) -> None:
    enter(filled.site, Subject.FIRM, "演示二公司", organ='=HYPERLINK("http://evil.example")')
    heading, *rows = rows_of(filled.site, "/blacklist.csv")
    first, second = (dict(zip(heading, row, strict=True)) for row in rows)
    assert int(first.pop("记录号")) > 0
    assert first == {
        "编号": filled.register.credit, "名单": "严重失信", "企业名称": HOLDER, "统一社会信用代码": HOLDER_CODE,
        "行政区": "辽宁省鞍山市岫岩满族自治县", "失信行为": "申报材料弄虚作假。", "依据": "示例办法第八条",
        "决定机关": "示例省自然资源厅", "决定文书号": "示例决字〔2026〕3号", "决定日期": "2026-04-20",
        "公示起": "2026-04-21", "公示至": "2028-04-19",
        "网址": f"{filled.site.client.site_url}/blacklist/{filled.register.credit}",
    }  # fmt: skip
    assert (second["名单"], second["企业名称"], second["公示至"]) == ("一般失信", "演示二公司", "2026-11-30")
    assert second["决定机关"] == '\'=HYPERLINK("http://evil.example")', "no formula"
    assert "/blacklist.csv" in filled.site.client.get("/blacklist").links()


def test_a_person_is_on_the_list_and_in_no_file(filled: Filled) -> None:
    """rules.md: named on the entry's page and the list page only; no search, feed or export."""
    enter(filled.site, Subject.PERSON, "演示某人")
    assert "演示某人" in text_of(filled.site, "/blacklist")
    assert "演示某人" not in filled.site.client.get("/blacklist.csv").text


def test_a_firm_leaves_the_file_with_its_last_day(filled: Filled) -> None:
    """LN-13: told from the date, whatever the worker did."""
    enter(filled.site, Subject.FIRM, "演示二公司")
    for day, named in ((date(2026, 11, 30), True), (date(2026, 12, 1), False)):
        filled.at(day)
        assert ("演示二公司" in filled.site.client.get("/blacklist.csv").text) is named
    filled.at(OVER)
    assert len(rows_of(filled.site, "/blacklist.csv")) == 1, "headings only"
    assert "/blacklist.csv" not in filled.site.client.get("/blacklist").links()


def test_a_running_entry_names_subject_basis_and_term(filled: Filled) -> None:
    for path in ("/blacklist", f"/blacklist/{filled.register.credit}"):
        text = text_of(filled.site, path)
        for word in (HOLDER, HOLDER_CODE, "申报材料弄虚作假", "示例决字〔2026〕3号", "严重失信"):
            assert word in text, (path, word)
    assert "2026年4月21日至2028年4月19日（含）" in text_of(filled.site, f"/blacklist/{filled.register.credit}")


def test_an_entry_shows_its_decision_day_and_leads_to_the_removal_behind_it(filled: Filled) -> None:
    """rules.md: the date of the decision, from which the term runs; both go when the entry ends."""
    path = f"/blacklist/{filled.register.credit}"
    text = text_of(filled.site, path)
    assert "决定日期" in text
    assert "2026年4月20日" in text
    assert f"/removals/{filled.register.adverse}" in filled.site.client.get(path).response.text
    filled.at(OVER)
    over = filled.site.client.get(path).response.text
    assert "决定日期" not in over
    assert f"/removals/{filled.register.adverse}" not in over


def test_lists_and_pages_of_entries_are_kept_out_of_search_engines(filled: Filled) -> None:
    for path in ("/blacklist", f"/blacklist/{filled.register.credit}", "/blacklist.csv"):
        answer = filled.site.client.get(path)
        assert answer.headers["X-Robots-Tag"] == "noindex, noarchive"
        assert answer.headers["Cache-Control"] == "no-store"
        if path.endswith(".csv"):
            continue
        assert answer.meta("robots") == "noindex"
        assert HOLDER not in answer.title
    assert "/blacklist" not in filled.site.client.get("/sitemap.xml").text


@pytest.mark.parametrize("recorded", [False, True], ids=["before the worker", "after the worker"])
def test_on_the_day_the_term_ends_nothing_names_the_subject(filled: Filled, recorded: bool) -> None:
    sha256 = body_of_entry(filled)
    entry = f"/blacklist/{filled.register.credit}"
    filled.at(LAST_DAY)
    assert HOLDER in text_of(filled.site, entry)
    assert HOLDER in filled.site.client.get(f"/documents/{sha256}").text
    filled.at(OVER)
    if recorded:
        with filled.site.services.database.write() as tx:
            assert end_due_credits(tx, today=OVER, at=instant(OVER)) == 1
    for path in (entry, "/blacklist", "/blacklist.csv", "/sitemap.xml", "/removals", "/removals.csv"):
        text = filled.site.client.get(path).text
        assert HOLDER not in text and HOLDER_CODE not in text and "申报材料弄虚作假" not in text, path
    gone = filled.site.client.get(f"/documents/{sha256}", status=410)
    assert HOLDER not in gone.text
    assert ("失信信息公示期满" if recorded else "公示期限已满") in gone.text
    text = text_of(filled.site, entry)
    assert "公示期自2026年4月21日至2028年4月19日" in text
    assert "留痕：第" in text
    assert "严重失信" not in text
    assert "另有1条已停止公示" in text_of(filled.site, "/blacklist")
    with filled.site.services.database.read() as tx:
        assert get_credit(tx, filled.register.credit, today=OVER).name is None
