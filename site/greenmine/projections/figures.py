"""Figures per region (mines, by status, by level), kept for every region that ever held a mine and those above."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from greenmine.domain.act import subjects
from greenmine.domain.reference import Reference
from greenmine.domain.region import COUNTRY
from greenmine.store.act import ActRow
from greenmine.store.database import Tx
from greenmine.store.figure import clear_figures, recount_figures
from greenmine.store.mine import known_regions, regions_of


@dataclass(frozen=True)
class Figures:
    """The projection; GO-03, ZJ-03: numbers that stand beside the targets."""

    name: str = "figures"
    version: int = 1

    def reset(self, tx: Tx) -> None:
        """Forget every figure."""
        clear_figures(tx)

    def take(self, tx: Tx, acts: Sequence[ActRow], *, reference: Reference) -> None:
        """Count anew the regions of every mine the acts concern, and the regions above them."""
        named = {tuple(name.split("/", 1)) for act in acts for name in subjects(act.envelope)}
        mines = {number for noun, number in named if noun == "mine"}
        codes = set(regions_of(tx, mines).values())
        if any("region" in (act.fact("set") or {}) for act in acts):
            codes |= known_regions(tx)  # a mine has moved; the act does not say from where
        recount_figures(tx, _with_ancestors(codes, reference))


def _with_ancestors(codes: Iterable[str], reference: Reference) -> set[str]:
    wanted: set[str] = set()
    for code in codes:
        wanted |= {code, COUNTRY, f"{code[:2]}0000"}
        if reference.regions.find(code) is not None:
            wanted |= {region.code for region in reference.regions.ancestors(code)}
    return wanted
