"""What passes between Songloom and Audacity: labels of features, edits of labels, commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from songloom.core.audio.splitting import Label, by_labels
from songloom.errors import BadValue

SAMPLE_RATE, BITS = 48_000, 24
POINTS = {"beats_s": "beats", "downbeats_s": "downbeats"}
SPANS = {
    "chords": "chords",
    "silences_s": "silences",
    "sections": "sections",
    "key_changes": "keys",
}
NAMES = ("name", "label", "text", "chord", "key")
USES = ("cut", "keep", "split")


def label_groups(features: Mapping[str, Any]) -> dict[str, list[Label]]:
    """Whatever of beats, downbeats, chords, silences and sections was measured, as labels.

    A place is a time; a stretch is [from, to, words] or {"start_s", "end_s", …}. What is not there,
    or looks otherwise, is left out.
    """
    found: dict[str, list[Label]] = {}
    for field, name in POINTS.items():
        times = features.get(field) or []
        found[name] = [Label(at, at, str(n)) for n, at in enumerate(_numbers(times), 1)]
    for field, name in SPANS.items():
        values = _keys(features) if name == "keys" else features.get(field) or []
        spans = [_span(one, name) for one in values if one]
        found[name] = [one for one in spans if one is not None]
    return {name: labels for name, labels in found.items() if labels}


def _numbers(values: Any) -> list[float]:
    return [float(one) for one in values if isinstance(one, int | float) and one >= 0]


def _keys(features: Mapping[str, Any]) -> list[Any]:
    """[second, key, mode] at each change → stretches, the last of them to the end."""
    changes = [one for one in features.get("key_changes") or [] if len(one) == 3]
    ends = [*(one[0] for one in changes[1:]), features.get("duration_s")]
    return [
        [at, end, f"{key} {mode}"]
        for (at, key, mode), end in zip(changes, ends, strict=False)  # no change: one end too many
    ]


def _span(one: Any, name: str) -> Label | None:
    words = name.rstrip("s")
    if isinstance(one, Mapping):
        start, end = one.get("start_s"), one.get("end_s")
        said = next((str(one[name]) for name in NAMES if one.get(name)), words)
    elif isinstance(one, Sequence) and not isinstance(one, str) and len(one) >= 2:
        start, end = one[0], one[1]
        said = str(one[2]) if len(one) > 2 else words
    else:
        return None
    if not isinstance(start, int | float) or not isinstance(end, int | float) or end < start:
        return None
    return Label(float(start), float(end), said)


def as_edits(labels: Sequence[Label], use: str) -> list[dict[str, Any]]:
    """A recipe that takes the labelled stretches out ("cut"), or takes all else out ("keep").

    Cuts come from the end on, so that the times before them stay as they are.
    Raises BadValue where no label is a stretch, or for another use.
    """
    stretches = _merged(one for one in labels if not one.is_point)
    if use not in ("cut", "keep"):
        raise BadValue(f"labels can be used as {', '.join(USES)}, not as “{use[:20]}”")
    if not stretches:
        raise BadValue("no label is a stretch of time; places can only be used to split")
    if use == "keep":
        gaps = [(one[1], other[0]) for one, other in pairwise(stretches)]
        first, last = stretches[0][0], stretches[-1][1]
        cuts = [_cut(a - first, b - first) for a, b in reversed(gaps) if b > a]
        return [{"edit": "trim", "start_s": first, "end_s": last}, *cuts]
    return [_cut(a, b) for a, b in reversed(stretches)]


def as_parts(labels: Sequence[Label]) -> list[dict[str, Any]]:
    """Where to split, as `splitting.by_labels` says."""
    return [part.document() for part in by_labels(labels)]


def _cut(start_s: float, end_s: float) -> dict[str, Any]:
    return {"edit": "cut", "start_s": start_s, "end_s": end_s}


def _merged(stretches: Iterable[Label]) -> list[tuple[float, float]]:
    """In order; those that overlap are one."""
    merged: list[tuple[float, float]] = []
    for one in sorted(stretches, key=lambda each: each.start_s):
        if merged and one.start_s <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], one.end_s))
        else:
            merged.append((one.start_s, one.end_s))
    return merged


def commands(path: str, groups: Mapping[str, Sequence[Label]]) -> list[str]:
    """What to tell Audacity through its pipe: open a file, then add every label with its words."""
    said = [f'Import2: Filename="{quoted(path)}"', "SelectAll:", "FitInWindow:"]
    n_labels = 0
    for labels in groups.values():
        for one in labels:
            said.append(f"SelectTime: Start={one.start_s:.6f} End={one.end_s:.6f}")
            said.append("AddLabel:")
            said.append(f'SetLabel: Label={n_labels} Text="{quoted(one.text)}"')
            n_labels += 1
    return said


def quoted(text: str) -> str:
    """Text within the quotes of a command: one line, quotes and backslashes escaped."""
    plain = " ".join(text.split())
    return plain.replace("\\", "\\\\").replace('"', '\\"')
