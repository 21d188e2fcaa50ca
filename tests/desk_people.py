"""People of the desk for tests: entered, enrolled and signed in through the real use cases, on a real database."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text
from tests.reference_data import shipped_regions

from greenmine.domain.department import Department
from greenmine.domain.errors import GreenmineError
from greenmine.domain.officer import Officer
from greenmine.domain.seat import Role
from greenmine.domain.sign_in import Stage
from greenmine.store.database import Database
from greenmine.store.sealed import MasterKey
from greenmine.store.staff_session import find_session, token_hash
from greenmine.store.tables_private import staff_session
from greenmine.usecases.enrol import (
    confirm_authenticator,
    follow_link,
    proposed_authenticator,
    set_first_password,
    take_recovery_codes,
)
from greenmine.usecases.password_hash import PasswordHashes
from greenmine.usecases.sign_in import Entry, enter_code, enter_password, officer_signed_in
from greenmine.usecases.staff import enter_staff, seats_from

SITE_NAME = "绿色矿山信息公开平台"
PASSWORD = "bai li du juan 花开"
START = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


@dataclass(frozen=True)
class CountingHashes(PasswordHashes):
    """The real Argon2, and what it was asked: the cost that a stranger could measure as time."""

    asked: list[str] = field(default_factory=list)

    def fits(self, password: str, password_hash: str | None) -> bool:
        self.asked.append(password)
        return super().fits(password, password_hash)


def quick_hashes() -> PasswordHashes:
    """The real Argon2 at a low cost, for tests that are not about its cost."""
    return PasswordHashes(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


def code_of(call: Callable[[], object]) -> str:
    """The code of the refusal that a call ends in."""
    with pytest.raises(GreenmineError) as refused:
        call()
    return refused.value.code


@dataclass
class StaffDesk:
    """A desk with a clock that the test sets."""

    database: Database
    master: MasterKey = field(default_factory=lambda: MasterKey(b"m" * 32))
    now: datetime = START
    hashes: PasswordHashes = field(default_factory=quick_hashes)
    common: frozenset[str] = frozenset({"password"})

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def add(
        self,
        login: str = "zhijin-01",
        *,
        role: Role = Role.COUNTY,
        region: str = "520524",
        departments: Iterable[Department] = (),
        by: Officer | None = None,
    ) -> tuple[int, str]:
        """Enter a person; returns id and link token."""
        with self.database.write() as tx:
            return enter_staff(
                tx,
                login=login,
                name="张三",
                seats=seats_from(role, [region], regions=shipped_regions(), departments=departments),
                regions=shipped_regions(),
                by=by,
                at=self.now,
            )

    def follow(self, link: str, *, is_demo: bool = False) -> tuple[str, Stage]:
        with self.database.write() as tx:
            return follow_link(tx, token=link, is_demo=is_demo, at=self.now)

    def set_password(self, token: str, password: str = PASSWORD) -> tuple[str, Stage]:
        return set_first_password(
            self.database,
            token=token,
            password=password,
            site_name=SITE_NAME,
            common=self.common,
            hashes=self.hashes,
            master=self.master,
            at=self.now,
        )

    def bind(self, token: str) -> tuple[str, str]:
        """Bind the authenticator; returns the next token and the secret."""
        with self.database.write() as tx:
            secret = proposed_authenticator(
                tx, token=token, site_name=SITE_NAME, master=self.master, at=self.now
            ).secret
            code = pyotp.TOTP(secret).at(self.now)
            return confirm_authenticator(tx, token=token, code=code, master=self.master, at=self.now), secret

    def enrol(self, link: str, password: str = PASSWORD) -> "Person":
        """Follow a link to its end."""
        token, _ = self.set_password(self.follow(link)[0], password)
        token, secret = self.bind(token)
        with self.database.write() as tx:
            number = find_session(tx, token, at=self.now)
            assert number is not None
            token, codes = take_recovery_codes(tx, token=token, at=self.now)
        return Person(self, number.staff, secret, password, token, codes)

    def person(self, login: str = "zhijin-01", *, role: Role = Role.COUNTY, region: str = "520524") -> "Person":
        """Somebody entered and enrolled; the clock then stands two minutes later."""
        found = self.enrol(self.add(login, role=role, region=region)[1])
        found.login = login
        self.later(minutes=2)
        return found

    def who(self, token: str) -> Officer | None:
        """Whom the gates of the desk would let in with this token now."""
        return officer_signed_in(self.database, token=token, at=self.now)

    def expiry(self, token: str) -> str:
        """When the session of this token ends at the latest."""
        with self.database.read() as tx:
            row = select(staff_session.c.expires_at).where(staff_session.c.token_hash == token_hash(token))
            return str(tx.execute(row).scalar_one())

    def events(self) -> list[str]:
        with self.database.read() as tx:
            return list(tx.execute(text("SELECT event FROM journal ORDER BY n")).scalars())

    @contextmanager
    def journal(self) -> Iterator[str]:
        """Everything the journal says, as one text."""
        with self.database.read() as tx:
            yield repr(tx.execute(text("SELECT * FROM journal ORDER BY n")).all())


@dataclass
class Person:
    """Somebody with a password and an authenticator."""

    desk: StaffDesk
    id: int
    secret: str
    password: str
    session: str
    recovery_codes: tuple[str, ...]
    login: str = "zhijin-01"

    def code(self) -> str:
        return pyotp.TOTP(self.secret).at(self.desk.now)

    def enter_password(self, password: str | None = None, *, device: str | None = None) -> str:
        return enter_password(
            self.desk.database,
            login=self.login,
            password=self.password if password is None else password,
            device=device,
            hashes=self.desk.hashes,
            at=self.desk.now,
        )

    def sign_in(self) -> Entry:
        """Password and the code of the present step."""
        token = self.enter_password()
        return enter_code(self.desk.database, token=token, code=self.code(), master=self.desk.master, at=self.desk.now)
