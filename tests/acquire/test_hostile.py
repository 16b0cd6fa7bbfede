"""Files made to break decoders: each is refused or stored, and its neighbours go on."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from songloom.acquire import services as acquire
from songloom.errors import RefusedInput
from songloom.library.models import Track, User
from tests.acquire.sounds import make_song

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def owner() -> User:
    return User.objects.create(username="ming")


def wav_that_claims_gigabytes(path: Path) -> None:
    """A header of a WAV with a RIFF list chunk of 4 GB and a day of sound, and 100 bytes."""
    head = b"RIFF" + struct.pack("<I", 0xFFFFFFFF) + b"WAVE"
    form = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 2, 44_100, 176_400, 4, 16)
    info = b"LIST" + struct.pack("<I", 0xFFFFFFF0) + b"INFO"
    path.write_bytes(head + form + info + bytes(100))


def flac_with_a_huge_picture(path: Path) -> None:
    """A FLAC whose picture block claims 4 GB of pixels."""
    real = make_song(path.with_suffix(".source.flac")).read_bytes()
    claim = (
        struct.pack(">II", 3, 9)
        + b"image/png"
        + struct.pack(">IIIIII", 0, 65_535, 65_535, 32, 0, 0xFFFFFFFF)
    )
    block = bytes([6]) + len(claim).to_bytes(3, "big") + claim
    path.write_bytes(real[:42] + block + real[42:])


def mp3_with_many_frames(path: Path) -> None:
    """An ID3 tag of 20,000 comments before a short song."""
    frame = b"COMM" + struct.pack(">I", 11) + b"\0\0" + b"\0eng\0\0abcdef"[:11]
    frames = frame * 20_000
    size = len(frames)
    syncsafe = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    song = make_song(path.with_suffix(".source.mp3")).read_bytes()
    path.write_bytes(b"ID3\x04\0\0" + syncsafe + frames + song)


def m4a_of_nested_boxes(path: Path) -> None:
    """MPEG-4 boxes within boxes within boxes, 2,000 deep."""
    body = b""
    for _ in range(2_000):
        body = struct.pack(">I", len(body) + 8) + b"moov" + body
    path.write_bytes(struct.pack(">I", 16) + b"ftypM4A \0\0\0\0" + body)


def ogg_of_pages_without_end(path: Path) -> None:
    """A real Ogg header followed by pages that promise a stream of another kind."""
    real = make_song(path.with_suffix(".source.ogg")).read_bytes()
    path.write_bytes(real[:60] + (b"OggS" + bytes(23)) * 5_000)


def playlist_that_points_away(path: Path) -> None:
    """An HLS list: a decoder that followed it would read a file, or the network."""
    path.write_bytes(b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n")


def concat_script(path: Path) -> None:
    """A script for the decoder library that would join other files."""
    path.write_bytes(b"ffconcat version 1.0\nfile '/etc/passwd'\n")


def sdp_session(path: Path) -> None:
    """A description of a stream that would be received from the network."""
    path.write_bytes(
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n"
    )


HOSTILE: list[Callable[[Path], None]] = [
    wav_that_claims_gigabytes,
    flac_with_a_huge_picture,
    mp3_with_many_frames,
    m4a_of_nested_boxes,
    ogg_of_pages_without_end,
    playlist_that_points_away,
    concat_script,
    sdp_session,
]


def came_of(path: Path, owner: User) -> Track | RefusedInput:
    try:
        return acquire.add_file(path, owner=owner)[0]
    except RefusedInput as refused:
        return refused


@pytest.mark.parametrize("write", HOSTILE, ids=lambda write: write.__name__)
def test_a_hostile_file_is_stored_whole_or_refused_with_a_code(
    owner: User, tmp_path: Path, home: Path, write: Callable[[Path], None]
) -> None:
    path = tmp_path / "hostile.mp3"
    write(path)
    came = came_of(path, owner)
    if isinstance(came, RefusedInput):
        assert came.code
        assert "passwd" not in str(came)
        assert not Track.objects.exists()
    else:
        assert came.duration_s is not None
        assert came.duration_s < 60  # what can be heard, whatever was claimed
    assert list((home / "tmp").iterdir()) == []


@pytest.mark.parametrize("write", [playlist_that_points_away, concat_script, sdp_session])
def test_a_file_that_only_points_elsewhere_is_never_followed(
    owner: User, tmp_path: Path, write: Callable[[Path], None]
) -> None:
    write(tmp_path / "a.mp3")
    with pytest.raises(RefusedInput):
        acquire.add_file(tmp_path / "a.mp3", owner=owner)


def test_a_folder_full_of_hostile_files_still_gives_its_song(owner: User, tmp_path: Path) -> None:
    root = tmp_path / "music"
    root.mkdir()
    for at, write in enumerate(HOSTILE):
        write(root / f"{at}.mp3")
    make_song(root / "z good.wav", seed=99)
    outcome = acquire.scan_folder(acquire.link_folder(root, owner=owner))
    titles = set(Track.objects.values_list("title", flat=True))
    assert "z good" in titles
    assert {each["code"] for each in outcome.refused} <= {
        "not_audio",
        "truncated",
        "beyond_limits",
        "empty_file",
        "too_long",
    }


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "'; DROP TABLE library_track; --",
        "{{ 7*7 }}",
        "\u202egnp.exe",
        "a\x00b",
        "🎵" * 200,
        "=cmd()",
        "../../x",
        "\ufeffbom",
        "\n\nlines\n",
    ],
)
def test_any_text_in_a_tag_is_only_text(owner: User, tmp_path: Path, text: str) -> None:
    song = make_song(tmp_path / "a.flac", title=text, artist=text, album=text, genre=text)
    track, _ = acquire.add_file(song, owner=owner)
    track.refresh_from_db()
    assert track.title.strip()
    assert "\x00" not in track.title
    assert len(track.title) <= 300
    assert Track.objects.count() == 1
