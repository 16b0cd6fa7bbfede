"""ABC notation: a book of tunes in text, read into bars of notes.

Source: the ABC standard 2.1 (Chris Walshaw and others, 2011), as far as single-voice tune books
need it: headers, keys with modes, lengths, tuplets, broken rhythm, ties, repeats and endings.
Grace notes are skipped, a chord gives its top note, a second voice is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from songloom.core.score.tunes import Bar, Key, Tune
from songloom.errors import BadValue

LARGEST_BOOK_CHARACTERS = 4_000_000
NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
FIFTHS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}
MODES = {
    "maj": ("major", 0),
    "ion": ("major", 0),
    "lyd": ("lydian", 1),
    "mix": ("mixolydian", -1),
    "dor": ("dorian", -2),
    "min": ("minor", -3),
    "aeo": ("minor", -3),
    "phr": ("phrygian", -4),
    "loc": ("locrian", -5),
}
SHARPS = "FCGDAEB"
TOKEN = re.compile(
    r"""
    (?P<field>\[(?P<name>[A-Za-z]):(?P<value>[^\]]*)\])
  | (?P<text>"[^"]*"|![^!\n]*!|\{[^}]*\})
  | (?P<bar>(?P<line>\|\]|\[\|\]?|:*\|+[\]:|]*|::+)(?:\s*\[?(?P<passed>\d+(?:[,-]\d+)*))?)
  | (?P<ending>\[(?P<passes>\d+(?:[,-]\d+)*))
  | (?P<tuplet>\((?P<n_notes>\d+)(?P<ratio>:\d*(?::\d*)?)?)
  | (?P<chord>\[(?P<inside>[^\]|]*)\](?P<chord_length>[\d/]*))
  | (?P<note>(?P<sign>\^\^?|__?|=)?(?P<letter>[A-Ga-g])(?P<octave>[,']*)(?P<length>[\d/]*))
  | (?P<rest>(?P<kind>[zxZ])(?P<rest_length>[\d/]*))
  | (?P<tie>-)
  | (?P<broken>>+|<+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
CHORD_NOTE = re.compile(r"(\^\^?|__?|=)?([A-Ga-g])([,']*)([\d/]*)")
TUPLET_TIME = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}


def read_book(text: str) -> list[Tune]:
    """Every tune of an ABC book that has at least one note.

    Raises BadValue for a book above LARGEST_BOOK_CHARACTERS.
    """
    if len(text) > LARGEST_BOOK_CHARACTERS:
        raise BadValue(
            f"an ABC book of {len(text)} characters; the largest is {LARGEST_BOOK_CHARACTERS}"
        )
    parts = re.split(r"^(?=X:)", text.replace("\r\n", "\n").replace("\r", "\n"), flags=re.M)
    tunes = [_Reader(part).tune for part in parts if part.startswith("X:")]
    return [tune for tune in tunes if any(bar.notes for bar in tune.bars)]


def parse_key(text: str) -> Key:
    """A key field such as `G`, `Edor`, `F# Minor`, `Dmix =c` or `HP`."""
    if text.strip().upper().startswith("HP"):
        return Key(9, "mixolydian", {"F": 1, "C": 1})
    found = re.match(r"\s*([A-G])([#b]?)\s*([A-Za-z]*)", text)
    if not found:
        return Key()
    letter, sign, word = found.groups()
    shift = {"#": 1, "b": -1, "": 0}[sign]
    mode, offset = ("minor", -3) if word == "m" else MODES.get(word[:3].lower(), ("major", 0))
    fifths = FIFTHS[letter] + 7 * shift + offset
    names = SHARPS[:fifths] if fifths >= 0 else SHARPS[fifths:]
    signature = dict.fromkeys(names, 1 if fifths > 0 else -1)
    for extra, name in re.findall(r"(?<=[\sA-Za-z])(\^\^?|__?|=)([A-Ga-g])", text):
        signature[name.upper()] = _alteration(extra)
    return Key((NATURAL[letter] + shift) % 12, mode, signature)


def parse_metre(text: str) -> tuple[int, int] | None:
    """A metre field: `6/8`, `C`, `C|`; None when it names no metre."""
    word = text.split("%")[0].strip()
    if word in {"C", "C|"}:
        return (4, 4) if word == "C" else (2, 2)
    found = re.match(r"(\d{1,2})\s*/\s*(\d{1,2})", word)
    if not found or not int(found[1]) or not int(found[2]):
        return None
    return int(found[1]), int(found[2])


def parse_length(text: str) -> Fraction:
    """What follows a note: `2`, `/`, `//`, `3/2`, or nothing for one unit."""
    number, slashes, divisor = re.fullmatch(r"(\d*)(/*)(\d*).*", text).groups()  # type: ignore[union-attr]
    length = Fraction(int(number) if number else 1)
    if slashes:
        length /= int(divisor or 2) ** (1 if divisor else len(slashes)) or 1
    return length


def _alteration(sign: str) -> int:
    return {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}[sign]


class _Reader:
    """Reads one tune: state is the unit length, the key, the bar's accidentals, the tuplet."""

    def __init__(self, text: str) -> None:
        self.tune = Tune()
        self.unit: Fraction | None = None
        self.key = Key()
        self.bar = Bar()
        self.accidentals: dict[tuple[str, int], int] = {}
        self.tuplet = (Fraction(1), 0)
        self.broken: Fraction | None = None
        self.endings: tuple[int, ...] = ()
        self.voice = self.first_voice = ""
        is_header = True
        for line in text.split("\n"):
            found = re.match(r"([A-Za-z]):(.*)", line)
            if found and not re.match(r"[A-Ga-gz]:\|", line):
                self._field(found[1], found[2].strip(), is_header=is_header)
                is_header = is_header and found[1] != "K"
            elif not is_header:
                self._music(line.split("%")[0])
        self._close_bar("|")

    def _field(self, name: str, value: str, *, is_header: bool) -> None:
        value = value.split("%")[0].strip() if name in "KMLQ" else value
        if name in "XTZ" and is_header:
            attribute = {"X": "number", "T": "title", "Z": "transcriber"}[name]
            setattr(self.tune, attribute, getattr(self.tune, attribute) or value.strip('" '))
        elif name == "M":
            self._set_metre(parse_metre(value), is_header=is_header)
        elif name == "L" and (length := parse_metre(value)):
            self.unit = Fraction(4 * length[0], length[1])
        elif name == "Q":
            self.tune.bpm = self.tune.bpm or self._tempo(value)
        elif name == "K":
            self.key = parse_key(value)
            self.voice = self.first_voice if is_header else self.voice
            self.tune.key = self.key if is_header else self.tune.key
        elif name == "V":
            self.voice = value.split()[0] if value else ""
            self.first_voice = self.first_voice or self.voice

    def _set_metre(self, metre: tuple[int, int] | None, *, is_header: bool) -> None:
        if metre and (is_header or not self.tune.bars):
            self.tune.metre = metre

    def _tempo(self, value: str) -> float | None:
        found = re.search(
            r"(?:(\d+)/(\d+)\s*=\s*)?(\d+(?:\.\d+)?)\s*$", re.sub(r'"[^"]*"', "", value)
        )
        if not found:
            return None
        beat = Fraction(4 * int(found[1]), int(found[2])) if found[1] else self._unit()
        return float(found[3]) * float(beat)

    def _unit(self) -> Fraction:
        if self.unit is not None:
            return self.unit
        beats, unit = self.tune.metre
        return Fraction(1, 2) if Fraction(beats, unit) >= Fraction(3, 4) else Fraction(1, 4)

    def _music(self, line: str) -> None:
        read: dict[str, Callable[[re.Match[str]], None]] = {
            "field": lambda token: self._field(token["name"], token["value"], is_header=False),
            "bar": lambda token: self._close_bar(token["line"], token["passed"]),
            "ending": lambda token: self._open_ending(token["passes"]),
            "tuplet": lambda token: self._open_tuplet(int(token["n_notes"]), token["ratio"] or ""),
            "chord": lambda token: self._chord(token["inside"], token["chord_length"]),
            "note": lambda token: self._note(
                self._pitch(*token.group("sign", "letter", "octave")), token["length"]
            ),
            "rest": lambda token: self._rest(token["kind"], token["rest_length"]),
            "tie": lambda _: self._tie(),
            "broken": lambda token: self._break(token["broken"]),
        }
        for token in TOKEN.finditer(line):
            kind = token.lastgroup or ""
            if kind in read and (kind == "field" or self.voice == self.first_voice):
                read[kind](token)

    def _tie(self) -> None:
        if self.bar.notes:
            self.bar.tied.add(len(self.bar.notes) - 1)

    def _pitch(self, accidental: str | None, letter: str, marks: str) -> int:
        octave = (5 if letter.islower() else 4) + marks.count("'") - marks.count(",")
        name = letter.upper()
        if accidental:
            self.accidentals[name, octave] = _alteration(accidental)
        shift = self.accidentals.get((name, octave), self.key.signature.get(name, 0))
        return 12 * (octave + 1) + NATURAL[name] + shift

    def _note(self, pitch: int | None, length: str) -> None:
        duration = parse_length(length) * self._unit()
        ratio, left = self.tuplet
        if left:
            duration *= ratio
            self.tuplet = (ratio, left - 1)
        if self.broken is not None:
            duration *= self.broken
            self.broken = None
        if duration > 0:
            self.bar.notes.append((duration, pitch))

    def _chord(self, inside: str, length: str) -> None:
        notes = CHORD_NOTE.findall(inside)
        if notes:
            pitches = [self._pitch(accidental or None, *rest) for accidental, *rest, _ in notes]
            self._note(max(pitches), length or notes[0][3])

    def _rest(self, kind: str, length: str) -> None:
        if kind == "Z":
            self.bar.notes.append((self.tune.bar_length * parse_length(length), None))
        else:
            self._note(None, length)

    def _open_tuplet(self, n_notes: int, ratio: str) -> None:
        is_compound = self.tune.metre[1] == 8 and self.tune.metre[0] % 3 == 0
        given = [int(part) if part else 0 for part in ratio.split(":")[1:]] + [0, 0]
        time = given[0] or TUPLET_TIME.get(n_notes, 3 if is_compound else 2)
        if n_notes:
            self.tuplet = (Fraction(time, n_notes), given[1] or n_notes)

    def _break(self, signs: str) -> None:
        """`a>b` lengthens the note before by half and halves the one after; `<` the reverse."""
        if not self.bar.notes:
            return
        short = Fraction(1, 2 ** min(len(signs), 4))
        before, after = (2 - short, short) if signs[0] == ">" else (short, 2 - short)
        duration, pitch = self.bar.notes[-1]
        self.bar.notes[-1] = (duration * before, pitch)
        self.broken = after

    def _open_ending(self, numbers: str) -> None:
        if self.bar.notes:
            self._close_bar("|")
        first, *rest = (int(number) for number in re.findall(r"\d+", numbers))
        last = rest[-1] if "-" in numbers and rest else first
        self.endings = (*range(first, min(last, 8) + 1), *(rest if "," in numbers else ()))
        self.bar.endings = self.endings

    def _close_bar(self, line: str, ending: str | None = None) -> None:
        closes = line.startswith(":")
        if self.bar.notes:
            self.bar.closes_repeat = closes
            self.tune.bars.append(self.bar)
        elif closes and self.tune.bars:
            self.tune.bars[-1].closes_repeat = True
        if (closes and self.endings) or line in {"||", "|]"}:
            self.endings = ()
        opens = line.endswith(":") or (self.bar.opens_repeat and not self.bar.notes)
        self.bar = Bar(opens_repeat=opens, endings=() if opens else self.endings)
        self.accidentals = {}
        if ending:
            self._open_ending(ending)
