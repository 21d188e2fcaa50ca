"""Sites in which somebody has walked already, to the check page or to the receipt: once for a process, then copied.

Every site of tests/web/complaint_site.py has the keys of :func:`keys`, so that a database and a browser's cookies that
were made in one of them are good in another.
"""

import atexit
import functools
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.migrated import become
from tests.one_app import CONTENT, services_for
from werkzeug.test import Cookie

from greenmine.config import Settings, ensure_secret_key

if TYPE_CHECKING:
    from tests.web.complaint_site import ComplaintSite, Person


@dataclass(frozen=True)
class Walked:
    """What a walk left behind.

    :param database: the file, closed
    :param cookies: of the person's browser
    :param now: where the clock stood at its end
    :param receipt: number and code, when it went that far
    """

    database: Path
    cookies: tuple[Cookie, ...]
    now: datetime
    receipt: tuple[str, str] | None


def take(person: "Person", walked: Walked) -> None:
    """Make the person's site, which nobody has used yet, the one in which the walk has been walked."""
    database = person.site.services.database
    path = Path(str(database.engine.url.database))
    journal = Path(f"{path}-wal")
    assert not person.site.taken, "two persons would have one draft"
    assert not journal.exists() or not journal.stat().st_size, "what was done in this site before would be lost"
    person.site.taken = True
    become(database, walked.database)
    person.site.hand.now = walked.now
    for cookie in walked.cookies:
        person.browser.set_cookie(cookie.key, cookie.value, domain=cookie.domain, path=cookie.path)


@functools.cache
def keys() -> Path:
    """The keys of a site, made as a first start makes them; to be copied only."""
    settings = _scratch()
    ensure_secret_key(settings)
    services_for(settings).database.close()
    return settings.data_dir / "keys"


@functools.cache
def walked(
    site_of: Callable[[Settings], "ComplaintSite"], walk: Callable[["Person"], tuple[str, str] | None]
) -> Walked:
    """What is left when somebody has walked in a new site.

    :param site_of: makes the site
    :param walk: the walk; the receipt, if it comes to one
    """
    site = site_of(_scratch())
    person = site.person()
    receipt = walk(person)
    site.services.database.checkpoint()
    site.services.database.close()
    path = Path(str(site.services.database.engine.url.database))
    return Walked(path, tuple(person.cookies().values()), site.hand.now, receipt)


def _scratch() -> Settings:
    folder = Path(tempfile.mkdtemp(prefix="greenmine-walked-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Settings.from_environment(
        {
            "GREENMINE_DATA_DIR": str(folder),
            "GREENMINE_SEARCH_INDEX": str(folder / "search_index"),
            "GREENMINE_CONTENT_DIR": str(CONTENT),
        }
    )
