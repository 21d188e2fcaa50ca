"""Following a case: number and code by POST, one answer for unknown and wrong, messages both ways (trust.md 14)."""

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from tests.complaints import seat
from tests.desk import ZHIJIN
from tests.seats import seated
from tests.web.complaint_site import (
    CASE,
    NEW,
    RECEIPT,
    STORY,
    TRACK,
    ComplaintSite,
    complaint_site,
    main_words,
    photo,
)
from tests.web.desk_site import sent_by

from greenmine.cli.log import begin_demo_log
from greenmine.config import Settings
from greenmine.content.evidence import MOST_BYTES, MOST_CASE_FILES
from greenmine.domain.case import CaseKind
from greenmine.domain.case_number import make_number, read_number
from greenmine.domain.complaint import Outcome
from greenmine.domain.department import Department
from greenmine.domain.mine_facts import MineFacts
from greenmine.domain.seat import Role
from greenmine.store.case_access import find_access
from greenmine.store.case_attachment import attach
from greenmine.store.case_task import get_task
from greenmine.store.database import Tx
from greenmine.store.sealed_files import SealedFile
from greenmine.store.tables_case import complaint
from greenmine.usecases.case_desk import accept_case, answer_complaint, ask_person, close_case
from greenmine.usecases.case_step import Desk
from greenmine.usecases.commitment_batch import list_commitments
from greenmine.usecases.mine import register_mine

UNKNOWN = make_number(CaseKind.COMPLAINT, 1234567890)
OFFICER = seated(61, Role.COUNTY, ZHIJIN, Department.EMERGENCY)


@pytest.fixture
def site(settings: Settings) -> Iterator[ComplaintSite]:
    with complaint_site(settings) as made:
        yield made


def test_number_and_code_are_taken_however_they_are_written(site: ComplaintSite) -> None:
    person = site.person()
    number, code = person.lodged()
    for typed_number, typed_code in (
        (number.lower(), code.replace(" ", "-")),
        (read_number(number), code.translate({ord("0") + n: ord("０") + n for n in range(10)})),
    ):
        assert person.follow(typed_number, typed_code).location == CASE
    text = main_words(person.get(CASE))
    assert "已收到" in text and STORY in text and "织金县应急管理部门" in text
    assert "最迟2026年12月3日（星期四）告知是否受理。" in text


def test_unknown_and_wrong_are_answered_alike_and_never_locked(site: ComplaintSite) -> None:
    """trust.md 14, 15."""
    person = site.person()
    number, code = person.lodged()
    wrong = person.follow(number, "0" * 16, status=400)
    unknown = person.follow(UNKNOWN, code, status=400)
    sentence = "编号或查询码不正确，请对照回执核对后重新输入。"
    assert sentence in main_words(wrong)
    assert main_words(wrong) == main_words(unknown)
    for page in (wrong, unknown):
        assert sent_by(page, having="number")["code"] == "", "the code is never sent back"
    for _guess in range(3):
        person.follow(number, "1" * 16, status=400)
    assert person.follow(number, code).location == CASE


def test_many_wrong_codes_bring_a_question_not_a_lock(site: ComplaintSite) -> None:
    person = site.person()
    number, code = person.lodged()
    for _guess in range(8):
        person.follow(number, "1" * 16, status=None)
    asked = person.follow(number, code, status=429)
    assert "请先回答一个小问题" in main_words(asked)
    site.later(minutes=30)
    assert person.follow(number, code).location == CASE


@pytest.mark.parametrize(
    ("number", "code", "sentence"),
    [("T1", "1" * 16, "受理编号不对"), (UNKNOWN, "12", "查询码应为16位数字"), ("", "", "请输入编号。")],
)
def test_what_cannot_be_one_is_told_beside_its_field(
    site: ComplaintSite, number: str, code: str, sentence: str
) -> None:
    refused = site.person().follow(number, code, status=400)
    assert main_words(refused).count(sentence) == 2 and refused.title.startswith("错误：")


def test_a_visit_ends_by_the_button_or_after_half_an_hour_and_what_was_typed_is_shown(site: ComplaintSite) -> None:
    person = site.person()
    number, code = person.lodged()
    person.get(CASE, status=403)
    person.follow(number, code)
    shown = sent_by(person.get(CASE), having="text")
    assert person.get(CASE).headers["Cache-Control"] == "no-store"
    site.later(minutes=31)
    over = person.post(CASE, {**shown, "text": "写了很久的话"}, status=403)
    assert "查询已超时" in main_words(over) and "写了很久的话" in main_words(over)
    person.follow(number, code)
    token = sent_by(person.get(CASE), having="text")["csrf_token"]
    assert person.post(f"{TRACK}/leave", {"csrf_token": token}).location == f"{TRACK}/left"
    person.get(CASE, status=403)


