"""A hundred kills under load, and a reader outside who keeps the last checkpoint and never sees a rollback (issue 4).

Processes of one site, forked from one that has everything imported: the site itself, started as always; writers, who
record act after act and say each after its commit; and one who keeps the head outside the database, as the worker does.
Every other time all of them are killed, else one of them, and started again. The reader asks over HTTP all the while::

    us → nursery   "site\\n", "keeper\\n", "writer <region>\\n"          nursery → us   "<pid>\\n"
    writer → file  "<object>\\n", one write each, after its commit
"""

import contextlib
import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

from flask import Flask
from tests.drill.kill import Lost
from tests.drill.log_act import register
from tests.drill.log_faults import require, whole
from tests.site_process import CHECKOUT, environment, free_port
from tests.tlog_keys import log_of
from werkzeug.serving import WSGIRequestHandler, make_server

from greenmine.app import build_services, create_app
from greenmine.cli.log import keep_log
from greenmine.cli.prepare import prepare, tell_log
from greenmine.cli.ready import require_ready
from greenmine.cli.verify import run_verify
from greenmine.config import Settings, read_settings
from greenmine.services import Services
from greenmine.store.act import entries
from greenmine.store.log_key import log_keys
from greenmine.tlog.checkpoint import Checkpoint, checkpoint_of
from greenmine.tlog.merkle import root, verify_consistency
from greenmine.tlog.note import VerifierKey, parse_note
from greenmine.tlog.witness import parse_add_checkpoint

WRITERS: Final = 3
PATIENCE: Final = 120.0
PROCESSES: Final = ("site", "keeper", *["writer"] * WRITERS)
BREATH: Final = 0.005
"""Seconds between two acts of a writer: who waits for SQLite's lock only asks now and then, and would find it taken."""
UNHURRIED: Final = {"GREENMINE_RATE_PAGES": "1000000 per minute"}


@dataclass(frozen=True)
class Toll:
    """What it came to: kills, acts answered, checkpoints compared, requests nobody answered, size in the end."""

    kills: int
    acknowledged: int
    compared: int
    again: int
    size: int

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.acknowledged} acts answered of {self.size} in the log, "
            f"{self.compared} checkpoints compared, {self.again} requests without an answer"
        )


@dataclass
class Reader:
    """Somebody outside who has pinned the log's key and keeps the last checkpoint.

    :param seen: the root of every size that was ever shown
    :param compared: times that a checkpoint and the proof from the one kept were read and held
    """

    port: int
    key: VerifierKey
    stop: threading.Event = field(default_factory=threading.Event)
    kept: Checkpoint | None = None
    seen: dict[int, bytes] = field(default_factory=dict)
    compared: int = 0
    again: int = 0
    fault: str = ""

    def live(self) -> None:
        """Compare until told to stop."""
        try:
            while not self.stop.is_set():
                self.compare()
        except Exception as error:  # told by the thread that looks at us
            self.fault = f"{type(error).__name__}: {error}"[:2000]
            self.stop.set()

    def look_twice(self) -> None:
        """Wait until a comparison that was begun after now has held."""
        wanted, deadline = self.compared + 2, time.monotonic() + PATIENCE
        while self.compared < wanted and not self.stop.wait(0.005):
            require(time.monotonic() < deadline, "the site does not come back")

    def compare(self) -> None:
        """Read the checkpoint and the proof from the one kept, and keep the newest. Raises Lost, Malformed."""
        shown = self._keep(self._ask("/log/checkpoint").decode())
        before = self.kept or shown
        answer = parse_add_checkpoint(self._ask(f"/log/consistency/{before.size}.txt"))
        newest = self._keep(str(answer.note))
        require(before.size <= shown.size <= newest.size, f"{before.size}, then {shown.size}, then {newest.size}")
        holds = verify_consistency(
            old=before.size, new=newest.size, old_root=before.root, new_root=newest.root, proof=answer.proof
        )
        require(holds, f"the log of {newest.size} does not continue the one of {before.size}")
        self.kept, self.compared = newest, self.compared + 1

    def _keep(self, text: str) -> Checkpoint:
        head = checkpoint_of(parse_note(text), self.key)
        require(self.seen.setdefault(head.size, head.root) == head.root, f"two stories of {head.size} entries")
        return head

    def _ask(self, path: str) -> bytes:
        """The first answer there is."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                connection.request("GET", path)
                response = connection.getresponse()
                content = response.read()
            except (OSError, http.client.HTTPException):
                self.again += 1
                time.sleep(0.01)
                continue
            finally:
                connection.close()
            require(response.status == 200, f"{path}: {response.status} {content[:300]!r}")
            return content
        raise Lost("nobody answered")


class Nursery:
    """Forks the site's processes and kills them."""

    def __init__(self, folder: Path, port: int) -> None:
        self._log = (folder / "log").open("a")
        self._forked = 0
        self.running: list[tuple[str, int]] = []
        settings = {"GREENMINE_PORT": str(port), "PYTHONPATH": f"{CHECKOUT / 'site'}:{CHECKOUT}", **UNHURRIED}
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-m", "tests.drill.log_load", str(folder / "answers")],
            cwd=CHECKOUT, env=environment(folder, **settings), text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._log,
        )  # fmt: skip

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, *_: object) -> None:
        for each in self.running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each[1], signal.SIGKILL)
        with self._log, self._process:
            self._process.kill()

    def start(self, kinds: list[str]) -> None:
        """One process of each kind."""
        assert self._process.stdin is not None and self._process.stdout is not None
        for kind in kinds:
            self._forked += 1
            self._process.stdin.write(f"{kind} {100_000 + self._forked}\n")
            self._process.stdin.flush()
            self.running.append((kind, int(self._process.stdout.readline())))

    def kill(self, doomed: list[tuple[str, int]]) -> list[str]:
        """SIGKILL; the kinds that went. Raises Lost for one that had ended by itself."""
        for kind, pid in doomed:
            self.running = [each for each in self.running if each != (kind, pid)]
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError as error:
                raise Lost(f"a {kind} ended by itself: {Path(self._log.name).read_text()[-2000:]}") from error
        return [kind for kind, _ in doomed]


