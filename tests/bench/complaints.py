"""A complaint sent, beside a bare Flask page and a bare durable POST: the last press of the button, to its answer.

What is measured is the real POST of the page that is read over: draft opened, code made and hashed (scrypt), complaint
sealed and committed (WAL, synchronous=FULL), receipt put in the draft's place. The pages before it are not timed.
"""

import http.client
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from tests.bench.pages import served
from tests.bench.register import make_services
from tests.bench.rounds import Round, print_table, take_turns
from tests.drill.complaining import ANSWERS, NEW, RECEIPT, begin
from tests.drill.complaint_kill import UNHURRIED
from tests.drill.visitor import FORM, Visitor, form_of
from tests.reference_data import CONTENT

TEXT = ANSWERS["story"]["text"]


@dataclass(frozen=True)
class Sending:
    """One request ready to be sent, and where its answer must lead ("" for a page)."""

    path: str
    body: str = ""
    cookies: str = ""
    leads: str = ""


def bench_complaints(folder: Path, *, rounds: int, number: int) -> None:
    """Print complaints per second, one after the other, beside the bare ones; then check that each was kept."""
    home = folder / "complaints"
    make_services(home, mines=300).database.close()
    with ExitStack() as stack:
        page = stack.enter_context(served("tests.bench.bare:app", {}))
        kept = stack.enter_context(served("tests.bench.bare_kept:app", {"BARE_DATABASE": str(folder / "kept.sqlite")}))
        site = stack.enter_context(served("wsgi:app", _environment(home)))
        plain = urlencode({"text": TEXT})
        candidates: dict[str, Callable[[], Round]] = {
            "bare Flask page": lambda: _send(page, [Sending("/")] * number),
            "bare durable POST": lambda: _send(kept, [Sending("/kept", plain, leads="/")] * number),
            "the same with a code's scrypt": lambda: _send(
                kept, [Sending("/kept-with-code", plain, leads="/")] * number
            ),
            "complaint": lambda: _send(site, [_ready(site, place) for place in range(number)]),
        }
        results = take_turns(candidates, rounds=rounds)
        _require_kept(home / "greenmine.sqlite", number * (rounds + 1))
    title = "Complaints sent, durable and sealed (granian, 1 process, 1 thread, 1 connection)"
    for peer in ("bare durable POST", "the same with a code's scrypt"):
        print_table(title, results, against=peer)


def _ready(port: int, place: int) -> Sending:
    """A complaint filled in up to its last page."""
    person = Visitor(port, f"127.0.{1 + place // 250}.{1 + place % 250}")
    target, hidden = form_of(begin(person), f"{NEW}/check")
    cookies = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
    return Sending(target, urlencode({**hidden, "declared": "y"}), cookies, RECEIPT)


def _send(port: int, sendings: Iterable[Sending]) -> Round:
    """One after the other on one connection; every answer must be the right one."""
    latencies = []
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.connect()
        for sending in sendings:
            headers = {"Content-Type": FORM, "Cookie": sending.cookies} if sending.body else {}
            start = time.perf_counter()
            connection.request("POST" if sending.body else "GET", sending.path, sending.body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
            latencies.append((time.perf_counter() - start) * 1000)
            if (answer.status, answer.headers.get("Location", "")) != (303 if sending.leads else 200, sending.leads):
                raise RuntimeError(f"{sending.path}: {answer.status} {content[:500]!r}")
    return Round(len(latencies) / (sum(latencies) / 1000), latencies)


def _require_kept(database: Path, number: int) -> None:
    """As many complaints as were sent, none readable on the disk."""
    with closing(sqlite3.connect(database)) as connection:
        (found,) = connection.execute("SELECT count(*) FROM complaint").fetchone()
    raw = b"".join(path.read_bytes() for path in database.parent.glob("greenmine.sqlite*"))
    if found != number or TEXT.encode() in raw:
        raise RuntimeError(f"{found} complaints kept of {number}, or kept in the clear")


def _environment(home: Path) -> dict[str, str]:
    return {
        **UNHURRIED,
        "GREENMINE_DATA_DIR": str(home),
        "GREENMINE_SEARCH_INDEX": str(home / "search_index"),
        "GREENMINE_CONTENT_DIR": str(CONTENT),
    }
