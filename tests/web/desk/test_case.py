"""The inbox in the browser: list, case, steps with their preview, files, identity (信访工作条例 18, 22, 23, 34)."""

from dataclasses import replace
from typing import Any

import pytest
from tests.complaints import CANARIES, CONTACT, FILE_NAME, PLACE, TEXT, WHEN, journal, task_of
from tests.complaints import lodge as lodged
from tests.desk import COUNTY_OFFICER, NAYONG, ZHIJIN
from tests.seats import give_accounts, seated
from tests.web.desk_site import DeskSite, Person
from tests.web.strict_client import Answer, words

from greenmine.domain.body import RiskClass
from greenmine.domain.case import Stage
from greenmine.domain.complaint import About, ComplaintKind
from greenmine.domain.department import Department
from greenmine.domain.seat import Role
from greenmine.store.case_message import messages_of
from greenmine.usecases.case_visit import write_more
from greenmine.usecases.lodge import KeptFile

COLLEAGUE = replace(COUNTY_OFFICER, id=71)
HEALTH = seated(72, Role.COUNTY, ZHIJIN, Department.HEALTH)
ECOLOGY = seated(73, Role.COUNTY, ZHIJIN, Department.ECOLOGY)
WORDS = "经核查，扬尘超标情况属实，已责令停产整改。"
JPEG = b"\xff\xd8\xff\xe0 re-encoded"
PDF = b"%PDF-1.7 sealed as it came"


@pytest.fixture
def colleagues(site: DeskSite) -> DeskSite:
    """Three more people in 织金县."""
    with site.services.database.write() as tx:
        give_accounts(tx, COLLEAGUE, HEALTH, ECOLOGY)
    return site


def lodge(site: DeskSite, **values: Any) -> str:
    """A complaint that has just come; its number."""
    told = {"at": site.hand.now, "master": site.services.master, **values}
    return lodged(site.services.database, **told).number


def handler(site: DeskSite) -> Person:
    return site.as_(COUNTY_OFFICER)


def stage(site: DeskSite, number: str) -> Stage:
    return task_of(site.services.database, number).stage


def told(site: DeskSite, number: str) -> list[str]:
    """What the person was told so far."""
    with site.services.database.read() as tx:
        case = task_of(site.services.database, number).case
        return [message.text for message in messages_of(tx, case, master=site.services.master)]


def step(person: Person, number: str, name: str, **values: str) -> Answer:
    """Fill the step's form, look at the preview, send it."""
    path = f"/desk/cases/{number}/{name}"
    shown = person.send(path, {"text": WORDS, "step": "preview", **values}, status=200, form="seen_version")
    assert "预览：来件人将看到以下内容" in shown.text
    return person.send(path, {"text": WORDS, "step": "send", **values}, form="seen_version")


def attached(site: DeskSite, content: bytes, media_type: str, name: str = FILE_NAME) -> KeptFile:
    sealed = site.services.sealed_files.put(content)
    return KeptFile(sealed, name=name, media_type=media_type, sha256="ab" * 32)


def test_the_inbox_lists_by_deadline_with_place_class_stage_and_days_left(site: DeskSite) -> None:
    first = lodge(site, mine=site.mines["qingshan"], place="")
    site.later(days=4)
    second = lodge(site, risk=RiskClass.SAFETY, kind=ComplaintKind.SLOPE, text="另一件")
    page = handler(site).get("/desk/cases")
    rows = [words(row) for row in page.page.iter("tr")][1:]
    assert [first in rows[0], second in rows[1]] == [True, True]
    for part in (
        "投诉",
        "环境：扬尘、废气",
        "贵州省毕节市织金县",
        "演示织金县青山磷矿",
        "已收到",
        "2026年3月17日",
        "还剩11天",
        "待承办",
    ):
        assert part in rows[0], part
    assert "安全：边坡、滑坡、塌陷" in rows[1]
    assert not [word for word in CANARIES if word in page.text]  # the list needs no word of the person


def test_deadlines_are_told_in_words_on_their_day_and_after_it(site: DeskSite) -> None:
    number = lodge(site)
    site.later(days=15)
    assert "今天到期" in handler(site).get("/desk/cases").text
    site.later(days=2)
    page = handler(site).get("/desk/cases?only=overdue")
    assert number in page.text and "已超期2天" in page.text
    front = handler(site).get("/desk")
    assert "办理中1件" in front.text and "已超期1件" in front.text
    assert {"/desk/cases", "/desk/cases?only=overdue"} <= set(front.links())


