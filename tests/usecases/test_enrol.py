"""One-time links: enrolling, a new password, the demonstration; rows 6.4 of OWASP ASVS 5.0 (trust.md)."""

import pytest
from tests.desk_people import Person, StaffDesk, code_of
from tests.reference_data import shipped_regions
from tests.seats import DESK_ROLES

from greenmine.domain.errors import Gone, NotAllowed, RuleBroken
from greenmine.domain.sign_in import Purpose, Stage
from greenmine.usecases.demo_sign_in import demo_links
from greenmine.usecases.enrol import look_at_link
from greenmine.usecases.sign_in import (
    enter_code,
)
from greenmine.usecases.staff import disable, managed_staff, new_link

REGIONS = shipped_regions()


def test_looking_at_a_link_does_not_use_it_up_and_following_does(staff_desk: StaffDesk) -> None:
    """A preview of a message must not use a link up; it works once (ASVS 6.4.1, 6.5.1)."""
    _, link = staff_desk.add()
    with staff_desk.database.read() as tx:
        for _ in range(3):
            assert look_at_link(tx, token=link, is_demo=False, at=staff_desk.now).purpose is Purpose.ENROL
    staff_desk.follow(link)
    with pytest.raises(Gone):
        staff_desk.follow(link)


def test_a_link_lasts_a_day_and_a_newer_one_ends_it(staff_desk: StaffDesk) -> None:
    """ASVS 6.4.1, 6.5.5."""
    number, first = staff_desk.add()
    with staff_desk.database.write() as tx:
        second = new_link(tx, number, purpose=Purpose.ENROL, regions=REGIONS, by=None, at=staff_desk.now)
    with pytest.raises(Gone):
        staff_desk.follow(first)
    staff_desk.later(hours=23, minutes=59)
    with staff_desk.database.read() as tx:
        look_at_link(tx, token=second, is_demo=False, at=staff_desk.now)
    staff_desk.later(minutes=1)
    with pytest.raises(Gone):
        staff_desk.follow(second)


def test_disabling_ends_open_links_and_gives_no_new_one(staff_desk: StaffDesk) -> None:
    number, link = staff_desk.add()
    with staff_desk.database.write() as tx:
        disable(tx, number, regions=REGIONS, by=None, at=staff_desk.now)
    with pytest.raises(Gone):
        staff_desk.follow(link)
    with pytest.raises(RuleBroken), staff_desk.database.write() as tx:
        new_link(tx, number, purpose=Purpose.PASSWORD, regions=REGIONS, by=None, at=staff_desk.now)


def test_a_link_for_the_password_keeps_the_authenticator(person: Person) -> None:
    """ASVS 6.4.3: a lost password does not undo the second factor."""
    desk = person.desk
    with desk.database.write() as tx:
        link = new_link(tx, person.id, purpose=Purpose.PASSWORD, regions=REGIONS, by=None, at=desk.now)
    token, stage = desk.set_password(desk.follow(link)[0], "quite 另一个 password")
    assert stage is Stage.CODE
    assert desk.who(token) is None and desk.who(person.session) is None
    assert enter_code(desk.database, token=token, code=person.code(), master=desk.master, at=desk.now).session


def test_a_link_that_opens_anew_closes_what_was(person: Person) -> None:
    """A lost phone: password, authenticator, recovery codes and sessions of before are over."""
    desk = person.desk
    with desk.database.write() as tx:
        link = new_link(tx, person.id, purpose=Purpose.ENROL, regions=REGIONS, by=None, at=desk.now)
    token, stage = desk.follow(link)
    assert stage is Stage.ENROL_PASSWORD
    assert desk.who(person.session) is None
    assert code_of(person.enter_password) == "sign_in.wrong"
    assert desk.set_password(token)[1] is Stage.ENROL_TOTP


def test_demo_links_sign_straight_in_once_and_only_in_demo_mode(staff_desk: StaffDesk) -> None:
    with staff_desk.database.write() as tx:
        links = demo_links(tx, is_demo=True, at=staff_desk.now)
    assert {link.seat.role for link in links} == set(DESK_ROLES)
    for link in links:
        with pytest.raises(Gone):
            staff_desk.follow(link.token, is_demo=False)
        token, stage = staff_desk.follow(link.token, is_demo=True)
        officer = staff_desk.who(token)
        assert stage is Stage.SIGNED_IN
        assert officer is not None and officer.seat == link.seat
        with pytest.raises(Gone):
            staff_desk.follow(link.token, is_demo=True)
    with pytest.raises(NotAllowed), staff_desk.database.write() as tx:
        demo_links(tx, is_demo=False, at=staff_desk.now)


def test_demo_links_twice_give_the_same_officers(staff_desk: StaffDesk) -> None:
    with staff_desk.database.write() as tx:
        demo_links(tx, is_demo=True, at=staff_desk.now)
        demo_links(tx, is_demo=True, at=staff_desk.now)
        assert len(managed_staff(tx, regions=REGIONS, by=None)) == len(DESK_ROLES)
