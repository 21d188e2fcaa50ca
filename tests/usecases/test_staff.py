"""Who manages whom: rows 8.x of OWASP ASVS 5.0, one test a row (trust.md)."""

import pytest
from tests.desk_people import START, StaffDesk, code_of
from tests.reference_data import shipped_regions
from tests.seats import DESK_ROLES, seat_in, seated

from greenmine.domain.department import Department
from greenmine.domain.errors import BadInput, Conflict, NotFound, RuleBroken
from greenmine.domain.officer import Officer
from greenmine.domain.seat import ROLE_LABELS, Role, Seat
from greenmine.domain.sign_in import Purpose
from greenmine.store.staff import StaffRow, get_staff
from greenmine.usecases.record import author
from greenmine.usecases.sign_in import change_seat
from greenmine.usecases.staff import (
    assign,
    disable,
    enable,
    enter_staff,
    give_seats,
    managed_staff,
    new_link,
    take_seat,
)

REGIONS = shipped_regions()


@pytest.fixture
def chief(staff_desk: StaffDesk) -> Officer:
    """The administrator of Guizhou."""
    return seated(staff_desk.add("chief", role=Role.ADMINISTRATOR, region="520000")[0], Role.ADMINISTRATOR, "520000")


def test_an_administrator_manages_the_own_regions_only(staff_desk: StaffDesk, chief: Officer) -> None:
    """ASVS 8.2.2, threat 13: who sits elsewhere is not there at all, and nothing changes."""
    own, _ = staff_desk.add("zhijin-01", by=chief)
    foreign, _ = staff_desk.add("shenyang-01", role=Role.CITY, region="210100")
    with staff_desk.database.read() as tx:
        assert {person.login for person in managed_staff(tx, regions=REGIONS, by=chief)} == {"chief", "zhijin-01"}
    with staff_desk.database.write() as tx:
        disable(tx, own, regions=REGIONS, by=chief, at=staff_desk.now)
    with pytest.raises(NotFound), staff_desk.database.write() as tx:
        disable(tx, foreign, regions=REGIONS, by=chief, at=staff_desk.now)
    with pytest.raises(NotFound), staff_desk.database.write() as tx:
        enable(tx, foreign, regions=REGIONS, by=chief, at=staff_desk.now)
    with pytest.raises(NotFound), staff_desk.database.write() as tx:
        new_link(tx, foreign, purpose=Purpose.ENROL, regions=REGIONS, by=chief, at=staff_desk.now)
    with staff_desk.database.read() as tx:
        assert get_staff(tx, foreign).active and get_staff(tx, foreign).version == 1


def test_an_administrator_gives_nobody_a_region_beyond_the_own(staff_desk: StaffDesk, chief: Officer) -> None:
    """ASVS 8.2.2: neither when adding nor when moving."""
    with pytest.raises(BadInput) as refused:
        staff_desk.add("dalian-01", role=Role.CITY, region="210200", by=chief)
    assert refused.value.field == "regions"
    number, _ = staff_desk.add("zhijin-01", by=chief)
    for code in ("210281", "000000", "999999"):
        with pytest.raises(BadInput), staff_desk.database.write() as tx:
            assign(tx, number, seats=[Seat(Role.COUNTY, code)], regions=REGIONS, by=chief, at=staff_desk.now)


@pytest.mark.parametrize("role", [role for role in DESK_ROLES if role is not Role.ADMINISTRATOR])
def test_no_other_role_manages_anybody(staff_desk: StaffDesk, role: Role) -> None:
    """ASVS 8.2.1."""
    number, _ = staff_desk.add()
    officer = Officer(99, seat_in(role, "000000"))
    with pytest.raises(NotFound), staff_desk.database.write() as tx:
        disable(tx, number, regions=REGIONS, by=officer, at=staff_desk.now)
    with pytest.raises(BadInput):
        staff_desk.add("zhijin-02", by=officer)


