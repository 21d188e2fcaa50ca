"""The servers' logs hold no address and nothing of a request (trust.md 1; ASVS 14.2.1, 16.2.5): real processes."""

import http.client
import os
import socket
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.made_once import empty_site
from tests.site_process import environment, free_port, running, until

pytestmark = pytest.mark.slow

READER = "127.0.0.77"
"""The reader's own address on loopback: other than the one the server listens on."""
CANARIES = ("金丝雀甲", quote("金丝雀甲"), "canary-form-7261", "canary-header-99")

SERVERS = {
    "wsgi.py": ("wsgi.py",),
    "granian with its access log": (
        "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", "{port}", "--access-log", "wsgi:app",
    ),
    "gunicorn with its access log at debug": (
        "-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--access-logfile", "-", "--log-level", "debug", "wsgi:app",
    ),
    "the development server": ("-m", "flask", "--app", "wsgi", "run", "--port", "{port}"),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(processes: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_site(tmp_path_factory, tmp_path_factory.mktemp("logs"))


def ask(port: int, method: str, path: str, body: str = "") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20, source_address=(READER, 0))
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Canary": CANARIES[3]} if body else {}
    try:
        connection.request(method, path, body or None, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def send_rubbish(port: int) -> None:
    """A request line that no server takes, with a canary in it."""
    with socket.create_connection(("127.0.0.1", port), timeout=20, source_address=(READER, 0)) as stream:
        stream.sendall(f"GET /?q={CANARIES[1]} RUBBISH/9\r\n{CANARIES[3]}\r\n\r\n".encode())
        stream.recv(4000)


def answers(port: int) -> bool:
    try:
        return ask(port, "GET", "/static/gm.css") == 200
    except OSError:
        return False


@pytest.mark.parametrize("name", SERVERS)
def test_no_server_writes_down_who_asked_for_what(folder: Path, tmp_path: Path, name: str) -> None:
    port, log = free_port(), tmp_path / "log"
    env = environment(folder, GREENMINE_PORT=str(port))
    arguments = [part.format(port=port) for part in SERVERS[name]]
    with running(arguments, env=env, log=log) as process:
        until(lambda: answers(port), seconds=60, log=log)
        assert ask(port, "GET", f"/mines?q={CANARIES[1]}") == 200
        assert ask(port, "GET", f"/nowhere?q={CANARIES[1]}") == 404
        assert ask(port, "POST", f"/desk/sign-in?q={CANARIES[1]}", f"login={CANARIES[2]}") in (400, 403)
        send_rubbish(port)
        os.killpg(process.pid, 15)
        process.wait(timeout=30)
    written = log.read_text("utf-8", errors="replace")
    assert written, "the server says something, so that this test reads the right file"
    assert not [canary for canary in (READER, *CANARIES) if canary in written], written[-2000:]
