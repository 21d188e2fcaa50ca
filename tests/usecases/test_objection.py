"""Objections through the use cases: taken in time, answered, and in the way of closing (ZJ-11, ZJ-13)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from tests.announced import publish_notice
from tests.cases import MASTER, TERMS, CaseDesk
from tests.desk import (
    BIJIE,
    COUNTY_OFFICER,
    GUIZHOU,
    NOON,
    PROVINCE_COLLEAGUE,
    PROVINCE_OFFICER,
    Desk,
    draft,
    instant,
    known_until,
)
from tests.desk_people import code_of
from tests.reference_data import reference
from tests.web.real_notices import draft_of, preset_of, published_on, real_notices

from greenmine.domain.body import Body
from greenmine.domain.case import MessageKind, Stage
from greenmine.domain.department import Department
from greenmine.domain.errors import BadInput, Conflict, NotFound, RuleBroken
from greenmine.domain.mine import Level
from greenmine.domain.objection import ObjectionOutcome
from greenmine.domain.period import PeriodRule, PeriodUnit
from greenmine.store.case_message import messages_of
from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade
from greenmine.store.notice import get_notice
from greenmine.store.objection import objections_to, waiting_numbers
from greenmine.store.tables_case import case_task, objection
from greenmine.usecases.case_desk import close_case
from greenmine.usecases.case_step import identity_of_case, matter_of_case
from greenmine.usecases.erasure import erase_case
from greenmine.usecases.notice import recount_notices, withdraw_notice

MONDAY = date(2025, 3, 3)
SHANXI = PeriodRule(unit=PeriodUnit.WORKDAY, days=5, first_day_counted=True, rolls_over=False, cutoff=time(16, 0))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty record."""
    made = open_database(f"sqlite:///{tmp_path / 'record.db'}")
    upgrade(made)
    yield made
    made.close()


@pytest.fixture
def cases(database: Database) -> CaseDesk:
    return CaseDesk(database, now=NOON)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database, now=NOON)


def objections(database: Database) -> int:
    with database.read() as tx:
        return int(tx.execute(select(func.count()).select_from(objection)).scalar_one())


def test_an_objection_lands_at_the_desk_of_the_publisher(cases: CaseDesk) -> None:
    number = cases.publish(
        first_day=MONDAY, region=BIJIE, level=Level.CITY, kind="city_list", enters=None, officer=None
    )
    receipt = cases.object(number)
    assert receipt.body == Body(BIJIE, Department.NATURAL_RESOURCES)
    assert receipt.accept_due.day == date(2025, 3, 7) and receipt.decide_due is None
    assert receipt.number.startswith("Y")
    with pytest.raises(NotFound):
        cases.task(receipt.number, PROVINCE_OFFICER)
    with pytest.raises(NotFound):
        cases.task(receipt.number, COUNTY_OFFICER)


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (datetime(2025, 3, 2, 15, 59, 59, tzinfo=UTC), "objection.not_begun"),
        (datetime(2025, 3, 2, 16, 0, 0, tzinfo=UTC), None),  # midnight in Shanghai
        (datetime(2025, 3, 7, 15, 59, 59, tzinfo=UTC), None),
        (datetime(2025, 3, 7, 15, 59, 59, 999_999, tzinfo=UTC), None),
        (datetime(2025, 3, 7, 16, 0, 0, tzinfo=UTC), "objection.late"),
    ],
)
def test_the_exact_second(cases: CaseDesk, moment: datetime, code: str | None) -> None:
    """trust.md 22: whole legal days of Asia/Shanghai; the last second is in time, the next one is not."""
    cases.now = instant(date(2025, 3, 1))
    number = cases.publish(first_day=MONDAY)
    cases.now = moment
    if code is None:
        assert cases.object(number).received_at == moment.replace(microsecond=0)
    else:
        assert code_of(lambda: cases.object(number)) == code
        assert objections(cases.database) == 0


