"""Collecting cosignatures from witnesses that work, and from such as are down, slow, lying or forked (trust.md)."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.log_site import LogSite, log_site
from tests.one_app import services_for
from tests.site_process import free_port
from tests.tlog_keys import WITNESSES, log_of
from tests.witnesses import Faulty, faulty, say, witness

from greenmine.cli.witness import WitnessServer
from greenmine.cli.witness_line import TURN, ask_witnesses
from greenmine.config import SettingsError
from greenmine.domain.errors import Unready
from greenmine.services import Services
from greenmine.store.log import newest_head, root_at
from greenmine.store.log_key import log_keys
from greenmine.store.log_seal import read_head
from greenmine.store.log_witness import witness_fault
from greenmine.store.tables_log import log_signature
from greenmine.tlog.checkpoint import Checkpoint, cosign, parse_checkpoint, sign_checkpoint
from greenmine.tlog.merkle import root
from greenmine.tlog.note import SignerKey, VerifierKey
from greenmine.tlog.policy import Policy, Witness, judge, parse_policy
from greenmine.tlog.witness import SIZE_TYPE, parse_add_checkpoint
from greenmine.usecases.log_witness import WitnessFault, witness_standings

KEY = WITNESSES[0]
Answerer = Callable[[Faulty, BaseHTTPRequestHandler, bytes], None]
HOUR = timedelta(hours=1)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LogSite]:
    with log_site(tmp_path / "data") as made:
        made.record(1, 2, 3)
        yield made


def watched(site: LogSite, *urls: str, quorum: str = "none") -> Services:
    """The site with a witness at each of these addresses."""
    witnesses = tuple(Witness(f"w{n + 1}", WITNESSES[n].verifier, url) for n, url in enumerate(urls))
    return replace(site.services, witnesses=Policy((), witnesses, (), quorum))


def own_key(site: LogSite) -> VerifierKey:
    with site.services.database.read() as tx:
        return log_keys(tx)[0].key


def honest(
    site: LogSite, folder: Path, *, port: int = 0, key: SignerKey = KEY
) -> AbstractContextManager[WitnessServer]:
    def clock() -> float:
        return site.clock.now.timestamp()

    return witness(folder, key=key, logs=(own_key(site),), clock=clock, port=port)


def url_of(server: WitnessServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def kept(services: Services) -> list[tuple[int, int]]:
    """Size and time of the cosignatures in the database."""
    with services.database.read() as tx:
        rows = tx.execute(select(log_signature).where(log_signature.c.time > 0).order_by(log_signature.c.time))
        return [(row.size, row.time) for row in rows]


def fault(services: Services, place: int = 0) -> WitnessFault | None:
    with services.database.read() as tx:
        return witness_standings(tx, services.witnesses, now=services.clock())[place].fault


def test_each_new_head_is_cosigned_and_published_with_it(site: LogSite, tmp_path: Path) -> None:
    with honest(site, tmp_path) as server:
        services = watched(site, url_of(server), quorum="w1")
        assert ask_witnesses(services) == 1
        assert ask_witnesses(services) == 0  # nothing new to be said
        site.record(4, 5)
        assert ask_witnesses(services) == 1
    now = int(site.clock.now.timestamp())
    assert kept(services) == [(3, now), (5, now)]
    with services.database.read() as tx:
        head = newest_head(tx)
    assert head is not None
    policy = parse_policy(f"log {own_key(site).vkey}\nwitness w1 {KEY.verifier.vkey}\nquorum w1\n")
    assert judge(head.note, policy).has_quorum


def test_the_same_head_is_cosigned_anew_every_hour_and_shown_with_the_last_word(site: LogSite, tmp_path: Path) -> None:
    with honest(site, tmp_path) as server:
        services = watched(site, url_of(server))
        for hour in range(70):  # more than the 64 signatures a note may bear
            assert ask_witnesses(services) == 1, hour
            site.clock.now += HOUR
    assert len(kept(services)) == 70
    with services.database.read() as tx:
        head = newest_head(tx)
    assert head is not None
    assert len(head.signatures) == 2
    assert head.signatures[1].raw[:8] == int((site.clock.now - HOUR).timestamp()).to_bytes(8, "big")


def test_a_witness_that_stands_elsewhere_is_met_there(site: LogSite, tmp_path: Path) -> None:
    """A new database row set (another node's worker asked before), and a witness that forgot."""
    with honest(site, tmp_path) as server:
        assert ask_witnesses(watched(site, url_of(server))) == 1
        site.record(4)
        forgetful = replace(site.services, witnesses=watched(site, url_of(server)).witnesses)
        with server.witness.state.writing() as state:
            state.execute("DELETE FROM head")
        assert ask_witnesses(forgetful) == 1  # 409 with 0, then from nothing


def test_a_witness_that_is_down_costs_nothing_and_rests_longer_each_time(site: LogSite) -> None:
    services = watched(site, f"http://127.0.0.1:{free_port()}")
    rests = []
    for _ in range(10):
        begun = site.clock.now
        assert ask_witnesses(services) == 0
        with services.database.read() as tx:
            row = witness_fault(tx, KEY.verifier)
        assert row is not None and row.code == WitnessFault.DOWN
        rests.append((row.until - begun).total_seconds())
        site.clock.now = row.until - timedelta(seconds=1)
        assert ask_witnesses(services) == 0
        with services.database.read() as tx:
            assert witness_fault(tx, KEY.verifier) == row  # not asked while it rests
        site.clock.now = row.until
    assert rests == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    site.record(4)  # acts go on


def test_when_it_is_back_it_is_asked_again_and_the_fault_forgotten(site: LogSite, tmp_path: Path) -> None:
    port = free_port()
    services = watched(site, f"http://127.0.0.1:{port}")
    assert ask_witnesses(services) == 0
    assert fault(services) is WitnessFault.DOWN
    site.clock.now += timedelta(minutes=1)
    with honest(site, tmp_path, port=port):
        assert ask_witnesses(services) == 1
    assert fault(services) is None


def test_slow_witnesses_hold_up_neither_the_worker_nor_the_quick_ones(site: LogSite, tmp_path: Path) -> None:
    def drip(made: Faulty, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        for _ in range(100):
            handler.wfile.write(b"H")
            handler.wfile.flush()
            time.sleep(0.2)

    with faulty(drip) as slow, honest(site, tmp_path, key=WITNESSES[1]) as quick:
        services = watched(site, slow.url, url_of(quick))
        begun = time.monotonic()
        assert ask_witnesses(services) == 1
        assert time.monotonic() - begun < TURN + 2
    assert (fault(services, 0), fault(services, 1)) == (WitnessFault.SLOW, None)


def signed_by(key: SignerKey, shift: timedelta, site: LogSite) -> Answerer:
    def answer(made: Faulty, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        text = parse_add_checkpoint(body).note.text
        moment = int((site.clock.now + shift).timestamp())
        say(handler, 200, cosign(text, key, time=moment).line.encode())

    return answer


LIES = {
    "of another key": (WITNESSES[2], timedelta(0), WitnessFault.UNSIGNED),
    "with its name and another key": (
        SignerKey(KEY.name, KEY.type, b"\x09" * 32),
        timedelta(0),
        WitnessFault.UNSIGNED,
    ),
    "of last week": (KEY, timedelta(days=-7), WitnessFault.STALE),
    "of tomorrow": (KEY, timedelta(days=1), WitnessFault.FUTURE),
}


@pytest.mark.parametrize("name", LIES)
def test_cosignatures_that_are_not_its_word_now_are_not_kept(site: LogSite, name: str) -> None:
    key, shift, expected = LIES[name]
    with faulty(signed_by(key, shift, site)) as liar:
        services = watched(site, liar.url)
        assert ask_witnesses(services) == 0
    assert fault(services) is expected
    assert kept(services) == []


def test_a_cosignature_of_another_head_is_not_kept(site: LogSite) -> None:
    other = Checkpoint("demo.greenmine.invalid/log", 3, b"\x01" * 32)

    def answer(made: Faulty, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        say(handler, 200, cosign(other.text, KEY, time=int(site.clock.now.timestamp())).line.encode())

    with faulty(answer) as liar:
        services = watched(site, liar.url)
        assert ask_witnesses(services) == 0
    assert (fault(services), kept(services)) == (WitnessFault.FALSE, [])


SIZE = {"Content_Type": SIZE_TYPE}
ANSWERS: dict[str, tuple[Callable[[Faulty], tuple[int, bytes, dict[str, str]]], WitnessFault]] = {
    "loop": (lambda made: (409, b"%d\n" % (len(made.asked) % 3), SIZE), WitnessFault.LOOPING),
    "the same size again": (lambda made: (409, b"0\n", SIZE), WitnessFault.LOOPING),
    "another root": (lambda made: (409, b"3\n", SIZE), WitnessFault.FORKED),
    "no proof": (lambda made: (422, b"", {}), WitnessFault.FORKED),
    "unknown": (lambda made: (404, b"", {}), WitnessFault.REFUSED),
    "forbidden": (lambda made: (403, b"", {}), WitnessFault.REFUSED),
    "broken": (lambda made: (500, b"oops", {}), WitnessFault.REFUSED),
    "redirect": (lambda made: (302, b"", {"Location": f"{made.url}/elsewhere"}), WitnessFault.REFUSED),
    "no size": (lambda made: (409, b"many\n", SIZE), WitnessFault.GARBLED),
    "not text": (lambda made: (200, b"\xff\xfe", {}), WitnessFault.GARBLED),
    "nothing": (lambda made: (200, b"", {}), WitnessFault.GARBLED),
    "huge": (lambda made: (200, b"x" * 5_000_000, {}), WitnessFault.TOO_LARGE),
    "packed": (lambda made: (200, b"\x1f\x8b\x08", {"Content_Encoding": "gzip"}), WitnessFault.GARBLED),
    "ahead without showing it": (lambda made: (409, b"999\n", SIZE), WitnessFault.AHEAD),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_bad_answers_are_told_and_followed_nowhere(site: LogSite, name: str) -> None:
    make, expected = ANSWERS[name]

    def answer(made: Faulty, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        status, content, headers = make(made)
        say(handler, status, content, **headers)

    with faulty(answer) as server:
        services = watched(site, server.url)
        begun = time.monotonic()
        assert ask_witnesses(services) == 0
        assert time.monotonic() - begun < TURN + 2
        assert len(server.asked) <= 3
    assert (fault(services), kept(services)) == (expected, [])
    site.record(4)


def shown_ahead(note: str) -> Answerer:
    def answer(made: Faulty, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        if handler.command == "GET":
            say(handler, 200, note.encode())
        else:
            say(handler, 409, b"9\n", **SIZE)

    return answer


def own_signer(site: LogSite) -> SignerKey:
    key = site.services.log_keys.find(own_key(site))
    assert key is not None
    return key


def test_a_witness_that_shows_a_later_head_of_ours_stops_acts_until_the_log_is_replayed(site: LogSite) -> None:
    """The database was restored from a backup, and the head outside it is lost too (log-spec.md 8)."""
    made = Checkpoint("demo.greenmine.invalid/log", 9, root(9, log_of([b"%d" % n for n in range(9)]).read))
    note = str(sign_checkpoint(made, [own_signer(site)]))
    with faulty(shown_ahead(note)) as server:
        services = watched(site, server.url)
        assert ask_witnesses(services) == 0
    assert fault(services) is WitnessFault.AHEAD
    head = read_head(services.settings.log_head)
    assert head is not None
    assert parse_checkpoint(head.text).size == 9
    with pytest.raises(Unready, match="落后"):
        site.record(4)


@pytest.mark.parametrize("kind", ["signed by another", "of another log", "not a note"])
def test_a_later_head_that_is_not_ours_stops_nothing(site: LogSite, kind: str) -> None:
    forger = SignerKey("demo.greenmine.invalid/log", 1, b"\x07" * 32)
    note = {
        "signed by another": str(sign_checkpoint(Checkpoint(forger.name, 9, b"\x01" * 32), [forger])),
        "of another log": str(sign_checkpoint(Checkpoint("x.example/log", 9, b"\x01" * 32), [own_signer(site)])),
        "not a note": "<html>",
    }[kind]
    with faulty(shown_ahead(note)) as server:
        services = watched(site, server.url)
        assert ask_witnesses(services) == 0
    assert fault(services) in {WitnessFault.AHEAD, WitnessFault.GARBLED}
    assert read_head(services.settings.log_head) is None
    site.record(4)


def test_a_witness_that_shows_our_own_key_under_another_root_is_called_forked(site: LogSite) -> None:
    note = str(sign_checkpoint(Checkpoint("demo.greenmine.invalid/log", 2, b"\x01" * 32), [own_signer(site)]))
    with faulty(shown_ahead(note)) as server:
        services = watched(site, server.url)
        assert ask_witnesses(services) == 0
    assert fault(services) is WitnessFault.FORKED


def test_the_file_of_witnesses_is_read_at_start_and_its_faults_refuse_it(site: LogSite, tmp_path: Path) -> None:
    path = tmp_path / "witnesses"
    settings = replace(site.services.settings, witnesses=path, data_dir=tmp_path / "other")
    good = f"witness w1 {KEY.verifier.vkey} https://witness.example/log\nquorum w1\n"
    path.write_text(good)
    built = services_for(settings)
    built.database.close()
    assert str(built.witnesses) == good
    bad = {
        f"log {own_key(site).vkey}\n{good}": "log 行",
        good.replace("https://witness.example/log", ""): "网址",
        good.replace("https", "ftp"): "网址",
        good.replace("quorum w1", ""): "quorum",
        "": "quorum",
    }
    for text, reason in bad.items():
        path.write_text(text)
        with pytest.raises(SettingsError, match=reason):
            services_for(settings)
    path.unlink()
    with pytest.raises(SettingsError):
        services_for(settings)


def test_a_site_without_witnesses_asks_nobody(site: LogSite) -> None:
    assert ask_witnesses(site.services) == 0
    with site.services.database.read() as tx:
        assert root_at(tx, 3)
    assert isinstance(site.clock.now, datetime)
