"""Attachments: name and key sealed with their case, unreadable once it is erased (个人信息保护法 47)."""

from pathlib import Path

import pytest
from sqlalchemy import select
from tests.desk import NOON, ZHIJIN
from tests.store.conftest import count

from greenmine.domain.errors import Gone, NotFound, Unready
from greenmine.store.case import erase, open_case
from greenmine.store.case_attachment import attach, attachments_of, files_in_use, held_by, next_n, remove_files_of
from greenmine.store.database import Database
from greenmine.store.sealed import MasterKey
from greenmine.store.sealed_files import SealedFile, SealedFiles
from greenmine.store.tables_case import case_attachment
from greenmine.store.tables_private import case_part

MASTER = MasterKey(bytes(range(32)))
NAME = "王某某家门口 CANARY.jpg"


def opened_case(database: Database, case: str = "c1") -> str:
    with database.write() as tx:
        open_case(tx, case=case, kind="complaint", region=ZHIJIN, at=NOON, master=MASTER)
    return case


def attached(
    database: Database, sealed: SealedFile, *, case: str = "c1", n: int = 1, message: int | None = None
) -> None:
    with database.write() as tx:
        attach(
            tx,
            case=case,
            n=n,
            sealed=sealed,
            name=NAME,
            media_type="image/jpeg",
            message=message,
            at=NOON,
            master=MASTER,
        )


def sealed_file(number: int) -> SealedFile:
    return SealedFile(f"{number:032x}", bytes([number]) * 32, 100 + number)


def test_an_attachment_is_read_back_through_its_case(database: Database, tmp_path: Path) -> None:
    files, case = SealedFiles(tmp_path / "sealed"), opened_case(database)
    attached(database, files.put(b"photograph"))
    attached(database, files.put(b"another"), n=2, message=3)
    with database.read() as tx:
        one, two = attachments_of(tx, case, master=MASTER)
        assert (next_n(tx, case), held_by(tx, case)) == (3, (2, 17))
    assert files.get(one.file, one.key) == b"photograph"
    assert files.get(two.file, two.key) == b"another"
    assert (one.n, one.name, one.media_type, one.size, one.message) == (1, NAME, "image/jpeg", 10, None)
    assert (two.n, two.message) == (2, 3)


def test_no_row_holds_a_name_or_a_key_in_the_clear(database: Database) -> None:
    """trust.md 1: a file name may tell who complained."""
    opened_case(database)
    attached(database, sealed_file(7))
    with database.read() as tx:
        held = repr(tx.execute(select(case_attachment)).all()) + repr(tx.execute(select(case_part)).all())
        (one,) = attachments_of(tx, "c1", master=MASTER)
    for secret in ("CANARY", "王某某", (b"\x07" * 32).hex(), repr(b"\x07" * 32)):
        assert secret not in held
    assert "CANARY" not in repr(one)
    assert "\\x07" not in repr(one)


def test_another_master_key_opens_no_attachment(database: Database) -> None:
    opened_case(database)
    attached(database, sealed_file(1))
    with database.read() as tx, pytest.raises(Unready):
        attachments_of(tx, "c1", master=MasterKey(bytes(32)))


def test_nothing_is_attached_to_a_case_that_is_not_there(database: Database) -> None:
    with pytest.raises(NotFound):
        attached(database, sealed_file(1), case="none")
    assert count(database, "case_attachment") == 0


def test_erasing_a_case_loses_the_keys_of_its_files(database: Database) -> None:
    opened_case(database)
    opened_case(database, "c2")
    attached(database, sealed_file(1))
    attached(database, sealed_file(2), case="c2")
    with database.write() as tx:
        assert files_in_use(tx) == {sealed_file(1).file, sealed_file(2).file}
        erase(tx, case="c1", at=NOON)
        assert files_in_use(tx) == {sealed_file(2).file}, "the sweep takes what no key opens"
        with pytest.raises(Gone, match="依法删除"):
            attachments_of(tx, "c1", master=MASTER)
        assert remove_files_of(tx, "c1") == (sealed_file(1).file,)
        assert remove_files_of(tx, "c1") == ()
        assert len(attachments_of(tx, "c2", master=MASTER)) == 1
    with pytest.raises(Gone):
        attached(database, sealed_file(3))
