"""The desk in a test: the whole application, a few mines, and officers who walk in without signing in."""

from pathlib import Path

import pytest
from tests.web.desk_site import DeskSite, desk_site

from greenmine.config import Settings


@pytest.fixture
def site(settings: Settings, tmp_path: Path) -> DeskSite:
    """A desk with its own database."""
    return desk_site(settings)
