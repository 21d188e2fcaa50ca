"""What an import would do, before anything is done: rows, doubts, and mines that may be registered already.

A row is taken for a registered mine only when name (but for the form of numerals and brackets) and region
agree and only one mine fits; every weaker likeness is shown to a person and decides nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from greenmine.domain.mine_likeness import Alike, MineName, bigrams, likely_same, ready_name
from greenmine.domain.mine_list import Doubt, ListedMine, MineList
from greenmine.domain.region import Regions

RARE: Final = 8
"""How many of a name's rarest bigrams are looked up."""

COMMON: Final = 400
"""A bigram borne by more mines than this tells nothing and is not looked up."""

MOST_COMPARED: Final = 60
"""Most mines compared with one row in full."""

SURE: Final = frozenset({Alike.SAME_KEY, Alike.NUMERAL_FORM})


@dataclass(frozen=True)
class KnownMine:
    """A mine that is registered already: public number, name, firm, region code, and the name's key."""

    id: str
    name: str
    holder: str
    region: str
    key: str


@dataclass(frozen=True)
class LikelyRow:
    """Two rows of one file that may be one mine: the later row, the earlier row, and why."""

    row: int
    earlier: int
    why: Alike


@dataclass(frozen=True)
class LikelyKnown:
    """A row that may be a registered mine, and why."""

    row: int
    mine: KnownMine
    why: Alike


@dataclass(frozen=True)
class Preview:
    """A list and what is known to be like it.

    :param likely_rows: pairs inside the file, exact repeats not among them (they are warnings)
    :param likely_known: rows that may be registered mines, without those in ``identified``
    :param identified: row number → public number of the one registered mine it is
    """

    list: MineList
    likely_rows: tuple[LikelyRow, ...]
    likely_known: tuple[LikelyKnown, ...]
    identified: Mapping[int, str]

    @cached_property
    def repeats(self) -> Mapping[int, int]:
        """Row number of an exact repeat → row number it repeats."""
        found = (w for w in self.list.warnings if w.doubt is Doubt.DUPLICATE_ROW)
        return {warning.row: int(warning.detail) for warning in found}

    @property
    def new_mines(self) -> tuple[ListedMine, ...]:
        """Rows that would be registered: neither identified nor a repeat."""
        return tuple(m for m in self.list.mines if m.row not in self.identified and m.row not in self.repeats)


def preview_list(mines: MineList, *, known: Sequence[KnownMine], regions: Regions) -> Preview:
    """Compare a list with itself and with the registered mines. About linear in rows and mines, not their product."""
    names = [ready_name(mine.name, holder=mine.holder) for mine in mines.mines]
    likely_rows = _likely_rows(mines.mines, names, regions=regions)
    likely_known, identified = _likely_known(mines.mines, names, known, regions=regions)
    return Preview(mines, tuple(likely_rows), tuple(likely_known), identified)


def _likely_rows(mines: Sequence[ListedMine], names: Sequence[MineName], *, regions: Regions) -> Iterable[LikelyRow]:
    index = _NameIndex(names)
    seen: set[tuple[str, str, str | None]] = set()
    for position, (mine, name) in enumerate(zip(mines, names, strict=True)):
        identity = (mine.key, mine.holder, mine.region)
        if identity in seen:
            continue
        seen.add(identity)
        for other in sorted(index.like(name)):
            if other >= position:
                break
            agree = _regions_agree(mine.region, mines[other].region, regions)
            why = likely_same(name, names[other], same_region=agree)
            if why is not None:
                yield LikelyRow(mine.row, mines[other].row, why)


def _likely_known(
    mines: Sequence[ListedMine], names: Sequence[MineName], known: Sequence[KnownMine], *, regions: Regions
) -> tuple[list[LikelyKnown], dict[int, str]]:
    known_names = [ready_name(mine.name, holder=mine.holder) for mine in known]
    index = _NameIndex(known_names)
    likely: list[LikelyKnown] = []
    identified: dict[int, str] = {}
    for mine, name in zip(mines, names, strict=True):
        found: list[LikelyKnown] = []
        for other in sorted(index.like(name)):
            agree = _regions_agree(mine.region, known[other].region, regions)
            why = likely_same(name, known_names[other], same_region=agree)
            if why is not None:
                found.append(LikelyKnown(mine.row, known[other], why))
        sure = [one for one in found if one.why in SURE and mine.region is not None]
        if len(sure) == 1:
            identified[mine.row] = sure[0].mine.id
            found.remove(sure[0])
        likely.extend(found)
    return likely, identified


def _regions_agree(one: str | None, two: str | None, regions: Regions) -> bool | None:
    """Whether one region lies in the other; None when one is not known."""
    if one is None or two is None:
        return None
    return regions.contains(one, two) or regions.contains(two, one)


class _NameIndex:
    """Finds, among many names, the few worth comparing with one: by key, firm, own name and rare bigrams."""

    def __init__(self, names: Sequence[MineName]) -> None:
        self._exact: Final[dict[str, list[int]]] = defaultdict(list)
        self._bigrams: Final[dict[str, list[int]]] = defaultdict(list)
        for position, name in enumerate(names):
            for key in _exact_keys(name):
                self._exact[key].append(position)
            for pair in bigrams(name.core or name.holder):
                self._bigrams[pair].append(position)

    def like(self, name: MineName) -> set[int]:
        """Positions of names worth comparing, at most about ``MOST_COMPARED`` besides equal keys."""
        found: set[int] = set()
        for key in _exact_keys(name):
            found.update(self._exact.get(key, ())[:MOST_COMPARED])
        hits: Counter[int] = Counter()
        postings = [self._bigrams.get(pair, ()) for pair in bigrams(name.core or name.holder)]
        for positions in sorted(filter(None, postings), key=len)[:RARE]:
            if len(positions) <= COMMON:
                hits.update(positions)
        found.update(position for position, count in hits.most_common(MOST_COMPARED) if count > 1)
        return found


def _exact_keys(name: MineName) -> set[str]:
    """Prefixed so that a firm's key never meets a mine's own name."""
    keys = {f"key {name.key}", f"bare {name.unbracketed}"}
    if name.holder:
        keys.add(f"firm {name.holder}")
    if name.core:
        keys.add(f"mine {name.core}")
    return keys
