"""Backup while people and officers write, restore elsewhere, and the older backup beside the newer head.

Source: trust.md "backup during load", "database restored from last night's backup"; log-spec.md 8.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.complaints import lodge
from tests.desk import mine_act

from greenmine.__main__ import main
from greenmine.app import build_services
from greenmine.cli.log import keep_log
from greenmine.config.settings import read_settings
from greenmine.domain.errors import Unready
from greenmine.services import Services
from greenmine.store.act import size
from greenmine.store.apply import apply
from greenmine.store.case_attachment import attachments_of
from greenmine.store.tables_case import case_task
from greenmine.usecases.lodge import KeptFile


@dataclass
class Place:
    """Where commands find the site: another one after each move."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch
    opened: list[Services] = field(default_factory=list)

    def move(self, data: str, *, head: Path | None = None) -> None:
        self.patch.setenv("GREENMINE_DATA_DIR", str(self.folder / data))
        self.patch.setenv("GREENMINE_SEARCH_INDEX", str(self.folder / f"{data}-index"))
        if head is not None:
            self.patch.setenv("GREENMINE_LOG_HEAD", str(head))

    def run(self, *arguments: str, ends: int = 0) -> str:
        self.capture.readouterr()
        code = _exit_code(arguments)
        printed = "".join(self.capture.readouterr())
        assert code == ends, printed
        assert "Traceback" not in printed
        return printed

    def services(self) -> Services:
        self.opened.append(build_services(read_settings()))
        return self.opened[-1]


def _exit_code(arguments: Sequence[str]) -> int:
    try:
        return main(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)


