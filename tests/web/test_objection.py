"""The objection form over HTTP: the notice's own rules, nothing lost, one case, counts only in public."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select, text
from tests.cases import TERMS
from tests.desk import GUIZHOU, PROVINCE_OFFICER
from tests.web.desk_site import DeskSite, desk_site
from tests.web.objection_site import (
    FIRST,
    LAST_SECOND,
    SECRETS,
    WHOLE,
    answer,
    code_on,
    fill,
    lodged,
    old_form,
    press_send,
    publish,
)
from tests.web.strict_client import words

from greenmine.config import Settings
from greenmine.domain.instant import at_legal_time, legal_day
from greenmine.domain.objection import ObjectionOutcome
from greenmine.store.case_task import get_task
from greenmine.store.tables_case import form_draft, objection
from greenmine.usecases.case_desk import close_case
from greenmine.usecases.case_step import Desk, identity_of_case, matter_of_case


@pytest.fixture
def site(settings: Settings) -> DeskSite:
    return desk_site(settings)


def test_an_objection_goes_from_the_notice_to_the_receipt(site: DeskSite) -> None:
    number = publish(site)
    path, person = f"/notices/{number}/objection", site.as_(None)
    assert path in person.get(f"/notices/{number}").text
    assert fill(person, path).location == f"{path}/check"
    read = words(next(person.get(f"{path}/check").page.iter("main")))
    assert all(secret in read for secret in SECRETS) and "公示须在异议全部答复后才能办结" in read
    assert press_send(person, path).location == "/objections/receipt"
    receipt = person.get("/objections/receipt")
    case_number, code = code_on(receipt)
    (task,) = lodged(site)
    assert (task.number, task.body.code) == (case_number, f"{GUIZHOU}/natural_resources")
    with site.services.database.read() as tx:
        assert matter_of_case(tx, task.case, master=site.services.master)["text"] == WHOLE["text"]
        assert identity_of_case(tx, task.case, master=site.services.master)["name"] == "暗号甲姓名"
    wrong = person.send("/objections/receipt", {"code": "0000 0000 0000 0000"}, status=400, form="code")
    assert "与回执上的查询码不一致" in wrong.text
    person.send("/objections/receipt", {"code": code}, form="code")
    person.get("/objections/receipt", status=410)
    with site.services.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(form_draft)).scalar_one() == 0


def test_every_page_of_it_is_kept_by_no_cache(site: DeskSite) -> None:
    number = publish(site)
    path, person = f"/notices/{number}/objection", site.as_(None)
    fill(person, path)
    for address in (path, f"{path}/check"):
        answer = person.get(address)
        assert answer.headers["Cache-Control"] == "no-store" and "Cookie" in answer.headers["Vary"]


def test_all_faults_at_once_and_nothing_typed_is_lost(site: DeskSite) -> None:
    number = publish(site)
    path, person = f"/notices/{number}/objection", site.as_(None)
    page = fill(person, path, status=400, name="", phone="", text="", about="第9项")
    summary = next(node for node in page.page.iter("div") if "summary" in (node.get("class") or ""))
    hrefs = [node.get("href") for node in summary.iter("a")]
    assert hrefs == ["#name", "#phone", "#text"]
    assert "错误：" in words(page.page.find("./head/title"))
    again = person.get(path)
    assert next(node for node in again.page.iter("input") if node.get("id") == "about").get("value") == "第9项"
    assert person.get(f"{path}/check", status=303).location == path


def test_the_form_asks_what_this_notice_asks_and_no_more(site: DeskSite) -> None:
    """个人信息保护法 6; rules.md: 景德镇 wants employer, address and postcode, 湖南 a written text."""
    much = {**TERMS, "person_parts": ["facts", "real_name", "employer", "address", "postcode", "contact"]}
    little = {"accepted": True, "real_name": False, "forms": ["written"], "person_parts": [], "unit_parts": []}
    person = site.as_(None)

    def fields(number: str) -> set[str]:
        page = person.get(f"/notices/{number}/objection").page
        return {str(node.get("name")) for node in page.iter("input")} & {"employer", "address", "postcode"}

    assert fields(publish(site, objection=much)) == {"employer", "address", "postcode"}
    plain = publish(site, objection=little)
    assert fields(plain) == set()
    fill(person, f"/notices/{plain}/objection", name="", phone="", about="")
    assert "匿名" in person.get(f"/notices/{plain}/objection/check").text
    press_send(person, f"/notices/{plain}/objection")
    (task,) = lodged(site)
    with site.services.database.read() as tx:
        assert identity_of_case(tx, task.case, master=site.services.master) == {}


def test_what_must_follow_on_paper_is_said_before_sending_and_after(site: DeskSite) -> None:
    signed = {**TERMS, "person_parts": ["identity", "signature", "fingerprint"]}
    path, person = f"/notices/{publish(site, objection=signed)}/objection", site.as_(None)
    assert "身份信息、本人签名、手印" in person.get(path).text
    fill(person, path)
    assert "纸质材料待补：身份信息、本人签名、手印" in person.get(f"{path}/check").text


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        (at_legal_time(date(2026, 3, 3), time(23, 59, 59)), "公示还没有开始"),
        (at_legal_time(date(2026, 3, 11), time(0, 0)), "异议期已过"),
    ],
)
def test_outside_the_period_there_is_no_form(site: DeskSite, moment: datetime, sentence: str) -> None:
    path, person = f"/notices/{publish(site, first_day=date(2026, 3, 4))}/objection", site.as_(None)
    site.hand.now = moment
    page = person.get(path)
    assert sentence in page.text and not list(page.page.iter("textarea"))


def test_an_announcement_has_no_form(site: DeskSite) -> None:
    number = publish(site, kind="listing", enters=None, period=None, objection={"accepted": False})
    assert "不征集异议" in site.as_(None).get(f"/notices/{number}/objection").text
    site.as_(None).get("/notices/2026-9999/objection", status=404)


def test_late_while_typing_says_so_and_loses_nothing(site: DeskSite) -> None:
    """Opened in time, sent a second late: refused, with every word still there."""
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    site.hand.now = LAST_SECOND - timedelta(minutes=5)
    opened = old_form(person.get(path))
    site.hand.now = LAST_SECOND + timedelta(seconds=1)
    page = person.post(path, {**opened, **WHOLE}, status=409)
    assert "异议期已过" in page.text and all(secret in page.text for secret in SECRETS)
    assert lodged(site) == []


def test_no_draft_begins_for_a_notice_that_takes_no_objection(site: DeskSite) -> None:
    """What came is shown to be copied; a draft begun in time is kept, and none is thrown away for a late one."""
    late, running = (f"/notices/{publish(site, first_day=day)}/objection" for day in (FIRST, FIRST + timedelta(days=2)))
    slow, early = site.as_(None), site.as_(None)
    site.hand.now = LAST_SECOND - timedelta(minutes=5)
    opened = old_form(slow.get(late))
    fill(early, late)
    assert drafts(site) == 1
    site.hand.now = LAST_SECOND + timedelta(seconds=1)
    for _ in range(2):
        assert "离开本页后不能找回" in slow.post(late, {**opened, **WHOLE}, status=409).text
    assert drafts(site) == 1
    assert "保存72小时" in early.send(late, {**WHOLE, "text": "再写一句"}, status=409, form="who").text
    fill(slow, running)
    slow.post(late, {**opened, **WHOLE, "do": "replace"}, status=409)
    assert drafts(site) == 2 and "暗号丁" in slow.get(running).text


def drafts(site: DeskSite) -> int:
    with site.services.database.read() as tx:
        return tx.execute(select(func.count()).select_from(form_draft)).scalar_one()


def test_the_last_second_counts_when_the_form_is_sent(site: DeskSite) -> None:
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    site.hand.now = LAST_SECOND - timedelta(minutes=5)
    fill(person, path)
    old = old_form(person.get(f"{path}/check"), having="form_key")
    site.hand.now = LAST_SECOND + timedelta(seconds=1)
    refused = person.post(f"{path}/check", old, status=409)
    assert "异议期已过" in refused.text and "暗号丁" in refused.text and lodged(site) == []
    site.hand.now = LAST_SECOND
    assert person.post(f"{path}/check", old).location == "/objections/receipt"
    assert len(lodged(site)) == 1


def test_the_person_reads_the_answer_and_its_outcome(site: DeskSite) -> None:
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    fill(person, path)
    press_send(person, path)
    receipt = person.get("/objections/receipt")
    number, code = code_on(receipt)
    assert "公示办结之前" in receipt.text and "最迟答复" not in receipt.text
    copy = person.get("/objections/receipt/file").text
    assert "暗号丁" in copy and code.replace(" ", "") not in copy
    answer(site, number, ObjectionOutcome.PARTLY)
    person.send("/complaints/track", {"number": number, "code": code}, form="number")
    story = person.get("/complaints/track/case").text
    assert "异议部分成立" in story and "演示答复：经核实。" in story and "已超过" not in story


def test_only_counts_are_public_and_outcomes_after_closing(site: DeskSite) -> None:
    """Issue 3, item 7: counted in public, sender never."""
    number = publish(site)
    path, officer = f"/notices/{number}/objection", site.as_(PROVINCE_OFFICER)
    for _ in range(2):
        person = site.as_(None)
        fill(person, path)
        press_send(person, path)
    reader, pages = site.as_(None), (f"/notices/{number}", "/notices")
    assert not [page for page in pages if "收到异议" in reader.get(page).text], "polled, it would tell the minute"
    shown = officer.get(f"/desk/notices/{number}").text
    assert "还有2件异议没有答复" in shown and "收到异议2件，已答复0件" in shown and "截至昨日" not in shown
    midnight = at_legal_time(legal_day(site.hand.now) + timedelta(days=1), time(0))
    site.hand.now = midnight - timedelta(seconds=1)
    assert not [page for page in pages if "收到异议" in reader.get(page).text]
    site.hand.now = midnight
    assert all("截至昨日，收到异议2件，已答复0件" in reader.get(page).text for page in pages)
    first, second = (task.number for task in lodged(site))
    answer(site, first, ObjectionOutcome.UPHELD)
    site.hand.now = at_legal_time(date(2026, 3, 9), time(9, 0))
    values = {"result": "公示期满。", "step": "close"}
    page = officer.send(f"/desk/notices/{number}/close", values, status=409, form="result")
    assert "还有1件异议没有答复" in words(page.page.find("./body"))
    assert f"/desk/cases/{second}" in {node.get("href") for node in page.page.iter("a")}
    answer(site, second, ObjectionOutcome.NOT_UPHELD)
    officer.send(f"/desk/notices/{number}/close", values, form="result")
    shown = reader.get(f"/notices/{number}").text
    assert "收到异议2件，已答复2件：异议成立1件、异议不成立1件。" in shown
    assert not [page for page in pages if "截至昨日" in reader.get(page).text]
    for address in (f"/notices/{number}", "/notices", "/notices.csv", "/sitemap", "/"):
        assert not any(secret in reader.get(address).text for secret in SECRETS)


def test_nothing_of_it_stands_in_the_clear_in_the_database(site: DeskSite) -> None:
    """trust.md 1: not in a table, not in the journal, not in a draft."""
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    fill(person, path)
    press_send(person, path)
    with site.services.database.read() as tx:
        tables = list(tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars())
        everything = "".join(repr(tx.execute(text(f"SELECT * FROM {table}")).all()) for table in tables)
        assert tx.execute(select(func.count()).select_from(objection)).scalar_one() == 1
    assert not re.search("|".join(SECRETS), everything)


def test_a_case_is_closed_after_its_answer(site: DeskSite) -> None:
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    fill(person, path)
    press_send(person, path)
    (task,) = lodged(site)
    answer(site, task.number, ObjectionOutcome.PARTLY)
    with site.services.database.write() as tx:
        seen = get_task(tx, task.case).version
        reference, master = site.services.reference, site.services.master
        close_case(tx, task.number, desk=Desk(PROVINCE_OFFICER, reference, master, site.hand.now, seen=seen))
    assert lodged(site)[0].closed_at is not None
