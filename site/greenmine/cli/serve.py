"""``python wsgi.py``: prepares the site, then runs the web server and one worker, and ends both together."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from granian import Granian
from granian.constants import Interfaces

from greenmine.config import Settings

log = logging.getLogger(__name__)

RESTART_AFTER: Final = timedelta(seconds=2)
GRACE: Final = timedelta(seconds=10)


class WorkerKeeper:
    """Keeps one ``greenmine worker`` process alive; started again when it dies."""

    def __init__(self, command: list[str], *, environment: Mapping[str, str]) -> None:
        self._command = command
        self._environment = dict(environment)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def start(self) -> None:
        """Start the process and watch it."""
        self._thread.start()

    def stop(self) -> None:
        """End the process and wait for it."""
        self._stop.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._stop.is_set():
            process = subprocess.Popen(self._command, env=self._environment)
            while process.poll() is None and not self._stop.wait(0.2):
                pass
            if process.poll() is None:
                _end(process)
            elif not self._stop.wait(RESTART_AFTER.total_seconds()):
                log.warning("worker ended with %s; starting it again", process.returncode)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(GRACE.total_seconds())
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def serve(settings: Settings, *, target: str, workers: int, threads: int) -> int:
    """Serve until a signal comes; returns the exit code.

    :param target: import path of the WSGI application, ``wsgi:app``
    """
    source_root = str(Path(__file__).resolve().parents[2])
    keeper = WorkerKeeper(
        [sys.executable, "-m", "greenmine", "worker", "--supervised"],
        environment={**os.environ, "PYTHONPATH": source_root},
    )
    server = Granian(
        target,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        respawn_failed_workers=True,
    )
    keeper.start()
    try:
        server.serve()
    finally:
        keeper.stop()
    return 0
