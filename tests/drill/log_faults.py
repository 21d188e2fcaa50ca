"""Kill -9, EIO and ENOSPC at every write of one act: acts = entries = leaves, no head ahead, no repair (issue 4).

``strace -e inject`` breaks one call of tests/drill/log_act.py at a time. A run that nothing disturbs tells which calls
change something below the data folder: the database, its write-ahead log and index, the answer, the head kept outside,
and what closing does. Each is broken in a run of its own on a fresh copy, and strace's own record must show that the
call meant was the one broken. Then the site is started as always and one more act is recorded.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import func, select, text
from tests.drill.kill import Lost
from tests.drill.log_act import DATABASE, HEAD, register, sealed_database
from tests.site_process import CHECKOUT, environment
from tests.tlog_keys import log_of

from greenmine.app import build_services
from greenmine.cli.log import keep_log
from greenmine.cli.prepare import prepare, tell_log
from greenmine.cli.ready import require_ready
from greenmine.cli.verify import run_verify
from greenmine.config import Settings
from greenmine.services import Services
from greenmine.store.database import Tx
from greenmine.store.log import newest_head
from greenmine.store.log_key import log_keys
from greenmine.store.log_read import continuity_of, published_head
from greenmine.store.log_seal import read_head
from greenmine.store.tables import act, act_head, mine
from greenmine.store.tables_log import log_checkpoint, log_node
from greenmine.store.tables_private import journal
from greenmine.tlog.checkpoint import Checkpoint, checkpoint_of, parse_checkpoint
from greenmine.tlog.entry import leaf_hash
from greenmine.tlog.merkle import root, verify_consistency

WRITES: Final = (
    "write", "writev", "pwrite64", "pwritev", "pwritev2", "fsync", "fdatasync", "sync_file_range", "msync", "ftruncate",
    "truncate", "fallocate", "openat", "mkdir", "rename", "renameat", "renameat2", "link", "linkat", "unlink",
    "unlinkat", "chmod", "fchmod", "chown", "fchown",
)  # fmt: skip
"""Calls that change a file, a folder or what is on the disk of them; ``openat`` only where it may write."""
FAULTS: Final = ("signal=KILL", "error=EIO", "error=ENOSPC")
NEXT: Final = "GM-520524-9003"

_CALL: Final = re.compile(r"^(\d+) +(\w+)\((.*)$")
_DRAWN: Final = re.compile(r"[0-9a-f]{16}")


class NoStrace(Exception):
    """Faults cannot be injected here, and nothing was tried.

    :param fails: whether that is a fault: NEED_STRACE is set, or CI should have installed it
    """

    def __init__(self, reason: str, *, fails: bool) -> None:
        super().__init__(
            f"NO FAULTS INJECTED: {reason}, so kills and errors at every write of an act were NOT tried. "
            "NEED_STRACE=1 fails instead, and so does CI where strace is not installed."
        )
        self.fails = fails


@dataclass(frozen=True)
class Point:
    """A call that changes something: the so-manieth of its name in the process, and which file it concerns."""

    call: str
    number: int
    file: str


@dataclass(frozen=True)
class Traced:
    """A point as strace recorded it."""

    point: Point
    line: str


@dataclass(frozen=True)
class Scene:
    """A site before the act.

    :param saved: its folder, copied to ``work`` for each run
    :param head: what somebody outside had downloaded last
    """

    saved: Path
    work: Path
    settings: Settings
    head: Checkpoint


@dataclass
class Toll:
    """What it came to: faults hit by (fault, call), files hit, acts answered, acts there without an answer."""

    hits: Counter[tuple[str, str]] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)
    points: int = 0
    answered: int = 0
    unanswered: int = 0

    def __str__(self) -> str:
        calls = ", ".join(
            f"{call} {fault.partition('=')[2]} {times}" for (fault, call), times in sorted(self.hits.items())
        )
        return (
            f"{self.hits.total()} faults at {self.points} writes, {self.answered} acts answered, "
            f"{self.unanswered} recorded without an answer ({calls})"
        )


def drill_faults(
    folder: Path, *, killed: bool = False, faults: Sequence[str] = FAULTS, most: int | None = None
) -> Toll:
    """Break each write of one act with each fault. Raises Lost, NoStrace.

    :param killed: begin where a kill has left more than a thousand pages in the write-ahead log, so that the act's
        process recovers it and its commit moves them into the database
    :param most: break only so many, evenly chosen
    """
    scene, toll = set_scene(folder, killed=killed), Toll()
    points = undisturbed(scene)
    toll.points = len(points)
    chosen = points if most is None else [points[place * len(points) // most] for place in range(most)]
    for place, point in enumerate(chosen):
        for fault in faults if most is None else [faults[place % len(faults)]]:
            answered, size = broken(scene, point, fault)
            toll.hits[fault, point.call] += 1
            toll.files[point.file] += 1
            toll.answered += answered
            toll.unanswered += size > scene.head.size and not answered
    return toll


def set_scene(folder: Path, *, killed: bool) -> Scene:
    """A site whose log has begun, with some acts."""
    work = folder / "work"
    settings = Settings.from_environment(
        {
            "GREENMINE_DATA_DIR": str(work / "data"),
            "GREENMINE_SEARCH_INDEX": str(work / "search_index"),
            "GREENMINE_CONTENT_DIR": str(CHECKOUT / "content"),
        }
    )
    require(settings.log_head.name == HEAD and settings.database_url.endswith(f"/{DATABASE}"), "other names")
    services = build_services(settings)
    prepare(services, empty=True)
    keep_log(services)
    if killed:
        with services.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_autocheckpoint=0")
    _record_some(services, pages=1_100 if killed else 0)
    with services.database.read() as tx:
        head = published_head(tx).checkpoint
    if not killed:
        services.database.close()
    saved = folder / "saved"
    shutil.copytree(work, saved)
    services.database.close()
    return Scene(saved, work, settings, head)


def _record_some(services: Services, *, pages: int) -> None:
    """A few acts, and more until so many pages stand in the write-ahead log."""
    ahead, number = Path(f"{services.settings.data_dir / DATABASE}-wal"), 0
    while number < 3 or ahead.stat().st_size < pages * 4096:
        number += 1
        register(services.database, f"GM-520524-{number:04}")


def require_strace() -> None:
    """Raise NoStrace where strace is missing or processes may not be traced."""
    needed = bool(os.environ.get("NEED_STRACE"))
    if shutil.which("strace") is None:
        raise NoStrace("no strace here (apt-get install strace)", fails=needed or bool(os.environ.get("CI")))
    trial = ["strace", "-qq", "-o", os.devnull, "-etrace=write", "-einject=write:error=EIO", "true"]
    done = subprocess.run(trial, text=True, check=False, capture_output=True)
    if done.returncode != 0:
        raise NoStrace(f"strace may not trace here ({done.stderr.strip()[-300:]})", fails=needed)


def undisturbed(scene: Scene) -> list[Point]:
    """The writes of an act that nothing disturbs, in order. Raises NoStrace, Lost."""
    require_strace()
    done, traced = run(scene)
    require(done.returncode == 0 and was_answered(scene), f"the act failed by itself: {done.stderr[-500:]}")
    points = [each.point for each in traced]
    files = {point.file for point in points}
    wanted = {f"data/{DATABASE}", f"data/{DATABASE}-wal", f"data/{DATABASE}-shm", f"data/.{HEAD}.*", "answer"}
    require(wanted <= files, f"the trace misses {wanted - files}")
    require(any(point.call == "fdatasync" for point in points), "nothing was synced")
    return points


def run(scene: Scene, *inject: str) -> tuple[subprocess.CompletedProcess[str], list[Traced]]:
    """The act on a fresh copy, traced; its writes below the scene's folder."""
    shutil.rmtree(scene.work)
    shutil.copytree(scene.saved, scene.work)
    record = scene.work.parent / "strace.log"
    record.unlink(missing_ok=True)
    fast = [] if any("signal=" in option for option in inject) else ["--seccomp-bpf"]  # it swallows injected signals
    command = ["strace", *fast, "-f", "-qq", "-y", "-s0", "-o", str(record), f"-etrace={','.join(WRITES)}", *inject]
    command += [sys.executable, "-B", "-m", "tests.drill.log_act", str(scene.settings.data_dir)]
    env = environment(scene.work, PYTHONPATH=f"{CHECKOUT / 'site'}:{CHECKOUT}", PYTHONHASHSEED="0")
    with (scene.work / "answer").open("w") as answer:
        done = subprocess.run(
            command, cwd=CHECKOUT, env=env, text=True, check=False, stdout=answer, stderr=subprocess.PIPE
        )
    return done, writes(record, below=scene.work)


