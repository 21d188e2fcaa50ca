"""How wrong codes of a case slow the guesses that follow: at first not at all, then longer, never for good.

Slowed means: whoever tries this number next answers a question first. The right code is taken at any time; 53 bits
bear being asked for (trust.md 14).
"""

from datetime import timedelta
from typing import Final

FREE_SLIPS: Final = 5
"""Wrong codes in a row that slow nobody: a receipt in bad handwriting."""

LONGEST: Final = timedelta(minutes=10)
FORGOTTEN_AFTER: Final = timedelta(hours=24)


def wait_after(failures: int) -> timedelta:
    """How long guesses at a number are slowed after so many wrong codes: nothing for five, then 5, 10, 20 … seconds."""
    if failures < FREE_SLIPS:
        return timedelta()
    return min(timedelta(seconds=5 * 2 ** min(failures - FREE_SLIPS, 10)), LONGEST)
