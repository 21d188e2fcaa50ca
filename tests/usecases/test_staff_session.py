"""How a session at the desk begins, lasts and ends: rows 7.x of OWASP ASVS 5.0, one test a row (trust.md)."""

from base64 import urlsafe_b64decode
from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.desk_people import PASSWORD, SITE_NAME, Person, StaffDesk, code_of
from tests.reference_data import shipped_regions
from tests.seats import seated

from greenmine.domain.errors import NotAllowed
from greenmine.domain.seat import Role, Seat
from greenmine.domain.sign_in import LIVES, Stage
from greenmine.store.staff_session import find_session, new_token, token_hash
from greenmine.usecases.enrol import change_password
from greenmine.usecases.sign_in import (
    enter_code,
    sign_out,
)
from greenmine.usecases.staff import assign, disable, enable

REGIONS = shipped_regions()


def test_each_stage_has_a_new_token_and_the_one_before_is_dead(staff_desk: StaffDesk) -> None:
    """ASVS 7.2.4: whoever planted or saw an earlier token has nothing."""
    first, _ = staff_desk.follow(staff_desk.add()[1])
    second, _ = staff_desk.set_password(first)
    third, secret = staff_desk.bind(second)
    with staff_desk.database.read() as tx:
        alive = [find_session(tx, token, at=staff_desk.now) is not None for token in (first, second, third)]
    assert alive == [False, False, True]
    staff_desk.later(minutes=2)
    person = Person(staff_desk, 1, secret, PASSWORD, third, ())
    waiting = person.enter_password()
    entry = enter_code(
        staff_desk.database, token=waiting, code=person.code(), master=staff_desk.master, at=staff_desk.now
    )
    assert staff_desk.who(waiting) is None
    assert staff_desk.who(entry.session) is not None


def test_tokens_are_random_and_long(person: Person) -> None:
    """ASVS 7.2.3, 11.5.1: at least 128 bits."""
    entry = person.sign_in()
    tokens = {entry.session, entry.device, person.session, *(new_token() for _ in range(1000))}
    assert len(tokens) == 1003
    assert all(len(urlsafe_b64decode(token + "=")) == 32 for token in tokens)


def test_a_session_ends_after_half_an_hour_of_nothing(person: Person) -> None:
    """ASVS 7.3.1."""
    desk, token = person.desk, person.sign_in().session
    for _ in range(4):
        desk.later(minutes=29)
        assert desk.who(token) is not None
    desk.later(minutes=30)
    assert desk.who(token) is None


def test_a_session_ends_after_ten_hours_whatever_is_done(person: Person) -> None:
    """ASVS 7.3.2."""
    desk, token = person.desk, person.sign_in().session
    for _ in range(59):
        desk.later(minutes=10)
        assert desk.who(token) is not None
    desk.later(minutes=10)
    assert desk.who(token) is None
    assert LIVES[Stage.SIGNED_IN] == timedelta(hours=10)


def test_reading_pages_writes_at_most_once_a_minute(person: Person) -> None:
    desk, token = person.desk, person.sign_in().session

    def seen() -> str:
        with desk.database.read() as tx:
            query = text("SELECT seen_at FROM staff_session WHERE token_hash = :hash")
            return str(tx.execute(query, {"hash": token_hash(token)}).scalar_one())

    before = seen()
    desk.later(seconds=59)
    assert desk.who(token) and seen() == before
    desk.later(seconds=1)
    assert desk.who(token) and seen() > before


def test_signing_out_ends_the_session_on_the_server(person: Person) -> None:
    """ASVS 7.4.1: a copied cookie is dead too."""
    desk, token = person.desk, person.sign_in().session
    with desk.database.write() as tx:
        sign_out(tx, token=token, at=desk.now)
        sign_out(tx, token="never was one", at=desk.now)
    assert desk.who(token) is None
    assert desk.who(person.session) is not None, "another browser of the same person goes on"


def test_disabling_ends_every_session_at_once_and_enabling_revives_none(person: Person) -> None:
    """ASVS 7.4.2."""
    desk, tokens = person.desk, [person.session, person.sign_in().session]
    with desk.database.write() as tx:
        disable(tx, person.id, regions=REGIONS, by=None, at=desk.now)
    assert [desk.who(token) for token in tokens] == [None, None]
    with desk.database.write() as tx:
        enable(tx, person.id, regions=REGIONS, by=None, at=desk.now)
    assert [desk.who(token) for token in tokens] == [None, None]
    desk.later(minutes=1)
    assert person.sign_in().session


def test_disabling_while_a_code_is_awaited_keeps_the_person_out(person: Person) -> None:
    desk, token = person.desk, person.enter_password()
    with desk.database.write() as tx:
        disable(tx, person.id, regions=REGIONS, by=None, at=desk.now)
    with pytest.raises(NotAllowed):
        enter_code(desk.database, token=token, code=person.code(), master=desk.master, at=desk.now)


def test_a_new_password_ends_every_session_but_the_one_it_opens(person: Person) -> None:
    """ASVS 7.4.2."""
    desk, old = person.desk, person.sign_in().session
    token = change_password(
        desk.database,
        staff=person.id,
        seat=1,
        current=PASSWORD,
        password="another 很长的口令 of mine",
        site_name=SITE_NAME,
        common=desk.common,
        hashes=desk.hashes,
        at=desk.now,
    )
    assert desk.who(old) is None and desk.who(person.session) is None
    assert desk.who(token) is not None
    assert code_of(person.enter_password) == "sign_in.wrong"


def test_changing_the_password_needs_the_present_one_and_guesses_are_slowed(person: Person) -> None:
    """ASVS 6.2.3, 6.3.1."""
    desk = person.desk
    guess = lambda: change_password(  # noqa: E731
        desk.database,
        staff=person.id,
        seat=1,
        current="a guess of somebody",
        password="another 很长的口令 of mine",
        site_name=SITE_NAME,
        common=desk.common,
        hashes=desk.hashes,
        at=desk.now,
    )
    assert [code_of(guess) for _ in range(6)] == ["account.password_wrong"] * 5 + ["sign_in.wait"]


def test_a_new_role_ends_every_session(person: Person) -> None:
    """ASVS 7.4.2."""
    desk, token = person.desk, person.sign_in().session
    with desk.database.write() as tx:
        assign(tx, person.id, seats=[Seat(Role.CITY, "520500")], regions=REGIONS, by=None, at=desk.now)
    assert desk.who(token) is None


def test_a_moved_officer_loses_the_old_county_on_the_next_request(person: Person) -> None:
    """ASVS 8.3.2: the session that acted from it is over, and the next one acts from the new seat."""
    desk, token = person.desk, person.sign_in().session
    assert desk.who(token) == seated(person.id, Role.COUNTY, "520524")
    with desk.database.write() as tx:
        assign(tx, person.id, seats=[Seat(Role.COUNTY, "520523")], regions=REGIONS, by=None, at=desk.now)
    assert desk.who(token) is None
    desk.later(minutes=5)
    assert desk.who(person.sign_in().session) == seated(person.id, Role.COUNTY, "520523")
