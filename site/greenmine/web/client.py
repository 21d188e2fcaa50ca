"""Who asks, without knowing who: a mark of the line a request comes from, good for one legal day.

::

    mark = HMAC-SHA256( salt of the legal day, IPv4 address | IPv6 /64 ), 32 hexadecimal digits

The address is kept nowhere, written nowhere and leaves this module only as its mark. ``X-Forwarded-For`` counts only
behind as many proxies as the settings say (security.py). Source: trust.md 1, 4; OWASP ASVS 5.0 4.1.3, 16.2.5.
"""

import hmac
import secrets
import threading
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, cast

from flask import Flask, current_app, request

from greenmine.domain.instant import legal_day
from greenmine.domain.network import network_of
from greenmine.services import Services
from greenmine.store.client_salt import salt_of

CLIENTS: Final = "greenmine.clients"
ASK_AGAIN: Final = timedelta(seconds=30)
"""While the database is away, each process counts under a salt of its own for so long."""


@dataclass(frozen=True)
class Salt:
    """The salt in use, of which day it is, and until when it holds (None: until that day is over)."""

    day: date
    secret: bytes
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it may still be used."""
        return self.day == legal_day(now) and (self.until is None or now < self.until)


@dataclass
class Clients:
    """Makes the marks. One per process; the salt is shared by all processes through the database."""

    services: Services
    _salt: Salt | None = None
    _own: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def mark(self, address: str | None) -> str:
        """The mark of an address today."""
        return hmac.digest(self._today(), network_of(address).encode("utf-8", "replace"), "sha256").hex()[:32]

    def _today(self) -> bytes:
        now, salt = self.services.clock(), self._salt
        if salt is not None and salt.holds(now):
            return salt.secret
        if not self._turn.acquire(blocking=False):
            return self._own  # another request is asking the database: nobody waits for it
        try:
            self._salt = self._asked(now)
            return self._salt.secret
        finally:
            self._turn.release()

    def _asked(self, now: datetime) -> Salt:
        day = legal_day(now)
        found = salt_of(self.services.database, day=day)
        return Salt(day, found) if found is not None else Salt(day, self._own, until=now + ASK_AGAIN)


def init_clients(app: Flask, services: Services) -> None:
    """Hang the marks on the application."""
    app.extensions[CLIENTS] = Clients(services)


def client_mark() -> str:
    """The mark of whoever sent this request: the key of every rate and budget."""
    return cast(Clients, current_app.extensions[CLIENTS]).mark(request.remote_addr)
