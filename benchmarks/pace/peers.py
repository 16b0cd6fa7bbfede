"""What other libraries do with a file that is nearest to ours; those that are installed are timed."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

RATE = 44_100


def librosa_set(path: str) -> None:
    """22 kHz mono, one shared spectrogram, beats, chroma, MFCC; neither loudness nor sides."""
    import librosa  # type: ignore[import-not-found,unused-ignore]

    sound, rate = librosa.load(path, sr=22_050)
    magnitude = np.abs(librosa.stft(sound))
    power = magnitude**2
    librosa.feature.spectral_centroid(S=magnitude, sr=rate)
    librosa.feature.spectral_bandwidth(S=magnitude, sr=rate)
    librosa.feature.spectral_rolloff(S=magnitude, sr=rate)
    librosa.feature.spectral_flatness(S=magnitude)
    librosa.feature.zero_crossing_rate(sound)
    mel = librosa.power_to_db(librosa.feature.melspectrogram(S=power, sr=rate))
    librosa.feature.mfcc(S=mel)
    librosa.feature.chroma_stft(S=power, sr=rate)
    librosa.beat.beat_track(onset_envelope=librosa.onset.onset_strength(S=mel, sr=rate), sr=rate)


def essentia_set(path: str) -> None:
    """Stereo at 44.1 kHz: R 128 without true peak, key, the quicker rhythm, frames as ours."""
    peer = _essentia()
    sound = peer.AudioLoader(filename=path)()[0]
    peer.LoudnessEBUR128(sampleRate=RATE)(sound)
    mono = np.ascontiguousarray(sound.mean(axis=1))
    peer.KeyExtractor()(mono)
    peer.RhythmExtractor2013(method="degara")(mono)
    window, spectrum = peer.Windowing(type="hann"), peer.Spectrum()
    bins = 2_049
    each = (
        peer.Centroid(range=RATE / 2),
        peer.RollOff(),
        peer.Flatness(),
        peer.MFCC(inputSize=bins),
    )
    for frame in peer.FrameGenerator(mono, frameSize=4_096, hopSize=882):
        found = spectrum(window(frame))
        for one in each:
            one(found)


def music_extractor(path: str) -> None:
    _essentia().MusicExtractor()(path)


def _essentia() -> Any:
    import essentia as quiet  # type: ignore[import-not-found,unused-ignore]
    import essentia.standard as peer  # type: ignore[import-not-found,unused-ignore]

    quiet.log.infoActive = quiet.log.warningActive = False
    return peer


def sonara_playlist(path: str) -> None:
    import sonara  # type: ignore[import-not-found,unused-ignore]

    sonara.analyze_file(path, mode="playlist")


def sonara_full(path: str) -> None:
    import sonara  # type: ignore[import-not-found,unused-ignore]

    sonara.analyze_file(path, mode="full")


def aubio_tempo(path: str) -> None:
    from benchmarks.truth.listeners import aubio

    aubio(path)


def pyloudnorm_loudness(path: str) -> None:
    import pyloudnorm  # type: ignore[import-not-found,unused-ignore]
    import soundfile

    sound, rate = soundfile.read(path)
    pyloudnorm.Meter(rate).integrated_loudness(sound)


# name, what must be installed, what ours must be of its speed (None: no bar), whether it is slow
PEERS: tuple[tuple[str, str, float | None, bool, Callable[[str], None]], ...] = (
    ("librosa, a like set", "librosa", 2.5, True, librosa_set),
    ("essentia, a like set", "essentia", 2.5, True, essentia_set),
    ("essentia's MusicExtractor", "essentia", 10.0, True, music_extractor),
    ("sonara, playlist", "sonara", 1.4, False, sonara_playlist),
    ("sonara, full", "sonara", 2.5, False, sonara_full),
    ("aubio, tempo alone", "aubio", None, False, aubio_tempo),
    ("pyloudnorm, loudness alone", "pyloudnorm", None, False, pyloudnorm_loudness),
)


def installed() -> list[tuple[str, float | None, bool, Callable[[str], None]]]:
    return [(name, bar, slow, work) for name, module, bar, slow, work in PEERS if find_spec(module)]
