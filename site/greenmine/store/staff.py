"""The people of the desk: the seats they act from, and what proves who they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, delete, func, insert, select, update

from greenmine.domain.department import Department
from greenmine.domain.errors import Conflict, NotFound
from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.domain.officer import Officer
from greenmine.domain.seat import Role, Seat
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.tables_private import staff, staff_device, staff_recovery, staff_seat


@dataclass(frozen=True)
class HeldSeat:
    """A seat somebody holds; a session acts from one of them, by its number."""

    id: int
    seat: Seat


@dataclass(frozen=True)
class StaffRow:
    """One person of the desk. ``version`` grows with each change of seats or standing.

    :param seats: what the person may act from, one at a time, in the order they were given
    """

    id: int
    login: str
    name: str
    seats: tuple[HeldSeat, ...]
    active: bool
    has_password: bool
    has_totp: bool
    created_at: datetime
    version: int

    def seat(self, number: int | None) -> HeldSeat | None:
        """The person's seat of this number; None when it is not theirs (any more)."""
        return next((held for held in self.seats if held.id == number), None)

    def sits_in(self, region: str) -> bool:
        """Whether any of the person's seats stands in this very region."""
        return any(held.seat.scope.partition("/")[0] == region for held in self.seats)

    @property
    def officers(self) -> tuple[Officer, ...]:
        """The person at each of their seats."""
        return tuple(Officer(self.id, held.seat) for held in self.seats)


@dataclass(frozen=True)
class Proof:
    """What proves who a person is: the password's hash and the sealed secret of the codes."""

    staff: int
    active: bool
    password_hash: str | None
    totp_secret: bytes | None
    totp_counter: int


def add_staff(tx: Tx, *, login: str, name: str, seats: Iterable[Seat], at: datetime) -> int:
    """Enter a person and return the id. Raises Conflict when the login is taken."""
    if tx.execute(select(staff.c.id).where(staff.c.login == login)).first() is not None:
        raise Conflict("staff.login_taken", N_("登录名 %(login)s 已有人使用。"), field="login", login=login)
    values = {"login": login, "name": name, "created_at": utc_text(at)}
    number = int(tx.execute(insert(staff).values(values).returning(staff.c.id)).scalar_one())
    for seat in seats:
        tx.execute(insert(staff_seat).values(staff=number, **_seat_values(seat)))
    return number


def get_staff(tx: Tx, number: int) -> StaffRow:
    """The person. Raises NotFound."""
    row = tx.execute(select(staff).where(staff.c.id == number)).first()
    if row is None:
        raise NotFound("staff.unknown", N_("没有这名工作人员。"))
    seats = tx.execute(select(staff_seat).where(staff_seat.c.staff == number).order_by(staff_seat.c.id))
    return _row(row, tuple(map(_held, seats)))


def staff_by_login(tx: Tx, login: str) -> StaffRow:
    """The person with this login. Raises NotFound."""
    number = tx.execute(select(staff.c.id).where(staff.c.login == login)).scalar_one_or_none()
    if number is None:
        raise NotFound("staff.login_unknown", N_("没有登录名为 %(login)s 的工作人员。"), login=login)
    return get_staff(tx, number)


def find_staff_by_login(tx: Tx, login: str) -> StaffRow | None:
    """The person with this login, or None."""
    number = tx.execute(select(staff.c.id).where(staff.c.login == login)).scalar_one_or_none()
    return None if number is None else get_staff(tx, number)


def signatures_of(tx: Tx, number: int) -> frozenset[str]:
    """How acts are signed that the person does from any of their seats; empty for nobody entered."""
    query = select(staff_seat.c.role, staff_seat.c.scope).where(staff_seat.c.staff == number)
    return frozenset(f"{row.role}@{row.scope}" for row in tx.execute(query))


def all_staff(tx: Tx) -> tuple[StaffRow, ...]:
    """Everybody, by login; two statements however many there are."""
    seats: dict[int, list[HeldSeat]] = {}
    for row in tx.execute(select(staff_seat).order_by(staff_seat.c.id)):
        seats.setdefault(row.staff, []).append(_held(row))
    people = tx.execute(select(staff).order_by(staff.c.login))
    return tuple(_row(row, tuple(seats.get(row.id, ()))) for row in people)


def active_with_role(tx: Tx, role: Role) -> int:
    """How many people with a seat of this role may sign in."""
    holders = select(staff_seat.c.staff).where(staff_seat.c.role == role)
    query = select(func.count()).select_from(staff).where(staff.c.id.in_(holders), staff.c.active)
    return int(tx.execute(query).scalar_one())


def put_seats(tx: Tx, person: StaffRow, seats: Iterable[Seat], *, seen_version: int | None = None) -> None:
    """Let these be the person's seats; one that stays keeps its number, and with it the sessions that act from it.

    Raises Conflict when the person was changed since ``seen_version``.
    """
    _touch(tx, person.id, seen_version=seen_version)
    wanted = {seat.signature: seat for seat in seats}
    for held in person.seats:
        kept = wanted.pop(held.seat.signature, None)
        same = staff_seat.c.id == held.id
        if kept is None:
            tx.execute(delete(staff_seat).where(same))
        else:
            tx.execute(update(staff_seat).where(same).values(_seat_values(kept)))
    for seat in wanted.values():
        tx.execute(insert(staff_seat).values(staff=person.id, **_seat_values(seat)))


