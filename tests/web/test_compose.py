"""Compose: sentences become slots, slots can be edited, takes are kept or thrown away."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.query.prompt import parse
from songloom.core.query.prompt_request import from_document
from songloom.generate import services as generate
from songloom.generate.models import Generation
from songloom.interfaces.web import slots
from songloom.interfaces.web.pages.compose_change import asked
from songloom.interfaces.web.roll import part_name
from songloom.interfaces.web.slots import Slot, edited, mood_name, slots_of
from songloom.jobs.models import Job
from songloom.library.models import Track, User
from tests.shelf import shelve
from tests.web.conftest import measured

WALTZ = "a slow waltz in D minor for erhu and piano, 90 seconds, no drums, like wet streets"


def by_name(prompt: str) -> dict[str, Slot]:
    request = parse(prompt)
    return {
        one.name: one for one in slots_of(request.document(), [s.document() for s in request.slots])
    }


def test_what_was_said_stands_in_its_slot() -> None:
    found = by_name(WALTZ)
    shown = {name: slot.shown for name, slot in found.items() if slot.is_asked}
    assert shown["key"] == "D"
    assert shown["mode"] == "minor"
    assert shown["style"] == "waltz"
    assert shown["seconds"] == "90 s"
    assert shown["drums"] == "no drums"
    assert "piano" in shown["instruments"]


def test_a_slot_says_whether_it_was_said_inferred_or_replaced() -> None:
    found = by_name(WALTZ)
    assert (found["metre"].how, found["metre"].words) == ("inferred", "waltz")
    assert (found["bpm"].how, found["bpm"].words) == ("inferred", "slow")
    assert (found["instruments"].how, found["instruments"].words) == ("replaced", "erhu")
    assert found["key"].how == "understood"


def test_what_was_not_asked_is_open_but_there() -> None:
    found = by_name("a piano piece")
    assert not found["key"].is_asked
    assert found["key"].how == ""
    assert set(found) == set(slots.READERS)


def test_slots_are_chinese_where_the_reader_is() -> None:
    with override("zh-hans"):
        found = by_name("一首 D 小调的慢华尔兹，二胡和钢琴，不要鼓")
        assert found["key"].label == "调"
        assert found["mode"].shown == "小调"
        assert found["style"].shown == "华尔兹"
        assert "钢琴" in found["instruments"].shown


def form(slot_values: dict[str, Any]) -> QueryDict:
    made = QueryDict(mutable=True)
    for name, value in slot_values.items():
        made.setlist(name, value if isinstance(value, list) else [value])
    return made


def as_shown(prompt: str) -> dict[str, Any]:
    """The form as the page sends it when nobody edited anything."""
    shown: dict[str, Any] = {}
    for name, slot in by_name(prompt).items():
        shown[name] = [v for v, _l in slot.chosen] + [""] if slot.kind == "many" else slot.value
    return shown


@pytest.mark.parametrize(
    "prompt",
    [WALTZ, "生成一首欢快的钢琴曲", "a bright jig in D for fiddle and guitar, one minute", "x"],
)
def test_a_form_that_nobody_edited_changes_nothing(prompt: str) -> None:
    assert edited(form(as_shown(prompt)), parse(prompt).document()) is None


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("key", "9", 9),
        ("key", "", None),
        ("mode", "major", "major"),
        ("metre", "4/4", "4/4"),
        ("bpm", "84", 84),
        ("bpm", "84.5", 84.5),
        ("seconds", "30", 30),
        ("instruments", ["0", "42", ""], [0, 42]),
        ("instruments", [""], None),
        ("excluded", ["40", ""], [40]),
        ("drums", "yes", True),
        ("drums", "", None),
        ("style", "", None),
        ("mood", "calm", {"valence": 0.2, "energy": -0.6}),
    ],
)
def test_an_edited_slot_changes_its_wish_alone(field: str, value: Any, expected: Any) -> None:
    before = parse(WALTZ).document()
    after = edited(form({**as_shown(WALTZ), field: value}), before)
    assert after is not None
    assert after[field] == expected
    assert {k: v for k, v in after.items() if k != field} == {
        k: v for k, v in before.items() if k != field
    }
    from_document(after)  # the composer takes it


@given(st.sampled_from(sorted(slots.READERS)), st.text(max_size=20))
def test_no_text_in_a_slot_is_an_error_here(field: str, value: str) -> None:
    edited(form({field: value}), parse("a piano piece").document())


def test_every_mood_by_name_is_nearest_to_itself() -> None:
    for name, (valence, energy) in slots.MOOD_VALUES.items():
        assert mood_name({"valence": valence, "energy": energy}) == name
    assert mood_name(None) == ""


def test_every_option_of_a_slot_has_words_in_both_languages() -> None:
    for language in ("en", "zh-hans"):
        with override(language):
            for slot in by_name("x").values():
                assert all(label for _value, label in slot.options), slot.name


def test_the_page_shows_the_sentence_and_its_slots(client: Client) -> None:
    page = client.get(reverse("web:compose"), {"prompt": WALTZ}).content.decode()
    assert WALTZ in page
    assert "from “slow”" in page
    assert "stands in for “erhu”" in page
    assert "like wet streets" in page
    assert Generation.objects.count() == 0


def test_the_slots_alone_come_as_one_types(client: Client) -> None:
    answer = client.get(reverse("web:compose_parse"), {"prompt": WALTZ})
    assert answer.status_code == 200
    assert "<main" not in answer.content.decode()
    assert 'data-slot="bpm"' in answer.content.decode()


@pytest.mark.parametrize("prompt", ["", "   ", "x" * 5_000, "\x00\x01", "🎻" * 50, "<b>loud</b>"])
def test_an_odd_prompt_gets_words_and_never_an_error_page(client: Client, prompt: str) -> None:
    assert client.get(reverse("web:compose"), {"prompt": prompt}).status_code == 200
    assert client.get(reverse("web:compose_parse"), {"prompt": prompt}).status_code == 200


def test_an_empty_prompt_is_refused_in_words(client: Client) -> None:
    answer = client.post(reverse("web:compose_start"), {"prompt": " "})
    assert answer.status_code == 422
    assert "bad_prompt" in answer.content.decode()


def test_a_prompt_is_queued_and_awaited(client: Client, yun: User) -> None:
    answer = client.post(reverse("web:compose_start"), {"prompt": "生成一首欢快的钢琴曲"})
    made = Generation.objects.get()
    job = Job.objects.get(kind="generate.compose")
    assert answer["Location"] == f"{reverse('web:take', args=[made.pk])}?job={job.pk}"
    assert (made.owner, made.prompt) == (yun, "生成一首欢快的钢琴曲")
    page = client.get(answer["Location"]).content.decode()
    assert "data-weaving" in page
    assert f'data-job="{job.pk}"' in page
    told = client.get(reverse("web:take", args=[made.pk]) + "?state=1").json()
    assert told == {"is_made": False}


def test_edited_slots_and_a_seed_reach_the_composer(client: Client) -> None:
    client.post(
        reverse("web:compose_start"),
        {"prompt": "a piano piece", "bpm": "84", "key": "2", "mode": "minor", "seed": "4071"},
    )
    made = Generation.objects.get()
    assert made.seed == 4071
    assert (made.request["bpm"], made.request["key"], made.request["mode"]) == (84, 2, "minor")


@pytest.mark.parametrize(("field", "value"), [("bpm", "9999"), ("seconds", "-3"), ("bpm", "fast")])
def test_a_wish_outside_its_range_is_refused_in_words(
    client: Client, field: str, value: str
) -> None:
    answer = client.post(reverse("web:compose_start"), {"prompt": "a piano piece", field: value})
    assert answer.status_code == 422
    assert "bad_value" in answer.content.decode()
    assert not Generation.objects.exists()


def test_a_piece_like_a_song_takes_after_it(client: Client, yun: User) -> None:
    song = shelve(yun, "Paper Boats")
    measured(song, tempo_bpm=96.0)
    page = client.get(reverse("web:compose"), {"like": str(song.pk)}).content.decode()
    assert "taken from “Paper Boats”" in page
    client.post(reverse("web:compose_start"), {"prompt": "", "like": str(song.pk)})
    made = Generation.objects.get()
    assert made.like == song
    assert made.request["bpm"] == 96


def test_nobody_takes_after_a_song_that_one_may_not_hear(mo: User, yun: User) -> None:
    hidden = shelve(yun, "Secret", is_private=True)
    browser = Client()
    browser.force_login(mo)
    page = browser.get(reverse("web:compose"), {"like": str(hidden.pk)}).content.decode()
    assert "Secret" not in page
    assert browser.get(reverse("web:compose"), {"like": "nonsense"}).status_code == 200


@pytest.fixture
def take(yun: User) -> Generation:
    """A finished piece, as the composer leaves it, without its sound."""
    (made,), _job = generate.start("a calm lullaby", owner=yun, seed=7)
    track = shelve(yun, "Moon Shore", is_generated=True)
    Generation.objects.filter(pk=made.pk).update(
        track=track, title="Moon Shore", state=Generation.State.MADE
    )
    made.refresh_from_db()
    return made


def test_a_finished_take_shows_what_it_is_made_of(client: Client, take: Generation) -> None:
    page = client.get(reverse("web:take", args=[take.pk])).content.decode()
    for text in ("a calm lullaby", "Moon Shore", "Seed 7", "Keep this one", "Throw away"):
        assert text in page, text


def test_a_take_is_kept(client: Client, take: Generation) -> None:
    answer = client.post(reverse("web:take_keep", args=[take.pk]))
    assert answer["Location"] == reverse("web:track", args=[take.track_id])
    take.refresh_from_db()
    assert take.state == Generation.State.KEPT
    page = client.get(reverse("web:take", args=[take.pk])).content.decode()
    assert "Keep this one" not in page
    assert "Throw away" in page


def test_a_take_is_thrown_away_and_brought_back(client: Client, take: Generation) -> None:
    assert take.track_id is not None
    page = client.post(reverse("web:take_discard", args=[take.pk]), follow=True).content.decode()
    assert "“Moon Shore” is thrown away." in page
    assert reverse("web:take_keep", args=[take.pk]) in page
    assert not Track.objects.alive().filter(pk=take.track_id).exists()
    client.post(reverse("web:take_keep", args=[take.pk]))
    assert Track.objects.alive().filter(pk=take.track_id).exists()


def test_takes_of_the_same_sentence_stand_together(client: Client, take: Generation) -> None:
    client.post(reverse("web:compose_start"), {"prompt": "a calm lullaby"})
    page = client.get(reverse("web:take", args=[take.pk])).content.decode()
    assert "2 takes" in page
    assert "being composed" in page


def test_takes_are_their_owners_alone(mo: User, take: Generation) -> None:
    browser = Client()
    browser.force_login(mo)
    for name in ("take", "take_roll", "take_midi"):
        assert browser.get(reverse(f"web:{name}", args=[take.pk])).status_code == 404, name
    assert browser.post(reverse("web:take_change", args=[take.pk])).status_code == 404
    assert browser.post(reverse("web:take_discard", args=[take.pk])).status_code == 404


def test_a_take_of_another_is_not_found_in_one_language(mo: User, take: Generation) -> None:
    browser = Client(headers={"Accept-Language": "zh-Hans"})
    browser.force_login(mo)
    page = browser.get(reverse("web:take", args=[take.pk])).content.decode()
    assert "<h1>" in page
    assert "There is no such" not in page


def test_a_take_without_a_score_has_an_empty_roll(client: Client, take: Generation) -> None:
    told = client.get(reverse("web:take_roll", args=[take.pk])).json()
    assert told["parts"] == []
    assert client.get(reverse("web:take_midi", args=[take.pk])).status_code == 404


def test_the_parts_of_a_score_have_names_in_both_languages() -> None:
    assert part_name("melody") == "Melody"
    assert part_name("kazoo") == "kazoo"
    with override("zh-hans"):
        assert part_name("melody") == "旋律"
        assert part_name("bass") == "低音"


def test_a_piece_is_composed_and_its_notes_are_drawn(client: Client, yun: User) -> None:
    """The real composer, once: prompt → score → sound → roll."""
    (made,), _job = generate.start("a piano piece, 8 seconds", owner=yun, seed=3)
    generate.compose(str(made.pk))
    told = client.get(reverse("web:take_roll", args=[made.pk])).json()
    assert 6 <= told["seconds"] <= 12
    assert told["n_bars"] >= 2
    assert told["parts"][0]["name"] == "Melody"
    notes = [note for part in told["parts"] for note in part["notes"]]
    assert all(0 <= start < end <= told["seconds"] + 3 for start, end, _pitch in notes)
    midi = client.get(reverse("web:take_midi", args=[made.pk]))
    assert midi["Content-Type"] == "audio/midi"
    page = client.get(reverse("web:take", args=[made.pk])).content.decode()
    assert re.search(r'data-made="yes"', page)
    assert "Change one thing" in page
    there = reverse("web:take_change", args=[made.pk])
    wish = {"change": "again", "part": "melody", "first": "1", "last": "2", "semitones": ""}
    answer = client.post(there, wish)
    taken = Generation.objects.exclude(pk=made.pk).get()
    assert answer["Location"].startswith(reverse("web:take", args=[taken.pk]))
    assert taken.choices["changes"] == [{"change": "again", "part": "melody", "bars": [1, 2]}]
    for wrong in ({"change": "mute", "part": "kazoo"}, {"change": "transpose"}, {}):
        told_so = client.post(there, wrong, follow=True).content.decode()
        assert "message" in told_so
    assert Generation.objects.count() == 2


@pytest.mark.parametrize(
    ("form", "change"),
    [
        ("change=again&part=&first=3", {"change": "again", "bars": [3, 3]}),
        ("change=again&last=4", {"change": "again", "bars": [4, 4]}),
        ("change=mute&part=bass&first=3", {"change": "mute", "part": "bass"}),
        ("change=transpose&semitones=-2", {"change": "transpose", "semitones": -2}),
        ("change=transpose&semitones=up", {"change": "transpose"}),
        ("change=chord&bar=2&chord=+F%23m+", {"change": "chord", "bar": 2, "chord": "F#m"}),
        ("change=instrument&program=73&part=melody", None),
        ("", {"change": ""}),
    ],
)
def test_the_fields_of_a_change_are_those_of_its_button(
    form: str, change: dict[str, object] | None
) -> None:
    wanted = change or {"change": "instrument", "part": "melody", "program": 73}
    assert asked(QueryDict(form)) == wanted


def test_a_piece_without_a_score_is_not_changed(client: Client, take: Generation) -> None:
    client.post(reverse("web:take_change", args=[take.pk]), {"change": "vary"})
    assert Generation.objects.count() == 1


@pytest.mark.parametrize(
    ("form", "change"),
    [
        ("change=again&locked=bass&locked=drums", {"change": "again", "locked": ["bass", "drums"]}),
        ("change=again:bass&locked=drums", {"change": "again", "part": "bass"}),
        ("change=again&section=2&first=", {"change": "again", "section": 2}),
        ("change=again&section=2&first=3", {"change": "again", "bars": [3, 3]}),
        ("change=vary&first=2&last=4&part=bass", {"change": "vary", "bars": [2, 4]}),
        ("change=continue&more=4&first=3", {"change": "continue", "bars": 4}),
        ("change=mute:counter 2&bar=3", {"change": "mute", "part": "counter 2"}),
        ("change=chord&bar=2&chord=F&semitones=3", {"change": "chord", "bar": 2, "chord": "F"}),
        ("change=variation&more=8&bar=1", {"change": "variation"}),
    ],
)
def test_a_button_takes_its_own_fields_and_leaves_the_others(
    form: str, change: dict[str, object]
) -> None:
    assert asked(QueryDict(form)) == change


def test_chords_sections_and_role_are_slots_too() -> None:
    found = by_name("Am F C G, pop, form AABA, backing track")
    shown = {name: found[name].shown for name in ("chords", "form", "role")}
    assert shown == {"chords": "Am F C G", "form": "AABA", "role": "backing"}


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("chords", "Dm | Bb, F  C", ["Dm", "Bb", "F", "C"]),
        ("chords", " ", None),
        ("form", "aa ba", "AABA"),
        ("role", "melody", "melody"),
    ],
)
def test_edited_chords_sections_and_role(field: str, value: str, expected: object) -> None:
    found = edited(form({**as_shown(WALTZ), field: value}), parse(WALTZ).document())
    assert (found or {field: None})[field] == expected


def test_a_chord_that_nobody_knows_is_refused_by_its_name(client: Client) -> None:
    wish = {"prompt": "a piano piece", "chords": "C H7 G"}
    answer = client.post(reverse("web:compose_start"), wish)
    assert answer.status_code == 422
    assert "H7" in answer.content.decode()
    assert not Generation.objects.exists()


def test_another_take_and_rewording_keep_what_was_edited(client: Client, yun: User) -> None:
    client.post(reverse("web:compose_start"), {"prompt": "a piano piece", "bpm": "84"})
    (made,) = Generation.objects.all()
    page = client.get(reverse("web:compose"), {"take": str(made.pk)}).content.decode()
    assert 'name="bpm" value="84"' in page
    client.post(reverse("web:compose_start"), {"take": str(made.pk), "prompt": "something else"})
    again = Generation.objects.exclude(pk=made.pk).get()
    assert (again.prompt, again.request) == (made.prompt, made.request)
    assert again.seed != made.seed


def test_nobody_takes_up_the_piece_of_another(mo: User, take: Generation) -> None:
    browser = Client()
    browser.force_login(mo)
    for wanted in (str(take.pk), "nonsense"):
        answer = browser.post(reverse("web:compose_start"), {"take": wanted, "prompt": "x"})
        assert answer.status_code == 404
        assert browser.get(reverse("web:compose"), {"take": wanted}).status_code == 404
