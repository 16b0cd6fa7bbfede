"""Finds the audio files below a folder. Symbolic links are not followed, hidden files left out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from songloom.core.audio import sniff
from songloom.errors import RefusedInput, StorageAway

AUDIO = frozenset(
    {
        "mp3", "mp2", "mpga", "flac", "fla", "ogg", "oga", "opus", "spx", "m4a", "m4b", "m4p",
        "mp4", "aac", "wav", "wave", "aif", "aiff", "aifc", "wv", "ape", "wma", "mka", "webm",
        "weba", "mpc", "tta", "dsf", "dff", "caf", "au", "snd", "ac3", "dts", "amr"
    }
)  # fmt: skip
OTHER = frozenset(
    {
        "jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff", "svg", "txt", "md", "nfo", "log",
        "cue", "m3u", "m3u8", "pls", "xspf", "lrc", "pdf", "doc", "docx", "html", "htm", "xml",
        "json", "ini", "db", "sqlite", "url", "lnk", "torrent", "sfv", "md5", "ffp", "accurip",
        "zip", "rar", "7z", "gz", "iso", "exe", "avi", "mkv", "mov", "mid", "midi", "sf2", "py",
        "js", "css", "csv", "bak", "tmp", "part", "crdownload", "ds_store"
    }
)  # fmt: skip
SKIPPED = frozenset(
    {"@eadir", "#recycle", "$recycle.bin", "system volume information", "lost+found"}
)
DEEPEST = 60  # folders


@dataclass(frozen=True)
class Seen:
    """An audio file below a folder, as the directory shows it."""

    path: str  # below the folder, with /
    size_bytes: int
    modified_ns: int


def audio_files(root: Path) -> Iterator[Seen]:
    """Every audio file below `root`, in the order of the names, so that two walks agree.

    By its ending, or where the ending says nothing by its first bytes. Raises StorageAway when
    `root` itself cannot be read; a folder below that cannot be read is passed over.
    """
    try:
        with os.scandir(root):
            pass
    except OSError as exc:
        raise StorageAway(f"the folder cannot be read ({exc.strerror})") from exc
    yield from _below(root, "", 0)


def _below(root: Path, inside: str, depth: int) -> Iterator[Seen]:
    try:
        with os.scandir(root / inside) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name.casefold() in SKIPPED or entry.is_symlink():
            continue
        path = f"{inside}/{entry.name}" if inside else entry.name
        if entry.is_dir(follow_symlinks=False):
            if depth < DEEPEST:
                yield from _below(root, path, depth + 1)
        elif entry.is_file(follow_symlinks=False) and is_audio(entry.path):
            status = entry.stat(follow_symlinks=False)
            yield Seen(path, status.st_size, status.st_mtime_ns)


def is_audio(path: str) -> bool:
    """Whether a file is worth listening to. Whether it can be played only the decoder knows."""
    ending = os.path.splitext(path)[1][1:].casefold()
    if ending in AUDIO or ending in OTHER:
        return ending in AUDIO
    try:
        return sniff.kind(sniff.head(path, 16)) is not None
    except RefusedInput:
        return False
