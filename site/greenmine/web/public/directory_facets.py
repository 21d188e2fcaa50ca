"""The directory's filters as links, each with the number of mines it would leave."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from greenmine.domain.noun import MINE
from greenmine.domain.region import COUNTRY, Region, Regions
from greenmine.store.directory import FacetName
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Crumb
from greenmine.web.paging import address
from greenmine.web.parts import Facet, FacetOption
from greenmine.web.public.directory_query import FACET_LABELS, DirectoryQuery, name_words, value_words
from greenmine.web.public.past import KNOWN, ON

PATH: Final = MINE.list
TOP_MINERALS: Final = 12
UNFOLD: Final = "minerals"
"""``minerals=all`` shows every mineral instead of the most frequent."""

Counts = Mapping[FacetName, Mapping[str, int]]


@dataclass(frozen=True)
class Chip:
    """A condition that holds, and the list without it."""

    label: str
    href: str


_ALONG: Final[Mapping[str, tuple[str, ...]]] = {ON: (ON, KNOWN)}
"""Conditions that go together: ``known`` alone would ask for its own day."""


def chips_of(query: DirectoryQuery, regions: Regions) -> tuple[Chip, ...]:
    """Every condition of the address in the order of the filters."""
    order = [ON, KNOWN, "q", "area", *FacetName]
    names = [name for name in order if name in query.kept]
    return tuple(
        Chip(
            _("%(name)s：%(value)s", name=name_words(name), value=_shown(name, query, regions)),
            address(PATH, {**query.kept, **dict.fromkeys(_ALONG.get(name, (name,)), "")}),
        )
        for name in names
    )


def facets_of(query: DirectoryQuery, counts: Counts, regions: Regions, *, unfolded: bool) -> tuple[Facet, ...]:
    """All filters; values that would leave nothing are not offered, chosen ones always are."""
    return tuple(_facet(facet, query, counts[facet], regions, unfolded=unfolded) for facet in FacetName)


def region_crumbs(
    code: str, regions: Regions, *, itself: bool = False, then: Mapping[str, str] = MappingProxyType({})
) -> tuple[Crumb, ...]:
    """The lists of the regions above, from the whole directory down; ``itself``: the region's own list as well.

    :param then: parameters of the past that the lists are of, none for those of now
    """
    known = regions.find(code)
    chain = (*regions.ancestors(code), *((known,) if itself else ())) if known else ()
    places = (Crumb(each.name, address(PATH, {**then, "region": each.code})) for each in chain if each.code != COUNTRY)
    return (Crumb(_("名录查询"), address(PATH, then)), *places)


def rolled_up(counts: Mapping[str, int], regions: Regions) -> Mapping[str, int]:
    """Counts of the regions as registered, added to every region above them, special ones beside their province."""
    sums: defaultdict[str, int] = defaultdict(int)
    for code, number in counts.items():
        region = regions.find(code)
        while region is not None:
            sums[region.code] += number
            region = regions.find(region.parent) if region.parent else None
    return sums


def _shown(name: str, query: DirectoryQuery, regions: Regions) -> str:
    return query.text if name == "q" else value_words(name, query.kept[name], regions)


def _facet(
    facet: FacetName, query: DirectoryQuery, counts: Mapping[str, int], regions: Regions, *, unfolded: bool
) -> Facet:
    label = _(FACET_LABELS[facet])
    if facet is FacetName.REGION:
        return Facet(label=label, options=_region_options(query, rolled_up(counts, regions), regions))
    chosen = query.kept.get(facet.value, "")
    known = {**counts, **({chosen: counts.get(chosen, 0)} if chosen else {})}
    options = tuple(_option(facet, value, number, query, regions) for value, number in _ordered(facet, known))
    if facet is FacetName.MINERAL and len(options) > TOP_MINERALS and not unfolded:
        options = _first_minerals(options, query)
    return Facet(label=label, options=options)


def _ordered(facet: FacetName, counts: Mapping[str, int]) -> Sequence[tuple[str, int]]:
    """Years newest first, everything else the most frequent first."""
    if facet is FacetName.YEAR:
        return sorted(counts.items(), reverse=True)
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _option(facet: FacetName, value: str, number: int, query: DirectoryQuery, regions: Regions) -> FacetOption:
    chosen = query.kept.get(facet.value) == value
    return FacetOption(
        label=value_words(facet.value, value, regions),
        count=number,
        href=address(PATH, {**query.kept, facet.value: "" if chosen else value}),
        chosen=chosen,
    )


def _first_minerals(options: tuple[FacetOption, ...], query: DirectoryQuery) -> tuple[FacetOption, ...]:
    shown = tuple(option for place, option in enumerate(options) if place < TOP_MINERALS or option.chosen)
    more = FacetOption(label=_("展开全部矿种"), count=len(options), href=address(PATH, {**query.kept, UNFOLD: "all"}))
    return (*shown, more)


def _region_options(query: DirectoryQuery, sums: Mapping[str, int], regions: Regions) -> tuple[FacetOption, ...]:
    """The branch down to the chosen region, and what lies directly below it; without a choice, the provinces."""
    chosen = query.wanted.region
    branch = (
        [each for each in (*regions.ancestors(chosen), regions.get(chosen)) if each.code != COUNTRY] if chosen else []
    )
    rows = [(depth, each) for depth, each in enumerate(branch)]
    below = regions.children(branch[-1].code if branch else COUNTRY)
    rows += [(min(len(branch), 2), each) for each in below if sums.get(each.code)]
    return tuple(_region_option(each, depth, query, sums.get(each.code, 0)) for depth, each in rows)


def _region_option(region: Region, depth: int, query: DirectoryQuery, number: int) -> FacetOption:
    chosen = query.wanted.region == region.code
    up = region.parent if region.parent != COUNTRY else ""
    href = address(PATH, {**query.kept, "area": "", "region": up if chosen else region.code})
    return FacetOption(label=region.name, count=number, href=href, chosen=chosen, depth=depth)
