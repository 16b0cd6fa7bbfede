"""From MIDI to a recording: `render(midi_path, out_path, soundfont=…, cache_dir=…)`."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songloom.core.score.form import LONGEST_TAIL_S, SHORTEST_TAIL_S
from songloom.core.score.mastering import mastered
from songloom.core.score.midi import ringing
from songloom.core.score.midi_reading import MidiSummary, summary
from songloom.core.score.soundfont import cached_subset, prune
from songloom.errors import TryLater

Audio = NDArray[np.float32]
SAMPLE_RATE = 44_100
RESAMPLED_AT_ONCE = 1 << 18


def render(
    midi_path: str,
    out_path: str,
    *,
    soundfont: str,
    cache_dir: str,
    soundfont_sha256: str | None = None,
    most_cached_mb: int = 400,
    progress: Callable[[float], None] | None = None,
) -> dict[str, Any]:
    """Play a MIDI file with a soundfont into a FLAC file, 44.1 kHz, stereo.

    The last notes ring for 0.4 to 2 s. The same files give the same samples on the same machine.
    soundfont   an sf2 or sf3; only the presets the piece needs are unpacked, kept in `cache_dir`
    returns     {"duration_s", "n_samples", "sample_rate", "sha256"}; sha256 of the file
    Raises BadValue for files that are no MIDI or no soundfont, TryLater where nothing can render.
    """
    import soundfile

    told = progress or (lambda share: None)
    midi = Path(midi_path).read_bytes()
    heard = summary(midi)
    small: Path | None = None
    if heard.presets:
        small = font_for(heard, soundfont, soundfont_sha256, cache_dir, most_cached_mb)
        told(0.1)
    audio = played(midi, heard, small)
    told(0.7)
    mastered(audio, sample_rate=SAMPLE_RATE, tail_s=tail_s_of(heard))
    told(0.85)
    soundfile.write(out_path, audio.T, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
    told(1.0)
    return {
        "duration_s": audio.shape[1] / SAMPLE_RATE,
        "n_samples": audio.shape[1],
        "sample_rate": SAMPLE_RATE,
        "sha256": hashlib.sha256(Path(out_path).read_bytes()).hexdigest(),
    }


def font_for(
    heard: MidiSummary, soundfont: str, sha256: str | None, cache_dir: str, most_cached_mb: int
) -> Path:
    """The presets of a soundfont that a piece needs, from the cache or put there."""
    cache = Path(cache_dir)
    small = cached_subset(Path(soundfont), heard.presets, cache, sha256=sha256)
    prune(cache, most_bytes=most_cached_mb << 20, but=small)
    return small


def tail_s_of(heard: MidiSummary) -> float:
    """How long the last notes of a piece ring."""
    return min(LONGEST_TAIL_S, max(SHORTEST_TAIL_S, 0.05 * heard.seconds))


def played(midi: bytes, heard: MidiSummary, font: Path | None) -> Audio:
    """(2, samples) as the renderer gives it, as long as the whole piece with its tail.

    heard  of the whole piece, of which `midi` may be a part
    font   with the presets that are needed; None for a piece without notes
    """
    tail_s = tail_s_of(heard)
    audio: Audio = np.zeros((2, 0), dtype=np.float32)
    if font is not None:
        audio = _sounding(ringing(midi, heard.ticks_at_end(tail_s + 0.5)), font)
    return _exactly(audio, round((heard.seconds + tail_s) * SAMPLE_RATE))


def _sounding(midi: bytes, font: Path) -> Audio:
    """(2, samples) float32 at 44.1 kHz, by the wheel where there is one, else by libfluidsynth."""
    try:
        import midirenderer
    except ImportError:
        from songloom.core.score.fluidsynth import play

        return play(midi, font, sample_rate=SAMPLE_RATE)
    try:
        wave = midirenderer.render_wave_from(font.read_bytes(), midi)
    except Exception as broken:  # the wheel raises bare exceptions of its own
        raise TryLater("The renderer could not play this piece.") from broken
    return _resampled(wave)


def _resampled(wave: bytes) -> Audio:
    """16-bit PCM in RIFF at any rate → (2, samples) float32 at 44.1 kHz."""
    import av
    import soundfile

    pcm, rate = soundfile.read(io.BytesIO(wave), dtype="float32", always_2d=True)
    stereo = np.ascontiguousarray(pcm.T if pcm.shape[1] == 2 else np.repeat(pcm, 2, axis=1).T)
    del pcm
    if rate == SAMPLE_RATE:
        return stereo
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
    found: list[NDArray[Any]] = []
    for start in range(0, stereo.shape[1], RESAMPLED_AT_ONCE):
        block = np.ascontiguousarray(stereo[:, start : start + RESAMPLED_AT_ONCE])
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate = rate
        frame.pts = start
        found += [out.to_ndarray() for out in resampler.resample(frame)]
    found += [out.to_ndarray() for out in resampler.resample(None)]
    return np.concatenate(found, axis=1).astype(np.float32, copy=False)


def _exactly(audio: Audio, n_samples: int) -> Audio:
    """Cut, or filled with silence, to this many samples."""
    if audio.shape[1] >= n_samples:
        return np.ascontiguousarray(audio[:, :n_samples])
    return np.pad(audio, ((0, 0), (0, n_samples - audio.shape[1])))


__all__ = ["SAMPLE_RATE", "MidiSummary", "played", "render", "tail_s_of"]
