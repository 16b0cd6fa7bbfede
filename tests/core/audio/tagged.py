"""Files tagged as other programs tag them, by mutagen's raw interface."""

from __future__ import annotations

import base64
import importlib
import io
from pathlib import Path
from typing import Any

import mutagen
from PIL import Image

from tests.core.audio.sounds import tone, write

flac: Any = importlib.import_module("mutagen.flac")  # mutagen has no types
mp4: Any = importlib.import_module("mutagen.mp4")
id3: Any = importlib.import_module("mutagen.id3")

TITLE, ARTISTS, ALBUM = "千里之外", ["周杰伦", "费玉清"], "依然范特西"
TRACK_ID, ALBUM_ID = "b1a9c0e9-d987-4042-ae91-78d6a3267d69", "5e3cf2a4-9d0e-4c2f-8a49-a6cc4e5b9a9b"
LYRICS = "[00:01.00]屋檐如悬崖\n[00:04.00]风铃如沧海"
GAIN = "-7.03 dB"


def picture(colour: str = "red", kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, kind)
    return out.getvalue()


def flac_picture(data: bytes, type_: int = 3) -> Any:
    made: Any = flac.Picture()
    made.type, made.data, made.mime, made.width, made.height, made.depth = (
        type_,
        data,
        "x",
        8,
        8,
        24,
    )
    return made


VORBIS = {
    "title": [TITLE],
    "ARTIST": ARTISTS,
    "Album Artist": ["群星"],
    "album": [ALBUM],
    "genre": ["Pop", "Mandopop"],
    "date": ["2006-09-05"],
    "tracknumber": ["3/12"],
    "discnumber": ["1"],
    "disctotal": ["2"],
    "composer": ["周杰伦"],
    "lyrics": [LYRICS],
    "isrc": ["TWK970600301"],
    "label": ["阿尔发"],
    "compilation": ["1"],
    "MUSICBRAINZ_TRACKID": [TRACK_ID],
    "musicbrainz_albumid": [ALBUM_ID],
    "REPLAYGAIN_TRACK_GAIN": [GAIN],
}


def tagged(folder: Path, name: str) -> Path:
    """A second of sound in this format, with the same tags as in every other."""
    path = write(folder / f"tagged.{name}", tone(440, 1.0, 48_000), 48_000)
    file: Any = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    if name in ("mp3", "wav"):
        _tag_id3(file.tags)
    elif name == "m4a":
        _tag_mp4(file.tags)
    else:
        _tag_vorbis(file)
    file.save()
    return path


def _tag_vorbis(file: Any) -> None:
    for key, values in VORBIS.items():
        file[key] = values
    if isinstance(file, flac.FLAC):
        file.add_picture(flac_picture(picture("blue"), 4))
        file.add_picture(flac_picture(picture("red")))
    else:
        pictures = [flac_picture(picture("blue"), 4), flac_picture(picture("red"))]
        file["metadata_block_picture"] = [
            base64.b64encode(one.write()).decode() for one in pictures
        ]


def _tag_id3(tags: Any) -> None:
    texts = {
        "TIT2": [TITLE],
        "TPE1": ARTISTS,
        "TPE2": ["群星"],
        "TALB": [ALBUM],
        "TCON": ["Pop", "Mandopop"],
        "TDRC": ["2006-09-05"],
        "TRCK": ["3/12"],
        "TPOS": ["1/2"],
        "TCOM": ["周杰伦"],
        "TSRC": ["TWK970600301"],
        "TPUB": ["阿尔发"],
        "TCMP": ["1"],
    }
    for frame, values in texts.items():
        tags.add(getattr(id3, frame)(encoding=3, text=values))
    tags.add(id3.USLT(encoding=3, lang="chi", desc="", text=LYRICS))
    tags.add(id3.UFID(owner="http://musicbrainz.org", data=TRACK_ID.encode()))
    tags.add(id3.TXXX(encoding=3, desc="MusicBrainz Album Id", text=[ALBUM_ID]))
    tags.add(id3.TXXX(encoding=3, desc="REPLAYGAIN_TRACK_GAIN", text=[GAIN]))
    tags.add(id3.APIC(encoding=0, mime="image/jpeg", type=4, desc="back", data=picture("blue")))
    tags.add(id3.APIC(encoding=0, mime="image/png", type=3, desc="", data=picture("red")))


def _tag_mp4(tags: Any) -> None:
    tags.update(
        {
            "©nam": [TITLE],
            "©ART": ARTISTS,
            "aART": ["群星"],
            "©alb": [ALBUM],
            "©gen": ["Pop", "Mandopop"],
            "©day": ["2006-09-05"],
            "trkn": [(3, 12)],
            "disk": [(1, 2)],
            "©wrt": ["周杰伦"],
            "©lyr": [LYRICS],
            "cpil": True,
            "covr": [mp4.MP4Cover(picture("red")), mp4.MP4Cover(picture("blue"))],
        }
    )
    free = {
        "ISRC": "TWK970600301",
        "LABEL": "阿尔发",
        "MusicBrainz Track Id": TRACK_ID,
        "MusicBrainz Album Id": ALBUM_ID,
        "replaygain_track_gain": GAIN,
    }
    for name, text in free.items():
        tags[f"----:com.apple.iTunes:{name}"] = [text.encode()]
