"""A lost or broken index is seen, readers are answered meanwhile, and it is made anew by itself (trust.md "Faults")."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from tests.desk import NOON, Desk
from tests.drill.search import agrees, answers, drill_search, is_whole, keep_up_without_room, register
from tests.reference_data import reference

from greenmine.domain.region import Regions
from greenmine.domain.search_query import parse_query
from greenmine.projections.search import SearchIndex, find
from greenmine.projections.search_folder import CURRENT
from greenmine.projections.search_index import SearchIndex as Index
from greenmine.projections.search_keeper import check, keep_up, make_anew
from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade

MINES = 12


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SearchIndex]:
    """An index of twelve mines in several segments."""
    made = SearchIndex(tmp_path / "search_index", opened(tmp_path / "one.db"))
    for number in range(MINES):
        register(made.database, number)
        if number % 4 == 3:
            keep_up(made, reference=reference())
    yield made
    made.database.close()


def opened(path: Path) -> Database:
    database = open_database(f"sqlite:///{path}")
    upgrade(database)
    return database


def files(index: SearchIndex) -> list[Path]:
    """Every file that is read, the mark among them."""
    found = [path for path in index.folder.rglob("*") if path.is_file()]
    return sorted(path for path in found if path.name != "lock" and not path.name.endswith("LOCK"))


def home(index: SearchIndex) -> Path:
    (folder,) = index.folder.iterdir()
    return folder


def meanwhile(index: SearchIndex) -> None:
    """What a reader gets until the worker comes: names from the database, and the word that it is so."""
    found = find(index, parse_query("磷矿"))
    assert found.rebuilding
    assert found.total == len(found.hits) == MINES / 3
    answers(index)


def test_a_sound_index_needs_nothing(index: SearchIndex) -> None:
    assert is_whole(index)
    assert keep_up(index, reference=reference()) == 0
    assert agrees(index) == MINES


def test_a_whole_folder_that_is_gone_is_made_anew(index: SearchIndex) -> None:
    shutil.rmtree(index.folder)
    meanwhile(index)
    keep_up(index, reference=reference())
    assert agrees(index) == MINES


def _remove(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) * 2 // 3] ^= 0b100
    path.write_bytes(content)


def _replace(path: Path) -> None:
    path.write_bytes(os.urandom(path.stat().st_size))


@pytest.mark.parametrize("harm", [_remove, _empty, _cut, _flip, _replace])
def test_harm_to_any_one_file_is_seen_and_mended(index: SearchIndex, harm: Callable[[Path], None]) -> None:
    for place in range(len(files(index))):
        path = files(index)[min(place, len(files(index)) - 1)]  # a mended index may have fewer files
        harm(path)
        meanwhile(index)
        keep_up(index, reference=reference())
        assert agrees(index) == MINES


def test_a_bit_that_falls_over_without_a_trace_is_found_by_the_check(index: SearchIndex) -> None:
    """Size and time stay: only reading the file tells. A reader meets it as a wrong sum or not at all."""
    path = next(each for each in files(index) if each.suffix == ".seg")
    stat = path.stat()
    _flip(path)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert is_whole(index)
    check(index, reference=reference())
    assert is_whole(Index(index.folder, index.database))
    assert agrees(index) == MINES


def test_an_older_copy_of_the_index_takes_what_it_lacks(index: SearchIndex, tmp_path: Path) -> None:
    shutil.copytree(index.folder, tmp_path / "copy")
    for number in range(MINES, MINES + 5):
        register(index.database, number)
    keep_up(index, reference=reference())
    shutil.rmtree(index.folder)
    shutil.copytree(tmp_path / "copy", index.folder)
    answers(index)
    assert keep_up(index, reference=reference()) == 5
    assert agrees(index) == MINES + 5


def test_an_index_of_another_database_is_not_read(index: SearchIndex, tmp_path: Path) -> None:
    """Two sites may share the folder: each reads its own. One whose files stand in the other's place is made anew."""
    other = SearchIndex(index.folder, opened(tmp_path / "two.db"))
    for number in range(100, 100 + MINES):
        register(other.database, number)
    keep_up(other, reference=reference())
    assert agrees(other) == agrees(index) == MINES
    mine = next(path for path in index.folder.iterdir() if is_home_of(path, index))
    (theirs,) = set(index.folder.iterdir()) - {mine}
    shutil.rmtree(mine)
    shutil.copytree(theirs, mine)
    meanwhile(index)
    keep_up(index, reference=reference())
    assert agrees(index) == MINES
    other.database.close()


