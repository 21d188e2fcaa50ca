"""Letters on their way to real servers that are good, down, slow, choosy or dying (trust.md, fault "SMTP down…")."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from tests.both_databases import BOTH, opened
from tests.desk import NOON
from tests.mail_office import HURRY, PATIENT, SUBJECT, TO, Office, open_office
from tests.mail_servers import (
    Manner,
    Talk,
    bad_server,
    dies_after_data,
    dies_before_data,
    drips,
    endless_greeting,
    good_server,
    in_turn,
    never_greets,
    speaks_no_smtp,
    tarries_after_data,
)

from greenmine.cli.smtp import SmtpLine
from greenmine.domain.letter import LetterState
from greenmine.store.case import erase
from greenmine.store.database import open_database
from greenmine.store.outbox import counts, letters_of
from greenmine.store.sealed import MasterKey
from greenmine.usecases.outbox import LETTER_RESTS, LINE_RESTS, MOST_ATTEMPTS, rest_after, send_at_once, send_due


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(tmp_path) as opened_one:
        yield opened_one


def test_all_that_waits_goes_over_one_connection(office: Office) -> None:
    for number in range(20):
        office.post(f"letter {number}")
    with good_server(office.mailbox, port=office.port):
        assert office.send() == 20
    assert office.mailbox.effects == [f"letter {number}" for number in range(20)]
    assert office.mailbox.connections == 1


def test_a_batch_ends_after_a_while_and_the_next_look_goes_on(office: Office) -> None:
    """The worker has clocks to run."""
    for number in range(60):
        office.post(f"letter {number}")
    with good_server(office.mailbox, port=office.port):
        assert [office.send(), office.send(), office.send()] == [50, 10, 0]


def test_what_is_down_for_six_hours_loses_nothing_and_burns_nothing(office: Office) -> None:
    """About thirty attempts in six hours, however many letters wait and however often the worker looks."""
    cases = [office.post(f"letter {number}") for number in range(10)]
    attempts = {0}
    while office.now < NOON + timedelta(hours=6):
        assert office.send() == 0
        fault = office.fault()
        assert fault is not None
        assert fault.result == "refused"
        attempts.add(fault.failures)
        office.wait(seconds=30)
    assert 24 <= max(attempts) <= 36
    assert {office.state(case) for case in cases} == {(LetterState.WAITING, "", 0)}, "not the letters' fault"
    with good_server(office.mailbox, port=office.port):
        back = office.now
        while not office.send():
            office.wait(seconds=30)
        assert office.now - back <= LINE_RESTS[1] * 1.2
    assert office.mailbox.effects == [f"letter {number}" for number in range(10)]
    assert office.fault() is None


@pytest.mark.parametrize(
    ("manner", "result"),
    [
        (never_greets, "timeout"), (drips, "timeout"), (endless_greeting, "timeout"), (speaks_no_smtp, "greeting"),
        (lambda talk: talk.say("554 go away"), "greeting"), (lambda talk: talk.reset(), "dropped"),
        (lambda talk: None, "dropped"),
    ],
)  # fmt: skip
def test_a_server_that_does_not_greet_is_left_in_time_and_the_letters_wait(
    office: Office, manner: Manner, result: str
) -> None:
    office.patience = HURRY
    case = office.post()
    with bad_server(office.mailbox, manner, port=office.port):
        began = time.monotonic()
        assert office.send() == 0
        assert time.monotonic() - began < 2
    fault = office.fault()
    assert fault is not None
    assert fault.result == result
    assert office.state(case) == (LetterState.WAITING, "", 0)
    office.wait(seconds=40)
    with good_server(office.mailbox, port=office.port):
        office.patience = PATIENT
        assert office.send() == 1


@pytest.mark.parametrize("code", ["451 try later", "450 zhang.san@example.com greylisted", "452 4.2.2 full"])
def test_a_letter_put_off_is_sent_later_and_keeps_nobody_waiting(office: Office, code: str) -> None:
    """451, then 250; the address in the server's words is kept nowhere."""
    case = office.post("first")
    with good_server(office.mailbox, port=office.port, at_rcpt=in_turn(code)):
        office.post("second")
        assert office.send() == 1
        assert office.mailbox.effects == ["second"]
        assert office.state(case) == (LetterState.WAITING, code[:3], 1)
        assert office.fault() is None
        office.wait(seconds=59)
        assert office.send() == 0
        office.wait(seconds=1)
        assert office.send() == 1
    assert office.mailbox.effects == ["second", "first"]
    assert office.state(case) == (LetterState.SENT, "250", 2)


