"""Replaying all acts and documents into an empty database gives the same public rows (design.md, one sentence)."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select, text
from tests.story import Story

from greenmine.domain.act import KINDS
from greenmine.domain.act.log import LOG_KINDS
from greenmine.store import tables
from greenmine.store.act import entries
from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade
from greenmine.store.rebuild import differences, replay_all, rows_of


def replayed(source: Database, target: Database) -> list[str]:
    """Replay everything and name the public tables that differ."""
    with source.read() as tx:
        sizes = list(replay_all(target, entries(tx)))
    with source.read() as one, target.read() as other:
        assert sizes[-1:] == [one.execute(select(tables.act_head.c.size)).scalar_one()]
        return differences(one, other)


def kinds(database: Database) -> Counter[str]:
    with database.read() as tx:
        return Counter(tx.execute(select(tables.act.c.kind)).scalars())


def test_a_varied_history_replays_to_the_same_rows(database: Database, twin: Database) -> None:
    story = Story(database, seed=20).live(170)
    told = kinds(database)
    assert set(told) == set(KINDS) - {kind.name for kind in LOG_KINDS}
    assert story.refused > 10
    assert replayed(database, twin) == []
    with database.read() as one, twin.read() as other:
        for table in tables.PUBLIC_TABLES:
            assert rows_of(one, table) == rows_of(other, table) != []


def test_bodies_that_law_took_away_are_not_needed_for_replay(database: Database, twin: Database) -> None:
    """The log stays whole without the document that named the subject."""
    Story(database, seed=20).live(60)
    with database.read() as tx:
        gone = tx.execute(select(tables.document.c.sha256).where(tables.document.c.removed_by.is_not(None))).all()
    assert gone
    assert replayed(database, twin) == []


@pytest.mark.parametrize("seed", range(6))
def test_any_history_replays_to_the_same_rows(tmp_path: Path, seed: int) -> None:
    source, target = (open_database(f"sqlite:///{tmp_path / name}.db") for name in ("source", "target"))
    upgrade(source)
    upgrade(target)
    Story(source, seed=seed).live(60)
    assert replayed(source, target) == []
    source.close()
    target.close()


@pytest.mark.postgres
def test_a_site_moves_from_sqlite_to_postgresql_by_replay(tmp_path: Path, postgres_url: str) -> None:
    source, target = open_database(f"sqlite:///{tmp_path / 'source.db'}"), open_database(postgres_url)
    upgrade(source)
    upgrade(target)
    Story(source, seed=20).live(80)
    assert replayed(source, target) == []
    source.close()
    target.close()


def test_one_story_told_twice_is_the_same_story(database: Database, twin: Database) -> None:
    """Nothing but acts, reference data and the instants given goes into a row."""
    for place in (database, twin):
        Story(place, seed=5).live(40)
    with database.read() as one, twin.read() as other:
        assert differences(one, other) == []


def test_a_row_changed_behind_the_apps_back_is_seen(database: Database, twin: Database) -> None:
    Story(database, seed=5).live(20)
    assert replayed(database, twin) == []
    with twin.write() as tx:
        tx.execute(text("UPDATE mine SET holder = '演示' WHERE id = (SELECT min(id) FROM mine)"))
    with database.read() as one, twin.read() as other:
        assert differences(one, other) == ["mine"]


def test_a_replay_that_stops_goes_on_where_it_stopped(database: Database, twin: Database) -> None:
    Story(database, seed=7).live(40)
    with database.read() as tx:
        everything = list(entries(tx))
    half = len(everything) // 2
    list(replay_all(twin, everything[:half]))
    with database.read() as tx:
        list(replay_all(twin, entries(tx, start=half)))
    with database.read() as one, twin.read() as other:
        assert differences(one, other) == []
