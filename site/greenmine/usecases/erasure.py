"""Erasing a case for good: on the person's lawful demand, or when it has been kept as long as was promised.

Key, words, files, index row and letters go; the log keeps one act that names the commitment, which without its salt
can be tied to nothing. Source: 个人信息保护法 19, 47; log-spec.md 6.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from greenmine.domain.act import Act
from greenmine.domain.instant import legal_day
from greenmine.domain.seat import SYSTEM
from greenmine.store import journal
from greenmine.store.case import erase
from greenmine.store.case_attachment import remove_files_of
from greenmine.store.case_task import closed_before, forget_case, task_by_number
from greenmine.store.complaint import case_committed, find_commitment
from greenmine.store.database import Tx
from greenmine.usecases.record import record

KEPT: Final = timedelta(days=2 * 365)
"""How long a case is kept after it was closed, as the privacy page promises (个人信息保护法 19)."""


@dataclass(frozen=True)
class Erased:
    """What must still be done after the commit: these sealed files removed, the write-ahead log emptied."""

    files: tuple[str, ...]


def erase_case(tx: Tx, number: str, *, ground: str, at: datetime) -> Erased:
    """Erase the case with this number. Raises NotFound, Gone.

    :param ground: a code for the journal: ``demand`` or ``term``
    """
    return _erase(tx, task_by_number(tx, number).case, ground=ground, at=at)


def erase_outlived(tx: Tx, *, at: datetime, limit: int = 100) -> Erased:
    """Erase the cases that were closed more than two years ago."""
    files: list[str] = []
    for case in closed_before(tx, at - KEPT, limit=limit):
        files += _erase(tx, case, ground="term", at=at).files
    return Erased(tuple(files))


def erase_again(tx: Tx, commitments: Iterable[bytes], *, at: datetime) -> Erased:
    """Erase what a restored backup has brought back of cases that the log says were erased; the act stands already."""
    files: list[str] = []
    for commitment in commitments:
        case = case_committed(tx, commitment)
        if case is not None:
            files += _destroy(tx, case, ground="restored", at=at)
    return Erased(tuple(files))


def _erase(tx: Tx, case: str, *, ground: str, at: datetime) -> Erased:
    commitment = find_commitment(tx, case)
    files = _destroy(tx, case, ground=ground, at=at)
    if commitment is not None:
        act = Act(
            kind="record.erased",
            object=f"erased/{commitment.hex()}",
            by=SYSTEM,
            valid_from=legal_day(at),
            facts={"commitment": commitment.hex()},
        )
        record(tx, act, at=at, officer=None)
    return Erased(files)


def _destroy(tx: Tx, case: str, *, ground: str, at: datetime) -> tuple[str, ...]:
    erase(tx, case=case, at=at)
    files = remove_files_of(tx, case)
    forget_case(tx, case)
    journal.note(tx, "case.erased", at=at, case=case, detail=f"ground={ground}")
    return files
