"""The inbox: order by deadline, one scope for every query, versions (trust.md 13, 20). On both databases."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from tests.complaints import CANARIES, MASTER, ZHIJIN_ECOLOGY, ZHIJIN_HEALTH, lodge, seat, task_of
from tests.desk import (
    ADMINISTRATOR,
    BIJIE,
    CITY_OFFICER,
    COUNTY_OFFICER,
    EDITOR,
    GUIZHOU,
    NAYONG,
    NEIGHBOUR,
    NOON,
    PROVINCE_OFFICER,
    ZHIJIN,
)
from tests.seats import DESK_ROLES, seat_in, seated

from greenmine.domain.body import CASE_DEPARTMENTS, Body
from greenmine.domain.case import CaseKind, Stage
from greenmine.domain.clock import DueDay
from greenmine.domain.department import Department
from greenmine.domain.errors import Conflict, NotFound
from greenmine.domain.officer import Officer, handles
from greenmine.domain.seat import Role, Seat
from greenmine.store.case import open_case
from greenmine.store.case_inbox import InboxFilter, inbox_lines
from greenmine.store.case_task import get_task, move_task, open_and_late, open_task, scope, task_of_officer
from greenmine.store.database import Database
from greenmine.store.staff import add_staff, all_staff, get_staff, put_seats
from greenmine.store.tables_case import case_task

ECOLOGY = Body(ZHIJIN, Department.ECOLOGY)
DAY = date(2025, 3, 10)
BODIES = {
    f"{region}-{place}": Body(region, department)
    for region in (ZHIJIN, NAYONG, BIJIE, GUIZHOU)
    for place, department in enumerate(Department)
}
"""A case at each body: its number, and whose it is."""


def entered(
    database: Database,
    name: str,
    *,
    body: Body = ECOLOGY,
    kind: CaseKind = CaseKind.COMPLAINT,
    due: date | None = DAY,
    hours: int = 0,
) -> str:
    """A case with this number, or near it, in the inbox of a body."""
    at = NOON + timedelta(hours=hours)
    with database.write() as tx:
        open_case(tx, case=name, kind=kind, region=ZHIJIN, at=at, master=MASTER)
        open_task(
            tx, case=name, kind=kind, number=name, region=ZHIJIN, body=body, at=at,
            due=DueDay(due, False) if due else None,
        )  # fmt: skip
    return name


def listed(
    database: Database, officer: Officer = COUNTY_OFFICER, *, is_open: bool = True, kind: CaseKind | None = None
) -> list[str]:
    with database.read() as tx:
        rows, number = inbox_lines(tx, officer, InboxFilter(is_open=is_open, kind=kind), limit=100)
    assert number == len(rows)
    return [row.task.number for row in rows]


def test_open_cases_come_by_deadline_then_by_age_those_without_one_last(database: Database) -> None:
    entered(database, "later", due=DAY + timedelta(days=5))
    entered(database, "nothing-due", due=None)
    entered(database, "younger", hours=5)
    entered(database, "older")
    assert listed(database) == ["older", "younger", "later", "nothing-due"]


def test_closed_cases_stand_apart_the_last_closed_first(database: Database) -> None:
    for hours, name in enumerate(("a", "b", "c")):
        task = task_of(database, entered(database, name))
        if name != "b":
            with database.write() as tx:
                move_task(tx, task, stage=Stage.CLOSED, closed_at=f"2025-03-0{4 + hours}T00:00:00Z", due=None)
    assert listed(database) == ["b"]
    assert listed(database, is_open=False) == ["c", "a"]


def test_kinds_and_pages_narrow_the_list_and_the_count_stays_whole(database: Database) -> None:
    for n in range(5):
        entered(database, f"r{n}", kind=CaseKind.REPORT, hours=n)
    entered(database, "complaint")
    assert listed(database, kind=CaseKind.COMPLAINT) == ["complaint"]
    with database.read() as tx:
        rows, number = inbox_lines(tx, COUNTY_OFFICER, InboxFilter(kind=CaseKind.REPORT), limit=2, offset=4)
    assert ([row.task.number for row in rows], number) == (["r4"], 5)


def test_open_and_late_count_the_day_after_the_last_as_late(database: Database) -> None:
    entered(database, "due-today")
    entered(database, "late", due=DAY - timedelta(days=1))
    entered(database, "nothing-due", due=None)
    entered(database, "elsewhere", body=Body(NAYONG, Department.ECOLOGY), due=DAY - timedelta(days=1))
    with database.read() as tx:
        assert open_and_late(tx, COUNTY_OFFICER, today=DAY) == (3, 1)
        assert open_and_late(tx, COUNTY_OFFICER, today=DAY + timedelta(days=1)) == (3, 2)
        assert open_and_late(tx, EDITOR, today=DAY) == (0, 0)


def test_no_clock_runs_for_an_objection_so_it_is_never_late(database: Database) -> None:
    """docs/decisions/0012: its answer is owed before the notice is closed."""
    after = DAY + timedelta(days=1)
    objection = task_of(database, entered(database, "objection", kind=CaseKind.OBJECTION))
    report = task_of(database, entered(database, "report", kind=CaseKind.REPORT))
    assert (objection.is_overdue(after), report.is_overdue(after)) == (False, True)
    assert (objection.is_past_period(DAY), objection.is_past_period(after)) == (False, True)
    assert not report.is_past_period(after) and not replace(objection, due=None).is_past_period(after)
    with database.read() as tx:
        assert open_and_late(tx, COUNTY_OFFICER, today=after) == (2, 1)


def test_trust_13_each_officer_sees_the_cases_of_the_own_body_only(database: Database) -> None:
    for name, body in BODIES.items():
        entered(database, name, body=body)
    everyone = [
        COUNTY_OFFICER, ZHIJIN_ECOLOGY, ZHIJIN_HEALTH, NEIGHBOUR, CITY_OFFICER, PROVINCE_OFFICER, EDITOR, ADMINISTRATOR,
        seated(9, Role.COUNTY, ZHIJIN, Department.HEALTH, Department.EMERGENCY),
        seated(9, Role.DEPARTMENT, f"{NAYONG}/{Department.HEALTH}"),
        seated(9, Role.COUNTY_GOVERNMENT, ZHIJIN),
    ]  # fmt: skip
    for officer in everyone:
        own = {name for name, body in BODIES.items() if handles(officer, body)}
        assert set(listed(database, officer)) == own
        with database.read() as tx:
            assert {task_of_officer(tx, name, officer).number for name in own} == own
            for name in [*(BODIES.keys() - own), "none"]:
                with pytest.raises(NotFound) as refused:
                    task_of_officer(tx, name, officer)
                assert refused.value.code == "case.unknown"


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    role=st.sampled_from(DESK_ROLES),
    region=st.sampled_from([ZHIJIN, NAYONG, BIJIE, GUIZHOU]),
    own=st.sampled_from(CASE_DEPARTMENTS),
    departments=st.frozensets(st.sampled_from(list(Department))),
)
def test_the_scope_of_queries_is_the_rule_of_the_domain(
    database: Database, role: Role, region: str, own: Department, departments: frozenset[Department]
) -> None:
    with database.read() as tx:
        there = tx.execute(select(func.count()).select_from(case_task)).scalar_one()
    if not there:
        for name, body in BODIES.items():
            entered(database, name, body=body)
    officer = Officer(1, replace(seat_in(role, region, own), departments=departments))
    with database.read() as tx:
        seen = {row.number for row in tx.execute(scope(select(case_task), officer))}
    assert seen == {name for name, body in BODIES.items() if handles(officer, body)}


def test_trust_20_a_row_that_moved_is_not_moved_again(database: Database) -> None:
    seen = task_of(database, entered(database, "a"))
    with database.write() as tx:
        assert move_task(tx, seen, stage=Stage.ACCEPTED).version == seen.version + 1
    with database.write() as tx, pytest.raises(Conflict) as refused:
        move_task(tx, seen, stage=Stage.DECLINED)
    assert refused.value.code == "case.changed_since"
    assert task_of(database, "a").stage is Stage.ACCEPTED


def test_an_unknown_case_is_not_found(database: Database) -> None:
    with database.read() as tx, pytest.raises(NotFound):
        get_task(tx, "none")


def test_departments_of_a_person_are_read_with_the_person_and_count_as_a_change(database: Database) -> None:
    with database.write() as tx:
        every, two = Seat(Role.COUNTY, ZHIJIN), frozenset({Department.HEALTH, Department.ECOLOGY})
        number = add_staff(tx, login="zhijin-01", name="演示", seats=[every], at=NOON)
        before = get_staff(tx, number)
        put_seats(tx, before, [replace(every, departments=two)])
        person = get_staff(tx, number)
        assert (person.seats[0].id, person.version) == (before.seats[0].id, before.version + 1)
        assert all_staff(tx)[0].officers[0].seat.handled == person.officers[0].seat.handled == two
        put_seats(tx, person, [every])
        assert get_staff(tx, number).officers[0].seat == every


def test_trust_1_the_rows_of_a_complaint_hold_no_word_of_the_person(database: Database) -> None:
    seat(database, COUNTY_OFFICER)
    lodge(database)
    with database.read() as tx:
        tables = ("case_task", "complaint", "case_access", "case_message", "case_attachment", "case_part", "journal")
        rows = repr([tx.execute(text(f"SELECT * FROM {table}")).all() for table in tables])
    assert not [word for word in CANARIES if word in rows or repr(word.encode())[2:-1] in rows]
