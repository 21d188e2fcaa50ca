"""The second factor: time-based codes (RFC 6238) and one-time recovery codes."""

import hashlib
import secrets
from base64 import b32encode
from datetime import datetime
from hmac import compare_digest
from typing import Final

import pyotp

from greenmine.domain.sign_in import RECOVERY_CODES

STEP: Final = 30
"""Seconds for which a code holds; the one before and the one after are taken too, for clocks that differ."""

_GROUP: Final = 4
_CODE_BYTES: Final = 15
"""120 random bits, 24 characters: from 112 bits up a plain hash keeps a code well (ASVS 6.5.2)."""


def new_secret() -> str:
    """A fresh secret of 160 bits in base 32, as authenticator programs take it."""
    return pyotp.random_base32()


def enrolment_address(secret: str, *, login: str, site_name: str) -> str:
    """The ``otpauth://`` address that a QR code holds."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=site_name)


def matching_counter(secret: str, code: str, *, at: datetime) -> int | None:
    """The step whose code this is, among the present one and its neighbours; None for a wrong code."""
    typed = "".join(code.split())
    now = int(at.timestamp()) // STEP
    codes = pyotp.TOTP(secret)
    matches = [step for step in (now - 1, now, now + 1) if _same(codes.generate_otp(step), typed)]
    return max(matches, default=None)


def new_recovery_codes() -> tuple[str, ...]:
    """Fresh codes to be shown once, in groups of four letters and digits."""
    return tuple(_spaced(b32encode(secrets.token_bytes(_CODE_BYTES)).decode()) for _ in range(RECOVERY_CODES))


def recovery_code_hash(code: str) -> str:
    """How a recovery code is kept; spaces, dashes and case of what is typed do not matter."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def _spaced(text: str) -> str:
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode(), other.encode("utf-8", "replace"))
