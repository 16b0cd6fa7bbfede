"""A client's first sync: folders, artists, albums, songs, genres, directories."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from songloom.library.models import Folder, Track, User
from songloom.library.services import opinions, people
from tests.shelf import shelve
from tests.subsonic.conftest import APP_PASSWORD, Ask, asking
from tests.subsonic.oracle import conforms


@pytest.fixture
def shelf(ada: User, bob: User) -> dict[str, Track]:
    """Two albums, a loose song, a hidden one, one in the bin."""
    fantasy = {"album": "范特西", "albumartist": "周杰伦", "genre": ["Pop", "R&B"], "date": "2001"}
    return {
        "love": shelve(ada, "爱在西元前", artist="周杰伦", tracknumber="1", **fantasy),
        "dad": shelve(ada, "爸我回来了", artist=["周杰伦", "某人"], tracknumber="2/10", **fantasy),
        "wall": shelve(bob, "Hey You", artist="Pink Floyd", album="The Wall", date="1979-11-30"),
        "loose": shelve(bob, "Loose <&> \x01 end", artist="The 13th"),
        "hidden": shelve(
            bob, "Secret", artist="Ghost", album="Hidden", genre="Dark", is_private=True
        ),
        "binned": shelve(
            ada, "Gone", artist="Past", album="Over", binned_at="2026-01-01T00:00:00Z"
        ),
    }


def albums_by_name(ask: Ask) -> dict[str, dict[str, Any]]:
    listed = ask("getAlbumList2", type="alphabeticalByName", size=500)["albumList2"]["album"]
    return {album["name"]: album for album in listed}


def test_every_song_carries_what_clients_rely_on(ask: Ask, shelf: dict[str, Track]) -> None:
    for name in ("love", "wall", "loose"):
        song = ask("getSong", id=shelf[name].pk)["song"]
        conforms(song, "Child")
        always = "id title size suffix duration type parent path created discNumber isDir coverArt"
        assert set(always.split()) <= song.keys()
        assert song["type"] == "music"
        assert song["suffix"] == "wav"
        assert song["contentType"] == "audio/wav"
        assert song["duration"] == 1
        assert song["size"] == shelf[name].size_bytes
        assert song["bitRate"] == 128
        assert song["samplingRate"] == 8000
        assert song["channelCount"] == 1


def test_a_song_has_all_its_people_and_genres(ask: Ask, shelf: dict[str, Track]) -> None:
    song = ask("getSong", id=shelf["dad"].pk)["song"]
    assert [artist["name"] for artist in song["artists"]] == ["周杰伦", "某人"]
    assert song["albumArtists"][0]["name"] == "周杰伦"
    assert song["genres"] == [{"name": "Pop"}, {"name": "R&B"}]
    assert song["track"] == 2
    assert song["year"] == 2001


def test_unknown_fields_are_absent_never_empty(ask: Ask, shelf: dict[str, Track]) -> None:
    song = ask("getSong", id=shelf["loose"].pk)["song"]
    assert song["title"] == "Loose <&>  end"
    for name in ("album", "albumId", "year", "track", "starred", "played", "userRating", "bpm"):
        assert name not in song
    assert "" not in song.values()


def test_artists_stand_under_their_letters(ask: Ask, shelf: dict[str, Track]) -> None:
    artists = ask("getArtists")["artists"]
    conforms(artists, "Artists")
    assert artists["ignoredArticles"]
    index = {part["name"]: [a["name"] for a in part["artist"]] for part in artists["index"]}
    assert index["Z"] == ["周杰伦"]  # by pinyin
    assert index["P"] == ["Pink Floyd"]
    assert index["#"] == ["The 13th"]
    assert list(index)[-1] == "#"
    names = {name for names in index.values() for name in names}
    assert not names & {"Ghost", "Past"}


def test_artist_album_song_lead_to_each_other(ask: Ask, shelf: dict[str, Track]) -> None:
    album = albums_by_name(ask)["范特西"]
    conforms(album, "AlbumID3")
    assert album["songCount"] == 2
    assert album["duration"] == 2
    assert album["year"] == 2001
    assert album["genre"] == "Pop"
    full = ask("getAlbum", id=album["id"])["album"]
    conforms(full, "AlbumID3WithSongs")
    assert [song["title"] for song in full["song"]] == ["爱在西元前", "爸我回来了"]
    assert {song["parent"] for song in full["song"]} == {album["id"]}
    artist = ask("getArtist", id=album["artistId"])["artist"]
    conforms(artist, "ArtistWithAlbumsID3")
    assert artist["name"] == "周杰伦"
    assert [album["name"] for album in artist["album"]] == ["范特西"]
    guest_id = full["song"][1]["artists"][1]["id"]
    assert [a["name"] for a in ask("getArtist", id=guest_id)["artist"]["album"]] == ["范特西"]


def test_genres_count_what_this_user_may_hear(ask: Ask, bob: User, shelf: dict[str, Track]) -> None:
    genres = ask("getGenres")["genres"]["genre"]
    assert genres == [
        {"songCount": 2, "albumCount": 1, "value": "Pop"},
        {"songCount": 2, "albumCount": 1, "value": "R&B"},
    ]
    for genre in genres:
        conforms(genre, "Genre")
    assert "Dark" in [genre["value"] for genre in asking(bob)("getGenres")["genres"]["genre"]]


def test_directories_lead_down_to_every_song(ask: Ask, shelf: dict[str, Track]) -> None:
    """A client that walks folders meets every visible song."""
    seen: list[str] = []

    def walk(key: str) -> None:
        directory = ask("getMusicDirectory", id=key)["directory"]
        for child in directory["child"]:
            conforms({"title": child["name"], **child} if "name" in child else child, "Child")
            if child["isDir"]:
                walk(child["id"])
            else:
                seen.append(child["id"])

    walk("0")
    assert set(seen) == {str(shelf[name].pk) for name in ("love", "dad", "wall", "loose")}


def test_indexes_say_when_something_changed(ask: Ask, shelf: dict[str, Track]) -> None:
    indexes = ask("getIndexes")["indexes"]
    assert indexes["index"]
    again = ask("getIndexes", ifModifiedSince=indexes["lastModified"])["indexes"]
    assert again["index"] == []
    earlier = ask("getIndexes", ifModifiedSince=indexes["lastModified"] - 10_000)["indexes"]
    assert earlier["index"] == indexes["index"]


def test_music_folders_have_whole_numbers(ask: Ask, ada: User, bob: User) -> None:
    Folder.objects.create(number=1, path="/music", path_key="a", name="Music", owner=bob)
    Folder.objects.create(
        number=2, path="/own", path_key="b", name="Bob's", owner=bob, is_private=True
    )
    folders = ask("getMusicFolders")["musicFolders"]["musicFolder"]
    assert [folder["id"] for folder in folders] == [0, 1]
    assert [type(folder["id"]) for folder in folders] == [int, int]
    assert ask("getUser", username="ada")["user"]["folder"] == [0, 1]
    assert ask("getArtists", musicFolderId=2)["error"]["code"] == 70


def test_a_music_folder_narrows_lists(ask: Ask, ada: User, shelf: dict[str, Track]) -> None:
    folder = Folder.objects.create(number=7, path="/m", path_key="k", name="M", owner=ada)
    shelf["wall"].files.update(folder=folder, path="Pink Floyd/The Wall/01.wav")
    listed = ask("getAlbumList2", type="newest", musicFolderId=7)["albumList2"]["album"]
    assert [album["name"] for album in listed] == ["The Wall"]
    managed = ask("getAlbumList2", type="newest", musicFolderId=0)["albumList2"]["album"]
    assert [album["name"] for album in managed] == ["范特西"]
    song = ask("getSong", id=shelf["wall"].pk)["song"]
    assert song["path"] == "Pink Floyd/The Wall/01.wav"


@pytest.mark.parametrize("name", ["hidden", "binned"])
def test_what_may_not_be_heard_does_not_exist(ask: Ask, shelf: dict[str, Track], name: str) -> None:
    track = shelf[name]
    assert track.album is not None
    assert ask("getSong", id=track.pk)["error"]["code"] == 70
    assert ask("getAlbum", id=track.album.pk)["error"]["code"] == 70
    assert ask("getMusicDirectory", id=track.album.pk)["error"]["code"] == 70
    artist = track.artists.get()
    assert ask("getArtist", id=artist.pk)["error"]["code"] == 70
    assert ask("star", id=track.pk)["error"]["code"] == 70
    assert track.album.title not in albums_by_name(ask)


def test_an_administrator_sees_private_tracks(root: User, shelf: dict[str, Track]) -> None:
    assert asking(root)("getSong", id=shelf["hidden"].pk)["song"]["title"] == "Secret"


NOTHING = "0b51d1f4-3b1c-4b5f-9d3f-0c8e3a6f2a11"  # the id of no row


@pytest.mark.parametrize("value", ["", "1", "../../etc/passwd", "x" * 5000, NOTHING, "0"])
@pytest.mark.parametrize("method", ["getSong", "getAlbum", "getArtist", "getPlaylist"])
def test_an_odd_id_names_nothing(ask: Ask, method: str, value: str) -> None:
    assert ask(method, id=value)["error"]["code"] in (10, 70)


def test_an_unknown_method_is_an_answer_too(ask: Ask) -> None:
    answer = ask("getNothing")
    assert answer["status"] == "failed"
    assert answer["error"]["code"] == 0


def test_users_see_themselves_and_administrators_all(ask: Ask, bob: User, root: User) -> None:
    own = ask("getUser", username="ada")["user"]
    conforms(own, "User")
    assert own["adminRole"] is False
    assert ask("getUser", username="bob")["error"]["code"] == 50
    assert ask("getUsers")["error"]["code"] == 50
    as_root = asking(root)
    assert as_root("getUser", username="bob")["user"]["username"] == "bob"
    names = [user["username"] for user in as_root("getUsers")["users"]["user"]]
    assert names == ["ada", "bob", "root"]


LISTS: dict[str, dict[str, Any]] = {
    "getAlbumList2": {"type": "newest", "size": 500},
    "getAlbumList": {"type": "newest", "size": 500},
    "getArtists": {},
    "getGenres": {},
    "getRandomSongs": {"size": 500},
    "getStarred2": {},
    "search3": {"query": "", "songCount": 500, "albumCount": 500, "artistCount": 500},
    "getSongsByGenre": {"genre": "Rock", "count": 500},
    "getPlaylists": {},
}


@pytest.mark.parametrize("method", LISTS)
def test_a_longer_list_needs_no_more_queries(
    ada: User, method: str, django_assert_max_num_queries: Any
) -> None:
    people.make_app_password(ada, "phone", APP_PASSWORD)
    client = Client()
    query = {"u": "ada", "p": APP_PASSWORD, "f": "json", **LISTS[method]}
    counts = []
    for n_more in (2, 9):
        for i in range(n_more):
            track = shelve(
                ada, f"t{n_more}{i}", artist=f"a{n_more}{i}", album=f"l{n_more}{i}", genre="Rock"
            )
            opinions.star(ada, track)
        client.get(f"/rest/{method}", query)  # notes the use of the password once
        with django_assert_max_num_queries(25) as captured:
            assert b'"ok"' in client.get(f"/rest/{method}", query).content
        counts.append(len(captured))
    assert counts[0] == counts[1]
