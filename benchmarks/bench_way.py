"""The way of one track in figures: `python benchmarks/bench_way.py`.

Starts a real server and worker on a throw-away home, signs in with a key, uploads four minutes of
real music, waits until it can be found and until it is measured, composes thirty seconds, and reads
the memory of every process. Beside each figure stands its floor: what the same step costs at least.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SECONDS = 240
POLL_S = 0.02


def songloom(home: Path, *words: str, given: str = "") -> dict[str, object]:
    """Run one verb and read its document."""
    made = subprocess.run(
        [sys.executable, "-m", "songloom", *words, "--json"],
        env=os.environ | {"SONGLOOM_HOME": str(home)},
        input=given,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(made.stdout)  # type: ignore[no-any-return]


@contextmanager
def running(home: Path) -> Iterator[tuple[dict[str, object], float, int]]:
    """`songloom up` on this home: its line, how long it took to a ready page, its process id."""
    environment = os.environ | {
        "SONGLOOM_HOME": str(home),
        "SONGLOOM_DEMO": "0",
        "SONGLOOM_RATE_LIMITS": "off",
    }
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "songloom", "up", "--json", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        until(lambda: httpx.get(f"{line['url']}/readyz").status_code == 200)
        httpx.get(str(line["url"]), follow_redirects=True).raise_for_status()
        yield line, time.perf_counter() - began, process.pid
    finally:
        process.terminate()
        process.wait(60)


def until(is_so: Callable[[], bool], longest_s: float = 300) -> float:
    """Wait until it is so; how long it took, in seconds."""
    began = time.perf_counter()
    while not is_so():
        if time.perf_counter() - began > longest_s:
            raise TimeoutError
        time.sleep(POLL_S)
    return time.perf_counter() - began


def pss_mb(pid: int) -> float:
    """Memory that this process would give back: its own pages, shared ones by their share."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise LookupError(pid)


def tree_of(pid: int) -> dict[int, str]:
    """This process and all below it, with their command lines."""
    found = {pid: Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()}
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for child in children:
        found |= tree_of(int(child))
    return found


def four_minutes(folder: Path) -> Path:
    """240 s of real songs, joined, as FLAC: long enough to be a song of its own."""
    import numpy as np
    import soundfile

    from songloom.core.audio.decode import read
    from tests.songs import songs

    parts, total, rate = [], 0, 44_100
    for path in songs():
        sound, own_rate = read(str(path))
        if own_rate != rate or sound.shape[0] != 2:
            continue
        parts.append(sound)
        total += sound.shape[1]
        if total >= SECONDS * rate:
            break
    whole = np.concatenate(parts, axis=1)[:, : SECONDS * rate]
    path = folder / "four-minutes.flac"
    soundfile.write(path, whole.T, rate)
    return path


def decode_s(path: Path) -> float:
    from songloom.core.audio.decode import blocks

    began = time.perf_counter()
    for _ in blocks(str(path)):
        pass
    return time.perf_counter() - began


def row(name: str, figure: str, floor: str = "") -> None:
    print(f"| {name} | {figure} | {floor} |", flush=True)


def way(home: Path, song: Path) -> None:
    songloom(home, "user", "add", "admin", "--admin", "--password-stdin", given="long enough")
    key = songloom(home, "key", "add", "admin")["key"]
    with running(home) as (line, warm_s, pid):
        row("warm start to a ready page", f"{warm_s:.2f} s")
        api = httpx.Client(
            base_url=f"{line['url']}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=60
        )
        time.sleep(3)
        memory(pid)
        empty_s = min(timed(lambda: api.get("/../../healthz")) for _ in range(20))
        began = time.perf_counter()
        with song.open("rb") as file:
            track = (
                api.post("/tracks", files={"file": ("song.flac", file)}).raise_for_status().json()
            )
        stored_s = time.perf_counter() - began
        until(lambda: api.get("/tracks", params={"q": track["title"]}).json()["total"] == 1)
        found_s = time.perf_counter() - began
        until(lambda: api.get(f"/tracks/{track['id']}/features").status_code == 200)
        measured_s = time.perf_counter() - began
        floor = f"decoding alone {decode_s(song):.2f} s"
        row("upload of 4 minutes: stored", f"{stored_s:.2f} s", floor)
        row("… can be found", f"{found_s:.2f} s")
        row("… is measured", f"{measured_s:.2f} s", floor)
        began = time.perf_counter()
        asked = {"prompt": "生成一首欢快的钢琴曲", "seconds": 30, "seed": 7}
        job = api.post("/generations", json=asked).raise_for_status().json()["job"]
        until(lambda: api.get(f"/jobs/{job['id']}").json()["state"] == "done")
        row("compose 30 s by REST, first of a worker", f"{time.perf_counter() - began:.2f} s")
        row("an empty answer (healthz)", f"{empty_s * 1e3:.1f} ms")
    began = time.perf_counter()
    songloom(home, "generate", "a calm waltz", "--seconds", "30", "--seed", "7", "--no-wait")
    row("`songloom` itself, to a queued job", f"{time.perf_counter() - began:.2f} s")


def timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def memory(pid: int) -> None:
    tree = tree_of(pid)
    total = sum(pss_mb(each) for each in tree)
    server = max((pss_mb(p) for p, line in tree.items() if "server" in line), default=0.0)
    row("idle server, PSS", f"{server:.0f} MB", "an empty Django + ninja server: 83 MB (RSS)")
    row(f"idle tree of {len(tree)} processes, PSS", f"{total:.0f} MB")


def main() -> None:
    print("| what | figure | floor |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        began = time.perf_counter()
        with running(home):
            row("first start, empty home, to a ready page", f"{time.perf_counter() - began:.2f} s")
        way(home, four_minutes(Path(folder)))


if __name__ == "__main__":
    main()
