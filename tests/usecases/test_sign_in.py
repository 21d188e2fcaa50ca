"""Signing in at the desk: rows 6.x, 7.x, 8.x of OWASP ASVS 5.0, one test a row (trust.md)."""

import threading
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from tests.desk_people import PASSWORD, SITE_NAME, START, CountingHashes, Desk, Person
from tests.reference_data import shipped_regions

from greenmine.domain.errors import BadInput, Conflict, Gone, GreenmineError, NotAllowed, NotFound, RuleBroken, TooMany
from greenmine.domain.officer import Officer, Role
from greenmine.domain.sign_in import LIVES, Purpose, Slowing, Stage, wait_after
from greenmine.store.database import open_database
from greenmine.store.migrate import upgrade
from greenmine.store.staff import get_staff, recovery_codes_left, take_counter
from greenmine.store.staff_session import find_session, new_token, token_hash
from greenmine.usecases.demo_sign_in import SEATS, demo_links
from greenmine.usecases.enrol import change_password, look_at_link, renew_recovery_codes
from greenmine.usecases.password_hash import DUMMY, PasswordHashes
from greenmine.usecases.second_factor import STEP, matching_counter
from greenmine.usecases.sign_in import (
    enter_code,
    enter_password,
    enter_recovery_code,
    officer_signed_in,
    sign_out,
    staff_signed_in,
)
from greenmine.usecases.staff import assign, disable, enable, managed_staff, new_link

