"""The objection form over HTTP: the notice's own rules, nothing lost, one case, counts only in public."""

import io
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from tests.cases import TERMS
from tests.desk import GUIZHOU, PROVINCE_OFFICER, draft
from tests.web.desk_site import DeskSite, Person, desk_site
from tests.web.strict_client import Answer, words

from greenmine.config import Settings
from greenmine.domain.instant import at_legal_time
from greenmine.domain.objection import ObjectionOutcome
from greenmine.store.case_attachment import attachments_of
from greenmine.store.case_task import TaskRow, get_task
from greenmine.store.tables_case import case_attachment, case_task, form_draft, objection
from greenmine.usecases.case_desk import close_case
from greenmine.usecases.case_step import Desk, identity_of_case, matter_of_case
from greenmine.usecases.notice import publish_notice
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


@pytest.fixture
def site(settings: Settings) -> DeskSite:
    return desk_site(settings)


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
    opened = _old_form(person.get(path))
    site.hand.now = LAST_SECOND + timedelta(seconds=1)
    page = person.post(path, {**opened, **WHOLE}, status=409)
    assert "异议期已过" in page.text and all(secret in page.text for secret in SECRETS)
    assert "暗号丁" in person.get(path).text
    assert lodged(site) == []


def test_the_last_second_counts_when_the_form_is_sent(site: DeskSite) -> None:
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    site.hand.now = LAST_SECOND - timedelta(minutes=5)
    fill(person, path)
    old = _old_form(person.get(f"{path}/check"), having="form_key")
    site.hand.now = LAST_SECOND + timedelta(seconds=1)
    refused = person.post(f"{path}/check", old, status=409)
    assert "异议期已过" in refused.text and "暗号丁" in refused.text and lodged(site) == []
    site.hand.now = LAST_SECOND
    assert person.post(f"{path}/check", old).location == "/objections/receipt"
    assert len(lodged(site)) == 1


def test_sent_twice_is_one_objection(site: DeskSite) -> None:
    """trust.md 20: double click, back button, and the same page sent after the code was typed."""
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    fill(person, path)
    site.later(minutes=1)
    old = _old_form(person.get(f"{path}/check"), having="form_key")
    for _ in range(3):
        assert person.post(f"{path}/check", old).location == "/objections/receipt"
    _number, code = code_on(person.get("/objections/receipt"))
    person.send("/objections/receipt", {"code": code}, form="code")
    assert "没有重复登记" in person.post(f"{path}/check", old, status=409).text
    assert len(lodged(site)) == 1


def test_twenty_identical_posts_at_once_make_one_objection(site: DeskSite) -> None:
    """Issue 3, done when: 20 parallel identical posts make one case."""
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    fill(person, path)
    site.later(minutes=1)
    old = _old_form(person.get(f"{path}/check"), having="form_key")
    cookie = "; ".join(f"{each.key}={each.value}" for each in (person.browser._cookies or {}).values())

    def press(_n: int) -> tuple[int, str]:
        headers = {"Cookie": cookie, "Referer": f"{person.site_url}{path}/check"}
        answer = site.app.test_client(use_cookies=False).post(
            f"{path}/check", data=old, base_url=person.site_url, headers=headers
        )
        return answer.status_code, answer.headers.get("Location", "")

    with ThreadPoolExecutor(20) as pool:
        answers = Counter(pool.map(press, range(20)))
    assert len(lodged(site)) == 1
    assert answers[(303, "/objections/receipt")] >= 1
    assert set(answers) <= {(303, "/objections/receipt"), (429, "")}  # many at once are asked a question, none refused


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


def test_two_windows_do_not_overwrite_each_other(site: DeskSite) -> None:
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    old = _old_form(person.get(path))
    fill(person, path, text="第一个窗口")
    page = person.post(path, {**old, **WHOLE, "text": "第二个窗口"}, status=409)
    assert "另一个窗口" in page.text and "第二个窗口" in page.text
    assert "第一个窗口" in person.get(path).text


def test_a_draft_about_another_notice_is_not_thrown_away_unasked(site: DeskSite) -> None:
    one, other = (f"/notices/{publish(site)}/objection" for _ in range(2))
    person = site.as_(None)
    fill(person, one)
    page = person.get(other)
    assert one in {node.get("href") for node in page.page.iter("a")}
    person.send(other, {"do": "replace"}, form="marks")
    assert "暗号丁" not in person.get(other).text
    fill(person, other)
    press_send(person, other)
    assert "查询码还没有核对" in person.get(one).text


