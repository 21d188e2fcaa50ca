"""The front door as a stranger opens it: real processes on a fresh folder, signals, kills, other servers."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from tests.first_start import INIT, START, STOP, WSGI, FirstStart, answers, first_start, get, state
from tests.site_process import CHECKOUT, environment, free_port, members, running, until

from greenmine.usecases.demo_sign_in import SEATS

pytestmark = pytest.mark.slow


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


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
def made(processes: None, tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    """A folder on which a site was started and ended by SIGTERM."""
    return first_start(tmp_path_factory, tmp_path_factory.mktemp("front") / "made")


def test_a_new_folder_serves_home_and_directory_within_a_minute(made: FirstStart) -> None:
    lease, acts = state(made.folder)
    assert made.took < START and acts.total() > 300
    assert lease is None, "the worker gave its lease back"
    told = (made.folder / "log").read_text("utf-8")
    assert told.count("已生成演示名录") == 1, "the second start waits for the first, and takes it for no torn one"
    assert told.count("/desk/link/") == len(SEATS), "a one-time link for each seat"


def test_nothing_is_kept_outside_the_data_and_search_folders(made: FirstStart) -> None:
    folder = made.folder
    assert {path.name for path in folder.iterdir()} <= {"data", "search_index", "log"}
    assert made.strays == ()
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


DAILY = {"complaint.batch", "credit.ended"}
"""What a worker records of itself as days end (log-spec.md 8); the first one may have been stopped before it did."""


def test_a_second_start_is_fast_changes_no_act_and_keeps_a_worker(made: FirstStart) -> None:
    """The worker is killed, comes back, and ends with the site on Ctrl+C."""
    folder = made.folder
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
    after = state(folder)[1]
    assert set(after - acts) <= DAILY and not acts - after, after - acts
    assert log.read_text("utf-8").count("已生成演示名录") == 1, "made once, at the first start"
    assert took < 20


def test_a_demonstration_never_becomes_an_empty_site(made: FirstStart) -> None:
    acts = state(made.folder)[1]
    emptied = ended(environment(made.folder), *INIT, "--empty")
    assert emptied.returncode == 1
    assert "不能改为空白站点" in emptied.stderr
    assert state(made.folder)[1] == acts


def test_a_killed_master_leaves_no_process_and_no_listener(made: FirstStart) -> None:
    """kill -9 as soon as the site answers: the worker may still be starting."""
    folder = made.folder
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
def test_other_servers_serve_the_same_application(made: FirstStart, server: tuple[str, ...]) -> None:
    folder = made.folder
    port, log = free_port(), folder / "log"
    arguments = [part.format(port=port) for part in server]
    with running(arguments, env=bare(folder, GREENMINE_PORT=str(port)), log=log) as process:
        until(lambda: answers(port), seconds=30, log=log)
        status, page = get(port, "/mines")
        assert status == 200
        assert "演示数据" in page
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)


def test_flask_lists_the_routes(made: FirstStart) -> None:
    done = ended(bare(made.folder), "-m", "flask", "--app", "wsgi", "routes")
    assert done.returncode == 0, done.stderr
    assert "/mines" in done.stdout


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize("arguments", [WSGI, ("-m", "flask", "--app", "wsgi", "routes")], ids=["wsgi", "flask"])
def test_production_over_http_is_refused_with_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    env = bare(tmp_path, GREENMINE_MODE="production", GREENMINE_SITE_URL="http://mines.example.gov.cn")
    done = ended(env, *arguments)
    assert done.returncode == 2
    assert "https" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.usefixtures("processes")
def test_a_start_from_another_folder_without_content_is_refused_with_2(tmp_path: Path) -> None:
    done = ended(environment(tmp_path), str(CHECKOUT / "wsgi.py"), cwd=tmp_path)
    assert done.returncode == 2
    assert "GREENMINE_CONTENT_DIR" in done.stderr
    assert not (tmp_path / "data").exists()
