"""What an entry says it was decided under: refused when it is recorded, refused when it is replayed, named by an audit.

ZJ-15 全过程留痕: each step leaves a trace that can be checked, the rule it followed included.
"""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import update
from tests.announced import announce_books
from tests.attacker import behind_the_app, change, read
from tests.desk import NOON, mine_act
from tests.migrated import bring_up
from tests.reference_data import CONTENT, reference

from greenmine.domain.act import Act, Basis
from greenmine.domain.act.document import texts_of
from greenmine.domain.errors import Unready
from greenmine.store import tables
from greenmine.store.act import acts_of, entries, get_document, size
from greenmine.store.act_basis import book_file
from greenmine.store.apply import ReplayBroken, apply, replay
from greenmine.store.audit import Audit
from greenmine.store.database import Database, open_database
from greenmine.store.files import FileStore
from greenmine.store.rebuild import differences, replay_all
from greenmine.tlog.entry import MAX_ENTRY, canonical
from greenmine.usecases.reference import announce_book

NATIONAL: Final = reference().books.all()[0]
ZHEJIANG: Final = next(book for book in reference().books.all() if book.region == "330000")
LATER: Final = datetime(2028, 1, 1, tzinfo=UTC)


def proposed(*basis: Basis, number: int = 1) -> Act:
    """A proposal on a mine that the record holds."""
    return Act(
        kind="removal.proposed",
        object=f"removal/2025-{number:04}",
        by="county@520524",
        valid_from=date(2025, 3, 3),
        facts={"mine": "GM-520524-0001", "ground": "fraud", "adverse": True, "level": "provincial"},
        body={"reason": "演示", "basis": "演示"},
        basis=basis,
    )


def held(provision: str = "ground/fraud") -> Basis:
    return Basis(NATIONAL.stamp, provision)


WRONG: Final = {
    "a book that does not hold it": Basis(ZHEJIANG.stamp, "ground/fraud"),
    "a provision that no book holds": held("ground/invented"),
    "a version that was never published": Basis(f"{NATIONAL.key}#{'0' * 12}", "ground/fraud"),
    "a book that does not exist": Basis("440000/2020-01-01#0123456789ab", "ground/fraud"),
    "a table that the book has not": held("house_rule/fraud"),
}


@pytest.fixture
def known(database: Database) -> Database:
    """Books made known, and a mine."""
    with database.write() as tx:
        announce_books(tx, reference(), at=NOON)
        apply(tx, mine_act(1), at=NOON)
    return database


def forge(database: Database, act: Act) -> int:
    """Append it as whoever holds the server could: well-formed, chained, in the tree, but decided under nothing."""
    with database.write() as tx:
        n = size(tx)
        body = canonical(act.body or {})
        sha256 = hashlib.sha256(body).hexdigest()
        entry = canonical(act.envelope(seq=0, prev=None, at="2025-03-03T04:00:00Z", body_sha256=sha256))
        replay(tx, entry, body, checked=False)
    return n


def test_an_act_names_the_book_that_holds_its_provision(known: Database) -> None:
    with known.write() as tx:
        entry = json.loads(apply(tx, proposed(held()), at=NOON).entry)
    assert entry["basis"] == [{"book": NATIONAL.stamp, "provision": "ground/fraud"}]


@pytest.mark.parametrize("basis", WRONG.values(), ids=list(WRONG))
def test_what_no_published_book_holds_is_not_recorded(known: Database, basis: Basis) -> None:
    with known.read() as tx:
        before = size(tx)
    with pytest.raises(Unready, match="尚未公布") as refused, known.write() as tx:
        apply(tx, proposed(held(), basis), at=NOON)
    assert refused.value.code == "act.basis"
    with known.read() as tx:
        assert size(tx) == before


def test_a_book_decides_nothing_before_it_is_published(database: Database) -> None:
    with database.write() as tx:
        apply(tx, mine_act(1), at=NOON)
    with pytest.raises(Unready), database.write() as tx:
        apply(tx, proposed(held()), at=NOON)
    with database.write() as tx:
        announce_book(tx, NATIONAL, size=1, at=NOON)
        apply(tx, proposed(held()), at=NOON)


