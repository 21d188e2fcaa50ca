"""The signed promise on a receipt: this commitment will stand in the log by that time (log-spec.md 6).

::

    receipt/v1
    <commitment, hex>
    <deadline, UTC>

    — <origin>/receipt <signature>        the log's own key under the name <origin>/receipt, type 0x01

A complaint that is not in the log by its deadline is provable misconduct: whoever holds receipt and log can show it.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from greenmine.domain.errors import Unready
from greenmine.domain.instant import utc_text
from greenmine.store.database import Tx
from greenmine.store.log import log_origin
from greenmine.store.log_key import LogKeys, signing_keys
from greenmine.tlog.note import SignerKey, sign_note

NAME: Final = "receipt"


def promise_text(commitment: str, due: datetime) -> str:
    """What is signed."""
    return f"receipt/v1\n{commitment}\n{utc_text(due)}\n"


def sign_promise(tx: Tx, commitment: str, *, due: datetime, keys: LogKeys, at: datetime) -> str:
    """The promise as a signed note; empty while the log has not begun or its key is not here or not usable."""
    origin = log_origin(tx)
    standing = signing_keys(tx, at=at) if origin is not None else ()
    try:
        key = keys.find(standing[0]) if standing else None
    except Unready:  # a key that others may read signs nothing, and stops no complaint
        key = None
    return "" if key is None else str(sign_note(promise_text(commitment, due), [receipt_key(key)]))


def receipt_key(key: SignerKey) -> SignerKey:
    """The log's key under the name that signs receipts."""
    return replace(key, name=f"{key.name}/{NAME}")
