"""A file and the row that names it, with the process killed and the disk failing at every syscall (trust.md, faults).

``strace -e inject`` breaks one call at a time: fsync, rename, mkdir, write, the database's own. Whatever happens, a row
names only files that open, and what was acknowledged is there.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from greenmine.domain.case import CaseKind
from greenmine.store.database import open_database
from greenmine.store.form_draft import DraftKey, load, start
from greenmine.store.migrate import upgrade
from greenmine.store.sealed_files import SealedFiles

NOW: Final = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
CALLS: Final = ("mkdir", "fsync", "fdatasync", "rename", "pwrite64", "write")
FAULTS: Final = ("signal=KILL", "error=EIO", "error=ENOSPC")
ACT: Final = """
import sys
sys.path.insert(0, "site")
from datetime import UTC, datetime
from pathlib import Path
from greenmine.domain.case import CaseKind
from greenmine.store.database import open_database
from greenmine.store.form_draft import add_file, parse_token
from greenmine.store.sealed_files import SealedFiles
folder, key = Path(sys.argv[1]), parse_token(sys.argv[2], kind=CaseKind.COMPLAINT)
database = open_database(f"sqlite:///{folder / 'one.db'}")
sealed = SealedFiles(folder / "sealed").put(b"photograph" * 1000)
with database.write() as tx:
    add_file(tx, key, sealed, name="a.jpg", media_type="image/jpeg", at=datetime(2026, 11, 21, 4, 0, tzinfo=UTC))
print("acknowledged", flush=True)
"""


@dataclass(frozen=True)
class Stage:
    """A folder with a database and a draft, before the act."""

    folder: Path
    key: DraftKey


@pytest.fixture
def stage(processes: None, tmp_path: Path) -> Stage:
    if shutil.which("strace") is None:
        pytest.skip("NOT TESTED: no strace here: apt-get install strace")
    folder = tmp_path / "before"
    folder.mkdir()
    database = open_database(f"sqlite:///{folder / 'one.db'}")
    upgrade(database)
    with database.write() as tx:
        key = start(tx, kind=CaseKind.COMPLAINT, at=NOW)
    assert database.checkpoint()
    database.close()
    return Stage(folder, key)


def act(folder: Path, key: DraftKey, checkout: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = ["strace", "-f", "-qq", *options, sys.executable, "-B", "-c", ACT, str(folder), key.token]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)


def calls_made(stage: Stage, checkout: Path) -> dict[str, int]:
    """How often each call is made by an act that nothing disturbs."""
    folder, log = copy(stage, "count"), stage.folder.parent / "strace.log"
    done = act(folder, stage.key, checkout, "-o", str(log), "-e", f"trace={','.join(CALLS)}")
    if "acknowledged" not in done.stdout:
        pytest.skip(f"NOT TESTED: strace cannot trace here ({done.stderr.strip()[-200:]})")
    made = re.findall(r"^\d+ +(\w+)\(", log.read_text(errors="replace"), re.MULTILINE)
    return {call: made.count(call) for call in CALLS if call in made}


def copy(stage: Stage, name: str) -> Path:
    return Path(shutil.copytree(stage.folder, stage.folder.parent / name))


def injections(made: dict[str, int]) -> Iterator[tuple[str, int, str]]:
    for call, times in made.items():
        for number in range(1, times + 1):
            for fault in FAULTS:
                yield call, number, fault


def at_the_first_of_each(made: dict[str, int]) -> Iterator[tuple[str, int, str]]:
    """One fault for each kind of call, in turns."""
    return ((call, 1, FAULTS[place % len(FAULTS)]) for place, call in enumerate(made))


def test_a_fault_at_the_first_of_each_call_names_no_missing_file(stage: Stage, checkout: Path) -> None:
    made = calls_made(stage, checkout)
    assert made["fsync"] >= 4, "the file and its folders"
    assert break_at(at_the_first_of_each(made), stage, checkout) > 0


@pytest.mark.drill
def test_whatever_breaks_no_row_names_a_missing_file(stage: Stage, checkout: Path) -> None:
    made = calls_made(stage, checkout)
    assert break_at(injections(made), stage, checkout) > len(made), json.dumps(made)


def break_at(places: Iterable[tuple[str, int, str]], stage: Stage, checkout: Path) -> int:
    """The act with a fault at each place; how many of them were not answered. No row may name a missing file."""
    broken = 0
    for call, number, fault in places:
        folder = copy(stage, f"{call}-{number}-{fault}")
        done = act(folder, stage.key, checkout, "-o", "/dev/null", "-e", f"inject={call}:{fault}:when={number}")
        answered = "acknowledged" in done.stdout
        named = files_that_open(folder, stage.key)
        assert not answered or named == 1, (call, number, fault, done.stderr[-500:])
        broken += not answered
        shutil.rmtree(folder)
    return broken


def files_that_open(folder: Path, key: DraftKey) -> int:
    """Files the draft names; each must open with its key."""
    database, files = open_database(f"sqlite:///{folder / 'one.db'}"), SealedFiles(folder / "sealed")
    with database.read() as tx:
        draft = load(tx, key, at=NOW)
    database.close()
    assert draft is not None
    for file in draft.files:
        assert files.get(file.file, file.key) == b"photograph" * 1000
    return len(draft.files)
