"""Edits that choose or order what is heard: keep, cut, insert, join, turn round."""

from __future__ import annotations

from dataclasses import dataclass, replace

from songloom.core.audio import Blocks, shaping, turning
from songloom.core.audio.edits.edit import END, LATEST_S, SMOOTHING, START, Edit, not_after
from songloom.core.audio.edits.parameters import OtherTrack, Parameter, Words
from songloom.core.audio.resampling import resample, resample_from
from songloom.core.audio.sound import Sound
from songloom.errors import BadRecipe

LONGEST_SILENCE_S = 3_600.0


@dataclass(frozen=True)
class Trim(Edit):
    """Keep what lies between two times; without an end, everything from the start on."""

    name = "trim"
    words = Words("Keep a part", "截取一段")
    parameters = (START, END)
    example = "10:40"

    start_s: float = 0.0
    end_s: float | None = None

    def on(self, sound: Sound) -> Sound:
        first = sound.samples(self.start_s)
        return window(sound, first, None if self.end_s is None else sound.samples(self.end_s))

    def problem(self) -> str | None:
        return not_after(self.start_s, self.end_s)


@dataclass(frozen=True)
class Cut(Edit):
    """Take out what lies between two times and join the rest; without an end, all after it.

    At the joint both sides overlap for a few milliseconds at equal power, so that it does not
    click; the result is as long as without.
    """

    name = "cut"
    words = Words("Cut out a part", "剪掉一段")
    parameters = (START, END, SMOOTHING)
    example = "12:15"

    start_s: float = 0.0
    end_s: float | None = None
    smooth_ms: float = 5.0

    def on(self, sound: Sound) -> Sound:
        first = sound.samples(self.start_s)
        stop = max(sound.samples(LATEST_S if self.end_s is None else self.end_s), first)
        smooth = sound.samples(self.smooth_ms / 1_000)
        half = min(smooth // 2, first, (stop - first) // 2)

        def jump(position: int) -> Blocks:
            if position >= first + half:
                return sound.at(position + stop - first)
            start = min(position, first - half)
            n_head = first + half - start
            head = shaping.trim(sound.at(start), 0, n_head)
            made = shaping.spliced(head, sound.at(stop - half), half, n_head)
            return shaping.trim(made, position - start, None)

        return sound.placed(
            lambda: jump(0) if sound.jump else shaping.cut(sound.make(), first, stop, smooth),
            jump,
            lambda n: n - max(0, min(stop, n) - first),
            is_exact=half == 0,
        )

    def problem(self) -> str | None:
        return not_after(self.start_s, self.end_s)


@dataclass(frozen=True)
class InsertSilence(Edit):
    """Put silence in at a time; what lies around it falls to silence and rises from it."""

    name = "insert_silence"
    words = Words("Insert silence", "插入静音")
    parameters = (
        Parameter("at_s", "s", 0, LATEST_S, Words("At", "位置"), default=0.0),
        Parameter("duration_s", "s", 0, LONGEST_SILENCE_S, Words("Length", "时长"), default=1.0),
        SMOOTHING,
    )
    example = "12,2"

    at_s: float = 0.0
    duration_s: float = 1.0
    smooth_ms: float = 5.0

    def on(self, sound: Sound) -> Sound:
        at, n = sound.samples(self.at_s), sound.samples(self.duration_s)
        if sound.count is not None:
            at = min(at, sound.count())
        smooth = sound.samples(self.smooth_ms / 1_000) if n and at else 0

        def jump(position: int) -> Blocks:
            start = max(0, min(position, at - smooth))
            if position >= at + n + smooth:
                return sound.at(position - n)
            made = shaping.with_silence(sound.at(start), at - start, n, smooth)
            return shaping.trim(made, position - start, None)

        return sound.placed(
            lambda: shaping.with_silence(sound.make(), at, n, smooth),
            jump,
            lambda before: before + n,
            is_exact=smooth == 0,
        )


@dataclass(frozen=True)
class TrimSilence(Edit):
    """Take away silence at both ends: what stays below a threshold in all channels."""

    name = "trim_silence"
    words = Words("Remove silence at both ends", "去掉首尾静音")
    parameters = (
        Parameter("threshold_db", "dB", -96, -20, Words("Threshold", "门限"), default=-60.0),
    )
    example = "-60"
    is_bare = True
    n_passes = 2

    threshold_db: float = -60.0

    def on(self, sound: Sound) -> Sound:
        if sound.jump is None:
            found = shaping.sounding(sound.make(), self.threshold_db)
        else:
            found = turning.sounding(sound, self.threshold_db)
        if found is None:
            raise BadRecipe(
                f"everything stays below {self.threshold_db:g} dB: nothing would be left"
            )
        return replace(window(sound, *found), levels=sound.levels)  # silence counts for nothing


@dataclass(frozen=True)
class Join(Edit):
    """Let another track follow; during a crossfade both are heard, at equal power.

    The other track takes on this one's sample rate; mono beside stereo becomes stereo.
    """

    name = "join"
    words = Words("Join another track", "接上另一首")
    parameters = (
        OtherTrack("track", Words("Track", "曲目")),
        Parameter("crossfade_s", "s", 0, 60, Words("Crossfade", "交叉淡化"), default=0.0),
    )
    example = "TRACK,2"

    track: str = ""
    crossfade_s: float = 0.0

    def on(self, sound: Sound) -> Sound:
        other = sound.others.get(self.track)
        if other is None:
            raise BadRecipe("the track that it names is not there")
        channels = max(sound.channels, other.channels)
        first, second = mixed(sound, channels), mixed(_at_rate(other, sound.sample_rate), channels)
        n = sound.samples(self.crossfade_s)
        joined = replace(first, jump=None, count=None, bits=_less(first.bits, second.bits, n))
        if first.jump is None or first.count is None or second.count is None:
            return replace(joined, make=lambda: shaping.crossfaded(first.make(), second.make(), n))
        before, after = first.count(), second.count()
        overlap = min(n, before, after)

        def jump(position: int) -> Blocks:
            if position >= before:
                return second.at(position - before + overlap)
            start = min(position, before - overlap)
            made = shaping.crossfaded(first.at(start), second.make(), overlap)
            return shaping.trim(made, position - start, None)

        count = before + after - overlap
        return replace(joined, make=lambda: jump(0), jump=jump, count=lambda: count)


@dataclass(frozen=True)
class Reverse(Edit):
    """Play it backwards."""

    name = "reverse"
    words = Words("Reverse", "倒放")

    def on(self, sound: Sound) -> Sound:
        if sound.jump is None:
            return replace(sound, make=lambda: turning.spilled(sound.make(), sound.scratch))
        return sound.placed(
            lambda: turning.backwards(sound, 0),
            lambda first: turning.backwards(sound, first),
            lambda n: n,
            is_exact=True,
        )


def window(sound: Sound, first: int, stop: int | None) -> Sound:
    """Samples first ≤ i < stop of a sound; to the end without a stop."""

    def jump(position: int) -> Blocks:
        left = None if stop is None else max(0, stop - first - position)
        return shaping.trim(sound.at(first + position), 0, left)

    return sound.placed(
        lambda: jump(0),
        jump,
        lambda n: max(0, (n if stop is None else min(stop, n)) - first),
        is_exact=True,
    )


def mixed(sound: Sound, channels: int) -> Sound:
    """The sound in so many channels."""
    if sound.channels == channels:
        return sound
    matrix = shaping.mixing(sound.channels, channels)
    made = sound.shaped(lambda blocks: shaping.mix(blocks, matrix), is_exact=sound.channels == 1)
    return replace(made, channels=channels)


def resampled(sound: Sound, to_hz: int) -> Sound:
    """The sound at another sample rate."""
    from_hz = sound.sample_rate
    made = sound.placed(
        lambda: resample(sound.make(), from_hz, to_hz),
        lambda first: resample_from(sound.at, from_hz, to_hz, first),
        lambda n: (2 * n * to_hz + from_hz) // (2 * from_hz),
        is_exact=from_hz == to_hz,
    )
    return replace(made, sample_rate=to_hz)


def _at_rate(sound: Sound, to_hz: int) -> Sound:
    return sound if sound.sample_rate == to_hz else resampled(sound, to_hz)


def _less(one: int | None, other: int | None, n_overlap: int) -> int | None:
    """The bits that hold both; none are certain where they overlap."""
    return None if n_overlap or one is None or other is None else max(one, other)
