"""Number and code: the only way in for whoever brought a case. Made here, checked here.

A code has 16 random digits (53 bits) and is kept only as scrypt with a salt of its own (ASVS 6.5.2). An unknown number
costs and says the same as a wrong code: it is tried against a salt made from the number itself. The scrypt runs between
two short transactions, never inside one: a twentieth of a second must not hold the one writer of the database.
Sources: trust.md 14, 15; OWASP ASVS 5.0 6.5.2, 11.2.4, 11.5.1.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from greenmine.domain.case import CaseKind
from greenmine.domain.case_number import CODE_DIGITS, NUMBER_DIGITS, make_number
from greenmine.store.case_access import Access, find_access
from greenmine.store.case_guess import count_wrong_guess, forget_guesses, has_guesses, slowed_for
from greenmine.store.database import Database, Tx
from greenmine.store.keyed_hash import keyed_hash
from greenmine.store.sealed import MasterKey

Below = Callable[[int], int]
"""A random whole number from 0 up to, not including, the bound."""

_SALT: Final = 16
_HASH: Final = 32
_COST: Final = {"n": 2**14, "r": 8, "p": 1}
"""16 MiB and about a twentieth of a second each."""

_FAKE_SALT: Final = "case access salt"
_FAKE_HASH: Final = "case access hash"


def new_code(*, below: Below = secrets.randbelow) -> str:
    """Sixteen random digits; shown once, in fours (domain/case_number.py ``show_code``)."""
    return f"{below(10**CODE_DIGITS):0{CODE_DIGITS}}"


def new_case_number(kind: CaseKind, *, below: Below = secrets.randbelow) -> str:
    """A random number for a case. Ten thousand million of them: whoever keeps it tries again on the rare double."""
    return make_number(kind, below(10**NUMBER_DIGITS))


def hash_code(code: str, salt: bytes) -> bytes:
    """What is kept of a code: scrypt, 32 bytes."""
    return hashlib.scrypt(code.encode(), salt=salt, dklen=_HASH, **_COST)


def new_access(number: str, code: str) -> Access:
    """What opens the case later, with a fresh salt. Costs a scrypt: call it before the transaction begins."""
    salt = secrets.token_bytes(_SALT)
    return Access(number=number, salt=salt, code_hash=hash_code(code, salt))


def find_case_by_code(database: Database, *, number: str, code: str, at: datetime, master: MasterKey) -> str | None:
    """The case this number and code open, or None: one answer for unknown number and wrong code, at one cost.

    The right code is always taken, however many wrong ones came before; wrong ones are counted by number.

    :param number: as ``read_number`` returns it; :param code: as ``read_code`` returns it
    """
    with database.read() as tx:
        found = find_access(tx, number)
        counted = has_guesses(tx, number, master=master)
    salt, wanted = _to_try(found[0] if found else None, number, master)
    is_right = hmac.compare_digest(hash_code(code, salt), wanted)
    if found is None or not is_right:
        with database.write() as tx:
            count_wrong_guess(tx, number, at=at, master=master)
        return None
    if counted:
        with database.write() as tx:
            forget_guesses(tx, number, master=master)
    return found[1]


def is_slowed(tx: Tx, number: str, *, at: datetime, master: MasterKey) -> timedelta:
    """How long guesses at this number are still slowed (nothing: they are not), known or unknown alike.

    While they are, the door asks a question before it tries a code (web/abuse.py, ``asked=True``).
    """
    return slowed_for(tx, number, at=at, master=master)


def _to_try(access: Access | None, number: str, master: MasterKey) -> tuple[bytes, bytes]:
    """Salt and hash to try a code against. Both fakes are always made, so that making them tells nothing."""
    salt = keyed_hash(master, number.encode(), purpose=_FAKE_SALT)[:_SALT]
    wanted = keyed_hash(master, number.encode(), purpose=_FAKE_HASH)
    return (salt, wanted) if access is None else (access.salt, access.code_hash)