def test_the_cut_off_hour_of_shanxi(cases: CaseDesk) -> None:
    """山西 2020: 5 working days to 16:00 of the last."""
    number = cases.publish(first_day=MONDAY, period=SHANXI)
    cases.now = instant(date(2025, 3, 7), time(16, 0, 0))
    cases.object(number)
    cases.now += timedelta(seconds=1)
    with pytest.raises(RuleBroken, match="异议期已过"):
        cases.object(number)


def test_liaonings_last_day_is_a_sunday_that_is_worked(cases: CaseDesk) -> None:
    """辽宁 2025-01-21→26: Sunday 26 January is a make-up working day, and in time to its last second."""
    cases.now = instant(date(2025, 1, 21))
    number = cases.publish(first_day=date(2025, 1, 21))
    cases.now = instant(date(2025, 1, 26), time(23, 59, 59))
    assert cases.object(number).accept_due.day == date(2025, 1, 26)
    cases.now += timedelta(seconds=1)
    assert code_of(lambda: cases.object(number)) == "objection.late"


def test_an_announcement_and_a_withdrawn_notice_take_none(cases: CaseDesk) -> None:
    announced = cases.publish(first_day=MONDAY, kind="listing", enters=None, period=None, objection={"accepted": False})
    assert code_of(lambda: cases.object(announced)) == "objection.not_taken"
    withdrawn = cases.publish(first_day=MONDAY)
    with cases.database.write() as tx:
        withdraw_notice(tx, withdrawn, reason="发布有误", reference=reference(), officer=PROVINCE_OFFICER, at=cases.now)
    assert code_of(lambda: cases.object(withdrawn)) == "objection.withdrawn"
    assert code_of(lambda: cases.object("2025-9999")) == "notice.unknown"


def test_a_notice_of_the_whole_country_has_no_desk_here(cases: CaseDesk) -> None:
    number = cases.publish(
        first_day=MONDAY, region="000000", level=Level.NATIONAL, kind="national_list", enters=None, officer=None
    )
    assert code_of(lambda: cases.object(number)) == "objection.no_desk"


def test_who_and_what_are_sealed_apart(cases: CaseDesk) -> None:
    """信访工作条例 18; trust.md 1."""
    number = cases.publish(first_day=MONDAY)
    receipt = cases.object(number, text="暗号一", name="暗号二", phone="暗号三", about="暗号四")
    case = cases.task(receipt.number, PROVINCE_OFFICER).case
    with cases.database.read() as tx:
        assert matter_of_case(tx, case, master=MASTER)["text"] == "暗号一"
        assert identity_of_case(tx, case, master=MASTER)["name"] == "暗号二"
        tables = list(tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars())
        everything = "".join(repr(tx.execute(text(f"SELECT * FROM {table}")).all()) for table in tables)
    assert "暗号" not in everything
    own = receipt.file()["record"]
    assert own["matter"]["text"] == "暗号一" and own["identity"]["name"] == "暗号二"  # the sender's copy, nobody else's


def test_a_form_sent_twice_makes_one_objection(cases: CaseDesk) -> None:
    """trust.md 20."""
    number = cases.publish(first_day=MONDAY)
    cases.object(number, form_key="one")
    with pytest.raises(Conflict):
        cases.object(number, form_key="one")
    assert objections(cases.database) == 1


def test_a_refused_objection_leaves_nothing(cases: CaseDesk) -> None:
    number = cases.publish(first_day=MONDAY)
    with pytest.raises(BadInput):
        cases.object(number, name="")
    with cases.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(case_task)).scalar_one() == 0


def test_an_unanswered_objection_blocks_closing(cases: CaseDesk, desk: Desk) -> None:
    """ZJ-13: 公示无异议后入库. Every objection has its answer first, whatever it says."""
    mine = desk.register()
    number = cases.publish(mine, first_day=MONDAY)
    numbers = [cases.object(number).number for _ in range(3)]
    later = desk.at(date(2025, 3, 10))
    cases.now = later.now
    for left, case in zip((3, 2, 1), numbers, strict=True):
        with pytest.raises(RuleBroken, match=f"还有{left}件异议没有答复"):
            later.close(number, mine)
        assert desk.memberships(mine) == []
        cases.answer_objection(case, list(ObjectionOutcome)[left])
    later.close(number, mine)
    assert len(desk.memberships(mine)) == 1


