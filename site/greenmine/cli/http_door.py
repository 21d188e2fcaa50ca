"""Asking another server: no redirect, no proxy, an end to every wait, and no more bytes than were agreed on.

Bytes are asked for as they are (``Accept-Encoding: identity``); whoever packs them nevertheless is not unpacked.
"""

import http.client
import socket
import threading
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, urlsplit, urlunsplit


class Trouble(StrEnum):
    """Why there is no answer."""

    DOWN = "down"  # 无法连接
    SLOW = "slow"  # 响应过慢
    TOO_LARGE = "too_large"  # 回复过大
    GARBLED = "garbled"  # 回复无法读取


class Unanswered(Exception):
    """There is no answer that can be used."""

    def __init__(self, trouble: Trouble, url: str) -> None:
        super().__init__(f"{url}: {trouble.value}")
        self.trouble = trouble
        self.url = url


@dataclass(frozen=True)
class Answer:
    """What the server said; ``retry_after`` in seconds when it asked to be left alone."""

    status: int
    media_type: str
    body: bytes
    retry_after: int = 0


_HEADERS: Final = {"Accept-Encoding": "identity", "User-Agent": "greenmine"}


def ask(url: str, *, body: bytes | None = None, limit: int, seconds: float) -> Answer:
    """GET, or POST where there is a body. Raises Unanswered.

    :param limit: most bytes of an answer
    :param seconds: for the whole conversation, however the bytes drip
    """
    parts = _parts(url)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    cut = threading.Event()
    with closing(make(parts.netloc, timeout=seconds)) as line:
        timer = threading.Timer(seconds, _cut, (line, cut))
        timer.daemon = True
        timer.start()
        try:
            target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
            line.connect()
            if cut.is_set():  # the time ran out on an address that did not answer, and there was nothing yet to cut
                raise TimeoutError
            return _answer(line, target, body, url=url, limit=limit)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unanswered(_trouble(error, was_cut=cut.is_set()), url) from error
        finally:
            timer.cancel()


def _parts(url: str) -> SplitResult:
    """The address taken apart. Raises Unanswered for one that leads nowhere."""
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise Unanswered(Trouble.GARBLED, url) from error
    if not whole or "@" in parts.netloc or parts.fragment:
        raise Unanswered(Trouble.GARBLED, url)
    return parts


def _answer(line: http.client.HTTPConnection, path: str, body: bytes | None, *, url: str, limit: int) -> Answer:
    line.request("GET" if body is None else "POST", path, body, _HEADERS)
    answer = line.getresponse()
    content = answer.read(limit + 1)
    if len(content) > limit:
        raise Unanswered(Trouble.TOO_LARGE, url)
    if answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Unanswered(Trouble.GARBLED, url)
    told = answer.headers.get("Content-Length", "")
    if told.isascii() and told.isdigit() and int(told) != len(content):
        raise Unanswered(Trouble.GARBLED, url)  # it broke off
    wait = answer.headers.get("Retry-After", "")
    media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return Answer(answer.status, media_type, content, int(wait) if wait.isascii() and wait.isdigit() else 0)


def _trouble(error: Exception, *, was_cut: bool) -> Trouble:
    if was_cut or isinstance(error, TimeoutError):
        return Trouble.SLOW
    return Trouble.DOWN if isinstance(error, OSError) else Trouble.GARBLED


def _cut(line: http.client.HTTPConnection, cut: threading.Event) -> None:
    cut.set()
    with suppress(OSError, AttributeError):
        line.sock.shutdown(socket.SHUT_RDWR)
