"""Whole pieces, as an independent reader hears them in the MIDI: what was asked is what sounds."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from songloom.core.query.prompt import parse
from songloom.core.query.prompt_request import METRES, MODES, Request
from songloom.core.score import compose
from songloom.core.score.arrangement import cast
from songloom.core.score.neural.runtime import UniformModel
from songloom.core.score.scales import SCALES
from songloom.core.score.tune import Melodist
from tests.core.score.midi_reader import HeardFile, HeardNote, read
from tests.core.score.pieces import heard, model, score_of

# Krumhansl and Kessler's probe-tone ratings (1982), the usual yardstick for a heard key.
KESSLER = {
    "major": [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
    "minor": [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
}
PROMPTS = (
    "generate a happy piano piece, 30 s",
    "slow waltz in D minor, violin and piano, 30 s, no drums",
    "jig in G major, 20 s",
    "rock in E minor with drums, 25 s, 140 bpm",
    "jazz in F major, 30 s",
    "lullaby for music box in C major, 20 s",
    "march in Bb major, brass, 25 s",
    "ambient, 40 s",
    "欢快的中国风小曲，笛子和古筝，D 宫调式，24 秒",
    "tango in A minor, 30 s",
    "symphony in C minor, 60 s",
    "chiptune, 15 s, 150 bpm",
    "string quartet in G major, 4/4, 30 s",
    "5/4, piano, 100 bpm, 20 s",
    "7/8, flute and guitar, 20 s",
)


def heard_key(notes: list[HeardNote]) -> tuple[int, str]:
    weight = np.zeros(12)
    for note in notes:
        weight[note.pitch % 12] += note.length
    keys = [(key, mode) for mode in KESSLER for key in range(12)]
    return max(keys, key=lambda k: float(np.corrcoef(np.roll(KESSLER[k[1]], k[0]), weight)[0, 1]))


def overlapping(a: HeardNote, b: HeardNote) -> bool:
    return a.onset < b.onset + b.length - 1e-6 and b.onset < a.onset + a.length - 1e-6


# --- laws that hold for every piece -------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_first_named_track_is_the_melody_one_note_at_a_time(prompt: str, seed: int) -> None:
    piece = heard(prompt, seed)
    assert [track.name for track in piece.tracks][1] == "melody"
    tune = piece.track("melody").notes
    assert len(tune) >= 8
    for before, after in pairwise(tune):
        assert before.onset + before.length <= after.onset + 1e-6


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_nothing_sounds_above_the_melody(prompt: str, seed: int) -> None:
    piece = heard(prompt, seed)
    tune = piece.track("melody").notes
    for track in piece.tracks[2:]:
        if track.name == "drums":
            continue
        for note in track.notes:
            assert all(other.pitch >= note.pitch for other in tune if overlapping(note, other)), (
                track.name
            )


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_no_bar_is_silent(prompt: str, seed: int) -> None:
    piece = heard(prompt, seed)
    end = max(note.onset + note.length for note in piece.notes)
    for bar in range(int(end / piece.bar)):
        first, last = bar * piece.bar, (bar + 1) * piece.bar
        assert any(n.onset < last and n.onset + n.length > first for n in piece.melodic), bar


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_no_two_neighbouring_bars_of_the_tune_stand_still_on_one_pitch(
    prompt: str, seed: int
) -> None:
    piece = heard(prompt, seed)
    tune = piece.track("melody").notes
    end = max(note.onset + note.length for note in tune)
    still = 0
    for bar in range(int(end / piece.bar) - 1):
        own = {n.pitch for n in tune if bar * piece.bar <= n.onset < (bar + 1) * piece.bar}
        still = still + 1 if len(own) == 1 else 0
        assert still < 3, bar


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_tune_moves_mostly_by_step_within_two_octaves(prompt: str, seed: int) -> None:
    tune = heard(prompt, seed).track("melody").notes
    leaps = [abs(a.pitch - b.pitch) for a, b in pairwise(tune)]
    assert sum(leap <= 4 for leap in leaps) >= 0.5 * len(leaps)
    assert max(leaps) <= 19
    assert max(n.pitch for n in tune) - min(n.pitch for n in tune) <= 24


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_last_notes_are_long_and_end_together_at_the_end(prompt: str, seed: int) -> None:
    piece = heard(prompt, seed)
    end = max(note.onset + note.length for note in piece.melodic)
    for track in piece.tracks[1:]:
        if track.name == "drums" or track.name.startswith("rhythm"):
            continue
        last = track.notes[-1]
        assert last.onset + last.length == pytest.approx(end), track.name
    final = piece.track("melody").notes[-1]
    assert final.length * 60 / piece.quarter_bpm >= 0.5  # seconds


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_tune_ends_on_the_tonic_over_the_tonic_in_the_bass(prompt: str, seed: int) -> None:
    score, piece = score_of(prompt, seed), heard(prompt, seed)
    assert piece.track("melody").notes[-1].pitch % 12 == score.choices.key
    basses = [track for track in piece.tracks if track.name == "bass"]
    for track in basses:
        assert track.notes[-1].pitch % 12 == score.choices.key


@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_head_of_the_file_says_what_was_chosen(prompt: str) -> None:
    score, piece = score_of(prompt), heard(prompt)
    choices = score.document()
    assert f"{piece.metre[0]}/{piece.metre[1]}" == choices["metre"]
    assert piece.beat_bpm == pytest.approx(choices["bpm"], rel=1e-4)
    assert piece.seconds == pytest.approx(choices["seconds"], abs=0.01)
    tonic = (piece.sharps * 7 + (9 if piece.is_minor else 0)) % 12
    assert tonic == choices["key"]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_every_part_has_a_channel_of_its_own_and_drums_have_the_tenth(prompt: str) -> None:
    piece = heard(prompt)
    channels = [next(iter({note.channel for note in track.notes})) for track in piece.tracks[1:]]
    assert len(set(channels)) == len(channels)
    for track in piece.tracks[1:]:
        assert ({note.channel for note in track.notes} == {9}) == (track.name == "drums")


# --- what was asked is what is measured ---------------------------------------------------

REAL_KEYS = [(key, mode) for mode in ("major", "minor") for key in range(12)]


@pytest.mark.parametrize(("key", "mode"), REAL_KEYS)
def test_every_key_is_heard_as_it_was_asked_for(key: int, mode: str) -> None:
    """By the profile alone, in each of three metres and ensembles."""
    for seed, (metre, instruments) in enumerate(
        [("4/4", (0,)), ("3/4", (40, 0)), ("6/8", (73, 24))]
    ):
        request = Request(key=key, mode=mode, metre=metre, instruments=instruments, seconds=30.0)
        piece = read(compose(request, seed, model()).midi_bytes())
        assert heard_key(piece.melodic) == (key, mode)


@pytest.mark.parametrize("mode", MODES)
def test_tunes_keep_to_the_tones_of_their_mode(mode: str) -> None:
    request = Request(key=2, mode=mode, seconds=30.0, instruments=(0,))
    piece = read(compose(request, 3, model()).midi_bytes())
    scale = {(tone + 2) % 12 for tone in SCALES[mode]}
    inside = sum(n.length for n in piece.track("melody").notes if n.pitch % 12 in scale)
    total = sum(n.length for n in piece.track("melody").notes)
    assert inside >= 0.85 * total  # a dominant may bend a tone or two


@pytest.mark.parametrize("metre", METRES)
@pytest.mark.parametrize("bpm", [50, 97, 160])
def test_metre_tempo_and_length_are_measured_as_asked(metre: str, bpm: int) -> None:
    request = Request(metre=metre, bpm=float(bpm), seconds=25.0)
    piece = read(compose(request, 5, model()).midi_bytes())
    assert f"{piece.metre[0]}/{piece.metre[1]}" == metre
    assert piece.beat_bpm == pytest.approx(bpm, rel=0.001)
    assert piece.seconds == pytest.approx(25, rel=0.05)


@pytest.mark.parametrize("seconds", [5, 8, 13, 21, 34, 55, 90, 144, 300])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_lengths_from_seconds_to_minutes(seconds: int, seed: int) -> None:
    piece = read(compose(Request(seconds=float(seconds)), seed, model()).midi_bytes())
    assert piece.seconds == pytest.approx(seconds, rel=0.05)


def test_onsets_of_the_accompaniment_show_the_metre() -> None:
    """In a waltz chords fall on two and three, basses on one: counted, not declared."""
    waltz = heard("waltz in C major, piano, 30 s, 120 bpm")
    places = Counter(round(n.onset % 3, 3) for n in waltz.track("chords").notes if n.onset < 24)
    assert places[1.0] > 0
    assert places[2.0] > 0
    assert sum(n.onset % 3 == 0 for n in waltz.track("bass").notes) == len(
        waltz.track("bass").notes
    )


@pytest.mark.parametrize(
    ("prompt", "programs"),
    [
        ("piano", {0}),
        ("violin and piano", {40, 0}),
        ("flute", {73}),
        ("erhu and guzheng", {40, 107}),
        ("cello", {42}),
        ("bass guitar", {33}),
        ("piano, bass and saxophone", {0, 33, 65}),
        ("string quartet", {40, 41, 42}),
        ("trumpet, trombone and tuba", {56, 57, 58}),
        ("choir and organ", {52, 19}),
        (
            "violin, viola, cello, flute, oboe, clarinet, horn, harp",
            {40, 41, 42, 73, 68, 71, 60, 46},
        ),
        ("woodblock and piano", {115, 0}),
        ("piccolo", {72}),
        ("timpani", {47}),
        ("music box", {10}),
        ("two violins and strings", {40, 48}),
    ],
)
def test_exactly_the_named_instruments_sound(prompt: str, programs: set[int]) -> None:
    for seed in (1, 2):
        piece = heard(f"{prompt}, 30 s", seed)
        assert piece.programs == programs
        assert not piece.has_drums


@pytest.mark.parametrize("seed", range(6))
def test_excluded_instruments_never_sound(seed: int) -> None:
    piece = heard("no piano, no strings, no guitar, 15 s", seed)
    assert not piece.programs & {*range(6), *range(24, 32), *range(40, 46), *range(48, 52)}


@pytest.mark.parametrize("style", ["rock", "jazz", "waltz", "lullaby", "ambient"])
def test_drums_sound_if_and_only_if_they_were_asked_for(style: str) -> None:
    assert heard(f"{style} with drums, 15 s").has_drums
    assert not heard(f"{style} without drums, 15 s").has_drums


@pytest.mark.parametrize("chords", ["Am F C G", "C G Am F", "Dm G7 Cmaj7 A7", "F#m D A E/G#"])
def test_given_chords_are_kept_exactly(chords: str) -> None:
    """In every bar the harmony holds tones of its chord alone, and the bass its lowest."""
    from songloom.core.score.chords import read_chord

    piece = heard(f"{chords}, 4/4, 120 bpm, piano, 34 s")
    names = chords.split()
    end = max(note.onset + note.length for note in piece.notes)
    for bar in range(int(end / 4)):
        chord = read_chord(names[bar % len(names)])
        own = [n for n in piece.track("chords").notes if bar * 4 <= n.onset < bar * 4 + 4]
        assert own
        assert {n.pitch % 12 for n in own} <= chord.pitch_classes
        first = next(n for n in piece.track("bass").notes if n.onset >= bar * 4)
        assert first.pitch % 12 == chord.bass


@pytest.mark.parametrize("form", ["AABA", "ABACA", "AABB"])
def test_a_form_can_be_heard_in_what_returns(form: str) -> None:
    """Bars of a letter share most of their notes with its returns, few with another letter's."""
    score, piece = (
        score_of(f"{form} form, 4/4, piano, 120 bpm, 66 s"),
        heard(f"{form} form, 4/4, piano, 120 bpm, 66 s"),
    )
    sections = [s for s in score.layout.sections if s.kind == "body"]
    assert "".join(s.letter for s in sections) == form

    def line(first: int, n_bars: int) -> list[tuple[float, int]]:
        start = first * piece.bar
        return [
            (n.onset - start, n.pitch)
            for n in piece.track("melody").notes
            if start <= n.onset < start + n_bars * piece.bar
        ]

    def likeness(a: int, b: int) -> float:
        n = min(sections[a].n_bars, sections[b].n_bars) - 1  # cadences may differ
        one, other = (set(line(sections[i].first_bar, n)) for i in (a, b))
        return len(one & other) / max(1, min(len(one), len(other)))

    for a in range(len(form)):
        for b in range(a):
            if form[a] == form[b]:
                assert likeness(a, b) > 0.6
            else:
                assert likeness(a, b) < 0.6


