"""``greenmine witness``: a small server by which a newspaper, a university or another province keeps our word for us.

It speaks C2SP tlog-witness, knows nothing of this site but ``greenmine.tlog``, and keeps one SQLite file: for each log
the head it cosigned last. Comparing and keeping are one transaction, committed before the answer, so that two
requests at once never take a log back (the race of tlog-witness). A head that the log signed and that does not continue
what was cosigned is not cosigned, but kept: it may prove that the log told two stories.
"""

import base64
import io
import os
import secrets
import signal
import socket
import socketserver
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import click

from greenmine.tlog.checkpoint import Checkpoint, cosign
from greenmine.tlog.note import (
    COSIGNATURE,
    ED25519,
    SEED,
    Malformed,
    Signature,
    SignedNote,
    SignerKey,
    VerifierKey,
    parse_vkey,
    unbase64,
)
from greenmine.tlog.witness import (
    LONGEST_REQUEST,
    SIZE_TYPE,
    AddCheckpoint,
    Refused,
    Seen,
    monitoring_path,
    parse_add_checkpoint,
    require_continues,
    require_signed,
)

PATIENCE: Final = 10.0
"""Seconds in which a whole request must have come, and between two of one connection."""
CONNECTIONS: Final = 32
MOST_KEPT: Final = 1000
"""Heads kept as evidence, so that nobody can fill the disk."""
SLACK: Final = 300
"""Seconds the clock may stand behind the last cosignature; further back nothing is signed until it is put right."""

