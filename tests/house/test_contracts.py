"""Imports go one way: the contracts of pyproject.toml hold, and they bite."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.house.sources import CHECKOUT, SITE

BREACHES = {
    "domain/breach.py": "import flask",
    "tlog/breach.py": "import sqlalchemy",
    "config/breach.py": "from greenmine.domain import errors",
    "usecases/breach.py": "from sqlalchemy import select",
    "content/breach.py": "from greenmine.usecases import mine",
    "store/breach.py": "import whoosh",
    "projections/breach.py": "from greenmine.usecases import mine",
    "web/breach.py": "import feedgen",
    "cli/breach.py": "from greenmine.web import routes",
    "elsewhere.py": "",
}
"""File → a line that breaks a contract; the last is a room of no layer."""


def lint_imports(site: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts over the package below ``site``."""
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", program, "--config", str(CHECKOUT / "pyproject.toml"), "--no-cache"],
        cwd=site, env={**os.environ, "PYTHONPATH": str(site)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.usefixtures("processes")
def test_imports_go_one_way() -> None:
    report = lint_imports(SITE)
    assert report.returncode == 0, report.stdout + report.stderr
    assert "0 broken" in report.stdout


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_found(breach: str, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(SITE, site, ignore=shutil.ignore_patterns("__pycache__", "static", "templates"))
    room = site / "greenmine" / breach
    if not room.parent.exists():
        pytest.skip(f"{breach}: this room is not built yet")
    room.write_text(f"{BREACHES[breach]}\n")
    report = lint_imports(site)
    assert report.returncode == 1
    assert Path(breach).with_suffix("").as_posix().replace("/", ".") in report.stdout
