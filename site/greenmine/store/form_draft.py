"""Drafts of public forms: kept on the server, sealed by a key that only the person's cookie holds, for 72 hours.

::

    cookie       = base64url( id(32) || key(32) )
    row          = SHA-256(id), kind, version, expires_at
    sealed       = nonce(12) || AES-256-GCM( key, JSON {"data": …, "files": […]}, aad = "draft|<kind>|<SHA-256(id)>" )

Nobody who reads the database, its backups or the folder of files can read a draft, the site itself included.
Source: design.md "Private data"; trust.md 20.
"""

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, insert, select, update

from greenmine.domain.case import CaseKind
from greenmine.domain.errors import BadInput, Conflict, Gone, NotFound
from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.sealed import new_key, seal, unseal
from greenmine.store.sealed_files import SealedFile
from greenmine.store.tables_case import form_draft, form_draft_file

LIFETIME: Final = timedelta(hours=72)
"""How long a draft is kept after it was last saved."""

MOST_BYTES: Final = 64 * 1024
"""Largest draft, in bytes of JSON, its files not counted: some 7,000 characters is the longest form, of 4 bytes each
at most; twice that, and the names of its files."""

_SECRET: Final = 32


@dataclass(frozen=True)
class DraftKey:
    """What only the person's cookie holds: which draft, and the key that opens it."""

    kind: CaseKind
    id: bytes = field(repr=False)
    key: bytes = field(repr=False)

    @property
    def token(self) -> str:
        """The cookie's value: 86 characters of base64url."""
        return base64.urlsafe_b64encode(self.id + self.key).decode().rstrip("=")

    @property
    def id_hash(self) -> str:
        """What the row stands under."""
        return hashlib.sha256(self.id).hexdigest()


@dataclass(frozen=True)
class DraftFile:
    """A file of a draft; its name and key stand in the sealed part only.

    :param size: bytes of the plain content
    """

    file: str
    key: bytes = field(repr=False)
    size: int
    media_type: str
    name: str = field(repr=False)

    @property
    def sealed(self) -> SealedFile:
        """What :func:`greenmine.store.case_attachment.attach` takes."""
        return SealedFile(self.file, self.key, self.size)


@dataclass(frozen=True)
class Draft:
    """A draft opened: what was typed, how often it was saved, and what was added to it."""

    data: Mapping[str, Any] = field(repr=False)
    version: int
    files: tuple[DraftFile, ...]
    expires_at: datetime

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)


class DraftMoved(Conflict):
    """Another page of the same browser saved first: ``stored`` is the draft as it stands, ``typed`` what came now."""

    def __init__(self, stored: Draft, typed: Mapping[str, Any]) -> None:
        super().__init__(
            "draft.moved_elsewhere",
            N_("这份表单在另一个窗口里保存过新的内容。您刚才填写的仍在下方，请核对后再保存。"),
        )
        self.stored = stored
        self.typed = typed