def test_nobody_promotes_moves_or_disables_oneself(staff_desk: StaffDesk, chief: Officer) -> None:
    """ASVS 8.2: an administrator who keeps the keys does not take a county as well."""
    with staff_desk.database.write() as tx:
        with pytest.raises(RuleBroken, match="自己"):
            assign(tx, chief.id, seats=[Seat(Role.PROVINCE, "520000")], regions=REGIONS, by=chief, at=START)
        with pytest.raises(RuleBroken, match="自己"):
            disable(tx, chief.id, regions=REGIONS, by=chief, at=START)


def test_the_last_administrator_stays(staff_desk: StaffDesk, chief: Officer) -> None:
    with staff_desk.database.write() as tx:
        assert code_of(lambda: disable(tx, chief.id, regions=REGIONS, by=None, at=START)) == "staff.last_administrator"
    staff_desk.add("second", role=Role.ADMINISTRATOR, region="000000")
    with staff_desk.database.write() as tx:
        disable(tx, chief.id, regions=REGIONS, by=None, at=START)


@pytest.mark.parametrize(
    ("role", "region", "fits"),
    [
        (Role.COUNTY, "520524", True),
        (Role.COUNTY, "520500", False),
        (Role.COUNTY, "520090", True),
        (Role.CITY, "520500", True),
        (Role.CITY, "520524", False),
        (Role.PROVINCE, "520000", True),
        (Role.PROVINCE, "000000", False),
        (Role.EDITOR, "520524", True),
        (Role.ADMINISTRATOR, "000000", True),
        (Role.COUNTY_GOVERNMENT, "520524", True),
        (Role.COUNTY_GOVERNMENT, "520500", False),
        (Role.PREFECTURE_GOVERNMENT, "520500", True),
        (Role.PREFECTURE_GOVERNMENT, "520000", False),
    ],
)
def test_a_role_sits_at_its_level(staff_desk: StaffDesk, role: Role, region: str, fits: bool) -> None:
    """贵安新区 (520090) has no counties below it: its county officers sit there."""
    if fits:
        assert staff_desk.add("somebody", role=role, region=region)
    else:
        with pytest.raises(BadInput) as refused:
            staff_desk.add("somebody", role=role, region=region)
        assert refused.value.code == "staff.region_level"


@pytest.mark.parametrize("login", ["ab", "-abc", "a b c", "张三", "a" * 41, "a\nbc", "<b>abc"])
def test_a_malformed_login_is_refused(staff_desk: StaffDesk, login: str) -> None:
    with pytest.raises(BadInput) as refused:
        staff_desk.add(login)
    assert refused.value.field == "login"


@pytest.mark.parametrize("name", ["张\0三", "张\u202e三", "\u200b", "张\x1b[2J三"], ids=ascii)
def test_a_name_nobody_can_read_is_refused(staff_desk: StaffDesk, name: str) -> None:
    with pytest.raises(BadInput) as refused, staff_desk.database.write() as tx:
        enter_staff(tx, login="zhijin-01", name=name, seats=[Seat(Role.COUNTY, "520524")], regions=REGIONS,
                    by=None, at=START)  # fmt: skip
    assert refused.value.field == "name"


def test_a_login_is_taken_once_whatever_its_case(staff_desk: StaffDesk) -> None:
    staff_desk.add("zhijin-01")
    with pytest.raises(Conflict):
        staff_desk.add(" ZhiJin-01 ")


def test_two_administrators_at_once_the_second_sees_that_it_changed(staff_desk: StaffDesk, chief: Officer) -> None:
    number, _ = staff_desk.add("zhijin-01", by=chief)

    def move(code: str) -> None:
        with staff_desk.database.write() as tx:
            assign(
                tx,
                number,
                seats=[Seat(Role.COUNTY, code)],
                regions=REGIONS,
                by=chief,
                at=staff_desk.now,
                seen_version=1,
            )

    move("520523")
    with pytest.raises(Conflict):
        move("520521")
    with staff_desk.database.read() as tx:
        assert [held.seat.scope for held in get_staff(tx, number).seats] == ["520523"]


