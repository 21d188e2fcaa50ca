"""The file store: bytes of attachments and pictures under their SHA-256, written before any row names them."""

import contextlib
import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from greenmine.domain.errors import NotFound
from greenmine.domain.text import N_


@dataclass(frozen=True)
class FileStore:
    """A folder ``<aa>/<sha256>``. Only what a ``document`` row names is public."""

    root: Path

    def put(self, content: bytes) -> str:
        """Keep the bytes durably (file, fsync, rename, folder fsync) and return their SHA-256 in hex."""
        sha256 = hashlib.sha256(content).hexdigest()
        target = self._path(sha256)
        with self._held(fcntl.LOCK_SH):
            if not _touch(target):
                write_durably(target, [content])
        for folder in (target.parent, self.root):  # another process may have renamed without having synced yet
            sync_folder(folder)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes; NotFound when they are not here."""
        try:
            return self._path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise NotFound("file.unknown", N_("没有这份文件。")) from error

    def has(self, sha256: str) -> bool:
        """Whether the bytes are here."""
        return self._path(sha256).exists()

    def remove(self, sha256: str) -> None:
        """Take the bytes away; nothing happens when they are gone already."""
        self._path(sha256).unlink(missing_ok=True)

    def sweep(self, keep: Iterable[str], *, before: datetime) -> list[str]:
        """Remove files that nothing names (left by a kill between file and row); returns their names.

        :param before: files put since then stay: the row that names them may not be committed yet
        """
        lying = sorted(self.root.glob("??/*"))
        named, old = frozenset(keep), before.timestamp()
        return [path.name for path in lying if path.name not in named and self._remove_older(path, old)]

    def _remove_older(self, path: Path, old: float) -> bool:
        """Looks at the age again: whoever put the same bytes a moment ago counts on the file that stood here."""
        with self._held(fcntl.LOCK_EX):
            try:
                is_old = path.stat().st_mtime < old
            except FileNotFoundError:
                return False
            if is_old:
                path.unlink()
            return is_old

    @contextlib.contextmanager
    def _held(self, how: int) -> Iterator[None]:
        """The folder, locked against a sweep (shared) or against everybody; a process that dies lets go."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.flock(handle, how)
            yield
        finally:
            os.close(handle)

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise NotFound("file.unknown", N_("没有这份文件。"))
        return self.root / sha256[:2] / sha256


def _touch(target: Path) -> bool:
    """Whether the file is here already; if so it counts as put now (see ``sweep``)."""
    try:
        os.utime(target)
    except FileNotFoundError:
        return False
    return True


def write_durably(target: Path, pieces: Iterable[bytes]) -> None:
    """Write the file and give it its name; its folders are to be synced next. Leaves nothing half-written behind."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(f".{secrets.token_hex(8)}")
    try:
        with draft.open("wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)  # a full disk must not stay full of what nobody will read
        raise


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
