"""An empty site whose clock a test sets: what readers see is told from dates, so dates must be ours to choose."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tests.migrated import lay
from tests.one_app import app_for, services_for
from tests.reference_data import CONTENT, reference
from tests.web.register import NOW
from tests.web.strict_client import StrictClient, words

from greenmine.config import Settings
from greenmine.services import Services


class HandClock:
    """A clock that stands where a test puts it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Site:
    """The application over one database, its clock, and a client that checks every page."""

    services: Services
    clock: HandClock
    client: StrictClient


def open_site(folder: Path) -> Site:
    settings = Settings.from_environment(
        {
            "GREENMINE_DATA_DIR": str(folder),
            "GREENMINE_SEARCH_INDEX": str(folder / "search_index"),
            "GREENMINE_CONTENT_DIR": str(CONTENT),
        }
    )
    settings = replace(settings, rate_pages="100000 per minute", rate_exports="100000 per minute")
    clock = HandClock()
    lay(settings)
    services = replace(services_for(settings, clock=clock), reference=reference())
    return Site(services, clock, StrictClient(app_for(services)))


def text_of(site: Site, path: str) -> str:
    return words(site.client.get(path).page.find("./body"))
