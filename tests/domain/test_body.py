"""Which body answers (GO-18; 信访工作条例 22, 23): by class and place, one level up in a conflict, in the province."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.desk import ANJI, BIJIE, GUIZHOU, NAYONG, ZHIJIN
from tests.reference_data import shipped_regions
from tests.seats import DESK_ROLES, seat_in

from greenmine.domain.body import (
    CASE_DEPARTMENTS,
    COMPETENT,
    HAND_OVER_LABELS,
    RISK_LABELS,
    Body,
    HandOverReason,
    RiskClass,
    competent_body,
    level_up,
    require_hand_over,
)
from greenmine.domain.department import DEPARTMENT_LABELS, Department
from greenmine.domain.errors import BadInput
from greenmine.domain.officer import DEEDS, Deed, Officer, handles, roles_that_may
from greenmine.domain.region import COUNTRY
from greenmine.domain.seat import Role

REGIONS = shipped_regions()
GUIAN = "520004"
LEAVES = sorted(region.code for region in REGIONS.within(GUIZHOU) if not REGIONS.children(region.code))


def competent(risk: RiskClass, region: str = ZHIJIN, *, conflict: bool = False) -> Body:
    return competent_body(risk, region=region, conflict=conflict, regions=REGIONS)


@pytest.mark.parametrize(
    ("risk", "department"),
    [
        (RiskClass.ENVIRONMENT, Department.ECOLOGY),
        (RiskClass.HEALTH, Department.HEALTH),
        (RiskClass.SAFETY, Department.EMERGENCY),
        (RiskClass.SOCIAL, Department.NATURAL_RESOURCES),
    ],
)
def test_go_18_each_class_of_risk_has_its_department_in_the_county(risk: RiskClass, department: Department) -> None:
    assert competent(risk) == Body(ZHIJIN, department)


def test_go_18_names_four_classes_and_none_is_without_a_department() -> None:
    assert set(COMPETENT) == set(RiskClass) == set(RISK_LABELS)
    assert set(COMPETENT.values()) == set(CASE_DEPARTMENTS) <= set(DEPARTMENT_LABELS)
    assert set(HAND_OVER_LABELS) == set(HandOverReason)


@pytest.mark.parametrize("risk", list(RiskClass))
def test_xinfang_18_a_complaint_about_the_county_goes_one_level_up(risk: RiskClass) -> None:
    assert competent(risk, conflict=True) == Body(BIJIE, COMPETENT[risk])


def test_a_special_area_that_has_no_counties_answers_itself_and_its_province_in_a_conflict() -> None:
    leaf = next(code for code in LEAVES if REGIONS.get(code).parent == GUIZHOU)
    assert competent(RiskClass.SOCIAL, leaf) == Body(leaf, Department.NATURAL_RESOURCES)
    assert competent(RiskClass.SOCIAL, leaf, conflict=True) == Body(GUIZHOU, Department.NATURAL_RESOURCES)


@pytest.mark.parametrize("region", ["", "999999", BIJIE, GUIZHOU, COUNTRY, "520524'"])
def test_a_complaint_is_routed_from_a_county_only(region: str) -> None:
    with pytest.raises(BadInput) as refused:
        competent(RiskClass.HEALTH, region)
    assert (refused.value.code, refused.value.field) == ("case.region_unknown", "region")


@given(st.sampled_from(LEAVES), st.sampled_from(list(RiskClass)), st.booleans())
def test_every_county_has_a_competent_body_inside_its_own_province(code: str, risk: RiskClass, conflict: bool) -> None:
    body = competent(risk, code, conflict=conflict)
    assert body.department is COMPETENT[risk]
    assert REGIONS.contains(body.region, code) and body.region != COUNTRY
    assert (body.region == code) is not conflict


def test_above_a_province_there_is_nobody() -> None:
    body = Body(GUIZHOU, Department.ECOLOGY)
    assert level_up(body, regions=REGIONS) == body
    assert level_up(Body("999999", Department.ECOLOGY), regions=REGIONS).region == "999999"


@pytest.mark.parametrize(
    "receiver",
    [
        Body(ZHIJIN, Department.HEALTH),
        Body(NAYONG, Department.ECOLOGY),
        Body(BIJIE, Department.ECOLOGY),
        Body(GUIZHOU, Department.EMERGENCY),
    ],
)
def test_xinfang_22_a_case_may_go_to_another_body_of_the_province(receiver: Body) -> None:
    faults = []
    try:
        require_hand_over(Body(ZHIJIN, Department.ECOLOGY), receiver, regions=REGIONS)
    except BadInput as refused:
        faults.append(refused.code)
    assert faults == []


@pytest.mark.parametrize(
    ("receiver", "code"),
    [
        (Body(ANJI, Department.ECOLOGY), "case.receiver_unknown"),
        (Body("330000", Department.ECOLOGY), "case.receiver_unknown"),
        (Body(COUNTRY, Department.ECOLOGY), "case.receiver_unknown"),
        (Body("529999", Department.ECOLOGY), "case.receiver_unknown"),
        (Body(ZHIJIN, Department.ECOLOGY), "case.receiver_same"),
    ],
)
def test_xinfang_22_a_case_leaves_neither_the_province_nor_goes_to_itself(receiver: Body, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        require_hand_over(Body(ZHIJIN, Department.ECOLOGY), receiver, regions=REGIONS)
    assert (refused.value.code, refused.value.field) == (code, "body_region")


@pytest.mark.parametrize("department", sorted(set(Department) - set(CASE_DEPARTMENTS)))
def test_a_case_goes_to_no_department_that_answers_none(department: Department) -> None:
    with pytest.raises(BadInput) as refused:
        require_hand_over(Body(ZHIJIN, Department.ECOLOGY), Body(BIJIE, department), regions=REGIONS)
    assert (refused.value.code, refused.value.field) == ("case.receiver_department", "department")


@given(
    st.sampled_from(DESK_ROLES),
    st.sampled_from([ZHIJIN, NAYONG, BIJIE, GUIZHOU]),
    st.sets(st.sampled_from(list(Department))),
    st.sampled_from([ZHIJIN, NAYONG, BIJIE, GUIZHOU]),
    st.sampled_from(list(Department)),
)
def test_trust_13_an_officer_handles_the_cases_of_the_own_body_and_of_no_other(
    role: Role, own: str, departments: set[Department], region: str, department: Department
) -> None:
    officer = Officer(1, replace(seat_in(role, own), departments=frozenset(departments)))
    answered = {Department.ECOLOGY} if role is Role.DEPARTMENT else departments
    is_own = own == region and (not answered or department in answered)
    assert handles(officer, Body(region, department)) is (is_own and Deed.HANDLE_CASE in DEEDS[role])


def test_neither_editors_nor_administrators_handle_cases() -> None:
    handling = roles_that_may(Deed.HANDLE_CASE)
    assert handling == {Role.COUNTY, Role.CITY, Role.PROVINCE, Role.DEPARTMENT}
    assert handling == roles_that_may(Deed.OPEN_IDENTITY)
