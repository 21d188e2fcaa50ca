"""The ways into a case for whoever brought it: number and code, a visit after they were shown, a form sent once."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select

from greenmine.domain.errors import Conflict
from greenmine.domain.instant import utc_text
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.tables_case import case_access, case_visit, sent_form

VISIT: Final = timedelta(minutes=30)
"""How long number and code, once shown, need not be typed again in this browser."""


@dataclass(frozen=True)
class Access:
    """What opens a case. The code itself is kept nowhere (ASVS 6.5.2).

    :param number: case number, random
    :param salt: 16 bytes
    :param code_hash: scrypt of the code with this salt, 32 bytes
    """

    number: str
    salt: bytes
    code_hash: bytes


def add_access(tx: Tx, access: Access, *, case: str) -> None:
    """Give a case its number and code."""
    tx.execute(
        insert(case_access).values(number=access.number, case_file=case, salt=access.salt, code_hash=access.code_hash)
    )


def find_access(tx: Tx, number: str) -> tuple[Access, str] | None:
    """What opens the case with this number, and the case; None for an unknown number."""
    row = tx.execute(select(case_access).where(case_access.c.number == number)).first()
    if row is None:
        return None
    return Access(row.number, bytes(row.salt), bytes(row.code_hash)), row.case_file


def take_form(tx: Tx, key: str, *, case: str, at: datetime) -> None:
    """Use up the form's key. Raises Conflict when the form was sent before (trust.md 20)."""
    if case_of_form(tx, key) is not None:
        raise Conflict("form.sent_before", N_("这份表单已经提交过，没有重复登记。"))
    tx.execute(insert(sent_form).values(key_hash=_digest(key), case_file=case, at=utc_text(at)))


def case_of_form(tx: Tx, key: str) -> str | None:
    """The case a form made when it was sent before."""
    query = select(sent_form.c.case_file).where(sent_form.c.key_hash == _digest(key))
    return tx.execute(query).scalar_one_or_none()


def start_visit(tx: Tx, case: str, *, at: datetime) -> str:
    """Begin a visit after number and code were shown; returns the token for the cookie (256 bits)."""
    tx.execute(delete(case_visit).where(case_visit.c.expires_at <= utc_text(at)))
    token = secrets.token_urlsafe(32)
    values = {"token_hash": _digest(token), "case_file": case, "expires_at": utc_text(at + VISIT)}
    tx.execute(insert(case_visit).values(values))
    return token


def case_of_visit(tx: Tx, token: str, *, at: datetime) -> str | None:
    """The case this visit is to; None when it is over."""
    query = select(case_visit.c.case_file).where(
        case_visit.c.token_hash == _digest(token), case_visit.c.expires_at > utc_text(at)
    )
    return tx.execute(query).scalar_one_or_none()


def end_visit(tx: Tx, token: str) -> None:
    """Leave: the token opens nothing from now on."""
    tx.execute(delete(case_visit).where(case_visit.c.token_hash == _digest(token)))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
