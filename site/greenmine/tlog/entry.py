"""A log entry: the RFC 8785 bytes of an act's envelope, and its RFC 6962 leaf hash (log-spec.md 1, 2).

::

    entry  = JCS(envelope)                 1..65,535 bytes (tlog-tiles bundles use uint16 lengths)
    leaf   = SHA-256( 0x00 || entry )      RFC 6962 section 2.1
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Final, TypeGuard

import rfc8785

MAX_ENTRY: Final = 65_535
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class EntryTooLarge(ValueError):
    """The canonical bytes would not fit a tlog-tiles entry bundle."""


class Uncanonical(ValueError):
    """A value that JSON readers would not all read alike: NaN, |integer| >= 2^53, a lone surrogate, no JSON."""


def canonical(value: Mapping[str, object]) -> bytes:
    """RFC 8785 (JCS) bytes of a JSON object. Raises Uncanonical."""
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]  # its JSON type is invariant; ours is a Mapping
    except (rfc8785.CanonicalizationError, UnicodeError) as error:
        raise Uncanonical(str(error)) from error


def entry_bytes(envelope: Mapping[str, object]) -> bytes:
    """The bytes that are stored, hashed and served for an envelope. Raises EntryTooLarge."""
    entry = canonical(envelope)
    if not 1 <= len(entry) <= MAX_ENTRY:
        raise EntryTooLarge(f"an entry holds 1..{MAX_ENTRY} bytes, this one {len(entry)}")
    return entry


def leaf_hash(entry: bytes) -> bytes:
    """RFC 6962 leaf hash of an entry, 32 bytes."""
    return hashlib.sha256(b"\x00" + entry).digest()


def is_hash(value: object) -> TypeGuard[str]:
    """Whether it is a SHA-256 as entries write it, 64 lower-case hex digits: a path made of it leads nowhere else."""
    return isinstance(value, str) and _HASH.fullmatch(value) is not None
