"""From MIDI to sound: pitch, length, loudness and silence measured in the FLAC."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

import songloom
from songloom.core.features.loudness import Meter
from songloom.core.score import fluidsynth
from songloom.core.score.midi import Heading, Track, midi_file
from songloom.core.score.notes import Metre, Note
from songloom.core.score.render import SAMPLE_RATE, render
from songloom.errors import BadValue, TryLater
from tests.core.score.pieces import score_of
from tests.core.score.sine_font import sine_font

SF3 = (
    Path(songloom.__file__).parent / "assets" / "soundfonts" / "fluidr3mono" / "FluidR3Mono_GM.sf3"
)
Sound = NDArray[np.float64]


def midi(notes: list[Note], *, program: int = 5, seconds: float = 4.0, channel: int = 0) -> bytes:
    heading = Heading("x", 60.0, Metre(4, 4), 0, False, (), round(24 * seconds))
    return midi_file(heading, [Track("melody", channel, program, notes)])


@pytest.fixture
def sine(tmp_path: Path) -> Path:
    path = tmp_path / "sine.sf2"
    path.write_bytes(sine_font())
    return path


def sound_of(content: bytes, font: Path, tmp_path: Path) -> Sound:
    source, out = tmp_path / "in.mid", tmp_path / "out.flac"
    source.write_bytes(content)
    said = render(str(source), str(out), soundfont=str(font), cache_dir=str(tmp_path / "cache"))
    assert said["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    audio, rate = soundfile.read(out, always_2d=True)
    assert rate == said["sample_rate"] == SAMPLE_RATE == 44_100
    assert audio.shape == (said["n_samples"], 2)
    assert said["duration_s"] == len(audio) / rate
    found: Sound = audio
    return found


def strongest_hz(audio: Sound) -> float:
    spectrum = np.abs(np.fft.rfft(audio[:, 0] * np.hanning(len(audio))))
    return float(np.argmax(spectrum) * SAMPLE_RATE / len(audio))


@pytest.mark.parametrize("pitch", [57, 69, 76, 81])
def test_a_note_sounds_at_its_pitch(pitch: int, sine: Path, tmp_path: Path) -> None:
    audio = sound_of(midi([Note(0, 96, pitch)]), sine, tmp_path)
    middle = audio[SAMPLE_RATE : 3 * SAMPLE_RATE]
    assert strongest_hz(middle) == pytest.approx(440 * 2 ** ((pitch - 69) / 12), rel=0.002)


def test_a_note_sounds_when_it_should_and_not_before(sine: Path, tmp_path: Path) -> None:
    audio = np.abs(sound_of(midi([Note(48, 48, 69)]), sine, tmp_path)[:, 0])
    assert audio[: round(1.95 * SAMPLE_RATE)].max() < 0.003
    assert audio[round(2.1 * SAMPLE_RATE) : round(3.5 * SAMPLE_RATE)].max() > 0.05


@pytest.mark.parametrize("seconds", [3.0, 12.0, 50.0])
def test_the_recording_lasts_as_the_notes_and_their_ringing(
    seconds: float, sine: Path, tmp_path: Path
) -> None:
    audio = sound_of(midi([Note(0, round(24 * seconds), 69)], seconds=seconds), sine, tmp_path)
    tail_s = len(audio) / SAMPLE_RATE - seconds
    assert tail_s == pytest.approx(min(2.0, max(0.4, 0.05 * seconds)), abs=0.002)


def test_the_recording_ends_in_silence_without_a_click(sine: Path, tmp_path: Path) -> None:
    audio = sound_of(midi([Note(0, 96, 69)]), sine, tmp_path)
    assert np.abs(audio[-20:]).max() < 0.001
    assert np.abs(np.diff(audio, axis=0)).max() < 0.2  # a sine of 440 Hz moves by 0.06 a sample


def test_a_piece_comes_out_at_minus_sixteen_lufs_below_minus_one_dbtp(tmp_path: Path) -> None:
    score = score_of("happy piano, 4/4, 12 s")
    audio = sound_of(score.midi_bytes(), SF3, tmp_path)
    meter = Meter(SAMPLE_RATE, 2)
    meter.add(np.ascontiguousarray(audio.T, dtype=np.float32))
    lufs, peak = meter.integrated_lufs(), meter.true_peak_dbtp()
    assert lufs is not None
    assert peak is not None
    assert lufs == pytest.approx(-16, abs=1.0)
    assert peak <= -1.0


def test_a_piece_has_no_hole_no_click_and_no_clipping(tmp_path: Path) -> None:
    score = score_of("rock in E minor with drums, 15 s")
    audio = sound_of(score.midi_bytes(), SF3, tmp_path)
    blocks = audio[: len(audio) // 4_410 * 4_410, 0].reshape(-1, 4_410)
    energy = np.sqrt((blocks**2).mean(axis=1))
    n_tail = 12  # tenths of a second that fade
    assert energy[1:-n_tail].min() > 0.003
    assert np.abs(audio).max() < 1.0
    assert np.isfinite(audio).all()


def test_drums_sound_from_the_kit(tmp_path: Path) -> None:
    kit = sound_of(
        midi([Note(24 * at, 6, 38, 110) for at in range(4)], channel=9, program=0), SF3, tmp_path
    )
    spectrum = np.abs(np.fft.rfft(kit[:SAMPLE_RATE, 0]))
    hz = np.fft.rfftfreq(SAMPLE_RATE, 1 / SAMPLE_RATE)
    share = spectrum[hz > 2_000].sum() / spectrum.sum()
    assert share > 0.3  # a snare is noise: no pitched program would be so bright


def test_the_same_files_give_the_same_samples(tmp_path: Path) -> None:
    content = score_of("waltz, 8 s").midi_bytes()
    first = sound_of(content, SF3, tmp_path)
    assert np.array_equal(first, sound_of(content, SF3, tmp_path))


def test_a_piece_is_stereo_with_its_sides_in_balance(tmp_path: Path) -> None:
    audio = sound_of(score_of("violin, cello and piano, 12 s").midi_bytes(), SF3, tmp_path)
    left, right = (np.sqrt((side**2).mean()) for side in audio.T)
    assert abs(20 * np.log10(left / right)) < 3
    assert not np.array_equal(audio[:, 0], audio[:, 1])


def test_progress_goes_from_nothing_to_all(sine: Path, tmp_path: Path) -> None:
    told: list[float] = []
    source = tmp_path / "in.mid"
    source.write_bytes(midi([Note(0, 96, 69)]))
    render(
        str(source),
        str(tmp_path / "o.flac"),
        soundfont=str(sine),
        cache_dir=str(tmp_path),
        progress=told.append,
    )
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_what_is_no_midi_or_no_soundfont_is_refused(sine: Path, tmp_path: Path) -> None:
    source, out, cache = tmp_path / "in.mid", str(tmp_path / "o.flac"), str(tmp_path / "c")
    source.write_bytes(b"not a MIDI file at all")
    with pytest.raises(BadValue):
        render(str(source), out, soundfont=str(sine), cache_dir=cache)
    source.write_bytes(midi([Note(0, 96, 69)]))
    bad = tmp_path / "bad.sf2"
    bad.write_bytes(b"RIFF\x04\x00\x00\x00WAVE")
    with pytest.raises(BadValue):
        render(str(source), out, soundfont=str(bad), cache_dir=cache)
    assert not Path(out).exists()


def test_a_piece_without_notes_is_silence_of_its_length(sine: Path, tmp_path: Path) -> None:
    audio = sound_of(midi([], seconds=3.0), sine, tmp_path)
    assert len(audio) == round(3.4 * SAMPLE_RATE)
    assert not audio.any()


def test_libfluidsynth_stands_in_where_it_is_installed_and_says_so_where_not(
    sine: Path, tmp_path: Path
) -> None:
    content = midi([Note(0, 96, 69)])
    if fluidsynth.library() is None:
        with pytest.raises(TryLater):
            fluidsynth.play(content, sine, sample_rate=SAMPLE_RATE)
        return
    audio = fluidsynth.play(content, sine, sample_rate=SAMPLE_RATE)
    assert audio.dtype == np.float32
    assert audio.shape[0] == 2
    assert audio.shape[1] >= 4 * SAMPLE_RATE - 8_192
    middle = audio[:, SAMPLE_RATE : 3 * SAMPLE_RATE].T.astype(np.float64)
    assert strongest_hz(middle) == pytest.approx(440, rel=0.002)
