"""A file in, every number out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import isfinite
from time import process_time
from typing import Any

from songloom.core.features import quick
from songloom.core.features.heard import Heard, hear
from songloom.core.features.reasons import Unsaid
from songloom.core.features.registry import FEATURES, Feature
from songloom.errors import BadValue, NotAudio

WORTH_S = 60.0  # of sound: to load numba costs as much as it saves in two or three minutes
ANALYSED_TOGETHER = 131_072  # samples: half as many calls as with the blocks of the decoder
SIGNIFICANT_DIGITS = 6  # more is rounding error, and would differ between processors


@dataclass
class Analysis:
    """Values by name; where a value is None, `reasons` says why."""

    features: dict[str, Any] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    file: dict[str, Any] = field(default_factory=dict)  # what it is, where that was asked


def wanted(fields: Iterable[str] | None) -> list[Feature]:
    """The features of these names, all if None. Raises BadValue for an unknown name."""
    if fields is None:
        return list(FEATURES.values())
    names = list(fields)
    unknown = sorted(set(names) - FEATURES.keys())
    if unknown:
        raise BadValue(f"There is no feature {unknown[0]!r}; there are {', '.join(FEATURES)}.")
    return [feature for name, feature in FEATURES.items() if name in names]


def measured(heard: Heard, features: Iterable[Feature]) -> Analysis:
    """What was heard, said in numbers: finite, rounded, JSON."""
    analysis = Analysis()
    for feature in features:
        try:
            analysis.features[feature.name] = rounded(feature.measure(heard))
        except Unsaid as unsaid:
            analysis.features[feature.name] = None
            analysis.reasons[feature.name] = unsaid.reason
    return analysis


def rounded(value: Any) -> Any:
    """Numbers with six significant digits, in lists too; the rest as it is."""
    if isinstance(value, list):
        return [rounded(item) for item in value]
    if isinstance(value, float):
        assert isfinite(value), "a feature is finite or Unsaid"
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}")
    return value


def analyse_file(
    path: str,
    fields: Iterable[str] | None = None,
    *,
    describes: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Analysis:
    """Measure one file, decoded once, in memory that does not grow with its length.

    fields    names to measure (see FEATURES), all if None; what only others need is not computed
    describes  say of the file itself what `core.audio.probe.described` does
    progress  called with seconds heard so far

    Raises NoSuchFile, EmptyFile, NotAudio, Truncated, BadValue.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    from songloom.core.audio import decode, probe

    features = wanted(fields)
    gather = {part for feature in features for part in feature.needs}
    one_core = threadpool_limits(1, "blas")  # whoever else works
    with (
        one_core,
        decode.opened(path, hashes=describes) as sound,
        quick.compiled(where=worth_it(sound.claimed_s)),
    ):
        blocks = sound.blocks(ANALYSED_TOGETHER)
        if progress is not None:
            blocks = _telling(blocks, sound.sample_rate, progress)
        heard = hear(
            blocks,
            sound.sample_rate,
            sound.channels,
            channel_names=sound.channel_names,
            gather=gather,
        )
        if not heard.waves.n_samples:
            raise NotAudio("nothing in this file can be played")
        analysis = measured(heard, features)
        analysis.file = probe.described(path, sound) if describes else {}
        return analysis


def worth_it(claimed_s: float | None) -> bool:
    """Whether a file is long enough for compiled loops: the same file is always measured alike."""
    return claimed_s is not None and claimed_s >= WORTH_S


def _telling(blocks: Iterable[Any], sample_rate: int, progress: Callable[[float], None]) -> Any:
    n_samples = 0
    for block in blocks:
        yield block
        n_samples += block.shape[1]
        progress(n_samples / sample_rate)


@contextmanager
def timed() -> Iterator[dict[str, float]]:
    """On one core, whoever else works; afterwards it holds `cpu_s`, the processor time it took."""
    from threadpoolctl import threadpool_limits

    cost: dict[str, float] = {}
    started_s = process_time()
    with threadpool_limits(1, "blas"):
        yield cost
    cost["cpu_s"] = round(process_time() - started_s, 3)


def document(
    path: str, progress: Callable[..., None] | None = None, *, describes: bool = False
) -> dict[str, Any]:
    """The same as JSON, with the processor time it took: what a limited child answers."""
    with timed() as cost:
        analysis = analyse_file(path, describes=describes, progress=progress)
    told = {"features": analysis.features, "reasons": analysis.reasons, **cost}
    return told | ({"file": analysis.file} if describes else {})
