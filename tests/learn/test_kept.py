"""Files of learnt tags: written whole, found by their hash, swept when nobody names them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from songloom.core.learning.files import packed
from songloom.core.learning.tagging import learn
from songloom.core.learning.vectors import N_COLUMNS
from songloom.errors import BadValue, StorageAway
from songloom.learn import kept
from songloom.learn.models import TagModel
from songloom.library import storage
from songloom.library.keep.verify import verify
from songloom.library.models import User
from tests.kept import bytes_of, home_path

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def file() -> tuple[bytes, str]:
    matrix = np.random.default_rng(4).normal(0, 1, (50, N_COLUMNS)).astype(np.float32)
    return packed(learn(matrix, matrix[:, 1] > 0, np.arange(50)).pipeline)


def row(owner: User, sha256: str, value: str = "calm") -> TagModel:
    return TagModel.objects.create(
        owner=owner,
        field="tag",
        value=value,
        value_key=value,
        sha256=sha256,
        features_version=1,
        vector_version=1,
        n_examples=10,
        metric="balanced accuracy",
        score=0.9,
        score_std=0.1,
        baseline=0.5,
    )


def files() -> list[str]:
    """The hashes of what is kept."""
    return [entry.name for entry in storage.store().entries("models")]


@pytest.mark.stores
def test_a_file_is_kept_under_its_hash(file: tuple[bytes, str]) -> None:
    kept.keep(*file)
    assert file[1] in files()
    assert bytes_of(file[1], "models") == file[0]


@pytest.mark.stores
def test_what_was_kept_is_read_back(owner: User, file: tuple[bytes, str]) -> None:
    kept.keep(*file)
    kept._read.cache_clear()
    pipeline = kept.pipeline_of(row(owner, file[1]))
    assert pipeline.predict(np.zeros((1, N_COLUMNS), dtype=np.float32)).shape == (1,)


def test_keeping_it_twice_keeps_one(home: Path, file: tuple[bytes, str]) -> None:
    for _ in range(2):
        kept.keep(*file)
    assert files() == [file[1]]
    assert list((home / "tmp").iterdir()) == []


def test_what_another_put_in_its_place_is_refused(
    owner: User, home: Path, file: tuple[bytes, str]
) -> None:
    """Whoever can write into the storage still cannot make the worker run code."""
    sha256 = hashlib.sha256(b"expected").hexdigest()
    place = home_path(sha256, "models")
    place.parent.mkdir(parents=True)
    place.write_bytes(file[0])
    with pytest.raises(BadValue, match="was recorded"):
        kept.pipeline_of(row(owner, sha256))


@pytest.mark.stores
def test_a_file_that_is_away_says_what_to_do(owner: User) -> None:
    with pytest.raises(StorageAway, match="train again"):
        kept.pipeline_of(row(owner, "0" * 64))


def test_a_disk_that_cannot_be_written_is_an_error_and_leaves_nothing(
    home: Path, file: tuple[bytes, str]
) -> None:
    (home / "tmp").rmdir()
    (home / "tmp").write_text("a file where the folder should be")
    with pytest.raises(StorageAway):
        kept.keep(*file)
    assert files() == []


@pytest.mark.stores
def test_what_no_row_names_any_more_goes(owner: User, file: tuple[bytes, str]) -> None:
    kept.keep(*file)
    one, _ = row(owner, file[1], "calm"), row(owner, file[1], "quiet")
    one.delete()
    kept.forget([file[1]])
    assert file[1] in files()  # the other tag has the same
    TagModel.objects.all().delete()
    kept.forget([file[1]])
    assert file[1] not in files()


def test_forgetting_what_is_not_there_is_no_error(home: Path) -> None:
    kept.forget(["0" * 64])


@pytest.mark.stores
def test_a_learnt_tag_whose_file_is_lost_is_named(owner: User, file: tuple[bytes, str]) -> None:
    storage.drop(file[1], "models")
    model = row(owner, file[1])
    assert {"code": "missing_model", "id": str(model.pk)} in verify()["problems"]
    kept.keep(*file)
    assert verify()["ok"]


def test_files_of_an_earlier_version_are_brought_in(
    owner: User, home: Path, file: tuple[bytes, str]
) -> None:
    old = home / "models"
    old.mkdir()
    (old / f"{file[1]}.skops").write_bytes(file[0])
    (old / f"{'f' * 64}.skops").write_bytes(b"left over")
    (old / "readme.txt").write_text("not ours")
    model = row(owner, file[1])
    kept.bring_in()
    assert [path.name for path in old.iterdir()] == ["readme.txt"]
    assert kept.pipeline_of(model) is not None
    kept.bring_in()  # and again, as every worker does
    assert files() == [file[1]]


def test_a_new_home_has_nothing_to_bring_in(home: Path) -> None:
    kept.bring_in()
    assert files() == []
