"""The desk's list and its counts, inside the scope of the officer; counts by body (trust.md 4, 13). Both databases."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import update
from tests.complaints import MASTER, TEXT, ZHIJIN_ECOLOGY, lodge, seat, task_of
from tests.desk import COUNTY_OFFICER, EDITOR, NAYONG, NEIGHBOUR, NOON, ZHIJIN
from tests.seats import seated
from tests.statements import statements

from greenmine.domain.body import Body, RiskClass
from greenmine.domain.case import CaseKind, MessageKind, Stage
from greenmine.domain.complaint import ComplaintKind
from greenmine.domain.department import Department
from greenmine.domain.officer import Officer
from greenmine.domain.seat import Role
from greenmine.store.case_inbox import (
    BodyCount,
    InboxCounts,
    InboxFilter,
    InboxLine,
    cluster_sizes,
    inbox_counts,
    inbox_lines,
    open_by_body,
)
from greenmine.store.case_message import add_message
from greenmine.store.case_task import move_task
from greenmine.store.complaint import get_complaint
from greenmine.store.database import Database
from greenmine.store.tables_case import case_task

TODAY = date(2025, 3, 10)
EVERYTHING = InboxFilter()


def lines(database: Database, wanted: InboxFilter = EVERYTHING, officer: Officer = COUNTY_OFFICER) -> list[InboxLine]:
    with database.read() as tx:
        found, number = inbox_lines(tx, officer, wanted, limit=50)
    assert number == len(found)
    return list(found)


def counts(database: Database, wanted: InboxFilter = EVERYTHING, officer: Officer = COUNTY_OFFICER) -> InboxCounts:
    with database.read() as tx:
        return inbox_counts(tx, officer, wanted, today=TODAY)


def change(database: Database, number: str, **values: object) -> None:
    with database.write() as tx:
        tx.execute(update(case_task).where(case_task.c.number == number).values(**values))


def test_a_line_says_who_has_it_and_what_it_is_about(database: Database) -> None:
    seat(database, COUNTY_OFFICER)
    number = lodge(database).number
    with database.write() as tx:
        move_task(tx, task_of(database, number), staff=COUNTY_OFFICER.id)
    (line,) = lines(database)
    assert (line.task.number, line.login, line.record) == (number, "p11", "")
    assert (line.risk, line.problem, len(line.cluster)) == (RiskClass.ENVIRONMENT, ComplaintKind.DUST, 32)


def test_a_line_says_whether_the_last_word_is_the_persons(database: Database) -> None:
    number = lodge(database).number
    case = task_of(database, number).case

    def after(*kinds: MessageKind) -> bool:
        for kind in kinds:
            with database.write() as tx:
                add_message(tx, case=case, kind=kind, text="一句话", staff=None, at=NOON, master=MASTER)
        return lines(database)[0].is_written

    assert not after()
    assert not after(MessageKind.QUESTION)
    assert after(MessageKind.FROM_PERSON)
    assert not after(MessageKind.FROM_PERSON, MessageKind.ANSWER)


def test_the_list_costs_two_statements_however_long_it_is(database: Database) -> None:
    for n in range(12):
        lodge(database, text=f"{'一' * (n + 1)}件事")
    with statements(database.engine) as sent, database.read() as tx:
        inbox_lines(tx, COUNTY_OFFICER, EVERYTHING, limit=50)
    assert len(sent) == 2


def test_each_choice_counts_what_it_would_leave(database: Database) -> None:
    seat(database, COUNTY_OFFICER)
    numbers = [lodge(database, at=NOON + timedelta(hours=n)).number for n in range(4)]
    change(database, numbers[0], staff=COUNTY_OFFICER.id)
    change(database, numbers[1], due="2025-03-09")
    change(database, numbers[2], kind=CaseKind.REPORT)
    change(database, numbers[3], stage=Stage.CLOSED, closed_at="2025-03-05T00:00:00Z", due=None)
    assert counts(database) == InboxCounts(
        is_open={True: 3, False: 1}, kinds={CaseKind.COMPLAINT: 2, CaseKind.REPORT: 1}, mine=1, late=1
    )
    mine = replace(EVERYTHING, staff=COUNTY_OFFICER.id)
    assert [line.task.number for line in lines(database, mine)] == [numbers[0]]
    assert counts(database, mine).kinds == {CaseKind.COMPLAINT: 1}
    late = replace(EVERYTHING, late_on=TODAY)
    assert [line.task.number for line in lines(database, late)] == [numbers[1]]
    assert [line.task.number for line in lines(database, replace(late, late_on=date(2025, 3, 9)))] == []
    closed = InboxFilter(is_open=False)
    assert [line.task.number for line in lines(database, closed)] == [numbers[3]]
    assert counts(database, closed).late == 0


def test_an_objection_is_in_no_list_or_count_of_late_cases(database: Database) -> None:
    """docs/decisions/0012: no clock is invented."""
    late, objection = lodge(database).number, lodge(database).number
    for number, kind in ((late, CaseKind.COMPLAINT), (objection, CaseKind.OBJECTION)):
        change(database, number, due="2025-03-09", kind=kind)
    assert [line.task.number for line in lines(database, replace(EVERYTHING, late_on=TODAY))] == [late]
    assert counts(database).late == 1 and len(lines(database)) == 2
    with database.read() as tx:
        assert open_by_body(tx, today=TODAY) == (BodyCount(Body(ZHIJIN, Department.ECOLOGY), 2, 1),)


def test_trust_13_no_count_tells_of_another_bodys_cases(database: Database) -> None:
    lodge(database)
    nothing = InboxCounts(is_open={True: 0, False: 0}, kinds={}, mine=0, late=0)
    with database.read() as tx:
        mark = get_complaint(tx, task_of(database, lines(database)[0].task.number).case).cluster
        for stranger in (NEIGHBOUR, EDITOR, seated(COUNTY_OFFICER.id, Role.COUNTY, ZHIJIN, Department.HEALTH)):
            assert counts(database, officer=stranger) == nothing and lines(database, officer=stranger) == []
            assert cluster_sizes(tx, stranger, [mark]) == {}
        assert cluster_sizes(tx, ZHIJIN_ECOLOGY, [mark]) == {mark: 1}
        assert cluster_sizes(tx, ZHIJIN_ECOLOGY, []) == {}


def test_trust_4_alike_complaints_are_counted_and_listed_together(database: Database) -> None:
    one = lodge(database).number
    lodge(database, text=f"{TEXT}！")
    lodge(database, text="另一件")
    lodge(database, region=NAYONG)
    with database.read() as tx:
        mark = get_complaint(tx, task_of(database, one).case).cluster
        assert cluster_sizes(tx, COUNTY_OFFICER, [mark]) == {mark: 2}
    assert len(lines(database, replace(EVERYTHING, cluster=mark))) == 2


def test_open_cases_are_counted_by_body_with_the_late_ones(database: Database) -> None:
    lodge(database)
    lodge(database, region=NAYONG, risk=RiskClass.SAFETY, kind=ComplaintKind.SLOPE)
    over = lodge(database).number
    change(database, over, closed_at="2025-03-05T00:00:00Z")
    with database.read() as tx:
        assert open_by_body(tx, today=date(2025, 3, 18)) == (
            BodyCount(Body(ZHIJIN, Department.ECOLOGY), 1, 0), BodyCount(Body(NAYONG, Department.EMERGENCY), 1, 0),
        )  # fmt: skip
        assert [count.late for count in open_by_body(tx, today=date(2025, 3, 19))] == [1, 1]
