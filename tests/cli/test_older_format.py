"""A data folder in the format of before, and one that nobody prepared: every command refuses it and writes nothing.

The format of acts was broken once, before anything was released (docs/decisions/0022).
"""

from pathlib import Path

import pytest
from tests.desk import NOON
from tests.site_process import free_port
from tests.store.test_migrate import record_of_before

from greenmine.__main__ import main
from greenmine.app import create_app
from greenmine.config import EXIT_CODE
from greenmine.store.backup import Site, make_backup
from greenmine.store.database import open_database
from greenmine.store.migrate import upgrade
from greenmine.store.tables import act_head

ON_A_SITE = [
    ["init"], ["verify"], ["backup", "saved"], ["rebuild"], ["worker"], ["serve"], ["staff", "demo-links"],
    ["log", "init"], ["log", "status"], ["log", "rotate", "--yes"], ["erase", "--yes", "T2503000000001"],
    ["log", "replay", "elsewhere"],
]  # fmt: skip


@pytest.fixture
def data(tmp_path: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder that commands work on: not there yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GREENMINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GREENMINE_CONTENT_DIR", str(checkout / "content"))
    monkeypatch.setenv("GREENMINE_SEARCH_INDEX", str(tmp_path / "search_index"))
    monkeypatch.setenv("GREENMINE_PORT", str(free_port()))
    return tmp_path / "data"


def refusal(command: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(command) == 1
    printed = "".join(capsys.readouterr())
    assert "Traceback" not in printed
    return printed


def older(data: Path) -> None:
    """A data folder as the version before left it."""
    data.mkdir(mode=0o700)
    database = open_database(f"sqlite:///{data / 'greenmine.sqlite'}")
    upgrade(database, to="0006")
    record_of_before(database)
    with database.write() as tx:
        tx.execute(act_head.update().values(size=1, last_at="2025-03-03T04:00:00Z"))
    database.checkpoint()
    database.close()


@pytest.mark.parametrize("command", ON_A_SITE, ids=" ".join)
def test_no_command_touches_a_record_in_the_format_of_before(
    data: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """Each says the same sentence, and the record stays byte for byte."""
    older(data)
    before = (data / "greenmine.sqlite").read_bytes()
    assert "这个数据文件夹是旧版程序建立的" in refusal(command, capsys)
    assert (data / "greenmine.sqlite").read_bytes() == before


@pytest.mark.parametrize("command", [["log", "init"], ["log", "status"], ["log", "rotate", "--yes"]], ids=" ".join)
def test_commands_of_the_log_want_a_prepared_site(
    data: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """They write acts: never into a database of another version."""
    data.mkdir(mode=0o700)
    assert "请先运行 greenmine init" in refusal(command, capsys)


def test_a_server_that_others_start_serves_no_record_of_before(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``gunicorn wsgi:app`` prepares nothing: it must refuse by itself."""
    older(data)
    before = (data / "greenmine.sqlite").read_bytes()
    with pytest.raises(SystemExit) as ended:
        create_app()
    assert ended.value.code == EXIT_CODE and "这个数据文件夹是旧版程序建立的" in capsys.readouterr().err
    assert (data / "greenmine.sqlite").read_bytes() == before and not (data / "secret.key").exists()


def test_a_backup_in_the_format_of_before_puts_nothing_anywhere(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older(data)
    saved = Site(data, f"sqlite:///{data / 'greenmine.sqlite'}", data / "log-head")
    database = open_database(saved.database_url)
    make_backup(saved, database, tmp_path / "saved", at=NOON)
    database.close()
    data.rename(tmp_path / "gone")
    assert "这份备份由旧版程序写成" in refusal(["restore", str(tmp_path / "saved")], capsys)
    assert not data.exists() or list(data.iterdir()) == []
