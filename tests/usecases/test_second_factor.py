"""Codes of the second factor and for recovery: rows 6.5 and 6.6 of OWASP ASVS 5.0, one test a row (trust.md)."""

from datetime import timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.desk_people import START, Person, StaffDesk, code_of

from greenmine.domain.errors import BadInput, TooMany
from greenmine.store.staff import recovery_codes_left, take_counter
from greenmine.usecases.enrol import renew_recovery_codes
from greenmine.usecases.second_factor import STEP, matching_counter
from greenmine.usecases.sign_in import (
    enter_code,
    enter_recovery_code,
)


def test_a_code_works_once_within_its_thirty_seconds(person: Person) -> None:
    """ASVS 6.5.1."""
    code = person.code()
    person.sign_in()
    token = person.enter_password()
    with pytest.raises(BadInput) as refused:
        enter_code(person.desk.database, token=token, code=code, master=person.desk.master, at=person.desk.now)
    assert refused.value.code == "sign_in.code_wrong"


def test_the_code_that_bound_the_authenticator_is_used_up(staff_desk: StaffDesk) -> None:
    """ASVS 6.5.1."""
    person = staff_desk.enrol(staff_desk.add()[1])
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
def test_no_text_but_the_three_codes_of_the_moment_passes(typed: str) -> None:
    secret = "JBSWY3DPEHPK3PXP" * 2
    codes = {pyotp.TOTP(secret).at(START + timedelta(seconds=off)) for off in (-STEP, 0, STEP)}
    assert (matching_counter(secret, typed, at=START) is not None) is ("".join(typed.split()) in codes)


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


def test_another_person_s_recovery_code_is_wrong(staff_desk: StaffDesk) -> None:
    one, other = staff_desk.person(), staff_desk.person("zhijin-02")
    token = one.enter_password()
    with pytest.raises(BadInput):
        enter_recovery_code(staff_desk.database, token=token, code=other.recovery_codes[0], at=staff_desk.now)


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
