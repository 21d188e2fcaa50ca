"""The tests' own tools: a real PostgreSQL, a closed network, a foreign time zone."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from tests import postgres
from tests.conftest import OutsideConnection
from tests.postgres import PostgresServer, running_server

from greenmine.config import Settings


def dsn(url: str) -> str:
    """SQLAlchemy's URL in psycopg's own form."""
    return url.replace("postgresql+psycopg://", "postgresql://")


@pytest.mark.postgres
def test_postgresql_is_real_and_new_enough(postgres_url: str) -> None:
    with psycopg.connect(dsn(postgres_url)) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    assert row is not None
    print(f"PostgreSQL {row[0]}")  # noqa: T201 - seen with -s: which server the tests speak of
    assert int(row[0].split(".")[0]) >= 14


@pytest.mark.postgres
def test_each_database_is_empty_and_its_own(postgres_server: PostgresServer) -> None:
    one, other = postgres_server.create_database(), postgres_server.create_database()
    with psycopg.connect(dsn(one)) as connection:
        connection.execute("CREATE TABLE only_here (id int)")
    with psycopg.connect(dsn(other)) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert found == (0,)
    for url in (one, other):
        postgres_server.drop_database(url)


@pytest.mark.postgres
@pytest.mark.slow
def test_a_durable_server_keeps_what_was_committed_when_killed() -> None:
    with running_server(durable=True) as server:
        url = dsn(server.create_database())
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        server.kill()
        server.restart()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
        folder = server.folder
    assert not folder.exists()


@pytest.mark.postgres
@pytest.mark.slow
def test_server_is_removed_even_after_the_run_was_killed(tmp_path: Path, checkout: Path) -> None:
    program = """
        import sys, time
        from pathlib import Path
        from tests.postgres import shared_server
        with shared_server(Path(sys.argv[1])) as server:
            print(server.folder, flush=True)
            time.sleep(600)
    """
    run = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), str(tmp_path)],
        cwd=checkout, stdout=subprocess.PIPE, text=True,
        env={name: value for name, value in os.environ.items() if name != "PYTEST_XDIST_WORKER"},
    )  # fmt: skip
    with run:
        assert run.stdout is not None
        folder = Path(run.stdout.readline().strip())
        assert (folder / "data" / "postmaster.pid").exists()
        run.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not folder.exists()


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.invalid", 443)])
def test_sockets_do_not_leave_this_machine(address: tuple[str, int]) -> None:
    with pytest.raises(OutsideConnection):
        socket.create_connection(address, timeout=1)
    with socket.socket() as direct, pytest.raises(OutsideConnection):
        direct.connect(address)


def test_sockets_reach_loopback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as there:
        assert there.getpeername() == server.getsockname()


def test_the_machine_keeps_another_time_than_the_law() -> None:
    winter = datetime(2026, 1, 15, 20, 0).astimezone()
    assert winter.utcoffset() is not None
    assert winter.isoformat() == "2026-01-15T20:00:00-05:00"


def test_settings_of_a_test_stay_in_its_own_folder(settings: Settings, tmp_path: Path) -> None:
    assert settings.data_dir.is_relative_to(tmp_path)
    assert settings.search_index.is_relative_to(tmp_path)
    assert str(tmp_path) in settings.database_url


@pytest.mark.postgres
@pytest.mark.slow
def test_server_runs_from_a_virtual_environment_that_others_cannot_enter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_anyone_may_read", lambda _: False)
    with running_server() as server, psycopg.connect(server.admin) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
