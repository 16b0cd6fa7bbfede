"""What a file's name and folders say of it, for files without tags."""

from __future__ import annotations

import re

Tags = dict[str, list[str]]

NUMBER = re.compile(r"[\[(]?(?:(\d)[-.])?(\d{1,3})[\])]?\s*[-–—._)]\s*(?=\S)")
ZERO_NUMBER = re.compile(r"(0\d{1,2})\s+(?=\S)")
ANY_NUMBER = re.compile(r"(\d{1,2})\s+(?=\S)")
DASH = re.compile(r"\s+[-–—]\s+")
TIGHT_DASH = re.compile(r"\s*[-–—]\s*")
DISC = re.compile(r"(?:cd|disc|disk|碟)\s*(\d{1,2})", re.IGNORECASE)
YEAR_BEFORE = re.compile(r"[\[(]?((?:19|20)\d{2})[\])]?\s*[-–—.]\s*(.+)")
YEAR_BEHIND = re.compile(r"(.+?)\s*[\[(]((?:19|20)\d{2})[\])]")
WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def tags_from_name(stem: str, folders: tuple[str, ...] = ()) -> Tags:
    """Title, artist, album, numbers and year as far as a name tells them; a title always.

    stem     the file's name without its ending: `01 - Artist - Title`, `Artist - Title`, `01 Title`
    folders  the names of the folders around it, the outermost first: `Artist`, `Album`, `CD 2`
    """
    found: Tags = {}
    folders = _without_disc(folders, found)
    rest = _spaced(stem)
    rest = _without_number(rest, found, is_in_album=len(folders) >= 2)
    artist, title = _split(rest)
    if artist:
        found["artist"] = [artist]
    found["title"] = [title or stem.strip() or stem]
    if len(folders) >= 2:
        _from_folders(folders, found)
    return found


def _spaced(stem: str) -> str:
    if " " not in stem.strip() and "_" in stem:
        stem = stem.replace("_", " ")
    return " ".join(stem.split())


def _without_number(rest: str, found: Tags, *, is_in_album: bool) -> str:
    """Take the track number away: `01 - `, `1-02. `, `(03) `, `04 `; not that of 99 Luftballons."""
    for pattern in (NUMBER, ZERO_NUMBER, *((ANY_NUMBER,) if is_in_album else ())):
        matched = pattern.match(rest)
        if matched and not rest[matched.end() :].strip(" -").isdigit():
            disc, *_ = (*matched.groups(), None) if pattern is NUMBER else (None,)
            found["tracknumber"] = [str(int(matched[matched.re.groups]))]
            if disc:
                found["discnumber"] = [disc]
            return rest[matched.end() :].strip(" -–—")
    return rest


def _split(rest: str) -> tuple[str, str]:
    parts = DASH.split(rest)
    if len(parts) == 1 and WIDE.search(rest):  # 周杰伦-青花瓷
        parts = TIGHT_DASH.split(rest)
        if len(parts) != 2:
            return "", rest
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return "", rest
    return parts[0], " - ".join(parts[1:])


def _without_disc(folders: tuple[str, ...], found: Tags) -> tuple[str, ...]:
    matched = DISC.fullmatch(folders[-1].strip()) if folders else None
    if matched is None:
        return folders
    found["discnumber"] = [str(int(matched[1]))]
    return folders[:-1]


def _from_folders(folders: tuple[str, ...], found: Tags) -> None:
    artist, album = _spaced(folders[-2]), _spaced(folders[-1])
    if before := YEAR_BEFORE.fullmatch(album):
        found["date"], album = [before[1]], before[2]
    elif behind := YEAR_BEHIND.fullmatch(album):
        found["date"], album = [behind[2]], behind[1]
    if album.casefold().startswith(f"{artist.casefold()} - "):
        album = album[len(artist) + 3 :]
    found.setdefault("artist", [artist])
    found["albumartist"], found["album"] = [artist], [album]
