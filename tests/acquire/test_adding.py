"""Files and streams into the storage: real audio, real tags, nothing left behind when refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import mutagen
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from mutagen.flac import Picture
from pytest_django import Settings

from songloom.acquire import services as acquire
from songloom.errors import (
    DiskFull,
    EmptyFile,
    NoSuchFile,
    NotAudio,
    RefusedInput,
    TooLarge,
    TooLong,
    WebPage,
)
from songloom.jobs.models import Job
from songloom.library.models import Cover, File, Track, User
from songloom.library.services.bin import bin_track
from songloom.library.services.tracing import graph
from tests.acquire.sounds import make_song, picture
from tests.kept import home_path

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return User.objects.create(username="ming")


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    """A storage of the test's own."""
    settings.HOME = tmp_path / "home"
    settings.MEDIA = settings.HOME / "media"
    (settings.HOME / "tmp").mkdir(parents=True)
    return tmp_path / "home" / "media"


def all_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_file_is_copied_and_its_tags_are_read(owner: User, tmp_path: Path) -> None:
    song = make_song(
        tmp_path / "x.flac",
        title="青花瓷",
        artist=["周杰伦", "费玉清"],
        album="我很忙",
        albumartist="周杰伦",
        genre=["流行", "R&B"],
        date="2007-11-02",
        tracknumber="2/10",
        discnumber="1",
        composer="周杰伦",
        lyrics="素胚勾勒出青花",
        musicbrainz_trackid="a1b2c3d4-0000-4000-8000-000000000001",
        replaygain_track_gain="-7.03 dB",
        replaygain_track_peak="0.98",
    )
    before = song.read_bytes()

    track, is_new = acquire.add_file(song, owner=owner)

    assert is_new
    track.refresh_from_db()
    assert (track.title, track.artist_text) == ("青花瓷", "周杰伦 · 费玉清")
    assert track.album is not None
    assert (track.album.title, str(track.album.artist), track.album.year) == (
        "我很忙",
        "周杰伦",
        2007,
    )
    assert sorted(genre.name for genre in track.genres.all()) == ["R&B", "流行"]
    assert (track.date, track.year, track.track_number, track.disc_number) == (
        "2007-11-02",
        2007,
        2,
        1,
    )
    assert track.lyrics == "素胚勾勒出青花"
    assert track.musicbrainz_id == "a1b2c3d4-0000-4000-8000-000000000001"
    assert (track.replaygain_db, track.replaygain_peak) == (-7.03, 0.98)
    assert (track.format, track.duration_s, track.origin) == ("flac", 0.25, "uploaded")
    (file,) = track.files.all()
    assert file.sha256 == hashlib.sha256(before).hexdigest()
    assert home_path(file.sha256).read_bytes() == before
    assert (file.sample_rate, file.channels, file.original_name) == (8_000, 2, "x.flac")
    assert song.read_bytes() == before  # the source is as it was
    assert [node["kind"] for node in graph(track, track.owner)["nodes"]] == ["file", "track"]


def test_the_jobs_that_follow_are_queued(owner: User, tmp_path: Path) -> None:
    track, _ = acquire.add_file(make_song(tmp_path / "a.wav"), owner=owner)
    queued = Job.objects.filter(arguments={"track_id": str(track.pk)}).values_list(
        "kind", flat=True
    )
    assert {"search.index", "analyse.extract"} <= set(queued)


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "mp3", "aiff"])
def test_every_format_is_recognised_by_its_bytes(owner: User, tmp_path: Path, ending: str) -> None:
    song = make_song(tmp_path / f"a.{ending}")
    disguised = song.rename(tmp_path / "a.bin")
    track, _ = acquire.add_file(disguised, owner=owner)
    assert track.format == ending
    assert track.title == "a"


def test_the_same_bytes_of_one_owner_are_one_track(owner: User, tmp_path: Path) -> None:
    song = make_song(tmp_path / "a.wav")
    copy = tmp_path / "copy.wav"
    copy.write_bytes(song.read_bytes())
    first, _ = acquire.add_file(song, owner=owner)
    second, is_new = acquire.add_file(copy, owner=owner)
    assert (second.pk, is_new) == (first.pk, False)
    other, is_new = acquire.add_file(song, owner=User.objects.create(username="hong"))
    assert other.pk != first.pk
    assert is_new
    assert len(all_files(settings.MEDIA / "audio")) == 1  # identical bytes share storage


def test_bringing_a_binned_track_again_restores_it(owner: User, tmp_path: Path) -> None:
    song = make_song(tmp_path / "a.wav")
    track, _ = acquire.add_file(song, owner=owner)
    bin_track(track)
    again, is_new = acquire.add_file(song, owner=owner)
    assert (again.pk, is_new, again.binned_at) == (track.pk, False, None)


def test_lost_bytes_are_put_back_when_they_come_again(owner: User, tmp_path: Path) -> None:
    song = make_song(tmp_path / "a.wav")
    track, _ = acquire.add_file(song, owner=owner)
    stored = home_path(track.files.get().sha256)
    stored.unlink()
    acquire.add_file(song, owner=owner)
    assert stored.read_bytes() == song.read_bytes()


