"""What outsiders read of the log, on both databases: nothing that no signed head covers (tlog-tiles; log-spec.md 3)."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.desk import NOON, mine_act
from tests.tlog_keys import WITNESSES

from greenmine.domain.errors import NotFound, Unready
from greenmine.store.apply import apply
from greenmine.store.database import Database
from greenmine.store.log import add_signature, head_of, newest_head, root_at
from greenmine.store.log_key import LogKeys, log_keys
from greenmine.store.log_read import (
    WAIT,
    continuity_of,
    entries_before,
    entry_row,
    evidence_of,
    last_heads,
    neighbours,
    newest_cosignature,
    newest_signed,
    published_head,
    published_tile,
)
from greenmine.store.log_seal import LogSeal
from greenmine.tlog.checkpoint import cosign
from greenmine.tlog.entry import leaf_hash
from greenmine.tlog.evidence import check_evidence
from greenmine.tlog.merkle import verify_consistency
from greenmine.tlog.policy import NONE, Log, Policy, Witness, judge
from greenmine.tlog.tile import Tile, unbundle
from greenmine.usecases.log import begin_log

ORIGIN = "demo.greenmine.invalid/log"
DAY = timedelta(days=1)


@pytest.fixture
def sealed(database: Database, tmp_path: Path) -> Database:
    """A log with signed heads of 0, 2 and 5 entries."""
    keys = LogKeys(tmp_path / "keys")
    ready = replace(database, seal=LogSeal(keys, tmp_path / "head").seal)
    with ready.write() as tx:
        begin_log(tx, origin=ORIGIN, keys=keys, at=NOON)
    record(ready, 1, 2)
    record(ready, 3, 4, 5)
    return ready


def record(database: Database, *numbers: int, at: datetime = NOON) -> None:
    with database.write() as tx:
        for number in numbers:
            apply(tx, mine_act(number), at=at)


def hide(tmp_path: Path) -> None:
    for path in (tmp_path / "keys").iterdir():
        path.unlink()


def test_nothing_is_published_before_the_log_has_begun(database: Database) -> None:
    record(database, 1)
    with database.read() as tx:
        for ask in (published_head, lambda tx: evidence_of(tx, 0), lambda tx: continuity_of(tx, 0)):
            with pytest.raises(NotFound, match="尚未建立"):
                ask(tx)
        assert newest_signed(tx) is None and last_heads(tx, before=NOON + DAY, days=9) == []


def test_tiles_are_published_for_signed_sizes_only(sealed: Database, tmp_path: Path) -> None:
    with sealed.read() as tx:
        for width in (2, 5):
            bundle = unbundle(published_tile(tx, Tile(None, 0, width)))
            assert published_tile(tx, Tile(0, 0, width)) == b"".join(map(leaf_hash, bundle)) and len(bundle) == width
        for tile in (Tile(0, 0, 1), Tile(0, 0, 4), Tile(0, 0, 6), Tile(0, 0), Tile(1, 0, 1), Tile(63, 0, 1),
                     Tile(0, 999_999_999_999), Tile(None, 0, 3), Tile(None, 2**40, 5)):  # fmt: skip
            with pytest.raises(NotFound):
                published_tile(tx, tile)
    hide(tmp_path)
    record(sealed, 6)
    with sealed.read() as tx, pytest.raises(NotFound):
        published_tile(tx, Tile(0, 0, 6))


def test_evidence_is_against_the_newest_signed_head(sealed: Database, tmp_path: Path) -> None:
    hide(tmp_path)
    record(sealed, 6)
    with sealed.read() as tx:
        policy = Policy(tuple(Log(row.key) for row in log_keys(tx)), (), (), NONE)
        assert published_head(tx).checkpoint.size == 5 and (newest_head(tx) or published_head(tx)).checkpoint.size == 6
        for n in range(5):
            row = entry_row(tx, n)
            assert row.leaf == leaf_hash(row.entry)
            assert check_evidence(evidence_of(tx, n), leaf=row.leaf, policy=policy).checkpoint.size == 5
        with pytest.raises(Unready) as waiting:
            evidence_of(tx, 5)
        assert waiting.value.params["retry_after"] == WAIT
        with pytest.raises(NotFound):
            evidence_of(tx, 6)


def test_the_log_is_shown_to_continue_any_size_it_had(sealed: Database) -> None:
    with sealed.read() as tx:
        for size in (0, 2, 5):
            proof, head = continuity_of(tx, size)
            old = head_of(tx, size).checkpoint
            new = head.checkpoint
            assert verify_consistency(old=size, new=5, old_root=old.root, new_root=new.root, proof=proof)
        with pytest.raises(NotFound):
            continuity_of(tx, 6)


def test_a_proof_ends_at_a_head_that_the_quorum_has_seen_while_the_newest_waits_for_it(sealed: Database) -> None:
    watched = Policy((), (Witness("w", WITNESSES[0].verifier),), (), "w")
    with sealed.write() as tx:
        line = cosign(head_of(tx, 2).checkpoint.text, WITNESSES[0], time=1_790_000_000)
        add_signature(tx, 2, line, at=NOON, time=1_790_000_000)
    with sealed.read() as tx:
        policy = replace(watched, logs=tuple(Log(row.key) for row in log_keys(tx)))
        for old, size in ((0, 2), (2, 2), (3, 5)):
            proof, head = continuity_of(tx, old, witnesses=watched)
            assert head.checkpoint.size == size and judge(head.note, policy).has_quorum is (size == 2)
            if old:
                begun = root_at(tx, old)
                end = head.checkpoint.root
                assert verify_consistency(old=old, new=size, old_root=begun, new_root=end, proof=proof)
        entry = entry_row(tx, 1)
        assert check_evidence(evidence_of(tx, 1, witnesses=watched), leaf=entry.leaf, policy=policy)


def test_the_last_signed_head_of_each_legal_day_is_told(sealed: Database, tmp_path: Path) -> None:
    """Days are those of Shanghai: 16:00 UTC begins the next one."""
    late = NOON.replace(hour=15, minute=59)
    record(sealed, 6, at=late)
    record(sealed, 7, at=late + timedelta(minutes=1))
    record(sealed, 8, at=late + 3 * DAY)
    hide(tmp_path)
    record(sealed, 9, at=late + 3 * DAY)
    with sealed.read() as tx:
        heads = last_heads(tx, before=late + 9 * DAY, days=9)
        assert [head.checkpoint.size for head in heads] == [8, 7, 6] and all(head.signatures for head in heads)
        assert [head.checkpoint.size for head in last_heads(tx, before=late + 9 * DAY, days=2)] == [8, 7]
        assert [head.checkpoint.size for head in last_heads(tx, before=NOON + DAY, days=9)] == [7, 6]


def test_entries_are_read_from_a_place_downwards_and_know_their_neighbours(sealed: Database) -> None:
    with sealed.read() as tx:
        assert [row.n for row in entries_before(tx, 4, limit=2)] == [3, 2]
        assert [row.n for row in entries_before(tx, 99, limit=99)] == [4, 3, 2, 1, 0]
        assert neighbours(tx, entry_row(tx, 2).act) == (None, None)
        with pytest.raises(NotFound):
            entry_row(tx, 5)


def test_the_newest_cosignature_of_known_witnesses_counts_whichever_head_it_is_on(sealed: Database) -> None:
    with sealed.write() as tx:
        for size, witness, time in ((5, 0, 1_790_000_000), (2, 1, 1_790_003_600), (5, 2, 1_799_999_999)):
            line = cosign(head_of(tx, size).checkpoint.text, WITNESSES[witness], time=time)
            add_signature(tx, size, line, at=NOON, time=time)
    with sealed.read() as tx:
        seen = newest_cosignature(tx, [key.verifier.id for key in WITNESSES[:2]])
        assert seen is not None and seen.timestamp() == 1_790_003_600
        assert newest_cosignature(tx, []) is None
        assert len(published_head(tx).signatures) == 3
