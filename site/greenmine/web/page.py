"""What a page tells its frame: title, place in the site, and the tags a government site must carry."""

from dataclasses import dataclass, replace
from datetime import datetime

from flask import render_template
from wtforms import Form

from greenmine.web.context import current_settings
from greenmine.web.i18n import gettext as _


@dataclass(frozen=True)
class Crumb:
    """A page above this one."""

    label: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """A list of articles (栏目): ColumnName, ColumnDescription, ColumnKeywords, ColumnType."""

    name: str
    description: str
    keywords: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Article:
    """One published text: ArticleTitle, PubDate, ContentSource and, where known, the rest.

    :param published: aware instant; printed in legal time as ``yyyy-MM-dd HH:mm``
    """

    title: str
    published: datetime
    source: str
    author: str = ""
    keywords: str = ""
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class Alternate:
    """A feed that tells what is new on a page: own path, media type and a title (autodiscovery)."""

    title: str
    href: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the frame (layout.html) needs to know about a page.

    :param title: also the h1, unless the template fills the block ``heading``
    :param section: path of the main navigation's entry that is current (``/mines``)
    :param crumbs: pages between the home page and this one
    :param faulty: something typed must be mended: the title begins with 错误：
    :param noindex: search engines shall not keep the page
    :param canonical: own path of the page's one lasting address, when it has several
    :param description: a sentence for search engines, unless ``article`` has one
    :param feeds: feeds of the page's own; that of the whole site is told on every public page
    """

    title: str
    section: str = ""
    crumbs: tuple[Crumb, ...] = ()
    column: Column | None = None
    article: Article | None = None
    faulty: bool = False
    noindex: bool = False
    canonical: str = ""
    description: str = ""
    feeds: tuple[Alternate, ...] = ()

    @property
    def is_home(self) -> bool:
        """The home page has no crumbs and bears the site's name alone."""
        return self.section == "/" and not self.crumbs

    def document_title(self, site_name: str) -> str:
        """The text of ``<title>``."""
        own = site_name if self.is_home else f"{self.title} — {site_name}"
        return _("错误：%(title)s", title=own) if self.faulty else own


def render(template: str, page: Page, *, form: Form | None = None, **values: object) -> str:
    """The page as HTML. A form with errors is summed up above the h1 and marks the title."""
    shown = replace(page, faulty=True) if form is not None and form.errors else page
    return render_template(
        template,
        page=shown,
        document_title=shown.document_title(current_settings().site_name),
        form=form,
        **values,
    )
