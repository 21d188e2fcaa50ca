"""Cases: sealed from the first byte, and gone for good once erased (个人信息保护法 47; design.md "Private data")."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, update
from tests.desk import NOON, ZHIJIN

from greenmine.domain.errors import Gone, NotFound, Unready
from greenmine.store.case import add_part, erase, open_case, read_part
from greenmine.store.database import Database, open_database
from greenmine.store.migrate import upgrade
from greenmine.store.sealed import MasterKey
from greenmine.store.tables_private import case_file, case_part

MASTER = MasterKey(bytes(range(32)))
WORDS = "演示：井下排水把村里的水弄黑了，请联系 13800000000".encode()


def open_with(database: Database, *plain: bytes, case: str = "c1") -> None:
    with database.write() as tx:
        open_case(tx, case=case, kind="complaint", region=ZHIJIN, at=NOON, master=MASTER)
        for words in plain:
            add_part(tx, case=case, label="text", plain=words, at=NOON, master=MASTER)


def test_parts_are_read_back_in_their_places(database: Database) -> None:
    open_with(database, WORDS, b"second")
    open_with(database, b"other", case="c2")
    with database.read() as tx:
        assert read_part(tx, case="c1", position=0, master=MASTER) == WORDS
        assert read_part(tx, case="c1", position=1, master=MASTER) == b"second"
        assert read_part(tx, case="c2", position=0, master=MASTER) == b"other"


def test_each_case_has_its_own_key(database: Database) -> None:
    open_with(database, WORDS)
    open_with(database, WORDS, case="c2")
    with database.read() as tx:
        wrapped = tx.execute(select(case_file.c.id, case_file.c.wrapped_key)).all()
    keys = {MASTER.unwrap(bytes(row.wrapped_key), case=row.id) for row in wrapped}
    assert len(keys) == 2


def test_what_is_not_there_is_not_found(database: Database) -> None:
    open_with(database, WORDS)
    with database.write() as tx:
        for call in (
            lambda: read_part(tx, case="c1", position=7, master=MASTER),
            lambda: read_part(tx, case="none", position=0, master=MASTER),
            lambda: add_part(tx, case="none", label="text", plain=b"", at=NOON, master=MASTER),
            lambda: erase(tx, case="none", at=NOON),
        ):
            with pytest.raises(NotFound):
                call()


def test_another_master_key_opens_nothing(database: Database) -> None:
    open_with(database, WORDS)
    with database.read() as tx, pytest.raises(Unready):
        read_part(tx, case="c1", position=0, master=MasterKey(bytes(32)))


def test_rows_swapped_between_cases_do_not_open(database: Database) -> None:
    open_with(database, WORDS)
    open_with(database, b"other", case="c2")
    with database.write() as tx:
        sealed = tx.execute(select(case_part.c.sealed).where(case_part.c.case_file == "c1")).scalar_one()
        tx.execute(update(case_part).where(case_part.c.case_file == "c2").values(sealed=sealed))
    with database.read() as tx, pytest.raises(Unready):
        read_part(tx, case="c2", position=0, master=MASTER)


def test_an_erased_case_is_gone_and_stays_gone(database: Database) -> None:
    open_with(database, WORDS)
    open_with(database, WORDS, case="c2")
    with database.write() as tx:
        erase(tx, case="c1", at=NOON)
    with database.write() as tx:
        with pytest.raises(Gone, match="依法删除"):
            read_part(tx, case="c1", position=0, master=MASTER)
        with pytest.raises(Gone):
            add_part(tx, case="c1", label="text", plain=b"more", at=NOON, master=MASTER)
        with pytest.raises(Gone):
            erase(tx, case="c1", at=NOON)
        assert read_part(tx, case="c2", position=0, master=MASTER) == WORDS
        assert tx.execute(select(case_file.c.erased_at).where(case_file.c.id == "c1")).scalar_one() is not None


def raw_bytes(folder: Path) -> bytes:
    """Everything that lies in the folder of a database: the file, its write-ahead log, its shared memory."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_plain_words_never_reach_the_disk_and_an_erased_key_leaves_it(tmp_path: Path) -> None:
    """Free pages and the write-ahead log included: an erased case cannot be dug out of the files."""
    database = open_database(f"sqlite:///{tmp_path / 'x.db'}")
    upgrade(database)
    open_with(database, WORDS, WORDS * 300)
    with database.read() as tx:
        wrapped = bytes(tx.execute(select(case_file.c.wrapped_key)).scalar_one())
    case_key = MASTER.unwrap(wrapped, case="c1")
    assert wrapped in raw_bytes(tmp_path)
    with database.write() as tx:
        erase(tx, case="c1", at=NOON)
    assert database.checkpoint()
    left = raw_bytes(tmp_path)
    for secret in (WORDS, "演示：井下排水".encode(), b"13800000000", wrapped, wrapped[12:], case_key, MASTER.secret):
        assert secret not in left
    assert (tmp_path / "x.db-wal").stat().st_size == 0
    database.close()


def test_a_checkpoint_says_when_a_reader_kept_it_from_finishing(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'x.db'}")
    upgrade(database)
    with closing(sqlite3.connect(tmp_path / "x.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM act").fetchone()
        open_with(database, WORDS)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=20")
        assert not database.checkpoint()
    assert database.checkpoint()
    database.close()
