"""Every trait of a kind of act is stated with it; who acts on a trait computes its list from there."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from greenmine.domain.act import KINDS, Act, Basis, Field, Kind, kinds_where, subjects
from greenmine.domain.act.document import files_of, matters_of, removed_by, vanishes_after
from greenmine.domain.act.kind import FIXED
from greenmine.domain.act.terms import HASHES, MATTER, MINE, MINES, SHA256
from greenmine.domain.credit import Subject
from greenmine.domain.errors import RuleBroken
from greenmine.domain.seat import SCOPES, Role, ScopeKind
from greenmine.projections.versions import TOUCHING
from greenmine.store.apply import EFFECTS
from greenmine.store.effects.refold import OWN
from greenmine.store.effects.rows import ROW_EFFECTS
from greenmine.store.feed import FEED_KINDS, SECTION_SCOPES, _objects_inside
from greenmine.store.mine_past import MOVING
from greenmine.store.search import _READERS
from greenmine.web.public.feed_items import _TELLERS
from greenmine.web.public.timeline import TELLERS

DAY = date(2026, 3, 2)
EXAMPLES = {
    ScopeKind.REGION: "330523",
    ScopeKind.DEPARTMENT: "330523/ecology",
    ScopeKind.FIRM: "firm-000123",
    ScopeKind.AGENCY: "agency-0007",
    ScopeKind.DRAW: "draw-2026-01",
}


def own_fields(kind: Kind) -> Iterator[Field]:
    yield from (*kind.facts, *(kind.body or ()))


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_what_a_kind_states_of_its_fields_is_there(kind: Kind) -> None:
    facts = {field.name for field in kind.facts}
    assert set(kind.files) <= facts
    assert {kind.vanishes_on} - {""} <= facts
    assert kind.takes is None or {kind.takes.documents, kind.takes.ground} - {""} <= facts
    assert not facts & {field.name for field in FIXED}, "an own field would hide one that every kind has"
    assert not (kind.tells_mine or kind.told_by_rows) or kind.body is not None
    assert not kind.moves_mine or kind.noun == "mine" or any(field.names == "mine" for field in kind.facts)
    assert all(field.meaning for field in own_fields(kind))


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_field_that_holds_mines_or_matters_says_so(kind: Kind) -> None:
    """Else the act would be missing on their timelines."""
    for field in (*kind.facts, *FIXED):
        for shape, noun in ((MINE, "mine"), (MINES, "mine"), (MATTER, "matter")):
            assert field.schema != shape or field.names == noun, field.name


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_fields_with_hashes_are_files_or_documents_taken_or_known_to_be_neither(kind: Kind) -> None:
    """A mirror takes every published file an entry names; a forgotten one would be lost."""
    neither = {"source", "commitment", "commitments", "root", "public"}  # papers outside, commitments, tree, a key
    taken = {kind.takes.documents} if kind.takes else set()
    hashes = {field.name for field in kind.facts if field.schema in (SHA256, HASHES)}
    assert hashes - neither == {*kind.files, *taken} - neither


def test_kinds_with_rows_have_their_effect_where_rows_are_made_anew() -> None:
    with_rows = {name for name, kind in KINDS.items() if kind.noun in OWN}
    assert with_rows == set(ROW_EFFECTS)
    assert set(EFFECTS) == set(KINDS)


def test_every_kind_is_told_in_words() -> None:
    assert set(TELLERS) == set(KINDS)


def test_every_kind_in_feeds_has_its_section_its_teller_and_its_place() -> None:
    told = {kind for scope in SECTION_SCOPES.values() for kind in scope.kinds}
    assert told == set(FEED_KINDS) == set(kinds_where(lambda kind: kind.thread))
    assert {KINDS[kind].noun for kind in FEED_KINDS} == set(_TELLERS)
    assert all(_objects_inside(kind, "52") is not None for kind in FEED_KINDS)


def test_an_object_in_feeds_has_one_kind_of_thread_and_a_kind_that_begins_it() -> None:
    for noun in {KINDS[kind].noun for kind in FEED_KINDS}:
        kinds = [kind for kind in KINDS.values() if kind.noun == noun]
        assert len({kind.thread for kind in kinds}) == 1, noun
        assert any(kind.opens for kind in kinds), noun


def test_what_is_found_is_what_search_reads() -> None:
    assert {KINDS[kind].noun for kind in kinds_where(lambda kind: kind.found)} == set(_READERS)
    assert all(kind.found == (kind.noun in _READERS) for kind in KINDS.values())


def test_past_lists_take_every_kind_that_moves_a_mine_or_takes_words() -> None:
    moving = {name for name, kind in KINDS.items() if kind.moves_mine}
    assert moving == set(MOVING) and set(TOUCHING) - moving == set(kinds_where(lambda kind: kind.takes))


def test_traits_are_either_stated_or_off() -> None:
    """A trait that every kind has, or none, says nothing."""
    flags = [each.name for each in fields(Kind) if each.type is bool]
    assert flags
    for flag in flags:
        assert {bool(getattr(kind, flag)) for kind in KINDS.values()} == {True, False}, flag


def act(**values: Any) -> Act:
    return replace(
        Act("mine.registered", "mine/GM-330523-0001", "county@330523", DAY, {"region": "330523"}, {"name": "演示"}),
        **values,
    )


def envelope(**values: Any) -> dict[str, Any]:
    return act(**values).envelope(seq=0, prev=None, at="2026-03-02T00:00:00Z", body_sha256="ab" * 32)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("scope", EXAMPLES.values(), ids=list(EXAMPLES))
def test_an_author_is_a_role_on_a_scope_it_may_have(role: Role, scope: str) -> None:
    """Roles are checked where acts are built; the log's schema names none."""
    kind = next(kind for kind, example in EXAMPLES.items() if example == scope)
    if kind in SCOPES[role]:
        assert envelope(by=f"{role}@{scope}")["by"] == f"{role}@{scope}"
    else:
        with pytest.raises(RuleBroken, match="署名席位"):
            act(by=f"{role}@{scope}")


