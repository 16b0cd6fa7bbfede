"""Words of the lexicon in a prompt: instruments, drums, tempo, mood, style, form and role."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from songloom.core.query.prompt_reading import HAN, NOT_BEFORE, Reading
from songloom.core.query.prompt_request import Mood, Slot
from songloom.core.styles import tables

LEXICON = Path(__file__).with_name("prompt_lexicon.toml")
CONJUNCTION = re.compile(
    r"\s*(?:,?\s*\b(?:or|nor)\b\s*(?:any |the |a |an )?|\band\b\s*(?:any )?"
    r"|&|/|、|和|与|及|跟|或者?|以及|还有)\s*"
)
COMMA = re.compile(r"\s*,\s*")
ALONE = re.compile(
    r"(?:\b(?:only|just|solely|nothing but)(?: (?:an?|the|one|my))?(?: (?:solo|lone))?\s+"
    r"|只用|只要|只有|只|仅用|仅|单用)$"
)
ALONE_AFTER = re.compile(r"\s*\b(?:alone|only)\b")
IN_COMPANY = re.compile(
    r"(?:\b(?:with|and|plus|featuring|adding|add|including|has|have|having|over|on)"
    r"(?: \w+){0,2}?\s+|[+&、和与及跟有带配]\s*|加上?|加入)$"
)
DENIED_AFTER = re.compile(
    r"(?:-free\b|\s*(?:就|都|全|也)?(?:不要|不用|免了|去掉|拿掉|省了|算了)了?(?=\s*(?:$|[,.;!、。])))"
)
KEPT_OUT = re.compile(r"\b(?:keep|keeping|leave|leaving|cut|take)\s+(?:the |any |all )?$")
OUT = re.compile(r"\s+out\b(?! of)")
OR = re.compile(r"\b(?:or|nor)\b")


@dataclass(frozen=True)
class Meaning:
    """What one word stands for; kind names the section of the lexicon."""

    kind: str
    word: str
    value: Any


@dataclass(frozen=True)
class Found:
    """One word of the lexicon where it stands in the prompt."""

    start: int
    end: int
    meaning: Meaning
    is_negated: bool = False
    is_mild: bool = False  # "not too …"


@cache
def lexicon() -> dict[str, Any]:
    """The whole table and the words of the styles, read once."""
    return {**tomllib.loads(LEXICON.read_text(encoding="utf-8")), "styles": _styles()}


def _styles() -> dict[str, dict[str, Any]]:
    """Of each style that can be asked for: words, metres that fit, the one that it implies."""
    named = {"words": "words", "metres": "fitting_metres", "implies": "usual_metre"}
    return {
        name: {mine: table[given] for mine, given in named.items() if given in table}
        for name, table in tables().items()
        if "words" in table
    }


@cache
def meanings() -> dict[str, Meaning]:
    """Every word with what it means; instruments first, so that a group never hides one."""
    found: dict[str, Meaning] = {}
    for kind, words, value in _entries(lexicon()):
        for word in words:
            found.setdefault(word, Meaning(kind, word, value))
    return found


def _entries(table: dict[str, Any]) -> Iterator[tuple[str, list[str], Any]]:
    """(kind, words, what they mean), in order of precedence."""
    for number, words in table["instruments"].items():
        yield "instruments", words, (int(number),)
    yield from (("stand_ins", [word], (program,)) for word, program in table["stand_ins"].items())
    for word, group in table["groups"].items():
        yield "instruments", [word] if "play" in group else [], tuple(group.get("play", ()))
    yield from (("drums", words, how == "with") for how, words in table["drums"].items())
    yield from (("tempo", [word], float(bpm)) for word, bpm in table["tempo"].items())
    yield from (("moods", [word], Mood(*mood)) for word, mood in table["moods"].items())
    yield from (("styles", style["words"], name) for name, style in table["styles"].items())
    yield from (("forms", words, name) for name, words in table["forms"].items())
    yield from (("roles", words, name) for name, words in table["roles"].items())


@cache
def words_pattern() -> re.Pattern[str]:
    """One pattern for every word, longest first."""

    def as_pattern(word: str) -> str:
        if re.search(f"[{HAN}]", word):
            return re.escape(word) + ("(?![乐活快])" if word.endswith("快") else "")
        spaced = re.sub(r"(?:\\ |\\-| |-)", "[ -]?" if "-" in word else " +", re.escape(word))
        return rf"(?<![a-z]){spaced}(?:s(?![a-z])|(?![a-z]))"

    by_length = sorted(meanings(), key=lambda word: (-len(word), word))
    return re.compile("|".join(f"(?:{as_pattern(word)})" for word in by_length))


def program_name(program: int, *, is_chinese: bool = False) -> str:
    """General MIDI's name of a program, or "program 37" where the lexicon has none."""
    words = lexicon()["instruments"].get(str(program))
    if words is None:
        return f"第 {program} 号音色" if is_chinese else f"program {program}"
    return str(words[1 if is_chinese else 0])


def read_words(reading: Reading) -> None:
    """Take every word of the lexicon; what is denied first ("fast, but not too fast")."""
    found = list(_negated(reading, list(_found(reading))))
    for one in sorted(found, key=lambda one: not one.is_negated):
        _wish(reading, one, reading.take(one.start, one.end))


def _found(reading: Reading) -> Iterator[Found]:
    for match in reading.finds(words_pattern()):
        meaning = _meaning(match[0])
        if meaning is not None:
            yield Found(match.start(), match.end(), meaning)


def _meaning(text: str) -> Meaning | None:
    """The entry that matched: as written, without a plural s, or with other hyphens."""
    table = meanings()
    text = re.sub(r" +", " ", text)
    for form in (text, text.removesuffix("s")):
        for spelling in (form, form.replace("-", " "), form.replace(" ", "-")):
            if spelling in table:
                return table[spelling]
    return next(
        (table[word] for word in table if _bare(word) in (_bare(text), _bare(text[:-1]))), None
    )


