"""apply(): one act, its bytes, its chain, its rows, or nothing at all (log-spec.md 1, 7; ZJ-15 全过程留痕)."""

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.desk import NOON, ZHIJIN, credit_act, credit_end, mine_act

from greenmine.domain.act import KINDS, Act, Basis
from greenmine.domain.act.terms import strings_in
from greenmine.domain.errors import BadInput, Gone, NotFound, Unready
from greenmine.domain.instant import utc_text
from greenmine.store import tables
from greenmine.store.act import acts_after, acts_of, get_act, get_document, latest_of, next_number, public_hashes, size
from greenmine.store.act_schema import ActMalformed
from greenmine.store.apply import EFFECTS, ReplayBroken, apply, replay
from greenmine.store.database import Database, Tx
from greenmine.store.mine import get_mine, next_mine_number
from greenmine.tlog.entry import MAX_ENTRY, canonical, leaf_hash

TODAY = date(2025, 3, 3)


def record(database: Database, *acts: Act) -> list[bytes]:
    """Apply the acts, each in a transaction of its own; the entries."""
    entries = []
    for act in acts:
        with database.write() as tx:
            entries.append(apply(tx, act, at=NOON).entry)
    return entries


def everything(database: Database) -> dict[str, list[Any]]:
    """Every row of every public table."""
    with database.read() as tx:
        return {table.name: [tuple(row) for row in tx.execute(select(table))] for table in tables.PUBLIC_TABLES}


def sha256(body: Any) -> str:
    return hashlib.sha256(canonical(body)).hexdigest()


def test_acts_are_numbered_from_zero_without_a_gap(database: Database) -> None:
    record(database, *(mine_act(n) for n in range(1, 8)))
    with database.read() as tx:
        assert [act.n for act in acts_after(tx, 0, limit=100)] == list(range(7))
        assert size(tx) == 7


def test_each_object_has_its_own_sequence_and_chain(database: Database) -> None:
    change = Act("mine.changed", f"mine/GM-{ZHIJIN}-0001", "county@520524", TODAY, body={"changes": {}, "reason": "补"})
    first, other, second, third = record(database, mine_act(1), mine_act(2), change, change)
    read = [json.loads(entry) for entry in (first, other, second, third)]
    assert [envelope["seq"] for envelope in read] == [0, 0, 1, 2]
    assert "prev" not in read[0]
    assert "prev" not in read[1]
    assert read[2]["prev"] == leaf_hash(first).hex()
    assert read[3]["prev"] == leaf_hash(second).hex()


def test_bytes_are_stored_as_they_were_hashed(database: Database) -> None:
    (entry,) = record(database, mine_act())
    with database.read() as tx:
        row = tx.execute(select(tables.act)).one()
    assert bytes(row.entry) == entry == canonical(json.loads(entry))
    assert bytes(row.leaf) == leaf_hash(entry)
    assert json.loads(entry) == {
        "v": 1, "kind": "mine.registered", "object": "mine/GM-520524-0001", "seq": 0, "at": "2025-03-03T04:00:00Z",
        "valid_from": "2025-03-03", "by": "county@520524", "basis": [], "region": "520524",
        "body": sha256({"name": "演示第1号矿"}),
    }  # fmt: skip


def test_columns_of_an_act_say_what_its_entry_says(database: Database) -> None:
    record(database, mine_act(), credit_act())
    with database.read() as tx:
        for row in tx.execute(select(tables.act)):
            envelope = json.loads(row.entry)
            for column in ("kind", "object", "seq", "at", "valid_from", "by", "body"):
                assert getattr(row, column) == envelope[column]


def test_envelope_holds_no_word_of_the_body(database: Database) -> None:
    """log-spec.md 1: no free text, no names."""
    entries = record(database, mine_act(), credit_act())
    assert all(entry.isascii() for entry in entries)


def test_body_is_a_document_under_its_hash(database: Database) -> None:
    record(database, mine_act())
    with database.read() as tx:
        document = get_document(tx, sha256({"name": "演示第1号矿"}), today=TODAY)
    assert document.content == '{"name":"演示第1号矿"}'.encode()
    assert document.media_type == "application/json"
    assert document.size == len(document.content)


def test_unknown_document_is_not_found(database: Database) -> None:
    with database.read() as tx, pytest.raises(NotFound):
        get_document(tx, "0" * 64, today=TODAY)


def test_a_body_shared_by_two_acts_is_stored_once(database: Database) -> None:
    record(database, mine_act(1, name="同名矿"), mine_act(2, name="同名矿"))
    with database.read() as tx:
        assert tx.execute(select(func.count()).select_from(tables.document)).scalar_one() == 1
        assert get_act(tx, 0).body == get_act(tx, 1).body == {"name": "同名矿"}


