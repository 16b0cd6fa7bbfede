"""Writes down what a scan heard: a new file, a changed one, one that moved, one that is away."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from songloom.acquire.walking import Seen
from songloom.jobs import emit
from songloom.library.heard import Heard
from songloom.library.ids import clean_lines
from songloom.library.models import Features, File, Folder, Track
from songloom.library.services.believing import read_likely
from songloom.library.services.bin import drop_renditions
from songloom.library.services.covers import keep_cover
from songloom.library.services.storing import place_of, store_file
from songloom.library.services.tagging import apply_file_tags, tags_of
from songloom.library.services.tracing import trace_file
from songloom.library.turns import in_turn

SAME_S = 0.01  # seconds; two durations that differ by less are one
FACTS = ("musicbrainz_", "replaygain_")  # tags that no person edits here


class Gone:
    """The files of a folder that are no longer where they were, found by their bytes."""

    def __init__(self, files: Iterable[File] = ()) -> None:
        self.files = {file.path: file for file in files}
        self._paths: dict[str, list[str]] = {}
        for file in self.files.values():
            self._paths.setdefault(file.bytes_key, []).append(file.path)

    def take(self, heard: Heard) -> File | None:
        """The one that has these bytes, which has moved then and is no longer gone.

        Where nobody read all bytes before it went, its parts must do.
        """
        for key in (heard.sha256, heard.parts_sha256):
            if paths := self._paths.get(key):
                return self.files.pop(paths.pop(0))
        return None


def place_heard(heard: Heard, *, folder: Folder, seen: Seen, gone: Gone) -> tuple[Track, bool]:
    """Put one heard file of a linked folder into the library; returns its track, and if it is new.

    gone  one of these that turns out to have moved is taken out
    """
    known = File.objects.select_related("track").filter(folder=folder, path=seen.path).first()
    if known is not None:
        return _rewrite(known, heard, seen), False
    moved = gone.take(heard)
    if moved is not None:
        return _move(moved, heard, folder, seen), False
    read_likely(folder.owner, parts=heard.parts_sha256)
    track, is_new = store_file(
        heard,
        owner=folder.owner,
        origin=Track.Origin.SCANNED,
        folder=folder,
        path=seen.path,
        modified_ns=seen.modified_ns,
    )
    if is_new:
        trace_file(track, track.files.get())
    return track, is_new


@transaction.atomic
def _move(file: File, heard: Heard, folder: Folder, seen: Seen) -> Track:
    """The same bytes under another name: the same file, the same track."""
    file.path, file.place = seen.path, place_of(folder, seen.path, heard.sha256)
    file.modified_ns, file.missing_at = seen.modified_ns, None
    file.original_name = heard.row()["original_name"]
    file.sha256 = file.sha256 or heard.sha256
    file.save()
    Track.objects.filter(pk=file.track_id).update(missing_at=None)
    emit("tags.changed", track_id=str(file.track_id))
    return file.track


def _rewrite(file: File, heard: Heard, seen: Seen) -> Track:
    """Other bytes under the same name: new tags, or another recording, of the same track.

    Of the tags only what changed in the file is taken over, so that what people wrote stays.
    """
    track, before = file.track, dict(file.tags)
    cover = keep_cover(heard.cover)
    row = heard.row() | {"modified_ns": seen.modified_ns, "missing_at": None}
    names = before.keys() | heard.tags.keys()
    changed = {n: heard.tags.get(n, []) for n in names if before.get(n) != heard.tags.get(n)}
    facts = {name: values for name, values in heard.tags.items() if name.startswith(FACTS)}
    with in_turn(f"track {track.pk}"):
        if sounds_different(file, heard):
            Features.objects.filter(track=track).delete()
            drop_renditions(track)
        for name, value in row.items():
            setattr(file, name, value)
        file.save()
        track.duration_s, track.format = heard.duration_s, heard.format
        track.size_bytes, track.missing_at = heard.size_bytes, None
        track.cover = cover or track.cover
        if "lyrics" in changed:
            track.lyrics = clean_lines(heard.lyrics, 100_000)
        apply_file_tags(track, tags_of(track) | changed | facts)
        emit("track.stored", track_id=str(track.pk))
    return track


def sounds_different(file: File, heard: Heard) -> bool:
    """Whether there is more than new tags; yes where nobody took the hash of the old sound."""
    if heard.sha256 == file.sha256 or (file.bytes_key == heard.parts_sha256):
        return False
    if abs(file.duration_s - heard.duration_s) > SAME_S:
        return True
    before = (file.sample_rate, file.channels, file.codec)
    if before != (heard.sample_rate, heard.channels, heard.codec[:40]):
        return True
    return not file.sound_sha256 or file.sound_sha256 != heard.sound_sha256


def found_again(file: File) -> None:
    """A file that was away is where it was."""
    if file.missing_at is None:
        return
    with transaction.atomic():
        File.objects.filter(pk=file.pk).update(missing_at=None)
        Track.objects.filter(pk=file.track_id).update(missing_at=None)


def mark_missing(files: Iterable[File]) -> int:
    """Note that files are away, and return how many. Nothing is deleted, not even a star."""
    gone = list(files)
    fresh = [file.pk for file in gone if file.missing_at is None]
    now = timezone.now()
    for start in range(0, len(fresh), 500):
        batch = fresh[start : start + 500]
        there = File.objects.filter(track=OuterRef("pk"), missing_at__isnull=True)
        with transaction.atomic():
            File.objects.filter(pk__in=batch).update(missing_at=now)
            tracks = Track.objects.filter(files__in=batch, missing_at__isnull=True)
            ids = tracks.filter(~Exists(there)).values_list("pk", flat=True)
            Track.objects.filter(pk__in=list(ids)).update(missing_at=now)
    return len(gone)
