"""The first start of a site as a stranger does it: ``python wsgi.py`` beside ``greenmine init`` on an empty folder."""

import http.client
import json
import shutil
import signal
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.made_once import made_once
from tests.site_process import CHECKOUT, environment, free_port, members, running, until

from greenmine.store.act import acts_after
from greenmine.store.database import open_database
from greenmine.store.lease import LeaseRow, get_lease

START = 60.0
"""Seconds in which a new site must answer (issue 2, item 9: "within a minute")."""
STOP = 10.0
"""Seconds in which a site must be gone when asked (docs/operations.md)."""
WSGI = ("wsgi.py",)
INIT = ("-m", "greenmine", "init")


@dataclass(frozen=True)
class FirstStart:
    """A copy of what it left behind.

    :param folder: with the data of the demonstration, made today
    :param took: seconds until the site answered
    :param strays: files it left elsewhere in the checkout
    """

    folder: Path
    took: float
    strays: tuple[str, ...]


def first_start(factory: pytest.TempPathFactory, folder: Path) -> FirstStart:
    """Made once for a run; ``folder`` is not there yet."""
    made = made_once(factory, "first-start", _start)
    shutil.copytree(made, folder)
    told = json.loads((made.parent / "told").read_text("utf-8"))
    return FirstStart(folder, told["took"], tuple(told["strays"]))


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
    """Whether a site answers there."""
    return get(port, "/static/gm.css")[0] == 200


def state(folder: Path) -> tuple[LeaseRow | None, Counter[str]]:
    """The worker's lease, and how many acts of each kind there are."""
    database = open_database(f"sqlite:///{folder / 'data' / 'greenmine.sqlite'}")
    with database.read() as tx:
        seen = get_lease(tx, "worker"), Counter(act.kind for act in acts_after(tx, 0, limit=100_000))
    database.close()
    return seen


def _start(folder: Path) -> None:
    """Both at once, pages of both kinds, and the end by SIGTERM."""
    folder.mkdir()
    port, log, before = free_port(), folder / "log", _files_of(CHECKOUT)
    env = environment(folder, GREENMINE_PORT=str(port))
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
    strays = sorted(str(path) for path in _files_of(CHECKOUT) - before)
    (folder.parent / "told").write_text(json.dumps({"took": took, "strays": strays}), "utf-8")


def _files_of(checkout: Path) -> set[Path]:
    """Databases, keys, locks and logs in the folders where a careless start would leave them."""
    folders = (checkout, checkout / "data", checkout / "search_index", checkout / "content", checkout / "site")
    endings = (".sqlite", ".sqlite-wal", ".key", ".prepare.lock", ".log")
    return {path for folder in folders if folder.is_dir() for path in folder.iterdir() if path.name.endswith(endings)}
