"""Policies (政策法规): the documents in our own words, found by region, status and words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from flask import request
from flask.typing import ResponseReturnValue

from greenmine.content.documents import POLICY_STATUS_LABELS, PolicyStatus
from greenmine.domain.instant import legal_day
from greenmine.domain.noun import POLICY
from greenmine.services import Services
from greenmine.store.act import acts_of
from greenmine.store.article import ArticleFilter, ArticleRow, get_article, list_articles
from greenmine.web.context import current_services
from greenmine.web.i18n import gettext as _
from greenmine.web.narrowing import facet, read_choice, read_query, read_region, words_of
from greenmine.web.page import Article, Column, Crumb, Page, render
from greenmine.web.paging import PER_PAGE, paging, read_page_number
from greenmine.web.parts import Facet
from greenmine.web.places import place_name
from greenmine.web.public.article_text import article_html, remark_title, remarks_of
from greenmine.web.public.feed_plan import alternates, named_plan, ways_of
from greenmine.web.public.policy_shown import PolicyShown, policy_shown, replaced_by, replaces
from greenmine.web.public.withdrawn import withdrawn_page
from greenmine.web.routing import Route

PATH: Final = POLICY.list
MOST: Final = 2000
"""Policies are written by hand; their number stays far below this."""


def policies() -> ResponseReturnValue:
    """``/policies``: by region and status as of today, with a search in title, number, issuer and keywords."""
    services = current_services()
    kept = _kept(services)
    number = read_page_number(request.args.get("page", ""))
    shown = _all_shown(services)
    found = [each for each in shown if _matches(each, kept)]
    plan = named_plan("policies")
    page = Page(
        title=_("政策法规"),
        section=PATH,
        feeds=alternates(plan),
        column=Column(
            name=_("政策法规"),
            description=_("绿色矿山有关政策文件：文号、机关、日期、数字和与公众的关系"),
            keywords=_("绿色矿山,政策,法规"),
            kind=_("政策文件"),
        ),
        canonical=PATH,
        noindex=bool(kept),
    )
    return render(
        "policies.html",
        page,
        policies=found[(number - 1) * PER_PAGE : number * PER_PAGE],
        pager=paging(PATH, total=len(found), number=number, kept=kept.items()),
        facets=_facets(services, shown, kept),
        kept=[(name, value) for name, value in kept.items() if name != "q"],
        query=kept.get("q", ""),
        reset=PATH if kept else "",
        feeds=ways_of(plan),
    )


def policy(slug: str) -> ResponseReturnValue:
    """``/policies/<slug>``: head, figures with their clauses, what it means for a citizen, what is 待核实."""
    services = current_services()
    with services.database.read() as tx:
        row = get_article(tx, "policies", slug)
        above = (Crumb(_("政策法规"), PATH),)
        if row.withdrawn:
            return withdrawn_page(row, acts_of(tx, row.article.object), section=PATH, crumbs=above)
        others, _total = list_articles(tx, ArticleFilter("policies"), limit=MOST)
        acts = acts_of(tx, row.article.object)
    shown = _shown(row, services, legal_day(services.clock()))
    page = Page(
        title=row.article.title,
        section=PATH,
        crumbs=above,
        article=Article(
            title=row.article.title,
            published=row.published_at,
            source=shown.issuers,
            keywords=",".join(shown.keywords),
            description=row.article.summary,
        ),
        canonical=shown.href,
    )
    return render(
        "policy.html",
        page,
        policy=shown,
        row=row,
        text=article_html(row.article.markdown, row.article.media),
        remarks=[(remark, remark_title(remark)) for remark in remarks_of(acts)],
        replaced_by=replaced_by(row, others),
        replaces=replaces(row, others),
        is_expired=shown.status is PolicyStatus.EXPIRED,
    )


def _all_shown(services: Services) -> list[PolicyShown]:
    today = legal_day(services.clock())
    with services.database.read() as tx:
        rows, _total = list_articles(tx, ArticleFilter("policies"), limit=MOST)
    return [_shown(row, services, today) for row in rows]


def _shown(row: ArticleRow, services: Services, today: date) -> PolicyShown:
    return policy_shown(row, regions=services.reference.regions, clauses=services.clauses, today=today)


def _kept(services: Services) -> dict[str, str]:
    values = {
        "region": read_region(services.reference.regions),
        "status": read_choice("status", PolicyStatus),
        "q": read_query(),
    }
    return {name: str(value) for name, value in values.items() if value}


def _matches(policy: PolicyShown, kept: Mapping[str, str], *, without: str = "") -> bool:
    if without != "region" and kept.get("region", policy.region) != policy.region:
        return False
    if without != "status" and kept.get("status", policy.status) != policy.status:
        return False
    return all(word.casefold() in policy.searched for word in words_of(kept.get("q", "")))


def _facets(services: Services, shown: Sequence[PolicyShown], kept: Mapping[str, str]) -> tuple[Facet, ...]:
    places = Counter(each.region for each in shown if _matches(each, kept, without="region"))
    statuses = Counter(str(each.status) for each in shown if _matches(each, kept, without="status"))
    regions = services.reference.regions
    return (
        facet(
            _("适用地区"), "region", dict(sorted(places.items())), path=PATH, kept=kept,
            word=lambda code: place_name(regions, code),
        ),
        facet(
            _("状态"), "status", {status: statuses[status] for status in PolicyStatus if statuses[status]},
            path=PATH, kept=kept, word=lambda code: _(POLICY_STATUS_LABELS[PolicyStatus(code)]),
        ),
    )  # fmt: skip


POLICY_ROUTES: Final = (
    Route(POLICY.list, "policy.list", policies),
    Route(POLICY.page("<slug>"), "policy.page", policy),
)
