"""The line to a mail server: RFC 5321 by smtplib, with an end to every wait and no word of the server kept."""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from greenmine.config import MailSecurity, MailServer
from greenmine.domain.letter import Letter, as_message
from greenmine.usecases.outbox import TIMEOUT, Undelivered, Verdict

_GREETED: Final = 220
_UNAVAILABLE: Final = 421
_FAREWELL: Final = 2.0
_POLICY: Final = re.compile(rb"5\.7\.\d")
"""The server does not relay for us, or does not trust us or the letter: address and words may be right and our settings
wrong. Source: RFC 3463 3.8."""


@dataclass(frozen=True)
class Patience:
    """Seconds: for one answer, for opening a line, for handing in one letter from first to last word."""

    answer: float = 30.0
    opening: float = 20.0
    letter: float = 60.0


@dataclass(frozen=True)
class MailDoor:
    """How to reach the mail server and who we are there.

    :param hello: our name in EHLO
    :param tls: the authorities we trust; None: those of the system, read only when they are needed
    """

    server: MailServer
    sender: str
    sender_name: str
    hello: str
    patience: Patience = Patience()
    tls: ssl.SSLContext | None = None

    @contextmanager
    def connect(self) -> Iterator["SmtpLine"]:
        """An open line, signed in; closed afterwards. Raises Undelivered with Verdict.LINE."""
        line = SmtpLine(self)
        try:
            line.open()
            yield line
        finally:
            line.close()


class SmtpLine:
    """One connection, used by one thread. A timer cuts it when the server keeps us longer than our patience.

    A time limit on the socket alone is no end: it begins anew with every byte that drips in.
    """

    def __init__(self, door: MailDoor) -> None:
        self._door = door
        self._client = smtplib.SMTP(local_hostname=door.hello)
        self._wire: socket.socket | None = None
        self._cut = threading.Event()

    @property
    def is_open(self) -> bool:
        """Whether another letter can be handed in."""
        return self._client.sock is not None

    def open(self) -> None:
        """Connect, encrypt as the settings say, sign in. Raises Undelivered with Verdict.LINE."""
        server, client = self._door.server, self._client
        with self._within(self._door.patience.opening), self._faults(otherwise=Verdict.LINE):
            wire = self._connected()
            client.sock = self._encrypted(wire) if server.security is MailSecurity.TLS else wire
            _require(client.getreply()[0] == _GREETED, "greeting")
            client.ehlo_or_helo_if_needed()
            if server.security is MailSecurity.STARTTLS:
                self._start_tls()
            if server.user:
                client.login(server.user, server.password)

    def send(self, letter: Letter) -> str:
        """Hand one letter in; returns the code of the answer. Raises Undelivered."""
        content = self._content(letter)
        with self._within(self._door.patience.letter):
            with self._faults(otherwise=Verdict.LINE):
                code, _words = self._client.mail(self._door.sender)
                if not _is_done(code):
                    raise Undelivered(str(code), Verdict.LINE)
            with self._faults(otherwise=Verdict.LATER):
                return self._hand_in(letter.recipient, content)

    def _hand_in(self, recipient: str, content: bytes) -> str:
        code, words = self._client.rcpt(recipient)
        if not _is_done(code):
            self._reset()
            raise Undelivered(str(code), _verdict(code, words))
        code, words = self._client.data(content)
        if not _is_done(code):
            raise Undelivered(str(code), _verdict(code, words))
        return str(code)

    def close(self) -> None:
        """Take leave, briefly, and hang up."""
        if self._client.sock is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._client.sock.settimeout(_FAREWELL)
                self._client.quit()
        self._client.close()
        if self._wire is not None:
            self._wire.close()

    def _content(self, letter: Letter) -> bytes:
        try:
            return as_message(letter, sender=self._door.sender, sender_name=self._door.sender_name).as_bytes()
        except ValueError:
            raise Undelivered("malformed", Verdict.NEVER) from None

    def _connected(self) -> socket.socket:
        server, patience = self._door.server, self._door.patience
        wire = socket.create_connection((server.host, server.port), timeout=min(patience.answer, patience.opening))
        self._wire = wire.dup()
        wire.settimeout(patience.answer)
        return wire

    def _encrypted(self, wire: socket.socket) -> ssl.SSLSocket:
        tls = self._door.tls or ssl.create_default_context()
        return tls.wrap_socket(wire, server_hostname=self._door.server.host)

    def _start_tls(self) -> None:
        """RFC 3207: without the offer nothing is sent, and what was said in clear before counts no more."""
        client = self._client
        assert client.sock is not None
        _require(client.has_extn("starttls"), "no_starttls")
        _require(client.docmd("STARTTLS")[0] == _GREETED, "starttls")
        client.sock, client.file = self._encrypted(client.sock), None
        code, _words = client.ehlo()
        _require(_is_done(code), "ehlo")

    def _reset(self) -> None:
        """The line is good for the next letter, or is closed."""
        with suppress(smtplib.SMTPException, OSError):
            self._client.rset()

    @contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        """Cut the line after so many seconds, whoever is waiting for whom."""
        timer = threading.Timer(seconds, self._hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    @contextmanager
    def _faults(self, *, otherwise: Verdict) -> Iterator[None]:
        """Turn every fault into a short code. ``otherwise``: the verdict when the line is lost."""
        try:
            yield
        except (Undelivered, OSError, ValueError) as fault:  # SMTPException is an OSError
            raise self._told(fault, otherwise) from None

    def _told(self, fault: Exception, otherwise: Verdict) -> Undelivered:
        """A fault in short. What came of a line that we cut ourselves, half a word perhaps, tells nothing."""
        if self._cut.is_set():
            return Undelivered(TIMEOUT, otherwise)
        if isinstance(fault, Undelivered):
            return fault
        if isinstance(fault, smtplib.SMTPResponseException):
            code, words = fault.smtp_code, fault.smtp_error
            verdict = _verdict(code, words) if otherwise is Verdict.LATER else otherwise
            return Undelivered(str(code), verdict)
        return Undelivered(_code(fault), otherwise)

    def _hang_up(self) -> None:
        self._cut.set()
        if self._wire is not None:
            with suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)


def _require(holds: bool, result: str) -> None:
    if not holds:
        raise Undelivered(result, Verdict.LINE)


def _is_done(code: int) -> bool:
    return 200 <= code < 300


def _verdict(code: int, words: bytes | str) -> Verdict:
    """RFC 5321 4.2.1: 4xx another time, 5xx never unless for a policy; 421 is said by a server that is closing down."""
    if code == _UNAVAILABLE:
        return Verdict.LINE
    spoken = words.encode(errors="replace") if isinstance(words, str) else words
    return Verdict.NEVER if 500 <= code < 600 and not _POLICY.match(spoken) else Verdict.LATER


def _code(fault: BaseException) -> str:
    """A short code for a fault; smtplib hides the cause of a lost line in its context."""
    causes = (fault.__context__, fault)
    found = (code for error in causes for kind, code in _CODES if isinstance(error, kind))
    return next(found, "unreachable")


_CODES: Final = (
    (TimeoutError, TIMEOUT),
    (ConnectionRefusedError, "refused"),
    (ConnectionError, "dropped"),
    (socket.gaierror, "no_host"),
    (ssl.SSLError, "tls"),
    (smtplib.SMTPServerDisconnected, "dropped"),
    (smtplib.SMTPException, "no_sign_in"),  # neither AUTH nor a way of it that we know
)
