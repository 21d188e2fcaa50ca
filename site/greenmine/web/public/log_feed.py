"""``/log/checkpoints.atom``: the last signed head of each day, so that every archive of the feed keeps it for us.

Source: log-spec.md 3, 9: each archive of the feed is a witness after the fact.
"""

from datetime import timedelta
from typing import Final

from flask import Response, render_template

from greenmine.domain.errors import NotFound
from greenmine.domain.instant import legal_day
from greenmine.domain.text import N_
from greenmine.projections.feed import MEDIA_TYPES, Feed, Format, Item, authority_of, identity
from greenmine.projections.feed_write import write_feed
from greenmine.services import Services
from greenmine.store.database import Tx
from greenmine.store.log import Head, log_origin
from greenmine.store.log_read import last_heads
from greenmine.web.demo_mark import marked
from greenmine.web.formats import day as day_words
from greenmine.web.i18n import gettext as _
from greenmine.web.i18n import language
from greenmine.web.public.feed_answer import Document, answer_document
from greenmine.web.public.feed_plan import ENDINGS, feed_title
from greenmine.web.routing import Route

PATH: Final = "/log/checkpoints"
DAYS: Final = 60
"""Days told, today's last head so far included."""


def heads_feed(ending: str) -> Response:
    """The feed. Raises NotFound before the log has begun."""
    form = Format(ending)
    return answer_document(lambda tx, services: _document(tx, services, form), steady=False)


def _document(tx: Tx, services: Services, form: Format) -> Document:
    origin = log_origin(tx)
    if origin is None:
        raise NotFound("log.not_begun_yet", N_("本站的记录库尚未建立。"))
    settings, now = services.settings, services.clock()
    authority = authority_of(tx, site_url=settings.site_url, today=legal_day(now))
    heads = last_heads(tx, before=now + timedelta(days=1), days=DAYS)
    items = tuple(_item(head, authority=authority, site_url=settings.site_url, author=origin) for head in heads)
    feed = Feed(
        id=identity(authority, "feed/log"),
        title=feed_title(_("每日记录头")),
        subtitle=marked(_("公开记录库每日最后一个签名的记录头。请留存，可用来证明此后记录没有被改动。")),
        home=f"{settings.site_url}/log",
        address=f"{settings.site_url}{PATH}",
        author=settings.sponsor or settings.site_name,
        updated=max((item.updated for item in items), default=now),
        items=items,
        language=language(),
    )
    return Document(write_feed(feed, form), MEDIA_TYPES[form], feed.updated)


def _item(head: Head, *, authority: str, site_url: str, author: str) -> Item:
    day, size = legal_day(head.at), head.checkpoint.size
    return Item(
        id=identity(authority, f"log/{day.isoformat()}"),
        href=f"{site_url}/log",
        title=_("%(day)s：共%(n)s条记录", day=day_words(day), n=size),
        html=render_template("feed/head.html", note=str(head.note), size=size, root=head.checkpoint.root.hex()),
        summary=_("根哈希 %(root)s", root=head.checkpoint.root.hex()),
        published=head.at,
        updated=head.at,
        author=author,
    )


LOG_FEED_ROUTES: Final = (Route(f"{PATH}.{ENDINGS}", "log.feed", heads_feed),)
