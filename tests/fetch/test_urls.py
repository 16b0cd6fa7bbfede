"""Which URLs are followed at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.errors import BadUrl, ForbiddenAddress, RefusedInput
from songloom.fetch import check_url


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://example.org/a.mp3", "https://example.org/a.mp3"),
        ("  http://example.org ", "http://example.org"),
        ("HTTP://EXAMPLE.org/A?b=c#part", "http://example.org/A?b=c"),
        ("http://例え.jp/歌", "http://xn--r8jz45g.jp/%E6%AD%8C"),
        ("https://example.org:8443/", "https://example.org:8443/"),
        ("http://93.184.216.34/x", "http://93.184.216.34/x"),
        ("http://1.example.org/", "http://1.example.org/"),
    ],
)
def test_a_plain_address_is_asked(url: str, asked: str) -> None:
    assert check_url(url) == asked


@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        "song.mp3",
        "/etc/passwd",
        "file:///etc/passwd",
        "ftp://example.org/a",
        "gopher://x/",
        "data:audio/ogg;base64,T2dn",
        "javascript:alert(1)",
        "http://",
        "http:///a",
        "//example.org/a",
        "http://user@example.org/",
        "http://user:pw@example.org/",
        "http://example.org\\@evil.org/",
        "http://exa mple.org/",
        "http://example.org/\nx",
        "http://a:0/",
        "http://example.org/a\x00b",
        "http://[::1",
        "http://a:99999/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://017700000001/",
        "http://127.1/",
        "http://0x7f.1/",
        "http://127.0.0.01/",
        "http://0177.0.0.1/",
        "http://1.2.3.4.5/",
        "http://256.1.1.1/",
        "http://127.0.0.1./",
        "http://0/",
        "http://①②⑦.0.0.1/x",
        "http://[fe80::1%25eth0]/",
        "http://" + "a" * 3000,
    ],
)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises((BadUrl, ForbiddenAddress)):
        check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]:80/",
        "http://10.1.2.3/x",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost/",
        "http://LOCALHOST:80/",
        "http://a.localhost/",
        "http://localhost./",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
    ],
)
def test_a_literal_private_address_is_refused_before_any_connection(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        check_url(url)


def test_an_allowed_network_opens_its_literal_addresses() -> None:
    assert check_url("http://127.0.0.1:8000/a", allow=["127.0.0.0/8"]) == "http://127.0.0.1:8000/a"
    with pytest.raises(ForbiddenAddress):
        check_url("http://10.0.0.1/", allow=["127.0.0.0/8"])


@given(st.text(max_size=80).map("http://".__add__) | st.text(max_size=80))
def test_no_text_breaks_the_check(text: str) -> None:
    try:
        asked = check_url(text)
    except RefusedInput:
        return
    assert asked.startswith(("http://", "https://"))
    assert check_url(asked) == asked  # asking again changes nothing
