"""Lists and searches by HTTP, 10,000 tracks: `python benchmarks/bench_lists.py [N]`.

A real server on a throw-away home answers REST and OpenSubsonic; each request is timed from outside,
beside an empty answer of the same server in the same run.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.bench_search import fill

ROUNDS = 40


def requests(key: str) -> dict[str, tuple[str, dict[str, str]]]:
    client = {"apiKey": key, "v": "1.16.1", "c": "bench", "f": "json"}
    return {
        "empty answer (healthz)": ("/healthz", {}),
        "REST 50 tracks": ("/api/v1/tracks", {"limit": "50"}),
        "REST 500 tracks": ("/api/v1/tracks", {"limit": "500"}),
        "REST search, word": ("/api/v1/tracks", {"q": "love", "limit": "50"}),
        "REST search, Chinese inside": ("/api/v1/tracks", {"q": "花瓷", "limit": "50"}),
        "REST search, pinyin": ("/api/v1/tracks", {"q": "qhc", "limit": "50"}),
        "REST filter": ("/api/v1/tracks", {"q": "tempo:90..120 key:Am", "limit": "50"}),
        "getAlbumList2 50": ("/rest/getAlbumList2", client | {"type": "newest", "size": "50"}),
        "getAlbumList2 500": ("/rest/getAlbumList2", client | {"type": "newest", "size": "500"}),
        "getArtists": ("/rest/getArtists", client),
        "search3, word": ("/rest/search3", client | {"query": "love"}),
        'search3 "", 500 songs': ("/rest/search3", client | {"query": '""', "songCount": "500"}),
    }


def measure(ask: Callable[[], object]) -> list[float]:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1e3)
    return sorted(times)


def main(n: int) -> None:
    fill(n)
    import httpx

    from songloom.library.models import User
    from songloom.library.services.people import make_api_key
    from tests.live import serving

    key, _ = make_api_key(User.objects.get(username="bench"), "bench")
    print(f"{n:,} tracks\n\n| request | p50 ms | p95 ms | bytes |\n|---|---|---|---|")
    with serving() as address, httpx.Client(base_url=address, timeout=60) as client:
        for name, (path, params) in requests(key).items():
            headers = {"Authorization": f"Bearer {key}"} if path.startswith("/api") else {}

            def ask(
                path: str = path, params: dict[str, str] = params, headers: dict[str, str] = headers
            ) -> httpx.Response:
                return client.get(path, params=params, headers=headers).raise_for_status()

            size = len(ask().content)
            times = measure(ask)
            p50, p95 = statistics.median(times), times[int(len(times) * 0.95)]
            print(f"| {name} | {p50:.1f} | {p95:.1f} | {size:,} |", flush=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(SONGLOOM_HOME=home, SONGLOOM_RATE_LIMITS="off")
        from songloom.config.home import start_django

        start_django()
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
