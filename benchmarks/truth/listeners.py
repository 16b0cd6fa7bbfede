"""Who is asked: ours, and those of librosa, essentia, sonara and aubio that are installed.

Each hears a file and says what it can of {"bpm", "beats_s", "downbeats_s", "metre", "onsets_s",
"key", "chords", "tuning_cents"}; what it has no word for is left out of its column.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

Said = dict[str, Any]
OURS = ("tempo_bpm", "beats_s", "downbeats_s", "metre", "key", "mode", "chords", "tuning_cents")
PROFILES = ("bgate", "edma", "krumhansl", "temperley")
KRUMHANSL = (
    (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
)
NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def songloom(path: str) -> Said:
    from songloom.core.features import analyse_file

    found = analyse_file(path, OURS).features
    said = {name: found[name] for name in OURS if name not in ("tempo_bpm", "key", "mode")}
    said["key"] = (found["key"], found["mode"]) if found["key"] else None
    return said | {"bpm": found["tempo_bpm"], "onsets_s": onsets_of(path)}


def onsets_of(path: str) -> list[float]:
    """Where ours begins to hear something: the rate alone is a feature."""
    from songloom.core.audio import decode
    from songloom.core.features.heard import SHORT, WAVES, hear
    from songloom.core.features.onsets import onset_frames

    with decode.opened(path) as sound:
        heard = hear(sound.blocks(), sound.sample_rate, sound.channels, gather={WAVES, SHORT})
    return [float(at) for at in onset_frames(heard.onsets) / heard.onsets.frame_rate]


def librosa(path: str) -> Said:
    """beat_track; Krumhansl's profiles on the mean of a constant-Q chroma: it names no key itself."""
    import librosa as peer  # type: ignore[import-not-found,unused-ignore]
    import numpy as np

    sound, rate = peer.load(path, sr=22_050)
    bpm, frames = peer.beat.beat_track(y=sound, sr=rate)
    chroma = peer.feature.chroma_cqt(y=sound, sr=rate).mean(axis=1)
    fits = [np.corrcoef(np.roll(p, k), chroma)[0, 1] for p in KRUMHANSL for k in range(12)]
    best = int(np.argmax(fits))
    key = NOTES[best % 12], "minor" if best >= 12 else "major"
    beats_s = peer.frames_to_time(frames, sr=rate).tolist()
    tuning = float(peer.estimate_tuning(y=sound, sr=rate)) * 100
    onsets_s = peer.onset.onset_detect(y=sound, sr=rate, units="time").tolist()
    said: Said = {"bpm": float(np.ravel(bpm)[0]), "beats_s": beats_s, "onsets_s": onsets_s}
    return said | {"key": key, "tuning_cents": tuning}


def essentia(path: str) -> Said:
    """RhythmExtractor2013, OnsetRate, and KeyExtractor with each of four profiles."""
    import essentia as quiet  # type: ignore[import-not-found,unused-ignore]
    import essentia.standard as peer  # type: ignore[import-not-found,unused-ignore]

    quiet.log.infoActive = quiet.log.warningActive = False
    sound = peer.MonoLoader(filename=path, sampleRate=44_100)()
    bpm, beats_s, *_ = peer.RhythmExtractor2013(method="multifeature")(sound)
    said: Said = {"bpm": float(bpm), "beats_s": [float(at_s) for at_s in beats_s]}
    said["onsets_s"] = [float(at_s) for at_s in peer.OnsetRate()(sound)[0]]
    for profile in PROFILES:
        key, mode, _ = peer.KeyExtractor(profileType=profile)(sound)
        said[f"key {profile}"] = (key, mode)
    return said


def sonara(path: str) -> Said:
    import sonara as peer  # type: ignore[import-not-found,unused-ignore]

    found = peer.analyze_file(path, mode="full")
    key, _, mode = str(found.get("key") or "").partition(" ")
    chords = [(c["start_sec"], c["end_sec"], c["label"]) for c in found.get("chord_events") or []]
    return {
        "bpm": found.get("bpm"),
        "beats_s": [frame * 512 / 22_050 for frame in found.get("beats") or []],
        "key": (key, mode) if mode else None,
        "chords": chords,
    }


def aubio(path: str) -> Said:
    import aubio as peer  # type: ignore[import-not-found,unused-ignore]
    import numpy as np
    import soundfile

    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = np.append(sound.mean(axis=1), np.zeros(512, np.float32))
    tempo = peer.tempo("default", 1_024, 512, rate)
    onset = peer.onset("default", 1_024, 512, rate)
    beats_s, onsets_s = [], []
    for start in range(0, mono.size - 512, 512):
        if tempo(mono[start : start + 512]):
            beats_s.append(float(tempo.get_last_s()))
        if onset(mono[start : start + 512]):
            onsets_s.append(float(onset.get_last_s()))
    return {"bpm": float(tempo.get_bpm()), "beats_s": beats_s, "onsets_s": sorted(onsets_s)}


LISTENERS: dict[str, Callable[[str], Said]] = {
    "songloom": songloom,
    "librosa": librosa,
    "essentia": essentia,
    "sonara": sonara,
    "aubio": aubio,
}


def installed() -> list[str]:
    """Those that can be asked here."""
    return [name for name in LISTENERS if find_spec(name) is not None]
