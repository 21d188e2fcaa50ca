"""What a test starts decides its tier, and nobody can forget to say it; temporary folders lie in memory and go."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.memory import PREFIX, forget_ended_runs, has_room, use_memory
from tests.tiers import CALLED, STARTING, StartedUnasked, Starts


@pytest.fixture
def starts(request: pytest.FixtureRequest) -> Iterator[Starts]:
    """The watch over this very process; what a test here starts on purpose is not held against it."""
    watch = request.config.pluginmanager.get_plugin("starts")
    assert isinstance(watch, Starts)
    yield watch
    watch.unasked.clear()


def nothing() -> None:
    """What a process of a test here would do."""


def test_whoever_starts_a_process_without_asking_is_stopped_and_told_what_to_do(starts: Starts) -> None:
    with pytest.raises(StartedUnasked, match=r"test_tiers.*starts a process .*true.*fixture `processes`"):
        subprocess.run(["true"], check=True)
    with pytest.raises(StartedUnasked, match=r"os\.fork"):
        os.fork()
    for kind in ("fork", "spawn", "forkserver"):
        with pytest.raises(StartedUnasked, match="multiprocessing"):
            multiprocessing.get_context(kind).Process(target=nothing).start()
    assert len(starts.unasked) == 5


def test_a_start_that_the_code_under_test_swallowed_is_told_at_the_end(
    starts: Starts, request: pytest.FixtureRequest
) -> None:
    with suppress(Exception):
        subprocess.run(["true"], check=True)
    with pytest.raises(pytest.fail.Exception, match="does not ask"):
        starts.require_asked(request.node)


def test_git_may_list_the_files_in_every_tier(starts: Starts, checkout: Path) -> None:
    subprocess.run(["git", "ls-files", "-z", "Makefile"], cwd=checkout, check=True, capture_output=True)
    assert starts.unasked == []


@pytest.mark.usefixtures("processes")
def test_whoever_asks_may_start(starts: Starts, request: pytest.FixtureRequest) -> None:
    subprocess.run([sys.executable, "-c", ""], check=True)
    assert request.node.path in starts.started and starts.unasked == []
    assert request.node.get_closest_marker("starts") is not None


def test_a_module_that_asks_and_starts_nothing_is_told_so(request: pytest.FixtureRequest) -> None:
    """A watch that has seen nothing, at the last test of a module of which one asks."""
    asking = [each for each in request.session.items if "processes" in getattr(each, "fixturenames", ())]
    for item in (each for each in asking if each.path == request.node.path):
        item.stash[CALLED] = True
    starts = Starts()
    if any(each.path == request.node.path for each in asking):  # not, when `-m` has deselected it
        with pytest.raises(pytest.fail.Exception, match="asks for `processes`, but nothing was started"):
            starts.require_start(request.node)
    starts.started.add(request.node.path)
    starts.require_start(request.node)


def test_the_tier_follows_from_the_fixtures_a_test_asks_for(request: pytest.FixtureRequest) -> None:
    for item in request.session.items:
        asked = STARTING.keys() & set(getattr(item, "fixturenames", ()))
        assert {STARTING[name] for name in asked} <= {mark.name for mark in item.iter_markers()}, item.nodeid
        assert not asked or item.get_closest_marker("starts"), item.nodeid


def test_memory_is_used_only_where_there_is_room_and_programs_may_run(tmp_path: Path) -> None:
    assert has_room(tmp_path, room=1)
    assert not has_room(tmp_path, room=2**60) and not has_room(tmp_path / "none", room=1)
    assert not has_room(Path("/proc"), room=1), "nothing can be kept there"


def test_a_folder_of_an_ended_run_goes_and_that_of_a_running_one_stays(tmp_path: Path) -> None:
    ended, running, other = (tmp_path / name for name in (f"{PREFIX}999999999-a", f"{PREFIX}{os.getpid()}-b", "else-1"))
    for folder in (ended, running, other):
        folder.mkdir()
        (folder / "database").write_bytes(b"x")
    forget_ended_runs(tmp_path)
    assert (ended.exists(), running.exists(), other.exists()) == (False, True, True)


def test_whoever_names_the_folder_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "mine"))
    assert use_memory(ended_well=lambda: True, place=tmp_path) is None
    assert os.environ["TMPDIR"] == str(tmp_path / "mine")


def test_a_run_in_memory_has_one_folder_for_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.delenv("TMPDIR", raising=False)
    folder = use_memory(ended_well=lambda: True, place=tmp_path)
    if folder is None:
        pytest.skip("too little room on this disk for a run")
    assert folder.parent == tmp_path and Path(tempfile.gettempdir()) == folder == Path(os.environ["TMPDIR"])
    assert folder.stat().st_mode & 0o777 == 0o711, "PostgreSQL's user passes, and reads no list"