def test_asvs_8_3_2_departments_hold_at_once_and_end_nothing(staff_desk: StaffDesk) -> None:
    person = staff_desk.person("zhijin-01")
    for departments in (frozenset({Department.ECOLOGY, Department.HEALTH}), frozenset[Department]()):
        put(staff_desk, person.id, Seat(Role.COUNTY, "520524", departments))
        officer = staff_desk.who(person.session)
        assert officer is not None and officer.seat.departments == departments  # the session goes on
    with staff_desk.journal() as told:
        assert "seats=county@520524[ecology,health]" in told


def test_a_further_seat_ends_nothing_and_the_session_acts_from_the_one_it_began_at(staff_desk: StaffDesk) -> None:
    person = staff_desk.person("zhijin-01")
    give(staff_desk, person.id, Seat(Role.COUNTY, "520525"), Seat(Role.CITY, "520500"))
    assert signatures(staff_desk, person.id) == ["county@520524", "county@520525", "city@520500"]
    assert staff_desk.who(person.session) == seated(person.id, Role.COUNTY, "520524")


def test_a_seat_given_again_takes_the_departments_named_now(staff_desk: StaffDesk) -> None:
    person = staff_desk.person("zhijin-01")
    give(staff_desk, person.id, Seat(Role.COUNTY, "520524", frozenset({Department.HEALTH})))
    assert [held.seat.departments for held in row_of(staff_desk, person.id).seats] == [{Department.HEALTH}]


def test_taking_a_seat_away_ends_the_sessions_that_act_from_it_and_no_other(staff_desk: StaffDesk) -> None:
    """ASVS 7.4.2, 8.3.2."""
    person = staff_desk.person("zhijin-01")
    give(staff_desk, person.id, Seat(Role.COUNTY, "520525"))
    first, second = (held.id for held in row_of(staff_desk, person.id).seats)
    there = move(staff_desk, person.sign_in().session, second)
    here = person.session
    take(staff_desk, person.id, first)
    assert staff_desk.who(here) is None
    assert staff_desk.who(there) == seated(person.id, Role.COUNTY, "520525")
    assert code_of(lambda: take(staff_desk, person.id, second)) == "staff.only_seat"
    assert code_of(lambda: take(staff_desk, person.id, first)) == "staff.seat_unknown"


def test_an_act_is_signed_by_the_seat_acted_from(staff_desk: StaffDesk) -> None:
    """The seat changes under a new token: what was opened at the seat before cannot be sent from this one."""
    person = staff_desk.person("zhijin-01")
    give(staff_desk, person.id, Seat(Role.CITY, "520500"))
    before = staff_desk.expiry(person.session)
    staff_desk.later(minutes=5)
    token = move(staff_desk, person.session, row_of(staff_desk, person.id).seats[1].id)
    officer = staff_desk.who(token)
    assert officer is not None and author(officer) == "city@520500"
    assert staff_desk.who(person.session) is None
    assert staff_desk.expiry(token) == before, "changing seats must not lengthen a session"
    with staff_desk.journal() as told:
        assert "seat=city@520500" in told


def test_nobody_acts_from_a_seat_of_somebody_else(staff_desk: StaffDesk) -> None:
    mine, theirs = staff_desk.person("zhijin-01"), staff_desk.person("bijie-01", role=Role.CITY, region="520500")
    foreign = row_of(staff_desk, theirs.id).seats[0].id
    assert code_of(lambda: move(staff_desk, mine.session, foreign)) == "staff.seat_unknown"
    assert staff_desk.who(mine.session) == seated(mine.id, Role.COUNTY, "520524")


def test_signing_in_again_goes_on_from_the_seat_acted_from_last(staff_desk: StaffDesk) -> None:
    person = staff_desk.person("zhijin-01")
    give(staff_desk, person.id, Seat(Role.COUNTY, "520525"))
    move(staff_desk, person.session, row_of(staff_desk, person.id).seats[1].id)
    staff_desk.later(minutes=5)
    assert staff_desk.who(person.sign_in().session) == seated(person.id, Role.COUNTY, "520525")