def test_a_body_published_before_as_a_file_is_kept_for_replay(database: Database) -> None:
    """A file's bytes stand outside the database; an act's body must stand in it, or replay would lose its words."""
    body = canonical({"name": "演示第1号矿"})
    media = {"sha256": hashlib.sha256(body).hexdigest(), "media_type": "text/plain", "alt": "", "name": "a", "size": 1}
    facts = {"section": "news", "origin": "desk", "published": "2025-03-03", "media": [media["sha256"]]}
    words = {"title": "演示", "markdown": "演示", "media": [media]}
    record(
        database,
        Act("content.published", "content/news/a", "editor@520000", TODAY, facts=facts, body=words),
        mine_act(1),
    )
    with database.read() as tx:
        assert get_act(tx, 1).body == {"name": "演示第1号矿"}


@pytest.mark.parametrize(
    "act",
    [
        mine_act(object="mine/青山"),
        mine_act(object="notice/2025-0001"),
        mine_act(facts={}),
        mine_act(facts={"region": ZHIJIN, "note": "free text"}),
        mine_act(facts={"region": "贵州"}),
        mine_act(facts={"region": ZHIJIN, "scale": "huge"}),
        mine_act(body={}),
        mine_act(body={"name": ""}),
        mine_act(body={"name": "演示", "boss": "演示"}),
        mine_act(body=None),
        mine_act(basis=(Basis("the old one", "ground/fraud"),)),
        mine_act(step="第一步"),
        mine_act(matters=("listing",)),
        mine_act(facts={"region": 2**53}),
    ],
    ids=range(14),
)
def test_what_does_not_fit_its_schema_leaves_nothing_behind(database: Database, act: Act) -> None:
    record(database, mine_act(9))
    before = everything(database)
    with pytest.raises(ActMalformed), database.write() as tx:
        apply(tx, act, at=NOON)
    assert everything(database) == before


def test_a_refused_act_leaves_nothing_even_if_its_transaction_goes_on(database: Database) -> None:
    """The check comes before the first row: whoever catches the refusal and commits has still written nothing."""
    before = everything(database)
    with database.write() as tx, pytest.raises(ActMalformed):
        apply(tx, mine_act(body={"name": ""}), at=NOON)
    assert everything(database) == before


def test_a_fault_after_an_act_takes_the_act_back(database: Database) -> None:
    before = everything(database)
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        apply(tx, mine_act(), at=NOON)
        assert get_mine(tx, "GM-520524-0001").facts.name == "演示第1号矿"
        1 / 0  # noqa: B018
    assert everything(database) == before


@pytest.mark.parametrize("words", ["a\x00b", "a\x0bb", "\x1b[31m", "\ufffe", "\ud800", "a\uffff", "\\\x08"], ids=ascii)
def test_characters_that_cannot_be_kept_are_refused_with_a_sentence(database: Database, words: str) -> None:
    """PostgreSQL keeps no NUL; U+000B makes a whole feed fail (trust.md 16)."""
    before = everything(database)
    with pytest.raises(BadInput, match="字符"), database.write() as tx:
        apply(tx, mine_act(name=words), at=NOON)
    assert everything(database) == before


@pytest.mark.parametrize("words", ["一\n二\t三\r", "C:\\u0000\\b\\f", "𠮷矿\U0001f600", "\u2028", "a\u0301"], ids=ascii)
def test_unusual_but_lawful_characters_are_kept(database: Database, words: str) -> None:
    record(database, mine_act(name=words))
    with database.read() as tx:
        assert get_mine(tx, "GM-520524-0001").facts.name == words
        assert get_act(tx, 0).body == {"name": words}


def test_too_many_mines_for_one_entry_are_refused_with_a_sentence(database: Database) -> None:
    """tlog-tiles: an entry holds at most 65,535 bytes."""
    mines = [f"GM-{ZHIJIN}-{n:06}" for n in range(4000)]
    assert len(canonical({"mines": mines})) > MAX_ENTRY
    act = Act(
        "notice.closed", "notice/2025-0001", "province@520000", TODAY,
        facts={"listed": mines, "dropped": []}, body={"result": "无异议"},
    )  # fmt: skip
    with pytest.raises(BadInput, match="分成几件"), database.write() as tx:
        apply(tx, act, at=NOON)


