"""The grammar of the search box: any text parses, and what is printed parses to the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.domain.search_query import (
    LONGEST,
    MOST_CLAUSES,
    SEARCH_KIND_LABELS,
    Clause,
    Query,
    SearchKind,
    parse_query,
)

ANY_TEXT = st.text(max_size=400) | st.text(
    alphabet='"“”「」-－—–() *?:~^[]〔〕\\/煤矿金ab1 \t\n\u3000\u200b\u0308', max_size=300
)


@given(ANY_TEXT)
def test_any_text_parses_and_what_is_printed_parses_to_the_same(text: str) -> None:
    query = parse_query(text)
    printed = str(query)
    again = parse_query(printed)
    assert again == query
    assert not again.cut
    assert str(again) == printed


@given(ANY_TEXT)
def test_a_query_is_bounded(text: str) -> None:
    query = parse_query(text)
    assert len(str(query)) <= LONGEST
    assert len(query.clauses) <= MOST_CLAUSES
    assert len(set(query.clauses)) == len(query.clauses)
    assert all(clause.text == clause.text.strip() and any(map(str.isalnum, clause.text)) for clause in query.clauses)


@pytest.mark.parametrize(
    ("typed", "clauses"),
    [
        ("织金 煤矿", (Clause("织金"), Clause("煤矿"))),
        ('"绿色矿山" 名录', (Clause("绿色矿山", exact=True), Clause("名录"))),
        ("“绿色矿山”", (Clause("绿色矿山", exact=True),)),
        ("「绿色矿山」", (Clause("绿色矿山", exact=True),)),
        ("煤矿 -移出", (Clause("煤矿"), Clause("移出", excluded=True))),
        ("煤矿 －移出", (Clause("煤矿"), Clause("移出", excluded=True))),
        ('煤矿 -"限期 整改"', (Clause("煤矿"), Clause("限期 整改", exact=True, excluded=True))),
        ("ＧＭ－520524－0007", (Clause("GM-520524-0007"),)),
        ("浙土资发〔2018〕10号", (Clause("浙土资发〔2018〕10号"),)),
        ("浙土资发［２０１８］10号", (Clause("浙土资发[2018]10号"),)),
        ('矿"山"石', (Clause("矿"), Clause("山", exact=True), Clause("石"))),
        ('"没有合上', (Clause("没有合上", exact=True),)),
        ("煤　矿", (Clause("煤"), Clause("矿"))),
        ("煤矿 煤矿 煤矿", (Clause("煤矿"),)),
        ("煤\u200b矿", (Clause("煤矿"),)),
        ("AND OR NOT", (Clause("AND"), Clause("OR"), Clause("NOT"))),
        ("?*?*x", (Clause("?*?*x"),)),
    ],
)
def test_what_is_typed_means_this(typed: str, clauses: tuple[Clause, ...]) -> None:
    query = parse_query(typed)
    assert query.clauses == clauses
    assert not query.cut


@pytest.mark.parametrize("typed", ["", " ", "-", "--", '""', '"', '-""', "???", "*", "()[]{}", "、。！", "\0\ud800"])
def test_what_holds_nothing_to_look_for_is_an_empty_query(typed: str) -> None:
    assert parse_query(typed) == Query()


def test_too_long_a_query_is_cut_and_says_so() -> None:
    query = parse_query("煤" * 5000)
    assert query.cut
    assert query.clauses == (Clause("煤" * LONGEST),)


def test_a_cut_phrase_keeps_room_for_its_quotation_marks() -> None:
    query = parse_query('"' + "煤" * 500)
    assert query.cut
    assert query.clauses == (Clause("煤" * (LONGEST - 2), exact=True),)


def test_too_many_words_are_cut_and_it_says_so() -> None:
    query = parse_query(" ".join(f"w{n}" for n in range(40)))
    assert query.cut
    assert [clause.text for clause in query.clauses] == [f"w{n}" for n in range(MOST_CLAUSES)]


def test_two_thousand_alternatives_are_three_words() -> None:
    """trust.md 9: 2,000 ORs."""
    assert parse_query(" OR ".join(["煤"] * 2000)).clauses == (Clause("煤"), Clause("OR"))


def test_only_exclusions_look_for_nothing() -> None:
    query = parse_query("-煤矿 -移出")
    assert query.only_excludes
    assert (query.wanted, len(query.unwanted)) == ((), 2)
    assert not parse_query("").only_excludes


def test_every_kind_has_a_word() -> None:
    assert set(SEARCH_KIND_LABELS) == set(SearchKind)
