"""What whoever brings a case is given in the same breath: number, deadlines, and proof that it was lodged.

Source: features.md "a receipt that proves lodging"; log-spec.md 6.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from greenmine.domain.body import Body
from greenmine.domain.case import CaseKind
from greenmine.domain.clock import DueDay
from greenmine.domain.instant import at_legal_time, legal_day, utc_text

BATCH_TIME: Final = time(0, 10)
"""When the commitments of the day before enter the log, Shanghai time (log-spec.md 6)."""

MERGE_DELAY: Final = timedelta(hours=24)
"""How much later they must be there at the latest."""


@dataclass(frozen=True)
class Receipt:
    """A receipt without the code: that is told apart, once.

    :param accept_due: by when the person is told whether the case is taken (objection, report: by when answered)
    :param decide_due: by when it is answered if it is taken on the last day; None where there is no second clock
    :param salt: hex; empty when the kind of case is not committed to the log
    :param commitment: SHA-256 in hex, empty likewise
    :param record: the whole private record the commitment binds
    :param promise: signed note that the log will hold the commitment in time; empty when no key was there
    """

    kind: CaseKind
    number: str
    received_at: datetime
    body: Body
    accept_due: DueDay
    decide_due: DueDay | None
    salt: str = ""
    commitment: str = ""
    log_due: datetime | None = None
    record: Mapping[str, Any] | None = None
    promise: str = ""

    def file(self) -> dict[str, Any]:
        """The receipt file: what is needed to prove later what was lodged and when."""
        return {
            "v": 1,
            "type": "greenmine-receipt",
            "kind": str(self.kind),
            "number": self.number,
            "received_at": utc_text(self.received_at),
            "body": self.body.code,
            "accept_due": self.accept_due.day.isoformat(),
            "decide_due": self.decide_due.day.isoformat() if self.decide_due else None,
            "provisional": self.accept_due.provisional or bool(self.decide_due and self.decide_due.provisional),
            "commitment": self.commitment,
            "salt": self.salt,
            "log_due": utc_text(self.log_due) if self.log_due else None,
            "promise": self.promise,
            "record": dict(self.record) if self.record is not None else None,
        }


def log_due(received_at: datetime) -> datetime:
    """By when the log must hold the commitment: the batch after the legal day of receipt, and a day of grace."""
    next_day = legal_day(received_at) + timedelta(days=1)
    return at_legal_time(next_day, BATCH_TIME) + MERGE_DELAY