_TEXT: Final = "text/plain; charset=utf-8"
_PREFIX: Final = "PRIVATE+KEY"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS head (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, time INTEGER NOT NULL, note TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS evidence (
    origin TEXT, size INTEGER, root BLOB, time INTEGER NOT NULL, seen INTEGER NOT NULL, request TEXT NOT NULL,
    PRIMARY KEY (origin, size, root));
"""


@dataclass(frozen=True)
class State:
    """The file that remembers. Each call opens it anew: safe between threads and processes."""

    path: Path

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone; durable when it has ended, undone when it fails."""
        with closing(sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def make(self) -> None:
        """The tables, in a file that only its owner reads; nothing happens when they are there."""
        self.path.touch(mode=0o600)
        with closing(sqlite3.connect(self.path, timeout=PATIENCE)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(_SCHEMA)

    def note(self, origin: str) -> str | None:
        """The head cosigned last, as a note."""
        with closing(sqlite3.connect(self.path, timeout=PATIENCE)) as connection:
            row = connection.execute("SELECT note FROM head WHERE origin = ?", (origin,)).fetchone()
        return None if row is None else str(row[0])


@dataclass(frozen=True)
class Witness:
    """A key, the logs that are known, and what was cosigned for them.

    :param clock: POSIX seconds
    """

    key: SignerKey
    logs: Sequence[VerifierKey]
    state: State
    clock: Callable[[], float] = time.time

    def add(self, request: AddCheckpoint) -> str:
        """Cosign a head that continues the one before; the signature lines. Raises Malformed, Refused."""
        head = require_signed(request, self.logs)
        try:
            with self.state.writing() as state:
                return self._cosign(state, request, head)
        except Refused as refused:
            if refused.status in {409, 422} and head.size:
                self._keep_evidence(request, head)
            raise

    def _cosign(self, state: sqlite3.Connection, request: AddCheckpoint, head: Checkpoint) -> str:
        row = state.execute("SELECT size, root, time FROM head WHERE origin = ?", (head.origin,)).fetchone()
        require_continues(request, head, Seen(row[0], bytes(row[1])) if row else Seen())
        now = int(self.clock())
        if row and now < row[2] - SLACK:
            raise Refused(503, "the clock of the witness stands behind its last cosignature")
        now = max(now, row[2]) if row else now
        line = cosign(request.note.text, self.key, time=now)
        note = SignedNote(request.note.text, (*self._signed_lines(request.note), line))
        state.execute(
            "INSERT OR REPLACE INTO head (origin, size, root, time, note) VALUES (?, ?, ?, ?, ?)",
            (head.origin, head.size, head.root, now, str(note)),
        )
        return line.line

    def _signed_lines(self, note: SignedNote) -> tuple[Signature, ...]:
        """The log's own lines, each once: one that does not verify, or stands there 64 times, spoils the kept head."""
        message = note.text.encode()
        good = (s for s in note.signatures if any(s.is_of(key) and key.accepts(message, s.raw) for key in self.logs))
        return tuple(dict.fromkeys(good))

    def _keep_evidence(self, request: AddCheckpoint, head: Checkpoint) -> None:
        """Keep a head that the log signed and that cannot be seen to continue ours, once each and not without end."""
        with self.state.writing() as state:
            row = state.execute("SELECT size, root FROM head WHERE origin = ?", (head.origin,)).fetchone()
            if row is None:
                return
            forked = head.size == row[0] and head.root != bytes(row[1])  # nobody but the log can make one
            unproved = request.old == row[0] < head.size
            kept = state.execute("SELECT count(*) FROM evidence").fetchone()[0]
            if not (forked or unproved) or kept >= (2 * MOST_KEPT if forked else MOST_KEPT):
                return
            state.execute(
                "INSERT OR IGNORE INTO evidence (origin, size, root, time, seen, request) VALUES (?, ?, ?, ?, ?, ?)",
                (head.origin, head.size, head.root, int(self.clock()), row[0], str(request)),
            )


class _Deadline(io.RawIOBase):
    """A socket's bytes, all of which must come before ``ends``: dripping them one by one gains nothing."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.ends = time.monotonic() + PATIENCE

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request took too long")
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "greenmine-witness"
    sys_version = ""
    server: "WitnessServer"

    def setup(self) -> None:
        super().setup()
        self.rfile.close()  # ours reads the socket instead
        self._deadline = _Deadline(self.connection)
        self.rfile = io.BufferedReader(self._deadline)

    def handle_one_request(self) -> None:
        self._deadline.ends = time.monotonic() + PATIENCE
        try:
            super().handle_one_request()
        except (OSError, ValueError):
            self.close_connection = True  # it went away, or was too slow

    def do_POST(self) -> None:
        """``add-checkpoint``."""
        if self.path != "/add-checkpoint":
            self._refuse(404, "there is no such address")
            return
        body = self._body()
        if body is None:
            return
        try:
            lines = self.server.witness.add(parse_add_checkpoint(body))
        except Malformed as error:
            self._answer(400, f"{error}\n")
        except Refused as refused:
            if refused.size is None:
                self._answer(refused.status, f"{refused}\n")
            else:
                self._answer(refused.status, f"{refused.size}\n", media_type=SIZE_TYPE)
        except sqlite3.Error as error:
            self.log_error("state: %s", error)
            self._answer(503, "the state of the witness cannot be written now\n")
        else:
            self._answer(200, lines)

    def do_GET(self) -> None:
        """``/``: who this is; ``/<SHA-256 of the origin>/checkpoint``: the head cosigned last."""
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # a body that nobody reads is not the next request
        witness = self.server.witness
        if self.path == "/":
            self._answer(200, "".join(f"{key.vkey}\n" for key in (witness.key.verifier, *witness.logs)))
            return
        origins = {f"/{monitoring_path(key.name)}": key.name for key in witness.logs}
        note = witness.state.note(origins[self.path]) if self.path in origins else None
        if note is None:
            self._answer(404, "nothing was cosigned for such a log\n")
        else:
            self._answer(200, note)

    def log_message(self, format: str, *args: object) -> None:
        """Whoever asks is not written down: a log's own requests tell nothing, others' addresses are not ours."""

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not length.isascii() or not length.isdigit():
            self._refuse(411, "a request names its length")
            return None
        if len(length) > 9 or int(length) > LONGEST_REQUEST:
            self._refuse(413, "a request of this size is no checkpoint")
            return None
        body = self.rfile.read(int(length))
        if len(body) != int(length):
            self.close_connection = True
            return None
        return body

    def _refuse(self, status: int, reason: str) -> None:
        """Answer without having read the body: the connection cannot go on."""
        self.close_connection = True
        self._answer(status, f"{reason}\n")

    def _answer(self, status: int, text: str, *, media_type: str = _TEXT) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.connection.settimeout(PATIENCE)
        self.wfile.write(content)


@dataclass(eq=False)
class WitnessServer(ThreadingHTTPServer):
    """At most 32 connections at once, each in its thread; one more is hung up on."""

    address: tuple[str, int]
    witness: Witness
    places: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(CONNECTIONS))

    daemon_threads = True
    request_queue_size = 64

    def __post_init__(self) -> None:
        super().__init__(self.address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """In a thread, while there is a place."""
        if self.places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """The thread gives its place back, however it ended."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is nobody's news."""

    def server_bind(self) -> None:
        """Without asking a name server who we are."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])


def make_key(path: Path, name: str) -> SignerKey:
    """A new key in a new file, 0600. Raises FileExistsError."""
    key = SignerKey(name, COSIGNATURE, secrets.token_bytes(SEED))
    public = key.verifier
    words = f"{_PREFIX}+{name}+{public.id.hex()}+{base64.b64encode(bytes([COSIGNATURE]) + key.seed).decode()}\n"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(words)
        file.flush()
        os.fsync(file.fileno())
    return key


def read_key(path: Path) -> SignerKey:
    """The key of a file (the form of golang.org/x/mod/sumdb/note). Raises Malformed, also when others may read it."""
    if path.stat().st_mode & 0o077:
        raise Malformed(f"{path} may be read by others: chmod 600")
    words = path.read_text("utf-8").strip().split("+", 4)
    raw = unbase64(words[4]) if len(words) == 5 and "+".join(words[:2]) == _PREFIX else b""
    if len(raw) != 1 + SEED or raw[0] != COSIGNATURE:
        raise Malformed(f"{path} holds no key of a witness")
    key = SignerKey(words[2], COSIGNATURE, raw[1:])
    if key.verifier.id.hex() != words[3]:
        raise Malformed(f"{path} is damaged: the key ID does not fit")
    return key


@click.group("witness")
def witness_group() -> None:
    """见证服务：独立机构为公开记录库的记录头作证（C2SP tlog-witness），不需要安装数据库。"""


KEY = click.option("--key", required=True, type=click.Path(path_type=Path), help="见证密钥文件（0600）。")


@witness_group.command("init")
@KEY
@click.option("--name", required=True, help="见证方名称，不带协议的网址，如 witness.example.org。")
def init(*, key: Path, name: str) -> None:
    """生成见证密钥，显示公钥；请把公钥交给被见证的网站。"""
    try:
        made = make_key(key, name)
    except FileExistsError as error:
        raise click.ClickException(f"{key} 已存在，没有改动。") from error
    except Malformed as error:
        raise click.ClickException("名称不能为空，也不能含空格和加号。") from error
    click.echo(made.verifier.vkey)


@witness_group.command("run")
@KEY
@click.option("--log", "logs", required=True, multiple=True, metavar="VKEY", help="被见证记录库的公钥，可多次给出。")
@click.option("--state", type=click.Path(path_type=Path), help="状态文件；不填则在密钥文件旁。请勿删除或恢复旧备份。")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址；对外请置于提供 https 的反向代理之后。")
@click.option("--port", default=7380, show_default=True, type=click.IntRange(0, 65535), help="监听端口。")
def run(*, key: Path, logs: tuple[str, ...], state: Path | None, host: str, port: int) -> None:
    """运行见证服务：POST /add-checkpoint，GET /<记录库名称的 SHA-256>/checkpoint。"""
    try:
        known = tuple(parse_vkey(text) for text in logs)
        own = read_key(key)
    except Malformed as error:
        raise click.ClickException(f"密钥无效：{error}。") from error
    if any(each.type != ED25519 for each in known):
        raise click.ClickException("记录库公钥的类型须为 0x01。")
    kept = State(state or key.with_name(f"{key.name}.state"))
    kept.make()
    server = WitnessServer((host, port), Witness(own, known, kept))
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    click.echo(f"{own.verifier.vkey}\nhttp://{host}:{server.server_port}/")
    with server:
        server.serve_forever()
