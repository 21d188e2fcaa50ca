"""Guesses at a case's code hit nothing, tell nothing by their time, and keep no holder out (trust.md 14, 15)."""

import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import sqrt
from pathlib import Path
from statistics import mean, median, variance
from time import perf_counter

import pytest

from greenmine.domain.case import CaseKind
from greenmine.store.case import open_case
from greenmine.store.case_access import add_access
from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade
from greenmine.store.sealed import MasterKey
from greenmine.usecases.case_code import find_case_by_code, new_access, new_case_number, new_code

AT = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
MASTER = MasterKey(b"m" * 32)
CASE = "cd" * 16
NUMBER, CODE, UNKNOWN = new_case_number(CaseKind.COMPLAINT), new_code(), new_case_number(CaseKind.COMPLAINT)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = open_database(f"sqlite:///{tmp_path / 'guess.db'}")
    upgrade(made)
    access = new_access(NUMBER, CODE)
    with made.write() as tx:
        open_case(tx, case=CASE, kind="complaint", region="520524", at=AT, master=MASTER)
        add_access(tx, access, case=CASE)
    yield made
    made.close()


def guess(database: Database, number: str, code: str, *, at: datetime = AT) -> str | None:
    return find_case_by_code(database, number=number, code=code, at=at, master=MASTER)


def guesses_hit(database: Database, tries: int) -> int:
    """Two guessers at once; the holder comes in between, again and again. Returns how many guesses hit."""
    chance, hits = random.Random(7), []

    def guess_on() -> None:
        for place in range(tries // 2):
            wrong = f"{chance.randrange(10**16):016}"
            found = guess(database, NUMBER, wrong, at=AT + timedelta(milliseconds=20 * place))
            if found:
                hits.append(wrong)

    guessers = [threading.Thread(target=guess_on) for _ in range(2)]
    for guesser in guessers:
        guesser.start()
    try:
        while any(guesser.is_alive() for guesser in guessers):
            begun = perf_counter()
            assert guess(database, NUMBER, CODE) == CASE, "the holder is served at any time"
            assert perf_counter() - begun < 5
            guessers[0].join(0.2)
    finally:
        for guesser in guessers:
            guesser.join()
    return len(hits)


def test_forty_guesses_hit_nothing_and_the_holder_is_served(database: Database) -> None:
    assert guesses_hit(database, 40) == 0


@pytest.mark.drill
@pytest.mark.slow
def test_ten_thousand_guesses_hit_nothing_and_the_holder_is_served(database: Database) -> None:
    assert guesses_hit(database, 10_000) == 0


def welch(first: list[float], second: list[float]) -> float:
    """Welch's t of two samples."""
    error = sqrt(variance(first) / len(first) + variance(second) / len(second))
    return abs(mean(first) - mean(second)) / error


def fastest(times: list[float], share: float = 0.9) -> list[float]:
    """Without the slowest tenth: moments in which the machine did something else."""
    return sorted(times)[: int(len(times) * share)]


@pytest.mark.drill
@pytest.mark.slow
def test_an_unknown_number_takes_the_time_of_a_wrong_code(database: Database) -> None:
    """500 of each, the order drawn anew each time; Welch's t below 4 and medians within a tenth."""
    chance = random.Random(3)
    times: dict[str, list[float]] = {NUMBER: [], UNKNOWN: []}
    for _ in range(500):
        for number in chance.sample(list(times), 2):
            wrong = f"{chance.randrange(10**16):016}"
            begun = perf_counter()
            assert guess(database, number, wrong) is None
            times[number].append(perf_counter() - begun)
    known, unknown = times.values()
    ratio = abs(median(known) - median(unknown)) / median(known)
    score = welch(fastest(known), fastest(unknown))
    print(f"known {median(known) * 1000:.2f} ms, unknown {median(unknown) * 1000:.2f} ms, Welch's t {score:.2f}")  # noqa: T201
    assert ratio < 0.10 and score < 4
