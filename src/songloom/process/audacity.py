"""Takes a track to Audacity and back: a zip with sound and labels; what returns from there."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from django.db import transaction

from songloom import __version__
from songloom.core import sandbox
from songloom.core.audio import audacity, splitting
from songloom.core.audio import recipe as recipes
from songloom.core.audio.splitting import Label
from songloom.errors import BadValue
from songloom.library import storage
from songloom.library.models import Features, Rendition, Track, User
from songloom.library.services.storing import at_hand
from songloom.process import lineage, services

RENDER = "songloom.core.audio.rendering:render"
PROBE = "songloom.core.audio.probe:probe"
MANIFEST = "songloom.json"
SOUND = "sound.wav"
MOST_ENTRIES = 50
LARGEST_SOUND = 4 << 30
LARGEST_RATIO = 100
EDITS = [{"edit": "resample", "sample_rate": audacity.SAMPLE_RATE}]
EPOCH = (1980, 1, 1, 0, 0, 0)


def labels_of(track: Track) -> dict[str, list[Label]]:
    """The labels of whatever was measured in a track."""
    found = Features.objects.filter(track=track, is_coarse=False).only("values").first()
    return {} if found is None else audacity.label_groups(found.values)


def export(
    track: Track,
    out: Path,
    *,
    stems: Sequence[tuple[str, Path]] = (),
    sections: Sequence[Sequence[Any]] = (),
) -> dict[str, Any]:
    """Write a zip: the sound as a 48 kHz WAV of 24 bits, a label file for each kind, a manifest.

    stems     name and file of each part that the sound is the sum of; as WAV like the sound
    sections  [from_s, to_s, name] where the score knows them and nothing was measured
    returns   the manifest. Raises NoAudio, StorageAway, DiskFull.
    """
    groups = labels_of(track)
    if sections and "sections" not in groups:
        groups |= audacity.label_groups({"sections": sections})
    texts = {f"labels/{name}.txt": splitting.as_text(found) for name, found in groups.items()}
    names = {name: f"stems/{path.stem}.wav" for name, path in stems}
    with storage.temporary(".wav") as sound:
        write_sound(track, sound)
        manifest = {
            "songloom": __version__,
            "track": str(track.pk),
            "title": track.title,
            "artist": track.artist_text,
            "sound": SOUND,
            "sound_sha256": _sha256(sound),
            "sample_rate": audacity.SAMPLE_RATE,
            "labels": {name: f"labels/{name}.txt" for name in groups},
            "labels_sha256": {name: _sha256_of(text) for name, text in texts.items()},
            "stems": names,
        }
        limits = services.limits_for(services.source_of(track))
        with zipfile.ZipFile(out, "w") as archive:
            archive.write(sound, SOUND)
            for name, path in stems:
                _rendered(path, sound, recipes.read(EDITS).document(), limits)
                archive.write(sound, names[name])
            for name, text in texts.items():
                _put(archive, name, text)
            _put(archive, MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return manifest


def write_sound(track: Track, out: Path) -> None:
    """The sound of a track as Audacity takes it without a question."""
    file = services.source_of(track)
    with at_hand(file) as path:
        whole = services.whole_recipe(file, recipes.read(EDITS))
        _rendered(path, out, whole, services.limits_for(file))


def _rendered(path: Path, out: Path, recipe: dict[str, Any], limits: sandbox.Limits) -> None:
    sandbox.call(
        RENDER,
        {
            "source": str(path),
            "out": str(out),
            "recipe": recipe,
            "format": "wav",
            "bits": audacity.BITS,
        },
        limits=limits,
        cancelled=services.is_unwanted,
    )


def manifest_of(archive: zipfile.ZipFile) -> dict[str, Any]:
    """What a zip says it is. Raises BadValue for one that did not come from here."""
    try:
        with archive.open(MANIFEST) as file:
            found = json.loads(file.read(splitting.LARGEST_TEXT))
    except (KeyError, ValueError, RecursionError, zipfile.BadZipFile):
        raise BadValue(
            f"there is no {MANIFEST} in this zip: it was not exported from here"
        ) from None
    if not isinstance(found, dict):
        raise BadValue(f"{MANIFEST} holds no object")
    return found


def opened(path: Path) -> zipfile.ZipFile:
    """A zip that is not larger than it looks. Raises BadValue."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError):
        raise BadValue("this is no zip") from None
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise BadValue(f"{len(entries)} files in a zip; {MOST_ENTRIES} are allowed")
    for one in entries:
        if ".." in PurePosixPath(one.filename).parts or one.filename.startswith(("/", "\\")):
            raise BadValue("a file in this zip lies outside of it")
        is_bomb = one.file_size > LARGEST_RATIO * max(one.compress_size, 1)
        if one.file_size > LARGEST_SOUND or (is_bomb and one.file_size > splitting.LARGEST_TEXT):
            raise BadValue("a file in this zip is far larger than it looks")
    return archive


