"""From a source file by a recipe to a new file; what the sandbox's children are called for."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from songloom.core.audio import Blocks, decode, levelling, shaping, tagging
from songloom.core.audio import recipe as recipes
from songloom.core.audio.edits import Channels, Gain, Loudness, Resample, Sound, Trim
from songloom.core.audio.encode import encoder
from songloom.core.audio.formats import Format, rendition_format
from songloom.core.audio.levelling import Levels
from songloom.core.audio.probe import read_own_tags
from songloom.core.audio.recipe import Recipe

LONGEST_PREVIEW_S = 10.0
PREVIEW_SAMPLES = 16_384  # small: little is decoded that nobody hears
CLOSE_ENOUGH_LU = 0.25
LOSSY_HEADROOM_DB = 0.5  # what lossy encoders usually add to limited peaks; saves a second run
MOST_ROUNDS = 4
Progress = Callable[[float], None]


@dataclass
class Source:
    """A file as the first sound of a recipe; tells how far reading it has come."""

    path: str
    sample_rate: int
    channels: int
    bits: int | None
    claimed_s: float | None

    @classmethod
    def of(cls, path: str) -> Source:
        with decode.opened(path) as sound:
            return cls(path, sound.sample_rate, sound.channels, sound.bits, sound.claimed_s)

    def sound(self, progress: Progress | None, n_passes: int) -> Sound:
        n_claimed = (self.claimed_s or 0) * self.sample_rate * n_passes
        n_read = 0

        def tell(n_samples: int) -> None:
            nonlocal n_read
            n_read += n_samples
            if progress is not None and n_claimed:
                progress(min(n_read / n_claimed, 0.99))

        return Sound(
            lambda: shaping.told(decode.blocks(self.path), tell),
            self.sample_rate,
            self.channels,
            bits=self.bits,
        )

    def heard_anywhere(self, n_samples: int, levels: Levels | None) -> Sound:
        """The same for a preview: jumped in, and believed to be as long as it once was.

        After a jump a lossy decoder may differ in bits that nobody hears.
        """
        told = os.stat(self.path)
        return Sound(
            lambda: decode.blocks(self.path, block_samples=PREVIEW_SAMPLES),
            self.sample_rate,
            self.channels,
            jump=lambda first: decode.blocks_from(self.path, first, block_samples=PREVIEW_SAMPLES),
            count=lambda: n_samples,
            bits=self.bits,
            levels=levels,
            name=f"{self.path} {told.st_size} {told.st_mtime_ns} {n_samples}",
        )


def render(
    source: str,
    out: str,
    *,
    recipe: Any,
    format: str,
    bit_rate_kbps: int | None = None,
    others: Mapping[str, Any] | None = None,
    bits: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Apply a recipe to a file and write the result.

    source, out    paths; `out` is overwritten
    recipe         as `recipe.read` takes it
    others         the other tracks that the recipe names: id → {"path", "start_s", "end_s"}
    bits           16 or 24, for lossless formats; None keeps at least those of the source
    format         mp3, opus, flac, ogg, m4a or wav
    bit_rate_kbps  for lossy formats; None is the format's default
    progress       told 0 … 1
    returns        n_samples sample_rate channels duration_s sha256 size_bytes format
                   bit_rate_kbps, n_clipped (samples beyond full scale)
    Raises BadRecipe, BadValue, and what `decode.opened` raises.
    """
    wanted = recipes.read(recipe)
    form = rendition_format(format)
    kbps = form.checked_kbps(bit_rate_kbps)
    found = Source.of(source)
    n_passes = 1 + sum(edit.n_passes - 1 for edit in wanted.edits)
    sound = replace(
        found.sound(progress, n_passes),
        others={key: _other(told) for key, told in (others or {}).items()},
        scratch=os.path.dirname(out) or None,
    )
    bits = bits or (24 if (found.bits or 0) > 16 else 16)
    written = _settled(wanted, sound, out, form, kbps, bits)
    tagging.write_tags(out, read_own_tags(source))
    with open(out, "rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        **written,
        "duration_s": written["n_samples"] / written["sample_rate"],
        "sha256": sha256,
        "size_bytes": os.path.getsize(out),
        "format": form.name,
        "bit_rate_kbps": kbps,
    }


