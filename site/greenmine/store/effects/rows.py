"""Effects on the rows that an object is or has: what is made anew when law takes words away."""

from collections.abc import Callable, Mapping
from typing import Final

from greenmine.store.database import Tx
from greenmine.store.effects.content import CONTENT_EFFECTS
from greenmine.store.effects.credit import CREDIT_EFFECTS
from greenmine.store.effects.entry import Entry
from greenmine.store.effects.mine import MINE_EFFECTS
from greenmine.store.effects.notice import NOTICE_EFFECTS
from greenmine.store.effects.removal import REMOVAL_EFFECTS

ROW_EFFECTS: Final[Mapping[str, Callable[[Tx, Entry], None]]] = {
    **MINE_EFFECTS,
    **NOTICE_EFFECTS,
    **REMOVAL_EFFECTS,
    **CREDIT_EFFECTS,
    **CONTENT_EFFECTS,
}
