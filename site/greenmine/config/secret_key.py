"""The key that signs cookies and form tokens: given, or made once and kept in the data folder."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from greenmine.config.parsers import is_weak
from greenmine.config.settings import SECRET_FILE, Settings, SettingsError


def ensure_secret_key(settings: Settings) -> str:
    """The key that signs cookies; made at random into the data folder when none is set.

    Any number of processes may start at once: the file is linked into place whole, the first one
    wins, and all return the same key.

    :raises SettingsError: the file is readable by others, or does not hold a key
    """
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / SECRET_FILE
    if not path.exists():
        _make_secret_file(path)
    if path.stat().st_mode & 0o077:
        raise SettingsError(f"密钥文件 {path} 可被他人读取：请执行 chmod 600 {path}。")
    key = path.read_text("ascii", errors="replace").strip()
    if is_weak(key):
        raise SettingsError(f"密钥文件 {path} 已损坏：请从备份恢复，或删除后重新生成（已登录者须重新登录）。")
    return key


def _make_secret_file(path: Path) -> None:
    """Write the key beside its place, sync it, then link it there: never half a key, never two."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{SECRET_FILE}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # born private, never chmod-ed later
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        _link_unless_there(draft, path)
    finally:
        draft.unlink()


def _link_unless_there(draft: Path, path: Path) -> None:
    """Unlike a rename, a link never replaces the key of a process that was first."""
    with suppress(FileExistsError):
        path.hardlink_to(draft)
