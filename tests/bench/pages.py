"""The directory page beside a bare Flask page, each on the embedded server with one process and one thread."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench.load import press
from tests.bench.register import make_services
from tests.bench.rounds import Round, print_table, take_turns
from tests.reference_data import CONTENT

SIZES = (300, 10_000)
ROOT = Path(__file__).resolve().parents[2]
PATHS = ("/mines", "/mines?page=3", "/mines?region=520000&status=listed", "/mines?q=云")
PAST = ("/mines?on=2023-06-01", "/mines?on=2026-11-20&known=2026-11-19", "/mines?on=2024-01-01&status=listed")
CONNECTIONS = 2


def bench_pages(folder: Path, *, rounds: int, seconds: float) -> None:
    """Print requests per second and p95 of the directory at each size beside the bare page."""
    with ExitStack() as stack:
        port = stack.enter_context(served("tests.bench.bare:app", {}))
        candidates: dict[str, Callable[[], Round]] = {"bare Flask page": round_of(port, ("/",), seconds)}
        for size in SIZES:
            home = folder / str(size)
            make_services(home, mines=size).database.close()
            environment = {
                "GREENMINE_DATA_DIR": str(home),
                "GREENMINE_SEARCH_INDEX": str(home / "search_index"),
                "GREENMINE_CONTENT_DIR": str(CONTENT),
                "GREENMINE_RATE_PAGES": "1000000 per second",
            }
            port = stack.enter_context(served("wsgi:app", environment))
            candidates[f"directory, {size:,} mines"] = round_of(port, PATHS, seconds)
            candidates[f"directory of a past day, {size:,} mines"] = round_of(port, PAST, seconds)
            candidates[f"mine's page, {size:,} mines"] = round_of(port, _mine_paths(home), seconds)
        results = take_turns(candidates, rounds=rounds)
    title = f"Pages (granian, 1 process, 1 thread, {CONNECTIONS} connections)"
    print_table(title, results, against="bare Flask page")


def _mine_paths(home: Path) -> tuple[str, ...]:
    with sqlite3.connect(home / "greenmine.sqlite") as connection:
        return tuple(f"/mines/{row[0]}" for row in connection.execute("SELECT id FROM mine ORDER BY id LIMIT 20"))


def round_of(port: int, paths: tuple[str, ...], seconds: float) -> Callable[[], Round]:
    """A round of requests for these paths in turn."""
    return lambda: press(port, paths, seconds=seconds, connections=CONNECTIONS)


@contextmanager
def served(target: str, environment: dict[str, str]) -> Iterator[int]:
    """An application on a port of loopback, one process with one thread; yields the port."""
    port = _free_port()
    site = {"GREENMINE_PORT": str(port), **environment} if environment else {}
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "1"),
            *("--host", "127.0.0.1", "--port", str(port), "--no-log", target),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}", **site},
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"nothing answers on port {port}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
