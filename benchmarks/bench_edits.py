"""Previews and recipes: `python benchmarks/bench_edits.py [SONG]`.

Preview: ten seconds of a recipe's result through a warm child, wall time, from places all over the
song. Recipe: six edits to FLAC against ffmpeg with the equivalent chain, both one thread, processor
time of one run after the other, alternated; above 1 we are faster; ffmpeg is that on the path, else
imageio-ffmpeg's (`make peers`). "From a few places" is what a slider's first preview costs: later
ones remember the loudness, so the source gets another name before each. Without an argument a song of
Debian's packages is repeated to ten minutes.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from songloom.core.audio import decode
from songloom.core.audio.probe import probe
from songloom.core.audio.rendering import render
from songloom.core.sandbox import Pool
from tests.core.audio.sounds import write

ROUNDS = 5
N_PREVIEWS = 40
LONG_S = 600.0
PREVIEW = "songloom.core.audio.rendering:preview"

PREVIEWS: dict[str, list[dict[str, Any]]] = {
    "no edit": [],
    "trim, fades, gain": [
        {"edit": "trim", "start_s": 20},
        {"edit": "fade_in", "duration_s": 5},
        {"edit": "fade_out", "duration_s": 20},
        {"edit": "gain", "gain_db": -3},
    ],
    "cut, filters, width": [
        {"edit": "cut", "start_s": 100, "end_s": 300},
        {"edit": "high_pass", "cutoff_hz": 40},
        {"edit": "low_pass", "cutoff_hz": 12_000, "order": 4},
        {"edit": "width", "width_percent": 130},
    ],
    "loudness, measured before": [{"edit": "loudness", "target_lufs": -16}],
    "loudness, from a few places": [{"edit": "loudness", "target_lufs": -16}],
    "the same, as a slider moves": [{"edit": "loudness", "target_lufs": -16}],
    "trim silence and that, measured before": [{"edit": "trim_silence"}, {"edit": "loudness"}],
    "reverse, resample, dither": [
        {"edit": "reverse"},
        {"edit": "resample", "sample_rate": 48_000},
        {"edit": "dither", "bits": 12},
    ],
}

# six edits, and the same by ffmpeg's filters (fade out: its start is where ours begins)
SIX: list[dict[str, Any]] = [
    {"edit": "trim", "start_s": 10, "end_s": 580},
    {"edit": "high_pass", "cutoff_hz": 80},
    {"edit": "gain", "gain_db": -3},
    {"edit": "width", "width_percent": 120},
    {"edit": "fade_in", "duration_s": 2},
    {"edit": "fade_out", "duration_s": 5},
]
CHAIN = (
    "atrim=10:580,asetpts=PTS-STARTPTS,highpass=f=80:p=2,volume=-3dB,"
    "pan=stereo|c0=1.1*c0-0.1*c1|c1=1.1*c1-0.1*c0,afade=t=in:d=2,afade=t=out:st=565:d=5"
)
HEAVY = [*SIX[:-1], {"edit": "resample", "sample_rate": 48_000}]
HEAVY_CHAIN = CHAIN.rpartition(",")[0] + ",aresample=48000:filter_size=128:phase_shift=10"


def long_song(folder: str) -> str:
    """A real song, repeated until it lasts ten minutes."""
    from tests.songs import song

    sound, rate = decode.read(str(song("knolls")))
    times = int(np.ceil(LONG_S * rate / sound.shape[1]))
    path = Path(folder) / "long.flac"
    return str(write(path, np.tile(sound, (1, times))[:, : round(LONG_S * rate)], rate))


def cpu_s(kind: int) -> float:
    used = resource.getrusage(kind)
    return used.ru_utime + used.ru_stime


def ours(source: str, out: str, recipe: list[dict[str, Any]]) -> float:
    before_s = cpu_s(resource.RUSAGE_SELF)
    render(source, out, recipe=recipe, format="flac")
    return cpu_s(resource.RUSAGE_SELF) - before_s


def ffmpeg() -> str | None:
    """The program's path, if there is one."""
    if find_spec("imageio_ffmpeg") is None or shutil.which("ffmpeg"):
        return shutil.which("ffmpeg")
    import imageio_ffmpeg  # type: ignore[import-not-found,unused-ignore]

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def ffmpegs(source: str, out: str, chain: str) -> float:
    before_s = cpu_s(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [
            *(ffmpeg() or "ffmpeg", "-nostdin", "-v", "error", "-y", "-threads", "1", "-i", source),
            *("-filter_threads", "1", "-af", chain, "-sample_fmt", "s16", "-threads", "1", out),
        ],
        check=True,
    )
    return cpu_s(resource.RUSAGE_CHILDREN) - before_s


def against_ffmpeg(source: str, folder: str) -> None:
    print(f"\n{'to FLAC, processor time':<34}{'ours':>9}{'ffmpeg':>9}{'ratio':>8}")
    for name, recipe, chain in (
        ("six edits", SIX, CHAIN),
        ("five of them and 48 kHz", HEAVY, HEAVY_CHAIN),
        ("no edit", [], "anull"),
    ):
        mine, theirs = [], []
        for _ in range(ROUNDS):
            mine.append(ours(source, f"{folder}/ours.flac", recipe))
            theirs.append(ffmpegs(source, f"{folder}/ffmpeg.flac", chain))
        ratio = min(theirs) / min(mine)
        print(f"{name:<34}{min(mine):7.2f} s{min(theirs):7.2f} s{ratio:8.2f}")


def previews(source: str, folder: str) -> None:
    length_s = probe(source)["duration_s"]
    print(f"\n{'preview of 10 s, warm child':<34}{'p50':>9}{'p95':>9}{'most':>9}")
    pool = Pool(1)
    places = np.random.default_rng(3)
    for name, recipe in PREVIEWS.items():
        took_ms = []
        for turn in range(N_PREVIEWS + 1):
            at_s = float(places.uniform(0, 0.6 * length_s))
            began_s = time.perf_counter()
            wanted: dict[str, Any] = {"recipe": recipe, "at_s": at_s, "length_s": length_s}
            if "measured before" in name:
                wanted["levels"] = (-14.3, -0.4)
            if "few places" in name:
                os.utime(source)  # as if it were another file
            pool.call(PREVIEW, {"source": source, "out": f"{folder}/p.wav", **wanted})
            if turn:  # the first finds a cold child
                took_ms.append((time.perf_counter() - began_s) * 1e3)
        half, most = np.percentile(took_ms, [50, 95])
        print(f"{name:<34}{half:7.0f} ms{most:6.0f} ms{max(took_ms):6.0f} ms")
    pool.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = sys.argv[1] if len(sys.argv) > 1 else long_song(folder)
        lossy = f"{folder}/long.mp3"
        render(source, lossy, recipe=[], format="mp3")
        for path in (source, lossy):
            print(f"\n{Path(path).name}, {probe(path)['duration_s']:.0f} s", end="")
            previews(path, folder)
        if ffmpeg():
            against_ffmpeg(source, folder)
        else:
            print("\nthere is no ffmpeg; the comparison is left out")


if __name__ == "__main__":
    main()
