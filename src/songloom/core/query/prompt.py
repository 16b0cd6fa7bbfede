"""From a sentence in English or Chinese to a request for a piece of music.

Rules read numbers, keys and chords; a lexicon reads words. Every reader takes its words out of the
text, so that none is read twice; what is left over was not understood, and is said to be so.
"""

from __future__ import annotations

import re
import unicodedata

from songloom.core.query.prompt_keys import read_chords, read_form_letters, read_key
from songloom.core.query.prompt_left import left_over
from songloom.core.query.prompt_like import read_like, read_title
from songloom.core.query.prompt_measured import read_bars, read_comparisons
from songloom.core.query.prompt_numbers import closest, read_bpm, read_metre, read_seconds
from songloom.core.query.prompt_reading import Reading
from songloom.core.query.prompt_request import Mood, Request, Slot
from songloom.core.query.prompt_words import lexicon, program_name, read_words
from songloom.errors import BadPrompt

LONGEST_PROMPT = 2_000  # characters
READERS = (
    read_title,
    read_like,
    read_form_letters,
    read_chords,
    read_metre,
    read_bpm,
    read_seconds,
    read_key,
    read_comparisons,
    read_words,
)


def parse(prompt: str) -> Request:
    """Read a prompt. Any text of 1 to 2,000 characters gives a request; no word is an error.

    Raises BadPrompt when it is empty (or only control characters) or longer.
    """
    text = clean(prompt)
    reading = Reading.of(text)
    for read in READERS:
        read(reading)
    _settle_metre(reading)
    read_bars(reading)
    _settle_instruments(reading)
    return _request(reading)


def clean(prompt: str) -> str:
    """The prompt without control characters and surplus space; line ends become commas."""
    if len(prompt) > LONGEST_PROMPT:
        raise BadPrompt(
            f"The prompt has {len(prompt):,} characters; "
            f"the longest allowed has {LONGEST_PROMPT:,}."
        )
    text = re.sub(r"\s*[\r\n]+\s*", ", ", prompt.strip())
    text = "".join(" " if c == "\t" else c for c in text if c == "\t" or not _is_control(c))
    text = re.sub(r" {2,}", " ", text).strip()
    if not text:
        raise BadPrompt("The prompt is empty: say in a few words what the piece should be like.")
    return text


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn")


def _settle_metre(reading: Reading) -> None:
    """A dance brings its metre; one that cannot be counted so gets the nearest that can."""
    style = reading.wishes.get("style")
    allowed = lexicon()["styles"].get(style, {}).get("metres")
    if allowed is None:
        return
    words = next(slot.words for slot in reading.slots if slot.name == "style")
    asked = reading.wishes.get("metre")
    if asked is None:
        reading.wish("metre", lexicon()["styles"][style]["implies"], words, "inferred")
    elif asked not in allowed:
        near = closest(asked, allowed)
        reading.say(
            f"{near} stands in for {asked}: the {style} is counted so.",
            f"{asked} 拍改为 {near} 拍：{words}这样数拍。",
        )
        reading.wishes["metre"] = near
        reading.slots = [
            Slot("metre", "replaced", slot.words) if slot.name == "metre" else slot
            for slot in reading.slots
        ]


def _settle_instruments(reading: Reading) -> None:
    """What must not sound does not, even where it was also asked for.

    A bass or a drum by itself has the tune; "with bass" it plays below another's.
    """
    excluded = reading.wishes.get("excluded", ())
    asked = reading.wishes.get("instruments", ())
    for program in asked:
        if program in excluded:
            english, chinese = program_name(program), program_name(program, is_chinese=True)
            reading.say(
                f"{english.capitalize()} is left out: it was both asked for and excluded.",
                f"{chinese}没有用上：既要又不要。",
            )
    kept = tuple(program for program in asked if program not in excluded)
    if asked and not kept:
        del reading.wishes["instruments"]
    elif asked:
        reading.wishes["instruments"] = kept
        if set(kept) <= set(lexicon()["backing"]["programs"]) and not _is_in_company(reading):
            words = [slot.words for slot in reading.slots if slot.name == "instruments"]
            reading.wish("role", "solo", words[0], "inferred")


def _is_in_company(reading: Reading) -> bool:
    return not reading.is_alone and (reading.is_in_company or bool(reading.wishes.get("drums")))


def _request(reading: Reading) -> Request:
    wishes = dict(reading.wishes)
    if moods := wishes.pop("mood", ()):
        wishes["mood"] = Mood(
            round(sum(mood.valence for mood in moods) / len(moods), 3),
            round(sum(mood.energy for mood in moods) / len(moods), 3),
        )
    unclear = tuple(dict.fromkeys([*reading.unused, *left_over(reading)]))
    slots = [
        *reading.slots,
        *(Slot("not_understood", "not_understood", words) for words in unclear),
    ]
    return Request(
        **wishes,
        not_understood=unclear,
        changed=tuple(reading.changed),
        language="zh" if reading.is_chinese else "en",
        slots=tuple(slots),
    )
