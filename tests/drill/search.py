"""The search index under faults (trust.md "Faults"): after each, results equal a look through the database.

A process indexes act after act and is killed at a random moment, again and again. Between two kills readers are
answered, and the next worker brings the index to what the record says.
"""

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from tests.reference_data import reference
from tests.search_scan import scanned

from greenmine.domain.act import Act
from greenmine.domain.search_query import parse_query
from greenmine.projections.search import SearchIndex, find, objects_matching
from greenmine.projections.search_index import folder_of, usable
from greenmine.projections.search_keeper import keep_up, make_anew
from greenmine.store.apply import apply
from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2025, 3, 3, 4, 0, tzinfo=UTC)
QUERIES = ("演示", "磷矿", "矿 -磷矿", '"演示磷矿"', "GM-520524", "织金", "没有")


class Wrong(AssertionError):
    """Search answered something else than the database holds."""


@dataclass(frozen=True)
class SearchToll:
    """What the rounds came to. Faults raise instead."""

    kills: int
    whole: int
    documents: int


def register(database: Database, number: int) -> None:
    """One more mine, of a kind that the queries tell apart."""
    name = f"演示{('磷', '煤', '金')[number % 3]}矿{number}"
    act = Act(
        "mine.registered", f"mine/GM-520524-{number:05}", "county@520524", date(2025, 3, 3), {"region": "520524"},
        {"name": name, "mineral": ("磷", "煤", "金")[number % 3]},
    )  # fmt: skip
    with database.write() as tx:
        apply(tx, act, at=AT)


def agrees(index: SearchIndex) -> int:
    """Whether search finds exactly what stands in the database; how many documents there are. Raises Wrong."""
    for typed in QUERIES:
        query = parse_query(typed)
        found = find(index, query, per_page=1)
        wanted = scanned(index, query)
        if found.rebuilding or found.total != len(wanted) or set(objects_matching(index, query, limit=10**6)) != wanted:
            raise Wrong(f"{typed}: {found.total} found, {len(wanted)} in the database, rebuilding={found.rebuilding}")
    return len(scanned(index, parse_query("演示")))


def answers(index: SearchIndex) -> None:
    """Readers are answered, whatever state the index is in, with nothing that is not there. Raises Wrong."""
    for typed in QUERIES:
        query = parse_query(typed)
        strange = set(objects_matching(index, query, limit=10**6)) - scanned(index, query)
        if strange:
            raise Wrong(f"{typed}: found what does not match: {sorted(strange)[:3]}")


def is_whole(index: SearchIndex) -> bool:
    """Whether the index can be used as it is."""
    with index.database.read() as tx:
        folder = folder_of(tx, index)
        return folder is not None and usable(tx, folder, folder.standing())


def drill_search(folder: Path, *, kills: int, seed: int = 1) -> SearchToll:
    """Kill the indexer so many times. The index must be whole after each kill: none costs a rebuild."""
    url, chance, whole, documents = f"sqlite:///{folder / 'drill.db'}", random.Random(seed), 0, 0
    database = open_database(url)
    upgrade(database)
    index = SearchIndex(folder / "search_index", database)
    keep_up(index, reference=reference())
    with _nursery(url, index.folder) as nursery:
        for number in range(kills):
            _round(nursery, number, wait=chance.uniform(0.0, 0.4))
            whole += is_whole(index)
            answers(index)
            keep_up(index, reference=reference())
            documents = agrees(index)
    database.close()
    if whole != kills:
        raise Wrong(f"after {kills - whole} of {kills} kills the index had to be made anew")
    return SearchToll(kills, whole, documents)


@contextmanager
def _nursery(url: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has everything imported and forks an indexer for each line it reads."""
    command = [sys.executable, "-m", "tests.drill.search", url, str(folder)]
    environment = {"PYTHONPATH": f"{ROOT / 'site'}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        yield process
        process.kill()


def _round(nursery: subprocess.Popen[str], number: int, *, wait: float) -> None:
    assert nursery.stdin is not None and nursery.stdout is not None
    nursery.stdin.write(f"{number}\n")
    nursery.stdin.flush()
    pid = int(nursery.stdout.readline())
    nursery.stdout.readline()  # the first commit: from here on it is killed at any point
    time.sleep(wait)
    os.kill(pid, signal.SIGKILL)
    nursery.stdin.write("\n")
    nursery.stdin.flush()
    while nursery.stdout.readline().strip() != "end":
        pass


def _breed(url: str, folder: Path) -> None:
    reference()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                _index_until_killed(url, folder, round_=int(line))
            finally:
                os._exit(1)
        os.write(1, f"{pid}\n".encode())
        sys.stdin.readline()
        os.waitpid(pid, 0)
        os.write(1, b"end\n")


def _index_until_killed(url: str, folder: Path, *, round_: int) -> None:
    """Acts and commits in turn, some of them whole rebuilds; a word after each."""
    index = SearchIndex(folder, open_database(url))
    for number in range(10_000):
        register(index.database, round_ * 10_000 + number)
        if number % 5 == 4:
            make_anew(index, reference=reference())
        else:
            keep_up(index, reference=reference())
        os.write(1, b"done\n")


def keep_up_without_room(index: SearchIndex) -> str:
    """What a process tells that may write only 200 bytes to a file, and then may write again."""
    command = [sys.executable, "-m", "tests.drill.search", str(index.database.engine.url), str(index.folder), "no-room"]
    environment = {"PYTHONPATH": f"{ROOT / 'site'}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, text=True, check=True, capture_output=True).stdout.strip()


def _told_without_room(url: str, folder: Path) -> str:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    index = SearchIndex(folder, open_database(url))
    _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, hard))
    try:
        keep_up(index, reference=reference())
        told = "did not fail"
    except OSError:
        told = "failed"
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    before, taken = is_whole(index), keep_up(index, reference=reference())
    return ", ".join(
        [told, "whole" if before else "broken", f"{taken} taken", "whole" if is_whole(index) else "broken"]
    )


if __name__ == "__main__":
    if "no-room" in sys.argv:
        sys.stdout.write(_told_without_room(sys.argv[1], Path(sys.argv[2])))
    else:
        _breed(sys.argv[1], Path(sys.argv[2]))
