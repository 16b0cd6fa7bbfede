"""Where one sound becomes several: at times, at silences, by a cue sheet, by Audacity's labels.

Parts are in order and do not overlap; each is a trim, so that all of them together are the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from songloom.core.audio.silences import Spans
from songloom.errors import BadValue

MOST_PARTS = 500
CUE_FRAMES = 75  # in a second
LARGEST_TEXT = 1_000_000  # bytes
SHORTEST_S = 0.01
CUE_LINE = re.compile(r'^\s*(\w+)\s+(?:"([^"]*)"|(\S+))(?:\s+(\S+))?')
CUE_TIME = re.compile(r"(\d{1,3}):([0-5]?\d):(\d{1,2})$")


@dataclass(frozen=True)
class Part:
    """A part of a sound, and what it is called; without an end it goes on to the end."""

    start_s: float
    end_s: float | None = None
    title: str = ""
    artist: str = ""
    number: int | None = None

    def document(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Label:
    """A place (both times are the same) or a stretch, with words."""

    start_s: float
    end_s: float
    text: str = ""

    @property
    def is_point(self) -> bool:
        return self.end_s <= self.start_s


def at_times(times_s: Iterable[float]) -> list[Part]:
    """A new part begins at each time. Raises BadValue where there is none, or too many."""
    points = sorted({round(time_s, 6) for time_s in times_s if time_s >= SHORTEST_S})
    if not points:
        raise BadValue("there is no time after the start to split at")
    return checked([Part(a, b) for a, b in pairwise([0.0, *points, None]) if a is not None])


def at_silences(silences: Sequence[tuple[float, float]], length_s: float) -> list[Part]:
    """A new part begins in the middle of each silence, but for those at both ends."""
    inner = [(a, b) for a, b in silences if a > SHORTEST_S and b < length_s - SHORTEST_S]
    if not inner:
        raise BadValue("there is no silence within this sound")
    return at_times((a + b) / 2 for a, b in inner)


def by_cue(sheet: bytes) -> list[Part]:
    """The tracks of a cue sheet, UTF-8 or GBK. Raises BadValue for what is none."""
    found: list[dict[str, Any]] = []
    for line in text_of(sheet).splitlines():
        matched = CUE_LINE.match(line)
        if matched is None:
            continue
        word, value = matched[1].upper(), matched[2] if matched[2] is not None else matched[3]
        if word == "TRACK":
            found.append({"number": int(value) if value.isdecimal() else len(found) + 1})
        elif found and word in ("TITLE", "PERFORMER"):
            found[-1]["title" if word == "TITLE" else "artist"] = value.strip()
        elif found and word == "INDEX" and value.isdecimal() and int(value) == 1:
            found[-1]["start_s"] = _cue_s(matched[4] or "")
    tracks = [one for one in found if "start_s" in one]
    if not tracks:
        raise BadValue("this cue sheet has no track with an INDEX 01")
    ends = [*(one["start_s"] for one in tracks[1:]), None]
    return checked([Part(end_s=end, **one) for one, end in zip(tracks, ends, strict=True)])


def _cue_s(text: str) -> float:
    matched = CUE_TIME.match(text)
    if matched is None or int(matched[3]) >= CUE_FRAMES:
        raise BadValue(f"“{text[:20]}” is no time of a cue sheet (minutes:seconds:frames)")
    return int(matched[1]) * 60 + int(matched[2]) + int(matched[3]) / CUE_FRAMES


def labels(file: bytes) -> list[Label]:
    """An Audacity label file: start, end and text with tabs between. Raises BadValue."""
    found = []
    for number, line in enumerate(text_of(file).splitlines(), 1):
        if not line.strip() or line.startswith("\\"):  # such a line has frequencies
            continue
        start, _, rest = line.partition("\t")
        end, _, text = rest.partition("\t")
        try:
            start_s, end_s = (float(one.strip().replace(",", ".")) for one in (start, end))
        except ValueError:
            raise BadValue(f"line {number} of the labels has no two times: “{line[:40]}”") from None
        if not (0 <= start_s <= end_s < float("inf")):
            raise BadValue(f"line {number} of the labels ends before it begins: “{line[:40]}”")
        found.append(Label(start_s, end_s, text.strip()))
    if not found:
        raise BadValue("there is no label in this file")
    return sorted(found, key=lambda one: (one.start_s, one.end_s))


def by_labels(found: Sequence[Label]) -> list[Part]:
    """Stretches become parts of their own; where there are only places, parts begin at them."""
    stretches = [one for one in found if not one.is_point]
    if stretches:
        return checked([Part(one.start_s, one.end_s, title=one.text) for one in stretches])
    named = {round(one.start_s, 6): one.text for one in found}
    first = named.pop(0.0, "")
    parts = at_times(named)
    return [Part(p.start_s, p.end_s, title=named.get(p.start_s, first)) for p in parts]


def as_text(found: Iterable[Label]) -> str:
    """Labels as a label file of Audacity."""
    return "".join(
        f"{one.start_s:.6f}\t{one.end_s:.6f}\t{' '.join(one.text.split())}\n" for one in found
    )


def checked(parts: list[Part]) -> list[Part]:
    """Parts in order, none within another. Raises BadValue with what is wrong."""
    if len(parts) > MOST_PARTS:
        raise BadValue(f"{len(parts)} parts; {MOST_PARTS} are allowed")
    for one, other in pairwise(parts):
        if one.end_s is None or other.start_s < one.end_s - 1e-9:
            raise BadValue(
                f"the part at {other.start_s:g} s begins before that at {one.start_s:g} s ends"
            )
    for one in parts:
        if one.end_s is not None and one.end_s - one.start_s < SHORTEST_S:
            raise BadValue(f"the part at {one.start_s:g} s lasts under {SHORTEST_S:g} s")
    return parts


def text_of(raw: bytes) -> str:
    """Text in UTF-8, UTF-16 with a mark, or GBK. Raises BadValue for what is none of them."""
    if len(raw) > LARGEST_TEXT:
        raise BadValue(f"{len(raw)} bytes of text; {LARGEST_TEXT} are allowed")
    is_wide = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadValue("this is no text in UTF-8 or GBK")


def find_silences(
    path: str, *, threshold_db: float = -50.0, least_s: float = 0.5
) -> list[list[float]]:
    """Where a file stays below a threshold for so long; runs in a sandbox child.

    returns  [[start_s, end_s], …] to 10 ms
    """
    from songloom.core.audio import decode  # the server reads cue sheets and decodes nothing

    with decode.opened(path) as sound:
        spans = Spans(sound.sample_rate)
        for block in sound.blocks():
            spans.add(np.abs(block).max(axis=0))
    return [list(found) for found in spans.below(10 ** (threshold_db / 20), least_s)]
