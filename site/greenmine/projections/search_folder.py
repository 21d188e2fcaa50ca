"""The folder of a search index: generations that never change once published, and one file that names the current one.

::

    <search_index>/<database>/current     SHA-256 of the rest, a line end, JSON: see Standing
    <search_index>/<database>/lock        held by whoever writes
    <search_index>/<database>/g-<name>/   files of Whoosh, hard-linked from one generation to the next where unchanged

A generation is written aside and becomes current by one rename, with the SHA-256 of each of its files and the act up
to which it was made: a kill at any moment leaves the old one or the new one, and index and mark cannot disagree.
Nothing is synced to the disk: what a power failure tears fails its sums and is made anew. 0700 (Whoosh reads pickles).
"""

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from fcntl import LOCK_EX, flock
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Final

CURRENT: Final = "current"
_GENERATION: Final = "g-"
_MOST_SUMS: Final = 1000
_LOCK_FILES: Final = ("_WRITELOCK", "_LOCK")


@dataclass(frozen=True)
class Standing:
    """What the current generation is.

    :param generation: name of its folder
    :param format: of documents and files (search_keeper.FORMAT)
    :param places: digest of the names of regions it was made with
    :param n: number of the first act that is not in it
    :param leaf: leaf hash of act ``n - 1``; empty when ``n`` is 0
    :param stale: documents deleted whose words are still in its files
    :param files: name → (size, SHA-256) of every file
    """

    generation: str
    format: int
    places: str
    n: int
    leaf: str
    stale: int
    files: Mapping[str, tuple[int, str]]


@dataclass(frozen=True)
class FileSums:
    """SHA-256 of files, remembered while inode, size and time of change stay as they were."""

    known: dict[tuple[int, int, int], str] = field(default_factory=dict)

    def sum_of(self, path: Path) -> str:
        """The hexadecimal sum; raises OSError."""
        stat = path.stat()
        key = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
        digest = self.known.get(key)
        if digest is None:
            with path.open("rb") as file:
                digest = file_digest(file, "sha256").hexdigest()
            if len(self.known) >= _MOST_SUMS:
                self.known.clear()
            self.known[key] = digest
        return digest


@dataclass(frozen=True)
class SearchFolder:
    """The part of the folder that belongs to one database."""

    path: Path
    sums: FileSums

    def standing(self) -> Standing | None:
        """What is current; None when there is nothing, or nothing that can be read."""
        try:
            told, _, text = (self.path / CURRENT).read_bytes().partition(b"\n")
            if told.decode() != sha256(text).hexdigest():
                return None
            values = json.loads(text)
            files = {name: (int(size), str(digest)) for name, (size, digest) in values.pop("files").items()}
            return Standing(**values, files=files)
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def folder_of(self, standing: Standing) -> Path:
        """Where the files of a generation are."""
        return self.path / standing.generation

    def is_whole(self, standing: Standing) -> bool:
        """Whether every file of the generation is there and is what was written."""
        folder = self.folder_of(standing)
        try:
            return all(
                (folder / name).stat().st_size == size and self.sums.sum_of(folder / name) == digest
                for name, (size, digest) in standing.files.items()
            )
        except OSError:
            return False

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One writer at a time; the system lets go of the lock when its process ends, however it ends."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.chmod(0o700)
        with suppress(PermissionError):  # a folder that the operator made for us
            self.path.parent.chmod(0o700)
        with (self.path / "lock").open("w") as file:
            flock(file, LOCK_EX)
            yield

    def begin(self, base: Standing | None) -> Path:
        """A new generation, not yet current, with the files of ``base``; call alone."""
        folder = self.path / f"{_GENERATION}{secrets.token_hex(8)}"
        folder.mkdir(mode=0o700)
        if base is not None:
            for name in base.files:
                _link(self.folder_of(base) / name, folder / name)
        return folder

    def publish(self, folder: Path, *, format: int, places: str, n: int, leaf: str, stale: int) -> Standing:
        """Make a generation current and remove the others; call alone."""
        files = {
            path.name: (path.stat().st_size, self.sums.sum_of(path))
            for path in sorted(folder.iterdir())
            if not path.name.endswith(_LOCK_FILES)
        }
        standing = Standing(folder.name, format, places, n, leaf, stale, files)
        text = json.dumps(asdict(standing), sort_keys=True).encode()
        beside = self.path / f"{CURRENT}.new"
        beside.write_bytes(sha256(text).hexdigest().encode() + b"\n" + text)
        beside.replace(self.path / CURRENT)
        self.sweep()
        return standing

    def sweep(self) -> None:
        """Remove every generation that is not current; call alone. Who reads one has it open or reads again."""
        standing = self.standing()
        for folder in self.path.glob(f"{_GENERATION}*"):
            if standing is None or folder.name != standing.generation:
                shutil.rmtree(folder, ignore_errors=True)


def _link(source: Path, target: Path) -> None:
    """One file under two names; a copy where the file system knows no such thing."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
