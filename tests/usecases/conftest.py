"""An empty record for every use-case test, and a mine or two in it."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.desk import NOON, Desk
from tests.desk_people import Person, StaffDesk

from greenmine.domain.mine import Library
from greenmine.store.database import open_database


@pytest.fixture
def desk(tmp_path: Path, migrated_sqlite: Callable[[Path], str]) -> Iterator[Desk]:
    """The desk on Monday 3 March 2025, noon, with an empty record."""
    database = open_database(migrated_sqlite(tmp_path / "record.db"))
    yield Desk(database, now=NOON)
    database.close()


@pytest.fixture
def mine(desk: Desk) -> str:
    """A registered mine in 织金县, in no library."""
    return desk.register()


@pytest.fixture
def listed_mine(desk: Desk) -> str:
    """A mine in the provincial directory since the beginning of the year."""
    number = desk.register("演示织金县在册矿")
    desk.enlist(number, Library.PROVINCIAL, since=date(2025, 1, 2))
    return number


@pytest.fixture
def staff_desk(tmp_path: Path, migrated_sqlite: Callable[[Path], str]) -> Iterator[StaffDesk]:
    """A desk with nobody at it."""
    database = open_database(migrated_sqlite(tmp_path / "desk.db"))
    yield StaffDesk(database)
    database.close()


@pytest.fixture
def person(staff_desk: StaffDesk) -> Person:
    """A county officer, enrolled."""
    return staff_desk.person()
