"""The daily list of commitments (log-spec.md 6): every day, sorted, padded, nothing twice, nothing lost."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from tests.complaints import MASTER, lodge, task_of
from tests.desk import Desk

from greenmine.domain.commitment_batch import MULTIPLE, batch_of, days_to_list
from greenmine.domain.errors import Gone, NotFound
from greenmine.domain.instant import utc_text
from greenmine.store.act import latest_of
from greenmine.store.case import read_parts
from greenmine.store.case_task import TaskRow
from greenmine.store.complaint import find_commitment
from greenmine.store.database import Database
from greenmine.store.log import newest_head
from greenmine.store.log_batch import batch_listing
from greenmine.store.log_key import LogKeys, log_keys
from greenmine.store.log_seal import LogSeal
from greenmine.store.tables_case import case_task
from greenmine.tlog.note import ED25519, VerifierKey, is_signed_by, parse_note
from greenmine.usecases.commitment_batch import due_days, list_commitments
from greenmine.usecases.erasure import KEPT, erase_case, erase_outlived
from greenmine.usecases.log import begin_log
from greenmine.usecases.promise import sign_promise

BEGUN = datetime(2025, 3, 3, 4, 0, tzinfo=UTC)


@pytest.fixture
def begun(desk: Desk, tmp_path: Path) -> Database:
    """A log that began at noon of 3 March 2025, Shanghai time."""
    keys = LogKeys(tmp_path / "keys")
    database = replace(desk.database, seal=LogSeal(keys, tmp_path / "log-head").seal)
    with database.write() as tx:
        begin_log(tx, origin="demo.greenmine.invalid/log", keys=keys, at=BEGUN)
    return database


def lodged(database: Database, *, at: datetime, closed_at: datetime | None = None) -> TaskRow:
    """A complaint received at this instant."""
    task = task_of(database, lodge(database, at=at).number)
    if closed_at is not None:
        with database.write() as tx:
            tx.execute(
                update(case_task).where(case_task.c.case_file == task.case).values(closed_at=utc_text(closed_at))
            )
    return task


@given(st.integers(0, 60), st.integers(0, 9))
def test_a_list_is_sorted_full_and_holds_every_commitment(number: int, seed: int) -> None:
    commitments = [hashlib.sha256(bytes([place])).digest() for place in range(number)]
    values = batch_of(commitments, random=Random(seed).randbytes)
    assert len(values) % MULTIPLE == 0 and len(values) >= MULTIPLE
    assert list(values) == sorted(set(values))
    assert {value.hex() for value in commitments} <= set(values)
    assert len(values) - len(set(commitments)) < MULTIPLE or not commitments


@pytest.mark.parametrize(
    ("last", "today", "days"),
    [
        (None, date(2025, 3, 3), []),
        (None, date(2025, 3, 5), [date(2025, 3, 3), date(2025, 3, 4)]),
        (date(2025, 3, 4), date(2025, 3, 5), []),
        (date(2025, 3, 4), date(2025, 3, 4), []),
        (date(2025, 2, 27), date(2025, 3, 2), [date(2025, 2, 28), date(2025, 3, 1)]),
    ],
)
def test_every_day_that_is_over_is_listed_once(last: date | None, today: date, days: list[date]) -> None:
    assert list(days_to_list(last_listed=last, begun=date(2025, 3, 3), today=today)) == days


def test_a_list_is_made_at_ten_past_midnight_in_shanghai(begun: Database) -> None:
    with begun.read() as tx:
        assert due_days(tx, at=datetime(2025, 3, 3, 16, 9, 59, tzinfo=UTC)) == ()
        assert due_days(tx, at=datetime(2025, 3, 3, 16, 10, tzinfo=UTC)) == (date(2025, 3, 3),)


def test_a_log_that_has_not_begun_lists_nothing(desk: Desk) -> None:
    with desk.database.write() as tx:
        assert list_commitments(tx, at=BEGUN + timedelta(days=9)) == 0


def test_an_empty_day_looks_like_any_other(begun: Database) -> None:
    with begun.write() as tx:
        assert list_commitments(tx, at=BEGUN + timedelta(days=2)) == 2
        assert list_commitments(tx, at=BEGUN + timedelta(days=2)) == 0
        first, second = (latest_of(tx, f"batch/2025-03-0{day}") for day in (3, 4))
        assert first is not None and second is not None
        assert len(first.fact("commitments")) == len(second.fact("commitments")) == MULTIPLE
        assert not set(first.fact("commitments")) & set(second.fact("commitments"))
        assert first.by == "system@000000"


def test_every_complaint_is_in_the_list_of_its_day_once(begun: Database) -> None:
    """The receipt's promise: in the log by the batch after the legal day of receipt."""
    cases = [lodged(begun, at=BEGUN + timedelta(hours=hours)) for hours in (0, 1, 11, 12, 13)]
    with begun.write() as tx:
        list_commitments(tx, at=BEGUN + timedelta(days=3))
        found = []
        for case in cases:
            commitment = find_commitment(tx, case.case)
            assert commitment is not None
            n = batch_listing(tx, commitment.hex(), after=date(2025, 3, 1))
            assert n is not None
            found.append(n)
    assert found == [found[0]] * 3 + [found[0] + 1] * 2, "12:00 + 12 h is midnight in Shanghai"


