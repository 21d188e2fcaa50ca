"""Backup of a running site on PostgreSQL and its way back into an empty database and data folder.

The promises of tests/cli/test_backup.py. ``pg_dump`` must be of the server's version, so the server's own is taken.
Source: trust.md "backup during load", "database restored from last night's backup"; log-spec.md 8.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from tests.cli.test_backup import Place, complain, numbers, record
from tests.postgres import PostgresServer, client_programs

from greenmine.cli.log import keep_log
from greenmine.domain.errors import Unready
from greenmine.services import Services
from greenmine.store.act import size
from greenmine.store.case_attachment import attachments_of
from greenmine.store.rebuild import differences
from greenmine.store.tables_case import case_task

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def _own_tools(monkeypatch: pytest.MonkeyPatch, postgres_server: PostgresServer) -> None:
    monkeypatch.setenv("PATH", f"{client_programs(postgres_server.folder)}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def place(
    tmp_path: Path, checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    """Where commands find the site; nothing is there yet."""
    monkeypatch.setenv("GREENMINE_CONTENT_DIR", str(checkout / "content"))
    monkeypatch.setenv("COLUMNS", "300")
    made = Place(tmp_path, capsys, monkeypatch)
    yield made
    for services in made.opened:
        services.database.close()


@pytest.fixture
def databases(postgres_server: PostgresServer) -> tuple[str, str]:
    """The site's, and an empty one to restore into."""
    return postgres_server.create_database(), postgres_server.create_database()


@pytest.fixture
def live(place: Place, databases: tuple[str, str]) -> Services:
    """A site on PostgreSQL whose log has begun, with two acts and a sealed case."""
    go(place, "live", databases[0])
    place.run("init", "--empty")
    services = place.services()
    record(services, 1)
    record(services, 2)
    complain(services)
    keep_log(services)
    return services


def go(place: Place, data: str, database: str, *, head: Path | None = None) -> None:
    place.patch.setenv("GREENMINE_DATABASE_URL", database)
    place.move(data, head=head)


def back_up(place: Place) -> tuple[str, ...]:
    """Data and keys are saved apart; what to restore them with."""
    place.run("backup", str(place.folder / "backup"), "--keys", str(place.folder / "keys"))
    return ("restore", str(place.folder / "backup"), "--keys", str(place.folder / "keys"))


def test_what_was_backed_up_is_whole_in_another_database_and_the_log_goes_on(
    place: Place, live: Services, databases: tuple[str, str]
) -> None:
    with live.database.write() as tx:
        tx.execute(text("INSERT INTO client_salt (day, salt) VALUES ('2025-03-03', '\\x00')"))
    restoring = back_up(place)
    assert (place.folder / "backup" / "greenmine.pgdump").is_file()
    assert not list((place.folder / "backup").rglob("*.key")) and not list((place.folder / "backup").rglob("*.seed"))
    go(place, "elsewhere", databases[1])
    assert "全部核对一致" in place.run(*restoring)
    there = place.services()
    with live.database.read() as here, there.database.read() as tx:
        assert differences(here, tx) == []
        assert tx.execute(text("SELECT count(*) FROM client_salt")).scalar_one() == 0, "forgotten after a day"
        (case,) = tx.execute(select(case_task.c.case_file)).scalars().all()
        (file,) = attachments_of(tx, case, master=there.master)
        before = size(tx)
    assert there.sealed_files.get(file.file, file.key) == b"photo"
    assert numbers(there) == numbers(live)
    record(there, 3)
    assert f"{before + 1}条记录全部核对一致" in place.run("verify")


def test_an_older_dump_beside_the_newer_head_takes_complaints_and_no_acts(
    place: Place, live: Services, databases: tuple[str, str]
) -> None:
    """log-spec.md 8: nothing is signed that would tell a second story."""
    head = place.folder / "volume" / "log-head"
    restoring = back_up(place)
    record(live, 3)
    keep_log(live)
    head.parent.mkdir()
    shutil.copy(live.settings.log_head, head)
    kept = head.read_bytes()
    go(place, "elsewhere", databases[1], head=head)
    printed = place.run(*restoring, ends=1)
    assert "数据库落后" in printed and "greenmine log replay" in printed
    assert head.read_bytes() == kept, "the newer head stays"
    there = place.services()
    with pytest.raises(Unready, match="落后于已签名的记录"):
        record(there, 4)
    assert complain(there) in numbers(there)


def test_a_dump_is_restored_into_an_empty_database_of_its_kind_only(
    place: Place, live: Services, databases: tuple[str, str]
) -> None:
    restoring = back_up(place)
    with live.database.read() as tx:
        before = size(tx)
    go(place, "elsewhere", databases[0])
    assert "pg_restore 没有成功" in place.run(*restoring, ends=1)
    with live.database.read() as tx:
        assert size(tx) == before
    go(place, "third", f"sqlite:///{place.folder / 'third' / 'greenmine.sqlite'}")
    assert "postgresql+psycopg" in place.run(*restoring, ends=1)


@pytest.mark.parametrize("place_of_harm", ["greenmine.pgdump", "backup.json"])
def test_a_dump_that_was_harmed_is_refused(
    place: Place, live: Services, databases: tuple[str, str], place_of_harm: str
) -> None:
    assert live.database.engine.dialect.name == "postgresql"
    restoring = back_up(place)
    with (place.folder / "backup" / place_of_harm).open("r+b") as file:
        file.seek(20)
        file.write(b"\xff\x00\xff")
    go(place, "elsewhere", databases[1])
    printed = place.run(*restoring, ends=1)
    assert "没有完整的备份" in printed or "缺失或已损坏" in printed
    assert not (place.folder / "elsewhere").exists()


def test_without_the_tools_of_postgresql_a_sentence_says_what_to_install(place: Place, live: Services) -> None:
    assert live.database.engine.dialect.name == "postgresql"
    place.patch.setenv("PATH", str(place.folder))
    assert "找不到 pg_dump" in place.run("backup", str(place.folder / "backup"), ends=1)
