"""Both databases for every test of a projection."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.both_databases import BOTH, opened
from tests.desk import NOON, Desk

from greenmine.store.database import Database


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database at the newest revision, on SQLite and on a real PostgreSQL."""
    yield from opened(request, tmp_path, kind=request.param)


@pytest.fixture
def desk(database: Database) -> Desk:
    """The desk on Monday 3 March 2025, noon."""
    return Desk(database, now=NOON)
