"""``python wsgi.py``: prepares the site, then runs the web server and one worker, and ends both together."""

import logging
import multiprocessing
import multiprocessing.connection
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from granian import Granian
from granian._internal import load_target
from granian.constants import Interfaces

from greenmine.config import Settings
from greenmine.domain.errors import Conflict
from greenmine.domain.text import N_

log = logging.getLogger(__name__)

RESTART_AFTER: Final = timedelta(seconds=2)
WEB_GRACE: Final = 5
"""Seconds for answers under way when the site is stopped."""
WORKER_GRACE: Final = timedelta(seconds=4)
"""A job cut short is a transaction rolled back: the next worker does it."""


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

    def ask_to_stop(self) -> None:
        """Let the process be ended, without waiting for it."""
        self._stop.set()

    def stop(self) -> None:
        """End the process and wait for it."""
        self.ask_to_stop()
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
        process.wait(WORKER_GRACE.total_seconds())
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def require_free(host: str, port: int) -> None:
    """Raise Conflict when something listens there already.

    The web server itself would share the port in silence (SO_REUSEPORT), and readers would meet either of two sites.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as refused:
            raise Conflict(
                "serve.address_taken",
                N_("地址 %(host)s:%(port)s 不能使用（%(reason)s）：请停止占用它的程序，或另设 GREENMINE_PORT。"),
                host=host,
                port=port,
                reason=refused.strerror,
            ) from refused


def serve(settings: Settings, *, target: str, workers: int, threads: int) -> int:
    """Serve until a signal comes; returns the exit code.

    :param target: import path of the WSGI application, ``wsgi:app``
    """
    multiprocessing.set_start_method("spawn", force=True)  # a fork would copy the keeper's thread half way
    source_root = str(Path(__file__).resolve().parents[2])
    keeper = WorkerKeeper(
        [sys.executable, "-m", "greenmine", "worker", "--supervisor", str(os.getpid())],
        environment={**os.environ, "PYTHONPATH": source_root},
    )
    server = Granian(
        target,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backpressure=threads * 16,
        respawn_failed_workers=True,
        log_access=False,  # no addresses of readers, no query strings (ASVS 16.2.5)
        workers_kill_timeout=WEB_GRACE,
    )
    _on_interrupt(server, keeper.ask_to_stop)
    keeper.start()
    try:
        server.serve(target_loader=load_supervised)
    finally:
        keeper.stop()
    return 0


def _on_interrupt(server: Any, act: Callable[[], None]) -> None:
    """Act as soon as a signal asks the server to stop; its own hooks run after its processes have ended."""
    handle = server.signal_handler_interrupt

    def handle_both(*signalled: Any) -> None:
        act()
        handle(*signalled)

    server.signal_handler_interrupt = handle_both


def load_supervised(target: str) -> Callable[..., Any]:
    """The application, in a web process that ends with the process that started it, however that one went."""
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    application: Callable[..., Any] = load_target(target)
    return application


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    multiprocessing.connection.wait([parent.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(WEB_GRACE)
    os._exit(1)
