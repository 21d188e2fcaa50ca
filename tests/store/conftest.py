"""Both databases for every store test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.postgres import PostgresServer

from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database at the newest revision, on SQLite and on a real PostgreSQL."""
    yield from _open(request, tmp_path, "one")


@pytest.fixture
def twin(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[Database]:
    """A second empty database of the same kind."""
    if database.is_sqlite:
        other = open_database(f"sqlite:///{tmp_path / 'twin.db'}")
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        other = open_database(server.create_database())
    upgrade(other)
    yield other
    other.close()


def _open(request: pytest.FixtureRequest, tmp_path: Path, name: str) -> Iterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / name}.db"
    else:
        url = request.getfixturevalue("postgres_server").create_database()
    database = open_database(url)
    upgrade(database)
    yield database
    database.close()


def count(database: Database, table: str) -> int:
    """Rows of a table."""
    with database.read() as tx:
        return int(tx.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
