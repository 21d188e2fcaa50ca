"""Public acts as items of a feed, in the words of their pages.

A credit entry that names a person is in no feed at all. One that has ended, and whatever else must vanish, stays an
item without its words: readers that kept the old one then replace it. Sources: rules.md; trust.md 16, 24.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask import current_app

from greenmine.content.documents import NEWS_TYPE_LABELS, NewsType
from greenmine.content.feed_html import feed_html
from greenmine.content.markdown import plain_text
from greenmine.domain.act import KINDS
from greenmine.domain.credit import Subject
from greenmine.domain.ground import CREDIT_LEVEL_LABELS, CreditLevel
from greenmine.domain.instant import day_starts, legal_day
from greenmine.domain.mine import LEVEL_LABELS
from greenmine.domain.notice import NoticeState
from greenmine.domain.noun import CREDIT, DOCUMENT, MINE, NOTICE, REMOVAL, number_of, public_address
from greenmine.domain.text import N_
from greenmine.projections.feed import Enclosure, Item, identity, printable
from greenmine.services import Services
from greenmine.store.act import ActRow
from greenmine.store.database import Tx
from greenmine.store.feed import Thread
from greenmine.web.act_words import act_moment
from greenmine.web.formats import day as day_words
from greenmine.web.i18n import gettext as _
from greenmine.web.places import place_name
from greenmine.web.public.article_text import article_html, film_of, pictures_beside, remark_title, remarks_of
from greenmine.web.public.feed_rows import FeedRows, read_rows
from greenmine.web.public.news import source_of
from greenmine.web.public.notice_list import listed_lines
from greenmine.web.public.notice_page import corrections_of, objection_shown, paragraphs, withdrawal_of
from greenmine.web.public.notice_period import exact_moment
from greenmine.web.public.notice_words import kind_word
from greenmine.web.public.policy_shown import policy_shown
from greenmine.web.public.removal import removal_title, removal_words
from greenmine.web.public.timeline import Hearer, told
from greenmine.web.seat_words import author_words

LOG: Final = logging.getLogger("greenmine.feed")
MOST_LINES: Final = 500
"""Lines of a notice's list that its item holds; the rest is on the page, which shows them in parts too."""
SUMMARY: Final = 200
LOOKED_AT: Final = 4000
"""As much of the HTML as a summary is taken from, in characters."""


@dataclass(frozen=True)
class Bench:
    """What every item is made with."""

    rows: FeedRows
    services: Services
    authority: str

    @property
    def site_url(self) -> str:
        """Origin of every address, from the settings."""
        return self.services.settings.site_url


@dataclass(frozen=True, kw_only=True)
class Words:
    """What an item says; ``path`` is the page's own, ``html`` as a template gave it."""

    path: str
    title: str
    html: str
    author: str
    tags: tuple[str, ...] = ()
    files: tuple[Enclosure, ...] = ()
    updated: datetime | None = None


Teller = Callable[[Thread, Sequence[ActRow], Bench], Words | None]


def items_of(tx: Tx, threads: Sequence[Thread], *, services: Services, authority: str) -> tuple[Item, ...]:
    """The items in the order of the threads. One that cannot be told is left out; the others are not touched by it."""
    rows = read_rows(tx, threads, today=legal_day(services.clock()))
    bench = Bench(rows, services, authority)
    found = []
    for thread in threads:
        try:
            item = _item(thread, bench)
        except Exception as error:  # old or damaged data: told without its words
            LOG.error("feed thread %r left out: %s", thread.name, type(error).__name__)
            continue
        found += [item] if item is not None else []
    return tuple(found)


def _item(thread: Thread, bench: Bench) -> Item | None:
    told_acts = bench.rows.acts[thread.name]
    acts = [each.act for each in told_acts]
    noun = thread.object.split("/", 1)[0]
    is_gone = noun in _GONE and any(each.removed for each in (told_acts[0], _latest_text(told_acts)))
    words = _gone(thread, _GONE[noun]) if is_gone else _TELLERS[noun](thread, acts, bench)
    if words is None:
        return None
    html = feed_html(printable(words.html), site_url=bench.site_url, page=words.path)
    shown = plain_text(f"{html[:LOOKED_AT].rpartition('>')[0]}>" if len(html) > LOOKED_AT else html)
    return Item(
        id=identity(bench.authority, thread.name),
        href=f"{bench.site_url}{words.path}",
        title=words.title,
        html=html + feed_html(_entries(acts), site_url=bench.site_url, page=words.path),
        summary=shown if len(shown) <= SUMMARY else f"{shown[: SUMMARY - 1]}…",
        published=act_moment(acts[0]),
        updated=max(act_moment(acts[-1]), words.updated or act_moment(acts[-1])),
        author=words.author or bench.services.settings.site_name,
        tags=words.tags,
        enclosures=words.files,
    )