def labels_in(archive: zipfile.ZipFile, manifest: Mapping[str, Any]) -> list[Label]:
    """The labels that somebody added or moved: those files that were not exported as they are."""
    known = _named(manifest, "labels_sha256")
    names = [one.filename for one in archive.infolist() if one.filename.endswith(".txt")]
    found: list[Label] = []
    for name in names:
        with archive.open(name) as file:
            text = file.read(splitting.LARGEST_TEXT + 1)
        if hashlib.sha256(text).hexdigest() != known.get(name):
            found += splitting.labels(text)
    return sorted(found, key=lambda one: (one.start_s, one.end_s))


def edited_sound(archive: zipfile.ZipFile, manifest: Mapping[str, Any], out: Path) -> bool:
    """Take the sound that somebody edited out of a zip; False where it is as it was exported.

    A stem is not the sound of the track, changed or not.
    """
    stems = set(_named(manifest, "stems").values())
    files = [one.filename for one in archive.infolist() if one.filename not in stems]
    names = [name for name in files if name.lower().endswith(".wav")]
    for name in sorted(names, key=lambda one: one == SOUND):
        with archive.open(name) as file, out.open("wb") as target:
            shutil.copyfileobj(file, target, 1 << 20)
        if _sha256(out) != manifest.get("sound_sha256"):
            return True
    return False


def keep_sound(track: Track, path: Path, *, owner: User) -> Rendition:
    """An edited WAV as a rendition of its track, with its lineage; the file is used up.

    Raises what a probe raises for what is no sound, BadValue for another format.
    """
    found = sandbox.call(PROBE, {"path": str(path), "longest_s": 360_000.0})
    if found["format"] not in ("wav", "flac"):
        raise BadValue(f"an edited sound comes back as wav or flac, not as {found['format']}")
    recipe = {"version": 1, "edits": [], "edited_in": "Audacity", "sha256": found["sha256"]}
    storage.keep(path, found["sha256"], "renditions")
    key = hashlib.sha256(f"audacity {found['sha256']}".encode()).hexdigest()
    with transaction.atomic():
        made, _ = Rendition.objects.update_or_create(
            track=track,
            recipe_key=key,
            owner=owner,
            defaults={
                "recipe": recipe,
                "format": found["format"],
                "sha256": found["sha256"],
                "size_bytes": found["size_bytes"],
                "duration_s": found["duration_s"],
            },
        )
        lineage.trace(made)
    return made


def recipe_of(labels: Sequence[Label], use: str) -> list[dict[str, Any]]:
    """Labels as edits. Raises BadValue."""
    return audacity.as_edits(labels, use)


def _put(archive: zipfile.ZipFile, name: str, text: str) -> None:
    archive.writestr(zipfile.ZipInfo(name, EPOCH), text)


def _named(manifest: Mapping[str, Any], what: str) -> dict[str, str]:
    """Name → text out of a manifest that anybody may have written."""
    found = manifest.get(what)
    pairs = found.items() if isinstance(found, dict) else ()
    return {name: text for name, text in pairs if isinstance(text, str)}


def _sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
