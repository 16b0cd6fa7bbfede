"""What the first bytes of a file say, before any decoder sees them."""

from __future__ import annotations

import os

from songloom.errors import EmptyFile, NoSuchFile, NotAudio, SongloomError, Truncated, WebPage

HEAD_BYTES = 4_096
HTML = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script")
MAGIC = {  # what an audio file of this kind starts with
    b"fLaC": "FLAC",
    b"OggS": "Ogg",
    b"RIFF": "WAV",
    b"RF64": "WAV",
    b"FORM": "AIFF",
    b"ID3": "MP3",
    b"wvpk": "WavPack",
    b"MAC ": "Monkey's Audio",
    b"caff": "CAF",
    b"DSD ": "DSF",
    b"MP+": "Musepack",
    b"MPCK": "Musepack",
    b"TTA1": "True Audio",
    b".snd": "AU",
    b"FRM8": "DSDIFF",
    b"#!AMR": "AMR",
    b"\x0b\x77": "AC-3",
    b"\x7f\xfe\x80\x01": "DTS",
}


def head(path: str, n_bytes: int = HEAD_BYTES) -> bytes:
    """The first bytes of a file. Raises NoSuchFile."""
    try:
        with open(path, "rb") as file:
            return file.read(n_bytes)
    except OSError as exc:
        raise NoSuchFile(f"cannot be opened: {exc.strerror or 'unreadable'}") from exc


def looks_like_html(start: bytes) -> bool:
    """Whether these first bytes are a web page, with or without a byte-order mark, in any case."""
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        start = start.replace(b"\x00", b"")
    text = start.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if text.startswith((b"<?xml", b"<!--")):
        return any(mark in text for mark in HTML)
    return text.startswith(HTML)


def kind(start: bytes) -> str | None:
    """The kind of audio file that starts with these bytes, for people; None if none is known."""
    if start[4:8] == b"ftyp":
        return "MPEG-4"
    for magic, name in MAGIC.items():
        if start.startswith(magic):
            return name
    return None


def refuse_at_sight(path: str) -> None:
    """Raise EmptyFile or WebPage where the first bytes are enough to know."""
    start = head(path)
    if not start:
        raise EmptyFile("the file is empty: 0 bytes")
    if looks_like_html(start):
        raise WebPage("this is a web page, not audio")


def why_unplayable(path: str) -> SongloomError:
    """The error for a file in which no decoder found any sound."""
    name = kind(head(path))
    size_bytes = os.path.getsize(path)
    if name is None:
        return NotAudio(f"no decoder can read these {size_bytes:,} bytes as audio")
    return Truncated(
        f"starts like a file of kind {name}, but nothing in its {size_bytes:,} bytes can be played"
    )
