"""A backup of the whole site while it runs, and its way back into an empty folder.

::

    <folder>/greenmine.sqlite        one consistent snapshot (SQLite's backup interface), or
    <folder>/greenmine.pgdump        of PostgreSQL (pg_dump, custom format)
    <folder>/documents/aa/<sha256>   published files          <folder>/sealed/aa/<32 hex>   sealed files
    <folder>/log-head                the head kept outside the database at that time
    <folder>/backup.json             when, what schema, how many acts
    <folder>/SHA256SUMS              of all these, as sha256sum -c reads it

Files are copied before the snapshot and completed after it, so that every file a row of the snapshot names is there:
it reached the disk before its row, and one erased meanwhile had been copied. Keys are never among them.
Source: trust.md "backup during load".
"""

import hashlib
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from greenmine.domain.errors import BadInput, Conflict, NotFound, Unready
from greenmine.domain.instant import utc_text
from greenmine.domain.text import N_
from greenmine.store.act import public_hashes
from greenmine.store.act import size as acts_recorded
from greenmine.store.case_attachment import files_in_use
from greenmine.store.database import Database, open_database
from greenmine.store.draft import files_of_drafts
from greenmine.store.files import sync_folder
from greenmine.store.migrate import revision
from greenmine.store.postgres_dump import dump, restore_dump

SQLITE: Final = "greenmine.sqlite"
POSTGRESQL: Final = "greenmine.pgdump"
HEAD: Final = "log-head"
ABOUT: Final = "backup.json"
SUMS: Final = "SHA256SUMS"
KEYS: Final = "keys"
SECRET: Final = "secret.key"

_PLACE: Final = re.compile(
    r"greenmine\.(?:sqlite|pgdump)|backup\.json|log-head"
    r"|documents/[0-9a-f]{2}/[0-9a-f]{64}|sealed/[0-9a-f]{2}/[0-9a-f]{32}"
)
_FORGETTING: Final = {
    "client_salt": "DELETE FROM client_salt",
    "staff_session": "DELETE FROM staff_session",
    "case_visit": "DELETE FROM case_visit",
}
"""Not in a backup: salts that are promised to be forgotten after a day, and visits and sessions nobody may revive."""
_BLOCK: Final = 1 << 20


@dataclass(frozen=True)
class Site:
    """What is backed up, or restored into.

    :param folder: the data folder, with ``documents``, ``sealed`` and ``keys`` in it
    """

    folder: Path
    database_url: str
    head_file: Path


@dataclass(frozen=True)
class BackupMade:
    """How much is in the backup."""

    acts: int
    files: int


def make_backup(site: Site, database: Database, target: Path, *, at: datetime) -> BackupMade:
    """Write a backup into an empty or new folder while the site runs. Raises Conflict when something lies there."""
    require_empty(target)
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    _copy_named(site, database, target)
    name = _snapshot(site, database, target)
    copied = open_database(f"sqlite:///{target / SQLITE}") if name == SQLITE else database
    try:
        files = _copy_named(site, copied, target)
        with copied.read() as tx:
            acts = acts_recorded(tx)
        about = {"at": utc_text(at), "acts": acts, "revision": revision(copied), "database": name}
    finally:
        if copied is not database:
            copied.close()
            _seal_sqlite(target / SQLITE)
    with suppress(FileNotFoundError):
        _copy(site.head_file, target / HEAD)
    _write(target / ABOUT, json.dumps(about, ensure_ascii=False, indent=1).encode())
    _write(target / SUMS, "".join(f"{_sha256(target / place)}  {place}\n" for place in _places(target)).encode())
    sync_folder(target)
    return BackupMade(acts, files)


def copy_keys(site: Site, target: Path) -> int:
    """Copy the keys into a folder of their own, readable by the owner only; how many files."""
    require_empty(target)
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = [path for path in (site.folder / KEYS).glob("*") if path.is_file()]
    for path in found:
        _copy(path, target / path.name, mode=0o600)
    with suppress(FileNotFoundError):
        _copy(site.folder / SECRET, target / SECRET, mode=0o600)
    return len(found)


def check_backup(source: Path) -> dict[str, Any]:
    """What ``backup.json`` says, after every file was held against its sum.

    Raises NotFound where there is no backup, BadInput naming the first file that is missing, changed or foreign.
    """
    try:
        lines = (source / SUMS).read_text("ascii").splitlines()
        about = json.loads((source / ABOUT).read_bytes())
    except (OSError, ValueError) as error:
        raise NotFound("backup.none", N_("%(folder)s 中没有完整的备份。"), folder=source) from error
    places = set()
    for line in lines:
        digest, _, place = line.partition("  ")
        path = source / place
        if not _PLACE.fullmatch(place) or path.is_symlink() or not path.is_file() or _sha256(path) != digest:
            raise BadInput("backup.damaged", N_("备份中的文件 %(place)s 缺失或已损坏，没有恢复。"), place=place)
        places.add(place)
    if ABOUT not in places or about.get("database") not in places:
        raise BadInput("backup.damaged", N_("备份中的文件 %(place)s 缺失或已损坏，没有恢复。"), place=ABOUT)
    return dict(about)


