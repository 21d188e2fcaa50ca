"""Sessions of the desk and one-time links, both by the hash of a random token; and counts of failures.

::

    token = 32 random bytes, base64url (43 characters): only the person's browser, or the link, holds it
    row   = SHA-256(token), hexadecimal: what is read out of the database opens nothing (ASVS 6.5.2, 11.5.1)
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Update, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.domain.sign_in import FORGOTTEN_AFTER, IDLE, LIVES, Purpose, Slowing, Stage, wait_after
from greenmine.store.database import Tx
from greenmine.store.tables_private import staff_attempt, staff_link, staff_session

_TOKEN_BYTES: Final = 32
_KEPT: Final = timedelta(days=30)
_TOUCHED_EVERY: Final = timedelta(seconds=60)


@dataclass(frozen=True)
class Session:
    """A session that has not ended.

    :param seat: number of the seat it acts from; None until somebody is signed in
    """

    token_hash: str
    staff: int
    seat: int | None
    stage: Stage
    seen_at: datetime
    failures: int
    totp_pending: bytes | None

    def is_stale(self, at: datetime) -> bool:
        """Whether it is time to write down that it is still in use: not on each request."""
        return at - self.seen_at >= _TOUCHED_EVERY


@dataclass(frozen=True)
class Link:
    """A one-time link that has neither been used nor run out."""

    token_hash: str
    staff: int
    purpose: Purpose
    expires_at: datetime


def new_token() -> str:
    """256 random bits for a cookie or a link."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> str:
    """How a token is kept."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def open_session(tx: Tx, number: int, *, stage: Stage, at: datetime, seat: int | None = None) -> str:
    """Start a session of this person, acting from a seat of theirs, and return its token; sessions long over are
    swept."""
    token = new_token()
    now = utc_text(at)
    tx.execute(
        insert(staff_session).values(
            token_hash=token_hash(token),
            staff=number,
            seat=seat,
            stage=stage,
            started_at=now,
            seen_at=now,
            expires_at=utc_text(at + LIVES[stage]),
        )
    )
    tx.execute(delete(staff_session).where(staff_session.c.expires_at < utc_text(at - _KEPT)))
    return token


def find_session(tx: Tx, token: str, *, at: datetime) -> Session | None:
    """The session of this token, None when it has ended, run out or lain idle."""
    row = tx.execute(
        select(staff_session).where(
            staff_session.c.token_hash == token_hash(token),
            staff_session.c.ended_at.is_(None),
            staff_session.c.expires_at > utc_text(at),
            staff_session.c.seen_at > utc_text(at - IDLE),
        )
    ).first()
    if row is None:
        return None
    pending = None if row.totp_pending is None else bytes(row.totp_pending)
    seen = from_utc_text(row.seen_at)
    return Session(row.token_hash, row.staff, row.seat, Stage(row.stage), seen, row.failures, pending)


def touch(tx: Tx, session: Session, *, at: datetime) -> None:
    """Note that the session is in use."""
    tx.execute(_one(session).values(seen_at=utc_text(at)))


def move_session(tx: Tx, session: Session, *, seat: int, at: datetime) -> str:
    """Let the session act from another seat, under a new token, which is returned; it ends when it would have ended."""
    token = new_token()
    tx.execute(_one(session).values(token_hash=token_hash(token), seat=seat, seen_at=utc_text(at)))
    return token


def end_session(tx: Tx, session: Session, *, at: datetime) -> None:
    """End it; its token opens nothing from now on."""
    tx.execute(_one(session).values(ended_at=utc_text(at), totp_pending=None))


def end_sessions_of(tx: Tx, number: int, *, at: datetime) -> int:
    """End every session of this person at once (ASVS 7.4.2); returns how many there were."""
    own = update(staff_session).where(staff_session.c.staff == number, staff_session.c.ended_at.is_(None))
    return tx.execute(own.values(ended_at=utc_text(at), totp_pending=None)).rowcount


def end_sessions_from(tx: Tx, seat: int, *, at: datetime) -> int:
    """End every session that acts from this seat, and let none point at it, so that it can be taken away.

    Returns how many were ended.
    """
    there = staff_session.c.seat == seat
    running = update(staff_session).where(there, staff_session.c.ended_at.is_(None))
    ended = tx.execute(running.values(ended_at=utc_text(at))).rowcount
    tx.execute(update(staff_session).where(there).values(seat=None))
    return ended


def last_seat_of(tx: Tx, number: int) -> int | None:
    """The seat of the session that was used last, whichever began last; None for nobody signed in before."""
    query = select(staff_session.c.seat).where(staff_session.c.staff == number, staff_session.c.seat.is_not(None))
    newest = query.order_by(staff_session.c.seen_at.desc(), staff_session.c.started_at.desc())
    return tx.execute(newest.limit(1)).scalar_one_or_none()


def count_wrong_code(tx: Tx, session: Session) -> None:
    """Count a wrong code against the session."""
    tx.execute(_one(session).values(failures=staff_session.c.failures + 1))


def put_pending_totp(tx: Tx, session: Session, sealed: bytes) -> None:
    """Keep the sealed secret that waits to be confirmed."""
    tx.execute(_one(session).values(totp_pending=sealed))


def issue_link(tx: Tx, number: int, *, purpose: Purpose, at: datetime, lives: timedelta) -> str:
    """Make a one-time link's token; earlier links of this person stop working."""
    revoke_links(tx, number, at=at)
    token = new_token()
    tx.execute(
        insert(staff_link).values(
            token_hash=token_hash(token), staff=number, purpose=purpose, expires_at=utc_text(at + lives)
        )
    )
    return token


