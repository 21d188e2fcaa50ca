"""Signing in and out of the desk: password, then code; who is signed in on this request.

A password is hashed between two short transactions, never inside one: 32 MiB of Argon2 must not hold the
one writer of the database. The attempt is counted as failed in the first, before it is tried.
Sources: OWASP ASVS 5.0 6.3.1, 6.3.3, 6.3.8, 6.5.1, 7.2.4, 7.3, 7.4; trust.md threats 12, 13, 15.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from greenmine.domain.errors import BadInput, NotAllowed, NotFound, TooMany
from greenmine.domain.officer import Officer
from greenmine.domain.sign_in import CODES_PER_SESSION, Slowing, Stage
from greenmine.domain.text import N_
from greenmine.store import journal
from greenmine.store.database import Database, Tx
from greenmine.store.sealed import MasterKey
from greenmine.store.staff import (
    HeldSeat,
    StaffRow,
    add_device,
    get_staff,
    knows_device,
    proof_of,
    proof_of_login,
    put_password,
    take_counter,
    take_recovery_code,
)
from greenmine.store.staff_session import (
    Session,
    count_wrong_code,
    end_session,
    find_session,
    forget_attempts,
    last_seat_of,
    move_session,
    new_token,
    open_session,
    start_attempt,
    token_hash,
    touch,
)
from greenmine.usecases.password_hash import PasswordHashes
from greenmine.usecases.second_factor import matching_counter, recovery_code_hash

WRONG: Final = N_("登录名或密码不正确，或者账号不可用。")
"""One sentence for every reason (ASVS 6.3.8)."""

WRONG_CODE: Final = N_("动态码不正确或已经用过，请等下一个动态码出现后再输入。")
WRONG_RECOVERY_CODE: Final = N_("恢复码不正确或已经用过。")


@dataclass(frozen=True)
class Attempt:
    """A password about to be tried: already counted as failed."""

    staff: int | None
    password_hash: str | None
    key: str


@dataclass(frozen=True)
class Entry:
    """What a browser is given after full sign-in: tokens for the session's cookie and the device's."""

    session: str
    device: str


def normal_login(login: str) -> str:
    """A login as it is kept: without spaces around it, case folded. A password is never changed like this."""
    return login.strip().casefold()


def enter_password(
    database: Database,
    *,
    login: str,
    password: str,
    device: str | None,
    hashes: PasswordHashes,
    at: datetime,
) -> str:
    """Try a password; returns the token of a session that waits for the code.

    :param device: token of the device cookie, if any: a browser the person has used before has a count of its
        own, so that strangers who keep failing do not keep the person out
    Raises TooMany (wait), BadInput (one sentence for unknown, wrong and disabled alike).
    """
    with database.write() as tx:
        attempt = _start(tx, login=normal_login(login), device=device, at=at)
    fits = hashes.fits(password, attempt.password_hash)
    renewed = hashes.make(password) if fits and hashes.is_outdated(attempt.password_hash or "") else None
    with database.write() as tx:
        token = _finish(tx, attempt, fits=fits, renewed=renewed, at=at)
    if token is None:
        raise BadInput("sign_in.wrong", WRONG)
    return token


def _start(tx: Tx, *, login: str, device: str | None, at: datetime) -> Attempt:
    proof = proof_of_login(tx, login)
    known = proof is not None and device is not None and knows_device(tx, proof.staff, token_hash=token_hash(device))
    key = f"{login}|{token_hash(device)}" if known and device else login
    refuse_haste(start_attempt(tx, key, slowing=Slowing.PASSWORD, at=at))
    usable = proof is not None and proof.active
    return Attempt(
        staff=proof.staff if proof else None,
        password_hash=proof.password_hash if proof and usable else None,
        key=key,
    )


def _finish(tx: Tx, attempt: Attempt, *, fits: bool, renewed: str | None, at: datetime) -> str | None:
    proof = None if attempt.staff is None else proof_of(tx, attempt.staff)
    unchanged = proof is not None and proof.active and proof.password_hash == attempt.password_hash
    if not fits or proof is None or not unchanged or proof.totp_secret is None:
        journal.note(tx, "staff.password_wrong", at=at, staff=attempt.staff)
        return None
    forget_attempts(tx, attempt.key, slowing=Slowing.PASSWORD)
    if renewed is not None:
        put_password(tx, proof.staff, renewed)
    journal.note(tx, "staff.password_right", at=at, staff=proof.staff)
    return open_session(tx, proof.staff, stage=Stage.CODE, at=at)


def enter_code(database: Database, *, token: str, code: str, master: MasterKey, at: datetime) -> Entry:
    """Try a code of the authenticator; returns new tokens, the old session is over.

    Raises TooMany, BadInput (field ``code``), NotAllowed when the session is not waiting for a code.
    """

    def is_right(tx: Tx, session: Session) -> bool:
        proof = proof_of(tx, session.staff)
        if proof.totp_secret is None:
            return False
        secret = master.unwrap(proof.totp_secret, case=totp_place(session.staff)).decode()
        step = matching_counter(secret, code, at=at)
        return step is not None and take_counter(tx, session.staff, step)

    with database.write() as tx:
        session = _awaiting_code(tx, token, at=at)
        if is_right(tx, session):
            return _enter(tx, session, event="staff.signed_in", at=at)
        _count_wrong(tx, session, at=at)
    raise BadInput("sign_in.code_wrong", WRONG_CODE, field="code")


def enter_recovery_code(database: Database, *, token: str, code: str, at: datetime) -> Entry:
    """Try a recovery code instead; it works once. Raises as :func:`enter_code`."""
    with database.write() as tx:
        session = _awaiting_code(tx, token, at=at)
        if take_recovery_code(tx, session.staff, recovery_code_hash(code), at=at):
            return _enter(tx, session, event="staff.signed_in_by_recovery_code", at=at)
        _count_wrong(tx, session, at=at)
    raise BadInput("sign_in.recovery_code_wrong", WRONG_RECOVERY_CODE, field="code")


@dataclass(frozen=True)
class SignedIn:
    """Somebody at the desk, and the seat this session acts from."""

    person: StaffRow
    held: HeldSeat

    @property
    def officer(self) -> Officer:
        """As the rules know the person."""
        return Officer(self.person.id, self.held.seat)


def staff_signed_in(database: Database, *, token: str, at: datetime) -> SignedIn | None:
    """Who is signed in with this token, and from which seat, as both stand now; None when nobody is.

    Seats are read anew on each request: whoever is moved loses the old county at once (ASVS 8.3.2).
    """
    with database.read() as tx:
        session = find_session(tx, token, at=at)
        person = get_staff(tx, session.staff) if session and session.stage is Stage.SIGNED_IN else None
    held = person.seat(session.seat) if session and person and person.active else None
    if session is None or person is None or held is None:
        return None
    if session.is_stale(at):
        with database.write() as tx:
            touch(tx, session, at=at)
    return SignedIn(person, held)


def officer_signed_in(database: Database, *, token: str, at: datetime) -> Officer | None:
    """As :func:`staff_signed_in`, as the rules know the person."""
    found = staff_signed_in(database, token=token, at=at)
    return None if found is None else found.officer


def change_seat(tx: Tx, *, token: str, seat: int, at: datetime) -> str:
    """Go on from another seat of one's own; returns the session's new token, the old one opens nothing.

    A form that was opened at the seat before does not work any more: an act is signed by the seat it was begun at. The
    session lives no longer for it. Raises NotAllowed (nobody signed in), NotFound (not a seat of this person).
    """
    session = session_at(tx, token=token, stage=Stage.SIGNED_IN, at=at)
    held = get_staff(tx, session.staff).seat(seat)
    if held is None:
        raise NotFound("staff.seat_unknown", N_("没有这个席位，可能刚被撤销。"))
    journal.note(tx, "staff.seat_changed", at=at, staff=session.staff, detail=f"seat={held.seat.signature}")
    return move_session(tx, session, seat=seat, at=at)


def sign_out(tx: Tx, *, token: str, at: datetime) -> None:
    """End the session of this token, whatever its stage; without one nothing happens."""
    session = find_session(tx, token, at=at)
    if session is not None:
        end_session(tx, session, at=at)
        journal.note(tx, "staff.signed_out", at=at, staff=session.staff)


def session_at(tx: Tx, *, token: str, stage: Stage, at: datetime) -> Session:
    """The session of this token at this stage, its person still in office. Raises NotAllowed otherwise."""
    session = find_session(tx, token, at=at)
    if session is None or session.stage is not stage or not proof_of(tx, session.staff).active:
        raise NotAllowed("sign_in.stage", N_("这一步已经过期，请重新登录；开通或重设密码的，请重新打开链接。"))
    return session


def advance(tx: Tx, session: Session, *, to: Stage, at: datetime) -> str:
    """End the session and open its successor: a new token at each stage (ASVS 7.2.4)."""
    end_session(tx, session, at=at)
    return open_stage(tx, session.staff, stage=to, at=at)


def open_stage(tx: Tx, number: int, *, stage: Stage, at: datetime, seat: int | None = None) -> str:
    """Open a session of this person at this stage. Signed in, one acts from ``seat``, or from where one last did."""
    if stage is not Stage.SIGNED_IN:
        return open_session(tx, number, stage=stage, at=at)
    held = [each.id for each in get_staff(tx, number).seats]
    last = last_seat_of(tx, number) if seat is None else seat
    return open_session(tx, number, stage=stage, at=at, seat=last if last in held else next(iter(held), None))


def totp_place(number: int) -> str:
    """To what the sealed secret of a person's codes is bound: moved to another row it cannot be opened."""
    return f"staff/{number}/totp"


