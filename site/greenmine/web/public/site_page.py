"""Pages about the site itself, kept in ``content/pages``: /about, /help, /privacy, /accessibility."""

from typing import Final

from flask.typing import ResponseReturnValue

from greenmine.store.act import acts_of
from greenmine.store.article import get_article
from greenmine.web.context import current_services
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.public.article_text import article_html, remark_title, remarks_of
from greenmine.web.public.withdrawn import withdrawn_page
from greenmine.web.routing import Route


def about() -> ResponseReturnValue:
    """``/about``: what the site does and where its data come from."""
    return _page("about")


def help_page() -> ResponseReturnValue:
    """``/help``: how to use it."""
    return _page("help")


def privacy() -> ResponseReturnValue:
    """``/privacy``: what the site knows about its readers."""
    return _page("privacy")


def accessibility() -> ResponseReturnValue:
    """``/accessibility``: what was made for whom, and what is still wanting."""
    return _page("accessibility")


def _page(slug: str) -> ResponseReturnValue:
    services = current_services()
    with services.database.read() as tx:
        row = get_article(tx, "pages", slug)
        acts = acts_of(tx, row.article.object)
    above = () if slug == "about" else (Crumb(_("关于本站"), "/about"),)
    if row.withdrawn:
        return withdrawn_page(row, acts, section="/about", crumbs=above)
    page = Page(
        title=row.article.title,
        section="/about",
        crumbs=above,
        canonical=f"/{slug}",
        description=row.article.summary,
    )
    return render(
        "site_page.html",
        page,
        row=row,
        text=article_html(row.article.markdown, row.article.media),
        remarks=[(remark, remark_title(remark)) for remark in remarks_of(acts)],
    )


SITE_PAGE_ROUTES: Final = (
    Route("/about", "site.about", about),
    Route("/help", "site.help", help_page),
    Route("/privacy", "site.privacy", privacy),
    Route("/accessibility", "site.accessibility", accessibility),
)
