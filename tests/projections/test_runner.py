"""Catching up: each act once, nothing lost by a kill, nothing doubled, begun anew by another version."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from tests.desk import Desk, mine_act
from tests.reference_data import reference

from greenmine.domain.reference import Reference
from greenmine.projections.runner import BATCH, catch_up, rebuild
from greenmine.store.act import ActRow
from greenmine.store.apply import apply
from greenmine.store.cursor import read_cursor
from greenmine.store.database import Database, Tx
from greenmine.store.site_fact import change_fact, get_fact, settle_fact

ROWS = "test.numbers"


class Killed(Exception):
    """The process died here."""


@dataclass
class Numbers:
    """A projection of the real interface: it keeps the numbers of the acts it took as one row of the database."""

    version: int = 1
    name: str = "numbers"
    killed_at: int | None = None
    batches: list[tuple[int, ...]] = field(default_factory=list)

    def reset(self, tx: Tx) -> None:
        _write(tx, "")

    def take(self, tx: Tx, acts: Sequence[ActRow], *, reference: Reference) -> None:
        self.batches.append(tuple(act.n for act in acts))
        _write(tx, (get_fact(tx, ROWS) or "") + "".join(f"{act.n} " for act in acts))
        if self.killed_at in self.batches[-1]:
            raise Killed


def _write(tx: Tx, text: str) -> None:
    known = settle_fact(tx, ROWS, text)
    assert known == text or change_fact(tx, ROWS, before=known, after=text)


def taken(database: Database) -> list[int]:
    with database.read() as tx:
        return [int(word) for word in (get_fact(tx, ROWS) or "").split()]


def cursor(database: Database, projection: Numbers) -> int | None:
    with database.read() as tx:
        return read_cursor(tx, projection.name, version=projection.version)


def register(desk: Desk, numbers: range) -> None:
    with desk.database.write() as tx:
        for number in numbers:
            apply(tx, mine_act(number), at=desk.now)


def test_catching_up_takes_each_act_once_in_order(desk: Desk) -> None:
    numbers = Numbers()
    register(desk, range(1, 6))
    assert catch_up(desk.database, [numbers], reference=reference()) == 5
    register(desk, range(6, 8))
    assert catch_up(desk.database, [numbers], reference=reference()) == 2
    assert taken(desk.database) == list(range(7))
    assert numbers.batches == [(0, 1, 2, 3, 4), (5, 6)]


def test_catching_up_twice_takes_nothing(desk: Desk) -> None:
    numbers = Numbers()
    register(desk, range(1, 4))
    catch_up(desk.database, [numbers], reference=reference())
    assert catch_up(desk.database, [numbers], reference=reference()) == 0
    assert (taken(desk.database), len(numbers.batches)) == ([0, 1, 2], 1)


def test_an_empty_record_leaves_a_cursor_at_its_beginning(desk: Desk) -> None:
    numbers = Numbers()
    assert catch_up(desk.database, [numbers], reference=reference()) == 0
    assert cursor(desk.database, numbers) == 0
    assert numbers.batches == []


def test_a_kill_between_rows_and_cursor_loses_nothing_and_doubles_nothing(desk: Desk) -> None:
    register(desk, range(1, 4))
    catch_up(desk.database, [Numbers()], reference=reference())
    register(desk, range(4, 7))
    with pytest.raises(Killed):
        catch_up(desk.database, [Numbers(killed_at=4)], reference=reference())
    assert taken(desk.database) == [0, 1, 2]
    assert cursor(desk.database, Numbers()) == 3
    assert catch_up(desk.database, [Numbers()], reference=reference()) == 3
    assert taken(desk.database) == list(range(6))


def test_one_projection_that_fails_keeps_the_cursor_of_the_one_before(desk: Desk) -> None:
    register(desk, range(1, 3))
    first, second = Numbers(name="first"), Numbers(name="second", killed_at=0)
    with pytest.raises(Killed):
        catch_up(desk.database, [first, second], reference=reference())
    assert cursor(desk.database, first) == 2
    assert cursor(desk.database, second) is None


def test_a_new_version_begins_anew(desk: Desk) -> None:
    register(desk, range(1, 4))
    catch_up(desk.database, [Numbers()], reference=reference())
    newer = Numbers(version=2)
    assert catch_up(desk.database, [newer], reference=reference()) == 3
    assert taken(desk.database) == [0, 1, 2]
    assert cursor(desk.database, newer) == 3
    assert catch_up(desk.database, [newer], reference=reference()) == 0


def test_rebuilding_takes_everything_again_after_forgetting(desk: Desk) -> None:
    numbers = Numbers()
    register(desk, range(1, 4))
    catch_up(desk.database, [numbers], reference=reference())
    assert rebuild(desk.database, iter([numbers]), reference=reference()) == 3
    assert taken(desk.database) == [0, 1, 2]


def test_a_backlog_of_a_thousand_acts_comes_in_batches_that_each_stay(desk: Desk) -> None:
    """After a kill in the third batch the first two stand."""
    register(desk, range(1, 1002))
    with pytest.raises(Killed):
        catch_up(desk.database, [Numbers(killed_at=1000)], reference=reference())
    assert taken(desk.database) == list(range(2 * BATCH))
    numbers = Numbers()
    assert catch_up(desk.database, [numbers], reference=reference()) == 1
    assert [len(batch) for batch in numbers.batches] == [1]
    assert taken(desk.database) == list(range(1001))
