"""Number and code of a case: guesses are counted and slowed, the right code is always taken (trust.md 14, 15)."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from greenmine.domain.case import CaseKind
from greenmine.domain.case_number import read_code, read_number
from greenmine.domain.guess import FORGOTTEN_AFTER, FREE_SLIPS, LONGEST, wait_after
from greenmine.store.case import open_case
from greenmine.store.case_access import add_access
from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade
from greenmine.store.sealed import MasterKey
from greenmine.store.tables_case import case_access, case_guess
from greenmine.usecases.case_code import find_case_by_code, hash_code, is_slowed, new_access, new_case_number, new_code

AT = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
MASTER = MasterKey(b"m" * 32)
CASE = "ab" * 16
NUMBER, CODE = new_case_number(CaseKind.COMPLAINT), new_code()
UNKNOWN = new_case_number(CaseKind.COMPLAINT)
WRONG = f"{(int(CODE) + 1) % 10**16:016}"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = open_database(f"sqlite:///{tmp_path / 'case.db'}")
    upgrade(made)
    access = new_access(NUMBER, CODE)
    with made.write() as tx:
        open_case(tx, case=CASE, kind="complaint", region="520524", at=AT, master=MASTER)
        add_access(tx, access, case=CASE)
    yield made
    made.close()


def look_up(database: Database, number: str, code: str, *, at: datetime = AT) -> str | None:
    return find_case_by_code(database, number=number, code=code, at=at, master=MASTER)


def slowed(database: Database, number: str, *, at: datetime = AT) -> timedelta:
    with database.read() as tx:
        return is_slowed(tx, number, at=at, master=MASTER)


def failures(database: Database) -> list[int]:
    with database.read() as tx:
        return sorted(tx.execute(select(case_guess.c.failures)).scalars())


def test_numbers_and_codes_are_random_and_well_formed() -> None:
    numbers = {new_case_number(kind) for kind in CaseKind for _ in range(200)}
    codes = {new_code() for _ in range(200)}
    assert len(numbers) == 600 and len(codes) == 200
    assert all(read_number(number) == number for number in numbers)
    assert all(read_code(code) == code for code in codes)


def test_small_random_numbers_are_filled_with_zeros() -> None:
    assert new_code(below=lambda _: 7) == "0000000000000007"
    assert new_case_number(CaseKind.REPORT, below=lambda _: 7)[:11] == "G0000000007"


def test_a_code_is_kept_only_as_salted_scrypt(database: Database) -> None:
    """ASVS 6.5.2: below 112 bits, salted scrypt."""
    with database.read() as tx:
        row = tx.execute(select(case_access)).one()
    assert bytes(row.code_hash) == hashlib.scrypt(CODE.encode(), salt=bytes(row.salt), n=16384, r=8, p=1, dklen=32)
    assert len(row.salt) == 16 and CODE.encode() not in bytes(row.code_hash) + bytes(row.salt)
    assert hash_code(CODE, b"x" * 16) != hash_code(CODE, b"y" * 16)


def test_the_right_code_opens_the_case_and_nothing_else_does(database: Database) -> None:
    assert look_up(database, NUMBER, CODE) == CASE
    assert look_up(database, NUMBER, WRONG) is None
    assert look_up(database, UNKNOWN, CODE) is None


def test_wrong_codes_are_counted_for_known_and_unknown_numbers_alike(database: Database) -> None:
    for _ in range(FREE_SLIPS):
        for number in (NUMBER, UNKNOWN):
            assert look_up(database, number, WRONG) is None
    assert failures(database) == [FREE_SLIPS, FREE_SLIPS]
    assert slowed(database, NUMBER) == slowed(database, UNKNOWN) == wait_after(FREE_SLIPS) > timedelta()
    assert slowed(database, NUMBER, at=AT + wait_after(FREE_SLIPS)) == timedelta()


def test_the_right_code_is_taken_while_somebody_guesses_and_ends_the_slowing(database: Database) -> None:
    for _ in range(FREE_SLIPS + 3):
        look_up(database, NUMBER, WRONG)
    assert slowed(database, NUMBER) > timedelta()
    assert look_up(database, NUMBER, CODE) == CASE
    assert slowed(database, NUMBER) == timedelta() and failures(database) == []


def test_slips_of_yesterday_are_forgotten(database: Database) -> None:
    look_up(database, NUMBER, WRONG)
    look_up(database, UNKNOWN, WRONG, at=AT + FORGOTTEN_AFTER + timedelta(seconds=1))
    assert failures(database) == [1]


def test_a_count_names_no_case(database: Database) -> None:
    look_up(database, NUMBER, WRONG)
    with database.read() as tx:
        row = tx.execute(select(case_guess)).one()
    assert NUMBER not in row.number_hash
    assert row.number_hash != hashlib.sha256(NUMBER.encode()).hexdigest()


def test_the_slowing_grows_and_has_an_end() -> None:
    waits = [wait_after(failures) for failures in range(60)]
    assert waits[:FREE_SLIPS] == [timedelta()] * FREE_SLIPS
    assert waits == sorted(waits) and waits[-1] == LONGEST < FORGOTTEN_AFTER
    assert wait_after(10**9) == LONGEST
