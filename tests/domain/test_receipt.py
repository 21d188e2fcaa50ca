"""The receipt: what proves later that a case was lodged, and when (features.md; log-spec.md 6)."""

import json
from datetime import UTC, date, datetime

import pytest

from greenmine.domain.body import Body
from greenmine.domain.case import CaseKind
from greenmine.domain.clock import DueDay
from greenmine.domain.department import Department
from greenmine.domain.receipt import Receipt, log_due

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def receipt(**values: object) -> Receipt:
    made: dict[str, object] = {
        "kind": CaseKind.COMPLAINT,
        "number": "T48201937565",
        "received_at": AT,
        "body": Body("520524", Department.ECOLOGY),
        "accept_due": DueDay(date(2026, 3, 17), False),
        "decide_due": DueDay(date(2026, 5, 16), False),
        "salt": "5a" * 32,
        "commitment": "ab" * 32,
        "log_due": log_due(AT),
        "record": {"v": 1, "number": "T48201937565"},
        **values,
    }
    return Receipt(**made)  # type: ignore[arg-type]


def test_the_file_holds_deadlines_salt_record_and_commitment_and_never_the_code() -> None:
    assert receipt().file() == {
        "v": 1,
        "type": "greenmine-receipt",
        "kind": "complaint",
        "number": "T48201937565",
        "received_at": "2026-03-02T02:00:00Z",
        "body": "520524/ecology",
        "accept_due": "2026-03-17",
        "decide_due": "2026-05-16",
        "provisional": False,
        "commitment": "ab" * 32,
        "salt": "5a" * 32,
        "log_due": "2026-03-03T16:10:00Z",
        "promise": "",
        "record": {"v": 1, "number": "T48201937565"},
    }
    assert "code" not in json.dumps(receipt().file())


def test_a_kind_without_a_second_clock_or_a_commitment_says_nothing_of_them() -> None:
    file = receipt(decide_due=None, salt="", commitment="", log_due=None, record=None).file()
    assert (file["decide_due"], file["commitment"], file["log_due"], file["record"]) == (None, "", None, None)


@pytest.mark.parametrize("late", ["accept_due", "decide_due"])
def test_a_deadline_beyond_the_published_calendar_makes_the_receipt_provisional(late: str) -> None:
    assert receipt(**{late: DueDay(date(2027, 1, 4), True)}).file()["provisional"] is True


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC), datetime(2026, 3, 2, 16, 10, tzinfo=UTC)),
        (datetime(2026, 3, 1, 16, 0, tzinfo=UTC), datetime(2026, 3, 3, 16, 10, tzinfo=UTC)),
    ],
)
def test_the_log_holds_it_a_day_after_the_batch_that_follows_the_legal_day(received: datetime, due: datetime) -> None:
    """log-spec.md 6: one batch a day at 00:10 in Shanghai, for what came the day before."""
    assert log_due(received) == due
