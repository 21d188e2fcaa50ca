"""Articles as HTML: their Markdown, their pictures and films under the hashes they were published with."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from markupsafe import Markup

from greenmine.content.markdown import render as render_markdown
from greenmine.domain.article import ArticleMedia
from greenmine.domain.instant import legal_day
from greenmine.domain.noun import DOCUMENT
from greenmine.store.act import ActRow
from greenmine.web.act_words import act_moment
from greenmine.web.i18n import gettext as _

_MEDIA: Final = re.compile(r"/media/([A-Za-z0-9_-][A-Za-z0-9._-]*)")
_TABLE: Final = re.compile(r'(<div [^>]*aria-label="([^"]*)"[^>]*>)<table>')


@dataclass(frozen=True, kw_only=True)
class PictureShown:
    """A picture with its description; ``caption`` may be empty."""

    href: str
    alt: str
    caption: str


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A correction or withdrawal as the original says it; ``note`` is empty when none was given."""

    day: date
    note: str
    act: int
    withdrawn: bool


def article_html(markdown: str, media: Iterable[ArticleMedia] = ()) -> Markup:
    """The text as HTML that is safe to show (``content/markdown.py`` cleans it), pictures under their hashes."""
    addresses = {item.name: DOCUMENT.page(item.sha256) for item in media}
    told = _MEDIA.sub(lambda found: addresses.get(found[1], found[0]), markdown)
    # Markdown's tables have no caption; the name of their scrolling part is theirs too.
    html = _TABLE.sub(r'\1<table aria-label="\2">', render_markdown(told))
    return Markup(html)  # nh3 has sanitised it (content/markdown.py)  # nosec B704


def pictures_beside(markdown: str, media: Sequence[ArticleMedia]) -> tuple[PictureShown, ...]:
    """The pictures that the text does not show itself."""
    inside = set(_MEDIA.findall(markdown))
    return tuple(
        PictureShown(href=DOCUMENT.page(item.sha256), alt=item.alt, caption=item.caption)
        for item in media
        if item.media_type.startswith("image/") and item.name not in inside
    )


def film_of(media: Sequence[ArticleMedia]) -> str:
    """Own address of the film, empty when there is none."""
    return next((DOCUMENT.page(item.sha256) for item in media if item.media_type.startswith("video/")), "")


def remarks_of(acts: Iterable[ActRow]) -> tuple[Remark, ...]:
    """Corrections and the withdrawal, newest first."""
    told = []
    for act in acts:
        body = act.body or {}
        if act.kind == "content.changed":
            note = str(body.get("note") or "")
        elif act.kind == "content.withdrawn":
            note = str(body.get("reason") or "")
        else:
            continue
        told.append(
            Remark(day=legal_day(act_moment(act)), note=note, act=act.n, withdrawn=act.kind == "content.withdrawn")
        )
    return tuple(told)


def remark_title(remark: Remark) -> str:
    """本文已撤下 or 本文已更正."""
    return _("本文已撤下") if remark.withdrawn else _("本文已更正")