def preview(
    source: str,
    out: str,
    *,
    recipe: Any,
    at_s: float = 0.0,
    duration_s: float = LONGEST_PREVIEW_S,
    length_s: float | None = None,
    levels: tuple[float, float] | None = None,
    others: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """At most ten seconds of what a recipe would make, as a WAV, without making the rest.

    at_s      counts on the edited sound
    length_s  how long the source is, where that is known: then only what is heard is decoded, and
              what needs the whole (loudness, mean) is estimated
    levels    loudness (LUFS) and true peak (dBTP) of the source, where they are known
    returns   n_samples sample_rate channels duration_s n_clipped
    Raises as `render`; BadRecipe when the edited sound is shorter than `at_s`.
    """
    window = Trim(at_s, at_s + min(max(duration_s, 0.1), LONGEST_PREVIEW_S))
    wanted = Recipe((*recipes.read(recipe).edits, window))
    form = rendition_format("wav")
    found = Source.of(source)
    if length_s is None:
        sound = found.sound(None, 1)
    else:
        known = None if levels is None else Levels(*levels)
        sound = found.heard_anywhere(round(length_s * found.sample_rate), known)
    sound = replace(sound, others={key: _other(told) for key, told in (others or {}).items()})
    written = _write(wanted.on(sound), out, form, None, 16)
    return {**written, "duration_s": written["n_samples"] / written["sample_rate"]}


def trial(
    source: str,
    out: str,
    *,
    recipe: Any,
    format: str,
    bit_rate_kbps: int | None = None,
    length_s: float,
    seconds: float = LONGEST_PREVIEW_S,
    others: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Some seconds out of the middle of what a recipe makes, in its format: what it costs.

    returns  seconds and size_bytes of what was made, and about how long the whole would last
    Raises as `render`.
    """
    wanted, form = recipes.read(recipe), rendition_format(format)
    found = Source.of(source)
    sound = found.heard_anywhere(round(length_s * found.sample_rate), None)
    sound = replace(sound, others={key: _other(told) for key, told in (others or {}).items()})
    whole = wanted.on(sound)
    lasts_s = whole.n_samples / whole.sample_rate
    at_s = max(0.0, (lasts_s - seconds) / 2)
    part = Trim(at_s, at_s + seconds).on(whole)
    bits = 24 if (found.bits or 0) > 16 else 16
    written = _write(part, out, form, form.checked_kbps(bit_rate_kbps), bits)
    made_s = written["n_samples"] / written["sample_rate"]
    return {"seconds": made_s, "size_bytes": os.path.getsize(out), "lasts_s": lasts_s}


def _other(told: Mapping[str, Any]) -> Sound:
    """Another track that a recipe names; its length, where it is known, lets one jump in it."""
    found = Source.of(str(told["path"]))
    length_s = told.get("length_s")
    if length_s is None:
        sound = found.sound(None, 1)
    else:
        sound = found.heard_anywhere(round(length_s * found.sample_rate), None)
    start_s, end_s = told.get("start_s"), told.get("end_s")
    is_whole = start_s is None and end_s is None
    return sound if is_whole else Trim(start_s or 0.0, end_s).on(sound)


def fit(sound: Sound, form: Format) -> Sound:
    """The sound with as many channels and the sample rate that a format can hold."""
    channels = form.nearest_channels(sound.channels)
    if channels != sound.channels:
        sound = Channels(channels).on(sound)
    rate = form.nearest_rate(sound.sample_rate)
    return sound if rate == sound.sample_rate else Resample(rate).on(sound)


def _settled(
    wanted: Recipe, sound: Sound, out: str, form: Format, kbps: int | None, bits: int
) -> dict[str, Any]:
    """Write; where a loudness was asked for, measure what came out and write again until it holds.

    Lossy encoders and resampling move peaks by up to a decibel or more.
    """
    at = _last_level(wanted)
    if at is None:
        return _write(wanted.on(sound), out, form, kbps, bits)
    asked = wanted.edits[at]
    assert isinstance(asked, Loudness)
    headroom_db = LOSSY_HEADROOM_DB if form.is_lossy else 0.0
    edit = replace(asked, ceiling_dbtp=asked.ceiling_dbtp - headroom_db)
    made = Recipe((*wanted.edits[:at], edit, *wanted.edits[at + 1 :]))
    written = _write(made.on(sound), out, form, kbps, bits)
    is_last = all(isinstance(edit, Resample) for edit in wanted.edits[at + 1 :])
    for _ in range(MOST_ROUNDS):
        levels = levelling.measure(
            decode.blocks(out), int(written["sample_rate"]), int(written["channels"])
        )
        if levels.lufs is None or levels.true_peak_dbtp is None:
            return written
        over_db = levels.true_peak_dbtp - asked.ceiling_dbtp
        miss = asked.target_lufs - levels.lufs if is_last else 0.0
        if over_db <= 0 and abs(miss) <= CLOSE_ENOUGH_LU:
            return written
        edit = replace(
            edit,
            target_lufs=edit.target_lufs + miss,
            ceiling_dbtp=edit.ceiling_dbtp - max(over_db, 0) - (0.05 if over_db > 0 else 0),
        )
        made = Recipe((*wanted.edits[:at], edit, *wanted.edits[at + 1 :]))
        written = _write(made.on(sound), out, form, kbps, bits)
    return _lowered(made, sound, out, form, kbps, bits, asked.ceiling_dbtp)


def _lowered(
    wanted: Recipe,
    sound: Sound,
    out: str,
    form: Format,
    kbps: int | None,
    bits: int,
    ceiling: float,
) -> dict[str, Any]:
    """The last resort: a plain lower gain, so that no peak passes the ceiling."""
    gain_db = 0.0
    while True:
        made = Recipe((*wanted.edits, Gain(gain_db)))
        written = _write(made.on(sound), out, form, kbps, bits)
        levels = levelling.measure(decode.blocks(out), written["sample_rate"], written["channels"])
        if levels.true_peak_dbtp is None or levels.true_peak_dbtp <= ceiling:
            return written
        gain_db -= levels.true_peak_dbtp - ceiling + 0.05


def _last_level(wanted: Recipe) -> int | None:
    """Where the last loudness stands, unless a later gain changes the level on purpose."""
    for at in reversed(range(len(wanted.edits))):
        if isinstance(wanted.edits[at], Gain):
            return None
        if isinstance(wanted.edits[at], Loudness):
            return at
    return None


def _write(sound: Sound, out: str, form: Format, kbps: int | None, bits: int) -> dict[str, Any]:
    fitted = fit(sound, form)
    if fitted.bits is not None and fitted.bits <= 16:
        bits = 16
    n_clipped = [0]
    with encoder(
        out,
        form,
        sample_rate=fitted.sample_rate,
        channels=fitted.channels,
        bit_rate_kbps=kbps,
        bits=bits,
    ) as target:
        for block in _clips_counted(fitted.make(), n_clipped):
            target.write(block)
    return {
        "n_samples": target.n_samples,
        "sample_rate": fitted.sample_rate,
        "channels": fitted.channels,
        "n_clipped": n_clipped[0],
    }


def _clips_counted(blocks: Blocks, n_clipped: list[int]) -> Blocks:
    for block in blocks:
        if block.max(initial=0.0) > 1 or block.min(initial=0.0) < -1:
            n_clipped[0] += int((abs(block) > 1).sum())
        yield block