def _awaiting_code(tx: Tx, token: str, *, at: datetime) -> Session:
    session = session_at(tx, token=token, stage=Stage.CODE, at=at)
    refuse_haste(start_attempt(tx, str(session.staff), slowing=Slowing.CODE, at=at))
    return session


def _count_wrong(tx: Tx, session: Session, *, at: datetime) -> None:
    count_wrong_code(tx, session)
    journal.note(tx, "staff.code_wrong", at=at, staff=session.staff)
    if session.failures + 1 >= CODES_PER_SESSION:
        end_session(tx, session, at=at)


def _enter(tx: Tx, session: Session, *, event: str, at: datetime) -> Entry:
    forget_attempts(tx, str(session.staff), slowing=Slowing.CODE)
    device = new_token()
    add_device(tx, session.staff, token_hash=token_hash(device), at=at)
    journal.note(tx, event, at=at, staff=session.staff)
    return Entry(session=advance(tx, session, to=Stage.SIGNED_IN, at=at), device=device)


def refuse_haste(wait: timedelta) -> None:
    """Raise TooMany unless there is nothing to wait for."""
    if wait:
        seconds = max(1, -(-wait // timedelta(seconds=1)))
        raise TooMany(
            "sign_in.wait", N_("尝试次数过多，请在%(retry_after)s秒后再试。账号不会因此被锁定。"), retry_after=seconds
        )
