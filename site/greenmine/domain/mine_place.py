"""Where a listed mine lies: from the region columns of the list, else, with less certainty, from its name.

Every word that names a region narrows the regions still possible; a word that fits none of them is reported
and changes nothing. What stays ambiguous is not guessed: the region they share is taken.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from greenmine.domain.mine_name import NameParts
from greenmine.domain.region import COUNTRY, Region, RegionLevel, Regions, stem
from greenmine.domain.text import N_


class PlaceSource(StrEnum):
    """What the region was read from, the surest first."""

    COLUMN = "column"  # 地区列
    SECTION = "section"  # 分组行
    NAME = "name"  # 名称中的全称
    NAME_SHORT = "name_short"  # 名称开头的简称
    LIST = "list"  # 整份名单所属地区
    NONE = "none"  # 未找到


PLACE_SOURCE_LABELS: Final[Mapping[PlaceSource, str]] = {
    PlaceSource.COLUMN: N_("地区列"),
    PlaceSource.SECTION: N_("分组行"),
    PlaceSource.NAME: N_("名称"),
    PlaceSource.NAME_SHORT: N_("名称中的简称"),
    PlaceSource.LIST: N_("整份名单"),
    PlaceSource.NONE: N_("未找到"),
}

CERTAIN: Final = frozenset({PlaceSource.COLUMN, PlaceSource.SECTION, PlaceSource.NAME})
"""Sources that need no second look."""

_KINDS: Final = ("市", "县", "区")
_LEAST_INSIDE: Final = 3
"""Fewest characters of a region's name found inside other text: 矿区, 城区 and 郊区 are words there."""

_DEPTH: Final = {level: depth for depth, level in enumerate(RegionLevel)}


@dataclass(frozen=True)
class Place:
    """The region found for one mine.

    :param region: code, or None when nothing was found
    :param source: what decided it
    :param ambiguous: codes that fit equally well; empty when one did
    :param unfit: words that name a region outside what is certain, or no region at all (from columns)
    """

    region: str | None
    source: PlaceSource
    ambiguous: tuple[str, ...] = ()
    unfit: tuple[str, ...] = ()


class PlaceFinder:
    """Finds regions in the cells and names of a list. Immutable; build once per import.

    :param within: code of the region the whole list belongs to, when known
    """

    def __init__(self, regions: Regions, *, within: str | None = None) -> None:
        self._regions: Final = regions
        self._within: Final = within or COUNTRY
        self._forms, self._heads = _index(regions)
        self._longest: Final = max((len(form) for form in self._forms), default=0)

    def find(self, *, columns: Sequence[str], section: str | None, name: NameParts, holder: str = "") -> Place:
        """The region of one row.

        :param columns: cells of its region columns, the widest region first; empty ones are skipped
        :param section: the group line it stands under (一、石家庄市(3家)), if any
        :param holder: the firm where it is printed in a column of its own
        """
        search = _Search(self._regions, self._within)
        for cell in filter(None, map(_folded, columns)):
            if not self._take_text(search, cell, PlaceSource.COLUMN):
                search.unfit.append(cell)
        if section is not None:
            self._take_text(search, _folded(section), PlaceSource.SECTION)
        mine, firms = _mine_text(name), _firm_texts(name, holder)
        for text in (*mine, *firms):
            self._take_text(search, text, PlaceSource.NAME)
        for text in firms:
            self._take_heads(search, text)
        if search.possible != (COUNTRY,):
            for text in mine:
                self._take_heads(search, text)
        return search.place()

    def _take_text(self, search: "_Search", text: str, source: PlaceSource) -> bool:
        """Narrow by the whole text, or else by every region named inside it. False: it names none that fits."""
        if source is not PlaceSource.NAME:
            whole = self._regions.named(text)
            inside = [found for code in search.possible for found in self._regions.named(text, within=code)]
            if inside or whole:
                return search.narrow(inside or whole, source, word=text)
        mentions = self._mentions(text)
        for word, found in mentions:
            search.narrow(found, source, word=word)
        return bool(mentions)

    def _mentions(self, text: str) -> list[tuple[str, tuple[Region, ...]]]:
        """Names of regions inside the text, from left to right, the longest at each place."""
        found: list[tuple[str, tuple[Region, ...]]] = []
        at = 0
        while at < len(text):
            word = self._longest_at(text, at)
            if word:
                found.append((word, self._forms[word]))
            at += len(word) or 1
        return found

    def _longest_at(self, text: str, at: int) -> str:
        for length in range(min(self._longest, len(text) - at), _LEAST_INSIDE - 1, -1):
            if text[at : at + length] in self._forms:
                return text[at : at + length]
        return ""

    def _take_heads(self, search: "_Search", text: str) -> None:
        """Narrow by stems at the very head of a name, one after another: 文山|麻栗坡|紫金钨业.

        A mine's own name is read so only inside a known region: 朝阳洞 and 九龙脑 are no places elsewhere.
        """
        while text:
            word = self._longest_at(text, 0)
            if word:
                text = text[len(word) :]
                continue
            cut = next(
                (
                    n
                    for n in range(min(5, len(text)), 1, -1)
                    if text[:n] in self._heads and search.fits(self._heads[text[:n]])
                ),
                0,
            )
            if not cut or len(text) - cut == 1 or (text[cut:] and text[cut] in "村镇乡路山岭街"):
                return
            source = PlaceSource.NAME if text[cut - 1] in _KINDS else PlaceSource.NAME_SHORT
            search.narrow(self._heads[text[:cut]], source, word=text[:cut])
            text = text[cut:]