def _rendered(template: str, **values: object) -> str:
    """A template of an item; it knows nothing of the frame around a page, so nothing is built for one."""
    return current_app.jinja_env.get_template(template).render(values)


def _entries(acts: Sequence[ActRow]) -> str:
    """Which entries of the log the item tells: anyone can check them there."""
    return _rendered("feed/entries.html", numbers=[act.n for act in acts])


def _latest_text(acts: Sequence[Any]) -> Any:
    """The last act of a thread that says what its page says now."""
    return next((each for each in reversed(acts) if KINDS[each.act.kind].tells_text), acts[0])


_GONE: Final[Mapping[str, str]] = {
    "notice": N_("公示公告（编号%(number)s）已依规停止公开"),
    "removal": N_("移出事项（编号%(number)s）已依规停止公开"),
}
"""What is left to say where law took the words; the others know by themselves."""


def _gone(thread: Thread, title: str) -> Words:
    title = _(title, number=number_of(thread.object))
    return Words(path=public_address(thread.object), title=title, html=_sentences(title), author="")


def _sentences(*sentences: str) -> str:
    return _rendered("feed/gone.html", sentences=[each for each in sentences if each])


def _notice(thread: Thread, acts: Sequence[ActRow], bench: Bench) -> Words:
    number = number_of(thread.object)
    row = bench.rows.notices[number]
    items, files = bench.rows.lists[number], bench.rows.files[number]
    withdrawal = withdrawal_of(acts)
    state = NoticeState.CLOSED if row.recorded == "closed" else NoticeState.STANDING
    accepted = bool(row.objection.get("accepted", row.ends_at is not None))
    listed = [item for item in items if item.note]
    html = _rendered(
        "feed/notice.html",
        notice=row,
        kind=kind_word(row.kind),
        level=_(LEVEL_LABELS[row.level]),
        place=place_name(bench.services.reference.regions, row.region),
        exact=exact_moment(row.ends_at) if row.ends_at else "",
        paragraphs=paragraphs(row.text),
        lines=listed_lines(row, items[:MOST_LINES], state=state),
        total=len(items),
        columns=[
            *(row.columns or (_("名称"),)),
            *([_("备注")] if listed else []),
            *([_("结果")] if state is NoticeState.CLOSED else []),
        ],
        has_notes=bool(listed),
        has_outcomes=state is NoticeState.CLOSED,
        files=files,
        corrections=corrections_of(acts),
        withdrawal=withdrawal,
        objection=replace(objection_shown(row, state=state, period=None), accepted=accepted),
    )
    return Words(
        path=NOTICE.page(number),
        title=_("【已撤回】%(title)s", title=row.title) if withdrawal else row.title,
        html=html,
        author=row.issuer,
        tags=(kind_word(row.kind),),
        files=tuple(_file(bench, each.sha256, each.media_type, each.size, each.name) for each in files),
    )


def _removal(thread: Thread, acts: Sequence[ActRow], bench: Bench) -> Words:
    number = number_of(thread.object)
    row, reference = bench.rows.removals[number], bench.services.reference
    shown = removal_words(row, reference)
    return Words(
        path=REMOVAL.page(number),
        title=removal_title(row),
        html=_rendered("feed/removal.html", removal=row, shown=shown),
        author=row.organ or author_words(acts[0].by, reference.regions),
        tags=(_("移出"), shown.state),
    )


