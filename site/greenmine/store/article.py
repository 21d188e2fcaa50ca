"""Queries on articles: policies, news and pages."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from greenmine.domain.article import Article, ArticleMedia
from greenmine.domain.errors import NotFound
from greenmine.domain.instant import from_utc_text
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.figure import inside_any
from greenmine.store.tables import content_item


@dataclass(frozen=True)
class ArticleRow:
    """An article as it stands, with its times and the numbers of its first and last act."""

    article: Article
    published_at: datetime
    changed_at: datetime | None
    withdrawn: bool
    withdrawn_reason: str
    first_act: int
    last_act: int


@dataclass(frozen=True)
class ArticleFilter:
    """What a list of articles is narrowed by; None means any."""

    section: str
    type: str | None = None
    region_prefix: str | None = None
    within: tuple[str, ...] | None = None
    origin: str | None = None
    withdrawn: bool | None = False


def get_article(tx: Tx, section: str, slug: str) -> ArticleRow:
    """The article, a withdrawn one included. Raises NotFound."""
    row = tx.execute(select(content_item).where(content_item.c.section == section, content_item.c.slug == slug)).first()
    if row is None:
        raise NotFound("article.unknown", N_("没有这篇文章。"))
    return _row(row)


def articles_at(tx: Tx, places: Collection[tuple[str, str]]) -> dict[tuple[str, str], ArticleRow]:
    """The articles at these (section, slug), withdrawn ones included."""
    if not places:
        return {}
    slugs = sorted({slug for _section, slug in places})
    rows = (_row(row) for row in tx.execute(select(content_item).where(content_item.c.slug.in_(slugs))))
    found = {(row.article.section, row.article.slug): row for row in rows}
    return {place: found[place] for place in places if place in found}


def list_articles(tx: Tx, wanted: ArticleFilter, *, limit: int, offset: int = 0) -> tuple[Sequence[ArticleRow], int]:
    """Articles that match, newest first, and how many there are in all."""
    where = _where(wanted)
    total = tx.execute(select(func.count()).select_from(content_item).where(*where)).scalar_one()
    newest = (content_item.c.published_on.desc(), content_item.c.first_act.desc())
    query = select(content_item).where(*where).order_by(*newest).limit(limit).offset(offset)
    return [_row(row) for row in tx.execute(query)], total


def count_by_type(tx: Tx, section: str) -> dict[str, int]:
    """How many published articles of each type."""
    query = (
        select(content_item.c.type, func.count()).where(*_where(ArticleFilter(section))).group_by(content_item.c.type)
    )
    return {row[0]: row[1] for row in tx.execute(query) if row[0] is not None}


@dataclass(frozen=True)
class Neighbour:
    """An article beside another in its list."""

    slug: str
    title: str


def neighbours_of(tx: Tx, row: ArticleRow) -> tuple[Neighbour | None, Neighbour | None]:
    """The next older and the next newer published article of the same section, None at either end."""
    item, at = content_item.c, (row.article.published.isoformat(), row.first_act)
    same = (item.section == row.article.section, item.state == "published")
    older = or_(item.published_on < at[0], and_(item.published_on == at[0], item.first_act < at[1]))
    newer = or_(item.published_on > at[0], and_(item.published_on == at[0], item.first_act > at[1]))
    found = []
    for side, order in ((older, (item.published_on.desc(), item.first_act.desc())),
                        (newer, (item.published_on, item.first_act))):  # fmt: skip
        beside = tx.execute(select(item.slug, item.title).where(*same, side).order_by(*order).limit(1)).first()
        found.append(None if beside is None else Neighbour(beside.slug, beside.title))
    return found[0], found[1]


def published_slugs(tx: Tx, section: str) -> list[str]:
    """Addresses of all published articles of a section, newest first: what a site map lists."""
    query = select(content_item.c.slug).where(*_where(ArticleFilter(section)))
    return list(tx.execute(query.order_by(content_item.c.published_on.desc(), content_item.c.slug)).scalars())


def slugs_from_files(tx: Tx) -> set[tuple[str, str]]:
    """(section, slug) of every published article that came from a file."""
    query = select(content_item.c.section, content_item.c.slug).where(
        content_item.c.origin == "file", content_item.c.state == "published"
    )
    return {(row.section, row.slug) for row in tx.execute(query)}


def _where(wanted: ArticleFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = [content_item.c.section == wanted.section]
    if wanted.type is not None:
        clauses.append(content_item.c.type == wanted.type)
    if wanted.origin is not None:
        clauses.append(content_item.c.origin == wanted.origin)
    if wanted.region_prefix:
        clauses.append(content_item.c.region.startswith(wanted.region_prefix))
    if wanted.within is not None:
        clauses.append(inside_any(content_item.c.region, wanted.within))
    if wanted.withdrawn is not None:
        clauses.append(content_item.c.state == ("withdrawn" if wanted.withdrawn else "published"))
    return clauses


def _row(row: Any) -> ArticleRow:
    article = Article(
        section=row.section,
        slug=row.slug,
        origin=row.origin,
        title=row.title,
        summary=row.summary,
        markdown=row.markdown,
        published=date.fromisoformat(row.published_on),
        region=row.region,
        type=row.type,
        disclosure=row.disclosure,
        meta=json.loads(row.meta),
        media=tuple(ArticleMedia(**item) for item in json.loads(row.media)),
        note=row.change_note,
    )
    return ArticleRow(
        article=article,
        published_at=from_utc_text(row.published_at),
        changed_at=from_utc_text(row.changed_at) if row.changed_at else None,
        withdrawn=row.state == "withdrawn",
        withdrawn_reason=row.withdrawn_reason,
        first_act=row.first_act,
        last_act=row.last_act,
    )
