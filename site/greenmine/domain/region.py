"""Regions of China by GB/T 2260 code, as one tree, and the many ways their names are written.

Real lists write 昌吉州, 博州, 毕节, 威宁县 or 九江市彭泽县; a name is found by its full form, its
short form, its stem, or as a path of such forms. What is ambiguous is never guessed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from greenmine.domain.errors import BadInput, NotFound
from greenmine.domain.text import N_

COUNTRY: Final = "000000"


class RegionLevel(StrEnum):
    """Level of a region, highest first."""

    COUNTRY = "country"  # 全国
    PROVINCE = "province"  # 省级
    PREFECTURE = "prefecture"  # 地级（市、州、地区、盟）
    COUNTY = "county"  # 县级


REGION_LEVEL_LABELS: Final[Mapping[RegionLevel, str]] = {
    RegionLevel.COUNTRY: N_("全国"),
    RegionLevel.PROVINCE: N_("省级"),
    RegionLevel.PREFECTURE: N_("地级"),
    RegionLevel.COUNTY: N_("县级"),
}

_DEPTH: Final = {level: depth for depth, level in enumerate(RegionLevel)}
_SUFFIXES: Final = (
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "地区",
    "省",
    "市",
    "州",
    "盟",
    "区",
    "县",
    "旗",
)
_LONGEST_TEXT: Final = 60
"""Longer than any path of full names (about 40 characters); bounds the work on what strangers type."""

_SHORTEST_STEM: Final = 2
"""单县 is never written 单."""


@dataclass(frozen=True)
class Region:
    """One region.

    :param code: six digits, GB/T 2260 (own code where ``special``)
    :param short: how lists abbreviate it: 贵州, 毕节, 黔南州, 博州, 威宁县
    :param parent: code of the region above; None for the country only
    :param special: not an administrative division of GB/T 2260 (贵安新区; statistical districts)
    :param assessed_unit: code of the unit under which it is assessed: itself for a prefecture,
        its prefecture for a county. Source: GA-03, GA-11
    :param group: a named set of counties with a target of its own: ``liaodong`` (辽东绿色经济区, LN-07)
    :param aliases: further short forms lists use (博尔塔拉州)
    """

    code: str
    name: str
    short: str
    level: RegionLevel
    parent: str | None
    special: bool
    assessed_unit: str
    note: str = ""
    group: str = ""
    aliases: tuple[str, ...] = ()


class Regions:
    """The tree of regions. Immutable; every parent is there and stands higher than its children.

    :raises BadInput: ``region.duplicate``, ``region.parent_unknown``, ``region.parent_level``
    """

    def __init__(self, items: Iterable[Region]) -> None:
        by_code: dict[str, Region] = {}
        for region in items:
            if region.code in by_code:
                raise BadInput("region.duplicate", N_("行政区划代码%(region)s重复"), region=region.code)
            by_code[region.code] = region
        children: dict[str, list[Region]] = defaultdict(list)
        for region in sorted(by_code.values(), key=_order):
            _check_parent(region, by_code)
            children[region.parent or ""].append(region)
        self._by_code: Final[Mapping[str, Region]] = by_code
        self._children: Final = {code: tuple(below) for code, below in children.items()}
        self._by_form: Final = _index_forms(by_code.values())

    def __iter__(self) -> Iterator[Region]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def get(self, code: str) -> Region:
        """The region with this code; raises NotFound ``region.unknown``."""
        found = self.find(code)
        if found is None:
            raise NotFound("region.unknown", N_("没有代码为%(region)s的行政区划"), region=code)
        return found

    def find(self, code: str) -> Region | None:
        """The region with this code, or None."""
        return self._by_code.get(code)

    def children(self, code: str) -> tuple[Region, ...]:
        """Regions directly below, by code, special ones last (贵安新区 after the nine of 贵州)."""
        return self._children.get(code, ())

    def ancestors(self, code: str) -> tuple[Region, ...]:
        """Regions above, from the country down; the region itself is not among them."""
        above: list[Region] = []
        parent = self.get(code).parent
        while parent is not None:
            region = self._by_code[parent]
            above.append(region)
            parent = region.parent
        return tuple(reversed(above))

    def path_name(self, code: str) -> str:
        """Full names from the province down: 贵州省毕节市威宁彝族回族苗族自治县."""
        region = self.get(code)
        names = [above.name for above in self.ancestors(code) if above.code != COUNTRY]
        return "".join([*names, region.name])

    def contains(self, ancestor: str, code: str) -> bool:
        """Whether ``code`` is ``ancestor`` or lies below it; False for codes that are not known."""
        step = self.find(code)
        while step is not None:
            if step.code == ancestor:
                return True
            step = self._by_code.get(step.parent) if step.parent is not None else None
        return False

    def within(self, ancestor: str, *, level: RegionLevel | None = None) -> tuple[Region, ...]:
        """The region and all below it, by code; only those of ``level`` when given."""
        found: list[Region] = []
        waiting = [region for region in (self.find(ancestor),) if region is not None]
        while waiting:
            region = waiting.pop()
            waiting.extend(self.children(region.code))
            if level is None or region.level is level:
                found.append(region)
        return tuple(sorted(found, key=lambda each: each.code))

    def province_of(self, code: str) -> Region | None:
        """The province that ``code`` lies in, itself if it is one; None for the country."""
        chain = (*self.ancestors(code), self.get(code))
        return next((region for region in chain if region.level is RegionLevel.PROVINCE), None)

    def assessed_units(self, province: str) -> tuple[Region, ...]:
        """Units of ``province`` that are assessed on their own, special ones last. Source: GA-03."""
        codes = {region.assessed_unit for region in self.within(province) if region.code != province}
        return tuple(sorted((self.get(code) for code in codes), key=_order))

    def in_group(self, group: str) -> tuple[Region, ...]:
        """Regions flagged with a named group, by code."""
        return tuple(sorted((each for each in self if each.group == group), key=lambda each: each.code))

    def named(self, text: str, *, within: str | None = None) -> tuple[Region, ...]:
        """Every region that ``text`` may mean equally well; more than one is an ambiguity to show.

        A full name beats a short form, a short form a stem (毕节 without 市), and among equals the
        highest level wins (吉林 is the province). Paths such as 九江市彭泽县 are followed.

        :param within: code of a region the answer must be in or be
        """
        wanted = "".join(text.split())
        if len(wanted) > _LONGEST_TEXT:
            return ()
        return self._direct(wanted, within) or self._along_path(wanted, within)

    def by_name(self, text: str, *, within: str | None = None) -> Region | None:
        """The one region that ``text`` means, or None when it is unknown or ambiguous (:meth:`named`)."""
        found = self.named(text, within=within)
        return found[0] if len(found) == 1 else None

    def _direct(self, text: str, within: str | None) -> tuple[Region, ...]:
        known = self._by_form.get(text, ())
        inside = [
            (rank, _DEPTH[region.level], region)
            for rank, region in known
            if within is None or self.contains(within, region.code)
        ]
        best = min(((rank, depth) for rank, depth, _ in inside), default=None)
        return tuple(region for rank, depth, region in inside if (rank, depth) == best)

    def _along_path(self, text: str, within: str | None) -> tuple[Region, ...]:
        """Try the longest first part that names regions, and look for the rest inside each of them."""
        for cut in range(len(text) - 1, 1, -1):
            found: dict[str, Region] = {}
            for first in self._all_direct(text[:cut], within):
                found |= {region.code: region for region in self.named(text[cut:], within=first.code)}
            if found:
                return tuple(found[code] for code in sorted(found))
        return ()

    def _all_direct(self, text: str, within: str | None) -> tuple[Region, ...]:
        """All regions of any rank: 朝阳 before 建平县 is a city, before 望京 a district."""
        known = self._by_form.get(text, ())
        return tuple(region for _, region in known if within is None or self.contains(within, region.code))


def stem(name: str) -> str:
    """The name without its kind: 毕节市 → 毕节; unchanged where too little would be left (单县)."""
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= _SHORTEST_STEM:
            return name.removesuffix(suffix)
    return name


def _order(region: Region) -> tuple[bool, str]:
    return region.special, region.code


def _check_parent(region: Region, by_code: Mapping[str, Region]) -> None:
    if region.parent is None:
        if region.level is not RegionLevel.COUNTRY:
            raise BadInput("region.parent_unknown", N_("%(region)s没有上级区划"), region=region.name)
        return
    parent = by_code.get(region.parent)
    if parent is None:
        raise BadInput("region.parent_unknown", N_("%(region)s的上级区划不存在"), region=region.name)
    if _DEPTH[parent.level] >= _DEPTH[region.level]:
        raise BadInput("region.parent_level", N_("%(region)s的上级区划级别有误"), region=region.name)


def _index_forms(regions: Iterable[Region]) -> Mapping[str, tuple[tuple[int, Region], ...]]:
    """Each form with the regions it may mean, and its rank: 0 full name, 1 short form, 2 stem."""
    index: dict[str, list[tuple[int, Region]]] = defaultdict(list)
    for region in regions:
        ranks: dict[str, int] = {}
        shorts = (region.short, *region.aliases)
        for rank, forms in enumerate(((region.name,), shorts, map(stem, (region.name, *shorts)))):
            for form in forms:
                ranks.setdefault(form, rank)
        for form, rank in ranks.items():
            index[form].append((rank, region))
    return {form: tuple(known) for form, known in index.items()}
