"""py-opensonic, a client that others wrote, against a real server: first sync and listening."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx
import pytest
from libopensonic import AsyncConnection, errors

from songloom.library.models import Track, User
from songloom.library.services import people
from songloom.search.indexing import index_tracks
from tests.kept import bytes_of
from tests.live import serving
from tests.shelf import PASSWORD, person, shelve
from tests.subsonic.conftest import APP_PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(transactional_db: None) -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture
def listener(transactional_db: None) -> User:
    user = person("ada")
    people.make_app_password(user, "phone", APP_PASSWORD)
    return user


@pytest.fixture
def tracks(listener: User) -> list[Track]:
    common = {"artist": "周杰伦", "album": "叶惠美", "genre": "Pop", "date": "2003"}
    made = [
        shelve(listener, "以父之名", tracknumber="1", **common),
        shelve(listener, "晴天", tracknumber="3", lyrics="[00:01.00]故事的小黄花", **common),
        shelve(listener, "Blue", artist="Joni Mitchell", album="Blue", seconds=2.0),
    ]
    index_tracks([track.pk for track in made])
    return made


@asynccontextmanager
async def connected(server: str, **more: object) -> AsyncIterator[AsyncConnection]:
    who = {"username": "ada", "password": APP_PASSWORD} | more
    port = urlsplit(server).port
    client = AsyncConnection("http://127.0.0.1", port=port, **who)
    try:
        yield client
    finally:
        await client.cleanup()


@pytest.mark.parametrize("use_get", [True, False])
@pytest.mark.parametrize("use_views", [True, False])
@pytest.mark.parametrize("legacy_auth", [True, False])
def test_every_way_to_sign_in_pings(
    server: str, listener: User, use_get: bool, use_views: bool, legacy_auth: bool
) -> None:
    async def ping() -> bool:
        how = {"use_get": use_get, "use_views": use_views, "legacy_auth": legacy_auth}
        async with connected(server, **how) as client:
            return bool(await client.ping())

    assert asyncio.run(ping())


def test_a_key_signs_in_and_the_login_password_does_not(server: str, listener: User) -> None:
    key, _row = people.make_api_key(listener, "car")

    async def both() -> None:
        async with connected(server, username=None, password=None, api_key=key) as client:
            assert await client.ping()
            assert (await client.token_info()).username == "ada"
        async with connected(server, password=PASSWORD) as client:
            with pytest.raises(errors.CredentialError):
                await client.get_artists()

    asyncio.run(both())


def test_a_first_sync_finds_everything(server: str, tracks: list[Track]) -> None:
    async def sync() -> None:
        async with connected(server) as client:
            assert (await client.get_license())["license"]["valid"] is True
            names = {extension.name for extension in await client.get_open_subsonic_extensions()}
            assert "apiKeyAuthentication" in names
            artists = await client.get_artists()
            by_name = {a.name: a for index in artists.index or [] for a in index.artist or []}
            assert set(by_name) == {"周杰伦", "Joni Mitchell"}
            artist = await client.get_artist(by_name["周杰伦"].id)
            (album,) = artist.album or []
            full = await client.get_album(album.id)
            assert [song.title for song in full.song or []] == ["以父之名", "晴天"]
            assert {g.value: g.song_count for g in await client.get_genres()} == {"Pop": 2}
            albums = await client.get_album_list2("newest", size=500)
            assert [found.name for found in albums] == ["Blue", "叶惠美"]
            everything = await client.search3('""', song_count=500)
            assert {song.title for song in everything.song or []} == {"以父之名", "晴天", "Blue"}
            by_pinyin = await client.search3("qingtian")
            assert [song.title for song in by_pinyin.song or []] == ["晴天"]
            user = await client.get_user("ada")
            assert user.stream_role
            assert not user.admin_role
            assert (await client.get_scan_status()).count == 3
            assert len(await client.get_random_songs(size=10)) == 3
            indexes = await client.get_indexes()
            assert indexes.index

    asyncio.run(sync())


def test_an_evening_of_listening(server: str, tracks: list[Track]) -> None:
    keys = [str(track.pk) for track in tracks]
    sha256 = tracks[1].files.get().sha256

    async def listen() -> None:
        async with connected(server) as client:
            song = await client.get_song(keys[1])
            assert song.title == "晴天"
            response = await client.stream(keys[1])
            body = await response.read()
            assert hashlib.sha256(body).hexdigest() == sha256
            assert await (await client.download(keys[1])).read() == body
            (words,) = await client.get_lyrics_by_song_id(keys[1])
            assert [line.value for line in words.line] == ["故事的小黄花"]
            smaller = await client.stream(keys[1], max_bit_rate=64, tformat="mp3")
            assert smaller.headers["Content-Type"] == "audio/mpeg"
            assert len(await smaller.read()) > 1_000
            assert await client.scrobble(keys[1])
            assert (await client.get_song(keys[1])).play_count == 1
            await client.save_play_queue(keys, current=keys[1], position=1_000)
            queue = await client.get_play_queue()
            assert [entry.id for entry in queue.entry or []] == keys
            assert await client.star(sids=[keys[1]])
            assert [s.id for s in (await client.get_starred2()).song or []] == [keys[1]]
            assert await client.set_rating(keys[1], 5)
            assert (await client.get_song(keys[1])).user_rating == 5
            assert await client.unstar(sids=[keys[1]])
            assert not (await client.get_starred2()).song
            assert await client.create_playlist(name="晚上", song_ids=keys[:2])
            (made,) = await client.get_playlists()
            assert made.song_count == 2
            await client.update_playlist(
                made.id, name="Night", song_ids_to_add=[keys[2]], song_indices_to_remove=[0]
            )
            playlist = await client.get_playlist(made.id)
            assert playlist.name == "Night"
            assert [entry.title for entry in playlist.entry or []] == ["晴天", "Blue"]
            assert await client.delete_playlist(made.id)
            assert await client.get_playlists() == []

    asyncio.run(listen())


@pytest.mark.stores
def test_ranges_and_heads_on_stream_and_download(server: str, tracks: list[Track]) -> None:
    whole = sound_of(tracks[2])
    query = {"u": "ada", "p": APP_PASSWORD, "id": str(tracks[2].pk)}
    with httpx.Client(base_url=server) as client:
        for method in ("stream", "download", "stream.view"):
            address = f"/rest/{method}"
            head = client.head(address, params=query)
            assert head.status_code == 200
            assert head.headers["content-length"] == str(len(whole))
            assert head.headers["accept-ranges"] == "bytes"
            assert head.content == b""
            part = client.get(address, params=query, headers={"Range": "bytes=100-199"})
            assert part.status_code == 206
            assert part.content == whole[100:200]
            assert part.headers["content-range"] == f"bytes 100-199/{len(whole)}"
            tail = client.get(address, params=query, headers={"Range": "bytes=-50"})
            assert tail.content == whole[-50:]
            beyond = client.get(address, params=query, headers={"Range": "bytes=99999999-"})
            assert beyond.status_code == 416
            known = client.get(
                address, params=query, headers={"If-None-Match": head.headers["etag"]}
            )
            assert known.status_code == 304


def sound_of(track: Track) -> bytes:
    from songloom.library.services.storing import main_file

    file = main_file(track)
    assert file is not None
    return bytes_of(file.sha256)
