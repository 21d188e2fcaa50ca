"""Where cases wait and nobody sits: counts by body, for whoever can seat somebody; nothing of the cases."""

from datetime import date

import pytest
from tests.complaints import CANARIES, ZHIJIN_ECOLOGY, lodge, working
from tests.desk import BIJIE, NAYONG, NOON, ZHIJIN, Desk
from tests.desk_people import StaffDesk
from tests.reference_data import shipped_regions

from greenmine.domain.body import Body, RiskClass, level_up
from greenmine.domain.complaint import About, ComplaintKind
from greenmine.domain.department import Department
from greenmine.domain.errors import NotFound
from greenmine.domain.officer import Officer
from greenmine.domain.seat import Role, Seat
from greenmine.store.case_inbox import BodyCount, InboxFilter, inbox_lines
from greenmine.store.case_task import task_of_officer
from greenmine.usecases.case_desk import decline_case
from greenmine.usecases.case_unstaffed import unstaffed_bodies
from greenmine.usecases.staff import assign, disable

ECOLOGY = Body(ZHIJIN, Department.ECOLOGY)
HEALTH = Body(ZHIJIN, Department.HEALTH)
TODAY = date(2025, 3, 3)


def unstaffed(desk: StaffDesk, today: date = TODAY) -> tuple[BodyCount, ...]:
    with desk.database.read() as tx:
        return unstaffed_bodies(tx, today=today)


def lodged_both(desk: StaffDesk) -> None:
    lodge(desk.database)
    lodge(desk.database, risk=RiskClass.HEALTH, kind=ComplaintKind.ILLNESS)


def put(desk: StaffDesk, number: int, *departments: Department) -> None:
    with desk.database.write() as tx:
        seat = Seat(Role.COUNTY, ZHIJIN, frozenset(departments))
        assign(tx, number, seats=[seat], regions=shipped_regions(), by=None, at=NOON)


def test_without_anybody_every_body_with_open_cases_is_named_with_its_counts(staff_desk: StaffDesk) -> None:
    assert unstaffed(staff_desk) == ()
    lodged_both(staff_desk)
    lodge(staff_desk.database)
    assert unstaffed(staff_desk) == (BodyCount(ECOLOGY, 2, 0), BodyCount(HEALTH, 1, 0))
    assert unstaffed(staff_desk, date(2025, 3, 19)) == (BodyCount(ECOLOGY, 2, 2), BodyCount(HEALTH, 1, 1))
    assert not [word for word in CANARIES if word in repr(unstaffed(staff_desk))]


def test_a_seat_fills_the_bodies_of_its_departments_and_a_shut_one_none(staff_desk: StaffDesk) -> None:
    lodged_both(staff_desk)
    number, _link = staff_desk.add("zhijin-01")
    assert unstaffed(staff_desk) == ()  # a seat without departments handles all of them
    put(staff_desk, number, Department.ECOLOGY)
    assert [count.body for count in unstaffed(staff_desk)] == [HEALTH]
    with staff_desk.database.write() as tx:
        disable(tx, number, regions=shipped_regions(), by=None, at=NOON)
    assert [count.body for count in unstaffed(staff_desk)] == [ECOLOGY, HEALTH]


def test_xinfang_30_who_sits_in_the_accused_county_too_is_no_one_for_its_case(staff_desk: StaffDesk) -> None:
    """And the case waits for nobody, which is said where it can be mended; others of that body do not."""
    accusing, plain = lodge(staff_desk.database, about=About.AUTHORITY), lodge(staff_desk.database)
    above = level_up(ECOLOGY, regions=shipped_regions())
    city, county = Seat(Role.CITY, BIJIE), Seat(Role.COUNTY, ZHIJIN)
    number, _link = staff_desk.add("both")
    with staff_desk.database.write() as tx:
        assign(tx, number, seats=[city, county], regions=shipped_regions(), by=None, at=NOON)
    assert unstaffed(staff_desk) == (BodyCount(above, 1, 0),)
    with staff_desk.database.read() as tx:
        for seat in (city, county):
            with pytest.raises(NotFound):
                task_of_officer(tx, accusing.number, Officer(number, seat))
            assert inbox_lines(tx, Officer(number, seat), InboxFilter(), limit=10)[1] == (1 if seat is county else 0)
        assert task_of_officer(tx, plain.number, Officer(number, county)).number == plain.number
    other, _link = staff_desk.add("city-only")
    with staff_desk.database.write() as tx:
        assign(tx, other, seats=[city], regions=shipped_regions(), by=None, at=NOON)
    assert unstaffed(staff_desk) == ()
    with staff_desk.database.read() as tx:
        assert task_of_officer(tx, accusing.number, Officer(other, city)).number == accusing.number


def test_neighbours_editors_and_administrators_fill_no_seat(staff_desk: StaffDesk) -> None:
    lodge(staff_desk.database)
    staff_desk.add("nayong-01", region=NAYONG)
    staff_desk.add("zhijin-editor", role=Role.EDITOR)
    staff_desk.add("chief", role=Role.ADMINISTRATOR, region="000000")
    assert [count.body for count in unstaffed(staff_desk)] == [ECOLOGY]


def test_what_is_over_waits_for_nobody(desk: Desk) -> None:
    number = lodge(desk.database).number
    told = working(desk.database, number, officer=ZHIJIN_ECOLOGY)
    with desk.database.write() as tx:
        tx.exec_driver_sql("INSERT INTO staff (id, login, name, created_at) VALUES (61, 'p61', '', '')")
        decline_case(tx, number, text="不属于本机关职责。", desk=told)
    with desk.database.read() as tx:
        assert unstaffed_bodies(tx, today=TODAY) == ()
