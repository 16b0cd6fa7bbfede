"""Modes and scales: which pitch classes belong, and what a melody model may lend."""

from __future__ import annotations

SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
    "gong": (0, 2, 4, 7, 9),  # 宫
    "shang": (0, 2, 5, 7, 10),  # 商
    "jue": (0, 3, 5, 8, 10),  # 角
    "zhi": (0, 2, 5, 7, 9),  # 徵
    "yu": (0, 3, 5, 7, 10),  # 羽
}
HARMONY_OF = {
    "gong": "major",
    "shang": "dorian",
    "jue": "minor",
    "zhi": "mixolydian",
    "yu": "minor",
}
"""Five-tone modes are harmonised from the seven tones around them."""

LENT_BY = {
    "lydian": "major", "phrygian": "minor", "locrian": "minor",
    "gong": "major", "shang": "dorian", "jue": "minor", "zhi": "mixolydian", "yu": "minor",
}  # fmt: skip
"""The mode that a melody is asked for where the model has not learnt this one."""

MINOR_MODES = frozenset({"minor", "dorian", "phrygian", "locrian", "shang", "jue", "yu"})
SHARP_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLAT_NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
MAJOR_SIGNATURE = (0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5)  # sharps (+) or flats (−) of C, Db, D …


def is_minor(mode: str) -> bool:
    """Whether its third, or what is heard as one, is small."""
    return mode in MINOR_MODES


def harmony_scale(mode: str) -> tuple[int, ...]:
    """The seven tones that chords are built from."""
    return SCALES[HARMONY_OF.get(mode, mode)]


def signature(key: int, mode: str) -> int:
    """Sharps (+) or flats (−) of the major or minor key on this tonic."""
    return MAJOR_SIGNATURE[(key + 3) % 12 if is_minor(mode) else key % 12]


def note_name(pitch_class: int, key: int, mode: str) -> str:
    """`"Bb"` in F major, `"A#"` in B major."""
    names = FLAT_NAMES if signature(key, mode) < 0 else SHARP_NAMES
    return names[pitch_class % 12]


def snapped(pitch: int, pitch_classes: frozenset[int], *, towards: int | None = None) -> int:
    """The nearest pitch of the set; of two equally near the one on the side of `towards`."""
    for distance in range(7):
        below, above = pitch - distance, pitch + distance
        found = [p for p in (below, above) if p % 12 in pitch_classes]
        if found:
            if len(found) == 2 and towards is not None and towards < pitch:
                return below
            return found[-1]
    return pitch