def test_long_texts_are_kept_alike_on_both_databases(database: Database) -> None:
    """No column is narrower than the schema of its act, or an act of one database could not be replayed in another."""
    long = "长" * 2000
    texts = ("holder", "credit_code", "mineral", "mineral_class", "capacity", "standard", "permit_no", "certificate_no")
    record(database, mine_act(body={"name": "演示", **dict.fromkeys(texts, long)}))
    with database.read() as tx:
        stored = get_mine(tx, "GM-520524-0001").facts
    assert {getattr(stored, name) for name in texts} == {long}


def test_clock_more_than_five_minutes_behind_the_record_is_refused(database: Database) -> None:
    """trust.md 21: an act is not dated before what stands in the log already."""
    record(database, mine_act(1))
    with pytest.raises(Unready, match="2025-03-03T04:00:00Z"), database.write() as tx:
        apply(tx, mine_act(2), at=NOON - timedelta(minutes=5, seconds=1))
    with database.read() as tx:
        assert size(tx) == 1


@pytest.mark.parametrize("back", [timedelta(microseconds=1), timedelta(seconds=1), timedelta(minutes=5)])
def test_a_small_step_back_of_the_clock_keeps_time_from_going_back(database: Database, back: timedelta) -> None:
    record(database, mine_act(1))
    with database.write() as tx:
        recorded = apply(tx, mine_act(2), at=NOON - back)
    assert recorded.at == NOON


def test_instants_are_recorded_in_whole_seconds(database: Database) -> None:
    with database.write() as tx:
        recorded = apply(tx, mine_act(1), at=NOON + timedelta(microseconds=999_999))
    assert recorded.at == NOON
    assert json.loads(recorded.entry)["at"] == utc_text(NOON)


def test_an_act_stands_in_the_timeline_of_everything_it_concerns(database: Database) -> None:
    proposed = Act(
        "removal.proposed", "removal/2025-0001", "county@520524", TODAY,
        facts={"mine": "GM-520524-0001", "ground": "fraud", "adverse": True, "level": "provincial"},
        body={"reason": "演示", "basis": "LN-12"},
    )  # fmt: skip
    record(database, mine_act(1), mine_act(2), proposed)
    with database.read() as tx:
        assert [act.kind for act in acts_of(tx, "mine/GM-520524-0001")] == ["removal.proposed", "mine.registered"]
        assert [act.n for act in acts_of(tx, "removal/2025-0001")] == [2]
        assert latest_of(tx, "mine/GM-520524-0001") == get_act(tx, 0)


def test_end_of_a_credit_entry_takes_its_body_and_every_name(database: Database) -> None:
    """rules.md: when an entry ends, no view names the subject; the log keeps only what proves that it existed."""
    kept, ended = credit_act(1), credit_act(2, salt="77" * 32)
    record(database, kept, ended, mine_act())
    removed = sha256(ended.body)
    record(database, credit_end(2, removes=removed))
    with database.read() as tx:
        with pytest.raises(Gone, match="第 3 号记录"):
            get_document(tx, removed, today=TODAY)
        row = tx.execute(select(tables.credit_entry).where(tables.credit_entry.c.id == "2025-0002")).one()
        assert get_document(tx, sha256(kept.body), today=TODAY).content == canonical(kept.body or {})
        assert removed not in public_hashes(tx)
        stored = tx.execute(select(tables.document).where(tables.document.c.sha256 == removed)).one()
    named = ("name", "credit_code", "mine", "conduct", "basis", "decision_no", "organ")
    assert {getattr(row, column) for column in named} == {None}
    assert (row.ended_on, row.end_reason) == ("2026-01-10", "term")
    assert (stored.content, stored.size, stored.removed_by, stored.removed_ground) == (None, 0, 3, "credit_ended")


def test_what_names_a_subject_is_gone_with_its_term_even_if_no_job_ran(database: Database) -> None:
    """trust.md, scheduler dead: what readers see is computed from dates."""
    act = credit_act(until="2026-01-10")
    record(database, act)
    with database.read() as tx:
        assert get_document(tx, sha256(act.body), today=date(2026, 1, 9)).content is not None
        with pytest.raises(Gone):
            get_document(tx, sha256(act.body), today=date(2026, 1, 10))


def test_no_timeline_tells_whom_a_credit_entry_names(database: Database) -> None:
    """rules.md: named on the entry's page and the list only; no search, feed or export."""
    record(database, credit_act())
    with database.read() as tx:
        rows = [get_act(tx, 0), *acts_after(tx, 0, limit=5), *acts_of(tx, "credit/2025-0001")]
    assert [row.body for row in rows] == [None, None, None]


