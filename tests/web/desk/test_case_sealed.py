"""What is sealed in a case: its files as downloads, its person shown for a reason (信访工作条例 18; ASVS 3.2.1)."""

from datetime import date
from urllib.parse import quote

from tests.announced import publish_notice
from tests.cases import TERMS, new_case, objection_to
from tests.complaints import CONTACT, journal
from tests.desk import COUNTY_OFFICER, ZHIJIN, draft
from tests.web.desk.test_case import JPEG, PDF, attached, handler, lodge
from tests.web.desk_site import DeskSite

from greenmine.domain.body import Body
from greenmine.domain.case import CaseKind
from greenmine.domain.department import Department
from greenmine.domain.mine import Level
from greenmine.domain.objection import identity_of, matter_of, terms_of
from greenmine.store.objection import ObjectionRow, add_objection
from greenmine.usecases.lodge import keep_words, open_file
from greenmine.usecases.objection import lodge_objection

PHONE = "13811112222"
NAMELESS = {**TERMS, "real_name": False, "person_parts": ["facts"], "refused": []}
"""Terms of a notice that asks nobody's name."""


def county_notice(site: DeskSite) -> str:
    """A check notice of 织金县 that takes objections without a name from today on."""
    wanted = draft(
        site.mines["qingshan"], kind="county_check", level=Level.COUNTY, region=ZHIJIN, enters=None,
        objection=NAMELESS, first_day=date(2026, 3, 2),
    )  # fmt: skip
    with site.services.database.write() as tx:
        return publish_notice(tx, wanted, reference=site.services.reference, officer=COUNTY_OFFICER, at=site.hand.now)


def opened(site: DeskSite, number: str) -> str:
    values = {"reason": "contact", "words": "电话核实情况"}
    return handler(site).send(f"/desk/cases/{number}/identity", values, status=200, form="words").text


def test_asvs_5_3_2_a_file_is_a_download_under_the_senders_own_name(site: DeskSite) -> None:
    name = '暗号/夜鹭\u202e\r\n"证据".pdf'
    number = lodge(site, files=[attached(site, PDF, "application/pdf", name), attached(site, JPEG, "image/jpeg")])
    answer = handler(site).get(f"/desk/cases/{number}/files/1")
    assert answer.response.get_data() == PDF
    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename=\"{number}-1.pdf\"; filename*=UTF-8''" + quote("暗号_夜鹭_证据_.pdf")
    )
    for file in ("files/1", "files/2", "pictures/2"):
        headers = handler(site).get(f"/desk/cases/{number}/{file}").headers
        assert headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
    assert handler(site).get(f"/desk/cases/{number}/pictures/2").headers["Content-Disposition"].startswith("inline;")
    handler(site).get(f"/desk/cases/{number}/pictures/1", status=404)  # asvs 3.2.1: never a PDF in the page
    handler(site).get(f"/desk/cases/{number}/files/3", status=404)
    page = handler(site).get(f"/desk/cases/{number}")
    assert [node.get("src") for node in page.page.iter("img") if "desk" in node.get("src", "")] == [
        f"/desk/cases/{number}/pictures/2"
    ]


def test_a_kept_type_that_nobody_knows_is_bytes(site: DeskSite) -> None:
    number = lodge(site, files=[attached(site, b"<svg/>", "image/svg+xml")])
    answer = handler(site).get(f"/desk/cases/{number}/files/1")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    handler(site).get(f"/desk/cases/{number}/pictures/1", status=404)


def test_xinfang_18_an_identity_is_shown_once_for_a_reason_and_the_journal_says_so(site: DeskSite) -> None:
    number, person = lodge(site), handler(site)
    path = f"/desk/cases/{number}/identity"
    form = person.get(path)
    assert "写入不能更改的内部日志" in form.text and CONTACT.name not in form.text
    refused = person.send(path, {"reason": "verify", "words": "看"}, status=400, form="words")
    assert "请写明查看身份的理由。" in refused.text and CONTACT.name not in refused.text
    assert "case.identity_opened" not in [line.event for line in journal(site.services.database)]
    shown = person.send(path, {"reason": "verify", "words": "电话核实扬尘时段"}, status=200, form="words")
    for part in (CONTACT.name, CONTACT.phone, CONTACT.mail, CONTACT.address):
        assert part in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    line = journal(site.services.database)[-1]
    assert (line.event, line.staff) == ("case.identity_opened", COUNTY_OFFICER.id)
    assert line.detail == f"reason=verify seat={COUNTY_OFFICER.seat.signature}"
    assert CONTACT.name not in person.get(path).text
    after = person.get(f"/desk/cases/{number}").text
    assert "查看身份" in after and "核实情况需要" in after and "电话核实" not in after


def test_there_is_no_identity_to_open_of_an_anonymous_case(site: DeskSite) -> None:
    number = lodge(site, contact=None)
    before = journal(site.services.database)
    handler(site).get(f"/desk/cases/{number}/identity", status=409)
    assert journal(site.services.database) == before


def test_an_objector_who_left_only_a_telephone_can_be_called(site: DeskSite) -> None:
    sent, new = objection_to(county_notice(site), name="", phone=PHONE), new_case(CaseKind.OBJECTION)
    with site.services.database.write() as tx:
        number = lodge_objection(tx, sent, new=new, at=site.hand.now, master=site.services.master).number
    assert f"/desk/cases/{number}/identity" in handler(site).get(f"/desk/cases/{number}").links()
    assert PHONE in opened(site, number)


def test_a_telephone_sealed_in_a_case_that_was_taken_for_anonymous_can_be_read(site: DeskSite) -> None:
    """The matter of an objection without a name once said so, whatever else was sealed."""
    sent, new = objection_to(county_notice(site), name="", phone=PHONE), new_case(CaseKind.OBJECTION)
    matter = {**matter_of(sent, terms_of(NAMELESS, has_period=True)), "anonymous": True}
    at, master, body = site.hand.now, site.services.master, Body(ZHIJIN, Department.NATURAL_RESOURCES)
    with site.services.database.write() as tx:
        case = open_file(tx, new, region=ZHIJIN, body=body, due=None, at=at, master=master)
        keep_words(tx, case, matter=matter, identity=identity_of(sent), at=at, master=master)
        add_objection(tx, ObjectionRow(case=case, notice=sent.notice, by_unit=False, outcome=None))
    assert PHONE in opened(site, new.access.number)