def test_what_was_committed_late_is_listed_the_next_day(begun: Database) -> None:
    with begun.write() as tx:
        list_commitments(tx, at=BEGUN + timedelta(days=1))
    late = lodged(begun, at=BEGUN)
    with begun.write() as tx:
        list_commitments(tx, at=BEGUN + timedelta(days=2))
        commitment = find_commitment(tx, late.case)
        assert commitment is not None
        listed = batch_listing(tx, commitment.hex(), after=date(2025, 3, 1))
        second = latest_of(tx, "batch/2025-03-04")
    assert second is not None and listed == second.n


def test_an_erased_case_leaves_its_commitment_and_nothing_else(begun: Database) -> None:
    """个人信息保护法 47; log-spec.md 6: without the salt nothing ties the commitment to a guess of the content."""
    case = lodged(begun, at=BEGUN)
    with begun.read() as tx:
        commitment = find_commitment(tx, case.case)
        before = newest_head(tx)
    assert commitment is not None and before is not None
    with begun.write() as tx:
        erase_case(tx, case.number, ground="demand", at=BEGUN)
    with begun.write() as tx:
        list_commitments(tx, at=BEGUN + timedelta(days=1))
        act = latest_of(tx, f"erased/{commitment.hex()}")
        assert act is not None and act.by == "system@000000"
        assert batch_listing(tx, commitment.hex(), after=date(2025, 3, 1)) is not None, "the promise of the receipt"
        with pytest.raises(Gone):
            read_parts(tx, case=case.case, master=MASTER)
        with pytest.raises(NotFound):
            erase_case(tx, case.number, ground="demand", at=BEGUN)


def test_a_closed_case_is_kept_two_years(begun: Database) -> None:
    """个人信息保护法 19; what the privacy page promises."""
    case = lodged(begun, at=BEGUN, closed_at=BEGUN)
    still_open = lodged(begun, at=BEGUN)
    with begun.write() as tx:
        erase_outlived(tx, at=BEGUN + KEPT)
        assert read_parts(tx, case=case.case, master=MASTER)
        erase_outlived(tx, at=BEGUN + KEPT + timedelta(seconds=1))
        with pytest.raises(Gone):
            read_parts(tx, case=case.case, master=MASTER)
        assert read_parts(tx, case=still_open.case, master=MASTER)


def test_the_receipts_promise_is_signed_by_the_log(begun: Database, tmp_path: Path) -> None:
    """log-spec.md 6: receipt/v1, commitment, deadline, under <origin>/receipt."""
    keys = LogKeys(tmp_path / "keys")
    due = datetime(2025, 3, 4, 16, 10, tzinfo=UTC)
    with begun.read() as tx:
        note = parse_note(sign_promise(tx, "ab" * 32, due=due, keys=keys, at=BEGUN))
        (row,) = log_keys(tx)
    public = VerifierKey("demo.greenmine.invalid/log/receipt", ED25519, row.key.public)
    assert note.text == f"receipt/v1\n{'ab' * 32}\n2025-03-04T16:10:00Z\n"
    assert is_signed_by(note, public) and not is_signed_by(note, row.key)


def test_without_a_key_there_is_no_promise(desk: Desk, begun: Database, tmp_path: Path) -> None:
    with begun.read() as tx:
        assert sign_promise(tx, "ab" * 32, due=BEGUN, keys=LogKeys(tmp_path / "elsewhere"), at=BEGUN) == ""
