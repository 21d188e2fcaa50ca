"""Both databases for every store test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.both_databases import BOTH, opened
from tests.postgres import PostgresServer

from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database at the newest revision, on SQLite and on a real PostgreSQL."""
    yield from opened(request, tmp_path, kind=request.param)


@pytest.fixture
def twin(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[Database]:
    """A second empty database of the same kind."""
    if database.is_sqlite:
        other = open_database(f"sqlite:///{tmp_path / 'twin.db'}")
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.create_database()
        other = open_database(url)
    upgrade(other)
    yield other
    other.close()
    if not other.is_sqlite:
        server.drop_database(url)


def count(database: Database, table: str) -> int:
    """Rows of a table."""
    with database.read() as tx:
        return int(tx.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
