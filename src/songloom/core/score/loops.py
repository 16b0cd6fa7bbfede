"""Bars of a recording as a loop: cut at the bar lines, to the sample."""

from __future__ import annotations

from typing import Any


def cut_loop(sound_path: str, out_path: str, *, from_s: float, to_s: float) -> dict[str, Any]:
    """Write the samples from one bar line to another into a FLAC file of the same form.

    Played round and round it keeps the beat: it lasts as long as its bars, to half a sample.
    returns  {"n_samples", "sample_rate"}
    """
    import soundfile

    with soundfile.SoundFile(sound_path) as sound:
        rate = sound.samplerate
        first, last = round(from_s * rate), min(round(to_s * rate), len(sound))
        sound.seek(first)
        samples = sound.read(last - first, dtype="int32", always_2d=True)
        soundfile.write(out_path, samples, rate, format="FLAC", subtype=sound.subtype)
    return {"n_samples": last - first, "sample_rate": rate}
