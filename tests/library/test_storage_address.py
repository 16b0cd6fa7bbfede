"""The address of a storage is read as written; what is wrong is said without its secret."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.errors import BadValue
from songloom.library import storage
from songloom.library.storage.address import Address, parse


def test_a_bucket_alone_is_one_at_amazon() -> None:
    found = parse("s3://my-songs")
    assert found == Address(bucket="my-songs", style="virtual")


def test_every_part_is_where_it_was_written() -> None:
    found = parse(
        "s3://AK:s%2Fe+c@songs/deep/er/?endpoint=https%3A%2F%2Fs3.example.org:8333&region=eu-1"
        "&public=https://sound.example.org/"
    )
    assert (found.bucket, found.prefix) == ("songs", "deep/er")
    assert (found.key, found.secret) == ("AK", "s/e+c")
    assert (found.endpoint, found.region) == ("https://s3.example.org:8333", "eu-1")
    assert found.public == "https://sound.example.org"
    assert found.style == "path"  # usual where the server has a name of its own


WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)


@given(WORDS, WORDS)
def test_any_key_and_secret_survive_the_address_and_are_never_shown(key: str, secret: str) -> None:
    key, secret = f"k{key}", f"zQ7{secret}"
    found = parse(f"s3://{quote(key, safe='')}:{quote(secret, safe='')}@songs/p")
    assert (found.key, found.secret) == (key, secret)
    assert "zQ7" not in f"{found} {found!r}"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://songs", "only s3://"),
        ("songs", "only s3://"),
        ("s3://", "no name of a bucket"),
        ("s3://UP", "no name of a bucket"),
        ("s3://a", "no name of a bucket"),
        ("s3://songs?endpoint=s3.example.org", "endpoint takes https"),
        ("s3://songs?endpoint=https://h/path", "endpoint takes https"),
        ("s3://songs?public=nothing", "public takes https"),
        ("s3://songs?color=red", "'color' is not known"),
        ("s3://songs?endpoint", "no address"),
        ("s3://songs?style=odd", "path or virtual"),
        ("s3://AK@songs", "a key needs its secret"),
        ("s3://:tell-nobody@songs", "a key needs its secret"),
        ("s3://AK:tell-nobody@x?odd=1", "no name of a bucket"),
        ("s3://[x", "no address"),
    ],
)
def test_what_cannot_be_an_address_is_named_but_its_secret_is_not(url: str, said: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse(url)
    assert said in str(caught.value)
    assert "tell-nobody" not in str(caught.value)


def test_the_home_is_a_storage_by_its_name() -> None:
    assert storage.store_at("home").name == storage.store().name
    assert storage.far() is None
