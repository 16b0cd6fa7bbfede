"""Filters of a query as conditions on tracks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Count, Exists, Max, OuterRef, Q, Value, When
from django.db.models.expressions import Combinable
from django.utils import timezone

from songloom.core.query.filters import Filter
from songloom.core.query.text import wanted
from songloom.core.query.values import Range
from songloom.library.ids import name_key
from songloom.library.models import Artist, Credit, File, Rating, Star, Track, TrackTag, User
from songloom.search import engine

Viewer = User | AnonymousUser

COLUMNS = {
    "year": "year",
    "duration_s": "duration_s",
    "tempo_bpm": "features__tempo_bpm",
    "loudness_lufs": "features__loudness_lufs",
    "loudness_range_lu": "features__loudness_range_lu",
    "true_peak_dbtp": "features__true_peak_dbtp",
    "centroid_hz": "features__centroid_hz",
    "stereo_width": "features__stereo_width",
    "stereo_correlation": "features__stereo_correlation",
    "tuning_cents": "features__values__tuning_cents",
    "flatness": "features__values__flatness",
}
FILE_COLUMNS = {"channels": ("channels", 1), "sample_rate": ("sample_rate", 1),
                "bit_rate_kbps": ("bit_rate", 1_000)}  # fmt: skip
TOKEN_COLUMNS = {"title": "title_tokens", "artist": "artist_tokens", "album": "album_tokens",
                 "genre": "genre_tokens"}  # fmt: skip
LOSSLESS = ("flac", "alac", "ape", "tak", "tta", "wavpack", "wmalossless", "mlp", "truehd",
            "shorten", "dsd_lsbf", "dsd_msbf", "dsd_lsbf_planar", "dsd_msbf_planar")  # fmt: skip
OLDEST_DAYS = 200 * 365  # nothing here is older; calendars end somewhere
FORMATS = {"vorbis": "ogg", "aac": "m4a", "alac": "m4a", "mp4": "m4a", "aif": "aiff", "wave": "wav"}


def condition(found: Filter, viewer: Viewer) -> Q:
    """The tracks that a filter lets through. What was not measured passes only a negated filter."""
    made = _positive(found, viewer)
    return ~made if found.is_negated else made


def _positive(found: Filter, viewer: Viewer) -> Q:
    if found.field in COLUMNS:
        return _between(COLUMNS[found.field], found.range or Range())
    if found.field in FILE_COLUMNS:
        column, unit = FILE_COLUMNS[found.field]
        inside = _between(column, found.range or Range(), unit=unit)
        return Q(Exists(File.objects.filter(inside, track=OuterRef("pk"))))
    if found.field in TOKEN_COLUMNS:
        return _text(TOKEN_COLUMNS[found.field], found.text or "")
    return SPECIAL[found.field](found, viewer)


def _between(column: str, range_: Range, *, unit: float = 1) -> Q:
    made = Q()
    if range_.low is not None:
        made &= Q(**{f"{column}__{'gt' if range_.is_low_open else 'gte'}": range_.low * unit})
    if range_.high is not None:
        made &= Q(**{f"{column}__{'lt' if range_.is_high_open else 'lte'}": range_.high * unit})
    return made


def _text(column: str, text: str) -> Q:
    asked = wanted(text.split())
    nothing = Q(pk__in=[])
    return engine.finds(asked, "track", columns=(column,)) if engine.asks_words(asked) else nothing


def _key(found: Filter, viewer: Viewer) -> Q:
    made = Q(features__key=found.text)
    return made & Q(features__mode=found.mode) if found.mode else made


def _format(found: Filter, viewer: Viewer) -> Q:
    return Q(format=FORMATS.get(found.text or "", found.text))


def _rating(found: Filter, viewer: Viewer) -> Q:
    range_ = found.range or Range()
    if not isinstance(viewer, User):
        return Q(pk__in=[])
    mine = Rating.objects.filter(user=viewer, track=OuterRef("pk"))
    made = Q(Exists(mine.filter(_between("stars", range_))))
    is_zero_in = (range_.low is None or range_.low <= 0) and (range_.high or 0) >= 0
    if is_zero_in and range_.low is not None:  # `rating:0` asks for what has none
        made |= ~Q(Exists(mine))
    return made


def _starred(found: Filter, viewer: Viewer) -> Q:
    if not isinstance(viewer, User):
        return Q(pk__in=[])
    made = Q(Exists(Star.objects.filter(user=viewer, track=OuterRef("pk"))))
    return made if found.is_wanted else ~made


def _added(found: Filter, viewer: Viewer) -> Q:
    return _when(found, "created_at")


def _when(found: Filter, column: str) -> Q:
    """A moment between two days, or of an age: `Filter.dates`, or a range of days ago."""
    first, before = found.dates or (None, None)
    made = Q()
    if first:
        made &= Q(**{f"{column}__gte": datetime.fromisoformat(first).replace(tzinfo=UTC)})
    if before:
        made &= Q(**{f"{column}__lt": datetime.fromisoformat(before).replace(tzinfo=UTC)})
    range_ = found.range or Range()
    if range_.high is not None:
        made &= Q(**{f"{column}__gte": _ago(range_.high)})
    if range_.low is not None:
        made &= Q(**{f"{column}__lte": _ago(range_.low)})
    return made


def _ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=min(days, OLDEST_DAYS))


def heard_by(viewer: Viewer) -> Q:
    """The plays of a track that count as this viewer's: what was heard, not only begun."""
    return Q(plays__user=viewer.pk, plays__is_submission=True)