def test_an_older_version_of_a_changed_book_still_holds_what_it_held(known: Database) -> None:
    """A matter that began under a version ends under it."""
    later = replace(NATIONAL, digest="ab" * 32, grounds=NATIONAL.grounds[:1])
    with known.write() as tx:
        announce_book(tx, later, size=1, at=NOON)
        apply(tx, proposed(held("ground/voluntary_exit")), at=NOON)
    with pytest.raises(Unready), known.write() as tx:
        apply(tx, proposed(Basis(later.stamp, "ground/voluntary_exit"), number=2), at=NOON)


@pytest.mark.parametrize("basis", WRONG.values(), ids=list(WRONG))
def test_replay_refuses_an_entry_whose_book_does_not_hold_its_provision(
    known: Database, twin: Database, basis: Basis
) -> None:
    n = forge(known, proposed(basis))
    with known.read() as tx, pytest.raises(ReplayBroken, match=basis.provision) as refused:
        list(replay_all(twin, entries(tx)))
    assert refused.value.code == "replay.basis" and f"第 {n} 号" in str(refused.value)


@pytest.fixture
def published(tmp_path: Path) -> tuple[Database, FileStore]:
    """A record whose books were made known with their files."""
    database, files = open_database(f"sqlite:///{tmp_path / 'one.db'}"), FileStore(tmp_path / "documents")
    bring_up(database)
    with database.write() as tx:
        for book in reference().books.all():
            content = (CONTENT / "rules" / f"{book.key}.toml").read_bytes()
            assert files.put(content) == book.digest
            announce_book(tx, book, size=len(content), at=NOON)
        apply(tx, mine_act(1), at=NOON)
    return database, files


def audit(published: tuple[Database, FileStore], folder: Path) -> list[str]:
    database, files = published
    run = Audit(database, files, head_file=folder / "log-head", scratch=folder, now=LATER)
    return [str(fault) for fault in run.faults()]


def test_verify_has_nothing_to_say_of_entries_that_name_their_books(
    published: tuple[Database, FileStore], tmp_path: Path
) -> None:
    with published[0].write() as tx:
        apply(tx, proposed(held()), at=NOON)
    assert audit(published, tmp_path) == []


@pytest.mark.parametrize("basis", WRONG.values(), ids=list(WRONG))
def test_verify_names_an_entry_whose_book_does_not_hold_its_provision(
    published: tuple[Database, FileStore], tmp_path: Path, basis: Basis
) -> None:
    n = forge(published[0], proposed(held(), basis))
    told = audit(published, tmp_path)
    assert len(told) == 1
    assert told[0].startswith(f"act {n}，列 entry：所依据的规则集 {basis.book}")


def test_verify_names_a_book_that_claims_what_its_file_does_not_hold(
    published: tuple[Database, FileStore], tmp_path: Path
) -> None:
    """The list in the log is a copy: the published file is what counts."""
    database, files = published
    content = (CONTENT / "rules" / f"{ZHEJIANG.key}.toml").read_bytes() + b"\n"
    boasting = replace(ZHEJIANG, digest=files.put(content), grounds=NATIONAL.grounds)
    with database.write() as tx:
        n = size(tx)
        announce_book(tx, boasting, size=len(content), at=NOON)
        apply(tx, proposed(Basis(boasting.stamp, "ground/fraud")), at=NOON)
    assert audit(published, tmp_path) == [f"act {n}，列 body：所列规定与规则集文件不符"]


def test_a_newer_program_that_reads_more_out_of_a_known_file_tells_it(
    published: tuple[Database, FileStore], tmp_path: Path
) -> None:
    """A release that knows another table: the old act still holds, what it did not list is told before it decides."""
    database, files = published
    content = (CONTENT / "rules" / f"{NATIONAL.key}.toml").read_bytes() + b"# as of before\n"
    newer = replace(NATIONAL, digest=files.put(content))
    older = replace(newer, grounds=())
    with database.write() as tx:
        assert announce_book(tx, older, size=len(content), at=NOON)
    with pytest.raises(Unready), database.write() as tx:
        apply(tx, proposed(Basis(newer.stamp, "ground/fraud")), at=NOON)
    with database.write() as tx:
        assert announce_book(tx, newer, size=len(content), at=NOON)
        apply(tx, proposed(Basis(newer.stamp, "ground/fraud")), at=NOON)
        assert not announce_book(tx, newer, size=len(content), at=NOON)
        assert not announce_book(tx, older, size=len(content), at=NOON), (
            "two programs do not answer each other for ever"
        )
    assert audit(published, tmp_path) == []


