"""One thing changed in a written piece, while every other note stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from songloom.core.score.arrangement import Part, arranged
from songloom.core.score.choices import Choices
from songloom.core.score.chords import Chord, read_chord
from songloom.core.score.continuation import continued
from songloom.core.score.draws import pick, stream
from songloom.core.score.drums import BEATS
from songloom.core.score.dynamics import shaped
from songloom.core.score.harmony import fitted
from songloom.core.score.instruments import DRUM_CHANNEL, instrument
from songloom.core.score.notes import Note
from songloom.core.score.piece import Score
from songloom.core.score.splicing import Bars, above, once, one_line, playable, spliced, within
from songloom.core.score.tune import Melodist, varied, weave, with_cadences, write_material
from songloom.errors import BadValue

Change = Mapping[str, Any]
WIDEST_SHIFT = 24
MOST_CHANGES = 16
OTHER_PATTERNS = ("arpeggio", "block", "alberti", "picking", "pulse", "pad")


def revised(score: Score, changes: Sequence[Change], seed: int, model: Melodist) -> Score:
    """The piece with these changes, one after the other.

    Each is a mapping with `change`: `again` (write anew `part`, `bars`, or `section`; all where
    none is named, but not those `locked`), `vary` (`bars`), `mute` (`part`), `instrument` (`part`,
    `program`), `transpose` (`semitones`), `chord` (`bar`, `chord`), `variation` (of all),
    `continue` (`bars`, so many more). Bars and sections count from 1.
    Raises BadValue for what the piece does not have.
    """
    if not 1 <= len(changes) <= MOST_CHANGES:
        raise BadValue(f"{len(changes)} changes were asked; allowed are 1 to {MOST_CHANGES}")
    for number, change in enumerate(changes):
        kind = change.get("change")
        if kind not in CHANGES:
            raise BadValue(f"{str(kind)[:40]!r} is no change; allowed are {', '.join(CHANGES)}")
        score = CHANGES[kind](score, change, seed + 7919 * number, model)
    return score


class _Silence:
    """Writes nothing: enough to see whether a change can be made."""

    def compose(self, **order: object) -> list[Note]:
        return []


def tried(score: Score, changes: Sequence[Change]) -> Score:
    """The changes without new notes, quick; raises BadValue for what `revised` would refuse."""
    return revised(score, changes, 0, _Silence())


def _again(score: Score, change: Change, seed: int, model: Melodist) -> Score:
    """New notes for a part in some bars; without a part the tune first, then what goes with it."""
    bars = bars_of(score, change)
    wanted = _names(score, change)
    if "melody" in wanted:
        score = _with_tune(score, _new_tune(score, seed, model), bars, wanted)
    others = [name for name in wanted if name != "melody"]
    return _accompanied(score, others, bars, seed, _other_habits(score, seed)) if others else score


def _vary(score: Score, change: Change, seed: int, model: Melodist) -> Score:
    """The same tune with neighbour tones in its longer notes; the other parts as they are."""
    bars = bars_of(score, change)
    rng = stream(seed, "vary")
    turned = varied(_melody(score), score.choices, score.layout.metre, rng)
    return _with_tune(score, turned, bars, ("melody",))


def _mute(score: Score, change: Change, seed: int, model: Melodist) -> Score:
    (name,) = _names(score, change, is_needed=True)
    if len(score.parts) == 1:
        raise BadValue("the only part cannot be muted; nothing would sound", field="part")
    return replace(score, parts=tuple(part for part in score.parts if part.name != name))


def _swap(score: Score, change: Change, seed: int, model: Melodist) -> Score:
    """Another instrument for a part; notes beyond its range go to the nearest octave inside."""
    (name,) = _names(score, change, is_needed=True)
    program = _whole(change, "program", 0, 127)
    if name == "drums":
        raise BadValue("the drums have no instrument to be swapped", field="part")
    parts = (
        replace(part, program=program, notes=tuple(once(playable(part.notes, program))))
        if part.name == name
        else part
        for part in score.parts
    )
    return replace(score, parts=tuple(parts))


def _transpose(score: Score, change: Change, seed: int, model: Melodist) -> Score:
    """Everything but the drums higher or lower, the key and the chords with it."""
    by = _whole(change, "semitones", -WIDEST_SHIFT, WIDEST_SHIFT)
    parts = tuple(
        part if part.channel == DRUM_CHANNEL else replace(part, notes=tuple(_shifted(part, by)))
        for part in score.parts
    )
    choices = replace(score.choices, key=(score.choices.key + by) % 12)
    chords = tuple(_moved(chord, by, choices) for chord in score.chords)
    return replace(score, choices=choices, chords=chords, parts=parts)


def _rechord(score: Score, change: Change, seed: int, model: Melodist) -> Score:
    """Another chord in one bar: what accompanies follows it there, the tune stays."""
    bar = _whole(change, "bar", 1, score.layout.n_bars)
    try:
        chord = read_chord(
            str(change.get("chord", "")), key=score.choices.key, mode=score.choices.mode
        )
    except ValueError as wrong:
        raise BadValue(str(wrong), field="chord") from wrong
    chords = (*score.chords[: bar - 1], chord, *score.chords[bar:])
    others = [part.name for part in score.parts if part.name not in ("melody", "drums")]
    return _accompanied(replace(score, chords=chords), others, (bar, bar), seed, score.choices)


def _variation(score: Score, change: Change, seed: int, model: Melodist) -> Score:
    """The whole piece turned: the tune varied, another figure below it, the same harmony."""
    score = _vary(score, {}, seed, model)
    bars = (1, score.layout.n_bars)
    return _accompanied(score, ["chords"], bars, seed, _other_habits(score, seed))


def _continue(score: Score, change: Change, seed: int, model: Melodist) -> Score:
    n_bars = _whole(change, "bars", 2, 64) if "bars" in change else 8
    progression = tuple(change.get("progression") or ())
    return continued(score, n_bars, seed, model, progression=progression)


CHANGES: dict[str, Callable[[Score, Change, int, Melodist], Score]] = {
    "again": _again, "vary": _vary, "variation": _variation, "continue": _continue,
    "mute": _mute, "instrument": _swap, "transpose": _transpose, "chord": _rechord,
}  # fmt: skip


# --- which bars, which parts -------------------------------------------------------------------


def bars_of(score: Score, change: Change) -> Bars:
    """First and last bar that a change names by `bars` or `section`; else the whole piece."""
    n_bars = score.layout.n_bars
    if change.get("section") is not None:
        number = _whole(change, "section", 1, len(score.layout.sections))
        section = score.layout.sections[number - 1]
        return section.first_bar + 1, min(section.first_bar + section.n_bars, n_bars)
    if change.get("bars") is None:
        return 1, n_bars
    try:
        first, last = (int(bar) for bar in change["bars"])
    except (TypeError, ValueError) as wrong:
        raise BadValue("bars are two numbers, the first and the last", field="bars") from wrong
    if not 1 <= first <= last <= n_bars:
        raise BadValue(f"bars {first} to {last} were asked; there are 1 to {n_bars}", field="bars")
    return first, last


def _names(score: Score, change: Change, *, is_needed: bool = False) -> list[str]:
    names = [part.name for part in score.parts]
    wanted = change.get("part")
    if wanted is None and not is_needed:
        locked = change.get("locked") or []
        if not isinstance(locked, list):
            raise BadValue("locked is a list of parts", field="locked")
        found = [name for name in names if name not in locked]
        if not found:
            raise BadValue("every part is locked; there is nothing to be written", field="locked")
        return found
    if wanted not in names:
        raise BadValue(
            f"there is no part {str(wanted)[:40]!r}; there are {', '.join(names)}", field="part"
        )
    return [str(wanted)]


def _whole(change: Change, name: str, low: int, high: int) -> int:
    asked = change.get(name)
    if isinstance(asked, bool) or not isinstance(asked, int) or not low <= asked <= high:
        raise BadValue(
            f"{name}: {str(asked)[:40]!r} was asked; allowed are {low} to {high}", field=name
        )
    return asked


def _melody(score: Score) -> Sequence[Note]:
    return next((part.notes for part in score.parts if part.name == "melody"), ())


def _with_tune(score: Score, tune: Sequence[Note], bars: Bars, wanted: Sequence[str]) -> Score:
    """Another tune in these bars: in its player's range, above the parts that stay."""
    stay = [
        note
        for part in score.parts
        if part.name not in wanted and part.channel != DRUM_CHANNEL
        for note in part.notes
    ]
    program = next((part.program for part in score.parts if part.name == "melody"), 0)
    fresh = above(playable(tune, program), stay, instrument(program).highest)
    return _with_part(score, "melody", one_line(score, _melody(score), fresh, bars))


