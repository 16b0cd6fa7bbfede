"""How surely a recording is known again: `python benchmarks/bench_fingerprint.py [--songs N]`.

Takes real songs of Debian's game packages (fetched once, as the tests do; some 2 GB), different
files of at least 45 seconds each, in an order drawn by their hashes. Of every song's first 75 seconds
(two minutes are taken in use: shorter is harder) variants are made: encoded at 64 kbit/s (MP3, Opus,
AAC in turn; by itself for every third song), without the first 10 seconds, 6 dB quieter, and all
three at once.
Each variant is looked for among all songs; each song is compared with every other. What is found
beside the right song is listed with its agreement, so that it can be listened to.

--keep FILE  remember fingerprints between runs
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from benchmarks.bench_analysis import print_machine

from songloom.core.audio import decode
from songloom.core.audio.encode import encoder
from songloom.core.audio.formats import FORMATS
from songloom.core.features.fingerprint import Items, Print
from songloom.core.features.heard import mean_of_channels
from songloom.core.features.recordings import candidates, is_same, keys_of, meeting
from songloom.errors import NotAudio
from tests.songs import package

PACKAGES = (
    "wesnoth-1.16-music warzone2100-music supertux-data asc-music hyperrogue-music nexuiz-music "
    "planetblupi-music-ogg singularity-music drascula-music lincity-ng-data hedgewars-data "
    "fillets-ng-data marsshooter-data ufoai-music extremetuxracer-data neverball-data "
    "colobot-common-sounds ardentryst "
    "freedroidrpg-data megaglest-data unknown-horizons widelands-data naev-data "
    "trigger-rally-data supertuxkart-data 0ad-data"
).split()
SUFFIXES = {".ogg", ".opus", ".mp3", ".flac"}
HEARD_S, SHORTEST_S, TRIM_S = 75.0, 45.0, 10.0
GAIN = np.float32(10 ** (-6 / 20))
CODECS = ("mp3", "opus", "m4a")
VARIANTS = ("64 kbit/s", "10 s trimmed", "6 dB quieter", "all three")
SMALLEST_BYTES = 300_000
LARGE = 10_000


def songs() -> list[Path]:
    """Different files long enough to be a song."""
    found: dict[str, Path] = {}
    for name in PACKAGES:
        for path in sorted(package(name).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file() and path.stat().st_size > SMALLEST_BYTES:
                found.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path)
    return [found[sha256] for sha256 in sorted(found)]


def album_of(path: Path) -> str:
    """The package of a song."""
    return path.relative_to(package(PACKAGES[0]).parent).parts[0]


def items_of(sound: np.ndarray, rate: int) -> Items:
    heard = Print(rate)
    heard.add(mean_of_channels(sound))
    return heard.items()


def encoded(sound: np.ndarray, rate: int, codec: str) -> tuple[np.ndarray, int]:
    """Through 64 kbit/s and back."""
    from scipy import signal

    form = FORMATS[codec]
    wanted = form.nearest_rate(rate)
    if wanted != rate:
        step = np.gcd(wanted, rate)
        sound = signal.resample_poly(sound, wanted // step, rate // step, axis=1)
        sound = sound.astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/again.{codec}"
        with encoder(
            path, form, sample_rate=wanted, channels=len(sound), bit_rate_kbps=64
        ) as writer:
            for start in range(0, sound.shape[1], 65_536):
                writer.write(np.ascontiguousarray(sound[:, start : start + 65_536]))
        return decode.read(path)


def heard(path: Path) -> tuple[np.ndarray, int]:
    """The beginning of a song, (channels, samples), and its sample rate."""
    with decode.opened(str(path)) as opened:
        rate, blocks, n = opened.sample_rate, [], 0
        for block in opened.blocks():
            blocks.append(block[:2])
            n += block.shape[1]
            if n > HEARD_S * rate:
                break
    return np.concatenate(blocks, axis=1), rate


def plain(path: Path) -> dict[str, Items]:
    """The fingerprints of a song, trimmed and quieter; nothing for what is too short or broken."""
    try:
        sound, rate = heard(path)
    except NotAudio:
        return {}
    if sound.shape[1] < SHORTEST_S * rate:
        return {}
    return {
        "song": items_of(sound, rate),
        "10 s trimmed": items_of(sound[:, round(TRIM_S * rate) :], rate),
        "6 dB quieter": items_of(sound * GAIN, rate),
    }


def coded(path: Path, number: int) -> dict[str, Items]:
    """Those that went through 64 kbit/s."""
    sound, rate = heard(path)
    codec = CODECS[number % 3]
    late = sound[:, round(TRIM_S * rate) :] * GAIN
    again = {"64 kbit/s": items_of(*encoded(sound, rate, codec))} if number % 9 < 3 else {}
    return again | {"all three": items_of(*encoded(late, rate, codec))}


def taken(most: int, most_encoded: int, kept: Path | None) -> dict[str, dict[str, Items]]:
    """{song: {variant: fingerprint}}, remembered now and then."""
    known, n_songs = _remembered(kept), 0
    chosen: list[tuple[str, Path]] = []
    for path in songs():
        if len(chosen) == most:
            break
        name = str(path.relative_to(package(PACKAGES[0]).parent))
        if name not in known:
            known[name], n_songs = plain(path), n_songs + 1
            if n_songs % 20 == 0:
                _remember(known, kept)
        if known[name]:
            chosen.append((name, path))
    _add_coded(known, chosen[:most_encoded], kept)
    return {name: known[name] for name, _ in chosen}


def _add_coded(
    known: dict[str, dict[str, Items]], chosen: list[tuple[str, Path]], kept: Path | None
) -> None:
    for number, (name, path) in enumerate(chosen):
        if "all three" not in known[name]:
            known[name] |= coded(path, number)
            if number % 5 == 0:
                _remember(known, kept)
    _remember(known, kept)


def _remembered(kept: Path | None) -> dict[str, dict[str, Items]]:
    known: dict[str, dict[str, Items]] = {}
    if kept is not None and kept.exists():
        with np.load(kept, allow_pickle=False) as stored:
            for place, said in enumerate(stored["names"].tolist()):
                name, _, variant = said.partition("\t")
                known.setdefault(name, {})
                if variant:
                    known[name][variant] = stored[str(place)]
    return known


def _remember(known: dict[str, dict[str, Items]], kept: Path | None) -> None:
    if kept is None:
        return
    rows = {f"{name}\t{variant}": items for name in known for variant, items in known[name].items()}
    rows |= {name: np.zeros(0, np.uint32) for name, prints in known.items() if not prints}
    numbered = {str(place): items for place, items in enumerate(rows.values())}
    np.savez(kept, allow_pickle=False, names=np.array(list(rows)), **numbered)


def print_found(known: dict[str, dict[str, Items]]) -> None:
    names = list(known)
    library = [known[name]["song"] for name in names]
    keys = [keys_of(items) for items in library]
    print("| variant | n | candidate | found | agreement: least · 1 % · median | false |")
    print("|---|---|---|---|---|---|")
    for variant in VARIANTS:
        n_near = n_found = n_false = 0
        agreements = []
        some = [(place, name) for place, name in enumerate(names) if variant in known[name]]
        for place, name in some:
            query = known[name][variant]
            near = {i for i, j in candidates([*keys, keys_of(query)]) if j == len(keys)}
            hits = [i for i in near if is_same(query, library[i], meeting(query, library[i]))]
            met = meeting(query, library[place])
            agreements.append(met.agreement if met else 0.0)
            n_near += place in near
            n_found += place in hits
            n_false += len(set(hits) - {place})
        low, middle = np.percentile(agreements, [1, 50])
        n = len(some)
        said = f"{min(agreements):.3f} · {low:.3f} · {middle:.3f}"
        print(f"| {variant} | {n} | {n_near / n:.4f} | {n_found / n:.4f} | {said} | {n_false} |")


def print_false(known: dict[str, dict[str, Items]]) -> None:
    """Every pair of different songs, all bits compared, whatever the keys say."""
    names, started_s = list(known), time.process_time()
    rows = []
    for one, other in combinations(names, 2):
        first, second = known[one]["song"], known[other]["song"]
        met = meeting(first, second)
        if met is not None:
            rows.append((met.agreement, is_same(first, second, met), one, other, met.overlap_s))
    rows.sort(reverse=True)
    n_pairs, took_s = len(names) * (len(names) - 1) // 2, time.process_time() - started_s
    print(f"\n{n_pairs} pairs of different songs, {sum(row[1] for row in rows)} taken for the same")
    print(f"{1e3 * took_s / max(1, n_pairs):.2f} CPU-ms a comparison; the nearest:\n")
    for agreement, is_one, one, other, overlap_s in rows[:12]:
        said = "SAME" if is_one else ""
        print(f"  {agreement:.3f} over {overlap_s:5.1f} s  {one}  {other}  {said}")


def print_scale(known: dict[str, dict[str, Items]]) -> None:
    """A library of LARGE recordings: those at hand, each again with its bits turned otherwise."""
    rng = np.random.default_rng(1)
    whole = [prints["song"] for prints in known.values()]
    rounds = -(-LARGE // len(whole))
    library = [items ^ rng.integers(0, 2**32, dtype=np.uint32) for items in whole * rounds][:LARGE]
    started_s = time.process_time()
    keys = [keys_of(items) for items in library]
    kept_s = time.process_time()
    near = candidates(keys)
    n_same = sum(is_same(library[i], library[j], meeting(library[i], library[j])) for i, j in near)
    took_s = time.process_time() - kept_s
    print(
        f"\n{LARGE} recordings: keys {kept_s - started_s:.2f} CPU-s once, all duplicates", end=" "
    )
    print(f"{took_s:.2f} CPU-s ({len(near)} candidates, {n_same} taken for the same)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--songs", type=int, default=10_000, metavar="N", help="at most")
    parser.add_argument("--encoded", type=int, default=10_000, metavar="N", help="of them, at most")
    parser.add_argument("--keep", type=Path, metavar="FILE")
    given = parser.parse_args()
    print_machine()
    known = taken(given.songs, given.encoded, given.keep)
    print(f"{len(known)} different songs of {len({name.split('/')[0] for name in known})} packages")
    print_found(known)
    print_false(known)
    print_scale(known)


if __name__ == "__main__":
    main()
