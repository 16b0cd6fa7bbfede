"""How fast analysis is, on real songs: `python benchmarks/bench_analysis.py [FILE…]`.

Every round does everything once, one thing after the other, so that a busy moment disturbs all
alike; the least processor time of the rounds counts, decoding included, everything loaded and
compiled before. Without arguments real songs of Debian's packages are joined to ten and a half
minutes, once as Ogg, once as MP3, once as FLAC. Peers are timed where they are installed
(`make peers`; development only), and each measurement is said on stderr as it is taken.
`--quick` leaves out the slow peers, `--long` adds files of two and of twelve hours.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # one core for everybody
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(Path(__file__).resolve().parent.parent), os.environ.get("PYTHONPATH", "")]
)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from benchmarks.pace import memory, peers, tracks

from songloom.core.audio import decode
from songloom.core.features import BASIC, FEATURES_VERSION, analyse_file, quick
from songloom.core.features.analysis import measured
from songloom.core.features.heard import EVERYTHING, WAVES, Heard, hear
from songloom.core.features.registry import FEATURES
from tests.core.features.signals import clicks, sine

ROUNDS, SLOW_ROUNDS = 5, 3
SUFFIXES = ("ogg", "mp3", "flac")
FLOOR, BEST, PLAIN, WHOLE = (
    "decode alone (the floor)",
    "BASIC, compiled",
    "BASIC, numpy alone",
    "everything, compiled",
)
WHOLE_PLAIN = "everything, numpy alone"
BARS = {BEST: 3.2, PLAIN: 5.0, WHOLE: 5.0}
Work = Callable[[str], object]


def only_decode(path: str) -> float:
    """Seconds of sound; nothing is done with the samples."""
    with decode.opened(path) as sound:
        n_samples: int = sum(block.shape[1] for block in sound.blocks())
        return n_samples / sound.sample_rate


def plainly(path: str, fields: tuple[str, ...] | None) -> None:
    with quick.without():
        analyse_file(path, fields)


def ours() -> dict[str, Work]:
    found: dict[str, Work] = {FLOOR: only_decode}
    if find_spec("numba") is not None:
        found |= {BEST: partial(analyse_file, fields=BASIC), WHOLE: analyse_file}
    found[PLAIN] = partial(plainly, fields=BASIC)
    found[WHOLE_PLAIN] = partial(plainly, fields=None)
    return found


def cpu_s(work: Work, path: str) -> float:
    began_s = time.process_time()
    work(path)
    return time.process_time() - began_s


def print_against(path: str, rounds: int, slow_rounds: int) -> None:
    """Ours and the peers on one file."""
    cases = {name: (work, rounds) for name, work in ours().items()}
    bars: dict[str, float | None] = {}
    for name, bar, is_slow, peer in peers.installed():
        cases[name], bars[name] = (peer, slow_rounds if is_slow else rounds), bar
    sound_s = only_decode(path)
    least = dict.fromkeys(cases, float("inf"))
    for turn in range(rounds):
        for name, (work, n_rounds) in cases.items():
            if turn < n_rounds:
                least[name] = min(least[name], took := cpu_s(work, path))
                print(f"round {turn + 1}, {name}: {took:.2f} CPU-s", file=sys.stderr, flush=True)
    floor, best = least[FLOOR], least.get(BEST, least[PLAIN])
    print(f"\n{Path(path).name}: {sound_s / 60:.1f} minutes\n")
    print("| | × real time | ÷ floor | bar | BASIC is faster by | bar |\n|---|---|---|---|---|---|")
    for name, took in ((name, s) for name, s in least.items() if s < float("inf")):
        at_most, at_least = BARS.get(name), bars.get(name)
        beside = f"{took / best:.2f} | {at_least or '–'}" if name in bars else " | "
        print(
            f"| {name} | {sound_s / took:.0f} | {took / floor:.2f} | {at_most or ''} | {beside} |",
            flush=True,
        )
    print("\n10,000 songs of 4 minutes, CPU-hours:", end="")
    for name in (FLOOR, WHOLE, WHOLE_PLAIN):
        if name in least:
            print(f" {name} {least[name] / sound_s * 240 * 10_000 / 3_600:.1f};", end="")
    print()


def print_parts(path: str, rounds: int) -> None:
    """Where the time goes: each part of the pass alone, and what is worked out at the end."""
    with decode.opened(path) as sound:
        blocks = list(sound.blocks())
        rate, channels = sound.sample_rate, sound.channels
    sound_s = sum(block.shape[1] for block in blocks) / rate
    parts = ["", "outline", "samples", "loudness", "short", "short shapes", "long", "long sides"]

    def gather(parts: str) -> Heard:
        return hear(blocks, rate, channels, gather={WAVES, *parts.split()})

    measured(gather(" ".join(EVERYTHING)), FEATURES.values())
    print(f"\n{Path(path).name}: CPU-ms per second of sound, decoded before\n")
    print("| part | ms |\n|---|---|")
    for part in parts:
        took = min(cpu_s(gather, part) for _ in range(rounds))
        print(f"| {part or WAVES} | {took / sound_s * 1e3:.2f} |")
    ends = []
    for _ in range(rounds):
        heard = gather(" ".join(EVERYTHING))
        began_s = time.process_time()
        measured(heard, FEATURES.values())
        ends.append(time.process_time() - began_s)
    print(f"| at the end | {min(ends) / sound_s * 1e3:.2f} |")


def print_two(path: str, rounds: int) -> None:
    """Two processes at once against one after the other: by the clock, and by processor time."""
    code = (
        "import sys, time; from songloom.core.features import analyse_file; p = sys.argv[1];"
        "analyse_file(p, ['duration_s', 'key', 'tempo_bpm']); print('ready', flush=True); input();"
        "c = time.process_time(); analyse_file(p); print(time.process_time() - c)"
    )

    def together(n: int) -> tuple[float, float]:
        command = [sys.executable, "-c", code, path]
        started = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(n)
        ]
        for process in started:
            assert process.stdout is not None
            process.stdout.readline()  # loaded and compiled
        began_s = time.perf_counter()
        for process in started:  # all begin before any is waited for
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        said = [process.communicate()[0] for process in started]
        return time.perf_counter() - began_s, float(np.mean([float(one) for one in said]))

    one, two = ([together(n) for _ in range(rounds)] for n in (1, 2))
    clock, spent = (2 * min(r[i] for r in one) / min(r[i] for r in two) for i in (0, 1))
    print(f"\ntwo processes ÷ one (bar 1.85): {spent:.2f} by processor time, {clock:.2f} by clock")


def print_imports() -> None:
    ours_s = memory.import_cpu_s("import songloom.core.features")
    whole_s = memory.import_cpu_s("import songloom.core.features.registry, scipy.fft")
    theirs_s = memory.import_cpu_s("import numpy, scipy.fft")
    print(
        f"\nimport songloom.core.features ÷ numpy, scipy.fft (bar 1.3): {ours_s / theirs_s:.2f}; "
        f"with everything that measures {whole_s / theirs_s:.2f} ({theirs_s:.2f} CPU-s)"
    )


def print_long(folder: str, source: str) -> None:
    """Memory of two hours; memory and truth of twelve."""
    warm = tracks.repeated(folder, source, 20.0)
    short = Path(warm).rename(Path(folder) / "warm.wav")
    found = memory.measured_alone(tracks.repeated(folder, source, 7_200.0), str(short))
    print(f"\n2 h of stereo: {found['above_start_mb']:.0f} MB above start (bar 80), ", end="")
    print(f"{7_200 / found['cpu_s']:.0f} × real time, {found['duration_s']} s")
    rate = 8_000
    tone = sine(440, 600, sample_rate=rate)[np.newaxis]
    beat = clicks(120, 600, sample_rate=rate)[np.newaxis]
    path = tracks.mostly_holes(folder, 43_200, rate, {0.0: tone, 20_000.0: beat, 42_600.0: tone})
    found = memory.measured_alone(path, str(short))
    names = ("duration_s", "sounding_s", "dominant_hz", "tempo_bpm", "loudness_lufs", "silences_s")
    print(
        f"12 h: {found['above_start_mb']:.0f} MB above start, {found['cpu_s']:.1f} CPU-s; ", end=""
    )
    print(", ".join(f"{name} {found[name]}" for name in names))


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
    parser.add_argument("files", nargs="*")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--long", action="store_true")
    given = parser.parse_args()
    print_machine()
    with TemporaryDirectory() as folder:
        paths = given.files or [tracks.joined(folder, suffix) for suffix in SUFFIXES]
        for work in ours().values():
            work(paths[0])  # loads and compiles
        for i, path in enumerate(paths):
            # slow peers once: their time hardly depends on the format
            print_against(path, given.rounds, 0 if given.quick or i else SLOW_ROUNDS)
        with quick.compiled():
            print_parts(paths[0], given.rounds)
        print_two(paths[0], 3)
        print_imports()
        if given.long:
            print_long(folder, paths[-1])


if __name__ == "__main__":
    main()