# --- new notes in old places -------------------------------------------------------------------


def _new_tune(score: Score, seed: int, model: Melodist) -> list[Note]:
    """Another tune over the chords that are there."""
    choices, layout = score.choices, score.layout
    tune = weave(write_material(choices, layout, model, seed, 0), layout, choices, seed)
    tune = with_cadences(fitted(tune, layout, score.chords, choices), layout, score.chords, choices)
    return shaped("melody", tune, layout, choices, stream(seed, "touch melody"))


def _other_habits(score: Score, seed: int) -> Choices:
    """The same choices with other accompaniments and another beat."""
    choices = score.choices
    others = [name for name in (*choices.patterns, *OTHER_PATTERNS) if name != choices.patterns[0]]
    first = pick(stream(seed, "another pattern"), others)
    beats = sorted(set(BEATS) - {choices.drums})
    drums = choices.drums and pick(stream(seed, "another beat"), beats)
    return replace(choices, patterns=(first, *choices.patterns), drums=drums)


def _accompanied(
    score: Score, names: Sequence[str], bars: Bars, seed: int, choices: Choices
) -> Score:
    """These parts anew in these bars, under the tune that is there."""
    chords: Sequence[Chord] = score.chords
    role = None if choices.role in ("backing", "melody") else choices.role
    new = arranged(replace(choices, role=role), score.layout, chords, _melody(score), seed)
    written = {part.name: part for part in new}
    for name in names:
        old = next((part for part in score.parts if part.name == name), None)
        if old is not None and name in written:
            fresh = written[name].notes
            if old.channel != DRUM_CHANNEL:
                fresh = tuple(playable(fresh, old.program))
            score = _with_part(score, name, spliced(score, old.notes, once(fresh), bars))
    return score


def _with_part(score: Score, name: str, notes: Iterable[Note]) -> Score:
    kept = tuple(notes)
    parts = [replace(part, notes=kept) if part.name == name else part for part in score.parts]
    return replace(score, parts=tuple(part for part in parts if part.notes))


def _shifted(part: Part, by: int) -> list[Note]:
    return [replace(note, pitch=within(note.pitch + by, 0, 127)) for note in part.notes]


def _moved(chord: Chord, by: int, choices: Choices) -> Chord:
    from songloom.core.score.scales import note_name

    root, bass = (chord.root + by) % 12, (chord.bass + by) % 12
    quality = chord.name.split("/")[0].lstrip("ABCDEFG").lstrip("#b") if chord.name else ""
    name = note_name(root, choices.key, choices.mode) + quality
    if bass != root:
        name += "/" + note_name(bass, choices.key, choices.mode)
    return Chord(name, root, chord.intervals, bass)
