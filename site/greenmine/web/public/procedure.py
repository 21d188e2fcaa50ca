"""Procedures (办事程序) generated from the rule books, and the target tables (目标任务) they hold."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from flask.typing import ResponseReturnValue

from greenmine.domain.errors import NotFound
from greenmine.domain.instant import legal_day
from greenmine.domain.noun import DOCUMENT, POLICY, PROCEDURE
from greenmine.domain.provision import Origin
from greenmine.domain.region import COUNTRY, RegionLevel, Regions
from greenmine.domain.rulebook import RuleBook
from greenmine.domain.target import DIMENSION_LABELS, TARGET_NATURE_LABELS, Indicator, Statistic, TargetTable
from greenmine.domain.text import N_
from greenmine.domain.zone_rule import ZoneRule
from greenmine.services import Services
from greenmine.web.context import current_services
from greenmine.web.formats import UNKNOWN, day
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.parts import Way
from greenmine.web.places import place_name
from greenmine.web.public.book_tables import RowShown, TableShown, tables_of
from greenmine.web.public.book_words import in_force_words, plain, share_words
from greenmine.web.routing import Route

PATH: Final = PROCEDURE.list
SECTION: Final = POLICY.list


@dataclass(frozen=True, kw_only=True)
class BookShown:
    """A rule book on its province's page."""

    book: RuleBook
    anchor: str
    holds: str
    in_force: bool
    documents: tuple[tuple[str, str], ...]
    tables: tuple[TableShown, ...]
    zones: tuple[ZoneRule, ...]
    file: str


@dataclass(frozen=True, kw_only=True)
class StatisticShown:
    """A printed count of a day with its breakdowns: dimension, label, count, share."""

    anchor: str
    name: str
    place: str
    as_of: date
    total: str
    rows: tuple[tuple[str, str, str, str], ...]
    origin: Origin


@dataclass(frozen=True, kw_only=True)
class TargetShown:
    """A target table with its sums; a stated total that the rows do not give cannot occur (the loader refuses)."""

    anchor: str
    place: str
    href: str
    holds: str
    table: TargetTable
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    sums: tuple[str, ...]
    stated: tuple[str, ...]


def procedures() -> ResponseReturnValue:
    """``/procedures``: the provinces that have rule books, the national one first."""
    services = current_services()
    page = Page(title=_("办事程序"), section=SECTION, crumbs=(Crumb(_("政策法规"), SECTION),), canonical=PATH)
    today = legal_day(services.clock())
    places = [
        (
            Way(label=place_name(services.reference.regions, code), href=PROCEDURE.page(code)),
            [
                (book.name, in_force_words(book), book.in_force(today))
                for book in reversed(services.reference.books.of_region(code))
            ],
        )
        for code in services.reference.books.regions()
    ]
    return render("procedures.html", page, places=places)


def procedure(code: str) -> ResponseReturnValue:
    """``/procedures/<code>``: who does what, with what, by when, and what follows, book by book, newest first."""
    services = current_services()
    region = services.reference.regions.find(code)
    if region is None or region.level not in (RegionLevel.COUNTRY, RegionLevel.PROVINCE):
        raise NotFound("procedure.unknown", N_("办事程序按省编列，没有这个地区的页面。"))
    today = legal_day(services.clock())
    books = services.reference.books.of_region(code)
    place = place_name(services.reference.regions, code)
    page = Page(
        title=_("办事程序：%(place)s", place=place),
        section=SECTION,
        crumbs=(Crumb(_("政策法规"), SECTION), Crumb(_("办事程序"), PATH)),
        canonical=PROCEDURE.page(code),
    )
    return render(
        "procedure.html",
        page,
        place=place,
        books=[_book_shown(book, services, today) for book in reversed(books)],
        inherits=code != COUNTRY,
        cards=[(book, card) for book in reversed(books) for card in book.scorecards],
        has_targets=any(book.target_tables or book.indicators for book in books),
    )


