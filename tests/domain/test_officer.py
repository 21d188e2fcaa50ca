"""The tables of the desk: who may do what, who sits where, who records for organs that have no seat."""

import pytest
from tests.seats import DESK_ROLES, home_of, seated

from greenmine.domain.errors import BadInput, NotAllowed
from greenmine.domain.mine import Level
from greenmine.domain.officer import (
    BY_DOCUMENT,
    DEEDS,
    NOTICE_LEVELS,
    SITS_AT,
    Deed,
    Officer,
    notice_levels,
    require_desk,
    require_notice_level,
    roles_that_may,
)
from greenmine.domain.provision import Actor
from greenmine.domain.seat import SCOPES, Role, ScopeKind

GOVERNMENTS = (Role.COUNTY_GOVERNMENT, Role.PREFECTURE_GOVERNMENT)


def test_every_role_with_a_desk_sits_somewhere_and_is_bound_to_a_region() -> None:
    assert set(SITS_AT) == set(DEEDS) and all(SITS_AT.values())
    assert all(SCOPES[role] <= {ScopeKind.REGION, ScopeKind.DEPARTMENT} for role in DEEDS)


def test_every_deed_is_somebody_s() -> None:
    assert [deed for deed in Deed if not roles_that_may(deed)] == []


def test_who_keeps_the_keys_does_not_write_the_record() -> None:
    assert DEEDS[Role.ADMINISTRATOR] == {Deed.MANAGE_STAFF, Deed.READ_PROBLEMS}
    assert roles_that_may(Deed.MANAGE_STAFF) == {Role.ADMINISTRATOR}


@pytest.mark.parametrize("role", GOVERNMENTS)
def test_a_government_has_a_seat_and_no_deed_yet(role: Role) -> None:
    require_desk(role)
    assert Officer(1, home_of(role)).deeds == frozenset()


@pytest.mark.parametrize("role", sorted(set(Role) - set(DESK_ROLES)))
def test_a_role_without_a_desk_may_do_nothing_and_is_given_no_account(role: Role) -> None:
    with pytest.raises(BadInput):
        require_desk(role)
    assert role not in set().union(*(roles_that_may(deed) for deed in Deed))


def test_an_organ_that_acts_by_document_has_no_desk_and_its_recorder_may_do_the_deeds() -> None:
    organs = [each.organ for each in BY_DOCUMENT]
    assert set(organs) == {Actor.MINISTRY, Actor.PROVINCE_GOVERNMENT} and len(set(organs)) == len(organs)
    for each in BY_DOCUMENT:
        assert each.organ.value not in set(DESK_ROLES)
        assert each.deeds and each.deeds <= DEEDS[each.recorder]


def test_a_national_notice_is_published_by_whoever_records_the_ministry_s_documents_and_by_nobody_else() -> None:
    recorders = {each.recorder for each in BY_DOCUMENT if Level.NATIONAL in each.levels}
    assert {role for role, levels in NOTICE_LEVELS.items() if Level.NATIONAL in levels} == recorders == {Role.PROVINCE}
    require_notice_level(seated(1, Role.PROVINCE, "520000"), Level.NATIONAL)
    for role in set(DESK_ROLES) - recorders:
        with pytest.raises(NotAllowed):
            require_notice_level(Officer(1, home_of(role)), Level.NATIONAL)


def test_every_level_of_notice_has_one_role_that_publishes_it() -> None:
    officers = [Officer(1, home_of(role)) for role in DESK_ROLES]
    publishers = {level: [each.seat.role for each in officers if level in notice_levels(each)] for level in Level}
    assert publishers == {
        Level.COUNTY: [Role.COUNTY], Level.CITY: [Role.CITY], Level.PROVINCIAL: [Role.PROVINCE],
        Level.NATIONAL: [Role.PROVINCE],
    }  # fmt: skip