def test_the_desk_and_the_person_write_to_each_other_and_no_officer_is_named(site: ComplaintSite) -> None:
    """信访工作条例 22, 34; features.md "two-way thread"."""
    person = site.person()
    number, code = person.lodged()
    seat(site.services.database, OFFICER)
    plain = read_number(number)
    with site.services.database.write() as tx:
        accept_case(tx, plain, text="已受理您的投诉。", desk=desk_of_tx(site, tx, plain))
        ask_person(tx, plain, text="请补充具体时间。", desk=desk_of_tx(site, tx, plain))
    person.follow(number, code)
    text = main_words(person.get(CASE))
    assert "已受理" in text and "办理机关请您补充情况" in text and "请补充具体时间。" in text
    assert person.fill(CASE, {"text": "是夜里十一点。"}, having="text").location == f"{CASE}#letters"
    person.fill(CASE, {"file": (io.BytesIO(photo()), "补.jpg")}, having="file")
    text = main_words(person.get(CASE))
    assert text.index("请补充具体时间。") < text.index("是夜里十一点。") < text.index("补交材料1件。")
    assert "附：补.jpg" in text and "请您补充情况" not in text.replace("办理机关请您补充 ", "")
    with site.services.database.write() as tx:
        answer_complaint(tx, plain, outcome=Outcome.CONFIRMED, text="已责令整改。", desk=desk_of_tx(site, tx, plain))
    text = main_words(person.get(CASE))
    assert "办理机关答复" in text and "已责令整改。" in text and "情况属实" in text
    with site.services.database.write() as tx:
        close_case(tx, plain, desk=desk_of_tx(site, tx, plain))
    page = person.get(CASE)
    assert "办结是指案卷已经结束，不等于问题已经解决" in main_words(page)
    assert not list(page.page.iter("textarea")), "nothing can be written to a closed case"
    assert f"p{OFFICER.id}" not in page.text and "演示61" not in page.text


def desk_of_tx(site: ComplaintSite, tx: Tx, number: str) -> Desk:
    """The officer inside a transaction that goes on."""
    found = find_access(tx, number)
    assert found is not None
    version = get_task(tx, found[1]).version
    return Desk(OFFICER, site.services.reference, site.services.master, site.hand.now, version)


def test_a_late_body_is_said_to_be_late(site: ComplaintSite) -> None:
    person = site.person()
    number, code = person.lodged()
    site.later(days=20)
    person.follow(number, code)
    assert "已超过期限" in main_words(person.get(CASE)) and "已超过5天" in main_words(person.get(CASE))


def test_a_refused_file_or_an_empty_letter_is_told_and_nothing_is_sent(site: ComplaintSite) -> None:
    person = site.person()
    number, code = person.lodged()
    person.follow(number, code)
    refused = person.fill(CASE, {"file": (io.BytesIO(b"PK\x03\x04"), "a.zip")}, having="file", status=400)
    assert "压缩包里的内容无法查验" in main_words(refused) and refused.title.startswith("错误：")
    assert "请写明要告知办理机关的内容。" in main_words(person.fill(CASE, {"text": " "}, having="text", status=400))
    assert "还没有往来" in main_words(person.get(CASE)) and site.sealed() == 0


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        ([MOST_BYTES - 100], "附件合计不能超过60 MB，还可收0 MB，这次的没有收下。"),
        ([1] * MOST_CASE_FILES, "附件合计最多60个，已有60个，这次的没有收下。"),
    ],
)
def test_a_case_holds_no_more_files_than_promised(site: ComplaintSite, sizes: list[int], sentence: str) -> None:
    """content/evidence.py: the limits are those of the whole case, however many messages bring its files."""
    person = site.person()
    number, code = person.lodged()
    hold(site, number, sizes)
    person.follow(number, code)
    before = site.sealed()
    for _ in range(2):
        refused = person.fill(CASE, {"file": (io.BytesIO(photo()), "补.jpg")}, having="file", status=400)
        assert main_words(refused).count(sentence) == 2 and refused.title.startswith("错误：")
    assert site.sealed() == before and "附：补.jpg" not in main_words(person.get(CASE))
    assert person.fill(CASE, {"text": "那就写信。"}, having="text").location == f"{CASE}#letters"


def hold(site: ComplaintSite, number: str, sizes: list[int]) -> None:
    """Let the case hold files of these sizes."""
    with site.services.database.write() as tx:
        found = find_access(tx, read_number(number))
        assert found is not None
        for n, size in enumerate(sizes, start=1):
            attach(
                tx,
                case=found[1],
                n=n,
                sealed=SealedFile(f"{n:032x}", bytes(32), size),
                name="演示.pdf",
                media_type="application/pdf",
                at=site.hand.now,
                master=site.services.master,
            )


