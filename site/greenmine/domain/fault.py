"""Collecting refusals: a form with several faults names them all at once."""

from collections.abc import Callable, Iterator

from greenmine.domain.errors import BadInput


def fault_of(check: Callable[[], object]) -> Iterator[BadInput]:
    """The refusal that a check ends in, or nothing."""
    try:
        check()
    except BadInput as refused:
        yield refused
