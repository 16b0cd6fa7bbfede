"""Tags of every format under one set of names: {"artist": ["周杰伦", "费玉清"], …}."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from songloom.core.audio.mending import mended
from songloom.core.audio.tag_names import ASF, ID3, MP4, free_name

Tags = dict[str, list[str]]

MOST_VALUES = 100  # of one tag
MOST_NAMES = 300
LONGEST_VALUE = 2_000  # characters
LONGEST_LYRICS = 100_000
ITUNES = "----:com.apple.iTunes:"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
MUSICBRAINZ_OWNER = "http://musicbrainz.org"


def read_tags(file: Any) -> Tags:
    """Everything that a mutagen file says of itself, cleaned.

    file     what `mutagen.File` returned, or None
    returns  canonical names → values in order, none empty, none twice
    """
    if file is None or file.tags is None:
        return {}
    gathered: Tags = {}
    for name, value in _pairs(file.tags):
        if len(gathered) >= MOST_NAMES and name not in gathered:
            continue
        values = gathered.setdefault(name, [])
        text = clean(value, longest=LONGEST_LYRICS if name == "lyrics" else LONGEST_VALUE)
        if text and text not in values and len(values) < MOST_VALUES:
            values.append(text)
    _split_totals(gathered)
    return {name: values for name, values in gathered.items() if values}


def clean(value: str, *, longest: int = LONGEST_VALUE) -> str:
    """As it was meant, NFC, without control characters and lone surrogates, cut to `longest`.

    Line ends stay, as \\n. Cleaning again changes nothing: what lies between two bytes of one
    character hides it only until it is gone.
    """
    while (found := _tidied(mended(value), longest)) != value:
        value = found
    return found


def _tidied(value: str, longest: int) -> str:
    text = CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", text).strip()[:longest].rstrip()


def _pairs(tags: Any) -> Iterator[tuple[str, str]]:
    """(name, value) in the order of the file, whatever its format."""
    kind = type(tags).__name__
    if hasattr(tags, "getall"):  # ID3, also inside WAV, AIFF and DSF
        return _id3(tags)
    if kind == "MP4Tags":
        return _mp4(tags)
    if kind == "ASFTags":
        return _asf(tags)
    return _free(tags)


def _id3(tags: Any) -> Iterator[tuple[str, str]]:
    for frame in tags.values():
        name = frame.FrameID
        if name == "USLT":
            yield "lyrics", frame.text
        elif name == "COMM" and not frame.desc.lower().startswith("itun"):
            yield from (("comment", text) for text in frame.text)
        elif name == "TXXX":
            if free := free_name(frame.desc):
                yield from ((free, str(text)) for text in frame.text)
        elif name == "UFID" and frame.owner == MUSICBRAINZ_OWNER:
            yield "musicbrainz_trackid", frame.data.decode("ascii", "replace")
        elif name in ID3:
            texts = frame.genres if name == "TCON" else frame.text
            yield from ((ID3[name], str(text)) for text in texts)


def _mp4(tags: Any) -> Iterator[tuple[str, str]]:
    for atom, values in tags.items():
        if atom.startswith(ITUNES):
            if name := free_name(atom.removeprefix(ITUNES)):
                yield from ((name, bytes(value).decode("utf-8", "replace")) for value in values)
        elif atom in ("trkn", "disk"):
            for number, total in values:
                yield MP4[atom], f"{number}/{total}" if total else str(number or "")
        elif atom == "cpil":
            yield "compilation", "1" if values else "0"
        elif atom in MP4:
            yield from ((MP4[atom], str(value)) for value in _each(values))


def _asf(tags: Any) -> Iterator[tuple[str, str]]:
    for spelling, value in tags:
        name = ASF.get(spelling) or free_name(spelling.removeprefix("WM/").split("/")[-1])
        if name and isinstance(value.value, str | int):
            yield name, str(value)


def _free(tags: Any) -> Iterator[tuple[str, str]]:
    """Vorbis comments (a list of pairs) and APEv2 (values parted by NUL)."""
    for spelling, value in tags if isinstance(tags, list) else tags.items():  # in file order
        name = free_name(spelling)
        if name is None or getattr(value, "kind", 0) == 1:  # 1 is a binary APEv2 item
            continue
        for one in _each(value):
            yield from ((name, part) for part in str(one).split("\x00"))


def _each(values: Any) -> Iterable[Any]:
    return values if isinstance(values, list) else [values]


def _split_totals(tags: Tags) -> None:
    """ "3/12" is track 3 of 12."""
    for number, total in (("tracknumber", "tracktotal"), ("discnumber", "disctotal")):
        first, slash, of = (tags.get(number) or [""])[0].partition("/")
        if slash:
            tags[number] = [first.strip()] if first.strip() else []
            tags.setdefault(total, [of.strip()] if of.strip() else [])
