"""The private journal: who did each act, sign-ins, openings of identities. Append-only, never in the log."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.store.database import Tx
from greenmine.store.tables_private import journal


def note(
    tx: Tx,
    event: str,
    *,
    at: datetime,
    staff: int | None = None,
    act: int | None = None,
    case: str | None = None,
    detail: str = "",
) -> None:
    """Write one line; ``detail`` holds codes, never names or texts of a case."""
    line = {"at": utc_text(at), "event": event, "staff": staff, "act": act, "case_file": case, "detail": detail}
    tx.execute(insert(journal), line)


def person_of_act(tx: Tx, n: int) -> int | None:
    """The staff member who did the act, None when the system did."""
    return tx.execute(select(journal.c.staff).where(journal.c.act == n).order_by(journal.c.n)).scalars().first()


def codes_of(detail: str) -> dict[str, str]:
    """The codes of a line by name: ``"from=a to=b"`` → ``{"from": "a", "to": "b"}``."""
    return dict(word.split("=", 1) for word in detail.split() if "=" in word)


@dataclass(frozen=True)
class CaseLine:
    """What was done to a case: event, by whom of the staff (None: by the person or the site), codes."""

    event: str
    at: datetime
    staff: int | None
    detail: str


def lines_of_case(tx: Tx, case: str) -> tuple[CaseLine, ...]:
    """The case's lines, oldest first."""
    query = select(journal).where(journal.c.case_file == case).order_by(journal.c.n)
    return tuple(CaseLine(row.event, from_utc_text(row.at), row.staff, row.detail) for row in tx.execute(query))
