"""Writing drafts at the desk: start, save, hand over for decision, discard, and use up when published."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from greenmine.domain.errors import BadInput, Conflict, RuleBroken
from greenmine.domain.officer import Deed, Officer, require
from greenmine.domain.reference import Reference
from greenmine.domain.text import N_
from greenmine.store import journal
from greenmine.store.database import Tx
from greenmine.store.draft import DraftKind, DraftRow, DraftState, get_draft, insert_draft, update_draft

DEED_OF: Final[Mapping[DraftKind, Deed]] = {
    DraftKind.NOTICE: Deed.PUBLISH_NOTICE,
    DraftKind.NEWS: Deed.EDIT_NEWS,
    DraftKind.CREDIT: Deed.PROPOSE_CREDIT,
}
"""Who may write and read a draft of a kind, inside their own regions."""


class DraftMoved(Conflict):
    """Another officer saved first; ``current`` is the draft as it stands now."""

    def __init__(self, current: DraftRow) -> None:
        super().__init__(
            "draft.moved", N_("您打开后，另一名经办人员已保存了新的内容。您的输入仍在下方，请核对差异后再保存。")
        )
        self.current = current


class DraftUsed(Conflict):
    """The draft was published or thrown away before; ``params`` name the act, None when it was thrown away."""

    def __init__(self, act: int | None) -> None:
        sentence = N_("这份草稿已经发布。") if act is not None else N_("这份草稿已经放弃，内容没有保留。")
        super().__init__("draft.used", sentence, act=act)


def start_draft(
    tx: Tx,
    kind: DraftKind,
    *,
    region: str,
    title: str,
    data: Mapping[str, Any],
    reference: Reference,
    officer: Officer,
    at: datetime,
    about: str = "",
) -> int:
    """Keep a new draft and return its number. Raises NotAllowed outside role or region."""
    require(officer, DEED_OF[kind], region=region, regions=reference.regions)
    return insert_draft(tx, kind=kind, region=region, title=title, data=data, staff=officer.id, at=at, about=about)


def open_draft(tx: Tx, number: int, *, kind: DraftKind, reference: Reference, officer: Officer) -> DraftRow:
    """The draft, for an officer who may work on it; others learn nothing of it (NotFound comes from the query)."""
    draft = get_draft(tx, number)
    require(officer, DEED_OF[kind], region=draft.region, regions=reference.regions)
    if draft.kind is not kind:
        raise RuleBroken("draft.other_kind", N_("这份草稿属于另一类事项。"))
    return draft


def save_draft(
    tx: Tx,
    number: int,
    *,
    title: str,
    region: str,
    data: Mapping[str, Any],
    seen_version: int,
    reference: Reference,
    officer: Officer,
    at: datetime,
) -> int:
    """Save what was typed and return the new version; the journal keeps who changed it.

    Raises DraftMoved when another officer saved since ``seen_version``, RuleBroken when it is no longer open.
    """
    draft = get_draft(tx, number, lock=True)
    for code in (draft.region, region):
        require(officer, DEED_OF[draft.kind], region=code, regions=reference.regions)
    _require_open(draft)
    if dict(draft.data) == dict(data) and draft.region == region:
        return draft.version
    moved = update_draft(
        tx, number, version=seen_version, staff=officer.id, at=at, title=title, region=region, data=data
    )
    if not moved:
        raise DraftMoved(draft)
    journal.note_draft_saved(tx, number, staff=officer.id, at=at)
    return seen_version + 1


def propose_draft(
    tx: Tx, number: int, *, seen_version: int, reference: Reference, officer: Officer, at: datetime
) -> None:
    """Hand a draft over to another officer's decision."""
    draft = get_draft(tx, number, lock=True)
    require(officer, DEED_OF[draft.kind], region=draft.region, regions=reference.regions)
    _require_open(draft)
    if not update_draft(tx, number, version=seen_version, staff=officer.id, at=at, state=DraftState.PROPOSED):
        raise DraftMoved(draft)
    journal.note(tx, "draft.proposed", at=at, staff=officer.id, detail=f"draft={number}")


def return_draft(
    tx: Tx, number: int, *, note: str, deed: Deed, reference: Reference, officer: Officer, at: datetime
) -> None:
    """Give a proposed draft back to its writer, with a note that says what to mend; the note stays inside the desk.

    Raises BadInput (no note), NotAllowed, Conflict (decided or given back meanwhile).
    """
    draft = get_draft(tx, number, lock=True)
    require(officer, deed, region=draft.region, regions=reference.regions)
    if draft.state is not DraftState.PROPOSED:
        raise Conflict("draft.not_proposed", N_("这份草稿已经有了结果。"))
    if not note.strip():
        raise BadInput("draft.note_missing", N_("请写明退回的理由。"), field="reason")
    data = {**draft.data, "note": note.strip()}
    update_draft(tx, number, version=draft.version, staff=officer.id, at=at, state=DraftState.OPEN, data=data)
    journal.note(tx, "draft.returned", at=at, staff=officer.id, detail=f"draft={number}")


def discard_draft(
    tx: Tx, number: int, *, seen_version: int, reference: Reference, officer: Officer, at: datetime
) -> None:
    """Throw a draft away: its words are forgotten, the row stays for the count.

    Raises DraftMoved when it was saved since it was seen.
    """
    draft = get_draft(tx, number, lock=True)
    require(officer, DEED_OF[draft.kind], region=draft.region, regions=reference.regions)
    _require_open(draft)
    if draft.version != seen_version:
        raise DraftMoved(draft)
    update_draft(
        tx, number, version=draft.version, staff=officer.id, at=at, state=DraftState.DISCARDED, data={}, title=""
    )


def use_up_draft(tx: Tx, number: int, *, seen_version: int, act: int, officer: Officer, at: datetime) -> DraftRow:
    """Mark a draft as published, in the transaction of its act; its words are forgotten, the act holds them.

    Its title too: that of a credit entry is the name of somebody whom the law lets vanish.

    A double click finds it used up: DraftUsed. Raises DraftMoved when it changed since the preview.
    """
    draft = get_draft(tx, number, lock=True)
    if draft.state not in (DraftState.OPEN, DraftState.PROPOSED):
        raise DraftUsed(draft.act)
    used = update_draft(
        tx,
        number,
        version=seen_version,
        staff=officer.id,
        at=at,
        state=DraftState.PUBLISHED,
        act=act,
        data={},
        title="",
    )
    if not used:
        raise DraftMoved(draft)
    return draft


def _require_open(draft: DraftRow) -> None:
    if draft.state is not DraftState.OPEN:
        raise RuleBroken("draft.not_open", N_("这份草稿已提交或已发布，不能再修改。"))