@pytest.fixture
def place(
    tmp_path: Path, checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    monkeypatch.setenv("GREENMINE_CONTENT_DIR", str(checkout / "content"))
    monkeypatch.setenv("COLUMNS", "300")
    made = Place(tmp_path, capsys, monkeypatch)
    made.move("data")
    made.run("init", "--empty")
    yield made
    for services in made.opened:
        services.database.close()


def record(services: Services, number: int) -> None:
    with services.database.write() as tx:
        apply(tx, mine_act(number), at=services.clock())


def complain(services: Services) -> str:
    """A complaint with a sealed file; its number, once it is acknowledged."""
    plain = b"photo"
    kept = KeptFile(services.sealed_files.put(plain), name="a.jpg", media_type="image/jpeg", sha256="ab" * 32)
    return lodge(services.database, files=[kept], master=services.master, at=services.clock()).number


def numbers(services: Services) -> set[str]:
    with services.database.read() as tx:
        return set(tx.execute(select(case_task.c.number)).scalars())


def test_a_backup_under_load_is_whole_when_it_is_restored(place: Place) -> None:
    """Every receipt acknowledged before the backup began is there, with its file; the record verifies."""
    live = place.services()
    before: list[str] = [complain(live) for _ in range(3)]
    record(live, 1)
    stop, started = threading.Event(), threading.Semaphore(0)

    def write(deed: Callable[[int], object]) -> None:
        count = 100
        while not stop.is_set():
            deed(count)
            count += 1
            started.release()

    threads = [
        threading.Thread(target=write, args=(lambda n: record(live, n),)),
        threading.Thread(target=write, args=(lambda _: complain(live),)),
    ]
    for thread in threads:
        thread.start()
    for _ in range(4):
        started.acquire(timeout=60)
    before += numbers(live)
    printed = place.run("backup", str(place.folder / "backup"), "--keys", str(place.folder / "keys"))
    stop.set()
    for thread in threads:
        thread.join()
    assert "已另存" in printed
    assert not list((place.folder / "backup").rglob("*.key")) and not list((place.folder / "backup").rglob("*.seed"))
    place.move("elsewhere")
    printed = place.run("restore", str(place.folder / "backup"), "--keys", str(place.folder / "keys"))
    assert "全部核对一致" in printed
    there = place.services()
    assert set(before) <= numbers(there)
    with there.database.read() as tx:
        for case in tx.execute(select(case_task.c.case_file)).scalars().all():
            (file,) = attachments_of(tx, case, master=there.master)
            assert there.sealed_files.get(file.file, file.key) == b"photo"
    record(there, 9000)


def test_an_older_backup_beside_the_newer_head_takes_complaints_and_no_acts(place: Place) -> None:
    """log-spec.md 8: nothing is signed that would tell a second story."""
    head = place.folder / "volume" / "log-head"
    place.move("data", head=head)
    live = place.services()
    record(live, 1)
    keep_log(live)
    place.run("backup", str(place.folder / "backup"), "--keys", str(place.folder / "keys"))
    record(live, 2)
    keep_log(live)
    kept = head.read_bytes()
    place.move("elsewhere", head=head)
    printed = place.run("restore", str(place.folder / "backup"), "--keys", str(place.folder / "keys"), ends=1)
    assert "数据库落后" in printed and "greenmine log replay" in printed
    assert head.read_bytes() == kept, "the newer head stays"
    there = place.services()
    with pytest.raises(Unready, match="落后于已签名的记录"):
        record(there, 3)
    complain(there)
    with there.database.read() as tx:
        acts = size(tx)
    printed = place.run("init")
    assert "落后" in printed or "已就绪" in printed
    with there.database.read() as tx:
        assert size(tx) == acts


def test_a_restore_touches_nothing_that_is_there(place: Place) -> None:
    place.run("backup", str(place.folder / "backup"), "--keys", str(place.folder / "keys"))
    assert "已有内容" in place.run(
        "restore", str(place.folder / "backup"), "--keys", str(place.folder / "keys"), ends=1
    )
    assert "不是空文件夹" in place.run("backup", str(place.folder / "backup"), ends=1)
    place.move("elsewhere")
    assert "--keys" in place.run("restore", str(place.folder / "backup"), ends=1)
    assert not (place.folder / "elsewhere").exists()


def test_a_backup_without_its_keys_says_so(place: Place) -> None:
    assert "密钥没有包含在内" in place.run("backup", str(place.folder / "backup"))
    inside = place.run("backup", str(place.folder / "two"), "--keys", str(place.folder / "two" / "keys"), ends=1)
    assert "不能放在数据备份的文件夹里" in inside


@pytest.mark.parametrize("harm", ["database", "document", "sums", "stranger"])
def test_a_backup_that_was_harmed_is_refused(place: Place, harm: str) -> None:
    place.run("backup", str(place.folder / "backup"), "--keys", str(place.folder / "keys"))
    backup = place.folder / "backup"
    if harm == "database":
        with (backup / "greenmine.sqlite").open("r+b") as file:
            file.seek(5000)
            file.write(b"\xff\x00\xff")
    elif harm == "document":
        next(path for path in (backup / "documents").rglob("*") if path.is_file()).unlink()
    elif harm == "sums":
        (backup / "SHA256SUMS").unlink()
    else:
        with (backup / "SHA256SUMS").open("a") as sums:
            sums.write(f"{'0' * 64}  ../../etc/passwd\n")
    place.move("elsewhere")
    printed = place.run("restore", str(backup), "--keys", str(place.folder / "keys"), ends=1)
    assert "没有完整的备份" in printed or "缺失或已损坏" in printed
    assert not (place.folder / "elsewhere").exists()


def test_what_is_promised_to_be_forgotten_is_not_kept_in_backups(place: Place) -> None:
    live = place.services()
    with live.database.write() as tx:
        tx.exec_driver_sql("INSERT INTO client_salt (day, salt) VALUES ('2025-03-03', x'00')")
    place.run("backup", str(place.folder / "backup"), "--keys", str(place.folder / "keys"))
    place.move("elsewhere")
    place.run("restore", str(place.folder / "backup"), "--keys", str(place.folder / "keys"))
    with place.services().database.read() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM client_salt").scalar_one() == 0
