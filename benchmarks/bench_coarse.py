"""How far the coarse pass is from the full one on real songs, and what each costs.

    python benchmarks/bench_coarse.py [--most 30]

The songs are those of Debian's wesnoth-1.16-music. Processor time of one core, decoding included.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from time import process_time
from typing import Any

import numpy as np

from songloom.core.features import analyse_file
from songloom.core.features.coarse import COARSE, SHORTEST_S, analyse_coarsely
from tests.songs import songs


def numbers(value: Any) -> list[float]:
    """A value as numbers; nothing where it is none, or a word."""
    listed = value if isinstance(value, list) else [value]
    known = all(x is None or isinstance(x, int | float) for x in listed)
    return [np.nan if x is None else float(x) for x in listed] if known else []


def off(few: Sequence[Any], whole: Sequence[Any]) -> float:
    """Root mean square of the difference ÷ the spread of the full values between songs."""
    one, other = np.array([*map(numbers, few)]), np.array([*map(numbers, whole)])
    spread = np.sqrt(np.nanmean(np.nanvar(other, axis=0)))
    return float(np.sqrt(np.nanmean((one - other) ** 2)) / spread) if spread else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=30)
    pairs, cost_s = [], np.zeros(2)
    for path in songs("wesnoth-1.16-music")[: parser.parse_args().most]:
        started_s = process_time()
        few = analyse_coarsely(str(path))
        between_s = process_time()
        whole = analyse_file(str(path))
        if few is None:
            print(f"{path.stem}: shorter than {SHORTEST_S:.0f} s")
            continue
        pairs.append((few.features, whole.features))
        cost_s += (between_s - started_s, process_time() - between_s)
    print(f"{len(pairs)} songs; CPU-s each: coarse {cost_s[0] / len(pairs):.2f}", end="")
    print(f", full {cost_s[1] / len(pairs):.2f}\n\n| field | off |\n|---|---|")
    for name in COARSE:
        found = [(few[name], whole[name]) for few, whole in pairs]
        if isinstance(found[0][0], str):
            print(f"| {name} | same in {np.mean([few == whole for few, whole in found]):.0%} |")
        else:
            print(f"| {name} | {off(*zip(*found, strict=True)):.2f} |")


if __name__ == "__main__":
    main()