def drill_load(folder: Path, *, kills: int, seed: int = 1) -> Toll:
    """Kill all processes or one of them, ``kills`` times, while they work and somebody reads. Raises Lost."""
    port, chance = free_port(), random.Random(seed)
    with Nursery(folder, port) as nursery:
        nursery.start(list(PROCESSES))
        reader = Reader(port, _key(folder, port))
        thread = threading.Thread(target=reader.live)
        thread.start()
        try:
            reader.look_twice()
            for number in range(kills):
                if reader.stop.wait(chance.uniform(0.02, 0.5)):
                    break
                nursery.start(nursery.kill(nursery.running if number % 2 == 0 else [chance.choice(nursery.running)]))
                reader.look_twice()
        finally:
            reader.stop.set()
            thread.join()
    require(not reader.fault, reader.fault)
    told = (folder / "answers").read_text().splitlines()
    return Toll(kills, len(told), reader.compared, reader.again, check(folder, port, reader, told))


def check(folder: Path, port: int, reader: Reader, told: list[str]) -> int:
    """The record after the last kill: what was answered is there, what was shown is what the entries give."""
    services = build_services(settings_of(folder, port))
    prepare(services)
    require_ready(services)
    require(tell_log(services).refusal is None, "the start refuses acts")
    require(len(told) > 0 and len(set(told)) == len(told), f"{len(told)} answers")
    with services.database.read() as tx:
        size = whole(tx, head_file=services.settings.log_head, answered=told)
        tree = log_of([each.entry for each in entries(tx)])
    for shown, known in reader.seen.items():
        require(root(shown, tree.read) == known, f"the checkpoint of {shown} that was shown is not of this log")
    verified, lines = run_verify(services)
    services.database.close()
    require(verified.faults == 0, f"greenmine verify: {lines[:3]}")
    return size


def settings_of(folder: Path, port: int) -> Settings:
    """The site's settings in this process."""
    return Settings.from_environment(environment(folder, GREENMINE_PORT=str(port)))


def _key(folder: Path, port: int) -> VerifierKey:
    """The log's key, as somebody got it on paper."""
    services = build_services(settings_of(folder, port))
    with services.database.read() as tx:
        key = log_keys(tx)[0].key
    services.database.close()
    return key


def _nursery(answers: Path) -> None:
    """The other end of :class:`Nursery`."""
    services = build_services(read_settings())
    prepare(services, empty=True)
    app = create_app(services=services)
    services.database.close()  # a connection must not be shared with the children
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        kind, region = line.split()
        pid = os.fork()
        if pid == 0:
            try:
                _work(kind, region, services, app, answers)
            finally:
                os._exit(1)
        os.write(1, f"{pid}\n".encode())


def _work(kind: str, region: str, services: Services, app: Flask, answers: Path) -> NoReturn:
    """What a process of this kind does until it is killed."""
    if kind == "site":
        _serve(services, app)
    handle, number = os.open(answers, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 0
    while True:
        if kind == "keeper":
            keep_log(services)
            time.sleep(0.02)
        else:
            number += 1
            name = register(services.database, f"GM-{region}-{number:04}")
            os.write(handle, f"{name}\n".encode())
            time.sleep(BREATH)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        pass


def _serve(services: Services, app: Flask) -> NoReturn:
    """Start as always, refuse to serve a log that takes no acts, and serve."""
    prepare(services)
    require_ready(services)
    require(not tell_log(services).is_red, "the start finds the log red")
    while True:  # the one killed before may still be letting go of the port
        with contextlib.suppress(OSError, SystemExit):
            make_server("127.0.0.1", services.settings.port, app, threaded=True, request_handler=_Quiet).serve_forever()
        time.sleep(0.02)


if __name__ == "__main__":
    _nursery(Path(sys.argv[1]))