def test_after_data_too_a_letter_can_be_put_off(office: Office) -> None:
    case = office.post()
    with good_server(office.mailbox, port=office.port, at_data=in_turn("451 scanning", "421 closing")):
        assert office.send() == 0
        assert office.state(case) == (LetterState.WAITING, "451", 1)
        office.wait(minutes=1)
        assert office.send() == 0
        assert office.state(case) == (LetterState.WAITING, "421", 1), "the server closes down: not the letter's fault"
        office.wait(minutes=1)
        assert office.send() == 1


@pytest.mark.parametrize("at", ["rcpt", "data"])
def test_a_letter_refused_for_good_is_given_up_and_the_others_go(office: Office, at: str) -> None:
    """550: an address that is wrong stays wrong; nobody is kept waiting by it."""
    first = office.post("first")
    office.post("second", case=first)
    office.post("third")
    refuse = in_turn("550 5.1.1 <zhang.san@example.com>: no such user")
    answers = (refuse, in_turn()) if at == "rcpt" else (in_turn(), refuse)
    with good_server(office.mailbox, port=office.port, at_rcpt=answers[0], at_data=answers[1]):
        assert office.send() == 2
    assert office.mailbox.effects == ["second", "third"]
    with office.database.read() as tx:
        states = [(row.state, row.last_result) for row in letters_of(tx, first)]
    assert states == [(LetterState.GIVEN_UP, "550"), (LetterState.SENT, "250")]


@pytest.mark.parametrize("at", ["rcpt", "data"])
def test_a_policy_of_the_server_is_no_verdict_on_a_letter(office: Office, at: str) -> None:
    """554 5.7.1, no relaying or taken for spam: our settings are wrong; giving all letters up would lose them."""
    case = office.post()
    refuse = in_turn("554 5.7.1 denied")
    answers = (refuse, in_turn()) if at == "rcpt" else (in_turn(), refuse)
    with good_server(office.mailbox, port=office.port, at_rcpt=answers[0], at_data=answers[1]):
        assert office.send() == 0
        assert office.state(case) == (LetterState.WAITING, "554", 1)
        assert office.fault() is None
        office.wait(minutes=1)
        assert office.send() == 1


@pytest.mark.parametrize(
    ("answer", "state"), [("554 5.7.1 not by you", LetterState.WAITING), ("554 5.6.0 no", LetterState.GIVEN_UP)]
)
def test_the_word_data_itself_can_be_refused(office: Office, answer: str, state: LetterState) -> None:
    """Before a byte of the letter: by the same rule."""
    case = office.post()

    def refuses(talk: Talk) -> None:
        talk.say("220 mail")
        while line := talk.hear():
            talk.say(answer if line.lower().startswith("data") else "250 OK")

    with bad_server(office.mailbox, refuses, port=office.port):
        assert office.send() == 0
    assert office.state(case) == (state, "554", 1)


def test_a_refused_sender_is_the_lines_fault(office: Office) -> None:
    cases = [office.post() for _ in range(3)]
    with good_server(office.mailbox, port=office.port, at_mail="550 who are you"):
        assert office.send() == 0
    assert [office.state(case)[2] for case in cases] == [0, 0, 0]
    fault = office.fault()
    assert fault is not None
    assert fault.result == "550"
    assert office.mailbox.connections == 1


