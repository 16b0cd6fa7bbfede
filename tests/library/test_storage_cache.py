"""A cache keeps what was used last, within its size, and never gives out half a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.library.storage.cache import Cache


def cache_of(folder: Path, most_bytes: int = 1_000) -> Cache:
    return Cache(folder / "cache", most_bytes)


def put(cache: Cache, folder: Path, key: str, content: bytes) -> None:
    source = folder / "source"
    source.write_bytes(content)
    cache.take(key, source)
    source.unlink()


def keys(cache: Cache) -> list[str]:
    return sorted(path.relative_to(cache.folder).as_posix() for _, _, path in cache._kept())


def test_what_was_taken_is_lent_whole(tmp_path: Path) -> None:
    cache = cache_of(tmp_path)
    put(cache, tmp_path, "audio/ab/abc", b"sound")
    assert cache.lend("audio/ab/abc", tmp_path / "mine")
    assert (tmp_path / "mine").read_bytes() == b"sound"


def test_what_was_never_taken_is_not_lent_and_leaves_no_file(tmp_path: Path) -> None:
    cache = cache_of(tmp_path)
    (tmp_path / "mine").write_bytes(b"older")
    assert not cache.lend("audio/ab/abc", tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


def test_a_lent_file_outlives_its_place_in_the_cache(tmp_path: Path) -> None:
    cache = cache_of(tmp_path)
    put(cache, tmp_path, "a/b/c", b"sound")
    cache.lend("a/b/c", tmp_path / "mine")
    cache.forget("a/b/c")
    assert keys(cache) == []
    assert (tmp_path / "mine").read_bytes() == b"sound"


def test_lending_keeps_no_second_copy_on_the_disk(tmp_path: Path) -> None:
    cache = cache_of(tmp_path)
    put(cache, tmp_path, "a/b/c", b"sound")
    cache.lend("a/b/c", tmp_path / "mine")
    assert (tmp_path / "mine").stat().st_nlink == 2


def test_where_the_disk_knows_no_second_names_it_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, target: Path) -> None:
        os.stat(source)
        raise PermissionError(1, "no second names here")

    monkeypatch.setattr(os, "link", refuse)
    cache = cache_of(tmp_path)
    put(cache, tmp_path, "a/b/c", b"sound")
    assert cache.lend("a/b/c", tmp_path / "mine")
    assert (tmp_path / "mine").read_bytes() == b"sound"


def test_one_that_is_used_again_stays_and_the_other_goes(tmp_path: Path) -> None:
    cache = cache_of(tmp_path, 25)
    for at, key in enumerate(("x/1", "x/2")):
        put(cache, tmp_path, key, b"0123456789")
        os.utime(cache.folder / key, (at, at))
    cache.lend("x/1", tmp_path / "mine")
    put(cache, tmp_path, "x/3", b"0123456789")
    assert keys(cache) == ["x/1", "x/3"]


def test_one_that_alone_is_too_large_pushes_nobody_out(tmp_path: Path) -> None:
    cache = cache_of(tmp_path, 25)
    put(cache, tmp_path, "x/1", b"0123456789")
    put(cache, tmp_path, "x/2", b"0" * 26)
    assert keys(cache) == ["x/1"]


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    cache = cache_of(tmp_path)
    put(cache, tmp_path, "a/b/c", b"sound")
    cache.forget("a/b/c")
    assert not cache.lend("a/b/c", tmp_path / "mine")


@given(sizes=st.lists(st.integers(0, 60), max_size=12), most=st.integers(0, 100))
def test_it_never_holds_more_than_allowed_and_the_last_one_is_there_if_it_fits(
    sizes: list[int], most: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    cache = cache_of(folder, most)
    for at, size in enumerate(sizes):
        put(cache, folder, f"x/{at}", b"0" * size)
        held = [size for _, size, _ in cache._kept()]
        assert sum(held) <= most
        assert (size <= most) == (cache.folder / f"x/{at}").is_file()
    assert not list(cache.folder.rglob(".*"))  # no half file is left
