"""``/feeds/…``: every feed in RSS 2.0, Atom and JSON Feed, and its archives.

``/feeds/all``, ``/feeds/<section>``, ``/feeds/regions/<code>``, ``/feeds/mines/<number>``, ``/feeds/directory?…`` and
``/feeds/search?…``, each with ``.rss``, ``.atom`` or ``.json``; ``/feeds/<all or section>/<year>/<part>`` are archives.
Sources: issue B 2; features.md "Journalists"; RFC 4287, RFC 5005, RSS 2.0, JSON Feed 1.1.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from flask import Response, request

from greenmine.domain.errors import BadInput, NotFound
from greenmine.domain.instant import from_utc_text, legal_day
from greenmine.domain.text import N_
from greenmine.projections.feed import MEDIA_TYPES, Feed, Format, Paging, authority_of, identity
from greenmine.projections.feed_write import write_feed
from greenmine.services import Services
from greenmine.store.database import Tx
from greenmine.store.feed import Thread, newest_threads, recorded_at, scope_of_mine
from greenmine.store.mine import get_mine
from greenmine.web.context import current_services
from greenmine.web.demo_mark import marked
from greenmine.web.i18n import language
from greenmine.web.public.directory_query import read_directory_query
from greenmine.web.public.feed_answer import Document, answer_document
from greenmine.web.public.feed_archive import Part, Shelf, archived_shelf, open_shelf
from greenmine.web.public.feed_items import items_of
from greenmine.web.public.feed_plan import (
    ENDINGS,
    FeedPlan,
    directory_plan,
    feed_title,
    mine_plan,
    named_plan,
    region_plan,
)
from greenmine.web.routing import Route

NEWEST: Final = 50
"""Items of a feed, newest change first; one with archives also holds what is not archived yet (at most 49 more)."""
EMPTY: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""When a feed of a site without any act changed last: it must say something, and always the same."""


def named_feed(name: str, ending: str) -> Response:
    """``/feeds/all`` and ``/feeds/<section>``."""
    plan = named_plan(name)
    return _answer(lambda _tx, _services: plan, ending)


def region_feed(code: str, ending: str) -> Response:
    """``/feeds/regions/<code>``: the region and all below it."""
    plan = region_plan(code, current_services().reference.regions)
    return _answer(lambda _tx, _services: plan, ending)


def mine_feed(number: str, ending: str) -> Response:
    """``/feeds/mines/<number>``. Raises NotFound."""

    def plan(tx: Tx, services: Services) -> FeedPlan:
        scope = scope_of_mine(tx, number, today=legal_day(services.clock()))
        return mine_plan(number, get_mine(tx, number).facts.name, scope)

    return _answer(plan, ending)


def directory_feed(ending: str) -> Response:
    """``/feeds/directory?…``: the parameters of ``/mines``. Raises BadInput for one that cannot be taken."""
    regions = current_services().reference.regions
    query = read_directory_query(request.args, regions)
    if query.faults:
        raise BadInput("feed.filter", query.faults[0].sentence)
    return _answer(lambda tx, _services: directory_plan(query, regions, tx), ending)


def archive(name: str, year: int, part: int, ending: str) -> Response:
    """``/feeds/<name>/<year>/<part>``: fifty items that began in that year. Raises NotFound, also for ``2026/05``."""
    plan, form = named_plan(name), Format(ending)
    if not request.path.endswith(f"/{year}/{part}.{ending}"):
        raise NotFound("feed.unknown", N_("没有这个订阅源。"))

    def build(tx: Tx, services: Services) -> Document:
        shelf = archived_shelf(tx, plan.scope, Part(year, part), today=legal_day(services.clock()))
        base = f"{services.settings.site_url}{plan.path}"
        paging = _paging(base, shelf, is_archive=True)
        return _written(tx, services, plan, shelf.threads, form, paging=paging, address=f"{base}/{year}/{part}")

    return answer_document(build)


def answer_plan(plan: Callable[[Tx, Services], FeedPlan], ending: str, *, steady: bool) -> Response:
    """The subscription document of a feed."""
    form = Format(ending)

    def build(tx: Tx, services: Services) -> Document:
        made = plan(tx, services)
        threads = newest_threads(tx, made.scope, limit=NEWEST)
        paging = Paging()
        if made.archived:
            shelf = open_shelf(tx, made.scope, today=legal_day(services.clock()))
            shown = {thread.name for thread in threads}
            threads += [thread for thread in shelf.threads if thread.name not in shown]
            paging = _paging(f"{services.settings.site_url}{made.path}", shelf)
        return _written(tx, services, made, tuple(threads), form, paging=paging)

    return answer_document(build, steady=steady)


def _answer(plan: Callable[[Tx, Services], FeedPlan], ending: str) -> Response:
    return answer_plan(plan, ending, steady=True)


def _written(
    tx: Tx,
    services: Services,
    plan: FeedPlan,
    threads: tuple[Thread, ...],
    form: Format,
    *,
    paging: Paging,
    address: str = "",
) -> Document:
    settings = services.settings
    authority = authority_of(tx, site_url=settings.site_url, today=legal_day(services.clock()))
    items = items_of(tx, threads, services=services, authority=authority)
    began = recorded_at(tx, 0)
    feed = Feed(
        id=identity(authority, f"feed/{plan.name}{plan.query}"),
        title=feed_title(plan.title),
        subtitle=marked(plan.subtitle),
        home=f"{settings.site_url}{plan.home}",
        address=address or f"{settings.site_url}{plan.path}",
        query=plan.query,
        author=settings.sponsor or settings.site_name,
        updated=max((item.updated for item in items), default=from_utc_text(began) if began else EMPTY),
        items=items,
        paging=paging,
        language=language(),
    )
    return Document(write_feed(feed, form), MEDIA_TYPES[form], feed.updated)


def _paging(base: str, shelf: Shelf, *, is_archive: bool = False) -> Paging:
    def at(part: Part | None) -> str:
        return "" if part is None else f"{base}/{part.year}/{part.number}"

    return Paging(
        current=base if is_archive else "",
        previous=at(shelf.before),
        following=at(shelf.after),
        is_archive=is_archive,
    )


FEED_ROUTES: Final = (
    Route(f"/feeds/<name>.{ENDINGS}", "feed.named", named_feed),
    Route(f"/feeds/<name>/<int:year>/<int:part>.{ENDINGS}", "feed.archive", archive),
    Route(f"/feeds/regions/<code>.{ENDINGS}", "feed.region", region_feed),
    Route(f"/feeds/mines/<number>.{ENDINGS}", "feed.mine", mine_feed),
    Route(f"/feeds/directory.{ENDINGS}", "feed.directory", directory_feed),
)
