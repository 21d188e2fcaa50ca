"""The receipt: number, code until it was typed again, deadlines, proof, QR as text (ui.md 6; trust.md 14)."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.desk import mine_act
from tests.web.complaint_site import (
    NAMED,
    NEW,
    PLACE,
    RECEIPT,
    STORY,
    TRACK,
    ComplaintSite,
    complaint_site,
    main_words,
    photo,
)
from tests.web.desk_site import sent_by

from greenmine.config import Settings
from greenmine.domain.case_number import read_code, read_number
from greenmine.store.apply import apply
from greenmine.store.case import read_parts
from greenmine.store.case_access import find_access
from greenmine.tlog.commitment import commit
from greenmine.web.public.case_receipt import qr_of


@pytest.fixture
def site(settings: Settings) -> Iterator[ComplaintSite]:
    with complaint_site(settings) as made:
        yield made


def test_it_tells_number_code_body_and_deadlines_as_dates(site: ComplaintSite) -> None:
    person = site.person()
    number, code = person.lodged()
    assert read_number(number).startswith("T") and len(read_code(code)) == 16
    text = main_words(person.get(RECEIPT))
    assert "织金县应急管理部门" in text and "2026年12月3日（星期四）" in text and "2027年2月1日（星期一）" in text
    assert "打印" in text


def test_the_code_stays_until_it_was_typed_again_and_a_slip_is_told_beside_the_field(site: ComplaintSite) -> None:
    person = site.person()
    _number, code = person.lodged()
    wrong = f"{(int(read_code(code)) + 1) % 10**16:016}"
    for typed, sentence in ((wrong, "与回执上的查询码不一致"), ("12", "查询码应为16位数字"), ("", "请输入16位查询码")):
        refused = person.fill(RECEIPT, {"code": typed}, status=400, having="code")
        assert sentence in main_words(refused) and code in main_words(refused)
        assert refused.title.startswith("错误：")
    full_width = "-".join(code.split()).translate({ord("0") + n: ord("０") + n for n in range(10)})
    done = person.fill(RECEIPT, {"code": full_width}, having="code")
    assert done.location == f"{RECEIPT}/done" and TRACK in person.get(done.location).links()
    assert "没有待核对的回执" in person.get(RECEIPT, status=410).h1
    person.get(f"{RECEIPT}/file", status=410)
    assert site.count()["form_draft"] == 0 and site.count()["complaint"] == 1


def test_the_file_proves_what_was_lodged_and_holds_no_code(site: ComplaintSite) -> None:
    """log-spec.md 6: the commitment binds the record with the salt."""
    person = site.person()
    number, code = person.lodge(NAMED, mine=site.register.mines["zhijin"])
    answer = person.get(f"{RECEIPT}/file")
    told = json.loads(answer.text)
    assert (
        answer.headers["Content-Disposition"].startswith("attachment")
        and "sandbox" in (answer.headers["Content-Security-Policy"])
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert read_code(code) not in answer.text and told["number"] == read_number(number)
    assert commit(told["record"], salt=bytes.fromhex(told["salt"])).hex() == told["commitment"]
    assert told["record"]["matter"]["text"] == STORY and told["record"]["identity"]["name"] == NAMED["name"]


def test_the_qr_is_text_and_never_an_address(site: ComplaintSite) -> None:
    """ui.md 6: whoever scans it opens nothing."""
    person = site.person()
    person.lodged()
    page = person.get(RECEIPT)
    drawn = next(node for node in page.page.iter() if str(node.tag).endswith("svg"))
    assert drawn.get("role") == "img" and drawn.get("aria-label")
    shown = qr_of("T48201937565", "4821093755610042")
    assert shown.side > 30 and "http" not in shown.path and shown.path.startswith("M4 4h1v1h-1z")


def test_neither_code_nor_words_stand_in_an_address_or_in_the_log(
    site: ComplaintSite, caplog: pytest.LogCaptureFixture
) -> None:
    """ASVS 14.2.1; PLAN-B privacy."""
    caplog.set_level(logging.DEBUG)
    person = site.person()
    number, code = person.lodge(NAMED, mine=site.register.mines["zhijin"])
    person.fill(RECEIPT, {"code": code}, having="code")
    person.follow(number, code)
    for path in person.seen:
        assert read_code(code) not in path and STORY not in path and code not in path
    for secret in (read_code(code), code, STORY, PLACE, NAMED["name"], NAMED["phone"]):
        assert secret not in caplog.text


def test_what_stands_sealed_is_what_was_typed(site: ComplaintSite) -> None:
    person = site.person()
    number, _code = person.lodge(NAMED, mine=site.register.mines["zhijin"])
    with site.services.database.read() as tx:
        found = find_access(tx, read_number(number))
        assert found is not None
        master = site.services.master
        matter = read_parts(tx, case=found[1], label="matter", master=master)
        identity = read_parts(tx, case=found[1], label="identity", master=master)
    assert json.loads(next(iter(matter.values())))["text"] == STORY
    assert json.loads(next(iter(identity.values())))["phone"] == NAMED["phone"]


def test_a_new_complaint_waits_until_the_code_of_the_last_is_safe(site: ComplaintSite) -> None:
    person = site.person()
    person.lodged()
    page = person.get(NEW)
    assert RECEIPT in page.links() and "查询码还没有核对" in main_words(page)
    for step in ("target", "story", "check"):
        assert person.get(f"{NEW}/{step}", status=303).location == RECEIPT


def test_clearing_in_an_old_window_takes_neither_receipt_nor_file(site: ComplaintSite) -> None:
    person = site.person()
    person.at_check()
    person.answer("files", {"do": "add", "file": (io.BytesIO(photo()), "a.jpg")})
    page = sent_by(person.get(f"{NEW}/files"), having="seen")
    person.send()
    told = json.loads(person.get(f"{RECEIPT}/file").text)
    assert len(told["record"]["files"]) == 1
    shown = person.receipt()
    assert person.post(f"{NEW}/clear", {"csrf_token": page["csrf_token"]}).location == RECEIPT
    assert site.sealed() == 1 and person.receipt() == shown, "the code stands nowhere else"


def test_a_clock_behind_the_record_takes_no_complaint_and_loses_none(site: ComplaintSite) -> None:
    """trust.md 21: deadlines and the promise of the receipt would be told from a wrong day."""
    person = site.person()
    person.at_check()
    with site.services.database.write() as tx:
        apply(tx, mine_act(9999), at=site.hand.now + timedelta(hours=1))  # recorded before the clock was put back
    assert "时钟" in main_words(person.send(status=503)) and site.count()["complaint"] == 0
    site.later(hours=1)
    assert person.send().location == RECEIPT


def test_a_draft_cookie_with_another_key_opens_nothing_and_blocks_nothing(site: ComplaintSite) -> None:
    person = site.person()
    person.begin()
    (name,) = (name for name in person.cookies() if "draft" in name)
    value = person.cookies()[name].value
    person.browser.set_cookie(name, value[:-4] + ("AAAA" if value[-4:] != "AAAA" else "BBBB"), domain="127.0.0.1")
    assert "没有提交的投诉" not in main_words(person.get(NEW))
    assert (person.begin().location or "").startswith(f"{NEW}/"), "a new one can be begun"