def put_standing(tx: Tx, number: int, *, active: bool) -> None:
    """Say whether the person may sign in."""
    _touch(tx, number)
    tx.execute(update(staff).where(staff.c.id == number).values(active=active))


def proof_of_login(tx: Tx, login: str) -> Proof | None:
    """What proves the person with this login, or None for an unknown one."""
    row = tx.execute(select(staff).where(staff.c.login == login)).first()
    return None if row is None else _proof(row)


def proof_of(tx: Tx, number: int) -> Proof:
    """What proves this person."""
    return _proof(tx.execute(select(staff).where(staff.c.id == number)).one())


def put_password(tx: Tx, number: int, password_hash: str) -> None:
    """Keep the hash of a new password."""
    tx.execute(update(staff).where(staff.c.id == number).values(password_hash=password_hash))


def put_totp(tx: Tx, number: int, *, sealed: bytes, counter: int) -> None:
    """Keep the sealed secret of the codes; ``counter`` is the step of the code that confirmed it."""
    tx.execute(update(staff).where(staff.c.id == number).values(totp_secret=sealed, totp_counter=counter))


def forget_proofs(tx: Tx, number: int) -> None:
    """Forget password, authenticator and recovery codes: the account is to be opened anew."""
    nothing = {staff.c.password_hash: None, staff.c.totp_secret: None, staff.c.totp_counter: 0}
    tx.execute(update(staff).where(staff.c.id == number).values(nothing))
    tx.execute(delete(staff_recovery).where(staff_recovery.c.staff == number))
    forget_devices(tx, number)


def take_counter(tx: Tx, number: int, counter: int) -> bool:
    """Use up a code's step: True once, False for this and every earlier step from then on (ASVS 6.5.1)."""
    newer = update(staff).where(staff.c.id == number, staff.c.totp_counter < counter)
    return tx.execute(newer.values(totp_counter=counter)).rowcount == 1


def put_recovery_codes(tx: Tx, number: int, code_hashes: Iterable[str]) -> None:
    """Replace the person's recovery codes."""
    tx.execute(delete(staff_recovery).where(staff_recovery.c.staff == number))
    tx.execute(insert(staff_recovery), [{"code_hash": code, "staff": number} for code in code_hashes])


def take_recovery_code(tx: Tx, number: int, code_hash: str, *, at: datetime) -> bool:
    """Use up a recovery code: True once."""
    unused = update(staff_recovery).where(
        staff_recovery.c.staff == number, staff_recovery.c.code_hash == code_hash, staff_recovery.c.used_at.is_(None)
    )
    return tx.execute(unused.values(used_at=utc_text(at))).rowcount == 1


def recovery_codes_left(tx: Tx, number: int) -> int:
    """How many recovery codes are unused."""
    query = select(func.count()).where(staff_recovery.c.staff == number, staff_recovery.c.used_at.is_(None))
    return int(tx.execute(query).scalar_one())


def add_device(tx: Tx, number: int, *, token_hash: str, at: datetime) -> None:
    """Remember a browser in which the person has signed in fully."""
    tx.execute(insert(staff_device).values(token_hash=token_hash, staff=number, since=utc_text(at)))


def knows_device(tx: Tx, number: int, *, token_hash: str) -> bool:
    """Whether the person has signed in fully in this browser before."""
    query = select(staff_device.c.staff).where(staff_device.c.token_hash == token_hash, staff_device.c.staff == number)
    return tx.execute(query).first() is not None


def forget_devices(tx: Tx, number: int) -> None:
    """Forget every browser of the person."""
    tx.execute(delete(staff_device).where(staff_device.c.staff == number))


def _touch(tx: Tx, number: int, *, seen_version: int | None = None) -> None:
    where = staff.c.id == number
    if seen_version is not None:
        where = where & (staff.c.version == seen_version)
    if tx.execute(update(staff).where(where).values(version=staff.c.version + 1)).rowcount != 1:
        raise Conflict("staff.changed_since", N_("此人的席位刚被他人改动，请查看最新情况后再办理。"))


def _seat_values(seat: Seat) -> dict[str, str]:
    """``departments`` are their codes in order, between commas."""
    return {"role": seat.role, "scope": seat.scope, "departments": ",".join(sorted(seat.departments))}


def _held(row: Row[tuple[object, ...]]) -> HeldSeat:
    named = frozenset(Department(code) for code in row.departments.split(",") if code)
    return HeldSeat(row.id, Seat(Role(row.role), row.scope, named))


def _proof(row: Row[tuple[object, ...]]) -> Proof:
    sealed = None if row.totp_secret is None else bytes(row.totp_secret)
    return Proof(row.id, row.active, row.password_hash, sealed, row.totp_counter)


def _row(row: Row[tuple[object, ...]], seats: tuple[HeldSeat, ...]) -> StaffRow:
    return StaffRow(
        id=row.id,
        login=row.login,
        name=row.name,
        seats=seats,
        active=row.active,
        has_password=row.password_hash is not None,
        has_totp=row.totp_secret is not None,
        created_at=from_utc_text(row.created_at),
        version=row.version,
    )
