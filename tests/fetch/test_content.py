"""Bodies: names, codings, parts."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.errors import DeadLink
from songloom.fetch.content import PIECE_BYTES, decoded, file_name, part_of

BODY = st.binary(max_size=5_000)


def chunks(whole: bytes, size: int) -> Iterator[bytes]:
    return (whole[at : at + size] for at in range(0, len(whole), size))


@given(
    BODY,
    st.integers(1, 700),
    st.sampled_from(["gzip", "x-gzip", "deflate", "GZIP ", "", "identity"]),
)
def test_every_coding_gives_the_body_back_however_it_is_cut(
    body: bytes, size: int, coding: str
) -> None:
    kind = coding.strip().lower()
    sent = gzip.compress(body) if "gzip" in kind else body
    sent = zlib.compress(body) if kind == "deflate" else sent
    assert b"".join(decoded(chunks(sent, size), coding)) == body


@given(st.integers(1, 60), st.integers(1, 5_000))
def test_no_piece_is_larger_than_it_may_be(megabytes_tenth: int, size: int) -> None:
    body = bytes(megabytes_tenth * 100_000)
    pieces = [len(piece) for piece in decoded(chunks(gzip.compress(body), size), "gzip")]
    assert sum(pieces) == len(body)
    assert max(pieces) <= 2 * PIECE_BYTES


@given(st.binary(min_size=1, max_size=300), st.integers(1, 50))
def test_noise_is_no_gzip(noise: bytes, size: int) -> None:
    with pytest.raises(DeadLink):
        list(decoded(chunks(b"\0" + noise, size), "gzip"))


@given(BODY, st.integers(1, 30))
def test_a_coding_cut_short_is_noticed(body: bytes, missing: int) -> None:
    whole = gzip.compress(body)
    with pytest.raises(DeadLink, match=r"ends early|broken"):
        list(decoded(chunks(whole[: -min(missing, len(whole) - 1)], 64), "gzip"))


@given(st.text(max_size=80), st.text(max_size=40))
def test_a_name_is_never_a_path_nor_empty(said: str, path: str) -> None:
    header = f'attachment; filename="{said}"'.encode("utf-8", "replace")
    name = file_name(httpx.Headers({b"content-disposition": header}), f"http://x.example/{path}")
    assert name
    assert "/" not in name
    assert "\\" not in name
    assert name not in (".", "..")
    assert len(name) <= 255
    assert name.isprintable()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes 10-19/20", (10, 20)),
        ("bytes 0-0/*", (0, None)),
        ("bytes */20", None),
        ("items 0-1/2", None),
        ("", None),
        ("bytes x-y/z", None),
    ],
)
def test_a_part_says_where_it_begins(header: str, expected: tuple[int, int | None] | None) -> None:
    assert part_of(httpx.Headers({"content-range": header})) == expected
