"""Cases that wait at a body where nobody sits: counts for whoever may seat somebody there, never what they say."""

from datetime import date, datetime

from greenmine.domain.officer import handles
from greenmine.store.case_inbox import BodyCount, open_by_body
from greenmine.store.database import Tx
from greenmine.store.staff import all_staff


def unstaffed_bodies(tx: Tx, *, today: date, before: datetime | None = None) -> tuple[BodyCount, ...]:
    """Bodies with open cases whose seats are all empty or shut.

    :param before: count only cases received before this instant: for the public, whom a number that grows at once
        would tell in which minute somebody complained
    """
    waiting = open_by_body(tx, today=today, before=before)
    if not waiting:
        return ()
    officers = [officer for person in all_staff(tx) if person.active for officer in person.officers]
    return tuple(count for count in waiting if not any(handles(officer, count.body) for officer in officers))