def liking(viewer: Viewer) -> Combinable:
    """0 for a track that this viewer starred, 1 for one that they heard, 2 for any other."""
    if not isinstance(viewer, User):
        return Value(2)
    starred = Star.objects.filter(user=viewer, track__isnull=False).values("track")
    heard = Track.objects.filter(heard_by(viewer)).order_by().values("pk")
    return Case(
        When(pk__in=starred, then=Value(0)), When(pk__in=heard, then=Value(1)), default=Value(2)
    )


def _plays(found: Filter, viewer: Viewer) -> Q:
    range_ = found.range or Range()
    heard = Track.objects.filter(heard_by(viewer)).order_by().values("pk")
    inside = heard.annotate(n=Count("plays")).filter(_between("n", range_)).values("pk")
    return Q(pk__in=inside) | ~Q(pk__in=heard) if range_.holds(0) else Q(pk__in=inside)


def _played(found: Filter, viewer: Viewer) -> Q:
    """By the last time."""
    heard = Track.objects.filter(heard_by(viewer)).order_by().values("pk")
    last = heard.annotate(last=Max("plays__at")).filter(_when(found, "last"))
    return Q(pk__in=last.values("pk"))


def _composer(found: Filter, viewer: Viewer) -> Q:
    asked = wanted((found.text or "").split())
    if not engine.asks_words(asked):
        return Q(pk__in=[])
    named = Artist.objects.filter(engine.finds(asked, "artist"))
    composed = Credit.objects.filter(role=Credit.Role.COMPOSER, artist__in=named.values("pk"))
    return Q(Exists(composed.filter(track=OuterRef("pk"))))


def _tag(found: Filter, viewer: Viewer) -> Q:
    text = found.text or ""
    same = Q(value_key=name_key(text)) | Q(value__icontains=text)
    return Q(Exists(TrackTag.objects.filter(same, track=OuterRef("pk"))))


def _lossless(is_wanted: bool) -> Q:
    """By the codec of the file, since the ending says little: M4A holds AAC or ALAC."""
    kept = Q(codec__in=LOSSLESS) | Q(codec__startswith="pcm_")
    files = File.objects.filter(track=OuterRef("pk"))
    return Q(Exists(files.filter(kept if is_wanted else ~kept)))


SPECIAL: dict[str, Callable[[Filter, Viewer], Q]] = {
    "composer": _composer,
    "tag": _tag,
    "key": _key,
    "mode": lambda found, viewer: Q(features__mode=found.text),
    "format": _format,
    "rating": _rating,
    "is_starred": _starred,
    "is_generated": lambda found, viewer: Q(is_generated=found.is_wanted),
    "has_lyrics": lambda found, viewer: ~Q(lyrics="") if found.is_wanted else Q(lyrics=""),
    "is_lossless": lambda found, viewer: _lossless(found.is_wanted is not False),
    "file": lambda found, viewer: Q(
        Exists(
            File.objects.filter(
                Q(original_name__icontains=found.text) | Q(path__icontains=found.text),
                track=OuterRef("pk"),
            )
        )
    ),
    "prompt": lambda found, viewer: Q(prompt__icontains=found.text),
    "added_on": _added,
    "age_days": _added,
    "plays": _plays,
    "played_on": _played,
    "days_unplayed": _played,
}
