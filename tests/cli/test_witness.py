"""``greenmine witness``: tlog-witness over real sockets, against honest, forked, rolled back and hostile logs."""

import http.client
import re
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from tests.site_process import CHECKOUT, environment, free_port, running, until
from tests.tlog_keys import LOG, WITNESSES, StoredLog, log_of
from tests.witnesses import witness

from greenmine.cli import witness as room
from greenmine.cli.witness import WitnessServer, make_key, read_key
from greenmine.tlog.checkpoint import Checkpoint, checkpoint_of, cosignature_of, sign_checkpoint
from greenmine.tlog.merkle import consistency_proof, root
from greenmine.tlog.note import ED25519, Malformed, SignedNote, SignerKey, parse_note
from greenmine.tlog.witness import AddCheckpoint, monitoring_path, parse_cosignatures

NOW = 1_790_000_000
ENTRIES = [f"entry {n}".encode() for n in range(300)]
HONEST = log_of(ENTRIES)
FORKED = log_of([*ENTRIES[:6], b"another story", *ENTRIES[7:]])
OLD = WITNESSES[0].verifier


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WitnessServer]:
    with witness(tmp_path, clock=lambda: NOW) as made:
        yield made


def head(size: int, log: StoredLog = HONEST, *, key: SignerKey = LOG) -> SignedNote:
    return sign_checkpoint(Checkpoint(key.name, size, root(size, log.read)), [key])


def step(old: int, new: int, log: StoredLog = HONEST) -> bytes:
    return str(AddCheckpoint(old, tuple(consistency_proof(old, new, log.read)), head(new, log))).encode()


def post(server: WitnessServer, body: bytes, path: str = "/add-checkpoint") -> tuple[int, str, bytes]:
    return ask(server, "POST", path, body)


def ask(server: WitnessServer, method: str, path: str, body: bytes | None = None) -> tuple[int, str, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)) as connection:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read()


def shown(server: WitnessServer) -> SignedNote:
    status, _, body = ask(server, "GET", f"/{monitoring_path(LOG.name)}")
    assert status == 200
    return parse_note(body.decode())


def test_a_head_is_cosigned_at_the_witness_own_time_and_shown_to_monitors(server: WitnessServer) -> None:
    status, media_type, body = post(server, step(0, 5))
    assert (status, media_type) == (200, "text/plain; charset=utf-8")
    note = SignedNote(head(5).text, tuple(parse_cosignatures(body)))
    found = cosignature_of(note, OLD)
    assert found is not None
    assert found.time == NOW
    kept = shown(server)
    assert checkpoint_of(kept, LOG.verifier).size == 5
    assert cosignature_of(kept, OLD) == found


def test_it_goes_on_from_where_it_stands_and_says_where_that_is(server: WitnessServer) -> None:
    assert post(server, step(0, 5))[0] == 200
    assert post(server, step(0, 9)) == (409, "text/x.tlog.size", b"5\n")
    assert post(server, step(5, 9))[0] == 200
    assert post(server, step(9, 9))[0] == 200  # the hourly word on the same head
    assert post(server, step(9, 300))[0] == 200
    assert checkpoint_of(shown(server), LOG.verifier).size == 300


def test_a_log_that_was_signed_anew_is_refused_and_kept_as_evidence(server: WitnessServer) -> None:
    assert post(server, step(0, 20))[0] == 200
    assert post(server, step(20, 20, FORKED)) == (409, "text/x.tlog.size", b"20\n")
    assert post(server, step(20, 40, FORKED))[0] == 422
    assert checkpoint_of(shown(server), LOG.verifier).root == root(20, HONEST.read)
    assert sorted(evidence(server)) == [20, 40]
    assert post(server, step(20, 40))[0] == 200  # the honest story goes on


