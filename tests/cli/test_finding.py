"""Search, show, jobs and verify from the command line."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from django.conf import settings

from songloom import jobs
from songloom.jobs import services
from songloom.jobs.models import Job
from songloom.library.models import Track
from songloom.library.services.people import local_owner
from tests.cli.conftest import Songloom
from tests.shelf import shelve

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shelf() -> list[Track]:
    owner = local_owner()
    with jobs.collecting() as followed:
        made = [
            shelve(owner, "青花瓷", artist="周杰伦", genre="Pop", date="2007-11-02"),
            shelve(owner, "Knolls", artist="Ryan Reilly", genre="Folk"),
            shelve(owner, "Clementine", genre="Folk"),
        ]
    services.finish(job for job in followed if job.kind == "search.index")
    return made


def test_people_are_told_what_of_a_search_was_not_understood(
    songloom: Songloom, shelf: list[Track]
) -> None:
    said = songloom("search", "tempo:fast key:H")
    assert said.status == 0
    assert said.out.splitlines()[-2:] == [
        "! not understood: tempo:fast – a number, as in tempo:90, tempo:90..120 or tempo:<100",
        "! not understood: key:H – a key, as in key:Am, key:F# or key:8A",
    ]
    assert "not understood" not in songloom("search", "tempo:>1").out


@pytest.mark.parametrize(
    "words", [("青花瓷",), ("qinghuaci",), ("qhc",), ("花瓷",), ("zhou", "青花")]
)
def test_a_title_is_found_by_its_characters_and_its_sound(
    songloom: Songloom, shelf: list[Track], words: tuple[str, ...]
) -> None:
    said = songloom("search", *words, "--json")
    assert [track["title"] for track in said.document["tracks"]] == ["青花瓷"]
    assert said.document["query"] == " ".join(words)
    assert said.document["total"] == 1


def test_a_found_track_has_the_fields_of_the_contract(
    songloom: Songloom, shelf: list[Track]
) -> None:
    (track,) = songloom("search", "knolls", "--json").document["tracks"]
    assert set(track) == {
        "id", "title", "artists", "album", "genres", "date", "duration_s", "format", "size_bytes",
        "is_generated", "has_audio", "created_at",
    }  # fmt: skip
    assert track["artists"] == [
        {"id": track["artists"][0]["id"], "name": "Ryan Reilly", "role": "artist"}
    ]


def test_results_are_sorted_cut_and_paged(songloom: Songloom, shelf: list[Track]) -> None:
    every = songloom("search", "--sort", "title", "--json").document
    assert every["total"] == 3
    page = songloom("search", "--sort", "title", "--limit", "1", "--offset", "1", "--json").document
    assert (page["total"], page["tracks"]) == (3, every["tracks"][1:2])
    for down in (["--sort=-title"], ["--sort", "-title"]):
        backwards = songloom("search", *down, "--json").document["tracks"]
        assert backwards == every["tracks"][::-1]


@pytest.mark.parametrize(
    "odd", ['"', "key:", "tempo:..", "((", "*", "-", "😀", "a" * 5_000, "' OR 1=1 --", "\x00"]
)
def test_an_odd_query_is_never_an_error(songloom: Songloom, shelf: list[Track], odd: str) -> None:
    assert songloom("search", "--json", "--", odd).status == 0


def test_an_unknown_order_is_refused(songloom: Songloom) -> None:
    assert songloom("search", "x", "--sort", "beauty", "--json").code == "bad_value"


def test_people_read_lines_and_a_count(songloom: Songloom, shelf: list[Track]) -> None:
    lines = songloom("search", "folk").out.splitlines()
    assert len(lines) == 3
    assert "2" in lines[-1]


def test_show_has_all_that_is_known(songloom: Songloom, shelf: list[Track]) -> None:
    document = songloom("show", str(shelf[0].pk), "--json").document
    assert {"features", "tags", "files", "lineage", "renditions"} < set(document)
    assert document["tags"]["genre"] == ["Pop"]
    assert [file["format"] for file in document["files"]] == ["wav"]
    spoken = songloom("show", str(shelf[0].pk)).out
    assert "青花瓷" in spoken
    assert max(map(len, spoken.splitlines())) < 140  # what is long is cut


def test_jobs_are_listed_and_cancelled(songloom: Songloom) -> None:
    job = jobs.enqueue("search.index", {"track_id": "01a21ab4-568c-70cb-852f-73bdbddfd637"})
    (listed,) = songloom("jobs", "--json").document["jobs"]
    assert (listed["id"], listed["kind"], listed["state"]) == (
        str(job.pk),
        "search.index",
        "queued",
    )
    assert set(listed) == {
        "id", "kind", "state", "progress", "stage", "result", "error", "created_at", "finished_at",
    }  # fmt: skip
    cancelled = songloom("jobs", "--cancel", str(job.pk), "--json").document["jobs"]
    assert [each["state"] for each in cancelled] == ["cancelled"]
    assert songloom("jobs", "--json").document["jobs"] == []
    assert len(songloom("jobs", "--all", "--json").document["jobs"]) == 1
    assert str(job.pk) in songloom("jobs", "--all").out


@pytest.mark.parametrize("text", ["nonsense", "01a21ab4-568c-70cb-852f-73bdbddfd637"])
def test_a_job_that_is_not_there_is_not_found(songloom: Songloom, text: str) -> None:
    assert songloom("jobs", "--cancel", text, "--json").code == "not_found"
    assert not Job.objects.exists()


def test_verify_finds_what_is_lost(songloom: Songloom, shelf: list[Track]) -> None:
    songloom("verify", "--repair")  # what other tests left in this home
    sound = songloom("verify", "--json")
    assert (sound.status, sound.document["ok"], sound.document["problems"]) == (0, True, [])
    file = shelf[0].files.get()
    stored = next(Path(settings.MEDIA).rglob(file.sha256))
    stored.unlink()
    said = songloom("verify", "--json")
    assert said.status == 1
    assert said.document["problems"] == [{"code": "missing_file", "id": str(file.pk)}]
    people = songloom("verify")
    assert (people.status, people.out.splitlines()) == (
        1,
        [f"! The sound of this file is lost: {file.pk}", "Problems: 1. Repaired: 0."],
    )


def test_people_read_in_words_that_nothing_is_lost(songloom: Songloom, db: None) -> None:
    songloom("verify", "--repair")  # what other tests left in this home
    assert songloom("verify").out == "Nothing is lost and nothing is left over.\n"
    assert "什么都没丢" in songloom("verify", language="zh-hans").out


def test_people_read_how_to_repair_what_is_left_over(songloom: Songloom, db: None) -> None:
    songloom("verify", "--repair")
    left = Path(settings.HOME) / "tmp" / "left-half-way"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    lines = songloom("verify").out.splitlines()
    assert lines[0] == "! This was left half-way: left-half-way"
    assert "--repair" in lines[-1]
    assert songloom("verify", "--repair").out.splitlines()[-1] == "Problems: 1. Repaired: 1."


def test_every_problem_that_verify_names_has_words() -> None:
    from songloom.interfaces.cli.checking import REPAIRED, sentences
    from songloom.library.keep.verify import verify as checks

    named = re.split(r"[;:,.\s]+", (checks.__doc__ or "").partition("codes:")[2])
    assert sentences().keys() <= set(named)
    assert set(REPAIRED) <= sentences().keys()


def test_verify_deep_sees_bytes_that_changed(songloom: Songloom, shelf: list[Track]) -> None:
    songloom("verify", "--repair")  # what other tests left in this home
    file = shelf[0].files.get()
    stored = next(Path(settings.MEDIA).rglob(file.sha256))
    stored.write_bytes(stored.read_bytes()[:-1] + b"\x7f")
    assert songloom("verify", "--json").status == 0
    assert songloom("verify", "--deep", "--json").document["problems"] == [
        {"code": "changed_file", "id": str(file.pk)}
    ]
