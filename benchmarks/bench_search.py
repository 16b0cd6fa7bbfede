"""Time to find at 10,000 tracks, by kind of query: `python benchmarks/bench_search.py [N]`.

Makes a library of rows in a throw-away home: titles of real words, Chinese and English mixed.
Before that: how well is found what was meant (MRR, recall@10), see `relevance`.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

ENGLISH = """love night day heart fire rain dream river moon star summer winter city road blue gold dance
shadow light water stone wind home time world girl boy train ocean angel ghost mirror glass paper hotel
california yesterday imagine thunder bohemian rhapsody stairway heaven purple hallelujah crazy velvet""".split()
CHINESE = "青花瓷晴天稻香夜曲七里香简单爱告白气球安静东风破发如雪千里之外菊花台听妈妈的话蒲公英约定红豆后来"
N_ARTISTS, N_ALBUMS = 800, 1_200
QUERIES = {
    "one letter": ["b", "l", "q", "s"],
    "beginning of a word": ["bohem", "yest", "cal", "th", "lo"],
    "word": ["love", "heaven", "night"],
    "inside of a word": ["hapsod", "eave", "igh"],
    "two words": ["love rain", "night cit", "moon star"],
    "Chinese": ["青花", "花瓷", "天", "千里"],
    "pinyin": ["qinghuaci", "qhc", "qing", "hua", "jiandanai"],
    "filters": ["tempo:90..120 key:Am", "loudness:<-12 year:2003", "love tempo:>100", "-genre:rock duration:>3m"],
    "artist": ["artist:love", "zhou", "the"],
    "nothing found": ["zzzzqq", "虎虎虎"],
    "misspelt": ["heavne", "bohemain", "qinghauci", "青花词", "loev rian"],
    "everything, page 1": ["", "added:<30d"],
}  # fmt: skip


def fill(n: int) -> None:
    from songloom.library.models import Album, Artist, Credit, Features, Genre, Track, User
    from songloom.search.indexing import rebuild

    draw = random.Random(7)

    def words(most: int) -> str:
        if draw.random() < 0.3:
            start = draw.randrange(len(CHINESE) - 6)
            return CHINESE[start : start + draw.randint(2, 6)]
        return " ".join(draw.choice(ENGLISH) for _ in range(draw.randint(1, most)))

    owner = User.objects.create(username="bench", is_superuser=True)
    artists = [
        Artist(name=(a := f"{words(2)} {i % 40}"), sort_name=a, name_key=str(i))
        for i in range(N_ARTISTS)
    ]
    albums = [
        Album(title=(a := words(3)), sort_title=a, album_key=str(i), artist=draw.choice(artists))
        for i in range(N_ALBUMS)
    ]
    genres = [Genre(name=g, name_key=g) for g in ("rock", "pop", "民谣", "jazz", "live")]
    tracks = []
    for _ in range(n):
        title = words(4)
        tracks.append(
            Track(title=title, sort_title=title.casefold(), owner=owner, album=draw.choice(albums),
                  duration_s=draw.uniform(60, 400), year=draw.randint(1970, 2024), origin="uploaded", format="mp3")
        )  # fmt: skip
    keys = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
    Artist.objects.bulk_create(artists, batch_size=500)
    Genre.objects.bulk_create(genres)
    Album.objects.bulk_create(albums, batch_size=500)
    Track.objects.bulk_create(tracks, batch_size=500)
    Credit.objects.bulk_create(
        [Credit(track=t, artist=draw.choice(artists)) for t in tracks], batch_size=500
    )
    through = Track.genres.through
    through.objects.bulk_create(
        [through(track_id=t.pk, genre_id=draw.choice(genres).pk) for t in tracks], batch_size=500
    )
    Features.objects.bulk_create(
        [Features(track=t, version=1, tempo_bpm=draw.uniform(60, 200), key=draw.choice(keys),
                  mode=draw.choice(["major", "minor"]), loudness_lufs=draw.uniform(-24, -6)) for t in tracks],
        batch_size=500,
    )  # fmt: skip
    began = time.process_time()
    rebuild()
    print(f"indexed {n:,} tracks in {time.process_time() - began:.1f} CPU-s")


def measure() -> None:
    from songloom.library.models import User
    from songloom.search.services import search, search_albums, search_artists

    user = User.objects.get(username="bench")
    print(f"{'query':<24}{'found':>8}{'p50 ms':>9}{'p95 ms':>9}{'worst':>9}")
    every: list[float] = []
    for name, queries in QUERIES.items():
        times, found = [], 0
        for query in queries * 5:
            began = time.perf_counter()
            found = search(query, user, limit=50).total
            times.append((time.perf_counter() - began) * 1e3)
        every += times
        show(name, found, times)
    show("all of them", 0, every)
    for service in (search_artists, search_albums):
        times = []
        for query in ["love", "qing", "moon rain", "b"] * 5:
            began = time.perf_counter()
            found = len(service(query, user))
            times.append((time.perf_counter() - began) * 1e3)
        show(service.__name__, found, times)


def relevance() -> None:
    """How well what was meant is found among real names, by kind of query."""
    from benchmarks.relevance.measure import answers, table
    from benchmarks.relevance.measure import fill as fill_names

    from songloom.library.models import User

    user = User.objects.create(username="asking", is_superuser=True)
    print(f"{fill_names(user)} songs")
    print(table(answers(user)))
    print("not used to change anything:")
    print(table(answers(user, "held_out.txt")))


def show(name: str, found: int, times: list[float]) -> None:
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"{name:<24}{found:>8,}{statistics.median(times):>9.1f}{p95:>9.1f}{max(times):>9.1f}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["SONGLOOM_HOME"] = home
        from songloom.config.home import start_django

        start_django()
        relevance()
        fill(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
        print(f"database {Path(home, 'db.sqlite3').stat().st_size / 1e6:.0f} MB")
        measure()
