"""A letter on the wire: whatever it is made of, it has its headers and no others, and reads as it was written."""

import email
import email.policy
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.domain.errors import BadInput
from greenmine.domain.letter import (
    LABELS,
    SUBJECT_LENGTH,
    Letter,
    LetterState,
    as_message,
    links_elsewhere,
    one_line,
    sendable,
)
from greenmine.domain.mail_address import require_mail_address

SITE = "https://mines.example.gov.cn"
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding",
}  # fmt: skip

WORDS = st.text(max_size=300) | st.text(alphabet='绿色矿山 a\r\n:;<>@,"\\=?\u202e\x00\ud800', max_size=200)


def on_the_wire(
    *, subject: str = "演示", text: str = "演示", name: str = "演示平台", to: str = "a@example.com"
) -> bytes:
    letter = Letter("0" * 32 + "@mines.example.gov.cn", to, subject, text, AT)
    return as_message(letter, sender="noreply@mines.example.gov.cn", sender_name=name).as_bytes()


@given(subject=WORDS, text=WORDS, name=WORDS)
def test_whatever_is_said_a_letter_has_its_own_headers_only(subject: str, text: str, name: str) -> None:
    """ASVS 1.3.11."""
    content = on_the_wire(subject=subject, text=text, name=name)
    assert content.isascii()
    read = email.message_from_bytes(content, policy=email.policy.SMTP)
    assert set(read.keys()) == HEADERS
    assert len(read.keys()) == len(HEADERS)
    assert read.defects == []
    assert str(read["Message-ID"]) == f"<{'0' * 32}@mines.example.gov.cn>"
    assert [each.addr_spec for each in read["To"].addresses] == ["a@example.com"]
    assert [each.addr_spec for each in read["From"].addresses] == ["noreply@mines.example.gov.cn"]
    assert parsedate_to_datetime(str(read["Date"])) == AT
    assert read.get_content().splitlines() == f"{sendable(text)}\n".splitlines()


@given(
    st.from_regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\.[a-z0-9]{1,9})?@[a-z0-9-]{1,30}\.[a-z]{2,9}", fullmatch=True)
)
def test_every_address_that_is_taken_can_be_written_to(typed: str) -> None:
    try:
        address = require_mail_address(typed, field="email")
    except BadInput:
        return
    read = email.message_from_bytes(on_the_wire(to=address), policy=email.policy.SMTP)
    assert [each.addr_spec for each in read["To"].addresses] == [address]


@given(WORDS)
def test_a_subject_is_one_line(text: str) -> None:
    line = one_line(text)
    assert line.isprintable()
    assert len(line) <= SUBJECT_LENGTH
    assert one_line(line) == line.strip()


@pytest.mark.parametrize(
    ("text", "elsewhere"),
    [
        ("没有链接", False), (f"请看 {SITE}", False), (f"请看{SITE}/track。谢谢", False), (f"（{SITE}/track）", False),
        (f"{SITE}/track\n{SITE}/notices/2026-0001，", False), (f"{SITE}/track {SITE}.cn/", True),
        (f"{SITE}?code=1", True), (f"{SITE}/#1", True), (f"{SITE}:1@evil.example/", True), ("https://", True),
        ("http://例子.中国/", True), (f"{SITE.upper()}/", True),
    ],
)  # fmt: skip
def test_links_lead_to_plain_pages_of_the_site(text: str, elsewhere: bool) -> None:
    """trust.md 14, 18."""
    assert links_elsewhere(text, site_url=SITE) is elsewhere


def test_every_state_has_a_name() -> None:
    assert set(LABELS) == set(LetterState)
