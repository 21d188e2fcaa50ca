"""Rows of notices, their items and attachments."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import insert, select, update

from greenmine.store import tables
from greenmine.store.database import Tx
from greenmine.store.effects.entry import Entry
from greenmine.store.effects.file import keep_files, named_files
from greenmine.store.effects.mine import settle

_PERIOD: Final = ("first_day", "last_day", "ends_at")
_RULE: Final = ("unit", "days", "first_day_counted", "rolls_over", "cutoff")


def publish(tx: Tx, entry: Entry) -> None:
    """notice.published: the notice with its list as printed, its period and its attachments."""
    body = entry.body or {}
    told = {
        "id": entry.object_id,
        "kind": entry.fact("notice_kind"),
        **{name: entry.fact(name) for name in ("level", "region", "enters", "calendar", *_PERIOD, *_RULE)},
        "title": entry.title("title"),
        **{name: entry.text(name) for name in ("number", "issuer", "text", "contact", "source")},
        "columns": entry.json("columns", empty=[]),
        "objection": entry.json("objection", empty={}),
        "provisional": bool(entry.fact("provisional")),
        "published_at": entry.at,
        "published_on": entry.valid_from,
        "state": "published",
        "first_act": entry.n,
        "last_act": entry.n,
    }
    tx.execute(insert(tables.notice), told)
    _write_items(tx, entry, body)
    _write_attachments(tx, entry, body)
    for mine in entry.fact("mines") or ():
        settle(tx, mine, act=entry.n)


def correct(tx: Tx, entry: Entry) -> None:
    """notice.corrected: text mended; list, period and hashes of the first publication stay."""
    _change(tx, entry, title=entry.title("title"), **{name: entry.text(name) for name in ("text", "contact")})


def recount(tx: Tx, entry: Entry) -> None:
    """notice.recounted: a provisional end is counted again once the calendar is published (rules.md)."""
    _change(
        tx,
        entry,
        last_day=entry.fact("last_day"),
        ends_at=entry.fact("ends_at"),
        provisional=entry.fact("provisional"),
        calendar=entry.fact("calendar"),
    )


def close(tx: Tx, entry: Entry) -> None:
    """notice.closed: each mine of the list is listed or dropped (302 noticed, 301 listed)."""
    listed, dropped = set(entry.fact("listed")), set(entry.fact("dropped"))
    reasons = (entry.body or {}).get("reasons", {})
    _change(tx, entry, state="closed", closed_at=entry.at, result=entry.text("result"))
    for mine in sorted(listed | dropped):
        item = tables.notice_item
        tx.execute(
            update(item)
            .where(item.c.notice == entry.object_id, item.c.mine == mine)
            .values(outcome="listed" if mine in listed else "dropped", reason=reasons.get(mine, ""))
        )
        settle(tx, mine, act=entry.n)


def withdraw(tx: Tx, entry: Entry) -> None:
    """notice.withdrawn: it says so on the notice itself; no mine is under notice by it any more."""
    _change(tx, entry, state="withdrawn", closed_at=entry.at, result=entry.text("reason"))
    for mine in tx.execute(
        select(tables.notice_item.c.mine).where(
            tables.notice_item.c.notice == entry.object_id, tables.notice_item.c.mine.is_not(None)
        )
    ).scalars():
        settle(tx, mine, act=entry.n)


def _change(tx: Tx, entry: Entry, **values: Any) -> None:
    notice = tables.notice
    tx.execute(update(notice).where(notice.c.id == entry.object_id).values(**values, last_act=entry.n))


def _write_items(tx: Tx, entry: Entry, body: Mapping[str, Any]) -> None:
    rows = [
        {
            "notice": entry.object_id,
            "position": position,
            "mine": item.get("mine"),
            "name": item["name"],
            "cells": json.dumps(item["cells"], ensure_ascii=False),
            "note": item.get("note", ""),
            "outcome": "pending",
        }
        for position, item in enumerate(body.get("items", ()))
    ]
    if rows:
        tx.execute(insert(tables.notice_item), rows)


def _write_attachments(tx: Tx, entry: Entry, body: Mapping[str, Any]) -> None:
    attachments = body.get("attachments", ())
    keep_files(tx, entry, named_files(entry, "attachments"))
    rows = [
        {"notice": entry.object_id, "position": position, **attachment}
        for position, attachment in enumerate(attachments)
    ]
    if rows:
        tx.execute(insert(tables.notice_attachment), rows)


NOTICE_EFFECTS: Final[Mapping[str, Callable[[Tx, Entry], None]]] = {
    "notice.published": publish,
    "notice.corrected": correct,
    "notice.recounted": recount,
    "notice.closed": close,
    "notice.withdrawn": withdraw,
}