def test_of_two_browsers_the_one_used_last_says_from_which_seat(staff_desk: StaffDesk) -> None:
    """Not the one that signed in last."""
    person = staff_desk.person("zhijin-01")
    give(staff_desk, person.id, Seat(Role.COUNTY, "520525"))
    staff_desk.later(minutes=5)
    assert staff_desk.who(person.sign_in().session) == seated(person.id, Role.COUNTY, "520524")
    staff_desk.later(minutes=5)
    move(staff_desk, person.session, row_of(staff_desk, person.id).seats[1].id)
    staff_desk.later(minutes=5)
    assert staff_desk.who(person.sign_in().session) == seated(person.id, Role.COUNTY, "520525")


def test_an_administrator_holds_no_other_role(staff_desk: StaffDesk) -> None:
    """Who keeps the keys does not write the record, from no seat."""
    person = staff_desk.person("zhijin-01")
    both = (Seat(Role.COUNTY, "520524"), Seat(Role.ADMINISTRATOR, "520000"))
    assert code_of(lambda: put(staff_desk, person.id, *both)) == "staff.administrator_alone"
    assert signatures(staff_desk, person.id) == ["county@520524"]


@pytest.mark.parametrize("role", sorted(set(Role) - set(DESK_ROLES)))
def test_a_role_without_a_desk_is_refused_and_the_sentence_says_which_have_one(
    staff_desk: StaffDesk, role: Role
) -> None:
    with pytest.raises(BadInput) as refused:
        staff_desk.add("somebody", role=role)
    assert (refused.value.code, refused.value.field) == ("seat.no_desk", "role")
    assert all(ROLE_LABELS[each] in str(refused.value.params["offered"]) for each in DESK_ROLES)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMINISTRATOR, Role.COUNTY_GOVERNMENT])
def test_who_handles_no_cases_gets_no_department(staff_desk: StaffDesk, role: Role) -> None:
    person = staff_desk.person("zhijin-01")
    wanted = Seat(role, "520524", frozenset({Department.HEALTH}))
    assert code_of(lambda: put(staff_desk, person.id, wanted)) == "staff.department_role"
    assert signatures(staff_desk, person.id) == ["county@520524"]


def test_a_department_has_a_seat_for_each_region_and_department_named(staff_desk: StaffDesk) -> None:
    two = [Department.HEALTH, Department.ECOLOGY]
    number, _ = staff_desk.add("bumen-01", role=Role.DEPARTMENT, departments=two)
    assert signatures(staff_desk, number) == ["department@520524/ecology", "department@520524/health"]
    assert code_of(lambda: staff_desk.add("bumen-02", role=Role.DEPARTMENT)) == "staff.department_missing"
    assert code_of(lambda: put(staff_desk, number, Seat(Role.DEPARTMENT, "520524/banking"))) == "staff.department_idle"


def put(desk: StaffDesk, number: int, *seats: Seat) -> None:
    """Assign seats from the console."""
    with desk.database.write() as tx:
        assign(tx, number, seats=seats, regions=REGIONS, by=None, at=desk.now)


def give(desk: StaffDesk, number: int, *seats: Seat) -> None:
    with desk.database.write() as tx:
        give_seats(tx, number, seats=seats, regions=REGIONS, by=None, at=desk.now)


def take(desk: StaffDesk, number: int, seat: int) -> None:
    with desk.database.write() as tx:
        take_seat(tx, number, seat, regions=REGIONS, by=None, at=desk.now)


def move(desk: StaffDesk, token: str, seat: int) -> str:
    """Act from another seat; the new token."""
    with desk.database.write() as tx:
        return change_seat(tx, token=token, seat=seat, at=desk.now)


def row_of(desk: StaffDesk, number: int) -> StaffRow:
    with desk.database.read() as tx:
        return get_staff(tx, number)


def signatures(desk: StaffDesk, number: int) -> list[str]:
    return [held.seat.signature for held in row_of(desk, number).seats]
