"""Files that strangers add to the draft of a public form: judged, sealed on the disk, then named in the draft."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from greenmine.content.evidence import LIMITS, MOST_FILES, judge_evidence, require_room
from greenmine.domain.errors import BadInput, GreenmineError
from greenmine.domain.instant import legal_day
from greenmine.domain.text import N_
from greenmine.store.evidence_day import require_day_room, take_day_room
from greenmine.store.form_draft import Draft, add_file, clear, load, remove_file
from greenmine.store.sealed_files import SealedFile
from greenmine.store.space import require_space
from greenmine.web.abuse import take_client_bytes
from greenmine.web.context import current_services, current_settings
from greenmine.web.forms.public_draft import HeldDraft

_MOST: Final = max(LIMITS.values())


def require_disk(*, extra: int = 0) -> None:
    """Refuse a public form before anything of it is taken, while the disk is nearly full. Raises Unready.

    :param extra: bytes that are about to be written
    """
    settings = current_settings()
    require_space(settings.data_dir, at_least=settings.low_water_bytes + extra)


def add_evidence(held: HeldDraft, storages: Iterable[Any]) -> HeldDraft:
    """Add the uploaded files to the draft, one by one: those before a refused one stay added.

    Raises BadInput (field ``file``: none chosen, too many, too much, or what judge_evidence refuses), TooMany (busy),
    Unready (disk full or away), Gone (the draft has run out).
    """
    sent = [storage for storage in storages if getattr(storage, "filename", "")]
    if not sent:
        raise BadInput("evidence.none", N_("请选择文件。"), field="file")
    if len(sent) > MOST_FILES:
        require_room([0] * len(sent), added=0)
    for storage in sent:
        held = _add(held, storage)
    return held


def drop_evidence(held: HeldDraft, file: str) -> HeldDraft:
    """Take a file out of the draft and off the disk. Raises NotFound, Gone."""
    services = current_services()
    with services.database.write() as tx:
        draft = remove_file(tx, held.key, file, at=services.clock())
    services.sealed_files.remove(file)
    return replace(held, draft=draft)


def throw_away(held: HeldDraft, *, unless: str = "") -> bool:
    """Forget the draft and everything in it at once: the "clear" button. Returns whether it is gone.

    :param unless: a draft that holds this stays: another window has sent it, and its code is shown nowhere else
    """
    services = current_services()
    with services.database.write() as tx:
        stored = load(tx, held.key, at=services.clock())
        if stored is not None and unless in stored.data:
            return False
        files = clear(tx, held.key)
    for file in files:
        services.sealed_files.remove(file)
    return True


@dataclass(frozen=True)
class SealedUpload:
    """A file judged and sealed on the disk; no row names it yet."""

    sealed: SealedFile
    name: str = field(repr=False)
    media_type: str
    sha256: str = field(repr=False)


def seal_upload(storage: Any, *, fits: Callable[[int], None]) -> SealedUpload:
    """Read an uploaded file only when a place is free, judge it and seal it: two of them at most are in memory.

    :param fits: raises when so many bytes more are too many for the draft or the case
    Raises BadInput, TooMany (busy, or this client or day has brought too much), Unready (disk full or away).
    """
    services = current_services()
    _require_day_room()
    with services.slots.taken():
        evidence = judge_evidence(storage.read(_MOST + 1), storage.filename)
        size = len(evidence.content)
        fits(size)
        require_disk(extra=size)
        take_client_bytes(size)
        sealed = services.sealed_files.put(evidence.content)
        digest = hashlib.sha256(evidence.content).hexdigest()
    return SealedUpload(sealed, evidence.name, evidence.media_type, digest)


def _add(held: HeldDraft, storage: Any) -> HeldDraft:
    services = current_services()
    _require_room(held.draft, added=0)
    new = seal_upload(storage, fits=lambda size: _require_room(held.draft, added=size))
    size, at = new.sealed.size, services.clock()
    try:
        with services.database.write() as tx:
            _require_room(load(tx, held.key, at=at) or held.draft, added=size)  # another window may have added some
            take_day_room(tx, size, day=legal_day(at), most=services.settings.daily_evidence_bytes)
            draft = add_file(tx, held.key, new.sealed, name=new.name, media_type=new.media_type, at=at)
    except GreenmineError:  # refused before the commit: no row names it. After any other fault one may: the sweep knows
        services.sealed_files.remove(new.sealed.file)
        raise
    return replace(held, draft=draft)


def _require_day_room() -> None:
    """Look before anything is decoded: most of a flood ends here."""
    services = current_services()
    with services.database.read() as tx:
        require_day_room(tx, 1, day=legal_day(services.clock()), most=services.settings.daily_evidence_bytes)


def _require_room(draft: Draft, *, added: int) -> None:
    require_room([file.size for file in draft.files], added=added)
