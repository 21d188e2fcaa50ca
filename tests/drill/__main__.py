"""All drills, one after the other: ``make drill`` or ``PYTHONPATH=site python -m tests.drill``.

Each prints what it came to; the first broken promise ends the run with status 1.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.drill.kill import Toll, drill_postgresql, drill_sqlite
from tests.drill.log_faults import NoStrace, drill_faults
from tests.drill.log_load import drill_load
from tests.drill.search import drill_search


def _told(toll: Toll) -> str:
    return f"{toll.kills} kills, {toll.acknowledged} acts answered"


def _sqlite(folder: Path) -> str:
    return _told(drill_sqlite(folder, rounds=100))


def _postgresql(_: Path) -> str:
    return _told(drill_postgresql(rounds=20))


def _search(folder: Path) -> str:
    toll = drill_search(folder, kills=60)
    return _told(Toll(toll.kills, toll.documents))


def _log_load(folder: Path) -> str:
    return str(drill_load(folder, kills=100))


def _log_faults(folder: Path) -> str:
    return str(drill_faults(folder))


def _log_faults_after_kill(folder: Path) -> str:
    return str(drill_faults(folder, killed=True, most=90))


DRILLS: tuple[tuple[str, Callable[[Path], str]], ...] = (
    ("kill -9 of writing processes, SQLite", _sqlite),
    ("kill -9 of writing processes and of the server, PostgreSQL", _postgresql),
    ("kill -9 of the search indexer", _search),
    ("kill -9 of the site while a reader keeps the last checkpoint", _log_load),
    ("strace: kill -9, EIO, ENOSPC at every write of one act", _log_faults),
    ("strace: the same in turn at 90 writes of an act after a kill", _log_faults_after_kill),
)


def main() -> int:
    """Run every drill; 0 when every promise held."""
    for name, drill in DRILLS:
        began = time.monotonic()
        try:
            with tempfile.TemporaryDirectory(prefix="greenmine-drill-") as folder:
                told = drill(Path(folder))
        except NoStrace as missing:
            sys.stdout.write(f"NOT RUN {name}: {missing}\n")
            if missing.fails:
                return 1
            continue
        except AssertionError as error:
            sys.stdout.write(f"BROKEN  {name}: {error}\n")
            return 1
        spent = time.monotonic() - began
        sys.stdout.write(f"held    {name}: {told}, {spent:.0f} s\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
