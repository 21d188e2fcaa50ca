"""The mark of a wording: equal for texts that say the same, and nothing to anyone without the master key."""

from typing import Final

from greenmine.domain.cluster import normal_text
from greenmine.store.keyed_hash import keyed_hash
from greenmine.store.sealed import MasterKey

_PURPOSE: Final = "cluster"
_BYTES: Final = 16


def cluster_of(text: str, *, master: MasterKey) -> str:
    """32 hexadecimal digits: HMAC-SHA256 of the normal text, cut to 16 bytes.

    Keyed, so that whoever reads the database cannot try sentences against it. A text without a single letter has
    the mark of the empty text.
    """
    return keyed_hash(master, normal_text(text).encode("utf-8", "surrogatepass"), purpose=_PURPOSE)[:_BYTES].hex()
