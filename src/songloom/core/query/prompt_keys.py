"""Keys, modes and chords, as people write them in English and Chinese."""

from __future__ import annotations

import re

from songloom.core.query.prompt_reading import HAN, Reading

PITCH_CLASS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
SHARPENS = {"#": 1, "升": 1, "sharp": 1, "b": -1, "降": -1, "flat": -1}
ENGLISH_MODES = {
    "major pentatonic": "gong", "pentatonic major": "gong", "minor pentatonic": "yu",
    "pentatonic minor": "yu", "pentatonic": "gong", "major": "major", "maj": "major",
    "harmonic minor": "minor", "natural minor": "minor", "melodic minor": "minor",
    "minor": "minor", "min": "minor", "ionian": "major", "aeolian": "minor", "dorian": "dorian",
    "phrygian": "phrygian", "lydian": "lydian", "mixolydian": "mixolydian", "locrian": "locrian",
}  # fmt: skip
CHINESE_MODES = {
    "自然小调": "minor", "和声小调": "minor", "旋律小调": "minor", "自然大调": "major",
    "大调": "major", "小调": "minor", "多利亚": "dorian", "多里亚": "dorian",
    "弗里几亚": "phrygian", "利底亚": "lydian", "混合利底亚": "mixolydian", "洛克里亚": "locrian",
}  # fmt: skip
FIVE_TONES = {"宫": "gong", "商": "shang", "角": "jue", "徵": "zhi", "征": "zhi", "羽": "yu"}
NOTE = r"(?P<note>[a-g])(?:[ -]?(?P<word>sharp|flat)|(?P<sign>#|b(?![a-z])))?"
ENGLISH_MODE = "(?P<mode>" + "|".join(sorted(ENGLISH_MODES, key=len, reverse=True)) + ")(?![a-z])"
CHINESE_MODE = "(?P<mode>" + "|".join(sorted(CHINESE_MODES, key=len, reverse=True)) + ")"
CHINESE_NOTE = r"(?<![a-z0-9])(?P<pre>升|降|#|b)?\s?(?P<note>[a-g])\s?(?P<sign>#|b|升|降)?\s*"

NAMED = re.compile(rf"(?<![a-z0-9#]){NOTE}[ -]?{ENGLISH_MODE}")
MODE_ALONE = re.compile(
    rf"(?<![a-z])(?!min\b|maj\b)(?:in )?(?:an? )?{ENGLISH_MODE}"
    r"(?: (?:key|scale|mode|tonality))?(?![a-z])"
)
IN_NOTE = re.compile(
    r"(?:(?<![a-z])in (?:the )?(?:key of |key )?|(?<![a-z])key(?: of|:| =|=| is)? ?)"
    rf"{NOTE}(?P<minor>m(?![a-z]))?(?![a-z0-9#'/])"
)
CHINESE_NAMED = re.compile(rf"{CHINESE_NOTE}(?:{CHINESE_MODE}|(?P<plain>调)(?!式))(?:式)?")
CHINESE_FIVE = re.compile(rf"(?:{CHINESE_NOTE})?(?P<five>[宫商角徵征羽])(?:调式?|音阶)")
CHINESE_FIVE_NOTE = re.compile(rf"{CHINESE_NOTE}(?P<five>[宫商角徵征羽])(?![{HAN}])")
CHINESE_MODE_ALONE = re.compile(rf"{CHINESE_MODE}(?:式)?|(?P<penta>五声(?:音阶|调式|性)?)")
ONE_IS = re.compile(
    r"(?<![0-9a-z])1\s?=\s?(?P<pre>#|b|升|降)?(?P<note>[a-g])(?P<sign>#|b)?(?![a-z0-9])"
)
ARTICLE_BEFORE = re.compile(
    r"(?:write|make|compose|create|generate|produce|want|need|play|give me|make me"
    r"|is|with|as|for|like|of|this)\s+$"
)
KEY_BEFORE = re.compile(r"(?:\bin|key of|key|key:)\s+$")
CHORD_ALONE = re.compile(
    r"(?:^|(?<=[,.;、。]))\s*(?P<note>[A-G])(?P<sign>#|b)?m(?:in)?\s*(?=$|[,.;、。])"
)
NOTE_ALONE = re.compile(
    r"(?:^|(?<=[,.;、。]))\s*(?P<all>(?P<note>[A-G])(?:[ -]?(?P<word>sharp|flat)|(?P<sign>#|b))?)"
    r"\s*(?=$|[,.;、。])"
)