def test_a_letter_clicked_twice_is_one_letter_and_other_words_of_that_form_are_another(site: ComplaintSite) -> None:
    """trust.md 20: nothing is doubled, and nothing typed after the back button is dropped."""
    person = site.person()
    number, code = person.lodged()
    person.follow(number, code)
    shown = sent_by(person.get(CASE), having="text")
    for text in ("只写一次。", "只写一次。", "另外一件。", "只写一次。"):
        assert person.post(CASE, {**shown, "text": text}).location == f"{CASE}#letters"
    told = main_words(person.get(CASE))
    assert told.count("只写一次。") == 1 and told.count("另外一件。") == 1
    shown = sent_by(person.get(CASE), having="file")
    action = str(shown.pop("action", f"{CASE}/files"))
    for _ in range(2):
        person.post(action, {**shown, "file": (io.BytesIO(photo()), "补.jpg")})
    assert main_words(person.get(CASE)).count("附：补.jpg") == 1 and site.sealed() == 1


def test_a_stale_token_keeps_the_letter(site: ComplaintSite) -> None:
    person = site.person()
    number, code = person.lodged()
    person.follow(number, code)
    shown = sent_by(person.get(CASE), having="text")
    stale = person.post(CASE, {**shown, "csrf_token": "x", "text": "没有丢的信"}, status=400)
    assert sent_by(stale, having="text")["text"] == "没有丢的信"


def test_all_cookies_lost_leave_the_letter_to_be_copied(site: ComplaintSite) -> None:
    person = site.person()
    person.follow(*person.lodged())
    shown = sent_by(person.get(CASE), having="text")
    for cookie in person.cookies().values():
        person.browser.delete_cookie(cookie.key, domain=cookie.domain, path=cookie.path)
    over = person.post(CASE, {**shown, "text": "没有丢的信"}, status=403)
    assert "没有丢的信" in main_words(over) and STORY not in over.text


def test_a_letter_pressed_twice_is_one(site: ComplaintSite) -> None:
    """trust.md 20: a double click, the back button; the same words from a page opened anew are another letter."""
    person = site.person()
    person.follow(*person.lodged())
    shown = sent_by(person.get(CASE), having="text")
    for words in ("水还是黑的。", "水还是黑的。", "今天停了。", "水还是黑的。"):
        person.post(CASE, {**shown, "text": words}, status=303)
    text = main_words(person.get(CASE))
    assert (text.count("水还是黑的。"), text.count("今天停了。")) == (1, 1)
    person.post(CASE, {**sent_by(person.get(CASE), having="text"), "text": "水还是黑的。"}, status=303)
    assert main_words(person.get(CASE)).count("水还是黑的。") == 2


def test_who_cannot_show_number_and_code_sees_no_case(site: ComplaintSite) -> None:
    """trust.md 13."""
    one, other = site.person(), site.person("192.0.2.9")
    number, code = one.lodged()
    one.follow(number, code)
    for path in (CASE, f"{CASE}/files"):
        other.get(path, status=403)
    assert STORY not in other.get(NEW).text and STORY not in other.get(RECEIPT, status=410).text


def test_the_case_names_the_public_entry_that_lists_it(site: ComplaintSite) -> None:
    """log-spec.md 6: the commitment of the receipt stands in the day's list, and the case says where."""
    begin_demo_log(site.services)
    person = site.person()
    person.follow(*person.lodge(mine=site.register.mines["zhijin"]))
    assert "尚未列入公开记录" in main_words(person.get(CASE))
    with site.services.database.write() as tx:
        held = tx.execute(select(complaint.c.commitment)).scalar_one().hex()
        list_commitments(tx, at=site.hand.now + timedelta(days=1))
    shown = person.get(CASE)
    (entry,) = [link for link in shown.links() if link.startswith("/log/entry/")]
    assert held in main_words(shown) and held in person.get(entry).text


def test_a_case_from_before_the_log_promises_no_public_entry(site: ComplaintSite) -> None:
    """log-spec.md 6: the first list is that of the day the log began; what came earlier never stands in one."""
    person = site.person()
    known = person.lodged()
    site.later(days=1)
    with site.services.database.write() as tx:
        facts, at = MineFacts("演示织金某某石场", "520524"), site.hand.now
        register_mine(tx, facts, reference=site.services.reference, officer=None, at=at)
    begin_demo_log(site.services)
    person.follow(*known)
    assert "办理经过" in main_words(person.get(CASE)) and "提交凭证" not in main_words(person.get(CASE))