def _bare(word: str) -> str:
    return word.replace("-", "").replace(" ", "")


def _negated(reading: Reading, found: list[Found]) -> Iterator[Found]:
    """Mark what a "no", "without", 不要 … before it denies, along "and", "or", 、 and 和."""
    chain_denied = False
    for index, one in enumerate(found):
        before = NOT_BEFORE.search(reading.low[: one.start])
        is_item = one.meaning.kind in ("instruments", "stand_ins", "drums")
        if before is not None:
            chain_denied = is_item
            is_mild = any(before.groupdict().values())
            yield Found(before.start(), one.end, one.meaning, is_negated=True, is_mild=is_mild)
            continue
        if is_item and (denied := _denied_behind(reading.low, one)):
            yield denied
            continue
        chain_denied = chain_denied and is_item and _goes_on(reading, found, index)
        yield Found(one.start, one.end, one.meaning, is_negated=chain_denied)


def _denied_behind(text: str, one: Found) -> Found | None:
    """The item with the denial that stands behind it: "keep drums out", "drum-free", 鼓就不用了."""
    kept, out = KEPT_OUT.search(text[: one.start]), OUT.match(text, one.end)
    if kept and out:
        return replace(one, start=kept.start(), end=out.end(), is_negated=True)
    behind = DENIED_AFTER.match(text, one.end)
    return replace(one, end=behind.end(), is_negated=True) if behind else None


def _goes_on(reading: Reading, found: list[Found], index: int) -> bool:
    """Whether a denial reaches this item: "no drums or bass", "no drums, bass or piano"."""
    between = reading.low[found[index - 1].end : found[index].start]
    if CONJUNCTION.fullmatch(between):
        return True
    if not COMMA.fullmatch(between) or re.search(f"[{HAN}]", reading.shown[found[index].start]):
        return False
    after = found[index + 1 : index + 2]
    return bool(after) and bool(OR.search(reading.low[found[index].end : after[0].start]))


def _wish(reading: Reading, found: Found, words: str) -> None:
    kind, value = found.meaning.kind, found.meaning.value
    if kind in ("instruments", "stand_ins"):
        _wish_instrument(reading, found, words)
    elif kind == "drums":
        reading.wish("drums", value != found.is_negated, words)
    elif kind == "tempo":
        _wish_tempo(reading, found, words)
    elif kind == "moods":
        _wish_mood(reading, found, words)
    elif found.is_negated:
        reading.unused.append(words)
    elif kind == "styles":
        _wish_style(reading, value, words)
    else:
        reading.wish(kind.removesuffix("s"), value, words)


def _wish_tempo(reading: Reading, found: Found, words: str) -> None:
    """The first word counts; one that asks for the opposite is not followed, and said to be so."""
    bpm, before = _tempo(found), reading.wishes.get("bpm")
    if before is not None and not found.is_negated and (before < 96 < bpm or bpm < 96 < before):
        reading.unused.append(words)
    reading.wish("bpm", bpm, words, "inferred")


def _tempo(found: Found) -> float:
    bpm = float(found.meaning.value)
    if not found.is_negated:
        return bpm
    if bpm > 104:
        return 100.0 if found.is_mild else 92.0
    return 96.0 if found.is_mild else 108.0


def _wish_instrument(reading: Reading, found: Found, words: str) -> None:
    word, programs = found.meaning.word, found.meaning.value
    if found.is_negated:
        programs = lexicon()["groups"].get(word, {}).get("all", programs)
        _add(reading, "excluded", programs, words, "understood")
        return
    before, after = reading.shown[: found.start].lower(), reading.shown[found.end :].lower()
    if ALONE.search(before) or ALONE_AFTER.match(after):
        reading.is_alone = True
    elif IN_COMPANY.search(before):
        reading.is_in_company = True
    is_stand_in = found.meaning.kind == "stand_ins"
    _add(reading, "instruments", programs, words, "replaced" if is_stand_in else "understood")
    if is_stand_in:
        english, chinese = program_name(programs[0]), program_name(programs[0], is_chinese=True)
        reading.say(f"{english.capitalize()} stands in for {words}.", f"{words}以{chinese}代替。")


def _add(reading: Reading, name: str, programs: tuple[int, ...], words: str, how: str) -> None:
    named = reading.wishes.get(name, ())
    reading.wishes[name] = tuple(dict.fromkeys((*named, *programs)))
    reading.slots.append(Slot(name, how, words))


def _wish_mood(reading: Reading, found: Found, words: str) -> None:
    """Several moods are averaged when the request is made; a denied one counts a little against."""
    mood: Mood = found.meaning.value
    if found.is_negated:
        factor = 0.3 if found.is_mild else -0.4
        mood = Mood(round(factor * mood.valence, 3), round(factor * mood.energy, 3))
    reading.wishes["mood"] = (*reading.wishes.get("mood", ()), mood)
    reading.slots.append(Slot("mood", "understood", words))


def _wish_style(reading: Reading, style: str, words: str) -> None:
    """A dance with its own metre outranks a colour: an Irish jig is a jig."""
    before = reading.wishes.get("style")
    styles = lexicon()["styles"]
    if before is not None and "metres" in styles[style] and "metres" not in styles[before]:
        reading.slots = [slot for slot in reading.slots if slot.name != "style"]
        del reading.wishes["style"]
    elif before is not None and before != style:
        if "metres" not in styles[before] or "metres" in styles[style]:
            reading.say(
                f"Only one style is followed, not {words}.", f"只按一种风格写，没有用“{words}”。"
            )
        return
    reading.wish("style", style, words)
