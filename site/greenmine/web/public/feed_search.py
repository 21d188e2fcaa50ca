"""``/feeds/search?q=&type=&region=``: what a search finds, told as a feed.

It also depends on the index, which the worker brings up to date, so it is built at every request.
"""

from typing import Final

from flask import Response, request

from greenmine.domain.errors import BadInput
from greenmine.domain.search_query import SearchKind, parse_query
from greenmine.domain.text import N_
from greenmine.projections.search import objects_matching
from greenmine.web.context import current_services
from greenmine.web.narrowing import read_choice, read_region
from greenmine.web.public.feed import answer_plan
from greenmine.web.public.feed_plan import ENDINGS, search_plan
from greenmine.web.routing import Route


def search_feed(ending: str) -> Response:
    """The acts of what matches. Raises BadInput for a query without a word, NotFound for an unknown filter."""
    services = current_services()
    query = parse_query(request.args.get("q", ""))
    if not query.wanted:
        raise BadInput("feed.query", N_("请写明要订阅的搜索词。"))
    kind, region = read_choice("type", SearchKind), read_region(services.reference.regions)
    values = {"q": str(query), "type": kind, "region": region}
    kept = {name: str(value) for name, value in values.items() if value}
    objects = objects_matching(services.search, query, kinds=(kind,) if kind else (), region=region)
    plan = search_plan(kept, str(query), objects)
    return answer_plan(lambda _tx, _services: plan, ending, steady=False)


FEED_SEARCH_ROUTES: Final = (Route(f"/feeds/search.{ENDINGS}", "feed.search", search_feed),)
