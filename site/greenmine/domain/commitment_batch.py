"""The daily list of commitments: sorted and padded, so that it tells nothing but the day (log-spec.md 6)."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Final

MULTIPLE: Final = 16
"""The list is filled up to a multiple of this with random values; an empty day has as many."""

WIDTH: Final = 32
"""Bytes of a commitment, and of a value that only fills up."""


def batch_of(commitments: Iterable[bytes], *, random: Callable[[int], bytes]) -> tuple[str, ...]:
    """The values of one day in hex, in the order of their bytes; no reader can tell a commitment from a filler.

    :param random: gives so many random bytes
    """
    values = set(commitments)
    wanted = max(MULTIPLE, -(-len(values) // MULTIPLE) * MULTIPLE)
    while len(values) < wanted:
        values.add(random(WIDTH))
    return tuple(value.hex() for value in sorted(values))


def days_to_list(*, last_listed: date | None, begun: date, today: date) -> tuple[date, ...]:
    """The legal days that are over and have no list yet, oldest first.

    :param begun: the day from which the log keeps lists
    """
    first = begun if last_listed is None else last_listed + timedelta(days=1)
    return tuple(first + timedelta(days=number) for number in range(max(0, (today - first).days)))
