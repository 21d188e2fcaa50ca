"""The demonstration site for tests of whole pages: made once for a run and copied, at a fixed day."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.made_once import made_once
from tests.one_app import services_for

from greenmine.cli.prepare import prepare
from greenmine.config import Settings
from greenmine.services import Services

CHECKOUT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


def demo_settings(folder: Path, **more: str) -> Settings:
    """Demo settings in a folder of the test's own; rates out of the way."""
    return Settings.from_environment(
        {
            "GREENMINE_DATA_DIR": str(folder),
            "GREENMINE_SEARCH_INDEX": str(folder / "search_index"),
            "GREENMINE_CONTENT_DIR": str(CHECKOUT / "content"),
            "GREENMINE_RATE_PAGES": "100000 per minute",
            "GREENMINE_RATE_EXPORTS": "100000 per minute",
            "GREENMINE_RATE_SIGN_IN": "100000 per minute",
            "GREENMINE_RATE_FORMS": "100000 per minute",
            "GREENMINE_RATE_DESK": "100000 per minute",
            **more,
        }
    )


@pytest.fixture(scope="session")
def demo_services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The demonstration register with its content, at noon (Asia/Shanghai) of 2026-11-21. Read only."""
    services = demo_copy(tmp_path_factory, tmp_path_factory.mktemp("demo-site") / "data")
    yield services
    services.database.close()


def demo_copy(
    factory: pytest.TempPathFactory,
    folder: Path,
    *,
    clock: Callable[[], datetime] = lambda: NOW,
    content: Path = CHECKOUT / "content",
) -> Services:
    """A demonstration of the test's own in ``folder``, not there yet; made once for all of a run."""
    shutil.copytree(made_once(factory, "demo", _make_demo), folder)
    return services_for(demo_settings(folder, GREENMINE_CONTENT_DIR=str(content)), clock=clock)


def _make_demo(folder: Path) -> None:
    made = services_for(demo_settings(folder), clock=lambda: NOW)
    prepare(made)
    made.database.checkpoint()
    made.database.close()
