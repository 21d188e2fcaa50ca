"""Signing the head in the transaction of the acts it covers, and refusing acts that would tell a second story.

``Database.write`` calls :meth:`LogSeal.seal` before it commits. The head kept outside the database (``log_head``, best
on another volume) is what a restored backup is told by: when the database stands behind it, acts are refused and
nothing is signed; complaints are no acts and are taken. Source: log-spec.md 7, 8, 10; trust.md "database restored".
"""

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from threading import Lock

from greenmine.domain.errors import Unready
from greenmine.domain.instant import from_utc_text
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.files import sync_folder
from greenmine.store.log import add_head, log_origin, root_at, root_of_appended, take_appended
from greenmine.store.log_key import LogKeys, own_keys
from greenmine.tlog.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from greenmine.tlog.note import Malformed, SignedNote, parse_note


@dataclass
class LogSeal:
    """Seals transactions of one process. Thread-safe: what it keeps is only what it has seen to be true.

    :param head_file: where the newest signed head is kept outside the database
    """

    keys: LogKeys
    head_file: Path
    _checked: tuple[int, ...] = ()
    _lock: Lock = field(default_factory=Lock)

    def seal(self, tx: Tx) -> None:
        """Write the head of what the transaction appended, signed by the keys that are here.

        Raises Unready when the database stands behind the head kept outside, or tells another story.
        """
        appended = take_appended(tx)
        if appended is None:
            return
        size, at = appended
        origin, standing = own_keys(tx, at=from_utc_text(at))
        if origin is None:
            return
        self.require_continues(tx, before=size)
        checkpoint = Checkpoint(origin, size, root_of_appended(tx, size))
        keys = [key for public in standing if (key := self.keys.find(public)) is not None]
        add_head(tx, checkpoint, at=at, signatures=sign_checkpoint(checkpoint, keys).signatures)

    def require_continues(self, tx: Tx, *, before: int) -> None:
        """Raise Unready unless the database goes on from the head kept outside.

        :param before: the size the database must have passed it by
        """
        mark = _mark(self.head_file)
        kept = None if mark == self._checked else read_head(self.head_file)
        if kept is None:
            return
        head = parse_checkpoint(kept.text)
        if head.origin != log_origin(tx):
            raise Unready("log.other_origin", _OTHER_ORIGIN, path=self.head_file)
        if head.size >= before:
            raise Unready("log.behind_head", _BEHIND, size=head.size)
        if root_at(tx, head.size) != head.root:
            raise Unready("log.forked", _FORKED, size=head.size)
        with self._lock:
            self._checked = mark


_BEHIND = N_(
    "数据库落后于已签名的记录（已签名至%(size)s条），可能是恢复了旧备份。"
    "暂停记录新的事项，投诉照常受理。请运行 greenmine log replay 补齐后再继续。"
)
_FORKED = N_("数据库前%(size)s条记录与已签名的记录不一致，暂停记录新的事项。请运行 greenmine verify 核查。")
_OTHER_ORIGIN = N_("%(path)s 中保存的是另一个记录库的签名，请检查数据目录。")


def _mark(path: Path) -> tuple[int, ...]:
    """What tells a file from one that took its place or was written since; empty while there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def read_head(path: Path) -> SignedNote | None:
    """The head kept outside the database, None when there is none yet. Raises Unready when the file is no head."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    try:
        note = parse_note(text)
        parse_checkpoint(note.text)
    except Malformed as error:
        raise Unready("log.head_malformed", N_("文件 %(path)s 不是记录库的签名，请检查。"), path=path) from error
    return note


def keep_head(path: Path, note: SignedNote) -> bool:
    """Keep the head outside the database (fsync, rename, folder fsync); False when a later one is kept already."""
    kept = read_head(path)
    if kept is not None and parse_checkpoint(kept.text).size >= parse_checkpoint(note.text).size:
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{token_hex(8)}")
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(str(note))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()
    sync_folder(path.parent)
    return True
