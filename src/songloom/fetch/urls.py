"""Which URLs are followed at all, before any name is resolved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address

import httpx

from songloom.errors import BadUrl
from songloom.fetch.addresses import checked, networks

LONGEST_URL = 2_000
NUMERIC_LABEL = re.compile(r"(0x[0-9a-f]*|\d+)", re.IGNORECASE | re.ASCII)
LOCAL_NAMES = ("localhost", "localhost.localdomain")


def check_url(url: str, *, allow: Iterable[str] = ()) -> str:
    """The URL as it will be asked, if it may be.

    allow  private networks that may be reached
    Raises BadUrl for anything but http and https with a plain host name and no credentials;
    ForbiddenAddress for a literal address in a private or reserved network.
    """
    text = url.strip()
    if not text or len(text) > LONGEST_URL:
        raise BadUrl(f"has {len(text):,} characters; an address has 1 to {LONGEST_URL:,}")
    if any(c.isspace() or not c.isprintable() for c in text) or "\\" in text:
        raise BadUrl("an address holds no spaces, control characters or backslashes")
    try:
        parsed = httpx.URL(text)
        host = parsed.raw_host.decode("ascii").lower()
    except (httpx.InvalidURL, ValueError, UnicodeError) as exc:
        raise BadUrl("this is no address that can be read") from exc
    if parsed.scheme not in ("http", "https"):
        raise BadUrl(f"only http and https are fetched, not {parsed.scheme[:20] or 'this'}")
    if parsed.userinfo:
        raise BadUrl("an address with a user name or password in it is not fetched")
    if parsed.port is not None and not 0 < parsed.port < 65_536:
        raise BadUrl(f"port {parsed.port}; there are 1 to 65535")
    _check_host(host, allow)
    return str(parsed.copy_with(fragment=None))


def _check_host(host: str, allow: Iterable[str]) -> None:
    if not host:
        raise BadUrl("the address names no host")
    if host.startswith("["):
        host = host[1:-1]
    is_numeric = ":" in host or NUMERIC_LABEL.fullmatch(host.rstrip(".").rpartition(".")[2])
    if is_numeric:
        try:
            literal = ip_address(host)
        except ValueError as exc:
            raise BadUrl("write a numeric address as four plain decimal numbers") from exc
        checked([str(literal)], networks(allow))
    elif host.rstrip(".") in LOCAL_NAMES or host.endswith(".localhost"):
        checked(["127.0.0.1"], networks(allow))
