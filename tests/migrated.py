"""A database at the newest revision without running the migrations again: once for a process, then copies."""

import atexit
import functools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import make_url

from greenmine.config import Settings
from greenmine.store.act import size
from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade

Held = TypeVar("Held")


def bring_up(database: Database) -> None:
    """Bring an empty database to the newest revision; a SQLite file becomes a copy of one that was migrated."""
    path = database.engine.url.database
    if not database.is_sqlite or path is None:
        upgrade(database)
        return
    become(database, migrated_file())


def lay(settings: Settings) -> None:
    """Put a database at the newest revision where these settings look for theirs, before anybody opens it."""
    _lay(settings, migrated_file())


def lay_filled(settings: Settings, build: Callable[[Database], Held]) -> Held:
    """The same with what ``build`` puts in, and what it says of it; for SQLite it runs once for a process."""
    if not settings.database_url.startswith("sqlite"):
        database = open_database(settings.database_url)
        upgrade(database)
        held = build(database)
        database.close()
        return held
    made, held = _filled_file(build)
    _lay(settings, made)
    return cast(Held, held)


def fill(database: Database, build: Callable[[Database], Held]) -> Held:
    """What ``build`` puts into an empty, migrated database, and what it says of it; a SQLite file is copied.

    :param build: always puts in the same, whatever the database; it runs once for a process
    """
    path = database.engine.url.database
    if not database.is_sqlite or path is None:
        return build(database)
    with database.read() as tx:
        assert size(tx) == 0, "a copy would take away what was recorded before"
    made, held = _filled_file(build)
    become(database, made)
    return cast(Held, held)


def become(database: Database, made: Path) -> None:
    """Make a SQLite database a copy of a file that is closed, whatever it held."""
    path = Path(str(database.engine.url.database))
    database.close()
    for ending in ("-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    shutil.copyfile(made, path)


@functools.cache
def migrated_file() -> Path:
    """An empty SQLite database at the newest revision; gone with the process."""
    database = _scratch()
    upgrade(database)
    return _closed(database)


@functools.cache
def _filled_file(build: Callable[[Database], Any]) -> tuple[Path, Any]:
    database = _scratch()
    bring_up(database)
    held = build(database)
    return _closed(database), held


def _scratch() -> Database:
    folder = Path(tempfile.mkdtemp(prefix="greenmine-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return open_database(f"sqlite:///{folder / 'made.db'}")


def _closed(database: Database) -> Path:
    database.checkpoint()
    database.close()
    return Path(str(database.engine.url.database))


def _lay(settings: Settings, made: Path) -> None:
    path = make_url(settings.database_url).database
    assert path and not Path(path).exists(), "a database is laid where there is none yet"
    Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(made, path)
    Path(path).chmod(0o600)
