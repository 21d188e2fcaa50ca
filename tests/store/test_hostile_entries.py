"""Entries that nobody could have recorded: replay refuses them with a sentence, and an audit names each by its number.

Whoever holds the server can append any bytes to the record; trust.md threat 2, log-spec.md 11.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import insert, update
from tests.announced import announce_books
from tests.desk import NOON, mine_act
from tests.reference_data import reference
from tests.store.test_act_basis import held, proposed

from greenmine.domain.errors import GreenmineError
from greenmine.store import tables
from greenmine.store.act import entries, size
from greenmine.store.apply import apply, replay
from greenmine.store.audit import Audit
from greenmine.store.database import Database
from greenmine.store.log import append_leaf
from greenmine.store.rebuild import replay_all
from greenmine.tlog.entry import canonical, leaf_hash

LATER: Final = datetime(2028, 1, 1, tzinfo=UTC)
AT: Final = "2025-03-03T04:00:00Z"
BODY: Final = canonical(proposed().body or {})
GOOD: Final = proposed(held()).envelope(seq=0, prev=None, at=AT, body_sha256=hashlib.sha256(BODY).hexdigest())
FRAUD, EXIT = ({"book": held().book, "provision": f"ground/{code}"} for code in ("fraud", "voluntary_exit"))
FIRST, SECOND = "removal-2025-0001", "removal-2025-0002"
NUMBERS: Final = canonical({"matters": [FIRST, SECOND]})

MALFORMED: Final[Mapping[str, Mapping[str, Any]]] = {
    "a kind there is not": {"kind": "mine.moved"},
    "a kind that is a list": {"kind": ["mine.moved"]},
    "a version that is true": {"v": True},
    "a version of no schema": {"v": 2**53 - 1},
    "no version": {"v": None},
    "a basis that is no list": {"basis": "x"},
    "a basis twice": {"basis": [FRAUD, FRAUD]},
    "a basis out of order": {"basis": [EXIT, FRAUD]},
    "a basis with more to it": {"basis": [{**FRAUD, "note": "x"}]},
    "a basis of lists": {"basis": [{"book": ["x"], "provision": {}}]},
    "matters out of order": {"matters": [SECOND, FIRST]},
    "a matter and matters": {"matter": FIRST, "matters": [FIRST, SECOND]},
    "a list of matters without a hash": {"matters": {"sha256": ["x"], "count": 2}},
    "a time that is a number": {"at": 5},
    "a time that never was": {"at": "2025-19-39T29:59:59Z"},
    "a day that never was": {"valid_from": "2025-02-31"},
    "an object that is a list": {"object": ["removal/2025-0001"]},
    "a mine that was never registered": {"mine": "GM-999999-0001"},
    "an end of what never began": {
        **dict.fromkeys(("mine", "ground", "adverse", "level")),
        **{"kind": "notice.withdrawn", "object": "notice/2025-0009", "mines": []},
    },
}
UNREADABLE: Final = {
    "no JSON": b"garbage",
    "a list": b"[]",
    "too deep": b"[" * 60_000,
    "no number": b'{"at":NaN,"kind":"x.y","object":"y/1","seq":0}',
    "a number too large": b'{"at":"","kind":"x.y","object":"y/1","seq":9007199254740993}',
}
LISTS: Final = {
    "out of order": canonical({"matters": [SECOND, FIRST]}),
    "twice the same": canonical({"matters": [FIRST, FIRST]}),
    "no numbers of matters": canonical({"matters": ["mine/GM-520524-0001", "矿"]}),
    "numbers": canonical({"matters": [1, 2]}),
    "a number": canonical({"matters": 2}),
    "a word": canonical({"matters": "ab"}),
    "more than the list": canonical({"matters": [FIRST, SECOND], "note": "x"}),
    "fewer than told": canonical({"matters": [FIRST]}),
    "nothing": b"{}",
    "no object": b"[]",
    "no JSON": b"garbage",
    "too deep": b"[" * 60_000,
    "not there": None,
}


@pytest.fixture
def known(database: Database) -> Database:
    """Books made known, and a mine."""
    with database.write() as tx:
        announce_books(tx, reference(), at=NOON)
        apply(tx, mine_act(1), at=NOON)
    return database


def append(database: Database, entry: bytes, *texts: bytes | None) -> int:
    """Append the bytes as whoever holds the server could: in the tree and under the head, whatever they are."""
    try:
        read = json.loads(entry)
    except (ValueError, RecursionError):
        read = {}
    told = {name: AT if name == "at" else "x" for name in ("kind", "object", "at", "valid_from", "by")}
    told |= {name: read[name] for name in told if isinstance(read, dict) and isinstance(read.get(name), str)}
    with database.write() as tx:
        n, leaf = size(tx), leaf_hash(entry)
        body = hashlib.sha256(BODY).hexdigest() if BODY in texts else None
        tx.execute(insert(tables.act), {**told, "n": n, "seq": 0, "body": body, "entry": entry, "leaf": leaf})
        append_leaf(tx, n, leaf, at=AT)
        for text in filter(None, texts):
            row = {"sha256": hashlib.sha256(text).hexdigest(), "media_type": "application/json", "size": len(text)}
            tx.execute(insert(tables.document), {**row, "content": text, "first_act": n})
        tx.execute(update(tables.act_head), {"size": n + 1, "last_at": told["at"]})
    return n


def envelope(**changed: Any) -> bytes:
    """An entry in order but for what is changed; None takes a field away."""
    return canonical({name: value for name, value in {**GOOD, **changed}.items() if value is not None})


def require_found(known: Database, twin: Database, folder: Path, n: int) -> None:
    """Replay refuses the record and the audit names entry ``n``."""
    run = Audit(known, None, head_file=folder / "log-head", scratch=folder, now=LATER)
    assert [fault for fault in run.faults() if fault.table == "act" and fault.key == str(n) and fault.what]
    with known.read() as tx, pytest.raises(GreenmineError):
        list(replay_all(twin, entries(tx)))
    with twin.read() as tx:
        assert size(tx) == 0


@pytest.mark.parametrize("changed", MALFORMED.values(), ids=list(MALFORMED))
def test_an_entry_that_fits_no_schema_is_refused_and_named(
    known: Database, twin: Database, tmp_path: Path, changed: Mapping[str, Any]
) -> None:
    require_found(known, twin, tmp_path, append(known, envelope(**changed), BODY))


@pytest.mark.parametrize("entry", UNREADABLE.values(), ids=list(UNREADABLE))
def test_bytes_that_are_no_entry_are_refused_and_named(
    known: Database, twin: Database, tmp_path: Path, entry: bytes
) -> None:
    require_found(known, twin, tmp_path, append(known, entry))


@pytest.mark.parametrize("listed", LISTS.values(), ids=list(LISTS))
def test_a_list_of_matters_that_is_none_is_refused_and_named(
    known: Database, twin: Database, tmp_path: Path, listed: bytes | None
) -> None:
    named = {"sha256": hashlib.sha256(listed or b"").hexdigest(), "count": 2}
    require_found(known, twin, tmp_path, append(known, envelope(matters=named), BODY, listed))


def test_a_list_of_matters_that_was_edited_behind_the_app_is_named(
    known: Database, twin: Database, tmp_path: Path
) -> None:
    named = {"sha256": hashlib.sha256(NUMBERS).hexdigest(), "count": 2}
    with known.write() as tx:
        n = replay(tx, envelope(matters=named), BODY, NUMBERS).n
        where = tables.document.c.sha256 == named["sha256"]
        tx.execute(update(tables.document).where(where).values(content=b"garbage"))
    require_found(known, twin, tmp_path, n)


def test_a_body_that_fits_no_schema_is_named(known: Database, twin: Database, tmp_path: Path) -> None:
    """Its hash is the one the entry names: nothing else tells that nobody could have recorded it."""
    body = canonical({"reason": "演示", "basis": "演示", "note": "x"})
    with known.write() as tx:
        n = replay(tx, envelope(body=hashlib.sha256(body).hexdigest()), body, checked=False).n
    require_found(known, twin, tmp_path, n)
