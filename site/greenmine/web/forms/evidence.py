"""Files that strangers add to the draft of a public form: judged, sealed on the disk, then named in the draft."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from greenmine.content.evidence import LIMITS, MOST_FILES, accept_evidence, require_room
from greenmine.domain.errors import BadInput, GreenmineError
from greenmine.domain.instant import legal_day
from greenmine.domain.text import N_
from greenmine.store.evidence_day import require_day_room, take_day_room
from greenmine.store.form_draft import Draft, add_file, clear, load, remove_file
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

    Raises BadInput (field ``file``: none chosen, too many, too much, or what accept_evidence refuses), TooMany (busy),
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


def throw_away(held: HeldDraft) -> None:
    """Forget the draft and everything in it at once: the "clear" button."""
    services = current_services()
    with services.database.write() as tx:
        files = clear(tx, held.key)
    for file in files:
        services.sealed_files.remove(file)


def _add(held: HeldDraft, storage: Any) -> HeldDraft:
    services = current_services()
    _require_room(held.draft, added=0)
    _require_day_room()
    evidence = accept_evidence(storage.read(_MOST + 1), storage.filename, slots=services.slots)
    size = len(evidence.content)
    _require_room(held.draft, added=size)
    require_disk(extra=size)
    take_client_bytes(size)
    sealed, at = services.sealed_files.put(evidence.content), services.clock()
    try:
        with services.database.write() as tx:
            _require_room(load(tx, held.key, at=at) or held.draft, added=size)  # another window may have added some
            take_day_room(tx, size, day=legal_day(at), most=services.settings.daily_evidence_bytes)
            draft = add_file(tx, held.key, sealed, name=evidence.name, media_type=evidence.media_type, at=at)
    except GreenmineError:  # refused before the commit: no row names it. After any other fault one may: the sweep knows
        services.sealed_files.remove(sealed.file)
        raise
    return replace(held, draft=draft)


def _require_day_room() -> None:
    """Look before anything is decoded: most of a flood ends here."""
    services = current_services()
    with services.database.read() as tx:
        require_day_room(tx, 1, day=legal_day(services.clock()), most=services.settings.daily_evidence_bytes)


def _require_room(draft: Draft, *, added: int) -> None:
    require_room([file.size for file in draft.files], added=added)
