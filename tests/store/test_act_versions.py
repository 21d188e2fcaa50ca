"""Every version of a kind's schema stays: each entry is read by the one it was written under."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.desk import NOON, mine_act

from greenmine.domain.act import KINDS, Field
from greenmine.domain.act import envelope as envelopes
from greenmine.domain.act import kinds as registry
from greenmine.domain.act.kind import Kind
from greenmine.domain.act.terms import TEXT, choice, pattern
from greenmine.domain.mine import Scale
from greenmine.store import act_schema
from greenmine.store.act import acts_of, entries, size
from greenmine.store.act_schema import ActMalformed
from greenmine.store.apply import apply, replay
from greenmine.store.database import Database
from greenmine.store.rebuild import differences, replay_all


def narrowed(kind: Kind) -> Kind:
    """Its second version: the region must be a county, the scale is told no more, the body must say the holder."""
    facts = [replace(field, until=1) if field.name in ("region", "scale") else field for field in kind.facts] + [
        Field("region", pattern(r"^[0-9]{4}(?!00)[0-9]{2}$"), "county", needed=True, since=2)
    ]
    body = [replace(field, until=1) if field.name == "holder" else field for field in kind.body or ()]
    holder = Field("holder", TEXT, "holder", needed=True, since=2)
    return replace(kind, version=2, facts=tuple(facts), body=(*body, holder))


def forget_validators() -> None:
    """Those of the kinds as they were are kept for good in a house where kinds do not change."""
    act_schema._envelopes.cache_clear()
    act_schema._bodies.cache_clear()


@pytest.fixture
def second_version(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database with an entry of the first version, in a house where the second one is the newest."""
    with database.write() as tx:
        apply(tx, mine_act(1, facts={"region": "520000", "scale": "large"}), at=NOON)
    kinds = {**KINDS, "mine.registered": narrowed(KINDS["mine.registered"])}
    for module in (registry, envelopes, act_schema):
        monkeypatch.setattr(module, "KINDS", kinds)
    forget_validators()
    yield database
    forget_validators()


def test_old_and_new_entries_are_replayed_each_by_its_own_version(second_version: Database, twin: Database) -> None:
    with second_version.write() as tx:
        apply(tx, mine_act(2, body={"name": "演示", "holder": "演示公司"}), at=NOON)
    with second_version.read() as tx:
        told = [json.loads(each.entry) for each in entries(tx)]
        assert [(each["v"], each["region"]) for each in told] == [(1, "520000"), (2, "520524")]
        list(replay_all(twin, entries(tx)))
    with second_version.read() as one, twin.read() as other:
        assert differences(one, other) == []
        assert [row.envelope["v"] for row in acts_of(other, "mine/GM-520524-0002")] == [2]


@pytest.mark.parametrize(
    "values",
    [
        {"facts": {"region": "520000"}, "body": {"name": "演示", "holder": "演示公司"}},
        {"facts": {"region": "520524", "scale": "large"}, "body": {"name": "演示", "holder": "演示公司"}},
        {"body": {"name": "演示"}},
    ],
)
def test_what_only_the_first_version_allowed_is_not_written_any_more(
    second_version: Database, values: dict[str, Any]
) -> None:
    with pytest.raises(ActMalformed), second_version.write() as tx:
        apply(tx, mine_act(2, **values), at=NOON)


@pytest.mark.parametrize("version", [0, 3, "1", True, None])
def test_an_entry_of_a_version_that_never_was_is_refused(database: Database, twin: Database, version: Any) -> None:
    with database.write() as tx:
        recorded = apply(tx, mine_act(1), at=NOON)
    envelope = {**json.loads(recorded.entry), "v": version}
    with pytest.raises(ActMalformed, match="版格式"), twin.write() as tx:
        replay(tx, json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode(), None)
    with twin.read() as tx:
        assert size(tx) == 0


def test_a_field_of_one_version_stands_in_no_other() -> None:
    kind = narrowed(KINDS["mine.registered"])
    first, second = kind.envelope_schema(1), kind.envelope_schema(2)
    assert first == KINDS["mine.registered"].envelope_schema()
    assert first["properties"]["scale"] == choice(Scale) and "scale" not in second["properties"]
    assert first["properties"]["v"] == {"const": 1} and second["properties"]["v"] == {"const": 2}
    assert list(kind.versions) == [1, 2]
