"""Chords: names as people write them, the tones in them, and the triads of a mode."""

from __future__ import annotations

import re
from dataclasses import dataclass

from songloom.core.score.scales import SCALES, harmony_scale, is_minor, note_name

QUALITIES: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7), "m": (0, 3, 7), "min": (0, 3, 7), "7": (0, 4, 7, 10), "m7": (0, 3, 7, 10),
    "min7": (0, 3, 7, 10), "maj7": (0, 4, 7, 11), "maj9": (0, 4, 7, 11, 14), "M7": (0, 4, 7, 11),
    "maj": (0, 4, 7), "mM7": (0, 3, 7, 11), "dim": (0, 3, 6), "°": (0, 3, 6), "o": (0, 3, 6),
    "dim7": (0, 3, 6, 9), "m7b5": (0, 3, 6, 10), "aug": (0, 4, 8), "+": (0, 4, 8),
    "sus2": (0, 2, 7), "sus4": (0, 5, 7), "sus": (0, 5, 7), "7sus4": (0, 5, 7, 10),
    "add9": (0, 4, 7, 14), "6": (0, 4, 7, 9), "m6": (0, 3, 7, 9), "9": (0, 4, 7, 10, 14),
    "m9": (0, 3, 7, 10, 14), "m11": (0, 3, 7, 10, 14, 17), "7b9": (0, 4, 7, 10, 13),
}  # fmt: skip
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SIGNS = {"#": 1, "b": -1, "": 0, None: 0}
ROMAN_DEGREES = {"i": 0, "ii": 1, "iii": 2, "iv": 3, "v": 4, "vi": 5, "vii": 6}
NAME = re.compile(r"([A-G])(#|b)?([^/]*)(?:/([A-G])(#|b)?)?")
ROMAN = re.compile(r"(b|#)?(VII|VI|IV|III|II|I|V|vii|vi|iv|iii|ii|i|v)(maj7|7|°|o)?")


@dataclass(frozen=True)
class Chord:
    """A chord: root and bass as pitch classes, intervals above the root in semitones."""

    name: str
    root: int
    intervals: tuple[int, ...]
    bass: int

    @property
    def pitch_classes(self) -> frozenset[int]:
        """Its tones, without octave or order."""
        return frozenset((self.root + interval) % 12 for interval in self.intervals)

    @property
    def fifth(self) -> int:
        """Pitch class of its fifth (diminished and augmented ones keep theirs)."""
        return (self.root + self.intervals[2]) % 12


def read_chord(name: str, *, key: int = 0, mode: str = "major") -> Chord:
    """`"Am"`, `"F#m7b5"`, `"C/G"`, or a degree of the key, `"vi"`; else ValueError."""
    roman = ROMAN.fullmatch(name)
    if roman:
        return _read_roman(roman, key, mode)
    match = NAME.fullmatch(name)
    if match is None or match[3] not in QUALITIES:
        raise ValueError(f"no chord is called {name!r}")
    root = (LETTERS[match[1]] + SIGNS[match[2]]) % 12
    bass = (LETTERS[match[4]] + SIGNS[match[5]]) % 12 if match[4] else root
    return Chord(name, root, QUALITIES[match[3]], bass)


def _read_roman(match: re.Match[str], key: int, mode: str) -> Chord:
    degree = ROMAN_DEGREES[match[2].lower()]
    scale = SCALES["major"] if match[1] else harmony_scale(mode)  # bVII is 10 in either mode
    root = (key + scale[degree] + SIGNS[match[1]]) % 12
    small = match[2].islower()
    quality = {"°": "dim", "o": "dim", "7": "m7" if small else "7", "maj7": "maj7"}.get(
        match[3] or "", "m" if small else ""
    )
    return Chord(note_name(root, key, mode) + quality, root, QUALITIES[quality], root)


def triads(mode: str, key: int = 0) -> tuple[Chord, ...]:
    """The seven triads of a mode on this tonic, in order of degree; minor is natural minor."""
    scale = harmony_scale(mode)
    found = []
    for degree in range(7):
        root = scale[degree]
        third = (scale[(degree + 2) % 7] - root) % 12
        fifth = (scale[(degree + 4) % 7] - root) % 12
        quality = {(4, 7): "", (3, 7): "m", (3, 6): "dim", (4, 8): "aug", (4, 6): "dim"}[
            third, fifth
        ]
        name = note_name(root + key, key, mode) + quality
        found.append(Chord(name, (root + key) % 12, QUALITIES[quality], (root + key) % 12))
    return tuple(found)


def dominant_seventh(mode: str, key: int = 0) -> Chord:
    """The chord that leads home: V7, or bVII in modes without a leading tone."""
    if mode in ("major", "minor", "lydian", "gong", "yu"):
        root = (key + 7) % 12
        return Chord(note_name(root, key, mode) + "7", root, QUALITIES["7"], root)
    root = (key + 10) % 12
    small = mode in ("phrygian", "locrian")
    name = note_name(root, key, mode) + ("m" if small else "")
    return Chord(name, root, QUALITIES["m" if small else ""], root)


def major_dominant(key: int, mode: str) -> Chord:
    """The triad on the fifth with its leading tone: E in A minor."""
    root = (key + 7) % 12
    return Chord(note_name(root, key, mode), root, QUALITIES[""], root)


def tonic(mode: str, key: int = 0) -> Chord:
    """The chord of rest."""
    root = key % 12
    quality = "m" if is_minor(mode) else ""
    return Chord(note_name(root, key, mode) + quality, root, QUALITIES[quality], root)


def fitting_key(chords: tuple[Chord, ...]) -> tuple[int, str]:
    """The major or minor key that holds most of these chords' tones and starts or ends at home."""

    def fit(key: int, mode: str) -> float:
        scale = {(tone + key) % 12 for tone in harmony_scale(mode)}
        if mode == "minor":
            scale.add((key + 11) % 12)
        inside = sum(
            len(chord.pitch_classes & scale) / len(chord.pitch_classes) for chord in chords
        )
        home = tonic(mode, key).pitch_classes
        at_home = [home <= chord.pitch_classes for chord in chords]
        return inside + 0.6 * at_home[0] + 0.4 * at_home[-1] + 0.2 * any(at_home)

    keys = [(key, mode) for mode in ("major", "minor") for key in range(12)]
    return max(keys, key=lambda found: fit(*found))
