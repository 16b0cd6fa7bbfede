"""From wishes to decisions: whatever a request leaves open is drawn from the seed.

Each decision has its own stream of chance and is narrowed only by wishes and by the decisions
named in its function, so that a wish for one thing does not move the others.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from songloom.core.query.prompt_request import FASTEST_BPM, SLOWEST_BPM, Mood, Request
from songloom.core.score.chords import Chord, fitting_key, read_chord
from songloom.core.score.draws import pick, stream
from songloom.core.score.instruments import instrument
from songloom.core.score.styles import Style, style_named

HOME_KEYS = (0, 7, 2, 9, 5, 10, 4, 3)  # C, G, D, A, F, Bb, E, Eb: where instruments speak well
LENGTHS_S = (40.0, 48.0, 56.0, 64.0)


@dataclass(frozen=True)
class Choices:
    """Everything decided before the first note.

    programs   tune first; each sounds in one part at least
    chords     a progression of names, one a bar; empty: the harmony follows the tune
    is_loop    whether the progression came with the style, not from the request
    bpm_asked  whether the tempo is a wish, or may give way to whole bars
    """

    key: int
    mode: str
    metre: str
    bpm: float
    bpm_asked: bool
    seconds: float
    programs: tuple[int, ...]
    drums: str | None
    valence: float
    energy: float
    style: str | None
    form: str | None
    chords: tuple[str, ...]
    is_loop: bool
    patterns: tuple[str, ...]
    role: str | None

    def document(self) -> dict[str, Any]:
        """As JSON, for the lineage."""
        return asdict(self)


def choose(request: Request, seed: int) -> Choices:
    """Decide what the request leaves open."""
    style = style_named(request.style)
    mood = request.mood or Mood(0.0, 0.0)
    asked = readable(request.chords or ())
    key, mode = _key_and_mode(request, seed, style, mood, asked)
    metre = request.metre or pick(stream(seed, "metre"), style.metres)
    chords = asked or _loop(seed, style, mode, metre)
    return Choices(
        key=key,
        mode=mode,
        metre=metre,
        bpm=request.bpm or _bpm(seed, style, mood),
        bpm_asked=request.bpm is not None,
        seconds=request.seconds or pick(stream(seed, "seconds"), LENGTHS_S),
        programs=_programs(request, seed, style),
        drums=_drums(request, style),
        valence=mood.valence,
        energy=mood.energy,
        style=request.style,
        form=request.form,
        chords=chords,
        is_loop=not asked and bool(chords),
        patterns=_patterns(seed, style, metre),
        role=request.role,
    )


def readable(chords: tuple[str, ...]) -> tuple[str, ...]:
    """The chords that have a meaning; a name that nobody knows is left out."""

    def is_known(name: str) -> bool:
        try:
            read_chord(name)
        except ValueError:
            return False
        return True

    return tuple(name for name in chords if is_known(name))


def _key_and_mode(
    request: Request, seed: int, style: Style, mood: Mood, chords: tuple[str, ...]
) -> tuple[int, str]:
    named: tuple[Chord, ...] = tuple(read_chord(name) for name in chords if name[0] in "ABCDEFG")
    if named and request.key is None:
        key, mode = fitting_key(named)
        return key, request.mode or mode
    key = request.key if request.key is not None else pick(stream(seed, "key"), HOME_KEYS)
    if request.mode:
        return key, request.mode
    if named:
        return key, "minor" if read_chord(named[0].name).intervals[1] == 3 else "major"
    if request.style == "chinese":
        return key, "gong" if mood.valence >= 0 else "yu"
    share = style.is_minor if request.mood is None else 0.5 - 1.2 * mood.valence
    return key, "minor" if stream(seed, "mode").random() < share else "major"


def _bpm(seed: int, style: Style, mood: Mood) -> float:
    slow, fast = style.bpm
    drawn = slow + (fast - slow) * float(stream(seed, "bpm").random())
    return float(min(max(round(drawn * 2 ** (0.35 * mood.energy)), SLOWEST_BPM), FASTEST_BPM))


def _programs(request: Request, seed: int, style: Style) -> tuple[int, ...]:
    """The instruments asked for, the best leader first; else a palette without what is excluded.

    A bass or a drum that is asked for accompanies a palette, unless it is to play alone.
    """
    excluded = set(request.excluded or ())
    asked = [program for program in request.instruments or () if program not in excluded]
    if asked and (request.role == "solo" or any(instrument(p).leads for p in asked)):
        lead = max(asked, key=lambda p: (instrument(p).leads, -asked.index(p)))
        return (lead, *(program for program in asked if program != lead))
    palette = _palette(excluded, seed, style)
    leaders = [program for program in palette if instrument(program).leads] if asked else palette
    return tuple(dict.fromkeys((*leaders, *asked)))


def _palette(excluded: set[int], seed: int, style: Style) -> tuple[int, ...]:
    """Programs that sound well together, first the tune's."""
    palettes = [p for p in style.palettes if not excluded & set(p)]
    palettes = palettes or [
        p
        for p in ((0, 0), (73, 46), (40, 24), (71, 21), (11, 12), (80, 90))
        if not excluded & set(p)
    ]
    if not palettes:
        allowed = [p for p in range(112) if p not in excluded and not instrument(p).is_struck]
        return (max(allowed, key=lambda p: instrument(p).leads),) if allowed else (0,)
    return tuple(palettes[int(stream(seed, "programs").integers(len(palettes)))])


def _drums(request: Request, style: Style) -> str | None:
    """The beat. With named instruments only on demand, else as the style has it."""
    if request.drums is False or (
        request.drums is None and (request.instruments or request.role == "solo")
    ):
        return None
    if request.drums:
        return style.drums or "pop"
    return style.drums


def _loop(seed: int, style: Style, mode: str, metre: str) -> tuple[str, ...]:
    """A progression of the style that starts in the piece's own mode."""
    if not style.loops or mode not in ("major", "minor"):
        return ()
    loops = [loop.split() for loop in style.loops]
    fitting = [loop for loop in loops if _is_minor_loop(loop) == (mode == "minor")]
    if not fitting:
        return ()
    return tuple(fitting[int(stream(seed, "chords").integers(len(fitting)))])


def _is_minor_loop(loop: list[str]) -> bool:
    """Whether its chord of rest is written small."""
    return any(chord.rstrip("7maj") == "i" for chord in loop)


def _patterns(seed: int, style: Style, metre: str) -> tuple[str, ...]:
    """Accompaniments in the order sections take them; a waltz stays one in any triple metre."""
    patterns = list(style.patterns)
    if style is style_named(None):
        patterns = {"3/4": ["waltz", "arpeggio"], "6/8": ["jig", "arpeggio"]}.get(metre, patterns)
    extra = [p for p in ("arpeggio", "block", "alberti") if p not in patterns]
    return (*patterns, extra[int(stream(seed, "patterns").integers(len(extra)))])