def test_counts_are_all_the_public_learns_also_after_closing(cases: CaseDesk, desk: Desk) -> None:
    mine = desk.register()
    number, other = cases.publish(mine, first_day=MONDAY), cases.publish(first_day=MONDAY)
    first, second = cases.object(number).number, cases.object(number).number
    cases.object(other)
    cases.answer_objection(first, ObjectionOutcome.UPHELD)
    with cases.database.read() as tx:
        count = objections_to(tx, number)
        assert (count.received, count.answered, count.waiting) == (2, 1, 1)
        assert waiting_numbers(tx, number, PROVINCE_OFFICER) == (second,)
        assert waiting_numbers(tx, number, COUNTY_OFFICER) == ()
    cases.answer_objection(second, ObjectionOutcome.INADMISSIBLE, text="未寄送签名的纸质材料。")
    desk.at(date(2025, 3, 10)).close(number, reasons={mine: "异议成立"}, decided=False)
    with cases.database.read() as tx:
        outcomes = objections_to(tx, number).outcomes
    assert outcomes == {ObjectionOutcome.UPHELD: 1, ObjectionOutcome.INADMISSIBLE: 1}


def test_an_answer_has_its_reason_reaches_the_person_and_is_seen_by_its_own_desk_only(cases: CaseDesk) -> None:
    number = cases.publish(first_day=MONDAY)
    case = cases.object(number).number
    with pytest.raises(BadInput, match="请写明"):
        cases.answer_objection(case, ObjectionOutcome.NOT_UPHELD, text=" ")
    with pytest.raises(NotFound):
        cases.answer_objection(case, ObjectionOutcome.NOT_UPHELD, officer=COUNTY_OFFICER)
    cases.answer_objection(case, ObjectionOutcome.NOT_UPHELD, text="复绿率已达标。", officer=PROVINCE_COLLEAGUE)
    task = cases.task(case, PROVINCE_OFFICER)
    assert task.stage is Stage.ANSWERED and task.due is None
    with cases.database.read() as tx:
        (message,) = messages_of(tx, task.case, master=MASTER)
    assert (message.kind, message.text, message.staff) == (
        MessageKind.ANSWER,
        "复绿率已达标。",
        PROVINCE_COLLEAGUE.id,
    )


def test_a_second_answer_may_change_the_outcome_until_the_case_is_closed(cases: CaseDesk) -> None:
    number = cases.publish(first_day=MONDAY)
    case = cases.object(number).number
    cases.answer_objection(case, ObjectionOutcome.NOT_UPHELD)
    cases.answer_objection(case, ObjectionOutcome.PARTLY)
    with cases.database.write() as tx:
        close_case(tx, case, desk=cases.desk(tx, case, PROVINCE_OFFICER))
    with cases.database.read() as tx:
        assert objections_to(tx, number).outcomes == {ObjectionOutcome.PARTLY: 1}
    assert code_of(lambda: cases.answer_objection(case, ObjectionOutcome.UPHELD)) == "case.step_refused"


def test_an_old_view_of_the_case_answers_nothing(cases: CaseDesk) -> None:
    """trust.md 20: two officers answer; the second gets a conflict."""
    number = cases.publish(first_day=MONDAY)
    case = cases.object(number).number
    with cases.database.write() as tx:
        seen = cases.desk(tx, case, PROVINCE_OFFICER)
    cases.answer_objection(case, ObjectionOutcome.UPHELD)
    with cases.database.write() as tx, pytest.raises(Conflict):
        close_case(tx, case, desk=seen)


def test_what_must_follow_on_paper_is_told_in_the_case(cases: CaseDesk) -> None:
    """山西: signature and fingerprint cannot be typed. Received in time, the paper still to come."""
    signed = {**TERMS, "person_parts": ["identity", "signature", "fingerprint"]}
    number = cases.publish(first_day=MONDAY, objection=signed, contact="演示路1号，演示处")
    case = cases.task(cases.object(number).number, PROVINCE_OFFICER).case
    with cases.database.read() as tx:
        (message,) = messages_of(tx, case, master=MASTER)
        assert matter_of_case(tx, case, master=MASTER)["paper"] == ["identity", "signature", "fingerprint"]
    assert message.kind is MessageKind.NOTICE and message.staff is None
    assert "身份信息、本人签名、手印" in message.text and "演示路1号，演示处" in message.text


