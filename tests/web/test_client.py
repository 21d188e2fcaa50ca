"""The mark of a client: the same all day in every process, another tomorrow, never an address."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select

from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade
from greenmine.store.tables_case import client_salt
from greenmine.web.client import ASK_AGAIN, Clients


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC)  # one second before midnight in Shanghai

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Tools:
    database: Database
    clock: Clock


@pytest.fixture
def tools(tmp_path: Path) -> Any:
    database = open_database(f"sqlite:///{tmp_path / 'clients.db'}")
    upgrade(database)
    yield Tools(database, Clock())
    database.close()


def process(tools: Tools) -> Clients:
    return Clients(cast(Any, tools))


def test_every_process_gives_an_address_the_same_mark_all_day(tools: Tools) -> None:
    first, second = process(tools), process(tools)
    mark = first.mark("192.0.2.1")
    assert len(mark) == 32 and int(mark, 16)
    assert second.mark("192.0.2.1") == mark == first.mark("192.0.2.1")
    assert first.mark("192.0.2.2") != mark


def test_at_midnight_in_shanghai_every_mark_changes_and_the_old_salt_is_gone(tools: Tools) -> None:
    clients = process(tools)
    before = clients.mark("192.0.2.1")
    tools.clock.now += timedelta(seconds=1)
    assert clients.mark("192.0.2.1") != before
    with tools.database.read() as tx:
        assert list(tx.execute(select(client_salt.c.day)).scalars()) == ["2026-11-22"]


def test_no_mark_holds_the_address_or_can_be_made_without_the_salt(tools: Tools) -> None:
    mark = process(tools).mark("192.0.2.1")
    assert "192" not in repr(process(tools)) and "192.0.2.1" not in mark
    with tools.database.write() as tx:
        tx.execute(client_salt.delete())
    assert process(tools).mark("192.0.2.1") != mark


def test_while_the_database_is_away_clients_are_still_told_apart(tools: Tools) -> None:
    away = Tools(open_database("sqlite://"), tools.clock)
    clients = process(away)
    assert clients.mark("192.0.2.1") == clients.mark("192.0.2.1") != clients.mark("192.0.2.2")
    away.database.close()
    clients.services = cast(Any, tools)
    own = clients.mark("192.0.2.1")
    tools.clock.now += ASK_AGAIN  # past midnight too: asked again in any case
    assert own != clients.mark("192.0.2.1") == process(tools).mark("192.0.2.1"), "back at the shared salt"


def test_a_request_does_not_wait_for_another_that_asks_the_database(tools: Tools) -> None:
    clients = process(tools)
    with clients._turn:
        assert len(clients.mark("192.0.2.1")) == 32
    assert clients.mark("192.0.2.1") == process(tools).mark("192.0.2.1")
