"""What a body says of itself: its name, its coding, its part of a whole."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

import httpx

from songloom.errors import DeadLink

PIECE_BYTES = 1 << 16
EXTENDED = re.compile(r"filename\*\s*=\s*(?:utf-8|iso-8859-1)?''([^;\s]+)", re.IGNORECASE)
QUOTED = re.compile(r'filename\s*=\s*"((?:[^"\\]|\\.)*)"', re.IGNORECASE)
BARE = re.compile(r"filename\s*=\s*([^;\s\"]+)", re.IGNORECASE)


def file_name(headers: httpx.Headers, url: str) -> str:
    """What the server calls the file, else the last part of the address; never a path."""
    said = headers.get("content-disposition", "")
    if found := EXTENDED.search(said):
        name = unquote(found[1], errors="replace")
    elif found := QUOTED.search(said):
        name = re.sub(r"\\(.)", r"\1", found[1])
    elif found := BARE.search(said):
        name = found[1]
    else:
        name = unquote(urlsplit(url).path.rpartition("/")[2], errors="replace")
    name = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in name if c.isprintable()).strip(". ")[:255] or "download"


def decoded(chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """The bytes behind a Content-Encoding, in small pieces however much they swell.

    Raises DeadLink for a coding that was not asked for, or one that is broken.
    """
    coding = coding.strip().lower()
    if coding in ("", "identity"):
        yield from chunks
        return
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise DeadLink(f"the server answers in a coding that was not asked for ({coding[:20]})")
    reader = zlib.decompressobj(wbits=47 if coding != "deflate" else 15)
    try:
        for chunk in chunks:
            while chunk:
                yield reader.decompress(chunk, PIECE_BYTES)
                chunk = reader.unconsumed_tail
        yield reader.flush()
    except zlib.error as exc:
        raise DeadLink("the server's compressed answer is broken") from exc
    if not reader.eof:
        raise DeadLink("the server's compressed answer ends early")


def part_of(headers: httpx.Headers) -> tuple[int, int | None] | None:
    """(first byte, whole size) of a 206 answer."""
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", headers.get("content-range", "").strip())
    if found is None:
        return None
    return int(found[1]), None if found[2] == "*" else int(found[2])
