"""From the text of one setting to its value; a ValueError says, in the operator's words, what is expected."""

import ipaddress
import re
from collections.abc import Callable
from enum import StrEnum
from importlib.util import find_spec
from urllib.parse import SplitResult, urlsplit

RATE = re.compile(r"[1-9]\d* per (?:[1-9]\d* )?(?:second|minute|hour|day)s?")
SECRET_LENGTH = 32
"""Fewest characters of a secret key; a key made here has 64 hexadecimal digits (256 bits)."""

PLACEHOLDER_KEYS = frozenset({"dev", "development", "secret", "secret_key", "changeme", "change-me", "test"})


class Mode(StrEnum):
    """What the site is for: shown with invented data on this machine only, or used in earnest."""

    DEMO = "demo"  # 演示
    PRODUCTION = "production"  # 正式


def whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    """A parser of whole numbers between two bounds, both allowed."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
            raise ValueError(f"应为 {lowest} 至 {highest} 之间的整数")
        return int(text)

    return parse


def parse_mode(text: str) -> Mode:
    if text not in tuple(Mode):
        raise ValueError("应为 demo（演示）或 production（正式）")
    return Mode(text)


def parse_rate(text: str) -> str:
    if not RATE.fullmatch(text):
        raise ValueError("应写成 “300 per minute” 或 “10 per 5 minutes” 的样子")
    return text


def parse_rate_storage(text: str) -> str:
    if text == "memory://":
        return text
    if not text.startswith(("redis://", "rediss://")):
        raise ValueError("应为 memory:// 或以 redis://、rediss:// 开头")
    if find_spec("redis") is None:
        raise ValueError("需要另装 Python 包 redis：pip install redis")
    return text


def parse_database_url(text: str) -> str:
    if text and not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("应以 sqlite:/// 或 postgresql+psycopg:// 开头")
    return text


def parse_site_url(text: str) -> str:
    """An origin: scheme and host, perhaps a port; no path, because ``__Host-`` cookies need ``/``."""
    if not text:
        return ""
    parts = split_url(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError("应为 http:// 或 https:// 开头的网址")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("只写协议、域名和端口，不带路径")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def split_url(text: str) -> SplitResult:
    """The parts of ``text``, with a host in brackets and a port in range, or the operator's sentence."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as unreadable:
        raise ValueError("网址的主机名或端口不合规范") from unreadable
    if port == 0:
        raise ValueError("端口不能为 0")
    return parts


def host_names(text: str) -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in text.split(",") if name.strip())


def is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_weak(key: str) -> bool:
    """Short, a well-known placeholder, or the same few characters over and over."""
    return len(key) < SECRET_LENGTH or key.lower() in PLACEHOLDER_KEYS or len(set(key)) < 8