# --- names -----------------------------------------------------------------------------------


def test_without_tags_the_name_of_the_file_serves(owner: User, tmp_path: Path) -> None:
    track, _ = acquire.add_file(make_song(tmp_path / "03 - 周杰伦 - 晴天.wav"), owner=owner)
    assert (track.title, track.artist_text, track.track_number) == ("晴天", "周杰伦", 3)


def test_a_title_in_the_tags_wins_over_the_name(owner: User, tmp_path: Path) -> None:
    song = make_song(tmp_path / "Somebody - Something.flac", title="Right")
    track, _ = acquire.add_file(song, owner=owner)
    assert (track.title, track.artist_text) == ("Right", "")


def test_an_artist_in_the_tags_is_completed_by_the_name(owner: User, tmp_path: Path) -> None:
    song = make_song(tmp_path / "01 - Wrong - Title.flac", artist="Right")
    track, _ = acquire.add_file(song, owner=owner)
    assert (track.title, track.artist_text) == ("Title", "Right")


# --- covers ----------------------------------------------------------------------------------


def test_a_picture_in_the_file_becomes_a_cover(owner: User, tmp_path: Path) -> None:
    song = make_song(tmp_path / "a.flac", title="x")
    flac = mutagen.File(song)
    drawn = Picture()  # type: ignore[no-untyped-call]
    drawn.data, drawn.type, drawn.mime = picture(), 3, "image/png"
    flac.add_picture(drawn)
    flac.save()
    track, _ = acquire.add_file(song, owner=owner)
    cover = Cover.objects.get()
    assert track.cover == cover
    assert (cover.width, cover.height, cover.mime) == (8, 8, "image/jpeg")
    assert home_path(cover.sha256, "covers").read_bytes()[:2] == b"\xff\xd8"  # JPEG, re-encoded


@pytest.mark.parametrize("name", ["cover.png", "Folder.JPG", "front.webp"])
def test_a_picture_in_the_folder_becomes_a_cover(owner: User, tmp_path: Path, name: str) -> None:
    song = make_song(tmp_path / "album" / "a.wav")
    (song.parent / name).write_bytes(picture())
    track, _ = acquire.add_file(song, owner=owner)
    assert track.cover is not None


@pytest.mark.parametrize(
    "bad", [b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture()[:40]]
)
def test_a_bad_picture_is_no_cover_and_no_error(owner: User, tmp_path: Path, bad: bytes) -> None:
    song = make_song(tmp_path / "album" / "a.wav")
    (song.parent / "cover.png").write_bytes(bad)
    track, _ = acquire.add_file(song, owner=owner)
    assert track.cover is None


# --- refusals --------------------------------------------------------------------------------


def html(path: Path) -> None:
    path.write_bytes(b"<!DOCTYPE html><html><body>Sign in</body></html>")


def half_a_header(path: Path) -> None:
    path.write_bytes(make_song(path.with_suffix(".flac")).read_bytes()[:60])


@pytest.mark.parametrize(
    ("write", "error"),
    [
        (lambda path: path.write_bytes(b""), EmptyFile),
        (lambda path: path.write_bytes(b"plain text, no song" * 50), NotAudio),
        (html, WebPage),
        (half_a_header, NotAudio),
        (lambda path: path.write_bytes(bytes(range(256)) * 40), NotAudio),
        (lambda path: make_song(path, seconds=3.0), TooLong),
        (lambda path: path.write_bytes(b"RIFF" + b"\0" * 300_000), TooLarge),
        (lambda path: None, NoSuchFile),
        (lambda path: path.mkdir(), NoSuchFile),
    ],
    ids=["empty", "text", "html", "cut off", "noise", "too long", "too large", "missing", "folder"],
)
def test_what_is_refused_leaves_nothing_behind(
    owner: User, tmp_path: Path, settings: Settings, write: object, error: type[RefusedInput]
) -> None:
    settings.LONGEST_TRACK_S = 2
    settings.LARGEST_UPLOAD_MB = 0.2
    path = tmp_path / "a.wav"
    write(path)  # type: ignore[operator]
    with pytest.raises(error) as refused:
        acquire.add_file(path, owner=owner)
    assert str(tmp_path) not in str(refused.value)
    assert not Track.objects.exists()
    assert not File.objects.exists()
    assert not Job.objects.exists()
    assert all_files(settings.HOME) == []


def test_a_refusal_names_both_numbers(owner: User, tmp_path: Path, settings: Settings) -> None:
    settings.LARGEST_UPLOAD_MB = 0.002
    song = make_song(tmp_path / "a.wav")  # 8,044 bytes
    with pytest.raises(TooLarge, match=r"0\.0 MB or more; the largest allowed is 0\.002 MB"):
        acquire.add_file(song, owner=owner)