def test_the_list_says_where_the_person_has_written_since(site: DeskSite) -> None:
    """信访工作条例 22: who writes again is not left waiting because nobody has seen it."""
    number, quiet = lodge(site), lodge(site, text="另一件")
    case = task_of(site.services.database, number).case
    person = handler(site)
    assert "有新来信" not in person.get("/desk/cases").text

    def write() -> None:
        with site.services.database.write() as tx:
            write_more(tx, case, text="水更浑了。", files=(), at=site.hand.now, master=site.services.master)

    write()
    (marked,) = [words(row) for row in person.get("/desk/cases").page.iter("tr") if "有新来信" in words(row)]
    assert number in marked and quiet not in marked
    step(person, number, "ask")
    assert "有新来信" not in person.get("/desk/cases").text
    step(person, number, "accept")
    step(person, number, "answer", outcome="confirmed")
    write()
    assert "有新来信" in person.get("/desk/cases").text, "also after the answer"


def test_xinfang_34_an_extension_is_offered_once_and_in_time(site: DeskSite) -> None:
    number, person = lodge(site), handler(site)
    step(person, number, "accept")
    extend = f"/desk/cases/{number}/extend"
    assert extend in person.get(f"/desk/cases/{number}").links()
    step(person, number, "extend")
    assert extend not in person.get(f"/desk/cases/{number}").links()
    late = lodge(site, text="另一件")
    step(person, late, "accept")
    site.later(days=62)
    assert f"/desk/cases/{late}/extend" not in handler(site).get(f"/desk/cases/{late}").links()


def test_the_list_is_narrowed_by_standing_kind_and_taken_with_counts(colleagues: DeskSite) -> None:
    site, numbers = colleagues, [lodge(colleagues, text=f"第{n}件") for n in "一二三"]
    person = handler(site)
    person.send(f"/desk/cases/{numbers[0]}", form="seen_version")
    step(person, numbers[1], "decline")
    listed = {path: person.get(path).text for path in (
        "/desk/cases", "/desk/cases?standing=closed", "/desk/cases?only=mine", "/desk/cases?kind=report",
    )}  # fmt: skip
    assert [number in listed["/desk/cases"] for number in numbers] == [True, False, True]
    assert [number in listed["/desk/cases?standing=closed"] for number in numbers] == [False, True, False]
    assert [number in listed["/desk/cases?only=mine"] for number in numbers] == [True, False, False]
    assert "没有符合条件的来件" in listed["/desk/cases?kind=report"]
    person.get("/desk/cases?kind=nonsense", status=404)
    person.get("/desk/cases?page=99", status=404)


def test_many_cases_make_many_pages(site: DeskSite) -> None:
    numbers = {lodge(site, text=f"第{'一' * n}件") for n in range(1, 28)}
    person = handler(site)
    pages = [person.get(path).text for path in ("/desk/cases", "/desk/cases?page=2")]
    assert sum(number in pages[0] for number in numbers) == 25
    assert sum(number in pages[1] for number in numbers) == 2
    assert "共 27 条" in pages[0]


def test_trust_4_alike_wordings_are_told_of_within_the_own_body_only(colleagues: DeskSite) -> None:
    number = lodge(colleagues)
    lodge(colleagues)
    lodge(colleagues, region=NAYONG)
    lodge(colleagues, risk=RiskClass.HEALTH, kind=ComplaintKind.OTHER)
    assert "同类2件" in colleagues.as_(ECOLOGY).get("/desk/cases").text
    assert "办理中内容相同的共2件" in colleagues.as_(ECOLOGY).get(f"/desk/cases/{number}").text


def test_a_case_shows_what_happened_and_seals_who_told_it(site: DeskSite) -> None:
    number = lodge(site)
    page = handler(site).get(f"/desk/cases/{number}")
    for part in (
        TEXT,
        PLACE,
        WHEN,
        "当地居民",
        "矿山企业",
        "留有身份信息，已密封",
        "织金县生态环境主管部门",
        "2026年3月17日",
    ):
        assert part in page.text, part
    assert "2026年3月2日收到，从次日起算15日内书面告知是否受理。" in page.text  # why this date
    assert "/clauses#N-XF-22" in page.text
    for secret in (CONTACT.name, CONTACT.phone, CONTACT.mail, CONTACT.address):
        assert secret not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    anonymous = handler(site).get(f"/desk/cases/{lodge(site, contact=None)}")
    assert "匿名" in anonymous.text and not any(link.endswith("/identity") for link in anonymous.links())


def test_the_history_tells_who_of_the_own_body_did_what(colleagues: DeskSite) -> None:
    site, number = colleagues, lodge(colleagues)
    site.as_(ECOLOGY).send(f"/desk/cases/{number}", form="seen_version")
    step(site.as_(ECOLOGY), number, "hand-over", body_region=ZHIJIN, department="health", reason="other_duty")
    shown = words(next(site.as_(HEALTH).get(f"/desk/cases/{number}").page.iter("main")))
    assert "承办 其他机关经办人员" in shown and "p73" not in shown
    assert "由贵州省毕节市织金县生态环境主管部门转至贵州省毕节市织金县卫生健康主管部门，不属本部门职责" in shown


