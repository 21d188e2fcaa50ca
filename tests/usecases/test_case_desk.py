"""Working a case: each step's rule, whose it is, what the journal keeps (信访工作条例 18, 22, 23, 34; trust 13, 20)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.complaints import (
    CANARIES,
    CONTACT,
    MASTER,
    WORDS,
    ZHIJIN_ECOLOGY,
    ZHIJIN_HEALTH,
    journal,
    lodge,
    on,
    seat,
    task_of,
    working,
)
from tests.desk import (
    ADMINISTRATOR,
    BIJIE,
    CITY_OFFICER,
    COUNTY_OFFICER,
    EDITOR,
    NAYONG,
    NEIGHBOUR,
    NOON,
    PROVINCE_OFFICER,
    ZHIJIN,
    Desk,
)

from greenmine.domain.body import CASE_DEPARTMENTS, Body, HandOverReason
from greenmine.domain.case import CaseKind, IdentityReason, MessageKind, Stage
from greenmine.domain.complaint import LONGEST_TEXT, About, Outcome
from greenmine.domain.department import Department
from greenmine.domain.errors import BadInput, Conflict, GreenmineError, NotFound, RuleBroken
from greenmine.domain.officer import Officer
from greenmine.store.case import read_parts
from greenmine.store.case_message import messages_of
from greenmine.store.case_task import TaskRow
from greenmine.store.complaint import ComplaintRow, get_complaint
from greenmine.store.database import Tx
from greenmine.store.tables_case import CASE_TABLES, case_task
from greenmine.usecases.case_desk import (
    OPENING,
    accept_case,
    answer_complaint,
    ask_person,
    close_case,
    decline_case,
    extend_case,
    hand_over,
    open_identity,
    take_case,
)
from greenmine.usecases.case_step import Desk as CaseDesk
from greenmine.usecases.case_visit import write_more

HEALTH = Body(ZHIJIN, Department.HEALTH)

Step = Callable[[Tx, str, CaseDesk, str], Any]
STEPS: dict[str, Step] = {
    "take": lambda tx, number, desk, words: take_case(tx, number, desk=desk),
    "accept": lambda tx, number, desk, words: accept_case(tx, number, text=words, desk=desk),
    "decline": lambda tx, number, desk, words: decline_case(tx, number, text=words, desk=desk),
    "ask": lambda tx, number, desk, words: ask_person(tx, number, text=words, desk=desk),
    "hand_over": lambda tx, number, desk, words: hand_over(
        tx, number, to=HEALTH, reason=HandOverReason.OTHER_DUTY, text=words, desk=desk
    ),
    "extend": lambda tx, number, desk, words: extend_case(tx, number, text=words, desk=desk),
    "answer": lambda tx, number, desk, words: answer_complaint(
        tx, number, outcome=Outcome.CONFIRMED, text=words, desk=desk
    ),
    "close": lambda tx, number, desk, words: close_case(tx, number, desk=desk),
    "open_identity": lambda tx, number, desk, words: open_identity(
        tx, number, reason=IdentityReason.VERIFY, words=words, desk=desk
    ),
}
READY = {"extend": ("accept",), "answer": ("accept",), "close": ("accept", "answer")}
"""What comes before a step is open."""


@pytest.fixture
def number(desk: Desk) -> str:
    """A named complaint about dust, at the ecology department of 织金县."""
    seat(desk.database, COUNTY_OFFICER, NEIGHBOUR, CITY_OFFICER, PROVINCE_OFFICER, ZHIJIN_ECOLOGY, ZHIJIN_HEALTH)
    return lodge(desk.database).number


def do(desk: Desk, number: str, *steps: str, words: str = WORDS, **more: Any) -> Any:
    """The steps one after another, each as the case then stands; what the last one says."""
    said = None
    for step in steps:
        told = working(desk.database, number, **more)
        with desk.database.write() as tx:
            said = STEPS[step](tx, number, told, words)
    return said


def refusal(desk: Desk, number: str, step: str, **more: Any) -> GreenmineError:
    with pytest.raises(GreenmineError) as refused:
        do(desk, number, step, **more)
    return refused.value


def complaint_of(desk: Desk, number: str) -> ComplaintRow:
    with desk.database.read() as tx:
        return get_complaint(tx, task_of(desk.database, number).case)


def messages(desk: Desk, number: str) -> list[tuple[MessageKind, str, int | None]]:
    with desk.database.read() as tx:
        told = messages_of(tx, task_of(desk.database, number).case, master=MASTER)
    return [(message.kind, message.text, message.staff) for message in told]


def everything(desk: Desk) -> list[Any]:
    """Every row of every case table, and the journal."""
    with desk.database.read() as tx:
        rows = [tuple(tx.execute(select(table)).all()) for table in CASE_TABLES]
    return [*rows, journal(desk.database)]


def test_taking_names_the_officer_and_moves_no_clock(desk: Desk, number: str) -> None:
    before = task_of(desk.database, number)
    do(desk, number, "take")
    after = task_of(desk.database, number)
    assert after == replace(before, staff=COUNTY_OFFICER.id, version=before.version + 1)


def test_xinfang_22_acceptance_is_told_and_the_60_days_of_34_run_from_its_day(desk: Desk, number: str) -> None:
    do(desk, number, "accept", at=on(date(2025, 3, 10)))
    task, row = task_of(desk.database, number), complaint_of(desk, number)
    assert (task.stage, task.due) == (Stage.ACCEPTED, date(2025, 5, 9))
    assert (row.accepted_at, row.decide_due) == (on(date(2025, 3, 10)), date(2025, 5, 9))
    assert messages(desk, number) == [(MessageKind.NOTICE, WORDS, COUNTY_OFFICER.id)]


def test_xinfang_22_what_is_not_taken_on_is_told_with_its_reason_and_is_over(desk: Desk, number: str) -> None:
    do(desk, number, "decline")
    task = task_of(desk.database, number)
    assert (task.stage, task.due, task.closed_at) == (Stage.DECLINED, None, NOON)
    assert messages(desk, number) == [(MessageKind.NOTICE, WORDS, COUNTY_OFFICER.id)]
    assert refusal(desk, number, "take").code == "case.step_refused"


def test_a_question_stops_no_clock(desk: Desk, number: str) -> None:
    due = task_of(desk.database, number).due
    do(desk, number, "ask")
    assert task_of(desk.database, number).due == due
    assert messages(desk, number) == [(MessageKind.QUESTION, WORDS, COUNTY_OFFICER.id)]


def test_xinfang_22_a_hand_over_leaves_the_officers_sight_and_gives_no_time(desk: Desk, number: str) -> None:
    do(desk, number, "take", "hand_over", officer=ZHIJIN_ECOLOGY)
    task = task_of(desk.database, number)
    assert (task.body, task.staff, task.stage, task.due) == (HEALTH, None, Stage.RECEIVED, date(2025, 3, 18))
    assert isinstance(refusal(desk, number, "take", officer=ZHIJIN_ECOLOGY), NotFound)
    do(desk, number, "take", officer=ZHIJIN_HEALTH)
    assert task_of(desk.database, number).staff == ZHIJIN_HEALTH.id


@pytest.mark.parametrize("region", ["330523", "000000", "999999", ZHIJIN])
def test_xinfang_23_a_case_goes_only_to_another_body_of_the_province(desk: Desk, number: str, region: str) -> None:
    before = everything(desk)
    to = Body(region, Department.ECOLOGY)
    with desk.database.write() as tx, pytest.raises(BadInput) as refused:
        hand_over(tx, number, to=to, reason=HandOverReason.OTHER_PLACE, text=WORDS, desk=working(desk.database, number))
    assert refused.value.field == "body_region"
    assert everything(desk) == before


@pytest.mark.parametrize("department", CASE_DEPARTMENTS)
def test_xinfang_18_a_complaint_about_the_county_is_never_handed_to_the_county(
    desk: Desk, number: str, department: Department
) -> None:
    """An accusation is not passed to the accused (信访工作条例 18, 30): not even by the superior body."""
    accusing = lodge(desk.database, about=About.AUTHORITY).number
    told = working(desk.database, accusing, officer=CITY_OFFICER)
    with desk.database.write() as tx, pytest.raises(BadInput) as refused:
        hand_over(tx, accusing, to=Body(ZHIJIN, department), reason=HandOverReason.OTHER_DUTY, text=WORDS, desk=told)
    assert (refused.value.code, refused.value.field) == ("case.receiver_accused", "body_region")
    assert task_of(desk.database, accusing).body == Body(BIJIE, Department.ECOLOGY)
    with desk.database.write() as tx:
        hand_over(tx, accusing, to=Body(NAYONG, department), reason=HandOverReason.OTHER_DUTY, text=WORDS, desk=told)


def test_xinfang_34_extended_once_by_30_days_and_told(desk: Desk, number: str) -> None:
    do(desk, number, "accept", "extend", at=on(date(2025, 3, 10)))
    task, row = task_of(desk.database, number), complaint_of(desk, number)
    assert task.due == row.decide_due == date(2025, 6, 8) and row.extended
    assert [kind for kind, _, _ in messages(desk, number)] == [MessageKind.NOTICE, MessageKind.NOTICE]
    assert refusal(desk, number, "extend").code == "case.extended_before"


def test_xinfang_34_what_is_late_already_is_not_extended(desk: Desk, number: str) -> None:
    do(desk, number, "accept", at=on(date(2025, 3, 10)))
    assert refusal(desk, number, "extend", at=on(date(2025, 5, 10))).code == "case.extended_late"
    do(desk, number, "extend", at=on(date(2025, 5, 9)))


def test_an_answer_stops_the_clock_once_and_may_be_mended(desk: Desk, number: str) -> None:
    do(desk, number, "accept", "answer")
    assert (task_of(desk.database, number).due, task_of(desk.database, number).closed_at) == (None, None)
    do(desk, number, "answer", at=NOON + timedelta(days=3))
    row = complaint_of(desk, number)
    assert (row.answered_at, row.outcome) == (NOON, Outcome.CONFIRMED)
    assert [kind for kind, _, _ in messages(desk, number)][-2:] == [MessageKind.ANSWER, MessageKind.ANSWER]


def test_closing_needs_an_answer_and_ends_the_case(desk: Desk, number: str) -> None:
    assert refusal(desk, number, "close").code == "case.step_refused"
    do(desk, number, "accept", "answer", "close")
    task = task_of(desk.database, number)
    assert (task.stage, task.closed_at, task.due) == (Stage.CLOSED, NOON, None)
    assert all(refusal(desk, number, step).code == "case.step_refused" for step in STEPS if step != "open_identity")


@pytest.mark.parametrize("step", [step for step in STEPS if step not in ("take", "close", "open_identity")])
@pytest.mark.parametrize(
    ("words", "code"),
    [("  ", "case.words_missing"), ("字" * (LONGEST_TEXT + 1), "case.words_long"), ("见\u202e字", "text.unseen")],
)
def test_what_the_person_is_told_is_there_short_and_seen(
    desk: Desk, number: str, step: str, words: str, code: str
) -> None:
    do(desk, number, *READY.get(step, ()))
    before = everything(desk)
    refused = refusal(desk, number, step, words=words)
    assert (refused.code, refused.field) == (code, "text")
    assert everything(desk) == before


def test_xinfang_18_an_identity_is_opened_with_a_reason_that_is_sealed_and_journalled(desk: Desk, number: str) -> None:
    assert do(desk, number, "open_identity") == {
        "name": CONTACT.name, "phone": CONTACT.phone, "mail": CONTACT.mail, "address": CONTACT.address,
    }  # fmt: skip
    line = journal(desk.database)[-1]
    case = task_of(desk.database, number).case
    assert (line.event, line.staff, line.case, line.detail) == (
        "case.identity_opened", COUNTY_OFFICER.id, case, "reason=verify seat=county@520524",
    )  # fmt: skip
    with desk.database.read() as tx:
        assert [part.decode() for part in read_parts(tx, case=case, master=MASTER, label=OPENING).values()] == [WORDS]


@pytest.mark.parametrize("words", ["", "查 看 ", "……。。！！.....", "字" * (LONGEST_TEXT + 1), "核实情况\u202e需要"])
def test_an_identity_is_not_opened_for_words_that_say_nothing(desk: Desk, number: str, words: str) -> None:
    before = everything(desk)
    with desk.database.write() as tx, pytest.raises(BadInput) as refused:
        open_identity(tx, number, reason=IdentityReason.VERIFY, words=words, desk=working(desk.database, number))
    assert refused.value.field == "words"
    assert everything(desk) == before


def test_of_an_anonymous_case_there_is_nobody_to_open(desk: Desk, number: str) -> None:
    anonymous = lodge(desk.database, contact=None).number
    assert do(desk, anonymous, "open_identity") == {}


@pytest.mark.parametrize("officer", [NEIGHBOUR, CITY_OFFICER, PROVINCE_OFFICER, EDITOR, ADMINISTRATOR, ZHIJIN_HEALTH])
@pytest.mark.parametrize("step", list(STEPS))
def test_trust_13_for_any_other_body_the_case_is_not_there(
    desk: Desk, number: str, step: str, officer: Officer
) -> None:
    do(desk, number, *READY.get(step, ()))
    before = everything(desk)
    refused = refusal(desk, number, step, officer=officer)
    assert isinstance(refused, NotFound) and refused.code == "case.unknown"
    assert everything(desk) == before
    unknown = "T00000000000"
    with desk.database.write() as tx, pytest.raises(NotFound) as other:
        STEPS[step](tx, unknown, working(desk.database, number, officer=officer), WORDS)
    assert (str(other.value), other.value.code) == (str(refused), refused.code)  # a stranger's case is as none


@pytest.mark.parametrize("step", [step for step in STEPS if step != "open_identity"])
def test_trust_20_a_case_that_moved_since_it_was_seen_is_not_moved_again(desk: Desk, number: str, step: str) -> None:
    do(desk, number, *READY.get(step, ()))
    seen = task_of(desk.database, number).version
    do(desk, number, "ask")
    before = everything(desk)
    refused = refusal(desk, number, step, seen=seen)
    assert isinstance(refused, Conflict) and refused.code == "case.changed_since"
    assert everything(desk) == before


def test_trust_20_what_the_person_writes_meanwhile_is_seen_before_the_answer(desk: Desk, number: str) -> None:
    do(desk, number, "accept")
    seen = task_of(desk.database, number).version
    with desk.database.write() as tx:
        write_more(tx, task_of(desk.database, number).case, text="还有一件事", files=(), at=NOON, master=MASTER)
    assert refusal(desk, number, "answer", seen=seen).code == "case.changed_since"


def test_trust_20_twenty_acceptances_at_once_make_one(desk: Desk, number: str) -> None:
    told = working(desk.database, number)

    def accept(_: int) -> str:
        try:
            with desk.database.write() as tx:
                accept_case(tx, number, text=WORDS, desk=told)
        except Conflict as refused:
            return refused.code
        return "accepted"

    with ThreadPoolExecutor(20) as pool:
        ends = sorted(pool.map(accept, range(20)))
    assert ends == ["accepted", *["case.changed_since"] * 19]
    assert [line.event for line in journal(desk.database)].count("case.accepted") == 1
    assert len(messages(desk, number)) == 1


def test_trust_1_the_journal_holds_codes_and_never_a_word(desk: Desk, number: str) -> None:
    do(desk, number, "take", "ask", "accept", "extend", "open_identity", "answer", "close")
    moved = lodge(desk.database).number
    do(desk, moved, "hand_over")
    declined = lodge(desk.database).number
    do(desk, declined, "decline")
    lines = journal(desk.database)
    assert {line.event for line in lines} == {
        "case.received", "case.taken", "case.asked", "case.accepted", "case.extended", "case.identity_opened",
        "case.answered", "case.closed", "case.handed_over", "case.declined",
    }  # fmt: skip
    assert [line.detail for line in lines if line.event == "case.handed_over"] == [
        "from=520524/ecology to=520524/health reason=other_duty seat=county@520524"
    ]
    assert all(line.detail.endswith("seat=county@520524") for line in lines if line.staff is not None)
    told = repr(lines)
    assert not [word for word in (*CANARIES, number, moved) if word in told]


def test_only_a_complaint_is_answered_as_a_complaint(desk: Desk, number: str) -> None:
    """Objections and reports have answers of their own."""
    with desk.database.write() as tx:
        tx.execute(update(case_task).where(case_task.c.number == number).values(kind=CaseKind.REPORT))
    before = everything(desk)
    assert isinstance(refusal(desk, number, "answer"), RuleBroken)
    assert everything(desk) == before


def test_being_late_begins_with_the_day_after_the_last_one(desk: Desk, number: str) -> None:
    task: TaskRow = task_of(desk.database, number)
    last: datetime = on(date(2025, 3, 18))
    assert not task.is_overdue(last.date()) and task.is_overdue(last.date() + timedelta(days=1))
    do(desk, number, "decline")
    assert not task_of(desk.database, number).is_overdue(date(2030, 1, 1))
