"""The line to the mail server: what a letter looks like there, and that nothing is said in clear or to a stranger."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from tests.desk import NOON
from tests.mail_office import FROM, HOST, SITE, SUBJECT, TEXT, TO, Office, open_office
from tests.mail_servers import good_server, make_certificate

from greenmine.cli.smtp import MailDoor
from greenmine.config import MailSecurity, MailServer
from greenmine.domain.letter import LetterState


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(tmp_path) as opened_one:
        yield opened_one


def test_a_letter_arrives_as_it_was_written(office: Office) -> None:
    """Chinese subject and text, lines of a single dot, our own headers and no others."""
    case = office.post()
    office.wait(hours=3)
    with good_server(office.mailbox, port=office.port):
        assert office.send() == 1
        assert office.send() == 0
    (letter,) = office.mailbox.letters
    assert letter.get_content().replace("\r\n", "\n") == TEXT
    assert str(letter["Subject"]) == SUBJECT
    assert str(letter["To"]) == TO
    assert str(letter["From"]) == f"绿色矿山信息公开平台 <{FROM}>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(str(letter["Date"])) == NOON, "the day it was written, not that of the attempt"
    assert str(letter["Message-ID"]).endswith(f"@{HOST}>")
    known = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"}
    assert set(letter.keys()) - known == {"Content-Type", "Content-Transfer-Encoding"} | (
        set(letter.keys()) & {"X-Peer", "X-MailFrom", "X-RcptTo"}
    )
    assert office.mailbox.contents[0].isascii(), "it passes servers that know no 8BITMIME"
    assert max(len(line) for line in office.mailbox.contents[0].splitlines()) <= 78
    assert (office.mailbox.senders, office.mailbox.recipients, office.mailbox.said) == ([FROM], [TO], [HOST])
    assert office.state(case) == (LetterState.SENT, "250", 1)
    assert office.of(case).sent_at == office.now


@pytest.mark.parametrize(
    "end", ["\r\nBcc: li@example.com", "\nBcc: li@example.com", "\rBcc: x", "\x00", "\u2028Bcc: x"]
)
def test_a_line_end_in_a_subject_adds_no_header(office: Office, end: str) -> None:
    """ASVS 1.3.11."""
    office.post(subject=f"演示{end}")
    with good_server(office.mailbox, port=office.port):
        assert office.send() == 1
    (letter,) = office.mailbox.letters
    assert "Bcc" not in letter
    assert office.mailbox.recipients == [TO]
    assert str(letter["Subject"]).startswith("演示")


def test_a_site_name_in_two_lines_adds_no_header(office: Office) -> None:
    office.post()
    with good_server(office.mailbox, port=office.port):
        office.send(replace(office.door(), sender_name='平台"\r\nBcc: li@example.com\r\n\r\n<b>'))
    (letter,) = office.mailbox.letters
    assert "Bcc" not in letter
    assert letter["From"].addresses[0].addr_spec == FROM


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/track", "http://mines.example.gov.cn/track", f"{SITE}.evil.example/",
        f"{SITE}@evil.example/", f"{SITE}:8443/track", f"{SITE}/track?code=1234", f"{SITE}/track#1234",
        "HTTPS://EVIL.EXAMPLE", f"{SITE}\\@evil",
    ],
)  # fmt: skip
def test_a_letter_that_links_elsewhere_or_carries_a_code_in_a_link_is_not_sent(office: Office, text: str) -> None:
    """trust.md 14 and 18: whatever host a request named, mail leads to the site's own pages."""
    case = office.post(f"演示：请看{text}，谢谢")
    with good_server(office.mailbox, port=office.port):
        assert office.send() == 0
    assert office.mailbox.contents == []
    assert office.state(case) == (LetterState.GIVEN_UP, "link", 1)


def test_a_letter_may_name_pages_of_the_site(office: Office) -> None:
    office.post(f"演示：{SITE}，{SITE}/track。（{SITE}/notices/2026-0001）")
    with good_server(office.mailbox, port=office.port):
        assert office.send() == 1


def secured(office: Office, security: MailSecurity, *, tls: ssl.SSLContext | None = None, **server: str) -> MailDoor:
    return replace(office.door(), server=MailServer("localhost", office.port, security, **server), tls=tls)


def test_starttls_that_is_required_and_not_offered_sends_nothing_in_clear(office: Office) -> None:
    office.post()
    with good_server(office.mailbox, port=office.port):
        assert office.send(secured(office, MailSecurity.STARTTLS)) == 0
    fault = office.fault()
    assert fault is not None
    assert fault.result == "no_starttls"
    assert (office.mailbox.contents, office.mailbox.senders) == ([], [])


def test_starttls_encrypts_before_anything_is_said(office: Office, tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, "localhost")
    office.post()
    with good_server(office.mailbox, port=office.port, tls_context=certificate.server, require_starttls=True):
        assert office.send(secured(office, MailSecurity.STARTTLS, tls=certificate.trusted)) == 1
    assert office.mailbox.encrypted == [True]


def test_tls_from_the_first_byte(office: Office, tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, "localhost")
    office.post()
    with good_server(office.mailbox, port=office.port, ssl_context=certificate.server):
        assert office.send(secured(office, MailSecurity.TLS, tls=certificate.trusted)) == 1
    assert len(office.mailbox.contents) == 1


@pytest.mark.parametrize("names", [("localhost",), ("mail.example.com",)])
def test_a_server_whose_certificate_does_not_prove_its_name_gets_nothing(
    office: Office, tmp_path: Path, names: tuple[str, ...]
) -> None:
    """Unknown authority, or known authority and another name."""
    certificate = make_certificate(tmp_path, *names)
    office.post()
    trusted = certificate.trusted if names != ("localhost",) else None
    with good_server(office.mailbox, port=office.port, tls_context=certificate.server):
        assert office.send(secured(office, MailSecurity.STARTTLS, tls=trusted)) == 0
    fault = office.fault()
    assert fault is not None
    assert fault.result == "tls"
    assert office.mailbox.contents == []


def test_signing_in(office: Office) -> None:
    case = office.post()
    with good_server(office.mailbox, port=office.port, password="right"):
        for password, sent in (("wrong", 0), ("right", 1)):
            assert office.send(secured(office, MailSecurity.PLAIN, user="site", password=password)) == sent
            office.wait(minutes=1)
    assert office.state(case) == (LetterState.SENT, "250", 1)


def test_a_wrong_password_rests_the_line_and_spoils_no_letter(office: Office) -> None:
    case = office.post()
    with good_server(office.mailbox, port=office.port, password="right"):
        office.send(secured(office, MailSecurity.PLAIN, user="site", password="wrong"))
    fault = office.fault()
    assert fault is not None
    assert (fault.result, office.state(case)) == ("535", (LetterState.WAITING, "", 0))


def test_a_server_without_sign_in_is_told(office: Office) -> None:
    office.post()
    with good_server(office.mailbox, port=office.port):
        assert office.send(secured(office, MailSecurity.PLAIN, user="site", password="pw")) == 0
    fault = office.fault()
    assert fault is not None
    assert fault.result == "no_sign_in"
