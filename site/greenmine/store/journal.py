"""The private journal: who did each act, sign-ins, openings of identities. Append-only, never in the log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select

from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.store.database import Tx
from greenmine.store.tables_private import journal

DRAFT_SAVED: Final = "draft.saved"
"""A save that changed a draft; detail ``draft=<number>``."""


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


def note_draft_saved(tx: Tx, draft: int, *, staff: int, at: datetime) -> None:
    """Write who changed a draft."""
    note(tx, DRAFT_SAVED, at=at, staff=staff, detail=_of_draft(draft))


def writers_of_drafts(tx: Tx, drafts: Iterable[int]) -> Mapping[int, frozenset[int]]:
    """Number of each draft → staff who saved a change in it."""
    numbers = {_of_draft(draft): draft for draft in drafts}
    query = select(journal.c.detail, journal.c.staff).where(
        journal.c.event == DRAFT_SAVED, journal.c.detail.in_(numbers)
    )
    found: dict[int, set[int]] = {draft: set() for draft in numbers.values()}
    for row in tx.execute(query.distinct()):
        found[numbers[row.detail]].add(row.staff)
    return {draft: frozenset(staff) for draft, staff in found.items()}


def _of_draft(draft: int) -> str:
    return f"draft={draft}"


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
