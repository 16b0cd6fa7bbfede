"""A recipe may name another track: only one that may be heard, and lineage names both."""

from __future__ import annotations

import numpy as np
import pytest

from songloom.core.audio import Audio, decode
from songloom.errors import BadRecipe
from songloom.library import storage
from songloom.library.models import LineageNode, Track, User
from songloom.library.services.bin import bin_track
from songloom.library.services.tracing import graph
from songloom.process import services
from songloom.process.saving import save_as_track
from tests.shelf import shelve

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other(owner: User) -> Track:
    return shelve(owner, "东风破", seconds=2.0)


def joined_with(other: Track, crossfade_s: float = 0.0) -> list[dict[str, object]]:
    return [{"edit": "join", "track": str(other.pk), "crossfade_s": crossfade_s}]


def lasts_s(track: Track) -> float:
    assert track.duration_s is not None
    return track.duration_s


def sound_of(path: str) -> Audio:
    return decode.read(path)[0]


def test_two_tracks_become_one_as_long_as_both(track: Track, other: Track, owner: User) -> None:
    made = services.render(track, joined_with(other), owner=owner, format="wav")
    assert made.duration_s == pytest.approx(lasts_s(track) + lasts_s(other), abs=1e-6)
    faded = services.render(track, joined_with(other, 1.0), owner=owner, format="wav")
    assert faded.duration_s == pytest.approx(made.duration_s - 1.0, abs=1e-3)


def test_a_preview_of_a_join_is_a_window_over_the_joint(
    track: Track, other: Track, owner: User
) -> None:
    made = services.render(track, joined_with(other), owner=owner, format="wav")
    with storage.at_hand(made.sha256, "renditions") as path:
        whole = sound_of(str(path))
    at_s = lasts_s(track) - 0.5
    part, duration_s = services.preview(
        track, joined_with(other), owner=owner, at_s=at_s, duration_s=1
    )
    assert duration_s == pytest.approx(1.0)
    first = round(at_s * 44_100)
    assert np.allclose(sound_of(str(part)), whole[:, first : first + 44_100], atol=2 / 32_768)


def test_lineage_names_both(track: Track, other: Track, owner: User) -> None:
    saved = save_as_track(services.render(track, joined_with(other), owner=owner), owner=owner)
    named = {node["track"] for node in graph(saved, owner)["nodes"] if node["kind"] == "track"}
    assert named == {str(one.pk) for one in (track, other, saved)}


def test_a_track_that_one_may_not_hear_cannot_be_joined_and_is_not_told_from_none(
    track: Track, owner: User, stranger: User
) -> None:
    hidden = shelve(stranger, "secret", seconds=1.0, is_private=True)
    nowhere = str(track.pk)[:-4] + "0000"
    said = []
    for name in (str(hidden.pk), nowhere):
        edits = [{"edit": "gain"}, {"edit": "join", "track": name}]
        for act in (services.start, services.render, services.preview):
            with pytest.raises(BadRecipe, match=r"edit 2 \(join\): there is no track") as caught:
                act(track, edits, owner=owner)
        said.append(str(caught.value).replace(name, "…"))
    assert said[0] == said[1]
    bin_track(hidden)


def test_a_track_in_the_bin_cannot_be_joined(track: Track, other: Track, owner: User) -> None:
    bin_track(other)
    with pytest.raises(BadRecipe, match="there is no track"):
        services.start(track, joined_with(other), owner=owner)


def test_a_track_can_be_joined_with_itself(track: Track, owner: User) -> None:
    made = services.render(track, joined_with(track), owner=owner, format="wav")
    assert made.duration_s == pytest.approx(2 * lasts_s(track), abs=1e-6)


def test_another_sound_behind_the_same_recipe_is_another_rendition(
    track: Track, other: Track, owner: User
) -> None:
    one = services.render(track, joined_with(other), owner=owner, format="wav")
    other.files.update(start_s=0.5, end_s=1.0)
    assert services.render(track, joined_with(other), owner=owner, format="wav").pk != one.pk


def test_what_is_joined_with_a_private_track_is_private(
    track: Track, other: Track, owner: User
) -> None:
    Track.objects.filter(pk=other.pk).update(is_private=True)
    saved = save_as_track(services.render(track, joined_with(other), owner=owner), owner=owner)
    assert saved.is_private


def test_a_recipe_does_not_name_a_private_track_to_somebody_else(
    track: Track, other: Track, owner: User, stranger: User
) -> None:
    saved = save_as_track(services.render(track, joined_with(other), owner=owner), owner=owner)
    Track.objects.filter(pk=other.pk).update(is_private=True)
    assert str(other.pk) in str(graph(saved, owner))
    told = graph(saved, stranger)
    assert str(other.pk) not in str(told)
    assert "东风破" not in str(told)
    assert any(node["kind"] == "recipe" for node in told["nodes"])
    assert LineageNode.objects.filter(detail__icontains=str(other.pk)).exists()
