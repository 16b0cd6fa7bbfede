"""Decoding, probing, rendering and the sandbox: `python benchmarks/bench_audio.py [SONG…]`.

Processor time counts (the least of some rounds), × real time; calls are wall time. Without
arguments it takes songs of Debian's packages, as the tests do.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from songloom.core.audio import decode, levelling
from songloom.core.audio.probe import probe
from songloom.core.audio.rendering import preview, render
from songloom.core.sandbox import Pool

ROUNDS = 3
SONGS = ("knolls", "revelation", "loyalists")


def cpu_s(work: Callable[[], object]) -> float:
    def once() -> float:
        started_s = time.process_time()
        work()
        return time.process_time() - started_s

    return min(once() for _ in range(ROUNDS))


def measured(path: Path, out: str) -> dict[str, Callable[[], object]]:
    """What is timed on one song."""
    source = str(path)
    loudness = [{"edit": "loudness", "target_lufs": -14}]
    with decode.opened(source) as sound:
        rate, channels = sound.sample_rate, sound.channels

    def made(format: str, recipe: object = ()) -> Callable[[], object]:
        return lambda: render(source, out, recipe=recipe, format=format)

    return {
        "decode": lambda: sum(block.shape[1] for block in decode.blocks(source)),
        "probe": lambda: probe(source),
        "measure R 128": lambda: levelling.measure(decode.blocks(source), rate, channels),
        "to flac": made("flac"),
        "to opus": made("opus"),
        "to mp3": made("mp3"),
        "to ogg": made("ogg"),
        "to m4a": made("m4a"),
        "resample to 48 kHz, wav": made("wav", [{"edit": "resample", "sample_rate": 48_000}]),
        "loudness -14, flac": made("flac", loudness),
        "loudness -14, mp3": made("mp3", loudness),
        "preview of 10 s": lambda: preview(source, out, recipe=[], at_s=20),
    }


def calls() -> None:
    """How long a call into a child takes, and how long the first."""
    started_s = time.perf_counter()
    pool = Pool(1)
    pool.call("os.path:basename", {"p": "/a"})
    print(f"{'first call into the sandbox':<28}{(time.perf_counter() - started_s) * 1e3:9.1f} ms")
    best_s = 9.0
    for _ in range(200):
        started_s = time.perf_counter()
        pool.call("os.path:basename", {"p": "/a"})
        best_s = min(best_s, time.perf_counter() - started_s)
    print(f"{'a further call':<28}{best_s * 1e3:9.2f} ms")
    pool.close()


def main() -> None:
    if len(sys.argv) > 1:
        paths = [Path(given) for given in sys.argv[1:]]
    else:
        from tests.songs import song

        paths = [song(name) for name in SONGS]
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "out")
        for path in paths:
            duration_s = probe(str(path))["duration_s"]
            print(f"\n{path.name}, {duration_s:.0f} s")
            for name, work in measured(path, out).items():
                spent_s = cpu_s(work)
                print(f"{name:<28}{spent_s * 1e3:9.0f} ms{duration_s / spent_s:9.0f} × real time")
    print()
    calls()


if __name__ == "__main__":
    main()
