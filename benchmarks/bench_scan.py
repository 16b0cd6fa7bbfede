"""Scanning a linked folder: `python benchmarks/bench_scan.py [SONGS [KNOWN]]`.

SONGS is a folder of short songs with tags and covers, or how many are made here (300). It is
scanned for the first time, in songs per processor second of this process and its children; then
indexed for search, and then nothing has changed. Its floors: a walk, mutagen alone, and the glance
at headers, tags and covers alone. The same with KNOWN (100,000) files of one byte whose rows are
there already: what a rescan costs that finds nothing new.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

PER_ALBUM = 12


def make_songs(root: Path, n: int) -> None:
    from tests.acquire.sounds import make_song

    for at in range(n):
        album = at // PER_ALBUM
        make_song(
            root / f"Artist {album // 4}" / f"Album {album}" / f"{at % PER_ALBUM + 1:02} Song.flac",
            seed=at, seconds=2.0, title=f"Song {at}", artist=f"Artist {album // 4}",
            album=f"Album {album}", tracknumber=str(at % PER_ALBUM + 1), date="2003", genre="Rock",
        )  # fmt: skip


def make_known(root: Path, n: int) -> None:
    """Files of one byte, and the rows that a scan would have made of them."""
    from songloom.acquire.folders import link_folder
    from songloom.library.models import File, Track, User
    from songloom.library.services.storing import place_of

    owner = User.objects.get(username="bench")
    for album in range(0, n, PER_ALBUM):
        (root / f"Album {album}").mkdir(parents=True)
    folder = link_folder(root, owner=owner)
    tracks, files = [], []
    for at in range(n):
        path = f"Album {at - at % PER_ALBUM}/{at:06}.mp3"
        (root / path).write_bytes(b"x")
        track = Track(title=f"Song {at}", owner=owner, duration_s=200.0, origin="scanned")
        tracks.append(track)
        files.append(
            File(track=track, owner=owner, folder=folder, path=path, place=place_of(folder, path, ""),
                 sha256=f"{at:064}", format="mp3", sample_rate=44_100, channels=2, duration_s=200.0,
                 size_bytes=1, modified_ns=(root / path).stat().st_mtime_ns,
                 tags={"title": [f"Song {at}"], "artist": ["Artist"], "album": ["Album"]})
        )  # fmt: skip
    Track.objects.bulk_create(tracks, batch_size=500)
    File.objects.bulk_create(files, batch_size=500)


def cpu_s() -> float:
    """Processor seconds of this process and of its children that have ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, kinds))


def timed(name: str, n: int, run: Callable[[], object]) -> None:
    from songloom.core import sandbox

    began, used = time.perf_counter(), cpu_s()
    run()
    sandbox.shared().close()  # only then its processor time is counted
    wall, cpu = time.perf_counter() - began, cpu_s() - used
    print(
        f"{name:<36}{n:>9,}{wall:>9.2f} s{cpu:>9.2f} CPU-s{n / cpu:>12,.0f} per CPU-s", flush=True
    )


def read_with_mutagen(paths: list[str]) -> None:
    import mutagen

    for path in paths:
        with suppress(mutagen.MutagenError):
            mutagen.File(path)


def glance(paths: list[str]) -> None:
    from songloom.core.audio.glance import glance_all

    with tempfile.TemporaryDirectory() as pictures:
        glance_all(paths, pictures)


def first_album_s(began: float, n_tracks: int = PER_ALBUM) -> Callable[[], None]:
    """Looks on from a thread of its own; prints when an album's worth of music can be played."""
    from django.db import connection

    from songloom.library.models import Track

    def look() -> None:
        while Track.objects.count() < n_tracks:
            time.sleep(0.02)
        print(
            f"{'first album can be played':<36}{time.perf_counter() - began:>18.2f} s", flush=True
        )
        connection.close()

    return look


def main(songs: Path, n_known: int, place: Path) -> None:
    from songloom.acquire.folders import link_folder
    from songloom.acquire.scanning import scan_folder
    from songloom.acquire.walking import audio_files
    from songloom.library.models import Track, User
    from songloom.search.indexing import index_new

    owner = User.objects.create(username="bench", is_superuser=True)
    folder = link_folder(songs, owner=owner)
    paths = [str(songs / seen.path) for seen in audio_files(songs)]
    n = len(paths)
    timed("walk (floor)", n, lambda: list(audio_files(songs)))
    timed("mutagen alone (floor)", n, lambda: read_with_mutagen(paths))
    timed("headers, tags, covers alone (floor)", n, lambda: glance(paths))
    looking = threading.Thread(target=first_album_s(time.perf_counter()))
    looking.start()
    timed("first scan", n, lambda: scan_folder(folder))
    looking.join()
    timed("indexing for search", Track.objects.count(), index_new)
    timed("rescan, nothing new", n, lambda: scan_folder(folder))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'peak memory of this process':<36}{peak_mb:>18.0f} MB", flush=True)
    if not n_known:
        return
    make_known(place / "known", n_known)
    again = link_folder(place / "known", owner=owner)
    timed("walk (floor)", n_known, lambda: list(audio_files(place / "known")))
    timed("rescan, nothing new", n_known, lambda: scan_folder(again))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as files:
        os.environ["SONGLOOM_HOME"] = home
        from songloom.config.home import start_django

        start_django()
        given = sys.argv[1:]
        songs, known = [*given, *("300", "100000")[len(given) :]]
        if songs.isdigit():
            make_songs(Path(files, "songs"), int(songs))
            songs = str(Path(files, "songs"))
        main(Path(songs).resolve(), int(known), Path(files))