# --- mood, repeatability, models ----------------------------------------------------------


def loudness(piece: HeardFile) -> float:
    return sum(n.velocity for n in piece.melodic) / len(piece.melodic)


def test_mood_is_heard_in_mode_loudness_and_pace() -> None:
    wild = [heard("energetic piano, 20 s", seed) for seed in range(5)]
    still = [heard("calm piano, 20 s", seed) for seed in range(5)]
    assert min(map(loudness, wild)) > max(map(loudness, still))
    assert np.mean([p.beat_bpm for p in wild]) > 1.3 * np.mean([p.beat_bpm for p in still])
    sad = [heard("sad piano, 20 s", seed).is_minor for seed in range(12)]
    glad = [heard("happy piano, 20 s", seed).is_minor for seed in range(12)]
    assert sum(sad) > 8
    assert sum(glad) < 4


@pytest.mark.parametrize("prompt", PROMPTS[:6])
def test_the_same_request_seed_and_model_give_the_same_bytes(prompt: str) -> None:
    first = compose(parse(prompt), 11, model()).midi_bytes("x")
    again = compose(parse(prompt), 11, model()).midi_bytes("x")
    other = compose(parse(prompt), 12, model()).midi_bytes("x")
    assert first == again
    assert first != other


def test_another_process_writes_the_same_bytes() -> None:
    script = (
        "import hashlib\n"
        "from tests.core.score.pieces import score_of\n"
        "for prompt in ('慢华尔兹，钢琴和小提琴，20秒', 'rock with drums, 20 s'):\n"
        "    print(hashlib.sha256(score_of(prompt, 4).midi_bytes('题')).hexdigest())"
    )
    said = subprocess.check_output([sys.executable, "-c", script], text=True).split()
    here = [
        hashlib.sha256(score_of(prompt, 4).midi_bytes("题")).hexdigest()
        for prompt in ("慢华尔兹，钢琴和小提琴，20秒", "rock with drums, 20 s")
    ]
    assert said == here


