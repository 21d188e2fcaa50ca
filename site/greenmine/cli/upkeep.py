"""What keeps the site in step by itself: content, ends of terms, recounts, projections. The worker runs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from greenmine.content.load import book_bytes, load_articles
from greenmine.domain.instant import legal_day
from greenmine.projections.figures import Figures
from greenmine.projections.runner import Projection, catch_up
from greenmine.services import Services
from greenmine.usecases.article import sync_articles
from greenmine.usecases.credit import end_due_credits
from greenmine.usecases.notice import recount_notices
from greenmine.usecases.reference import announce_book, announce_calendar

PROJECTIONS: Final[tuple[Projection, ...]] = (Figures(),)


@dataclass(frozen=True)
class SyncSummary:
    """What a content sync recorded, by kind of act, and what it could not read."""

    recorded: Mapping[str, int]
    problems: tuple[str, ...]


def sync_content(services: Services) -> SyncSummary:
    """Record new, changed and withdrawn content files, rule books and the calendar; twice changes nothing.

    Demonstration articles are published in demo mode only.
    """
    loaded = load_articles(services.settings.content_dir)
    sourced = [item for item in loaded.items if services.settings.is_demo or not item.demo]
    for item in sourced:
        for content in item.files:
            services.files.put(content)
    with services.database.write() as tx:
        report = sync_articles(tx, (item.article for item in sourced), at=services.clock())
    recorded = {
        "book.published": _announce_books(services),
        "calendar.published": _announce_calendar(services),
        "content.published": len(report.published),
        "content.changed": len(report.changed),
        "content.withdrawn": len(report.withdrawn),
    }
    problems = (*services.problems, *loaded.problems)
    return SyncSummary(recorded, tuple(str(problem) for problem in problems))


def _announce_books(services: Services) -> int:
    announced = 0
    for book in services.reference.books.all():
        content = book_bytes(services.settings.content_dir, book.key)
        if services.files.put(content) != book.digest:
            continue  # the file was changed after start; the next start takes it
        with services.database.write() as tx:
            announced += announce_book(tx, book, size=len(content), at=services.clock())
    return announced


def _announce_calendar(services: Services) -> int:
    with services.database.write() as tx:
        return int(announce_calendar(tx, services.reference.calendar, at=services.clock()))


def run_clocks(services: Services) -> int:
    """End what has run out and count again what was provisional; returns how many acts were recorded."""
    now = services.clock()
    with services.database.write() as tx:
        ended = end_due_credits(tx, today=legal_day(now), at=now)
        return ended + recount_notices(tx, reference=services.reference, at=now)


def run_projections(services: Services) -> int:
    """Let every projection take the acts it has not taken yet."""
    return catch_up(services.database, PROJECTIONS, reference=services.reference)
