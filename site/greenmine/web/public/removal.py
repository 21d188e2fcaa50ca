"""Removals (移出): the list with its filters, proposals set apart, the list as CSV, and the page of one removal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from flask import request
from flask.typing import ResponseReturnValue

from greenmine.domain.errors import NotFound
from greenmine.domain.ground import GROUND_KIND_LABELS, Ground, GroundKind
from greenmine.domain.mine import LEVEL_LABELS
from greenmine.domain.noun import MINE, REMOVAL
from greenmine.domain.reference import Reference
from greenmine.domain.text import N_
from greenmine.services import Services
from greenmine.store.act import ActRow, acts_of
from greenmine.store.database import Tx
from greenmine.store.figure import region_prefix
from greenmine.store.removal import RemovalFilter, RemovalRow, count_removals_by, get_removal, list_removals
from greenmine.web.act_words import act_moment, act_step
from greenmine.web.context import current_services, current_settings
from greenmine.web.csv_file import csv_file
from greenmine.web.formats import Tone, iso_day
from greenmine.web.i18n import gettext as _
from greenmine.web.narrowing import facet, read_choice, read_region, read_year, region_facet
from greenmine.web.page import Article, Column, Crumb, Page, render
from greenmine.web.paging import PER_PAGE, address, paging, read_page_number
from greenmine.web.parts import Facet, Step, Way
from greenmine.web.places import place_name
from greenmine.web.public.feed_plan import alternates, named_plan, ways_of
from greenmine.web.routing import Limit, Route

PATH: Final = REMOVAL.list
MOST_PROPOSED: Final = 200
MOST_ROWS: Final = 100_000


class Adverse(StrEnum):
    """How an address asks for the nature of a ground."""

    YES = "yes"  # 不利
    NO = "no"  # 中性


_ADVERSE: Final[Mapping[str, GroundKind]] = {"yes": GroundKind.ADVERSE, "no": GroundKind.NEUTRAL}
_MEANING: Final[Mapping[GroundKind, str]] = {
    GroundKind.ADVERSE: N_("不利移出：因达不到标准、违法违规等原因被取消称号。存在失信行为的，可能另行列入失信信息。"),
    GroundKind.NEUTRAL: N_(
        "中性移出：因闭坑、资源枯竭、自愿退出等原因离开名录，不是对企业的否定评价，也不得据此列入失信信息。"
    ),
}
_STATES: Final[Mapping[str, str]] = {
    "proposed": N_("拟移出，尚未决定"),
    "removed": N_("已移出"),
    "refused": N_("不予移出"),
}
_TONES: Final[Mapping[str, Tone]] = {"proposed": Tone.OPEN, "removed": Tone.BAD, "refused": Tone.PLAIN}


@dataclass(frozen=True, kw_only=True)
class RemovalShown:
    """A removal with the words of its codes."""

    row: RemovalRow
    href: str
    mine_href: str
    place: str
    level: str
    ground: str
    nature: str
    nature_tone: Tone
    meaning: str
    state: str
    tone: Tone
    clauses: tuple[str, ...]
    verified: bool


def removals() -> ResponseReturnValue:
    """``/removals``: decided removals by ground, nature, region and year; proposals in a section of their own."""
    services = current_services()
    kept = _kept(services)
    wanted = _wanted(kept)
    number = read_page_number(request.args.get("page", ""))
    with services.database.read() as tx:
        rows, total = list_removals(tx, wanted, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
        proposed, _count = list_removals(tx, replace(wanted, state="proposed", year=None), limit=MOST_PROPOSED)
        facets = _facets(tx, services.reference, wanted, kept)
    plan = named_plan("removals")
    page = Page(
        title=_("移出名录"),
        section=PATH,
        feeds=alternates(plan),
        column=Column(
            name=_("移出与失信"),
            description=_("移出绿色矿山名录的矿山，写明情形、依据、决定文号和机关"),
            keywords=_("绿色矿山,移出,名录"),
            kind=_("公示公告"),
        ),
        canonical=PATH,
        noindex=bool(kept),
    )
    return render(
        "removals.html",
        page,
        rows=[removal_words(row, services.reference) for row in rows],
        proposed=[removal_words(row, services.reference) for row in proposed],
        pager=paging(PATH, total=total, number=number, kept=kept.items()),
        facets=facets,
        reset=PATH if kept else "",
        downloads=(Way(label="CSV", href=address(f"{REMOVAL.list}.csv", kept)),),
        feeds=ways_of(plan),
    )


def removals_csv() -> ResponseReturnValue:
    """``/removals.csv``: the decided removals of the list with the same address, all pages."""
    services = current_services()
    with services.database.read() as tx:
        rows, _total = list_removals(tx, _wanted(_kept(services)), limit=MOST_ROWS)
    heading = (
        _("编号"), _("矿山编号"), _("矿山名称"), _("行政区"), _("级别"), _("情形"), _("性质"), _("决定机关"),
        _("决定文号"), _("移出日期"), _("网址"), _("记录号"),
    )  # fmt: skip
    return csv_file("removals", heading, (_csv_row(removal_words(row, services.reference)) for row in rows))


def removal(number: str) -> ResponseReturnValue:
    """``/removals/<number>``: ground and what it means, basis, decision, organ, dates, acts."""
    services = current_services()
    with services.database.read() as tx:
        page, values = removal_shown(tx, number, services=services)
    return render("removal.html", page, **values)


def removal_shown(tx: Tx, number: str, *, services: Services) -> tuple[Page, dict[str, object]]:
    """What ``removal.html`` shows of a removal; the desk's preview shows the same of one not decided yet."""
    row, acts = get_removal(tx, number), acts_of(tx, REMOVAL.object(number))
    title = removal_title(row)
    page = Page(
        title=title,
        section=PATH,
        crumbs=(Crumb(_("移出名录"), PATH),),
        canonical=REMOVAL.page(row.id),
        article=_article(row, acts, title),
    )
    return page, {
        "shown": removal_words(row, services.reference),
        "removal": row,
        "steps": _steps(acts, services),
        "decided": row.state != "proposed",
    }