def parse_token(token: str, *, kind: CaseKind) -> DraftKey | None:
    """The key a cookie holds; None when it is not one of ours."""
    try:
        secret = base64.b64decode(f"{token}==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return DraftKey(kind, secret[:_SECRET], secret[_SECRET:]) if len(secret) == 2 * _SECRET else None


def start(tx: Tx, *, kind: CaseKind, at: datetime, data: Mapping[str, Any] | None = None) -> DraftKey:
    """Begin a draft, version 1, and return the one key to it. Raises BadInput (too long)."""
    key = DraftKey(kind, secrets.token_bytes(_SECRET), new_key())
    draft = Draft(data or {}, 1, (), at + LIFETIME)
    values = {"kind": kind, "sealed": _sealed(key, draft), "version": 1, "expires_at": utc_text(draft.expires_at)}
    tx.execute(insert(form_draft).values(id_hash=key.id_hash, **values))
    return key


def load(tx: Tx, key: DraftKey, *, at: datetime) -> Draft | None:
    """The draft; None when it was cleared, sent, or has run out, or the key is another one's.

    Raises Unready when the row was changed behind our back.
    """
    row = tx.execute(
        select(form_draft).where(
            form_draft.c.id_hash == key.id_hash, form_draft.c.kind == key.kind, form_draft.c.expires_at > utc_text(at)
        )
    ).first()
    if row is None:
        return None
    told = json.loads(unseal(key.key, row.sealed, context=_context(key)))
    files = tuple(DraftFile(**{**item, "key": bytes.fromhex(item["key"])}) for item in told["files"])
    return Draft(told["data"], row.version, files, from_utc_text(row.expires_at))


def save(tx: Tx, key: DraftKey, data: Mapping[str, Any], *, version: int, at: datetime) -> Draft:
    """Keep what was typed, for another 72 hours; its files stay. Returns the draft as it stands now.

    :param version: the one the page was made from; the same data again is no conflict
    Raises DraftMoved (saved meanwhile; nothing was changed), Gone (cleared, sent or run out), BadInput (too long).
    """
    stored = _require(tx, key, at=at)
    if dict(data) == dict(stored.data):
        return _keep(tx, key, stored, at=at)
    if stored.version != version:
        raise DraftMoved(stored, data)
    return _keep(tx, key, replace(stored, data=data, version=version + 1), at=at)


def add_file(tx: Tx, key: DraftKey, sealed: SealedFile, *, name: str, media_type: str, at: datetime) -> Draft:
    """Add a file that stands sealed on the disk. No page's version grows old by it. Raises Gone, BadInput."""
    stored = _require(tx, key, at=at)
    file = DraftFile(sealed.file, sealed.key, sealed.size, media_type, name)
    tx.execute(insert(form_draft_file).values(file=file.file, draft=key.id_hash, size=file.size))
    return _keep(tx, key, replace(stored, files=(*stored.files, file)), at=at)


def remove_file(tx: Tx, key: DraftKey, file: str, *, at: datetime) -> Draft:
    """Forget a file and its key; take the bytes away after the commit. Raises Gone; NotFound: not of this draft."""
    stored = _require(tx, key, at=at)
    rest = tuple(item for item in stored.files if item.file != file)
    if len(rest) == len(stored.files):
        raise NotFound("file.unknown", N_("没有这份文件。"))
    tx.execute(delete(form_draft_file).where(form_draft_file.c.file == file, form_draft_file.c.draft == key.id_hash))
    return _keep(tx, key, replace(stored, files=rest), at=at)


def clear(tx: Tx, key: DraftKey) -> tuple[str, ...]:
    """Forget the draft; returns the files it named, for whoever throws it away to remove after the commit.

    Whoever sends it has attached them to the case in the same transaction, and leaves them.
    """
    owned = (form_draft.c.id_hash == key.id_hash) & (form_draft.c.kind == key.kind)
    if tx.execute(select(form_draft.c.version).where(owned)).first() is None:
        return ()
    files = tx.execute(select(form_draft_file.c.file).where(form_draft_file.c.draft == key.id_hash)).scalars().all()
    tx.execute(delete(form_draft_file).where(form_draft_file.c.draft == key.id_hash))
    tx.execute(delete(form_draft).where(owned))
    return tuple(files)


def has_expired(tx: Tx, *, at: datetime) -> bool:
    """Whether there is a draft to forget: a look that writes nothing."""
    return (
        tx.execute(select(form_draft.c.version).where(form_draft.c.expires_at <= utc_text(at)).limit(1)).first()
        is not None
    )


def expire(tx: Tx, *, at: datetime) -> int:
    """Forget the drafts that have run out; their files are left to the sweep. Returns how many."""
    over = select(form_draft.c.id_hash).where(form_draft.c.expires_at <= utc_text(at))
    tx.execute(delete(form_draft_file).where(form_draft_file.c.draft.in_(over)))
    return tx.execute(delete(form_draft).where(form_draft.c.expires_at <= utc_text(at))).rowcount


def _require(tx: Tx, key: DraftKey, *, at: datetime) -> Draft:
    stored = load(tx, key, at=at)
    if stored is None:
        raise Gone("draft.over", N_("这份表单的草稿已经提交、清除或超过72小时，请重新开始填写。"))
    return stored


def _keep(tx: Tx, key: DraftKey, draft: Draft, *, at: datetime) -> Draft:
    kept = replace(draft, expires_at=at + LIFETIME)
    tx.execute(
        update(form_draft)
        .where(form_draft.c.id_hash == key.id_hash)
        .values(sealed=_sealed(key, kept), version=kept.version, expires_at=utc_text(kept.expires_at))
    )
    return kept


def _sealed(key: DraftKey, draft: Draft) -> bytes:
    files = [
        {"file": f.file, "key": f.key.hex(), "size": f.size, "media_type": f.media_type, "name": f.name}
        for f in draft.files
    ]
    plain = json.dumps({"data": dict(draft.data), "files": files}, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if len(plain) > MOST_BYTES:
        raise BadInput("draft.large", N_("填写的内容太长，请精简后再保存，或把材料作为附件上传。"))
    return seal(key.key, plain, context=_context(key))


def _context(key: DraftKey) -> bytes:
    return f"draft|{key.kind}|{key.id_hash}".encode()
