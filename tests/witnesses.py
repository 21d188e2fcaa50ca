"""Witnesses on loopback: honest ones, and such as lie, drip, loop or shout (trust.md, fault "witness")."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.tlog_keys import LOG, WITNESSES

from greenmine.cli.witness import State, Witness, WitnessServer
from greenmine.tlog.note import SignerKey, VerifierKey


@contextmanager
def witness(
    folder: Path,
    *,
    key: SignerKey = WITNESSES[0],
    logs: tuple[VerifierKey, ...] = (LOG.verifier,),
    clock: Callable[[], float] | None = None,
    port: int = 0,
) -> Iterator[WitnessServer]:
    """The witness of ``greenmine witness run``, in threads of the test."""
    state = State(folder / f"{key.verifier.id.hex()}.state")
    state.make()
    made = Witness(key, logs, state, **({"clock": clock} if clock else {}))
    with WitnessServer(("127.0.0.1", port), made) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Faulty:
    """A server that answers as the test says; ``asked`` holds the requests' bodies."""

    answer: Callable[["Faulty", BaseHTTPRequestHandler, bytes], None]
    asked: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def faulty(answer: Callable[[Faulty, BaseHTTPRequestHandler, bytes], None]) -> Iterator[Faulty]:
    """A server on loopback whose every answer is ``answer``'s."""
    made = Faulty(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.asked.append(body)
            made.answer(made, self, body)

        def do_GET(self) -> None:
            made.answer(made, self, b"")

        def log_message(self, format: str, *args: object) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                self.close_connection = True

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        made.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()


def say(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    """One whole answer."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
