"""Decisions and streams by them; HLS; the administrator's limits."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from songloom.interfaces.subsonic.transcoding import HOW
from songloom.library.models import Track, User
from songloom.library.services import people
from songloom.play.allowances import allow
from tests.shelf import shelve
from tests.subsonic.conftest import APP_PASSWORD, Ask

WHO = {"u": "ada", "p": APP_PASSWORD, "v": "1.16.1", "c": "tests", "f": "json"}
WAV = {"containers": ["wav"], "audioCodecs": ["pcm"], "protocols": ["http"]}
MP3 = {"container": "mp3", "audioCodec": "mp3", "protocol": "http"}


@pytest.fixture
def song(ada: User) -> Track:
    people.make_app_password(ada, "phone", APP_PASSWORD)
    return shelve(ada, "one", artist="A", seconds=2.0)


def decision(song: Track, player: Any, **more: str) -> dict[str, Any]:
    query = WHO | {"mediaId": str(song.pk), "mediaType": "song"} | more
    address = "/rest/getTranscodeDecision?" + "&".join(f"{k}={v}" for k, v in query.items())
    body = player if isinstance(player, str) else json.dumps(player)
    response = Client().post(address, body, content_type="application/json")
    answer: dict[str, Any] = json.loads(response.content)["subsonic-response"]
    return answer


def test_a_player_that_takes_wav_gets_the_file(song: Track) -> None:
    found = decision(song, {"directPlayProfiles": [WAV]})["transcodeDecision"]
    assert (found["canDirectPlay"], found["canTranscode"]) == (True, False)
    assert found["sourceStream"]["audioSamplerate"] == 8_000
    assert "transcodeParams" not in found


def test_what_was_decided_can_be_streamed(song: Track) -> None:
    found = decision(song, {"transcodingProfiles": [MP3]})["transcodeDecision"]
    assert (found["canDirectPlay"], found["canTranscode"]) == (False, True)
    assert HOW.match(found["transcodeParams"])
    query = {"mediaId": song.pk, "mediaType": "song", "transcodeParams": found["transcodeParams"]}
    response = Client().head("/rest/getTranscodeStream", {**WHO, **query})
    assert response["Content-Type"] == "audio/mpeg"


@pytest.mark.parametrize(
    ("body", "more", "code"),
    [
        ("", {}, 10),
        ("[]", {}, 0),
        ("{", {}, 0),
        ("{}", {"mediaType": "film"}, 0),
        ("{}", {"mediaType": "podcast"}, 70),
        ("{}", {"mediaType": ""}, 10),
        ("{}", {"mediaId": "nothing"}, 70),
    ],
)
def test_what_cannot_be_decided_says_why(
    song: Track, body: str, more: dict[str, str], code: int
) -> None:
    assert decision(song, body, **more)["error"]["code"] == code


@pytest.mark.parametrize(
    "wrong",
    [
        {"transcodeParams": "mp3"},
        {"transcodeParams": "../x-1"},
        {"transcodeParams": "tak-128"},
        {"transcodeParams": "mp3-128", "offset": "-1"},
        {"transcodeParams": "mp3-128", "offset": "NaN"},
    ],
)
def test_parameters_that_were_never_given_away_are_refused(
    ask: Ask, song: Track, wrong: dict[str, str]
) -> None:
    asked = ask("getTranscodeStream", mediaId=song.pk, mediaType="song", **wrong)
    assert asked["error"]["code"] == 0


def hls(song: Track, **more: Any) -> list[str]:
    response = Client().get("/rest/hls.m3u8", {**WHO, "id": song.pk, **more})
    assert response["Content-Type"] == "application/vnd.apple.mpegurl"
    return response.content.decode().splitlines()


def test_hls_is_one_piece_that_a_player_can_fetch_as_it_stands(song: Track) -> None:
    lines = hls(song, bitRate="96")
    assert lines[0] == "#EXTM3U"
    assert lines[-1] == "#EXT-X-ENDLIST"
    assert "#EXTINF:2.000," in lines
    address = urlsplit(lines[-2])
    asked = parse_qs(address.query)
    assert (address.path, asked["maxBitRate"], asked["format"]) == ("stream", ["96"], ["mp3"])
    response = Client().head(f"/rest/{lines[-2]}")
    assert response["Content-Type"] == "audio/mpeg"


def test_hls_of_several_bit_rates_leads_to_a_list_of_each(song: Track) -> None:
    lines = hls(song, bitRate=["64", "1000@480x360"])
    assert [line.partition(",")[0] for line in lines if line.startswith("#EXT-X-STREAM")] == [
        "#EXT-X-STREAM-INF:BANDWIDTH=64000",
        "#EXT-X-STREAM-INF:BANDWIDTH=1000000",
    ]
    inner = Client().get(f"/rest/{lines[3]}").content.decode()
    assert "maxBitRate=64" in inner


def test_an_administrators_limits_hold_in_every_stream(ask: Ask, ada: User, song: Track) -> None:
    allow(ada, {}, 64)
    stream = Client().head("/rest/stream", {**WHO, "id": song.pk})
    assert stream["Content-Type"] == "audio/mpeg"  # the file itself has 128 kbit/s
    found = decision(song, {"directPlayProfiles": [WAV], "transcodingProfiles": [MP3]})
    assert found["transcodeDecision"]["transcodeReason"] == ["AudioBitrateNotSupported"]
    assert found["transcodeDecision"]["transcodeParams"] == "mp3-64"
    assert "maxBitRate=64" in "".join(hls(song))
    allow(ada, {"stream": False, "download": False})
    for method in ("stream", "hls.m3u8", "download"):
        assert ask(method, id=song.pk)["error"]["code"] == 50
