"""The cap of a day's files (trust.md 4; issue 3, item 8)."""

import threading
from datetime import date

import pytest

from greenmine.domain.errors import TooMany
from greenmine.store.database import Database
from greenmine.store.evidence_day import bytes_of_day, require_day_room, take_day_room

TODAY, TOMORROW = date(2026, 11, 21), date(2026, 11, 22)


def taken(database: Database, day: date) -> int:
    with database.read() as tx:
        return bytes_of_day(tx, day)


def test_files_are_taken_up_to_the_cap_of_the_day_and_not_beyond(database: Database) -> None:
    with database.write() as tx:
        take_day_room(tx, 60, day=TODAY, most=100)
        take_day_room(tx, 40, day=TODAY, most=100)
    with database.write() as tx, pytest.raises(TooMany) as refused:
        take_day_room(tx, 1, day=TODAY, most=100)
    assert refused.value.field == "file" and "文字内容仍可照常提交" in str(refused.value)
    assert taken(database, TODAY) == 100


def test_a_new_day_begins_at_nothing(database: Database) -> None:
    with database.write() as tx:
        take_day_room(tx, 100, day=TODAY, most=100)
        take_day_room(tx, 7, day=TOMORROW, most=100)
    assert (taken(database, TODAY), taken(database, TOMORROW)) == (0, 7)


def test_what_is_rolled_back_is_not_counted(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as tx:
        take_day_room(tx, 50, day=TODAY, most=100)
        raise RuntimeError("the file was not kept")
    assert taken(database, TODAY) == 0


def test_looking_counts_nothing(database: Database) -> None:
    with database.read() as tx:
        require_day_room(tx, 100, day=TODAY, most=100)
        with pytest.raises(TooMany):
            require_day_room(tx, 101, day=TODAY, most=100)
    assert taken(database, TODAY) == 0


def test_many_at_once_stay_below_the_cap(database: Database) -> None:
    refused: list[TooMany] = []

    def bring() -> None:
        try:
            with database.write() as tx:
                take_day_room(tx, 30, day=TODAY, most=100)
        except TooMany as error:
            refused.append(error)

    threads = [threading.Thread(target=bring) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken(database, TODAY) == 90 and len(refused) == 3
