"""Tracks, albums, artists, genres and covers: music as people know it."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songloom.library.ids import uuid7
from songloom.library.models.users import User


class Cover(models.Model):
    """One picture, re-encoded, named by its content."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sha256 = models.CharField(max_length=64, unique=True)
    mime = models.CharField(max_length=40, default="image/jpeg")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("cover")
        verbose_name_plural = _("covers")

    def __str__(self) -> str:
        return f"{self.width}×{self.height}"


class Artist(models.Model):
    """A name that stands in credits: a person, a band, an orchestra."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=300)
    sort_name = models.CharField(_("sort name"), max_length=300, blank=True)
    name_key = models.CharField(max_length=40, unique=True, editable=False)
    musicbrainz_id = models.CharField("MusicBrainz id", max_length=36, blank=True)

    class Meta:
        verbose_name = _("artist")
        verbose_name_plural = _("artists")
        ordering = ["sort_name", "id"]

    def __str__(self) -> str:
        return self.name


class Genre(models.Model):
    """A genre as the files spell it."""

    name = models.CharField(_("name"), max_length=100)
    name_key = models.CharField(max_length=40, unique=True, editable=False)

    class Meta:
        verbose_name = _("genre")
        verbose_name_plural = _("genres")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Album(models.Model):
    """A release: tracks that share a title and whoever the album is by."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(_("title"), max_length=300)
    sort_title = models.CharField(max_length=300, blank=True)
    album_key = models.CharField(max_length=40, unique=True, editable=False)
    artist = models.ForeignKey(
        Artist, on_delete=models.PROTECT, null=True, blank=True, related_name="albums"
    )
    date = models.CharField(_("date"), max_length=10, blank=True)  # 2003, 2003-07 or 2003-07-31
    year = models.IntegerField(null=True, blank=True)
    is_compilation = models.BooleanField(_("compilation"), default=False)
    musicbrainz_id = models.CharField("MusicBrainz id", max_length=36, blank=True)
    cover = models.ForeignKey(Cover, on_delete=models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("album")
        verbose_name_plural = _("albums")
        ordering = ["sort_title", "id"]

    def __str__(self) -> str:
        return self.title


class TrackQuerySet(models.QuerySet["Track"]):
    def alive(self) -> TrackQuerySet:
        return self.filter(binned_at__isnull=True)

    def binned(self) -> TrackQuerySet:
        return self.filter(binned_at__isnull=False)

    def shown_to(self, user: User | AnonymousUser) -> TrackQuerySet:
        """Tracks whose existence this user may know of, in the bin or not."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(Q(is_private=False) | Q(owner_id=user.pk))

    def visible_to(self, user: User | AnonymousUser) -> TrackQuerySet:
        """Tracks this user may hear. Every interface starts here."""
        return self.shown_to(user).alive()

    def changeable_by(self, user: User | AnonymousUser) -> TrackQuerySet:
        """Tracks this user may edit or throw away."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(owner_id=user.pk)

    def with_sound(self) -> TrackQuerySet:
        """Without the entries of which there is no file: what can be played."""
        return self.filter(has_audio=True)

    def with_names(self) -> TrackQuerySet:
        """With all that a list of tracks shows: a constant number of queries."""
        return self.select_related("album", "album__artist").prefetch_related(
            "credits__artist", "genres"
        )


class Track(models.Model):
    """One recording as people know it. Its sound lies in files; edits are recipes."""

    class Origin(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        SCANNED = "scanned", _("found in a folder")
        FETCHED = "fetched", _("fetched from an address")
        EDITED = "edited", _("edited")
        GENERATED = "generated", _("composed")
        IMPORTED = "imported", _("imported")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(_("title"), max_length=300)
    sort_title = models.CharField(max_length=300, blank=True)
    artist_text = models.CharField(_("artist"), max_length=500, blank=True)  # credits as one line
    album = models.ForeignKey(
        Album, on_delete=models.SET_NULL, null=True, blank=True, related_name="tracks"
    )
    artists = models.ManyToManyField(Artist, through="library.Credit", related_name="tracks")
    genres = models.ManyToManyField(Genre, related_name="tracks", blank=True)
    disc_number = models.PositiveIntegerField(null=True, blank=True)
    track_number = models.PositiveIntegerField(null=True, blank=True)
    date = models.CharField(_("date"), max_length=10, blank=True)  # 2003, 2003-07 or 2003-07-31
    year = models.IntegerField(null=True, blank=True, db_index=True)
    has_audio = models.BooleanField(default=True, db_default=True)  # False: a catalogue entry
    duration_s = models.FloatField(null=True, blank=True)  # of an entry: as somebody wrote it
    format = models.CharField(max_length=12, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    lyrics = models.TextField(_("lyrics"), blank=True)  # plain, or LRC with times
    prompt = models.TextField(_("prompt"), blank=True)  # the words a generated piece came from
    musicbrainz_id = models.CharField("MusicBrainz id", max_length=36, blank=True)
    replaygain_db = models.FloatField(null=True, blank=True)
    replaygain_peak = models.FloatField(null=True, blank=True)
    cover = models.ForeignKey(Cover, on_delete=models.SET_NULL, null=True, blank=True)
    origin = models.CharField(max_length=12, choices=Origin.choices)
    is_generated = models.BooleanField(_("made by AI"), default=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tracks")
    is_private = models.BooleanField(_("private"), default=False)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)
    binned_at = models.DateTimeField(null=True, blank=True, db_index=True)
    missing_at = models.DateTimeField(null=True, blank=True)  # its file is away; nothing is lost

    objects = TrackQuerySet.as_manager()

    class Meta:
        verbose_name = _("track")
        verbose_name_plural = _("tracks")
        ordering = ["sort_title", "id"]
        indexes = [
            models.Index(fields=["sort_title", "id"], name="track_by_title"),
            models.Index(fields=["album", "disc_number", "track_number"], name="track_in_album"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(duration_s__isnull=True) | Q(duration_s__gt=0), name="track_lasts"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Credit(models.Model):
    """Who took part in a track, and as what."""

    class Role(models.TextChoices):
        ARTIST = "artist", _("artist")
        ALBUM_ARTIST = "albumartist", _("album artist")
        COMPOSER = "composer", _("composer")
        LYRICIST = "lyricist", _("lyricist")
        CONDUCTOR = "conductor", _("conductor")
        REMIXER = "remixer", _("remixer")
        PERFORMER = "performer", _("performer")

    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="credits")
    artist = models.ForeignKey(Artist, on_delete=models.CASCADE, related_name="credits")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.ARTIST)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        ordering = ["role", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["track", "artist", "role"], name="one_credit_a_role")
        ]

    def __str__(self) -> str:
        return f"{self.artist} ({self.role})"


class CatalogueEntry(models.Model):
    """How a table knows a track: the same row again is the same track."""

    track = models.OneToOneField(
        Track, on_delete=models.CASCADE, primary_key=True, related_name="entry"
    )
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="entries")
    entry_key = models.CharField(max_length=40, editable=False)  # of title, artists and album

    class Meta:
        verbose_name = _("catalogue entry")
        verbose_name_plural = _("catalogue entries")
        constraints = [
            models.UniqueConstraint(fields=["owner", "entry_key"], name="one_entry_a_key")
        ]

    def __str__(self) -> str:
        return str(self.track_id)


class TrackTag(models.Model):
    """A free tag that a person gave: a field (`tag`, `mood`, …) and a value (安静, live, …)."""

    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="free_tags")
    field = models.CharField(max_length=40, default="tag")
    value = models.CharField(max_length=100)
    value_key = models.CharField(max_length=40, db_index=True, editable=False)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["field", "id"]
        constraints = [
            models.UniqueConstraint(fields=["track", "field", "value_key"], name="one_tag_a_value")
        ]

    def __str__(self) -> str:
        return f"{self.field}={self.value}"
