"""News (新闻动态): four types with counts, and the page of one item."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask import request
from flask.typing import ResponseReturnValue

from greenmine.content.documents import NEWS_TYPE_LABELS, NewsType
from greenmine.domain.instant import from_utc_text
from greenmine.domain.noun import NEWS
from greenmine.services import Services
from greenmine.store.act import acts_of
from greenmine.store.article import (
    ArticleFilter,
    ArticleRow,
    Neighbour,
    count_by_type,
    get_article,
    list_articles,
    neighbours_of,
)
from greenmine.store.database import Tx
from greenmine.web.context import current_services, current_settings
from greenmine.web.formats import Tone
from greenmine.web.i18n import gettext as _
from greenmine.web.narrowing import read_choice
from greenmine.web.page import Article, Column, Crumb, Page, render
from greenmine.web.paging import PER_PAGE, address, paging, read_page_number
from greenmine.web.parts import Entry, Way
from greenmine.web.places import place_name
from greenmine.web.public.feed_plan import alternates, named_plan, ways_of
from greenmine.web.routing import Route

from .article_text import article_html, film_of, pictures_beside, remark_title, remarks_of
from .withdrawn import withdrawn_page

PATH: Final = NEWS.list
_TONES: Final[Mapping[str, Tone]] = {NewsType.EXPOSURE: Tone.BAD, NewsType.CASE: Tone.OK}


def news() -> ResponseReturnValue:
    """``/news``: newest first, one type or all."""
    services = current_services()
    kind = read_choice("type", NewsType)
    number = read_page_number(request.args.get("page", ""))
    wanted = ArticleFilter("news", type=str(kind) if kind else None)
    with services.database.read() as tx:
        rows, total = list_articles(tx, wanted, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
        counts = count_by_type(tx, "news")
    kept = {"type": str(kind)} if kind else {}
    plan = named_plan("news")
    page = Page(
        title=_("新闻动态"),
        section=PATH,
        feeds=alternates(plan),
        column=Column(
            name=_("新闻动态"),
            description=_("绿色矿山工作动态、典型经验、曝光和视频"),
            keywords=_("绿色矿山,新闻,典型经验,曝光"),
            kind=_("工作动态"),
        ),
        canonical=address(PATH, kept),
    )
    return render(
        "news.html",
        page,
        entries=tuple(_entry(row) for row in rows),
        summaries={NEWS.page(row.article.slug): row.article.summary for row in rows},
        pager=paging(PATH, total=total, number=number, kept=kept.items()),
        tabs=_tabs(counts),
        tab=address(PATH, kept),
        feeds=ways_of(plan),
    )


def news_item(slug: str) -> ResponseReturnValue:
    """``/news/<slug>``: text, pictures, film, transcript and corrections; of a withdrawn one, only that it was."""
    services = current_services()
    with services.database.read() as tx:
        row = get_article(tx, "news", slug)
        if row.withdrawn:
            return withdrawn_page(row, acts_of(tx, row.article.object), section=PATH, crumbs=_above())
        page, values = news_shown(tx, slug, services=services)
    return render("news_item.html", page, **values)


def news_shown(tx: Tx, slug: str, *, services: Services) -> tuple[Page, dict[str, object]]:
    """What ``news_item.html`` shows of an item; the desk's preview shows the same of one not published yet."""
    row = get_article(tx, "news", slug)
    older, newer = neighbours_of(tx, row)
    acts = acts_of(tx, row.article.object)
    article, meta = row.article, row.article.meta
    video = meta.get("video") or {}
    return _item_page(row), {
        "row": row,
        "kind": _(NEWS_TYPE_LABELS[NewsType(article.type)]) if article.type in tuple(NewsType) else "",
        "tone": _TONES.get(article.type or "", Tone.PLAIN),
        "place": place_name(services.reference.regions, article.region) if article.region else "",
        "is_demo": bool(meta.get("demo")),
        "text": article_html(article.markdown, article.media),
        "pictures": pictures_beside(article.markdown, article.media),
        "film": film_of(article.media),
        "film_link": str(video.get("link") or ""),
        "transcript": [line for line in str(video.get("transcript") or "").splitlines() if line.strip()],
        "remarks": [(remark, remark_title(remark)) for remark in remarks_of(acts)],
        "share": f"{article.title} {current_settings().site_url}{NEWS.page(slug)}",
        "older": _way(older),
        "newer": _way(newer),
    }


def _item_page(row: ArticleRow) -> Page:
    article, meta = row.article, row.article.meta
    return Page(
        title=article.title,
        section=PATH,
        crumbs=_above(),
        article=Article(
            title=article.title,
            published=published_at(row),
            source=source_of(meta),
            author=str(meta.get("author") or ""),
            keywords=",".join(meta.get("keywords") or ()),
            description=article.summary,
        ),
        canonical=NEWS.page(article.slug),
    )


def _above() -> tuple[Crumb, ...]:
    return (Crumb(_("新闻动态"), PATH),)


def published_at(row: ArticleRow) -> datetime:
    """When the article says it was published; the instant of its first act when it does not say."""
    text = row.article.meta.get("published")
    return from_utc_text(text) if isinstance(text, str) and text.endswith("Z") else row.published_at


def source_of(meta: Mapping[str, Any]) -> str:
    """来源: what the article says, else who keeps the site."""
    settings = current_settings()
    return str(meta.get("source") or settings.sponsor or settings.site_name)


def _entry(row: ArticleRow) -> Entry:
    kind = row.article.type or ""
    return Entry(
        title=row.article.title,
        href=NEWS.page(row.article.slug),
        day=row.article.published,
        tag=_(NEWS_TYPE_LABELS[NewsType(kind)]) if kind in tuple(NewsType) else "",
        tone=_TONES.get(kind, Tone.PLAIN),
    )


def _tabs(counts: Mapping[str, int]) -> tuple[Way, ...]:
    whole = Way(label=_("全部 %(n)s", n=sum(counts.values())), href=PATH)
    kinds = (
        Way(
            label=_("%(word)s %(n)s", word=_(word), n=counts.get(kind, 0)),
            href=address(PATH, {"type": kind}),
        )
        for kind, word in NEWS_TYPE_LABELS.items()
    )
    return (whole, *kinds)


def _way(beside: Neighbour | None) -> Way | None:
    return None if beside is None else Way(label=beside.title, href=NEWS.page(beside.slug))


NEWS_ROUTES: Final = (
    Route(NEWS.list, "news.list", news),
    Route(NEWS.page("<slug>"), "news.page", news_item),
)