def test_a_verdict_on_a_letter_proves_the_line(office: Office) -> None:
    """Otherwise the status page would tell an outage that is over until some other letter goes."""
    office.post()
    office.send()
    assert office.fault() is not None
    office.wait(minutes=1)
    with good_server(office.mailbox, port=office.port, at_rcpt=in_turn("550 no such user")):
        assert office.send() == 0
    assert office.fault() is None


def test_a_server_slow_to_greet_still_gets_its_letters(office: Office) -> None:
    """Opening may take longer than a batch: the batch begins when the line is open."""
    office.post()

    @contextmanager
    def slowly() -> Iterator[SmtpLine]:
        with office.door().connect() as line:
            office.wait(seconds=19)
            yield line

    with good_server(office.mailbox, port=office.port):
        assert send_due(replace(office.sender(), connect=slowly)) == 1


def test_a_letter_put_off_for_days_is_given_up_in_the_end(office: Office) -> None:
    """RFC 5321 4.5.4.1: after four to five days at the earliest."""
    case = office.post()
    with good_server(office.mailbox, port=office.port, at_rcpt=lambda _: "451 later"):
        while office.of(case).state is LetterState.WAITING:
            office.send()
            office.wait(hours=1)
    assert office.state(case) == (LetterState.GIVEN_UP, "451", MOST_ATTEMPTS)
    assert timedelta(days=4) < office.now - NOON < timedelta(days=7)


@pytest.mark.parametrize("manner", [dies_after_data, tarries_after_data])
def test_a_letter_without_an_answer_is_sent_again_under_the_same_id(office: Office, manner: Manner) -> None:
    """The server had it: two deliveries, one Message-ID, byte for byte the same, one effect."""
    office.patience = HURRY
    case = office.post("演示")
    with bad_server(office.mailbox, manner, port=office.port):
        assert office.send() == 0
    assert office.state(case)[0] is LetterState.WAITING
    assert len(office.mailbox.contents) == 1
    office.wait(minutes=2)
    with good_server(office.mailbox, port=office.port):
        office.patience = PATIENT
        assert office.send() == 1
        office.wait(days=1)
        assert office.send() == 0
    assert list(office.mailbox.times.values()) == [2]
    assert office.mailbox.effects == ["演示"]
    one, two = (
        [line for line in content.splitlines() if not line.startswith(b"X-")] for content in office.mailbox.contents
    )
    assert one == two


def test_a_letter_that_kills_every_connection_keeps_nobody_waiting(office: Office) -> None:
    """The others go over a connection of their own."""
    poison = office.post("poison")
    for number in range(5):
        office.post(f"letter {number}")

    def chokes(talk: Talk) -> None:
        talk.say("220 mail")
        while line := talk.hear():
            if line.lower().startswith("data"):
                talk.say("354 go on")
                content = b"".join(iter(talk.rfile.readline, b".\r\n"))
                if b"cG9pc29u" in content:
                    return
                talk.mailbox.put(content)
            talk.say("250 OK")

    with bad_server(office.mailbox, chokes, port=office.port):
        for _ in range(3):
            office.send()
            office.wait(seconds=5)
    assert office.mailbox.effects == [f"letter {number}" for number in range(5)]
    assert office.state(poison) == (LetterState.WAITING, "dropped", 1)


def test_a_server_that_dies_before_the_letter_took_nothing(office: Office) -> None:
    case = office.post()
    with bad_server(office.mailbox, dies_before_data, port=office.port):
        assert office.send() == 0
    assert office.state(case) == (LetterState.WAITING, "dropped", 1)
    assert office.mailbox.contents == []


def test_letters_of_an_erased_case_are_not_sent(office: Office) -> None:
    """个人信息保护法 47."""
    case = office.post()
    with office.database.write() as tx:
        erase(tx, case=case, at=office.now)
    with good_server(office.mailbox, port=office.port):
        assert office.send() == 0
    assert office.mailbox.contents == []
    assert office.state(case)[:2] == (LetterState.GIVEN_UP, "erased")


