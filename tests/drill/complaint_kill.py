"""Kill -9 of the site while four people complain with files: every receipt stands for one whole case (issue 3).

The site is forked from a process that has everything imported, so that a start costs little; each round it is killed
at a random moment and started again. The people press the same button until it is answered, as people do. ::

    us → nursery   "start\\n"            nursery → us   "<pid>\\n"        (the site; it is killed from here)
"""

import contextlib
import hashlib
import http.client
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from flask import Flask
from sqlalchemy import func, select
from tests.drill.complaining import ANSWERS, NEW, RECEIPT
from tests.drill.kill import Lost
from tests.drill.visitor import Seen, Visitor, form_of
from tests.site_process import CHECKOUT, environment, free_port
from tests.web.strict_client import words
from werkzeug.serving import make_server

from greenmine.app import build_services, create_app
from greenmine.cli.prepare import prepare
from greenmine.config import read_settings
from greenmine.services import Services
from greenmine.store.case import read_parts
from greenmine.store.case_attachment import attachments_of
from greenmine.store.complaint import get_complaint
from greenmine.store.tables_case import case_task, complaint, sent_form
from greenmine.tlog.commitment import commit
from greenmine.usecases.case_step import identity_of_case, matter_of_case

PEOPLE = 4
PATIENCE = 60.0
UNHURRIED = {
    "GREENMINE_FORM_SECONDS": "0",
    "GREENMINE_BUDGET_STEPS": "1000000 per minute",
    "GREENMINE_BUDGET_STEPS_ALL": "1000000 per minute",
    "GREENMINE_BUDGET_SENT": "1000000 per minute",
    "GREENMINE_BUDGET_SENT_ALL": "1000000 per minute",
    "GREENMINE_RATE_PAGES": "1000000 per minute",
    "GREENMINE_RATE_FORMS": "1000000 per minute",
}
"""The guards against haste are drilled elsewhere; here everybody hurries."""


@dataclass(frozen=True)
class Toll:
    """What it came to: kills, receipts read, requests that had to be sent again."""

    kills: int
    acknowledged: int
    again: int


@dataclass
class Stubborn(Visitor):
    """Somebody who sends the same request until it is answered."""

    again: int = 0

    def ask(self, method: str, path: str, body: str = "") -> Seen:
        """As a visitor's, again and again while nobody answers."""
        return self.persist(lambda: super(Stubborn, self).ask(method, path, body))

    def persist(self, request: Callable[[], Seen]) -> Seen:
        """The first answer there is."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                return request()
            except (OSError, http.client.HTTPException):
                self.again += 1
                time.sleep(0.05)
        raise Lost("nobody answered for a minute")

    def attach(self, page: Seen, name: str, content: bytes) -> Seen:
        """Send the page's form with one file, as a browser does."""
        target, hidden = form_of(page)
        fields = "".join(
            f'--limit\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in hidden.items()
        )
        head = f'--limit\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        body = f"{fields}{head}Content-Type: application/pdf\r\n\r\n".encode() + content
        return self.persist(lambda: self._upload(target, body + b"\r\n--limit--\r\n"))

    def _upload(self, path: str, body: bytes) -> Seen:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(self.address, 0))
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "Content-Type": "multipart/form-data; boundary=limit", "Connection": "close"}
        try:
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        self._keep(response.headers.get_all("Set-Cookie") or [])
        return self._followed(Seen(response.status, response.headers.get("Location") or path, text, 0.0))


@dataclass
class Person:
    """Complains again and again, each time with a file of its own; keeps what the receipts say."""

    port: int
    place: int
    stop: threading.Event
    receipts: dict[str, str] = field(default_factory=dict)
    again: int = 0
    fault: str = ""

    def live(self) -> None:
        """Until told to stop; a complaint that was begun is brought to its receipt."""
        try:
            while not self.stop.is_set():
                self._complain(len(self.receipts))
        except Exception as error:  # told by the thread that looks at us
            self.fault = f"{type(error).__name__}: {error}"[:2000]
            self.stop.set()

    def _complain(self, number: int) -> None:
        visitor = Stubborn(self.port, f"127.0.1.{self.place + 1}")
        paper = f"%PDF-1.4\n% 演示附件 {self.place}-{number}\n".encode() + os.urandom(20_000) + b"\n%%EOF\n"
        page = visitor.send(visitor.get(NEW), {})
        for step, answers in ANSWERS.items():
            if step == "files":
                page = visitor.attach(page, "演示.pdf", paper)
            page = visitor.send(page, answers, action=f"{NEW}/{step}")
        page = visitor.send(page, {"declared": "y"}, action=f"{NEW}/check")
        text = words(page.document.find(".//main"))
        if page.path != RECEIPT:
            raise Lost(f"{page.path} {page.status}: {text[:500]}")
        shown = re.search(r"编号 ?([TYG](?: \d+)+)", text)
        if shown is None:
            raise Lost(f"a receipt without a number: {text[:500]}")
        case_number = shown[1].replace(" ", "")
        if case_number in self.receipts:
            raise Lost(f"two receipts with one number {case_number} in {text[:300]}")
        self.receipts[case_number] = hashlib.sha256(paper).hexdigest()
        self.again += visitor.again


