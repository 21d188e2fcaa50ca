"""The outcome of the last audit, kept as a fact of the site: what ``/status`` tells everyone."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.store.database import Tx
from greenmine.store.site_fact import get_fact, put_fact

_FACT: Final = "verified"


@dataclass(frozen=True)
class Verified:
    """When the record was last computed again, how many acts it held, and how many deviations were found."""

    at: datetime
    size: int
    faults: int


def keep_verified(tx: Tx, verified: Verified) -> None:
    """Keep the outcome in place of the one before."""
    told = {"at": utc_text(verified.at), "size": verified.size, "faults": verified.faults}
    put_fact(tx, _FACT, json.dumps(told))


def last_verified(tx: Tx) -> Verified | None:
    """The last outcome; None when there was none yet."""
    fact = get_fact(tx, _FACT)
    if fact is None:
        return None
    told = json.loads(fact)
    return Verified(from_utc_text(told["at"]), told["size"], told["faults"])
