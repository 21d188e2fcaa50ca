"""The mail server, from the text of its setting; a ValueError says, in the operator's words, what is expected."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qs, unquote

from greenmine.config.parsers import is_loopback, split_url

_SENDER: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z][A-Za-z0-9-]{1,62}")


class MailSecurity(StrEnum):
    """How the way to the mail server is protected."""

    PLAIN = "plain"  # 不加密：仅限本机或内网
    STARTTLS = "starttls"  # 先连接、后加密，服务器不支持则不发
    TLS = "tls"  # 全程加密


_PORTS: Final = ((MailSecurity.PLAIN, 25), (MailSecurity.STARTTLS, 587), (MailSecurity.TLS, 465))


@dataclass(frozen=True)
class MailServer:
    """Where letters are handed in; user and password are empty when the server asks for none."""

    host: str
    port: int
    security: MailSecurity
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def parse_mail_server(text: str) -> MailServer | None:
    """``smtp://…`` or ``smtps://…``; None for an empty text. Never quotes the text: it may hold a password."""
    if not text:
        return None
    parts = split_url(text)
    if parts.scheme not in ("smtp", "smtps"):
        raise ValueError("应以 smtp:// 或 smtps:// 开头")
    if not parts.hostname:
        raise ValueError("缺少主机名")
    if parts.path.strip("/") or parts.fragment:
        raise ValueError("只写协议、用户、主机名和端口，不带路径；密码中的特殊字符须写成 %XX")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("用户名和密码须同时填写")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii() or not (user + password).isprintable():
        raise ValueError("用户名和密码只能用英文字母、数字和符号")
    security = _security(parts.scheme, parts.query, host=parts.hostname, signs_in=bool(password))
    return MailServer(
        host=parts.hostname,
        port=parts.port or dict(_PORTS)[security],
        security=security,
        user=user,
        password=password,
    )


def _security(scheme: str, query: str, *, host: str, signs_in: bool) -> MailSecurity:
    """What the address asks for. In clear over a network only when it says so, and never with a password."""
    if scheme == "smtps":
        if query:
            raise ValueError("smtps:// 不再写 starttls 等参数")
        return MailSecurity.TLS
    asked = parse_qs(query, keep_blank_values=True)
    choice = asked.pop("starttls", [])
    if asked or len(choice) > 1 or (query and choice not in (["require"], ["never"])):
        raise ValueError("参数只能是 ?starttls=require 或 ?starttls=never")
    if choice == ["require"]:
        return MailSecurity.STARTTLS
    if not is_loopback(host) and (signs_in or not choice):
        raise ValueError(
            "邮件会以明文经网络传送：请用 smtps:// 或 ?starttls=require；"
            "内网中继确不支持加密且无需密码的，写 ?starttls=never"
        )
    return MailSecurity.PLAIN


def parse_sender(text: str) -> str:
    """A bare address; the name beside it is that of the site."""
    if text and not _SENDER.fullmatch(text):
        raise ValueError("应为单个电子邮箱地址，如 noreply@example.gov.cn，不带名称")
    return text
