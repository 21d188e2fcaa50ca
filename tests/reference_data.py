"""The reference data that the site ships, read once for the tests."""

from functools import cache
from pathlib import Path

from greenmine.content.calendars import load_calendar
from greenmine.domain.calendar import WorkCalendar

ROOT = Path(__file__).parent.parent
CONTENT = ROOT / "content"
TEST_DATA = Path(__file__).parent / "data"


@cache
def shipped_calendar() -> WorkCalendar:
    """The calendar of content/calendar; fails loudly when a shipped file is not taken."""
    loaded = load_calendar(CONTENT)
    assert loaded.problems == ()
    return loaded.items[0]
