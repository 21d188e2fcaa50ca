"""The clause page (条款目录): every clause the site quotes, what it asks, and where the site uses it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flask.typing import ResponseReturnValue

from greenmine.domain.clause import SEEN_LABELS, Clause, ClauseDocument
from greenmine.domain.noun import POLICY, PROCEDURE
from greenmine.domain.rulebook import RuleBook
from greenmine.services import Services
from greenmine.store.article import ArticleFilter, list_articles
from greenmine.web.context import current_services
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.parts import Way
from greenmine.web.places import place_name
from greenmine.web.public.book_tables import tables_of
from greenmine.web.public.policy import MOST
from greenmine.web.public.procedure import target_anchor
from greenmine.web.routing import Route

Uses = Mapping[str, tuple[Way, ...]]


@dataclass(frozen=True, kw_only=True)
class DocumentShown:
    """A source document with its clauses and where each is used."""

    document: ClauseDocument
    seen: str
    clauses: tuple[tuple[Clause, tuple[Way, ...]], ...]


def clauses() -> ResponseReturnValue:
    """``/clauses``: source documents in order, an anchor per clause id."""
    services = current_services()
    uses = uses_of(services)
    shown = [
        DocumentShown(
            document=document,
            seen=_(SEEN_LABELS[document.seen]),
            clauses=tuple((c, uses.get(c.code, ())) for c in services.clauses.of_document(document.code)),
        )
        for document in services.clauses.documents
    ]
    page = Page(
        title=_("条款目录"), section=POLICY.list, crumbs=(Crumb(_("政策法规"), POLICY.list),), canonical="/clauses"
    )
    return render("clauses.html", page, documents=shown, total=len(services.clauses.all()))


def uses_of(services: Services) -> Uses:
    """Where each clause is used: tables of the procedures, target tables, key figures of policies."""
    found: dict[str, dict[str, Way]] = defaultdict(dict)
    regions = services.reference.regions
    for book in services.reference.books.all():
        for code, label, href in _uses_in(book, place_name(regions, book.region)):
            found[code].setdefault(href, Way(label=label, href=href))
    with services.database.read() as tx:
        policies, _total = list_articles(tx, ArticleFilter("policies"), limit=MOST)
    for policy in policies:
        way = Way(label=policy.article.title, href=POLICY.page(policy.article.slug))
        for figure in policy.article.meta.get("key_figures") or ():
            found[str(figure.get("clause"))].setdefault(way.href, way)
    return {code: tuple(ways.values()) for code, ways in found.items()}


def _uses_in(book: RuleBook, place: str) -> Iterator[tuple[str, str, str]]:
    """Clause, label and address of every use in a rule book."""
    path = PROCEDURE.page(book.region)
    for table in tables_of(book):
        label = _("%(place)s：%(title)s", place=place, title=table.title)
        for row in table.rows:
            yield from ((code, label, f"{path}#{table.anchor}") for code in row.origin.sources)
    for target in book.target_tables:
        href = f"/targets#{target_anchor(book, target.code)}"
        yield from ((code, target.name, href) for code in target.origin.sources)
    for indicator in book.indicators:
        href = f"/targets#{target_anchor(book, 'indicators')}"
        yield from ((code, _("%(place)s：指标", place=place), href) for code in indicator.origin.sources)
    for card in book.scorecards:
        href = f"{path}#card-{book.since.isoformat()}-{card.code}"
        yield from ((code, card.name, href) for code in card.origin.sources)
    for zone in book.zone_rules:
        yield from ((code, zone.name, f"{path}#zone-{zone.code}") for code in zone.origin.sources)
    for statistic in book.statistics:
        href = f"/targets#{target_anchor(book, statistic.code)}"
        yield from ((code, statistic.name, href) for code in statistic.origin.sources)


CLAUSE_ROUTES: Final = (Route("/clauses", "clause.list", clauses),)
