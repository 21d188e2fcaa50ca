"""Signing in at the desk: passwords, one answer for all, slowing down; rows 6.2, 6.3 and 16 of OWASP ASVS 5.0, one
test a row (trust.md)."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.desk_people import PASSWORD, SITE_NAME, CountingHashes, Person, StaffDesk, code_of
from tests.reference_data import shipped_regions

from greenmine.domain.errors import BadInput, TooMany
from greenmine.domain.sign_in import Slowing, Stage, wait_after
from greenmine.usecases.password_hash import DUMMY, PasswordHashes
from greenmine.usecases.sign_in import (
    enter_password,
    sign_out,
    staff_signed_in,
)
from greenmine.usecases.staff import disable, managed_staff

REGIONS = shipped_regions()


# 6.2 passwords


def test_a_password_is_verified_exactly_as_it_was_set(staff_desk: StaffDesk) -> None:
    """ASVS 6.2.8: without trimming, cutting or changing case."""
    spaced = "  Duo Yun 山坡上的杜鹃  " + "花" * 100
    person = staff_desk.enrol(staff_desk.add()[1], spaced)
    staff_desk.later(minutes=2)
    assert person.sign_in().session
    for other in (spaced.strip(), spaced.lower(), spaced[:72], spaced + " "):
        staff_desk.later(hours=25)
        assert code_of(lambda other=other: person.enter_password(other)) == "sign_in.wrong"  # type: ignore[misc]


def test_a_refused_password_leaves_the_link_s_session_at_its_step(staff_desk: StaffDesk) -> None:
    token, _ = staff_desk.follow(staff_desk.add()[1])
    for wrong in ("short", "password 2026 !", "my zhijin-01 word", SITE_NAME + "花开花落年年"):
        with pytest.raises(BadInput) as refused:
            staff_desk.set_password(token, wrong)
        assert refused.value.field == "password"
    assert staff_desk.set_password(token)[1] is Stage.ENROL_TOTP


def test_nothing_readable_of_password_secret_token_or_code_is_in_the_database(
    staff_desk: StaffDesk, tmp_path: Path
) -> None:
    """ASVS 6.5.2, 11.4.2, 13.3: hashes and sealed secrets only, in the file and its WAL."""
    _, link = staff_desk.add()
    person = staff_desk.enrol(link)
    staff_desk.later(minutes=2)
    entry = person.sign_in()
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("desk.db*"))
    hidden = [link, person.password, person.secret, entry.session, entry.device, person.session]
    for secret in [*hidden, *person.recovery_codes, *(code.replace("-", "") for code in person.recovery_codes)]:
        assert secret.encode() not in stored


# 6.3 no default account, one answer for all


def test_there_is_no_account_until_the_console_makes_one(staff_desk: StaffDesk) -> None:
    """ASVS 6.3.2."""
    with staff_desk.database.read() as tx:
        assert managed_staff(tx, regions=REGIONS, by=None) == ()


def test_unknown_wrong_disabled_and_unfinished_get_the_same_answer_at_the_same_cost(staff_desk: StaffDesk) -> None:
    """ASVS 6.3.8, threat 15: one sentence, one code, one hash computation each."""
    person, gone = staff_desk.person(), staff_desk.person("zhijin-02")
    staff_desk.add("zhijin-03")
    with staff_desk.database.write() as tx:
        disable(tx, gone.id, regions=REGIONS, by=None, at=staff_desk.now)
    hashes = staff_desk.hashes = CountingHashes()
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
    assert person.desk.who(person.enter_password()) is None


def test_an_account_without_an_authenticator_cannot_sign_in(staff_desk: StaffDesk) -> None:
    """ASVS 6.3.3."""
    staff_desk.set_password(staff_desk.follow(staff_desk.add()[1])[0])
    half = Person(staff_desk, 1, "", PASSWORD, "", ())
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
    assert found is not None and found.person.name == "张三" and found.officer.id == person.id


def test_enter_password_takes_a_login_in_any_case(person: Person) -> None:
    assert enter_password(
        person.desk.database,
        login=" ZHIJIN-01 ",
        password=PASSWORD,
        device=None,
        hashes=person.desk.hashes,
        at=person.desk.now,
    )