REGIONS = shipped_regions()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty desk on SQLite."""
    database = open_database(f"sqlite:///{tmp_path / 'desk.db'}")
    upgrade(database)
    yield Desk(database)
    database.close()


@pytest.fixture
def person(desk: Desk) -> Person:
    return desk.person()


def who(desk: Desk, token: str) -> Officer | None:
    return officer_signed_in(desk.database, token=token, at=desk.now)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(GreenmineError) as refused:
        call()
    return refused.value.code


# 6.2 passwords


def test_a_password_is_verified_exactly_as_it_was_set(desk: Desk) -> None:
    """ASVS 6.2.8: without trimming, cutting or changing case."""
    spaced = "  Duo Yun 山坡上的杜鹃  " + "花" * 100
    person = desk.enrol(desk.add()[1], spaced)
    desk.later(minutes=2)
    assert person.sign_in().session
    for other in (spaced.strip(), spaced.lower(), spaced[:72], spaced + " "):
        desk.later(hours=25)
        assert code_of(lambda other=other: person.enter_password(other)) == "sign_in.wrong"  # type: ignore[misc]


def test_a_refused_password_leaves_the_link_s_session_at_its_step(desk: Desk) -> None:
    token, _ = desk.follow(desk.add()[1])
    for wrong in ("short", "password 2026 !", "my zhijin-01 word", SITE_NAME + "花开花落年年"):
        with pytest.raises(BadInput) as refused:
            desk.set_password(token, wrong)
        assert refused.value.field == "password"
    assert desk.set_password(token)[1] is Stage.ENROL_TOTP


def test_nothing_readable_of_password_secret_token_or_code_is_in_the_database(desk: Desk, tmp_path: Path) -> None:
    """ASVS 6.5.2, 11.4.2, 13.3: hashes and sealed secrets only, in the file and its WAL."""
    _, link = desk.add()
    person = desk.enrol(link)
    desk.later(minutes=2)
    entry = person.sign_in()
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("desk.db*"))
    hidden = [link, person.password, person.secret, entry.session, entry.device, person.session]
    for secret in [*hidden, *person.recovery_codes, *(code.replace("-", "") for code in person.recovery_codes)]:
        assert secret.encode() not in stored


# 6.3 no default account, one answer for all


def test_there_is_no_account_until_the_console_makes_one(desk: Desk) -> None:
    """ASVS 6.3.2."""
    with desk.database.read() as tx:
        assert managed_staff(tx, regions=REGIONS, by=None) == ()


def test_unknown_wrong_disabled_and_unfinished_get_the_same_answer_at_the_same_cost(desk: Desk) -> None:
    """ASVS 6.3.8, threat 15: one sentence, one code, one hash computation each."""
    person, gone = desk.person(), desk.person("zhijin-02")
    desk.add("zhijin-03")
    with desk.database.write() as tx:
        disable(tx, gone.id, regions=REGIONS, by=None, at=desk.now)
    hashes = desk.hashes = CountingHashes()
    answers = set()
    tries = [
        ("zhijin-01", "wrong one, a long one"),
        ("nobody", PASSWORD),
        ("zhijin-02", PASSWORD),
        ("zhijin-03", PASSWORD),
    ]
    for count, (login, password) in enumerate(tries, 1):
        person.login = login
        with pytest.raises(BadInput) as refused:
            person.enter_password(password)
        answers.add((refused.value.code, str(refused.value), refused.value.field))
        assert len(hashes.asked) == count
    assert len(answers) == 1


def test_the_hash_of_nobody_costs_what_a_real_one_costs() -> None:
    """ASVS 6.3.8: else an unknown login would answer sooner."""
    hashes = PasswordHashes()
    assert not hashes.is_outdated(DUMMY)
    assert DUMMY.split("$")[:4] == hashes.make("x").split("$")[:4]
    assert not hashes.fits("", None)


def test_a_password_alone_does_not_open_the_desk(person: Person) -> None:
    """ASVS 6.3.3: a second factor for every account."""
    assert who(person.desk, person.enter_password()) is None


def test_an_account_without_an_authenticator_cannot_sign_in(desk: Desk) -> None:
    """ASVS 6.3.3."""
    desk.set_password(desk.follow(desk.add()[1])[0])
    half = Person(desk, 1, "", PASSWORD, "", ())
    assert code_of(half.enter_password) == "sign_in.wrong"


# 6.3.1 slowing down without locking out


def test_failures_slow_a_login_down_and_a_hundred_never_lock_it(person: Person) -> None:
    """ASVS 6.3.1: the wait grows to a minute and stays there; the right password then still works."""
    desk, waits = person.desk, []
    for _ in range(100):
        with pytest.raises((BadInput, TooMany)) as refused:
            person.enter_password("wrong one, a long one")
        if isinstance(refused.value, TooMany):
            waits.append(int(str(refused.value.params["retry_after"])))
            desk.later(seconds=waits[-1])
    assert waits[:3] == [2, 4, 8]
    assert max(waits) == 60
    desk.later(seconds=60)
    assert person.sign_in().session
    desk.later(minutes=1)
    assert person.sign_in().session, "success forgets the failures"


def test_an_unknown_login_is_slowed_like_a_known_one(person: Person) -> None:
    """ASVS 6.3.8: the wait tells nothing either."""
    outcomes = []
    for login in ("zhijin-01", "nobody"):
        person.login = login
        outcomes.append([code_of(lambda: person.enter_password("wrong one, a long one")) for _ in range(7)])
    assert outcomes[0] == outcomes[1] == ["sign_in.wrong"] * 5 + ["sign_in.wait"] * 2


def test_strangers_who_keep_failing_do_not_keep_the_officer_s_own_browser_out(person: Person) -> None:
    """ASVS 6.3.1: a browser in which the person has signed in fully has a count of its own."""
    entry = person.sign_in()
    person.desk.later(minutes=1)
    for _ in range(10):
        with pytest.raises((BadInput, TooMany)):
            person.enter_password("wrong one, a long one")
    assert code_of(person.enter_password) == "sign_in.wait"
    assert person.enter_password(device=entry.device)
    assert code_of(lambda: person.enter_password(device="invented")) == "sign_in.wait"


def test_attempts_at_once_count_each(person: Person) -> None:
    """ASVS 2.3.4, 6.3.1: twenty at the same moment are twenty failures, not one."""
    desk, refused = person.desk, []

    def attempt() -> None:
        refused.append(code_of(lambda: person.enter_password("wrong one, a long one")))

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused.count("sign_in.wrong") == 5
    assert refused.count("sign_in.wait") == 15
    assert desk.events().count("staff.password_wrong") == 5


@given(st.integers(0, 10_000), st.sampled_from(Slowing))
def test_the_wait_never_shrinks_with_failures_and_never_exceeds_its_cap(failures: int, slowing: Slowing) -> None:
    assert wait_after(failures, slowing=slowing) <= wait_after(failures + 1, slowing=slowing) <= timedelta(minutes=15)


# 6.5 codes


def test_a_code_works_once_within_its_thirty_seconds(person: Person) -> None:
    """ASVS 6.5.1."""
    code = person.code()
    person.sign_in()
    token = person.enter_password()
    with pytest.raises(BadInput) as refused:
        enter_code(person.desk.database, token=token, code=code, master=person.desk.master, at=person.desk.now)
    assert refused.value.code == "sign_in.code_wrong"


def test_the_code_that_bound_the_authenticator_is_used_up(desk: Desk) -> None:
    """ASVS 6.5.1."""
    person = desk.enrol(desk.add()[1])
    assert code_of(person.sign_in) == "sign_in.code_wrong"


def test_two_who_use_one_code_at_once_do_not_both_enter(person: Person) -> None:
    """ASVS 6.5.1: the step is taken by one statement."""
    step = int(person.desk.now.timestamp()) // STEP
    with person.desk.database.write() as tx:
        assert [take_counter(tx, person.id, step) for _ in range(3)] == [True, False, False]
        assert not take_counter(tx, person.id, step - 1), "an earlier code is over as well"


@pytest.mark.parametrize(("seconds", "taken"), [(-31, False), (-30, True), (0, True), (59, True), (60, False)])
def test_a_clock_may_be_one_step_off_and_no_more(seconds: int, taken: bool) -> None:
    secret, now = "JBSWY3DPEHPK3PXP" * 2, START
    code = pyotp.TOTP(secret).at(now + timedelta(seconds=seconds))
    assert (matching_counter(secret, code, at=now) is not None) is taken


def test_a_code_of_the_step_before_is_over_once_a_later_one_was_used(person: Person) -> None:
    earlier = pyotp.TOTP(person.secret).at(person.desk.now - timedelta(seconds=30))
    person.sign_in()
    token = person.enter_password()
    with pytest.raises(BadInput):
        enter_code(person.desk.database, token=token, code=earlier, master=person.desk.master, at=person.desk.now)


@given(st.text(max_size=60))
def test_no_text_breaks_the_check_of_a_code(typed: str) -> None:
    matching_counter("JBSWY3DPEHPK3PXP" * 2, typed, at=START)


def test_five_wrong_codes_end_the_session_and_the_password_is_asked_again(person: Person) -> None:
    desk, token = person.desk, person.enter_password()
    wrong = lambda: enter_code(desk.database, token=token, code="12 34 5x", master=desk.master, at=desk.now)  # noqa: E731
    assert [code_of(wrong) for _ in range(6)] == ["sign_in.code_wrong"] * 5 + ["sign_in.stage"]
    desk.later(minutes=1)
    assert person.sign_in().session


def test_codes_are_slowed_over_sessions_up_to_a_quarter_of_an_hour(person: Person) -> None:
    """ASVS 6.5.5, 6.6.3: who knows the password cannot try codes at will."""
    desk, tried = person.desk, 0
    end = desk.now + timedelta(hours=6)
    while desk.now < end:
        token = person.enter_password()
        try:
            enter_code(desk.database, token=token, code="00000x", master=desk.master, at=desk.now)
        except BadInput:
            tried += 1
        except TooMany as wait:
            desk.later(seconds=int(str(wait.params["retry_after"])))
    assert tried < 40


def test_a_recovery_code_works_once_and_typed_in_any_way(person: Person) -> None:
    """ASVS 6.5.1."""
    desk = person.desk
    typed = f" {person.recovery_codes[0].replace('-', ' ').lower()} "
    assert enter_recovery_code(desk.database, token=person.enter_password(), code=typed, at=desk.now).session
    token = person.enter_password()
    again = lambda: enter_recovery_code(desk.database, token=token, code=typed, at=desk.now)  # noqa: E731
    assert code_of(again) == "sign_in.recovery_code_wrong"
    with desk.database.read() as tx:
        assert recovery_codes_left(tx, person.id) == 7


def test_another_person_s_recovery_code_is_wrong(desk: Desk) -> None:
    one, other = desk.person(), desk.person("zhijin-02")
    token = one.enter_password()
    with pytest.raises(BadInput):
        enter_recovery_code(desk.database, token=token, code=other.recovery_codes[0], at=desk.now)


def test_recovery_codes_have_at_least_112_bits(person: Person) -> None:
    """ASVS 6.5.2: from 112 bits a plain hash keeps them."""
    assert len(person.recovery_codes) == 8 == len(set(person.recovery_codes))
    assert all(len(code.replace("-", "")) * 5 >= 112 for code in person.recovery_codes)


def test_new_recovery_codes_need_the_password_and_end_the_old(person: Person) -> None:
    desk = person.desk

    def renew(word: str) -> tuple[str, ...]:
        return renew_recovery_codes(desk.database, staff=person.id, current=word, hashes=desk.hashes, at=desk.now)

    assert code_of(lambda: renew("not the password")) == "account.password_wrong"
    assert len(renew(person.password)) == 8
    token = person.enter_password()
    with pytest.raises(BadInput):
        enter_recovery_code(desk.database, token=token, code=person.recovery_codes[1], at=desk.now)


# 7 sessions


def test_each_stage_has_a_new_token_and_the_one_before_is_dead(desk: Desk) -> None:
    """ASVS 7.2.4: whoever planted or saw an earlier token has nothing."""
    first, _ = desk.follow(desk.add()[1])
    second, _ = desk.set_password(first)
    third, secret = desk.bind(second)
    with desk.database.read() as tx:
        alive = [find_session(tx, token, at=desk.now) is not None for token in (first, second, third)]
    assert alive == [False, False, True]
    desk.later(minutes=2)
    person = Person(desk, 1, secret, PASSWORD, third, ())
    waiting = person.enter_password()
    entry = enter_code(desk.database, token=waiting, code=person.code(), master=desk.master, at=desk.now)
    assert who(desk, waiting) is None
    assert who(desk, entry.session) is not None


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
        assert who(desk, token) is not None
    desk.later(minutes=30)
    assert who(desk, token) is None


def test_a_session_ends_after_ten_hours_whatever_is_done(person: Person) -> None:
    """ASVS 7.3.2."""
    desk, token = person.desk, person.sign_in().session
    for _ in range(59):
        desk.later(minutes=10)
        assert who(desk, token) is not None
    desk.later(minutes=10)
    assert who(desk, token) is None
    assert LIVES[Stage.SIGNED_IN] == timedelta(hours=10)


def test_reading_pages_writes_at_most_once_a_minute(person: Person) -> None:
    desk, token = person.desk, person.sign_in().session

    def seen() -> str:
        with desk.database.read() as tx:
            query = text("SELECT seen_at FROM staff_session WHERE token_hash = :hash")
            return str(tx.execute(query, {"hash": token_hash(token)}).scalar_one())

    before = seen()
    desk.later(seconds=59)
    assert who(desk, token) and seen() == before
    desk.later(seconds=1)
    assert who(desk, token) and seen() > before


def test_signing_out_ends_the_session_on_the_server(person: Person) -> None:
    """ASVS 7.4.1: a copied cookie is dead too."""
    desk, token = person.desk, person.sign_in().session
    with desk.database.write() as tx:
        sign_out(tx, token=token, at=desk.now)
        sign_out(tx, token="never was one", at=desk.now)
    assert who(desk, token) is None
    assert who(desk, person.session) is not None, "another browser of the same person goes on"


def test_disabling_ends_every_session_at_once_and_enabling_revives_none(person: Person) -> None:
    """ASVS 7.4.2."""
    desk, tokens = person.desk, [person.session, person.sign_in().session]
    with desk.database.write() as tx:
        disable(tx, person.id, regions=REGIONS, by=None, at=desk.now)
    assert [who(desk, token) for token in tokens] == [None, None]
    with desk.database.write() as tx:
        enable(tx, person.id, regions=REGIONS, by=None, at=desk.now)
    assert [who(desk, token) for token in tokens] == [None, None]
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
        current=PASSWORD,
        password="another 很长的口令 of mine",
        site_name=SITE_NAME,
        common=desk.common,
        hashes=desk.hashes,
        at=desk.now,
    )
    assert who(desk, old) is None and who(desk, person.session) is None
    assert who(desk, token) is not None
    assert code_of(person.enter_password) == "sign_in.wrong"


def test_changing_the_password_needs_the_present_one_and_guesses_are_slowed(person: Person) -> None:
    """ASVS 6.2.3, 6.3.1."""
    desk = person.desk
    guess = lambda: change_password(  # noqa: E731
        desk.database,
        staff=person.id,
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
        assign(tx, person.id, role=Role.CITY, region_codes=["520500"], regions=REGIONS, by=None, at=desk.now)
    assert who(desk, token) is None


def test_a_moved_officer_loses_the_old_county_on_the_next_request(person: Person) -> None:
    """ASVS 8.3.2: the session goes on, the officer is another one."""
    desk, token = person.desk, person.sign_in().session
    assert who(desk, token) == Officer(person.id, Role.COUNTY, frozenset({"520524"}))
    with desk.database.write() as tx:
        assign(tx, person.id, role=Role.COUNTY, region_codes=["520523"], regions=REGIONS, by=None, at=desk.now)
    assert who(desk, token) == Officer(person.id, Role.COUNTY, frozenset({"520523"}))


# one-time links


def test_looking_at_a_link_does_not_use_it_up_and_following_does(desk: Desk) -> None:
    """A preview of a message must not use a link up; it works once (ASVS 6.4.1, 6.5.1)."""
    _, link = desk.add()
    with desk.database.read() as tx:
        for _ in range(3):
            assert look_at_link(tx, token=link, is_demo=False, at=desk.now).purpose is Purpose.ENROL
    desk.follow(link)
    with pytest.raises(Gone):
        desk.follow(link)


def test_a_link_lasts_a_day_and_a_newer_one_ends_it(desk: Desk) -> None:
    """ASVS 6.4.1, 6.5.5."""
    number, first = desk.add()
    with desk.database.write() as tx:
        second = new_link(tx, number, purpose=Purpose.ENROL, regions=REGIONS, by=None, at=desk.now)
    with pytest.raises(Gone):
        desk.follow(first)
    desk.later(hours=23, minutes=59)
    with desk.database.read() as tx:
        look_at_link(tx, token=second, is_demo=False, at=desk.now)
    desk.later(minutes=1)
    with pytest.raises(Gone):
        desk.follow(second)


def test_disabling_ends_open_links_and_gives_no_new_one(desk: Desk) -> None:
    number, link = desk.add()
    with desk.database.write() as tx:
        disable(tx, number, regions=REGIONS, by=None, at=desk.now)
    with pytest.raises(Gone):
        desk.follow(link)
    with pytest.raises(RuleBroken), desk.database.write() as tx:
        new_link(tx, number, purpose=Purpose.PASSWORD, regions=REGIONS, by=None, at=desk.now)


def test_a_link_for_the_password_keeps_the_authenticator(person: Person) -> None:
    """ASVS 6.4.3: a lost password does not undo the second factor."""
    desk = person.desk
    with desk.database.write() as tx:
        link = new_link(tx, person.id, purpose=Purpose.PASSWORD, regions=REGIONS, by=None, at=desk.now)
    token, stage = desk.set_password(desk.follow(link)[0], "quite 另一个 password")
    assert stage is Stage.CODE
    assert who(desk, token) is None and who(desk, person.session) is None
    assert enter_code(desk.database, token=token, code=person.code(), master=desk.master, at=desk.now).session


def test_a_link_that_opens_anew_closes_what_was(person: Person) -> None:
    """A lost phone: password, authenticator, recovery codes and sessions of before are over."""
    desk = person.desk
    with desk.database.write() as tx:
        link = new_link(tx, person.id, purpose=Purpose.ENROL, regions=REGIONS, by=None, at=desk.now)
    token, stage = desk.follow(link)
    assert stage is Stage.ENROL_PASSWORD
    assert who(desk, person.session) is None
    assert code_of(person.enter_password) == "sign_in.wrong"
    assert desk.set_password(token)[1] is Stage.ENROL_TOTP


def test_demo_links_sign_straight_in_once_and_only_in_demo_mode(desk: Desk) -> None:
    with desk.database.write() as tx:
        links = demo_links(tx, is_demo=True, at=desk.now)
    assert {link.role for link in links} == set(Role)
    for link in links:
        with pytest.raises(Gone):
            desk.follow(link.token, is_demo=False)
        token, stage = desk.follow(link.token, is_demo=True)
        officer = who(desk, token)
        assert stage is Stage.SIGNED_IN
        assert officer is not None and officer.signature == f"{link.role}@{SEATS[link.role]}"
        with pytest.raises(Gone):
            desk.follow(link.token, is_demo=True)
    with pytest.raises(NotAllowed), desk.database.write() as tx:
        demo_links(tx, is_demo=False, at=desk.now)


def test_demo_links_twice_give_the_same_officers(desk: Desk) -> None:
    with desk.database.write() as tx:
        demo_links(tx, is_demo=True, at=desk.now)
        demo_links(tx, is_demo=True, at=desk.now)
        assert len(managed_staff(tx, regions=REGIONS, by=None)) == len(Role)


# 8 who manages whom


@pytest.fixture
def chief(desk: Desk) -> Officer:
    """The administrator of Guizhou."""
    return Officer(
        desk.add("chief", role=Role.ADMINISTRATOR, region="520000")[0], Role.ADMINISTRATOR, frozenset({"520000"})
    )


def test_an_administrator_manages_the_own_regions_only(desk: Desk, chief: Officer) -> None:
    """ASVS 8.2.2, threat 13: who sits elsewhere is not there at all, and nothing changes."""
    own, _ = desk.add("zhijin-01", by=chief)
    foreign, _ = desk.add("shenyang-01", role=Role.CITY, region="210100")
    with desk.database.read() as tx:
        assert {person.login for person in managed_staff(tx, regions=REGIONS, by=chief)} == {"chief", "zhijin-01"}
    with desk.database.write() as tx:
        disable(tx, own, regions=REGIONS, by=chief, at=desk.now)
    with pytest.raises(NotFound), desk.database.write() as tx:
        disable(tx, foreign, regions=REGIONS, by=chief, at=desk.now)
    with pytest.raises(NotFound), desk.database.write() as tx:
        enable(tx, foreign, regions=REGIONS, by=chief, at=desk.now)
    with pytest.raises(NotFound), desk.database.write() as tx:
        new_link(tx, foreign, purpose=Purpose.ENROL, regions=REGIONS, by=chief, at=desk.now)
    with desk.database.read() as tx:
        assert get_staff(tx, foreign).active and get_staff(tx, foreign).version == 1


def test_an_administrator_gives_nobody_a_region_beyond_the_own(desk: Desk, chief: Officer) -> None:
    """ASVS 8.2.2: neither when adding nor when moving."""
    with pytest.raises(BadInput) as refused:
        desk.add("dalian-01", role=Role.CITY, region="210200", by=chief)
    assert refused.value.field == "regions"
    number, _ = desk.add("zhijin-01", by=chief)
    for code in ("210281", "000000", "999999", "520000' OR 1=1"):
        with pytest.raises(BadInput), desk.database.write() as tx:
            assign(tx, number, role=Role.COUNTY, region_codes=[code], regions=REGIONS, by=chief, at=desk.now)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_no_other_role_manages_anybody(desk: Desk, role: Role) -> None:
    """ASVS 8.2.1."""
    number, _ = desk.add()
    officer = Officer(99, role, frozenset({"000000"}))
    with pytest.raises(NotFound), desk.database.write() as tx:
        disable(tx, number, regions=REGIONS, by=officer, at=desk.now)
    with pytest.raises(BadInput):
        desk.add("zhijin-02", by=officer)


def test_nobody_promotes_moves_or_disables_oneself(desk: Desk, chief: Officer) -> None:
    """ASVS 8.2: an administrator who keeps the keys does not take a county as well."""
    with desk.database.write() as tx:
        with pytest.raises(RuleBroken, match="自己"):
            assign(tx, chief.id, role=Role.PROVINCE, region_codes=["520000"], regions=REGIONS, by=chief, at=START)
        with pytest.raises(RuleBroken, match="自己"):
            disable(tx, chief.id, regions=REGIONS, by=chief, at=START)


def test_the_last_administrator_stays(desk: Desk, chief: Officer) -> None:
    with desk.database.write() as tx:
        assert code_of(lambda: disable(tx, chief.id, regions=REGIONS, by=None, at=START)) == "staff.last_administrator"
    desk.add("second", role=Role.ADMINISTRATOR, region="000000")
    with desk.database.write() as tx:
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
def test_a_role_sits_at_its_level(desk: Desk, role: Role, region: str, fits: bool) -> None:
    """贵安新区 (520090) has no counties below it: its county officers sit there."""
    if fits:
        assert desk.add("somebody", role=role, region=region)
    else:
        with pytest.raises(BadInput) as refused:
            desk.add("somebody", role=role, region=region)
        assert refused.value.code == "staff.region_level"


@pytest.mark.parametrize("login", ["ab", "-abc", "a b c", "张三", "a" * 41, "a\nbc", "<b>abc"])
def test_a_malformed_login_is_refused(desk: Desk, login: str) -> None:
    with pytest.raises(BadInput) as refused:
        desk.add(login)
    assert refused.value.field == "login"


def test_a_login_is_taken_once_whatever_its_case(desk: Desk) -> None:
    desk.add("zhijin-01")
    with pytest.raises(Conflict):
        desk.add(" ZhiJin-01 ")


def test_two_administrators_at_once_the_second_sees_that_it_changed(desk: Desk, chief: Officer) -> None:
    number, _ = desk.add("zhijin-01", by=chief)

    def move(code: str) -> None:
        with desk.database.write() as tx:
            assign(
                tx,
                number,
                role=Role.COUNTY,
                region_codes=[code],
                regions=REGIONS,
                by=chief,
                at=desk.now,
                seen_version=1,
            )

    move("520523")
    with pytest.raises(Conflict):
        move("520521")
    with desk.database.read() as tx:
        assert get_staff(tx, number).regions == {"520523"}


# the journal


def test_every_event_is_in_the_journal_and_no_name_password_or_code(person: Person) -> None:
    """ASVS 16.2.5, 16.3.1: codes and ids only."""
    desk = person.desk
    with pytest.raises(BadInput):
        person.enter_password("wrong one, a long one")
    entry = person.sign_in()
    with desk.database.write() as tx:
        sign_out(tx, token=entry.session, at=desk.now)
    assert desk.events() == [
        "staff.added",
        "staff.link_issued",
        "staff.link_used",
        "staff.password_set",
        "staff.authenticator_bound",
        "staff.recovery_codes_made",
        "staff.signed_in",
        "staff.password_wrong",
        "staff.password_right",
        "staff.signed_in",
        "staff.signed_out",
    ]
    with desk.journal() as said:
        for hidden in ("张三", "zhijin-01", PASSWORD, "wrong one", person.secret, entry.session):
            assert hidden not in said


def test_whoever_is_signed_in_is_named_to_the_page_only(person: Person) -> None:
    found = staff_signed_in(person.desk.database, token=person.sign_in().session, at=person.desk.now)
    assert found is not None and found.name == "张三" and found.officer.id == person.id


def test_enter_password_takes_a_login_in_any_case(person: Person) -> None:
    assert enter_password(
        person.desk.database,
        login=" ZHIJIN-01 ",
        password=PASSWORD,
        device=None,
        hashes=person.desk.hashes,
        at=person.desk.now,
    )
