"""Who manages whom: rows 8.x of OWASP ASVS 5.0, one test a row (trust.md)."""

from collections.abc import Iterable
from typing import Any

import pytest
from tests.desk_people import START, StaffDesk, code_of
from tests.reference_data import shipped_regions

from greenmine.domain.department import Department
from greenmine.domain.errors import BadInput, Conflict, NotFound, RuleBroken
from greenmine.domain.officer import Officer, Role
from greenmine.domain.sign_in import Purpose
from greenmine.store.staff import StaffRow, get_staff
from greenmine.usecases.staff import assign, disable, enable, enter_staff, managed_staff, new_link

REGIONS = shipped_regions()


@pytest.fixture
def chief(staff_desk: StaffDesk) -> Officer:
    """The administrator of Guizhou."""
    return Officer(
        staff_desk.add("chief", role=Role.ADMINISTRATOR, region="520000")[0], Role.ADMINISTRATOR, frozenset({"520000"})
    )


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
    for code in ("210281", "000000", "999999", "520000' OR 1=1"):
        with pytest.raises(BadInput), staff_desk.database.write() as tx:
            assign(tx, number, role=Role.COUNTY, region_codes=[code], regions=REGIONS, by=chief, at=staff_desk.now)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_no_other_role_manages_anybody(staff_desk: StaffDesk, role: Role) -> None:
    """ASVS 8.2.1."""
    number, _ = staff_desk.add()
    officer = Officer(99, role, frozenset({"000000"}))
    with pytest.raises(NotFound), staff_desk.database.write() as tx:
        disable(tx, number, regions=REGIONS, by=officer, at=staff_desk.now)
    with pytest.raises(BadInput):
        staff_desk.add("zhijin-02", by=officer)


def test_nobody_promotes_moves_or_disables_oneself(staff_desk: StaffDesk, chief: Officer) -> None:
    """ASVS 8.2: an administrator who keeps the keys does not take a county as well."""
    with staff_desk.database.write() as tx:
        with pytest.raises(RuleBroken, match="自己"):
            assign(tx, chief.id, role=Role.PROVINCE, region_codes=["520000"], regions=REGIONS, by=chief, at=START)
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
        enter_staff(tx, login="zhijin-01", name=name, role=Role.COUNTY, region_codes=["520524"], regions=REGIONS,
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
                role=Role.COUNTY,
                region_codes=[code],
                regions=REGIONS,
                by=chief,
                at=staff_desk.now,
                seen_version=1,
            )

    move("520523")
    with pytest.raises(Conflict):
        move("520521")
    with staff_desk.database.read() as tx:
        assert get_staff(tx, number).regions == {"520523"}


def test_asvs_8_3_2_departments_hold_at_once_and_end_nothing(staff_desk: StaffDesk) -> None:
    person = staff_desk.person("zhijin-01")
    for departments in (frozenset({Department.ECOLOGY, Department.HEALTH}), frozenset[Department]()):
        put(staff_desk, person.id, departments=departments)
        officer = staff_desk.who(person.session)
        assert officer is not None and officer.departments == departments  # the session goes on
    with staff_desk.journal() as told:
        assert "role=county regions=520524 departments=ecology,health" in told


def test_another_region_keeps_the_departments_another_kind_of_role_loses_them(staff_desk: StaffDesk) -> None:
    person = staff_desk.person("zhijin-01")
    put(staff_desk, person.id, departments=[Department.ECOLOGY])
    put(staff_desk, person.id, regions=["520525"])
    assert row_of(staff_desk, person.id).departments == {Department.ECOLOGY}
    put(staff_desk, person.id, role=Role.EDITOR)
    assert row_of(staff_desk, person.id).departments == frozenset()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMINISTRATOR])
def test_who_handles_no_cases_gets_no_department(staff_desk: StaffDesk, role: Role) -> None:
    person = staff_desk.person("zhijin-01")
    assert code_of(lambda: put(staff_desk, person.id, role=role, departments=[Department.HEALTH])) == (
        "staff.department_role"
    )
    assert row_of(staff_desk, person.id).role is Role.COUNTY


def put(
    desk: StaffDesk, number: int, *, role: Role = Role.COUNTY, regions: Iterable[str] = ("520524",), **more: Any
) -> None:
    """Assign a seat from the console."""
    with desk.database.write() as tx:
        assign(tx, number, role=role, region_codes=regions, regions=shipped_regions(), by=None, at=desk.now, **more)


def row_of(desk: StaffDesk, number: int) -> StaffRow:
    with desk.database.read() as tx:
        return get_staff(tx, number)
