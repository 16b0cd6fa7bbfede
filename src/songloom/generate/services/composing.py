"""Writes a piece, lets it sound, and puts it into the library with all it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from songloom.core.query.prompt_request import MODELS, Request, from_document
from songloom.core.sandbox import Limits, call
from songloom.errors import Cancelled, Conflict
from songloom.generate.models import Generation
from songloom.generate.services.revising import changed_from, revised_score
from songloom.generate.services.sources import melodist, model_sha256, soundfont
from songloom.generate.services.tagged import tagged
from songloom.generate.titles import take_title, title_for
from songloom.jobs import check_cancelled
from songloom.library import storage
from songloom.library.models import File, LineageNode, Track
from songloom.library.services.bin import bin_track, drop_unused
from songloom.library.services.storing import store_file
from songloom.library.services.tracing import node, track_node

if TYPE_CHECKING:
    from songloom.core.score.piece import Score

RENDERER = "songloom.core.score.render:render"
RENDER_LIMITS = Limits(memory_mb=2_048, cpu_s=300, wall_s=600, file_mb=512)
MOST_CACHED_FONTS_MB = 400
ARTIST = "Songloom"
COMPOSER = 3  # goes up when the same request, seed and model give other notes than before
COVER_PIXELS = 640
DULL_HZ = 450.0  # brightness of a cover for the saddest mood; four times it is the middle
GONE = "This piece was thrown away before it was composed."
Report = Callable[..., None]


def compose(generation_id: str, *, report: Report = lambda **_: None) -> Track:
    """Write, play and store one piece; a second time gives the same track.

    The slow work comes first, in a child that ends within a second of being cancelled; then one
    short transaction makes track, score and lineage true together.
    Raises Conflict when the generation is gone or was discarded.
    """
    generation = (
        Generation.objects.select_related("owner", "like", "track").filter(pk=generation_id).first()
    )
    if generation is None or generation.state == Generation.State.DISCARDED:
        raise Conflict(GONE)
    if generation.track is not None:
        return generation.track
    report(progress=0.02, stage="composing")
    score = write_score(generation)
    title = generation.title or title_for(score, generation.language, generation.seed)
    midi = score.midi_bytes()
    check_cancelled()
    with storage.temporary(".mid") as midi_path, storage.temporary(".flac") as sound_path:
        midi_path.write_bytes(midi)
        report(progress=0.15, stage="rendering")
        rendered = render_midi(midi_path, sound_path, report)
        report(progress=0.9, stage="storing")
        return _store(generation, score, title, midi_path, sound_path, rendered)


def write_score(generation: Generation) -> Score:
    """The notes of a generation: its request, its seed and the model decide them."""
    from songloom.core.score import compose as written

    if (base := changed_from(generation)) is not None:
        return revised_score(base, generation)
    model = melodist(_model(generation))
    return written(request_of(generation), generation.seed, model, pause=check_cancelled)


def _model(generation: Generation) -> str:
    """Who writes the tune; what is new in a take is written by the first of them."""
    asked = None if changed_from(generation) else generation.request.get("model")
    return asked or MODELS[0]


def request_of(generation: Generation) -> Request:
    return from_document(generation.request).having(language=generation.language)


def render_midi(midi_path: Path, sound_path: Path, report: Report) -> dict[str, Any]:
    """Let a MIDI file sound in a limited child; returns what `core.score.render` does."""
    font, font_sha256 = soundfont()
    cache_dir = Path(settings.CACHE) / "soundfonts"
    found: dict[str, Any] = call(
        RENDERER,
        {
            "midi_path": str(midi_path),
            "out_path": str(sound_path),
            "soundfont": str(font),
            "cache_dir": str(cache_dir),
            "soundfont_sha256": font_sha256,
            "most_cached_mb": MOST_CACHED_FONTS_MB,
        },
        limits=RENDER_LIMITS,
        progress=lambda share, *_: report(progress=0.15 + 0.75 * float(share)),
        cancelled=_is_cancelled,
    )
    return found


def _is_cancelled() -> bool:
    try:
        check_cancelled()
    except Cancelled:
        return True
    return False


def _store(
    generation: Generation,
    score: Score,
    title: str,
    midi_path: Path,
    sound_path: Path,
    rendered: dict[str, Any],
) -> Track:
    with storage.temporary(".png") as cover_path:
        cover_path.write_bytes(_cover(score, generation.seed))
        genre = [score.choices.style] if score.choices.style else []
        shown = _shown(generation, title)
        tags = {"title": [shown], "artist": [ARTIST], "genre": genre}
        heard = tagged(sound_path, tags, rendered, cover=cover_path, prompt=generation.prompt)
        midi_sha256 = hashlib.sha256(midi_path.read_bytes()).hexdigest()
        storage.keep(midi_path, midi_sha256, "scores", move=False)
        try:
            storage.keep(sound_path, heard.sha256, use_up=False)  # slow where it is far away
            with transaction.atomic():
                extra = {"title": shown, "is_generated": True, "prompt": generation.prompt}
                track, _ = store_file(
                    heard, owner=generation.owner, origin=Track.Origin.GENERATED, extra=extra
                )
                _trace(generation, score, track, midi_sha256)
                _note(generation, score, track, title, midi_sha256)
        except BaseException:
            if not Generation.objects.filter(midi_sha256=midi_sha256).exists():
                storage.drop(midi_sha256, "scores")
            drop_unused({heard.sha256}, File.objects.filter(folder=None), "audio")
            raise
    return track


def _shown(generation: Generation, title: str) -> str:
    """The title as lists show it: a take of a piece says which one it is, and what is new in it."""
    number, changes = generation.choices.get("take", 1), generation.choices.get("changes", ())
    if number == 1 and not changes:
        return title
    return take_title(title, number, changes, generation.language)


def _note(generation: Generation, score: Score, track: Track, title: str, midi_sha256: str) -> None:
    """Write down what came of a generation; thrown away meanwhile, it goes straight to the bin."""
    row = Generation.objects.filter(pk=generation.pk)
    row.update(
        track=track,
        title=title,
        choices=score.document() | _history(generation),
        midi_sha256=midi_sha256,
        model_sha256=model_sha256(_model(generation)),
        soundfont_sha256=soundfont()[1],
    )
    row.filter(state=Generation.State.WAITING).update(state=Generation.State.MADE)
    if not row.exclude(state=Generation.State.DISCARDED).exists():
        bin_track(track)


def _history(generation: Generation) -> dict[str, Any]:
    """What a take changes, and in which piece; nothing for one that was composed from its words."""
    kept = ("changes", "changed_from", "take")
    return {name: generation.choices[name] for name in kept if name in generation.choices}


def _cover(score: Score, seed: int) -> bytes:
    from songloom.core.score.cover import woven
    from songloom.core.score.scales import SHARP_NAMES, is_minor

    choices = score.choices
    measured = {
        "key": SHARP_NAMES[choices.key],
        "mode": "minor" if is_minor(choices.mode) else "major",
        "tempo_bpm": score.layout.beat_bpm,
        "metre": choices.metre,
        "centroid_hz": DULL_HZ * 4 ** (choices.valence + 1),
        "energy": score.energies(),
        "seed": f"{seed}",
    }
    return woven(measured, COVER_PIXELS)


def _trace(generation: Generation, score: Score, track: Track, midi_sha256: str) -> None:
    """prompt, model, and the song it takes after → score → track."""
    kinds = LineageNode.Kind
    prompt = node(kinds.PROMPT, generation.prompt, detail={"language": generation.language})
    kind = _model(generation)
    model = node(kinds.MODEL, f"melody, {kind}", detail={"sha256": model_sha256(kind)})
    parents = [prompt, model]
    if generation.like is not None:
        parents.append(track_node(generation.like))
    base = changed_from(generation)
    if base is not None and base.track is not None:
        parents.append(track_node(base.track))
    detail = {
        "seed": generation.seed,
        "request": generation.request,
        "choices": score.document() | _history(generation),
        "composer": COMPOSER,
        "midi_sha256": midi_sha256,
        "soundfont_sha256": soundfont()[1],
    }
    label = f"{score.choices.metre} · {score.layout.beat_bpm:g} BPM · {score.layout.n_bars}"
    written = node(kinds.SCORE, label, detail=detail, made_from=tuple(parents))
    track_node(track, made_from=(written,))
