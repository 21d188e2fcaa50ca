"""Keyed hashes: what is counted or compared without being kept, and means nothing without the master key."""

import hmac

from greenmine.store.sealed import MasterKey


def keyed_hash(master: MasterKey, message: bytes, *, purpose: str) -> bytes:
    """HMAC-SHA256 of the message under a key of its own for each purpose: 32 bytes.

    ::

        key = HMAC-SHA256( master key, "greenmine keyed hash\\0" || purpose )
    """
    key = hmac.digest(master.secret, b"greenmine keyed hash\0" + purpose.encode(), "sha256")
    return hmac.digest(key, message, "sha256")
