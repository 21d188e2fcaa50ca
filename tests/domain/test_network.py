"""What one client is counted by (trust.md 4; ASVS 4.1.3)."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.domain.network import NOWHERE, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("192.0.2.1:52044", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:7:1::9", "2001:db8:0:7::/64"),
        ("[2001:db8:0:7::1]:443", "2001:db8:0:7::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
        (None, NOWHERE),
    ],
)
def test_an_address_however_a_proxy_writes_it(address: str | None, network: str) -> None:
    assert network_of(address) == network


@given(st.integers(0, 2**128 - 1), st.integers(0, 2**64 - 1))
def test_a_whole_64_is_one_client(address: int, other: int) -> None:
    same = ipaddress.IPv6Address(address >> 64 << 64 | other)
    if same.ipv4_mapped is None and ipaddress.IPv6Address(address).ipv4_mapped is None:
        assert network_of(str(same)) == network_of(str(ipaddress.IPv6Address(address)))


@given(st.text(max_size=300))
def test_any_header_is_some_client(text: str) -> None:
    assert len(network_of(text)) <= 100
