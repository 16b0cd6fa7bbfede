"""One song: stars, ratings, tags, bin, playlists, covers, what the player is told."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from songloom.interfaces.web.pages.tracks import tag_fields
from songloom.library.models import Features, Playlist, Rating, Star, Track, User
from songloom.library.services import playlists
from songloom.library.services.bin import bin_track
from songloom.library.services.tagging import tags_of
from songloom.play.models import Play
from tests.shelf import shelve

JSON = {"Accept": "application/json"}


def at(name: str, track: Track) -> str:
    return reverse(f"web:{name}", args=[track.pk])


def test_the_page_of_a_song_says_what_is_known(client: Client, song: Track) -> None:
    page = client.get(at("track", song)).content.decode()
    for text in (
        "青花瓷",
        "周杰伦",
        "我很忙",
        "2007-11-02",
        "D minor",
        "−16.2",
        "天青色等烟雨",
        "流行",
    ):
        assert text in page, text


def test_a_song_that_was_not_measured_says_so_and_waits(client: Client, yun: User) -> None:
    page = client.get(at("track", shelve(yun, "New"))).content.decode()
    assert "data-wait-features" in page
    assert "has not listened to this song yet" in page


def test_a_song_heard_at_a_few_places_says_so(
    client: Client, chinese: Client, yun: User, song: Track
) -> None:
    Features.objects.update(is_coarse=True)
    page = client.get(at("track", song)).content.decode()
    assert "From a first listen to a few places of the song." in page
    assert "data-wait-features" not in page
    assert 'id="family-frequency"' in page
    assert 'id="family-tempo"' not in page  # it needs the whole
    assert "先听了这首歌的几处" in chinese.get(at("track", song)).content.decode()
    Features.objects.update(is_coarse=False)
    page = client.get(at("track", song)).content.decode()
    assert "first listen" not in page
    assert 'id="family-tempo"' in page


def test_a_star_is_given_and_taken(client: Client, yun: User, song: Track) -> None:
    for on, n_stars in (("1", 1), ("1", 1), ("0", 0), ("0", 0)):
        answer = client.post(at("track_star", song), {"on": on}, headers=JSON)
        assert answer.json()["is_starred"] is (on == "1")
        assert Star.objects.filter(user=yun, track=song).count() == n_stars


def test_albums_and_artists_have_stars_too(client: Client, yun: User, song: Track) -> None:
    artist = song.artists.get()
    client.post(reverse("web:album_star", args=[song.album_id]), {"on": "1"})
    client.post(reverse("web:artist_star", args=[artist.pk]), {"on": "1"})
    assert Star.objects.filter(user=yun, album=song.album).exists()
    assert Star.objects.filter(user=yun, artist=artist).exists()
    page = client.get(reverse("web:album", args=[song.album_id])).content.decode()
    assert 'aria-pressed="true"' in page


@pytest.mark.parametrize("stars", ["1", "3", "5"])
def test_a_rating_is_kept(client: Client, yun: User, song: Track, stars: str) -> None:
    client.post(at("track_rate", song), {"stars": stars}, headers=JSON)
    assert Rating.objects.get(user=yun, track=song).stars == int(stars)
    client.post(at("track_rate", song), {"stars": "0"}, headers=JSON)
    assert not Rating.objects.filter(user=yun, track=song).exists()


@pytest.mark.parametrize("stars", ["6", "-1", "many", "", "11"])
def test_an_odd_rating_is_refused(client: Client, song: Track, stars: str) -> None:
    answer = client.post(at("track_rate", song), {"stars": stars}, headers=JSON)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "bad_value"


def test_tags_are_changed_by_a_form_with_one_value_a_line(client: Client, song: Track) -> None:
    given = {
        "title": "千里之外",
        "artist": "周杰伦\n费玉清",
        "album": "依然范特西",
        "genre": "流行\n\n 中国风 ",
        "date": "2006-09",
        "mood": "安静",
        "tag": "live",
        "lyrics": "屋檐如悬崖\n风铃如沧海",
    }
    answer = client.post(at("tags", song), given)
    assert answer["Location"] == at("track", song)
    song.refresh_from_db()
    tags = tags_of(Track.objects.with_names().get(pk=song.pk))
    assert tags["artist"] == ["周杰伦", "费玉清"]
    assert sorted(tags["genre"]) == ["中国风", "流行"]
    assert (tags["date"], tags["mood"]) == (["2006-09"], ["安静"])
    assert song.lyrics == "屋檐如悬崖\n风铃如沧海"


@pytest.mark.parametrize("given", [{"title": ""}, {"title": "x", "date": "yesterday"}])
def test_bad_tags_are_refused_and_what_was_typed_stays(
    client: Client, song: Track, given: dict[str, str]
) -> None:
    answer = client.post(at("tags", song), given)
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.content.decode()
    if "date" in given:
        assert "yesterday" in answer.content.decode()
    song.refresh_from_db()
    assert song.title == "青花瓷"


def test_who_may_see_but_not_change_gets_403_in_words(mo: User, song: Track) -> None:
    browser = Client()
    browser.force_login(mo)
    answer = browser.get(at("tags", song))
    assert answer.status_code == 403
    page = browser.get(at("track", song)).content.decode()
    assert at("tags", song) not in page
    assert at("bin_track", song) not in page
    assert browser.post(at("bin_track", song)).status_code == 404


def test_every_tag_of_a_song_can_be_edited(song: Track) -> None:
    names = {name for name, *_rest in tag_fields({})}
    assert set(tags_of(song)) - names <= {"compilation", "lyricist", "conductor", "remixer"}


def test_a_song_goes_into_the_bin_with_an_undo_and_comes_back(client: Client, song: Track) -> None:
    answer = client.post(at("bin_track", song), follow=True)
    page = answer.content.decode()
    assert "“青花瓷” moved to the bin" in page
    assert at("restore_track", song) in page
    assert client.get(at("track", song)).status_code == 404
    assert "青花瓷" in client.get(reverse("web:bin")).content.decode()
    client.post(at("restore_track", song))
    assert client.get(at("track", song)).status_code == 200


def test_many_songs_go_into_the_bin_at_once(client: Client, yun: User) -> None:
    tracks = [shelve(yun, f"Song {i}") for i in range(3)]
    ids = [str(track.pk) for track in tracks]
    answer = client.post(reverse("web:bin_tracks"), {"track": ids}, headers=JSON).json()
    assert answer["message"] == "3 songs moved to the bin"
    assert sorted(answer["ids"]) == sorted(ids)
    back = client.post(answer["restore"], {"track": ids}, headers=JSON).json()
    assert back["message"] == "3 songs restored"
    assert Track.objects.alive().count() == 3


def test_what_is_counted_is_told_with_what_went(client: Client, yun: User) -> None:
    songs = [shelve(yun, f"Song {i}") for i in range(3)]
    gone = {"track": [str(songs[0].pk)]}
    assert client.post(reverse("web:bin_tracks"), gone, headers=JSON).json()["counts"]["songs"] == 2
    assert (
        client.post(reverse("web:bin_restore"), gone, headers=JSON).json()["counts"]["songs"] == 3
    )


def test_songs_of_others_do_not_go_into_the_bin(mo: User, song: Track) -> None:
    browser = Client()
    browser.force_login(mo)
    answer = browser.post(reverse("web:bin_tracks"), {"track": [str(song.pk)]}, headers=JSON)
    assert answer.json()["ids"] == []
    assert Track.objects.alive().filter(pk=song.pk).exists()


def test_only_what_lies_in_the_bin_is_deleted_for_good(client: Client, yun: User) -> None:
    kept, gone = shelve(yun, "Kept"), shelve(yun, "Gone")
    bin_track(gone)
    client.post(reverse("web:bin_forget"), {"track": [str(kept.pk), str(gone.pk)]})
    assert set(Track.objects.values_list("title", flat=True)) == {"Kept"}


def test_the_bin_is_emptied_at_once(client: Client, yun: User) -> None:
    for i in range(3):
        bin_track(shelve(yun, f"Gone {i}"))
    client.post(reverse("web:bin_forget"), {"all": "1"})
    assert not Track.objects.exists()
    assert "The bin is empty." in client.get(reverse("web:bin")).content.decode()


@pytest.mark.parametrize("ids", [["not an id"], [""], ["0" * 36], []])
def test_odd_ids_are_left_out(client: Client, ids: list[str]) -> None:
    for name in ("bin_tracks", "bin_restore"):
        answer = client.post(reverse(f"web:{name}"), {"track": ids}, headers=JSON)
        assert (answer.status_code, answer.json()["ids"]) == (200, [])


def test_the_player_is_told_all_that_it_shows(client: Client, song: Track) -> None:
    told = client.get(at("track_player", song)).json()
    assert (told["title"], told["by"], told["album"]) == ("青花瓷", "周杰伦", "我很忙")
    assert told["peaks"] == [0.1, 0.5, 0.9, 0.4]
    assert told["beats_s"][:3] == [0.0, 0.5, 1.0]
    assert told["duration_s"] == pytest.approx(1.0)
    assert (told["is_starred"], told["is_generated"]) == (False, False)
    for name in ("stream", "cover", "page"):
        assert told[name].startswith("/"), name


def test_the_player_plays_what_was_not_measured(client: Client, yun: User) -> None:
    told = client.get(at("track_player", shelve(yun, "New"))).json()
    assert (told["peaks"], told["beats_s"], told["said"]) == ([], [], "")


def test_a_song_that_was_heard_is_noted(client: Client, yun: User, song: Track) -> None:
    client.post(at("track_played", song))
    play = Play.objects.get(user=yun)
    assert (play.track, play.client) == (song, "web")


def test_the_sound_is_named_to_the_server_and_never_run(client: Client, song: Track) -> None:
    answer = client.get(at("track_sound", song))
    assert answer["X-Accel-Redirect"].startswith("/_files/")
    assert answer["Content-Type"] == "audio/wav"
    assert "sandbox" in answer["Content-Security-Policy"]
    saved = client.get(at("track_sound", song) + "?download")
    assert "attachment" in saved["Content-Disposition"]


def test_a_catalogue_entry_without_sound_says_so(client: Client, yun: User) -> None:
    entry = Track.objects.create(
        title="Only a name", owner=yun, origin=Track.Origin.IMPORTED, has_audio=False
    )
    assert client.get(at("track", entry)).status_code == 200
    assert client.get(at("edit", entry)).status_code == 422
    assert client.get(at("track_sound", entry)).status_code == 422
    assert "This entry has no sound" in client.get(at("track", entry)).content.decode()


def test_the_features_are_there_for_the_curious(client: Client, yun: User, song: Track) -> None:
    told = client.get(at("track_features", song)).json()["features"]
    assert told["tempo_bpm"] == 120.0
    assert told["peaks"] == [0.1, 0.5, 0.9, 0.4]
    assert client.get(at("track_features", shelve(yun, "New"))).json()["features"] is None


def test_a_song_without_a_picture_has_a_woven_cover(client: Client, song: Track) -> None:
    answer = client.get(at("track_cover", song) + "?size=96")
    assert answer["Content-Type"] == "image/png"
    again = client.get(
        at("track_cover", song) + "?size=96", headers={"If-None-Match": answer["ETag"]}
    )
    assert again.status_code == 304


def test_a_song_with_a_picture_shows_it(client: Client, yun: User, tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "#a63d24").save(out, "PNG")
    picture = tmp_path / "cover.png"
    picture.write_bytes(out.getvalue())
    track = shelve(yun, "Pictured", cover=picture, album="Red")
    assert client.get(at("track_cover", track))["Content-Type"] == "image/jpeg"
    album_cover = client.get(reverse("web:album_cover", args=[track.album_id]))
    assert album_cover["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize("size", ["0", "999999", "x", "-5", ""])
def test_an_odd_size_of_a_cover_is_no_error(client: Client, song: Track, size: str) -> None:
    assert client.get(at("track_cover", song) + f"?size={size}").status_code == 200


def test_what_lies_in_the_bin_keeps_its_cover(client: Client, song: Track) -> None:
    bin_track(song)
    assert client.get(at("track_cover", song)).status_code == 200


def test_the_menu_offers_what_one_may_do(client: Client, mo: User, song: Track) -> None:
    own = client.get(at("track_menu", song)).content.decode()
    assert 'data-act="bin"' in own
    browser = Client()
    browser.force_login(mo)
    other = browser.get(at("track_menu", song)).content.decode()
    assert 'data-act="bin"' not in other
    assert "我很忙" in other


class TestPlaylists:
    """Make, fill, reorder, rename, delete."""

    def test_a_new_one_is_made_with_songs(self, client: Client, yun: User, song: Track) -> None:
        given = {"name": "周日厨房", "track": [str(song.pk)]}
        answer = client.post(reverse("web:playlists"), given, headers=JSON).json()
        assert answer["message"] == "Added to “周日厨房”."
        made = Playlist.objects.get()
        assert (made.owner, made.entries.count()) == (yun, 1)

    def test_one_without_a_name_is_refused_in_words(self, client: Client) -> None:
        page = client.post(reverse("web:playlists"), {"name": " "}, follow=True).content.decode()
        assert "A playlist needs a name." in page
        assert not Playlist.objects.exists()

    def order(self, playlist: Playlist) -> list[str]:
        return list(playlist.entries.values_list("track__title", flat=True))

    def test_songs_are_added_taken_out_and_put_in_order(self, client: Client, yun: User) -> None:
        tracks = [shelve(yun, name) for name in "abc"]
        playlist = playlists.make_playlist(yun, "L", tracks[:1])
        add = reverse("web:playlist_add", args=[playlist.pk])
        change = reverse("web:playlist_change", args=[playlist.pk])
        client.post(add, {"track": [str(tracks[1].pk), str(tracks[2].pk), "junk"]})
        assert self.order(playlist) == ["a", "b", "c"]
        client.post(change, {"order": "1", "track": [str(tracks[i].pk) for i in (2, 0, 1)]})
        assert self.order(playlist) == ["c", "a", "b"]
        client.post(change, {"remove": "0"})
        assert self.order(playlist) == ["a", "b"]

    def test_name_comment_and_openness_change(self, client: Client, yun: User) -> None:
        playlist = playlists.make_playlist(yun, "L")
        given = {"name": "Slow weather", "comment": "for rain", "is_public": "on"}
        client.post(reverse("web:playlist_change", args=[playlist.pk]), given)
        playlist.refresh_from_db()
        found = (playlist.name, playlist.comment, playlist.is_public)
        assert found == ("Slow weather", "for rain", True)

    def test_deleting_one_keeps_the_songs(self, client: Client, yun: User, song: Track) -> None:
        playlist = playlists.make_playlist(yun, "L", [song])
        client.post(reverse("web:playlist_delete", args=[playlist.pk]))
        assert not Playlist.objects.exists()
        assert Track.objects.filter(pk=song.pk).exists()

    def test_a_public_one_of_others_is_seen_but_not_changed(
        self, mo: User, yun: User, song: Track
    ) -> None:
        playlist = playlists.make_playlist(yun, "Open", [song], is_public=True)
        hidden = playlists.make_playlist(yun, "Diary", [song])
        browser = Client()
        browser.force_login(mo)
        page = browser.get(reverse("web:playlist", args=[playlist.pk]))
        assert page.status_code == 200
        assert "change-list" not in page.content.decode()
        assert browser.get(reverse("web:playlist", args=[hidden.pk])).status_code == 404
        answer = browser.post(reverse("web:playlist_delete", args=[playlist.pk]))
        assert answer.status_code == 404

    def test_the_menu_lists_ones_own(self, client: Client, yun: User, mo: User) -> None:
        playlists.make_playlist(yun, "Mine")
        playlists.make_playlist(mo, "Theirs", is_public=True)
        page = client.get(reverse("web:playlist_choose")).content.decode()
        assert "Mine" in page

    def test_its_cover_is_that_of_its_first_song(self, client: Client, yun: User) -> None:
        playlist = playlists.make_playlist(yun, "Empty")
        answer = client.get(reverse("web:playlist_cover", args=[playlist.pk]))
        assert answer.status_code == 200

    def test_a_song_that_one_may_no_longer_hear_is_left_out(
        self, mo: User, yun: User, song: Track
    ) -> None:
        playlist = playlists.make_playlist(mo, "L", [song])
        Track.objects.filter(pk=song.pk).update(is_private=True)
        browser = Client()
        browser.force_login(mo)
        page = browser.get(reverse("web:playlist", args=[playlist.pk])).content.decode()
        assert "青花瓷" not in page


def rows(page: Any) -> list[str]:
    """Titles in the order of the rows."""
    import re

    return re.findall(r'data-title="([^"]*)"', page.content.decode())


class TestLists:
    """All songs: order, pieces, filters."""

    @pytest.fixture
    def three(self, yun: User) -> None:
        from tests.web.conftest import measured

        for title, bpm, lufs in (
            ("Cloud", 60.0, -20.0),
            ("Amber", 180.0, -9.0),
            ("Bird", 90.0, -14.0),
        ):
            measured(shelve(yun, title, artist=title[::-1]), tempo_bpm=bpm, loudness_lufs=lufs)
        shelve(yun, "Dusk")  # not measured

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ("title", ["Amber", "Bird", "Cloud", "Dusk"]),
            ("-title", ["Dusk", "Cloud", "Bird", "Amber"]),
            ("tempo", ["Cloud", "Bird", "Amber", "Dusk"]),
            ("-tempo", ["Amber", "Bird", "Cloud", "Dusk"]),
            ("loudness", ["Cloud", "Bird", "Amber", "Dusk"]),
            ("added", ["Dusk", "Bird", "Amber", "Cloud"]),
            ("nonsense", ["Amber", "Bird", "Cloud", "Dusk"]),
        ],
    )
    def test_the_order_is_as_asked_and_the_unknown_stands_last(
        self, client: Client, three: None, sort: str, expected: list[str]
    ) -> None:
        assert rows(client.get(reverse("web:songs") + f"?sort={sort}")) == expected

    def test_starred_and_genre_narrow_the_list(
        self, client: Client, yun: User, three: None
    ) -> None:
        starred = shelve(yun, "Jazzy", genre="Jazz")
        client.post(at("track_star", starred), {"on": "1"})
        assert rows(client.get(reverse("web:songs") + "?starred")) == ["Jazzy"]
        assert rows(client.get(reverse("web:songs") + "?genre=Jazz")) == ["Jazzy"]

    @pytest.mark.parametrize("start", ["-1", "x", "99999999999999999999", ""])
    def test_an_odd_place_in_the_list_is_no_error(
        self, client: Client, three: None, start: str
    ) -> None:
        assert client.get(reverse("web:songs") + f"?from={start}").status_code == 200

    def test_a_long_list_comes_in_pieces(self, client: Client, yun: User) -> None:
        for i in range(105):
            Track.objects.create(
                title=f"Song {i:03}",
                sort_title=f"song {i:03}",
                duration_s=1.0,
                owner=yun,
                origin=Track.Origin.SCANNED,
            )
        first = client.get(reverse("web:songs"))
        assert len(rows(first)) == 60
        assert 'data-more="60"' in first.content.decode()
        rest = client.get(reverse("web:songs") + "?from=60&piece=rows")
        assert rows(rest) == [f"Song {i:03}" for i in range(60, 105)]
        assert "<main" not in rest.content.decode()
        assert 'aria-rowindex="61"' in rest.content.decode()

    def test_letters_lead_into_a_long_list(self, client: Client, yun: User) -> None:
        names = [f"{letter}{i}" for letter in "abz" for i in range(25)] + ["9 lives"]
        for name in names:
            Track.objects.create(
                title=name, sort_title=name, duration_s=1.0, owner=yun, origin=Track.Origin.SCANNED
            )
        page = client.get(reverse("web:songs")).content.decode()
        assert '<a href="?from=0">#</a>' in page
        assert '<a href="?from=1">A</a>' in page
        assert '<a href="?from=26">B</a>' in page
        assert '<a href="?from=51">Z</a>' in page
        assert '<a href="?from=26">C</a>' not in page