def test_composing_can_be_ended_between_its_attempts() -> None:
    class Ended(Exception):
        pass

    def end() -> None:
        raise Ended

    with pytest.raises(Ended):
        compose(parse("piano"), 1, model(), pause=end)


def test_a_deleted_wish_leaves_the_other_choices_of_the_piece_as_they_were() -> None:
    whole = score_of("3/4, in E minor, piano, 30 s", 9).document()
    without_key = score_of("3/4, piano, 30 s", 9).document()
    without_metre = score_of("in E minor, piano, 30 s", 9).document()
    for name in ("metre", "programs", "drums", "form", "style"):
        assert whole[name] == without_key[name]
    for name in ("key", "mode", "programs", "drums", "form", "style"):
        assert whole[name] == without_metre[name]


def test_with_a_model_that_knows_nothing_the_piece_is_still_what_was_asked() -> None:
    request = parse("D minor, 3/4, 90 bpm, violin and piano, 20 s")
    piece = read(compose(request, 1, UniformModel()).midi_bytes())
    assert piece.metre == (3, 4)
    assert piece.programs == {40, 0}
    assert piece.seconds == pytest.approx(20, rel=0.05)
    assert heard_key(piece.melodic)[0] == 2


def test_the_trained_model_writes_smoother_tunes_than_chance() -> None:
    def roughness(which: Melodist) -> float:
        found = []
        for seed in range(6):
            score = compose(
                Request(key=0, mode="major", metre="4/4", seconds=30.0, instruments=(0,)),
                seed,
                which,
            )
            pitches = [n.pitch for n in score.parts[0].notes]
            found += [abs(a - b) for a, b in pairwise(pitches)]
        return float(np.mean(found))

    assert roughness(model()) < 0.8 * roughness(UniformModel())