def writes(record: Path, *, below: Path) -> list[Traced]:
    """What strace recorded of one process, as far as it may change something below a folder."""
    seen: Counter[str] = Counter()
    found, processes = [], set()
    inside = re.compile(re.escape(str(below)) + r'/([^>"]*)')
    for line in record.read_text(errors="replace").splitlines() if record.exists() else []:
        call = _CALL.match(line)
        if call is None:
            continue
        seen[call[2]] += 1
        processes.add(call[1])
        path = inside.search(call[3])
        if path is not None and not (call[2] == "openat" and "O_RDONLY" in call[3]):
            found.append(Traced(Point(call[2], seen[call[2]], _DRAWN.sub("*", path[1])), line))
    require(len(processes) <= 1, "strace counts each thread by itself: the act must have one")
    return found


def was_answered(scene: Scene) -> bool:
    """Whether the act was answered."""
    return (scene.work / "answer").read_text().endswith("\n")


def broken(scene: Scene, point: Point, fault: str) -> tuple[bool, int]:
    """The act with one call broken, then a start as always: whether it was answered, and acts there. Raises Lost."""
    done, traced = run(scene, f"-einject={point.call}:{fault}:when={point.number}")
    where = f"{fault} at {point.call} {point.number} of {point.file}"
    hit = [each for each in traced if each.point == point]
    require(len(hit) == 1, f"{where}: strace never met that call")
    if fault == "signal=KILL":
        require(done.returncode == -signal.SIGKILL and traced[-1] == hit[0], f"{where}: not killed there")
    else:
        injected = [each for each in traced if "(INJECTED)" in each.line]
        require(injected == hit, f"{where}: not injected, or elsewhere too")
        require(was_answered(scene) or point.file == "answer", f"{where}: the process could not act any more")
    try:
        return was_answered(scene), started_again(scene)
    except AssertionError as error:
        raise Lost(f"{where}: {error}") from error