_REMOVAL_TITLES: Final[Mapping[str, str]] = {
    "proposed": N_("拟将%(mine)s移出绿色矿山名录"),
    "removed": N_("%(mine)s移出绿色矿山名录"),
    "refused": N_("%(mine)s不予移出绿色矿山名录"),
}


def removal_title(row: RemovalRow) -> str:
    """What is done with which mine."""
    return _(_REMOVAL_TITLES[row.state]) % {"mine": row.mine_name}


def _article(row: RemovalRow, acts: Sequence[ActRow], title: str) -> Article | None:
    """The tags of an article once it is decided; a proposal is not one."""
    steps = [act for act in acts if act.kind == "removal.decided"]
    if not steps:
        return None
    return Article(title=title, published=act_moment(steps[0]), source=row.organ)


def ground_of(reference: Reference, region: str, code: str, day: date) -> Ground | None:
    """The ground in the rule book of its day; in any book when that one no longer names it; None when none does."""
    try:
        return reference.books.ground(region, code, day)
    except NotFound:
        known = (ground for book in reference.books.all() for ground in book.grounds)
        return next((ground for ground in known if ground.code == code), None)


def removal_words(row: RemovalRow, reference: Reference) -> RemovalShown:
    """A removal with the words of its codes."""
    ground = ground_of(reference, row.region, row.ground, row.proposed_on)
    kind = GroundKind.ADVERSE if row.adverse else GroundKind.NEUTRAL
    return RemovalShown(
        row=row,
        href=REMOVAL.page(row.id),
        mine_href=MINE.page(row.mine),
        place=place_name(reference.regions, row.region),
        level=_(LEVEL_LABELS[row.level]),
        ground=ground.name if ground else row.ground,
        nature=_(GROUND_KIND_LABELS[kind]),
        nature_tone=Tone.BAD if row.adverse else Tone.PLAIN,
        meaning=_(_MEANING[kind]),
        state=_(_STATES[row.state]),
        tone=_TONES[row.state] if row.adverse or row.state != "removed" else Tone.PLAIN,
        clauses=ground.origin.sources if ground else (),
        verified=ground.origin.verified if ground else False,
    )


def _csv_row(shown: RemovalShown) -> tuple[object, ...]:
    row = shown.row
    return (
        row.id, row.mine, row.mine_name, shown.place, shown.level, shown.ground, shown.nature, row.organ,
        row.decision_no, iso_day(row.decided_on) if row.decided_on else "",
        f"{current_settings().site_url}{shown.href}", row.last_act,
    )  # fmt: skip


def _steps(acts: Sequence[ActRow], services: Services) -> list[Step]:
    regions = services.reference.regions
    return [act_step(act, regions, title=_act_title(act), text=str((act.body or {}).get("reason", ""))) for act in acts]


def _act_title(act: ActRow) -> str:
    return _("决定不予移出") if act.fact("outcome") == "refused" else ""


def _kept(services: Services) -> dict[str, str]:
    codes = {ground.code for book in services.reference.books.all() for ground in book.grounds}
    ground = request.args.get("ground", "")
    if ground and ground not in codes:
        raise NotFound("filter.unknown", N_("没有这样的筛选条件。"))
    values = {
        "ground": ground,
        "adverse": read_choice("adverse", Adverse),
        "region": read_region(services.reference.regions),
        "year": read_year(),
    }
    return {name: str(value) for name, value in values.items() if value}


def _wanted(kept: Mapping[str, str]) -> RemovalFilter:
    region = kept.get("region")
    return RemovalFilter(
        ground=kept.get("ground"),
        adverse=kept["adverse"] == Adverse.YES if "adverse" in kept else None,
        region_prefix=region_prefix(region) if region else None,
        year=int(kept["year"]) if "year" in kept else None,
    )


def _facets(tx: Tx, reference: Reference, wanted: RemovalFilter, kept: Mapping[str, str]) -> tuple[Facet, ...]:
    grounds = count_removals_by(tx, "ground", replace(wanted, ground=None))
    natures = count_removals_by(tx, "adverse", replace(wanted, adverse=None))
    places = count_removals_by(tx, "region", replace(wanted, region_prefix=None))
    years = count_removals_by(tx, "year", replace(wanted, year=None))
    names = {ground.code: ground.name for book in reference.books.all() for ground in book.grounds}
    return (
        facet(_("情形"), "ground", grounds, path=PATH, kept=kept, word=lambda code: names.get(code, code)),
        facet(_("性质"), "adverse", natures, path=PATH, kept=kept, word=_nature_word),
        region_facet(_("行政区"), places, reference.regions, path=PATH, kept=kept),
        facet(
            _("决定年份"), "year", dict(sorted(years.items(), reverse=True)), path=PATH, kept=kept, word=_year_word
        ),
    )  # fmt: skip


def _nature_word(key: str) -> str:
    return _(GROUND_KIND_LABELS[_ADVERSE[key]])


def _year_word(year: str) -> str:
    return _("%(year)s年", year=year)


REMOVAL_ROUTES: Final = (
    Route(REMOVAL.list, "removal.list", removals),
    Route(f"{REMOVAL.list}.csv", "removal.csv", removals_csv, limit=Limit.EXPORTS),
    Route(REMOVAL.page("<number>"), "removal.page", removal),
)