@pytest.mark.parametrize("text", [b"[" * 100_000, b"garbage", b"[]", None])
def test_a_book_whose_body_was_edited_behind_the_app_holds_nothing(
    published: tuple[Database, FileStore], tmp_path: Path, text: bytes | None
) -> None:
    database, _files = published
    with database.write() as tx:
        body = acts_of(tx, f"book/{NATIONAL.key}")[0].fact("body")
        tx.execute(update(tables.document).where(tables.document.c.sha256 == body).values(content=text))
        assert book_file(tx, NATIONAL.stamp) == NATIONAL.digest
    with pytest.raises(Unready), database.write() as tx:
        apply(tx, proposed(held()), at=NOON)
    assert any(body in fault for fault in audit(published, tmp_path))


def test_a_book_file_that_no_parser_can_hold_is_named(published: tuple[Database, FileStore], tmp_path: Path) -> None:
    path = next((tmp_path / "documents").rglob(NATIONAL.digest))
    path.chmod(0o600)
    path.write_bytes(b"a = " + b"[" * 100_000)
    assert audit(published, tmp_path) == [f"documents {NATIONAL.digest}：文件内容与其校验值不符"]


def test_a_lost_entry_of_a_book_is_named_and_not_every_entry_that_rests_on_it(
    published: tuple[Database, FileStore], tmp_path: Path
) -> None:
    database, _files = published
    with database.write() as tx:
        apply(tx, proposed(held()), at=NOON)
    with behind_the_app(database) as execute:
        change(execute, tables.act, read(execute, tables.act)[0], entry=b"garbage")
    assert all(fault.startswith("act 0，") for fault in audit(published, tmp_path) if fault.startswith("act "))


def test_every_published_version_of_a_book_stays_a_published_document(published: tuple[Database, FileStore]) -> None:
    database, files = published
    content = (CONTENT / "rules" / f"{NATIONAL.key}.toml").read_bytes() + b"# later\n"
    with database.write() as tx:
        announce_book(tx, replace(NATIONAL, digest=files.put(content)), size=len(content), at=NOON)
    with database.read() as tx:
        for told in acts_of(tx, f"book/{NATIONAL.key}"):
            assert get_document(tx, told.fact("digest"), today=LATER.date()).media_type == "application/toml"
            assert files.get(told.fact("digest"))


def test_matters_too_many_for_an_entry_are_a_published_list(known: Database, twin: Database) -> None:
    """338 removed at once fit; what does not fit stands beside, and the record replays all the same."""
    few, many = ([f"removal-2025-{n:06}" for n in range(count)] for count in (338, 4000))
    with known.write() as tx:
        inline = json.loads(apply(tx, replace(proposed(), matters=tuple(few)), at=NOON).entry)
        recorded = apply(tx, replace(proposed(number=2), matters=tuple(reversed(many))), at=NOON)
    assert inline["matters"] == few
    envelope = json.loads(recorded.entry)
    assert len(recorded.entry) <= MAX_ENTRY and envelope["matters"]["count"] == len(many)
    assert texts_of(envelope) == (envelope["body"], envelope["matters"]["sha256"])
    with known.read() as tx:
        listed: Any = get_document(tx, envelope["matters"]["sha256"], today=date(2025, 3, 3)).content
        assert json.loads(listed) == {"matters": many}
        assert [each.n for each in acts_of(tx, f"matter/{many[-1]}")] == [recorded.n]
        list(replay_all(twin, entries(tx)))
    with known.read() as one, twin.read() as other:
        assert differences(one, other) == []
        assert [each.n for each in acts_of(other, f"matter/{many[-1]}")] == [recorded.n]


def test_a_list_of_matters_that_is_not_the_one_named_is_not_replayed(known: Database, twin: Database) -> None:
    many = tuple(f"removal-2025-{n:06}" for n in range(4000))
    with known.write() as tx:
        apply(tx, replace(proposed(), matters=many), at=NOON)
    with known.read() as tx:
        *before, last = entries(tx)
    list(replay_all(twin, before))
    with pytest.raises(ReplayBroken), twin.write() as tx:
        replay(tx, last.entry, last.body, canonical({"matters": ["removal-2025-000001"]}))
    with twin.read() as tx:
        assert tx.execute(tables.act_head.select()).one().size == len(before)