def test_xinfang_22_a_case_is_accepted_after_its_preview_and_the_60_days_run(site: DeskSite) -> None:
    number = lodge(site)
    answer = step(handler(site), number, "accept")
    assert answer.location == f"/desk/cases/{number}?done=accept"
    page = handler(site).get(answer.location)
    assert "已受理，并已告知来件人。" in page.text and WORDS in page.text
    assert "2026年3月2日受理，从次日起算60日内办结并答复。" in page.text and "2026年5月1日" in page.text
    assert told(site, number) == [WORDS]


def test_a_preview_changes_nothing(site: DeskSite) -> None:
    number = lodge(site)
    before = journal(site.services.database)
    handler(site).send(
        f"/desk/cases/{number}/accept", {"text": WORDS, "step": "preview"}, status=200, form="seen_version"
    )
    assert (stage(site, number), told(site, number)) == (Stage.RECEIVED, [])
    assert journal(site.services.database) == before


def test_the_whole_way_from_asking_to_closing(site: DeskSite) -> None:
    number, person = lodge(site), handler(site)
    person.send(f"/desk/cases/{number}", form="seen_version")
    for name, values in (
        ("ask", {}), ("accept", {}), ("extend", {}), ("answer", {"outcome": "confirmed"}),
    ):  # fmt: skip
        step(person, number, name, **values)
    assert person.send(f"/desk/cases/{number}/close", {"step": "send"}, form="seen_version").location.endswith("close")
    page = person.get(f"/desk/cases/{number}")
    for part in ("已办结", "承办", "要求补充", "受理", "延长期限", "情况属实", "办结", "p11"):
        assert part in page.text, part
    assert stage(site, number) is Stage.CLOSED
    assert not [link for link in page.links() if link.startswith(f"/desk/cases/{number}/") and "identity" not in link]


def test_a_case_that_leaves_is_gone_from_the_list_and_says_where_it_went(colleagues: DeskSite) -> None:
    number = lodge(colleagues)
    person = colleagues.as_(ECOLOGY)
    answer = step(person, number, "hand-over", body_region=ZHIJIN, department="health", reason="other_duty")
    assert answer.location == "/desk/cases?done=hand-over"
    page = person.get(answer.location)
    assert "已转办，并已告知来件人。此件已不在您的来件中。" in page.text and number not in page.text
    person.get(f"/desk/cases/{number}", status=404)
    colleagues.as_(HEALTH).get(f"/desk/cases/{number}")


def test_xinfang_23_only_bodies_of_the_province_are_offered_and_taken(site: DeskSite) -> None:
    number = lodge(site)
    page = handler(site).get(f"/desk/cases/{number}/hand-over")
    codes = [node.get("value", "") for node in page.page.iter("option")]
    assert {"520000", "520500", NAYONG, ZHIJIN} <= set(codes) and "330523" not in codes
    refused = handler(site).send(
        f"/desk/cases/{number}/hand-over",
        {"text": WORDS, "body_region": "330523", "department": "ecology", "reason": "other_place", "step": "send"},
        status=400,
        form="seen_version",
    )
    assert "请从列表中选择。" in refused.text and WORDS in refused.text


def test_xinfang_18_the_accused_county_is_not_offered(site: DeskSite) -> None:
    number = lodge(site, about=About.AUTHORITY)
    from_city = site.as_(seated(21, Role.CITY, "520500"))
    codes = [node.get("value", "") for node in from_city.get(f"/desk/cases/{number}/hand-over").page.iter("option")]
    assert NAYONG in codes and ZHIJIN not in codes


def test_a_wording_fills_the_field_and_its_blanks_must_be_filled_in(site: DeskSite) -> None:
    number, person = lodge(site), handler(site)
    step(person, number, "accept")
    path = f"/desk/cases/{number}/answer"
    offered = [link for link in person.get(path).links() if "reply=" in link]
    assert len(offered) == 3
    filled = person.get(f"{path}?reply=confirmed")
    typed = next(filled.page.iter("textarea"))
    assert "【问题】" in "".join(typed.itertext()) and "30日内" in "".join(typed.itertext())
    refused = person.send(
        f"{path}?reply=confirmed", {"outcome": "confirmed", "step": "preview"}, status=400, form="seen_version"
    )
    assert "“【问题】”还没有填写" in refused.text
    assert person.get(f"{path}?reply=nonsense").status == 200


