"""A commitment to a private record: the log holds it, and it tells nothing without the salt (log-spec.md 6).

::

    C = SHA-256( "gm/complaint/v1" || 0x00 || salt(32) || JCS(record) )
"""

import hashlib
from collections.abc import Mapping
from typing import Final

from greenmine.tlog.entry import canonical

SALT: Final = 32
"""Bytes of a salt."""

_PREFIX: Final = b"gm/complaint/v1\0"


def commit(record: Mapping[str, object], *, salt: bytes) -> bytes:
    """32 bytes. Raises ValueError for a salt of another length, Uncanonical for what is no JSON."""
    if len(salt) != SALT:
        raise ValueError(f"a salt has {SALT} bytes, this one {len(salt)}")
    return hashlib.sha256(_PREFIX + salt + canonical(record)).digest()
