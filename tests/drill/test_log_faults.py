"""Issue 4: faults at an act's writes, kills under load, a reader who keeps the last checkpoint (all: `make drill`)."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.drill.kill import Lost
from tests.drill.log_faults import NoStrace, Point, broken, drill_faults, require_strace, set_scene
from tests.drill.log_load import Reader, drill_load
from tests.log_site import log_site
from tests.served import served

from greenmine.domain.errors import Unready
from greenmine.store.log_key import log_keys


@pytest.fixture
def strace() -> None:
    """Skips with its reason where nothing can be traced; fails where it should be."""
    try:
        require_strace()
    except NoStrace as missing:
        (pytest.fail if missing.fails else pytest.skip)(str(missing))


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """Somebody who has kept a checkpoint of five acts."""
    with log_site(tmp_path) as site:
        site.record(1, 2, 3)
        site.record(4, 5)
        with site.services.database.read() as tx:
            key = log_keys(tx)[0].key
        with served(site.app) as url:
            outside = Reader(int(url.rpartition(":")[2]), key)
            outside.compare()
            yield outside


@pytest.mark.usefixtures("processes")
@pytest.mark.usefixtures("strace")
def test_a_fault_at_a_write_leaves_acts_entries_and_head_as_one(tmp_path: Path) -> None:
    toll = drill_faults(tmp_path, faults=("signal=KILL", "error=EIO"), most=5)
    assert toll.points >= 80 and toll.hits.total() == 5, toll
    assert {fault for fault, _ in toll.hits} == {"signal=KILL", "error=EIO"}
    assert 0 < toll.answered < 5, "some come before the commit, some after it"


@pytest.mark.usefixtures("processes")
@pytest.mark.usefixtures("strace")
def test_a_fault_that_strikes_nothing_or_elsewhere_is_no_success(tmp_path: Path) -> None:
    scene = set_scene(tmp_path, killed=False)
    with pytest.raises(Lost, match="never met"):
        broken(scene, Point("pwrite64", 100_000, "data/greenmine.sqlite-wal"), "error=EIO")
    with pytest.raises(Lost, match="never met"):
        broken(scene, Point("pwrite64", 1, "data/greenmine.sqlite"), "error=EIO")


def test_a_connection_that_was_opened_for_reading_only_is_opened_anew(tmp_path: Path) -> None:
    """What SQLite does in silence when the disk refuses the file for writing (found by the drill above)."""
    with log_site(tmp_path) as site:
        with site.services.database.engine.connect() as pooled:
            pooled.exec_driver_sql("PRAGMA query_only=ON")
        file = str(site.services.database.engine.url.database)
        with pytest.raises(Unready) as refused:
            site.record(1)
        open_now = [os.path.realpath(handle) for handle in Path("/proc/self/fd").iterdir()]
        assert file not in open_now, f"connections share its state while it is open: {refused.value}"
        site.record(1)
        assert site.fetch("/log/checkpoint").split(b"\n")[1] == b"1"


@pytest.mark.usefixtures("processes")
def test_a_reader_never_sees_a_rollback_while_the_site_is_killed(tmp_path: Path) -> None:
    toll = drill_load(tmp_path, kills=3)
    assert toll.compared > 8 and toll.acknowledged > 4 and toll.again > 0, toll


def test_a_reader_would_see_a_rollback_and_a_second_story(reader: Reader) -> None:
    kept = reader.kept
    assert kept is not None and kept.size == 5 and reader.compared == 1
    reader.kept = replace(kept, size=6)
    with pytest.raises(Lost, match="/log/consistency/6"):
        reader.compare()
    reader.kept = replace(kept, size=3)
    with pytest.raises(Lost, match="does not continue"):
        reader.compare()
    reader.kept, reader.seen[5] = kept, b"\x01" * 32
    with pytest.raises(Lost, match="two stories"):
        reader.compare()
