"""Temporary folders of a test run in memory, where the system has room there: databases then wait for no disk.

Everything of a run lies in one folder (``TMPDIR`` of the run, its workers and whatever they start). It goes when the
run has ended well; after a failure it stays to be looked at until the next run begins, as does what a killed run left.
Whoever names ``TMPDIR`` decides alone (`make drill` names the disk), and ``--basetemp`` is where pytest says.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

SHARED_MEMORY: Final = Path("/dev/shm")
ROOM: Final = 3 * 2**30
"""Bytes that must be free, in the file system and in memory; a run takes less than a third of it."""
PREFIX: Final = "greenmine-tests-"


def use_memory(*, ended_well: Callable[[], bool], place: Path = SHARED_MEMORY) -> Path | None:
    """The folder of this run in memory, from now on ``TMPDIR``; None where it stays on the disk."""
    if "TMPDIR" in os.environ or not has_room(place):
        return None
    forget_ended_runs(place)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place))
    folder.chmod(0o711)  # PostgreSQL runs as another user, below
    os.environ["TMPDIR"], tempfile.tempdir = str(folder), None
    atexit.register(lambda: ended_well() and shutil.rmtree(folder, ignore_errors=True))
    return folder


def has_room(place: Path, *, room: int = ROOM) -> bool:
    """Whether a run may live there: writable, programs may run there, and both it and the memory have room."""
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        return False
    system = os.statvfs(place)
    return not system.f_flag & os.ST_NOEXEC and min(system.f_bavail * system.f_frsize, _free_memory()) >= room


def forget_ended_runs(place: Path) -> None:
    """Remove the folders whose runs are no more."""
    for folder in place.glob(f"{PREFIX}*-*"):
        run = folder.name.removeprefix(PREFIX).partition("-")[0]
        if run.isdigit() and not Path(f"/proc/{run}").exists():
            shutil.rmtree(folder, ignore_errors=True)  # another user's stays


def _free_memory() -> int:
    """Bytes that can be had without swapping; 0 where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return 0
    told = {name: value for name, _, value in (line.partition(":") for line in lines)}
    return int(told.get("MemAvailable", "0 kB").split()[0]) * 1024
