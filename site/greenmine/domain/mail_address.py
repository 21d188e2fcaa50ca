"""E-mail addresses that people type into forms."""

import re
import unicodedata
from typing import Final

from greenmine.domain.errors import BadInput
from greenmine.domain.text import N_
from greenmine.domain.unseen import has_unseen

LONGEST: Final = 254
"""Characters of a whole address. Source: RFC 5321, 4.5.3.1.3 (a path of 256 with its angle brackets)."""

LONGEST_LOCAL: Final = 64
"""Characters before the @. Source: RFC 5321, 4.5.3.1.1."""

_INVISIBLE: Final = "Cf"
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z0-9-]*[a-z]){_LABEL}")
"""A name of at least two parts whose last is no number: neither ``localhost`` nor an IP address."""


def require_mail_address(text: str, *, field: str) -> str:
    """The address in the form that mail servers know; raises BadInput beside the field.

    Blanks around it are dropped, full-width characters become plain ones (１６３。ｃｏｍ), a Chinese domain name
    its ASCII form (IDNA, ``xn--…``), the domain small letters. Before the @ only ASCII is taken: few mail servers
    deliver to anything else (RFC 6531). Quoted and commented forms of RFC 5322 are not taken.
    """
    typed = unicodedata.normalize("NFKC", text).strip(" \u3000")
    if not typed:
        raise BadInput("mail_address.missing", N_("请填写电子邮箱。"), field=field)
    if len(typed) > LONGEST:
        raise BadInput("mail_address.too_long", N_("电子邮箱过长，请核对。"), field=field)
    local, _at, domain = typed.rpartition("@")
    domain = _ascii_domain(domain)
    address = f"{local}@{domain}"
    if (
        len(local) > LONGEST_LOCAL
        or len(address) > LONGEST
        or not _LOCAL.fullmatch(local)
        or not _DOMAIN.fullmatch(domain)
    ):
        raise BadInput(
            "mail_address.malformed",
            N_("电子邮箱的格式不对：应为 name@example.com 的样子，只填一个，@前为英文字母、数字。"),
            field=field,
        )
    return address


def _ascii_domain(domain: str) -> str:
    """The domain as the DNS knows it; what cannot be one comes back empty."""
    if has_unseen(domain) or any(unicodedata.category(char) == _INVISIBLE for char in domain):
        return ""
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
