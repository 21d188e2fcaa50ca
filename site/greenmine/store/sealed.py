"""Sealing of private data: a random key per case, wrapped by a master key that lives outside the database.

::

    sealed part = nonce(12) || AES-256-GCM( case key,   plain, aad = "<case>|<label>|<position>" )
    wrapped key = nonce(12) || AES-256-GCM( master key, case key, aad = "<case>" )

Erasure destroys the wrapped key: what is left in free pages, the WAL and backups cannot be opened.
Source: design.md "Private data"; 个人信息保护法 47, 51.
"""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM

from greenmine.domain.errors import Gone, Unready
from greenmine.domain.text import N_

_NONCE: Final = 12
_KEY: Final = 32
_PIECE: Final = 1024 * 1024


@dataclass(frozen=True)
class MasterKey:
    """The key that wraps the case keys; backed up apart from the data."""

    secret: bytes

    @property
    def fingerprint(self) -> str:
        """Tells one key from another without telling the key: 16 hex digits."""
        return hashlib.sha256(b"greenmine master key\0" + self.secret).hexdigest()[:16]

    def wrap(self, case_key: bytes, *, case: str) -> bytes:
        """The case key, wrapped for storage beside the case."""
        return seal(self.secret, case_key, context=case.encode())

    def unwrap(self, wrapped: bytes | None, *, case: str) -> bytes:
        """The case key again. Raises Gone when the case was erased, Unready when the master key is another one."""
        if wrapped is None:
            raise Gone("case.erased", N_("此件已依法删除。"))
        return unseal(self.secret, wrapped, context=case.encode())


def master_key(path: Path, *, may_make: bool = True) -> MasterKey:
    """Read the master key, or make it (32 random bytes, mode 0600) when the file does not exist.

    :param may_make: False once cases may be sealed with a key: a lost one is never replaced silently
    Raises Unready when the file is missing then, readable by others, or has the wrong length.
    """
    if not path.exists() and not may_make:
        raise Unready(
            "key.missing", N_("找不到密封用的主密钥 %(path)s。请从密钥备份中放回原文件，再重新启动。"), path=path
        )
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_new(path, secrets.token_bytes(_KEY))
    if path.stat().st_mode & 0o077:
        raise Unready("key.readable", N_("密钥文件 %(path)s 的权限过宽，请改为 0600。"), path=path)
    secret = path.read_bytes()
    if len(secret) != _KEY:
        raise Unready("key.malformed", N_("密钥文件 %(path)s 长度不对。"), path=path)
    return MasterKey(secret)


def _write_new(path: Path, secret: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)  # atomic and never over an existing key: whoever is first, wins
    draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # a case must never outlive the name of the key that opens it
    finally:
        os.close(folder)


def new_case_key() -> bytes:
    """A fresh random key of 32 bytes."""
    return secrets.token_bytes(_KEY)


def seal_part(case_key: bytes, plain: bytes, *, case: str, label: str, position: int) -> bytes:
    """One part of a case, sealed and bound to its place."""
    return seal(case_key, plain, context=f"{case}|{label}|{position}".encode())


def open_part(case_key: bytes, sealed: bytes, *, case: str, label: str, position: int) -> bytes:
    """Inverse of :func:`seal_part`; raises Unready when bytes or place were changed."""
    return unseal(case_key, sealed, context=f"{case}|{label}|{position}".encode())


def new_key() -> bytes:
    """A fresh random key of 32 bytes, for one file or one draft."""
    return secrets.token_bytes(_KEY)


def seal(key: bytes, plain: bytes, *, context: bytes) -> bytes:
    """``nonce || AES-256-GCM``: the bytes sealed, and bound to the place that ``context`` names."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, context)


def seal_in_pieces(key: bytes, plain: bytes, *, context: bytes) -> Iterator[bytes]:
    """The same bytes as :func:`seal`, a piece at a time: a film is never in memory twice."""
    nonce = secrets.token_bytes(_NONCE)
    cipher = Cipher(AES(key), GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(context)
    yield nonce
    view = memoryview(plain)
    for start in range(0, len(view), _PIECE):
        yield cipher.update(view[start : start + _PIECE])
    yield cipher.finalize() + cipher.tag


def unseal(key: bytes, sealed: bytes, *, context: bytes) -> bytes:
    """Inverse of :func:`seal`; raises Unready when key, bytes or place are others."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], context)
    except (InvalidTag, ValueError) as error:  # ValueError: cut short, not even a nonce
        raise Unready("case.unreadable", N_("密封内容无法打开：密钥不符或数据被改动。")) from error
