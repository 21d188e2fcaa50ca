"""A policy as a reader sees it: the head of its page in words, its status on a day, what replaced it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from greenmine.content.documents import (
    DISCLOSURE_LABELS,
    POLICY_STATUS_LABELS,
    DisclosureClass,
    PolicyStatus,
)
from greenmine.content.fields import PartialDate
from greenmine.domain.clause import Clauses
from greenmine.domain.noun import POLICY
from greenmine.domain.region import Regions
from greenmine.store.article import ArticleRow
from greenmine.web.formats import Tone, day
from greenmine.web.i18n import gettext as _
from greenmine.web.places import place_name


@dataclass(frozen=True, kw_only=True)
class FigureShown:
    """A key figure; ``clause_href`` is empty where the clause has no page."""

    label: str
    value: str
    unit: str
    clause: str
    clause_href: str


@dataclass(frozen=True, kw_only=True)
class Related:
    """Another document by its title; ``href`` is empty when the site has no page for it."""

    title: str
    href: str


@dataclass(frozen=True, kw_only=True)
class PolicyShown:
    """A policy with the words of its codes."""

    slug: str
    title: str
    summary: str
    number: str
    issuers: str
    issued: str
    region: str
    place: str
    status: PolicyStatus
    status_word: str
    tone: Tone
    status_note: str
    effective: str
    disclosure: str
    disclosure_basis: str
    figures: tuple[FigureShown, ...]
    citizen: tuple[str, ...]
    to_verify: tuple[str, ...]
    verified: bool
    source: str
    keywords: tuple[str, ...]
    searched: str

    @property
    def href(self) -> str:
        """Its page."""
        return POLICY.page(self.slug)


def policy_shown(row: ArticleRow, *, regions: Regions, clauses: Clauses, today: date) -> PolicyShown:
    """The policy as it stands on a legal day: one whose last day has passed is 已失效 without anyone's doing."""
    article, meta = row.article, row.article.meta
    status = status_on(meta, today)
    issued = meta.get("issued")
    texts = {name: tuple(str(text) for text in meta.get(name) or ()) for name in _LISTS}
    number, issuers = str(meta.get("number") or ""), _("、").join(texts["issuers"])
    return PolicyShown(
        slug=article.slug,
        title=article.title,
        summary=article.summary,
        number=number,
        issuers=issuers,
        issued=PartialDate(**issued).chinese if isinstance(issued, Mapping) else "",
        region=article.region or "",
        place=place_name(regions, article.region) if article.region else "",
        status=status,
        status_word=_(POLICY_STATUS_LABELS[status]),
        tone=Tone.OK if status is PolicyStatus.IN_FORCE else Tone.BAD,
        status_note=str(meta.get("status_note") or ""),
        effective=_effective(meta),
        disclosure=_(DISCLOSURE_LABELS[DisclosureClass(article.disclosure)]) if article.disclosure else "",
        disclosure_basis=str(meta.get("disclosure_basis") or ""),
        figures=tuple(_figure(figure, clauses) for figure in meta.get("key_figures") or ()),
        citizen=texts["citizen"],
        to_verify=texts["to_verify"],
        verified=bool(meta.get("verified", True)),
        source=str(meta.get("source") or ""),
        keywords=texts["keywords"],
        searched=" ".join((article.title, number, issuers, article.summary, *texts["keywords"])).casefold(),
    )


_LISTS = ("issuers", "citizen", "to_verify", "keywords")


def status_on(meta: Mapping[str, Any], today: date) -> PolicyStatus:
    """现行 or 已失效 on a legal day."""
    until = meta.get("effective_until")
    if isinstance(until, str) and date.fromisoformat(until) < today:
        return PolicyStatus.EXPIRED
    return PolicyStatus(meta.get("status") or PolicyStatus.IN_FORCE)


def replaced_by(row: ArticleRow, others: Sequence[ArticleRow]) -> tuple[Related, ...]:
    """What took its place: what its own head says, and every document that says it replaces this one."""
    named = str(row.article.meta.get("repealed_by") or "")
    later = [
        other
        for other in others
        if {row.article.slug, row.article.title} & set(other.article.meta.get("replaces") or ())
    ]
    told = ([_related(named, others)] if named else []) + [
        Related(title=each.article.title, href=POLICY.page(each.article.slug)) for each in later
    ]
    return tuple({related.title: related for related in told}.values())


def replaces(row: ArticleRow, others: Sequence[ArticleRow]) -> tuple[Related, ...]:
    """What it took the place of."""
    return tuple(_related(str(name), others) for name in row.article.meta.get("replaces") or ())


def _related(name: str, others: Iterable[ArticleRow]) -> Related:
    for other in others:
        if name in (other.article.slug, other.article.title):
            return Related(title=other.article.title, href=POLICY.page(other.article.slug))
    return Related(title=name, href="")


def _figure(figure: Mapping[str, Any], clauses: Clauses) -> FigureShown:
    clause = str(figure.get("clause") or "")
    return FigureShown(
        label=str(figure.get("label") or ""),
        value=str(figure.get("value") or ""),
        unit=str(figure.get("unit") or ""),
        clause=clause,
        clause_href=f"/clauses#{clause}" if clause in clauses else "",
    )


def _effective(meta: Mapping[str, Any]) -> str:
    since, until = (
        day(date.fromisoformat(text)) if isinstance(text, str) else ""
        for text in (meta.get("effective_from"), meta.get("effective_until"))
    )
    if since and until:
        return _("%(since)s至%(until)s", since=since, until=until)
    if since:
        return _("自%(since)s起施行", since=since)
    return _("至%(until)s止", until=until) if until else ""
