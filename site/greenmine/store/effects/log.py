"""What the log's acts on itself do to rows. Source: log-spec.md 6, 10."""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import select, update

from greenmine.domain.instant import from_utc_text
from greenmine.store.act import files_gone_with
from greenmine.store.database import Tx
from greenmine.store.effects.entry import Entry
from greenmine.store.effects.file import UNKNOWN
from greenmine.store.effects.refold import refold
from greenmine.store.log import log_origin
from greenmine.store.log_key import add_key
from greenmine.store.tables import act, document
from greenmine.tlog.note import ED25519, VerifierKey


def note_only(tx: Tx, entry: Entry) -> None:
    """complaint.batch, record.erased, checkpoint.recovered: the entry itself is all there is to tell."""


def remove_document(tx: Tx, entry: Entry) -> None:
    """document.removed: the bytes go, hash and ground stay; the address answers 410.

    With the body of an act go the files that no other act needs, and the rows that held its words are made anew
    without them: the same rows that a replay makes which never had that body.
    """
    sha256 = entry.fact("document")
    gone = {"content": None, "size": 0, "removed_by": entry.n, "removed_ground": entry.fact("ground")}
    tx.execute(update(document).where(document.c.sha256 == sha256).values(**gone))
    files = update(document).where(document.c.sha256.in_(files_gone_with(tx, sha256)))
    tx.execute(files.values(**gone, media_type=UNKNOWN))
    refold(tx, tx.execute(select(act.c.n).where(act.c.body == sha256).order_by(act.c.n)).scalars().all())


def rotate_key(tx: Tx, entry: Entry) -> None:
    """key.rotated: from now on the new key signs, for 30 days beside the old one."""
    origin = log_origin(tx)
    if origin is not None:  # a mirror that replays has no log of its own
        key = VerifierKey(origin, ED25519, bytes.fromhex(entry.fact("public")))
        add_key(tx, key, act=entry.n, at=from_utc_text(entry.envelope["at"]))


LOG_EFFECTS: Final[Mapping[str, Callable[[Tx, Entry], None]]] = {
    "complaint.batch": note_only,
    "document.removed": remove_document,
    "record.erased": note_only,
    "key.rotated": rotate_key,
    "checkpoint.recovered": note_only,
}
