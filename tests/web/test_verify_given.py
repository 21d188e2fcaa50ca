"""What is handed in is recognised by itself, and nothing a stranger sends makes that fail."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.domain.errors import BadInput
from greenmine.web.public.verify_given import (
    MOST_LINES,
    Document,
    EntryBytes,
    Given,
    Head,
    Number,
    Page,
    Proof,
    Receipt,
    Row,
    pasted,
    uploaded,
)

HOSTS = ("mine.example.cn",)
SITE = "https://mine.example.cn"
MINE = "/mines/GM-520524-0001"
DIGEST = "ab" * 32
PROOF = "c2sp.org/tlog-proof@v1\nindex 0\n\nx\n"
HEAD = f"o\n1\n{'A' * 43}=\n\n— o AAAA\n"
ENTRY = '{"kind":"mine.registered","object":"mine/GM-520524-0001","seq":0,"v":1}'
HEADINGS = "名录编号,矿山名称,记录号,页面网址"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("12", Number(12)),
        ("第 12 号记录", Number(12)),
        ("第12号", Number(12)),
        (" #12\r\n", Number(12)),
        (DIGEST, Document(DIGEST)),
        (f"{SITE}{MINE}", Page("mine/GM-520524-0001")),
        (f"{SITE}{MINE}?on=2025-01-01#history", Page("mine/GM-520524-0001")),
        (MINE, Page("mine/GM-520524-0001")),
        ("/desk/notices/2026-0001/close", Page("notice/2026-0001")),
        ("/notices/2026-1", Page("notice/2026-1")),
        (f"{SITE}/notices/2026-0001", Page("notice/2026-0001")),
        (f"{SITE}/removals/2026-0001", Page("removal/2026-0001")),
        (f"{SITE}/blacklist/2026-0001", Page("credit/2026-0001")),
        (f"{SITE}/news/some-story", Page("content/news/some-story")),
        (f"{SITE}/policies/some-law", Page("content/policies/some-law")),
        (f"{SITE}/about", Page("content/pages/about")),
        (f"{SITE}/log/entry/7", Number(7)),
        (f"{SITE}/log/entry/7.json", Number(7)),
        (f"{SITE}/log/proof/7.tlog-proof", Number(7)),
        (f"{SITE}/verify/entry/7", Number(7)),
        (f"{SITE}/documents/{DIGEST}", Document(DIGEST)),
        (PROOF.replace("\n", "\r\n"), Proof(PROOF)),
        (HEAD, Head(HEAD)),
        (f" {ENTRY}\n", EntryBytes(ENTRY.encode(), "mine/GM-520524-0001", 0)),
        ('{"type":"greenmine-receipt","v":1}', Receipt({"type": "greenmine-receipt", "v": 1})),
        ('{"id":"GM-520524-0001","last_act":"33"},', Row(33, "")),
        (f'{{"last_act":"33","address":"{SITE}{MINE}"}}', Row(33, "mine/GM-520524-0001")),
        (f"{HEADINGS}\nGM-520524-0001,某矿,33,{SITE}{MINE}", Row(33, "mine/GM-520524-0001")),
        (f"{HEADINGS}\nGM-520524-0001,某矿,33,{SITE}{MINE}".replace(",", "\t"), Row(33, "mine/GM-520524-0001")),
        (f"GM-520524-0001,某矿,33,{SITE}{MINE}", Row(33, "mine/GM-520524-0001")),
        (f"某公示,{SITE}/notices/2026-0001,44", Row(44, "notice/2026-0001")),
        ("序号,名称,记录号\n1,某矿,44", Row(44, "")),
    ],
)
def test_what_is_pasted_is_recognised(text: str, kind: Given) -> None:
    assert pasted(text, hosts=HOSTS) == kind


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "verify.empty"),
        (" \n ", "verify.empty"),
        ("某某煤矿", "verify.unknown"),
        ("{", "verify.unknown"),
        ("[1]", "verify.unknown"),
        ('{"a":NaN}', "verify.unknown"),
        ('{"a":1}', "verify.unknown"),
        ("[" * 100_000, "verify.unknown"),
        ('{"a":' * 100_000, "verify.unknown"),
        ("https://other.example/mines/GM-520524-0001", "verify.host"),
        ("//other.example/mines/GM-520524-0001", "verify.host"),
        ("https://[::1/mines", "verify.address"),
        (f"{SITE}/feeds/all.atom", "verify.gathered"),
        (f"{SITE}/regions/520000", "verify.gathered"),
        ("9999999999", "verify.number"),
        ("x\n" * (MOST_LINES + 2), "verify.long"),
        (f"{HEADINGS}\na,b,1,\nc,d,2,", "verify.rows"),
        (f"{HEADINGS}\na,b,,", "verify.row"),
    ],
)
def test_what_is_not_taken_says_so(text: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        pasted(text, hosts=HOSTS)
    assert refused.value.code == code and refused.value.field == "text"
    if len(text) > 4 and "记录" not in text:
        assert text.strip()[:40] not in str(refused.value)


def test_a_file_keeps_its_bytes_and_what_is_no_text_is_a_document() -> None:
    assert uploaded(ENTRY.encode() + b"\n", hosts=HOSTS) == EntryBytes(ENTRY.encode() + b"\n", "mine/GM-520524-0001", 0)
    assert uploaded(PROOF.encode(), hosts=HOSTS) == Proof(PROOF)
    for content in (b"%PDF-1.7\xff", b"plain words", b"12", DIGEST.encode(), b"\0", b"", b'{"a":1}'):
        assert uploaded(content, hosts=HOSTS) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_receipt_saved_anew_by_an_editor_is_still_a_receipt(encoding: str) -> None:
    """Editors on Windows save as "Unicode" or "ANSI"; the commitment is made of the fields, not of the bytes."""
    fields = {"type": "greenmine-receipt", "v": 1, "record": {"text": "夜里放炮"}}
    content = json.dumps(fields, ensure_ascii=False).encode(encoding)
    assert uploaded(content, hosts=HOSTS) == Receipt(fields)


STARTS = (PROOF, HEAD, ENTRY, f"{SITE}/", HEADINGS, "第")
NAMES = ("type", "kind", "object", "seq", "last_act", "items", "fields", "记录号", "address")
TRICKS = st.one_of(
    st.text(),
    st.text(alphabet='{}[]",:\n\t0123456789-/ \ud800\u202e—+='),
    st.builds(lambda head, rest: head + rest, st.sampled_from(STARTS), st.text()),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(NAMES),
                inner,
            )
        ),
    ).map(json.dumps),
)


@given(text=TRICKS)
def test_no_text_makes_the_recognition_fail(text: str) -> None:
    try:
        pasted(text, hosts=HOSTS)
    except BadInput as refused:
        assert refused.code.startswith("verify.")


@given(content=st.one_of(st.binary(), TRICKS.map(lambda text: text.encode("utf-8", "replace"))))
def test_no_file_makes_the_recognition_fail(content: bytes) -> None:
    try:
        uploaded(content, hosts=HOSTS)
    except BadInput as refused:
        assert refused.code.startswith("verify.")
