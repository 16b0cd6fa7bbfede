"""Real songs measured by another hand: FFmpeg's own meter must read the same loudness."""

from __future__ import annotations

from math import log10
from pathlib import Path

import av
import pytest

from songloom.core.features import analyse_file
from tests.songs import song

pytestmark = pytest.mark.real


def ffmpeg_reads(path: Path) -> dict[str, float]:
    """The last word of FFmpeg's `ebur128` filter: I, LRA and true peak (as a factor)."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        graph = av.filter.Graph()
        source = graph.add_abuffer(template=stream)
        meter = graph.add("ebur128", "peak=true:metadata=1")
        sink = graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        graph.configure()
        said: dict[str, str] = {}
        for frame in container.decode(stream):
            graph.push(frame)
            while True:
                try:
                    said = dict(graph.pull().metadata)
                except (av.BlockingIOError, av.EOFError):
                    break
    return {name.removeprefix("lavfi.r128."): float(value) for name, value in said.items()}


@pytest.mark.parametrize("stem", ["revelation", "menu", "chipdisko"])
def test_loudness_range_and_true_peak_agree_with_ffmpeg(stem: str) -> None:
    path = song(stem)
    other = ffmpeg_reads(path)
    ours = analyse_file(
        str(path), ["loudness_lufs", "loudness_range_lu", "true_peak_dbtp"]
    ).features
    assert ours["loudness_lufs"] == pytest.approx(other["I"], abs=0.02)
    assert ours["loudness_range_lu"] == pytest.approx(other["LRA"], abs=0.1)  # its histogram's step
    assert ours["true_peak_dbtp"] == pytest.approx(20 * log10(other["true_peak"]), abs=0.05)
