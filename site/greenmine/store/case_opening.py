"""Openings of identities as the journal keeps them, with the case they belong to: for supervision."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from greenmine.domain.instant import from_utc_text
from greenmine.store.database import Tx
from greenmine.store.tables_case import case_task
from greenmine.store.tables_private import journal, staff

OPENED: Final = "case.identity_opened"
"""Event of the journal."""


@dataclass(frozen=True)
class OpeningRow:
    """One opening.

    :param number: of the case, empty once it was erased
    :param login: of who opened it
    :param detail: codes of the journal line
    """

    case: str
    number: str
    at: datetime
    login: str
    detail: str


def openings_of(tx: Tx, case: str | None = None) -> tuple[OpeningRow, ...]:
    """The openings in one case, or in all, oldest first; those in erased cases are kept."""
    columns = (journal.c.case_file, journal.c.at, journal.c.detail, case_task.c.number, staff.c.login)
    joined = journal.outerjoin(case_task, case_task.c.case_file == journal.c.case_file)
    query = select(*columns).select_from(joined.outerjoin(staff, staff.c.id == journal.c.staff))
    query = query.where(journal.c.event == OPENED).order_by(journal.c.n)
    if case is not None:
        query = query.where(journal.c.case_file == case)
    return tuple(
        OpeningRow(row.case_file, row.number or "", from_utc_text(row.at), row.login or "", row.detail)
        for row in tx.execute(query)
    )
