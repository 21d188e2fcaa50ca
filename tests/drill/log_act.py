"""One act by itself in a process, through the real way in: what strace breaks for log_faults.py.

It opens the database, records one act under the seal, answers on standard output once it is committed, keeps the head
outside the database as the worker does, and closes. A disk that fails is told of, and the act is tried once more. ::

    python -m tests.drill.log_act <data folder>          →  "<object>\\n" after the commit
"""

import os
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from greenmine.domain.act import Act
from greenmine.domain.errors import GreenmineError
from greenmine.store import journal
from greenmine.store.apply import apply
from greenmine.store.database import Database, open_database
from greenmine.store.log import newest_signed_head
from greenmine.store.log_key import LogKeys, log_keys
from greenmine.store.log_seal import LogSeal, keep_head

DATABASE: Final = "greenmine.sqlite"
HEAD: Final = "log-head"
TRIES: Final = ("GM-520524-9001", "GM-520524-9002")


def sealed_database(folder: Path) -> Database:
    """The database of a data folder as ``build_services`` opens it."""
    seal = LogSeal(LogKeys(folder / "keys"), folder / HEAD).seal
    return replace(open_database(f"sqlite:///{folder / DATABASE}"), seal=seal)


def register(database: Database, number: str) -> str:
    """Record that a mine is registered, with its line in the journal; the act's object, once that is committed."""
    name, now = f"mine/{number}", datetime.now(UTC)
    act = Act("mine.registered", name, "county@520524", date(2025, 3, 3), {"region": "520524"}, {"name": "演示矿"})
    with database.write() as tx:
        recorded = apply(tx, act, at=now)
        journal.note(tx, "act", at=now, staff=1, act=recorded.n)
    return name


def keep(database: Database, head_file: Path) -> None:
    """Keep the newest signed head outside the database."""
    with database.read() as tx:
        head = newest_signed_head(tx, [row.key.id for row in log_keys(tx)])
    if head is not None:
        keep_head(head_file, head.note)


def main(folder: Path) -> None:
    """See above."""
    database = sealed_database(folder)
    for number in TRIES:
        try:
            name = register(database, number)
        except (GreenmineError, SQLAlchemyError) as error:
            sys.stderr.write(f"{number}: {error}\n")
            continue
        os.write(1, f"{name}\n".encode())
        break
    keep(database, folder / HEAD)
    database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