def test_a_missing_master_key_loses_no_letter(office: Office) -> None:
    case = office.post()
    key, office.master = office.master, MasterKey(bytes(32))
    with good_server(office.mailbox, port=office.port):
        for _ in range(30):
            assert office.send() == 0
            office.wait(hours=1)
        assert office.state(case) == (LetterState.WAITING, "unreadable", 0)
        office.master = key
        assert office.send() == 1


def test_an_operator_can_have_everything_tried_at_once(office: Office) -> None:
    office.post()
    given_up = office.post()
    office.send()
    assert office.fault() is not None
    with good_server(office.mailbox, port=office.port, at_rcpt=in_turn("451 later", "550 no")):
        assert office.send() == 0, "the line rests"
        with office.database.write() as tx:
            assert send_at_once(tx, now=office.now, given_up=False) == 2
        assert office.send() == 0
        with office.database.write() as tx:
            assert send_at_once(tx, now=office.now, given_up=True) == 2
        assert office.send() == 2
    assert office.state(given_up)[0] is LetterState.SENT


def test_nothing_is_written_while_the_server_is_talked_to(office: Office) -> None:
    """No lock on the database waits for a mail server: others write in the midst of DATA."""
    office.post()

    def writes_meanwhile(_: object) -> None:
        office.case()

    with good_server(office.mailbox, port=office.port, at_data=writes_meanwhile):
        assert office.send() == 1


@pytest.mark.parametrize("kind", BOTH)
def test_four_senders_at_once_hand_each_letter_in_once(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    """The lease lets one work; if it fails, a row in hand is still nobody else's. Order within a case is kept."""
    for database in opened(request, tmp_path, kind=kind):
        office, gate = Office(database), threading.Barrier(4)
        cases = [office.case() for _ in range(8)]
        for number in range(48):
            office.post(f"letter {number}", case=cases[number % 8])
        url = database.engine.url.render_as_string(hide_password=False)
        with good_server(office.mailbox, port=office.port), ThreadPoolExecutor(4) as pool:
            each = partial(send_behind, office=office, url=url)
            sent = sum(pool.map(each, [gate] * 4))
        assert sent == 48
        assert set(office.mailbox.times.values()) == {1}
        arrived = [int(text.split()[1]) for text in office.mailbox.effects]
        for case in range(8):
            assert [number for number in arrived if number % 8 == case] == list(range(case, 48, 8))


def send_behind(gate: threading.Barrier, *, office: Office, url: str) -> int:
    """One of several senders that start together, with connections of its own; those who come too early look again."""
    own = open_database(url)
    gate.wait()
    sent = 0
    while True:
        sent += send_due(replace(office.sender(), database=own))
        with own.read() as tx:
            if not counts(tx, now=office.now).waiting:
                break
    own.close()
    return sent


def test_rests_grow_to_a_bound_and_are_spread_by_chance() -> None:
    rests = [rest_after(failures, bounds=LETTER_RESTS, chance=0.5) for failures in range(1, 1000)]
    assert rests[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert rests == sorted(rests)
    assert rests[-1] == timedelta(hours=2)
    least, most = (rest_after(1, bounds=LETTER_RESTS, chance=chance) for chance in (0, 1))
    assert (least, most) == (timedelta(seconds=48), timedelta(seconds=72))


def test_no_word_of_a_letter_or_a_server_reaches_an_error(office: Office) -> None:
    """What a log may show: the sender, a letter, what went wrong."""
    office.post()
    with good_server(office.mailbox, port=office.port, at_rcpt=in_turn("550 <zhang.san@example.com> unknown")):
        office.send()
    with office.database.read() as tx:
        shown = repr((office.sender(), counts(tx, now=office.now), letters_of(tx, "case-0")))
    for secret in (TO, "zhang.san", SUBJECT, "unknown"):
        assert secret not in shown