def revoke_links(tx: Tx, number: int, *, at: datetime) -> None:
    """Use up every open link of this person."""
    tx.execute(
        update(staff_link)
        .where(staff_link.c.staff == number, staff_link.c.used_at.is_(None))
        .values(used_at=utc_text(at))
    )


def find_link(tx: Tx, token: str, *, at: datetime) -> Link | None:
    """The link, None when it is unknown, used or has run out; looking does not use it up."""
    row = tx.execute(
        select(staff_link).where(
            staff_link.c.token_hash == token_hash(token),
            staff_link.c.used_at.is_(None),
            staff_link.c.expires_at > utc_text(at),
        )
    ).first()
    if row is None:
        return None
    return Link(row.token_hash, row.staff, Purpose(row.purpose), from_utc_text(row.expires_at))


def use_link(tx: Tx, link: Link, *, at: datetime) -> bool:
    """Use it up: True for the first only, however many ask at once."""
    unused = update(staff_link).where(staff_link.c.token_hash == link.token_hash, staff_link.c.used_at.is_(None))
    return tx.execute(unused.values(used_at=utc_text(at))).rowcount == 1


def start_attempt(tx: Tx, key: str, *, slowing: Slowing, at: datetime) -> timedelta:
    """Count an attempt as failed before it is tried, or say how long to wait (then nothing is counted).

    Counted first, so that a hundred attempts at once are a hundred failures and not one.
    """
    hashed = token_hash(f"{slowing}|{key}")
    tx.execute(delete(staff_attempt).where(staff_attempt.c.last_at < utc_text(at - FORGOTTEN_AFTER)))
    _add_attempt_row(tx, hashed, at=at)
    row = tx.execute(select(staff_attempt).where(staff_attempt.c.login_hash == hashed).with_for_update()).one()
    free_again = from_utc_text(row.last_at) + wait_after(row.failures, slowing=slowing)
    if row.failures and at < free_again:
        return free_again - at
    counted = {"failures": row.failures + 1, "last_at": utc_text(at)}
    tx.execute(update(staff_attempt).where(staff_attempt.c.login_hash == hashed).values(counted))
    return timedelta()


def forget_attempts(tx: Tx, key: str, *, slowing: Slowing) -> None:
    """The attempt succeeded: earlier failures no longer count."""
    tx.execute(delete(staff_attempt).where(staff_attempt.c.login_hash == token_hash(f"{slowing}|{key}")))


def _add_attempt_row(tx: Tx, hashed: str, *, at: datetime) -> None:
    values = {"login_hash": hashed, "failures": 0, "last_at": utc_text(at)}
    if tx.dialect.name == "postgresql":
        tx.execute(postgresql.insert(staff_attempt).values(values).on_conflict_do_nothing())
    else:
        tx.execute(sqlite.insert(staff_attempt).values(values).on_conflict_do_nothing())


def _one(session: Session) -> Update:
    return update(staff_session).where(staff_session.c.token_hash == session.token_hash)
