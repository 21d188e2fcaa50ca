"""Letters of the site by e-mail: what they hold, how they stand, how they look on the wire."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from typing import Final

from greenmine.domain.text import N_

SUBJECT_LENGTH: Final = 150
_LINK: Final = re.compile(r"https?://[^\s<>\"，。；、）】》]*", re.IGNORECASE)


class LetterState(StrEnum):
    """How a letter stands."""

    WAITING = "waiting"  # 待发送
    SENT = "sent"  # 已发送
    GIVEN_UP = "given_up"  # 未能送达


LABELS: Final[Mapping[LetterState, str]] = {
    LetterState.WAITING: N_("待发送"),
    LetterState.SENT: N_("已发送"),
    LetterState.GIVEN_UP: N_("未能送达"),
}


@dataclass(frozen=True)
class Letter:
    """One letter, opened. Whom it goes to and what it says are never shown by ``repr``: that may reach a log.

    :param message_id: without angle brackets; the same at every attempt, so that a receiver takes it once
    :param written_at: aware; becomes the ``Date``, also the same at every attempt
    """

    message_id: str
    recipient: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    written_at: datetime


def one_line(text: str) -> str:
    """``text`` without line ends, control characters and lone surrogates, no longer than a subject may be."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(plain.split())[:SUBJECT_LENGTH]


def sendable(text: str) -> str:
    """``text`` without what cannot be written in UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def links_elsewhere(text: str, *, site_url: str) -> bool:
    """Whether a text links to anything but a plain page of the site: another host, or words behind ``?`` or ``#``.

    A letter leads to the site and says nothing that opens a case. Source: trust.md 14, 18.
    """
    return any(not _is_own(link, site_url) for link in _LINK.findall(text))


def _is_own(link: str, site_url: str) -> bool:
    path = link.removeprefix(site_url)
    return path != link and path[:1] in ("", "/") and not set("?#@\\") & set(path)


def as_message(letter: Letter, *, sender: str, sender_name: str) -> EmailMessage:
    """The letter as RFC 5322 wants it, byte for byte the same at every attempt; line ends add no header."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(one_line(sender_name), addr_spec=sender)
    message["To"] = Address(addr_spec=letter.recipient)
    message["Subject"] = one_line(letter.subject)
    message["Date"] = letter.written_at
    message["Message-ID"] = f"<{letter.message_id}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies, please
    message.set_content(sendable(letter.text), charset="utf-8", cte="base64")
    return message