def targets() -> ResponseReturnValue:
    """``/targets``: every target table with its sums, and every indicator with its formula."""
    services = current_services()
    page = Page(title=_("目标任务"), section=SECTION, crumbs=(Crumb(_("政策法规"), SECTION),), canonical="/targets")
    books = services.reference.books.all()
    regions = services.reference.regions
    statistics = [_statistic_shown(each, book, regions) for book in books for each in book.statistics]
    return render(
        "targets.html",
        page,
        tables=[_target_shown(table, book, regions) for book in books for table in book.target_tables],
        indicators=[indicators_table(book) for book in books if book.indicators],
        single_figures=[each for each in statistics if not each.rows],
        breakdowns=[each for each in statistics if each.rows],
    )


def _book_shown(book: RuleBook, services: Services, today: date) -> BookShown:
    documents = tuple(
        (code, services.clauses.document(code).title) for code in book.documents if _known(services, code)
    )
    return BookShown(
        book=book,
        anchor=f"book-{book.since.isoformat()}",
        holds=in_force_words(book),
        in_force=book.in_force(today),
        documents=documents,
        tables=tables_of(book),
        zones=book.zone_rules,
        file=DOCUMENT.page(book.digest),
    )


def _known(services: Services, code: str) -> bool:
    return any(document.code == code for document in services.clauses.documents)


def target_anchor(book: RuleBook, code: str) -> str:
    """The name of a target table on /targets."""
    return f"{book.region}-{book.since.isoformat()}-{code}"


def _target_shown(table: TargetTable, book: RuleBook, regions: Regions) -> TargetShown:
    return TargetShown(
        anchor=target_anchor(book, table.code),
        place=place_name(regions, book.region),
        href=PROCEDURE.page(book.region),
        holds=in_force_words(book),
        table=table,
        rows=tuple((row.name, tuple(plain(value) for value in row.values)) for row in table.rows),
        sums=tuple(UNKNOWN if c.unit.startswith("%") else plain(table.column_sum(c.code)) for c in table.columns),
        stated=tuple(UNKNOWN if c.stated_total is None else plain(c.stated_total) for c in table.columns),
    )


def _statistic_shown(each: Statistic, book: RuleBook, regions: Regions) -> StatisticShown:
    return StatisticShown(
        anchor=target_anchor(book, each.code),
        name=each.name,
        place=place_name(regions, book.region),
        as_of=each.as_of,
        total="" if each.total is None else f"{plain(each.total)}{each.unit}",
        rows=tuple(
            (
                _(DIMENSION_LABELS[figure.dimension]),
                figure.label,
                UNKNOWN if figure.count is None else plain(figure.count),
                share_words(figure.share) or UNKNOWN,
            )
            for figure in each.figures
        ),
        origin=each.origin,
    )


def indicators_table(book: RuleBook) -> TableShown:
    """The indicators of a book with their formula."""
    return TableShown(
        anchor=target_anchor(book, "indicators"),
        title=_("%(book)s：指标", book=book.name),
        columns=(_("指标"), _("目标"), _("到期"), _("怎样计算"), _("性质"), _("范围")),
        rows=tuple(RowShown(cells=_indicator_cells(each), origin=each.origin) for each in book.indicators),
    )


def _indicator_cells(each: Indicator) -> tuple[str, ...]:
    least = "" if each.minimum is None else plain(each.minimum)
    most = "" if each.maximum is None else plain(each.maximum)
    if least and most:
        goal = f"{least}{each.unit}" if least == most else f"{least}—{most}{each.unit}"
    else:
        goal = _("不低于%(n)s%(unit)s", n=least, unit=each.unit) if least else _(
            "不高于%(n)s%(unit)s", n=most, unit=each.unit
        )  # fmt: skip
    formula = f"{each.numerator}÷{each.denominator}" if each.numerator and each.denominator else UNKNOWN
    return (each.name, goal, day(each.due), formula, _(TARGET_NATURE_LABELS[each.nature]), each.scope or UNKNOWN)


PROCEDURE_ROUTES: Final = (
    Route(PROCEDURE.list, "procedure.list", procedures),
    Route(PROCEDURE.page("<code>"), "procedure.page", procedure),
    Route("/targets", "target.list", targets),
)
