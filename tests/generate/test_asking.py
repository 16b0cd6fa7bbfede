"""From a prompt to a request, and from a request to work in the queue."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser

from songloom.errors import BadPrompt, BadValue, Busy, NotFound
from songloom.generate import services
from songloom.generate.models import Generation
from songloom.generate.services import asking
from songloom.jobs.models import Job
from songloom.library.models import Track, User
from tests.generate.conftest import Measured


def test_a_prompt_gives_the_request_of_the_contract(mei: User) -> None:
    request = services.request_from("slow waltz in D minor, no drums", user=mei)
    assert (request["key"], request["mode"], request["metre"]) == (2, "minor", "3/4")
    assert request["drums"] is False
    assert request["instruments"] is None


def test_seconds_set_beside_the_prompt_beat_those_in_it(mei: User) -> None:
    assert services.request_from("piano, 90 s", seconds=20, user=mei)["seconds"] == 20
    assert services.request_from("piano", seconds=20.5, user=mei)["seconds"] == 20.5
    asked = services.asked("piano, 90 s", seconds=20, user=mei)
    assert [s["words"] for s in asked.slots() if s["name"] == "seconds"] == ["20 s"]


@pytest.mark.parametrize("seconds", [0, -3, 4.9, 600.5, 1e9, float("nan"), float("inf")])
def test_seconds_out_of_range_are_refused_with_the_range(seconds: float, mei: User) -> None:
    with pytest.raises(BadValue, match="5 to 600") as refused:
        services.request_from("piano", seconds=seconds, user=mei)
    assert refused.value.fields == {"field": "seconds"}


@pytest.mark.parametrize("seed", [-1, 2**63, 2**80])
def test_a_seed_that_cannot_be_stored_is_refused(seed: int, mei: User) -> None:
    with pytest.raises(BadValue, match="seed"):
        services.request_from("piano", seed=seed, user=mei)


def test_an_empty_prompt_is_refused_and_leaves_nothing_behind(mei: User) -> None:
    with pytest.raises(BadPrompt):
        services.start("  \x00 ", owner=mei)
    assert not Generation.objects.exists()
    assert not Job.objects.exists()


# --- queueing -----------------------------------------------------------------------------


def test_a_piece_is_queued_with_its_request_and_job(mei: User) -> None:
    (generation,), job = services.start("慢华尔兹，钢琴", owner=mei, seed=7)
    assert generation.state == Generation.State.WAITING
    assert (generation.seed, generation.language, generation.prompt) == (7, "zh", "慢华尔兹，钢琴")
    assert generation.request["metre"] == "3/4"
    assert {slot["name"] for slot in generation.slots} == {"bpm", "style", "metre", "instruments"}
    assert job.kind == "generate.compose"
    assert job.owner_id == mei.pk
    assert job.arguments == {"generation_ids": [str(generation.pk)]}


def test_several_pieces_have_seeds_one_after_the_other(mei: User) -> None:
    generations, job = services.start("piano", owner=mei, seed=40, count=3)
    assert [generation.seed for generation in generations] == [40, 41, 42]
    assert [generation.position for generation in generations] == [0, 1, 2]
    assert len({generation.batch for generation in generations}) == 1
    assert len(job.arguments["generation_ids"]) == 3
    assert services.batch_of(generations[1]) == generations


def test_without_a_seed_one_is_drawn(mei: User) -> None:
    seeds = {services.start("piano", owner=mei)[0][0].seed for _ in range(5)}
    assert len(seeds) == 5
    assert all(0 <= seed < 2**31 for seed in seeds)


@pytest.mark.parametrize("count", [0, -1, 51])
def test_a_count_out_of_range_is_refused(count: int, mei: User) -> None:
    with pytest.raises(BadValue, match="1 to 50"):
        services.start("piano", owner=mei, count=count)


def test_nobody_may_pile_up_pieces_without_end(
    mei: User, otto: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_WAITING", 3)
    services.start("piano", owner=mei, count=2)
    with pytest.raises(Busy, match=r"2 pieces .* at most 3"):
        services.start("piano", owner=mei, count=2)
    services.start("piano", owner=otto, count=3)  # another's queue is another's
    assert Generation.objects.filter(owner=mei).count() == 2


def test_edited_wishes_replace_those_of_the_prompt(mei: User) -> None:
    request = services.request_from("slow waltz in D minor", user=mei)
    request |= {"key": 5, "bpm": 120}
    (generation,), _ = services.start("slow waltz in D minor", owner=mei, request=request)
    assert (generation.request["key"], generation.request["bpm"]) == (5, 120)
    assert generation.request["metre"] == "3/4"
    assert {slot["name"] for slot in generation.slots} == {
        "mode",
        "style",
        "metre",
    }  # not the edited


def test_edited_wishes_out_of_range_are_refused(mei: User) -> None:
    with pytest.raises(BadValue, match="key"):
        services.start("piano", owner=mei, request={"key": 99})


def test_a_title_in_the_prompt_is_kept(mei: User) -> None:
    (generation,), _ = services.start("一首叫《雨后》的钢琴曲", owner=mei)
    assert generation.title == "雨后"
    assert str(generation) == "雨后"


def test_control_characters_never_reach_the_database(mei: User) -> None:
    (generation,), _ = services.start("pi\x00ano\x1b, slow\n", owner=mei)
    assert generation.prompt == "piano, slow"


# --- taking after a song ------------------------------------------------------------------


def test_a_song_lends_its_key_mode_and_tempo(mei: User, measured: Measured) -> None:
    track = measured("青花瓷", key="A", mode="major", tempo_bpm=81.26)
    request = services.request_from("piano, 30 s", like=track, user=mei)
    assert (request["key"], request["mode"], request["bpm"]) == (9, "major", 81.3)
    assert request["like"] == str(track.pk)
    assert request["instruments"] == [0]
    assert request["changed"] == []


@pytest.mark.parametrize(
    "as_", [lambda track: track, lambda track: track.pk, lambda track: str(track.pk)]
)
def test_a_song_may_be_named_as_object_or_id(as_: object, mei: User, measured: Measured) -> None:
    track = measured("Rain", key="C#", mode="minor", tempo_bpm=120.0)
    asked = services.asked("piano", like=as_(track), user=mei)  # type: ignore[operator]
    assert asked.like == track
    assert asked.request.key == 1


def test_what_the_prompt_says_beats_the_song(mei: User, measured: Measured) -> None:
    track = measured("Rain", key="A", mode="minor", tempo_bpm=81.0)
    request = services.request_from("in C major, 120 bpm", like=track, user=mei)
    assert (request["key"], request["mode"], request["bpm"]) == (0, "major", 120)
    request = services.request_from("C F G C", like=track, user=mei)
    assert (request["key"], request["mode"], request["bpm"]) == (None, None, 81)


def test_slots_say_which_song_a_wish_came_from(mei: User, measured: Measured) -> None:
    track = measured("Rain", key="A", mode="minor", tempo_bpm=81.0)
    slots = services.asked("piano", like=track, user=mei).slots()
    taken = {s["name"] for s in slots if s["how"] == "inferred" and s["words"] == "Rain"}
    assert taken == {"key", "mode", "bpm"}


def test_a_song_that_was_not_analysed_lends_nothing_and_that_is_said(
    mei: User, measured: Measured
) -> None:
    track = measured("Rain")
    request = services.request_from("piano", like=track, user=mei)
    assert request["key"] is None
    assert any("Rain" in sentence and "analysed" in sentence for sentence in request["changed"])
    request = services.request_from("钢琴", like=track, user=mei)
    assert any("Rain" in sentence and "分析" in sentence for sentence in request["changed"])


def test_what_was_not_heard_in_a_song_is_not_taken(mei: User, measured: Measured) -> None:
    track = measured("Drums", key="", mode="", tempo_bpm=None)
    request = services.request_from("piano", like=track, user=mei)
    assert (request["key"], request["mode"], request["bpm"]) == (None, None, None)


def test_a_tempo_that_cannot_be_played_is_brought_into_range(mei: User, measured: Measured) -> None:
    track = measured("Fast", key="C", mode="major", tempo_bpm=300.0)
    assert services.request_from("piano", like=track, user=mei)["bpm"] == 240


@pytest.mark.parametrize(
    "prompt", ["钢琴，像《青花瓷》", "piano like 青花瓷", "钢琴，像青花瓷", "钢琴，像青花瓷那样"]
)
def test_a_song_named_in_the_prompt_is_found_by_its_title(
    prompt: str, mei: User, measured: Measured
) -> None:
    track = measured("青花瓷", key="A", mode="major", tempo_bpm=80.0)
    asked = services.asked(prompt, user=mei)
    assert asked.like == track
    assert asked.request.like == "青花瓷"
    assert asked.request.key == 9
    assert asked.request.not_understood == ()


def test_a_simile_that_is_no_songs_title_stays_not_understood(
    mei: User, measured: Measured
) -> None:
    measured("青花瓷", key="A")
    asked = services.asked("像雨停以后的街", user=mei)
    assert asked.like is None
    assert asked.request.not_understood == ("像雨停以后的街",)


def test_a_title_that_no_song_has_is_said_to_be_missing(mei: User) -> None:
    request = services.request_from("like 青花瓷", user=mei)
    assert request["like"] == "青花瓷"
    assert request["key"] is None
    assert any("青花瓷" in sentence for sentence in request["changed"])


def test_nobody_takes_after_a_song_they_may_not_hear(
    mei: User, otto: User, measured: Measured
) -> None:
    private = measured("Secret", owner=mei, is_private=True, key="A", mode="minor", tempo_bpm=90.0)
    assert services.asked("piano", like=private, user=mei).request.key == 9
    with pytest.raises(NotFound):
        services.asked("piano", like=private, user=otto)
    assert services.asked('like "Secret"', user=otto).like is None
    with pytest.raises(NotFound):
        services.asked("piano", like=private, user=AnonymousUser())


NOTHING = "0b51d1f4-3b1c-4b5f-9d3f-0c8e3a6f2a11"  # the id of no row


@pytest.mark.parametrize("like", ["", "nonsense", "../../etc/passwd", NOTHING, UUID(NOTHING)])
def test_a_song_that_is_not_there_is_not_found(like: object, mei: User) -> None:
    with pytest.raises(NotFound):
        services.request_from("piano", like=like, user=mei)  # type: ignore[arg-type]


def test_a_binned_song_is_not_taken_after(mei: User, measured: Measured) -> None:
    from songloom.library.services.bin import bin_track

    track: Track = bin_track(measured("Rain", key="A"))
    with pytest.raises(NotFound):
        services.request_from("piano", like=track, user=mei)
