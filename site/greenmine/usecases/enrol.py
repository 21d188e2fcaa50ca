"""Opening an account by a one-time link: password, authenticator, recovery codes; and changing them later.

Sources: OWASP ASVS 5.0 6.2, 6.3.2 (no account comes with a password), 6.3.3, 6.4.1, 7.4.2.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from greenmine.domain.errors import BadInput, Gone
from greenmine.domain.password import check_password
from greenmine.domain.sign_in import Purpose, Slowing, Stage
from greenmine.domain.text import N_
from greenmine.store import journal
from greenmine.store.database import Database, Tx
from greenmine.store.sealed import MasterKey
from greenmine.store.staff import (
    forget_devices,
    forget_proofs,
    get_staff,
    proof_of,
    put_password,
    put_recovery_codes,
    put_totp,
)
from greenmine.store.staff_session import (
    Link,
    end_sessions_of,
    find_link,
    forget_attempts,
    put_pending_totp,
    revoke_links,
    start_attempt,
    use_link,
)
from greenmine.usecases.password_hash import PasswordHashes
from greenmine.usecases.second_factor import (
    enrolment_address,
    matching_counter,
    new_recovery_codes,
    new_secret,
    recovery_code_hash,
)
from greenmine.usecases.sign_in import advance, open_stage, refuse_haste, session_at, totp_place

_FIRST_STAGES: Final = {
    Purpose.ENROL: Stage.ENROL_PASSWORD,
    Purpose.PASSWORD: Stage.ENROL_PASSWORD,
    Purpose.DEMO: Stage.SIGNED_IN,
}


@dataclass(frozen=True)
class Authenticator:
    """What a person types or scans into the authenticator program."""

    secret: str
    address: str


def look_at_link(tx: Tx, *, token: str, is_demo: bool, at: datetime) -> Link:
    """The link, not used up by looking. Raises Gone when it is unknown, used, run out, or of the demonstration."""
    link = find_link(tx, token, at=at)
    allowed = link is not None and (is_demo or link.purpose is not Purpose.DEMO)
    if link is None or not allowed or not get_staff(tx, link.staff).active:
        raise Gone("link.over", N_("这个链接已经用过、已经过期或不存在。请向管理员索取新的链接。"))
    return link


def follow_link(tx: Tx, *, token: str, is_demo: bool, at: datetime) -> tuple[str, Stage]:
    """Use the link up; returns the token of the session it opens and its stage. Raises Gone.

    A link that opens an account first closes what was: password, authenticator, recovery codes, sessions.
    """
    link = look_at_link(tx, token=token, is_demo=is_demo, at=at)
    if not use_link(tx, link, at=at):
        raise Gone("link.over", N_("这个链接已经用过、已经过期或不存在。请向管理员索取新的链接。"))
    stage = _FIRST_STAGES[link.purpose]
    if link.purpose is Purpose.ENROL:
        forget_proofs(tx, link.staff)
        end_sessions_of(tx, link.staff, at=at)
    journal.note(tx, "staff.link_used", at=at, staff=link.staff, detail=f"purpose={link.purpose}")
    return open_stage(tx, link.staff, stage=stage, at=at), stage


def set_first_password(
    database: Database,
    *,
    token: str,
    password: str,
    site_name: str,
    common: Set[str],
    hashes: PasswordHashes,
    master: MasterKey,
    at: datetime,
) -> tuple[str, Stage]:
    """Set the password that a link allows to set; every session of the person ends.

    Returns the next session's token and stage: the code of a known authenticator, or binding one.
    Raises BadInput (field ``password``), NotAllowed.
    """
    with database.read() as tx:
        session = session_at(tx, token=token, stage=Stage.ENROL_PASSWORD, at=at)
        login = get_staff(tx, session.staff).login
    check_password(password, login=login, site_name=site_name, common=common)
    made = hashes.make(password)
    with database.write() as tx:
        session = session_at(tx, token=token, stage=Stage.ENROL_PASSWORD, at=at)
        _put_password(tx, session.staff, made, login=login, at=at)
        if proof_of(tx, session.staff).totp_secret is not None:
            return open_stage(tx, session.staff, stage=Stage.CODE, at=at), Stage.CODE
        return _propose_authenticator(tx, session.staff, master=master, at=at), Stage.ENROL_TOTP


def _propose_authenticator(tx: Tx, staff: int, *, master: MasterKey, at: datetime) -> str:
    """Open the stage that binds an authenticator, with its fresh secret; returns the token."""
    token = open_stage(tx, staff, stage=Stage.ENROL_TOTP, at=at)
    sealed = master.wrap(new_secret().encode(), case=totp_place(staff))
    put_pending_totp(tx, session_at(tx, token=token, stage=Stage.ENROL_TOTP, at=at), sealed)
    return token


def proposed_authenticator(tx: Tx, *, token: str, site_name: str, master: MasterKey, at: datetime) -> Authenticator:
    """The secret to be entered into the authenticator, the same until it is confirmed. Raises NotAllowed."""
    session = session_at(tx, token=token, stage=Stage.ENROL_TOTP, at=at)
    secret = master.unwrap(session.totp_pending, case=totp_place(session.staff)).decode()
    login = get_staff(tx, session.staff).login
    return Authenticator(secret, enrolment_address(secret, login=login, site_name=site_name))


def confirm_authenticator(tx: Tx, *, token: str, code: str, master: MasterKey, at: datetime) -> str:
    """Bind the authenticator whose code this is; returns the token of the next stage.

    The code that confirms is used up. Raises BadInput (field ``code``), NotAllowed.
    """
    session = session_at(tx, token=token, stage=Stage.ENROL_TOTP, at=at)
    secret = master.unwrap(session.totp_pending, case=totp_place(session.staff)).decode()
    step = matching_counter(secret, code, at=at)
    if step is None or session.totp_pending is None:
        raise BadInput(
            "enrol.code_wrong", N_("动态码不正确。请核对手机时间是否准确，再输入当前显示的动态码。"), field="code"
        )
    put_totp(tx, session.staff, sealed=session.totp_pending, counter=step)
    journal.note(tx, "staff.authenticator_bound", at=at, staff=session.staff)
    return advance(tx, session, to=Stage.ENROL_CODES, at=at)


def take_recovery_codes(tx: Tx, *, token: str, at: datetime) -> tuple[str, tuple[str, ...]]:
    """Make the first recovery codes, to be shown once; returns the token of a signed-in session and the codes."""
    session = session_at(tx, token=token, stage=Stage.ENROL_CODES, at=at)
    codes = _renew_codes(tx, session.staff, at=at)
    journal.note(tx, "staff.signed_in", at=at, staff=session.staff)
    return advance(tx, session, to=Stage.SIGNED_IN, at=at), codes


def change_password(
    database: Database,
    *,
    staff: int,
    seat: int,
    current: str,
    password: str,
    site_name: str,
    common: Set[str],
    hashes: PasswordHashes,
    at: datetime,
) -> str:
    """Change the own password; every session of the person ends (ASVS 7.4.2), the token returned opens a new one.

    :param seat: number of the seat from which it is done: another browser may act from another, this one stays
    Raises BadInput (field ``current`` or ``password``), TooMany.
    """
    login = _prove(database, staff, current=current, hashes=hashes, at=at)
    check_password(password, login=login, site_name=site_name, common=common)
    made = hashes.make(password)
    with database.write() as tx:
        _put_password(tx, staff, made, login=login, at=at)
        return open_stage(tx, staff, stage=Stage.SIGNED_IN, at=at, seat=seat)


def renew_recovery_codes(
    database: Database, *, staff: int, current: str, hashes: PasswordHashes, at: datetime
) -> tuple[str, ...]:
    """Replace the recovery codes; the old ones stop working. Raises BadInput (field ``current``), TooMany."""
    _prove(database, staff, current=current, hashes=hashes, at=at)
    with database.write() as tx:
        return _renew_codes(tx, staff, at=at)


def _prove(database: Database, staff: int, *, current: str, hashes: PasswordHashes, at: datetime) -> str:
    """Raise unless this is the person's password; returns the login."""
    key = f"again|{staff}"
    with database.write() as tx:
        refuse_haste(start_attempt(tx, key, slowing=Slowing.PASSWORD, at=at))
        proof = proof_of(tx, staff)
        login = get_staff(tx, staff).login
    if not hashes.fits(current, proof.password_hash):
        raise BadInput("account.password_wrong", N_("当前密码不正确。"), field="current")
    with database.write() as tx:
        forget_attempts(tx, key, slowing=Slowing.PASSWORD)
    return login


def _put_password(tx: Tx, staff: int, made: str, *, login: str, at: datetime) -> None:
    put_password(tx, staff, made)
    forget_attempts(tx, login, slowing=Slowing.PASSWORD)
    forget_devices(tx, staff)
    revoke_links(tx, staff, at=at)
    ended = end_sessions_of(tx, staff, at=at)
    journal.note(tx, "staff.password_set", at=at, staff=staff, detail=f"sessions_ended={ended}")


def _renew_codes(tx: Tx, staff: int, *, at: datetime) -> tuple[str, ...]:
    codes = new_recovery_codes()
    put_recovery_codes(tx, staff, (recovery_code_hash(code) for code in codes))
    journal.note(tx, "staff.recovery_codes_made", at=at, staff=staff)
    return codes
