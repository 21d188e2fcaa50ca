"""Sealed files: what people send with a case or a draft, each under a random name and a key of its own.

::

    <root>/<aa>/<32 hex> = nonce(12) || AES-256-GCM( file key, plain, aad = "file|<32 hex>" )

The key stands nowhere beside the file: it is sealed into the case, or into the draft that only a cookie opens.
Who forgets the key has erased the file. Source: design.md "Private data"; trust.md, attachment store gone.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from greenmine.domain.errors import NotFound, Unready
from greenmine.domain.text import N_
from greenmine.store.files import sync_folder, write_durably
from greenmine.store.sealed import new_key, seal_in_pieces, unseal

_NAME: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class SealedFile:
    """What must be remembered of a sealed file.

    :param file: 32 hex digits, random: they say nothing of the content
    :param key: 32 bytes; never in a log, an address or a row in the clear
    :param size: bytes of the plain content
    """

    file: str
    key: bytes = field(repr=False)
    size: int


@dataclass(frozen=True)
class SealedFiles:
    """A folder of sealed files. Nothing in it can be read, or told from anything else, without the rows."""

    root: Path

    def put(self, plain: bytes) -> SealedFile:
        """Keep the bytes sealed and durably (file, fsync, rename, folder fsync), before any row names them.

        Raises Unready when the folder cannot be written (gone, read-only, disk full): nothing is left behind then.
        """
        name, key = secrets.token_hex(16), new_key()
        target = self._path(name)
        try:
            write_durably(target, seal_in_pieces(key, plain, context=_context(name)))
            for folder in (target.parent, self.root, self.root.parent):
                sync_folder(folder)
        except OSError as error:
            raise _unwritable() from error
        return SealedFile(name, key, len(plain))

    def get(self, file: str, key: bytes) -> bytes:
        """The plain bytes. Raises NotFound; Unready when the folder is away, or key and bytes do not fit."""
        try:
            sealed = self._path(file).read_bytes()
        except OSError as error:
            if isinstance(error, FileNotFoundError) and self.root.is_dir():
                raise _unknown() from error
            raise Unready("file.unreadable", N_("附件存储暂时无法读取，请稍后再试。")) from error
        return unseal(key, sealed, context=_context(file))

    def has(self, file: str) -> bool:
        """Whether the file is here."""
        return self._path(file).exists()

    def remove(self, file: str) -> None:
        """Take the file away; nothing happens when it is gone already."""
        self._path(file).unlink(missing_ok=True)

    def sweep(self, keep: Iterable[str], *, before: datetime) -> list[str]:
        """Remove files that no row names (left by a kill between file and row); returns their names.

        :param before: files put since then stay: the row that names them may not be committed yet
        """
        named, old = frozenset(keep), before.timestamp()
        swept = [p for p in sorted(self.root.glob("??/*")) if p.name not in named and p.stat().st_mtime < old]
        for path in swept:
            path.unlink(missing_ok=True)
        return [path.name for path in swept]

    def _path(self, file: str) -> Path:
        if _NAME.fullmatch(file) is None:
            raise _unknown()
        return self.root / file[:2] / file


def _context(name: str) -> bytes:
    return f"file|{name}".encode()


def _unknown() -> NotFound:
    return NotFound("file.unknown", N_("没有这份文件。"))


def _unwritable() -> Unready:
    return Unready("file.unwritable", N_("附件暂时无法保存，没有收下。请稍后再试，或先不带附件提交。"), field="file")
