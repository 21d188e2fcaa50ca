"""The front door as a stranger opens it: real processes on a fresh folder, signals, kills, other servers."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.site_process import CHECKOUT, environment, free_port, members, running, until

from greenmine.store.act import size
from greenmine.store.database import open_database
from greenmine.store.lease import LeaseRow, get_lease

pytestmark = pytest.mark.slow

START = 60.0
"""Seconds in which a new site must answer (issue 2, item 9: "within a minute")."""
STOP = 10.0
"""Seconds in which a site must be gone when asked (docs/operations.md)."""
WSGI = ("wsgi.py",)
INIT = ("-m", "greenmine", "init")


def get(port: int, path: str) -> tuple[int, str]:
    """Status and text of a page; 0 while nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8")
    except OSError:
        return 0, ""
    finally:
        connection.close()


def answers(port: int) -> bool:
    return get(port, "/static/gm.css")[0] == 200


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def state(folder: Path) -> tuple[LeaseRow | None, int]:
    """The worker's lease and the number of acts."""
    database = open_database(f"sqlite:///{folder / 'data' / 'greenmine.sqlite'}")
    with database.read() as tx:
        seen = get_lease(tx, "worker"), size(tx)
    database.close()
    return seen


def files_of(checkout: Path) -> set[Path]:
    """Databases, keys, locks and logs in the folders where a careless start would leave them."""
    folders = (checkout, checkout / "data", checkout / "search_index", checkout / "content", checkout / "site")
    endings = (".sqlite", ".sqlite-wal", ".key", ".prepare.lock", ".log")
    return {path for folder in folders if folder.is_dir() for path in folder.iterdir() if path.name.endswith(endings)}


def ended(env: dict[str, str], *arguments: str, cwd: Path = CHECKOUT) -> subprocess.CompletedProcess[str]:
    """``python <arguments>``, once it has ended."""
    return subprocess.run(
        [sys.executable, *arguments], env=env, cwd=cwd, capture_output=True, text=True, check=False, timeout=60
    )


def bare(folder: Path, **settings: str) -> dict[str, str]:
    """An environment in which wsgi.py must find the package by itself."""
    env = environment(folder, **settings)
    del env["PYTHONPATH"]
    return env


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, float, set[Path]]]:
    """A folder on which ``python wsgi.py`` ran once, beside ``greenmine init``, and was ended by SIGTERM.

    Seconds its start took; new files.
    """
    folder, port = tmp_path_factory.mktemp("front"), free_port()
    before = files_of(CHECKOUT)
    env, log = environment(folder, GREENMINE_PORT=str(port)), folder / "log"
    with running(INIT, env=env, log=log) as other, running(WSGI, env=env, log=log) as process:
        took = until(lambda: answers(port), seconds=START, log=log)
        assert other.wait(timeout=60) == 0, log.read_text("utf-8")
        for path in ("/", "/mines"):
            status, page = get(port, path)
            assert status == 200, f"{path}: {status}"
            assert "演示数据" in page
        until(lambda: state(folder)[0] is not None, seconds=20, log=log)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=STOP) == 0
        until(lambda: members(process.pid) == [], seconds=5, log=log)  # Python's own helper ends when it notices
    assert state(folder)[0] is None, "the worker gave its lease back"
    told = log.read_text("utf-8")
    assert told.count("已生成演示名录") == 1, "the second start waits for the first, and takes it for no torn one"
    assert told.count("/desk/link/") == 5, "a one-time link for each role"
    yield folder, took, files_of(CHECKOUT) - before


def test_a_new_folder_serves_home_and_directory_within_a_minute(made: tuple[Path, float, set[Path]]) -> None:
    folder, took, _ = made
    assert took < START
    assert state(folder)[1] > 300


def test_nothing_is_kept_outside_the_data_and_search_folders(made: tuple[Path, float, set[Path]]) -> None:
    folder, _, new = made
    assert {path.name for path in folder.iterdir()} <= {"data", "search_index", "log"}
    assert new == set()
    assert (folder / "data").stat().st_mode & 0o077 == 0
    for name in ("greenmine.sqlite", "secret.key", "keys/case-master.key"):
        assert (folder / "data" / name).stat().st_mode & 0o077 == 0, name


