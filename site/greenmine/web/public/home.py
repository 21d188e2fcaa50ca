"""``/``: search, live numbers with their evidence, what is open to objection now, and how to check us."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from flask.typing import ResponseReturnValue

from greenmine.domain.instant import legal_day
from greenmine.domain.mine import MineStatus
from greenmine.domain.notice import NoticeState
from greenmine.domain.noun import CREDIT, MINE, NEWS, NOTICE, REGION, REMOVAL
from greenmine.store.act import size
from greenmine.store.article import ArticleFilter, ArticleRow, list_articles
from greenmine.store.credit import CreditFilter, running_credits
from greenmine.store.database import Tx
from greenmine.store.directory import DirectoryFilter, FacetName, count_by, count_mines
from greenmine.store.notice import NoticeFilter, NoticeRow, list_notices
from greenmine.store.removal import RemovalFilter, RemovalRow, list_removals
from greenmine.web.context import current_services
from greenmine.web.formats import number
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Page, render
from greenmine.web.paging import address
from greenmine.web.parts import Entry, Figure, Way
from greenmine.web.public.entries import notice_entry, removal_entry
from greenmine.web.public.region import NOTHING, standings
from greenmine.web.routing import Route

NEWEST: Final = 6
HOT_MINERALS: Final = 5


@dataclass(frozen=True)
class Found:
    """Everything the page asks the store for, read in one transaction."""

    listed: int
    minerals: tuple[str, ...]
    provinces: tuple[tuple[str, int], ...]
    running: tuple[NoticeRow, ...]
    running_total: int
    notices: tuple[NoticeRow, ...]
    removals: tuple[RemovalRow, ...]
    removed_this_year: int
    credits: int
    news: tuple[ArticleRow, ...]
    acts: int


def home() -> ResponseReturnValue:
    """``GET /``."""
    services = current_services()
    now = services.clock()
    with services.database.read() as tx:
        found = _find(tx, now)
    return render(
        "home.html",
        Page(
            title=_("绿色矿山，公开可查"),
            section="/",
            canonical="/",
            description=_("绿色矿山名录、公示公告、移出与失信信息查询"),
        ),
        figures=_figures(found, legal_day(now)),
        hot=_hot(found),
        notices=[notice_entry(row, now) for row in _open_first(found)],
        removals=[removal_entry(row) for row in found.removals],
        news=[_news(row) for row in found.news],
        provinces=[
            (services.reference.regions.get(code).name, count, REGION.page(code)) for code, count in found.provinces
        ],
        acts=found.acts,
    )


def _find(tx: Tx, now: datetime) -> Found:
    today = legal_day(now)
    running, running_total = list_notices(tx, NoticeFilter(state=NoticeState.RUNNING), now=now, limit=NEWEST)
    minerals = count_by(tx, FacetName.MINERAL, DirectoryFilter())
    regions = count_by(tx, FacetName.REGION, DirectoryFilter(status=MineStatus.LISTED))
    rows = [(code, MineStatus.LISTED, None, count) for code, count in regions.items()]
    reference = current_services().reference
    stands = standings(rows, reference.regions)
    return Found(
        listed=count_mines(tx, DirectoryFilter(status=MineStatus.LISTED)),
        minerals=tuple(sorted(minerals, key=lambda name: (-minerals[name], name))[:HOT_MINERALS]),
        provinces=tuple((code, stands.get(code, NOTHING).mines) for code in reference.books.provinces()),
        running=tuple(running),
        running_total=running_total,
        notices=tuple(list_notices(tx, NoticeFilter(), now=now, limit=NEWEST)[0]),
        removals=tuple(list_removals(tx, RemovalFilter(), limit=NEWEST)[0]),
        removed_this_year=list_removals(tx, RemovalFilter(year=today.year), limit=1)[1],
        credits=running_credits(tx, CreditFilter(), today=today, limit=1)[1],
        news=tuple(list_articles(tx, ArticleFilter("news"), limit=NEWEST)[0]),
        acts=size(tx),
    )


def _open_first(found: Found) -> tuple[NoticeRow, ...]:
    """What is open to objection, then the newest others."""
    open_now = {row.id for row in found.running}
    others = tuple(row for row in found.notices if row.id not in open_now)
    return (*found.running, *others)[:NEWEST]


def _figures(found: Found, today: date) -> tuple[Figure, ...]:
    return (
        Figure(value=number(found.listed), label=_("在册绿色矿山"), href=address(MINE.list, {"status": "listed"})),
        Figure(value=number(found.running_total), label=_("正在公示"), href=address(NOTICE.list, {"state": "running"})),
        Figure(
            value=number(found.removed_this_year),
            label=_("%(year)s年移出", year=today.year),
            href=address(REMOVAL.list, {"year": today.year}),
        ),
        Figure(value=number(found.credits), label=_("失信信息公示中"), href=CREDIT.list),
    )


def _hot(found: Found) -> tuple[Way, ...]:
    """The most frequent minerals, and what is open now."""
    minerals = tuple(Way(label=name, href=address(MINE.list, {"mineral": name})) for name in found.minerals)
    others = (
        Way(label=_("正在公示"), href=address(NOTICE.list, {"state": "running"})),
        Way(label=_("移出公告"), href=REMOVAL.list),
        Way(label=_("国家级"), href=address(MINE.list, {"level": "national"})),
    )
    return (*others, *minerals)


def _news(row: ArticleRow) -> Entry:
    return Entry(title=row.article.title, href=NEWS.page(row.article.slug), day=row.article.published)


HOME_ROUTES: Final = (Route("/", "home", home),)
