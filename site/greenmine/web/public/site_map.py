"""The site map for people and for machines, and what search engines may keep."""

from collections.abc import Iterator
from typing import Final

from flask import Response
from flask.typing import ResponseReturnValue
from markupsafe import escape

from greenmine.domain.noun import CREDIT, ENTRY, MINE, NEWS, NOTICE, POLICY, PROCEDURE, REGION, REMOVAL
from greenmine.domain.reference import Reference
from greenmine.domain.region import COUNTRY
from greenmine.services import Services
from greenmine.store.article import published_slugs
from greenmine.store.mine import known_mines
from greenmine.store.notice import notice_numbers
from greenmine.store.removal import removal_numbers
from greenmine.web.context import current_services, current_settings
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Page, render
from greenmine.web.parts import Way
from greenmine.web.places import place_name
from greenmine.web.routing import Route

MOST_ADDRESSES: Final = 50_000
"""As many as one file may list (sitemaps.org); newest notices first, mines last."""


def site_map() -> ResponseReturnValue:
    """``/sitemap``: every section with what is below it."""
    services = current_services()
    with services.database.read() as tx:
        counts = {section: len(published_slugs(tx, section)) for section in ("news", "policies")}
    return render(
        "sitemap.html",
        Page(title=_("站点地图"), canonical="/sitemap"),
        groups=_groups(services.reference),
        places=[Way(label=_("全国"), href=REGION.list), *_provinces(services.reference)],
        counts=counts,
    )


def site_map_xml() -> ResponseReturnValue:
    """``/sitemap.xml``: every page that search engines may keep; no credit entry is among them."""
    site_url = current_settings().site_url
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
        *(f"<url><loc>{escape(site_url + path)}</loc></url>" for path in _addresses(current_services())),
        "</urlset>",
    ]
    return Response("\n".join(lines), mimetype="application/xml", headers={"Cache-Control": "no-cache"})


def robots() -> ResponseReturnValue:
    """``/robots.txt``: all but the desk; credit entries are open to robots so that they read ``noindex`` there."""
    address = f"{current_settings().site_url}/sitemap.xml"
    lines = ("User-agent: *", "Disallow: /desk", "Disallow: /preferences", "", f"Sitemap: {address}", "")
    return Response("\n".join(lines), mimetype="text/plain")


def _groups(reference: Reference) -> tuple[tuple[str, list[Way]], ...]:
    """Headings, and the pages below each."""
    return (
        (_("名录"), _ways((MINE.list, _("名录查询")))),
        (_("公示和移出"), _ways(
            (NOTICE.list, _("公示公告")), (REMOVAL.list, _("移出名录")), (CREDIT.list, _("失信信息")))),
        (_("投诉和查询"), _ways(("/complaints/new", _("投诉举报")), ("/complaints/track", _("查询办理进度")))),
        (_("新闻"), _ways((NEWS.list, _("新闻动态")))),
        (_("政策和程序"), [
            *_ways((POLICY.list, _("政策法规")), ("/clauses", _("条款目录")), ("/targets", _("目标任务")),
                       (PROCEDURE.list, _("办事程序"))),
            *_procedures(reference)]),
        (_("关于本站"), _ways(
            ("/about", _("关于本站")), ("/subscribe", _("订阅")), ("/help", _("使用帮助")), ("/privacy", _("隐私说明")),
            ("/accessibility", _("无障碍声明")), ("/log", _("公开记录库")), ("/status", _("运行状态")))),
    )  # fmt: skip


def _provinces(reference: Reference) -> list[Way]:
    return [Way(label=each.name, href=REGION.page(each.code)) for each in reference.regions.children(COUNTRY)]


def _procedures(reference: Reference) -> list[Way]:
    return [
        Way(label=_("办事程序：%(place)s", place=place_name(reference.regions, code)), href=PROCEDURE.page(code))
        for code in reference.books.regions()
    ]


def _ways(*ways: tuple[str, str]) -> list[Way]:
    return [Way(label=label, href=path) for path, label in ways]


def _addresses(services: Services) -> list[str]:
    places = [way.href for way in (*_provinces(services.reference), *_procedures(services.reference))]
    return [*_FIXED, *places, *_records(services)][:MOST_ADDRESSES]


def _records(services: Services) -> Iterator[str]:
    with services.database.read() as tx:
        for noun, section in ((POLICY, "policies"), (NEWS, "news")):
            yield from (noun.page(slug) for slug in published_slugs(tx, section))
        yield from (NOTICE.page(number) for number in notice_numbers(tx))
        yield from (REMOVAL.page(number) for number in removal_numbers(tx))
        yield from (MINE.page(row.id) for row in known_mines(tx))


_FIXED: Final = (
    "/", MINE.list, REGION.list, NOTICE.list, REMOVAL.list, NEWS.list, POLICY.list, "/clauses", "/targets",
    PROCEDURE.list, "/complaints/new", "/complaints/track", "/about", "/subscribe", "/help", "/privacy",
    "/accessibility", "/sitemap", "/log", ENTRY.list, "/status",
)  # fmt: skip

SITE_MAP_ROUTES: Final = (
    Route("/sitemap", "sitemap.page", site_map),
    Route("/sitemap.xml", "sitemap.xml", site_map_xml),
    Route("/robots.txt", "robots", robots),
)
