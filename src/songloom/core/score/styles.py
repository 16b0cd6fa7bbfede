"""What a style brings along when nothing else was asked: tempo, instruments, patterns, drums."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """Habits of a style.

    bpm        slowest and fastest beat, before the mood is known
    metres     drawn from when none was asked
    palettes   programs: first the tune, then chords, bass, colour
    patterns   accompaniments (core/score/patterns.py) of the first and of contrasting sections
    drums      the beat (core/score/drums.py), or None
    loops      chord progressions in degrees; empty: the harmony follows the tune
    is_minor   share of pieces in minor when the mood does not say
    """

    bpm: tuple[float, float]
    metres: tuple[str, ...] = ("4/4", "4/4", "3/4")
    palettes: tuple[tuple[int, ...], ...] = ((0, 0), (73, 24), (40, 0))
    patterns: tuple[str, ...] = ("arpeggio", "block")
    drums: str | None = None
    loops: tuple[str, ...] = ()
    is_minor: float = 0.4


POP_LOOPS = ("I V vi IV", "I vi IV V", "vi IV I V", "I IV vi V")
FOUR, TRIPLE, SIX = ("4/4",), ("3/4",), ("6/8",)
PLAIN = Style((84, 116))
STYLES: dict[str, Style] = {
    "waltz": Style((112, 152), TRIPLE, ((40, 0), (0, 0), (71, 21), (73, 48)), ("waltz", "arpeggio")),
    "minuet": Style((104, 126), TRIPLE, ((73, 6), (40, 6), (6, 6)), ("block", "waltz")),
    "mazurka": Style((116, 144), TRIPLE, ((0, 0), (40, 0)), ("waltz", "block")),
    "jig": Style((104, 124), SIX, ((110, 25), (73, 25), (21, 25)), ("jig", "block"), is_minor=0.3),
    "barcarolle": Style((50, 63), SIX, ((0, 0), (68, 46)), ("arpeggio",)),
    "tarantella": Style((144, 164), SIX, ((40, 24), (72, 24)), ("jig",), is_minor=0.8),
    "reel": Style((100, 116), FOUR, ((110, 25), (73, 25), (105, 25)), ("boom_chuck", "block")),
    "hornpipe": Style((84, 104), FOUR, ((110, 25), (21, 25)), ("boom_chuck",)),
    "polka": Style((108, 128), ("2/4",), ((21, 24, 58), (71, 21, 58)), ("boom_chuck",), is_minor=0.1),
    "march": Style((108, 122), FOUR, ((56, 61, 58), (72, 61, 58)), ("boom_chuck", "block"), "march", is_minor=0.1),
    "tango": Style((108, 126), FOUR, ((23, 0, 43), (40, 0, 43)), ("tango", "block"), is_minor=0.9),
    "bossa": Style((112, 136), FOUR, ((73, 24, 32), (65, 24, 32)), ("bossa",), "bossa", is_minor=0.5),
    "samba": Style((92, 108), ("2/4",), ((73, 24, 32),), ("bossa",), "bossa", is_minor=0.3),
    "lullaby": Style((58, 76), ("3/4", "6/8", "4/4"), ((10, 46), (73, 46), (0, 0)), ("arpeggio", "block"), is_minor=0.2),
    "ballad": Style((62, 80), FOUR, ((0, 0), (0, 48), (65, 0, 32)), ("arpeggio", "block"), loops=POP_LOOPS),
    "folk": Style((84, 112), ("4/4", "3/4", "2/4"), ((73, 25), (40, 25), (22, 25)), ("picking", "boom_chuck")),
    "celtic": Style((88, 116), ("4/4", "6/8"), ((73, 46), (110, 25), (75, 46)), ("picking", "block")),
    "chinese": Style((66, 92), FOUR, ((73, 107), (40, 107), (73, 46)), ("arpeggio", "block")),
    "classical": Style((84, 120), ("4/4", "3/4", "2/4"), ((0, 0), (40, 0), (40, 48, 42)), ("alberti", "block")),
    "baroque": Style((80, 108), ("4/4", "3/4"), ((6, 6), (73, 6, 42), (40, 6, 42)), ("walking_block", "alberti")),
    "symphony": Style((88, 126), ("4/4", "3/4"), ((40, 48, 42, 60, 73), (73, 48, 42, 60)), ("pulse", "pad"), is_minor=0.5),
    "nocturne": Style((56, 72), ("4/4", "6/8", "12/8"), ((0, 0),), ("arpeggio",), is_minor=0.5),
    "etude": Style((112, 138), FOUR, ((0, 0),), ("alberti", "arpeggio")),
    "prelude": Style((72, 100), FOUR, ((0, 0), (6, 6)), ("arpeggio", "alberti")),
    "hymn": Style((72, 92), ("4/4", "3/4"), ((19, 19), (52, 19), (56, 19)), ("block",), is_minor=0.1),
    "pop": Style((96, 124), FOUR, ((0, 25, 33), (80, 4, 33), (27, 0, 33)), ("pulse", "block"), "pop", POP_LOOPS, 0.3),
    "rock": Style((112, 144), FOUR, ((29, 27, 33), (27, 18, 33)), ("pulse", "block"), "rock",
                  ("I bVII IV I", "I IV V IV", "i bVII bVI bVII", "I V IV IV"), 0.5),
    "metal": Style((136, 168), FOUR, ((30, 29, 34),), ("pulse",), "rock", ("i bVI bVII i", "i i bVI bVII"), 1.0),
    "punk": Style((160, 184), FOUR, ((29, 30, 34),), ("pulse",), "rock", ("I IV V V", "I V vi IV"), 0.1),
    "jazz": Style((112, 152), FOUR, ((65, 0, 32), (66, 0, 32), (11, 26, 32)), ("comp",), "swing",
                  ("ii7 V7 Imaj7 vi7", "Imaj7 vi7 ii7 V7"), 0.3),
    "swing": Style((132, 176), FOUR, ((71, 0, 32), (56, 0, 32)), ("comp",), "swing", ("I vi7 ii7 V7",), 0.2),
    "blues": Style((76, 112), FOUR, ((27, 0, 32), (22, 25, 32), (65, 0, 32)), ("comp", "block"), "swing",
                   ("I7 IV7 I7 I7 IV7 IV7 I7 I7 V7 IV7 I7 V7",), 0.2),
    "country": Style((96, 124), FOUR, ((110, 25, 33), (105, 25, 33), (22, 25, 33)), ("boom_chuck",), "pop",
                     ("I IV V I", "I V IV I"), 0.05),
    "reggae": Style((72, 88), FOUR, ((27, 16, 33), (57, 16, 33)), ("offbeat",), "reggae", POP_LOOPS, 0.3),
    "funk": Style((96, 112), FOUR, ((61, 28, 36), (65, 28, 36)), ("offbeat",), "funk", ("i7 IV7", "I7 IV7"), 0.7),
    "disco": Style((114, 126), FOUR, ((48, 4, 33), (80, 4, 33)), ("offbeat", "pulse"), "house", POP_LOOPS, 0.5),
    "electronic": Style((118, 134), FOUR, ((81, 89, 38), (80, 90, 38)), ("pulse", "pad"), "house", POP_LOOPS, 0.7),
    "chiptune": Style((120, 152), FOUR, ((80, 81, 38),), ("arpeggio", "pulse"), "pop", POP_LOOPS, 0.3),
    "ambient": Style((56, 76), FOUR, ((89, 91), (11, 89), (0, 89)), ("pad", "arpeggio"), is_minor=0.4),
    "newage": Style((62, 84), ("4/4", "3/4"), ((75, 89), (0, 89), (46, 89)), ("arpeggio", "pad")),
    "lofi": Style((70, 86), FOUR, ((4, 0, 32), (11, 4, 32)), ("block", "comp"), "lofi", ("ii7 V7 Imaj7 vi7",), 0.4),
    "hiphop": Style((82, 96), FOUR, ((4, 89, 38), (11, 4, 38)), ("block",), "lofi", ("i bVI bVII i", "vi IV I V"), 0.8),
    "latin": Style((104, 126), FOUR, ((56, 0, 32), (73, 0, 32)), ("bossa",), "bossa", ("i iv V7 i", "I IV V7 I"), 0.5),
    "ragtime": Style((84, 104), ("2/4", "4/4"), ((3, 3), (0, 0)), ("boom_chuck",), is_minor=0.0),
    "cinematic": Style((72, 108), ("4/4", "6/8"), ((40, 48, 42, 60), (60, 48, 43)), ("pulse", "pad"), is_minor=0.6,
                       loops=("i bVI bIII bVII", "I V vi IV", "vi IV I V")),
}  # fmt: skip


def style_named(name: str | None) -> Style:
    """The habits of a style; plain ones where it is unknown or none was asked."""
    return STYLES.get(name or "", PLAIN)
