"""Every kind of act there is, noun by noun."""

from collections.abc import Callable, Mapping
from typing import Final

from greenmine.domain.act.content import CONTENT_KINDS
from greenmine.domain.act.credit import CREDIT_KINDS
from greenmine.domain.act.kind import Kind
from greenmine.domain.act.log import LOG_KINDS
from greenmine.domain.act.mine import MINE_KINDS
from greenmine.domain.act.notice import NOTICE_KINDS
from greenmine.domain.act.reference import REFERENCE_KINDS
from greenmine.domain.act.removal import REMOVAL_KINDS

KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        *MINE_KINDS,
        *NOTICE_KINDS,
        *REMOVAL_KINDS,
        *CREDIT_KINDS,
        *CONTENT_KINDS,
        *REFERENCE_KINDS,
        *LOG_KINDS,
    )
}


def kinds_where(trait: Callable[[Kind], object]) -> tuple[str, ...]:
    """Names of the kinds with a trait, in the order of the nouns."""
    return tuple(name for name, kind in KINDS.items() if trait(kind))
