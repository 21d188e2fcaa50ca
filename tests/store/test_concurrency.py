"""Many writers at once, and writers that die: no act lost, none twice, no gap (log-spec.md 7; trust.md "Faults")."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from tests.announced import propose_removal, publish_notice
from tests.desk import (
    COUNTY_OFFICER,
    NOON,
    PROVINCE_COLLEAGUE,
    PROVINCE_OFFICER,
    ZHIJIN,
    draft,
    facts,
    mine_act,
)
from tests.drill.kill import Lost, check, drill_postgresql, drill_sqlite
from tests.forks import FORKS
from tests.reference_data import reference

from greenmine.domain.errors import Conflict, Unready
from greenmine.domain.mine import Level, Library
from greenmine.store import journal, tables
from greenmine.store.act import size
from greenmine.store.apply import apply
from greenmine.store.database import Database, open_database
from greenmine.usecases.mine import Listing, enlist_mine, register_mine
from greenmine.usecases.removal import RemovalDecision, RemovalProposal, decide_removal

WRITERS = 8
ACTS = 40


def _write(url: str, writer: int, start: Any, said: Any) -> None:
    """Record ``ACTS`` acts, saying each after its commit."""
    database = open_database(url)
    start.wait(60)
    for number in range(ACTS):
        _record(database, writer * 1000 + number)
        said.put(writer * 1000 + number)
    database.close()


def _record(database: Database, number: int) -> None:
    with database.write() as tx:
        recorded = apply(tx, mine_act(number), at=NOON)
        journal.note(tx, "act", at=NOON, staff=1, act=recorded.n)


@pytest.mark.usefixtures("processes")
def test_eight_processes_lose_nothing_and_leave_no_gap(database: Database) -> None:
    start, said = FORKS.Barrier(WRITERS), FORKS.Queue()
    url = database.engine.url.render_as_string(hide_password=False)
    writers = [FORKS.Process(target=_write, args=(url, n, start, said)) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    heard = [said.get(timeout=120) for _ in range(WRITERS * ACTS)]
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    check(database, [f"mine/GM-{ZHIJIN}-{number:04}" for number in heard])
    with database.read() as tx:
        assert size(tx) == WRITERS * ACTS


def test_eight_threads_lose_nothing_and_leave_no_gap(database: Database) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda number: _record(database, number), range(WRITERS * ACTS)))
    check(database, [f"mine/GM-{ZHIJIN}-{number:04}" for number in range(WRITERS * ACTS)])
    with database.read() as tx:
        assert size(tx) == WRITERS * ACTS


def test_a_reader_among_writers_never_sees_half_an_act(database: Database) -> None:
    """Act, head, row and journal line are one: at any moment they are equally many."""
    done = threading.Event()
    seen: list[tuple[int, ...]] = []

    def read() -> None:
        counts = [select(func.count()).select_from(table) for table in (tables.act, tables.mine, tables.document)]
        while not done.is_set():
            with database.read() as tx:
                seen.append((size(tx), *(tx.execute(count).scalar_one() for count in counts)))

    reader = threading.Thread(target=read)
    reader.start()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: _record(database, number), range(80)))
    done.set()
    reader.join(30)
    assert len(seen) > 3
    assert all(len(set(counts)) == 1 for counts in seen), next(c for c in seen if len(set(c)) > 1)
    assert seen == sorted(seen)


def at_once(doing: Callable[[int], Any], *, times: int) -> list[Any]:
    """Do it in eight threads that start together; what each call gave or raised."""
    start = threading.Barrier(WRITERS)

    def one(number: int) -> Any:
        if number < WRITERS:
            start.wait(30)
        try:
            return doing(number)
        except Exception as error:
            return error

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(one, range(times)))


def test_no_two_mines_get_one_number(database: Database) -> None:
    def register(number: int) -> str:
        with database.write() as tx:
            return register_mine(
                tx, facts(f"演示第{number}号矿"), reference=reference(), officer=COUNTY_OFFICER, at=NOON
            )

    given = at_once(register, times=48)
    assert sorted(given) == [f"GM-{ZHIJIN}-{n:04}" for n in range(1, 49)]


def test_no_two_notices_get_one_number(database: Database) -> None:
    def publish(number: int) -> str:
        wanted = draft(title=f"演示公示{number}")
        with database.write() as tx:
            return publish_notice(tx, wanted, reference=reference(), officer=PROVINCE_OFFICER, at=NOON)

    given = at_once(publish, times=32)
    assert sorted(given) == [f"2025-{n:04}" for n in range(1, 33)]


def test_of_many_identical_decisions_one_is_recorded(database: Database) -> None:
    """trust.md ASVS 2.3.4: 20 simultaneous identical decisions, exactly one act, the others in conflict."""
    with database.write() as tx:
        mine = register_mine(tx, facts(), reference=reference(), officer=COUNTY_OFFICER, at=NOON)
        enlist_mine(tx, mine, Listing(Library.PROVINCIAL, date(2025, 1, 2)), officer=None, at=NOON)
        proposal = RemovalProposal(mine, Level.PROVINCIAL, "fraud", reason="演示", basis="LN-12")
        number = propose_removal(tx, proposal, reference=reference(), officer=PROVINCE_OFFICER, at=NOON)
        before = size(tx)
    decision = RemovalDecision(removed=True, organ="演示厅", reason="演示", basis="LN-12", since=date(2025, 3, 3))

    def decide(_: int) -> None:
        with database.write() as tx:
            decide_removal(tx, number, decision, reference=reference(), officer=PROVINCE_COLLEAGUE, at=NOON)

    outcomes = at_once(decide, times=20)
    assert outcomes.count(None) == 1
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [Conflict] * 19
    with database.read() as tx:
        assert size(tx) == before + 1


@contextmanager
def _another_writer(database: Database) -> Iterator[None]:
    with database.write():
        yield


def test_who_waits_too_long_for_a_turn_is_told_that_nothing_was_saved(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'x.db'}")

    def impatient(connection: Any) -> None:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")

    with database.engine.connect() as connection:
        impatient(connection)
    with _another_writer(database), database.engine.connect() as second:
        impatient(second)
    with database.read() as tx:
        waits = tx.execute(text("PRAGMA busy_timeout")).scalar_one()
    assert waits == 50
    with ThreadPoolExecutor(1) as pool, _another_writer(database):
        outcome = pool.submit(_try_to_write, database).result(timeout=90)
    assert isinstance(outcome, Unready)
    assert "没有保存" in str(outcome)
    assert isinstance(outcome.__cause__, OperationalError)
    database.close()


def _try_to_write(database: Database) -> Exception | None:
    try:
        with database.write():
            return None
    except Unready as error:
        return error


@pytest.mark.usefixtures("processes")
def test_killed_writers_leave_a_whole_record_on_sqlite(tmp_path: Path) -> None:
    toll = drill_sqlite(tmp_path, rounds=10)
    assert toll.kills == 10
    assert toll.acknowledged >= 40


@pytest.mark.postgres
@pytest.mark.slow
def test_killed_writers_and_server_leave_a_whole_record_on_postgresql() -> None:
    toll = drill_postgresql(rounds=4)
    assert toll.acknowledged >= 16


def test_the_drill_sees_a_lost_act_and_a_gap(database: Database) -> None:
    """A drill that cannot fail proves nothing."""
    _record(database, 1)
    check(database, [f"mine/GM-{ZHIJIN}-0001"])
    with pytest.raises(Lost, match="lost"):
        check(database, [f"mine/GM-{ZHIJIN}-0002"])
    with database.write() as tx:
        tx.execute(tables.act_head.update().values(size=2))
    with pytest.raises(Lost, match="numbers"):
        check(database, [])