def workers(group: int) -> list[int]:
    """The processes of a site that run its jobs."""
    found = []
    for pid in members(group):
        with suppress(OSError):
            found += [pid] if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes() else []
    return found


def test_a_second_start_is_fast_changes_no_act_and_keeps_a_worker(made: tuple[Path, float, set[Path]]) -> None:
    """The worker is killed, comes back, and ends with the site on Ctrl+C."""
    folder, _, _ = made
    acts, port = state(folder)[1], free_port()
    log = folder / "log"
    with running(WSGI, env=environment(folder, GREENMINE_PORT=str(port)), log=log) as process:
        took = until(lambda: answers(port), seconds=30, log=log)
        until(lambda: len(workers(process.pid)) == 1, seconds=30, log=log)
        (first,) = workers(process.pid)
        os.kill(first, signal.SIGKILL)
        until(lambda: workers(process.pid) not in ([], [first]), seconds=10, log=log)
        assert answers(port)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=STOP) == 0
        until(lambda: members(process.pid) == [], seconds=5, log=log)
    assert state(folder)[1] == acts
    assert log.read_text("utf-8").count("已生成演示名录") == 1, "made once, at the first start"
    assert took < 20


def test_a_demonstration_never_becomes_an_empty_site(made: tuple[Path, float, set[Path]]) -> None:
    acts = state(made[0])[1]
    emptied = ended(environment(made[0]), *INIT, "--empty")
    assert emptied.returncode == 1
    assert "不能改为空白站点" in emptied.stderr
    assert state(made[0])[1] == acts


def test_a_killed_master_leaves_no_process_and_no_listener(made: tuple[Path, float, set[Path]]) -> None:
    """kill -9 as soon as the site answers: the worker may still be starting."""
    folder, _, _ = made
    port, log = free_port(), folder / "log"
    with running(WSGI, env=environment(folder, GREENMINE_PORT=str(port)), log=log) as process:
        until(lambda: answers(port), seconds=30, log=log)
        os.kill(process.pid, signal.SIGKILL)
        until(lambda: members(process.pid) == [], seconds=10, log=log)
        assert not listens(port)


@pytest.mark.parametrize(
    "server",
    [
        ("-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--workers", "1", "wsgi:app"),
        ("-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", "{port}", "wsgi:app"),
    ],
    ids=["gunicorn", "granian"],
)
def test_other_servers_serve_the_same_application(made: tuple[Path, float, set[Path]], server: tuple[str, ...]) -> None:
    folder, _, _ = made
    port, log = free_port(), folder / "log"
    arguments = [part.format(port=port) for part in server]
    with running(arguments, env=bare(folder, GREENMINE_PORT=str(port)), log=log) as process:
        until(lambda: answers(port), seconds=30, log=log)
        status, page = get(port, "/mines")
        assert status == 200
        assert "演示数据" in page
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)


def test_flask_lists_the_routes(made: tuple[Path, float, set[Path]]) -> None:
    done = ended(bare(made[0]), "-m", "flask", "--app", "wsgi", "routes")
    assert done.returncode == 0, done.stderr
    assert "/mines" in done.stdout


@pytest.mark.parametrize("arguments", [WSGI, ("-m", "flask", "--app", "wsgi", "routes")], ids=["wsgi", "flask"])
def test_production_over_http_is_refused_with_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    env = bare(tmp_path, GREENMINE_MODE="production", GREENMINE_SITE_URL="http://mines.example.gov.cn")
    done = ended(env, *arguments)
    assert done.returncode == 2
    assert "https" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_start_from_another_folder_without_content_is_refused_with_2(tmp_path: Path) -> None:
    done = ended(environment(tmp_path), str(CHECKOUT / "wsgi.py"), cwd=tmp_path)
    assert done.returncode == 2
    assert "GREENMINE_CONTENT_DIR" in done.stderr
    assert not (tmp_path / "data").exists()
