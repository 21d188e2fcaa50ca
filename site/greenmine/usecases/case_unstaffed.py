"""Cases that wait at a body where nobody sits: counts for whoever may seat somebody there, never what they say."""

from collections.abc import Collection
from datetime import date, datetime

from greenmine.domain.body import Body
from greenmine.domain.officer import handles
from greenmine.store.case_inbox import BodyCount, open_by_body
from greenmine.store.database import Tx
from greenmine.store.staff import StaffRow, all_staff


def unstaffed_bodies(tx: Tx, *, today: date, before: datetime | None = None) -> tuple[BodyCount, ...]:
    """Bodies with open cases that nobody may see: their seats are all empty or shut, or whoever sits there sits in the
    region that is complained of too (信访工作条例 30).

    :param before: count only cases received before this instant: for the public, whom a number that grows at once
        would tell in which minute somebody complained
    """
    waiting = open_by_body(tx, today=today, before=before)
    if not waiting:
        return ()
    people = [person for person in all_staff(tx) if person.active]
    unseen: dict[Body, BodyCount] = {}
    for count in waiting:
        if not _is_seen(count, people):
            before_it = unseen.get(count.body, BodyCount(count.body, 0, 0))
            unseen[count.body] = BodyCount(count.body, before_it.waiting + count.waiting, before_it.late + count.late)
    return tuple(unseen.values())


def _is_seen(count: BodyCount, people: Collection[StaffRow]) -> bool:
    impartial = (person for person in people if not (count.accused and person.sits_in(count.accused)))
    return any(handles(officer, count.body) for person in impartial for officer in person.officers)
