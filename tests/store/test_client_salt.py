"""The salt of a day: one for all processes, gone when the day is over (trust.md 1, 4)."""

import sqlite3
import threading
from contextlib import closing
from datetime import date, timedelta

from sqlalchemy import select

from greenmine.store.client_salt import find_salt, keep_salts, salt_of
from greenmine.store.database import Database, open_database
from greenmine.store.tables_case import client_salt

TODAY = date(2026, 11, 21)
TOMORROW = TODAY + timedelta(days=1)


def days(database: Database) -> list[str]:
    with database.read() as tx:
        return sorted(tx.execute(select(client_salt.c.day)).scalars())


def test_all_processes_use_one_salt_even_when_they_ask_at_once(database: Database) -> None:
    found: list[bytes | None] = []
    threads = [threading.Thread(target=lambda: found.append(salt_of(database, day=TODAY))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and len(set(found)) == 1 and len(found[0] or b"") == 32


def test_the_first_use_of_a_day_forgets_the_days_before(database: Database) -> None:
    first = salt_of(database, day=TODAY)
    second = salt_of(database, day=TOMORROW)
    assert first != second and days(database) == [TOMORROW.isoformat()]
    assert salt_of(database, day=TOMORROW) == second


def test_a_clock_that_leapt_leaves_no_salt_behind(database: Database) -> None:
    salt_of(database, day=TODAY + timedelta(days=400))
    salt_of(database, day=TODAY)
    assert days(database) == [TODAY.isoformat()]


def test_the_worker_makes_tomorrows_salt_and_forgets_yesterdays(database: Database) -> None:
    used = salt_of(database, day=TODAY)
    assert keep_salts(database, today=TODAY) == 0
    with database.read() as tx:
        made = find_salt(tx, TOMORROW)
        assert find_salt(tx, TODAY) == used
    assert keep_salts(database, today=TOMORROW) == 1
    assert salt_of(database, day=TOMORROW) == made
    assert days(database) == [TOMORROW.isoformat(), (TOMORROW + timedelta(days=1)).isoformat()]


def test_a_forgotten_salt_stands_in_no_file(database: Database) -> None:
    if not database.is_sqlite:
        return  # PostgreSQL reuses its pages by vacuum; its files belong to its own operator
    salt = salt_of(database, day=TODAY) or b""
    keep_salts(database, today=TODAY)
    keep_salts(database, today=TOMORROW)
    path = database.engine.url.database or ""
    for ending in ("", "-wal"):
        with open(path + ending, "rb") as file:  # noqa: PTH123 - the file's own name with an ending
            assert salt not in file.read()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM client_salt").fetchone() == (2,)


def test_without_a_database_there_is_no_salt_and_no_fault() -> None:
    away = open_database("sqlite://")
    assert salt_of(away, day=TODAY) is None
    away.close()
