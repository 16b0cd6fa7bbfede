"""Filters on tags, files and features."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from songloom.library.models import File, Track, User
from songloom.library.services.opinions import rate, star
from songloom.library.services.tagging import set_fields
from songloom.search.indexing import index_tracks
from songloom.search.services import search
from tests.search.library import make_track, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.searches]


@pytest.fixture
def user() -> User:
    """Somebody with three tracks, called slow, fast and unmeasured."""
    user = make_user()
    make_track(
        user,
        "slow",
        year=2003,
        duration_s=240.0,
        format="flac",
        lyrics="la la",
        features={
            "tempo_bpm": 72.4,
            "key": "A",
            "mode": "minor",
            "loudness_lufs": -18.0,
            "centroid_hz": 900.0,
            "stereo_width": 0.1,
            "tuning_cents": -8.0,
            "flatness": 0.01,
        },
        tags={"artist": ["周杰伦"], "album": ["叶惠美"], "genre": ["抒情", "Pop"]},
    )
    make_track(
        user,
        "fast",
        year=1999,
        duration_s=100.0,
        format="ogg",
        is_generated=True,
        features={
            "tempo_bpm": 150.0,
            "key": "A",
            "mode": "major",
            "loudness_lufs": -8.0,
            "centroid_hz": 4000.0,
            "stereo_width": 0.6,
            "tuning_cents": 3.0,
            "flatness": 0.3,
        },
        tags={"artist": ["The Beatles"], "album": ["Live at Leeds"], "genre": ["Live rock"]},
    )
    make_track(user, "unmeasured", file_name="holiday.mp3")
    return user


def found(query: str, user: User) -> str:
    return " ".join(sorted(track.title for track in search(query, user).tracks))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tempo:70..80", "slow"),
        ("tempo:72", "slow"),
        ("tempo:73", ""),
        ("bpm:>100", "fast"),
        ("tempo:<150", "slow"),
        ("tempo:<=150", "fast slow"),
        ("-tempo:70..80", "fast unmeasured"),
        ("tempo:80..70", "slow"),
        ("key:Am", "slow"),
        ("key:A", "fast slow"),
        ("key:8A", "slow"),
        ("key:Amaj", "fast"),
        ("-key:Am", "fast unmeasured"),
        ("mode:minor", "slow"),
        ("mode:大调", "fast"),
        ("loudness:<-12", "slow"),
        ("loudness:-9..-7", "fast"),
        ("centroid:>2000", "fast"),
        ("width:0.1", "slow"),
        ("tuning:<0", "slow"),
        ("flatness:>0.1", "fast"),
        ("duration:>3m", "slow unmeasured"),
        ("duration:1:00..2:00", "fast"),
        ("year:2003", "slow"),
        ("year:1990s", "fast"),
        ("-year:2003", "fast unmeasured"),
        ("artist:周杰倫", "slow"),
        ("artist:zjl", "slow"),
        ("-artist:beatles", "slow unmeasured"),
        ('artist:"the beatles"', "fast"),
        ("artist:'the", "fast"),
        ("album:惠美", "slow"),
        ("album:live", "fast"),
        ("genre:抒情", "slow"),
        ("genre:pop", "slow"),
        ("genre:live", "fast"),
        ("-genre:live", "slow unmeasured"),
        ("genre:shuqing", "slow"),
        ("title:slow", "slow"),
        ("artist:slow", ""),
        ("file:holiday", "unmeasured"),
        ("holiday", "unmeasured"),
        ("format:flac", "slow"),
        ("format:vorbis", "fast"),
        ("-format:mp3", "fast slow"),
        ("ai:yes", "fast"),
        ("ai:no", "slow unmeasured"),
        ("lyrics:yes", "slow"),
        ("lyrics:no", "fast unmeasured"),
        ("channels:2", "fast slow unmeasured"),
        ("channels:1", ""),
        ("rate:44100", "fast slow unmeasured"),
        ("bitrate:>200", ""),
        ("bitrate:192", "fast slow unmeasured"),
        ("tempo:>100 key:A ai:yes", "fast"),
        ("tempo:>100 key:Am", ""),
        ("slow tempo:>100", ""),
        ("slow tempo:<100", "slow"),
        ("tempo:quick", "fast slow unmeasured"),
    ],
)
def test_a_filter(user: User, query: str, expected: str) -> None:
    assert found(query, user) == expected


def test_lossless_goes_by_the_codec(user: User) -> None:
    for title, codec in (("slow", "alac"), ("fast", "aac"), ("unmeasured", "pcm_s16le")):
        File.objects.filter(track__title=title).update(codec=codec)
    assert found("lossless", user) == "slow unmeasured"
    assert found("-lossless", user) == found("lossy", user) == "fast"


def test_ratings_and_stars_are_ones_own(user: User) -> None:
    slow, fast = (Track.objects.get(title=title) for title in ("slow", "fast"))
    other = make_user("hong")
    rate(user, slow, 4)
    rate(other, fast, 5)
    star(user, fast)
    assert found("rating:>=4", user) == "slow"
    assert found("rating:4..5", user) == "slow"
    assert found("rating:5", user) == ""
    assert found("rating:0", user) == "fast unmeasured"
    assert found("rating:<5", user) == "slow"
    assert found("-rating:4", user) == "fast unmeasured"
    assert found("starred:yes", user) == "fast"
    assert found("starred:no", user) == "slow unmeasured"
    assert found("starred:yes", other) == ""


def test_composers_and_free_tags(user: User) -> None:
    slow, fast = (Track.objects.get(title=title) for title in ("slow", "fast"))
    set_fields(slow, {"composer": ["周杰倫"], "mood": ["安静 calm"]})
    set_fields(fast, {"composer": ["Johann Sebastian Bach"], "tag": ["Party"]})
    index_tracks([slow.pk, fast.pk])
    assert found("composer:bach", user) == "fast"
    assert found("composer:周杰伦", user) == "slow"
    assert found("-composer:bach", user) == "slow unmeasured"
    assert found("composer:!!!", user) == ""
    assert found("tag:party", user) == "fast"
    assert found("tag:calm", user) == "slow"
    assert found("标签:安静", user) == "slow"
    assert found("anjing", user) == "slow"  # free tags are words, too
    assert found("tag:nothing", user) == ""


def test_when_it_was_added(user: User) -> None:
    now = timezone.now()
    for title, days in (("slow", 10), ("fast", 100)):
        Track.objects.filter(title=title).update(created_at=now - timedelta(days=days))
    assert found("added:<30d", user) == "slow unmeasured"
    assert found("added:>30d", user) == "fast"
    assert found("added:<2d", user) == "unmeasured"
    day = (now - timedelta(days=10)).date()
    assert found(f"added:{day}", user) == "slow"
    assert found(f"added:<{day}", user) == "fast"
    assert found(f"added:>={day}", user) == "slow unmeasured"
    assert found(f"added:{day - timedelta(days=1)}..{day}", user) == "slow"
    assert found("added:1990", user) == ""


def test_any_file_of_a_track_counts(user: User) -> None:
    slow = Track.objects.get(title="slow")
    copy = File.objects.get(track=slow)
    copy.pk, copy.place, copy.channels = Track().pk, "elsewhere", 1
    copy.save(force_insert=True)
    assert found("channels:1", user) == "slow"
    assert found("channels:2", user) == "fast slow unmeasured"
    assert search("slow", user).total == 1


def test_what_was_understood_is_told(user: User) -> None:
    parsed = search("slow tempo:<100 tempo:quick", user).parsed
    assert parsed["words"] == ["slow"]
    assert parsed["not_understood"] == ["tempo:quick"]
    assert parsed["filters"] == [
        {"field": "tempo_bpm", "from": None, "to": 100.0, "without_ends": [False, True]}
    ]
