"""A database at the newest revision without running the migrations again: once for a process, then copies."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade


def bring_up(database: Database) -> None:
    """Bring an empty database to the newest revision; a SQLite file becomes a copy of one that was migrated."""
    path = database.engine.url.database
    if not database.is_sqlite or path is None:
        upgrade(database)
        return
    database.close()
    for ending in ("-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    shutil.copyfile(migrated_file(), path)


@functools.cache
def migrated_file() -> Path:
    """An empty SQLite database at the newest revision; gone with the process."""
    folder = Path(tempfile.mkdtemp(prefix="greenmine-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = open_database(f"sqlite:///{folder / 'empty.db'}")
    upgrade(database)
    database.checkpoint()
    database.close()
    return folder / "empty.db"