def test_the_document_is_json_and_names_chords_sections_and_parts() -> None:
    import json

    score = score_of("jazz in F major, 30 s")
    document = json.loads(json.dumps(score.document()))
    assert len(document["chords"]) == document["n_bars"] == score.layout.n_bars
    assert document["parts"][0] == {"name": "melody", "program": score.choices.programs[0]}
    assert sum(section["n_bars"] for section in document["sections"]) == document["n_bars"]


def test_energies_are_one_number_a_bar_between_nothing_and_the_loudest() -> None:
    score = score_of("rock in E minor with drums, 25 s, 140 bpm")
    energies = score.energies()
    assert len(energies) == score.layout.n_bars
    assert max(energies) == 1.0
    assert min(energies) > 0.0


# --- casting ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("programs", "tune", "chords", "bass"),
    [
        ((0,), 0, 0, 0),
        ((40, 0), 40, 0, 0),
        ((65, 0, 32), 65, 0, 32),
        ((73,), 73, None, None),
        ((42,), 42, None, 42),
        ((40, 42), 40, None, 42),
        ((73, 24), 73, 24, 24),
        ((81, 89, 38), 81, 89, 38),
        ((56, 61, 58), 56, 61, 58),
    ],
)
def test_who_plays_what(
    programs: tuple[int, ...], tune: int, chords: int | None, bass: int | None
) -> None:
    found = cast(programs)
    assert (found.tune, found.chords, found.bass) == (tune, chords, bass)


def test_in_an_ensemble_nobody_is_left_without_a_part() -> None:
    programs = (40, 0, 42, 73, 48, 60, 115, 32, 24)
    found = cast(programs)
    playing = {found.tune, found.chords, found.bass, *found.counters, *found.pads, *found.struck}
    assert set(programs) <= playing
