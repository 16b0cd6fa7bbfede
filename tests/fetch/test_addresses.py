"""Which addresses may be reached."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.errors import BadValue, ForbiddenAddress
from songloom.fetch.addresses import checked, is_allowed, networks, unwrapped

PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.5.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "192.0.2.1",
    "198.18.0.1",
    "203.0.113.9",
    "240.0.0.1",
    "255.255.255.255",
    "224.0.0.1",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "2001:db8::1",
]
PUBLIC = ["93.184.216.34", "1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"]


def carriers(inner: IPv4Address) -> list[IPv6Address]:
    """Every way in which IPv6 carries an IPv4 address, from the RFCs' own bit layouts."""
    number = int(inner)
    teredo_server = int(IPv4Address("65.54.227.120"))
    return [
        IPv6Address((0xFFFF << 32) | number),  # mapped, RFC 4291
        IPv6Address((0x0064FF9B << 96) | number),  # NAT64, RFC 6052
        IPv6Address((0x0064FF9B0001 << 80) | number),  # local NAT64, RFC 8215
        IPv6Address((0x2002 << 112) | (number << 80) | 1),  # 6to4, RFC 3056
        IPv6Address((0x20010000 << 96) | (teredo_server << 64) | (number ^ 0xFFFFFFFF)),  # Teredo
        IPv6Address((0x26064700 << 96) | (0x00005EFE << 32) | number),  # ISATAP, RFC 5214
    ]


@pytest.mark.parametrize("text", PRIVATE)
def test_a_private_or_reserved_address_is_refused(text: str) -> None:
    assert not is_allowed(ip_address(text))
    with pytest.raises(ForbiddenAddress):
        checked([text])


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_reached(text: str) -> None:
    assert is_allowed(ip_address(text))
    assert checked([text]) == [text]


@pytest.mark.parametrize("text", [text for text in PRIVATE if ":" not in text])
def test_a_private_address_is_seen_through_every_wrapping(text: str) -> None:
    for wrapped in carriers(IPv4Address(text)):
        assert IPv4Address(text) in unwrapped(wrapped)
        assert not is_allowed(wrapped), wrapped


def test_a_public_address_stays_reachable_through_nat64() -> None:
    assert is_allowed(ip_address("64:ff9b::5db8:d822"))
    assert is_allowed(ip_address("::ffff:93.184.216.34"))


def test_one_bad_address_among_good_ones_refuses_the_name() -> None:
    with pytest.raises(ForbiddenAddress):
        checked(["93.184.216.34", "10.0.0.1"])


def test_a_network_of_the_setting_is_allowed_and_nothing_beside_it() -> None:
    allowed = networks(["192.168.7.0/24", " 127.0.0.1 ", "fd00::/8", ""])
    assert is_allowed(ip_address("192.168.7.99"), allowed)
    assert is_allowed(ip_address("::ffff:192.168.7.99"), allowed)
    assert is_allowed(ip_address("fd00::5"), allowed)
    assert not is_allowed(ip_address("192.168.8.1"), allowed)
    assert not is_allowed(ip_address("127.0.0.2"), allowed)
    assert not is_allowed(ip_address("169.254.169.254"), allowed)


@pytest.mark.parametrize("text", ["localhost", "10.0.0", "10.0.0.0/33", "*", "10.0.0.1-10.0.0.9"])
def test_a_setting_that_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="SONGLOOM_FETCH_ALLOW"):
        networks(["127.0.0.0/8", text])


def test_a_scope_in_an_address_changes_nothing() -> None:
    with pytest.raises(ForbiddenAddress):
        checked(["fe80::1%eth0"])


@given(st.ip_addresses(v=4))
def test_what_python_calls_private_is_never_reached(address: IPv4Address) -> None:
    if not address.is_global or address.is_multicast:
        assert not is_allowed(address)
        assert not any(is_allowed(wrapped) for wrapped in carriers(address))