@pytest.mark.parametrize("reply", ["accepted", "accepted_visit"])
def test_the_wording_of_acceptance_names_the_body_and_the_day_it_begins(site: DeskSite, reply: str) -> None:
    page = handler(site).get(f"/desk/cases/{lodge(site)}/accept?reply={reply}")
    typed = "".join(next(page.page.iter("textarea")).itertext())
    assert "贵州省毕节市织金县生态环境主管部门" in typed and "2026年5月1日" in typed


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(site: DeskSite) -> None:
    number, person = lodge(site), handler(site)
    step(person, number, "accept")
    path = f"/desk/cases/{number}/answer"
    refused = person.send(path, {"text": WORDS, "step": "send"}, status=400, form="seen_version")
    assert "请选择办理结果" in refused.text and WORDS in refused.text
    refused = person.send(path, {"text": "", "outcome": "confirmed"}, status=400, form="seen_version")
    assert "请写明答复内容。" in refused.text
    refused = person.send(path, {"text": " ", "outcome": "confirmed"}, status=400, form="seen_version")
    assert "请写明答复内容。" in refused.text, "blanks are nothing"
    long = person.send(path, {"text": "字" * 5001, "outcome": "confirmed"}, status=400, form="seen_version")
    assert "不能超过5000个字。" in long.text


def test_trust_20_who_comes_second_gets_409_with_what_happened_and_keeps_the_words(colleagues: DeskSite) -> None:
    site, number = colleagues, lodge(colleagues)
    form = {"seen_version": str(task_of(site.services.database, number).version), "text": WORDS, "step": "send"}
    step(site.as_(COLLEAGUE), number, "ask")
    path = f"/desk/cases/{number}/accept"
    late = handler(site).send(path, form, status=409, form="seen_version")
    assert "您打开后，此件有了新的情况" in late.text and "要求补充" in late.text and WORDS in late.text
    assert stage(site, number) is Stage.RECEIVED
    step(handler(site), number, "accept")
    again = handler(site)
    token = next(
        node.get("value", "") for node in again.get("/desk").page.iter("input") if node.get("name") == "csrf_token"
    )
    gone = again.post(path, {**form, "csrf_token": token}, status=409)
    assert "这一步现在不能办理了" in gone.text and WORDS in gone.text
    assert len(told(site, number)) == 2


def test_trust_20_what_the_person_writes_meanwhile_comes_before_the_answer(site: DeskSite) -> None:
    number, person = lodge(site), handler(site)
    step(person, number, "accept")
    seen = str(task_of(site.services.database, number).version)
    with site.services.database.write() as tx:
        write_more(tx, task_of(site.services.database, number).case, text="又有新情况", files=(), at=site.hand.now,
                   master=site.services.master)  # fmt: skip
    late = person.send(
        f"/desk/cases/{number}/answer",
        {"text": WORDS, "outcome": "confirmed", "step": "send", "seen_version": seen},
        status=409,
        form="seen_version",
    )
    assert "来件人补充" in late.text
    assert "又有新情况" in person.get(f"/desk/cases/{number}").text


def test_asvs_15_3_3_nothing_but_the_forms_own_fields_is_taken(site: DeskSite) -> None:
    number = lodge(site)
    path = f"/desk/cases/{number}/ask"
    extra = {"stage": "closed", "staff": "12", "due": "2030-01-01", "kind": "report", "body_region": NAYONG}
    before = task_of(site.services.database, number)
    handler(site).send(path, {"text": WORDS, "step": "send", **extra}, form="seen_version")
    assert task_of(site.services.database, number) == replace(before, version=before.version + 1)


def test_a_step_that_is_not_open_is_refused_on_opening(site: DeskSite) -> None:
    number = lodge(site)
    for name in ("answer", "extend", "close"):
        assert handler(site).get(f"/desk/cases/{number}/{name}", status=409).status == 409


def test_long_words_and_long_names_stay_on_the_page(site: DeskSite) -> None:
    number = lodge(site, text="污" * 5000, place="村" * 200, files=[attached(site, PDF, "application/pdf", "名" * 300)])
    page = handler(site).get(f"/desk/cases/{number}")
    assert "污" * 5000 in page.text


def test_an_officer_without_cases_is_told_so(site: DeskSite) -> None:
    assert "没有办理中的来件" in handler(site).get("/desk/cases").text
    assert "没有办理中的来件。" in handler(site).get("/desk").text


def test_asvs_8_3_2_a_moved_officer_loses_the_case_on_the_next_request(site: DeskSite) -> None:
    number = lodge(site)
    handler(site).get(f"/desk/cases/{number}")
    moved = site.as_(seated(COUNTY_OFFICER.id, Role.COUNTY, NAYONG))
    assert moved.get(f"/desk/cases/{number}", status=404).status == 404
    other = site.as_(seated(COUNTY_OFFICER.id, Role.COUNTY, ZHIJIN, Department.EMERGENCY))
    assert other.get(f"/desk/cases/{number}", status=404).status == 404
