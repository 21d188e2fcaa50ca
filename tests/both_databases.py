"""An empty database of either kind, for the fixtures of several rooms."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.migrated import migrated_file
from tests.postgres import PostgresServer

from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


def opened(request: pytest.FixtureRequest, folder: Path, *, kind: str) -> Iterator[Database]:
    """At the newest revision, and gone afterwards: some hundred databases of 9 MB each would fill the memory."""
    url = request.getfixturevalue(f"migrated_{kind}")(folder / "one.db")
    database = open_database(url)
    yield database
    database.close()
    if not database.is_sqlite:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        server.drop_database(url)


@pytest.fixture(scope="session")
def migrated_sqlite() -> Callable[[Path], str]:
    """Makes a database at the newest revision in a file; the migrations run once, the others are copies."""

    def copy(path: Path) -> str:
        shutil.copyfile(migrated_file(), path)
        path.chmod(0o600)
        return f"sqlite:///{path}"

    return copy


@pytest.fixture(scope="session")
def migrated_postgresql(postgres_server: PostgresServer) -> Callable[[Path], str]:
    """The same on PostgreSQL: copies of a template."""
    template = postgres_server.create_database()
    database = open_database(template)
    upgrade(database)
    database.close()
    return lambda _path: postgres_server.create_database(template=template.rpartition("/")[2])
