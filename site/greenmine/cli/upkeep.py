"""What keeps the site in step by itself: content, ends of terms, recounts, projections. The worker runs it.

Each job looks first and opens a write transaction only when there is something to record, so that an idle site
writes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from greenmine.content.calendars import load_calendar
from greenmine.content.files import Problem
from greenmine.content.load import SourcedArticle, book_bytes, load_articles
from greenmine.domain.errors import Unready
from greenmine.domain.instant import legal_day
from greenmine.domain.reference import Reference
from greenmine.domain.rulebook import RuleBook
from greenmine.domain.text import N_
from greenmine.projections.figures import Figures
from greenmine.projections.runner import Projection, catch_up
from greenmine.projections.search_keeper import check, keep_up
from greenmine.projections.versions import Versions
from greenmine.services import Services
from greenmine.store.content_problem import ProblemRow, keep_problems
from greenmine.store.credit import overdue_credits
from greenmine.store.lease import jumped_from
from greenmine.usecases.article import SyncReport, plan_sync, sync_articles
from greenmine.usecases.credit import end_due_credits
from greenmine.usecases.notice import due_recounts, recount_notices
from greenmine.usecases.reference import announce_book, announce_calendar, knows_book, knows_calendar
from greenmine.usecases.report import due_report_recounts, recount_reports

LEASE: Final = "worker"
AT_ONCE: Final = 20
"""More terms than these ending in one minute are no ordinary day."""

PROJECTIONS: Final[tuple[Projection, ...]] = (Figures(), Versions())


@dataclass(frozen=True)
class SyncSummary:
    """What a content sync recorded, by kind of act, and what it could not read."""

    recorded: Mapping[str, int]
    problems: tuple[str, ...]


def sync_content(services: Services) -> SyncSummary:
    """Record new, changed and withdrawn content files, rule books and the calendar; twice changes nothing.

    Demonstration articles are published in demo mode only. What cannot be read is told, and stays as it was published.
    """
    loaded = load_articles(services.settings.content_dir)
    sourced = [item for item in loaded.items if services.settings.is_demo or not item.demo]
    withheld = frozenset(problem.path.partition("/")[0] for problem in loaded.problems)
    problems = [*services.problems, *loaded.problems]
    if loaded.items:
        report = _sync_articles(services, sourced, withheld)
    else:
        report = SyncReport((), (), ())  # a folder that is gone or not mounted withdraws nothing
        problems.append(Problem(str(services.settings.content_dir), None, N_("没有读到任何内容文件，未作改动")))
    problems += (Problem(name, None, N_("这个地址已由工作台发布的文章使用，文件未予发布")) for name in report.refused)
    problems += (Problem(name, None, sentence) for name, sentence in report.unfit.items())
    recorded = {
        "book.published": sum(_announce_book(services, book) for book in services.reference.books.all()),
        "calendar.published": _announce_calendar(services),
        "content.published": len(report.published),
        "content.changed": len(report.changed),
        "content.withdrawn": len(report.withdrawn),
    }
    keep_problems(services.database, (ProblemRow(item.path, item.line, item.message) for item in problems))
    return SyncSummary(recorded, tuple(str(problem) for problem in problems))


def _sync_articles(services: Services, sourced: Sequence[SourcedArticle], withheld: frozenset[str]) -> SyncReport:
    """Files go to the file store before the acts that name them."""
    articles, now = [item.article for item in sourced], services.clock()
    with services.database.read() as tx:
        plan = plan_sync(tx, articles, at=now, withheld=withheld)
    if not plan.acts:
        return SyncReport((), (), (), plan.refused, plan.unfit)
    changing = {act.object for act in plan.acts}
    for item in sourced:
        if item.article.object in changing:
            for content in item.files:
                services.files.put(content)
    with services.database.write() as tx:
        return sync_articles(tx, articles, at=now, withheld=withheld)


def _announce_book(services: Services, book: RuleBook) -> int:
    """Its file is a published document and stays one: also when a known book's file is lost, it is put back."""
    with services.database.read() as tx:
        known = knows_book(tx, book)
    if known and services.files.has(book.digest):
        return 0
    try:
        content = book_bytes(services.settings.content_dir, book.key)
    except OSError:
        return 0  # the file was taken away after start
    if services.files.put(content) != book.digest:
        return 0  # the file was changed after start; the next start takes it
    if known:
        return 0
    with services.database.write() as tx:
        return int(announce_book(tx, book, size=len(content), at=services.clock()))


def _announce_calendar(services: Services) -> int:
    """The calendar in the files now, and the one of this process: both may be named by acts."""
    calendars = {item.version: item for item in (services.reference.calendar, _current(services).calendar)}
    announced = 0
    for calendar in calendars.values():
        with services.database.read() as tx:
            known = knows_calendar(tx, calendar)
        if not known:
            with services.database.write() as tx:
                announced += announce_calendar(tx, calendar, at=services.clock())
    return announced


def _current(services: Services) -> Reference:
    """The reference data with the working-day calendar as the files have it now.

    The notice for the next year comes in November, amendments come overnight (国办发明电〔2020〕1号): both are
    taken while the site runs. While any file of the calendar cannot be read, the one loaded at start holds.
    """
    loaded = load_calendar(services.settings.content_dir)
    readable = not loaded.problems and loaded.items[0].holidays
    return replace(services.reference, calendar=loaded.items[0]) if readable else services.reference


def run_clocks(services: Services) -> int:
    """End what has run out and count again what a new calendar moves; returns how many acts were recorded.

    Raises Unready, and records nothing, when the clock has leapt ahead or an unusual number of terms ends at once:
    an operator must confirm the time first (``greenmine clocks --confirm``; trust.md 21). Readers see the truth
    meanwhile, because what depends on time is told from dates.
    """
    now, reference = services.clock(), _current(services)
    with services.database.read() as tx:
        due = overdue_credits(tx, today=legal_day(now))
        recounts = due_recounts(tx, reference=reference, at=now) or due_report_recounts(tx, reference=reference)
        leapt = jumped_from(tx, LEASE)
    if not due and not recounts:
        return 0
    if leapt is not None or len(due) > AT_ONCE:
        raise Unready(
            "clock.unconfirmed",
            N_(
                "时钟可能走快了，自动到期处理已暂停（本次应处理%(n)s件）。请核对时间后运行 greenmine clocks --confirm。"
            ),
            n=len(due),
        )
    return record_due(services)


def record_due(services: Services) -> int:
    """Record what is due now, however much it is. What named an ended subject is emptied out of the files too."""
    now, reference = services.clock(), _current(services)
    with services.database.write() as tx:
        announce_calendar(tx, reference.calendar, at=now)
        ended = end_due_credits(tx, today=legal_day(now), at=now)
        recorded = ended + recount_notices(tx, reference=reference, at=now)
        recount_reports(tx, reference=reference)
    if ended:
        services.database.checkpoint()
    return recorded


def run_projections(services: Services) -> int:
    """Let every projection take the acts it has not taken yet."""
    return catch_up(services.database, PROJECTIONS, reference=services.reference)


def keep_search(services: Services) -> int:
    """Let the search index take the acts it has not taken yet, or make it anew where it is lost or broken."""
    return keep_up(services.search, reference=services.reference)


def check_search(services: Services) -> None:
    """Read the whole search index again, and make it anew where a bit has fallen over or old words are left in it."""
    check(services.search, reference=services.reference)