def _credit(thread: Thread, acts: Sequence[ActRow], bench: Bench) -> Words | None:
    number = number_of(thread.object)
    row, regions = bench.rows.credits[number], bench.services.reference.regions
    if row.subject != Subject.FIRM:
        return None  # rules.md: a person is named on the entry's page and the list only; in no feed, not even unnamed
    path, tags = CREDIT.page(number), (_("失信信息"),)
    if not row.running:
        over = row.ended_on or row.until
        title = _("失信信息第%(number)s号已停止公示", number=number)
        why = _("%(day)s起停止公示，本站不再显示名称。转载的，请一并删除。", day=day_words(over))
        updated = None if row.ended_on else day_starts(over)
        return Words(path=path, title=title, html=_sentences(why), author="", tags=tags, updated=updated)
    register = _(CREDIT_LEVEL_LABELS[CreditLevel(row.register)])
    html = _rendered(
        "feed/credit.html",
        entry=row,
        register=register,
        place=place_name(regions, row.region),
        last=row.until - timedelta(days=1),
    )
    title = _("%(name)s列入%(register)s", name=row.name, register=register)
    return Words(path=path, title=title, html=html, author=row.organ or "", tags=tags)


def _mine(thread: Thread, acts: Sequence[ActRow], bench: Bench) -> Words:
    number, act = number_of(thread.object), acts[0]
    name, region = bench.rows.mines[number]
    reference = bench.services.reference
    words = told(act, Hearer(reference, number, region))
    office = _("办理：%(by)s。", by=author_words(act.by, reference.regions))
    late = "" if legal_day(act_moment(act)).isoformat() == act.valid_from else _valid_words(act.valid_from)
    html = _rendered(
        "feed/act.html",
        text=f"{words.text}{late}{office}",
        number=number,
        name=name,
        place=place_name(reference.regions, region),
        href=words.href,
    )
    return Words(
        path=MINE.page(number),
        title=_("%(what)s：%(mine)s", what=words.title, mine=name),
        html=html,
        author=str((act.body or {}).get("organ") or "") or author_words(act.by, reference.regions),
        tags=(_("名录变动"), words.title),
    )


def _valid_words(day: str) -> str:
    return _("自%(day)s起。", day=day_words(date.fromisoformat(day)))


def _article(thread: Thread, acts: Sequence[ActRow], bench: Bench) -> Words:
    section, slug = thread.object.split("/", 2)[1:]
    row = bench.rows.articles[(section, slug)]
    path = public_address(thread.object)
    article, meta = row.article, row.article.meta
    is_gone = _latest_text(bench.rows.acts[thread.name]).removed
    if row.withdrawn or is_gone:  # never its title, words or pictures (web/public/withdrawn.py)
        reason = row.withdrawn_reason and _("理由：%(reason)s", reason=row.withdrawn_reason)
        return Words(path=path, title=_("本文已撤下"), html=_sentences(_("本文已撤下。"), reason), author="")
    media = tuple(item for item in article.media if item.sha256 not in bench.rows.gone)
    policy = None
    if section == "policies":
        services = bench.services
        policy = policy_shown(
            row, regions=services.reference.regions, clauses=services.clauses, today=legal_day(services.clock())
        )
    video = meta.get("video") or {}
    html = _rendered(
        "feed/article.html",
        policy=policy,
        text=article_html(article.markdown, media),
        pictures=pictures_beside(article.markdown, media),
        film_link=film_of(media) or str(video.get("link") or ""),
        transcript=paragraphs(str(video.get("transcript") or "")),
        remarks=[(remark, remark_title(remark)) for remark in remarks_of(acts[::-1])],
    )
    kinds = tuple(NewsType)
    return Words(
        path=path,
        title=article.title,
        html=html,
        author=policy.issuers if policy and policy.issuers else source_of(meta),
        tags=(_(NEWS_TYPE_LABELS[NewsType(article.type)]),) if article.type in kinds else (),
        files=tuple(_file(bench, item.sha256, item.media_type, item.size, item.name) for item in media),
    )


def _file(bench: Bench, sha256: str, media_type: str, size: int, name: str) -> Enclosure:
    return Enclosure(href=f"{bench.site_url}{DOCUMENT.page(sha256)}", media_type=media_type, size=size, title=name)


_TELLERS: Final[Mapping[str, Teller]] = {
    "notice": _notice,
    "removal": _removal,
    "credit": _credit,
    "mine": _mine,
    "content": _article,
}
