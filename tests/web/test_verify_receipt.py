"""Receipts at ``/verify``: proved by their day's list, waiting for it, or a broken promise (log-spec.md 6)."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.complaints import CANARIES
from tests.log_site import LogSite
from tests.tlog_keys import WITNESSES
from tests.web.verify_site import (
    FAILED,
    PASSED,
    WAITING,
    check,
    file_of,
    listed,
    lodged,
    outcome,
    steps,
    upload,
    verify_site,
)

from greenmine.tlog.checkpoint import Checkpoint, sign_checkpoint


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LogSite]:
    with verify_site(tmp_path / "data") as made:
        yield made


def test_a_receipt_waits_until_its_list_and_is_proved_by_it(site: LogSite) -> None:
    receipt = file_of(lodged(site))
    early = check(site, receipt)
    assert outcome(early) == WAITING and steps(early) == ["回执中的校验值", "登记承诺", "当日登记清单"]
    assert "期限未到" in early.text
    listed(site)
    for answer in (check(site, receipt), upload(site, receipt.encode())):
        assert outcome(answer) == PASSED and steps(answer)[-1] == "见证方" and "--receipt" in answer.text


def test_nothing_of_a_receipt_is_shown_or_kept(site: LogSite, caplog: pytest.LogCaptureFixture) -> None:
    receipt = lodged(site)
    listed(site)
    whole, bent = file_of(receipt), file_of(receipt, commitment="0" * 64)
    cut, unknown = whole[: len(whole) // 2], whole.replace("greenmine-receipt", "other")
    answers = [check(site, whole), upload(site, whole.encode(), name="暗号.json"), check(site, bent)]
    answers += [check(site, cut, status=400), check(site, unknown, status=400)]
    answers += [upload(site, cut.encode())]
    for answer in answers:
        shown = answer.text + str(answer.headers) + caplog.text
        for secret in (*CANARIES, receipt.number, receipt.salt):
            assert secret not in shown, secret
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_changed_receipt_fails_where_it_was_changed(site: LogSite) -> None:
    receipt = lodged(site)
    listed(site)
    record = {**(receipt.record or {}), "number": "other"}
    stranger = str(sign_checkpoint(Checkpoint("x", 1, b"r" * 32), [WITNESSES[0]]))
    bent = {
        "回执中的校验值": [
            {"record": record},
            {"record": None},
            {"salt": "0" * 64},
            {"salt": "x"},
            {"commitment": "0" * 64},
            {"commitment": 5},
            {"record": {"n": 2**60}},
            {"record": {"n": "\ud800"}},
        ],
        "登记承诺": [
            {"log_due": "2026-12-31T00:00:00Z"},
            {"log_due": "soon"},
            {"promise": stranger},
            {"promise": "words"},
            {"promise": ["x"]},
            {"promise": receipt.promise.replace("receipt/v1", "receipt/v2")},
        ],
    }
    for step, changes in bent.items():
        for change in changes:
            answer = check(site, json.dumps({**receipt.file(), **change}))
            assert outcome(answer) == FAILED and steps(answer)[-1] == step, change


def test_an_overdue_receipt_is_called_misconduct(site: LogSite) -> None:
    receipt = lodged(site)
    site.clock.now += timedelta(days=3)
    answer = check(site, file_of(receipt))
    assert outcome(answer) == FAILED and steps(answer)[-1] == "当日登记清单"
    assert "违背签名承诺的失职行为" in answer.text and "/log/checkpoint" in answer.text


def test_without_a_promise_nothing_is_claimed_of_the_deadline(site: LogSite) -> None:
    receipt = lodged(site, signed=False)
    assert outcome(check(site, file_of(receipt))) == WAITING
    site.clock.now += timedelta(days=3)
    answer = check(site, file_of(receipt))
    assert outcome(answer) == FAILED and "失职" not in answer.text
    listed(site)
    assert outcome(check(site, file_of(receipt))) == PASSED


def test_a_receipt_that_commits_to_nothing_says_so(site: LogSite) -> None:
    receipt = lodged(site)
    answer = check(site, file_of(receipt, commitment="", salt="", promise="", log_due=None))
    assert "这类回执不登记校验值" in answer.text and len(steps(answer)) == 1
    assert outcome(answer) == "没有可以核对的内容"
