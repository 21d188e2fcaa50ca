"""Supervision of opened identities: when, by whom, for which reason, in which words. Source: 信访工作条例 18.

The words are sealed in the case; only the console of the site opens them, and the journal keeps that it did.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from greenmine.domain.case import IdentityReason
from greenmine.domain.errors import Gone
from greenmine.store import journal
from greenmine.store.case import read_parts
from greenmine.store.case_opening import OpeningRow, openings_of
from greenmine.store.case_task import task_by_number
from greenmine.store.database import Tx
from greenmine.store.sealed import MasterKey
from greenmine.usecases.case_desk import OPENING

READ: Final = "case.openings_read"


@dataclass(frozen=True)
class Opening:
    """An identity that was opened.

    :param number: of the case, empty once it was erased; so are ``words`` then
    """

    number: str
    at: datetime
    login: str
    reason: IdentityReason
    words: str


def read_openings(tx: Tx, number: str | None, *, at: datetime, master: MasterKey) -> tuple[Opening, ...]:
    """The openings in the case with this number, or in all cases, oldest first; the journal keeps the reading.

    Raises NotFound.
    """
    case = None if number is None else task_by_number(tx, number).case
    rows = openings_of(tx, case)
    words = {each: _words(tx, each, master) for each in dict.fromkeys(row.case for row in rows)}
    journal.note(tx, READ, at=at, case=case, detail=f"openings={len(rows)}")
    return tuple(
        Opening(row.number, row.at, row.login, _reason(row), next(words[row.case]) if row.number else "")
        for row in rows
    )


def _words(tx: Tx, case: str, master: MasterKey) -> Iterator[str]:
    """The case's reasons in words. Each was sealed in the transaction of its journal line: both keep one order."""
    try:
        parts = read_parts(tx, case=case, label=OPENING, master=master)
    except Gone:
        return iter(())
    return (parts[position].decode() for position in sorted(parts))


def _reason(row: OpeningRow) -> IdentityReason:
    return IdentityReason(journal.codes_of(row.detail)["reason"])
