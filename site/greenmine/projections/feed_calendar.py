"""A calendar of deadlines as iCalendar (RFC 5545): stable UIDs, a SEQUENCE that grows with every change."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from icalendar import Calendar, Event

from greenmine.projections.feed import printable

LOG: Final = logging.getLogger("greenmine.feed")
MEDIA_TYPE: Final = "text/calendar"
REFRESH: Final = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """One deadline; instants are aware.

    :param name: what its UID is made of; never changes (``notice-2026-0142``)
    :param sequence: grows whenever it is told anew, so that calendars replace what they have
    :param tentative: it is provisional (暂定) and may be counted again
    """

    name: str
    summary: str
    description: str
    href: str
    at: datetime
    created: datetime
    changed: datetime
    sequence: int
    tentative: bool
    cancelled: bool


def write_calendar(title: str, deadlines: Iterable[Deadline], *, authority: str, home: str, language: str) -> bytes:
    """The calendar, UTF-8. A deadline that cannot be written is left out and told to the server's log by its name.

    :param authority: ``host,date`` under which identities are made
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//greenmine//notice deadlines//{language}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", printable(title))
    calendar.add("x-wr-calname", printable(title))
    calendar.add("url", home)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", REFRESH, parameters={"value": "DURATION"})
    for deadline in deadlines:
        try:
            calendar.add_component(_event(deadline, authority))
        except Exception as error:  # whatever is wrong with one, the others are told
            LOG.error("deadline %r left out: %s", deadline.name, type(error).__name__)
    written: bytes = calendar.to_ical()
    return written


def _event(deadline: Deadline, authority: str) -> Event:
    if deadline.at.tzinfo is None or deadline.changed.tzinfo is None:
        raise ValueError("a naive instant")
    host, _comma, begun = authority.partition(",")
    event = Event()
    event.add("uid", f"{deadline.name}.{begun}@{host}")
    event.add("dtstamp", deadline.changed)
    event.add("created", deadline.created)
    event.add("last-modified", deadline.changed)
    event.add("sequence", deadline.sequence)
    event.add("dtstart", deadline.at)
    event.add("summary", " ".join(printable(deadline.summary).split()))
    event.add("description", printable(deadline.description))
    event.add("url", printable(deadline.href))
    event.add("status", "CANCELLED" if deadline.cancelled else "TENTATIVE" if deadline.tentative else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.to_ical()  # what cannot be written fails here, alone
    return event
