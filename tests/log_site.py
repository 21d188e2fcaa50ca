"""A served site whose log has begun: real acts, real heads, and what an outsider downloads of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from flask import Flask
from tests.desk import mine_act
from tests.migrated import lay, lay_filled
from tests.one_app import app_for, services_for
from tests.reference_data import CONTENT, reference
from tests.web.clock_site import HandClock
from tests.web.register import Register, build
from tests.web.strict_client import StrictClient

from greenmine.config import Settings
from greenmine.services import Services
from greenmine.store.apply import apply
from greenmine.usecases.log import begin_log

ORIGIN = "demo.greenmine.invalid/log"


@dataclass
class LogSite:
    """The application over one database with a log, its clock, and a client that checks every page."""

    app: Flask
    services: Services
    clock: HandClock
    client: StrictClient
    register: Register | None

    def record(self, *numbers: int, at: datetime | None = None) -> None:
        """Acts of one transaction: one head."""
        with self.services.database.write() as tx:
            for number in numbers:
                apply(tx, mine_act(number), at=at or self.clock.now)

    def fetch(self, path: str, *, status: int = 200) -> bytes:
        """The bytes at an address, as a plain program reads them."""
        answer = self.client.browser.get(path, base_url=self.client.site_url, buffered=True)
        assert answer.status_code == status, f"{path}: {answer.status}"
        return answer.data

    def hide_keys(self) -> None:
        """Take the signing keys away: heads stay unsigned."""
        for path in self.services.log_keys.folder.glob("*.seed"):
            path.rename(path.with_suffix(".hidden"))

    def show_keys(self) -> None:
        """Bring them back."""
        for path in self.services.log_keys.folder.glob("*.hidden"):
            path.rename(path.with_suffix(".seed"))


@contextmanager
def log_site(folder: Path, *, begun: bool = True, filled: bool = False) -> Iterator[LogSite]:
    """A site whose log has begun, with the register of tests/web/register.py in it or empty."""
    settings = Settings.from_environment(
        {
            "GREENMINE_DATA_DIR": str(folder),
            "GREENMINE_SEARCH_INDEX": str(folder / "search_index"),
            "GREENMINE_CONTENT_DIR": str(CONTENT),
        }
    )
    settings = replace(settings, rate_pages="100000 per minute", rate_exports="100000 per minute")
    clock = HandClock()
    register: Register | None = None
    if filled:
        register = lay_filled(settings, build)
    else:
        lay(settings)
    services = replace(services_for(settings, clock=clock), reference=reference())
    if begun:
        with services.database.write() as tx:
            begin_log(tx, origin=ORIGIN, keys=services.log_keys, at=clock.now)
    app = app_for(services)
    try:
        yield LogSite(app, services, clock, StrictClient(app), register)
    finally:
        services.database.close()
