"""What decisions are made by: regions, minerals, the working-day calendar and the rule books in force."""

from dataclasses import dataclass

from greenmine.domain.calendar import WorkCalendar
from greenmine.domain.mineral import Minerals
from greenmine.domain.region import Regions
from greenmine.domain.rulebook import RuleBooks


@dataclass(frozen=True)
class Reference:
    """Reference data as loaded from content/ at start; replaced whole when content changes, never mutated."""

    regions: Regions
    minerals: Minerals
    calendar: WorkCalendar
    books: RuleBooks
