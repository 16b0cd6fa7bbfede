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
from songloom.library.models import User

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


def files(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "models").iterdir())


def test_a_file_is_kept_under_its_hash(home: Path, file: tuple[bytes, str]) -> None:
    kept.keep(*file)
    assert files(home) == [f"{file[1]}.skops"]
    assert (home / "models" / files(home)[0]).read_bytes() == file[0]


def test_keeping_it_twice_keeps_one(home: Path, file: tuple[bytes, str]) -> None:
    for _ in range(2):
        kept.keep(*file)
    assert len(files(home)) == 1
    assert list((home / "tmp").iterdir()) == []


def test_what_was_kept_is_read_back(owner: User, home: Path, file: tuple[bytes, str]) -> None:
    kept.keep(*file)
    pipeline = kept.pipeline_of(row(owner, file[1]))
    assert pipeline.predict(np.zeros((1, N_COLUMNS), dtype=np.float32)).shape == (1,)


def test_a_file_that_another_put_there_is_refused(
    owner: User, home: Path, file: tuple[bytes, str]
) -> None:
    """Whoever can write into the home still cannot make the worker run code."""
    sha256 = hashlib.sha256(b"expected").hexdigest()
    (home / "models").mkdir()
    (home / "models" / f"{sha256}.skops").write_bytes(file[0])
    with pytest.raises(BadValue, match="was recorded"):
        kept.pipeline_of(row(owner, sha256))


def test_a_file_that_is_away_says_what_to_do(owner: User, home: Path) -> None:
    with pytest.raises(StorageAway, match="train again"):
        kept.pipeline_of(row(owner, "0" * 64))


def test_a_disk_that_cannot_be_written_is_an_error_and_leaves_nothing(
    home: Path, file: tuple[bytes, str]
) -> None:
    (home / "tmp").rmdir()
    (home / "tmp").write_text("a file where the folder should be")
    with pytest.raises(StorageAway):
        kept.keep(*file)
    assert files(home) == []


def test_a_sweep_removes_what_no_row_names(
    owner: User, home: Path, file: tuple[bytes, str]
) -> None:
    kept.keep(*file)
    (home / "models" / ("f" * 64 + ".skops")).write_bytes(b"left over")
    (home / "models" / "readme.txt").write_text("not ours")
    row(owner, file[1])
    kept.sweep()
    assert files(home) == sorted([f"{file[1]}.skops", "readme.txt"])


def test_a_file_that_two_tags_share_stays_while_one_names_it(
    owner: User, home: Path, file: tuple[bytes, str]
) -> None:
    kept.keep(*file)
    one, _ = row(owner, file[1], "calm"), row(owner, file[1], "quiet")
    one.delete()
    kept.sweep()
    assert len(files(home)) == 1


def test_a_sweep_of_a_new_home_is_no_error(home: Path) -> None:
    kept.sweep()
