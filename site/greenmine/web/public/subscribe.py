"""``/subscribe``: every feed with its address to copy, and finding that of a region or a mine; ``/opml.xml``."""

from dataclasses import dataclass
from typing import Final

from flask import make_response, request
from flask.typing import ResponseReturnValue
from markupsafe import escape

from greenmine.domain.instant import legal_day
from greenmine.domain.noun import MINE
from greenmine.domain.region import COUNTRY
from greenmine.domain.rulebook import province_of
from greenmine.projections.feed import NAMES, Format, printable
from greenmine.services import Services
from greenmine.store.database import Tx
from greenmine.store.directory import count_mines, list_mines
from greenmine.store.mine import known_regions
from greenmine.web.context import current_services, current_settings
from greenmine.web.demo_mark import marked
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Page, render
from greenmine.web.paging import address
from greenmine.web.parts import Way
from greenmine.web.places import place_name
from greenmine.web.public.directory_query import Fault, read_directory_query
from greenmine.web.public.feed_answer import Document, answer_document
from greenmine.web.public.feed_archive import newest_parts
from greenmine.web.public.feed_plan import (
    FeedPlan,
    alternates,
    mine_plan,
    named_plan,
    named_plans,
    region_plan,
    ways_of,
)
from greenmine.web.routing import Route

PATH: Final = "/subscribe"
MOST_MINES: Final = 10


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A feed that is offered: where it comes from, its Atom address to copy, and the way to each format."""

    title: str
    text: str
    home: str
    address: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody looked for: what was typed, what is offered for it, and what is wrong with it."""

    text: str = ""
    offers: tuple[Offer, ...] = ()
    more: str = ""
    calendar: str = ""
    fault: Fault | None = None


def subscribe() -> ResponseReturnValue:
    """``/subscribe``: for people; one question may be asked by the address: ``region`` or ``mine``."""
    services = current_services()
    with services.database.read() as tx:
        region, mine = _region_asked(tx, services), _mine_asked(tx, services)
        plan = named_plan("all")
        years = newest_parts(tx, plan.scope, today=legal_day(services.clock()))
    faulty = bool(region.fault or mine.fault)
    body = render(
        "subscribe.html",
        Page(
            title=_("订阅"),
            canonical=PATH,
            faulty=faulty,
            noindex=bool(request.args),
            description=_("用RSS、Atom、JSON Feed或者日历订阅本站的公示、移出、名录变动、新闻和政策"),
            feeds=alternates(plan),
        ),
        offers=[offer(each) for each in named_plans()],
        region=region,
        mine=mine,
        years=[
            (
                year.year,
                [Way(label=NAMES[form], href=f"{plan.path}/{year.year}/{year.number}.{form}") for form in Format],
            )
            for year in years
        ],
        calendar=f"{current_settings().site_url}/calendar.ics",
        opml=f"{current_settings().site_url}/opml.xml",
    )
    return make_response(body, 400 if faulty else 200)


def opml() -> ResponseReturnValue:
    """``/opml.xml``: all feeds that have a fixed address, to be taken into a reader at once (OPML 2.0)."""
    return answer_document(_opml)


def offer(plan: FeedPlan) -> Offer:
    """The feed as it is offered to people."""
    ways = ways_of(plan)
    atom = f"{current_settings().site_url}{plan.path}.{Format.ATOM}{plan.query}"
    return Offer(title=plan.title, text=plan.subtitle, home=plan.home, address=atom, ways=ways)


def _region_asked(tx: Tx, services: Services) -> Asked:
    regions = services.reference.regions
    query = read_directory_query({"region": request.args.get("region", "")}, regions)
    if query.faults:
        typed = query.faults[0].value
        sentence = _("没有找到名称或者代码为“%(text)s”的地区，请写省、市、县的全称，同名的写明省市。", text=typed)
        return Asked(text=typed, fault=Fault("region", sentence, typed))
    code = query.wanted.region
    if code is None:
        return Asked()
    settings = services.settings
    return Asked(
        text=place_name(regions, code),
        offers=(offer(region_plan(code, regions)),),
        calendar=f"{settings.site_url}/calendar/{code}.ics",
    )


def _mine_asked(tx: Tx, services: Services) -> Asked:
    query = read_directory_query({"q": request.args.get("mine", "")}, services.reference.regions)
    if not query.text:
        return Asked()
    rows = list_mines(tx, query.wanted, limit=MOST_MINES)
    if not rows:
        sentence = _("没有找到名称、企业或者编号含有“%(text)s”的矿山，请换一种写法。", text=query.text[:40])
        return Asked(text=query.text, fault=Fault("mine", sentence, query.text))
    more = count_mines(tx, query.wanted) > len(rows)
    return Asked(
        text=query.text,
        offers=tuple(offer(mine_plan(row.id, row.name)) for row in rows),
        more=address(MINE.list, {"q": query.text}) if more else "",
    )


def _opml(tx: Tx, services: Services) -> Document:
    regions, site_url = services.reference.regions, services.settings.site_url
    held = {*map(province_of, known_regions(tx)), *services.reference.books.provinces()}
    provinces = [region_plan(each.code, regions) for each in regions.children(COUNTRY) if each.code in held]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        "<head>",
        f"<title>{_text(marked(services.settings.site_name))}</title>",
        f"<docs>{_text(site_url + PATH)}</docs>",
        "</head>",
        "<body>",
        *_outlines(_("栏目"), named_plans(), site_url),
        *_outlines(_("地区"), provinces, site_url),
        "</body>",
        "</opml>",
    ]
    return Document("\n".join(lines).encode("utf-8"), "text/x-opml", None)


def _outlines(title: str, plans: tuple[FeedPlan, ...] | list[FeedPlan], site_url: str) -> list[str]:
    inner = [
        f'<outline type="rss" text="{_text(plan.title)}" title="{_text(plan.title)}"'
        f' description="{_text(plan.subtitle)}" xmlUrl="{_text(site_url + plan.path)}.{Format.ATOM}"'
        f' htmlUrl="{_text(site_url + plan.home)}"/>'
        for plan in plans
    ]
    return [f'<outline text="{_text(title)}">', *inner, "</outline>"] if inner else []


def _text(words: str) -> str:
    return str(escape(printable(words)))


SUBSCRIBE_ROUTES: Final = (
    Route(PATH, "feed.subscribe", subscribe),
    Route("/opml.xml", "feed.opml", opml),
)
