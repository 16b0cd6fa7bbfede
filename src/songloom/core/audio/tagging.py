"""Tags into a file that was just encoded: what people read, never ids of the original recording."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ID3 = {
    "title": "TIT2",
    "artist": "TPE1",
    "albumartist": "TPE2",
    "album": "TALB",
    "genre": "TCON",
    "date": "TDRC",
    "tracknumber": "TRCK",
    "discnumber": "TPOS",
    "composer": "TCOM",
}
MP4 = {
    "title": "©nam",
    "artist": "©ART",
    "albumartist": "aART",
    "album": "©alb",
    "genre": "©gen",
    "date": "©day",
    "composer": "©wrt",
}
MP4_NUMBERS = {"tracknumber": "trkn", "discnumber": "disk"}
LARGEST_MP4_NUMBER = 65_535


def write_tags(path: str, tags: Mapping[str, list[str]]) -> None:
    """Title, artists, album, genre, date, numbers and composer; the same tags give the same bytes.

    path  an mp3, opus, flac, ogg, m4a or wav file of our own making
    """
    import mutagen
    from mutagen import id3

    kept = {name: tags[name] for name in ID3 if tags.get(name)}
    file: Any = mutagen.File(path)
    if not kept or file is None:
        return
    if file.tags is None:
        file.add_tags()
    kind = type(file).__name__
    for name, values in kept.items():
        if kind == "MP4":
            file.tags.update(_mp4(name, values))
        elif hasattr(file.tags, "getall"):
            file.tags.add(getattr(id3, ID3[name])(encoding=id3.Encoding.UTF8, text=values))
        else:
            file.tags[name] = values
    file.save()


def _mp4(name: str, values: list[str]) -> dict[str, Any]:
    """The atom of a tag; numbers are 16 bits there, and what is no number is left out."""
    if name in MP4:
        return {MP4[name]: values}
    number = int(values[0]) if values[0].isascii() and values[0].isdigit() else 0
    return {MP4_NUMBERS[name]: [(number, 0)]} if 0 < number <= LARGEST_MP4_NUMBER else {}