def restore_backup(site: Site, source: Path, *, keys: Path | None) -> dict[str, Any]:
    """Put a backup into an empty data folder; what it says of itself. The head outside is left to the caller.

    The database comes last: a restore that was cut short is no site. Raises Conflict when the folder is not empty
    (keys and a kept head may stand there already), Unready without the master key.
    """
    _require_room(site)
    about = check_backup(source)
    _require_format_of_today(about)
    kept = keys if keys is not None else site.folder / KEYS
    if not (kept / "case-master.key").is_file():
        raise Unready("backup.no_keys", N_("没有找到密钥备份。请用 --keys 指明备份密钥时所用的文件夹。"))
    site.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if keys is not None:
        _put_keys(site, keys)
    for place in _places(source):
        if place.startswith(("documents/", "sealed/")):
            _copy(source / place, site.folder / place)
    if about["database"] == SQLITE:
        _put_sqlite(source / SQLITE, site.database_url)
    else:
        restore_dump(site.database_url, source / POSTGRESQL)
    return about


def _require_format_of_today(about: Mapping[str, Any]) -> None:
    """Raise Conflict for a backup whose acts are in the format of before: its revision says so."""
    if about["acts"] and (about["revision"] or "") < "0007":
        raise Conflict(
            "backup.older_format",
            N_("这份备份由旧版程序写成，其中记录的格式不能沿用，没有恢复任何内容。请用写成它的版本恢复。"),
        )


def require_empty(folder: Path) -> None:
    """Raise Conflict when something lies in the folder already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict("backup.not_empty", N_("%(folder)s 不是空文件夹，没有写入任何内容。"), folder=folder)


def _require_room(site: Site) -> None:
    allowed = {site.folder / KEYS, site.folder / SECRET, site.head_file}
    lying = [path for path in site.folder.iterdir() if path not in allowed] if site.folder.exists() else []
    if lying:
        raise Conflict(
            "backup.site_there",
            N_("数据目录 %(folder)s 中已有内容，没有恢复。请另设空的数据目录。"),
            folder=site.folder,
        )


def _copy_named(site: Site, database: Database, target: Path) -> int:
    """Copy the files that rows name and that are not copied yet; how many are named.

    One that is not there is left to ``greenmine verify``: a backup must come about on a bad day above all.
    """
    with database.read() as tx:
        documents = {*public_hashes(tx), *files_of_drafts(tx)}
        sealed = files_in_use(tx)
    count = 0
    for place in (*_in("documents", documents), *_in("sealed", sealed)):
        copied = target / place
        if not copied.exists():
            with suppress(FileNotFoundError):
                _copy(site.folder / place, copied)
        count += copied.exists()
    return count


def _in(folder: str, names: Iterable[str]) -> Iterator[str]:
    return (f"{folder}/{name[:2]}/{name}" for name in sorted(names))


def _snapshot(site: Site, database: Database, target: Path) -> str:
    if not database.is_sqlite:
        dump(site.database_url, target / POSTGRESQL, without=tuple(_FORGETTING))
        return POSTGRESQL
    draft = target / SQLITE
    draft.touch(mode=0o600)
    source = str(database.engine.url.database)
    with closing(sqlite3.connect(source, timeout=60)) as live, closing(sqlite3.connect(draft)) as copy:
        live.backup(copy)
    with closing(sqlite3.connect(draft)) as copy:
        copy.isolation_level = None
        copy.execute("PRAGMA secure_delete=ON")
        for deletion in _FORGETTING.values():
            copy.execute(deletion)
    return SQLITE


def _seal_sqlite(path: Path) -> None:
    """One file, without a write-ahead log beside it."""
    with closing(sqlite3.connect(path)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")
    for ending in ("-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)


def _put_sqlite(source: Path, url: str) -> None:
    target = _sqlite_path(url)
    if target.exists():
        raise Conflict("backup.not_empty", N_("%(folder)s 不是空文件夹，没有写入任何内容。"), folder=target)
    draft = target.with_name(f".{target.name}.restoring")
    _copy(source, draft, mode=0o600)
    with closing(sqlite3.connect(draft)) as database:
        database.execute("PRAGMA journal_mode=WAL")
    draft.rename(target)
    sync_folder(target.parent)


def _sqlite_path(url: str) -> Path:
    if not url.startswith("sqlite:///"):
        raise BadInput("backup.other_kind", N_("这是 SQLite 的备份，数据库地址须为 sqlite:///…。"))
    return Path(url.removeprefix("sqlite:///"))


def _put_keys(site: Site, keys: Path) -> None:
    for path in keys.iterdir():
        if path.is_file():
            place = site.folder / SECRET if path.name == SECRET else site.folder / KEYS / path.name
            if not place.exists():
                _copy(path, place, mode=0o600)


def _places(folder: Path) -> list[str]:
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(place for place in found if place != SUMS)


def _copy(source: Path, target: Path, *, mode: int | None = None) -> None:
    """Copy durably: a name stands for whole bytes only."""
    with source.open("rb") as file:
        _put(target, lambda out: shutil.copyfileobj(file, out, _BLOCK), mode=mode)


def _write(target: Path, content: bytes) -> None:
    _put(target, lambda out: out.write(content), mode=None)


def _put(target: Path, fill: Callable[[Any], object], *, mode: int | None) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(f".{target.name}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode or 0o600)
    with os.fdopen(handle, "wb") as out:
        fill(out)
        out.flush()
        os.fsync(out.fileno())
    draft.rename(target)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
