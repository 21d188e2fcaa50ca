"""An article (policy, news, page of the site) as it is published, from a file or from the desk alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from greenmine.domain.errors import BadInput
from greenmine.domain.identity_number import require_no_identity_number
from greenmine.domain.noun import PAGE, noun_named
from greenmine.domain.text import N_
from greenmine.domain.unseen import require_seen


@dataclass(frozen=True)
class ArticleMedia:
    """A picture or film of an article: published bytes under their SHA-256; ``alt`` says what a picture shows."""

    sha256: str
    media_type: str
    name: str
    size: int
    alt: str = ""
    caption: str = ""


@dataclass(frozen=True)
class Article:
    """Everything an article says.

    :param section: policies, news or pages
    :param origin: ``file`` (content/) or ``desk``
    :param type: for news: activity, case, exposure, video (LN-18)
    :param disclosure: proactive, on_request or withheld (SC-09)
    :param meta: the section's own head, JSON values only
    :param note: for a change: what was changed and why (public)
    """

    section: str
    slug: str
    origin: str
    title: str
    summary: str
    markdown: str
    published: date
    region: str | None = None
    type: str | None = None
    disclosure: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    media: tuple[ArticleMedia, ...] = ()
    note: str = ""

    @property
    def object(self) -> str:
        """Its name in the log."""
        return noun_named(f"content/{self.section}").object(self.slug)


EARLIEST_PUBLISHED: Final = date(1949, 10, 1)
"""No authority of the programme published anything before there was one."""


def _require_fit(text: str, *, field: str) -> None:
    require_seen(text, field=field)
    require_no_identity_number(text, field=field)


def check_article(article: Article, *, today: date) -> None:
    """Raise BadInput, beside its field, for what an article cannot be published without.

    :param today: legal day; a reader must not be told of a publication that has not happened (ZJ-15)
    """
    if article.published < EARLIEST_PUBLISHED:
        raise BadInput("article.published_early", N_("发布日期不能早于1949年10月1日。"), field="published")
    if article.published > today:
        raise BadInput("article.published_later", N_("发布日期不能晚于今天。"), field="published")
    if not PAGE.fits(article.slug):
        raise BadInput("article.slug", N_("地址名只能用小写字母、数字和连字符。"), field="slug")
    if not article.title.strip():
        raise BadInput("article.title_missing", N_("请填写标题。"), field="title")
    _require_fit(article.title, field="title")
    _require_fit(article.summary, field="summary")
    for name in ("markdown", "note"):
        require_no_identity_number(getattr(article, name), field=name)
    for name in ("author", "source"):
        _require_fit(str(article.meta.get(name) or ""), field=name)
    for media in article.media:
        _require_fit(media.alt, field="alt")
        _require_fit(media.caption, field="caption")
    if not article.markdown.strip():
        raise BadInput("article.empty", N_("请填写正文。"), field="markdown")
    silent = next((m for m in article.media if m.media_type.startswith("image/") and not m.alt.strip()), None)
    if silent is not None:
        raise BadInput("article.alt_missing", N_("请为图片“%(name)s”填写文字说明。"), field="alt", name=silent.name)