def test_what_others_write_below_the_head_is_not_kept(server: WitnessServer) -> None:
    """64 copies of the log's line, or a false one of its other key: the head shown stays readable and believed."""
    (line,) = head(5).signatures
    many = AddCheckpoint(0, (), SignedNote(head(5).text, (line,) * 64))
    assert post(server, str(many).encode())[0] == 200
    assert shown(server).signatures[:-1] == (line,)


def test_a_rollback_is_refused(server: WitnessServer) -> None:
    assert post(server, step(0, 20))[0] == 200
    assert post(server, step(0, 10)) == (409, "text/x.tlog.size", b"20\n")
    assert post(server, str(AddCheckpoint(20, (), head(10))).encode())[0] == 400
    assert checkpoint_of(shown(server), LOG.verifier).size == 20


def test_who_is_unknown_or_unsigned_is_refused(server: WitnessServer) -> None:
    elsewhere = SignerKey("elsewhere.example/log", ED25519, b"\x07" * 32)
    forger = SignerKey(LOG.name, ED25519, b"\x07" * 32)
    assert post(server, str(AddCheckpoint(0, (), head(3, key=elsewhere))).encode())[0] == 404
    assert post(server, str(AddCheckpoint(0, (), head(3, key=forger))).encode())[0] == 403
    assert post(server, b"old 0\n\nnothing")[0] == 400
    assert ask(server, "GET", f"/{monitoring_path(LOG.name)}")[0] == 404
    assert ask(server, "GET", "/../../etc/passwd")[0] == 404
    assert post(server, step(0, 5), path="/add-checkpoint/")[0] == 404


