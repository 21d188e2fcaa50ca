"""Where a thing lives: every noun of the table both ways, and the schemas of acts written with its patterns."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.domain.act import KINDS
from greenmine.domain.act.terms import MINE as MINE_SCHEMA
from greenmine.domain.act.terms import NOTICE as NOTICE_SCHEMA
from greenmine.domain.act.terms import REGION as REGION_SCHEMA
from greenmine.domain.case import CaseKind
from greenmine.domain.case_number import make_number
from greenmine.domain.error_report import RECORD_LABELS, RecordKind
from greenmine.domain.noun import (
    ARTICLES,
    BOOK,
    CASE,
    LOG_KEY,
    MINE,
    NEWS,
    NEWS_DRAFT,
    NOTICE,
    NOTICE_DRAFT,
    NOUNS,
    PROCEDURE,
    REGION,
    Noun,
    desk_address,
    noun_named,
    number_of,
    object_at,
    object_pattern,
    public_address,
    split_object,
    thing_at,
)
from greenmine.store.draft import DraftKind

SITE = "https://greenmine.example.gov.cn"
LISTS = sorted({each for noun in NOUNS for each in (noun.list, noun.desk_list) if each})
every_noun = pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.name)


def numbers(noun: Noun) -> st.SearchStrategy[str]:
    """Ids as the noun's pattern writes them; at the root of the site the lists of other nouns are taken."""
    found = st.from_regex(re.compile(noun.pattern, re.ASCII), fullmatch=True)
    return found.filter(lambda number: noun.page(number) not in LISTS)


@every_noun
@given(data=st.data())
def test_an_object_leads_to_its_address_and_the_address_back(noun: Noun, data: st.DataObject) -> None:
    number = data.draw(numbers(noun))
    name = noun.object(number)
    assert split_object(name) == (noun, number) and number_of(name) == number
    shown = name if noun.shown_by is None else noun.shown_by.object(number.partition("/")[0])
    for address in filter(None, (public_address(name), desk_address(name))):
        assert object_at(address) == shown
        assert address in (public_address(shown), desk_address(shown))  # and from the address there again


@every_noun
@given(data=st.data())
def test_an_address_leads_back_however_it_was_copied(noun: Noun, data: st.DataObject) -> None:
    """Whole, with a query, a fragment, a slash at the end, each character in percents, and from a page below."""
    name = noun.object(data.draw(numbers(noun)))
    for address in filter(None, (public_address(name), desk_address(name))):
        percents = "/" + "/".join("".join(f"%{ord(each):02X}" for each in part) for part in address[1:].split("/"))
        shown = object_at(address)
        for copied in (f"{SITE}{address}", f"{address}?on=2026-03-02#list", f"{address}/", percents):
            assert object_at(copied) == shown
        has_below = noun.below or address == desk_address(name)
        assert object_at(f"{address}/objection?lost=1") == (shown if has_below else None)


@every_noun
def test_a_noun_without_a_page_has_no_address_there(noun: Noun) -> None:
    has_public = bool(noun.public) or noun.shown_by is not None
    assert bool(public_address(noun.object("1"))) is has_public
    assert bool(desk_address(noun.object("1"))) is bool(noun.desk)
    assert noun.word and all(template.count("{}") == 1 for template in (noun.public, noun.desk) if template)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/notices/2026-0001/objection", "notice/2026-0001"),
        ("/desk/notices/2026-0001/close", "notice/2026-0001"),
        ("/desk/notices/drafts/7/preview", "draft/notice/7"),
        ("/log/entry/0", "entry/0"),
        ("/privacy", "content/pages/privacy"),
    ],
)
def test_pages_below_belong_to_the_thing(address: str, name: str) -> None:
    assert object_at(address) == name


@pytest.mark.parametrize(
    "address",
    ["", "/", *LISTS, "/desk/notices/new", "/desk/notices/drafts", "/notices/2026-1", "/mines/GM-1", "/log/entry/007",
     "/feeds/mines/GM-520524-0001.atom", "/mines.csv", "/complaints/new", "/mines/GM-520524-0001/x", "/News/first"],
)  # fmt: skip
def test_what_shows_no_single_thing_leads_to_none(address: str) -> None:
    assert object_at(address) is None


def test_a_mistyped_id_still_says_which_noun_it_was_meant_for() -> None:
    assert thing_at(f"{SITE}/notices/2026-1") == (NOTICE, "2026-1")
    assert thing_at("/mines/GM-1/") == (MINE, "GM-1")


def test_a_broken_address_is_refused_not_guessed() -> None:
    with pytest.raises(ValueError, match="IPv6"):
        object_at("http://[")


def test_no_two_nouns_share_a_name_or_an_address() -> None:
    for said in ([noun.name for noun in NOUNS], [each for noun in NOUNS for each in (noun.public, noun.desk) if each]):
        assert len(said) == len(set(said))
    assert len(LISTS) == len([each for noun in NOUNS for each in (noun.list, noun.desk_list) if each])


def test_every_kind_of_act_is_about_a_noun_of_the_table_and_every_noun_of_the_log_has_acts() -> None:
    """The same text, so that neither side can say more than the other."""
    alone = {object_pattern(noun) for noun in NOUNS if noun.in_log and noun not in ARTICLES}
    assert {kind.object for kind in KINDS.values()} == alone | {object_pattern(*ARTICLES)}


def test_ids_inside_acts_are_written_as_the_table_writes_them() -> None:
    for schema, noun in ((MINE_SCHEMA, MINE), (NOTICE_SCHEMA, NOTICE), (REGION_SCHEMA, REGION)):
        assert schema["pattern"] == f"^{noun.pattern}$"
    section = next(field for field in KINDS["content.published"].facts if field.name == "section").schema["pattern"]
    assert section == f"^({'|'.join(noun.name.removeprefix('content/') for noun in ARTICLES)})$"


@pytest.mark.parametrize("kind", CaseKind)
def test_numbers_of_cases_are_the_tables(kind: CaseKind) -> None:
    assert CASE.fits(make_number(kind, 4_820_193_756))


def test_records_and_drafts_are_nouns_of_the_table() -> None:
    assert {kind: noun_named(kind).word for kind in RecordKind} == RECORD_LABELS
    assert [noun_named(f"draft/{kind}").desk.rpartition("/")[2] for kind in DraftKind] == ["{}"] * len(DraftKind)


def test_examples() -> None:
    assert public_address("content/news/first-visit") == NEWS.page("first-visit") == "/news/first-visit"
    assert public_address("content/pages/about") == "/about"
    assert public_address("book/520000/2026-01-01") == PROCEDURE.page("520000") == "/procedures/520000"
    assert public_address("log/key") == public_address("credits/2026-0001") == desk_address("news/1") == ""
    assert desk_address("removal/2026-0001") == "/desk/removals/2026-0001"
    assert (LOG_KEY.object(""), BOOK.object("520000/2026-01-01")) == ("log/key", "book/520000/2026-01-01")
    assert (NOTICE_DRAFT.desk_page(7), NEWS_DRAFT.object(7)) == ("/desk/notices/drafts/7", "draft/news/7")