def read_key(reading: Reading) -> None:
    """`F# minor`, `in A`, `降B大调`, `D 小调`, `G徵调式`, `1=D` … → key and mode."""
    _read_english_names(reading)
    _read_chinese_names(reading)
    for match in reading.finds(IN_NOTE):
        if not _is_article(reading, match):
            words = reading.take(*match.span())
            reading.wish("key", _pitch_class(match), words)
            reading.wish("mode", "minor" if match["minor"] else "major", words, "inferred")
    for match in reading.finds(CHORD_ALONE, cased=True):
        words = reading.take(*match.span())
        reading.wish("key", _pitch_class(match), words)
        reading.wish("mode", "minor", words)
    for match in reading.finds(NOTE_ALONE, cased=True):
        words = reading.take(match.start("note"), match.end("all"))
        reading.wish("key", _pitch_class(match), words, "inferred")
        reading.wish("mode", "major", words, "inferred")
    _read_modes_alone(reading)


def _read_english_names(reading: Reading) -> None:
    for match in reading.finds(NAMED):
        is_only_mode = match["note"] == "a" and not (match["word"] or match["sign"])
        is_only_mode = is_only_mode and _reads_as_article(reading, match)
        start = match.start("mode") if is_only_mode else match.start()
        words = reading.take(start, match.end())
        if not is_only_mode:
            reading.wish("key", _pitch_class(match), words)
        reading.wish("mode", ENGLISH_MODES[match["mode"]], words)


def _reads_as_article(reading: Reading, match: re.Match[str]) -> bool:
    """Whether the "a" of "a minor" is no note: "in a minor key", "write a minor waltz"."""
    before, after = reading.plain[: match.start()].lower(), reading.low[match.end() :]
    if re.match(r"\s+(?:key|scale|mode)\b", after):
        return reading.plain[match.start()] == "a" or not before.strip()
    if reading.plain[match.start()] == "A" or KEY_BEFORE.search(before):
        return False
    is_first_of_more = not before.strip() and bool(re.match(r"\s+[a-z]", after))
    return is_first_of_more or bool(ARTICLE_BEFORE.search(before))


def _is_article(reading: Reading, match: re.Match[str]) -> bool:
    """Whether the "a" of "in a …" is no note: small, with a word behind it."""
    is_small_a = reading.plain[match.start("note")] == "a" and match["note"] == "a"
    if not is_small_a or match["word"] or match["sign"]:
        return False
    return bool(re.match(r"[ -]*[^\s,.;!?、。]", reading.low[match.end() :]))


def _read_chinese_names(reading: Reading) -> None:
    for pattern in (CHINESE_FIVE, CHINESE_FIVE_NOTE):
        for match in reading.finds(pattern):
            words = reading.take(*match.span())
            if match["note"]:
                reading.wish("key", _pitch_class(match), words)
            reading.wish("mode", FIVE_TONES[match["five"]], words)
    for match in reading.finds(CHINESE_NAMED):
        words = reading.take(*match.span())
        reading.wish("key", _pitch_class(match), words)
        if match["plain"]:
            reading.wish("mode", "major", words, "inferred")
        else:
            reading.wish("mode", CHINESE_MODES[match["mode"]], words)
    for match in reading.finds(ONE_IS):
        words = reading.take(*match.span())
        reading.wish("key", _pitch_class(match), words)
        reading.wish("mode", "major", words, "inferred")


