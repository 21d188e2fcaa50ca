"""Sites that are dear to make: made once for all processes of a run, copied for each test."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest
from tests.site_process import CHECKOUT, environment


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder of this name that ``make`` filled, by whichever process of the run came first; to be copied only."""
    base = factory.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"made-{name}"
    place.mkdir(exist_ok=True)
    with (place / "lock").open("w") as file:
        flock(file, LOCK_EX)
        if not (place / "done").exists():
            make(place / "made")
            (place / "done").touch()
    return place / "made"


def empty_site(factory: pytest.TempPathFactory, folder: Path) -> Path:
    """The folder, with the data of a site without mines as ``greenmine init --empty`` leaves them (site_process)."""
    shutil.copytree(made_once(factory, "empty", _init_empty), folder, dirs_exist_ok=True)
    return folder


def _init_empty(folder: Path) -> None:
    folder.mkdir()
    command = [sys.executable, "-m", "greenmine", "init", "--empty"]
    subprocess.run(command, env=environment(folder), cwd=CHECKOUT, check=True, capture_output=True, timeout=240)
