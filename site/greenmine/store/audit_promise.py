"""What receipts promised: every complaint's commitment stands in the daily list by its deadline (log-spec.md 6)."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import select

from greenmine.domain.instant import day_starts, from_utc_text, legal_day, utc_text
from greenmine.domain.receipt import log_due
from greenmine.store.audit_fault import Fault, as_stored, stream
from greenmine.store.database import Tx
from greenmine.store.log_batch import first_batch_day
from greenmine.store.tables_case import case_task, complaint
from greenmine.store.tables_private import case_file


def promise_faults(tx: Tx, listed: Collection[bytes], *, now: datetime, private: bool) -> Iterator[Fault]:
    """Days with complaints that are overdue in the log, and how many.

    :param listed: the commitments of all lists
    :param private: name the cases too, for the operator's own eyes
    """
    begun = first_batch_day(tx)
    if begun is None:
        return
    columns = as_stored([complaint.c.commitment, complaint.c.log_due, case_file.c.opened_at, case_task.c.number])
    query = (
        select(*columns)
        .join(case_file, case_file.c.id == complaint.c.case_file)
        .outerjoin(case_task, case_task.c.case_file == complaint.c.case_file)
        .where(case_file.c.opened_at >= utc_text(day_starts(begun)))
    )
    waiting: dict[str, list[str]] = defaultdict(list)
    for row in stream(tx, query):
        due = log_due(from_utc_text(row.opened_at))
        if utc_text(due) != row.log_due:
            yield Fault("complaint", str(row.number) if private else "", "log_due", f"登记期限应为{utc_text(due)}")
        if due < now and bytes(row.commitment) not in listed:
            waiting[legal_day(due).isoformat()].append(str(row.number))
    for day, numbers in sorted(waiting.items()):
        names = f"（{'、'.join(sorted(numbers))}）" if private else ""
        yield Fault("complaint", "", "commitment", f"{day}前应登记的校验值有{len(numbers)}件没有登记{names}")
