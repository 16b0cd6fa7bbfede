"""What a player gets, by what it says that it can: no database, no sound."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songloom.core.audio.formats import FORMATS
from songloom.library.models import File
from songloom.play.deciding import Stream, decide, light_enough, stream_of

ANY: dict[str, Any] = {"containers": [], "audioCodecs": [], "protocols": []}
MP3_OR_OPUS = [
    {"container": "mp3", "audioCodec": "mp3", "protocol": "http"},
    {"container": "ogg", "audioCodec": "opus", "protocol": "http"},
]


def flac(**more: Any) -> File:
    known = {"format": "flac", "codec": "flac", "channels": 2, "sample_rate": 96_000, "bits": 24}
    rest = {"bit_rate": 3_000_000, "duration_s": 100.0, "size_bytes": 37_500_000}
    return File(**(known | rest | more))


def mp3(**more: Any) -> File:
    known = {"format": "mp3", "codec": "mp3float", "bits": None, "bit_rate": 128_000}
    return flac(**(known | {"sample_rate": 44_100} | more))


def limit(name: str, comparison: str, *values: str, required: bool = True) -> dict[str, Any]:
    one = {"name": name, "comparison": comparison, "values": list(values), "required": required}
    return {"type": "AudioCodec", "name": "flac", "limitations": [one]}


def test_a_player_that_takes_everything_gets_the_file() -> None:
    found = decide(flac(), {"directPlayProfiles": [ANY], "transcodingProfiles": MP3_OR_OPUS})
    assert found.plays_directly
    assert found.reasons == []
    assert found.source == Stream("flac", "flac", 2, 3_000_000, 96_000, 24)


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        ({"containers": ["mp3"]}, "ContainerNotSupported"),
        ({"audioCodecs": ["aac"]}, "AudioCodecNotSupported"),
        ({"protocols": ["hls"]}, "ProtocolNotSupported"),
        ({"maxAudioChannels": 1}, "AudioChannelsNotSupported"),
        ({"containers": ["FLAC"], "audioCodecs": ["Flac"], "protocols": ["http"]}, ""),
    ],
)
def test_each_way_to_play_says_why_it_does_not_suit(profile: dict[str, Any], reason: str) -> None:
    found = decide(flac(), {"directPlayProfiles": [ANY | profile]})
    assert found.reasons == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("limits", "plays"),
    [
        (limit("audioSamplerate", "LessThanEqual", "48000"), False),
        (limit("audioSamplerate", "LessThanEqual", "48000", required=False), True),
        (limit("audioSamplerate", "GreaterThanEqual", "96000"), True),
        (limit("audioChannels", "Equals", "1", "2"), True),
        (limit("audioChannels", "NotEquals", "2"), False),
        (limit("audioBitdepth", "LessThanEqual", "16"), False),
        (limit("audioBitrate", "LessThanEqual", "4000000"), True),
        (limit("audioProfile", "Equals", "LC"), False),  # not known: it keeps no limit
        (limit("audioBitdepth", "Sometimes", "16"), False),
    ],
)
def test_limits_of_a_codec_that_must_be_kept_are(limits: dict[str, Any], plays: bool) -> None:
    found = decide(flac(), {"directPlayProfiles": [ANY], "codecProfiles": [limits]})
    assert found.plays_directly == plays


def test_the_first_profile_that_can_be_made_is_taken() -> None:
    hls = {"container": "mp3", "audioCodec": "mp3", "protocol": "hls"}
    odd = {"container": "tak", "audioCodec": "tak", "protocol": "http"}
    found = decide(flac(), {"transcodingProfiles": [hls, odd, *MP3_OR_OPUS]})
    assert (found.format, found.kbps) == ("mp3", 192)
    assert found.made == Stream("mp3", "mp3", 2, 192_000, 48_000, None)
    assert found.reasons == ["NoDirectPlayProfile"]


def test_nothing_is_made_for_a_player_that_takes_nothing_we_can_make() -> None:
    found = decide(flac(), {"transcodingProfiles": [{"container": "tak", "audioCodec": "tak"}]})
    assert found.made is None
    assert not found.plays_directly


def test_bit_rates_of_the_player_and_of_the_administrator_both_hold() -> None:
    player = {
        "maxAudioBitrate": 500_000,
        "maxTranscodingAudioBitrate": 256_000,
        "directPlayProfiles": [ANY],
        "transcodingProfiles": MP3_OR_OPUS,
    }
    assert decide(flac(), player).reasons == ["AudioBitrateNotSupported"]
    assert decide(flac(), player).kbps == 256
    assert decide(flac(), player, most_kbps=96).kbps == 96
    assert decide(mp3(), player).plays_directly
    assert not decide(mp3(), player, most_kbps=96).plays_directly


def test_a_lossy_file_gets_no_more_bits_than_it_has() -> None:
    assert decide(mp3(), {"transcodingProfiles": MP3_OR_OPUS}).kbps == 128


def test_a_limit_of_the_target_codec_lowers_the_bit_rate() -> None:
    codec = limit("audioBitrate", "LessThanEqual", "112000") | {"name": "mp3"}
    found = decide(flac(), {"transcodingProfiles": MP3_OR_OPUS, "codecProfiles": [codec]})
    assert (found.format, found.kbps) == ("mp3", 112)


def test_a_limit_that_cannot_be_kept_leads_to_the_next_profile() -> None:
    codec = limit("audioSamplerate", "LessThanEqual", "44100") | {"name": "mp3"}
    found = decide(flac(), {"transcodingProfiles": MP3_OR_OPUS, "codecProfiles": [codec]})
    assert found.format == "opus"


@pytest.mark.parametrize(
    ("file", "container", "codec"),
    [
        (flac(format="m4a", codec="aac"), "mp4", "aac"),
        (flac(format="opus", codec="libopus"), "ogg", "opus"),
        (flac(format="wav", codec="pcm_s16le"), "wave", "pcm"),
        (mp3(), "mp3", "mp3"),
    ],
)
def test_containers_and_codecs_are_known_by_their_other_names(
    file: File, container: str, codec: str
) -> None:
    profile = {"containers": [container], "audioCodecs": [codec], "protocols": ["http"]}
    assert decide(file, {"directPlayProfiles": [profile]}).plays_directly


def test_a_bit_rate_that_is_not_known_is_that_of_the_bytes() -> None:
    assert stream_of(flac(bit_rate=None)).bits_s == 3_000_000


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
NAMES = ("directPlayProfiles", "transcodingProfiles", "codecProfiles", "maxAudioBitrate")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, ODD)))
def test_whatever_a_player_says_there_is_a_decision(player: dict[str, Any]) -> None:
    assert decide(flac(), player).source.codec == "flac"


@given(
    st.sampled_from([form for form in FORMATS.values() if form.is_lossy]),
    st.lists(st.integers(0, 2_000), max_size=3),
    st.none() | st.integers(1, 1_000_000),
)
def test_a_lossy_bit_rate_keeps_every_limit_and_the_range_of_its_format(
    form: Any, limits: list[int], bits_s: int | None
) -> None:
    kbps = light_enough(form, limits, Stream("mp3", "mp3", bits_s=bits_s))
    real = [one for one in limits if one]
    if kbps is None:
        assert min(real) < form.kbps[0]
    else:
        assert form.kbps[0] <= kbps <= min([form.kbps[2], *real])
