"""Signed notes: text with the signatures of named keys below it (C2SP signed-note).

::

    <text, ending in a newline>
    <empty line>
    — <key name> <base64( key ID (4) || signature )>
    …

    key ID = SHA-256( key name || 0x0A || type || public key )[:4]       type 0x01: Ed25519 over the text
    vkey   = <key name>+<key ID in hex>+<base64( type || public key )>
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
"""Timestamped Ed25519 cosignature of a witness (tlog-cosignature)."""

SEED: Final = 32
MOST_SIGNATURES: Final = 64

_DASH: Final = "— "
_NAME: Final = re.compile(r"[^\s+]+")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")


class Malformed(ValueError):
    """Text that is no signed note, key or checkpoint; the message says where."""


@dataclass(frozen=True)
class VerifierKey:
    """A public key with its name and type."""

    name: str
    type: int
    public: bytes

    def __post_init__(self) -> None:
        require_name(self.name)
        if self.type not in (ED25519, COSIGNATURE) or len(self.public) != 32:
            raise Malformed("only Ed25519 keys of type 0x01 and 0x04 are known here")

    @cached_property
    def id(self) -> bytes:
        """Four bytes that tell the key from others of its name."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as one word."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.type]) + self.public).decode()}"

    def accepts(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature (64 bytes of Ed25519) is this key's over the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@lru_cache(maxsize=64)
def parse_vkey(text: str) -> VerifierKey:
    """The key of a vkey. Raises Malformed, also when the key ID does not fit."""
    name, _, rest = text.strip().partition("+")
    id_text, _, key_text = rest.partition("+")
    raw = unbase64(key_text)
    if not raw:
        raise Malformed("a vkey is <name>+<key ID>+<base64 of type and key>")
    key = VerifierKey(name, raw[0], raw[1:])
    if key.id.hex() != id_text:
        raise Malformed("the key ID does not belong to this name and key")
    return key


@dataclass(frozen=True)
class SignerKey:
    """A private key with its name and type; ``seed`` is the 32 bytes of RFC 8032."""

    name: str
    type: int
    seed: bytes

    @cached_property
    def verifier(self) -> VerifierKey:
        """Its public half."""
        return VerifierKey(self.name, self.type, self._private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """64 bytes of Ed25519."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        return f"SignerKey({self.name!r}, {self.type})"

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True)
class Signature:
    """One line below a note; ``raw`` is what stands after the key ID."""

    name: str
    id: bytes
    raw: bytes

    @property
    def line(self) -> str:
        """As it stands in the note."""
        return f"{_DASH}{self.name} {base64.b64encode(self.id + self.raw).decode()}\n"

    def is_of(self, key: VerifierKey) -> bool:
        """Whether name and key ID are this key's; says nothing yet of the signature."""
        return self.name == key.name and self.id == key.id


@dataclass(frozen=True)
class SignedNote:
    """A note as parsed: not yet believed."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(signature.line for signature in self.signatures)}"


def sign_note(text: str, keys: Iterable[SignerKey]) -> SignedNote:
    """The text signed by each of the keys (type 0x01)."""
    _check_text(text)
    signatures = (Signature(key.name, key.verifier.id, key.sign(text.encode())) for key in keys)
    return SignedNote(text, tuple(signatures))


def parse_note(data: str) -> SignedNote:
    """A signed note. Raises Malformed; signatures of unknown keys stay, unjudged."""
    text, blank, below = data.rpartition("\n\n")
    if not blank or not below.endswith("\n"):
        raise Malformed("a note is text, an empty line and signature lines")
    text += "\n"
    _check_text(text)
    lines = below[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise Malformed("too many signatures")
    return SignedNote(text, tuple(parse_signature(line) for line in lines))


def parse_signature(line: str) -> Signature:
    """One signature line, without its newline. Raises Malformed."""
    if not line.startswith(_DASH):
        raise Malformed("a signature line begins with an em dash and a space")
    name, _, encoded = line[len(_DASH) :].partition(" ")
    require_name(name)
    raw = unbase64(encoded)
    if len(raw) < 5:
        raise Malformed("a signature holds a key ID and more")
    return Signature(name, raw[:4], raw[4:])


def is_signed_by(note: SignedNote, key: VerifierKey) -> bool:
    """Whether the note bears this key's signature (type 0x01) and every line under its name and ID verifies."""
    own = [signature for signature in note.signatures if signature.is_of(key)]
    return bool(own) and all(key.accepts(note.text.encode(), signature.raw) for signature in own)


def require_name(name: str) -> None:
    """Raise Malformed unless it can name a key: not empty, no space, no plus, no control character."""
    if not _NAME.fullmatch(name) or any(ord(char) < 0x20 for char in name):
        raise Malformed("a key name is not empty and holds neither spaces nor a plus")


def unbase64(text: str) -> bytes:
    """RFC 4648 section 4, in its one proper spelling. Raises Malformed."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("not base64") from error
    if base64.b64encode(raw).decode() != text:
        raise Malformed("base64 with stray bits")
    return raw


def _check_text(text: str) -> None:
    if not text.endswith("\n") or _CONTROL.search(text):
        raise Malformed("a note's text ends in a newline and holds no control characters")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Malformed("a note is valid UTF-8") from error
