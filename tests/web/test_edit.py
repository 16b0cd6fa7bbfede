"""Edit: every edit of the registry is offered, a preview plays before anything is saved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from songloom.core.audio.edits import EDITS
from songloom.core.audio.formats import RENDITIONS
from songloom.interfaces.web import recipes
from songloom.jobs import services as jobs
from songloom.jobs.models import Job
from songloom.library.models import Rendition, Track, User
from tests.shelf import shelve

JSON = {"Accept": "application/json"}
TRIM = {"version": 1, "edits": [{"edit": "trim", "start_s": 0.2, "end_s": 0.7}]}


def at(name: str, track: Track) -> str:
    return reverse(f"web:{name}", args=[track.pk])


def order(client: Client, track: Track, name: str, recipe: Any = TRIM, **more: str) -> Any:
    given = {"recipe": recipe if isinstance(recipe, str) else json.dumps(recipe), **more}
    return client.post(at(name, track), given, headers=JSON)


def test_every_edit_there_is_is_offered_with_its_parameters() -> None:
    shown = {one["name"]: one for one in recipes.registry()}
    assert shown.keys() == EDITS.keys()
    for name, kind in EDITS.items():
        offered = [one["name"] for one in shown[name]["parameters"]]
        assert offered == [one.name for one in kind.parameters]
        for one in (one for one in shown[name]["parameters"] if one["kind"] == "number"):
            assert one["low"] <= one["high"]
            assert one["default"] is None or one["low"] <= one["default"] <= one["high"]


def test_edits_have_words_in_both_languages() -> None:
    english = [one["label"] for one in recipes.registry()]
    with override("zh-hans"):
        chinese = [one["label"] for one in recipes.registry()]
    assert len(set(english)) == len(set(chinese)) == len(EDITS)
    assert not set(english) & set(chinese)


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ([{"edit": "trim", "start_s": 10.0, "end_s": 40.0}], "Keep a part 10 s–40 s"),
        ([{"edit": "gain", "gain_db": -3.0}], "Louder or softer −3 dB"),
        ([{"edit": "channels", "channels": 1}], "Mono or stereo 1"),
        ([{"edit": "fade_in", "duration_s": 0.5}, {"edit": "trim_silence"}],
         "Fade in 0.5 s, Remove silence at both ends"),
        ([], "another format only"),
        ([{"edit": "unheard_of", "x": 1}], "unheard_of"),
        (["junk"], "another format only"),
    ],
)  # fmt: skip
def test_a_recipe_in_words(edits: list[Any], words: str) -> None:
    assert recipes.in_words({"version": 1, "edits": edits}) == words


def test_nothing_is_no_recipe() -> None:
    assert recipes.in_words(None) == "another format only"


def test_lossy_formats_are_those_with_a_bit_rate() -> None:
    assert set(recipes.LOSSY) == {"mp3", "opus", "ogg", "m4a"}


def test_the_page_holds_the_registry_and_the_formats(client: Client, song: Track) -> None:
    page = client.get(at("edit", song)).content.decode()
    for name in EDITS:
        assert f'data-edit-name="{name}"' in page
    for name in RENDITIONS:
        assert f'<option value="{name}"' in page
    assert "the original file stays as it is" in page


def run(job_id: str) -> Job:
    """Do the work that was queued, here, as the worker would."""
    (done, *_rest) = jobs.finish([Job.objects.get(pk=job_id)])
    return Job.objects.get(pk=done.pk)


def test_a_preview_is_heard_at_once_and_leaves_no_job_and_no_rendition(
    client: Client, yun: User
) -> None:
    track = shelve(yun, "Tone")
    answer = order(client, track, "edit_preview")
    assert answer.status_code == 200
    made = answer.json()
    assert made["duration"] == pytest.approx(0.5, abs=0.001)
    heard = client.get(made["src"])
    assert heard.status_code == 200
    assert heard["Content-Type"] == "audio/wav"
    assert Path(heard["X-Accel-Redirect"].removeprefix("/_files")).is_absolute()
    assert not Rendition.objects.exists()
    assert not Job.objects.filter(kind="process.render").exists()


def test_a_preview_of_a_long_song_is_ten_seconds_from_where_the_line_stands(
    client: Client, yun: User
) -> None:
    track = shelve(yun, "Long", seconds=40.0)
    gain = {"version": 1, "edits": [{"edit": "gain", "gain_db": -3}]}
    assert order(client, track, "edit_preview", gain).json()["duration"] == pytest.approx(10.0)
    late = order(client, track, "edit_preview", gain, at_s="36.5").json()
    assert late["duration"] == pytest.approx(3.5, abs=0.001)


@pytest.mark.parametrize("at_s", ["", "soon", "nan", "-5", "inf", "1e300"])
def test_a_line_that_stands_nowhere_is_the_beginning(client: Client, yun: User, at_s: str) -> None:
    made = order(client, shelve(yun, "Tone"), "edit_preview", at_s=at_s)
    assert made.json()["duration"] == pytest.approx(0.5, abs=0.001)


def test_the_page_knows_what_the_size_of_the_result_is_told_from(client: Client, yun: User) -> None:
    track = shelve(yun, "Tone")
    file = track.files.get()
    page = client.get(at("edit", track)).content.decode()
    for name, value in (
        ("from", file.format),
        ("rate", file.sample_rate),
        ("channels", file.channels),
        ("bits", file.bits or 0),
    ):
        assert f'data-{name}="{value}"' in page


def test_a_rendition_is_saved_and_can_be_played_and_downloaded(client: Client, yun: User) -> None:
    track = shelve(yun, "Tone")
    answer = order(client, track, "edit_save", format="flac")
    assert answer.json()["message"] == "The rendition is saved."
    run(answer.json()["job"])
    made = Rendition.objects.get()
    assert made.duration_s == pytest.approx(0.5)
    page = client.get(at("track", track)).content.decode()
    sound = reverse("web:rendition_sound", args=[made.pk])
    assert sound in page
    assert client.get(sound)["Content-Type"] == "audio/flac"
    assert "attachment" in client.get(sound + "?download")["Content-Disposition"]
    assert "Keep a part 0.2 s–0.7 s" in page


def test_a_new_song_is_saved_with_its_lineage(client: Client, yun: User) -> None:
    track = shelve(yun, "Tone")
    answer = order(client, track, "edit_save", format="wav", **{"as": "track"})
    assert answer.json()["message"] == "Saved as a new song; original unchanged."
    job = run(answer.json()["job"])
    assert job.result is not None
    (track_id,) = job.result["track_ids"]
    made = Track.objects.get(pk=track_id)
    assert made.pk != track.pk
    assert made.duration_s == pytest.approx(0.5)
    page = client.get(at("track", made)).content.decode()
    assert at("track", track) in page, "the song that it came from is a link"


@pytest.mark.parametrize(
    ("recipe", "code"),
    [
        ("not json", "bad_recipe"),
        ("[" * 5_000, "bad_recipe"),
        ({"version": 99, "edits": []}, "bad_recipe"),
        ({"version": 1, "edits": [{"edit": "explode"}]}, "bad_recipe"),
        ({"version": 1, "edits": [{"edit": "trim", "start_s": 5, "end_s": 1}]}, "bad_recipe"),
        ({"version": 1, "edits": [{"edit": "gain", "gain_db": 1e9}]}, "bad_recipe"),
    ],
)
def test_a_recipe_that_cannot_be_is_refused_in_words(
    client: Client, song: Track, recipe: Any, code: str
) -> None:
    for name in ("edit_preview", "edit_save"):
        answer = order(client, song, name, recipe)
        assert answer.status_code == 422
        error = answer.json()["error"]
        assert error["code"] == code
        assert error["message"]
    assert not Job.objects.filter(kind="process.render").exists()


@pytest.mark.parametrize(("format", "rate"), [("exe", ""), ("mp3", "9999"), ("opus", "1")])
def test_a_format_or_rate_that_cannot_be_is_refused(
    client: Client, song: Track, format: str, rate: str
) -> None:
    answer = order(client, song, "edit_save", format=format, bit_rate_kbps=rate)
    assert answer.status_code == 422


def test_a_preview_of_another_song_is_not_found(client: Client, song: Track, yun: User) -> None:
    other = shelve(yun, "Other")
    for name in ("nothing.opus", "..%2F..%2Fdb.sqlite3", "a" * 300):
        answer = client.get(f"/tracks/{other.pk}/preview/{name}")
        assert answer.status_code == 404


def test_renditions_are_ones_own_on_the_page_as_in_the_api(
    client: Client, song: Track, mo: User
) -> None:
    run(order(client, song, "edit_save", format="wav").json()["job"])
    made = Rendition.objects.get()
    browser = Client()
    browser.force_login(mo)
    page = reverse("web:track", args=[song.pk])
    sound = reverse("web:rendition_sound", args=[made.pk])
    assert str(made.pk) in client.get(page).content.decode()
    assert str(made.pk) not in browser.get(page).content.decode()
    assert client.get(sound).status_code == 200
    assert browser.get(sound).status_code == 404


def test_renditions_of_hidden_songs_stay_hidden(client: Client, yun: User, mo: User) -> None:
    track = shelve(yun, "Tone", is_private=True)
    run(order(client, track, "edit_save", format="wav").json()["job"])
    made = Rendition.objects.get()
    browser = Client()
    browser.force_login(mo)
    assert browser.get(reverse("web:rendition_sound", args=[made.pk])).status_code == 404
    assert order(browser, track, "edit_preview").status_code == 404
