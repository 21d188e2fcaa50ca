"""Whether the name printed beside a mine's number is one that the mine is registered under.

A number is easily mistyped, and then the wrong mine enters a directory: a name that differs is shown and must be
confirmed before anything is published.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from greenmine.domain.import_preview import KnownMine
from greenmine.domain.mine_likeness import Alike, likely_same, ready_name
from greenmine.domain.mine_name import name_key
from greenmine.store.database import Tx
from greenmine.store.mine import known_aliases, known_mines

_SURE: Final = frozenset(
    {Alike.SAME_KEY, Alike.NUMERAL_FORM, Alike.BRACKETS, Alike.SHORT_REGION, Alike.ENDING},
)
"""Ways of writing one name; NEAR is another name, and a firm alone may have several mines."""


class Printed(Protocol):
    """A line of a list."""

    @property
    def name(self) -> str:
        """The name as printed."""

    @property
    def mine(self) -> str | None:
        """The number beside it."""


@dataclass(frozen=True)
class Registered:
    """A line with a number: the printed name, the name that number is registered under, and whether they agree."""

    mine: str
    printed: str
    name: str
    fits: bool


def registered(tx: Tx, items: Iterable[Printed]) -> Mapping[str, Registered]:
    """By number, the registered name beside the printed one; numbers that no mine has are left out."""
    numbered = {item.mine: item.name for item in items if item.mine}
    if not numbered:
        return {}
    aliases = known_aliases(tx)
    return {
        row.id: Registered(
            row.id, numbered[row.id], row.name, same_mine(numbered[row.id], row.name, row.holder, aliases.get(row.id))
        )
        for row in known_mines(tx)
        if row.id in numbered
    }


def same_mine(printed: str, name: str, holder: str = "", aliases: Iterable[str] | None = ()) -> bool:
    """Whether a printed name is the mine's own, one of its other names, or firm and mine in one."""
    key = name_key(printed)
    return any(
        key in (name_key(own), name_key(holder + own)) or _one_name(printed, own, holder)
        for own in (name, *(aliases or ()))
    )


def _one_name(printed: str, own: str, holder: str) -> bool:
    one, two = ready_name(printed), ready_name(own, holder=holder)
    why = likely_same(one, two, same_region=True)
    return why in _SURE or (why is Alike.HOLDER_AND_MINE and bool(one.core) and one.core == two.core)


def names_by_key(known: Iterable[KnownMine], aliases: Mapping[str, Iterable[str]]) -> Mapping[str, frozenset[str]]:
    """Key of every name a mine goes by (its own, its other names, after its firm's) → numbers of the mines it fits."""
    found: dict[str, set[str]] = {}
    for mine in known:
        names = (mine.name, *aliases.get(mine.id, ()))
        for key in (mine.key, *map(name_key, names), *(name_key(mine.holder + name) for name in names)):
            found.setdefault(key, set()).add(mine.id)
    return {key: frozenset(numbers) for key, numbers in found.items()}
