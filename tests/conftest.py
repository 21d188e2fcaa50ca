"""What every test lives by: no network but loopback, a foreign time zone, no settings from outside, own folders."""

import gc
import ipaddress
import os
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from tests.both_databases import migrated_postgresql, migrated_sqlite  # noqa: F401 - fixtures for every test
from tests.demo_site import demo_services  # noqa: F401 - a fixture for every test
from tests.memory import use_memory
from tests.postgres import PostgresServer, shared_server
from tests.tiers import mark_starts, watch_starts

from greenmine.config import Settings

CHECKOUT = Path(__file__).resolve().parent.parent
CONTENT = CHECKOUT / "content"

LONG_FIRST = {"journeys": 0, "drill": 1, "cli": 2, "store": 3, "web": 4}
"""Rooms whose files take long; the others follow as they are."""

ENDED_WELL = pytest.StashKey[bool]()
"""Whether no test failed."""

TIME_ZONE = "America/New_York"
"""Neither UTC nor Asia/Shanghai: whoever reads the machine's local time by mistake gets another day."""


class OutsideConnection(RuntimeError):
    """A test tried to leave this machine. No OSError: code under test must not take it for a refusal."""


def pytest_configure(config: pytest.Config) -> None:
    """Before any module of the tests is imported."""
    use_memory(ended_well=lambda: config.stash.get(ENDED_WELL, False))
    watch_starts(config)
    os.environ["TZ"] = TIME_ZONE
    time.tzset()
    for name in [name for name in os.environ if name.startswith("GREENMINE_")]:
        del os.environ[name]
    hypothesis_settings.register_profile("house", derandomize=True, deadline=None, database=None)
    hypothesis_settings.load_profile("house")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A failed run leaves its folders to be looked at."""
    session.config.stash[ENDED_WELL] = exitstatus == 0


def pytest_collection_finish() -> None:
    """What stands now stays to the end: the collector of garbage need not look at it again and again."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that no process ends up with one alone; no browser tests without a Chromium but in CI."""
    mark_starts(items)
    items.sort(key=lambda item: LONG_FIRST.get(item.path.relative_to(CHECKOUT / "tests").parts[0], len(LONG_FIRST)))
    if shutil.which("chromium") or os.environ.get("CI"):
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="no chromium here: apt-get install chromium fonts-noto-cjk"))


@pytest.fixture(scope="session", autouse=True)
def _closed_network() -> Iterator[None]:
    """Python's sockets reach loopback and Unix sockets only."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    patch.setattr(socket, "getaddrinfo", _guarded_lookup(socket.getaddrinfo))
    yield
    patch.undo()


def _guarded(call: Any) -> Any:
    def connect(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX and not _is_loopback(address[0]):
            raise OutsideConnection(f"a test may not connect to {address!r}")
        return call(self, address)

    return connect


def _guarded_lookup(call: Any) -> Any:
    def getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
        if not _is_loopback(host):
            raise OutsideConnection(f"a test may not look up {host!r}")
        return call(host, *arguments, **named)

    return getaddrinfo


def _is_loopback(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost", "0.0.0.0", "::"):  # the last two: binding to all, on this machine
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder of the checkout; tests read nothing outside it."""
    return CHECKOUT


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """An empty private data folder."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def settings(tmp_path: Path, data_dir: Path) -> Settings:
    """Demo settings whose database, keys and index live in the test's own folder; content is the checkout's."""
    return Settings.from_environment(
        {
            "GREENMINE_DATA_DIR": str(data_dir),
            "GREENMINE_SEARCH_INDEX": str(tmp_path / "search_index"),
            "GREENMINE_CONTENT_DIR": str(CHECKOUT / "content"),
        }
    )


@pytest.fixture(scope="session")
def processes() -> None:
    """Leave to start other processes: such a test runs in `make test-all`, not in `make test` (tests/tiers.py)."""


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A real PostgreSQL, one for all processes of this run; ``create_database()`` gives an empty one."""
    base = tmp_path_factory.getbasetemp()
    with shared_server(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The SQLAlchemy URL of an empty database, dropped after the test."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)
