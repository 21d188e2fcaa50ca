"""An entry of the log: RFC 8785 bytes, RFC 6962 leaf, and what may not become one (log-spec.md 1, 2)."""

import hashlib
import json
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.tlog.entry import MAX_ENTRY, EntryTooLarge, Uncanonical, canonical, entry_bytes, leaf_hash

RFC_8785_APPENDIX_B = {
    # IEEE 754 bits : the text ECMAScript prints and RFC 8785 demands
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "41b3de4355555555": "333333333.3333333",
    "becbf647612f3696": "-0.0000033333333333333333",
}

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("aé矿𐐷z", max_size=3), inner, max_size=4),
    max_leaves=12,
)


def test_names_sort_by_utf16_code_units() -> None:
    """RFC 8785 section 3.2.3: by UTF-16, so a character beyond the BMP comes before U+FB33."""
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\xf6"]
    found = list(json.loads(canonical(dict.fromkeys(names, 0))))
    assert found == ["\r", "1", "\x80", "\xf6", "\u20ac", "\U0001f600", "\ufb33"]


def test_strings_keep_chinese_as_it_is_and_escape_only_what_must_be() -> None:
    """RFC 8785 section 3.2.2.2: no \\u for 矿, short escapes for controls, lower-case hex for the rest."""
    assert canonical({"名": '矿〔2018〕10号\n"\\/\x0f'}) == '{"名":"矿〔2018〕10号\\n\\"\\\\/\\u000f"}'.encode()


@pytest.mark.parametrize(("bits", "text"), RFC_8785_APPENDIX_B.items())
def test_numbers_are_printed_as_rfc_8785_appendix_b_prints_them(bits: str, text: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical({"n": number}) == f'{{"n":{text}}}'.encode()


@given(st.dictionaries(st.text("abc矿", max_size=3), PLAIN, max_size=5))
def test_what_is_read_back_is_written_the_same(value: dict[str, object]) -> None:
    """Bytes are stored and served as written, so reading and writing again may change nothing."""
    written = canonical(value)
    assert json.loads(written) == value
    assert canonical(json.loads(written)) == written


@given(st.permutations(["v", "kind", "object", "seq", "at"]))
def test_order_of_building_does_not_matter(names: list[str]) -> None:
    assert canonical(dict.fromkeys(names, 1)) == b'{"at":1,"kind":1,"object":1,"seq":1,"v":1}'


@pytest.mark.parametrize(
    "value",
    [2**53, -(2**53), math.nan, math.inf, -math.inf, "\ud800", "a\udfffb", {1: "number as name"}, {"\udc00": 1}, b"x"],
    ids=repr,
)
def test_what_other_readers_would_read_differently_is_refused(value: object) -> None:
    """log-spec.md 1: integers below 2^53; no NaN, no lone surrogates; nothing that is no JSON."""
    with pytest.raises(Uncanonical):
        canonical({"value": value})


@pytest.mark.parametrize("value", [2**53 - 1, -(2**53) + 1])
def test_largest_safe_integers_are_taken(value: int) -> None:
    assert canonical({"n": value}) == f'{{"n":{value}}}'.encode()


@pytest.mark.parametrize(
    ("entry", "leaf"),
    [
        # leaves of the tree of certificate-transparency's reference tests (RFC 6962)
        ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        ("00", "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"),
        ("10", "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7"),
        ("2021", "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7"),
        ("3031", "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"),
    ],
)
def test_leaf_hash_is_that_of_rfc_6962(entry: str, leaf: str) -> None:
    assert leaf_hash(bytes.fromhex(entry)).hex() == leaf


def test_a_leaf_is_no_plain_hash_of_the_entry() -> None:
    """RFC 6962 section 2.1: the 0x00 before a leaf keeps leaves and nodes apart."""
    assert leaf_hash(b"{}") == hashlib.sha256(b"\x00{}").digest() != hashlib.sha256(b"{}").digest()


def test_an_entry_holds_at_most_65535_bytes() -> None:
    """tlog-tiles bundles write the length as uint16."""
    frame = len(b'{"a":""}')
    assert len(entry_bytes({"a": "x" * (MAX_ENTRY - frame)})) == MAX_ENTRY
    with pytest.raises(EntryTooLarge):
        entry_bytes({"a": "x" * (MAX_ENTRY - frame + 1)})


def test_the_limit_counts_bytes_and_not_characters() -> None:
    with pytest.raises(EntryTooLarge):
        entry_bytes({"a": "矿" * 21_843})  # 65,529 bytes of text and 8 of frame
