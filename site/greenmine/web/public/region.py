"""``/regions`` and ``/regions/<code>``: numbers of a region, beside its targets, and what is below it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask.typing import ResponseReturnValue

from greenmine.domain.errors import NotFound
from greenmine.domain.instant import legal_day
from greenmine.domain.mine import LEVEL_LABELS, LIBRARY_LABELS, Level, Library, MineStatus
from greenmine.domain.noun import MINE, NOTICE, REGION, REMOVAL
from greenmine.domain.reference import Reference
from greenmine.domain.region import COUNTRY, Region, RegionLevel, Regions
from greenmine.domain.rulebook import province_of
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.directory import DirectoryFilter, FacetName, count_by, standing_by_region
from greenmine.store.figure import region_prefix
from greenmine.store.notice import NoticeFilter, list_notices
from greenmine.store.removal import RemovalFilter, list_removals
from greenmine.web.context import current_services
from greenmine.web.formats import number
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb, Page, render
from greenmine.web.paging import address
from greenmine.web.parts import Entry, Figure
from greenmine.web.places import place_name
from greenmine.web.public.directory_query import AREA_LABELS
from greenmine.web.public.entries import notice_entry, removal_entry
from greenmine.web.public.feed_plan import alternates, region_plan, ways_of
from greenmine.web.public.region_targets import indicators_of, targets_by_region, tasks_of
from greenmine.web.public.region_tiles import TileGrid, tile_grid
from greenmine.web.routing import Route

PATH: Final = REGION.list
NEWEST: Final = 5


@dataclass(frozen=True)
class Standing:
    """How many mines of a region stand where."""

    mines: int
    by_status: Mapping[MineStatus, int]
    by_level: Mapping[Level, int]

    def of(self, status: str) -> int:
        """Mines with this status."""
        return self.by_status.get(MineStatus(status), 0)

    def at(self, level: str) -> int:
        """Listed mines whose highest directory is of this level."""
        return self.by_level.get(Level(level), 0)


@dataclass(frozen=True)
class Area:
    """A named set of counties with a target of its own."""

    name: str
    href: str
    members: tuple[Region, ...]
    note: str


def regions() -> ResponseReturnValue:
    """``GET /regions``: the country and its provinces."""
    return _shown(COUNTRY)


def region_page(code: str) -> ResponseReturnValue:
    """``GET /regions/<code>``. Raises NotFound for an unknown code."""
    if current_services().reference.regions.find(code) is None:
        raise NotFound("region.unknown", N_("没有这个行政区划代码。"))
    return _shown(code)


def standings(rows: Iterable[tuple[str, MineStatus, Level | None, int]], known: Regions) -> Mapping[str, Standing]:
    """The counted rows added up for every region they lie in."""
    statuses: defaultdict[str, defaultdict[MineStatus, int]] = defaultdict(lambda: defaultdict(int))
    levels: defaultdict[str, defaultdict[Level, int]] = defaultdict(lambda: defaultdict(int))
    for code, status, level, count in rows:
        region = known.find(code)
        while region is not None:
            statuses[region.code][status] += count
            if level is not None:
                levels[region.code][level] += count
            region = known.find(region.parent) if region.parent else None
    return {code: Standing(sum(each.values()), each, levels[code]) for code, each in statuses.items()}


NOTHING: Final = Standing(0, {}, {})


def _shown(code: str) -> ResponseReturnValue:
    services = current_services()
    now, reference = services.clock(), services.reference
    known, today = reference.regions, legal_day(now)
    region = known.get(code)
    with services.database.read() as tx:
        stands = standings(standing_by_region(tx, code), known)
        libraries = count_by(tx, FacetName.LIBRARY, DirectoryFilter(region=code))
        tasks = tasks_of(tx, code, reference, today=today)
        indicators = indicators_of(tx, code, reference, today=today)
        notices, removals = _newest(tx, code, reference, now)
    own, below = stands.get(code, NOTHING), _below(region, reference, stands)
    targets = targets_by_region(reference.books.of_region(province_of(code)))
    listed = {each: standing.of(MineStatus.LISTED) for each, standing in stands.items()}
    return render(
        "region.html",
        _page(region, known),
        region=region,
        figures=_figures(code, own),
        libraries=[(_(LIBRARY_LABELS[each]), libraries.get(each, 0), _listing(code, library=each)) for each in Library],
        children=[(child, stands.get(child.code, NOTHING)) for child in below],
        silent=len(known.children(code)) - len(below),
        grid=_grid(code, listed, targets or {each: s.mines for each, s in stands.items()}, reference),
        has_targets=bool(targets),
        tasks=tasks,
        indicators=indicators,
        notices=notices,
        removals=removals,
        areas=_areas(code, known),
        special=[child for child in known.children(code) if child.special and child.code in listed],
        as_of=today,
        list_href=_listing(code),
        notices_href=_narrowed(NOTICE.list, code),
        removals_href=_narrowed(REMOVAL.list, code),
        feeds=ways_of(region_plan(code, known)),
        calendar=f"/calendar/{code}.ics",
    )


def _page(region: Region, known: Regions) -> Page:
    above = known.ancestors(region.code)
    crumbs = tuple(Crumb(_("各地情况") if each.code == COUNTRY else each.name, _href(each.code)) for each in above)
    title = _("各地情况") if region.code == COUNTRY else _("%(place)s绿色矿山", place=place_name(known, region.code))
    return Page(
        title=title,
        section=MINE.list,
        crumbs=crumbs,
        canonical=_href(region.code),
        feeds=alternates(region_plan(region.code, known)),
    )


def _href(code: str) -> str:
    return PATH if code == COUNTRY else REGION.page(code)


def _listing(code: str, **more: str) -> str:
    return _narrowed(MINE.list, code, **more)


def _narrowed(path: str, code: str, **more: str) -> str:
    return address(path, {"region": "" if code == COUNTRY else code, **more})


def _figures(code: str, own: Standing) -> tuple[Figure, ...]:
    levels = _("，").join(
        _("%(level)s%(n)s", level=_(LEVEL_LABELS[level]), n=number(own.by_level[level]))
        for level in (Level.NATIONAL, Level.PROVINCIAL, Level.CITY)
        if own.by_level.get(level)
    )
    words = (
        (MineStatus.LISTED, _("在册绿色矿山"), _("按最高一级：%(levels)s", levels=levels) if levels else ""),
        (MineStatus.NOTICED, _("公示阶段的矿山"), ""),
        (MineStatus.IN_LIBRARY, _("创建中"), ""),
        (MineStatus.REMOVED, _("已移出"), ""),
    )
    rows = [
        Figure(value=number(own.by_status.get(status, 0)), label=label, href=_listing(code, status=status), note=note)
        for status, label, note in words
    ]
    return (*rows, Figure(value=number(own.mines), label=_("登记的矿山"), href=_listing(code)))


def _below(region: Region, reference: Reference, stands: Mapping[str, Standing]) -> list[Region]:
    """What is directly below: of a province all; of the country or a prefecture what holds a mine or rules."""
    children = reference.regions.children(region.code)
    if region.level is RegionLevel.PROVINCE:
        return list(children)
    shown = {*stands, *reference.books.provinces()}
    return [child for child in children if child.code in shown]


def _grid(code: str, values: Mapping[str, int], wholes: Mapping[str, int], reference: Reference) -> TileGrid | None:
    """The province's schematic map with its numbers; None for a region that has none."""
    placed = reference.tile_maps.get(code)
    return None if placed is None else tile_grid(placed, values, wholes, reference.regions)


def _areas(code: str, known: Regions) -> tuple[Area, ...]:
    """Special areas whose members all lie in the region."""
    found = []
    for group, name in AREA_LABELS.items():
        members = known.in_group(group)
        if code != COUNTRY and members and all(known.contains(code, each.code) for each in members):
            found.append(Area(_(name), address(MINE.list, {"area": group}), members, members[0].note))
    return tuple(found)


def _newest(tx: Tx, code: str, reference: Reference, now: datetime) -> tuple[list[Entry], list[Entry]]:
    prefix = region_prefix(code)
    notices, _total = list_notices(tx, NoticeFilter(region_prefix=prefix), now=now, limit=NEWEST)
    removals, _all = list_removals(tx, RemovalFilter(region_prefix=prefix), limit=NEWEST)
    return [notice_entry(row, now) for row in notices], [removal_entry(row) for row in removals]


REGION_ROUTES: Final = (
    Route(REGION.list, "region.list", regions),
    Route(REGION.page("<code>"), "region.page", region_page),
)
