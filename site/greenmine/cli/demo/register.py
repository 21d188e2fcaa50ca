"""Making the demonstration register: deterministic for a given day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Final

from greenmine.cli.demo.aftermath import Aftermath
from greenmine.cli.demo.cases import Cases
from greenmine.cli.demo.invent import Inventor
from greenmine.cli.demo.notices import Noticing
from greenmine.cli.demo.stage import Deed, Stage
from greenmine.cli.demo.story import FIRST_YEAR, Story
from greenmine.content.load import book_bytes
from greenmine.domain.instant import at_legal_time, legal_day
from greenmine.domain.rulebook import RuleBook
from greenmine.services import Services
from greenmine.store.act import size
from greenmine.store.database import Tx
from greenmine.usecases.reference import announce_book, announce_calendar

SEED: Final = "greenmine demonstration"
STORY_BEGINS: Final = datetime(FIRST_YEAR, 1, 2, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class DemoReport:
    """How much was made."""

    deeds: int
    acts: int


def make_register(services: Services, *, progress: Callable[[datetime], None]) -> DemoReport:
    """Fill an empty register with invented mines up to yesterday evening (Asia/Shanghai).

    The same day gives the same acts, byte for byte. Needs an empty log; takes well under a minute.
    """
    today = legal_day(services.clock())
    rng = Random(f"{SEED} {today.isoformat()}")  # seeded invention, no secret  # nosec B311
    stage = Stage(
        database=services.database,
        reference=services.reference,
        files=services.files,
        rng=rng,
        start=STORY_BEGINS,
        end=at_legal_time(today - timedelta(days=1), time(20, 0)),
    )
    noticing = Noticing(stage)
    _open_books(services, stage)
    provinces = Story(stage, Inventor(rng, services.reference), noticing, today).tell()
    Aftermath(stage, noticing, today).tell(provinces)
    own = Random(f"{SEED} cases {today.isoformat()}")  # so that cases change nothing in the acts  # nosec B311
    Cases(stage, services.master, today, own).tell()
    deeds = stage.run(progress)
    with services.database.read() as tx:
        return DemoReport(deeds, size(tx))


def _open_books(services: Services, stage: Stage) -> None:
    """The calendar and the rule books are known from their first day on, so that every act can name them."""

    def announce(tx: Tx, at: datetime) -> None:
        announce_calendar(tx, services.reference.calendar, at=at)

    stage.schedule(STORY_BEGINS, announce)
    for book in services.reference.books.all():
        stage.schedule(max(STORY_BEGINS, at_legal_time(book.since, time(0))), _opening(services, book))


def _opening(services: Services, book: RuleBook) -> Deed:
    content = book_bytes(services.settings.content_dir, book.key)
    services.files.put(content)

    def announce(tx: Tx, at: datetime) -> None:
        announce_book(tx, book, size=len(content), at=at)

    return announce
