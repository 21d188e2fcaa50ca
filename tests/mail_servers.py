"""Real SMTP servers on loopback, for letters that must arrive: a good one (aiosmtpd) and some bad ones."""

import contextlib
import email
import email.policy
import socket
import socketserver
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.site_process import free_port

Answer = Callable[[Envelope], str | None]
"""What to say to a recipient or to a letter; None: taken."""


@dataclass
class Mailbox:
    """What a server accepted, in order, and what a receiver makes of it: each Message-ID takes effect once."""

    contents: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    connections: int = 0

    def put(self, content: bytes, *, sender: str = "", recipient: str = "", encrypted: bool = False) -> None:
        """Take a letter."""
        self.senders.append(sender)
        self.recipients.append(recipient)
        self.encrypted.append(encrypted)
        self.contents.append(content)

    @property
    def letters(self) -> list[EmailMessage]:
        """The letters, read."""
        return [email.message_from_bytes(content, policy=email.policy.SMTP) for content in self.contents]

    @property
    def times(self) -> Counter[str]:
        """How often each Message-ID was accepted."""
        return Counter(str(letter["Message-ID"]) for letter in self.letters)

    @property
    def effects(self) -> list[str]:
        """The texts, each Message-ID once, in the order of first arrival."""
        first = {str(letter["Message-ID"]): letter for letter in reversed(self.letters)}
        ids = dict.fromkeys(str(letter["Message-ID"]) for letter in self.letters)
        return [first[each].get_content().strip() for each in ids]


class _Handler:
    """aiosmtpd's hooks."""

    def __init__(self, mailbox: Mailbox, at_rcpt: Answer, at_data: Answer, at_mail: str | None) -> None:
        self.mailbox, self.at_rcpt, self.at_data, self.at_mail = mailbox, at_rcpt, at_data, at_mail

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.mailbox.connections += 1
        self.mailbox.said.append(hostname)
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_mail is not None:
            return self.at_mail
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        answer = self.at_rcpt(envelope)
        if answer is not None:
            envelope.rcpt_tos.clear()
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.at_data(envelope)
        if answer is None:
            content = envelope.content
            assert isinstance(content, bytes)
            self.mailbox.put(
                content,
                sender=str(envelope.mail_from),
                recipient=envelope.rcpt_tos[0],
                encrypted=session.ssl is not None,
            )
        return answer or "250 taken for zhang.san@example.com"


def _takes(_: Envelope) -> None:
    return None


@contextmanager
def good_server(
    mailbox: Mailbox,
    *,
    port: int | None = None,
    at_rcpt: Answer = _takes,
    at_data: Answer = _takes,
    at_mail: str | None = None,
    password: str | None = None,
    **options: Any,
) -> Iterator[int]:
    """An SMTP server that behaves; returns its port. ``options``: as aiosmtpd's Controller."""

    def knows(_server: object, _session: object, _envelope: object, _way: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and given.password == (password or "").encode()
        return AuthResult(success=right, handled=False)

    auth: dict[str, Any] = {} if password is None else {"authenticator": knows, "auth_require_tls": False}
    controller = Controller(
        _Handler(mailbox, at_rcpt, at_data, at_mail), hostname="127.0.0.1", port=port or free_port(), **auth, **options
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def in_turn(*answers: str | None) -> Answer:
    """Say these, one after the other, then take everything."""
    left = list(answers)
    return lambda _: left.pop(0) if left else None


Manner = Callable[["Talk"], None]
"""How a bad server treats one connection."""


class Talk(socketserver.StreamRequestHandler):
    """One connection of a bad server, and what such servers are made of."""

    def handle(self) -> None:
        assert isinstance(self.server, _BadServer)
        self.mailbox = self.server.mailbox
        self.mailbox.connections += 1
        with contextlib.suppress(OSError):
            self.server.manner(self)

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def hear(self) -> str:
        line = self.rfile.readline().decode()
        if not line:
            raise ConnectionResetError
        self.mailbox.said.append(line.strip())
        return line

    def to_recipient(self) -> None:
        """All goes well until the recipient was named."""
        self.say("220 mail")
        self.hear()
        self.say("250 mail")
        self.hear()
        self.say("250 OK")
        self.hear()

    def take_letter(self) -> None:
        """All goes well until the letter was taken; the answer is not given yet."""
        self.to_recipient()
        self.say("250 OK")
        self.hear()
        self.say("354 go on")
        lines = list(iter(self.rfile.readline, b".\r\n"))
        self.mailbox.put(b"".join(lines))

    def reset(self) -> None:
        """Hang up with RST, as a machine does that lost its power and came back."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def wait_for_end(self, *, dripping: bytes = b"") -> None:
        """Say nothing, or next to nothing, until the other side hangs up (a minute at most)."""
        self.connection.settimeout(0.05)
        for _ in range(1200):
            with contextlib.suppress(TimeoutError):
                if self.connection.recv(4096) == b"":
                    return
            if dripping:
                self.wfile.write(dripping)


class _BadServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, mailbox: Mailbox, manner: Manner, port: int) -> None:
        super().__init__(("127.0.0.1", port), Talk)
        self.mailbox, self.manner = mailbox, manner


@contextmanager
def bad_server(mailbox: Mailbox, manner: Manner, *, port: int = 0) -> Iterator[int]:
    """A server that treats every connection in this manner; returns its port."""
    with _BadServer(mailbox, manner, port) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


def dies_after_data(talk: Talk) -> None:
    """The letter is taken and kept; the answer is never given."""
    talk.take_letter()
    talk.reset()


def dies_before_data(talk: Talk) -> None:
    talk.to_recipient()
    talk.reset()


def never_greets(talk: Talk) -> None:
    talk.wait_for_end()


def drips(talk: Talk) -> None:
    """A greeting without end, a byte now and then: no single wait is long."""
    talk.wait_for_end(dripping=b"2")


def tarries_after_data(talk: Talk) -> None:
    talk.take_letter()
    talk.wait_for_end()


def endless_greeting(talk: Talk) -> None:
    talk.wait_for_end(dripping=b"220-more\r\n")


def speaks_no_smtp(talk: Talk) -> None:
    talk.say("HTTP/1.1 400 Bad Request", "")


@dataclass(frozen=True)
class Certificate:
    """A certificate for ``localhost`` and 127.0.0.1, signed by itself."""

    path: Path

    @property
    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path)
        return context

    @property
    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.path))


def make_certificate(folder: Path, *names: str) -> Certificate:
    """Write a fresh key and certificate for these names."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.fromtimestamp(time.time(), UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "mail.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return Certificate(path)
