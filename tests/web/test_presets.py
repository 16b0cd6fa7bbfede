"""Presets, what changed since, parts and many songs: what the editor's script asks and is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from songloom.core.audio.recipe import read
from songloom.interfaces.web import recipes
from songloom.jobs.models import Job
from songloom.library.models import Track, User
from songloom.process import presets
from tests.shelf import person, shelve

GAIN = {"edit": "gain", "gain_db": -3.0}
TRIM = {"edit": "trim", "start_s": 1.0, "end_s": 3.0}


def asked(client: Client, view: str, /, *ids: object, **given: Any) -> Any:
    where = reverse(f"web:{view}", args=[str(one) for one in ids])
    plain = ("track",)
    sent = {
        key: value if isinstance(value, str) or key in plain else json.dumps(value)
        for key, value in given.items()
    }
    return client.post(where, sent, headers={"Accept": "application/json"})


def own(answer: Any) -> list[str]:
    return [one["name"] for one in answer.json()["presets"] if one["is_own"]]


def test_a_preset_is_kept_renamed_and_thrown_away(client: Client, yun: User) -> None:
    kept = asked(
        client, "preset_save", name="晨读", recipe=[GAIN], format="mp3", bit_rate_kbps="96"
    )
    assert own(kept) == ["晨读"]
    mine = kept.json()["presets"][-1]
    assert (mine["format"], mine["bit_rate_kbps"]) == ("mp3", 96)
    assert mine["said"] == "Louder or softer −3 dB"
    assert own(asked(client, "preset_rename", name="晨读", to=" 夜读 ")) == ["夜读"]
    assert asked(client, "preset_rename", name="晨读", to="x").status_code == 404
    assert asked(client, "preset_rename", name="夜读", to="phone").status_code == 422
    assert own(asked(client, "preset_delete", name="夜读")) == []
    assert asked(client, "preset_delete", name="phone").status_code == 404


def test_presets_of_others_are_theirs(client: Client, yun: User) -> None:
    presets.save_preset("theirs", [GAIN], owner=person("otto"))
    answer = client.get(reverse("web:presets"))
    assert own(answer) == []
    assert [one["name"] for one in answer.json()["presets"]] == ["cd", "phone", "speech", "vinyl"]


def test_a_preset_that_joins_names_the_song_it_joins(client: Client, yun: User) -> None:
    song = shelve(yun, "Paper Boats")
    joined = {"edit": "join", "track": str(song.pk)}
    answer = asked(client, "preset_save", name="with boats", recipe=[joined])
    assert answer.json()["others"][str(song.pk)]["title"] == "Paper Boats"


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ([GAIN], [GAIN], []),
        ([], [GAIN], ["+ Louder or softer −3 dB"]),
        ([TRIM], [], ["− Keep a part 1 s–3 s"]),
        ([GAIN], [{**GAIN, "gain_db": -6}], ["Louder or softer: Change −3 → −6"]),
        ([GAIN, TRIM], [TRIM, GAIN], ["moved"]),
    ],
)
def test_what_changed_is_said_in_lines(before: Any, after: Any, lines: list[str]) -> None:
    found = recipes.changed(read(before), read(after))
    assert len(found) == len(lines)
    for line, said in zip(found, lines, strict=True):
        assert said in line.replace("Gain", "Change") or said.split(":")[0] in line


def test_changes_come_in_the_readers_language(client: Client, yun: User) -> None:
    with override("zh-hans"):
        assert recipes.changed(read([]), read([{"edit": "reverse"}])) == ["+ 倒放"]
    answer = asked(client, "preset_compare", before=[], after=[GAIN])
    assert answer.json()["changes"] == ["+ Louder or softer −3 dB"]
    assert asked(client, "preset_compare", before="?", after=[GAIN]).status_code == 422


@pytest.fixture
def song(yun: User) -> Track:
    made = shelve(yun, "Concert")
    made.files.update(duration_s=4.0)  # as long as it is said to be: nothing here decodes
    Track.objects.filter(pk=made.pk).update(duration_s=4.0)
    made.refresh_from_db()
    return made


CUE = (
    'TRACK 01 AUDIO\n TITLE "Rain"\n INDEX 01 00:00:00\n'
    'TRACK 02 AUDIO\n TITLE "Sun"\n INDEX 01 00:01:00'
)


@pytest.mark.parametrize(
    ("way", "text", "titles"),
    [
        ("times", "1,2.5", ["Concert 1", "Concert 2", "Concert 3"]),
        ("cue", CUE, ["Rain", "Sun"]),
        ("labels", "0.5\t1.0\tVerse\n1.5\t2.0\tChorus\n", ["Verse", "Chorus"]),
    ],
)
def test_parts_are_shown_and_nothing_is_made(
    client: Client, song: Track, way: str, text: str, titles: list[str]
) -> None:
    answer = asked(client, "edit_parts", song.pk, way=way, text=text)
    found = answer.json()["parts"]
    assert [one["title"] for one in found] == titles
    assert all(one["end_s"] <= song.duration_s for one in found)
    assert not Job.objects.filter(kind="process.split").exists()


@pytest.mark.parametrize(
    ("way", "text"),
    [
        ("times", ""),
        ("times", "x"),
        ("times", "[1]"),
        ("cue", "nothing"),
        ("labels", "a"),
        ("", ""),
    ],
)
def test_where_nothing_can_be_split_it_says_so(
    client: Client, song: Track, way: str, text: str
) -> None:
    answer = asked(client, "edit_parts", song.pk, way=way, text=text)
    assert answer.status_code == 422
    assert answer.json()["error"]["detail"]


def test_the_parts_that_are_left_are_made(client: Client, song: Track) -> None:
    parts = [{"start_s": 0.0, "end_s": 1.0, "title": "One", "number": 1}]
    answer = asked(client, "edit_split", song.pk, parts=parts, recipe=[GAIN], format="mp3")
    assert answer.status_code == 202
    assert answer.json()["message"].startswith("1 song")
    job = Job.objects.get(kind="process.split")
    assert job.arguments["parts_"][0]["title"] == "One"
    assert job.arguments["recipe"]["edits"] == [GAIN]
    for odd in ([], "x", [{"start_s": "?"}], {"a": 1}):
        assert asked(client, "edit_split", song.pk, parts=odd, recipe=[]).status_code == 422


def test_songs_that_were_selected_are_shown_and_sent_on_their_way(
    yun: User, mo: User, song: Track
) -> None:
    browser = Client()
    browser.force_login(mo)
    entry = Track.objects.create(
        title="Only a name", owner=yun, origin=Track.Origin.IMPORTED, has_audio=False
    )
    hidden = shelve(person("otto"), "Hidden")
    Track.objects.filter(pk=hidden.pk).update(is_private=True)
    ids = [str(one.pk) for one in (song, entry, hidden)]
    page = browser.post(reverse("web:batch"), {"track": ids}).content.decode()
    assert "1 song" in page
    assert "1 entry without sound" in page
    assert "Hidden" not in page
    answer = asked(browser, "batch_start", preset="phone", track=ids)
    assert answer.json()["message"] == "1 song is on its way."
    job = Job.objects.get(kind="process.batch")
    assert job.arguments["track_ids"] == [str(song.pk)]
    assert (job.arguments["format"], job.arguments["save_as_track"]) == ("opus", False)


def test_without_songs_or_a_preset_nothing_starts(client: Client, song: Track) -> None:
    assert "None yet." in client.get(reverse("web:batch")).content.decode()
    assert asked(client, "batch_start", preset="phone").status_code == 422
    assert asked(client, "batch_estimate", preset="phone").status_code == 422
    assert asked(client, "batch_start", preset="?", track=[str(song.pk)]).status_code == 404


@pytest.mark.searches
def test_songs_of_a_search_are_counted(client: Client, song: Track) -> None:
    page = client.get(reverse("web:batch"), {"q": "ai:no"}).content.decode()
    assert "1 song" in page
    nothing = client.get(reverse("web:batch"), {"q": "nothing like it"}).content.decode()
    assert "Nothing with a sound matches" in nothing