@pytest.mark.parametrize(
    "by",
    ["", "county", "@330523", "county@", "mayor@330523", "王五@520524", "county@33052", "county@330523\n",
     "county@330523/", "enterprise@91520000MA6DPG6X0W", "enterprise@firm-1", "county@draw-2026-01", "COUNTY@330523"],
)  # fmt: skip
def test_nobody_else_signs(by: str) -> None:
    """Neither a person nor a credit code stands in the log."""
    with pytest.raises(RuleBroken):
        act(by=by)


def test_a_kind_that_does_not_exist_is_not_built() -> None:
    with pytest.raises(RuleBroken, match="没有"):
        act(kind="mine.invented")


@pytest.mark.parametrize("word", ["county", "province", "enterprise"])
def test_no_schema_of_an_act_names_a_role(word: str) -> None:
    """Adding a role touches no schema."""
    bys = {str(kind.envelope_schema()["properties"]["by"]) for kind in KINDS.values()}
    assert len(bys) == 1 and word not in bys.pop()


def test_basis_is_sorted_and_names_each_provision_once() -> None:
    one, two = (
        Basis("330000/2018-01-01#0123456789ab", "notice/county_check"),
        Basis("000000/2013-01-01#ab" + "0" * 10, "x/y"),
    )
    told = envelope(basis=(one, two, one))["basis"]
    assert told == [{"book": each.book, "provision": each.provision} for each in (two, one)]
    assert envelope()["basis"] == [], "empty where no book decided, never absent"


def test_one_matter_is_a_number_and_several_are_a_sorted_list() -> None:
    assert "matter" not in envelope() and "matters" not in envelope()
    assert envelope(matters=("listing-2026-0002",), step="archive")["matter"] == "listing-2026-0002"
    several = envelope(matters=("listing-2026-0002", "listing-2026-0001", "listing-2026-0002"))
    assert several["matters"] == ["listing-2026-0001", "listing-2026-0002"] and "matter" not in several
    assert {"matter/listing-2026-0001", "matter/listing-2026-0002", "mine/GM-330523-0001"} == subjects(several)


def test_a_published_list_of_matters_is_named_and_its_matters_are_concerned() -> None:
    listed = {**envelope(), "matters": {"sha256": "cd" * 32, "count": 2}}
    assert matters_of(listed) == "cd" * 32
    assert "matter/removal-2026-0001" in subjects(listed, matters=["removal-2026-0001"])


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"kind": "notice.published", "attachments": ["ab" * 32]}, ("ab" * 32,)),
        ({"kind": "content.changed", "media": ["ab" * 32, "ab" * 32]}, ("ab" * 32,)),
        ({"kind": "book.published", "digest": "ab" * 32}, ("ab" * 32,)),
        ({"kind": "mine.changed", "attachments": ["ab" * 32]}, ()),
        ({"kind": "nobody.knows", "attachments": ["ab" * 32]}, ()),
        ({"kind": "notice.published", "attachments": "none"}, ("none",)),
    ],
)
def test_files_are_those_that_the_kind_says(told: dict[str, Any], named: tuple[str, ...]) -> None:
    assert files_of(told) == named


def test_what_is_taken_and_what_vanishes_is_stated_by_the_kind() -> None:
    assert removed_by({"kind": "document.removed", "document": "ab" * 32, "ground": "court"}) == {"ab" * 32: "court"}
    assert removed_by({"kind": "credit.ended", "removes": ["cd" * 32]}) == {"cd" * 32: "credit_ended"}
    assert removed_by({"kind": "notice.withdrawn"}) == {}
    assert vanishes_after({"kind": "credit.added", "until": "2027-01-01"}) == "2027-01-01"
    assert vanishes_after({"kind": "notice.published", "until": "2027-01-01"}) is None
    assert set(Subject) == {"firm", "person"}, "who is named at all"
