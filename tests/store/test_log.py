"""The head of the log: signed in the transaction of its acts, never ahead of them, never beside another story."""

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from tests.desk import NOON, mine_act

from greenmine.domain.errors import BadInput, Conflict, NotFound, Unready
from greenmine.domain.instant import utc_text
from greenmine.store.apply import apply
from greenmine.store.audit import Audit
from greenmine.store.audit_fault import Fault
from greenmine.store.database import Database
from greenmine.store.log import (
    Head,
    append_leaf,
    head_covering,
    head_of,
    log_origin,
    newest_head,
    newest_signed_head,
    read_nodes,
    read_tile,
    root_at,
)
from greenmine.store.log_key import BOTH_SIGN, LogKeys, log_keys
from greenmine.store.log_seal import LogSeal, keep_head, read_head
from greenmine.tlog.checkpoint import Checkpoint, sign_checkpoint
from greenmine.tlog.entry import leaf_hash
from greenmine.tlog.merkle import (
    EMPTY_ROOT,
    Node,
    consistency_proof,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from greenmine.tlog.note import ED25519, SignerKey, is_signed_by
from greenmine.tlog.tile import Tile
from greenmine.usecases.log import begin_log, rotate_key, sign_newest, unsigned_heads

ORIGIN = "demo.greenmine.invalid/log"


@pytest.fixture
def keys(tmp_path: Path) -> LogKeys:
    return LogKeys(tmp_path / "keys")


@pytest.fixture
def head_file(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere" / "log-head"


@pytest.fixture
def sealed(database: Database, keys: LogKeys, head_file: Path) -> Database:
    """A database whose log has begun."""
    ready = replace(database, seal=LogSeal(keys, head_file).seal)
    with ready.write() as tx:
        begin_log(tx, origin=ORIGIN, keys=keys, at=NOON)
    return ready


def record(database: Database, *numbers: int, at: datetime = NOON) -> None:
    """Acts of one transaction."""
    with database.write() as tx:
        for number in numbers:
            apply(tx, mine_act(number), at=at)


def head(database: Database) -> Head:
    with database.read() as tx:
        found = newest_head(tx)
    assert found is not None
    return found


def test_the_first_head_is_that_of_the_empty_log(sealed: Database) -> None:
    """log-spec.md 2, 4: the empty root, signed."""
    assert head(sealed).checkpoint == Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    with sealed.read() as tx:
        (key,) = log_keys(tx)
    assert is_signed_by(head(sealed).note, key.key)


def test_every_transaction_ends_with_one_signed_head(sealed: Database) -> None:
    """log-spec.md 7: entries, nodes and head in the same transaction; one head however many acts."""
    record(sealed, 1)
    record(sealed, 2, 3, 4)
    with sealed.read() as tx:
        (key,) = log_keys(tx)
        for size in (0, 1, 4):
            assert is_signed_by(head_of(tx, size).note, key.key)
            assert head_of(tx, size).checkpoint.root == root_at(tx, size)
        for size in (2, 3):
            with pytest.raises(NotFound):
                head_of(tx, size)
        assert [head_covering(tx, n) for n in range(4)] == [1, 4, 4, 4]


def test_what_is_rolled_back_leaves_no_node_and_no_head(sealed: Database) -> None:
    record(sealed, 1)
    with pytest.raises(RuntimeError), sealed.write() as tx:
        apply(tx, mine_act(2), at=NOON)
        raise RuntimeError
    with sealed.rehearse() as tx:
        apply(tx, mine_act(3), at=NOON)
    with sealed.write():
        pass  # takes a connection on which the transactions above have noted their acts
    assert head(sealed).checkpoint.size == 1
    record(sealed, 2)
    assert head(sealed).checkpoint.size == 2


def test_a_transaction_without_acts_makes_no_head(sealed: Database) -> None:
    record(sealed, 1)
    with sealed.write() as tx:
        assert log_origin(tx) == ORIGIN
    assert head(sealed).checkpoint.size == 1


def test_the_stored_nodes_prove_every_entry_and_every_earlier_head(sealed: Database) -> None:
    for number in range(1, 12):
        record(sealed, number)
    with sealed.read() as tx:
        new = head_of(tx, 11).checkpoint
        for n in range(11):
            (leaf,) = read_nodes(tx, [Node(0, n)])
            proof = inclusion_proof(n, 11, lambda wanted: read_nodes(tx, wanted))
            assert verify_inclusion(leaf, index=n, size=11, proof=proof, root=new.root)
            old = head_of(tx, n).checkpoint
            steps = consistency_proof(n, 11, lambda wanted: read_nodes(tx, wanted))
            assert verify_consistency(old=n, new=11, old_root=old.root, new_root=new.root, proof=steps)


def test_a_tile_is_read_only_when_it_is_there(sealed: Database) -> None:
    """tlog-tiles: empty tiles are not served, partial ones only up to the size."""
    record(sealed, 1, 2, 3)
    with sealed.read() as tx:
        leaves = read_nodes(tx, [Node(0, 0), Node(0, 1), Node(0, 2)])
        assert read_tile(tx, Tile(0, 0, 3)) == b"".join(leaves)
        assert read_tile(tx, Tile(0, 0, 2)) == b"".join(leaves[:2])
        for missing in (Tile(0, 0, 4), Tile(0, 0), Tile(0, 1, 1), Tile(1, 0, 1)):
            with pytest.raises(NotFound):
                read_tile(tx, missing)


def test_level_one_hashes_full_tiles(sealed: Database) -> None:
    """256 entries: a full tile at level 0 and one hash at level 1, its root."""
    with sealed.write() as tx:
        for n in range(257):
            append_leaf(tx, n, leaf_hash(b"%d" % n), at=utc_text(NOON))
        assert len(read_tile(tx, Tile(0, 0))) == 8192
        assert read_tile(tx, Tile(1, 0, 1)) == root_at(tx, 256)
        tx.info.clear()


def test_without_its_key_the_log_goes_on_unsigned_and_is_signed_later(
    sealed: Database, keys: LogKeys, tmp_path: Path
) -> None:
    """log-spec.md 10: acts still commit; a later signature is a row of its own; never a silent new key."""
    (seed,) = keys.folder.iterdir()
    away = tmp_path / "away"
    seed.rename(away)
    record(sealed, 1)
    assert head(sealed).signatures == ()
    with sealed.write() as tx:
        assert sign_newest(tx, keys=keys, at=NOON) == 0
        (key,) = log_keys(tx)
        published = newest_signed_head(tx, [key.key.id])
    assert published is not None
    assert published.checkpoint.size == 0
    assert list(keys.folder.iterdir()) == []
    away.rename(seed)
    with sealed.write() as tx:
        assert sign_newest(tx, keys=keys, at=NOON) == 1
        assert sign_newest(tx, keys=keys, at=NOON) == 0
    assert is_signed_by(head(sealed).note, key.key)


def audited(database: Database, folder: Path) -> list[Fault]:
    return list(Audit(database, None, folder / "none", folder / "scratch", NOON).faults())


def test_each_of_two_keys_signs_what_waited_for_it(sealed: Database, keys: LogKeys, tmp_path: Path) -> None:
    """log-spec.md 10: while both sign, a seed that was away signs its heads once it is back."""
    (seed,) = keys.folder.iterdir()
    with sealed.write() as tx:
        rotate_key(tx, keys=keys, at=NOON)
    away = tmp_path / "away"
    seed.rename(away)
    record(sealed, 1)
    with sealed.read() as tx:
        old, new = (row.key for row in log_keys(tx))
        assert unsigned_heads(tx, keys=keys) == []
    assert is_signed_by(head(sealed).note, new) and not is_signed_by(head(sealed).note, old)
    assert [fault.table for fault in audited(sealed, tmp_path)] == ["log_signature"], "one is missing, and is named"
    record(sealed, 2, at=NOON + BOTH_SIGN)
    away.rename(seed)
    with sealed.write() as tx:
        assert sign_newest(tx, keys=keys, at=NOON + 2 * BOTH_SIGN) == 1, "its head of the 30 days, however late"
        assert sign_newest(tx, keys=keys, at=NOON + 2 * BOTH_SIGN) == 0
    with sealed.read() as tx:
        owed, later = head_of(tx, 2), head_of(tx, 3)
    assert is_signed_by(owed.note, old) and not is_signed_by(later.note, old)
    assert audited(sealed, tmp_path) == []


def test_a_key_that_others_may_read_or_that_is_another_one_signs_nothing(sealed: Database, keys: LogKeys) -> None:
    (seed,) = keys.folder.iterdir()
    seed.chmod(0o644)
    with pytest.raises(Unready, match="权限过宽"):
        record(sealed, 1)
    seed.chmod(0o600)
    seed.write_bytes(os.urandom(32))
    with pytest.raises(Unready, match="不是这个记录库的签名密钥"):
        record(sealed, 1)
    assert head(sealed).checkpoint.size == 0


def test_a_log_is_begun_once_and_under_a_proper_name(database: Database, keys: LogKeys, sealed: Database) -> None:
    with pytest.raises(Conflict), sealed.write() as tx:
        begin_log(tx, origin="other.invalid/log", keys=keys, at=NOON)
    with sealed.read() as tx:
        assert log_origin(tx) == ORIGIN


@pytest.mark.parametrize("origin", ["", "https://a.example/log", "a b/log", "a+b/log", "甲.cn/log", "a.example/log/"])
def test_an_origin_is_an_address_without_scheme(database: Database, keys: LogKeys, origin: str) -> None:
    with pytest.raises(BadInput), database.write() as tx:
        begin_log(tx, origin=origin, keys=keys, at=NOON)
    assert not keys.folder.exists()


def test_a_log_begun_late_covers_the_acts_of_before(database: Database, keys: LogKeys, head_file: Path) -> None:
    record(database, 1, 2)
    with database.read() as tx:
        assert newest_head(tx) is None
    ready = replace(database, seal=LogSeal(keys, head_file).seal)
    with ready.write() as tx:
        begin_log(tx, origin=ORIGIN, keys=keys, at=NOON)
    assert head(ready).checkpoint.size == 2


def test_a_restored_backup_records_nothing_and_signs_nothing(sealed: Database, head_file: Path) -> None:
    """log-spec.md 8: the database behind the kept head refuses acts, and goes on once it has caught up."""
    record(sealed, 1)
    with sealed.read() as tx:
        (key,) = log_keys(tx)
    later = Checkpoint(ORIGIN, 2, b"\7" * 32)
    assert keep_head(head_file, sign_checkpoint(later, [SignerKey(ORIGIN, ED25519, b"k" * 32)]))
    with pytest.raises(Unready, match="落后于已签名的记录"):
        record(sealed, 2)
    assert head(sealed).checkpoint.size == 1
    with sealed.write() as tx:  # what is no act is still taken
        sealed_fact = log_origin(tx)
    assert sealed_fact == ORIGIN
    assert key.key.name == ORIGIN


def test_a_database_with_another_beginning_records_nothing(sealed: Database, head_file: Path) -> None:
    record(sealed, 1)
    keep_head(head_file, sign_checkpoint(Checkpoint(ORIGIN, 1, b"\7" * 32), [SignerKey(ORIGIN, ED25519, b"k" * 32)]))
    with pytest.raises(Unready, match="不一致"):
        record(sealed, 2)
    assert head(sealed).checkpoint.size == 1


def test_a_head_of_another_log_is_told(sealed: Database, head_file: Path) -> None:
    other = SignerKey("other.invalid/log", ED25519, b"k" * 32)
    keep_head(head_file, sign_checkpoint(Checkpoint(other.name, 0, EMPTY_ROOT), [other]))
    with pytest.raises(Unready, match="另一个记录库"):
        record(sealed, 1)


def test_the_kept_head_only_goes_forward(sealed: Database, head_file: Path) -> None:
    record(sealed, 1)
    first = head(sealed).note
    record(sealed, 2)
    second = head(sealed).note
    assert keep_head(head_file, second)
    assert not keep_head(head_file, first)
    assert not keep_head(head_file, second)
    kept = read_head(head_file)
    assert kept == second
    assert [path.name for path in head_file.parent.iterdir()] == [head_file.name]
    record(sealed, 3)
    assert head(sealed).checkpoint.size == 3


def test_a_torn_head_file_is_told_and_stops_acts(sealed: Database, head_file: Path) -> None:
    head_file.parent.mkdir(parents=True)
    head_file.write_text("torn", encoding="utf-8")
    with pytest.raises(Unready, match="不是记录库的签名"):
        record(sealed, 1)