def _mine_text(name: NameParts) -> list[str]:
    return [_folded(name.mine if name.certain else name.whole)] if name.names_mine else []


def _firm_texts(name: NameParts, holder: str) -> list[str]:
    """Firm and branch, each by itself: 云南黄金有限责任, 镇沅分."""
    firm = name.holder if name.certain and name.holder else holder
    return [text for text in re.split("分?公司", _folded(firm)) if text]


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _index(regions: Iterable[Region]) -> tuple[dict[str, tuple[Region, ...]], dict[str, tuple[Region, ...]]]:
    """Full and short names as they stand inside text, and stems as they head a name.

    A former kind of the same place counts as its name (繁昌县 is 繁昌区 today) unless another region bears it.
    """
    names: dict[str, list[Region]] = defaultdict(list)
    former: dict[str, list[Region]] = defaultdict(list)
    heads: dict[str, list[Region]] = defaultdict(list)
    for region in regions:
        if region.code == COUNTRY:
            continue
        forms = {region.name, region.short, *region.aliases}
        for form in forms:
            names[form].append(region)
        for root in {stem(form) for form in forms}:
            heads[root].append(region)
            if region.level is RegionLevel.COUNTY:
                for kind in _KINDS:
                    former[root + kind].append(region)
    for form, found in former.items():
        names.setdefault(form, found)
    inside = {form: tuple(found) for form, found in names.items() if _stands_alone(form)}
    return inside, {form: tuple(found) for form, found in heads.items() if len(form) >= 2}


def _stands_alone(form: str) -> bool:
    """Whether a form is a region wherever it stands: it says its kind, and is more than 矿区 or 城区."""
    return len(form) >= _LEAST_INSIDE and stem(form) != form


class _Search:
    """The regions still possible for one row; lives only while that row is read."""

    def __init__(self, regions: Regions, within: str) -> None:
        self.regions = regions
        self.possible: tuple[str, ...] = (within,)
        self.source = PlaceSource.NONE if within == COUNTRY else PlaceSource.LIST
        self.unfit: list[str] = []

    def fits(self, found: Sequence[Region]) -> bool:
        """Whether a word would leave something possible, and only one thing where it is new."""
        return len(_highest(self._inside(found))) == 1 or bool(self._confirmed(found))

    def narrow(self, found: Sequence[Region], source: PlaceSource, *, word: str) -> bool:
        """Keep what lies in a region the word names; a word that fits nothing is noted. Returns whether it fitted."""
        confirmed = self._confirmed(found)
        if confirmed:
            self.possible = confirmed
            return True
        inside = _highest(self._inside(found))
        if not inside:
            self.unfit.append(word)
            return True
        self.possible = tuple(sorted({region.code for region in inside}))
        self.source = source
        return True

    def _inside(self, found: Sequence[Region]) -> list[Region]:
        return [r for r in found if any(self.regions.contains(code, r.code) for code in self.possible)]

    def _confirmed(self, found: Sequence[Region]) -> tuple[str, ...]:
        return tuple(code for code in self.possible if any(self.regions.contains(r.code, code) for r in found))

    def place(self) -> Place:
        unfit = tuple(dict.fromkeys(self.unfit))
        if len(self.possible) == 1:
            region = None if self.possible[0] == COUNTRY else self.possible[0]
            return Place(region, self.source, unfit=unfit)
        return Place(self._shared(), self.source, ambiguous=self.possible, unfit=unfit)

    def _shared(self) -> str | None:
        """The lowest region that holds everything still possible; None when only the country does."""
        chains = [[r.code for r in self.regions.ancestors(code)] for code in self.possible]
        shared = [code for code in chains[0] if all(code in chain for chain in chains)]
        return shared[-1] if shared and shared[-1] != COUNTRY else None


def _highest(found: Sequence[Region]) -> list[Region]:
    """Of equal names the highest level: 吉林 is the province, 文山 the prefecture."""
    best = min((_DEPTH[region.level] for region in found), default=0)
    return [region for region in found if _DEPTH[region.level] == best]
