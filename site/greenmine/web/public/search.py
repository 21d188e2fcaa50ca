"""``/search``: everything public by words, with filters by kind and region, marked snippets, and a way onward.

The text of a query is kept nowhere: not in a log, not in the database. Sources: issue 3, 1; trust.md 6, 9, 24.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import request
from flask.typing import ResponseReturnValue

from greenmine.domain.mine import STATUS_LABELS, MineStatus
from greenmine.domain.noun import MINE, public_address
from greenmine.domain.region import Regions
from greenmine.domain.search_query import SEARCH_KIND_LABELS, Query, SearchKind, parse_query
from greenmine.domain.text import N_
from greenmine.projections.search import Found, Hit, SearchIndex, find, finding_words
from greenmine.projections.search_marks import Pieces
from greenmine.services import Services
from greenmine.store.directory import DirectoryFilter, FacetName, count_by
from greenmine.web.context import current_services
from greenmine.web.formats import Tone, tone
from greenmine.web.i18n import gettext as _
from greenmine.web.narrowing import facet, read_choice, read_query, read_region, region_facet
from greenmine.web.page import Page, render
from greenmine.web.paging import address, paging, read_page_number
from greenmine.web.parts import Facet, Way
from greenmine.web.places import place_name
from greenmine.web.public.feed_plan import alternates, search_plan, ways_of
from greenmine.web.routing import Route

PATH: Final = "/search"
HOT_MINERALS: Final = 6
MOST_WORDS: Final = 4
_HOT: Final = (N_("名单公示"), N_("国家级绿色矿山"), N_("现场核查"), N_("移出"), N_("信用修复"))
"""What readers of such sites look for; nobody's queries are kept to find out."""
_REMOVAL_STATES: Final[Mapping[str, tuple[str, Tone]]] = {
    "proposed": (N_("拟移出"), Tone.OPEN),
    "removed": (N_("已移出"), Tone.BAD),
    "refused": (N_("不予移出"), Tone.PLAIN),
}


@dataclass(frozen=True, kw_only=True)
class HitShown:
    """One result; every text is plain, in pieces of which some are marked."""

    href: str
    kind: str
    title: Pieces
    number: Pieces
    snippet: Pieces
    about: str
    day: date
    state: str
    tone: Tone


def search() -> ResponseReturnValue:
    """``GET /search?q=&type=&region=&page=``."""
    services = current_services()
    query = parse_query(request.args.get("q", ""))
    kept, number = _kept(services, query), read_page_number(request.args.get("page", ""))
    found = _find(services.search, query, kept, page=number)
    feed = search_plan(kept, str(query)) if query.wanted else None
    return render(
        "search.html",
        Page(
            title=_("搜索：%(words)s", words=str(query)) if query.wanted else _("搜索"),
            noindex=True,
            feeds=alternates(feed) if feed else (),
        ),
        query=query,
        typed=str(query) or "".join(char for char in read_query() if char.isprintable()),
        kept=[(name, value) for name, value in kept.items() if name != "q"],
        found=found,
        hits=[_shown(hit, services.reference.regions) for hit in found.hits],
        pager=paging(PATH, total=found.total, number=number, kept=kept.items()),
        facets=_facets(found, kept, services.reference.regions),
        reset=address(PATH, {"q": str(query)}) if len(kept) > 1 else "",
        others=_others(services.search, query) if query.wanted and not found.total else (),
        hot=() if query.wanted else _hot(services),
        mines=address(MINE.list, {"q": str(query)}) if found.counts_by_kind.get(SearchKind.MINE) else "",
        feeds=ways_of(feed) if feed and found.total else (),
    )


def _kept(services: Services, query: Query) -> dict[str, str]:
    values = {
        "q": str(query),
        "type": read_choice("type", SearchKind),
        "region": read_region(services.reference.regions),
    }
    return {name: str(value) for name, value in values.items() if value}


def _find(index: SearchIndex, query: Query, kept: Mapping[str, str], *, page: int) -> Found:
    kinds = (SearchKind(kept["type"]),) if "type" in kept else ()
    return find(index, query, kinds=kinds, region=kept.get("region"), page=page)


def _facets(found: Found, kept: Mapping[str, str], regions: Regions) -> tuple[Facet, ...]:
    if not (found.counts_by_kind or found.counts_by_region):
        return ()
    kinds = {str(kind): found.counts_by_kind[kind] for kind in SearchKind if found.counts_by_kind.get(kind)}
    return (
        facet(_("类别"), "type", kinds, path=PATH, kept=kept, word=lambda key: _(SEARCH_KIND_LABELS[SearchKind(key)])),
        region_facet(_("行政区"), found.counts_by_region, regions, path=PATH, kept=kept),
    )


def _others(index: SearchIndex, query: Query) -> tuple[Way, ...]:
    """Single words of a query that found nothing, those that find something alone."""
    whole = str(query)
    return tuple(
        Way(label=word, href=address(PATH, {"q": word}))
        for word in finding_words(index, query, limit=MOST_WORDS)
        if word != whole
    )


def _hot(services: Services) -> tuple[Way, ...]:
    """A settled list, and the minerals that stand most often in the register."""
    with services.database.read() as tx:
        minerals = count_by(tx, FacetName.MINERAL, DirectoryFilter())
    frequent = sorted(minerals, key=lambda name: (-minerals[name], name))[:HOT_MINERALS]
    return tuple(Way(label=word, href=address(PATH, {"q": word})) for word in (*map(_, _HOT), *frequent))


def _shown(hit: Hit, regions: Regions) -> HitShown:
    state, its_tone = _state(hit)
    place = place_name(regions, hit.region) if hit.region else ""
    return HitShown(
        href=public_address(hit.object),
        kind=_(SEARCH_KIND_LABELS[hit.kind]),
        title=hit.title,
        number=hit.number,
        snippet=hit.snippet,
        about=_(" · ").join(part for part in (hit.under, place) if part),
        day=date.fromisoformat(hit.day),
        state=state,
        tone=its_tone,
    )


def _state(hit: Hit) -> tuple[str, Tone]:
    """What must be said beside a result so that nobody is misled; nothing where the page says it better."""
    if hit.kind is SearchKind.MINE:
        status = MineStatus(hit.state)
        return _(STATUS_LABELS[status]), tone(status)
    if hit.kind is SearchKind.REMOVAL:
        words, its_tone = _REMOVAL_STATES[hit.state]
        return _(words), its_tone
    return (_("已撤回"), Tone.BAD) if hit.state == "withdrawn" else ("", Tone.PLAIN)


SEARCH_ROUTES: Final = (Route(PATH, "search", search),)
