"""The previous release, frozen: its last migrations, and what has become of its rows since.

Nothing was released before 0.1.0. Its "previous release" is the first library that anybody could
fill: tags, sound, search, learning, composing and listening, before entries of a catalogue, brokers
and database servers. At a release this moves on: see CONTRIBUTING.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Node = tuple[str, str]
LEAVES: tuple[Node, ...] = (
    ("acquire", "0001_initial"),
    ("admin", "0003_logentry_add_action_flag_choices"),
    ("auth", "0012_alter_user_first_name_max_length"),
    ("contenttypes", "0002_remove_content_type_name"),
    ("curate", "0001_initial"),
    ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ("generate", "0001_initial"),
    ("jobs", "0002_initial"),
    ("learn", "0001_initial"),
    ("library", "0002_features_fresh"),
    ("play", "0001_initial"),
    ("search", "0001_initial"),
    ("sessions", "0001_initial"),
)
GROWING = {"django_content_type", "auth_permission"}  # new kinds of rows are listed there


def entries_are_marked() -> dict[str, Any]:
    """What has no length had no sound; the rest has it, the entry of a known length too late."""
    from songloom.library.models import CatalogueEntry, Track

    without = Track.objects.filter(has_audio=False).values_list("title", flat=True)
    return {"without sound": list(without), "entries": CatalogueEntry.objects.count()}


def no_sound_is_hashed() -> dict[str, Any]:
    from songloom.library.models import File

    return {"sounds": list(File.objects.values_list("sound_sha256", flat=True))}


def nothing_is_only_believed() -> dict[str, Any]:
    from songloom.library.models import File

    rows = File.objects.order_by().values_list("is_believed", "parts_sha256").distinct()
    return {"believed": [list(row) for row in rows]}


def nothing_has_a_fingerprint() -> dict[str, Any]:
    from songloom.library.models import Fingerprint

    return {"fingerprints": Fingerprint.objects.count()}


def no_wave_is_near() -> dict[str, Any]:
    from songloom.library.models import Features

    return {"waves": list(Features.objects.values_list("peaks_fine", flat=True).distinct())}


def all_was_heard_as_a_whole() -> dict[str, Any]:
    from songloom.library.models import Features

    return {"passes": sorted(row.heard_by for row in Features.objects.all())}


def jobs_are_due_at_once() -> dict[str, Any]:
    from songloom.jobs.models import Job

    return {"jobs": list(Job.objects.order_by().values_list("due_at", "sent_at").distinct())}


def no_playlist_is_smart() -> dict[str, Any]:
    from songloom.library.models import Playlist
    from songloom.search.smart import songs_of

    found = Playlist.objects.select_related("owner")
    return {
        "lists": [[each.is_smart, each.query, len(songs_of(each, each.owner))] for each in found]
    }


def queues_stand_at_their_first_place() -> dict[str, Any]:
    from songloom.play.models import Bookmark, PlayQueue

    places = PlayQueue.objects.values_list("current_index", flat=True)
    return {"places": sorted(set(places), key=str), "bookmarks": Bookmark.objects.count()}


def nothing_is_taken_back() -> dict[str, Any]:
    from songloom.acquire.models import Undo
    from songloom.acquire.taking_back import take_back_left

    take_back_left()
    return {"undos": Undo.objects.count()}


def all_are_found() -> dict[str, Any]:
    """By characters, by sound and by a beginning; and whoever made them."""
    from songloom.library.models import User
    from songloom.search.services import search, search_albums, search_artists

    mei = User.objects.get(username="mei")
    asked = ("青花", "qhc", "blu", "周杰伦", "tempo:90")
    found = {words: sorted(t.title for t in search(words, mei).tracks) for words in asked}
    found["artists"] = [artist.name for artist in search_artists("zjl", mei)]
    found["albums"] = [album.title for album in search_albums("我很忙", mei)]
    return found


def the_misspelt_are_found_once_the_index_is_made_anew() -> dict[str, Any]:
    from songloom.library.models import User
    from songloom.search.indexing import rebuild
    from songloom.search.models import Row
    from songloom.search.services import search
    from tests.config.passing.filling import key

    rebuild()
    Row.objects.filter(track=key(34)).delete()  # a job that waits is still to do that
    mei = User.objects.get(username="mei")
    return {words: [t.title for t in search(words, mei).tracks] for words in ("青花词", "bleu")}


FOUND = {
    "青花": ["青花瓷"],
    "qhc": ["青花瓷"],
    "blu": ["Blue"],
    "周杰伦": ["青花瓷"],
    "tempo:90": ["青花瓷"],
    "artists": ["周杰伦"],
    "albums": ["我很忙"],
}

# Each migration since, what is asked after it went over the filled library, and the answer.
SINCE: dict[Node, tuple[Callable[[], dict[str, Any]], dict[str, Any]]] = {
    ("acquire", "0002_undo"): (nothing_is_taken_back, {"undos": 0}),
    ("jobs", "0003_brokers"): (jobs_are_due_at_once, {"jobs": [[None, None]]}),
    ("library", "0003_entries"): (
        entries_are_marked,
        {"without sound": ["Only a name"], "entries": 0},
    ),
    ("library", "0004_sound_hash"): (no_sound_is_hashed, {"sounds": [""]}),
    ("library", "0005_fingerprint"): (nothing_has_a_fingerprint, {"fingerprints": 0}),
    ("library", "0006_peaks_fine"): (no_wave_is_near, {"waves": [None]}),
    ("library", "0007_features_coarse"): (all_was_heard_as_a_whole, {"passes": ["full"]}),
    ("library", "0008_smart_playlists"): (no_playlist_is_smart, {"lists": [[False, "", 1]]}),
    ("library", "0009_believed"): (nothing_is_only_believed, {"believed": [[False, ""]]}),
    ("play", "0002_beside_the_music"): (
        queues_stand_at_their_first_place,
        {"places": [None], "bookmarks": 0},
    ),
    ("search", "0002_marked"): (all_are_found, FOUND),
    ("search", "0003_words"): (
        the_misspelt_are_found_once_the_index_is_made_anew,
        {"青花词": ["青花瓷"], "bleu": ["Blue"]},
    ),
}