class Nursery:
    """Forks the site from a process that has everything imported."""

    def __init__(self, folder: Path, port: int) -> None:
        self._log = (folder / "log").open("a")
        env = environment(folder, GREENMINE_PORT=str(port), PYTHONPATH=f"{CHECKOUT / 'site'}:{CHECKOUT}", **UNHURRIED)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.drill.complaint_kill"],
            cwd=CHECKOUT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._log,
        )  # fmt: skip

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, *_: object) -> None:
        with self._log, self._process:
            self._process.kill()

    def start(self) -> int:
        """The site's process."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write("start\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def drill_complaints(folder: Path, *, kills: int, seed: int = 1) -> Toll:
    """Kill the site ``kills`` times under load, then read every case. Raises Lost."""
    port, stop, chance = free_port(), threading.Event(), random.Random(seed)
    with Nursery(folder, port) as nursery:
        site = nursery.start()
        people = [Person(port, place, stop) for place in range(PEOPLE)]
        threads = [threading.Thread(target=person.live) for person in people]
        for thread in threads:
            thread.start()
        for _ in range(kills):
            stop.wait(chance.uniform(0.3, 1.5))
            os.kill(site, signal.SIGKILL)
            site = nursery.start()
        stop.set()
        for thread in threads:
            thread.join()
        os.kill(site, signal.SIGKILL)
    faults = [person.fault for person in people if person.fault]
    if faults:
        raise Lost(faults[0])
    receipts = {number: digest for person in people for number, digest in person.receipts.items()}
    check(folder, port, receipts)
    return Toll(kills, len(receipts), sum(person.again for person in people))


def check(folder: Path, port: int, receipts: dict[str, str]) -> None:
    """Every receipt stands for one case, whole; there is no case without a receipt."""
    services = services_of(folder, port)
    with services.database.read() as tx:
        rows = tx.execute(select(case_task.c.number, case_task.c.case_file, case_task.c.received_at)).all()
        forms = int(tx.execute(select(func.count()).select_from(sent_form)).scalar_one())
        numbers = [row.number for row in rows]
        complaints = int(tx.execute(select(func.count()).select_from(complaint)).scalar_one())
    if not receipts:
        raise Lost("nobody ever got a receipt")
    if sorted(numbers) != sorted(receipts) or not len(rows) == forms == complaints:
        missing, surplus = set(receipts) - set(numbers), set(numbers) - set(receipts)
        raise Lost(f"lost {sorted(missing)[:3]}, without a receipt {sorted(surplus)[:3]}, {forms} forms")
    for row in rows:
        _require_whole(services, row.case_file, row.number, row.received_at, receipts[row.number])
    services.database.close()


def _require_whole(services: Services, case: str, number: str, received_at: str, digest: str) -> None:
    """Words, identity, salt and files open, and are what the commitment binds."""
    with services.database.read() as tx:
        files = attachments_of(tx, case, master=services.master)
        matter = matter_of_case(tx, case, master=services.master)
        identity = identity_of_case(tx, case, master=services.master)
        (salt,) = read_parts(tx, case=case, master=services.master, label="salt").values()
        kept = get_complaint(tx, case).commitment
    hashes = [hashlib.sha256(services.sealed_files.get(file.file, file.key)).hexdigest() for file in files]
    record = {
        "v": 1,
        "number": number,
        "received_at": received_at,
        "matter": matter,
        "identity": identity,
        "files": hashes,
    }
    if digest not in hashes:
        raise Lost(f"{number} has lost its file")
    if commit(record, salt=salt) != kept:
        raise Lost(f"{number} is not what was committed to")


def services_of(folder: Path, port: int) -> Services:
    """The site's services in this process."""
    env = environment(folder, GREENMINE_PORT=str(port))
    os.environ.update({name: value for name, value in env.items() if name.startswith("GREENMINE_")})
    try:
        return build_services(read_settings())
    finally:
        for name in [name for name in os.environ if name.startswith("GREENMINE_")]:
            del os.environ[name]


def _nursery() -> None:
    """The other end of :class:`Nursery`."""
    settings = read_settings()
    services = build_services(settings)
    prepare(services, empty=True)
    app = create_app(services=services)
    services.database.close()  # a connection must not be shared with the children
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _serve(app, settings.port)
        os.write(1, f"{pid}\n".encode())


def _serve(app: Flask, port: int) -> NoReturn:
    """Until killed. The one killed before may still be letting go of the port."""
    while True:
        with contextlib.suppress(OSError, SystemExit):
            make_server("127.0.0.1", port, app, threaded=True).serve_forever()
        time.sleep(0.02)


if __name__ == "__main__":
    _nursery()