def test_an_old_window_takes_no_receipt_away(site: DeskSite) -> None:
    """trust.md 20: whoever clears or replaces there has not seen that the form was sent from another window."""
    one, other = (f"/notices/{publish(site)}/objection" for _ in range(2))
    person = site.as_(None)
    fill(person, one)
    clearing = _old_form(person.get(one), having="do")
    replacing = _old_form(person.get(other), having="marks")
    press_send(person, one)
    code = code_on(person.get("/objections/receipt"))
    assert person.post(one, {**clearing, "do": "clear"}, status=303).location == "/objections/receipt"
    asked = person.post(other, {**replacing, "do": "replace"}, status=409)
    assert "查询码还没有核对" in asked.text
    assert code_on(person.get("/objections/receipt")) == code
    person.send(other, {"do": "replace-sent"}, form="marks", status=303)
    assert person.get("/objections/receipt", status=410) and "暗号丁" not in person.get(other).text


def test_a_photograph_is_kept_sealed_and_a_refused_file_takes_no_words(site: DeskSite) -> None:
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    fill(person, path)
    check = f"{path}/check"

    def upload(name: str, content: bytes, *, status: int) -> Answer:
        values = _old_form(person.get(check), having="do", skip=("drop",))
        return person.post(check, {**values, "do": "add", "file": (io.BytesIO(content), name)}, status=status)

    refused = upload("名单.docx", b"PK\x03\x04", status=400)
    assert "名单.docx" in refused.text and "暗号丁" in refused.text
    upload("证据.pdf", b"%PDF-1.4\n%%EOF", status=303)
    assert "证据.pdf" in person.get(check).text
    press_send(person, path)
    (task,) = lodged(site)
    with site.services.database.read() as tx:
        (file,) = attachments_of(tx, task.case, master=site.services.master)
        assert tx.execute(select(func.count()).select_from(case_attachment)).scalar_one() == 1
    assert site.services.sealed_files.get(file.file, file.key).startswith(b"%PDF")
    assert file.name == "证据.pdf"


def test_a_form_without_its_token_is_shown_again_with_every_word(site: DeskSite) -> None:
    """The session's cookie was lost while the person typed (ui.md 5)."""
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    values = {**_old_form(person.get(path)), **WHOLE}
    del values["csrf_token"]
    page = person.post(path, values, status=400)
    assert all(secret in page.text for secret in SECRETS) and "页面打开时间过长" in page.text
    record = f"/corrections/new?record=notice/{path.split('/')[2]}"
    again = person.post(record, {"wrong": "暗号甲", "right": "暗号乙"}, status=400)
    assert "暗号甲" in again.text and "暗号乙" in again.text


def test_a_file_that_is_too_large_takes_no_words_and_leads_back(settings: Settings) -> None:
    site = desk_site(replace(settings, request_bytes=300_000, form_bytes=200_000))
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    fill(person, path)
    values = _old_form(person.get(f"{path}/check"), having="do", skip=("drop",))
    large = (io.BytesIO(b"%PDF-1.4" + b"x" * 400_000), "大.pdf")
    page = person.post(f"{path}/check", {**values, "do": "add", "file": large}, status=413)
    assert f"{path}/check" in {node.get("href") for node in page.page.iter("a")}
    assert "暗号丁" in person.get(f"{path}/check").text


def test_clearing_forgets_everything(site: DeskSite) -> None:
    path, person = f"/notices/{publish(site)}/objection", site.as_(None)
    fill(person, path)
    values = _old_form(person.get(path), having="do", skip=("who",))
    person.post(path, {**values, "do": "clear"})
    assert "暗号" not in person.get(path).text
    with site.services.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(form_draft)).scalar_one() == 0


def test_only_counts_are_public_and_outcomes_after_closing(site: DeskSite) -> None:
    """Issue 3, item 7: counted in public, sender never."""
    number = publish(site)
    path, officer = f"/notices/{number}/objection", site.as_(PROVINCE_OFFICER)
    for _ in range(2):
        person = site.as_(None)
        fill(person, path)
        press_send(person, path)
    reader = site.as_(None)
    assert "收到异议2件，已答复0件" in reader.get(f"/notices/{number}").text
    assert "收到异议2件，已答复0件" in reader.get("/notices").text
    assert "还有2件异议没有答复" in officer.get(f"/desk/notices/{number}").text
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


def _old_form(page: Answer, *, having: str = "who", skip: tuple[str, ...] = ()) -> dict[str, Any]:
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
