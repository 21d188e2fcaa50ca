"""News at the desk: the list, a new draft, correcting and withdrawing what was published."""

from datetime import date
from typing import Any, Final

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue

from greenmine.content.documents import NEWS_TYPE_LABELS, NewsType
from greenmine.domain.errors import GreenmineError, RuleBroken
from greenmine.domain.instant import legal_day
from greenmine.domain.noun import NEWS, NEWS_DRAFT
from greenmine.domain.officer import Deed, Officer
from greenmine.domain.region import COUNTRY
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.article import ArticleFilter, ArticleRow, get_article, list_articles
from greenmine.store.database import Tx
from greenmine.store.draft import DraftKind, DraftRow, DraftState, list_drafts
from greenmine.usecases.article import withdraw_article
from greenmine.usecases.draft import start_draft
from greenmine.web.context import current_officer, current_services
from greenmine.web.forms.news import NewsStartSheet
from greenmine.web.forms.notice import ReasonSheet
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.places import place_name

from .frame import home
from .own import paged, require_here
from .refusal import shown, shown_refused

PATH: Final = NEWS.desk_list
KIND: Final = DraftKind.NEWS


def list_page() -> ResponseReturnValue:
    """``/desk/news``: drafts, then what the officer may correct or withdraw, newest first."""
    services, officer = current_services(), current_officer()
    with services.database.read() as tx:
        drafts = list_drafts(tx, regions=[officer.seat.region], kinds=[KIND], states=[DraftState.OPEN])
        wanted = ArticleFilter("news", within=_own_news(officer), withdrawn=None)
        rows, pager = paged(PATH, lambda most, start: list_articles(tx, wanted, limit=most, offset=start))
    page = Page(title=_("新闻"), noindex=True, crumbs=(home(),))
    words = {str(key): _(word) for key, word in NEWS_TYPE_LABELS.items()}
    return render("desk/news.html", page, drafts=drafts, rows=rows, types=words, pager=pager)


def _own_news(officer: Officer) -> tuple[str, ...]:
    """Whose news the officer may correct or withdraw."""
    return (officer.seat.region,) if Deed.EDIT_NEWS in officer.deeds else ()


def new_page() -> ResponseReturnValue:
    """``/desk/news/new``: the type; then a draft with a proposed address is open."""
    services, officer, form = current_services(), current_officer(), NewsStartSheet()
    region = officer.seat.region
    page = Page(title=_("写新闻"), noindex=True, crumbs=(home(), Crumb(_("新闻"), PATH)))
    if not form.validate_on_submit():
        place = place_name(services.reference.regions, region)
        return shown("desk/news_new.html", page, form=form, place=place)
    today = legal_day(services.clock())
    with services.database.write() as tx:
        values = {
            "type": form.type.data,
            "slug": proposed_slug(tx, today),
            "published": today.isoformat(),
        }
        number = start_draft(
            tx, KIND, region=region, title=_("未命名的新闻"), data=values, reference=services.reference,
            officer=officer, at=services.clock(),
        )  # fmt: skip
    return redirect(NEWS_DRAFT.desk_page(number), 303)


def proposed_slug(tx: Tx, today: date) -> str:
    """``2026-11-21-1``: the day and the first number that no article and no draft of that day has."""
    rows, _total = list_articles(tx, ArticleFilter("news", withdrawn=None), limit=10_000)
    taken = {row.article.slug for row in rows}
    drafts = list_drafts(tx, regions=[COUNTRY], kinds=[KIND], states=[DraftState.OPEN], limit=10_000)
    taken |= {str(draft.data.get("slug", "")) for draft in drafts}
    number = 1
    while f"{today.isoformat()}-{number}" in taken:
        number += 1
    return f"{today.isoformat()}-{number}"


def correct_start(slug: str) -> ResponseReturnValue:
    """Open a draft that holds the published text, to be corrected; its publication is a correction."""
    services, officer = current_services(), current_officer()
    with services.database.write() as tx:
        row = _own_desk_article(tx, slug, officer, services)
        others = _open_corrections(tx, row, officer)
        if others and request.form.get("step") != "anew":
            page = Page(title=_("已有更正草稿"), noindex=True, crumbs=(home(), Crumb(_("新闻"), PATH)))
            return make_response(render("desk/news_open.html", page, drafts=others, slug=slug, path=PATH), 409)
        number = start_draft(
            tx, KIND, region=row.article.region or COUNTRY, title=row.article.title, data=_first_values(row),
            reference=services.reference, officer=officer, at=services.clock(), about=row.article.object,
        )  # fmt: skip
    return redirect(NEWS_DRAFT.desk_page(number), 303)


def _open_corrections(tx: Tx, row: ArticleRow, officer: Officer) -> list[DraftRow]:
    """Corrections of this article that somebody has begun and not published."""
    drafts = list_drafts(tx, regions=[officer.seat.region], kinds=[KIND], states=[DraftState.OPEN], limit=10_000)
    return [draft for draft in drafts if draft.object == row.article.object]


def withdraw_page(slug: str) -> ResponseReturnValue:
    """``/desk/news/<slug>/withdraw``: the address stays and says so, and why."""
    services, officer, form = current_services(), current_officer(), ReasonSheet()
    with services.database.read() as tx:
        row = _own_desk_article(tx, slug, officer, services)
    page = Page(
        title=_("撤下：%(title)s", title=row.article.title), noindex=True, crumbs=(home(), Crumb(_("新闻"), PATH))
    )
    if not form.validate_on_submit():
        return shown("desk/news_withdraw.html", page, form=form)
    try:
        with services.database.write() as tx:
            withdraw_article(
                tx, "news", slug, reason=form.reason.data, reference=services.reference, officer=officer,
                at=services.clock(),
            )  # fmt: skip
    except GreenmineError as error:
        return shown_refused("desk/news_withdraw.html", page, form=form, error=error)
    return redirect(PATH, 303)


def _own_desk_article(tx: Tx, slug: str, officer: Officer, services: Services) -> ArticleRow:
    row = get_article(tx, "news", slug)
    region = row.article.region or COUNTRY
    require_here(officer, Deed.PUBLISH_NEWS, region=region, regions=services.reference.regions)
    if row.article.origin != "desk":
        raise RuleBroken("article.in_file", N_("这篇文章由内容文件维护，请修改文件。"))
    if row.withdrawn:
        raise RuleBroken("article.withdrawn", N_("这篇文章已经撤下。"))
    return row


def _first_values(row: ArticleRow) -> dict[str, Any]:
    """What a correction starts from, kept a second time as its base: later shows who changed what."""
    values = values_of(row)
    return {**values, "base": {name: value for name, value in values.items() if name not in ("seen_act", "slug")}}


def values_of(row: ArticleRow) -> dict[str, Any]:
    """A published article as a draft keeps it."""
    article, video = row.article, row.article.meta.get("video") or {}
    return {
        "title": article.title,
        "slug": article.slug,
        "type": article.type or str(NewsType.ACTIVITY),
        "published": article.published.isoformat(),
        "summary": article.summary,
        "markdown": article.markdown,
        "author": str(article.meta.get("author") or ""),
        "source": str(article.meta.get("source") or ""),
        "link": str(video.get("link") or ""),
        "transcript": str(video.get("transcript") or ""),
        "seen_act": row.last_act,
        "published_at": str(article.meta.get("published") or ""),
        "files": [
            {"sha256": item.sha256, "name": item.name, "media_type": item.media_type, "size": item.size,
             "alt": item.alt, "caption": item.caption}
            for item in article.media
        ],
    }  # fmt: skip
