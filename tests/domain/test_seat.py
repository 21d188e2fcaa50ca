"""Seats: a role on a scope, what it signs, what it reaches; nothing that cannot act is ever built."""

import re

import pytest
from tests.reference_data import shipped_regions

from greenmine.domain.department import Department
from greenmine.domain.errors import BadInput, NotAllowed, RuleBroken
from greenmine.domain.seat import BY, ROLE_LABELS, SCOPES, Role, ScopeKind, Seat, read_seat, scope_kind

REGIONS = shipped_regions()
EXAMPLES = {
    ScopeKind.REGION: "520524",
    ScopeKind.DEPARTMENT: "520524/ecology",
    ScopeKind.FIRM: "firm-000123",
    ScopeKind.AGENCY: "agency-0007",
    ScopeKind.DRAW: "draw-2026-01",
}
PLACES = ("000000", "520000", "520500", "520524", "520525", "330523")


def test_every_role_has_its_words_and_its_scopes_and_every_scope_an_example() -> None:
    assert set(ROLE_LABELS) == set(SCOPES) == set(Role)
    assert {scope_kind(example) for example in EXAMPLES.values()} == set(EXAMPLES) == set(ScopeKind)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_sits_on_its_scopes_and_on_no_other_and_its_signature_has_the_shape_of_the_log(role: Role) -> None:
    for kind, scope in EXAMPLES.items():
        if kind in SCOPES[role]:
            assert re.fullmatch(BY, Seat(role, scope).signature)
        else:
            with pytest.raises(RuleBroken) as refused:
                Seat(role, scope)
            assert refused.value.code == "seat.author"


@pytest.mark.parametrize("scope", ["", "52052", "520524/", "520524/mayor", "520524/Ecology", "firm-1", "贵州省"])
def test_a_scope_that_names_nothing_is_no_seat(scope: str) -> None:
    with pytest.raises(RuleBroken):
        Seat(Role.DEPARTMENT, scope)


def test_what_a_seat_reaches_depends_on_what_it_is_bound_to() -> None:
    def reached(seat: Seat) -> list[str]:
        return [place for place in PLACES if seat.within(place, REGIONS)]

    assert reached(Seat(Role.CITY, "520500")) == ["520500", "520524", "520525"]
    assert reached(Seat(Role.ADMINISTRATOR, "000000")) == list(PLACES)
    assert reached(Seat(Role.DEPARTMENT, "520500/ecology")) == ["520500"]
    for role, scope in ((Role.ENTERPRISE, "firm-000123"), (Role.AGENCY, "agency-0007"), (Role.EXPERT, "draw-2026-01")):
        assert reached(Seat(role, scope)) == []


def test_a_seat_of_a_number_of_ours_names_no_region_rather_than_all_of_them() -> None:
    with pytest.raises(NotAllowed):
        _ = Seat(Role.ENTERPRISE, "firm-000123").region
    assert Seat(Role.DEPARTMENT, "520524/ecology").region == "520524"


def test_a_department_s_own_seat_handles_its_department_whatever_is_named_beside_it() -> None:
    named = frozenset({Department.HEALTH})
    assert Seat(Role.DEPARTMENT, "520524/ecology", named).handled == {Department.ECOLOGY}
    assert Seat(Role.COUNTY, "520524", named).handled == named
    assert Seat(Role.COUNTY, "520524").handled == frozenset()


def test_a_seat_is_read_as_it_is_written_and_nonsense_is_refused_in_a_sentence() -> None:
    assert read_seat(" department@520524/ecology ") == Seat(Role.DEPARTMENT, "520524/ecology")
    for text in ("", "county", "@520524", "mayor@520524", "county@520524/ecology", "county@520524@", "county@52052"):
        with pytest.raises(BadInput) as refused:
            read_seat(text)
        assert (refused.value.code, refused.value.field) == ("seat.unreadable", "seat")
