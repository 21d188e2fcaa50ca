"""``/mines``: the directory with its filters, and exactly this result as a file."""

from collections.abc import Mapping
from typing import Final

from flask import Response, make_response, request, send_file
from flask.typing import ResponseReturnValue

from greenmine.domain.errors import BadInput, NotFound
from greenmine.domain.instant import legal_day
from greenmine.domain.noun import MINE
from greenmine.domain.region import Regions
from greenmine.domain.text import N_
from greenmine.store.directory import (
    SORT_LABELS,
    FacetName,
    count_facets,
    count_mines,
    export_mines,
    list_mines,
)
from greenmine.web.context import current_services, current_settings
from greenmine.web.formats import day as day_words
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Column, Crumb, Page, render
from greenmine.web.paging import PER_PAGE, Pager, address, paging, read_page_number
from greenmine.web.parts import Way
from greenmine.web.places import place_name
from greenmine.web.public.directory_export import EXPORT_ROWS, MEDIA_TYPES, file_name, write_export
from greenmine.web.public.directory_facets import PATH, UNFOLD, chips_of, facets_of, region_crumbs
from greenmine.web.public.directory_query import DirectoryQuery, as_asked, choice_words, read_directory_query
from greenmine.web.public.feed_plan import alternates, directory_plan, ways_of
from greenmine.web.public.past import KNOWN, ON, PastBox, box_of
from greenmine.web.routing import Limit, Route

FORM_FIELDS: Final = frozenset({"q", "region", "status", "level", "sort", ON, KNOWN})
"""Parameters with a field of their own; the others are chosen by links and kept as hidden fields."""
INDEXED_CONDITIONS: Final = 1
"""Search engines keep lists narrowed by one condition at most: the combinations are without number."""


def mines() -> ResponseReturnValue:
    """``GET /mines``: one page of the list, and every filter with its counts."""
    services = current_services()
    regions = services.reference.regions
    query = read_directory_query(request.args, regions, today=legal_day(services.clock()))
    with services.database.read() as tx:
        query = as_asked(tx, query)
        total = count_mines(tx, query.wanted)
        pager = _pager(query, total)
        if pager is None:
            return _beyond(query, total)
        rows = list_mines(tx, query.wanted, sort=query.sort, limit=PER_PAGE, offset=(pager.number - 1) * PER_PAGE)
        counts = count_facets(tx, query.wanted)
    body = render(
        "mines.html",
        _page(query, regions, pager),
        query=query,
        pager=pager,
        rows=rows,
        chips=chips_of(query, regions),
        facets=facets_of(query, counts, regions, unfolded=request.args.get(UNFOLD) == "all"),
        sorts=[(str(sort), _(word)) for sort, word in SORT_LABELS.items()],
        statuses=(("", _("不限")), *choice_words(FacetName.STATUS)),
        levels=(("", _("不限")), *choice_words(FacetName.LEVEL)),
        place=place_name(regions, query.wanted.region) if query.wanted.region else "",
        kept_fields=[pair for pair in sorted(query.kept.items()) if pair[0] not in FORM_FIELDS],
        downloads=_downloads(query),
        feeds=ways_of(directory_plan(query, regions)) if _can_be_followed(query) else (),
        box=_past_box(query),
        today_list=address(PATH, {**query.kept, ON: "", KNOWN: ""}),
        hrefs={row.id: address(MINE.page(row.id), _then(query)) for row in rows},
        places={row.region: place_name(regions, row.region) for row in rows},
    )
    return make_response(body, 400 if query.faults else 200)


def mines_csv() -> ResponseReturnValue:
    """``GET /mines.csv``: every mine of this result."""
    return _file("csv")


def mines_json() -> ResponseReturnValue:
    """``GET /mines.json``."""
    return _file("json")


def mines_xlsx() -> ResponseReturnValue:
    """``GET /mines.xlsx``."""
    return _file("xlsx")


def _pager(query: DirectoryQuery, total: int) -> Pager | None:
    """Where this page stands; None for a page the list does not have."""
    try:
        number = read_page_number(request.args.get("page", ""))
        return paging(PATH, total=total, number=number, kept=tuple(query.kept.items()))
    except NotFound:
        return None


