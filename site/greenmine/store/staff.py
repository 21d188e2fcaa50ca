"""The people of the desk: their roles and regions, and what proves who they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, delete, func, insert, select, update

from greenmine.domain.department import Department
from greenmine.domain.errors import Conflict, NotFound
from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.domain.officer import Officer, Role
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.tables_case import staff_department
from greenmine.store.tables_private import staff, staff_device, staff_recovery, staff_region


@dataclass(frozen=True)
class StaffRow:
    """One person of the desk. ``version`` grows with each change of role, regions, departments or standing.

    :param departments: whose cases the person handles; empty for those of every department
    """

    id: int
    login: str
    name: str
    role: Role
    regions: frozenset[str]
    active: bool
    has_password: bool
    has_totp: bool
    created_at: datetime
    version: int
    departments: frozenset[Department] = frozenset()

    @property
    def officer(self) -> Officer:
        """As the rules know the person."""
        return Officer(self.id, self.role, self.regions, self.departments)


@dataclass(frozen=True)
class Proof:
    """What proves who a person is: the password's hash and the sealed secret of the codes."""

    staff: int
    active: bool
    password_hash: str | None
    totp_secret: bytes | None
    totp_counter: int


def add_staff(tx: Tx, *, login: str, name: str, role: Role, regions: Iterable[str], at: datetime) -> int:
    """Enter a person and return the id. Raises Conflict when the login is taken."""
    if tx.execute(select(staff.c.id).where(staff.c.login == login)).first() is not None:
        raise Conflict("staff.login_taken", N_("登录名 %(login)s 已有人使用。"), field="login", login=login)
    values = {"login": login, "name": name, "role": role, "created_at": utc_text(at)}
    number = int(tx.execute(insert(staff).values(values).returning(staff.c.id)).scalar_one())
    _put_regions(tx, number, regions)
    return number


def get_staff(tx: Tx, number: int) -> StaffRow:
    """The person. Raises NotFound."""
    row = tx.execute(select(staff).where(staff.c.id == number)).first()
    if row is None:
        raise NotFound("staff.unknown", N_("没有这名工作人员。"))
    return _row(row, _regions_of(tx, number), _departments_of(tx, number))


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


def all_staff(tx: Tx) -> tuple[StaffRow, ...]:
    """Everybody, by login; three statements however many there are."""
    regions: dict[int, set[str]] = {}
    departments: dict[int, set[Department]] = {}
    for row in tx.execute(select(staff_region)):
        regions.setdefault(row.staff, set()).add(row.region)
    for row in tx.execute(select(staff_department)):
        departments.setdefault(row.staff, set()).add(Department(row.department))
    people = tx.execute(select(staff).order_by(staff.c.login))
    return tuple(
        _row(row, frozenset(regions.get(row.id, ())), frozenset(departments.get(row.id, ()))) for row in people
    )


def active_with_role(tx: Tx, role: Role) -> int:
    """How many people of this role may sign in."""
    query = select(func.count()).select_from(staff).where(staff.c.role == role, staff.c.active)
    return int(tx.execute(query).scalar_one())


def change_staff(
    tx: Tx, number: int, *, role: Role, regions: Iterable[str], active: bool, seen_version: int | None = None
) -> None:
    """Write role, regions and standing. Raises Conflict when the person was changed since ``seen_version``."""
    where = staff.c.id == number
    if seen_version is not None:
        where = where & (staff.c.version == seen_version)
    done = tx.execute(update(staff).where(where).values(role=role, active=active, version=staff.c.version + 1))
    if done.rowcount != 1:
        raise Conflict("staff.changed_since", N_("此人的岗位或辖区刚被他人改动，请查看最新情况后再办理。"))
    tx.execute(delete(staff_region).where(staff_region.c.staff == number))
    _put_regions(tx, number, regions)


def put_departments(tx: Tx, number: int, departments: Iterable[Department]) -> None:
    """Say whose cases the person handles; none named: those of every department of the region."""
    tx.execute(delete(staff_department).where(staff_department.c.staff == number))
    for department in sorted(set(departments)):
        tx.execute(insert(staff_department).values(staff=number, department=department))
    tx.execute(update(staff).where(staff.c.id == number).values(version=staff.c.version + 1))


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


def _put_regions(tx: Tx, number: int, regions: Iterable[str]) -> None:
    tx.execute(insert(staff_region), [{"staff": number, "region": code} for code in sorted(set(regions))])


def _regions_of(tx: Tx, number: int) -> frozenset[str]:
    return frozenset(tx.execute(select(staff_region.c.region).where(staff_region.c.staff == number)).scalars())


def _departments_of(tx: Tx, number: int) -> frozenset[Department]:
    query = select(staff_department.c.department).where(staff_department.c.staff == number)
    return frozenset(Department(name) for name in tx.execute(query).scalars())


def _proof(row: Row[tuple[object, ...]]) -> Proof:
    sealed = None if row.totp_secret is None else bytes(row.totp_secret)
    return Proof(row.id, row.active, row.password_hash, sealed, row.totp_counter)


def _row(row: Row[tuple[object, ...]], regions: frozenset[str], departments: frozenset[Department]) -> StaffRow:
    return StaffRow(
        id=row.id,
        login=row.login,
        name=row.name,
        role=Role(row.role),
        regions=regions,
        active=row.active,
        has_password=row.password_hash is not None,
        has_totp=row.totp_secret is not None,
        created_at=from_utc_text(row.created_at),
        version=row.version,
        departments=departments,
    )
