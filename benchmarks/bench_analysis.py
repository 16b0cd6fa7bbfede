"""How fast analysis is, on real songs: `python benchmarks/bench_analysis.py [SONG…]`.

Each round decodes every song, analyses it, and (where librosa is installed) measures a like set
with librosa, one after the other, so that a busy moment disturbs all alike; the least of the rounds
counts. Processor time is printed beside the clock: on a busy machine it alone can be compared.
Without arguments it takes songs of Debian's packages, as the tests do.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # one core for everybody
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from songloom.core.audio import decode
from songloom.core.features import FEATURES_VERSION, analyse_file
from songloom.core.features.analysis import measured
from songloom.core.features.heard import LONG, LOUDNESS, OUTLINE, SHORT, WAVES, Heard, hear
from songloom.core.features.registry import FEATURES

ROUNDS = 5
SONGS = ("knolls", "revelation", "frontiers", "chipdisko", "loyalists")
ONE_PART = (WAVES, OUTLINE, LOUDNESS, SHORT, LONG)


@dataclass
class Timing:
    """The least of all rounds, in seconds."""

    wall_s: float = field(default=float("inf"))
    cpu_s: float = field(default=float("inf"))

    def run(self, work: Callable[[], object]) -> None:
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        work()
        self.wall_s = min(self.wall_s, time.perf_counter() - wall_s)
        self.cpu_s = min(self.cpu_s, time.process_time() - cpu_s)


def only_decode(path: str) -> float:
    """Seconds of sound; nothing is done with the samples."""
    with decode.opened(path) as sound:
        n_samples: int = sum(block.shape[1] for block in sound.blocks())
        return n_samples / sound.sample_rate


def librosa_set(path: str) -> None:
    """The nearest that librosa has: 22 kHz mono, one shared spectrogram, beats, chroma, MFCC."""
    import librosa  # type: ignore[import-not-found,unused-ignore]

    sound, rate = librosa.load(path, sr=22_050)
    magnitude = np.abs(librosa.stft(sound))
    power = magnitude**2
    librosa.feature.spectral_centroid(S=magnitude, sr=rate)
    librosa.feature.spectral_bandwidth(S=magnitude, sr=rate)
    librosa.feature.spectral_rolloff(S=magnitude, sr=rate)
    librosa.feature.spectral_flatness(S=magnitude)
    librosa.feature.zero_crossing_rate(sound)
    mel = librosa.power_to_db(librosa.feature.melspectrogram(S=power, sr=rate))
    librosa.feature.mfcc(S=mel)
    librosa.feature.chroma_stft(S=power, sr=rate)
    librosa.beat.beat_track(onset_envelope=librosa.onset.onset_strength(S=mel, sr=rate), sr=rate)


def all_of(work: Callable[[str], object], paths: list[str]) -> None:
    for path in paths:
        work(path)


def cases() -> dict[str, Callable[[str], object]]:
    found: dict[str, Callable[[str], object]] = {
        "decode alone (the floor)": only_decode,
        "decode + all features": analyse_file,
    }
    if find_spec("librosa") is not None:
        found["librosa, a like set"] = librosa_set
    return found


def print_whole(paths: list[str], rounds: int) -> None:
    """All songs, whole way."""
    timings = {name: Timing() for name in cases()}
    sound_s = sum(only_decode(path) for path in paths)
    for path in paths[:1]:
        for work in cases().values():
            work(path)  # imports
    for _ in range(rounds):
        for name, work in cases().items():
            timings[name].run(partial(all_of, work, paths))
    floor = next(iter(timings.values()))
    print(f"\n{len(paths)} songs, {sound_s / 60:.1f} minutes, the least of {rounds} rounds\n")
    print("| | × real time | × real time (CPU) | of the floor's time |\n|---|---|---|---|")
    for name, took in timings.items():
        ratio = took.cpu_s / floor.cpu_s
        print(
            f"| {name} | {sound_s / took.wall_s:.0f} | {sound_s / took.cpu_s:.0f} | {ratio:.1f} |"
        )


def print_parts(path: str, rounds: int) -> None:
    """Where the time goes: each part of the pass alone, and what is worked out at the end."""
    with decode.opened(path) as sound:
        blocks = list(sound.blocks())
        rate, channels = sound.sample_rate, sound.channels
    sound_s = sum(block.shape[1] for block in blocks) / rate

    def gather(parts: Iterable[str]) -> Heard:
        return hear(blocks, rate, channels, gather=set(parts))

    whole = gather(ONE_PART)
    measured(whole, FEATURES.values())
    timings = {part: Timing() for part in (*ONE_PART, "at the end")}
    for _ in range(rounds):
        for part in ONE_PART:
            timings[part].run(partial(gather, [part]))
        again = gather(ONE_PART)
        timings["at the end"].run(partial(measured, again, FEATURES.values()))
    print(f"\n{Path(path).name}: CPU-ms per second of sound, decoded before\n")
    print("| part | ms |\n|---|---|")
    for part, took in timings.items():
        print(f"| {part} | {took.cpu_s / sound_s * 1e3:.2f} |")


def print_machine() -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit.stdout.strip() or 'unknown'}, features "
        f"version {FEATURES_VERSION}, {platform.machine()} with {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f}, Python {platform.python_version()}, numpy {np.__version__}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("songs", nargs="*")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    paths = given.songs
    if not paths:
        from tests.songs import song

        paths = [str(song(stem)) for stem in SONGS]
    print_machine()
    print_whole(paths, given.rounds)
    print_parts(paths[0], given.rounds)


if __name__ == "__main__":
    main()
