"""From an address to the line behind it: what one client is counted by."""

import ipaddress
from typing import Final

NOWHERE: Final = "-"
_LONGEST: Final = 100
_SUBSCRIBER: Final = 64
"""An IPv6 line is given a whole /64: each of its 2⁶⁴ addresses is the same client."""


def network_of(address: str | None) -> str:
    """The IPv4 address itself, the /64 of an IPv6 address; ports, brackets and zones are left out.

    What is no address (a proxy's ``unknown``) stands for itself: all who come like that are counted together.
    """
    text = (address or NOWHERE).strip()[:_LONGEST]
    found = _address(text) or _address(_without_port(text))
    if found is None:
        return text
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped
        return str(inner) if inner else str(ipaddress.IPv6Network((int(found), _SUBSCRIBER), strict=False))
    return str(found)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _without_port(text: str) -> str:
    """``[2001:db8::1]:443`` and ``192.0.2.1:443`` as proxies write them."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0]
