"""Training: what can be heard is learnt, what cannot is refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from songloom.errors import StorageAway
from songloom.learn import kept, services
from songloom.learn.models import Suggestion, TagModel
from songloom.library import storage
from songloom.library.models import Track, User
from songloom.library.services.tagging import set_fields, tags_of
from tests.kept import lose
from tests.learn.conftest import Measured
from tests.shelf import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
COLUMNS = {"tag", "n_examples", "metric", "score", "score_std", "baseline", "model", "refused"}


def rows(user: User) -> dict[str, dict[str, object]]:
    return {str(row["tag"]): row for row in services.train(user)["tags"]}


def models() -> list[str]:
    """The hashes of the files that are kept."""
    return [entry.name for entry in storage.store().entries("models")]


def test_a_tag_that_can_be_heard_is_learnt_and_stands_beside_its_baseline(
    owner: User, tagged_library: list[Track]
) -> None:
    lively = rows(owner)["lively"]
    assert lively.keys() >= COLUMNS
    assert lively["metric"] == "balanced accuracy"
    assert lively["baseline"] == 0.5
    assert isinstance(lively["score"], float)
    assert lively["score"] > 0.85
    assert (lively["n_examples"], lively["refused"]) == (24, None)


def test_too_few_songs_are_refused_with_a_sentence_that_counts(
    owner: User, tagged_library: list[Track]
) -> None:
    odd = rows(owner)["odd"]
    assert odd["refused"] == '7 more songs needed to learn "odd"'
    assert (odd["n_examples"], odd["score"], odd["model"]) == (3, None, None)


def test_one_song_short_is_said_in_the_singular(owner: User, measured: Measured) -> None:
    for _ in range(9):
        measured(tags={"tag": ["calm"]})
    assert rows(owner)["calm"]["refused"] == '1 more song needed to learn "calm"'


def test_a_refusal_speaks_the_language_of_its_reader(owner: User, measured: Measured) -> None:
    owner.language = "zh-hans"
    for _ in range(9):
        measured(tags={"tag": ["安静"]})
    assert rows(owner)["安静"]["refused"] == "要学会“安静”，还差 1 首"


def test_shuffled_tags_score_at_the_baseline(owner: User, tagged_library: list[Track]) -> None:
    """The same songs, the same numbers of tags, dealt out by chance."""
    tagged = tagged_library[:48]
    deal = np.random.default_rng(11).permutation(["lively"] * 24 + ["calm"] * 24)
    for track, value in zip(tagged, deal, strict=True):
        set_fields(track, {"tag": [str(value)]})
    lively = rows(owner)["lively"]
    assert isinstance(lively["score"], float)
    assert abs(lively["score"] - 0.5) < 4 * 0.5 / np.sqrt(48)  # four standard errors of a share


def test_songs_of_one_artist_are_no_proof(owner: User, measured: Measured) -> None:
    for _ in range(20):
        measured(brightness=1.0, tags={"tag": ["lively"], "artist": ["The Same"]})
        measured(brightness=-1.0, tags={"tag": ["calm"]})
    refused = str(rows(owner)["lively"]["refused"])
    assert "2 more songs by other artists and on other albums" in refused


def test_an_album_binds_its_songs_also_without_an_artist(owner: User, measured: Measured) -> None:
    for _ in range(20):
        measured(
            brightness=1.0,
            tags={"tag": ["lively"], "album": ["Sampler"], "albumartist": ["Various"]},
        )
        measured(brightness=-1.0, tags={"tag": ["calm"]})
    assert "other albums" in str(rows(owner)["lively"]["refused"])


def test_a_tag_on_every_song_lacks_songs_without_it(owner: User, measured: Measured) -> None:
    for _ in range(15):
        measured(tags={"tag": ["all"]})
    refused = rows(owner)["all"]["refused"]
    assert refused == '10 more songs that are not "all" needed to learn it'


def test_genres_and_own_fields_are_learnt_too(owner: User, measured: Measured) -> None:
    for _ in range(12):
        measured(brightness=1.0, tags={"genre": ["Folk"], "mood": ["happy"]})
        measured(brightness=-1.0, tags={"genre": ["Ambient"], "mood": ["sad"]})
    learnt = rows(owner)
    assert {row["field"] for row in learnt.values()} == {"genre", "mood"}
    assert {"Folk", "Ambient", "happy", "sad"} == learnt.keys()
    assert all(row["score"] is not None for row in learnt.values())


def test_songs_that_are_not_measured_are_no_examples(owner: User, measured: Measured) -> None:
    for _ in range(4):
        measured(tags={"tag": ["calm"]})
    for _ in range(20):
        measured(tags={"tag": ["calm"]}, is_measured=False)
    assert rows(owner)["calm"]["n_examples"] == 4


def test_songs_hidden_by_others_teach_nothing_and_their_tags_stay_unknown(
    owner: User, measured: Measured
) -> None:
    other = person("bo")
    for _ in range(12):
        measured(tags={"tag": ["secret"]}, by=other, is_private=True)
    assert rows(owner) == {}
    assert "secret" in rows(other)


def test_an_empty_library_learns_nothing(owner: User) -> None:
    assert services.train(owner) == {"tags": []}


def test_without_a_user_the_first_administrator_is_meant(measured: Measured) -> None:
    boss = person("boss", is_admin=True)
    for _ in range(3):
        measured(tags={"tag": ["calm"]}, is_private=True)
    assert [row["tag"] for row in services.train()["tags"]] == ["calm"]
    assert not TagModel.objects.exclude(owner=boss).exists()


def test_training_twice_gives_the_same_rows_and_files(
    owner: User, home: Path, tagged_library: list[Track]
) -> None:
    first = services.train(owner)
    files = models()
    assert services.train(owner) == first
    assert models() == files
    assert len(files) == 2


def test_the_most_frequent_tags_stand_first(owner: User, tagged_library: list[Track]) -> None:
    counts = [row["n_examples"] for row in services.train(owner)["tags"]]
    assert counts == sorted(counts, reverse=True)


def test_a_model_file_is_named_by_its_hash_and_read_back(
    owner: User, home: Path, tagged_library: list[Track]
) -> None:
    sha256 = str(rows(owner)["lively"]["model"])
    assert sha256 in models()
    assert kept.pipeline_of(TagModel.objects.get(value="lively")).predict_proba


def test_a_tag_no_longer_in_use_loses_its_model_and_file(
    owner: User, home: Path, tagged_library: list[Track]
) -> None:
    services.train(owner)
    for track in tagged_library[:24]:
        set_fields(track, {"tag": ["energetic"]})
    learnt = rows(owner)
    assert "lively" not in learnt
    assert not TagModel.objects.filter(value="lively").exists()
    named = {str(row["model"]) for row in learnt.values() if row["model"]}
    assert set(models()) == named


def test_a_tag_that_became_rare_loses_its_model(owner: User, tagged_library: list[Track]) -> None:
    services.train(owner)
    for track in tagged_library[:20]:
        set_fields(track, {"tag": []})
    assert rows(owner)["lively"]["refused"] == '6 more songs needed to learn "lively"'
    assert not TagModel.objects.filter(value="lively").exists()


def test_training_changes_no_tag(owner: User, tagged_library: list[Track]) -> None:
    before = [tags_of(track) for track in Track.objects.order_by("pk")]
    services.train(owner)
    assert [tags_of(track) for track in Track.objects.order_by("pk")] == before
    assert Suggestion.objects.exists()


def test_a_model_file_that_is_away_is_an_error_with_a_way_out(
    owner: User, home: Path, tagged_library: list[Track]
) -> None:
    services.train(owner)
    model = TagModel.objects.get(value="calm")
    lose(model.sha256, "models")
    kept._read.cache_clear()
    with pytest.raises(StorageAway, match="train again"):
        kept.pipeline_of(model)