def test_numbers_go_on_after_9999(database: Database) -> None:
    """As text 10000 comes before 9999; as a number it does not."""
    with database.write() as tx:
        assert next_number(tx, "credit", prefix="2025") == 1
    record(database, credit_act(9999), credit_act(10000), replace(credit_act(), object="credit/2024-0007"))
    with database.write() as tx:
        assert next_number(tx, "credit", prefix="2025") == 10001
        assert next_number(tx, "credit", prefix="2024") == 8
        assert next_number(tx, "credit", prefix="2023") == 1


def test_mine_numbers_go_on_after_9999(database: Database) -> None:
    with database.write() as tx:
        assert next_mine_number(tx, ZHIJIN) == f"GM-{ZHIJIN}-0001"
    record(database, mine_act(9999), mine_act(10000))
    with database.write() as tx:
        assert next_mine_number(tx, ZHIJIN) == f"GM-{ZHIJIN}-10001"


@pytest.mark.parametrize("fault", ["skipped", "swapped bytes", "other body", "back in time", "malformed"])
def test_replay_takes_only_what_follows_from_what_stands_here(database: Database, twin: Database, fault: str) -> None:
    change = Act("mine.changed", f"mine/GM-{ZHIJIN}-0001", "county@520524", TODAY, body={"changes": {}, "reason": "补"})
    first, second = record(database, mine_act(1), change)
    name, reason = canonical({"name": "演示第1号矿"}), canonical({"changes": {}, "reason": "补"})
    envelope = json.loads(second)
    wrong = {
        "skipped": (second.replace(b'"seq":1', b'"seq":2'), reason),
        "swapped bytes": (second.replace(b":", b": ", 1), reason),
        "other body": (second, name),
        "back in time": (canonical({**envelope, "at": "2025-03-02T04:00:00Z"}), reason),
        "malformed": (canonical({**envelope, "by": "nobody"}), reason),
    }[fault]
    with twin.write() as tx:
        replay(tx, first, name)
    before = everything(twin)
    with pytest.raises((ReplayBroken, ActMalformed)), twin.write() as tx:
        replay(tx, *wrong)
    assert everything(twin) == before
    with twin.write() as tx:
        replay(tx, second, reason)
    assert everything(twin) == everything(database)


def test_a_lost_head_does_not_number_acts_anew(database: Database) -> None:
    record(database, mine_act(1))
    with database.write() as tx:
        tx.execute(tables.act_head.update().values(size=0, last_at=""))
    with pytest.raises(Unready, match="核验"), database.write() as tx:
        apply(tx, mine_act(2), at=NOON)


def test_every_kind_of_act_has_an_effect_and_every_effect_a_kind() -> None:
    assert set(EFFECTS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_envelopes_have_no_room_for_free_text(kind: Any) -> None:
    """log-spec.md 1: each string is bound by a pattern, an enumeration or a constant, and no pattern takes Chinese."""
    schema = kind.envelope_schema()
    assert schema["additionalProperties"] is False
    strings = list(strings_in(schema))
    assert strings
    for string in strings:
        assert {"pattern", "enum", "const"} & set(string), string
        if "pattern" in string:
            assert string["pattern"].startswith("^")
            assert string["pattern"].endswith("$")
            assert "." not in string["pattern"].replace("\\.", "")


def unbound(schema: Any, place: str = "") -> list[str]:
    """Where a schema would take text of somebody's own making, or a shape nobody wrote down."""
    if {"enum", "const", "pattern"} & set(schema) or schema.get("type") in ("integer", "boolean"):
        return []
    if "oneOf" in schema:
        return [p for each in schema["oneOf"] for p in unbound(each, place)]
    if schema.get("type") == "array":
        return unbound(schema["items"], f"{place}[]")
    if schema.get("type") == "object" and schema.get("additionalProperties") is False:
        return [p for name, part in schema["properties"].items() for p in unbound(part, f"{place}/{name}")]
    return [place or "/"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_nothing_in_an_envelope_is_left_open(kind: Any) -> None:
    assert unbound(kind.envelope_schema()) == []
    assert unbound({"type": "object", "additionalProperties": False, "properties": {"a": {"type": "string"}}}) == ["/a"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_kind_is_named_noun_verb_and_keeps_its_key(kind: Any) -> None:
    noun, verb = kind.name.split(".")
    assert noun.isalpha()
    assert verb.isalpha()
    assert kind.version >= 1
    assert kind.title


def test_an_act_is_applied_in_the_callers_transaction_only(database: Database) -> None:
    """The act and what else the use case writes stand or fall together."""

    def two(tx: Tx) -> None:
        apply(tx, mine_act(1), at=NOON)
        apply(tx, replace(mine_act(2), body={"name": ""}), at=NOON)

    with pytest.raises(ActMalformed), database.write() as tx:
        two(tx)
    with database.read() as tx:
        assert size(tx) == 0
