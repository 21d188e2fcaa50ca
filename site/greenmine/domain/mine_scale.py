"""Large, medium or small by yearly capacity. Source: 国土资发〔2004〕208号.

The table covers some minerals only, and coal differs by how it is won: where it does not answer, nobody guesses.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from greenmine.domain.errors import BadInput
from greenmine.domain.mine import Method, Scale
from greenmine.domain.text import N_

TONNES: Final = "万吨"
CUBIC_METRES: Final = "万立方米"
CARATS: Final = "万克拉"

_UNITS: Final[Mapping[str, tuple[str, Decimal]]] = {
    "万吨": (TONNES, Decimal(1)),
    "万t": (TONNES, Decimal(1)),
    "吨": (TONNES, Decimal("0.0001")),
    "t": (TONNES, Decimal("0.0001")),
    "万立方米": (CUBIC_METRES, Decimal(1)),
    "万m3": (CUBIC_METRES, Decimal(1)),
    "万方": (CUBIC_METRES, Decimal(1)),
    "立方米": (CUBIC_METRES, Decimal("0.0001")),
    "m3": (CUBIC_METRES, Decimal("0.0001")),
    "万克拉": (CARATS, Decimal(1)),
    "克拉": (CARATS, Decimal("0.0001")),
}
_CAPACITY: Final = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)([^\d./]*(?:m3)?)(?:/(?:年|a))?", re.ASCII)
_NUMBER: Final = r"(\d+(?:\.\d+)?)"
_LIMITS: Final = re.compile(rf"≥{_NUMBER}\|{_NUMBER}-{_NUMBER}\|<{_NUMBER}", re.ASCII)


@dataclass(frozen=True)
class Capacity:
    """A yearly capacity: ``unit`` is 万吨, 万立方米 or 万克拉."""

    amount: Decimal
    unit: str


@dataclass(frozen=True)
class ScaleRule:
    """One row of the table.

    :param row: the row as printed: ``煤(地下开采)``
    :param names: minerals and uses it stands for, as in the list of minerals
    :param method: the way of winning it is limited to, or None
    :param unit: as printed: ``原煤万吨``, ``矿石万吨``, ``万立方米``
    :param large_from: large at this yearly capacity and above
    :param medium_from: medium at this and above, small below
    """

    row: str
    names: frozenset[str]
    method: Method | None
    unit: str
    large_from: Decimal
    medium_from: Decimal

    def scale_of(self, capacity: Capacity) -> Scale | None:
        """The class of a capacity; None when it is given in another unit than the row counts in."""
        if not self.unit.endswith(capacity.unit):
            return None
        if capacity.amount >= self.large_from:
            return Scale.LARGE
        return Scale.MEDIUM if capacity.amount >= self.medium_from else Scale.SMALL


class ScaleTable:
    """All rows."""

    def __init__(self, rules: Iterable[ScaleRule]) -> None:
        self._rules: Final = tuple(rules)

    def rules_for(self, name: str, *, method: Method | None = None) -> tuple[ScaleRule, ...]:
        """Rows that stand for a mineral or use; both rows of coal where the method does not decide."""
        found = tuple(rule for rule in self._rules if name in rule.names)
        decided = tuple(rule for rule in found if rule.method in (None, method))
        return decided or found

    def scale_of(self, name: str, capacity: Capacity, *, method: Method | None = None) -> Scale | None:
        """The class; None where no row covers the mineral, the unit does not fit, or the method is open."""
        scales = {rule.scale_of(capacity) for rule in self.rules_for(name, method=method)}
        return scales.pop() if len(scales) == 1 else None


def read_capacity(text: str) -> Capacity | None:
    """Read ``30 万吨/年``, ``5万m³/a`` or ``300000吨/年``; None for anything else (a bare number has no unit)."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).replace(",", "")
    found = _CAPACITY.fullmatch(plain)
    unit = _UNITS.get(found[2]) if found else None
    if found is None or unit is None:
        return None
    name, factor = unit
    return Capacity(Decimal(found[1]) * factor, name)


def read_limits(*, large: str, medium: str, small: str) -> tuple[Decimal, Decimal]:
    """The two limits in ``≥120``, ``120-45``, ``<45``; raises BadInput ``scale.limits`` when they do not agree."""
    found = _LIMITS.fullmatch(f"{large}|{medium}|{small}")
    if found is not None:
        upper, upper_again, lower, lower_again = (Decimal(number) for number in found.groups())
        if upper == upper_again > lower == lower_again:
            return upper, lower
    raise BadInput(
        "scale.limits",
        N_("规模界限有误：%(large)s、%(medium)s、%(small)s"),
        large=large,
        medium=medium,
        small=small,
    )