def test_of_requests_at_once_none_takes_the_log_back(server: WitnessServer) -> None:
    """The race of tlog-witness: A to N and B to N+K are both checked before either is kept."""
    assert post(server, step(0, 5))[0] == 200
    sizes, answers = list(range(6, 46)), list[tuple[int, int]]()
    gate = threading.Barrier(8)

    def run(mine: list[int]) -> None:
        gate.wait()
        answers.extend((size, post(server, step(5, size))[0]) for size in mine)

    threads = [threading.Thread(target=run, args=(sizes[n::8],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [size for size, status in answers if status == 200]
    assert len(won) == 1
    assert {status for size, status in answers if size != won[0]} == {409}
    assert checkpoint_of(shown(server), LOG.verifier).size == won[0]


def test_what_it_cannot_keep_it_does_not_cosign(server: WitnessServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert post(server, step(0, 5))[0] == 200
    monkeypatch.setattr(room, "PATIENCE", 0.2)
    with closing(sqlite3.connect(server.witness.state.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert post(server, step(5, 9))[0] == 503
        other.execute("ROLLBACK")
    assert checkpoint_of(shown(server), LOG.verifier).size == 5


def test_a_clock_put_back_signs_nothing(tmp_path: Path) -> None:
    time = [NOW]
    with witness(tmp_path, clock=lambda: time[0]) as server:
        assert post(server, step(0, 5))[0] == 200
        time[0] = NOW - 86_400
        assert post(server, step(5, 5))[0] == 503
        time[0] = NOW - 2
        _, _, body = post(server, step(5, 5))
    found = cosignature_of(SignedNote(head(5).text, tuple(parse_cosignatures(body))), OLD)
    assert found is not None
    assert found.time == NOW  # never earlier than the one before


def test_hostile_bodies_are_bounded(server: WitnessServer) -> None:
    for request in (
        b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 65537\r\n\r\n",
    ):
        assert raw(server, request).startswith(b"HTTP/1.1 413 ")
    for headers in (b"", b"Content-Length: -1\r\n", b"Content-Length: 1_0\r\n", b"Transfer-Encoding: chunked\r\n"):
        assert raw(server, b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\n" + headers + b"\r\n").startswith(
            b"HTTP/1.1 411 "
        )
    assert raw(server, b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 414 ")
    assert post(server, b"\n" * 65_536)[0] == 400
    assert post(server, step(0, 5))[0] == 200


def test_a_body_that_is_not_read_is_no_second_request(server: WitnessServer) -> None:
    """Else somebody behind a proxy would answer for the next reader of the connection."""
    hidden = b"GET / HTTP/1.1\r\nHost: w\r\n\r\n"
    for told in (b"Content-Length: %d" % len(hidden), b"Transfer-Encoding: chunked"):
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: w\r\n" + told + b"\r\n\r\n" + hidden)
            answers = b""
            with suppress(ConnectionResetError):
                while piece := connection.recv(4096):
                    answers += piece
        assert answers.count(b"HTTP/1.1 200 ") == 1 and b"Connection: close" in answers


def test_dripping_connections_are_hung_up_on_and_others_served(
    server: WitnessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "PATIENCE", 1.0)
    slow = [socket.create_connection(("127.0.0.1", server.server_port)) for _ in range(room.CONNECTIONS + 8)]
    try:
        for connection in slow:
            connection.sendall(b"POST /add-checkpoint HTTP/1.1\r\n")
        closed = [connection for connection in slow if _is_closed(connection)]
        assert len(closed) == len(slow)
        assert post(server, step(0, 5))[0] == 200
    finally:
        for connection in slow:
            connection.close()


def test_one_connection_serves_many_requests(server: WitnessServer) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)) as connection:
        for old, new in ((0, 5), (5, 9), (9, 9)):
            connection.request("POST", "/add-checkpoint", step(old, new))
            answer = connection.getresponse()
            assert (answer.status, bool(answer.read())) == (200, True)


def test_the_key_is_made_once_kept_private_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "witness.key"
    made = make_key(path, "witness.example/w9")
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_key(path) == made
    with pytest.raises(FileExistsError):
        make_key(path, "witness.example/w9")
    path.chmod(0o644)
    with pytest.raises(Malformed):
        read_key(path)
    path.chmod(0o600)
    path.write_text(path.read_text().replace("w9", "w8"))
    with pytest.raises(Malformed):
        read_key(path)


@pytest.mark.usefixtures("processes")
def test_the_command_runs_alone_and_remembers_after_a_kill(tmp_path: Path) -> None:
    env, log = environment(tmp_path), tmp_path / "witness.out"
    key, port = tmp_path / "w.key", free_port()
    with running(
        ["-m", "greenmine", "witness", "init", "--key", str(key), "--name", "paper.example"], env=env, log=log
    ):
        until(key.exists, seconds=60, log=log)
        until(lambda: "paper.example+" in log.read_text(), seconds=60, log=log)
    vkey = re.search(r"paper\.example\+\S+", log.read_text())
    assert vkey is not None
    command = ["-m", "greenmine", "witness", "run", "--key", str(key), "--log", LOG.verifier.vkey, "--port", str(port)]
    for old, new in ((0, 5), (5, 9)):
        with running(command, env=env, log=log):
            until(lambda: _listens(port), seconds=60, log=log)
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
                connection.request("POST", "/add-checkpoint", step(old, new))
                assert connection.getresponse().status == 200
    assert not (tmp_path / "data").exists()  # it opens nothing of the site


def test_it_imports_nothing_of_the_site_but_the_log() -> None:
    text = (CHECKOUT / "site" / "greenmine" / "cli" / "witness.py").read_text("utf-8")
    imported = set(re.findall(r"^from (greenmine[.\w]*)", text, re.MULTILINE))
    assert imported
    assert all(name.startswith("greenmine.tlog.") for name in imported)


def raw(server: WitnessServer, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as connection:
        connection.sendall(request)
        return connection.recv(4096)


def evidence(server: WitnessServer) -> list[int]:
    with closing(sqlite3.connect(server.witness.state.path)) as connection:
        return [row[0] for row in connection.execute("SELECT size FROM evidence")]


def _is_closed(connection: socket.socket) -> bool:
    connection.settimeout(20)
    try:
        return connection.recv(4096) is not None
    except ConnectionError:
        return True


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