def _beyond(query: DirectoryQuery, total: int) -> Response:
    pages = max(1, -(-total // PER_PAGE))
    body = render(
        "beyond.html",
        Page(title=_("没有这一页"), section=PATH, crumbs=(Crumb(_("名录查询"), PATH),), noindex=True),
        what=_(
            "按这些条件共有 %(total)s 座矿山、%(pages)s 页，没有您要看的那一页。",
            total=f"{total:,}",
            pages=f"{pages:,}",
        ),
        last=address(PATH, {**query.kept, "page": pages if pages > 1 else ""}),
        first=address(PATH, query.kept),
    )
    return make_response(body, 404)


def _page(query: DirectoryQuery, regions: Regions, pager: Pager) -> Page:
    region = query.wanted.region
    conditions = [name for name in query.kept if name != "sort"]
    title = _("%(place)s矿山名录", place=place_name(regions, region)) if region else _("绿色矿山名录")
    return Page(
        title=_("%(day)s的%(title)s", day=day_words(query.past.on), title=title) if query.past else title,
        section=PATH,
        crumbs=region_crumbs(region, regions, then=_then(query)) if region else (),
        column=Column(
            name=_("名录查询"),
            description=_("按名称、地区、矿种、级别和状态查询绿色矿山，可下载全部结果"),
            keywords=_("绿色矿山,名录,查询"),
            kind=_("信息查询"),
        ),
        faulty=bool(query.faults),
        noindex=bool(query.text or query.faults or query.past) or len(conditions) > INDEXED_CONDITIONS,
        canonical=address(PATH, {**query.kept, "page": pager.number if pager.number > 1 else ""}),
        feeds=alternates(directory_plan(query, regions)) if _can_be_followed(query) else (),
    )


def _can_be_followed(query: DirectoryQuery) -> bool:
    """A feed follows the list of today; nothing is ever added to one of the past."""
    return not query.faults and query.past is None


def _then(query: DirectoryQuery) -> Mapping[str, str]:
    """Parameters of the past that is asked for."""
    return query.past.kept if query.past else {}


def _past_box(query: DirectoryQuery) -> PastBox:
    if query.past is not None:
        return PastBox(**query.past.kept)
    return box_of(request.args, fault=next((name for name in (ON, KNOWN) if query.fault_of(name)), ""))


def _downloads(query: DirectoryQuery) -> tuple[Way, ...]:
    return tuple(Way(label=kind.upper(), href=address(f"{PATH}.{kind}", query.kept)) for kind in MEDIA_TYPES)


def _file(kind: str) -> Response:
    services, settings = current_services(), current_settings()
    regions = services.reference.regions
    now = services.clock()
    query = read_directory_query(request.args, regions, today=legal_day(now))
    if query.faults:
        raise BadInput("directory.filter", query.faults[0].sentence)
    with services.database.read() as tx:
        query = as_asked(tx, query)
        if count_mines(tx, query.wanted) > EXPORT_ROWS:
            raise BadInput(
                "directory.export_too_large",
                N_("符合条件的矿山超过%(most)s座，请先缩小范围再下载。"),
                most=EXPORT_ROWS,
            )
        rows = export_mines(tx, query.wanted, sort=query.sort, limit=EXPORT_ROWS)
        file = write_export(kind, rows, query, regions=regions, site_url=settings.site_url, made_at=now)
    return send_file(
        file,
        mimetype=MEDIA_TYPES[kind],
        as_attachment=True,
        download_name=file_name(kind, legal_day(now), query.past),
    )


DIRECTORY_ROUTES: Final = (
    Route(MINE.list, "mine.list", mines),
    Route(f"{MINE.list}.csv", "mine.csv", mines_csv, limit=Limit.EXPORTS),
    Route(f"{MINE.list}.json", "mine.json", mines_json, limit=Limit.EXPORTS),
    Route(f"{MINE.list}.xlsx", "mine.xlsx", mines_xlsx, limit=Limit.EXPORTS),
)