def started_again(scene: Scene) -> int:
    """What a start finds, then one more act; acts that were found. Raises Lost."""
    told = (scene.work / "answer").read_text().split()
    first = sealed_database(scene.settings.data_dir)
    with first.read() as tx:  # before anything of the start has run
        size = whole(tx, head_file=scene.settings.log_head, answered=told)
    first.close()
    require(scene.head.size <= size <= scene.head.size + 1, f"{size} acts after {scene.head.size}")
    services = build_services(scene.settings)
    prepare(services)
    require_ready(services)
    health = tell_log(services)
    require(not health.is_red and health.signed == health.size == size, f"the log at the start: {health}")
    with services.database.read() as tx:
        found = published_head(tx).checkpoint
    told.append(register(services.database, NEXT))
    keep_log(services)
    with services.database.read() as tx:
        require(whole(tx, head_file=scene.settings.log_head, answered=told) == size + 1, "the next act")
        for before in (scene.head, found):
            require_continues(tx, before)
    verified, lines = run_verify(services)
    services.database.close()
    require(verified.faults == 0 and verified.size == size + 1, f"greenmine verify: {lines[:3]}")
    return size


def whole(tx: Tx, *, head_file: Path, answered: Sequence[str]) -> int:
    """Acts = entries = leaves = journal and rows; every head is what the entries give; how many. Raises Lost."""
    acts = tx.execute(select(act.c.n, act.c.kind, act.c.object, act.c.entry, act.c.leaf).order_by(act.c.n)).all()
    tree, size = log_of([bytes(row.entry) for row in acts]), len(acts)
    leaves = tx.execute(select(func.count()).select_from(log_node).where(log_node.c.level == 0)).scalar_one()
    counted = tx.execute(select(act_head.c.size)).scalar_one()
    require([row.n for row in acts] == list(range(size)) and size == leaves == counted, f"{size}, {leaves}, {counted}")
    require(all(leaf_hash(bytes(row.entry)) == bytes(row.leaf) for row in acts), "a leaf is not its entry's")
    heads = tx.execute(select(log_checkpoint)).all()
    require(all(row.size <= size and root(row.size, tree.read) == bytes(row.root) for row in heads), "a false head")
    head, published = newest_head(tx), published_head(tx)
    key = log_keys(tx)[0].key
    require(head is not None and head.checkpoint.size == size, "the newest head is not of the last act")
    require(checkpoint_of(published.note, key).size == size, "the newest signed head is not of the last act")
    kept = read_head(head_file)
    if kept is not None:
        mark = parse_checkpoint(kept.text)
        require(
            mark.size <= size and mark.root == root(mark.size, tree.read), "the head kept outside is ahead or false"
        )
    registered = {row.n: row.object for row in acts if row.kind == "mine.registered"}
    rows = sorted(f"mine/{number}" for number in tx.execute(select(mine.c.id)).scalars())
    noted = sorted(n for n in tx.execute(select(journal.c.act)).scalars() if n in registered)
    require(sorted(registered.values()) == rows and noted == list(registered), "acts, rows and journal differ")
    require(
        set(answered) <= set(rows) and len(set(rows)) == len(rows), f"lost: {sorted(set(answered) - set(rows))[:3]}"
    )
    require(tx.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"], "integrity_check")
    return size


def require_continues(tx: Tx, before: Checkpoint) -> None:
    """The published head continues one that somebody has kept, by the proof the site hands out. Raises Lost."""
    proof, head = continuity_of(tx, before.size)
    new = head.checkpoint
    holds = verify_consistency(old=before.size, new=new.size, old_root=before.root, new_root=new.root, proof=proof)
    require(holds and new.size > before.size, f"no consistent way from {before.size} to {new.size}")


def require(holds: bool, what: str) -> None:
    """Raise Lost unless it holds."""
    if not holds:
        raise Lost(what)
