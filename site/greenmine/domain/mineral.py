"""The 168 minerals and their uses, and how to recognise one in the name of a mine.

Source: the catalogue annexed to 矿产资源法实施细则 (国务院令第152号, 1994); other words are our own list.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from greenmine.domain.errors import BadInput
from greenmine.domain.mine import Method, Scale
from greenmine.domain.mine_scale import Capacity, ScaleTable
from greenmine.domain.text import N_


class MineralClass(StrEnum):
    """The four classes of the catalogue."""

    ENERGY = "energy"  # 能源矿产
    METAL = "metal"  # 金属矿产
    NONMETAL = "nonmetal"  # 非金属矿产
    WATER_GAS = "water_gas"  # 水气矿产


MINERAL_CLASS_LABELS: Final[Mapping[MineralClass, str]] = {
    MineralClass.ENERGY: N_("能源矿产"),
    MineralClass.METAL: N_("金属矿产"),
    MineralClass.NONMETAL: N_("非金属矿产"),
    MineralClass.WATER_GAS: N_("水气矿产"),
}


@dataclass(frozen=True)
class Mineral:
    """One mineral of the catalogue with the uses it lists (``建筑石料用灰岩`` of 石灰岩)."""

    name: str
    mineral_class: MineralClass
    sub_uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class MineralAlias:
    """Another word for a mineral. Without ``mineral`` the word names none and must not be guessed (页岩气)."""

    alias: str
    mineral: str | None
    use: str | None = None


@dataclass(frozen=True)
class MineralMatch:
    """What was recognised: the mineral, the use where the word tells it, and the word."""

    mineral: Mineral
    use: str | None
    word: str


_HOLDER_ENDS: Final = re.compile(r".*(?:公司|集团|合作社|合伙企业)")
_ANCHOR: Final = re.compile(r"矿(?!业)|[井采选田水、,及和与)]|开采|露天|$")
"""What must follow the word, else it names a place or a firm: 铁矿 and 石油开采 tell it, 宝石镇采石场 does not."""


class Minerals:
    """The catalogue with its other words and the scale table.

    :raises BadInput: ``mineral.duplicate``, ``mineral.alias_unknown``
    """

    def __init__(
        self,
        items: Iterable[Mineral],
        *,
        aliases: Iterable[MineralAlias] = (),
        scales: ScaleTable | None = None,
    ) -> None:
        self._by_name: Final[dict[str, Mineral]] = {}
        self._words: Final[dict[str, MineralMatch | None]] = {}
        self._scales: Final = scales or ScaleTable(())
        for mineral in items:
            if mineral.name in self._by_name:
                raise BadInput("mineral.duplicate", N_("矿种%(mineral)s重复"), mineral=mineral.name)
            self._by_name[mineral.name] = mineral
            self._words[mineral.name] = MineralMatch(mineral, None, mineral.name)
        for mineral in self._by_name.values():
            for use in mineral.sub_uses:
                self._words.setdefault(use, MineralMatch(mineral, use, use))
        for alias in aliases:
            self._words.setdefault(alias.alias, self._meaning(alias))
        singles = "".join(re.escape(name) for name in self._by_name if len(name) == 1)
        self._single: Final = re.compile(rf"([{singles}])[{singles}]*(?:多金属)?矿(?!业|山)") if singles else None
        self._long: Final = sorted((word for word in self._words if len(word) > 1), key=len, reverse=True)

    def __iter__(self) -> Iterator[Mineral]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def exact(self, name: str) -> Mineral | None:
        """The mineral of the catalogue with exactly this name."""
        return self._by_name.get(name)

    def by_use(self, use: str) -> Mineral | None:
        """The mineral that lists this use: 建筑石料用灰岩 → 石灰岩."""
        found = self._words.get(use)
        return found.mineral if found is not None and found.use == use else None

    def find(self, text: str) -> MineralMatch | None:
        """What a column 矿种 means: a name, a use or another word, with or without 矿 at its end."""
        word = _plain(text)
        return self._words.get(word) or self._words.get(word.removesuffix("矿"))

    def of_class(self, mineral_class: MineralClass) -> tuple[Mineral, ...]:
        """Minerals of one class, in the order of the catalogue."""
        return tuple(mineral for mineral in self if mineral.mineral_class is mineral_class)

    def guess_from_name(self, mine_name: str) -> Mineral | None:
        """The mineral a mine's name tells: 落雪铜矿 → 铜; None when it tells none. A guess, to be confirmed."""
        found = self.match_name(mine_name)
        return found.mineral if found is not None else None

    def match_name(self, mine_name: str) -> MineralMatch | None:
        """As :meth:`guess_from_name`, with use and word.

        What stands behind the holder's name is read first. A word counts only where 矿, 井, 开采 or the
        like follows; the longest wins, then the first (铅锌矿 is a lead mine).
        """
        text = _plain(mine_name)
        own_name = _HOLDER_ENDS.sub("", text)
        return self._best(own_name) or (self._best(text) if own_name != text else None)

    def scale_of(self, name: str, capacity: Capacity, *, method: Method | None = None) -> Scale | None:
        """Large, medium or small for a mineral or use by name; see :meth:`ScaleTable.scale_of`."""
        found = self.find(name)
        known_as = name if found is None else found.use or found.mineral.name
        return self._scales.scale_of(known_as, capacity, method=method)

    def _meaning(self, alias: MineralAlias) -> MineralMatch | None:
        if alias.mineral is None:
            return None
        mineral = self._by_name.get(alias.mineral)
        if mineral is None or (alias.use is not None and alias.use not in mineral.sub_uses):
            raise BadInput("mineral.alias_unknown", N_("别名%(alias)s所指的矿种或用途不存在"), alias=alias.alias)
        return MineralMatch(mineral, alias.use, alias.alias)

    def _best(self, text: str) -> MineralMatch | None:
        candidates = [*self._long_words(text), *self._single_words(text)]
        if not candidates:
            return None
        return max(candidates, key=lambda candidate: candidate[:2])[2]

    def _long_words(self, text: str) -> Iterator[tuple[int, int, MineralMatch | None]]:
        """Length, place and meaning of words of two characters and more, none inside a longer one."""
        taken: set[int] = set()
        for word in self._long:
            start = text.find(word)
            while start >= 0:
                places = range(start, start + len(word))
                if taken.isdisjoint(places):
                    taken.update(places)
                    if word[-1] in "矿田" or _ANCHOR.match(text, start + len(word)):
                        yield len(word), -start, self._words[word]
                start = text.find(word, start + 1)

    def _single_words(self, text: str) -> Iterator[tuple[int, int, MineralMatch | None]]:
        """Names of one character count only before 矿, alone or in a row: 钨矿, 铅锌银多金属矿."""
        for found in self._single.finditer(text) if self._single else ():
            yield 1, -found.start(), self._words[found[1]]


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
