"""The reference data that the site ships, read once for the tests."""

from functools import cache
from pathlib import Path

from greenmine.content.calendars import load_calendar
from greenmine.content.load import load_reference
from greenmine.content.minerals import load_minerals
from greenmine.content.regions import load_regions
from greenmine.domain.calendar import WorkCalendar
from greenmine.domain.mineral import Minerals
from greenmine.domain.reference import Reference
from greenmine.domain.region import Regions

ROOT = Path(__file__).parent.parent
CONTENT = ROOT / "content"
TEST_DATA = Path(__file__).parent / "data"


@cache
def reference() -> Reference:
    """All of it, as the site holds it; fails loudly when a shipped file is not taken."""
    loaded = load_reference(CONTENT)
    assert loaded.problems == ()
    return loaded.reference


@cache
def shipped_calendar() -> WorkCalendar:
    """The calendar of content/calendar; fails loudly when a shipped file is not taken."""
    loaded = load_calendar(CONTENT)
    assert loaded.problems == ()
    return loaded.items[0]


@cache
def shipped_regions() -> Regions:
    """The regions of content/regions; fails loudly when a shipped row is not taken."""
    loaded = load_regions(CONTENT)
    assert loaded.problems == ()
    return Regions(loaded.items)


@cache
def shipped_minerals() -> Minerals:
    """The minerals of content/minerals; fails loudly when a shipped row is not taken."""
    loaded = load_minerals(CONTENT)
    assert loaded.problems == ()
    return loaded.items[0]
