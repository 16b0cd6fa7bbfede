"""Files of less usual formats, written by libav, tagged by mutagen: sound, tags and covers."""

from __future__ import annotations

import importlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import mutagen
import numpy as np
import pytest

from songloom.core.audio import decode
from songloom.core.audio.probe import probe
from tests.core.audio.sounds import noise, tone
from tests.core.audio.tagged import id3, picture

asf: Any = importlib.import_module("mutagen.asf")  # mutagen has no types
apev2: Any = importlib.import_module("mutagen.apev2")


SIXTEEN_BITS = {"wavpack": "s16p", "alac": "s16p", "tta": "s16"}


def written(path: Path, codec: str, container: str, sound: Any = None, **tags: str) -> Path:
    """A file of this codec and container, without our own encoders."""
    sound = noise(48_000) if sound is None else sound
    with av.open(str(path), "w", format=container) as target:
        target.metadata.update(tags)
        stream: Any = target.add_stream(codec, rate=48_000)
        stream.layout = "stereo"
        if codec in SIXTEEN_BITS:
            stream.codec_context.format = SIXTEEN_BITS[codec]
        if codec.startswith(("wma", "mp2", "aac", "ac3")):
            stream.bit_rate = 128_000
        frame = av.AudioFrame.from_ndarray(sound.T.reshape(1, -1).copy(), "flt", "stereo")
        frame.sample_rate, frame.time_base, frame.pts = 48_000, Fraction(1, 48_000), 0
        for packet in (*stream.encode(frame), *stream.encode(None)):
            target.mux(packet)
    return path


LOSSLESS = [
    ("wavpack", "wv", "wv", "wavpack", 16),
    ("alac", "ipod", "m4a", "alac", 16),
    ("pcm_s16be", "aiff", "aiff", "pcm_s16be", 16),
    ("pcm_s24be", "caf", "caf", "pcm_s24be", 24),
    ("pcm_s16be", "au", "au", "pcm_s16be", 16),
    ("pcm_s16le", "w64", "w64", "pcm_s16le", 16),
    ("tta", "tta", "tta", "tta", 16),
    ("flac", "ogg", "ogg", "flac", 16),
    ("flac", "matroska", "mka", "flac", 16),
]


@pytest.mark.parametrize(("encoder", "container", "name", "codec", "bits"), LOSSLESS)
def test_lossless_formats_keep_the_sound(
    tmp_path: Path, encoder: str, container: str, name: str, codec: str, bits: int
) -> None:
    path = written(tmp_path / "a", encoder, container)
    found = probe(str(path))
    assert (found["format"], found["codec"]) == (name, codec)
    assert found["n_samples"] == 48_000
    assert not found["is_truncated"]
    assert found["bits"] == bits
    assert np.abs(decode.read(str(path))[0] - noise(48_000)).max() <= 1 / 32_768


@pytest.mark.parametrize(
    ("encoder", "container", "name"),
    [
        ("wmav2", "asf", "wma"),
        ("mp2", "mp2", "mp2"),
        ("aac", "adts", "aac"),
        ("ac3", "matroska", "mka"),
    ],
)
def test_lossy_formats_are_heard(tmp_path: Path, encoder: str, container: str, name: str) -> None:
    path = written(tmp_path / "a", encoder, container, tone(440, 2.0, 48_000))
    found = probe(str(path))
    assert found["format"] == name
    assert found["duration_s"] == pytest.approx(2, abs=0.1)
    assert found["bits"] is None
    sound, rate = decode.read(str(path))
    middle = sound[0, rate // 2 : rate + rate // 2]
    assert abs(np.abs(np.fft.rfft(middle)).argmax() - 440) <= 1


def test_ape_tags_of_a_wavpack_file(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wv", "wavpack", "wv")
    file: Any = mutagen.File(path)
    file["Title"] = "青花瓷"
    file["Artist"] = ["周杰伦", "方文山"]
    file["Album Artist"] = "周杰伦"
    file["Year"] = "2007"
    file["Track"] = "4/10"
    file["MUSICBRAINZ_ALBUMID"] = "x-1"
    file["Cover Art (Back)"] = apev2.APEValue(b"back.jpg\x00" + picture("blue"), apev2.BINARY)
    file["Cover Art (Front)"] = apev2.APEValue(b"front.jpg\x00" + picture("red"), apev2.BINARY)
    file.save()
    found = probe(str(path), cover_dir=str(tmp_path))
    assert found["tags"] == {
        "title": ["青花瓷"],
        "artist": ["周杰伦", "方文山"],
        "albumartist": ["周杰伦"],
        "date": ["2007"],
        "tracknumber": ["4"],
        "tracktotal": ["10"],
        "musicbrainz_albumid": ["x-1"],
    }
    assert Path(found["cover"]).read_bytes() == picture("red")


def test_asf_tags_of_a_windows_media_file(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wma", "wmav2", "asf")
    file: Any = asf.ASF(path)
    file["Title"] = "晴天"
    file["Author"] = ["周杰伦", "另一人"]
    file["WM/AlbumTitle"] = "叶惠美"
    file["WM/Genre"] = ["Pop"]
    file["WM/TrackNumber"] = asf.ASFDWordAttribute(3)
    file["MusicBrainz/Track Id"] = "x-2"
    file.save()
    tags = probe(str(path))["tags"]
    assert tags["title"] == ["晴天"]
    assert tags["artist"] == ["周杰伦", "另一人"]
    assert (tags["album"], tags["genre"], tags["tracknumber"]) == (["叶惠美"], ["Pop"], ["3"])


def test_id3_tags_inside_aiff(tmp_path: Path) -> None:
    path = written(tmp_path / "a.aiff", "pcm_s16be", "aiff")
    file: Any = mutagen.File(path)
    file.add_tags()
    file.tags.add(id3.TIT2(encoding=3, text=["夜曲"]))
    file.tags.add(id3.COMM(encoding=3, lang="chi", desc="", text=["现场"]))
    file.tags.add(id3.COMM(encoding=3, lang="eng", desc="iTunNORM", text=["0000"]))
    file.save()
    assert probe(str(path))["tags"] == {"title": ["夜曲"], "comment": ["现场"]}


def test_tags_of_a_container_that_mutagen_does_not_know(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mka", "flac", "matroska", title="东风破", artist="周杰伦")
    tags = probe(str(path))["tags"]
    assert (tags["title"], tags["artist"]) == (["东风破"], ["周杰伦"])


def test_a_film_without_sound_is_refused_in_words(tmp_path: Path) -> None:
    from songloom.errors import NotAudio

    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as target:
        stream: Any = target.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 64
        frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")
        for packet in (*stream.encode(frame), *stream.encode(None)):
            target.mux(packet)
    with pytest.raises(NotAudio, match="there is no sound in this file"):
        probe(str(path))
