"""Drafts of the desk: private, versioned, so that the second of two officers sees what changed and loses nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, insert, or_, select, update

from greenmine.domain.errors import NotFound
from greenmine.domain.instant import from_utc_text, utc_text
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.figure import region_prefix
from greenmine.store.journal import writers_of_drafts
from greenmine.store.tables_private import desk_draft


class DraftKind(StrEnum):
    """What a draft will become."""

    NOTICE = "notice"  # 公示公告
    NEWS = "news"  # 新闻
    CREDIT = "credit"  # 失信信息


class DraftState(StrEnum):
    """Whether it can still be worked on."""

    OPEN = "open"  # 起草中
    PROPOSED = "proposed"  # 待决定
    PUBLISHED = "published"  # 已发布
    DISCARDED = "discarded"  # 已放弃


@dataclass(frozen=True)
class DraftRow:
    """A draft: ``data`` holds the form's own values as typed; ``object`` names what it corrects, if anything."""

    id: int
    kind: DraftKind
    object: str
    region: str
    title: str
    data: Mapping[str, Any]
    version: int
    state: DraftState
    created_by: int
    updated_by: int
    created_at: datetime
    updated_at: datetime
    act: int | None


@dataclass(frozen=True)
class WrittenDraft(DraftRow):
    """A draft with the staff ids of everybody who opened it, changed it or handed it over."""

    writers: frozenset[int]


def insert_draft(
    tx: Tx,
    *,
    kind: DraftKind,
    region: str,
    title: str,
    data: Mapping[str, Any],
    staff: int,
    at: datetime,
    about: str = "",
) -> int:
    """Keep a new draft, version 1; returns its number."""
    result = tx.execute(
        insert(desk_draft)
        .values(
            kind=kind,
            object=about,
            region=region,
            title=title,
            data=_json(data),
            version=1,
            state=DraftState.OPEN,
            created_by=staff,
            updated_by=staff,
            created_at=utc_text(at),
            updated_at=utc_text(at),
        )
        .returning(desk_draft.c.id)
    )
    return int(result.scalar_one())


def get_draft(tx: Tx, number: int, *, lock: bool = False) -> DraftRow:
    """The draft with this number. Raises NotFound."""
    query = select(desk_draft).where(desk_draft.c.id == number)
    row = tx.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound("draft.unknown", N_("没有这份草稿。"))
    return _row(row)


def list_drafts(
    tx: Tx, *, regions: Sequence[str], kinds: Sequence[DraftKind], states: Sequence[DraftState], limit: int = 200
) -> list[DraftRow]:
    """Drafts inside these regions, last touched first."""
    inside: list[ColumnElement[bool]] = [desk_draft.c.region.startswith(region_prefix(code)) for code in regions]
    query = (
        select(desk_draft)
        .where(or_(*inside), desk_draft.c.kind.in_(kinds), desk_draft.c.state.in_(states))
        .order_by(desk_draft.c.updated_at.desc(), desk_draft.c.id.desc())
        .limit(limit)
    )
    return [_row(row) for row in tx.execute(query)]


def with_writers(tx: Tx, drafts: Sequence[DraftRow]) -> list[WrittenDraft]:
    """The drafts with all their writers, in the same order."""
    saved = writers_of_drafts(tx, [draft.id for draft in drafts])
    return [
        WrittenDraft(
            **{each.name: getattr(draft, each.name) for each in fields(DraftRow)},
            writers=saved[draft.id] | {draft.created_by, draft.updated_by},
        )
        for draft in drafts
    ]


def count_drafts(tx: Tx, *, regions: Sequence[str], kind: DraftKind, state: DraftState) -> int:
    """How many drafts of a kind stand in a state inside these regions."""
    inside: list[ColumnElement[bool]] = [desk_draft.c.region.startswith(region_prefix(code)) for code in regions]
    query = select(func.count()).select_from(desk_draft)
    return int(
        tx.execute(query.where(or_(*inside), desk_draft.c.kind == kind, desk_draft.c.state == state)).scalar_one()
    )


def files_of_drafts(tx: Tx) -> frozenset[str]:
    """SHA-256 of the files that drafts still to be worked on hold; no document names them yet."""
    waiting = (DraftState.OPEN, DraftState.PROPOSED)
    rows = tx.execute(select(desk_draft.c.data).where(desk_draft.c.state.in_(waiting))).scalars()
    return frozenset(file["sha256"] for row in rows for file in json.loads(row).get("files", ()))


def update_draft(tx: Tx, number: int, *, version: int, staff: int, at: datetime, **values: Any) -> bool:
    """Change a draft that still has this version; False when it has moved on (compare and swap)."""
    if "data" in values:
        values["data"] = _json(values["data"])
    moved = tx.execute(
        update(desk_draft)
        .where(desk_draft.c.id == number, desk_draft.c.version == version)
        .values(**values, version=version + 1, updated_by=staff, updated_at=utc_text(at))
    )
    return moved.rowcount == 1


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True)


def _row(row: Any) -> DraftRow:
    values = dict(row._mapping)
    return DraftRow(
        **{
            **values,
            "kind": DraftKind(row.kind),
            "state": DraftState(row.state),
            "data": json.loads(row.data),
            "created_at": from_utc_text(row.created_at),
            "updated_at": from_utc_text(row.updated_at),
        }
    )
