"""What held of each mine on any day, as known after any act: lists of the past are asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from greenmine.domain.act import kinds_where, subjects
from greenmine.domain.act.document import removed_by
from greenmine.domain.errors import Unready
from greenmine.domain.reference import Reference
from greenmine.domain.text import N_
from greenmine.store.act import ActRow, acts_with_body, recorded_since
from greenmine.store.cursor import read_cursor
from greenmine.store.database import Tx
from greenmine.store.mine_past import MOVING
from greenmine.store.mine_version import forget_versions, keep_versions

NAME: Final = "versions"
VERSION: Final = 1
AGAIN: Final = 2
"""Seconds after which it is worth asking again: the worker looks each second."""
TOUCHING: Final = (*MOVING, *kinds_where(lambda kind: kind.takes))
"""Kinds of act that change a version."""


@dataclass(frozen=True)
class Versions:
    """The projection; design.md "Versions and time"."""

    name: str = NAME
    version: int = VERSION

    def reset(self, tx: Tx) -> None:
        """Forget every version."""
        forget_versions(tx)

    def take(self, tx: Tx, acts: Sequence[ActRow], *, reference: Reference) -> None:
        """Derive anew what these acts say of the mines they concern; of a mine that lost words, everything."""
        keep_versions(tx, _mines(_subjects(acts)), first=acts[0].n)
        bodies = [told for act in acts for sha256 in removed_by(act.envelope) for told in acts_with_body(tx, sha256)]
        keep_versions(tx, _mines(_subjects(bodies)), first=0)


def require_derived(tx: Tx) -> None:
    """Raises Unready while an act about mines has not been taken: a list without it would be a wrong one.

    Also for what was known long before: the act may have taken words away, and with them the versions that held them.
    """
    taken = read_cursor(tx, NAME, version=VERSION) or 0
    if recorded_since(tx, taken, kinds=TOUCHING):
        sentence = N_("过去的名录正在整理，请过一会儿再看；现在的名录不受影响。")
        raise Unready("versions.behind", sentence, retry_after=AGAIN)


def _subjects(acts: Sequence[ActRow]) -> set[str]:
    return {name for act in acts for name in subjects(act.envelope)}


def _mines(names: set[str]) -> set[str]:
    return {own for noun, _, own in (name.partition("/") for name in names) if noun == "mine"}
