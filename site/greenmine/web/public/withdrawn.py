"""The page of an article that was withdrawn: that, when and why it was; never its title, words or pictures."""

from collections.abc import Iterable

from greenmine.store.act import ActRow
from greenmine.store.article import ArticleRow
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render

from .article_text import remarks_of


def withdrawn_page(row: ArticleRow, acts: Iterable[ActRow], *, section: str, crumbs: tuple[Crumb, ...]) -> str:
    """What stands under the address instead of the article; search engines shall not keep it."""
    remark = next((each for each in remarks_of(acts) if each.withdrawn), None)
    page = Page(title=_("本文已撤下"), section=section, crumbs=crumbs, noindex=True)
    return render("withdrawn.html", page, remark=remark, reason=row.withdrawn_reason, act=row.last_act)