def test_a_song_cut_off_half_way_is_stored_with_a_warning(owner: User, tmp_path: Path) -> None:
    song = make_song(tmp_path / "a.flac", seconds=8.0)
    song.write_bytes(song.read_bytes()[: song.stat().st_size // 2])
    track, _ = acquire.add_file(song, owner=owner)
    assert track.duration_s == pytest.approx(4.0, abs=1.0)  # what can be heard, not what is claimed
    assert track.files.get().is_truncated


# --- streams ---------------------------------------------------------------------------------


def pieces(path: Path, size: int = 1_000) -> Iterator[bytes]:
    whole = path.read_bytes()
    return (whole[at : at + size] for at in range(0, len(whole), size))


def test_a_stream_is_stored_under_the_senders_name(owner: User, tmp_path: Path) -> None:
    song = make_song(tmp_path / "a.ogg")
    track, is_new = acquire.add_stream(pieces(song), name="../../etc/歌.ogg", owner=owner)
    assert is_new
    assert track.title == "歌"
    assert track.files.get().original_name == "歌.ogg"
    assert not acquire.add_stream(pieces(song, 77), name="b.ogg", owner=owner)[1]


@pytest.mark.parametrize(
    "name", ["", "/", "C:\\music\\", "\x00", "..", "n" * 500 + ".wav", "\ud800.wav"]
)
def test_any_name_of_a_sender_is_taken(owner: User, tmp_path: Path, name: str) -> None:
    song = make_song(tmp_path / "a.wav")
    track, _ = acquire.add_stream(pieces(song), name=name, owner=owner)
    assert 1 <= len(track.title) <= 300
    assert len(track.files.get().original_name) <= 255


def test_a_title_given_along_is_the_title(owner: User, tmp_path: Path) -> None:
    song = make_song(tmp_path / "a.flac", title="Tagged", artist="Tagged")
    track, _ = acquire.add_stream(pieces(song), name="x.flac", owner=owner, title=" Given\x00 ")
    assert (track.title, track.artist_text) == ("Given", "Tagged")


def test_a_stream_that_grows_too_large_is_stopped_at_once(owner: User, settings: Settings) -> None:
    settings.LARGEST_UPLOAD_MB = 0.01
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1_000
            yield b"R" * 1_000

    with pytest.raises(TooLarge):
        acquire.add_stream(endless(), name="a.wav", owner=owner)
    assert taken == 11_000
    assert all_files(settings.HOME) == []


def test_a_stream_that_breaks_leaves_nothing(owner: User, settings: Settings) -> None:
    def broken() -> Iterator[bytes]:
        yield b"RIFF" * 100
        raise ConnectionError("the sender is gone")

    with pytest.raises(ConnectionError):
        acquire.add_stream(broken(), name="a.wav", owner=owner)
    assert all_files(settings.HOME) == []


def test_a_full_disk_is_said_so(
    owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_a_full_disk(suffix: str = "") -> nullcontext[Path]:
        return nullcontext(Path("/dev/full"))  # the kernel's own

    monkeypatch.setattr("songloom.acquire.receiving.storage.temporary", on_a_full_disk)
    with pytest.raises(DiskFull):
        acquire.add_file(make_song(tmp_path / "a.wav"), owner=owner)
    assert not Track.objects.exists()


def test_an_upload_of_a_form_is_a_stream(owner: User, tmp_path: Path) -> None:
    song = make_song(tmp_path / "a.wav")
    upload = SimpleUploadedFile("form.wav", song.read_bytes())
    track, is_new = acquire.add_upload(upload, name="form.wav", owner=owner)
    assert (track.title, is_new) == ("form", True)


# --- folders ---------------------------------------------------------------------------------


def test_every_audio_file_of_a_folder_is_copied(owner: User, tmp_path: Path) -> None:
    root = tmp_path / "music"
    make_song(root / "周杰伦" / "我很忙" / "01 青花瓷.flac", seed=1)
    make_song(root / "loose.wav", seed=2)
    make_song(root / "again.wav", seed=2)
    (root / "broken.mp3").write_bytes(b"this is no song" * 10)
    (root / "empty.ogg").touch()
    (root / "notes.txt").write_text("not even tried")

    outcome = acquire.add_path(root, owner=owner)

    assert len(outcome.added) == 2
    assert outcome.existing == []  # the second copy is the same track, named once
    assert [(each["source"], each["code"]) for each in outcome.refused] == [
        ("broken.mp3", "not_audio"),
        ("empty.ogg", "empty_file"),
    ]
    assert all(each["message"] for each in outcome.refused)
    tagged = Track.objects.get(title="青花瓷")
    assert (tagged.artist_text, str(tagged.album), tagged.track_number) == ("周杰伦", "我很忙", 1)
    again = acquire.add_path(root, owner=owner)
    assert (again.added, sorted(again.existing)) == ([], sorted(outcome.added))


def test_a_real_song_is_stored_with_its_tags(owner: User, real_song: Path) -> None:
    track, is_new = acquire.add_file(real_song, owner=owner)
    assert is_new
    assert track.duration_s is not None
    assert 30 < track.duration_s < 120
    assert home_path(track.files.get().sha256).stat().st_size == real_song.stat().st_size
