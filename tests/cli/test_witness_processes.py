"""Site, worker and witness as processes of their own: heads are cosigned, a witness that dies stops nothing."""

import re
import socket
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from tests.made_once import empty_site
from tests.site_process import CHECKOUT, environment, free_port, running, until

NEWS = """---
title: {title}
type: activity
published: 2026-03-05 09:00
author: 演示作者
source: 演示自然资源局
region: "520524"
summary: 演示摘要。
---

正文。
"""


@pytest.mark.usefixtures("processes")
def test_a_worker_collects_words_and_goes_on_without_the_witness(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty_site(tmp_path_factory, tmp_path)
    out, key, port = tmp_path / "out", tmp_path / "w.key", free_port()
    env = environment(tmp_path)
    with closing(sqlite3.connect(tmp_path / "data" / "greenmine.sqlite")) as site:
        begun = site.execute("SELECT count(*) FROM log_key").fetchone()[0]
    if not begun:
        _done(["log", "init", "--origin", "demo.greenmine.invalid/log"], env=env, log=out)
    own = _vkey_of_site(tmp_path)
    _done(["witness", "init", "--key", str(key), "--name", "paper.example"], env=env, log=out)
    made = re.findall(r"^paper\.example\+\S+", out.read_text(), re.MULTILINE)
    witnesses = tmp_path / "witnesses"
    witnesses.write_text(f"witness paper {made[-1]} http://127.0.0.1:{port}/\nquorum paper\n")
    worker = ["-m", "greenmine", "worker"]
    witness = ["-m", "greenmine", "witness", "run", "--key", str(key), "--log", own, "--port", str(port)]
    content = _content(tmp_path)
    told = {**env, "GREENMINE_WITNESSES": str(witnesses), "GREENMINE_CONTENT_DIR": str(content)}
    with ExitStack() as stack:
        with running(witness, env=env, log=out):
            until(lambda: _listens(port), seconds=60, log=out)  # else the worker would ask again only after a rest
            stack.enter_context(running(worker, env=told, log=out))
            until(lambda: _cosigned(tmp_path) == _size(tmp_path) > 0, seconds=180, log=out)
        before = _size(tmp_path)
        news = content / "news" / "after-the-witness.md"
        news.write_text(NEWS.format(title="见证方停机以后"), "utf-8")
        _done(["content", "sync"], env=told, log=out)
        assert _size(tmp_path) > before
        assert _cosigned(tmp_path) == before
        until(lambda: "down" in _faults(tmp_path), seconds=60, log=out)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _done(arguments: list[str], *, env: dict[str, str], log: Path) -> None:
    with running(["-m", "greenmine", *arguments], env=env, log=log) as process:
        assert process.wait(timeout=240) == 0, log.read_text("utf-8")[-2000:]


def _content(folder: Path) -> Path:
    """The checkout's content, with a news folder of the test's own."""
    made = folder / "content"
    made.mkdir()
    for item in (CHECKOUT / "content").iterdir():
        if item.name != "news":
            (made / item.name).symlink_to(item)
    (made / "news").mkdir()
    return made


def _ask(folder: Path, query: str) -> object:
    with closing(sqlite3.connect(folder / "data" / "greenmine.sqlite", timeout=30)) as site:
        row = site.execute(query).fetchone()
    return row[0] if row else None


def _vkey_of_site(folder: Path) -> str:
    return str(_ask(folder, "SELECT vkey FROM log_key ORDER BY n DESC LIMIT 1"))


def _size(folder: Path) -> int:
    found = _ask(folder, "SELECT size FROM act_head")
    assert isinstance(found, int)
    return found


def _cosigned(folder: Path) -> int:
    found = _ask(folder, "SELECT coalesce(max(size), 0) FROM log_signature WHERE time > 0")
    assert isinstance(found, int)
    return found


def _faults(folder: Path) -> str:
    return str(_ask(folder, "SELECT value FROM site_fact WHERE name LIKE 'witness_%'") or "")