def _read_modes_alone(reading: Reading) -> None:
    for match in reading.finds(CHINESE_MODE_ALONE):
        words = reading.take(*match.span())
        reading.wish("mode", "gong" if match["penta"] else CHINESE_MODES[match["mode"]], words)
    for match in reading.finds(MODE_ALONE):
        words = reading.take(*match.span())
        reading.wish("mode", ENGLISH_MODES[match["mode"]], words)


def _pitch_class(match: re.Match[str]) -> int:
    found = match.groupdict()
    shifts = [SHARPENS[found[name]] for name in ("pre", "sign", "word") if found.get(name)]
    return (PITCH_CLASS[found["note"].lower()] + sum(shifts)) % 12


# --- chords ---------------------------------------------------------------------------------

CHORD = (
    r"[A-G](?:#|b)?(?:maj[79]?|M7|m7b5|min7?|mM7|m(?:[679]|11)?|dim7?|aug|sus[24]?|add9|7sus4|7b9|7|9|6|\+|°)?"
    r"(?:/[A-G](?:#|b)?)?(?![A-Za-z0-9#'])"
    r"(?!\s*(?:major|minor|maj\b|min\b|flat|sharp|大调|小调|调|dorian|[宫商角徵征羽]))"
)
ROMAN = r"(?:b|#)?(?:VII|VI|IV|III|II|I|V|vii|vi|iv|iii|ii|i|v)(?:maj7|7|°|o)?(?![A-Za-z0-9'])"
BETWEEN = r"\s*(?:->|→|=>|[-,|、>])\s*|\s+"
LEAD = (
    r"(?:(?:[Cc]hord progression|[Cc]hords?|[Pp]rogression|和弦(?:进行)?)"
    r"\s*(?:of|are|is|:|=|为|是)?\s*\|?\s*)"
)
TRAIL = r"(?:\s*\|?\s*(?:chord progression|chords?|progression|和弦(?:进行)?))"
CHORDS = re.compile(
    rf"(?P<lead>{LEAD})?(?<![A-Za-z0-9#/])(?P<chords>(?:{CHORD})(?:(?:{BETWEEN})(?:{CHORD}))*)(?P<trail>{TRAIL})?"
)
ROMANS = re.compile(
    rf"(?P<lead>{LEAD})?(?<![A-Za-z0-9#/])(?P<chords>(?:{ROMAN})(?:(?:{BETWEEN})(?:{ROMAN})){{2,}})(?P<trail>{TRAIL})?"
)
LETTERS = re.compile(
    r"(?<![A-Za-z])(?P<form>A'?(?:[ -]?[A-D]'?){1,7})"
    r"(?:[ -](?:form|structure|rondo)|\s*(?:曲式|结构|式))"
)
MOST_CHORDS = 64


def read_form_letters(reading: Reading) -> None:
    """`AABA form`, `A B A 曲式` → form."""
    for match in reading.finds(LETTERS, cased=True):
        words = reading.take(*match.span())
        reading.wish("form", re.sub(r"[^A-D]", "", match["form"]), words)


def read_chords(reading: Reading) -> None:
    """`Am F C G`, `| C | G |`, `和弦 C-G-Am-F`, `I V vi IV` → chords as written."""
    for pattern in (CHORDS, ROMANS):
        for match in reading.finds(pattern, cased=True):
            chords = [chord for chord in re.split(BETWEEN, match["chords"]) if chord]
            is_named = bool(match["lead"] or match["trail"])
            has_quality = any(len(chord) > 2 or chord[-1] in "m7+°96" for chord in chords)
            if is_named or len(chords) > 2 or (len(chords) == 2 and has_quality):
                words = reading.take(*match.span())
                reading.wish("chords", tuple(chords[:MOST_CHORDS]), words)
