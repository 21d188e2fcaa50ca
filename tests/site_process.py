"""Real processes of the site, for the tests that kill them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """The test's own settings, no others; everything that is kept stands below ``folder``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GREENMINE_")}
    own = {
        "GREENMINE_DATA_DIR": str(folder / "data"),
        "GREENMINE_SEARCH_INDEX": str(folder / "search_index"),
        "PYTHONPATH": str(CHECKOUT / "site"),
    }
    return {**kept, **own, **settings}


@contextmanager
def running(
    arguments: Sequence[str], *, env: dict[str, str], log: Path, cwd: Path = CHECKOUT
) -> Iterator[subprocess.Popen[bytes]]:
    """``python <arguments>`` in a process group of its own, which is gone afterwards whatever happened."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments], env=env, cwd=cwd, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def until(holds: Callable[[], bool], *, seconds: float, log: Path) -> float:
    """Wait until something holds; how long that took. Fails with the log of the process."""
    start = time.monotonic()
    while not holds():
        assert time.monotonic() - start < seconds, log.read_text("utf-8", errors="replace")[-3000:]
        time.sleep(0.05)
    return time.monotonic() - start


def members(group: int) -> list[int]:
    """Processes of a process group that are still running (zombies are not)."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                state, _, pgrp = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
                if int(pgrp) == group and state != "Z":
                    found.append(int(folder.name))
    return sorted(found)


@contextmanager
def open_listener() -> Iterator[int]:
    """A port of loopback on which somebody else listens, willing to share it."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])
