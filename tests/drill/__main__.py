"""All drills, one after the other: ``make drill`` or ``PYTHONPATH=site python -m tests.drill``.

Each prints what it came to; the first broken promise ends the run with status 1.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.drill.kill import Toll, drill_postgresql, drill_sqlite
from tests.drill.search import drill_search


def _sqlite() -> Toll:
    with tempfile.TemporaryDirectory(prefix="greenmine-drill-") as folder:
        return drill_sqlite(Path(folder), rounds=100)


def _postgresql() -> Toll:
    return drill_postgresql(rounds=20)


def _search() -> Toll:
    with tempfile.TemporaryDirectory(prefix="greenmine-drill-") as folder:
        toll = drill_search(Path(folder), kills=60)
        return Toll(toll.kills, toll.documents)


DRILLS: tuple[tuple[str, Callable[[], Toll]], ...] = (
    ("kill -9 of writing processes, SQLite", _sqlite),
    ("kill -9 of writing processes and of the server, PostgreSQL", _postgresql),
    ("kill -9 of the search indexer", _search),
)


def main() -> int:
    """Run every drill; 0 when every promise held."""
    for name, drill in DRILLS:
        began = time.monotonic()
        try:
            toll = drill()
        except AssertionError as error:
            sys.stdout.write(f"BROKEN  {name}: {error}\n")
            return 1
        spent = time.monotonic() - began
        sys.stdout.write(f"held    {name}: {toll.kills} kills, {toll.acknowledged} acts answered, {spent:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
