"""A log with records, and what is handed in at ``/verify``: for the tests of that page."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.complaints import MASTER, complaint, new_case
from tests.log_site import LogSite, log_site
from tests.reference_data import reference
from tests.web.strict_client import Answer, words

from greenmine.domain.receipt import Receipt
from greenmine.store.cluster import cluster_of
from greenmine.usecases.commitment_batch import list_commitments
from greenmine.usecases.lodge import lodge_complaint
from greenmine.web.context import SETTINGS

PASSED, FAILED, WAITING = "核对通过", "核对不通过", "尚不能核对"


@contextmanager
def verify_site(folder: Path) -> Iterator[LogSite]:
    """Three records in a log that nobody is asked a question about."""
    with log_site(folder) as made:
        unasked(made)
        made.record(1, 2, 3)
        yield made


def unasked(site: LogSite) -> None:
    """Budgets so wide that no question comes between: test_abuse.py holds forms to them."""
    wide = replace(site.services.settings, budget_steps="100000 per hour", budget_steps_all="100000 per hour")
    site.app.extensions[SETTINGS] = wide


def check(site: LogSite, text: str, *, status: int | None = 200) -> Answer:
    """Pasted, as a browser sends it."""
    return site.client.submit("/verify", {"text": text.replace("\n", "\r\n")}, status=status)


def upload(site: LogSite, content: bytes, *, status: int | None = 200, name: str = "file") -> Answer:
    return site.client.submit("/verify", {"text": "", "file": (io.BytesIO(content), name)}, status=status)


def outcome(answer: Answer) -> str:
    """The title of the box above the steps."""
    return next(words(node) for node in answer.page.iter("p") if node.get("class") == "notice-title")


def steps(answer: Answer) -> list[str]:
    proof = next(node for node in answer.page.iter("ol") if node.get("class") == "proof")
    return [words(node).split("：", 1)[1] for node in proof.iter("h2")]


def lodged(site: LogSite, *, signed: bool = True) -> Receipt:
    told = complaint()
    with site.services.database.write() as tx:
        return lodge_complaint(
            tx,
            told,
            new=new_case(),
            cluster=cluster_of(told.text, master=MASTER),
            reference=reference(),
            at=site.clock.now,
            master=MASTER,
            keys=site.services.log_keys if signed else None,
        )


def listed(site: LogSite) -> None:
    """The night passes and the day's list is made."""
    site.clock.now += timedelta(days=1)
    with site.services.database.write() as tx:
        list_commitments(tx, at=site.clock.now)


def file_of(receipt: Receipt, **changes: Any) -> str:
    return json.dumps({**receipt.file(), **changes}, ensure_ascii=False, indent=1)
