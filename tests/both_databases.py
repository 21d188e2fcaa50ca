"""An empty database of either kind, for the fixtures of several rooms."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


def opened(request: pytest.FixtureRequest, folder: Path, *, kind: str) -> Iterator[Database]:
    """At the newest revision; a PostgreSQL database is dropped afterwards with its server."""
    server = request.getfixturevalue("postgres_server") if kind == "postgresql" else None
    database = open_database(server.create_database() if server else f"sqlite:///{folder / 'one.db'}")
    upgrade(database)
    yield database
    database.close()