def is_home_of(path: Path, index: SearchIndex) -> bool:
    with index.database.read() as tx:
        from_database = tx.exec_driver_sql("SELECT value FROM site_fact WHERE name = 'search.index'").scalar_one()
    return path.name == from_database


def test_an_index_ahead_of_a_database_put_back_to_an_older_day_is_made_anew(index: SearchIndex, tmp_path: Path) -> None:
    index.database.checkpoint()
    shutil.copy(tmp_path / "one.db", tmp_path / "old.db")
    for number in range(MINES, MINES + 3):
        register(index.database, number)
    keep_up(index, reference=reference())
    old = SearchIndex(index.folder, open_database(f"sqlite:///{tmp_path / 'old.db'}"))
    assert not is_whole(old)
    for number in range(50, 53):
        register(old.database, number)  # as many acts again, but others
    assert not is_whole(old)
    keep_up(old, reference=reference())
    assert agrees(old) == MINES + 3
    old.database.close()


@pytest.mark.usefixtures("processes")
def test_a_full_disk_leaves_the_last_index_and_the_next_try_works(index: SearchIndex) -> None:
    """In a process of its own whose files may not grow: what ENOSPC does, without a file system to fill."""
    register(index.database, MINES)
    assert keep_up_without_room(index) == "failed, whole, 1 taken, whole"
    assert agrees(index) == MINES + 1
    assert [path.name for path in home(index).glob("g-*")] == [find_current(index)]


def find_current(index: SearchIndex) -> str:
    text = (home(index) / CURRENT).read_text()
    return next(path.name for path in home(index).glob("g-*") if path.name in text)


def test_nobody_but_the_owner_may_enter_the_folder(index: SearchIndex) -> None:
    """Whoosh reads pickles (ASVS 1.5.2)."""
    folders = [index.folder, home(index), *home(index).glob("g-*")]
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}


def test_a_region_with_a_new_name_makes_the_index_anew(index: SearchIndex) -> None:
    """Documents hold the names of their places."""
    before, known = find_current(index), reference()
    regions = Regions(replace(each, short="织金新名") if each.code == "520524" else each for each in known.regions)
    assert find(index, parse_query("织金新名")).total == 0
    keep_up(index, reference=known)
    assert find_current(index) == before
    keep_up(index, reference=replace(known, regions=regions))
    assert find_current(index) != before
    assert find(index, parse_query("织金新名")).total == MINES


@pytest.mark.usefixtures("processes")
@pytest.mark.slow
def test_five_kills_of_the_indexer_lose_nothing(tmp_path: Path) -> None:
    """The short form of the drill (60 kills)."""
    toll = drill_search(tmp_path, kills=5)
    assert (toll.kills, toll.whole) == (5, 5)
    assert toll.documents >= 5


def test_desk_acts_are_taken_one_by_one(index: SearchIndex) -> None:
    desk = Desk(index.database, now=NOON)
    desk.register("演示磷矿甲")
    assert keep_up(index, reference=reference()) == 1
    assert agrees(index) == MINES + 1


def test_readers_on_many_threads_never_meet_a_half_made_index(index: SearchIndex) -> None:
    """While acts are taken and the whole is made anew, again and again, every reader gets the whole answer."""
    query, over = parse_query("磷矿 -磷矿9999"), threading.Event()

    def read() -> set[tuple[int, bool]]:
        answered = set()
        while not over.is_set():
            found = find(index, query)
            answered.add((found.total, found.rebuilding))
        return answered

    with ThreadPoolExecutor(8) as readers:
        reading = [readers.submit(read) for _ in range(8)]
        for number in range(100, 112):
            register(index.database, 3 * number + 1)  # none of them is found by the query
            make_anew(index, reference=reference()) if number % 3 == 0 else keep_up(index, reference=reference())
        over.set()
    assert set().union(*(each.result() for each in reading)) == {(MINES // 3, False)}
