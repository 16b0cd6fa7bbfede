"""Which IP addresses may be reached: public ones, and the private networks that settings name."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from songloom.errors import BadValue, ForbiddenAddress

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IPv6 networks whose addresses carry an IPv4 address in their last 32 bits.
CARRIERS = (
    ip_network("64:ff9b::/96"),  # NAT64, RFC 6052
    ip_network("64:ff9b:1::/48"),  # NAT64 for local use, RFC 8215
    ip_network("::/96"),  # IPv4-compatible, RFC 4291
    ip_network("::ffff:0:0:0/96"),  # IPv4-translated, RFC 2765
)
ISATAP = (0x00005EFE, 0x02005EFE)  # RFC 5214, in the 32 bits before the IPv4 address


def networks(allowed: Iterable[str]) -> tuple[Network, ...]:
    """Networks as written in a setting: `192.168.0.0/16`, `127.0.0.1`, `fd00::/8`.

    Raises BadValue for anything else: a slip must not open or close a network unseen.
    """
    try:
        return tuple(ip_network(text.strip(), strict=False) for text in allowed if text.strip())
    except ValueError as exc:
        raise BadValue(f"SONGLOOM_FETCH_ALLOW holds something that is no network: {exc}") from exc


def unwrapped(address: Address) -> list[Address]:
    """The address and every address that is hidden in it (mapped, 6to4, Teredo, NAT64, ISATAP)."""
    found: list[Address] = [address]
    if isinstance(address, IPv4Address):
        return found
    number = int(address)
    last = IPv4Address(number & 0xFFFFFFFF)
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.sixtofour is not None:
        found.append(address.sixtofour)
    if address.teredo is not None:
        found.extend(address.teredo)
    is_isatap = number >> 32 & 0xFFFFFFFF in ISATAP
    if is_isatap or any(address in carrier for carrier in CARRIERS):
        found.append(last)
    return found


def is_allowed(address: Address, allowed: tuple[Network, ...] = ()) -> bool:
    """Whether an address may be reached: it is public throughout, or a setting allows it."""
    return all(
        _is_public(each) or any(each in network for network in allowed)
        for each in unwrapped(address)
    )


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and any(address in carrier for carrier in CARRIERS[:2]):
        return True  # what it carries is checked by itself
    is_special = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not is_special


def checked(texts: Iterable[str], allowed: tuple[Network, ...] = ()) -> list[str]:
    """The addresses of one name, if every one of them may be reached. Raises ForbiddenAddress."""
    found = [ip_address(text.partition("%")[0]) for text in texts]
    for address in found:
        if not is_allowed(address, allowed):
            raise ForbiddenAddress(
                "the address leads to a private or reserved network; an administrator may allow "
                "networks by SONGLOOM_FETCH_ALLOW"
            )
    return [str(address) for address in found]