def test_a_report_is_no_objection(cases: CaseDesk, desk: Desk) -> None:
    number = cases.publish(first_day=MONDAY)
    report = cases.report(f"notice/{number}").number
    assert code_of(lambda: cases.answer_objection(report, ObjectionOutcome.UPHELD)) == "case.unknown"


def test_an_erased_objection_stays_in_the_published_count_once_it_was_answered(cases: CaseDesk) -> None:
    """个人信息保护法 47 takes the words and the person, not how many objected to a notice and with what outcome."""
    number = cases.publish(first_day=MONDAY)
    answered, unanswered = cases.object(number).number, cases.object(number).number
    cases.answer_objection(answered, ObjectionOutcome.PARTLY)
    with cases.database.write() as tx:
        for case in (answered, unanswered):
            erase_case(tx, case, ground="demand", at=NOON)
    with cases.database.read() as tx:
        count = objections_to(tx, number)
    assert (count.received, count.waiting, count.outcomes) == (1, 0, {ObjectionOutcome.PARTLY: 1})
    with pytest.raises(NotFound):
        cases.task(answered, PROVINCE_OFFICER)


def test_terms_are_those_the_notice_was_published_with(cases: CaseDesk) -> None:
    """The book may change while a notice runs: its own body governs."""
    number = cases.publish(first_day=MONDAY, objection={"accepted": True, "person_parts": ["facts", "employer"]})
    assert code_of(lambda: cases.object(number, name="", phone="")) == "objection.part_missing"
    cases.object(number, name="", phone="", employer="演示单位")


def test_a_recounted_end_is_the_end_for_objections_too(cases: CaseDesk) -> None:
    """trust.md 23: counted beyond the calendar, then the State Council's notice moves the end."""
    near = known_until(date(2025, 4, 3))
    cases.now = instant(date(2025, 4, 2))
    with cases.database.write() as tx:
        wanted = draft(objection=TERMS, region=GUIZHOU, first_day=date(2025, 4, 2))
        number = publish_notice(tx, wanted, reference=near, officer=PROVINCE_OFFICER, at=cases.now)
    case = cases.object(number).number
    before = cases.task(case, PROVINCE_OFFICER)
    assert (before.due, before.due_provisional) == (date(2025, 4, 8), True)
    with cases.database.write() as tx:
        recount_notices(tx, reference=reference(), at=cases.now)
    after = cases.task(case, PROVINCE_OFFICER)
    assert (after.due, after.due_provisional) == (date(2025, 4, 9), False)  # 清明节: Friday 4 April is off
    cases.now = instant(date(2025, 4, 9), time(23, 59, 59))
    cases.object(number)
    cases.now += timedelta(seconds=1)
    assert code_of(lambda: cases.object(number)) == "objection.late"


@pytest.mark.parametrize("row", [row for row in real_notices() if preset_of(row).period], ids=lambda row: row["id"])
def test_every_real_notice_takes_objections_to_its_last_second(cases: CaseDesk, row: dict[str, str]) -> None:
    """rules.md "Notices as they are really written": each issuer's own period, cut-off and rules."""
    wanted = draft_of(row)
    cases.now = instant(published_on(row), time(9, 0))
    with cases.database.write() as tx:
        number = publish_notice(tx, wanted, reference=reference(), officer=None, at=cases.now)
        end = get_notice(tx, number).ends_at
    assert end is not None
    whole = {"employer": "演示公司", "address": "演示路1号", "postcode": "333000"}
    if not wanted.objection["accepted"]:
        assert code_of(lambda: cases.object(number, **whole)) == "objection.not_taken"
        return
    cases.now = end
    if wanted.region == "000000":
        assert code_of(lambda: cases.object(number, **whole)) == "objection.no_desk"
        return
    cases.object(number, **whole)
    cases.now = end + timedelta(seconds=1)
    assert code_of(lambda: cases.object(number, **whole)) == "objection.late"
